use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};

/// A list in any form the gateway gives it: a plain array, an object with one key around the array (whatever the key),
/// one element without its array, `{}`, null, or absent (with `#[serde(default)]`).
///
/// An object is taken for an element when its first known key is a field of `T`, else for a wrapper.
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(ListVisitor::within(1))
            .map(List)
    }
}

/// A list with at most this many objects around it.
pub(super) fn within<'de, D, T>(wrappers: u8, deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(ListVisitor::within(wrappers))
}

/// A list whose wrapper may have the name of a field of its rows, as in `{"link": [{"link": "…"}]}`. What stands under
/// the name tells which it is, so the rows may hold single values only.
pub(crate) fn list_named_as_field<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(ListVisitor {
        named_as_field: true,
        ..ListVisitor::within(1)
    })
}

struct ListVisitor<T> {
    /// How many objects may still be around the list; what is inside of them is a list or one element.
    wrappers: u8,
    /// Whether a wrapper may have the name of a field of `T`.
    named_as_field: bool,
    element: PhantomData<T>,
}

impl<T> ListVisitor<T> {
    fn within(wrappers: u8) -> Self {
        Self {
            wrappers,
            named_as_field: false,
            element: PhantomData,
        }
    }
}

/// What a wrapper's key holds.
impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<T> ListVisitor<T> {
    /// One element that is a plain value, as in `{"number": 5}`.
    fn single<'de, E, V>(&self, value: V) -> Result<Vec<T>, E>
    where
        T: Deserialize<'de>,
        E: de::Error,
        V: IntoDeserializer<'de, E>,
    {
        if self.wrappers == 0 && !fields_of::<T>().is_empty() {
            // A plain value under an unknown key of what turns out to be an element: a field we do not know.
            return Ok(Vec::new());
        }
        T::deserialize(value.into_deserializer()).map(|element| vec![element])
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, an object around a list, or one element")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(elements)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        let fields = fields_of::<T>();
        let mut elements = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            if fields.contains(&key.as_ref()) {
                let mut value = None;
                if self.named_as_field && self.wrappers > 0 {
                    match map.next_value_seed(Under(PhantomData))? {
                        RowsOr::Rows(rows) => {
                            elements.extend(rows);
                            continue;
                        }
                        RowsOr::Single(single) => value = Some(single),
                    }
                }
                let element = T::deserialize(MapAccessDeserializer::new(Replayed {
                    key: Some(key),
                    value,
                    rest: map,
                }))?;
                return Ok(vec![element]);
            }
            match self.wrappers.checked_sub(1) {
                Some(left) => elements.extend(map.next_value_seed(Self::within(left))?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(elements)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Vec<T>, E> {
        self.single(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Vec<T>, E> {
        self.single(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Vec<T>, E> {
        self.single(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Vec<T>, E> {
        self.single(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Vec<T>, E> {
        if value.trim().is_empty() {
            return Ok(Vec::new());
        }
        self.single(value)
    }
}

/// A key, where it stands in the body when nothing in it is escaped.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(key)))
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(key.to_owned())))
    }
}

/// What stands under a key that may be a wrapper's or a field's.
enum RowsOr<T> {
    Rows(Vec<T>),
    /// Its text, which every field reads as well as the value itself; nothing for null.
    Single(Option<String>),
}

struct Under<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Under<T> {
    type Value = RowsOr<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RowsOr<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Under<T> {
    type Value = RowsOr<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, one element, or a single value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<RowsOr<T>, A::Error> {
        ListVisitor::within(0).visit_seq(seq).map(RowsOr::Rows)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RowsOr<T>, A::Error> {
        ListVisitor::within(0).visit_map(map).map(RowsOr::Rows)
    }

    fn visit_unit<E: de::Error>(self) -> Result<RowsOr<T>, E> {
        Ok(RowsOr::Single(None))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<RowsOr<T>, E> {
        Ok(RowsOr::Single(Some(value.to_string())))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<RowsOr<T>, E> {
        Ok(RowsOr::Single(Some(value.to_string())))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<RowsOr<T>, E> {
        Ok(RowsOr::Single(Some(value.to_string())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<RowsOr<T>, E> {
        Ok(RowsOr::Single(Some(value.to_string())))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<RowsOr<T>, E> {
        Ok(RowsOr::Single(Some(value.to_owned())))
    }
}

/// A map whose first key, and perhaps its value, were already taken and are handed out again.
struct Replayed<'de, A> {
    key: Option<Cow<'de, str>>,
    value: Option<Option<String>>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Replayed<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.key.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.value.take() {
            Some(Some(text)) => seed.deserialize(text.into_deserializer()),
            Some(None) => seed.deserialize(().into_deserializer()),
            None => self.rest.next_value_seed(seed),
        }
    }
}

/// The field names `T` reads, aliases included; empty when `T` is not a struct. Found by letting `T` ask for them.
fn fields_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    // Always "fails": asking is all that is wanted.
    drop(T::deserialize(FieldProbe(&mut fields)));
    fields
}

struct FieldProbe<'a>(&'a mut &'static [&'static str]);

#[derive(Debug)]
struct Asked;

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("asked for field names only")
    }
}

impl std::error::Error for Asked {}

impl de::Error for Asked {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for FieldProbe<'_> {
    type Error = Asked;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Asked> {
        Err(Asked)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Asked> {
        *self.0 = fields;
        Err(Asked)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
