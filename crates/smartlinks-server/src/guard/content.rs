//! What a request may consist of: an address without control characters, and JSON for JSON routes, since a form of
//! another site cannot send that unasked.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

pub(super) fn refusal(head: &Parts) -> Option<Response> {
    if has_control_characters(&head.uri) && !has_words_of_its_own(head.uri.path()) {
        return Some(control_character().into_response());
    }
    let changes = !matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_api = changes && head.uri.path().starts_with("/api/");
    if is_api && head.uri.path() == super::PICTURE_ROUTE {
        // A form of another site cannot send these unasked either.
        return (!is_picture(&head.headers)).then(|| not_a_picture().into_response());
    }
    (is_api && !acceptable(&head.headers)).then(|| not_json().into_response())
}

/// No id, name or text of ours has any, and PostgreSQL takes no NUL in a text at all. Those that are not encoded are
/// refused where the head is read.
fn has_control_characters(uri: &Uri) -> bool {
    let place = uri.path_and_query().map_or("", |place| place.as_str());
    place.as_bytes().windows(3).any(|encoded| match encoded {
        [b'%', b'0' | b'1', last] => last.is_ascii_hexdigit(),
        [b'%', b'7', last] => last.eq_ignore_ascii_case(&b'f'),
        _ => false,
    })
}

/// Where others send people back to: whatever they bring is answered there, and does not stay in the address bar.
fn has_words_of_its_own(path: &str) -> bool {
    path.ends_with("/callback")
}

fn control_character() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        "the address holds a control character (below U+0020, or U+007F)",
        "Leave it out: no id and no text of this server has any.",
    )
}

fn not_json() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not_json",
        "this route takes application/json",
        "Send the header `content-type: application/json`.",
    )
}

fn not_a_picture() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not_a_picture",
        "this route takes the bytes of a picture: image/jpeg, image/png, image/webp or image/gif",
        "Send the picture as the body, with the header `content-type: image/jpeg` or what it is.",
    )
}

fn is_picture(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|kind| {
        let known = ["image/jpeg", "image/png", "image/webp", "image/gif"];
        known.iter().any(|known| kind.eq_ignore_ascii_case(known))
    })
}

/// What the body is said to be, without parameters.
fn media_type(headers: &HeaderMap) -> Option<&str> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    kind.split(';').next().map(str::trim)
}

/// JSON, or no body at all.
fn acceptable(headers: &HeaderMap) -> bool {
    match headers.get(header::CONTENT_TYPE) {
        Some(_) => {
            media_type(headers).is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
        }
        None => {
            let empty = headers
                .get(header::CONTENT_LENGTH)
                .is_none_or(|length| length.as_bytes() == b"0");
            empty && !headers.contains_key(header::TRANSFER_ENCODING)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_seen_wherever_they_stand() {
        for (place, has) in [
            ("/a?b=%00", true),
            ("/a%1fb", true),
            ("/a%1F", true),
            ("/?%0a=1", true),
            ("/a%7f", true),
            ("/a%7F?b", true),
            ("/a%20b?c=%7e%e6%bc%a2", false),
            ("/a%2500", false),
            ("/a%0", false),
            ("/a%0g%", false),
        ] {
            let uri: Uri = place.parse().unwrap();
            assert_eq!(has_control_characters(&uri), has, "{place}");
        }
        for raw in ["/a\0", "/a?b=\n", "/a\u{7f}"] {
            assert!(raw.parse::<Uri>().is_err(), "{raw:?}");
        }
    }
}
