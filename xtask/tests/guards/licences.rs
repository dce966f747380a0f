//! `deny.toml`, held against the tree with cargo alone, since cargo-deny is not on every machine. Advisories are
//! the one part that only cargo-deny can check.

use crate::workspace::{assert_none, members, read, root, text, whole_tree};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[test]
fn the_tree_holds_only_licences_crates_and_sources_that_deny_toml_allows() {
    let rules: toml::Table = read(&root().join("deny.toml"))
        .parse()
        .expect("deny.toml is TOML");
    let allowed = strings(&rules["licenses"]["allow"]);
    let own: Vec<&str> = members()
        .iter()
        .map(|package| text(package, "name"))
        .collect();
    let mut findings = Vec::new();
    for package in whole_tree()
        .iter()
        .filter(|package| !own.contains(&text(package, "name")))
    {
        let name = text(package, "name");
        let licence = text(package, "license");
        let mut allowed = allowed.clone();
        allowed.extend(exceptions(&rules, name));
        if !satisfies(licence, &allowed) {
            findings.push(format!("{name}: licence `{licence}`"));
        }
        if banned(&rules).contains(&name) {
            findings.push(format!("{name}: banned"));
        }
        if text(package, "source") != CRATES_IO {
            findings.push(format!("{name}: from {}", package["source"]));
        }
    }
    assert_none("not allowed by deny.toml:", &findings);
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed = ["MIT", "Apache-2.0", "ISC", "Unicode-3.0"];
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "ISC AND (BSL-1.0 OR ISC) AND MIT",
    ] {
        assert!(satisfies(good, &allowed), "{good}");
    }
    for bad in [
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "Apache-2.0 WITH LLVM-exception",
        "",
        "MIT OR",
    ] {
        assert!(!satisfies(bad, &allowed), "{bad}");
    }
}

/// Whether the licences that we allow are enough for this SPDX expression: one side of each `OR`, both of each
/// `AND`. `/` is the old way to write `OR`.
fn satisfies(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    either(&mut rest, allowed) == Some(true) && rest.is_empty()
}

fn either(tokens: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    let mut result = both(tokens, allowed)?;
    while tokens.first() == Some(&"OR") {
        *tokens = &tokens[1..];
        result |= both(tokens, allowed)?;
    }
    Some(result)
}

fn both(tokens: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    let mut result = one(tokens, allowed)?;
    while tokens.first() == Some(&"AND") {
        *tokens = &tokens[1..];
        result &= one(tokens, allowed)?;
    }
    Some(result)
}

fn one(tokens: &mut &[&str], allowed: &[&str]) -> Option<bool> {
    let (first, rest) = tokens.split_first()?;
    *tokens = rest;
    if *first == "(" {
        let result = either(tokens, allowed)?;
        let (close, rest) = tokens.split_first()?;
        *tokens = rest;
        return (*close == ")").then_some(result);
    }
    // A licence with an exception is another licence, which nobody has allowed.
    if tokens.first() == Some(&"WITH") {
        *tokens = tokens.get(2..)?;
        return Some(false);
    }
    Some(allowed.contains(first))
}

fn exceptions<'a>(rules: &'a toml::Table, name: &str) -> Vec<&'a str> {
    entries(&rules["licenses"]["exceptions"], name)
        .flat_map(|entry| strings(&entry["allow"]))
        .collect()
}

fn entries<'a>(list: &'a toml::Value, name: &str) -> impl Iterator<Item = &'a toml::Value> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter(move |entry| entry["crate"].as_str() == Some(name))
}

fn banned(rules: &toml::Table) -> Vec<&str> {
    rules["bans"]["deny"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["crate"].as_str())
        .collect()
}

fn strings(list: &toml::Value) -> Vec<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect()
}
