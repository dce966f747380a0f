//! Settings for real accounts: gateway, database, keys.

use std::fmt;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use aliexpress::GatewayUrl;
use smartlinks_core::store::{DatabaseUrl, StoreError};
use smartlinks_server::Network;
use url::Url;

use super::app::{self, AppSettings};
use super::oidc::{self, Oidc};
use super::problem::ConfigError;
use super::setting::{DATABASE_URL, GATEWAY, KEY_FILE, PUBLIC_URL, TRUSTED_PROXY, WEBHOOK_PRIVATE};
use super::sources::Sources;
use super::{addresses, quoted, switch};

/// Settings for real accounts.
#[derive(Debug)]
pub(crate) struct Live {
    /// The application, or what is missing of it.
    pub(crate) app: AppSettings,
    /// The gateway.
    pub(crate) gateway: GatewayUrl,
    /// The database.
    pub(crate) database: Database,
    /// The file of the keys that seal tokens.
    pub(crate) key_file: PathBuf,
    /// Where people reach the page, when a proxy stands in front.
    pub(crate) public_url: Option<Url>,
    /// The proxies whose word on the client's address counts.
    pub(crate) trusted_proxies: Vec<Network>,
    /// Whether webhooks may go to private addresses, and over http.
    pub(crate) webhook_private: bool,
    /// With which provider operators may sign in too.
    pub(crate) oidc: Option<Oidc>,
}

/// Where records are kept.
#[derive(Clone)]
pub(crate) enum Database {
    /// A file of ours.
    File(PathBuf),
    /// A server, with its password: not to be shown.
    Server(String),
}

impl Live {
    /// Whether people reach the page over TLS, as the operator states with `--public-url https://…`.
    pub(crate) fn behind_tls(&self) -> bool {
        self.public_url
            .as_ref()
            .is_some_and(|url| url.scheme() == "https")
    }

    /// Where `PORT` alone means to listen: hosting platforms that set it send people there from other machines, and
    /// whoever has stated a public address over TLS is on one.
    pub(crate) fn host_for_port(&self) -> Ipv4Addr {
        if self.behind_tls() {
            Ipv4Addr::UNSPECIFIED
        } else {
            Ipv4Addr::LOCALHOST
        }
    }

    /// A remark on a proxy that is not known, for whoever starts a server.
    pub(crate) fn about_proxy(&self) -> Option<String> {
        (self.behind_tls() && self.trusted_proxies.is_empty()).then(|| {
            format!(
                "--public-url says that a proxy stands in front, and no --trusted-proxy (or {}) says which: everybody who \
                 comes through it shares one rate limit, and the audit log knows the proxy's address alone",
                TRUSTED_PROXY.variable
            )
        })
    }

    /// A remark on where the keys lie, for whoever starts a server.
    pub(crate) fn about_keys(&self) -> Option<String> {
        let Database::File(file) = &self.database else {
            return None;
        };
        (file.parent() == self.key_file.parent()).then(|| {
            format!(
                "the keys ({}) lie beside the database: whoever copies that folder has the tokens. Keep backups of \
                 the two apart, or move the keys and say where with --key-file or {}",
                self.key_file.display(),
                KEY_FILE.variable
            )
        })
    }
}

impl Database {
    /// Whether several servers may use it at the same time.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    /// Its address in the form of the store.
    pub(crate) fn url(&self) -> Result<DatabaseUrl, StoreError> {
        match self {
            Self::File(path) => Ok(DatabaseUrl::Sqlite(path.clone())),
            Self::Server(address) => address.parse(),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Server(_) => f.write_str("Server(redacted)"),
        }
    }
}

pub(super) fn read(
    sources: &Sources<'_>,
    data_dir: &Path,
    warnings: &mut Vec<String>,
) -> Result<Live, ConfigError> {
    let public_url = sources
        .find(&PUBLIC_URL)?
        .as_ref()
        .map(addresses::origin)
        .transpose()?;
    let database = database(sources, data_dir)?;
    let key_file = match sources.find(&KEY_FILE)? {
        Some(found) => PathBuf::from(found.value),
        None => data_dir.join("keys"),
    };
    Ok(Live {
        app: app::read(sources, public_url.as_ref(), warnings)?,
        gateway: gateway(sources)?,
        database,
        key_file,
        public_url,
        trusted_proxies: sources
            .find_list(&TRUSTED_PROXY)?
            .iter()
            .map(addresses::proxy)
            .collect::<Result<_, _>>()?,
        webhook_private: switch(sources, &WEBHOOK_PRIVATE)?,
        oidc: oidc::read(sources)?,
    })
}

fn gateway(sources: &Sources<'_>) -> Result<GatewayUrl, ConfigError> {
    let found = sources.find_or_default(&GATEWAY)?;
    GatewayUrl::parse(&found.value).map_err(|error| {
        ConfigError::new(
            &found.origin,
            format!("{}: {error}", quoted(&found.value)),
            format!(
                "Leave it out for AliExpress ({}), or name a sandbox on this machine.",
                GatewayUrl::DEFAULT
            ),
        )
    })
}

fn database(sources: &Sources<'_>, data_dir: &Path) -> Result<Database, ConfigError> {
    let in_data_dir = Database::File(data_dir.join("smartlinks.db"));
    let Some(found) = sources.find_secret(&DATABASE_URL)? else {
        return Ok(in_data_dir);
    };
    let origin = found.origin.clone();
    let address = found.into_value()?;
    let address = address.trim();
    if address.is_empty() {
        return Ok(in_data_dir);
    }
    match Url::parse(address).as_ref().map(Url::scheme) {
        Ok("postgres" | "postgresql") => Ok(Database::Server(address.to_owned())),
        _ => Err(ConfigError::new(
            &origin,
            "is not the address of a PostgreSQL database",
            "Write postgres://user:password@host:5432/name, or leave it out for SQLite in the data directory.",
        )),
    }
}
