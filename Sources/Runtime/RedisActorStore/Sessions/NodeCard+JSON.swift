internal import Ownership

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A card in Redis: a JSON object with `name`, `link` and `build`. Missing members are empty, and unknown
/// members are ignored, so that different builds can share a Redis.
extension NodeCard {
    private struct Form: Codable {
        var name: String?
        var link: String?
        var build: String?
    }

    init?(json: some Collection<UInt8>) {
        do {
            let form = try JSONDecoder().decode(Form.self, from: Data(json))
            self.init(name: form.name ?? "", link: form.link ?? "", build: form.build ?? "")
        } catch {
            return nil
        }
    }

    /// Nil if the card cannot be encoded, which does not happen with any text.
    var json: [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(Form(name: name, link: link, build: build)))
        } catch {
            return nil
        }
    }
}
