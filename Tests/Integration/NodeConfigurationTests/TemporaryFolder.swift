import Foundation

@testable import NodeConfiguration

/// A folder of one test, removed with the last reference to it.
final class TemporaryFolder: Sendable {
    let path: String

    init(name: String = "cart-node-test-\(UInt32.random(in: 0...UInt32.max))") throws {
        path = NSTemporaryDirectory() + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("not removed: \(path)")
        }
    }

    /// Writes a file into the folder and returns its path.
    func file(_ name: String, content: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(content.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }
}

/// Reads settings as the program does, on a machine called `box`.
func invoke(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws(BadSetting)
    -> Invocation
{
    var generator = SystemRandomNumberGenerator()
    return try Invocation(
        arguments: arguments,
        environment: ["HOME": "/home/somebody"].merging(environment) { $1 },
        machine: "box.example",
        generator: &generator
    )
}

/// The settings, or the line that says what is wrong with them.
func outcome(
    _ arguments: [String] = [],
    _ environment: [String: String] = [:]
) -> (settings: NodeSettings?, complaint: String) {
    do throws(BadSetting) {
        switch try invoke(arguments, environment) {
        case .run(let settings): return (settings, "")
        case .inspect(let id, let settings): return (settings, "inspect \(id)")
        case .examine(let request): return (request.settings, request.refusal.map { "\($0)" } ?? "examine")
        case .console(let command, let settings): return (settings, "\(command)")
        case .print(let text): return (nil, text)
        }
    } catch {
        return (nil, error.description)
    }
}
