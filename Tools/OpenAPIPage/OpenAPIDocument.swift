import Yams

/// An OpenAPI document, with access that follows references.
struct OpenAPIDocument {
    let root: Node

    init(_ root: Node) { self.root = root }

    /// The node itself, or the target of its reference within the document.
    func resolved(_ node: Node) throws -> Node {
        guard let reference = node["$ref"]?.string else { return node }
        var found = root
        for step in reference.split(separator: "/").dropFirst() {
            guard let next = found[String(step)] else {
                throw ReferencePageGenerator.Failure("\(reference) has no target")
            }
            found = next
        }
        return found
    }

    /// The name of a reference's target; nil if the node is no reference.
    func name(_ node: Node) -> String? {
        node["$ref"]?.string.flatMap { $0.split(separator: "/").last.map(String.init) }
    }

    /// The members of a mapping, in document order; empty for other nodes.
    func members(_ node: Node?) -> [(name: String, value: Node)] {
        guard case .mapping(let mapping)? = node else { return [] }
        return mapping.compactMap { key, value in key.string.map { ($0, value) } }
    }

    /// The elements of a sequence; empty for other nodes.
    func elements(_ node: Node?) -> [Node] {
        guard case .sequence(let sequence)? = node else { return [] }
        return Array(sequence)
    }

    /// The node as JSON, in the form of a request body.
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
