use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

/// The variables each message of a source mentions.
fn messages(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in locale
        .source()
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        if !line.starts_with([' ', '}'])
            && let Some((id, _)) = line.split_once(" = ")
        {
            current = id.to_owned();
            assert!(
                messages.insert(current.clone(), BTreeSet::new()).is_none(),
                "{id} stands twice"
            );
        }
        for part in line.split('$').skip(1) {
            let name: String = part
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric())
                .collect();
            if let Some(names) = messages.get_mut(&current) {
                names.insert(name);
            }
        }
    }
    messages
}

fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("folder is there")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn both_sources_parse_without_an_error() {
    for locale in Locale::ALL {
        assert!(
            FluentResource::try_new(locale.source().to_owned()).is_ok(),
            "{}",
            locale.code()
        );
    }
}

#[test]
fn both_languages_hold_every_key_and_nothing_else() {
    let declared: BTreeSet<String> = Key::all().map(|key| key.id().to_owned()).collect();
    assert_eq!(
        declared.len(),
        Key::all().count(),
        "an id is declared twice"
    );
    for locale in Locale::ALL {
        let written: BTreeSet<String> = messages(locale).into_keys().collect();
        assert_eq!(written, declared, "{}", locale.code());
    }
}

#[test]
fn both_languages_use_the_same_values() {
    let french = messages(Locale::Fr);
    for (id, names) in messages(Locale::En) {
        assert_eq!(french.get(&id), Some(&names), "{id}");
    }
}

#[test]
fn every_key_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    files_below(&root.join("templates"), &mut files);
    files_below(&root.join("src"), &mut files);
    files.push(root.join("src/page/views.rs"));
    let text: String = files
        .iter()
        .filter(|path| !path.ends_with("keys.rs"))
        .map(|path| std::fs::read_to_string(path).expect("readable"))
        .collect();
    let used: BTreeSet<&str> = text
        .split("Key::")
        .skip(1)
        .map(|rest| {
            rest.split(|letter: char| !letter.is_ascii_alphanumeric())
                .next()
                .unwrap_or_default()
        })
        .collect();
    let unused: Vec<String> = Key::all()
        .map(|key| format!("{key:?}"))
        .filter(|key| !used.contains(key.as_str()))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn templates_hold_no_words_of_their_own() {
    let mut files = Vec::new();
    files_below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"),
        &mut files,
    );
    for path in files {
        let source = std::fs::read_to_string(&path).expect("readable");
        let words = text_outside_markup(&source);
        assert_eq!(words, Vec::<String>::new(), "{}", path.display());
        for attribute in [
            "placeholder=\"",
            "aria-label=\"",
            "title=\"",
            "alt=\"",
            "data-label=\"",
        ] {
            for value in source.split(attribute).skip(1) {
                assert!(
                    value.starts_with("{{") || value.starts_with('"'),
                    "{}: {attribute}",
                    path.display()
                );
            }
        }
    }
}

/// Words between tags that come from the template itself.
fn text_outside_markup(source: &str) -> Vec<String> {
    let mut plain = String::new();
    let (mut in_tag, mut rest) = (false, source);
    while let Some(letter) = rest.chars().next() {
        let skipped = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .find_map(|(open, close)| {
                rest.starts_with(open)
                    .then(|| rest.find(close).map(|end| end + close.len()))
            })
            .flatten();
        if let Some(end) = skipped {
            rest = &rest[end..];
            continue;
        }
        match letter {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                plain.push(' ');
            }
            _ if !in_tag => plain.push(letter),
            _ => {}
        }
        rest = &rest[letter.len_utf8()..];
    }
    plain
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphabetic))
        .map(str::to_owned)
        .collect()
}

#[test]
fn french_punctuation_is_never_parted_from_its_word() {
    for (number, line) in Locale::Fr
        .source()
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#'))
    {
        let text = line.split_once(" = ").map_or(line, |(_, text)| text);
        for mark in [" :", " ;", " !", " ?", " »", "« "] {
            assert!(!text.contains(mark), "line {}: {line}", number + 1);
        }
    }
}

#[test]
fn plurals_follow_the_language() {
    let say = |locale, count: i64| {
        Texts::of(locale).with(Key::ProductReviews, [("count", count.to_arg())])
    };
    assert_eq!(say(Locale::En, 0), "0 reviews");
    assert_eq!(say(Locale::En, 1), "1 review");
    assert_eq!(say(Locale::En, 12_345), "12,345 reviews");
    let days =
        |count: i64| Texts::of(Locale::Fr).with(Key::FreightDays, [("count", count.to_arg())]);
    assert_eq!(days(0), "0 jour");
    assert_eq!(days(1), "1 jour");
    assert_eq!(days(1_000), "1\u{202f}000 jours");
}

#[test]
fn values_are_put_in_without_isolation_marks() {
    let text = Texts::of(Locale::Fr).with(Key::NoticeRenamed, [("name", "Boutique".to_arg())]);
    assert_eq!(
        text,
        "La connexion s’appelle maintenant «\u{a0}Boutique\u{a0}»."
    );
}

#[test]
fn the_language_follows_the_browser() {
    for (header, expected) in [
        ("fr-FR,fr;q=0.9,en;q=0.8", Locale::Fr),
        ("en-GB,en;q=0.9,fr;q=0.8", Locale::En),
        ("de, fr;q=0.7, en;q=0.3", Locale::Fr),
        ("de", Locale::En),
        ("", Locale::En),
        ("fr;q=nonsense", Locale::En),
    ] {
        assert_eq!(Locale::from_accept_language(header), expected, "{header}");
    }
}
