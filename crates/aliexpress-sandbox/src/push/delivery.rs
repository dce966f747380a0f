//! Gets messages to the address: what is due now, one after the other, and again later what failed.

use std::time::Duration;

use super::queue::{Attempt, Message, Signature};
use super::{PushRequest, PushSender, authorization};
use crate::error::SandboxError;
use crate::sandbox::Inner;

/// Longest sleep without looking at the clock, in milliseconds.
const LONGEST_SLEEP_MS: i64 = 60_000;

/// Tells what the clock has brought, then tries every message that is due. Gives the number of attempts.
pub(crate) async fn deliver_due(inner: &Inner) -> Result<usize, SandboxError> {
    let (Some(url), Some(sender)) = (inner.push_url(), inner.push_sender()) else {
        return Ok(0);
    };
    tell_news(inner)?;
    let mut attempts = 0;
    while let Some(message) = next_due(inner) {
        let attempt = attempt(inner, &url, &*sender, &message).await;
        inner.book.change(&inner.clock, |state| {
            state.pushes.tried(message.id, attempt, &state.profile);
        })?;
        attempts += 1;
    }
    Ok(attempts)
}

/// Delivers for as long as the sandbox runs. Waits until the clock is moved, the state changes, or the next
/// moment comes at which something is due.
pub(crate) async fn run(inner: &Inner) {
    let mut moved = inner.clock.subscribe();
    loop {
        let sleep = match deliver_due(inner).await {
            Ok(_) => until_next(inner),
            Err(error) => {
                // What cannot be written down is tried again: a message may then arrive twice.
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "push attempt not written down"
                );
                Duration::from_secs(5)
            }
        };
        tokio::select! {
            _ = moved.changed() => {}
            () = inner.book.changed() => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
}

/// The state changes only when there is something to tell.
fn tell_news(inner: &Inner) -> Result<(), SandboxError> {
    let now_ms = inner.clock.now_ms();
    let state = inner.book.read();
    let has_news = state.pushes.has_news(&state.orders, now_ms);
    drop(state);
    if has_news {
        // Every change of the state tells what is new.
        inner.book.change(&inner.clock, |_| ())?;
    }
    Ok(())
}

fn next_due(inner: &Inner) -> Option<Message> {
    let now_ms = inner.clock.now_ms();
    let state = inner.book.read();
    state
        .pushes
        .next()
        .filter(|message| message.due_ms <= now_ms)
        .cloned()
}

/// How long nothing is due.
fn until_next(inner: &Inner) -> Duration {
    let now_ms = inner.clock.now_ms();
    let state = inner.book.read();
    let message = state.pushes.next().map(|message| message.due_ms);
    let announcement = state.pushes.next_announcement_ms(&state.orders, now_ms);
    let next_ms = message.into_iter().chain(announcement).min();
    let wait_ms = next_ms.map_or(LONGEST_SLEEP_MS, |at_ms| at_ms.saturating_sub(now_ms));
    Duration::from_millis(wait_ms.clamp(1, LONGEST_SLEEP_MS).unsigned_abs())
}

async fn attempt(inner: &Inner, url: &str, sender: &dyn PushSender, message: &Message) -> Attempt {
    let deadline = Duration::from_millis(inner.book.profile().push_deadline_ms);
    let at_ms = inner.clock.now_ms();
    let request = PushRequest {
        url: url.to_owned(),
        authorization: signature(inner, message),
        body: message.body.clone(),
    };
    let (status, outcome) = match tokio::time::timeout(deadline, sender.send(request)).await {
        Ok(Ok(200)) => (Some(200), "ok".to_owned()),
        Ok(Ok(status)) => (Some(status), format!("answered {status} instead of 200")),
        Ok(Err(problem)) => (None, problem),
        Err(_) => (
            None,
            format!("no answer within {} ms", deadline.as_millis()),
        ),
    };
    Attempt {
        at_ms,
        status,
        outcome,
    }
}

fn signature(inner: &Inner, message: &Message) -> Option<String> {
    let secret = inner.secrets().first().cloned().unwrap_or_default();
    match message.signature {
        Signature::Valid => Some(authorization(&inner.app_key, &secret, &message.body)),
        // Of another key: well formed, but nobody who checks may believe it.
        Signature::Wrong => {
            let other = format!("{secret} no more");
            Some(authorization(&inner.app_key, &other, &message.body))
        }
        Signature::Missing => None,
    }
}
