//! What can go wrong in a use case, in words for the person who can mend it.
//!
//! Policy: the SDK and the store each have their own error types; a use case turns them into this
//! one enum; `smartlinks-server` maps it to a problem document and the command line prints it, each
//! in exactly one place. A text of the gateway is passed on as data and escaped where it is shown.

use aliexpress::{Class, Error as GatewayError};
use smartlinks_store::{ConnectionId, StoreError};

use crate::app::ConfigProblem;
use crate::connect::{LinkRefusal, Refusal};
use crate::operators::OidcRefusal;
use crate::placing::OrderProblem;
use crate::pushes::PushRefusal;
use crate::scope::Scope;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// App key, secret or callback address is missing or malformed.
    #[error("{0}")]
    NotConfigured(ConfigProblem),
    /// Nothing is connected yet, so there is no default connection.
    #[error("no AliExpress account is connected yet")]
    NotConnected,
    /// Accounts are connected, but none is the default one.
    #[error("no connection is the default one")]
    NoDefault,
    /// The id names no connection of ours.
    #[error("there is no connection {0}")]
    UnknownConnection(String),
    /// The connection was disconnected on purpose; its tokens are gone.
    #[error("connection {0} was disconnected")]
    Disconnected(ConnectionId),
    /// The account has to be authorised again by a person.
    #[error("connection {id} has to be authorised again: {reason}")]
    ReauthorizationRequired {
        /// Which connection.
        id: ConnectionId,
        /// The stable reason, for example `refresh_token_refused`.
        reason: String,
    },
    /// No token with the asked remaining life could be had.
    #[error("the access token of {id} works for another {left} s, {wanted} s were asked for")]
    TooShortLived {
        /// Which connection.
        id: ConnectionId,
        /// Seconds the token still works.
        left: i64,
        /// Seconds that were asked for.
        wanted: i64,
    },
    /// Another process holds the refresh of this connection and has not finished in time.
    #[error("another process is refreshing {0} and has not finished yet")]
    RefreshBusy(ConnectionId),
    /// The sign-in came back wrong; the refusal says how.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// A connect link opens nothing; the refusal says why.
    #[error("{0}")]
    LinkRefused(#[from] LinkRefusal),
    /// The id names no connect link of ours.
    #[error("there is no connect link {0}")]
    UnknownLink(String),
    /// A message that is said to be of AliExpress is not.
    #[error("{0}")]
    PushRefused(#[from] PushRefusal),
    /// The gateway, or the way to it, failed.
    #[error("{0}")]
    Gateway(#[source] Box<GatewayError>),
    /// Running instances lack a key that they would need.
    #[error("key {key} is not held by: {}", instances.join(", "))]
    KeyNotEverywhere {
        /// The key.
        key: String,
        /// Their names.
        instances: Vec<String>,
    },
    /// The database failed.
    #[error("{0}")]
    Storage(#[from] StoreError),
    /// A value of the caller is not usable.
    #[error("{field}: {message}")]
    Invalid {
        /// The parameter, as the caller named it.
        field: &'static str,
        /// What was found and what is accepted.
        message: String,
    },
    /// The account is connected already, with a pair that we hold and renew.
    #[error("connection {0} already holds a working pair for this account")]
    NewerPairHeld(ConnectionId),
    /// The order is not among the known ones.
    #[error("order {0} is not known here")]
    UnknownOrder(String),
    /// The product is not in the catalogue.
    #[error("there is no product {0} in the catalogue")]
    UnknownProduct(String),
    /// The id names no price rule of ours.
    #[error("there is no price rule {0}")]
    UnknownRule(String),
    /// The id names no price run of ours.
    #[error("there is no price run {0}")]
    UnknownRun(String),
    /// The id names no import of ours.
    #[error("there is no import {0}")]
    UnknownImport(String),
    /// Nobody has entered what a currency is worth in another.
    #[error("no exchange rate from {from} to {to} was entered")]
    UnknownRate {
        /// ISO 4217.
        from: String,
        /// ISO 4217.
        to: String,
    },
    /// Something of the catalogue is not in a state for what was asked.
    #[error("not possible now: {0}")]
    CatalogueRefused(String),
    /// The id names no order intent of ours.
    #[error("there is no order intent {0}")]
    UnknownIntent(String),
    /// An idempotency key was given with another order before.
    #[error("this Idempotency-Key was used for another order")]
    IdempotencyKeyUsed,
    /// Something stands in the way of an order. Nothing was sent.
    #[error("the order cannot be placed: {}", in_words(_0))]
    NotPlaceable(Vec<OrderProblem>),
    /// What an order would be is not what was seen. Nothing was sent.
    #[error("prices, deliveries or the total have changed since the preview")]
    PreviewChanged,
    /// Only intents that wait for a person can be decided.
    #[error("the intent does not wait for a person: it is {0}")]
    NotAwaitingPerson(String),
    /// The id names no API key of ours.
    #[error("there is no API key {0}")]
    UnknownApiKey(String),
    /// A key may only pass on what it may do itself.
    #[error("whoever makes a key with the scope {0} has to hold it, and this key does not")]
    ScopeNotHeld(Scope),
    /// So many keys are valid that no more are made.
    #[error("{0} API keys are valid already, and that is the most there can be")]
    TooManyApiKeys(u32),
    /// The id names no webhook endpoint of ours.
    #[error("there is no webhook endpoint {0}")]
    UnknownWebhook(String),
    /// The id names no delivery of ours.
    #[error("there is no webhook delivery {0}")]
    UnknownDelivery(String),
    /// An endpoint or a delivery is not in a state for what was asked.
    #[error("not possible now: {0}")]
    WebhookRefused(String),
    /// The method may not be called this way.
    #[error("{method} is not called here: {why}")]
    CallRefused {
        /// The gateway method.
        method: String,
        /// Why it is refused.
        why: String,
    },
    /// A token file could not be read or written.
    #[error("token file {path}: {message}")]
    TokenFile {
        /// Which file.
        path: String,
        /// What happened.
        message: String,
    },
    /// There is no operator of this name.
    #[error("there is no operator {0}")]
    UnknownOperator(String),
    /// Another operator has this name.
    #[error("there is an operator {0} already")]
    OperatorExists(String),
    /// The operator may not sign in.
    #[error("operator {0} is disabled")]
    OperatorDisabled(String),
    /// Name or password is wrong; which of the two is not said.
    #[error("name or password is wrong")]
    WrongPassword,
    /// Somebody has tried too often.
    #[error("too many attempts; the next one is allowed in {seconds} s")]
    TooManyAttempts {
        /// Seconds until the next attempt.
        seconds: u64,
    },
    /// The one-time link opens nothing, or nothing any more.
    #[error("the link was used already, or its time is over")]
    LinkSpent,
    /// Nobody has said which OpenID Connect provider operators sign in with.
    #[error("no OpenID Connect provider is configured")]
    NoIdentityProvider,
    /// A sign-in with the provider ended badly; the refusal says how.
    #[error("{0}")]
    OidcRefused(#[source] Box<OidcRefusal>),
    /// The identity is linked to another operator.
    #[error("{0} is linked to another operator already")]
    IdentityTaken(String),
    /// Randomness or a task of the runtime failed: nothing a caller can mend.
    #[error("internal error: {0}")]
    Internal(String),
}

fn in_words(problems: &[OrderProblem]) -> String {
    let details: Vec<&str> = problems.iter().map(|it| it.detail.as_str()).collect();
    details.join("; ")
}

/// Whether and when the same request is worth repeating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Repeating changes nothing.
    No,
    /// A moment later, with back-off.
    Later,
    /// Not before this many seconds.
    After(u64),
}

impl From<GatewayError> for Error {
    fn from(error: GatewayError) -> Self {
        Self::Gateway(Box::new(error))
    }
}

impl From<OidcRefusal> for Error {
    fn from(refusal: OidcRefusal) -> Self {
        Self::OidcRefused(Box::new(refusal))
    }
}

impl Error {
    /// A refused value of the caller.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            message: message.into(),
        }
    }

    /// The stable name of the failure, for programs.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::NotConfigured(_) => "not_configured",
            Self::NotConnected => "not_connected",
            Self::NoDefault => "no_default_connection",
            Self::UnknownConnection(_) => "unknown_connection",
            Self::Disconnected(_) => "disconnected",
            Self::ReauthorizationRequired { .. } => "reauthorization_required",
            Self::TooShortLived { .. } => "token_too_short_lived",
            Self::RefreshBusy(_) => "refresh_busy",
            Self::Refused(refusal) => refusal.code(),
            Self::LinkRefused(refusal) => refusal.code(),
            Self::UnknownLink(_) => "unknown_link",
            Self::PushRefused(refusal) => refusal.code(),
            Self::Gateway(error) => gateway_code(error),
            Self::KeyNotEverywhere { .. } => "key_not_everywhere",
            Self::Storage(_) => "storage_failed",
            Self::Invalid { .. } => "invalid_parameter",
            Self::NewerPairHeld(_) => "newer_pair_held",
            Self::UnknownOrder(_) => "unknown_order",
            Self::UnknownProduct(_) => "unknown_product",
            Self::UnknownRule(_) => "unknown_price_rule",
            Self::UnknownRun(_) => "unknown_price_run",
            Self::UnknownImport(_) => "unknown_import",
            Self::UnknownRate { .. } => "unknown_exchange_rate",
            Self::CatalogueRefused(_) => "catalogue_refused",
            Self::UnknownIntent(_) => "unknown_intent",
            Self::IdempotencyKeyUsed => "idempotency_key_used",
            Self::NotPlaceable(_) => "not_placeable",
            Self::PreviewChanged => "preview_changed",
            Self::NotAwaitingPerson(_) => "not_awaiting_person",
            Self::UnknownApiKey(_) => "unknown_api_key",
            Self::ScopeNotHeld(_) => "scope_not_held",
            Self::TooManyApiKeys(_) => "too_many_api_keys",
            Self::UnknownWebhook(_) => "unknown_webhook",
            Self::UnknownDelivery(_) => "unknown_delivery",
            Self::WebhookRefused(_) => "webhook_refused",
            Self::CallRefused { .. } => "call_refused",
            Self::TokenFile { .. } => "token_file",
            Self::UnknownOperator(_) => "unknown_operator",
            Self::OperatorExists(_) => "operator_exists",
            Self::OperatorDisabled(_) => "operator_disabled",
            Self::WrongPassword => "wrong_password",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::LinkSpent => "link_spent",
            Self::NoIdentityProvider => "no_identity_provider",
            Self::OidcRefused(refusal) => refusal.code(),
            Self::IdentityTaken(_) => "identity_taken",
            Self::Internal(_) => "internal",
        }
    }

    /// What to do about it, and who can.
    #[must_use]
    pub fn fix(&self) -> String {
        match self {
            Self::NotConfigured(problem) => problem.fix.clone(),
            Self::NotConnected => {
                "Open /aliexpress, tab Authentication, and authorise an account; or run `smartlinks auth login`.".into()
            }
            Self::NoDefault => {
                "Choose one on the tab Authentication, or with `smartlinks connections default ID`; or name one in the request.".into()
            }
            Self::UnknownConnection(_) => "List the connections and use one of their ids.".into(),
            Self::Disconnected(_) | Self::ReauthorizationRequired { .. } => {
                "Open /aliexpress, tab Authentication, and authorise the account again; or run `smartlinks auth login`.".into()
            }
            Self::TooShortLived { .. } => "Ask for less, or authorise the account again.".into(),
            Self::RefreshBusy(_) => "Repeat the request in a few seconds.".into(),
            Self::Refused(refusal) => refusal.fix().into(),
            Self::LinkRefused(_) => "Ask whoever sent the link for a new one.".into(),
            Self::UnknownLink(_) => "List the connect links and use one of their ids.".into(),
            Self::PushRefused(refusal) => refusal.fix().into(),
            Self::Gateway(error) => error.advice().fix.into(),
            Self::KeyNotEverywhere { .. } => {
                "Copy the key file there (mode 600); it is read without a restart within a second. One that has ended without saying so is forgotten after a minute. With --even-without they are left behind: they cannot read what others seal until they get it, and what they renew meanwhile can be lost.".into()
            }
            Self::Storage(_) => "Mend what the message names, then repeat the request; nothing stored was lost.".into(),
            Self::Invalid { .. } => "Correct the value and repeat the request.".into(),
            Self::NewerPairHeld(_) => {
                "Nothing needs to be imported. If the file is the better one all the same, import it with --replace.".into()
            }
            Self::UnknownOrder(_) => {
                "Add the order by its AliExpress number first (tab Orders, or `smartlinks orders import ID`).".into()
            }
            Self::UnknownProduct(_) => {
                "List the catalogue and use the id (`prod_…`) of one of its products, or import the product first.".into()
            }
            Self::UnknownRule(_) => "List the price rules and use one of their ids.".into(),
            Self::UnknownRun(_) => "Make a new dry run; they are kept for 30 days.".into(),
            Self::UnknownImport(_) => "List the imports and use one of their ids; they are kept for 30 days.".into(),
            Self::UnknownRate { .. } => "List the exchange rates; one that is not there needs no removal.".into(),
            Self::CatalogueRefused(_) => "Do what the message says, then repeat the request.".into(),
            Self::UnknownIntent(_) => "List the order intents and use one of their ids.".into(),
            Self::IdempotencyKeyUsed => "Read what became of the order of that key first (`GET /api/aliexpress/order-intents`, `smartlinks orders intents`); only an order that is wanted besides it needs another key.".into(),
            Self::NotPlaceable(problems) => match &problems[..] {
                [one] => one.fix.clone(),
                _ => "Mend each of the problems; a preview shows them one by one.".into(),
            },
            Self::PreviewChanged => "Look at a new preview, and place the order with its `preview`.".into(),
            Self::NotAwaitingPerson(_) => "Nothing is to be decided; read the intent to see what became of it.".into(),
            Self::UnknownApiKey(_) => "List the keys (`smartlinks api-keys list`) and use one of their ids.".into(),
            Self::ScopeNotHeld(_) => {
                "Leave the scope out, or make the key on the page or with `smartlinks api-keys create`.".into()
            }
            Self::TooManyApiKeys(_) => "Revoke keys that are no longer used.".into(),
            Self::UnknownWebhook(_) => {
                "List the endpoints (page Webhooks, or `smartlinks webhooks list`) and use one of their ids.".into()
            }
            Self::UnknownDelivery(_) => {
                "List the deliveries of its endpoint; those that ended are kept for 30 days.".into()
            }
            Self::WebhookRefused(_) => "Do what the message says, then repeat the request.".into(),
            Self::CallRefused { .. } => "Call read methods only; orders go through `orders`.".into(),
            Self::TokenFile { .. } => "Check the path and its permissions.".into(),
            Self::UnknownOperator(_) => "List them with `smartlinks operators list`.".into(),
            Self::OperatorExists(_) => "Choose another name, or make a new link with `smartlinks operators link NAME`.".into(),
            Self::OperatorDisabled(_) => "Let the operator in again first: `smartlinks operators enable NAME`.".into(),
            Self::WrongPassword => "Try again, or have a new link made with `smartlinks operators link NAME`.".into(),
            Self::TooManyAttempts { .. } => "Wait, then try again.".into(),
            Self::LinkSpent => "Have a new one made: `smartlinks operators link NAME`, or a restart while there is no operator.".into(),
            Self::NoIdentityProvider => {
                "Sign in with name and password, or set SMARTLINKS_OIDC_ISSUER and what belongs to it (docs/deploy.md).".into()
            }
            Self::OidcRefused(refusal) => refusal.fix().into(),
            Self::IdentityTaken(_) => {
                "Link that operator to another subject first; the audit log says which one it is (`operator.identity_linked`).".into()
            }
            Self::Internal(_) => "Repeat the request; if it stays, send the request id to whoever runs this server.".into(),
        }
    }

    /// Whether repeating helps.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::RefreshBusy(_) => Retry::After(2),
            Self::TooManyAttempts { seconds } => Retry::After(*seconds),
            Self::Gateway(error) => match error.advice().class {
                Class::Retry => Retry::Later,
                Class::Wait { seconds } => Retry::After(seconds),
                _ => Retry::No,
            },
            Self::Storage(_) | Self::Internal(_) => Retry::Later,
            _ => Retry::No,
        }
    }

    /// Nothing goes on until somebody has done something about the account or the settings.
    pub(crate) const fn waits_for_a_person(&self) -> bool {
        matches!(
            self,
            Self::NotConfigured(_)
                | Self::NotConnected
                | Self::NoDefault
                | Self::Disconnected(_)
                | Self::ReauthorizationRequired { .. }
        )
    }

    /// The request id that the gateway gave, for its support.
    #[must_use]
    pub fn gateway_request_id(&self) -> Option<&str> {
        match self {
            Self::Gateway(error) => error.request_id(),
            Self::Refused(refusal) => refusal
                .gateway
                .as_deref()
                .and_then(GatewayError::request_id),
            _ => None,
        }
    }
}

/// Our name for the class of a gateway failure; the gateway's own code stands in the detail.
fn gateway_code(error: &GatewayError) -> &'static str {
    match error {
        GatewayError::Request(_) => "invalid_parameter",
        GatewayError::Token(_) => "no_access_token",
        GatewayError::Transport(_) => "gateway_unreachable",
        GatewayError::NotJson { .. }
        | GatewayError::Truncated { .. }
        | GatewayError::Decode { .. } => "gateway_unreadable",
        GatewayError::Http { .. } => "gateway_failed",
        // The three answers about a product that a person has to be able to tell apart.
        GatewayError::Business(answer) if answer.method.ends_with("ds.product.get") => {
            match answer.code.as_str() {
                "605" => "product_not_found",
                "602" => "not_sold_to_country",
                _ => "gateway_refused",
            }
        }
        GatewayError::Business(answer)
            if answer.method.ends_with("ds.freight.query") && answer.code == "505" =>
        {
            "no_delivery"
        }
        GatewayError::Business(_) => "gateway_refused",
        GatewayError::Gateway(answer) if answer.code == "InsufficientPermission" => {
            "not_for_this_app"
        }
        other => match other.advice().class {
            Class::Wait { .. } => "gateway_busy",
            Class::Retry => "gateway_failed",
            _ => "gateway_refused",
        },
    }
}
