import Yams

extension ReferencePage {
    /// The section about bodies: a table of properties for each schema.
    func schemas() throws -> String {
        var html = "<h2 id=bodies>Bodies</h2>\n"
        for (name, schema) in document.members(document.root["components"]?["schemas"]) {
            // Problems have a section of their own.
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
            let note = required.contains(name) ? "" : " <i>optional</i>"
            rows += "<tr><td><code>\(name)</code>\(note)</td><td>\(try summary(of: value))"
            let target = try document.resolved(value)
            for text in [value["description"], value["$ref"] == nil ? nil : target["description"]] {
                rows += paragraphs(text)
            }
            rows += "</td></tr>\n"
        }
        return "<table>\n\(rows)</table>\n"
    }

    /// A short description of a schema: its type, values and limits.
    private func summary(of schema: Node) throws -> String {
        if let name = document.name(schema) {
            let target = try document.resolved(schema)
            guard target["properties"] == nil, target["oneOf"] == nil else {
                return "<a href=\"#schema-\(name)\">\(name)</a>"
            }
            return try summary(of: target)
        }
        if let value = schema["const"]?.string { return "<code>\(escaped(value))</code>" }
        if let values = schema["enum"] {
            let all = document.elements(values).map { escaped($0.string ?? "null") }
            return all.count > 8
                ? "one of \(all.count), such as <code>\(all[0])</code>" : all.joined(separator: ", ")
        }
        let union = document.elements(schema["anyOf"])
        if !union.isEmpty { return try union.map(summary(of:)).joined(separator: " or ") }
        let types = document.elements(schema["type"]).compactMap(\.string)
        var summary = types.isEmpty ? schema["type"]?.string ?? "" : types.joined(separator: " or ")
        let inner = document.members(schema["properties"]).map { "<code>\(escaped($0.name))</code>" }
        if !inner.isEmpty { summary += " of " + inner.joined(separator: ", ") }
        if let items = schema["items"] { summary += " of " + (try self.summary(of: items)) }
        for (name, relation) in [
            ("minimum", "at least"), ("maximum", "at most"), ("minItems", "at least"),
            ("maxItems", "at most"),
            ("maxLength", "at most"), ("maxProperties", "at most"),
        ] {
            if let bound = schema[name]?.string { summary += ", \(relation) \(bound)" }
        }
        if let pattern = schema["pattern"]?.string, pattern.utf8.count < 64 {
            summary += " <code>\(escaped(pattern))</code>"
        }
        return summary
    }
}
