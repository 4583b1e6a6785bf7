/// The changes of one cart by what they may do to it. All values are indices into the changes.
struct ChangeIndex {
    /// By the line that they remove.
    private(set) var removals: [UInt32: [Int]] = [:]
    /// By the line whose quantity they set, or reduce, or whose price they set.
    private(set) var settings: [UInt32: [Int]] = [:]
    private(set) var reductions: [UInt32: [Int]] = [:]
    private(set) var prices: [UInt32: [Int]] = [:]
    /// Changes that remove all lines: they clear the cart, delete it, or take its lines to another cart.
    private(set) var wipes: [Int] = []
    private(set) var creations: [Int] = []
    private(set) var deletions: [Int] = []
    private(set) var notes: [Int] = []
    private(set) var marks: [Int] = []
    /// Changes that remove the note and the mark.
    private(set) var unsettings: [Int] = []
    private(set) var checkouts: [Int] = []
    private(set) var cancellations: [Int] = []
    /// Merges of other carts into this one, and of this one into others.
    private(set) var arrivals: [Int] = []
    private(set) var departures: [Int] = []
    /// Changes that may make a version without a visible difference by themselves.
    private(set) var quiet: [Int] = []
    private var repeating: Set<Int> = []

    /// - Parameter cart: the number of the cart.
    init(_ changes: [ChangeRecord], of cart: Int) {
        for (place, change) in changes.enumerated() {
            switch change.action {
            case .create: creations.append(place)
            case .setQuantity(let line, _): settings[line, default: []].append(place)
            case .setPrice(let line, _): prices[line, default: []].append(place)
            case .takeOut(let line, _): reductions[line, default: []].append(place)
            case .remove(let line), .replace(let line, _, _): removals[line, default: []].append(place)
            case .clear, .refill: wipes.append(place)
            case .delete:
                wipes.append(place)
                deletions.append(place)
            case .setNote: notes.append(place)
            case .setMark: marks.append(place)
            case .unsetDetails: unsettings.append(place)
            case .checkOut: checkouts.append(place)
            case .cancelCheckout: cancellations.append(place)
            case .merge(let source, _):
                // Each attempt may close the cart, open it again, or be declined.
                repeating.insert(place)
                if source.number == cart {
                    wipes.append(place)
                    departures.append(place)
                } else {
                    arrivals.append(place)
                }
            case .add, .read: break
            }
            if change.action.mayChangeNothing { quiet.append(place) }
        }
    }

    /// True for a change that may have effect in several versions.
    func repeats(_ place: Int) -> Bool { repeating.contains(place) }
}
