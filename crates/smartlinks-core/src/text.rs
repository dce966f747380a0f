//! Text from outside, made short enough to repeat.

/// At most `limit` characters, with an ellipsis where something was cut off.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
