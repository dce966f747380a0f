//! The imports of a method's file.

use std::collections::BTreeSet;

/// Of the standard library.
const STANDARD: &[(&str, &[&str])] = &[
    ("std::collections", &["BTreeMap"]),
    ("std", &["fmt"]),
    ("std::future", &["Future"]),
];

/// Of other crates.
const FOREIGN: &[(&str, &[&str])] = &[
    ("bytes", &["Bytes"]),
    ("futures_util", &["Stream"]),
    ("jiff", &["Timestamp"]),
    ("jiff::civil", &["DateTime"]),
    ("rust_decimal", &["Decimal"]),
    ("serde", &["Deserialize", "Serialize"]),
];

/// Of the SDK.
const OWN: &[(&str, &[&str])] = &[
    (
        "crate::call",
        &[
            "Authority",
            "Content",
            "Exchange",
            "Form",
            "JsonObject",
            "MethodAnswer",
            "Outcome",
            "Refused",
            "check",
            "paging",
        ],
    ),
    ("super", &["OrderStatus"]),
    (
        "crate",
        &[
            "AuthorizationCode",
            "Client",
            "Error",
            "Money",
            "RefreshToken",
            "RequestError",
            "TokenPair",
            "decode",
            "money",
        ],
    ),
];

/// Only what the file really names.
pub(super) fn write(out: &mut String, body: &str, shapes: &BTreeSet<String>) {
    let named = |out: &mut String, table: &[(&str, &[&str])]| {
        for (path, names) in table {
            let names = names.iter().copied().filter(|name| is_named(body, name));
            import(out, path, names);
        }
    };
    named(out, STANDARD);
    out.push('\n');
    named(out, FOREIGN);
    // Only where JSON is built: `Self::Value` is another one.
    if body.contains("Result<Value,") {
        import(out, "serde_json", ["Value"].into_iter());
    }
    out.push('\n');
    named(out, OWN);
    out.push('\n');
    import(out, "pub crate::shapes", shapes.iter().map(String::as_str));
    out.push('\n');
}

/// Whether the text names it, and not as a part of a longer name or path.
fn is_named(body: &str, name: &str) -> bool {
    body.match_indices(name).any(|(at, _)| {
        let before = body[..at].chars().next_back().unwrap_or(' ');
        let after = body[at + name.len()..].chars().next().unwrap_or(' ');
        let part = |letter: char| letter.is_alphanumeric() || letter == '_';
        !part(before) && !part(after) && before != ':'
    })
}

/// `use path::{names};`, or nothing; a path that begins with `pub ` is handed on.
fn import<'a>(out: &mut String, path: &str, names: impl Iterator<Item = &'a str>) {
    let names: Vec<&str> = names.collect();
    let (public, path) = path
        .strip_prefix("pub ")
        .map_or(("", path), |path| ("pub ", path));
    match names.as_slice() {
        [] => {}
        [only] => out.push_str(&format!("{public}use {path}::{only};\n")),
        several => out.push_str(&format!(
            "{public}use {path}::{{{}}};\n",
            several.join(", ")
        )),
    }
}
