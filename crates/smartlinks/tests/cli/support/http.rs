//! As much of HTTP as the tests need.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use url::Url;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The cookie that it sets, as it is sent back.
    pub(crate) fn cookie(&self) -> String {
        let line = self
            .head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "));
        let pair = line.and_then(|line| line.split(';').next());
        pair.unwrap_or_else(|| panic!("no cookie: {self:?}"))
            .to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) fn get(address: &str) -> Answer {
    send(address, "GET", &[], "")
}

/// With a cookie, as the browser that was given it.
pub(crate) fn get_with_cookie(address: &str, cookie: &str) -> Answer {
    send(address, "GET", &[("cookie", cookie)], "")
}

/// Under another name than the one that was connected to.
pub(crate) fn get_as(address: &str, host: &str) -> Answer {
    send(address, "GET", &[("host", host)], "")
}

/// As a form on a page does it.
pub(crate) fn post_form(address: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    send(address, "POST", &[kind], &body)
}

/// A change without a body, as a program asks for it.
pub(crate) fn post_with_bearer(address: &str, bearer: &str) -> Answer {
    send(
        address,
        "POST",
        &[
            ("authorization", &format!("Bearer {bearer}")),
            ("content-type", "application/json"),
        ],
        "{}",
    )
}

/// An order, as a program places it.
pub(crate) fn post_with_key(address: &str, key: &str, body: &Value) -> Answer {
    let headers = [
        ("idempotency-key", key),
        ("content-type", "application/json"),
    ];
    send(address, "POST", &headers, &body.to_string())
}

pub(crate) fn post(address: &str, body: &Value) -> Answer {
    send(
        address,
        "POST",
        &[("content-type", "application/json")],
        &body.to_string(),
    )
}

fn send(address: &str, method: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let url = Url::parse(address).unwrap();
    let authority = format!(
        "{}:{}",
        url.host_str().unwrap(),
        url.port_or_known_default().unwrap()
    );
    let mut stream = TcpStream::connect(&authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let target = url.as_str().split_once(&authority).unwrap().1;
    let mut head = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n");
    if headers.iter().all(|(name, _)| *name != "host") {
        head.push_str(&format!("host: {authority}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
