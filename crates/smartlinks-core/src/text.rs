//! Text from outside, made fit to be kept and repeated.

/// At most `limit` characters, with an ellipsis where something was cut off.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The same without control characters: it cannot leave its line, and every database takes it. PostgreSQL does not
/// take a NUL.
pub(crate) fn plain(text: &str, limit: usize) -> String {
    let plain: String = text.chars().filter(|one| !one.is_control()).collect();
    shortened(plain.trim(), limit)
}

/// Whether something of it is no text that anybody writes, so that nothing can be called so.
pub(crate) fn has_controls(text: &str) -> bool {
    text.chars().any(char::is_control)
}
