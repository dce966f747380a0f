//! The flags of the settings. They hold text as typed; `config` reads and checks it, so that a wrong value is
//! reported in the same words wherever it came from.

use clap::Args;

/// Where the old program kept its token file.
const OLD_TOKEN_FILE: &str = "external_scrapers/aliexpress_token.json";

/// One flag for each setting that has one.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingFlags {
    /// Configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) config: Option<String>,

    /// Work with the built-in sandbox and made-up data, apart from everything real
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,

    /// Where the sandbox listens; loopback only, port 0 for any free one
    #[arg(long, global = true, value_name = "ADDRESS", hide_short_help = true)]
    pub(crate) sandbox_listen: Option<String>,

    /// Where page and API listen; port 0 for any free one. On other addresses than loopback an operator and
    /// --public-url are needed
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,

    /// Folder for database and keys
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<String>,

    /// Gateway of AliExpress: https, or http on this machine
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub(crate) gateway: Option<String>,

    /// Address at which people reach the page through a tunnel or proxy that does TLS and passes Host and Origin on
    /// unchanged
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub(crate) public_url: Option<String>,

    /// Address or network (10.0.0.0/24) of the proxy in front, whose X-Forwarded-For counts; may be repeated
    #[arg(long, global = true, value_name = "ADDRESS", hide_short_help = true)]
    pub(crate) trusted_proxy: Vec<String>,

    /// File with the keys that seal stored tokens
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) key_file: Option<String>,

    /// Keep the default connection's tokens in this file too, for scripts that read it; without a value in
    /// external_scrapers/aliexpress_token.json
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    #[arg(num_args = 0..=1, default_missing_value = OLD_TOKEN_FILE)]
    pub(crate) token_file: Option<String>,

    /// Country that goods are sent to, two letters
    #[arg(long, global = true, value_name = "COUNTRY", hide_short_help = true)]
    pub(crate) ship_to: Option<String>,

    /// Currency of prices, three letters
    #[arg(long, global = true, value_name = "CURRENCY", hide_short_help = true)]
    pub(crate) currency: Option<String>,

    /// Language of titles and delivery texts: fr or en
    #[arg(long, global = true, value_name = "LANGUAGE", hide_short_help = true)]
    pub(crate) language: Option<String>,

    /// Origin that a sign-in may return to besides our own pages; may be repeated
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub(crate) return_origin: Vec<String>,

    /// Whether `serve` renews tokens by itself: on or off
    #[arg(long, global = true, value_name = "SWITCH", hide_short_help = true)]
    pub(crate) background_refresh: Option<String>,

    /// Whether webhooks may go to private addresses and over http: on or off; only where whoever may name a webhook
    /// may reach your network anyway
    #[arg(long, global = true, value_name = "SWITCH", hide_short_help = true)]
    pub(crate) webhook_private: Option<String>,

    /// What is logged to stderr: error, warn, info, debug, trace, or a filter such as info,sqlx=warn
    #[arg(long, global = true, value_name = "FILTER", hide_short_help = true)]
    pub(crate) log: Option<String>,

    /// Form of the log: text or json
    #[arg(long, global = true, value_name = "FORM", hide_short_help = true)]
    pub(crate) log_format: Option<String>,
}

impl SettingFlags {
    /// What was typed for a flag (without its dashes); `None` when it was not typed.
    pub(crate) fn values(&self, flag: &str) -> Option<Vec<String>> {
        let one = |value: &Option<String>| value.clone().map(|value| vec![value]);
        match flag {
            "sandbox" => self.sandbox.then(|| vec!["on".to_owned()]),
            "sandbox-listen" => one(&self.sandbox_listen),
            "listen" => one(&self.listen),
            "data-dir" => one(&self.data_dir),
            "gateway" => one(&self.gateway),
            "public-url" => one(&self.public_url),
            "trusted-proxy" => Some(self.trusted_proxy.clone()).filter(|values| !values.is_empty()),
            "key-file" => one(&self.key_file),
            "token-file" => one(&self.token_file),
            "ship-to" => one(&self.ship_to),
            "currency" => one(&self.currency),
            "language" => one(&self.language),
            "return-origin" => Some(self.return_origin.clone()).filter(|values| !values.is_empty()),
            "background-refresh" => one(&self.background_refresh),
            "webhook-private" => one(&self.webhook_private),
            "log" => one(&self.log),
            "log-format" => one(&self.log_format),
            _ => None,
        }
    }
}
