mod authorize_page;

use url::Url;

use crate::call::{Authority, Exchange, Form};
use crate::token_pair::TokenAnswer;
pub use authorize_page::AuthorizePage;

use crate::{AuthorizationCode, Client, Error, RefreshToken, TokenPair, TransportError};

/// Signing people in: the authorize page and the four token endpoints.
///
/// Made by [`Client::oauth`]. None of these calls sends an access token, and every secret travels in the form body.
///
/// Reference: openservice.aliexpress.com, "Authorize your APP" (docId 1590), "Create token" (1592), "Refresh token"
/// (1593), and the System Tool group of the API reference.
#[derive(Debug, Clone, Copy)]
pub struct OAuth<'c> {
    client: &'c Client,
}

impl<'c> OAuth<'c> {
    pub(crate) fn new(client: &'c Client) -> Self {
        Self { client }
    }

    /// Where to send the browser: `/oauth/authorize` on the gateway's host.
    ///
    /// `redirect_uri` must be the app's callback URL exactly as registered in the app console. `state` comes back with
    /// the code; it should be random and used once. The page asks for a fresh login (`force_auth=true`), so that the
    /// person chooses the account instead of the browser's old session.
    ///
    /// Source: "Seller authorization introduction", openservice.aliexpress.com (docId 1364).
    #[must_use]
    pub fn authorize_url(&self, redirect_uri: &Url, state: &str) -> Url {
        let mut url = self.client.gateway().with_path("/oauth/authorize");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("force_auth", "true")
            .append_pair("client_id", self.client.app_key().as_str())
            .append_pair("redirect_uri", redirect_uri.as_str())
            .append_pair("state", state);
        url
    }

    /// Looks at the authorize page as it answers to this callback address, and to one that is certainly not registered,
    /// and compares the two. Nobody is signed in: the page is fetched without a cookie, and no redirect is followed.
    ///
    /// What AliExpress shows for a wrong address is not published, so the answer may be
    /// [`AuthorizePage::Unclear`].
    ///
    /// # Errors
    /// When the page cannot be fetched.
    pub async fn look_at_authorize_page(
        &self,
        redirect_uri: &Url,
    ) -> Result<AuthorizePage, TransportError> {
        authorize_page::look(self, self.client.transport(), redirect_uri).await
    }

    /// Trades the one-time code for a token pair (`/auth/token/create`, "generateToken").
    ///
    /// A code lives three minutes and can be spent once: do not repeat the call after an error whose
    /// [`effect`](Error::effect) is unknown, start the sign-in again.
    ///
    /// # Errors
    /// [`Error::Gateway`] with `InvalidCode`, `IncompleteSignature`, `InvalidAppkey`, `AUTH_TYPE_UNSUPPORTED` or
    /// `ServiceUnavailable`; the transport and decoding errors.
    pub async fn create(&self, code: &AuthorizationCode) -> Result<TokenPair, Error> {
        let request = self.client.system().token_create();
        request.code(code.clone()).send().await
    }

    /// Trades a refresh token for the next pair (`/auth/token/refresh`, "refreshToken").
    ///
    /// The answer may hold no refresh token: keep the old one then. Whether the old pair still works afterwards is not
    /// documented, so store the new one at once and let only one refresh of an account run at a time.
    ///
    /// # Errors
    /// [`Error::Gateway`] with `IllegalRefreshToken` (see [`Error::is_refused_refresh_token`]), `IllegalAccessToken` or
    /// `AUTH_TYPE_UNSUPPORTED`; the transport and decoding errors.
    pub async fn refresh(&self, refresh_token: &RefreshToken) -> Result<TokenPair, Error> {
        let request = self.client.system().token_refresh();
        request.refresh_token(refresh_token.clone()).send().await
    }

    /// [`create`](Self::create) through `/auth/token/security/create` ("generateSecurityToken"), which tells less about
    /// the account.
    ///
    /// # Errors
    /// As [`create`](Self::create), and `isv.402`.
    pub async fn security_create(&self, code: &AuthorizationCode) -> Result<TokenPair, Error> {
        let request = self.client.system().token_security_create();
        request.code(code.clone()).send().await
    }

    /// [`refresh`](Self::refresh) through `/auth/token/security/refresh` ("refreshSecurityToken").
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    pub async fn security_refresh(&self, refresh_token: &RefreshToken) -> Result<TokenPair, Error> {
        let request = self.client.system().token_security_refresh();
        request.refresh_token(refresh_token.clone()).send().await
    }
}

impl Client {
    /// Makes one call of a token endpoint and turns its answer into a pair.
    pub(crate) async fn exchange_tokens(&self, path: &str, form: Form) -> Result<TokenPair, Error> {
        // Before the call, not after it: a slow answer must not make a deadline look later than it is.
        let started = self.clock().now();
        let read = |exchange: Exchange| {
            let answer: TokenAnswer = exchange.decode_flat()?;
            answer.into_pair(started).ok_or_else(|| {
                exchange.undecodable("access_token".to_owned(), "is missing".to_owned())
            })
        };
        self.perform(path, form, Authority::App, read).await
    }
}
