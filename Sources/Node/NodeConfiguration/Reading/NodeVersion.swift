/// Which build this is, as `--version`, `/status` and the node's card in Redis say it.
package enum NodeVersion {
    package static let current = "0.1.0"
}
