//! A clock that moves when somebody sleeps, and a gateway that answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliexpress::{
    AccessToken, AppKey, Client, ClientBuilder, Clock, Error, HttpRequest, HttpResponse, Jitter,
    RawAnswer, Timer, Transport, TransportError, TransportErrorKind,
};
use async_trait::async_trait;
use jiff::Timestamp;

use crate::support::{ACCESS_TOKEN, APP_KEY, now, secret, value_of};

pub(crate) const SEARCH: &str = "aliexpress.ds.text.search";
pub(crate) const PRODUCT: &str = "aliexpress.ds.product.get";
pub(crate) const REPORT: &str = "aliexpress.ds.search.event.report";
pub(crate) const ORDER: &str = "aliexpress.ds.order.create";
pub(crate) const ADDRESS: &str = "aliexpress.ds.address.get";

/// Time passes only when somebody sleeps, or when a test says so.
#[derive(Default)]
pub(crate) struct World {
    state: Mutex<Passed>,
}

#[derive(Default)]
struct Passed {
    timer: Duration,
    /// What the clock is ahead of the timer.
    jumped: jiff::SignedDuration,
    sleeps: Vec<Duration>,
}

impl World {
    pub(crate) fn pass(&self, length: Duration) {
        self.state.lock().unwrap().timer += length;
    }

    /// Somebody sets the clock; the timer goes on as before.
    pub(crate) fn set_clock(&self, by: jiff::SignedDuration) {
        self.state.lock().unwrap().jumped += by;
    }

    /// How long each sleep was that was not empty.
    pub(crate) fn sleeps(&self) -> Vec<Duration> {
        let sleeps = self.state.lock().unwrap().sleeps.clone();
        sleeps
            .into_iter()
            .filter(|length| !length.is_zero())
            .collect()
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        let state = self.state.lock().unwrap();
        now() + state.timer + state.jumped
    }
}

#[async_trait]
impl Timer for World {
    async fn sleep(&self, length: Duration) {
        tokio::task::yield_now().await;
        let mut state = self.state.lock().unwrap();
        state.timer += length;
        state.sleeps.push(length);
    }

    fn running(&self) -> Duration {
        self.state.lock().unwrap().timer
    }
}

/// Always the longest wait, so that tests know it.
pub(crate) struct Longest;

impl Jitter for Longest {
    fn up_to(&self, longest: Duration) -> Duration {
        longest
    }
}

/// No spreading: callers who waited for a ban come back on its end.
pub(crate) struct Shortest;

impl Jitter for Shortest {
    fn up_to(&self, _: Duration) -> Duration {
        Duration::ZERO
    }
}

/// How the gateway answers once.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    Well,
    Broken(TransportErrorKind),
    Body(u16, &'static str),
    Refusal {
        code: &'static str,
        sub_code: &'static str,
        words: &'static str,
    },
}

pub(crate) fn refusal(code: &'static str, words: &'static str) -> Reply {
    Reply::Refusal {
        code,
        sub_code: "",
        words,
    }
}

impl Reply {
    fn to(self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let (status, body) = match self {
            Self::Well => (200, r#"{"code":"0","request_id":"r"}"#.to_owned()),
            Self::Broken(kind) => return Err(TransportError::new(kind)),
            Self::Body(status, body) => (status, body.to_owned()),
            Self::Refusal {
                code,
                sub_code,
                words,
            } => (200, error_body(request, code, sub_code, words)),
        };
        Ok(HttpResponse {
            status,
            content_type: None,
            date: None,
            body: body.into(),
        })
    }
}

/// Flat on `/rest`, in an `error_response` on `/sync`.
fn error_body(request: &HttpRequest, code: &str, sub_code: &str, words: &str) -> String {
    if request.url.path() == "/sync" {
        format!(
            r#"{{"error_response":{{"type":"ISP","code":"{code}","sub_code":"{sub_code}","msg":"{words}","request_id":"r"}}}}"#
        )
    } else {
        format!(r#"{{"type":"ISP","code":"{code}","message":"{words}","request_id":"r"}}"#)
    }
}

/// One request as it was seen.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) at: Duration,
    pub(crate) request: HttpRequest,
}

/// Answers from a list, then always the same.
pub(crate) struct Script {
    world: Arc<World>,
    replies: Mutex<VecDeque<Reply>>,
    then: Reply,
    /// Somebody moves the clock during the first answer.
    jump: Mutex<Option<jiff::SignedDuration>>,
    seen: Mutex<Vec<Seen>>,
}

impl Script {
    pub(crate) fn new(world: &Arc<World>, replies: &[Reply], then: Reply) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            replies: Mutex::new(replies.iter().copied().collect()),
            then,
            jump: Mutex::default(),
            seen: Mutex::default(),
        })
    }

    pub(crate) fn jump_once(&self, by: jiff::SignedDuration) {
        *self.jump.lock().unwrap() = Some(by);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How often each method arrived, in order.
    pub(crate) fn methods(&self) -> Vec<String> {
        self.seen()
            .iter()
            .map(|seen| value_of(&seen.request, "method").unwrap_or_default())
            .collect()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let reply = self
            .replies
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or(self.then);
        if let Some(by) = self.jump.lock().unwrap().take() {
            self.world.set_clock(by);
        }
        let answer = reply.to(&request);
        let at = self.world.running();
        self.seen.lock().unwrap().push(Seen { at, request });
        answer
    }
}

/// Builds an app whose time is `world`'s.
pub(crate) fn builder(world: &Arc<World>, transport: Arc<dyn Transport>) -> ClientBuilder {
    Client::builder(AppKey::parse(APP_KEY).unwrap(), secret())
        .clock(Arc::clone(world) as Arc<dyn Clock>)
        .timer(Arc::clone(world) as Arc<dyn Timer>)
        .jitter(Arc::new(Shortest))
        .transport(transport)
}

/// A client with the default policy that acts for an account.
pub(crate) fn client(world: &Arc<World>, transport: Arc<dyn Transport>) -> Client {
    builder(world, transport)
        .build()
        .unwrap()
        .with_access_token(AccessToken::new(ACCESS_TOKEN))
}

/// A call without parameters.
pub(crate) async fn call(client: &Client, method: &str) -> Result<RawAnswer, Error> {
    client.call(method, [("a", "1")]).await
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
