//! The provider with which operators may sign in too, where one is configured and this program can talk to it.

use std::sync::Arc;

use aliexpress::Clock;
use smartlinks_core::IdentityProvider;

use crate::config::Oidc;
use crate::failure::Failure;

/// `origin` is where people reach the page, without a path.
#[cfg(feature = "oidc")]
pub(super) fn provider(
    settings: Oidc,
    origin: &str,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn IdentityProvider>, Failure> {
    use smartlinks_core::{Error, OidcProvider, OidcSettings};

    let callback = format!("{origin}{}", smartlinks_server::OIDC_CALLBACK);
    let redirect_uri = callback
        .parse()
        .map_err(|error| Error::invalid("redirect_uri", format!("{callback}: {error}")))?;
    let provider = OidcProvider::new(
        OidcSettings {
            issuer: settings.issuer,
            client_id: settings.client_id,
            client_secret: settings.client_secret,
            redirect_uri,
        },
        clock,
    )?;
    tracing::info!(
        redirect_uri = callback,
        "operators may sign in with the identity provider, where this redirect address has to be registered"
    );
    Ok(Arc::new(provider))
}

/// This program was built without.
#[cfg(not(feature = "oidc"))]
pub(super) fn provider(
    settings: Oidc,
    _origin: &str,
    _clock: Arc<dyn Clock>,
) -> Result<Arc<dyn IdentityProvider>, Failure> {
    use crate::config::setting::OIDC_ISSUER;

    Err(Failure::usage(
        "oidc_not_built_in",
        format!(
            "{} names {}, and this program was built without OpenID Connect",
            OIDC_ISSUER.variable, settings.issuer
        ),
    )
    .hint(
        "Build it with `cargo build --release --features oidc`, or unset the setting: operators then sign in with \
         passwords.",
    ))
}
