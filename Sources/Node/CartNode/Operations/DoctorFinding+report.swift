import Dashboard
import Doctor

extension DoctorFinding {
    /// The findings that an operator should mend, the most severe first. Notes appear in the report of the doctor alone.
    static func toMend(among findings: [Finding]) -> [DoctorFinding] {
        let grave = Level.allCases.reversed().flatMap { level in
            findings.filter { $0.level == level && level >= .warning }
        }
        return grave.prefix(limit).map {
            DoctorFinding(
                level: $0.level.rawValue,
                check: $0.check,
                what: $0.what,
                mend: $0.mend,
                link: $0.link
            )
        }
    }
}
