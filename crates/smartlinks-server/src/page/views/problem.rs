//! What went wrong, who can mend it and how, in the page's language.

use crate::page::i18n::Key;

/// Something that failed, ready to be explained.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Which explanation is given.
    pub kind: ProblemKind,
    /// The stable code, ours or the gateway's, shown small beside the words.
    pub code: String,
    /// The gateway's own sentence, quoted as text.
    pub upstream: Option<String>,
    /// What to quote to whoever helps.
    pub request_id: Option<String>,
}

/// The explanations the page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// App key, secret or callback address is missing.
    NotConfigured,
    /// No account is connected.
    NotConnected,
    /// Several accounts, none of them the default one, and none was named.
    NoDefault,
    /// The account has to sign in again.
    Reauthorize,
    /// AliExpress could not be reached at all.
    Unreachable,
    /// AliExpress did not answer in time.
    Timeout,
    /// AliExpress answered that it is out of order.
    GatewayDown,
    /// The answer was not understandable.
    BadAnswer,
    /// Too many calls; seconds until the next one is taken, if told.
    RateLimited(Option<i64>),
    /// The signature was refused: nearly always a wrong app secret.
    Signature,
    /// The app key is unknown.
    AppKey,
    /// The clock of this machine is wrong.
    Clock,
    /// The application lacks the permission group.
    Permission,
    /// The address of this machine is not on the application's list.
    AddressNotAllowed,
    /// What was asked for belongs to another account.
    OtherAccount,
    /// Not there.
    NotFound,
    /// Not sold to the destination.
    NotSold,
    /// What was entered cannot be used.
    Input,
    /// Our own database failed.
    Storage,
    /// Another process is at it; try again.
    Busy,
    /// Things are no longer as the page showed them.
    Overtaken,
    /// Too many attempts from this browser.
    TooManyAttempts,
    /// Anything else.
    Unknown,
}

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Actor {
    Operator,
    Merchant,
    AliExpress,
}

impl Actor {
    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Operator => Key::ActorOperator,
            Self::Merchant => Key::ActorMerchant,
            Self::AliExpress => Key::ActorAliexpress,
        }
    }
}

impl ProblemKind {
    /// From a code of the gateway or of this service. Unknown codes give [`Self::Unknown`].
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        match code {
            "not_configured" => Self::NotConfigured,
            "not_connected" | "unknown_connection" | "disconnected" => Self::NotConnected,
            "no_default_connection" => Self::NoDefault,
            "reauthorization_required"
            | "IllegalAccessToken"
            | "IllegalRefreshToken"
            | "26"
            | "27" => Self::Reauthorize,
            "isv.account-migration-check-fail" => Self::Reauthorize,
            "dns" | "connect" | "tls" | "unreachable" => Self::Unreachable,
            "timeout" | "ServiceTimeout" => Self::Timeout,
            "ServiceUnavailable" | "InternalError" | "UnexpectedError" | "10" => Self::GatewayDown,
            "NGSELECTION_SEARCH_ERROR" => Self::GatewayDown,
            "not_json" | "truncated" | "decode" => Self::BadAnswer,
            "ApiCallLimit" | "AppApiCallLimit" | "AppCallLimit" | "SellerCallLimit" | "7" => {
                Self::RateLimited(None)
            }
            "IncompleteSignature" | "InvalidSignature" | "24" | "25" => Self::Signature,
            "InvalidAppKey" | "InvalidAppkey" | "28" | "29" => Self::AppKey,
            "IllegalTimestamp" | "30" | "31" => Self::Clock,
            "InsufficientPermission" | "11" | "12" | "AUTH_TYPE_UNSUPPORTED" => Self::Permission,
            "AppWhiteIpLimit" => Self::AddressNotAllowed,
            "isv.insufficient-permission" | "isv.invalid-authorization" => Self::OtherAccount,
            "unknown_order" | "not_found" | "ITEM_ID_NOT_FOUND" | "605" | "product_not_found" => {
                Self::NotFound
            }
            // Gone since the page was shown.
            "unknown_product"
            | "unknown_intent"
            | "unknown_import"
            | "unknown_exchange_rate"
            | "unknown_price_rule"
            | "unknown_price_run" => Self::Overtaken,
            "not_sold_to_country" | "602" => Self::NotSold,
            "not_for_this_app" => Self::Permission,
            "gateway_unreachable" => Self::Unreachable,
            "gateway_unreadable" => Self::BadAnswer,
            "gateway_failed" => Self::GatewayDown,
            "gateway_busy" => Self::RateLimited(None),
            "invalid" | "invalid_parameter" => Self::Input,
            "storage" | "storage_failed" => Self::Storage,
            "refresh_busy" => Self::Busy,
            "catalogue_refused" | "not_awaiting_person" | "idempotency_key_used" => Self::Overtaken,
            "rate_limited" | "too_many_attempts" => Self::TooManyAttempts,
            other if other.starts_with("isp.") => Self::GatewayDown,
            _ => Self::Unknown,
        }
    }

    pub(crate) const fn what(self) -> Key {
        match self {
            Self::NotConfigured => Key::ProblemNotConfigured,
            Self::NotConnected => Key::ProblemNotConnected,
            Self::NoDefault => Key::ProblemNoDefault,
            Self::Reauthorize => Key::ProblemReauthorize,
            Self::Unreachable => Key::ProblemUnreachable,
            Self::Timeout => Key::ProblemTimeout,
            Self::GatewayDown => Key::ProblemGatewayDown,
            Self::BadAnswer => Key::ProblemBadAnswer,
            Self::RateLimited(_) => Key::ProblemRateLimited,
            Self::Signature => Key::ProblemSignature,
            Self::AppKey => Key::ProblemAppKey,
            Self::Clock => Key::ProblemClock,
            Self::Permission => Key::ProblemPermission,
            Self::AddressNotAllowed => Key::ProblemAddressNotAllowed,
            Self::OtherAccount => Key::ProblemOtherAccount,
            Self::NotFound => Key::ProblemNotFound,
            Self::NotSold => Key::ProblemNotSold,
            Self::Input => Key::ProblemInput,
            Self::Storage => Key::ProblemStorage,
            Self::Busy => Key::ProblemBusy,
            Self::Overtaken => Key::ProblemOvertaken,
            Self::TooManyAttempts => Key::ProblemTooManyAttempts,
            Self::Unknown => Key::ProblemUnknown,
        }
    }

    pub(crate) const fn fix(self) -> Key {
        match self {
            Self::NotConfigured => Key::FixNotConfigured,
            Self::NotConnected => Key::FixNotConnected,
            Self::NoDefault => Key::FixNoDefault,
            Self::Reauthorize => Key::FixReauthorize,
            Self::Unreachable => Key::FixUnreachable,
            Self::Timeout | Self::GatewayDown => Key::FixTryLater,
            Self::BadAnswer => Key::FixBadAnswer,
            Self::RateLimited(Some(_)) => Key::FixWaitSeconds,
            Self::RateLimited(None) | Self::TooManyAttempts => Key::FixWait,
            Self::Signature => Key::FixSignature,
            Self::AppKey => Key::FixAppKey,
            Self::Clock => Key::FixClock,
            Self::Permission => Key::FixPermission,
            Self::AddressNotAllowed => Key::FixAddressNotAllowed,
            Self::OtherAccount => Key::FixOtherAccount,
            Self::NotFound => Key::FixNotFound,
            Self::NotSold => Key::FixNotSold,
            Self::Input => Key::FixInput,
            Self::Storage => Key::FixStorage,
            Self::Busy => Key::FixBusy,
            Self::Overtaken => Key::FixOvertaken,
            Self::Unknown => Key::FixUnknown,
        }
    }

    pub(crate) const fn actor(self) -> Actor {
        match self {
            Self::NotConfigured
            | Self::Unreachable
            | Self::Signature
            | Self::AppKey
            | Self::Clock
            | Self::Permission
            | Self::AddressNotAllowed
            | Self::Storage => Actor::Operator,
            Self::Timeout | Self::GatewayDown | Self::BadAnswer => Actor::AliExpress,
            _ => Actor::Merchant,
        }
    }

    /// Sending the same again can help.
    pub(crate) const fn can_retry(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::Timeout
                | Self::GatewayDown
                | Self::BadAnswer
                | Self::RateLimited(_)
                | Self::Busy
                | Self::Unknown
        )
    }

    /// The way on is the Authentication tab.
    pub(crate) const fn leads_to_sign_in(self) -> bool {
        matches!(
            self,
            Self::NotConfigured
                | Self::NotConnected
                | Self::NoDefault
                | Self::Reauthorize
                | Self::Signature
                | Self::AppKey
                | Self::Permission
        )
    }
}

impl Problem {
    /// A problem by its code alone.
    #[must_use]
    pub fn from_code(code: impl Into<String>) -> Self {
        let code = code.into();
        Self {
            kind: ProblemKind::from_code(&code),
            code,
            upstream: None,
            request_id: None,
        }
    }
}
