//! How the sandbox's messages get to the service in tests.

use aliexpress_sandbox::{PushFuture, PushRequest, PushSender};
use reqwest::Method;

use crate::http::Http;

/// Sends over HTTP, as a visitor from outside.
#[derive(Debug, Clone, Copy, Default)]
pub struct PushOverHttp;

impl PushSender for PushOverHttp {
    fn send(&self, request: PushRequest) -> PushFuture<'_> {
        Box::pin(async move {
            let visitor = Http::new(String::new()).map_err(|error| error.to_string())?;
            let mut post = visitor
                .request(Method::POST, &request.url)
                .header("content-type", "application/json")
                .body(request.body);
            if let Some(authorization) = request.authorization {
                post = post.header("authorization", authorization);
            }
            match visitor.send(post).await {
                Ok(reply) => Ok(reply.status),
                Err(error) => Err(error.to_string()),
            }
        })
    }
}
