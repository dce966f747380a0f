//! The names of price rules and of runs.

use crate::ids::id;

id! {
    /// The name of a price rule: `rule_` and a UUIDv7.
    RuleId: "rule_",
    /// The text is not the id of a price rule.
    InvalidRuleId: "the id of a price rule is `rule_` followed by a UUID, as `smartlinks catalogue rules` shows it",
}

id! {
    /// The name of a run: `run_` and a UUIDv7.
    RunId: "run_",
    /// The text is not the id of a run.
    InvalidRunId: "the id of a run is `run_` followed by a UUID, as the dry run shows it",
}
