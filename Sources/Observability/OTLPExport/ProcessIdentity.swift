package import RequestTracing

/// What an exporter tells of the process whose spans it sends: an OpenTelemetry resource.
package struct ProcessIdentity: Sendable {
    /// The build.
    package let version: String
    package let resource: [SpanAttribute]

    /// - Parameters:
    ///   - settings: name the service and more, before anything else.
    ///   - node: the name of this node, which no other one has.
    package init(_ settings: TraceSettings, node: String, version: String) {
        self.version = version
        var attributes = [
            SpanAttribute("service.name", text: "cart-node"),
            SpanAttribute("service.version", text: version),
            SpanAttribute("service.instance.id", text: node),
            SpanAttribute("telemetry.sdk.name", text: "cart-node"),
            SpanAttribute("telemetry.sdk.language", text: "swift"),
            SpanAttribute("telemetry.sdk.version", text: version),
        ]
        func set(_ attribute: SpanAttribute) {
            attributes.removeAll { $0.name == attribute.name }
            attributes.append(attribute)
        }
        settings.resource.forEach(set)
        if let name = settings.serviceName { set(SpanAttribute("service.name", text: name)) }
        resource = attributes
    }
}
