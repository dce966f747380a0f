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

struct ListVisitor<T> {
    /// How many objects may still be around the list; what is inside of them is a list or one element.
    wrappers: u8,
    element: PhantomData<T>,
}

impl<T> ListVisitor<T> {
    fn within(wrappers: u8) -> Self {
        Self {
            wrappers,
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
                let element = T::deserialize(MapAccessDeserializer::new(Replayed {
                    first: Some(key),
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

/// A map whose first key was already taken and is handed out again.
struct Replayed<'de, A> {
    first: Option<Cow<'de, str>>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Replayed<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
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
