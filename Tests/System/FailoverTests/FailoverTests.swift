import Testing

/// Real nodes and a real Redis under real faults. As many suites run at once as `NodeBudget` allows.
@Suite enum FailoverTests {}
