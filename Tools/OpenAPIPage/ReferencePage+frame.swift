import Yams

extension ReferencePage {
    /// The text with HTML's special characters escaped.
    func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A description as HTML. Of Markdown it supports what the document uses: paragraphs, code and strong
    /// text.
    func paragraphs(_ node: Node?) -> String {
        guard let text = node?.string, !text.isEmpty else { return "" }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let paragraphs = lines.split(whereSeparator: \.isEmpty).map { $0.joined(separator: " ") }
        return paragraphs.map { "<p>\(inlineMarkup(escaped($0)))</p>\n" }.joined()
    }

    private func inlineMarkup(_ text: String) -> String {
        replacing(delimiter: "`", by: "code", in: replacing(delimiter: "**", by: "b", in: text))
    }

    /// Turns each pair of delimiters into the tags of an element.
    private func replacing(delimiter: String, by element: String, in text: String) -> String {
        var html = ""
        var isOpen = false
        var parts = text.split(separator: delimiter, omittingEmptySubsequences: false)[...]
        while let part = parts.popFirst() {
            html += part
            guard !parts.isEmpty else { break }
            html += isOpen ? "</\(element)>" : "<\(element)>"
            isOpen.toggle()
        }
        return html
    }

    /// The whole page around its navigation and its main part.
    static func frame(title: String, index: String, main: String) -> String {
        """
        <!doctype html>
        <html lang=en>
        <meta charset=utf-8>
        <meta name=viewport content="width=device-width,initial-scale=1">
        <meta name=color-scheme content="light dark">
        <title>\(title)</title>
        <style>\(style)</style>
        <nav>\(index)</nav>
        <main>\(main)</main>
        </html>

        """
    }

    private static var style: String {
        """

        :root { --ink: #1b1f24; --soft: #57606a; --paper: #fff; --shade: #f3f5f7; --edge: #d8dee4; --link: #0a58b9 }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e3e8ee; --soft: #9aa5b1; --paper: #14181d; --shade: #1d232a; --edge: #343c46; --link: #7ab7ff }
        }
        * { box-sizing: border-box }
        body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
        a { color: var(--link) }
        nav { padding: 1rem 1.25rem; border-bottom: 1px solid var(--edge); font-size: .9rem }
        nav ul { margin: 0; padding: 0; list-style: none }
        nav li { padding: .15rem 0 }
        nav h2 { margin: .8rem 0 .2rem; padding: 0; border: 0; font-size: .8rem; color: var(--soft) }
        main { padding: 1rem 1.25rem 4rem; max-width: 60rem }
        h1 { margin: .5rem 0 0 }
        h2 { margin: 3rem 0 0; padding-top: 1rem; border-top: 2px solid var(--edge) }
        h3 { margin: 2rem 0 .25rem }
        p { margin: .4rem 0 }
        .lead { font-size: 1.2rem; color: var(--soft) }
        .route b { padding: .1rem .45rem; border-radius: .25rem; background: var(--ink); color: var(--paper); font-size: .8rem }
        code, pre { font: .88em/1.5 ui-monospace, monospace }
        code { overflow-wrap: anywhere }
        pre { padding: .75rem 1rem; overflow-x: auto; background: var(--shade); border-radius: .4rem }
        pre code { overflow-wrap: normal }
        table { width: 100%; margin: .75rem 0; border-collapse: collapse; font-size: .93rem }
        th, td { padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--edge) }
        th { color: var(--soft); font-weight: 500 }
        td:first-child { width: 34% }
        td p { margin: 0 }
        i { color: var(--soft); font-size: .85em }
        @media (min-width: 64rem) {
          body { display: grid; grid-template-columns: 19rem 1fr }
          nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-bottom: 0; border-right: 1px solid var(--edge) }
          main { padding-left: 3rem }
        }

        """
    }
}
