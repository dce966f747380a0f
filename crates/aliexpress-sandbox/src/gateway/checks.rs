//! The checks before an API runs, in the order that the profile names.

use super::refusal::Refusal;
use super::request::{Call, Door};
use super::signature::Verdict;
use super::timestamp;
use crate::config::CheckTimestamp;
use crate::methods::Method;
use crate::profile::{AppKeyError, CheckOrder, Profile};
use crate::sandbox::Inner;

/// The API that a call may run, or the first thing that is wrong with the call.
pub(super) fn admitted(
    inner: &Inner,
    call: &Call,
    method: Option<&'static Method>,
    verdict: Verdict,
    profile: &Profile,
) -> Result<&'static Method, Refusal> {
    app_key(inner, call, profile)?;
    match profile.check_order {
        CheckOrder::Default => {
            timestamp(inner, call, profile)?;
            signature(call, verdict)?;
            here(call, method)
        }
        CheckOrder::PathFirst => {
            timestamp(inner, call, profile)?;
            let method = here(call, method)?;
            signature(call, verdict)?;
            Ok(method)
        }
        CheckOrder::SignatureFirst => {
            signature(call, verdict)?;
            timestamp(inner, call, profile)?;
            here(call, method)
        }
    }
}

fn app_key(inner: &Inner, call: &Call, profile: &Profile) -> Result<(), Refusal> {
    // A name with two values names nothing: it is the signature check that says so.
    if call.params.conflict() == Some("app_key") {
        return signature(call, Verdict::Ambiguous);
    }
    let app_key = call
        .params
        .get("app_key")
        .ok_or_else(|| Refusal::missing("app_key"))?;
    if app_key == inner.app_key {
        return Ok(());
    }
    Err(Refusal::named(match profile.app_key_error {
        AppKeyError::InvalidAppKey => "InvalidAppKey",
        AppKeyError::InvalidAppkey => "InvalidAppkey",
    }))
}

fn timestamp(inner: &Inner, call: &Call, profile: &Profile) -> Result<(), Refusal> {
    let text = call
        .params
        .get("timestamp")
        .ok_or_else(|| Refusal::missing("timestamp"))?;
    let clock_ms = match profile.check_timestamp {
        CheckTimestamp::Real => inner.clock.real_ms(),
        CheckTimestamp::Virtual => inner.clock.now_ms(),
    };
    if timestamp::acceptable(text, clock_ms, profile) {
        Ok(())
    } else {
        Err(Refusal::named("IllegalTimestamp"))
    }
}

fn signature(call: &Call, verdict: Verdict) -> Result<(), Refusal> {
    if let Some(name) = call.params.conflict() {
        let message = format!("The parameter \"{name}\" was sent twice with different values");
        return Err(Refusal {
            message: message.into(),
            ..Refusal::named("IncompleteSignature")
        });
    }
    match verdict {
        Verdict::Ok => Ok(()),
        Verdict::Missing => Err(Refusal::missing("sign")),
        Verdict::MissingMethod => Err(Refusal::missing("sign_method")),
        Verdict::Mismatch | Verdict::UnsupportedMethod | Verdict::Ambiguous => {
            Err(Refusal::named("IncompleteSignature"))
        }
    }
}

/// Business methods live behind `/sync` only; token paths behind both doors.
fn here(call: &Call, method: Option<&'static Method>) -> Result<&'static Method, Refusal> {
    if call.door == Door::Sync && call.api.is_empty() {
        return Err(Refusal::missing("method"));
    }
    method
        .filter(|method| call.door == Door::Sync || method.name().starts_with('/'))
        .ok_or_else(|| Refusal::named("InvalidApiPath"))
}
