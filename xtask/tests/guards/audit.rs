//! The audit log can be added to and outlived, and not be edited: no statement of ours does it.

use crate::workspace::{assert_none, files, read, shown};

/// The one statement that takes entries away, whole and by their age.
const BY_AGE: &str =
    "delete from audit where id in (select id from audit where at < $1 order by at limit $2)";

#[test]
fn no_statement_edits_the_audit_log() {
    let mut findings = Vec::new();
    let mut by_age = 0;
    for file in files("rs").iter().chain(files("sql").iter()) {
        let text = read(file);
        // Statements are continued over lines.
        let words: Vec<&str> = text
            .split_whitespace()
            .filter(|word| *word != "\\")
            .collect();
        let statements = words.join(" ").to_lowercase().replace('"', " ");
        by_age += statements.matches(BY_AGE).count();
        let rest = statements.replace(BY_AGE, "");
        for verb in [
            "update",
            "delete from",
            "replace into",
            "truncate",
            "drop table",
        ] {
            let edits = format!("{verb} audit ");
            if rest.contains(&edits) {
                findings.push(format!("{}: {edits}", shown(file)));
            }
        }
    }
    assert_none("the audit log is edited:", &findings);
    assert_eq!(by_age, 2, "one in the store, and one here");
}
