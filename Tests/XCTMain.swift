import Testing

/// The test program. SwiftPM takes this file, by its name and place, for one that tests need no discovery: without it
/// SwiftPM would look for tests of XCTest, of which there are none, in an index that `scripts/test` does without.
@main
struct TestProgram {
    static func main() async {
        await Testing.__swiftPMEntryPoint() as Never
    }
}
