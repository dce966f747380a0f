//! What an API declares of its parameters, and the check of a call against it.

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::Declared;
use crate::gateway::multipart::File;
use crate::gateway::params::Params;
use crate::gateway::refusal::Refusal;

/// What a parameter's text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A whole number.
    Integer,
    /// A decimal number.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// `yyyy-MM-dd HH:mm:ss`.
    Time,
    /// JSON text of an object; a field of one, the object itself.
    Object,
    /// JSON text of a list; a field of an object, the list itself.
    List,
    /// A file part of a `multipart/form-data` body, read with [`Context::file`](super::Context::file).
    File,
}

/// One parameter, or one field of a JSON parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// Of an object, or of each object in a list.
    pub(super) fields: &'static [Parameter],
}

pub(super) const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: true,
        fields: &[],
    }
}

pub(super) const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        required: false,
        ..required(name, kind)
    }
}

impl Parameter {
    pub(super) const fn of(self, fields: &'static [Self]) -> Self {
        Self { fields, ..self }
    }
}

/// Required parameters that may be sent empty: API and parameter.
const MAY_BE_EMPTY: [(&str, &str); 1] = [("aliexpress.affiliate.product.smartmatch", "device_id")];

/// Holds a call against what its API declares.
pub(super) fn check_all(
    declared: &Declared,
    params: &Params,
    files: &[File],
) -> Result<(), Refusal> {
    let empty = |parameter: &Parameter| {
        MAY_BE_EMPTY.contains(&(declared.name, parameter.name)) && params.is_named(parameter.name)
    };
    let checked = declared.parameters.iter();
    checked
        .filter(|parameter| !empty(parameter))
        .try_for_each(|parameter| check(parameter, params, files))
}

fn check(parameter: &Parameter, params: &Params, files: &[File]) -> Result<(), Refusal> {
    if let Some(file) = files.iter().find(|file| file.name == parameter.name) {
        return check_file(parameter, file);
    }
    let Some(value) = params.get(parameter.name) else {
        return if parameter.required {
            Err(Refusal::missing(parameter.name))
        } else {
            Ok(())
        };
    };
    let value = value.trim();
    let unmapped = || Refusal::unmapped(parameter.name);
    match parameter.kind {
        Kind::File => Err(must_be_a_file(parameter.name)),
        Kind::Object | Kind::List => {
            let json: Value = serde_json::from_str(value).map_err(|_| unmapped())?;
            check_json(parameter, &json)
        }
        kind if is_scalar(kind, value) => Ok(()),
        _ => Err(unmapped()),
    }
}

/// Whether text is what a parameter that is neither object nor list must be.
fn is_scalar(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Integer => value.parse::<i64>().is_ok(),
        Kind::Decimal => value.parse::<Decimal>().is_ok(),
        Kind::Boolean => matches!(value, "true" | "false"),
        Kind::Time => DateTime::strptime("%Y-%m-%d %H:%M:%S", value).is_ok(),
        Kind::Object | Kind::List | Kind::File => false,
    }
}

/// A value inside a JSON parameter: numbers and truth values may be sent as text, as demos do.
fn check_json(parameter: &Parameter, value: &Value) -> Result<(), Refusal> {
    let unmapped = || Refusal::unmapped(parameter.name);
    match (parameter.kind, value) {
        (Kind::Object, Value::Object(object)) => check_fields(parameter, object),
        (Kind::List, Value::Array(items)) if parameter.fields.is_empty() => {
            let plain = |item: &Value| !matches!(item, Value::Object(_) | Value::Array(_));
            items.iter().all(plain).then_some(()).ok_or_else(unmapped)
        }
        (Kind::List, Value::Array(items)) => items.iter().try_for_each(|item| match item {
            Value::Object(object) => check_fields(parameter, object),
            _ => Err(unmapped()),
        }),
        (Kind::Object | Kind::List, _) | (_, Value::Object(_) | Value::Array(_)) => Err(unmapped()),
        (kind, Value::String(text)) if is_scalar(kind, text.trim()) => Ok(()),
        (Kind::Text, _) => Ok(()),
        (kind, Value::Number(number)) if is_scalar(kind, &number.to_string()) => Ok(()),
        (Kind::Boolean, Value::Bool(_)) => Ok(()),
        _ => Err(unmapped()),
    }
}

fn check_fields(parameter: &Parameter, object: &Map<String, Value>) -> Result<(), Refusal> {
    for field in parameter.fields {
        let empty = |value: &&Value| !matches!(value, Value::Null) && value.as_str() != Some("");
        match object.get(field.name).filter(empty) {
            Some(value) => check_json(field, value)?,
            None if field.required => return Err(Refusal::missing(field.name)),
            None => {}
        }
    }
    Ok(())
}

/// A file part must be meant as one, and hold something.
fn check_file(parameter: &Parameter, file: &File) -> Result<(), Refusal> {
    match parameter.kind {
        Kind::File if file.content.is_empty() && parameter.required => {
            Err(Refusal::missing(parameter.name))
        }
        Kind::File => Ok(()),
        _ => Err(Refusal::unmapped(parameter.name)),
    }
}

fn must_be_a_file(name: &str) -> Refusal {
    let message =
        format!("The parameter \"{name}\" must be a file part of a multipart/form-data body");
    Refusal {
        message: message.into(),
        ..Refusal::unmapped(name)
    }
}

/// A field of a JSON parameter as text, whether it was sent as text, number or truth value.
pub(crate) fn field_text(object: &Map<String, Value>, name: &str) -> String {
    match object.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        _ => String::new(),
    }
}

/// A field of a JSON parameter that must be there.
pub(super) fn needed_text(object: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    Some(field_text(object, name))
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Refusal::missing(name))
}

/// A field of a JSON parameter that must be a whole number, sent as number or text.
pub(super) fn needed_integer(object: &Map<String, Value>, name: &str) -> Result<i64, Refusal> {
    needed_text(object, name)?
        .parse()
        .map_err(|_| Refusal::unmapped(name))
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;

    use super::*;

    #[test]
    fn a_file_must_come_as_a_file_and_nothing_else_may() {
        let (image, optional_image, text) = (
            required("image", Kind::File),
            optional("image", Kind::File),
            required("image", Kind::Text),
        );
        let file = |content: &'static [u8]| File {
            name: "image".to_owned(),
            content: Bytes::from_static(content),
        };
        let outcome = |parameter: &Parameter, query: &str, files: &[File]| {
            check(parameter, &Params::merge(Some(query), None), files)
                .map_or_else(|refusal| refusal.code.into_owned(), |()| "ok".to_owned())
        };
        assert_eq!(outcome(&image, "", &[file(b"x")]), "ok");
        assert_eq!(outcome(&image, "", &[file(b"")]), "MissingParameter");
        assert_eq!(outcome(&image, "", &[]), "MissingParameter");
        assert_eq!(
            outcome(&image, "image=eA==", &[]),
            "UnsupportedParamMapping"
        );
        assert_eq!(outcome(&optional_image, "", &[]), "ok");
        assert_eq!(outcome(&text, "", &[file(b"x")]), "UnsupportedParamMapping");
    }
}
