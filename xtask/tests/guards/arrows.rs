//! Which crate may know which. The arrows go one way, so that each part can be read, tested and replaced alone;
//! and the sandbox knows nothing of the SDK, so that one mistake cannot hide in both.

use crate::workspace::{assert_none, members, text};

/// Crate → the workspace crates that it may depend on. A crate that is not named here may depend on none.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "smartlinks",
        &[
            "smartlinks-server",
            "aliexpress-sandbox",
            "smartlinks-core",
            "smartlinks-store",
            "aliexpress",
        ],
    ),
    ("smartlinks-server", &["smartlinks-core"]),
    ("smartlinks-core", &["smartlinks-store", "aliexpress"]),
    (
        "testkit",
        &[
            "smartlinks",
            "smartlinks-server",
            "aliexpress-sandbox",
            "smartlinks-core",
            "smartlinks-store",
            "aliexpress",
        ],
    ),
];

/// The same for tests only. The examples of the SDK's README are run against the sandbox; the sandbox goes on knowing
/// nothing of the SDK, so each still judges the other.
const ALLOWED_IN_TESTS: &[(&str, &[&str])] = &[("aliexpress", &["aliexpress-sandbox"])];

/// For tests only, wherever it is used.
const DEV_ONLY: &str = "testkit";

#[derive(Debug)]
struct Arrow {
    from: String,
    to: String,
    for_tests: bool,
}

#[test]
fn no_crate_knows_another_that_it_must_not_know() {
    let names: Vec<&str> = members()
        .iter()
        .map(|package| text(package, "name"))
        .collect();
    let arrows = arrows(&names);
    assert!(
        arrows
            .iter()
            .any(|arrow| arrow.from == "smartlinks-core" && arrow.to == "aliexpress"),
        "the one arrow that must exist was not found, so this test reads nothing"
    );
    let wrong: Vec<String> = arrows
        .iter()
        .filter(|arrow| !is_allowed(arrow))
        .map(|arrow| {
            let kind = if arrow.for_tests {
                "dev-dependency"
            } else {
                "dependency"
            };
            format!("{} → {} ({kind})", arrow.from, arrow.to)
        })
        .collect();
    assert_none(
        "these arrows are not in design section 3 (see ALLOWED in this file):",
        &wrong,
    );
}

#[test]
fn the_rule_tells_right_from_wrong() {
    let arrow = |from: &str, to: &str, for_tests| Arrow {
        from: from.into(),
        to: to.into(),
        for_tests,
    };
    assert!(is_allowed(&arrow(
        "smartlinks-server",
        "smartlinks-core",
        false
    )));
    assert!(is_allowed(&arrow("smartlinks-store", "testkit", true)));
    assert!(!is_allowed(&arrow("smartlinks-store", "testkit", false)));
    assert!(is_allowed(&arrow("aliexpress", "aliexpress-sandbox", true)));
    assert!(!is_allowed(&arrow(
        "aliexpress",
        "aliexpress-sandbox",
        false
    )));
    assert!(!is_allowed(&arrow(
        "aliexpress-sandbox",
        "aliexpress",
        true
    )));
    assert!(!is_allowed(&arrow(
        "smartlinks-server",
        "smartlinks-store",
        false
    )));
    assert!(!is_allowed(&arrow(
        "smartlinks-server",
        "smartlinks-store",
        true
    )));
}

/// Tests may use the test kit and what is listed for them besides what the crate knows anyway, and nothing else.
fn is_allowed(arrow: &Arrow) -> bool {
    if arrow.to == DEV_ONLY {
        return arrow.for_tests;
    }
    let listed = |table: &[(&str, &[&str])]| {
        table
            .iter()
            .any(|(from, to)| *from == arrow.from && to.contains(&arrow.to.as_str()))
    };
    listed(ALLOWED) || (arrow.for_tests && listed(ALLOWED_IN_TESTS))
}

fn arrows(names: &[&str]) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for package in members() {
        for dependency in package["dependencies"]
            .as_array()
            .expect("a package lists its dependencies")
        {
            let to = text(dependency, "name");
            if names.contains(&to) {
                arrows.push(Arrow {
                    from: text(package, "name").to_owned(),
                    to: to.to_owned(),
                    for_tests: dependency["kind"] == "dev",
                });
            }
        }
    }
    arrows
}
