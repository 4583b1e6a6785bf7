import Yams

/// The HTML reference of an OpenAPI document, for people who want to call the node.
struct ReferencePage {
    let document: OpenAPIDocument

    init(_ document: OpenAPIDocument) { self.document = document }

    func html() throws -> String {
        let info = document.root["info"]
        var main = "<header><h1>\(text(info?["title"]))</h1>\n<p class=lead>\(text(info?["summary"]))</p>\n"
        main += "<p>Machine-readable document: <a href=/openapi.yaml>/openapi.yaml</a>"
        main += " (OpenAPI \(text(document.root["openapi"]))).</p></header>\n"
        main += "<section id=rules>\(paragraphs(info?["description"]))</section>\n"
        var index = ""
        for tag in document.elements(document.root["tags"]) {
            let name = tag["name"]?.string ?? ""
            // Methods that all resources share are described once, in the introduction.
            guard name != "Methods" else { continue }
            index += "<h2>\(escaped(name))</h2>\n<ul>\n"
            main += "<h2>\(escaped(name))</h2>\n"
            for operation in try operations(of: name) {
                index += "<li><a href=\"#\(operation.id)\">\(text(operation.node["summary"]))</a></li>\n"
                main += try section(operation)
            }
            index += "</ul>\n"
        }
        index += "<h2><a href=\"#problems\">Problems</a></h2>\n<h2><a href=\"#bodies\">Bodies</a></h2>\n"
        main += try problems() + schemas()
        return Self.frame(title: text(info?["title"]), index: index, main: main)
    }

    private struct Operation {
        let id: String
        let method: String
        let path: String
        let item: Node
        let node: Node
    }

    private func operations(of tag: String) throws -> [Operation] {
        var found: [Operation] = []
        for (path, item) in document.members(document.root["paths"]) {
            for (method, node) in document.members(item) where method != "parameters" && method != "head" {
                guard document.elements(node["tags"]).first?.string == tag else { continue }
                guard let id = node["operationId"]?.string else {
                    throw ReferencePageGenerator.Failure("an operation of \(path) has no operationId")
                }
                found.append(Operation(id: id, method: method, path: path, item: item, node: node))
            }
        }
        return found
    }

    private func section(_ operation: Operation) throws -> String {
        let node = operation.node
        var html = "<section id=\"\(operation.id)\">\n<h3>\(text(node["summary"]))</h3>\n"
        html += "<p class=route><b>\(operation.method.uppercased())</b>"
        html += " <code>\(escaped(operation.path))</code></p>\n"
        html += paragraphs(node["description"])
        html += "<pre><code>\(escaped(try curl(operation)))</code></pre>\n"
        var rows = ""
        for parameter in document.elements(operation.item["parameters"])
            + document.elements(node["parameters"])
        {
            let found = try document.resolved(parameter)
            let location = found["in"]?.string ?? ""
            rows += "<tr><td><code>\(text(found["name"]))</code> <i>\(escaped(location))</i></td>"
            rows += "<td>\(paragraphs(found["description"]))</td></tr>\n"
        }
        if let schema = try bodySchema(of: operation) {
            rows += "<tr><td>body</td><td><a href=\"#schema-\(schema)\">\(schema)</a></td></tr>\n"
        }
        if !rows.isEmpty { html += "<table><tr><th>Parameter<th>Description</tr>\n\(rows)</table>\n" }
        html += "<table><tr><th>Response<th>Description</tr>\n"
        for (status, response) in document.members(node["responses"]) {
            let found = try document.resolved(response)
            html += "<tr><td><code>\(status)</code></td><td>\(paragraphs(found["description"]))</td></tr>\n"
        }
        return html + "</table>\n</section>\n"
    }

    private func content(of operation: Operation) -> (type: String, value: Node)? {
        document.members(operation.node["requestBody"]?["content"]).first.map { ($0.name, $0.value) }
    }

    private func bodySchema(of operation: Operation) throws -> String? {
        content(of: operation)?.value["schema"].flatMap(document.name)
    }

    private func curl(_ operation: Operation) throws -> String {
        var path = operation.path
        for parameter in document.elements(operation.item["parameters"]) {
            let found = try document.resolved(parameter)
            guard let name = found["name"]?.string, let example = found["example"]?.string else { continue }
            path = path.split(separator: "{\(name)}", omittingEmptySubsequences: false).joined(
                separator: example
            )
        }
        var command = "curl"
        if operation.method != "get" { command += " -X \(operation.method.uppercased())" }
        if operation.id == "watchCart" { command += " -N" }
        command += " http://127.0.0.1:8080\(path)"
        if document.elements(operation.node["security"]).contains(where: { $0["shopToken"] != nil }) {
            command += " -H \"Authorization: Bearer $token\""
        }
        if let (type, value) = content(of: operation), let example = value["example"] {
            command += " \\\n  -H 'Content-Type: \(type)' \\\n  -d '\(document.json(example))'"
        }
        return command
    }

    private func problems() throws -> String {
        var rows = ""
        for (name, response) in document.members(document.root["components"]?["responses"]) {
            guard let schema = response["content"]?["application/problem+json"]?["schema"] else { continue }
            let parts = document.elements(try document.resolved(schema)["allOf"])
            guard parts.count == 2, let status = parts[1]["properties"]?["status"]?["const"]?.string else {
                throw ReferencePageGenerator.Failure("the problems of \(name) have an unexpected form")
            }
            let kinds = document.elements(parts[1]["properties"]?["type"]?["enum"]).compactMap(\.string)
            let list = kinds.map { "<code>\($0.split(separator: ":").last ?? "")</code>" }
            rows += "<tr><td><code>\(status)</code></td><td>\(paragraphs(response["description"]))"
            rows += "<p>\(list.joined(separator: ", "))</p></td></tr>\n"
        }
        return
            "<h2 id=problems>Problems</h2>\n<p>The <code>type</code> is <code>urn:cart-node:problem:</code>"
            + " followed by one of these names.</p>\n<table><tr><th>Status<th>Types</tr>\n\(rows)</table>\n"
    }

    private func text(_ node: Node?) -> String { escaped(node?.string ?? "") }
}
