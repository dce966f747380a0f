//! The forms of the control page, which work without script: a form of our own page is turned into the JSON
//! that the control API takes, and its answer into a page or a way back.
//!
//! A field's name says what becomes of it: `match.method` stands inside an object; `:number`, `:truth` and
//! `:json` are read as such, `:list` collects all fields of that name, `:words` cuts at commas. Empty fields
//! are left out, except that a list without entries is an empty list.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::MOST_BODY_BYTES;
use crate::language::Language;
use crate::pages::{Message, banner, language, page};

/// Where the control page is.
const HOME: &str = "/_sandbox/";

/// Whether a request is a form that provably comes from a page of this sandbox. Other forms are refused: any
/// page of the web can send one.
pub(crate) fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let media_type = text(header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !media_type
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    {
        return false;
    }
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            let origin = text(header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
            origin.is_some() && origin == text(header::HOST)
        }
    }
}

/// Carries a form out as the JSON call it stands for.
pub(crate) async fn carry_out(request: Request, next: Next) -> Response {
    let language = language(request.headers());
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let Ok(bytes) = to_bytes(body, MOST_BODY_BYTES).await else {
        return problem(language, StatusCode::PAYLOAD_TOO_LARGE, "");
    };
    let fields = match fields(&bytes) {
        Ok(fields) => Value::Object(fields),
        Err(problem_text) => return problem(language, StatusCode::BAD_REQUEST, &problem_text),
    };
    let json = HeaderValue::from_static("application/json");
    parts.headers.insert(header::CONTENT_TYPE, json);
    parts.headers.remove(header::CONTENT_LENGTH);
    let answer = next
        .run(Request::from_parts(parts, Body::from(fields.to_string())))
        .await;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await;
    let body: Value = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
    if !status.is_success() {
        return problem(language, status, body["error"].as_str().unwrap_or_default());
    }
    match body["code"].as_str() {
        Some(code) if path.ends_with("/codes") => issued(language, code, &body["expires_in"]),
        _ => back(&path),
    }
}

/// The fields of a form as a JSON object.
fn fields(form: &[u8]) -> Result<Map<String, Value>, String> {
    let mut object = Map::new();
    for (name, value) in form_urlencoded::parse(form) {
        let (name, kind) = name.split_once(':').unwrap_or((&name, "text"));
        let value = value.trim();
        let read = match kind {
            "list" | "words" => {
                let list = object.entry(name).or_insert_with(|| json!([]));
                let items = value.split(if kind == "words" { ',' } else { '\0' });
                let items = items.map(str::trim).filter(|item| !item.is_empty());
                if let Value::Array(list) = list {
                    list.extend(items.map(Value::from));
                }
                continue;
            }
            _ if value.is_empty() => continue,
            "number" => number(value).ok_or_else(|| format!("{name}: {value:?} is no number"))?,
            "truth" => Value::Bool(value == "true"),
            "json" => serde_json::from_str(value).map_err(|error| format!("{name}: {error}"))?,
            _ => Value::from(value),
        };
        match name.split_once('.') {
            Some((outer, inner)) => {
                let within = object.entry(outer).or_insert_with(|| json!({}));
                let within = within.as_object_mut();
                let within = within.ok_or_else(|| format!("{outer} was sent in two forms"))?;
                within.insert(inner.to_owned(), read);
            }
            None => {
                object.insert(name.to_owned(), read);
            }
        }
    }
    Ok(object)
}

/// A whole number.
fn number(text: &str) -> Option<Value> {
    text.parse::<i64>().ok().map(Value::from)
}

/// Back to the part of the page that the form stands in.
fn back(path: &str) -> Response {
    let rest = path.strip_prefix(HOME).unwrap_or_default();
    let mut words = rest.split('/');
    let place = match (words.next().unwrap_or_default(), words.next()) {
        ("products", Some(id)) => format!("{HOME}?product={id}&done=products#products"),
        (section, _) => format!("{HOME}?done={section}#{section}"),
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// The page that shows a code. It is shown once, so it does not travel in an address.
fn issued(language: Language, code: &str, life_s: &Value) -> Response {
    let seconds = language.pick("Works once, for", "Valable une fois, pendant");
    say(
        language,
        StatusCode::OK,
        language.pick("Authorization code", "Code d'autorisation"),
        code,
        &format!("{seconds} {life_s} s"),
    )
}

fn problem(language: Language, status: StatusCode, detail: &str) -> Response {
    let title = language.pick("Nothing was changed", "Rien n'a été modifié");
    say(language, status, title, "", detail)
}

fn say(language: Language, status: StatusCode, title: &str, code: &str, detail: &str) -> Response {
    let message = Message {
        language: language.tag(),
        banner: banner(language),
        title,
        text: "",
        code,
        detail,
        back: HOME,
    };
    page(status, &message, "form-action 'none'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_becomes_of_a_field() {
        let form = b"match.method=&then=error&times:number=2&takes_effect:truth=true&code=+15+&data:json=[1]\
            &omit:words=a,+b,,&permissions:list=&permissions:list=affiliate&empty:list=";
        assert_eq!(
            Value::Object(fields(form).unwrap()),
            json!({
                "then": "error", "times": 2, "takes_effect": true, "code": "15", "data": [1],
                "omit": ["a", "b"], "permissions": ["affiliate"], "empty": [],
            })
        );
        let nested = fields(b"match.method=x").unwrap();
        assert_eq!(Value::Object(nested), json!({ "match": { "method": "x" } }));
        assert!(fields(b"match=y&match.method=x").is_err());
        assert!(fields(b"times:number=two").unwrap_err().contains("times"));
        assert!(fields(b"data:json={").unwrap_err().contains("data"));
    }
}
