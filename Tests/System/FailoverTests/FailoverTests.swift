import Testing

/// Real nodes, a real Redis, real faults. One after the other, as each needs the machine for itself.
@Suite(.serialized) enum FailoverTests {}
