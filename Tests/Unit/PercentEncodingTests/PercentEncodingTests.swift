import PercentEncoding
import Testing

@Suite struct PercentEncodingTests {
    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("a%20b", "a b"), ("%2f%2F", "//"), ("%25%32%35", "%25"),
        ("a+b", "a+b"),
        ("%C3%a9", "é"), ("é", "é"), ("%00", "\0"),
    ])
    func `an encoded byte is decoded once and other bytes stand for themselves`(encoded: String, text: String)
    {
        #expect(PercentEncoding.decode(encoded[...].utf8) == text)
    }

    @Test(arguments: ["%", "%4", "a%", "%zz", "%4g", "%+1", "%é", "%ff", "%C3", "%C3%28", "%ED%A0%80"])
    func `an incomplete code and invalid UTF-8 are refused`(encoded: String) {
        #expect(PercentEncoding.decode(encoded[...].utf8) == nil)
    }
}
