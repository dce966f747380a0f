use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::{MethodAnswer, Refused};
use crate::envelope::{self, Opened, Unopened};
use crate::error::{BusinessError, Error};
use crate::{Attempts, GatewayError, HttpResponse, redact};

/// An answer as it came in, and what must not be shown when it cannot be read.
pub(crate) struct Exchange {
    pub(super) api: String,
    pub(super) response: HttpResponse,
    pub(super) sent_secrets: Vec<SecretString>,
}

impl Exchange {
    /// An answer to nothing in particular.
    #[cfg(feature = "bench")]
    pub(crate) fn of(response: HttpResponse) -> Self {
        Self {
            api: String::new(),
            response,
            sent_secrets: Vec::new(),
        }
    }

    /// What time it was for the gateway.
    pub(super) fn date(&self) -> Option<jiff::Timestamp> {
        self.response.date
    }

    /// Decodes the answer of a method.
    pub(crate) fn decode<A: MethodAnswer>(self) -> Result<A::Value, Error> {
        if let Some(value) = self.decode_wrapped::<A>() {
            return Ok(value);
        }
        let opened = self.open()?;
        let answer: A = self.read(opened.payload)?;
        answer.into_value().map_err(|refused| match refused {
            Refused::Business { code, message } => self.business(code, message, opened.request_id),
            Refused::Missing(field) => envelope::flat_error(opened.payload).map_or_else(
                || self.undecodable(field.to_owned(), "is missing".to_owned()),
                |error| self.gateway(error),
            ),
        })
    }

    /// A successful answer in the usual envelope, in one pass over the bytes. Everything else goes the longer way, which
    /// tells what is wrong.
    fn decode_wrapped<A: MethodAnswer>(&self) -> Option<A::Value> {
        if self.response.status >= 400 {
            return None;
        }
        let answer: A = envelope::wrapped(&self.response.body)?;
        answer.into_value().ok()
    }

    /// Decodes a flat answer whose only sign of failure is its `code`.
    pub(crate) fn decode_flat<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let opened = self.open()?;
        if let Some(error) = envelope::flat_error(opened.payload) {
            return Err(self.gateway(error));
        }
        self.read(opened.payload)
    }

    /// The whole body, the part of it that is the payload, and the request id. Nothing is copied.
    pub(crate) fn raw(self) -> Result<(Bytes, Bytes, Option<String>), Error> {
        let opened = self.open()?;
        let payload = self.response.body.slice_ref(opened.payload.as_bytes());
        let request_id = opened.request_id;
        Ok((self.response.body, payload, request_id))
    }

    /// Finds the payload, or the typed reason why there is none.
    pub(crate) fn open(&self) -> Result<Opened<'_>, Error> {
        let status = self.response.status;
        let failed = match envelope::open(&self.response.body) {
            Err(Unopened::Gateway(error)) => return Err(self.gateway(*error)),
            Ok(_) | Err(_) if status >= 400 => {
                return Err(Error::Http {
                    status,
                    excerpt: self.excerpt(),
                    attempts: Attempts::default(),
                });
            }
            Ok(opened) => return Ok(opened),
            Err(failed) => failed,
        };
        Err(match failed {
            Unopened::Truncated => Error::Truncated {
                status,
                excerpt: self.excerpt(),
                attempts: Attempts::default(),
            },
            Unopened::NotAnObject => {
                self.undecodable(".".to_owned(), "the answer is no JSON object".to_owned())
            }
            Unopened::NotJson | Unopened::Gateway(_) => Error::NotJson {
                status,
                content_type: self.content_type(),
                excerpt: self.excerpt(),
                attempts: Attempts::default(),
            },
        })
    }

    /// Reads a payload; only when that fails is it read again to name the field.
    fn read<T: DeserializeOwned>(&self, payload: &str) -> Result<T, Error> {
        serde_json::from_str(payload).map_err(|first| {
            let mut again = serde_json::Deserializer::from_str(payload);
            let (path, error) = match serde_path_to_error::deserialize::<_, T>(&mut again) {
                Err(error) => (error.path().to_string(), error.into_inner()),
                Ok(_) => (".".to_owned(), first),
            };
            let known = self.known();
            self.undecodable(path, redact::message(&error.to_string(), &known))
        })
    }

    /// A decoding error at a field of this answer.
    pub(crate) fn undecodable(&self, path: String, message: String) -> Error {
        Error::Decode {
            method: self.api.clone(),
            path,
            message,
            excerpt: self.excerpt(),
            attempts: Attempts::default(),
        }
    }

    fn gateway(&self, mut error: GatewayError) -> Error {
        let known = self.known();
        let words = |text: String| redact::message(&text, &known);
        // Codes and ids hold digits on purpose, so only what was sent is taken out of them.
        let name = |text: String| redact::name(&text, &known);
        error.message = words(error.message);
        error.sub_message = error.sub_message.map(words);
        error.code = name(error.code);
        error.sub_code = error.sub_code.map(name);
        error.request_id = error.request_id.map(name);
        error.kind = error.kind.map(name);
        tracing::debug!(
            api = self.api,
            code = error.code,
            request_id = error.request_id,
            "the gateway refused the call"
        );
        error.into()
    }

    fn business(
        &self,
        code: Option<String>,
        message: Option<String>,
        request_id: Option<String>,
    ) -> Error {
        let known = self.known();
        let code = redact::name(code.as_deref().unwrap_or("unnamed"), &known);
        let request_id = request_id.map(|id| redact::name(&id, &known));
        tracing::debug!(
            api = self.api,
            code,
            request_id,
            "the method reported a failure"
        );
        let message = redact::message(&message.unwrap_or_default(), &known);
        let mut error = BusinessError::new(&self.api, code, message);
        error.request_id = request_id;
        error.into()
    }

    fn content_type(&self) -> Option<String> {
        let text = self.response.content_type.as_deref()?;
        Some(redact::name(text, &self.known()))
    }

    fn excerpt(&self) -> String {
        redact::excerpt(&self.response.body, &self.known())
    }

    fn known(&self) -> Vec<&str> {
        self.sent_secrets
            .iter()
            .map(ExposeSecret::expose_secret)
            .collect()
    }
}
