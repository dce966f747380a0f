//! Every setting as data: flag, variables, key in the file, default and meaning. Look-up, help and the table in
//! the README all come from here.

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The long flag without dashes, where there is one. Secrets have none: command lines can be read by others.
    pub(crate) flag: Option<&'static str>,
    /// The variable.
    pub(crate) variable: &'static str,
    /// The key in the configuration file.
    pub(crate) key: &'static str,
    /// Whether the value is a secret: it then also comes from the file named by `<VARIABLE>_FILE`.
    pub(crate) secret: bool,
    /// What holds without it, in words.
    pub(crate) default: &'static str,
}

const fn flag(
    flag: &'static str,
    variable: &'static str,
    key: &'static str,
    default: &'static str,
) -> Setting {
    Setting {
        flag: Some(flag),
        variable,
        key,
        secret: false,
        default,
    }
}

pub(crate) const APP_KEY: Setting = Setting {
    flag: None,
    variable: "ALIEXPRESS_APP_KEY",
    key: "app_key",
    secret: false,
    default: "",
};
pub(crate) const APP_SECRET: Setting = Setting {
    flag: None,
    variable: "ALIEXPRESS_APP_SECRET",
    key: "app_secret",
    secret: true,
    default: "",
};
pub(crate) const CALLBACK_URL: Setting = Setting {
    flag: None,
    variable: "ALIEXPRESS_CALLBACK_URL",
    key: "callback_url",
    secret: false,
    default: "",
};
pub(crate) const DATABASE_URL: Setting = Setting {
    flag: None,
    variable: "DATABASE_URL",
    key: "database_url",
    secret: true,
    default: "SQLite in the data directory",
};
pub(crate) const GATEWAY: Setting = flag(
    "gateway",
    "ALIEXPRESS_GATEWAY_URL",
    "gateway_url",
    "https://api-sg.aliexpress.com",
);
pub(crate) const TOKEN_FILE: Setting = flag(
    "token-file",
    "ALIEXPRESS_TOKEN_FILE",
    "token_file",
    "not written",
);
pub(crate) const LISTEN: Setting = flag("listen", "SMARTLINKS_LISTEN", "listen", "127.0.0.1:8080");
pub(crate) const DATA_DIR: Setting = flag(
    "data-dir",
    "SMARTLINKS_DATA_DIR",
    "data_dir",
    "platform data directory + /smartlinks",
);
pub(crate) const PUBLIC_URL: Setting =
    flag("public-url", "SMARTLINKS_PUBLIC_URL", "public_url", "none");
pub(crate) const TRUSTED_PROXY: Setting = flag(
    "trusted-proxy",
    "SMARTLINKS_TRUSTED_PROXY",
    "trusted_proxies",
    "none",
);
pub(crate) const KEY_FILE: Setting = flag(
    "key-file",
    "SMARTLINKS_KEY_FILE",
    "key_file",
    "keys in the data directory",
);
pub(crate) const SANDBOX: Setting = flag("sandbox", "SMARTLINKS_SANDBOX", "sandbox", "off");
pub(crate) const SANDBOX_LISTEN: Setting = flag(
    "sandbox-listen",
    "SMARTLINKS_SANDBOX_LISTEN",
    "sandbox_listen",
    "127.0.0.1:8090",
);
pub(crate) const SHIP_TO: Setting = flag("ship-to", "SMARTLINKS_SHIP_TO", "ship_to", "FR");
pub(crate) const CURRENCY: Setting = flag("currency", "SMARTLINKS_CURRENCY", "currency", "EUR");
pub(crate) const LANGUAGE: Setting = flag("language", "SMARTLINKS_LANGUAGE", "language", "fr");
pub(crate) const RETURN_ORIGIN: Setting = flag(
    "return-origin",
    "SMARTLINKS_RETURN_ORIGIN",
    "return_origins",
    "none",
);
pub(crate) const BACKGROUND_REFRESH: Setting = flag(
    "background-refresh",
    "SMARTLINKS_BACKGROUND_REFRESH",
    "background_refresh",
    "on",
);
pub(crate) const WEBHOOK_PRIVATE: Setting = flag(
    "webhook-private",
    "SMARTLINKS_WEBHOOK_PRIVATE",
    "webhook_private",
    "off",
);
pub(crate) const LOG: Setting = flag(
    "log",
    "SMARTLINKS_LOG",
    "log",
    "info for serve and sandbox, else warn",
);
pub(crate) const LOG_FORMAT: Setting = flag(
    "log-format",
    "SMARTLINKS_LOG_FORMAT",
    "log_format",
    "text on a terminal and for commands, else json",
);

pub(crate) const OIDC_ISSUER: Setting = unflagged("SMARTLINKS_OIDC_ISSUER", "oidc.issuer", "none");
pub(crate) const OIDC_CLIENT_ID: Setting =
    unflagged("SMARTLINKS_OIDC_CLIENT_ID", "oidc.client_id", "");
pub(crate) const OIDC_CLIENT_SECRET: Setting = Setting {
    flag: None,
    variable: "SMARTLINKS_OIDC_CLIENT_SECRET",
    key: "oidc.client_secret",
    secret: true,
    default: "",
};

const fn unflagged(variable: &'static str, key: &'static str, default: &'static str) -> Setting {
    Setting {
        flag: None,
        variable,
        key,
        secret: false,
        default,
    }
}

pub(crate) const LIMITS_SIGN_IN: Setting =
    unflagged("SMARTLINKS_LIMITS_SIGN_IN", "limits.sign_in", "10");
pub(crate) const LIMITS_SIGN_IN_NAME: Setting = unflagged(
    "SMARTLINKS_LIMITS_SIGN_IN_NAME",
    "limits.sign_in_name",
    "10",
);
pub(crate) const LIMITS_CALLBACK: Setting =
    unflagged("SMARTLINKS_LIMITS_CALLBACK", "limits.callback", "60");
pub(crate) const LIMITS_VENDING: Setting =
    unflagged("SMARTLINKS_LIMITS_VENDING", "limits.vending", "1200");
pub(crate) const LIMITS_KEYS: Setting = unflagged("SMARTLINKS_LIMITS_KEYS", "limits.keys", "60");
pub(crate) const LIMITS_PUSH: Setting = unflagged("SMARTLINKS_LIMITS_PUSH", "limits.push", "6000");

pub(crate) const WATCH_EVERY_HOURS: Setting =
    unflagged("SMARTLINKS_WATCH_EVERY_HOURS", "watch.every_hours", "12");
pub(crate) const FOLLOW_UNPAID_HOURS: Setting = unflagged(
    "SMARTLINKS_FOLLOW_UNPAID_HOURS",
    "follow.unpaid_hours",
    "24",
);
pub(crate) const FOLLOW_NOT_SHIPPED_DAYS: Setting = unflagged(
    "SMARTLINKS_FOLLOW_NOT_SHIPPED_DAYS",
    "follow.not_shipped_days",
    "7",
);
pub(crate) const FOLLOW_NO_MOVEMENT_DAYS: Setting = unflagged(
    "SMARTLINKS_FOLLOW_NO_MOVEMENT_DAYS",
    "follow.no_movement_days",
    "10",
);

/// All settings, in the order of the documentation.
pub(crate) const ALL: [&Setting; 34] = [
    &APP_KEY,
    &APP_SECRET,
    &CALLBACK_URL,
    &GATEWAY,
    &TOKEN_FILE,
    &DATABASE_URL,
    &LISTEN,
    &PUBLIC_URL,
    &TRUSTED_PROXY,
    &DATA_DIR,
    &KEY_FILE,
    &SANDBOX,
    &SANDBOX_LISTEN,
    &SHIP_TO,
    &CURRENCY,
    &LANGUAGE,
    &RETURN_ORIGIN,
    &BACKGROUND_REFRESH,
    &WEBHOOK_PRIVATE,
    &LOG,
    &LOG_FORMAT,
    &OIDC_ISSUER,
    &OIDC_CLIENT_ID,
    &OIDC_CLIENT_SECRET,
    &LIMITS_SIGN_IN,
    &LIMITS_SIGN_IN_NAME,
    &LIMITS_CALLBACK,
    &LIMITS_VENDING,
    &LIMITS_KEYS,
    &LIMITS_PUSH,
    &WATCH_EVERY_HOURS,
    &FOLLOW_UNPAID_HOURS,
    &FOLLOW_NOT_SHIPPED_DAYS,
    &FOLLOW_NO_MOVEMENT_DAYS,
];

/// Where the configuration file lies: a flag and a variable, and of course no key in the file.
pub(crate) const CONFIG_VARIABLE: &str = "SMARTLINKS_CONFIG";

/// Honoured where `SMARTLINKS_LISTEN` is not set: hosting platforms say the port this way.
pub(crate) const PORT_VARIABLE: &str = "PORT";

impl Setting {
    /// The flag with its dashes.
    pub(crate) fn dashed(&self) -> Option<String> {
        self.flag.map(|flag| format!("--{flag}"))
    }

    /// The variable that names a file with the value, for secrets.
    pub(crate) fn file_variable(&self) -> Option<String> {
        self.secret.then(|| format!("{}_FILE", self.variable))
    }

    /// The key that names a file with the value, for secrets.
    pub(crate) fn file_key(&self) -> Option<String> {
        self.secret.then(|| format!("{}_file", self.key))
    }
}
