//! Receiving the answer of AliExpress at a callback address of this machine: one request, then no more.

use std::time::Duration;

use smartlinks_core::{CallbackParams, ConnectionView, Core};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::{Host, Url};

use crate::failure::{Exit, Failure};

const LARGEST_HEAD: usize = 16 * 1024;
const HEAD_WITHIN: Duration = Duration::from_secs(5);

/// A listener at the registered callback.
pub(super) struct Receiver {
    listener: TcpListener,
    callback: Url,
}

impl Receiver {
    /// Listens at the callback, where that is plain http on this machine and nobody else listens there.
    pub(super) async fn at(callback: &Url) -> Option<Self> {
        if callback.scheme() != "http" {
            return None;
        }
        let host = match callback.host()? {
            Host::Domain("localhost") => "127.0.0.1".to_owned(),
            Host::Ipv4(address) if address.is_loopback() => address.to_string(),
            Host::Ipv6(address) if address.is_loopback() => address.to_string(),
            _ => return None,
        };
        let port = callback.port_or_known_default()?;
        let listener = TcpListener::bind((host.as_str(), port)).await.ok()?;
        Some(Self {
            listener,
            callback: callback.clone(),
        })
    }

    /// Waits for the request that carries `state` and finishes the sign-in with it. Whatever else comes in is
    /// answered and forgotten: any page in the browser could have sent it.
    pub(super) async fn receive(
        &self,
        core: &Core,
        state: &str,
    ) -> Result<ConnectionView, Failure> {
        loop {
            let (mut stream, _) = self.listener.accept().await.map_err(|error| {
                Failure::new(
                    Exit::Failure,
                    "callback_listener",
                    "the callback could not be received",
                )
                .because(&error)
            })?;
            let head = tokio::time::timeout(HEAD_WITHIN, read_head(&mut stream))
                .await
                .ok()
                .flatten();
            let params = head.as_deref().and_then(|head| self.params_of(head));
            let Some(params) = params.filter(|params| params.state == [state]) else {
                respond(
                    &mut stream,
                    "404 Not Found",
                    "This is not the sign-in that is being waited for.",
                )
                .await;
                continue;
            };
            let finished = core.finish_login(params, None).await;
            let words = match &finished {
                Ok(_) => "The account is connected. You can close this window.",
                Err(_) => {
                    "The sign-in did not work; the terminal says why. You can close this window."
                }
            };
            respond(&mut stream, "200 OK", words).await;
            return Ok(finished?.connection);
        }
    }

    /// The query of a request for the callback, sent to the callback's own host.
    fn params_of(&self, head: &str) -> Option<CallbackParams> {
        let mut lines = head.split("\r\n");
        let target = lines.next()?.strip_prefix("GET ")?.split(' ').next()?;
        let host = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("host").then(|| value.trim())
        })?;
        let (path, query) = target.split_once('?')?;
        let ours =
            host.eq_ignore_ascii_case(self.callback.authority()) && path == self.callback.path();
        ours.then(|| CallbackParams::from_query(query))
    }
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut piece = [0_u8; 2048];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let length = stream.read(&mut piece).await.ok()?;
        head.extend_from_slice(piece.get(..length)?);
        if length == 0 || head.len() > LARGEST_HEAD {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// Fixed words only, so that nothing of the request comes back.
async fn respond(stream: &mut TcpStream, status: &str, words: &str) {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>SmartLinks</title><p>{words}</p></html>\n"
    );
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         referrer-policy: no-referrer\r\ncontent-security-policy: default-src 'none'\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // A browser that has gone away needs no answer.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
