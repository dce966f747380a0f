use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::list;

/// A list that travels as JSON text inside the JSON; the list itself is taken too.
pub(crate) fn embedded_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: de::DeserializeOwned,
{
    deserializer.deserialize_any(EmbeddedVisitor(PhantomData))
}

struct EmbeddedVisitor<T>(PhantomData<T>);

impl<'de, T: de::DeserializeOwned> Visitor<'de> for EmbeddedVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or its JSON text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut inner = serde_json::Deserializer::from_str(text);
        let rows = list(&mut inner).map_err(|error| E::custom(place_only(&error)))?;
        inner.end().map_err(|error| E::custom(place_only(&error)))?;
        Ok(rows)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        list(MapAccessDeserializer::new(map))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
}

/// Where the embedded text goes wrong, without its words.
fn place_only(error: &serde_json::Error) -> String {
    format!(
        "the JSON text inside cannot be read at line {} column {}",
        error.line(),
        error.column()
    )
}
