//! `api-keys …`

use jiff::Timestamp;
use serde::Serialize;
use smartlinks_core::{ApiKeyState, ApiKeyView, CreateApiKey, Grantable, Scope, Scopes};

use super::Session;
use crate::cli::{ApiKeysCommand, so_long};
use crate::failure::Failure;
use crate::output::{facts, plain, table, when};

pub(crate) async fn run(command: ApiKeysCommand, session: &Session) -> Result<(), Failure> {
    let core = &session.core;
    match command {
        ApiKeysCommand::Create {
            name,
            scopes,
            expires,
        } => create(name, &scopes, expires.as_deref(), session).await,
        ApiKeysCommand::List => {
            let keys = core.api_keys().await?;
            session.output.data(&keys, |keys| list(keys, core.now()))
        }
        ApiKeysCommand::Revoke { id } => {
            let key = core.revoke_api_key(&id).await?;
            session.output.data(&key, |key| one(key, core.now()))
        }
    }
}

/// What `create --json` prints.
#[derive(Serialize)]
struct Made<'a> {
    key: &'a str,
    #[serde(flatten)]
    about: &'a ApiKeyView,
}

/// The key alone goes to stdout, so that a script can take it from there; what it is goes to stderr.
async fn create(
    name: String,
    scopes: &[Scope],
    expires: Option<&str>,
    session: &Session,
) -> Result<(), Failure> {
    let core = &session.core;
    let create = CreateApiKey {
        name,
        scopes: scopes.iter().copied().collect(),
        expires_at: expires.map(|text| moment(text, core.now())).transpose()?,
        grantable: Grantable::everything(),
    };
    let made = core.create_api_key(create).await?;
    let shown = Made {
        key: made.key.reveal(),
        about: &made.view,
    };
    session.output.remark(&one(&made.view, core.now()));
    session
        .output
        .remark("the key is shown this once; keep it in a safe place");
    session.output.data(&shown, |shown| shown.key.to_owned())
}

/// `90d` from now, or a moment.
fn moment(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let wrong = || {
        Failure::usage(
            "invalid_parameter",
            format!(
                "--expires: {} is no time",
                plain(&smartlinks_core::shortened(text, 40))
            ),
        )
        .hint("Write for example 12h, 90d, 8w or 1y, or a moment such as 2027-06-30T00:00:00Z.")
    };
    let text = text.trim();
    let after = || now.checked_add(so_long(text)?).ok();
    text.parse().ok().or_else(after).ok_or_else(wrong)
}

fn list(keys: &[ApiKeyView], now: Timestamp) -> String {
    if keys.is_empty() {
        return "there are no API keys".to_owned();
    }
    let rows = keys.iter().map(|key| {
        [
            key.id.clone(),
            plain(&key.name),
            format!("{}…", key.prefix),
            scopes(key),
            state(key).to_owned(),
            end(key, now),
            last_use(key, now),
        ]
    });
    table(
        [
            "KEY",
            "NAME",
            "BEGINS",
            "SCOPES",
            "STATE",
            "EXPIRES",
            "LAST USED",
        ],
        rows,
    )
}

fn one(key: &ApiKeyView, now: Timestamp) -> String {
    facts([
        ("id", key.id.clone()),
        ("name", plain(&key.name)),
        ("begins", format!("{}…", key.prefix)),
        ("scopes", scopes(key)),
        ("state", state(key).to_owned()),
        ("expires", end(key, now)),
        ("last used", last_use(key, now)),
    ])
}

fn scopes(key: &ApiKeyView) -> String {
    key.scopes.iter().copied().collect::<Scopes>().to_string()
}

const fn state(key: &ApiKeyView) -> &'static str {
    match key.state {
        ApiKeyState::Active => "active",
        ApiKeyState::Expired => "expired",
        ApiKeyState::Revoked => "revoked",
    }
}

fn end(key: &ApiKeyView, now: Timestamp) -> String {
    match key.expires_at {
        Some(_) => when(key.expires_at, now),
        None => "never".to_owned(),
    }
}

fn last_use(key: &ApiKeyView, now: Timestamp) -> String {
    match key.last_used_at {
        Some(_) => when(key.last_used_at, now),
        None => "never".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_a_number_with_a_unit_or_a_moment() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("12h", "2026-11-24T00:00:00Z"),
            ("90d", "2027-02-21T12:00:00Z"),
            ("2w", "2026-12-07T12:00:00Z"),
            ("1y", "2027-11-23T12:00:00Z"),
            ("2027-06-30T00:00:00Z", "2027-06-30T00:00:00Z"),
        ] {
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(moment(text, now).ok(), Some(expected), "{text}");
        }
        for text in [
            "",
            "d",
            "90",
            "-1d",
            "1.5d",
            "90 days",
            "é",
            "9999999999d",
            "4000000000y",
        ] {
            assert!(moment(text, now).is_err(), "{text}");
        }
    }
}
