//! The parameters of one call, checked and as they are sent.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::RequestError;
use crate::transport::FilePart;

pub(crate) type Parameters = Vec<(Cow<'static, str>, String)>;

/// What is in a file. It would fill a log, so `Debug` shows its length only.
#[derive(Clone)]
pub(crate) struct Content(pub(crate) Bytes);

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Parameters and files of one call.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) parameters: Parameters,
    pub(crate) files: Vec<FilePart>,
}

impl From<Parameters> for Form {
    fn from(parameters: Parameters) -> Self {
        Self {
            parameters,
            files: Vec::new(),
        }
    }
}

impl Form {
    /// Adds a parameter that has to be there. `setter` is what a caller knows it by.
    pub(crate) fn required(
        &mut self,
        name: &'static str,
        setter: &'static str,
        value: Option<String>,
    ) -> Result<(), RequestError> {
        let value = value.filter(|value| !value.trim().is_empty());
        let value = value.ok_or_else(|| RequestError::new(setter, "is required"))?;
        self.parameters.push((Cow::Borrowed(name), value));
        Ok(())
    }

    /// Adds a parameter when it was given.
    pub(crate) fn optional(&mut self, name: &'static str, value: Option<String>) {
        if let Some(value) = value {
            self.parameters.push((Cow::Borrowed(name), value));
        }
    }

    /// Adds a JSON parameter when something is in it.
    pub(crate) fn json(&mut self, name: &'static str, object: JsonObject) {
        if !object.fields.is_empty() {
            let text = Value::Object(object.fields).to_string();
            self.parameters.push((Cow::Borrowed(name), text));
        }
    }

    /// Adds a JSON list when something is in it.
    pub(crate) fn json_list(&mut self, name: &'static str, rows: Option<Value>) {
        self.optional(name, rows.map(|rows| rows.to_string()));
    }

    /// Adds a file that has to be there, of at most `most` bytes.
    pub(crate) fn file(
        &mut self,
        name: &'static str,
        setter: &'static str,
        content: Option<&Content>,
        most: usize,
    ) -> Result<(), RequestError> {
        let content = content.map(|Content(bytes)| bytes);
        let content = content.filter(|bytes| !bytes.is_empty());
        let content = content.ok_or_else(|| RequestError::new(setter, "is required"))?;
        if content.len() > most {
            return Err(RequestError::new(setter, "is larger than the method takes"));
        }
        self.files.push(FilePart {
            name,
            content: content.clone(),
        });
        Ok(())
    }
}

/// A JSON object that is put together field by field.
#[derive(Debug, Default)]
pub(crate) struct JsonObject {
    fields: Map<String, Value>,
}

impl JsonObject {
    /// Adds a field that has to be there; `path` may lead through further objects.
    pub(crate) fn required(
        &mut self,
        path: &'static str,
        setter: &'static str,
        value: Option<impl Into<Value>>,
    ) -> Result<(), RequestError> {
        let value = value.ok_or_else(|| RequestError::new(setter, "is required"))?;
        self.put(path, value.into());
        Ok(())
    }

    /// Adds a field when it was given.
    pub(crate) fn optional(&mut self, path: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(path, value.into());
        }
    }

    fn put(&mut self, path: &str, value: Value) {
        let mut object = &mut self.fields;
        let mut rest = path;
        while let Some((name, inner)) = rest.split_once('.') {
            let next = object
                .entry(name)
                .or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(next) = next else { return };
            object = next;
            rest = inner;
        }
        object.insert(rest.to_owned(), value);
    }
}

impl From<JsonObject> for Value {
    fn from(object: JsonObject) -> Self {
        Self::Object(object.fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_makes_the_objects_on_its_way() {
        let mut object = JsonObject::default();
        object.optional("payment.pay_currency", Some("USD"));
        object.optional("payment.try_to_pay", Some(true));
        object.optional("nothing.at_all", None::<String>);
        assert_eq!(
            Value::from(object).to_string(),
            r#"{"payment":{"pay_currency":"USD","try_to_pay":true}}"#
        );
    }

    #[test]
    fn what_is_missing_inside_an_object_is_named_with_its_place() {
        let mut object = JsonObject::default();
        let error = object
            .required("country", "country", None::<String>)
            .unwrap_err();
        assert_eq!(error.inside("address").parameter, "address.country");
    }

    #[test]
    fn a_file_has_a_size() {
        let mut form = Form::default();
        let content = Content(Bytes::from_static(b"12345"));
        assert_eq!(format!("{content:?}"), "5 bytes");
        assert!(form.file("f", "image", None, 5).is_err());
        assert!(
            form.file("f", "image", Some(&Content(Bytes::new())), 5)
                .is_err()
        );
        assert!(form.file("f", "image", Some(&content), 4).is_err());
        form.file("f", "image", Some(&content), 5).unwrap();
        assert_eq!(form.files.len(), 1);
    }
}
