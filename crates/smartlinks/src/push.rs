//! How the sandbox's push messages get to their address.

use std::sync::OnceLock;

use aliexpress_sandbox::{PushFuture, PushRequest, PushSender};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, redirect, retry};

/// Sends over HTTP. The client is made at the first message: most sandboxes send none.
#[derive(Default)]
pub(crate) struct HttpPush {
    client: OnceLock<Option<Client>>,
}

impl PushSender for HttpPush {
    fn send(&self, request: PushRequest) -> PushFuture<'_> {
        let client = self.client.get_or_init(client);
        Box::pin(async move {
            let client = client.as_ref().ok_or("no HTTP client could be made")?;
            let mut post = client
                .post(request.url)
                .header(CONTENT_TYPE, "application/json")
                .body(request.body);
            if let Some(authorization) = request.authorization {
                post = post.header(AUTHORIZATION, authorization);
            }
            let answer = post.send().await.map_err(|error| described(&error))?;
            Ok(answer.status().as_u16())
        })
    }
}

/// The time a receiver has is the sandbox's to decide: it drops the future.
#[expect(
    clippy::disallowed_methods,
    reason = "the factory of the SDK sends forms to the gateway only; this one talks to the developer's own receiver"
)]
fn client() -> Option<Client> {
    let builder = || {
        Client::builder()
            .user_agent(concat!("smartlinks-sandbox/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
    };
    // Without certificate authorities on the machine, plain http still works.
    let plain = || builder().tls_certs_only([]).build();
    builder().build().or_else(|_| plain()).ok()
}

/// The last cause, which is the precise one. Never the address, whose query may hold a secret.
fn described(error: &reqwest::Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes
        .last()
        .map_or_else(|| "no answer".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn request(url: String) -> PushRequest {
        PushRequest {
            url,
            authorization: Some("ab".repeat(32)),
            body: "{\"é\":1}".to_owned(),
        }
    }

    #[tokio::test]
    async fn body_and_signature_arrive_unchanged_and_no_redirect_is_followed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/push?shop=1", listener.local_addr().unwrap());
        let received = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = Vec::new();
            while !text.ends_with(b"}") {
                let mut chunk = [0; 1024];
                let read = stream.read(&mut chunk).await.unwrap();
                text.extend_from_slice(&chunk[..read]);
            }
            let answer = b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            String::from_utf8(text).unwrap()
        });
        assert_eq!(HttpPush::default().send(request(url)).await, Ok(302));
        let text = received.await.unwrap();
        assert!(text.starts_with("POST /push?shop=1 HTTP/1.1\r\n"), "{text}");
        let authorization = format!("authorization: {}\r\n", "ab".repeat(32));
        assert!(text.contains(&authorization), "{text}");
        assert!(
            text.contains("content-type: application/json\r\n"),
            "{text}"
        );
        assert!(text.ends_with("\r\n\r\n{\"é\":1}"), "{text}");
    }

    #[tokio::test]
    async fn a_receiver_that_is_away_is_told_without_its_address() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let url = format!("http://{address}/push?key=hidden");
        let problem = HttpPush::default().send(request(url)).await.unwrap_err();
        assert!(
            !problem.is_empty() && !problem.contains("hidden"),
            "{problem}"
        );
    }
}
