//! Files of orders. A file is taken as a whole or not at all: whatever cannot be is reported by line and column.

use rust_decimal::Decimal;

use super::{Line, ORDER_FILE_LIMIT};
use crate::catalogue::{ImportProblem, Place, delimiter};
use crate::error::Error;
use crate::placing::request::{
    MoneyInput, NewOrder, NewOrderLine, OrderAddress, OrderGuard, PAY_CURRENCY,
};
use crate::placing::written::written_number;
use crate::products::{Sought, sought};
use crate::text::shortened;

/// The columns that have to be there.
const NEEDED: [&str; 8] = [
    "product",
    "sku",
    "quantity",
    "country",
    "contact_person",
    "address",
    "city",
    "province",
];
/// The other columns that mean something.
const OTHERS: [&str; 24] = [
    "address2",
    "zip",
    "phone_country",
    "mobile_no",
    "full_name",
    "tax_number",
    "cpf",
    "rut_no",
    "vat_no",
    "tax_company",
    "passport_no",
    "passport_no_date",
    "passport_organization",
    "foreigner_passport_no",
    "nat_addr",
    "delivery",
    "memo",
    "expected_price",
    "max_total",
    "max_drift",
    "max_days",
    "min_margin",
    "sale_price",
    "pay",
];

type Read<T> = Result<T, Vec<ImportProblem>>;

fn problem(line: i64, column: Option<&str>, message: impl Into<String>) -> ImportProblem {
    ImportProblem {
        line,
        column: column.map(str::to_owned),
        message: message.into(),
    }
}

/// Every line as an order, or everything that is wrong.
pub(super) fn read(text: &str, connection: Option<&str>, most: usize) -> Read<Vec<Line>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_text(text)?;
    // As the reader does, which passes over lines without anything.
    let header = text.lines().find(|line| !line.is_empty());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(header.unwrap_or_default()))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(header) => columns(header)?,
        Err(error) => return Err(vec![problem(1, None, error.to_string())]),
    };
    let mut place = Place::at_the_start_of(text);
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let read = match record {
            Ok(record) => {
                let number = place.line_of(record.position());
                order_of(&record, &columns, number, connection)
            }
            Err(error) => {
                let line = place.line_of(error.position());
                Err(vec![problem(line, None, error.to_string())])
            }
        };
        match read {
            Ok(line) => lines.extend(line),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if lines.len() > most {
        let message = format!("{} orders; {most} are the most", lines.len());
        problems.push(problem(0, None, message));
    }
    if lines.is_empty() && problems.is_empty() {
        problems.push(problem(1, None, "no order stands below the header"));
    }
    if problems.is_empty() {
        return Ok(lines);
    }
    problems.sort_by_key(|problem| problem.line);
    Err(problems)
}

/// What holds for the text as a whole.
fn check_text(text: &str) -> Read<()> {
    if text.len() > ORDER_FILE_LIMIT {
        let most = ORDER_FILE_LIMIT / 1024;
        let message = format!("the file is larger than {most} KiB; make several files of it");
        return Err(vec![problem(0, None, message)]);
    }
    let Some(at) = text.find(['\u{fffd}', '\0']) else {
        return Ok(());
    };
    let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let line = i64::try_from(line).unwrap_or(i64::MAX);
    let message = "holds characters that are not UTF-8; save the file as \"CSV UTF-8\"";
    Err(vec![problem(line, None, message)])
}

/// The order of a line; none where nothing stands in it.
fn order_of(
    record: &csv::StringRecord,
    columns: &[&str],
    number: i64,
    connection: Option<&str>,
) -> Read<Option<Line>> {
    if record.iter().all(str::is_empty) {
        return Ok(None);
    }
    if record.len() != columns.len() {
        let (has, wanted) = (record.len(), columns.len());
        let message = format!(
            "has {has} cells, the header has {wanted}; a cell with a separator in it needs quotes"
        );
        return Err(vec![problem(number, None, message)]);
    }
    let cell = |name: &str| {
        let at = columns.iter().position(|column| *column == name);
        at.and_then(|at| record.get(at)).unwrap_or_default()
    };
    let order = Cells { number, cell }.order(connection)?;
    Ok(Some(Line { number, order }))
}

/// The name of each column.
fn columns(header: &csv::StringRecord) -> Read<Vec<&'static str>> {
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    for name in header {
        let mut known = NEEDED.iter().chain(&OTHERS);
        match known.find(|column| column.eq_ignore_ascii_case(name)) {
            Some(column) if columns.contains(column) => {
                problems.push(problem(1, Some(column), "this column stands twice"));
            }
            Some(column) => columns.push(*column),
            None => {
                let shown = shortened(name, 40);
                let message = format!("{shown:?} is not a column of this file");
                problems.push(problem(1, Some(&shown), message));
            }
        }
    }
    for needed in NEEDED.iter().filter(|needed| !columns.contains(needed)) {
        problems.push(problem(1, Some(needed), "this column is missing"));
    }
    match problems.is_empty() {
        true => Ok(columns),
        false => Err(problems),
    }
}

/// The cells of a line by the names of their columns.
struct Cells<C> {
    number: i64,
    cell: C,
}

impl<'c, C: Fn(&str) -> &'c str> Cells<C> {
    fn given(&self, column: &str) -> Option<String> {
        let text = (self.cell)(column);
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn text(&self, column: &str) -> String {
        (self.cell)(column).to_owned()
    }

    /// The order of the line, or everything that is wrong with it.
    fn order(&self, connection: Option<&str>) -> Read<NewOrder> {
        let mut wrong = Vec::new();
        let order = NewOrder {
            connection: connection.map(str::to_owned),
            address: self.address(),
            lines: vec![self.goods(&mut wrong)],
            pay: self.pay(&mut wrong),
            guard: OrderGuard {
                max_total: self.money("max_total", &mut wrong),
                max_unit_price_drift: self.number("max_drift", &mut wrong),
                max_delivery_days: self.days(&mut wrong),
                min_margin: self.number("min_margin", &mut wrong),
            },
            sale_price: self.money("sale_price", &mut wrong),
            preview: None,
        };
        if wrong.is_empty()
            && let Err(error) = order.check_form()
        {
            wrong.push(self.refused(error));
        }
        match wrong.is_empty() {
            true => Ok(order),
            false => Err(wrong),
        }
    }

    /// What the checks of every order say of it, under the name of the column.
    fn refused(&self, error: Error) -> ImportProblem {
        let Error::Invalid { field, message } = error else {
            return problem(self.number, None, error.to_string());
        };
        let column = match field {
            "address.country" => Some("country"),
            "product_id" => Some("product"),
            "guard.max_total" => Some("max_total"),
            "guard.max_unit_price_drift" => Some("max_drift"),
            "guard.min_margin" => Some("min_margin"),
            "address" | "lines" => None,
            other => Some(other),
        };
        // There is one product in each line of a file.
        let message = message.strip_prefix("line 1: ").unwrap_or(&message);
        problem(self.number, column, message)
    }

    fn goods(&self, wrong: &mut Vec<ImportProblem>) -> NewOrderLine {
        let product = (self.cell)("product");
        let product_id = match sought(product) {
            Sought::Product(id) => id,
            _ => {
                let shown = shortened(product, 60);
                let message = format!(
                    "{shown:?} is neither a product number nor the address of a product{}",
                    spoilt(product)
                );
                wrong.push(problem(self.number, Some("product"), message));
                String::new()
            }
        };
        let sku = self.text("sku");
        if sku.is_empty() || sku.len() > 19 || !sku.bytes().all(|byte| byte.is_ascii_digit()) {
            let shown = shortened(&sku, 30);
            let message = format!("{shown:?} is no number of a variant{}", spoilt(&sku));
            wrong.push(problem(self.number, Some("sku"), message));
        }
        let quantity = (self.cell)("quantity").parse::<u32>();
        if quantity.is_err() {
            let shown = shortened((self.cell)("quantity"), 30);
            let message = format!("{shown:?} is no whole number from 1 to 9999");
            wrong.push(problem(self.number, Some("quantity"), message));
        }
        NewOrderLine {
            product_id,
            sku,
            quantity: quantity.unwrap_or(1),
            delivery_service: self.given("delivery"),
            memo: self.given("memo"),
            expected_price: self.money("expected_price", wrong),
        }
    }

    fn address(&self) -> OrderAddress {
        OrderAddress {
            country: self.text("country"),
            province: self.text("province"),
            city: self.text("city"),
            address: self.text("address"),
            address2: self.given("address2"),
            zip: self.given("zip"),
            contact_person: self.text("contact_person"),
            full_name: self.given("full_name"),
            mobile_no: self.given("mobile_no"),
            phone_country: self.given("phone_country"),
            cpf: self.given("cpf"),
            rut_no: self.given("rut_no"),
            tax_number: self.given("tax_number"),
            vat_no: self.given("vat_no"),
            tax_company: self.given("tax_company"),
            passport_no: self.given("passport_no"),
            passport_no_date: self.given("passport_no_date"),
            passport_organization: self.given("passport_organization"),
            foreigner_passport_no: self.given("foreigner_passport_no"),
            is_foreigner: None,
            nat_addr: self.given("nat_addr"),
        }
    }

    fn pay(&self, wrong: &mut Vec<ImportProblem>) -> bool {
        match (self.cell)("pay").to_ascii_lowercase().as_str() {
            "" | "no" | "false" | "0" => false,
            "yes" | "true" | "1" => true,
            other => {
                let shown = shortened(other, 20);
                let message = format!("{shown:?} is neither yes nor no");
                wrong.push(problem(self.number, Some("pay"), message));
                false
            }
        }
    }

    fn days(&self, wrong: &mut Vec<ImportProblem>) -> Option<u32> {
        let text = (self.cell)("max_days");
        let days = text.parse().ok();
        if days.is_none() && !text.is_empty() {
            let shown = shortened(text, 20);
            let message = format!("{shown:?} is no whole number of days");
            wrong.push(problem(self.number, Some("max_days"), message));
        }
        days
    }

    fn number(&self, column: &'static str, wrong: &mut Vec<ImportProblem>) -> Option<Decimal> {
        let text = (self.cell)(column);
        let number = written_number(text);
        if number.is_none() && !text.is_empty() {
            let shown = shortened(text, 30);
            let message = format!(
                "{shown:?} is not a number here: write 12.50 or 12,50, without currency and thousands separators"
            );
            wrong.push(problem(self.number, Some(column), message));
        }
        number
    }

    fn money(&self, column: &'static str, wrong: &mut Vec<ImportProblem>) -> Option<MoneyInput> {
        self.number(column, wrong).map(|amount| MoneyInput {
            amount,
            currency: PAY_CURRENCY.to_owned(),
        })
    }
}

/// What spreadsheets make of long numbers.
fn spoilt(cell: &str) -> &'static str {
    let scientific = cell.contains(['e', 'E']) && cell.contains('+');
    match scientific {
        true => {
            "; a spreadsheet has shortened it: give the column the format \"text\" and enter it again"
        }
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "product,sku,quantity,country,contact_person,address,city,province";
    const LINE: &str =
        "1005006000000001,12000001,2,FR,Test Buyer,1 rue de l'Exemple,Rennes,Bretagne";

    /// Each problem as `line column`.
    fn places(text: &str) -> Vec<String> {
        let problems = read(text, None, 500).err().unwrap_or_default();
        let place =
            |one: &ImportProblem| format!("{} {}", one.line, one.column.as_deref().unwrap_or("-"));
        problems.iter().map(place).collect()
    }

    #[test]
    fn any_separator_and_order_of_columns_is_read() {
        let with_guard = format!(
            "max_total;{}\r\n12,50;{}\r\n\r\n",
            HEADER.replace(',', ";"),
            LINE.replace(',', ";")
        );
        for text in [
            format!("{HEADER},max_total\n{LINE},12.50\n"),
            format!("\u{feff}{}", with_guard),
            format!("\r\n\r\n{with_guard}"),
            format!("\u{feff}\n{}", with_guard),
            format!(
                "{}\tmax_total\n{}\t12.50",
                HEADER.to_uppercase().replace(',', "\t"),
                LINE.replace(',', "\t")
            ),
        ] {
            let lines = read(&text, Some("conn_1"), 500).map_err(|all| all.len());
            let lines = lines.expect("readable");
            let order = &lines[0].order;
            let header = text.lines().position(|line| line.len() > 9).unwrap_or(0);
            let number = i64::try_from(header).unwrap_or(0) + 2;
            assert_eq!((lines.len(), lines[0].number), (1, number), "{text}");
            assert_eq!(order.lines[0].quantity, 2);
            assert_eq!(order.connection.as_deref(), Some("conn_1"));
            let most = order.guard.max_total.as_ref().expect("a limit");
            assert_eq!(most.amount.to_string(), "12.50");
        }
    }

    #[test]
    fn every_column_stands_in_the_documents() {
        let read = |path: &str| {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            std::fs::read_to_string(path).expect("readable")
        };
        let (docs, command) = (
            read("../../docs/orders.md"),
            read("../smartlinks/src/cli/orders.rs"),
        );
        let api = include_str!("../batch.rs");
        for column in NEEDED.iter().chain(&OTHERS) {
            let word = format!("`{column}`");
            assert!(docs.contains(&word), "{column} is not in docs/orders.md");
            assert!(api.contains(&word), "{column} is not in the API's document");
            let mut words =
                command.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
            assert!(
                words.any(|word| word == *column),
                "{column} is not in the command's help"
            );
        }
    }

    #[test]
    fn what_cannot_be_is_said_by_line_and_column() {
        let line = |column: usize, text: &str| {
            let mut cells: Vec<&str> = LINE.split(',').collect();
            cells[column] = text;
            cells.join(",")
        };
        for (text, expected) in [
            (
                String::new(),
                NEEDED.iter().map(|one| format!("1 {one}")).collect(),
            ),
            (format!("{HEADER}\n"), vec!["1 -".to_owned()]),
            (
                format!("{HEADER},colour\n{LINE},red\n"),
                vec!["1 colour".to_owned()],
            ),
            (
                format!("{HEADER},sku\n{LINE},1\n"),
                vec!["1 sku".to_owned()],
            ),
            (
                format!("{HEADER}\n{LINE}\n{LINE},1\n"),
                vec!["3 -".to_owned()],
            ),
            (
                format!("{HEADER}\n{LINE}\n\u{fffd}\n"),
                vec!["3 -".to_owned()],
            ),
            (
                format!("{HEADER}\n{}\n{}\n", line(0, "1.005E+15"), line(2, "two")),
                vec!["2 product".to_owned(), "3 quantity".to_owned()],
            ),
            (
                format!("{HEADER}\n{}\n", line(2, "0")),
                vec!["2 quantity".to_owned()],
            ),
            (
                format!("{HEADER}\n{}\n", line(3, "France")),
                vec!["2 country".to_owned()],
            ),
            (
                format!("{HEADER},max_total,pay\n{LINE},\"1,234.50\",maybe\n"),
                vec!["2 pay".to_owned(), "2 max_total".to_owned()],
            ),
            (
                format!("{HEADER},max_drift\n{LINE},5\n"),
                vec!["2 max_drift".to_owned()],
            ),
        ] {
            assert_eq!(places(&text), expected, "{text}");
        }
        let many = format!("{HEADER}\n{LINE}\n{LINE}\n");
        let Err(told) = read(&many, None, 1) else {
            panic!("too many are taken");
        };
        assert!(told[0].message.contains("are the most"), "{told:?}");
    }
}
