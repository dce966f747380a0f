//! `SECURITY.md` names, for every failure and requirement that we know of, the test that would fail without our
//! answer to it. A name that leads nowhere is worse than none, so each one is looked up.

use std::collections::BTreeMap;
use std::path::Path;

use crate::workspace::{assert_none, read, root};

const FAILURES: u32 = 25;
const REQUIREMENTS: u32 = 40;
/// Marks a row whose answer is still to be built; behind it stands the part of the design that it belongs to.
const LATER: &str = "later:";

#[test]
fn every_requirement_has_its_row_and_every_named_test_exists() {
    let document = read(&root().join("SECURITY.md"));
    assert_none("SECURITY.md:", &findings(&document, &root()));
}

#[test]
fn a_helper_is_no_test() {
    let source = "
        fn helper() {}
        /// Words.
        #[test]
        #[expect(
            clippy::panic,
            reason = \"why\"
        )]
        fn one() {
            #[test]
        }
        fn two<T>() {}
        #[tokio::test(flavor = \"multi_thread\")]
        async fn three() {}
        #[cfg(test)]
        fn four() {}
    ";
    let found = ["helper", "one", "two", "three", "four"].map(|name| has_test(source, name));
    assert_eq!(found, [false, true, false, true, false]);
}

#[test]
fn a_row_without_answer_is_found() {
    let rows: String = expected()
        .map(|id| match id.as_str() {
            "F1" => "| F1 | one | `xtask/tests/guards/security_doc.rs::a_row_without_answer_is_found` |\n".to_owned(),
            "F2" => "| F2 | two | `xtask/tests/guards/security_doc.rs::no_such_test` |\n".to_owned(),
            "F3" => "| F3 | three | `no/such/file.rs::test` |\n".to_owned(),
            "F4" => "| F4 | four | |\n".to_owned(),
            "F5" => String::new(),
            "F6" => "| F6 | six | later: |\n".to_owned(),
            "R1" => "| R1 | one | later: broker |\n| R1 | one | later: broker |\n".to_owned(),
            id => format!("| **{id}** | words | later: broker |\n"),
        })
        .collect();
    let findings = findings(&rows, &root());
    let about = |id: &str| {
        findings
            .iter()
            .filter(|finding| finding.starts_with(&format!("{id}:")))
            .count()
    };
    for id in ["F2", "F3", "F4", "F5", "F6", "R1"] {
        assert_eq!(about(id), 1, "{id} in {findings:#?}");
    }
    assert_eq!(findings.len(), 6, "{findings:#?}");
}

fn expected() -> impl Iterator<Item = String> {
    let failures = (1..=FAILURES).map(|number| format!("F{number}"));
    failures.chain((1..=REQUIREMENTS).map(|number| format!("R{number}")))
}

/// What is wrong with the table, each finding beginning with the id that it is about.
fn findings(document: &str, root: &Path) -> Vec<String> {
    let mut rows: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in document.lines() {
        if let Some(id) = row_id(line) {
            rows.entry(id).or_default().push(line);
        }
    }
    let mut findings = Vec::new();
    for id in expected() {
        match rows.remove(&id).as_deref() {
            None => findings.push(format!("{id}: has no row")),
            Some([row]) => findings.extend(
                row_findings(row, root)
                    .into_iter()
                    .map(|words| format!("{id}: {words}")),
            ),
            Some(several) => findings.push(format!("{id}: has {} rows", several.len())),
        }
    }
    findings.extend(
        rows.into_keys()
            .map(|id| format!("{id}: is not a known id")),
    );
    findings
}

/// The first cell, where it is an id: `F` or `R` and a number, emphasis and code marks aside.
fn row_id(line: &str) -> Option<String> {
    let cell = line.trim().strip_prefix('|')?.split('|').next()?;
    let id = cell.trim().trim_matches(['*', '`', '[', ']']).to_owned();
    let number = id.strip_prefix(['F', 'R'])?;
    (!number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit())).then_some(id)
}

fn row_findings(row: &str, root: &Path) -> Vec<String> {
    let tests: Vec<(&str, &str)> = row
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once(".rs::"))
        .collect();
    if tests.is_empty() && !has_later(row) {
        return vec!["names neither a test nor what it waits for (`later: …`)".to_owned()];
    }
    tests
        .into_iter()
        .filter_map(|(file, test)| {
            let name = test
                .rsplit("::")
                .next()
                .unwrap_or(test)
                .trim_end_matches("()")
                .trim();
            let path = root.join(format!("{file}.rs"));
            match std::fs::read_to_string(&path) {
                Err(_) => Some(format!("{file}.rs does not exist")),
                Ok(source) if !has_test(&source, name) && !is_in_a_suite(&path, name) => {
                    Some(format!("{file}.rs has no test `{name}`"))
                }
                Ok(_) => None,
            }
        })
        .collect()
}

fn has_later(row: &str) -> bool {
    let row = row.to_lowercase();
    row.split_once(LATER)
        .is_some_and(|(_, part)| part.contains(char::is_alphanumeric))
}

/// Whether a source has a function of that name with `#[test]`, `#[tokio::test]` or the like above it.
fn has_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_it = |line: &str| {
        line.split_once("fn ")
            .and_then(|(_, after)| after.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with(['(', '<']))
    };
    lines.iter().enumerate().any(|(at, line)| {
        // What stands right above it, up to the end of what comes before.
        let mut above = lines[..at]
            .iter()
            .rev()
            .take_while(|line| !line.is_empty() && !line.ends_with(['{', '}', ';']));
        is_it(line) && above.any(|line| is_test_attribute(line))
    })
}

fn is_test_attribute(line: &str) -> bool {
    let Some(attribute) = line.strip_prefix("#[") else {
        return false;
    };
    let path = attribute.split(['(', ']']).next().unwrap_or_default();
    path.rsplit("::").next() == Some("test")
}

/// Whether the file beside the folder of a source lists the function in its `suite!`, which makes a test of it for each
/// database.
fn is_in_a_suite(path: &Path, name: &str) -> bool {
    let suite = path
        .parent()
        .and_then(|folder| std::fs::read_to_string(folder.with_extension("rs")).ok());
    suite
        .as_deref()
        .and_then(|text| text.split_once("\nsuite! {"))
        .is_some_and(|(_, listed)| {
            listed
                .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
                .any(|word| word == name)
        })
}
