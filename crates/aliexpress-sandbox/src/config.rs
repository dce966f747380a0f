//! What a sandbox is started with.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::SandboxError;

/// Which clock a request's `timestamp` is held against. Lifetimes always follow virtual time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckTimestamp {
    /// The machine's time: right when the client under test does not share the sandbox's clock.
    #[default]
    Real,
    /// The sandbox's clock: right when client and sandbox share it.
    Virtual,
}

/// Start parameters. `SandboxConfig::default()` is app `500100` with secret `sandbox-secret`.
#[derive(Clone)]
pub struct SandboxConfig {
    /// The app key that requests must carry.
    pub app_key: String,
    /// The app secret that requests must be signed with.
    pub app_secret: String,
    /// The registered callback. When set, a `redirect_uri` must equal it to the letter.
    pub callback_url: Option<String>,
    /// Where push messages go. Without it none are made. Nothing else names an address for them.
    pub push_url: Option<String>,
    /// How many products the catalogue holds. From 64 on, the promised search words are complete.
    pub products: u32,
    /// What titles, prices and stock are computed from.
    pub seed: u64,
    /// Origin used in picture and item addresses, and (until [`crate::Sandbox::serve`] is called) the
    /// source of the port that `Host` must name.
    pub base_url: String,
    /// Folder for `sandbox.json`. Without it nothing is written and everything ends with the process.
    pub state_dir: Option<PathBuf>,
    /// Clock for the `timestamp` check. Part of the profile: a stored profile wins over it.
    pub check_timestamp: CheckTimestamp,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            app_key: "500100".to_owned(),
            app_secret: "sandbox-secret".to_owned(),
            callback_url: None,
            push_url: None,
            products: 500,
            seed: 1,
            base_url: "http://127.0.0.1:8090".to_owned(),
            state_dir: None,
            check_timestamp: CheckTimestamp::Real,
        }
    }
}

impl SandboxConfig {
    pub(crate) fn validate(&self) -> Result<(), SandboxError> {
        if self.app_key.is_empty() || !self.app_key.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SandboxError::config("app_key", "it must be decimal digits"));
        }
        if self.app_secret.is_empty() || self.app_secret.trim() != self.app_secret {
            return Err(SandboxError::config(
                "app_secret",
                "it must not be empty or start or end with white space",
            ));
        }
        if self.products == 0 || self.products > 1_000_000 {
            return Err(SandboxError::config("products", "it must be 1 to 1000000"));
        }
        if let Some(callback) = &self.callback_url {
            web_address("callback_url", callback)?;
        }
        if let Some(push) = &self.push_url {
            web_address("push_url", push)?;
        }
        web_address("base_url", &self.base_url)?;
        Ok(())
    }
}

/// Accepts an absolute `http` or `https` address.
pub(crate) fn web_address(field: &'static str, text: &str) -> Result<Url, SandboxError> {
    let url = Url::parse(text)
        .map_err(|error| SandboxError::config(field, format!("{text:?} is no address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(SandboxError::config(
            field,
            format!("{text:?} must be http or https"),
        ));
    }
    Ok(url)
}

impl fmt::Debug for SandboxConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SandboxConfig")
            .field("app_key", &self.app_key)
            .field("app_secret", &"[redacted]")
            .field("callback_url", &self.callback_url)
            .field("push_url", &self.push_url)
            .field("products", &self.products)
            .field("seed", &self.seed)
            .field("base_url", &self.base_url)
            .field("state_dir", &self.state_dir)
            .field("check_timestamp", &self.check_timestamp)
            .finish()
    }
}
