//! A JSON tree for answers: fixed keys cost nothing, and parts move into the whole without being copied.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Bool(bool),
    Integer(i64),
    Text(Cow<'static, str>),
    List(Vec<Json>),
    Object(Object),
}

/// Named values, in the order they were set. Setting a name twice is a mistake of the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object(Vec<(Cow<'static, str>, Json)>);

impl Object {
    pub(crate) fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Json>) {
        self.0.push((name.into(), value.into()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(own, _)| own != name);
    }

    /// Keeps only the fields of these names.
    pub(crate) fn keep(&mut self, names: &[&str]) {
        self.0.retain(|(own, _)| names.contains(&own.as_ref()));
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Json> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

impl<const N: usize> From<[(&'static str, Json); N]> for Object {
    fn from(pairs: [(&'static str, Json); N]) -> Self {
        // Room for the ids that every answer and the options that many values get.
        let mut fields = Vec::with_capacity(N + 3);
        fields.extend(pairs.map(|(name, value)| (Cow::Borrowed(name), value)));
        Self(fields)
    }
}

/// `object! { "name": value, … }`, where a value is anything that becomes [`Json`].
macro_rules! object {
    ($($name:literal : $value:expr),* $(,)?) => {
        $crate::json::Object::from([$(($name, $crate::json::Json::from($value))),*])
    };
}
pub(crate) use object;

impl Json {
    /// The JSON text.
    pub(crate) fn to_text(&self) -> String {
        // Nothing in the tree can fail to be written: all keys are text.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Writes every number as text, as one documentation sample does.
    pub(crate) fn numbers_to_text(&mut self) {
        match self {
            Self::Integer(number) => *self = Self::Text(number.to_string().into()),
            Self::List(items) => items.iter_mut().for_each(Self::numbers_to_text),
            Self::Object(object) => object.values_mut().for_each(Self::numbers_to_text),
            Self::Bool(_) | Self::Text(_) => {}
        }
    }
}

impl Object {
    /// The JSON text.
    pub(crate) fn to_text(&self) -> String {
        String::from_utf8(self.to_bytes()).unwrap_or_default()
    }

    /// The JSON text, in bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Room for a usual product, so that the text does not move while it grows.
        let mut text = Vec::with_capacity(8 * 1024);
        // Nothing in the tree can fail to be written: all keys are text, and memory takes every byte.
        let written = serde_json::to_writer(&mut text, self);
        debug_assert!(written.is_ok());
        text
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&'static str> for Json {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Cow<'static, str>> for Json {
    fn from(text: Cow<'static, str>) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Self::List(items)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_written_in_order_and_escaped() {
        let mut object = object! {
            "b": 1_i64,
            "a": vec![Json::from("x\"y"), object! { "z": true }.into()],
        };
        object.set("later".to_owned(), "é".to_owned());
        assert_eq!(
            object.to_text(),
            r#"{"b":1,"a":["x\"y",{"z":true}],"later":"é"}"#
        );
        object.values_mut().for_each(Json::numbers_to_text);
        object.remove("a");
        assert_eq!(object.to_text(), r#"{"b":"1","later":"é"}"#);
    }
}
