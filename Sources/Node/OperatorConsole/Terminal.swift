#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// What the output can show.
package struct Terminal: Equatable, Sendable {
    /// Columns; nil without a limit.
    package var columns: Int?
    /// Rows; nil without a limit.
    package var rows: Int?
    /// True if colours may be used.
    package var hasColour: Bool
    /// True if a picture may take the place of the one before.
    package var isScreen: Bool

    package init(columns: Int?, rows: Int?, hasColour: Bool, isScreen: Bool) {
        self.columns = columns
        self.rows = rows
        self.hasColour = hasColour
        self.isScreen = isScreen
    }

    /// The rules: colours and redrawing only on a terminal that knows them, and no colours where `NO_COLOR` is set
    /// to anything (no-color.org). `COLUMNS` counts where the width is not known otherwise.
    package init(isTerminal: Bool, size: (columns: Int, rows: Int)?, environment: [String: String]) {
        let kind = environment["TERM"] ?? ""
        let isCapable = isTerminal && !kind.isEmpty && kind != "dumb"
        let given = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        columns = size?.columns ?? given
        rows = size?.rows
        hasColour = isCapable && (environment["NO_COLOR"] ?? "").isEmpty
        isScreen = isCapable
    }

    /// The output of this process.
    package static func output(_ environment: [String: String]) -> Terminal {
        var window = winsize()
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let isKnown = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
        return Terminal(
            isTerminal: isTerminal,
            size: isKnown ? (Int(window.ws_col), Int(window.ws_row)) : nil,
            environment: environment
        )
    }
}

/// Text with a style, where the terminal has colours.
enum TextStyle: String {
    case plain = ""
    case head = "1"
    case good = "32"
    case warning = "33"
    case bad = "31"

    func applied(to text: String, on terminal: Terminal) -> String {
        guard terminal.hasColour, self != .plain else { return text }
        return "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }
}
