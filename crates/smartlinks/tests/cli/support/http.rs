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
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) fn get(address: &str) -> Answer {
    send(address, "GET", &[], "")
}

pub(crate) fn get_with_bearer(address: &str, bearer: &str) -> Answer {
    send(
        address,
        "GET",
        &[("authorization", &format!("Bearer {bearer}"))],
        "",
    )
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
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n");
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
        body: body.to_owned(),
    }
}
