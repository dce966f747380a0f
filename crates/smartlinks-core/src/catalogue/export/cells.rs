//! Rows of cells. Texts of people and of AliExpress may look like formulas: no spreadsheet shall run them.

use crate::error::{Error, Result};

/// A part of a CSV file.
pub(super) struct Table {
    writer: csv::Writer<Vec<u8>>,
    width: usize,
}

impl Table {
    pub(super) fn new(width: usize) -> Self {
        Self {
            writer: csv::WriterBuilder::new()
                .flexible(false)
                .terminator(csv::Terminator::CRLF)
                .from_writer(Vec::new()),
            width,
        }
    }

    /// A row of exactly as many cells as the header has.
    pub(super) fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> Result<()> {
        if cells.len() != self.width {
            let message = format!(
                "a row of {} cells in a table of {}",
                cells.len(),
                self.width
            );
            return Err(Error::Internal(message));
        }
        let cells = cells.iter().map(|cell| cell.as_ref());
        let written = self.writer.write_record(cells);
        written.map_err(|error| Error::Internal(error.to_string()))
    }

    pub(super) fn finish(self) -> Result<Vec<u8>> {
        let rows = self.writer.into_inner();
        rows.map_err(|error| Error::Internal(error.to_string()))
    }
}

/// A text that no spreadsheet takes for a formula: an apostrophe stands before what could begin one.
pub(super) fn text(text: &str) -> String {
    let dangerous = |character: char| {
        matches!(
            character,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    match text.trim_start_matches(' ').starts_with(dangerous) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// An address of a picture or a page, if it is one that may be followed.
pub(super) fn address(text: &str) -> Option<&str> {
    let url = url::Url::parse(text).ok()?;
    matches!(url.scheme(), "https" | "http").then_some(text)
}

/// For HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_texts() {
        for formula in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\n=1",
        ] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for harmless in ["", "Lampe", "a=b", "12.50", "é", "'quoted'"] {
            assert_eq!(text(harmless), harmless);
        }
    }

    #[test]
    fn only_addresses_of_the_web_are_followed() {
        assert!(address("https://ae01.alicdn.com/kf/1.jpg").is_some());
        for other in ["javascript:alert(1)", "file:///etc/passwd", "1.jpg", ""] {
            assert!(address(other).is_none(), "{other}");
        }
    }
}
