//! Settings of sandbox mode. It can never touch real data: its own folder, its own keys, its own gateway.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::problem::{ConfigError, Origin};
use super::setting::{
    APP_KEY as APP_KEY_SETTING, APP_SECRET as APP_SECRET_SETTING, CALLBACK_URL, DATABASE_URL,
    GATEWAY, KEY_FILE, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ISSUER, PUBLIC_URL, SANDBOX_LISTEN,
    TOKEN_FILE,
};
use super::sources::Sources;
use super::{Setting, addresses};

/// The demo app's key.
pub(crate) const APP_KEY: &str = "500100";
/// The demo app's secret; made up, so no secret.
pub(crate) const APP_SECRET: &str = "sandbox-secret";

/// Settings of sandbox mode.
#[derive(Debug)]
pub(crate) struct Demo {
    /// Where the sandbox listens. Loopback.
    pub(crate) listen: SocketAddr,
    /// Whether somebody chose `listen`, or it is the default.
    pub(crate) listen_chosen: bool,
    /// The one folder that is used.
    pub(crate) dir: PathBuf,
}

pub(super) fn read(
    sources: &Sources<'_>,
    data_dir: &Path,
    warnings: &mut Vec<String>,
) -> Result<Demo, ConfigError> {
    refuse_database(sources)?;
    refuse_flags(sources)?;
    warn_about_ignored(sources, warnings);
    let found = sources.find_or_default(&SANDBOX_LISTEN)?;
    Ok(Demo {
        listen: addresses::sandbox_address(&found)?,
        listen_chosen: !matches!(found.origin, Origin::Default(_)),
        dir: data_dir.join("sandbox"),
    })
}

/// A database that was named is somebody's real one.
fn refuse_database(sources: &Sources<'_>) -> Result<(), ConfigError> {
    let file_variable = DATABASE_URL.file_variable().unwrap_or_default();
    let variables = [DATABASE_URL.variable, file_variable.as_str()];
    let variable = variables
        .into_iter()
        .find(|name| sources.environment.filled(name).is_some());
    let key = || -> Result<Option<String>, ConfigError> {
        let Some(file) = sources.file else {
            return Ok(None);
        };
        for key in [
            DATABASE_URL.key.to_owned(),
            DATABASE_URL.file_key().unwrap_or_default(),
        ] {
            if file.values(&key)?.is_some() {
                return Ok(Some(format!("`{key}` in {}", file.path().display())));
            }
        }
        Ok(None)
    };
    let place = match variable {
        Some(name) => Some(name.to_owned()),
        None => key()?,
    };
    match place {
        None => Ok(()),
        Some(place) => Err(ConfigError::new(
            place,
            "is set, and --sandbox works with a database of its own only, so that made-up data never mixes with \
             real data",
            "Unset it for this start, or leave --sandbox out.",
        )),
    }
}

/// A flag is meant for this very start, so one that would be passed over is refused.
fn refuse_flags(sources: &Sources<'_>) -> Result<(), ConfigError> {
    for setting in [&GATEWAY, &KEY_FILE, &PUBLIC_URL] {
        if let Some(origin @ Origin::Flag(_)) = sources.origin(setting)? {
            return Err(ConfigError::new(
                origin,
                "has no meaning with --sandbox, which has its own gateway, keys and address",
                "Leave one of the two out.",
            ));
        }
    }
    Ok(())
}

/// Says by name, never by value, what is set and does not count here.
fn warn_about_ignored(sources: &Sources<'_>, warnings: &mut Vec<String>) {
    let mut ignored: Vec<String> = sources
        .environment
        .names("ALIEXPRESS_")
        .map(str::to_owned)
        .collect();
    let others = [&KEY_FILE, &PUBLIC_URL, &OIDC_ISSUER].map(|setting| setting.variable);
    ignored.extend(
        others
            .iter()
            .filter(|name| sources.environment.filled(name).is_some())
            .map(ToString::to_string),
    );
    let settings: [&Setting; 10] = [
        &APP_KEY_SETTING,
        &APP_SECRET_SETTING,
        &CALLBACK_URL,
        &GATEWAY,
        &TOKEN_FILE,
        &KEY_FILE,
        &PUBLIC_URL,
        &OIDC_ISSUER,
        &OIDC_CLIENT_ID,
        &OIDC_CLIENT_SECRET,
    ];
    if let Some(file) = sources.file {
        let keys = settings
            .iter()
            .flat_map(|setting| [Some(setting.key.to_owned()), setting.file_key()])
            .flatten();
        let set = keys.filter(|key| file.values(key).ok().flatten().is_some());
        ignored.extend(set.map(|key| format!("`{key}` in {}", file.path().display())));
    }
    if !ignored.is_empty() {
        warnings.push(format!(
            "--sandbox uses made-up keys and ignores: {}",
            ignored.join(", ")
        ));
    }
}
