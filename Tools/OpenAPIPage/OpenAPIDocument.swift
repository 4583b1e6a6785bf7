import Yams

/// An OpenAPI document, of which references are followed.
struct OpenAPIDocument {
    let root: Node

    init(_ root: Node) { self.root = root }

    /// The node, or what it refers to within the document.
    func resolved(_ node: Node) throws -> Node {
        guard let reference = node["$ref"]?.string else { return node }
        var found = root
        for step in reference.split(separator: "/").dropFirst() {
            guard let next = found[String(step)] else {
                throw ReferencePageGenerator.Failure("\(reference) leads nowhere")
            }
            found = next
        }
        return found
    }

    /// What a reference is called, if the node is one.
    func name(_ node: Node) -> String? {
        node["$ref"]?.string.flatMap { $0.split(separator: "/").last.map(String.init) }
    }

    /// The members of a mapping in their order; none of anything else.
    func members(_ node: Node?) -> [(name: String, value: Node)] {
        guard case .mapping(let mapping)? = node else { return [] }
        return mapping.compactMap { key, value in key.string.map { ($0, value) } }
    }

    /// The elements of a sequence; none of anything else.
    func elements(_ node: Node?) -> [Node] {
        guard case .sequence(let sequence)? = node else { return [] }
        return Array(sequence)
    }

    /// JSON of a node, as a body is written.
    func json(_ node: Node) -> String {
        switch node {
        case .mapping:
            let members = members(node).map { "\"\($0.name)\":\(json($0.value))" }
            return "{" + members.joined(separator: ",") + "}"
        case .sequence:
            return "[" + elements(node).map(json).joined(separator: ",") + "]"
        case .scalar(let scalar):
            if node.null != nil { return "null" }
            if scalar.style == .plain, node.int != nil || node.bool != nil { return scalar.string }
            return "\"\(scalar.string)\""
        case .alias:
            return "null"
        }
    }
}
