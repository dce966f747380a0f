//! JSON that was written anew between signing and sending.

use super::super::Mistake;
use super::sent::{Sent, Texts, WrongText};

/// A JSON text taken apart with its order and its numbers as they are written.
enum Json {
    /// A number, truth value or null, as written.
    Plain(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// How a library writes JSON.
#[derive(Clone, Copy)]
struct Style {
    comma: &'static str,
    colon: &'static str,
    /// Spaces per level, where every entry has its own line.
    indent: Option<usize>,
    sorted: bool,
    escapes: Escapes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// What JSON demands, and no more.
    Few,
    /// Everything beyond ASCII, as Python does.
    Ascii,
    /// Beyond ASCII, and slashes, as PHP does.
    AsciiAndSlash,
    /// Slashes only.
    Slash,
}

/// The same data in every usual style, in all parameters at once.
pub(super) fn texts<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let parsed: Vec<(&str, Json)> = sent
        .pairs
        .iter()
        .filter_map(|(name, value)| Some((*name, parse(value)?)))
        .collect();
    if parsed.is_empty() {
        return Box::new(std::iter::empty());
    }
    let written = styles().filter_map(move |style| {
        sent.text_with(|name, _| {
            let tree = parsed.iter().find(|(known, _)| *known == name);
            tree.map(|(_, tree)| tree.written(style))
        })
    });
    // What JavaScript and PHP make of an object that is joined with text.
    let stringified = ["[object Object]", "Array"]
        .into_iter()
        .filter_map(|text| sent.text_with(|_, value| parse(value).map(|_| text.to_owned())));
    let texts = written.chain(stringified);
    Box::new(texts.map(|text| WrongText::new(Mistake::JsonRewritten, text)))
}

fn styles() -> impl Iterator<Item = Style> {
    let spaces = [
        (",", ":", None),
        (", ", ": ", None),
        (",", ": ", None),
        (",", ": ", Some(2)),
        (",", ": ", Some(4)),
    ];
    let escapes = [
        Escapes::Few,
        Escapes::Ascii,
        Escapes::AsciiAndSlash,
        Escapes::Slash,
    ];
    spaces.into_iter().flat_map(move |(comma, colon, indent)| {
        escapes.into_iter().flat_map(move |escapes| {
            [false, true].map(|sorted| Style {
                comma,
                colon,
                indent,
                sorted,
                escapes,
            })
        })
    })
}

/// Only objects and lists: a lone number or text is no JSON that anyone writes anew.
fn parse(text: &str) -> Option<Json> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

impl<'de> serde::Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> serde::de::Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Plain("null".to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Plain(serde_json::Value::from(value).to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = object.next_entry()? {
            entries.push(entry);
        }
        Ok(Json::Object(entries))
    }
}

impl Json {
    fn written(&self, style: Style) -> String {
        let mut text = String::new();
        self.write(style, 0, &mut text);
        text
    }

    fn write(&self, style: Style, level: usize, text: &mut String) {
        match self {
            Self::Plain(plain) => text.push_str(plain),
            Self::Text(string) => write_string(string, style.escapes, text),
            Self::List(items) => {
                style.write_all(['[', ']'], level, items.iter(), text, |item, text| {
                    item.write(style, level + 1, text);
                })
            }
            Self::Object(entries) => {
                let mut entries: Vec<&(String, Self)> = entries.iter().collect();
                if style.sorted {
                    entries.sort_by_key(|(name, _)| name);
                }
                style.write_all(
                    ['{', '}'],
                    level,
                    entries.into_iter(),
                    text,
                    |(name, value), text| {
                        write_string(name, style.escapes, text);
                        text.push_str(style.colon);
                        value.write(style, level + 1, text);
                    },
                );
            }
        }
    }
}

impl Style {
    fn write_all<T>(
        self,
        [open, close]: [char; 2],
        level: usize,
        items: impl ExactSizeIterator<Item = T>,
        text: &mut String,
        mut write: impl FnMut(T, &mut String),
    ) {
        let empty = items.len() == 0;
        text.push(open);
        for (index, item) in items.enumerate() {
            if index > 0 {
                text.push_str(self.comma);
            }
            self.new_line(level + 1, text);
            write(item, text);
        }
        if !empty {
            self.new_line(level, text);
        }
        text.push(close);
    }

    fn new_line(self, level: usize, text: &mut String) {
        if let Some(indent) = self.indent {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent * level));
        }
    }
}

fn write_string(string: &str, escapes: Escapes, text: &mut String) {
    let slashes = matches!(escapes, Escapes::Slash | Escapes::AsciiAndSlash);
    let ascii = matches!(escapes, Escapes::Ascii | Escapes::AsciiAndSlash);
    for c in serde_json::Value::from(string).to_string().chars() {
        match c {
            '/' if slashes => text.push_str("\\/"),
            c if ascii && !c.is_ascii() => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => text.push(c),
        }
    }
}
