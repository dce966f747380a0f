#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

pub mod affiliate;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod bench_support;
mod call;
pub mod catalogue;
mod client;
mod clock;
mod credentials;
mod decode;
pub mod dropshipping;
mod envelope;
mod error;
pub mod errors;
mod gateway_url;
mod jitter;
mod money;
mod oauth;
mod observer;
mod pacific;
mod policy;
pub mod push;
mod redact;
mod secrets;
pub mod shapes;
pub mod sign;
pub mod system;
mod token_pair;
mod token_source;
mod transport;

pub use affiliate::Affiliate;
pub use client::{Client, ClientBuilder, RawAnswer};
pub use clock::{Clock, SystemClock, Timer, TokioTimer};
pub use credentials::{
    AccessToken, AppKey, AppSecret, AuthorizationCode, CredentialError, RefreshToken,
};
pub use dropshipping::Dropshipping;
pub use error::{Attempts, BusinessError, Error, GatewayError, Held, HeldReason, RequestError};
pub use errors::{Actor, Advice, Class, Effect};
pub use gateway_url::{GatewayUrl, GatewayUrlError};
pub use jitter::{Jitter, RandomJitter};
pub use money::Money;
pub use oauth::{AuthorizePage, OAuth};
pub use observer::{Attempt, Observer};
pub use policy::{BudgetShares, BudgetUse, Policy};
pub use system::System;
pub use token_pair::{TokenAccount, TokenPair};
pub use token_source::{TokenSource, TokenSourceError};
#[cfg(feature = "reqwest")]
pub use transport::reqwest::{ReqwestTransport, Roots, TransportOptions};
pub use transport::{
    EncodedBody, FilePart, HttpRequest, HttpResponse, TimeoutPhase, Transport, TransportError,
    TransportErrorKind,
};
