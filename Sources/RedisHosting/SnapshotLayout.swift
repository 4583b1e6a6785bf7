package import Hosting
package import Ownership

/// The strategy `snapshot`: the whole state in the field `s`, written anew with each commit.
package struct SnapshotLayout<Codec: ActorCodec>: StateLayout {
    package typealias Logic = Codec.Logic

    private let codec: Codec

    /// - Parameter codec: its bytes carry the version of their own form.
    package init(codec: Codec) {
        self.codec = codec
    }

    package func content(
        of change: Change<Logic>,
        at sequence: Sequence
    ) throws(CodecFailure) -> ContentChange {
        ContentChange(set: try content(of: change.after, at: sequence))
    }

    package func content(
        of state: Logic.State,
        at sequence: Sequence
    ) throws(CodecFailure) -> [ContentField] {
        [ContentField("s", try codec.encode(state: state))]
    }

    /// Refuses a record with any other field: a newer build may have written its last changes there.
    package func state(
        in content: [ContentField],
        at sequence: Sequence
    ) throws(CodecFailure) -> Logic.State {
        if let stranger = content.first(where: { $0.name != "s" }) {
            throw CodecFailure("the field `\(stranger.name)` is of a form that this build does not know")
        }
        guard let snapshot = content.first else { throw CodecFailure("the field `s` is missing") }
        do throws(CodecFailure) {
            return try codec.decode(state: snapshot.value)
        } catch {
            throw CodecFailure("the field `s` can not be read: \(error.reason)")
        }
    }
}
