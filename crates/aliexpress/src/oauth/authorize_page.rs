use url::Url;

use super::OAuth;
use crate::{HttpResponse, Transport, TransportError};

/// An address that no app has registered: the domain is reserved and cannot exist.
const NOT_REGISTERED: &str = "https://not-registered.invalid/aliexpress/callback";

/// Words with which the page refuses an app that it does not know.
const UNKNOWN_APP: [&str; 2] = ["param-appkey.not.exists", "param-clientid.null"];

/// Words with which it refuses a callback address.
const OTHER_CALLBACK: [&str; 2] = ["redirect-uri.mismatch", "redirect-uri.invalid"];

/// How the authorize page answers to a callback address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizePage {
    /// It asks people to sign in, and answers otherwise to an address that is not registered.
    Accepted,
    /// It refuses the callback address: another one is registered.
    OtherCallback,
    /// It does not know the app key.
    UnknownApp,
    /// It answers the same to a right and to a wrong address, or in a way that is not understood.
    Unclear,
}

pub(super) async fn look(
    oauth: &OAuth<'_>,
    transport: &dyn Transport,
    redirect_uri: &Url,
) -> Result<AuthorizePage, TransportError> {
    // The state is nobody's: a sign-in that somebody finished here would be refused when it comes back.
    let page = |callback: &Url| oauth.authorize_url(callback, "only-looking");
    let ours = transport.look(page(redirect_uri)).await?;
    if let Some(refused) = refusal(&ours) {
        return Ok(refused);
    }
    if ours.status >= 400 {
        return Ok(AuthorizePage::Unclear);
    }
    let Ok(stranger) = Url::parse(NOT_REGISTERED) else {
        return Ok(AuthorizePage::Unclear);
    };
    let other = transport.look(page(&stranger)).await?;
    let told_apart = refusal(&other) == Some(AuthorizePage::OtherCallback) || other.status >= 400;
    Ok(if told_apart && other.status < 500 {
        AuthorizePage::Accepted
    } else {
        AuthorizePage::Unclear
    })
}

fn refusal(page: &HttpResponse) -> Option<AuthorizePage> {
    let text = String::from_utf8_lossy(&page.body);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&UNKNOWN_APP) {
        Some(AuthorizePage::UnknownApp)
    } else if says(&OTHER_CALLBACK) {
        Some(AuthorizePage::OtherCallback)
    } else {
        None
    }
}
