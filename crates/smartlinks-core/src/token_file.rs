//! The token file: the default connection's pair for software that reads it from disk.
//!
//! It has the field names of the gateway's token answer plus `saved_at` and `connection`, so that scrapers written for
//! the old program go on working. They must not refresh with it: the gateway may rotate the refresh
//! token, and the pair that we hold would end.

mod imported;
mod place;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::json;
use smartlinks_store::{
    Account, Connection, ConnectionId, Millis, NewPair, StoredState, TokenMaterial, Traces,
    with_causes,
};

use tokio_util::sync::CancellationToken;

use crate::clock::to_millis;
use crate::connect::Destination;
use crate::connections::ConnectionView;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::refresh_schedule::next_refresh_at;
use crate::service::Core;
use crate::traces::OK;

pub use imported::ImportedToken;
use place::{named_connection, remove_file, replace_file};

/// How often the file is compared when no change was heard of.
const COMPARED_EVERY: Duration = Duration::from_secs(30);

/// What the last writing has come to.
#[derive(Debug, Default)]
pub(crate) enum Written {
    /// Nothing was written since the start; what lies there may be from before.
    #[default]
    NotYet,
    /// Connection and generation of the pair in the file; none when there is no file of ours.
    Holds(Option<(ConnectionId, i64)>),
    /// It failed, and that has been told.
    Failing,
}

/// What is written. Borrowed, so that no copy of a token stays behind.
#[derive(Serialize)]
struct Content<'a> {
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
    /// By this a file of ours is known, also by a later process.
    connection: &'a str,
}

/// Does something with the file, on a thread where it may wait for the disk.
async fn at<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    let file = path.to_path_buf();
    tokio::task::spawn_blocking(move || work(&file))
        .await
        .map_err(|error| Error::Internal(error.to_string()))?
        .map_err(|error| Error::TokenFile {
            path: path.display().to_string(),
            message: error.to_string(),
        })
}

impl Core {
    /// Writes the default connection's pair when a token file was asked for. A failure is an event and
    /// a log line: it must not undo the change that it follows, and the next look tries again.
    pub(crate) async fn write_token_file(&self) {
        let Some(path) = self.token_file().map(Path::to_path_buf) else {
            return;
        };
        let mut written = self.inner.token_file_turn.lock().await;
        let error = match self.write_default_pair(&path).await {
            Ok(pair) => {
                let is_new = !matches!(&*written, Written::Holds(held) if *held == pair);
                if let Some((connection, generation)) = pair.as_ref().filter(|_| is_new) {
                    self.note_file_written(connection, *generation).await;
                }
                *written = Written::Holds(pair);
                return;
            }
            Err(error) => error,
        };
        // Tried again at each look, told once.
        let before = std::mem::replace(&mut *written, Written::Failing);
        if !matches!(before, Written::Failing) {
            tracing::error!(file = %path.display(), %error, "the token file could not be written");
            let data = json!({ "detail": error.to_string() });
            let event = self.event(EventKind::TokenFileFailed, None, None, &data);
            let traces = Traces::none().event(event);
            match self.store().events().append(traces).await {
                Ok(()) => self.announce().await,
                Err(error) => {
                    tracing::error!(error = %with_causes(&error), "the event of it could not be kept")
                }
            }
        }
    }

    /// Tokens have left the sealed database for a file: that is never done unseen.
    async fn note_file_written(&self, connection: &ConnectionId, generation: i64) {
        let data = json!({ "generation": generation });
        let noted = self.audit("token_file.written", Some(connection), None, OK, &data);
        if let Err(error) = noted.await {
            tracing::error!(error = %with_causes(&error), "the token file was written, and the audit log could not be");
        }
    }

    /// Keeps the token file up to date until it is told to stop, whoever changes the connections. Ends at once where
    /// none was asked for.
    pub async fn run_token_file(&self, stop: CancellationToken) {
        while self.token_file().is_some() {
            self.sync_token_file().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.inner.connections_changed.notified() => {}
                // What could not be written is tried again.
                () = tokio::time::sleep(COMPARED_EVERY) => {}
            }
        }
    }

    /// Brings the token file up to date with changes that this process has not made itself: those from
    /// before its start, and those of other processes. While nothing is connected, a file of ours goes, also one from
    /// before the start; any other is left alone.
    pub async fn sync_token_file(&self) {
        if self.token_file().is_none() {
            return;
        }
        let default = match self.store().connections().default_connection().await {
            Ok(record) => record.map(|record| (record.id, record.generation)),
            Err(error) => {
                tracing::warn!(error = %with_causes(&error), "the token file could not be compared");
                return;
            }
        };
        let written = self.inner.token_file_turn.lock().await;
        let is_right = matches!(&*written, Written::Holds(held) if *held == default);
        drop(written);
        if !is_right {
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
        match pair {
            Some((record, material)) => {
                let content = self.render(&record, &material)?;
                let replace =
                    move |path: &Path| replace_file(path, content.expose_secret().as_bytes());
                at(path, replace).await?;
            }
            None if self.is_ours(path).await? => at(path, remove_file).await?,
            None => {}
        }
        Ok(written)
    }

    /// Whether the file is one that was written from this database: it names one of its connections, which stay known
    /// after their end. It may be from before the start, and a file that somebody else has put there is not.
    async fn is_ours(&self, path: &Path) -> Result<bool> {
        let Some(named) = at(path, named_connection).await? else {
            return Ok(false);
        };
        Ok(self.store().connections().find(&named).await?.is_some())
    }

    fn render(
        &self,
        record: &Connection,
        material: &TokenMaterial,
    ) -> Result<secrecy::SecretString> {
        let now = self.now();
        let left = |at: Option<Millis>| at.map(|at| (at.0 - to_millis(now).0) / 1000);
        let content = Content {
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
            connection: record.id.as_str(),
        };
        let text = serde_json::to_string_pretty(&content)
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
        let destination = Destination::named(label.as_deref());
        Ok(self.connect_pair(pair, account, destination).await?)
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
