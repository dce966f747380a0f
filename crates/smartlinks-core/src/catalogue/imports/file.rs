//! Files of products to import. A file is taken as a whole or not at all: whatever cannot be is reported by line and
//! column.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::views::ImportProblem;
use super::{IMPORT_LIMIT, MOST_LINES};
use crate::catalogue::checks;
use crate::error::Error;
use crate::text::shortened;

/// The columns that mean something.
const COLUMNS: [&str; 4] = ["product", "skus", "labels", "rule"];

/// One product that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wish {
    /// The line of the file, or the place in the list.
    pub(super) line: i64,
    /// AliExpress's number.
    pub(super) product: String,
    pub(super) skus: Option<Vec<String>>,
    pub(super) labels: Vec<String>,
    pub(super) rule: Option<String>,
}

type Read = Result<Vec<Wish>, Vec<ImportProblem>>;

fn problem(line: i64, column: Option<&str>, message: impl Into<String>) -> ImportProblem {
    ImportProblem {
        line,
        column: column.map(str::to_owned),
        message: message.into(),
    }
}

/// What a check says of a cell.
fn said(error: Error) -> String {
    match error {
        Error::Invalid { message, .. } => message,
        other => other.to_string(),
    }
}

/// A list of numbers and addresses.
pub(super) fn listed(products: &[String]) -> Read {
    let mut lines = Lines::default();
    for (line, product) in (1..).zip(products) {
        let wish = |product| Wish {
            line,
            product,
            skus: None,
            labels: Vec::new(),
            rule: None,
        };
        match checks::product_number(product) {
            Ok(number) => lines.add(wish(number)),
            Err(error) => lines.problems.push(problem(line, None, said(error))),
        }
    }
    lines.finish()
}

/// The same lines, when what each has of labels with those of all is not too much.
pub(super) fn labelled(lines: Vec<Wish>, of_all: &[String]) -> Read {
    let problems = lines.iter().filter_map(|wish| {
        let error = checks::labels(&[of_all, wish.labels.as_slice()].concat()).err()?;
        let message = format!("with the labels of all lines: {}", said(error));
        Some(problem(wish.line, Some("labels"), message))
    });
    match problems.collect::<Vec<_>>() {
        none if none.is_empty() => Ok(lines),
        problems => Err(problems),
    }
}

/// A file with a header.
pub(super) fn read(text: &str, rules: &HashMap<String, String>) -> Read {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > IMPORT_LIMIT {
        let most = IMPORT_LIMIT / 1024;
        let message = format!("the file is larger than {most} KiB; make several files of it");
        return Err(vec![problem(0, None, message)]);
    }
    if let Some(at) = text.find(['\u{fffd}', '\0']) {
        let line = text[..at].matches('\n').count() + 1;
        let line = i64::try_from(line).unwrap_or(i64::MAX);
        let message = "holds characters that are not UTF-8; save the file as \"CSV UTF-8\"";
        return Err(vec![problem(line, None, message)]);
    }
    let mut lines = text.lines();
    let header = lines.find(|line| !line.is_empty()).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(header))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(header) => columns(header)?,
        Err(error) => return Err(vec![problem(1, None, error.to_string())]),
    };
    let (mut lines, mut place) = (Lines::default(), Place::at_the_start_of(text));
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = place.line_of(record.position());
                lines.record(line, &record, &columns, rules);
            }
            Err(error) => {
                let line = place.line_of(error.position());
                lines.problems.push(problem(line, None, error.to_string()));
            }
        }
    }
    lines.finish()
}

/// Counts lines as an editor shows them. The reader's own count is another where lines end in two characters.
pub(crate) struct Place<'t> {
    text: &'t [u8],
    at: usize,
    line: i64,
}

impl<'t> Place<'t> {
    pub(crate) fn at_the_start_of(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line on which a record begins; positions only ever grow.
    pub(crate) fn line_of(&mut self, position: Option<&csv::Position>) -> i64 {
        let begins = position.map_or(self.at, |position| {
            usize::try_from(position.byte()).unwrap_or(self.at)
        });
        while let Some(byte) = self.text.get(self.at)
            && (self.at < begins || matches!(byte, b'\r' | b'\n'))
        {
            self.line += i64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// What stands between the cells of a header.
pub(crate) fn delimiter(header: &str) -> u8 {
    let count = |sign: &u8| header.bytes().filter(|byte| byte == sign).count();
    let signs = [b',', b';', b'\t'];
    signs
        .into_iter()
        .max_by_key(|sign| (count(sign), *sign == b','))
        .unwrap_or(b',')
}

/// The place of each known column.
fn columns(header: &csv::StringRecord) -> Result<Vec<&'static str>, Vec<ImportProblem>> {
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    for name in header {
        let known = COLUMNS
            .iter()
            .find(|column| column.eq_ignore_ascii_case(name));
        match known {
            Some(column) if columns.contains(column) => {
                problems.push(problem(1, Some(column), "this column stands twice"));
            }
            Some(column) => columns.push(*column),
            None => {
                let message = format!(
                    "{:?} is not a column of this file; product, skus, labels and rule are",
                    shortened(name, 40)
                );
                problems.push(problem(1, Some(&shortened(name, 40)), message));
            }
        }
    }
    if !columns.contains(&"product") {
        let message = "this column is missing: it holds the product's number or address";
        problems.push(problem(1, Some("product"), message));
    }
    match problems.is_empty() {
        true => Ok(columns),
        false => Err(problems),
    }
}

#[derive(Default)]
struct Lines {
    wishes: Vec<Wish>,
    problems: Vec<ImportProblem>,
    /// Where each number stands.
    seen: HashMap<String, i64>,
}

impl Lines {
    fn add(&mut self, wish: Wish) {
        match self.seen.get(&wish.product) {
            Some(first) => {
                let message = format!("line {first} names this product already");
                self.problems
                    .push(problem(wish.line, Some("product"), message));
            }
            None => {
                self.seen.insert(wish.product.clone(), wish.line);
                self.wishes.push(wish);
            }
        }
    }

    fn record(
        &mut self,
        line: i64,
        record: &csv::StringRecord,
        columns: &[&'static str],
        rules: &HashMap<String, String>,
    ) {
        if record.iter().all(str::is_empty) {
            return;
        }
        if record.len() != columns.len() {
            let message = format!(
                "has {} cells, the header has {}",
                record.len(),
                columns.len()
            );
            self.problems.push(problem(line, None, message));
            return;
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|column| *column == name);
            at.and_then(|at| record.get(at)).unwrap_or_default()
        };
        match wish(line, &cell, rules) {
            Ok(wish) => self.add(wish),
            Err(problems) => self.problems.extend(problems),
        }
    }

    fn finish(mut self) -> Read {
        if self.wishes.len() > MOST_LINES {
            let message = format!("{} products; {MOST_LINES} are the most", self.wishes.len());
            self.problems.push(problem(0, None, message));
        }
        if self.wishes.is_empty() && self.problems.is_empty() {
            self.problems
                .push(problem(1, None, "no product stands below the header"));
        }
        match self.problems.is_empty() {
            true => Ok(self.wishes),
            false => {
                self.problems.sort_by_key(|problem| problem.line);
                Err(self.problems)
            }
        }
    }
}

/// What a line wants, by its cells.
fn wish<'c>(
    line: i64,
    cell: &dyn Fn(&str) -> &'c str,
    rules: &HashMap<String, String>,
) -> Result<Wish, Vec<ImportProblem>> {
    let mut problems = Vec::new();
    let mut wrong = |column: &str, message: String| {
        problems.push(problem(line, Some(column), message));
    };
    let product = checks::product_number(cell("product"));
    let product = product.map_err(|error| {
        let message = said(error) + &spoilt(cell("product"));
        wrong("product", message);
    });
    let skus = skus(cell("skus")).map_err(|message| wrong("skus", message));
    let labels = cell("labels").split(',').map(str::trim);
    let labels: Vec<String> = labels
        .filter(|label| !label.is_empty())
        .map(str::to_owned)
        .collect();
    let labels = checks::labels(&labels).map_err(|error| wrong("labels", said(error)));
    let rule = match (cell("rule"), rules.get(cell("rule"))) {
        ("", _) => Ok(None),
        (_, Some(id)) => Ok(Some(id.clone())),
        (name, None) => {
            let message = format!("there is no price rule {:?}", shortened(name, 40));
            wrong("rule", message);
            Err(())
        }
    };
    match (product, skus, labels, rule) {
        (Ok(product), Ok(skus), Ok(labels), Ok(rule)) => Ok(Wish {
            line,
            product,
            skus,
            labels,
            rule,
        }),
        _ => Err(problems),
    }
}

/// Numbers of variants.
fn skus(cell: &str) -> Result<Option<Vec<String>>, String> {
    let skus: Vec<&str> = cell
        .split([' ', '|', ','])
        .filter(|sku| !sku.is_empty())
        .collect();
    for sku in &skus {
        let is_number = sku.len() <= 19 && sku.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            let shown = shortened(sku, 30);
            return Err(format!(
                "{shown:?} is not the number of a variant{}",
                spoilt(sku)
            ));
        }
    }
    let skus: Vec<String> = skus.into_iter().map(str::to_owned).collect();
    Ok((!skus.is_empty()).then_some(skus))
}

/// What spreadsheets make of long numbers.
fn spoilt(cell: &str) -> String {
    let scientific = cell.parse::<f64>().is_ok() && cell.contains(['e', 'E']);
    match scientific {
        true => "; a spreadsheet has shortened it: give the column the format \"text\" and enter it again".to_owned(),
        false => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1005006000000001";

    fn rules() -> HashMap<String, String> {
        HashMap::from([("double".to_owned(), "rule_1".to_owned())])
    }

    fn wishes(text: &str) -> Vec<Wish> {
        read(text, &rules()).unwrap_or_default()
    }

    /// Each problem as `line column`.
    fn places(text: &str) -> Vec<String> {
        let problems = read(text, &rules()).err().unwrap_or_default();
        let place =
            |one: &ImportProblem| format!("{} {}", one.line, one.column.as_deref().unwrap_or("-"));
        problems.iter().map(place).collect()
    }

    #[test]
    fn any_separator_order_and_mark_is_read() {
        let wish = Wish {
            line: 2,
            product: ONE.to_owned(),
            skus: Some(vec!["12".to_owned(), "13".to_owned()]),
            labels: vec!["a".to_owned(), "b c".to_owned()],
            rule: Some("rule_1".to_owned()),
        };
        for text in [
            format!("product,skus,labels,rule\n{ONE},12 13,\"a, b c\",double\n"),
            format!("\u{feff}Product;SKUs;Labels;Rule\r\n{ONE};12|13;a, b c;double\r\n\r\n"),
            format!(
                "labels\trule\tproduct\tskus\na,b c\tdouble\t https://www.aliexpress.com/item/{ONE}.html \t12,13"
            ),
        ] {
            assert_eq!(wishes(&text), std::slice::from_ref(&wish), "{text}");
        }
        // The header is the first line that holds anything.
        let late = wishes(&format!("\r\n\nproduct;rule\n{ONE};double\n"));
        assert_eq!((late.len(), late[0].rule.as_deref()), (1, Some("rule_1")));
        let alone = wishes(&format!("product\n{ONE}\n"));
        assert_eq!((alone[0].skus.as_ref(), alone.len()), (None, 1));
    }

    #[test]
    fn what_cannot_be_is_said_by_line_and_column() {
        for (text, expected) in [
            (String::new(), vec!["1 product"]),
            ("product\n".to_owned(), vec!["1 -"]),
            (format!("product,colour\n{ONE},red\n"), vec!["1 colour"]),
            (format!("product,product\n{ONE},{ONE}\n"), vec!["1 product"]),
            ("skus\n12\n".to_owned(), vec!["1 product"]),
            (
                format!("product\n{ONE}\nlamp\n{ONE}\n"),
                vec!["3 product", "4 product"],
            ),
            (format!("product,skus\n{ONE}\n"), vec!["2 -"]),
            (
                "product,skus,rule\n1.005E+15,1.2E+13,triple\n".to_owned(),
                vec!["2 product", "2 skus", "2 rule"],
            ),
            (
                format!("product,labels\n{ONE},{}\n", "x".repeat(41)),
                vec!["2 labels"],
            ),
            (format!("product\n{ONE}\n\u{fffd}\n"), vec!["3 -"]),
            (
                format!("product,labels\r\n{ONE},\"a\r\nb\"\r\n\r\n\r\nlamp,\r\n"),
                vec!["2 labels", "6 product"],
            ),
        ] {
            assert_eq!(places(&text), expected, "{text}");
        }
        let spoilt = read("product\n1.005E+15\n", &rules())
            .err()
            .unwrap_or_default();
        assert!(spoilt[0].message.contains("spreadsheet"), "{spoilt:?}");
    }
}
