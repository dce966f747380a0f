//! `GET /api/aliexpress/events`: server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use smartlinks_core::{Core, EventView};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;
use crate::state::AppState;

/// How many events are read at a time.
const AT_ONCE: u32 = 100;

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
    state: AppState,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Listen first, then read: nothing falls between.
    let live = state.core().follow_events();
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let seen = match last {
        Some(id) => id,
        None => state
            .core()
            .latest_events(1)
            .await?
            .first()
            .map_or(0, |event| event.id),
    };
    let follower = Follower {
        seen,
        waiting: VecDeque::new(),
        behind: last.is_some(),
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

/// Events come from the database alone, in the order of their ids. What is heard only says that it is
/// time to read: two tasks may tell of their events in another order than they were stored.
struct Follower {
    seen: i64,
    waiting: VecDeque<EventView>,
    /// The database may hold more.
    behind: bool,
    live: Receiver<EventView>,
    core: Core,
    stop: CancellationToken,
}

impl Follower {
    /// The next event that was not seen, or nothing when the server drains.
    async fn next(&mut self) -> Option<EventView> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.seen = event.id;
                return Some(event);
            }
            if self.behind {
                self.waiting = self
                    .core
                    .events_after(self.seen, AT_ONCE)
                    .await
                    .ok()?
                    .into();
                self.behind = !self.waiting.is_empty();
                continue;
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                heard = self.live.recv() => match heard {
                    Ok(_) | Err(RecvError::Lagged(_)) => self.behind = true,
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
