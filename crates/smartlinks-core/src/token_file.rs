//! The token file: the default connection's pair for software that reads it from disk.
//!
//! It has the field names of the gateway's token answer plus `saved_at`, so that scrapers written for
//! the old program go on working. They must not refresh with it: the gateway may rotate the refresh
//! token, and the pair that we hold would end.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use smartlinks_store::{
    Account, Connection, ConnectionId, Millis, NewPair, StoredState, TokenMaterial,
};

use crate::clock::{from_millis, to_millis};
use crate::connections::ConnectionView;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::refresh_schedule::next_refresh_at;
use crate::service::Core;

/// What is written. Borrowed, so that no copy of a token stays behind.
#[derive(Serialize)]
struct Written<'a> {
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_valid_time: Option<i64>,
    user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seller_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_nick: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_platform: Option<&'a str>,
    code: &'static str,
    saved_at: Timestamp,
}

/// An existing token file, as read.
#[derive(Deserialize)]
pub struct ImportedToken {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default, deserialize_with = "number")]
    expires_in: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    refresh_expires_in: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    expire_time: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    refresh_token_valid_time: Option<i64>,
    #[serde(default, deserialize_with = "digits")]
    user_id: Option<String>,
    #[serde(default, deserialize_with = "digits")]
    seller_id: Option<String>,
    #[serde(default)]
    user_nick: Option<String>,
    #[serde(default)]
    account_platform: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    saved_at: Option<i64>,
}

impl std::fmt::Debug for ImportedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportedToken")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

impl ImportedToken {
    /// Reads the text of a token file.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what is missing; never repeats the content.
    pub fn parse(text: &str) -> Result<Self> {
        let token: Self = serde_json::from_str(text).map_err(|error| {
            // The message of the parser may hold a piece of the content; the place is enough.
            Error::invalid(
                "file",
                format!(
                    "not a token file: {} at line {}, column {}",
                    match error.classify() {
                        serde_json::error::Category::Eof => "it ends early",
                        serde_json::error::Category::Syntax => "not JSON",
                        _ => "a field is missing or of the wrong kind (access_token is needed)",
                    },
                    error.line(),
                    error.column()
                ),
            )
        })?;
        if token.access_token.trim().is_empty() {
            return Err(Error::invalid("file", "access_token is empty"));
        }
        if token.account_id().is_none() {
            return Err(Error::invalid(
                "file",
                "names no account: user_id or seller_id is needed",
            ));
        }
        Ok(token)
    }

    fn account_id(&self) -> Option<&String> {
        [&self.user_id, &self.seller_id]
            .into_iter()
            .flatten()
            .find(|id| !id.is_empty())
    }

    /// A deadline: the absolute one, else the relative one counted from `saved_at`, else unknown.
    fn deadline(&self, absolute: Option<i64>, relative: Option<i64>) -> Option<Millis> {
        let counted = || self.saved_at?.checked_add(relative?.checked_mul(1000)?);
        let known = absolute.filter(|at| *at > 0).or_else(counted).map(Millis);
        known.filter(|at| at.0 > 0 && from_millis(*at).is_some())
    }
}

impl Core {
    /// Writes the default connection's pair when a token file was asked for. A failure is an event and
    /// a log line: it must not undo the change that it follows, and the next look tries again.
    pub(crate) async fn write_token_file(&self) {
        let Some(path) = self.token_file().map(Path::to_path_buf) else {
            return;
        };
        let mut written = self.inner.token_file_turn.lock().await;
        *written = match self.write_default_pair(&path).await {
            Ok(pair) => pair,
            Err(error) => {
                tracing::error!(file = %path.display(), %error, "the token file could not be written");
                let data = json!({ "detail": error.to_string() });
                self.emit(EventKind::TokenFileFailed, None, None, data)
                    .await;
                None
            }
        };
    }

    /// Brings the token file up to date with changes that this process has not made itself: those from
    /// before its start, and those of other processes. Leaves a file alone while nothing is connected.
    pub async fn sync_token_file(&self) {
        if self.token_file().is_none() {
            return;
        }
        let default = match self.store().connections().default_connection().await {
            Ok(Some(record)) => (record.id, record.generation),
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "the token file could not be compared");
                return;
            }
        };
        let written = self.inner.token_file_turn.lock().await.clone();
        if written != Some(default) {
            self.write_token_file().await;
        }
    }

    /// What was written: connection and generation.
    async fn write_default_pair(&self, path: &Path) -> Result<Option<(ConnectionId, i64)>> {
        let connections = self.store().connections();
        let pair = match connections.default_connection().await? {
            Some(record) => connections.token(&record.id).await?,
            None => None,
        };
        let written = pair
            .as_ref()
            .map(|(record, _)| (record.id.clone(), record.generation));
        let content = pair
            .map(|(record, material)| self.render(&record, &material))
            .transpose()?;
        let target = path.to_path_buf();
        tokio::task::spawn_blocking(move || match content {
            Some(content) => replace_file(&target, content.expose_secret().as_bytes()),
            None => remove_file(&target),
        })
        .await
        .map_err(|error| Error::Internal(error.to_string()))?
        .map_err(|error| Error::TokenFile {
            path: path.display().to_string(),
            message: error.to_string(),
        })?;
        Ok(written)
    }

    fn render(
        &self,
        record: &Connection,
        material: &TokenMaterial,
    ) -> Result<secrecy::SecretString> {
        let now = self.now();
        let left = |at: Option<Millis>| at.map(|at| (at.0 - to_millis(now).0) / 1000);
        let written = Written {
            access_token: material.access_token.expose_secret(),
            refresh_token: material
                .refresh_token
                .as_ref()
                .map(|token| token.expose_secret()),
            expires_in: left(record.works_until),
            refresh_expires_in: left(record.sign_in_again_by),
            expire_time: record.works_until.map(|at| at.0),
            refresh_token_valid_time: record.sign_in_again_by.map(|at| at.0),
            user_id: &record.account.user_id,
            seller_id: record.account.seller_id.as_deref(),
            user_nick: record.account.nick.as_deref(),
            account_platform: record.account.platform.as_deref(),
            code: "0",
            saved_at: now,
        };
        let text = serde_json::to_string_pretty(&written)
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(text.into())
    }

    /// Takes an existing pair in, as if the account had just been connected. A pair whose life is not
    /// known is renewed at once.
    ///
    /// # Errors
    /// [`Error::NewerPairHeld`] when the account is connected already with a pair that still works, unless
    /// `replace` says that the file is the better one; [`Error::Refused`] when it could not be stored.
    pub async fn import_token(
        &self,
        token: ImportedToken,
        label: Option<&str>,
        replace: bool,
    ) -> Result<ConnectionView> {
        let label = crate::connect::checked_label(label)?;
        let now = to_millis(self.now());
        let user_id = token.account_id().cloned().unwrap_or_default();
        if !replace {
            self.refuse_over_newer(&user_id).await?;
        }
        let works_until = token.deadline(token.expire_time, token.expires_in);
        let sign_in_again_by =
            token.deadline(token.refresh_token_valid_time, token.refresh_expires_in);
        let refreshable = token
            .refresh_token
            .as_ref()
            .is_some_and(|text| !text.is_empty());
        let planned = next_refresh_at(
            now,
            works_until,
            sign_in_again_by,
            refreshable,
            self.jitter(),
        );
        let account = Account {
            user_id,
            seller_id: token.seller_id,
            nick: token.user_nick,
            platform: token.account_platform,
            ..Account::default()
        };
        let pair = NewPair {
            material: TokenMaterial {
                access_token: token.access_token.into(),
                refresh_token: token
                    .refresh_token
                    .filter(|text| !text.is_empty())
                    .map(Into::into),
            },
            obtained_at: now,
            works_until,
            sign_in_again_by,
            next_refresh_at: planned.or(refreshable.then_some(now)),
        };
        Ok(self
            .connect_pair(pair, account, None, label.as_deref())
            .await?)
    }
}

impl Core {
    /// A pair that we hold and renew is newer than any file: with rotation, the one in the file is spent.
    async fn refuse_over_newer(&self, user_id: &str) -> Result<()> {
        let held = self.store().connections().find_by_account(user_id).await?;
        let works = |record: &Connection| {
            matches!(record.state, StoredState::Active | StoredState::Degraded)
        };
        match held.filter(works) {
            Some(record) => Err(Error::NewerPairHeld(record.id)),
            None => Ok(()),
        }
    }
}

/// Puts new content in place of a file in one step: readers see the old or the new whole. Mode 0600; a
/// symbolic link at the place is replaced, not followed; missing parents are made 0700.
fn replace_file(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = folder_of(path);
    make_folders(&folder)?;
    // Made 0600, under a random name, in the same folder, so that the rename stays on one file system.
    let mut temporary = tempfile::Builder::new()
        .prefix(".token-")
        .tempfile_in(&folder)?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    std::fs::File::open(&folder)?.sync_all()
}

fn remove_file(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn make_folders(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Option::<NumberOrText>::deserialize(deserializer)? {
        Some(NumberOrText::Number(number)) => Some(number),
        Some(NumberOrText::Fraction(fraction)) => whole(fraction),
        Some(NumberOrText::Text(text)) => text.trim().parse().ok(),
        None => None,
    })
}

fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<NumberOrText>::deserialize(deserializer)? {
        Some(NumberOrText::Number(number)) => Some(number.to_string()),
        Some(NumberOrText::Text(text)) => Some(text.trim().to_owned()),
        Some(NumberOrText::Fraction(_)) | None => None,
    })
}

/// `saved_at` as RFC 3339, or as seconds or milliseconds since the epoch, in milliseconds.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let from_number = |number: i64| {
        if number < 100_000_000_000 {
            number.saturating_mul(1000)
        } else {
            number
        }
    };
    Ok(match Option::<NumberOrText>::deserialize(deserializer)? {
        Some(NumberOrText::Number(number)) => Some(from_number(number)),
        Some(NumberOrText::Fraction(fraction)) => whole(fraction).map(from_number),
        Some(NumberOrText::Text(text)) => text
            .trim()
            .parse::<Timestamp>()
            .ok()
            .map(|at| at.as_millisecond()),
        None => None,
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(i64),
    Fraction(f64),
    Text(String),
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "checked to lie inside what an i64 holds"
)]
fn whole(fraction: f64) -> Option<i64> {
    (fraction.abs() < 9e15).then_some(fraction as i64)
}

impl ImportedToken {
    /// When it was saved, if it says so. RFC 3339, UTC.
    #[must_use]
    pub fn saved_at(&self) -> Option<Timestamp> {
        self.saved_at.map(Millis).and_then(from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_old_files_whatever_their_number_forms() {
        let token = ImportedToken::parse(
            r#"{"access_token":"a","refresh_token":"r","expires_in":"10","refresh_expires_in":20,
                "user_id":42,"saved_at":1700000000.5}"#,
        )
        .unwrap();
        assert_eq!(token.account_id().unwrap(), "42");
        assert_eq!(
            token.deadline(token.expire_time, token.expires_in),
            Some(Millis(1_700_000_010_000))
        );
    }

    #[test]
    fn a_relative_life_without_a_start_is_unknown() {
        let token =
            ImportedToken::parse(r#"{"access_token":"a","expires_in":10,"user_id":"1"}"#).unwrap();
        assert_eq!(token.deadline(token.expire_time, token.expires_in), None);
    }

    #[test]
    fn says_what_is_wrong_without_repeating_the_content() {
        for text in [
            "",
            "{",
            "[]",
            r#"{"access_token":""}"#,
            r#"{"access_token":"50000secret"}"#,
            "50000secret",
        ] {
            let message = ImportedToken::parse(text).unwrap_err().to_string();
            assert!(message.starts_with("file: "), "{message}");
            assert!(!message.contains("50000secret"), "{message}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_replaced_whole_with_mode_0600_and_links_are_not_followed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/deep/token.json");
        replace_file(&path, b"one").unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let parent = std::fs::metadata(path.parent().unwrap())
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(parent, 0o700);

        let elsewhere = folder.path().join("elsewhere");
        std::fs::write(&elsewhere, "untouched").unwrap();
        let link = folder.path().join("link.json");
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        replace_file(&link, b"two").unwrap();
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "untouched");
        assert_eq!(std::fs::read_to_string(&link).unwrap(), "two");
        assert!(
            !std::fs::symlink_metadata(&link)
                .unwrap()
                .file_type()
                .is_symlink()
        );
    }
}
