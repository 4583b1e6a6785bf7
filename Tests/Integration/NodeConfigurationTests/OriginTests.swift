import Testing

@testable import NodeConfiguration

struct OriginTests {
    @Test func `origins are listed with commas, and none is allowed by default`() throws {
        #expect(try #require(outcome([]).settings).corsOrigins.isEmpty)
        let list = "https://shop.example, http://localhost:5173,http://[::1]:8080,"
        let settings = try #require(outcome(["--cors-origins", list]).settings)
        #expect(
            settings.corsOrigins
                == ["https://shop.example", "http://localhost:5173", "http://[::1]:8080"]
        )
        let variable = try #require(outcome([], ["CART_CORS_ORIGINS": "https://a.example"]).settings)
        #expect(variable.corsOrigins == ["https://a.example"])
    }
}
