/// A label of a metric, with the values that it can have.
package struct MetricLabel: Hashable, Sendable {
    package enum Values: Hashable, Sendable {
        /// These and no others.
        case oneOf([String])
        /// Set once when the process starts; the text says what it is.
        case fixed(String)
        /// A few that are not known beforehand, and that no client chooses; the text says what they are.
        case bounded(String)
    }

    package let name: String
    package let values: Values

    package init(_ name: String, oneOf values: [String]) {
        self.name = name
        self.values = .oneOf(values)
    }

    /// A label with the cases of an enumeration as values.
    package init<Value>(_ name: String, of type: Value.Type)
    where Value: CaseIterable & RawRepresentable<String> {
        self.init(name, oneOf: type.allCases.map(\.rawValue))
    }

    /// A label with the cases of an enumeration that something is counted by.
    package init<Key: TallyKey>(_ name: String, by key: Key.Type) {
        self.init(name, oneOf: key.allCases.map(\.label))
    }

    /// A label whose value is set once when the process starts.
    ///
    /// - Parameter meaning: what the value is, for the handbook.
    package init(_ name: String, fixed meaning: String) {
        self.name = name
        values = .fixed(meaning)
    }

    /// A label with a few values that are not known beforehand, and that no client chooses.
    ///
    /// - Parameter meaning: what they are, for the handbook.
    package init(_ name: String, bounded meaning: String) {
        self.name = name
        values = .bounded(meaning)
    }

    func accepts(_ value: String) -> Bool {
        switch values {
        case .oneOf(let values): values.contains(value)
        case .fixed, .bounded: true
        }
    }
}
