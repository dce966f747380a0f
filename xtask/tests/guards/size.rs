//! The default binary stays small enough to build in minutes and to know what is in it.

use std::collections::BTreeSet;

use crate::workspace::cargo;

/// Crates that `smartlinks` is built from, itself included (design section 1).
const LIMIT: usize = 400;

#[test]
fn the_binary_is_built_from_fewer_than_400_crates() {
    let tree = cargo(&[
        "tree",
        "-p",
        "smartlinks",
        "-e",
        "normal,build",
        "--prefix",
        "none",
        "--no-dedupe",
    ]);
    let crates: BTreeSet<String> = tree
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert!(
        crates.len() > 10,
        "cargo tree shows only {} crates: this test reads it wrongly",
        crates.len()
    );
    assert!(
        crates.len() < LIMIT,
        "the default binary is built from {} crates, the limit is {LIMIT}: what came in last?",
        crates.len()
    );
}
