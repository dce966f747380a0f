//! Tables for people.

use comfy_table::{ContentArrangement, Table, presets};

use super::plain;

/// A table with a head. Cells may hold upstream text.
pub(crate) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = blank();
    table.set_header(head);
    for row in rows {
        table.add_row(row.map(|cell| plain(&cell)));
    }
    lines(&table)
}

/// Names and values, one a line. Values may hold upstream text.
pub(crate) fn facts(rows: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let mut table = blank();
    for (name, value) in rows {
        table.add_row([format!("{name}:"), plain(&value)]);
    }
    lines(&table)
}

fn blank() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// The lines without the blanks that the table pads them with.
fn lines(table: &Table) -> String {
    table
        .lines()
        .map(|line| {
            line.trim_end()
                .strip_prefix(' ')
                .map_or_else(String::new, str::to_owned)
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_without_trailing_blanks() {
        let text = table(
            ["ID", "STATE"],
            [
                ["a".to_owned(), "x\ny".to_owned()],
                ["bcd".to_owned(), String::new()],
            ],
        );
        assert_eq!(text, "ID   STATE\na    x y\nbcd");
        assert_eq!(
            facts([("a", "1".to_owned()), ("long", "2".to_owned())]),
            "a:     1\nlong:  2"
        );
    }
}
