//! The web page: what it shows, in which words and with which files. Routes and use of the service
//! stand beside this, in the handlers.

pub mod assets;
pub mod format;
mod handlers;
pub mod i18n;
pub mod views;

pub use handlers::OIDC_CALLBACK;
pub(crate) use handlers::{error, routes};
