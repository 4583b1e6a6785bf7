extension RedisFacts {
    /// The fields of a reply to `INFO`.
    static func fields(of info: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in info.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return fields
    }

    /// A field that is a whole number.
    func number(_ field: String) -> Int64? { info[field].flatMap(Self.sane) }

    /// A setting that is a whole number.
    func numericSetting(_ name: String) -> Int64? { settings[name].flatMap(Self.sane) }

    /// A number with which checks can calculate without overflow; nil for any other text.
    private static func sane(_ text: String) -> Int64? {
        Int64(text).flatMap { $0.magnitude <= 1 << 53 ? $0 : nil }
    }

    var version: ServerVersion? { ServerVersion(info: info) }

    var appendsToFile: Bool? { info["aof_enabled"].map { $0 == "1" } }

    /// True if Redis writes snapshots by itself; nil if it does not tell.
    var savesSnapshots: Bool? { settings["save"].map { !$0.isEmpty } }

    var connectedReplicas: Int64 { number("connected_slaves") ?? 0 }

    /// The databases that have keys, by the fields of the section `keyspace`.
    var databasesWithKeys: [Int] {
        info.keys.filter { $0.hasPrefix("db") }.compactMap { Int($0.dropFirst(2)) }.sorted()
    }

    /// The latency that a part of the commands, in 0…1, did not exceed; nil without any.
    func latency(within part: Double) -> Duration? {
        guard !latencies.isEmpty else { return nil }
        let at = Int((Double(latencies.count) * part).rounded(.up)) - 1
        return latencies[min(max(0, at), latencies.count - 1)]
    }
}
