//! Forms that send a text, or a file with it.

use axum::Form;
use axum::http::{HeaderMap, header};
use smartlinks_core::shortened;

use super::webhooks::Fields;
use crate::multipart;
use crate::problem::Problem;
use axum::http::StatusCode;

/// The name of the file's field.
const FILE: &str = "file";

/// What a form has sent.
pub(super) struct Sent {
    /// Its fields besides the file, in their order.
    pub(super) fields: Fields,
    /// The contents of the file, when one was chosen. What is not UTF-8 in it stands there as U+FFFD, which every use
    /// case refuses by line and column.
    pub(super) file: Option<String>,
}

/// The fields of a form, sent as one with a file or as any other.
pub(super) fn sent(headers: &HeaderMap, body: &[u8]) -> Result<Sent, Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let fields = url::form_urlencoded::parse(body).into_owned().collect();
        return Ok(Sent {
            fields: Form(fields),
            file: None,
        });
    }
    let parts = multipart::fields(kind, body).ok_or_else(|| unreadable(kind))?;
    let (mut fields, mut file) = (Vec::with_capacity(parts.len()), None);
    for (name, contents) in parts {
        let text = String::from_utf8_lossy(contents);
        match name.as_str() {
            // A browser sends an empty file where none was chosen.
            FILE if contents.is_empty() => {}
            // The mark at the beginning is no part of the text, and a text that is pasted has none.
            FILE => file = Some(text.trim_start_matches('\u{feff}').to_owned()),
            _ => fields.push((name, text.into_owned())),
        }
    }
    Ok(Sent {
        fields: Form(fields),
        file,
    })
}

fn unreadable(kind: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        format!("{:?} is no form that can be read", shortened(kind, 40)),
        "Send the form again.",
    )
}

/// Whether a text can be shown again as it is.
pub(super) fn is_whole(text: &str) -> bool {
    !text.contains(['\u{fffd}', '\0'])
}
