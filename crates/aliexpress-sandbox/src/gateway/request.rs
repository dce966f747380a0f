//! A request to the gateway, read: where it came in, which API it names, its parameters and files.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method as HttpMethod, StatusCode, header};

use super::multipart::{self, File, MultipartError};
use super::params::Params;
use super::refusal::{Blame, Refusal};

/// Largest request body, in bytes: room for an image inside a JSON parameter.
pub(crate) const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Where a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// `/rest`, and every unknown address: flat answers.
    Rest,
    /// `/sync`: wrapped answers.
    Sync,
}

/// A request, read.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) door: Door,
    pub(crate) http_method: HttpMethod,
    pub(crate) path: String,
    /// API path or method name; empty when none was given.
    pub(crate) api: String,
    pub(crate) params: Params,
    /// File parts of a multipart body. They are never part of the signed text.
    pub(crate) files: Vec<File>,
}

/// Why a request could not be read at all.
pub(crate) type Unreadable = (StatusCode, Refusal);

/// Reads the body and merges the parameters of query and body.
pub(crate) async fn read(request: Request) -> Result<Call, Unreadable> {
    if !matches!(*request.method(), HttpMethod::GET | HttpMethod::POST) {
        return Err(unreadable(
            StatusCode::METHOD_NOT_ALLOWED,
            "InvalidHttpMethod",
            "Only GET and POST are supported".to_owned(),
        ));
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MOST_BODY_BYTES).await.map_err(|_| {
        unreadable(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestTooLarge",
            format!("The request body is larger than {MOST_BODY_BYTES} bytes"),
        )
    })?;
    let (params, files) = parameters(&parts.headers, parts.uri.query(), &bytes)?;
    let path = parts.uri.path();
    let (door, in_path) = match path.strip_prefix("/rest") {
        Some(rest) => (Door::Rest, rest),
        None => (Door::Sync, ""),
    };
    let api = if in_path.len() > 1 {
        in_path
    } else {
        params.get("method").unwrap_or_default()
    };
    Ok(Call {
        door,
        http_method: parts.method,
        path: path.to_owned(),
        api: api.to_owned(),
        params,
        files,
    })
}

/// Bodies other than forms are not looked into, as on the real gateway.
fn parameters(
    headers: &HeaderMap,
    query: Option<&str>,
    body: &Bytes,
) -> Result<(Params, Vec<File>), Unreadable> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("multipart/form-data") {
        let parts = multipart::parse(content_type, body).map_err(|error| unread_parts(&error))?;
        return Ok((Params::with_texts(query, parts.texts), parts.files));
    }
    let form = media_type
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        .then_some(body.as_ref());
    Ok((Params::merge(query, form), Vec::new()))
}

fn unread_parts(error: &MultipartError) -> Unreadable {
    let message = format!("The multipart body cannot be read: {error}");
    match error {
        MultipartError::FileTooLarge(_) | MultipartError::TooManyParts => {
            unreadable(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLarge", message)
        }
        _ => unreadable(StatusCode::BAD_REQUEST, "InvalidRequestBody", message),
    }
}

fn unreadable(status: StatusCode, code: &'static str, message: String) -> Unreadable {
    let refusal = Refusal {
        message: message.into(),
        blame: Blame::Isv,
        ..Refusal::named(code)
    };
    (status, refusal)
}
