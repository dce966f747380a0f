//! Errors of the gateway itself, by their documented names.

use std::borrow::Cow;

use crate::error::SandboxError;

/// Who the gateway blames: the caller, the service behind it, or itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    Isv,
    Isp,
    System,
}

impl Blame {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Isv => "ISV",
            Self::Isp => "ISP",
            Self::System => "SYSTEM",
        }
    }
}

/// An error answer. Its form depends on where the call came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: Cow<'static, str>,
    pub(crate) blame: Blame,
    pub(crate) message: Cow<'static, str>,
    pub(crate) sub: Option<(Cow<'static, str>, Cow<'static, str>)>,
    /// Whether the answer carries `_trace_id_`; backend errors have been seen without.
    pub(crate) traced: bool,
    /// Whether the code is written as a number, as some old answers have it.
    pub(crate) numeric: bool,
}

/// Code, blame and text of the errors that need nothing filled in.
static TEXTS: [(&str, Blame, &str); 25] = [
    (
        "IllegalAccessToken",
        Blame::Isv,
        "The specified access token is invalid or expired",
    ),
    (
        "IllegalRefreshToken",
        Blame::Isv,
        "The specified refresh token is invalid or expired",
    ),
    ("InvalidCode", Blame::Isv, "Invalid Code"),
    (
        "IncompleteSignature",
        Blame::Isv,
        "The request signature does not conform to platform standards",
    ),
    (
        "InvalidSignature",
        Blame::Isv,
        "The request signature does not conform to platform standards",
    ),
    (
        "InvalidAppKey",
        Blame::Isv,
        "The specified App Key is invalid",
    ),
    (
        "InvalidAppkey",
        Blame::Isv,
        "The specified App Key is invalid",
    ),
    (
        "IllegalTimestamp",
        Blame::Isv,
        "The timestamp is invalid or malformed",
    ),
    (
        "InvalidApiPath",
        Blame::Isv,
        "The specified API path is invalid",
    ),
    (
        "InsufficientPermission",
        Blame::Isv,
        "App does not have permission to access this api",
    ),
    (
        "AppWhiteIpLimit",
        Blame::Isv,
        "The IP address is not on the white list of the app",
    ),
    (
        "AUTH_TYPE_UNSUPPORTED",
        Blame::Isv,
        "Authorization type not supported",
    ),
    (
        "UnsupportedParamMapping",
        Blame::Isv,
        "The parameter could not be mapped to the API",
    ),
    ("isv.402", Blame::Isv, "Creation failed"),
    (
        "isv.invalid-authorization",
        Blame::Isv,
        "Invalid authorization",
    ),
    (
        "isv.insufficient-permission",
        Blame::Isv,
        "Insufficient permission.",
    ),
    ("isp.service-unavailable", Blame::Isp, "Service unavailable"),
    ("ServiceUnavailable", Blame::System, "Service Unavailable"),
    ("ServiceTimeout", Blame::Isp, "Service timeout"),
    ("InternalError", Blame::Isp, "Internal error"),
    ("UnexpectedError", Blame::System, "Unexpected error"),
    (
        "AppCallLimit",
        Blame::Isp,
        "App access frequency exceeds the limit. this ban will last 1 seconds",
    ),
    (
        "SellerCallLimit",
        Blame::Isp,
        "Seller access frequency exceeds the limit. this ban will last 1 seconds",
    ),
    ("15", Blame::Isp, "Remote service error"),
    ("7", Blame::Isp, "App Call Limited"),
];

impl Refusal {
    /// The error with that code; an unknown code gets a general text.
    pub(crate) fn named(code: impl Into<Cow<'static, str>>) -> Self {
        let code = code.into();
        let known = TEXTS.iter().find(|(name, _, _)| *name == code);
        let (blame, message) = known.map_or((Blame::Isp, "Error"), |(_, blame, message)| {
            (*blame, *message)
        });
        Self {
            code,
            blame,
            message: message.into(),
            sub: None,
            traced: true,
            numeric: false,
        }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        let message = format!(
            "The input parameter \"{parameter}\" that is mandatory for processing this request is not supplied"
        );
        Self {
            code: "MissingParameter".into(),
            blame: Blame::Isv,
            message: message.into(),
            sub: None,
            traced: true,
            numeric: false,
        }
    }

    /// A parameter that is there but cannot be read.
    pub(crate) fn unmapped(parameter: &str) -> Self {
        let message = format!("The parameter \"{parameter}\" could not be mapped to the API");
        Self {
            message: message.into(),
            ..Self::named("UnsupportedParamMapping")
        }
    }

    /// Too many calls of one API: `ApiCallLimit` bans for seconds, `AppApiCallLimit` for the day.
    pub(crate) fn call_limit(code: &'static str, ban_s: i64) -> Self {
        let message =
            format!("Api access frequency exceeds the limit. this ban will last {ban_s} seconds");
        Self {
            code: code.into(),
            blame: Blame::Isp,
            message: message.into(),
            sub: None,
            traced: true,
            numeric: false,
        }
    }

    /// The `type` as the headings of the documentation pair the words: the platform's own errors are
    /// `ISV`, those of business APIs `ISP`.
    pub(crate) fn headed(&self) -> &'static str {
        let business = ["15", "isv.", "isp."]
            .iter()
            .any(|start| self.code.starts_with(start));
        if business || self.blame == Blame::Isp {
            Blame::Isp.name()
        } else {
            Blame::Isv.name()
        }
    }

    /// Code 15: the service behind the gateway refused, and says why in the sub code.
    pub(crate) fn remote(
        sub_code: impl Into<Cow<'static, str>>,
        sub_message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let sub = Some((sub_code.into(), sub_message.into()));
        Self {
            sub,
            traced: false,
            numeric: false,
            ..Self::named("15")
        }
    }
}

impl From<SandboxError> for Refusal {
    /// A change that could not be written down was not made: the client may try again.
    fn from(error: SandboxError) -> Self {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "sandbox state not written"
        );
        Self::named("ServiceUnavailable")
    }
}

/// Seconds to the next midnight in Beijing, when daily quotas start again.
pub(crate) fn seconds_to_beijing_midnight(now_ms: i64) -> i64 {
    let beijing_s = now_ms.div_euclid(1000) + 8 * 3600;
    86_400 - beijing_s.rem_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daily_ban_ends_at_sixteen_utc() {
        // 2026-01-01T15:59:50Z and T16:00:00Z.
        assert_eq!(seconds_to_beijing_midnight(1_767_283_190_000), 10);
        assert_eq!(seconds_to_beijing_midnight(1_767_283_200_000), 86_400);
    }
}
