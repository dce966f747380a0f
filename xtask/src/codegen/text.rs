//! Names, quotes and documentation comments.

/// `text_search` to `TextSearch`.
pub(crate) fn pascal(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().collect::<String>() + letters.as_str()
            })
        })
        .collect()
}

/// `queryDeliveryReq` to `query_delivery_req`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            out.push(letter.to_ascii_lowercase());
        } else {
            out.push(letter);
        }
    }
    out
}

/// A Rust string literal.
pub(crate) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

const WIDTH: usize = 116;

/// A documentation comment, wrapped.
pub(crate) fn doc(out: &mut String, indent: &str, text: &str) {
    comment(out, &format!("{indent}///"), text);
}

/// A module comment, wrapped; an empty text leaves an empty line in it.
pub(crate) fn module_doc(out: &mut String, text: &str) {
    comment(out, "//!", text);
}

/// An item of a list in a module comment, wrapped; what is wrapped stays part of the item.
pub(crate) fn module_item(out: &mut String, text: &str) {
    let mut item = String::new();
    comment(&mut item, "//!  ", text);
    out.push_str(&item.replacen("//!  ", "//! -", 1));
}

fn comment(out: &mut String, lead: &str, text: &str) {
    let mut line = lead.to_owned();
    for word in escaped(text).split_whitespace() {
        if line.len() + word.len() + 1 > WIDTH && line.len() > lead.len() {
            out.push_str(&line);
            out.push('\n');
            line = lead.to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}

/// Markdown that must not be taken for links or markup outside of code.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    let mut previous = ' ';
    for letter in text.chars() {
        match letter {
            '`' => in_code = !in_code,
            '[' | ']' | '<' | '>' | '*' if !in_code && !is_link(previous) => out.push('\\'),
            _ => {}
        }
        out.push(letter);
        previous = letter;
    }
    out
}

fn is_link(previous: char) -> bool {
    previous == '\\'
}
