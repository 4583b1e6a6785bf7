/// The version of this build, as `--version`, `/status` and the node's card in Redis show it.
package enum NodeVersion {
    package static let current = "0.1.0"
}
