//! `GET /api/aliexpress/events`: server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{FutureExt, Stream};
use smartlinks_core::EventView;
use smartlinks_core::store::with_causes;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior};

use crate::guard::{Principal, may_still_read};
use crate::problem::Problem;
use crate::state::AppState;
use crate::streams::Place;

/// How many events are read at a time.
const AT_ONCE: u32 = 100;
/// A comment is sent when nothing happens for so long, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often a stream asks whether its reader may still follow: sessions end, and keys are revoked.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Events as they happen, as server-sent events; the name of each is its kind, the data an event in
/// JSON. A listener that comes back with `Last-Event-ID` gets what it missed. Events about API keys and webhooks come
/// to readers with the scope `admin` only. The stream ends when the key or session does.
#[utoipa::path(
    get,
    path = "/api/aliexpress/events",
    tag = "events",
    params(("last-event-id" = Option<i64>, Header, description = "The last event that was seen")),
    responses(
        (status = 200, description = "A stream that stays open; each `data` is an EventView", content_type = "text/event-stream", body = EventView),
        (status = 503, description = "The database cannot be used, or `too_many_streams`: all places, or all of this key or operator, are taken", body = Problem)
    )
)]
pub(super) async fn follow(
    state: AppState,
    Extension(reader): Extension<Principal>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let place = state.streams().place(&reader).ok_or_else(too_many)?;
    // Listen first, then read: nothing falls between.
    let live = state.core().follow_events();
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let latest = state.core().latest_events(1).await?;
    let latest = latest.first().map_or(0, |event| event.id);
    let mut look_again = tokio::time::interval(LOOK_AGAIN);
    look_again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let follower = Follower {
        // A number from the future comes of a database that was restored: what follows is new to everybody.
        seen: last.map_or(latest, |last| last.min(latest)),
        waiting: VecDeque::new(),
        behind: last.is_some(),
        live,
        look_again,
        state,
        reader,
        headers,
        _place: place,
    };
    let stream = futures_util::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(as_sse(&event)), follower))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Events come from the database alone, in the order of their ids. What is heard only says that it is
/// time to read: two tasks may tell of their events in another order than they were stored.
struct Follower {
    seen: i64,
    waiting: VecDeque<EventView>,
    /// The database may hold more.
    behind: bool,
    live: Receiver<EventView>,
    state: AppState,
    look_again: Interval,
    reader: Principal,
    /// What the reader came with.
    headers: HeaderMap,
    _place: Place,
}

impl Follower {
    /// The next event that was not seen, or nothing when the server drains or the reader may not follow any more.
    async fn next(&mut self) -> Option<EventView> {
        let stop = self.state.options().stop.clone();
        loop {
            if stop.is_cancelled() {
                return None;
            }
            // Also while there is much to catch up with, and a reader who takes it slowly.
            let look = self.look_again.tick().now_or_never().is_some();
            if look && !may_still_read(&self.state, &self.headers).await {
                return None;
            }
            if let Some(event) = self.waiting.pop_front() {
                self.seen = event.id;
                if self.reader.holds(event.needs()) {
                    return Some(event);
                }
                continue;
            }
            if self.behind {
                self.waiting = self.read().await?;
                self.behind = !self.waiting.is_empty();
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                _ = self.look_again.tick() => {
                    if !may_still_read(&self.state, &self.headers).await {
                        return None;
                    }
                }
                heard = self.live.recv() => match heard {
                    Ok(heard) if heard.id < self.seen => {
                        if self.has_gone_back().await {
                            return None;
                        }
                    }
                    Ok(_) | Err(RecvError::Lagged(_)) => self.behind = true,
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

impl Follower {
    /// What comes next in the database.
    async fn read(&self) -> Option<VecDeque<EventView>> {
        let read = self.state.core().events_after(self.seen, AT_ONCE).await;
        read.inspect_err(|error| {
            tracing::warn!(error = %with_causes(error), "a stream of events ends: they cannot be read");
        })
        .ok()
        .map(VecDeque::from)
    }

    /// Whether the database knows nothing any more of what was read from it: it was restored, and begins these numbers
    /// anew. Whoever comes back starts from what it knows. Usually what is heard late was only read before.
    async fn has_gone_back(&self) -> bool {
        match self.state.core().latest_events(1).await {
            Ok(latest) => latest.first().is_none_or(|latest| latest.id < self.seen),
            Err(_) => true,
        }
    }
}

fn too_many() -> Problem {
    let mut problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too_many_streams",
        "as many programs and pages follow events here as this server lets",
        "Close one, or share one stream among several readers.",
    );
    problem.retry = "later".to_owned();
    problem
}

fn as_sse(event: &EventView) -> Event {
    let data = serde_json::to_string(event).unwrap_or_default();
    Event::default()
        .id(event.id.to_string())
        .event(&event.kind)
        .data(data)
}
