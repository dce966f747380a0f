//! Parameters of a statement.

use crate::connections::ConnectionId;
use crate::{Millis, StoredState};

/// A parameter. A missing value keeps its type, which PostgreSQL needs to know.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Blob(Option<Vec<u8>>),
}

/// The parameters of a statement, `$1` first.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<&ConnectionId> for Value {
    fn from(id: &ConnectionId) -> Self {
        Self::from(id.as_str())
    }
}

impl From<Option<&ConnectionId>> for Value {
    fn from(id: Option<&ConnectionId>) -> Self {
        Self::from(id.map(ConnectionId::as_str))
    }
}

impl From<StoredState> for Value {
    fn from(state: StoredState) -> Self {
        Self::from(state.as_str())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(Some(i64::from(number)))
    }
}

impl From<Millis> for Value {
    fn from(moment: Millis) -> Self {
        Self::Int(Some(moment.0))
    }
}

impl From<Option<Millis>> for Value {
    fn from(moment: Option<Millis>) -> Self {
        Self::Int(moment.map(|moment| moment.0))
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(Some(bytes))
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(bytes: Option<Vec<u8>>) -> Self {
        Self::Blob(bytes)
    }
}
