//! How an answer that could be read says whether it is a success.

use super::Refused;
use crate::decode;

/// What an answer says about itself.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// `None` when it says nothing.
    succeeded: Option<bool>,
    code: Option<String>,
    message: Option<String>,
}

impl Outcome {
    /// Success when `told` is one of `texts`, or another word for "true" where that is one. A word that is neither true
    /// nor false then says nothing.
    pub(crate) fn told_by(told: Option<&str>, texts: &[&str]) -> Self {
        let succeeded = if texts.contains(&"true") {
            told.and_then(decode::truth)
        } else {
            told.map(|told| texts.iter().any(|text| text.eq_ignore_ascii_case(told)))
        };
        Self {
            succeeded,
            code: None,
            message: None,
        }
    }

    /// What the answer says of a failure.
    pub(crate) fn in_words(self, code: Option<String>, message: Option<String>) -> Self {
        Self {
            code,
            message,
            ..self
        }
    }

    /// The value, the method's own failure, or the field that is missing.
    pub(crate) fn settle<T>(self, value: Option<T>, field: &'static str) -> Result<T, Refused> {
        match self.succeeded {
            Some(false) => Err(self.refused()),
            _ => value.ok_or(Refused::Missing(field)),
        }
    }

    /// The same for a list, which an answer may leave out when it is empty.
    pub(crate) fn settle_list<T>(
        self,
        rows: Option<Vec<T>>,
        field: &'static str,
    ) -> Result<Vec<T>, Refused> {
        match (self.succeeded, rows) {
            (Some(false), _) => Err(self.refused()),
            (_, Some(rows)) => Ok(rows),
            (Some(true), None) => Ok(Vec::new()),
            (None, None) => Err(Refused::Missing(field)),
        }
    }

    /// Nothing was made: the method refused, unless the answer contradicts itself. `fields` are the list and the flag.
    pub(crate) fn nothing_made(
        flag: Option<bool>,
        code: Option<String>,
        message: Option<String>,
        fields: [&'static str; 2],
    ) -> Refused {
        match (flag, &code, &message) {
            (Some(true), ..) => Refused::Missing(fields[0]),
            (None, None, None) => Refused::Missing(fields[1]),
            _ => Refused::Business { code, message },
        }
    }

    fn refused(self) -> Refused {
        Refused::Business {
            code: self.code,
            message: self.message,
        }
    }
}
