import Testing

/// Real nodes, a real Redis, real faults. Side by side, as far as the machine carries: see `NodeBudget`.
@Suite enum FailoverTests {}
