//! Values for the parameters of a call: some that fit, some that hardly do.

use serde_json::{Map, Value, json};

use crate::methods::{Kind, Parameter};

/// Texts that careless software trips over.
const HOSTILE: [&str; 34] = [
    "",
    " ",
    "0",
    "-1",
    "1",
    "-0",
    "+5",
    "007",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551616",
    "4294967295",
    "1e308",
    "1e-400",
    "NaN",
    "0.1",
    "79228162514264337593543950335",
    "-79228162514264337593543950335",
    "\0",
    "a\0b",
    "\u{feff}",
    "\u{202e}drowssap",
    "ﬁ İ ß",
    "\u{10ffff}",
    "💥",
    "true",
    "null",
    "[]",
    "{}",
    "'; drop table orders; --",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "%00%ff",
];

/// The generator called splitmix64: small, seeded, and even.
pub(super) struct Dice {
    pub(super) state: u64,
    /// Per cent of the values that do not fit.
    pub(super) wild: usize,
}

impl Dice {
    pub(super) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.bits() % bound as u64).unwrap()
    }

    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A text that does not fit, or hardly.
    pub(super) fn hostile(&mut self) -> String {
        match self.below(12) {
            0 => "9".repeat(1 + self.below(400)),
            1 => "[".repeat(1 + self.below(4000)),
            2 => vec!["1005006000000001"; 10_000].join(","),
            3 => format!("{{\"a\":{}1{}}}", "[".repeat(100), "]".repeat(100)),
            4 => (0..self.below(40))
                .filter_map(|_| char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap()))
                .collect(),
            _ => self.pick(&HOSTILE).to_owned(),
        }
    }

    /// A text that fits the name of a parameter.
    fn fitting(&mut self, name: &str, kind: Kind) -> String {
        let name = name.to_ascii_lowercase();
        let named = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let products = [
            "1005006000000001",
            "1005006000000105",
            "1005006000000300",
            "7",
        ];
        match kind {
            Kind::Boolean => self.pick(&["true", "false"]),
            Kind::Time if self.percent(60) => match name.as_str() {
                "start_time" => "2025-12-01 00:00:00",
                _ => "2025-12-28 00:00:00",
            },
            Kind::Time => self.pick(&[
                "2025-12-01 00:00:00",
                "2026-12-31 23:59:59",
                "-9999-01-01 00:00:00",
                "9999-12-31 23:59:59",
                "0000-01-01 00:00:00",
            ]),
            _ if named(&["country", "ship", "shpt"]) => self.pick(&["US", "FR", "CG", "fr", "XX"]),
            _ if named(&["appkey"]) => "500100",
            _ if named(&["status"]) => self.pick(&["Payment Completed", "Completed Settlement"]),
            _ if named(&["link_type"]) => self.pick(&["0", "2"]),
            _ if named(&["time_type"]) => "Payment Completed Time",
            _ if named(&["index"]) => self.pick(&["", "1", "9000000000000001"]),
            _ if named(&["out_order"]) => self.pick(&["A-1", "A-2"]),
            _ if named(&["order"]) => self.pick(&["8100000000000001", "8100000000000002"]),
            _ if named(&["page", "size", "cnt", "count", "num"]) => {
                self.pick(&["1", "2", "20", "50"])
            }
            _ if named(&["sku"]) => self.pick(&["12000036000000472", "12000036000000010"]),
            _ if named(&["product", "item"]) => self.pick(&products),
            _ if named(&["currency"]) => self.pick(&["USD", "EUR", "JPY", "XAF"]),
            _ if named(&["lang", "local"]) => self.pick(&["en_US", "fr_FR", "FR", "EN"]),
            _ if named(&["categor"]) => self.pick(&["509", "15", "200000343", "5090301,15"]),
            Kind::Integer if named(&["price"]) => self.pick(&["1", "50", "100000"]),
            Kind::Decimal | Kind::Text if named(&["price"]) => self.pick(&["1", "10.50", "100000"]),
            Kind::Integer | Kind::Decimal => self.pick(&["0", "1", "2", "20"]),
            _ if named(&["key"]) => self.pick(&["lamp", "coque", "hostile"]),
            _ if named(&["feed", "promo"]) => self.pick(&["DS_bestselling", "Hot Product"]),
            _ if named(&["sort"]) => self.pick(&["orders,desc", "SALE_PRICE_ASC", "volumeDesc"]),
            _ => self.pick(&["1", "text", "default", "SALE"]),
        }
        .to_owned()
    }

    fn value(&mut self, parameter: &Parameter) -> Value {
        if self.percent(self.wild) {
            return match self.below(4) {
                0 => Value::Null,
                1 => json!(self.bits().cast_signed()),
                2 => json!({ "": [] }),
                _ => self.hostile().into(),
            };
        }
        match parameter.kind {
            Kind::Object => self.object(parameter.fields),
            Kind::List => {
                let length = self.below(4);
                let item = |dice: &mut Self| match parameter.fields {
                    [] => dice.fitting(parameter.name, Kind::Text).into(),
                    fields => dice.object(fields),
                };
                (0..length).map(|_| item(self)).collect()
            }
            Kind::Integer if self.percent(self.wild) => {
                json!(self.bits().cast_signed() >> self.below(64))
            }
            kind => self.fitting(parameter.name, kind).into(),
        }
    }

    fn object(&mut self, fields: &[Parameter]) -> Value {
        let mut object = Map::new();
        for field in fields {
            if self.percent(if field.required { 95 } else { 50 }) {
                object.insert(field.name.to_owned(), self.value(field));
            }
        }
        Value::Object(object)
    }

    pub(super) fn text(&mut self, parameter: &Parameter) -> String {
        if self.percent(self.wild) {
            return self.hostile();
        }
        match parameter.kind {
            Kind::Object | Kind::List => self.value(parameter).to_string(),
            kind => self.fitting(parameter.name, kind),
        }
    }
}
