//! The gateway: reached, over TLS, with the right time, key, secret, callback and permissions.
//!
//! One signed call that only reads tells most of it, since the gateway checks in a known order: the clock, the key and
//! the signature, then the permission group. The calls need no account.

pub(crate) mod answer;
mod ask;
mod clock;
mod words;

use aliexpress::{AuthorizePage, TransportError};
use jiff::SignedDuration;

use super::Patient;
use super::finding::{Check, Finding};
use crate::app::AppSetup;
use crate::gateway_health::GatewayHealth;

use answer::Answer;

/// What is known of the gateway, asked now or seen before.
#[derive(Default)]
struct Known {
    /// The answer to the first call.
    first: Option<Answer>,
    /// Whether the app holds the affiliate and the dropshipping group.
    permissions: Vec<(&'static str, Answer)>,
    /// How far this machine's clock is ahead.
    clock_ahead: Option<SignedDuration>,
    /// How the authorize page answers.
    page: Option<Result<AuthorizePage, TransportError>>,
    /// Whether the way there is TLS.
    tls: bool,
}

/// Adds what the gateway tells; gives how many seconds this machine's clock is ahead.
pub(super) async fn look(
    patient: &Patient<'_>,
    about_to: &(dyn Fn(Check) + Sync),
    findings: &mut Vec<Finding>,
) -> Option<i64> {
    let AppSetup::Ready(app) = patient.app else {
        return None;
    };
    let mut known = match patient.seen {
        Some(health) => remembered(health),
        None => ask::ask(app, about_to).await,
    };
    known.tls = app.client.gateway().to_string().starts_with("https");
    findings.extend(words::reached(&known));
    findings.extend(clock::finding(&known));
    findings.extend(words::secret(&known));
    findings.extend(words::callback(&known, &app.callback_url));
    findings.extend(words::permissions(&known));
    findings.extend(words::quota(&known));
    known.clock_ahead.map(clock::rounded)
}

/// What the calls of the last time have told.
fn remembered(health: &GatewayHealth) -> Known {
    Known {
        first: health.last.clone(),
        clock_ahead: health.clock_ahead,
        ..Known::default()
    }
}
