//! What the README promises: a table of all methods, and examples that are short and run. Running them is what the
//! documentation tests do; here it is seen that none of them is kept from it.

use std::fmt::Write as _;

use aliexpress::catalogue::{self, Group, Kind, Method, Token};

const README: &str = include_str!("../../README.md");
const BEGIN: &str = "<!-- methods: begin -->\n";
const END: &str = "<!-- methods: end -->";
/// An example has fewer lines than this, hidden ones aside.
const LINES: usize = 60;
const EXAMPLES: [&str; 5] = [
    "Connect",
    "Search",
    "Order",
    "Track",
    "A token store of your own",
];

#[test]
fn the_table_has_every_typed_method() {
    let (_, after) = README.split_once(BEGIN).unwrap();
    let (table, _) = after.split_once(END).unwrap();
    let expected = table_of_methods();
    assert_eq!(expected.lines().count(), 39 + 2);
    assert!(
        table == expected,
        "crates/aliexpress/README.md: put this between the markers:\n\n{expected}"
    );
}

fn table_of_methods() -> String {
    let mut table = String::from(
        "| gateway method | call | group | token | kind | per second | what it is for |\n|---|---|---|---|---|---|---|\n",
    );
    for group in [Group::System, Group::Dropshipping, Group::Affiliate] {
        for method in catalogue::all().filter(|method| method.group == group) {
            if let Some(call) = method.call {
                row(&mut table, method, call);
            }
        }
    }
    table
}

fn row(table: &mut String, method: &Method, call: &str) {
    let entry = match method.group {
        Group::System => "system",
        Group::Dropshipping => "dropshipping",
        Group::Affiliate => "affiliate",
        other => panic!("a group without an entry: {other:?}"),
    };
    let token = match method.token {
        Token::Required => "required",
        Token::Optional => "optional",
        Token::None => "none",
    };
    let kind = match method.kind {
        Kind::Read if has_streams(entry, call) => "read, pages",
        Kind::Read => "read",
        Kind::Write => "write",
        Kind::KeyedWrite { .. } => "keyed write",
    };
    let rate = method.per_second.map(|calls| calls.to_string());
    let rate = rate.unwrap_or_default();
    let summary = method.summary.trim_end_matches('.');
    writeln!(
        table,
        "| `{}` | `{entry}().{call}()` | {entry} | {token} | {kind} | {rate} | {summary} |",
        method.name
    )
    .unwrap();
}

/// Told by the module itself: the table of methods does not say it.
fn has_streams(entry: &str, call: &str) -> bool {
    let path = format!("{}/src/{entry}/{call}.rs", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path)
        .unwrap()
        .contains("pub fn items(")
}

#[test]
fn every_example_is_short_and_runs_against_the_sandbox() {
    for title in EXAMPLES {
        let example = example(title);
        let visible = example
            .lines()
            .filter(|line| !line.starts_with("# ") && *line != "#")
            .count();
        assert!(visible < LINES, "{title} has {visible} lines");
        assert!(
            example.contains("/tests/readme/sandbox.rs") && example.contains("World::start()"),
            "{title} has no sandbox"
        );
    }
}

#[test]
fn no_block_of_rust_is_kept_from_running() {
    let fences: Vec<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("```"))
        .step_by(2)
        .collect();
    assert!(fences.len() > EXAMPLES.len(), "{fences:?}");
    for fence in fences {
        assert!(
            ["", "rust", "text", "toml"].contains(&fence),
            "a block is marked `{fence}`"
        );
    }
}

/// The first block below a heading.
fn example(title: &str) -> &'static str {
    let heading = format!("\n## {title}\n");
    let (_, section) = README
        .split_once(&heading)
        .unwrap_or_else(|| panic!("no heading `{title}`"));
    let (_, block) = section.split_once("```rust\n").unwrap();
    block.split_once("\n```").unwrap().0
}
