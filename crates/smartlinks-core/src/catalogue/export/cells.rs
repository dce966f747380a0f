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

/// What spreadsheets part cells at, besides commas. Where the decimal sign is a comma, as in French, the sign of lists
/// is the semicolon: a file that is opened by a double click is parted there, and quotes in the middle of what that
/// makes one cell keep nothing together.
const PARTS: [char; 4] = [';', '\t', '\r', '\n'];

/// What begins a formula.
const fn begins_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// A text that no spreadsheet takes for a formula, wherever it parts cells: an apostrophe stands before what could begin
/// one.
pub(super) fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 1);
    for (at, part) in text.split_inclusive(PARTS).enumerate() {
        let begins = match at {
            0 => part.trim_start_matches(' ').starts_with(|sign: char| {
                begins_formula(sign) || (PARTS.contains(&sign) && sign != ';')
            }),
            _ => part
                .trim_start_matches([' ', '"'])
                .starts_with(begins_formula),
        };
        if begins {
            safe.push('\'');
        }
        safe.push_str(part);
    }
    safe
}

/// An address of a picture or a page, if it is one that may be followed.
pub(super) fn address(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let may = matches!(url.scheme(), "https" | "http");
    may.then(|| url.as_str().replace(';', "%3B"))
}

/// For HTML. An entity ends with a semicolon, where some spreadsheets begin a cell: no sign of a formula follows one.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        let before = escaped.trim_end_matches([' ', '"']);
        match character {
            sign if begins_formula(sign) && before.ends_with(PARTS) => {
                escaped.push_str(&format!("&#{};", u32::from(sign)));
            }
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
            "=1+1", "+1", "-1", "@SUM(A1)", "  =1", "＝1", "\tx", "\rx", "\nx",
        ] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for harmless in [
            "", "Lampe", "a=b", "12.50", "é", "'quoted'", "a; b", ";", "a;\r\nb",
        ] {
            assert_eq!(text(harmless), harmless);
        }
    }

    #[test]
    fn a_formula_after_the_sign_of_another_cell_becomes_a_text_too() {
        for (given, safe) in [
            ("Lampe;=cmd|' /C calc'!A0", "Lampe;'=cmd|' /C calc'!A0"),
            ("a; \"=1;-2", "a;' \"=1;'-2"),
            ("a\t+1", "a\t'+1"),
            ("a\r\n@b", "a\r\n'@b"),
            ("\t=1", "'\t'=1"),
            (";＝1", ";'＝1"),
        ] {
            assert_eq!(text(given), safe);
        }
        assert_eq!(escaped("\"=1"), "&quot;&#61;1");
        assert_eq!(escaped("a; -b-c"), "a; &#45;b-c");
        assert_eq!(escaped("a=b"), "a=b");
    }

    #[test]
    fn only_addresses_of_the_web_are_followed() {
        for web in [
            "https://ae01.alicdn.com/kf/1.jpg",
            "http://img.example/2,3.jpg",
        ] {
            assert_eq!(address(web).as_deref(), Some(web));
        }
        let parted = address(" https://img.example/a;=1\t.jpg");
        assert_eq!(parted.as_deref(), Some("https://img.example/a%3B=1.jpg"));
        for other in ["javascript:alert(1)", "file:///etc/passwd", "1.jpg", ""] {
            assert!(address(other).is_none(), "{other}");
        }
    }
}
