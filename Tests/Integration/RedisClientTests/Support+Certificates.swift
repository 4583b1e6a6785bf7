/// Makes a certificate for the name `localhost` and for no address, `cert.pem` in a folder.
///
/// - Returns: the settings of a server that speaks TLS with it at a port.
func encryption(in folder: String, at port: Int) throws -> [String] {
    let (certificate, key) = (folder + "/cert.pem", folder + "/key.pem")
    try runToEnd([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
        "-keyout", key, "-out", certificate,
    ])
    return encryption(with: certificate, key: key, at: port)
}

/// The settings of a server that speaks TLS at a port with a certificate that it trusts itself.
func encryption(with certificate: String, key: String, at port: Int) -> [String] {
    [
        "--tls-port", "\(port)", "--tls-auth-clients", "no", "--tls-cert-file", certificate,
        "--tls-key-file", key, "--tls-ca-cert-file", certificate,
    ]
}
