//! House rules: nothing unfinished in the sources, every crate introduces itself, no file too long to be read in
//! one go, no link that leads nowhere.

use std::path::{Path, PathBuf};

use crate::workspace::{assert_none, files, members, read, root, shown, text};

const LONGEST: usize = 800;
/// Written from the catalogue to be looked up in, row after row, and read by nobody.
const TABLES: &[&str] = &["crates/aliexpress/src/catalogue/methods.rs"];
const UNFINISHED: &[&str] = &["todo!", "unimplemented!", "dbg!"];

#[test]
fn nothing_unfinished_is_left_in_the_sources() {
    let mut findings = Vec::new();
    for file in files("rs").iter().filter(|file| is_product(file)) {
        for (number, line) in read(file).lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in UNFINISHED.iter().filter(|word| calls(code, word)) {
                findings.push(format!("{}:{}: {word}", shown(file), number + 1));
            }
        }
    }
    assert_none("unfinished work or a debugging aid:", &findings);
}

#[test]
fn every_crate_introduces_itself_in_its_readme() {
    let mut findings = Vec::new();
    for package in members() {
        let name = text(package, "name");
        let folder = Path::new(text(package, "manifest_path"))
            .parent()
            .expect("a manifest lies in a folder");
        if !folder.join("README.md").is_file() {
            findings.push(format!("{name}: no README.md"));
        }
        let roots = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file));
        let included = roots
            .iter()
            .filter(|file| file.is_file())
            .any(|file| read(file).contains("#![doc = include_str!(\"../README.md\")]"));
        if !included {
            findings.push(format!("{name}: its README is not its crate documentation"));
        }
    }
    assert_none(
        "a crate's README says what it is, what it is not, and who may depend on it:",
        &findings,
    );
}

#[test]
fn no_source_file_is_too_long_to_be_read_in_one_go() {
    let findings: Vec<String> = files("rs")
        .iter()
        .filter(|file| !TABLES.contains(&shown(file).as_str()))
        .map(|file| (file, read(file).lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| format!("{}: {lines} lines", shown(file)))
        .collect();
    assert_none(&format!("files of more than {LONGEST} lines:"), &findings);
}

#[test]
fn no_document_has_a_broken_link() {
    let mut findings = Vec::new();
    for file in files("md") {
        for target in links(&read(&file)) {
            if !leads_somewhere(&file, &target) {
                findings.push(format!("{}: {target}", shown(&file)));
            }
        }
    }
    assert_none("links that lead nowhere:", &findings);
}

#[test]
fn links_are_found_outside_code_only() {
    let text = "[a](one.md) `[b](two.md)` ![c](img/three.png \"t\") <https://x> [d](<four five.md>)\n\
                ```\n[e](six.md)\n```\n[ref]: seven.md#part\n[f](#here) [g](https://h)";
    assert_eq!(
        links(text),
        [
            "one.md",
            "img/three.png",
            "four five.md",
            "#here",
            "https://h",
            "seven.md#part"
        ]
    );
}

#[test]
fn headings_are_anchors() {
    assert_eq!(
        anchor("## What `serve` does, and why?"),
        "what-serve-does-and-why"
    );
}

#[test]
fn a_word_inside_another_is_no_call() {
    assert!(calls("    todo!()", "todo!"));
    assert!(!calls("    my_todo!()", "todo!"));
    assert!(!calls("    \"todo!\"", "todo!"));
}

/// Sources of the product: not tests, and not these guards, which have to name what they look for.
fn is_product(file: &Path) -> bool {
    let path = shown(file);
    path.contains("/src/") && !path.contains("/tests/")
}

/// Whether the macro is used here, rather than being part of a longer name or named in a text.
fn calls(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].trim_start().chars().next();
        !before.is_some_and(|character| character.is_alphanumeric() || character == '_')
            && after.is_some_and(|character| "([{".contains(character))
    })
}

/// Targets of inline links and pictures, then those of reference definitions.
fn links(markdown: &str) -> Vec<String> {
    let text = without_code(markdown);
    let inline = text.match_indices("](").filter_map(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        match rest.strip_prefix('<') {
            Some(rest) => rest.split('>').next(),
            None => rest.split([')', ' ', '\n']).next(),
        }
    });
    let definitions = text.lines().filter_map(|line| {
        let (name, target) = line.trim().strip_prefix('[')?.split_once("]: ")?;
        (!name.contains(']'))
            .then(|| target.split_whitespace().next())
            .flatten()
    });
    inline.chain(definitions).map(str::to_owned).collect()
}

fn without_code(markdown: &str) -> String {
    let mut plain = String::new();
    let mut in_block = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            plain.extend(line.split('`').step_by(2));
            plain.push('\n');
        }
    }
    plain
}

fn leads_somewhere(file: &Path, target: &str) -> bool {
    if ["https:", "http:", "mailto:"]
        .iter()
        .any(|scheme| target.starts_with(scheme))
    {
        return true;
    }
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    let destination = if path.is_empty() {
        file.to_owned()
    } else {
        resolve(file, path)
    };
    if fragment.is_empty()
        || destination
            .extension()
            .is_none_or(|extension| extension != "md")
    {
        return destination.exists();
    }
    destination.is_file()
        && anchors(&read(&destination))
            .iter()
            .any(|anchor| anchor == fragment)
}

fn resolve(file: &Path, path: &str) -> PathBuf {
    match path.strip_prefix('/') {
        Some(path) => root().join(path),
        None => file.parent().expect("a file lies in a folder").join(path),
    }
}

fn anchors(markdown: &str) -> Vec<String> {
    markdown
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(anchor)
        .collect()
}

/// The name that a heading can be reached by: lower case, spaces as hyphens, no other signs.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|character| match character {
            ' ' => Some('-'),
            '-' | '_' => Some(character),
            other if other.is_alphanumeric() => Some(other),
            _ => None,
        })
        .collect()
}
