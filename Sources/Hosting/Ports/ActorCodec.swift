/// How one kind of actor's commands, answers and states look as bytes.
package protocol ActorCodec<Logic>: Sendable {
    associatedtype Logic: Decider

    func encode(state: Logic.State) throws(CodecFailure) -> [UInt8]
    func decode(state bytes: [UInt8]) throws(CodecFailure) -> Logic.State

    func encode(command: Logic.Command) throws(CodecFailure) -> [UInt8]
    func decode(command bytes: [UInt8]) throws(CodecFailure) -> Logic.Command

    func encode(answer: Answer<Logic>) throws(CodecFailure) -> [UInt8]
    func decode(answer bytes: [UInt8]) throws(CodecFailure) -> Answer<Logic>
}

/// Bytes that do not mean anything to us; says what about them.
package struct CodecFailure: Error, Sendable, Hashable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}
