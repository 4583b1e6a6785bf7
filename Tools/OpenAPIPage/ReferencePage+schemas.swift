import Yams

extension ReferencePage {
    /// What bodies have, one table each.
    func schemas() throws -> String {
        var html = "<h2 id=bodies>Bodies</h2>\n"
        for (name, schema) in document.members(document.root["components"]?["schemas"]) {
            // Problems have a table of their own.
            let isKind = name != "Problem" && name.hasPrefix("Problem")
            guard !isKind, schema["properties"] != nil || schema["oneOf"] != nil else { continue }
            html += "<section id=\"schema-\(name)\">\n<h3>\(name)</h3>\n\(paragraphs(schema["description"]))"
            let alternatives = document.elements(schema["oneOf"])
            for object in alternatives.isEmpty ? [schema] : alternatives { html += try table(object) }
            html += "</section>\n"
        }
        return html
    }

    private func table(_ object: Node) throws -> String {
        let required = Set(document.elements(object["required"]).compactMap(\.string))
        var rows = ""
        for (name, value) in document.members(object["properties"]) {
            let must = required.contains(name) ? "" : " <i>optional</i>"
            rows += "<tr><td><code>\(name)</code>\(must)</td><td>\(try words(value))"
            let target = try document.resolved(value)
            for text in [value["description"], value["$ref"] == nil ? nil : target["description"]] {
                rows += paragraphs(text)
            }
            rows += "</td></tr>\n"
        }
        return "<table>\n\(rows)</table>\n"
    }

    /// A schema in a few words.
    private func words(_ schema: Node) throws -> String {
        if let name = document.name(schema) {
            let target = try document.resolved(schema)
            guard target["properties"] == nil, target["oneOf"] == nil else {
                return "<a href=\"#schema-\(name)\">\(name)</a>"
            }
            return try words(target)
        }
        if let value = schema["const"]?.string { return "<code>\(escaped(value))</code>" }
        if let values = schema["enum"] {
            let all = document.elements(values).map { escaped($0.string ?? "null") }
            return all.count > 8
                ? "one of \(all.count), such as <code>\(all[0])</code>" : all.joined(separator: ", ")
        }
        let union = document.elements(schema["anyOf"])
        if !union.isEmpty { return try union.map(words).joined(separator: " or ") }
        let types = document.elements(schema["type"]).compactMap(\.string)
        var words = types.isEmpty ? schema["type"]?.string ?? "" : types.joined(separator: " or ")
        let inner = document.members(schema["properties"]).map { "<code>\(escaped($0.name))</code>" }
        if !inner.isEmpty { words += " of " + inner.joined(separator: ", ") }
        if let items = schema["items"] { words += " of " + (try self.words(items)) }
        for (name, sign) in [
            ("minimum", "at least"), ("maximum", "at most"), ("minItems", "at least"),
            ("maxItems", "at most"),
            ("maxLength", "at most"), ("maxProperties", "at most"),
        ] {
            if let bound = schema[name]?.string { words += ", \(sign) \(bound)" }
        }
        if let pattern = schema["pattern"]?.string, pattern.utf8.count < 64 {
            words += " <code>\(escaped(pattern))</code>"
        }
        return words
    }
}
