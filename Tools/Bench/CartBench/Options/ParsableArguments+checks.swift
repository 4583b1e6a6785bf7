import ArgumentParser

extension ParsableArguments {
    /// Requires each option's value to be at least 1.
    func requirePositive(_ options: KeyValuePairs<String, Int>) throws {
        for (name, value) in options where value < 1 {
            throw ValidationError("\(name) must be at least 1 (got \(value))")
        }
    }

    /// Requires each number of lines to be one that a cart may have.
    func requireLines(_ lines: [Int]) throws {
        for count in lines where !(1...500).contains(count) {
            throw ValidationError("--lines must be 1 to 500 (got \(count))")
        }
    }
}
