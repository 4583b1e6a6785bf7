import Testing

@testable import Cart

/// The details of a cart as a whole.
@Suite struct DetailsTests {
    static func change(_ fill: (inout DetailsChange) -> Void) -> CartCommand.Change {
        var change = DetailsChange()
        fill(&change)
        return .setDetails(change)
    }

    /// A cart with every detail, at version 2.
    static func described() throws -> Subject {
        var subject = try Subject.open()
        try subject.does(
            change {
                $0.note = .set("two\nlines")
                $0.customer = .set("kim")
                $0.email = .set("kim@example.com")
                $0.attributes = .set([.init(key: "b", value: "2"), .init(key: "a", value: "1")])
                $0.discountCodes = .set(["X", "A", "X"])
                $0.expiresIn = .set(60)
            }
        )
        return subject
    }

    static func details(_ subject: Subject) throws -> CartDetails { try #require(subject.state.cart).details }

    @Test func `given details are set, and codes are a set`() throws {
        let details = try Self.details(try Self.described())
        #expect(details.note == "two\nlines" && details.customer == "kim")
        #expect(details.email == "kim@example.com" && details.expiresIn == 60)
        #expect(details.attributes == Attributes([(key: "a", value: "1"), (key: "b", value: "2")]))
        #expect(details.discountCodes == ["A", "X"])
    }

    @Test func `omitted details stay, and unset ones go`() throws {
        var subject = try Self.described()
        let before = try Self.details(subject)
        #expect(try subject.does(Self.change { $0.note = .unset }) == .detailsChanged)
        var after = before
        after.note = nil
        #expect(try Self.details(subject) == after)
        try subject.does(Self.change { $0.attributes = .set([.init(key: "a", value: nil)]) })
        #expect(try Self.details(subject).attributes == Attributes([(key: "b", value: "2")]))
        try subject.does(
            Self.change {
                ($0.customer, $0.email, $0.expiresIn) = (.unset, .unset, .unset)
                ($0.attributes, $0.discountCodes) = (.unset, .unset)
            }
        )
        #expect(try Self.details(subject).isEmpty)
    }

    @Test func `an event of details has what changed and no more`() throws {
        let subject = try Self.described()
        func event(_ fill: (inout DetailsChange) -> Void) throws -> CartEvent? {
            let command = CartCommand.change(Self.change(fill), at: t2)
            guard case .accept(let events, _) = decider.decide(command, on: subject.state, version: 2) else {
                return nil
            }
            #expect(events.count == 1)
            return events.first
        }
        func patch(_ fill: (inout DetailsChange) -> Void) -> CartEvent {
            var change = DetailsChange()
            fill(&change)
            return .detailsPatched(change, at: t2)
        }
        let asked = try event {
            ($0.note, $0.customer, $0.email) = (.set("two\nlines"), .set("lee"), .unset)
            $0.attributes = .set([
                .init(key: "c", value: "3"), .init(key: "a", value: "1"), .init(key: "b", value: nil),
            ])
            ($0.discountCodes, $0.expiresIn) = (.set(["A", "X"]), .set(60))
        }
        let expected = patch {
            ($0.customer, $0.email) = (.set("lee"), .unset)
            $0.attributes = .set([.init(key: "b", value: nil), .init(key: "c", value: "3")])
        }
        #expect(asked == expected)
        let emptied = try event {
            $0.attributes = .set([.init(key: "a", value: nil), .init(key: "b", value: nil)])
            ($0.discountCodes, $0.expiresIn) = (.set([]), .unset)
        }
        #expect(
            emptied == patch { ($0.attributes, $0.discountCodes, $0.expiresIn) = (.unset, .unset, .unset) }
        )
    }

    @Test func `a change without effect makes no version`() throws {
        var subject = try Self.described()
        for change in [Self.change { _ in }, Self.change { $0.discountCodes = .set(["X", "A"]) }] {
            #expect(try subject.does(change, at: t2) == .unchanged)
        }
        #expect(subject.version == 2)
    }

    @Test func `every bad detail is refused by its name`() throws {
        let long = String(repeating: "é", count: 513)
        let cases: [(CartRejection.Field, CartRejection.FieldError, (inout DetailsChange) -> Void)] = [
            (.note, .empty, { $0.note = .set("") }),
            (.note, .tooLong(maximum: 1_024, actual: 1_026), { $0.note = .set(long) }),
            (.note, .forbiddenCharacter(offset: 1), { $0.note = .set("a\r\n") }),
            (.customer, .empty, { $0.customer = .set("") }),
            (.customer, .forbiddenCharacter(offset: 0), { $0.customer = .set("\n") }),
            (.customer, .tooLong(maximum: 128, actual: 1_026), { $0.customer = .set(long) }),
            (.email, .empty, { $0.email = .set("") }), (.email, .malformed, { $0.email = .set("kim") }),
            (.email, .malformed, { $0.email = .set("@a") }), (.email, .malformed, { $0.email = .set("a@") }),
            (.email, .forbiddenCharacter(offset: 2), { $0.email = .set("é a@b") }),
            (.email, .tooLong(maximum: 254, actual: 1_026), { $0.email = .set(long) }),
            (.attributeKey, .empty, { $0.attributes = .set([.init(key: "", value: nil)]) }),
            (
                .attributeKey, .forbiddenCharacter(offset: 0),
                { $0.attributes = .set([.init(key: " ", value: "")]) }
            ),
            (
                .attributeValue(key: "k"), .tooLong(maximum: 256, actual: 1_026),
                { $0.attributes = .set([.init(key: "k", value: long)]) }
            ),
            (
                .attributes, .tooLong(maximum: 32, actual: 33),
                { $0.attributes = .set((0..<33).map { .init(key: "k\($0)", value: nil) }) }
            ),
            (
                .discountCodes, .tooLong(maximum: 16, actual: 17),
                { $0.discountCodes = .set((0..<17).map(String.init)) }
            ),
            (.discountCode(1), .empty, { $0.discountCodes = .set(["a", ""]) }),
            (.discountCode(0), .forbiddenCharacter(offset: 0), { $0.discountCodes = .set(["\u{7F}"]) }),
            (
                .expiresIn, .outOfRange(minimum: 60, maximum: 315_360_000, actual: 59),
                { $0.expiresIn = .set(59) }
            ),
            (
                .expiresIn, .outOfRange(minimum: 60, maximum: 315_360_000, actual: .max),
                { $0.expiresIn = .set(.max) }
            ),
        ]
        let subject = try Subject.open()
        for (field, fieldError, fill) in cases {
            #expect(subject.refusal(Self.change(fill)) == .invalid(field, fieldError))
        }
    }

    @Test func `a cart's attributes count as its metadata, and as many as a line's may be`() throws {
        var limits = CartLimits()
        limits.metadataBytes = 10
        limits.attributes = 2
        var subject = try Subject.open(limits: limits)
        try subject.does(.addLine(item(with: ["k": "123"])))
        func set(_ pairs: (String, String)...) -> CartCommand.Change {
            Self.change { $0.attributes = .set(pairs.map { .init(key: $0.0, value: $0.1) }) }
        }
        #expect(subject.refusal(set(("a", "123456"))) == .limit(.metadataBytes, maximum: 10, actual: 11))
        try subject.does(set(("a", "1"), ("b", "1")))
        #expect(subject.refusal(set(("c", ""))) == .limit(.attributes, maximum: 2, actual: 3))
        let more = CartCommand.Change.addLine(try item("pear", with: ["k": "12"]))
        #expect(subject.refusal(more) == .limit(.metadataBytes, maximum: 10, actual: 11))
        // A change that makes the cart smaller is accepted, however full the cart is.
        limits.metadataBytes = 1
        subject.decider = CartDecider(limits: limits)
        #expect(subject.refusal(set(("a", ""))) == nil)
    }

    @Test func `a cart can be created with its retention`() throws {
        var subject = Subject()
        #expect(try subject.does(.create(currency: nil, expiresIn: 3_600)) == .created)
        #expect(subject.version == 1 && subject.state.cart?.details.expiresIn == 3_600)
        #expect(try subject.does(.create(currency: nil, expiresIn: 60)) == .existed)
        #expect(try Self.details(subject).expiresIn == 3_600)
        #expect(Subject().refusal(.create(currency: nil, expiresIn: 0)) != nil)
    }

    @Test func `a deletion forgets the details`() throws {
        var subject = try Self.described()
        try subject.does(.delete)
        try subject.does(.create(currency: nil))
        #expect(subject.state.cart?.hasDetails == false)
    }
}
