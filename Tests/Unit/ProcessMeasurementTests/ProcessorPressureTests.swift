import Testing

@testable import ProcessMeasurement

@Suite struct ProcessorPressureTests {
    @Test func `the total of some is read`() {
        let text = """
            some avg10=79.92 avg60=81.43 avg300=73.67 total=13299829451
            full avg10=0.00 avg60=0.00 avg300=0.00 total=0

            """
        #expect(ProcessorPressure.total(in: text) == .microseconds(13_299_829_451))
    }

    @Test(arguments: ["", "some", "some total=", "some avg10=0.00 total=-", "full total=7"])
    func `text without it counts nothing`(_ text: String) {
        #expect(ProcessorPressure.total(in: text) == nil)
    }
}
