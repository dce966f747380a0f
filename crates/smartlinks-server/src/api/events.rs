//! `GET /api/aliexpress/events`: server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use smartlinks_core::{Core, EventView};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;
use crate::state::AppState;

/// How many missed events are sent to a listener that comes back.
const MISSED: u32 = 500;

/// Events as they happen, as server-sent events; the name of each is its kind, the data an event in
/// JSON. A listener that comes back with `Last-Event-ID` gets what it missed.
#[utoipa::path(
    get,
    path = "/api/aliexpress/events",
    tag = "events",
    params(("last-event-id" = Option<i64>, Header, description = "The last event that was seen")),
    responses(
        (status = 200, description = "A stream that stays open; each `data` is an EventView", content_type = "text/event-stream", body = EventView),
        (status = 401, body = Problem), (status = 503, body = Problem)
    )
)]
pub(super) async fn follow(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Listen first, then read what was missed: nothing falls between.
    let live = state.core().follow_events();
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let missed = match last {
        Some(id) => state.core().events_after(id, MISSED).await?,
        None => Vec::new(),
    };
    let follower = Follower {
        seen: last.unwrap_or(0),
        waiting: missed.into(),
        live,
        core: state.core().clone(),
        stop: state.options().stop.clone(),
    };
    let stream = futures_util::stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(as_sse(&event)), follower))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

struct Follower {
    seen: i64,
    waiting: VecDeque<EventView>,
    live: Receiver<EventView>,
    core: Core,
    stop: CancellationToken,
}

impl Follower {
    /// The next event that was not seen, or nothing when the server drains.
    async fn next(&mut self) -> Option<EventView> {
        loop {
            while let Some(event) = self.waiting.pop_front() {
                if event.id > self.seen {
                    self.seen = event.id;
                    return Some(event);
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                received = self.live.recv() => match received {
                    Ok(event) => self.waiting.push_back(event),
                    // Too slow to keep up: the database has what was dropped.
                    Err(RecvError::Lagged(_)) => {
                        self.waiting = self.core.events_after(self.seen, MISSED).await.ok()?.into();
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

fn as_sse(event: &EventView) -> Event {
    let data = serde_json::to_string(event).unwrap_or_default();
    Event::default()
        .id(event.id.to_string())
        .event(&event.kind)
        .data(data)
}
