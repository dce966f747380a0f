//! The repository over a database.

use std::sync::Arc;

use async_trait::async_trait;

use super::MetaRepository;
use crate::StoreError;
use crate::maintenance::{MOVED_TO, UNFINISHED_COPY};
use crate::seal::Sealer;
use crate::sql::{Session, Write, values};
use crate::store::DatabaseStore;

pub(crate) const KEY_FINGERPRINT: &str = "key_fingerprint";
pub(crate) const STAMP_ORIGIN: &str = "stamp.gateway_origin";
pub(crate) const STAMP_APP: &str = "stamp.app_key";

pub(crate) const VALUE_OF: &str = "select key, value from meta where key = $1";
const SET_ONCE: &str = "insert into meta (key, value) values ($1, $2) on conflict (key) do nothing";
pub(crate) const SET: &str = "insert into meta (key, value) values ($1, $2) \
     on conflict (key) do update set value = excluded.value";

#[async_trait]
impl MetaRepository for DatabaseStore {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row = self.database.first(VALUE_OF, values![key]).await?;
        row.map(|row| Ok(row.fields("meta", "key")?.text("value")?))
            .transpose()
    }

    async fn set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.database
            .execute(SET, values![key, value])
            .await
            .map(|_| ())
    }

    async fn stamp_or_check(&self, gateway_origin: &str, app_key: &str) -> Result<(), StoreError> {
        let stamp = Stamp {
            origin: gateway_origin.to_owned(),
            app_key: app_key.to_owned(),
        };
        let (stored_origin, stored_app_key) = self.database.write(stamp).await?;
        self.compared(stored_origin, stored_app_key, gateway_origin, app_key)
    }

    async fn check_stamp(&self, gateway_origin: &str, app_key: &str) -> Result<(), StoreError> {
        let origin = self.get(STAMP_ORIGIN).await?;
        let key = self.get(STAMP_APP).await?;
        match (origin, key) {
            (Some(origin), Some(key)) => self.compared(origin, key, gateway_origin, app_key),
            _ => Ok(()),
        }
    }

    async fn stamped_app_key(&self) -> Result<Option<String>, StoreError> {
        self.get(STAMP_APP).await
    }

    async fn key_fingerprint(&self) -> Result<Option<String>, StoreError> {
        self.get(KEY_FINGERPRINT).await
    }
}

impl DatabaseStore {
    fn compared(
        &self,
        stored_origin: String,
        stored_app_key: String,
        origin: &str,
        app_key: &str,
    ) -> Result<(), StoreError> {
        if stored_origin == origin && stored_app_key == app_key {
            return Ok(());
        }
        Err(StoreError::StampMismatch {
            place: self.database.place().to_owned(),
            stored_origin,
            stored_app_key,
            origin: origin.to_owned(),
            app_key: app_key.to_owned(),
        })
    }
}

/// Notes gateway and app where none is noted; gives what is.
struct Stamp {
    origin: String,
    app_key: String,
}

#[async_trait]
impl Write for Stamp {
    type Output = (String, String);

    async fn run(&self, session: &mut Session<'_>) -> Result<Self::Output, StoreError> {
        let origin = set_once(session, STAMP_ORIGIN, &self.origin).await?;
        let app_key = set_once(session, STAMP_APP, &self.app_key).await?;
        Ok((origin, app_key))
    }
}

/// Checks that the ring has every key the database needs. A database that needs none yet begins with the ring's first.
pub(crate) struct SettleKeys {
    pub(crate) sealer: Arc<Sealer>,
    /// Otherwise only what is there is checked.
    pub(crate) writing: bool,
}

#[async_trait]
impl Write for SettleKeys {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        let ring = self.sealer.ring();
        let needed = match self.writing {
            true => set_once(session, KEY_FINGERPRINT, &ring.fingerprint()).await?,
            false => value_of(session, KEY_FINGERPRINT)
                .await?
                .unwrap_or_default(),
        };
        if ring.check(Some(&needed)).is_err() {
            // A key that became active since the file was read is in the file by now.
            self.sealer.look_again(None)?;
            self.sealer.ring().check(Some(&needed))?;
        }
        // After the writes: a copy that begins at the same time locks this table, and either sees them or is seen.
        refuse_copies(session).await
    }
}

/// A database into which a copy was not finished, or which was copied away, is not used.
async fn refuse_copies(session: &mut Session<'_>) -> Result<(), StoreError> {
    if let Some(source_place) = value_of(session, UNFINISHED_COPY).await? {
        return Err(StoreError::UnfinishedCopy {
            place: session.place().to_owned(),
            source_place,
        });
    }
    if let Some(to) = value_of(session, MOVED_TO).await? {
        return Err(StoreError::Moved {
            place: session.place().to_owned(),
            to,
        });
    }
    Ok(())
}

/// Stores a value where there is none; gives the one that is stored.
async fn set_once(
    session: &mut Session<'_>,
    key: &'static str,
    value: &str,
) -> Result<String, StoreError> {
    session.execute(SET_ONCE, values![key, value]).await?;
    match value_of(session, key).await? {
        Some(stored) => Ok(stored),
        None => Err(session.overtaken()),
    }
}

async fn value_of(
    session: &mut Session<'_>,
    key: &'static str,
) -> Result<Option<String>, StoreError> {
    let row = session.first(VALUE_OF, values![key]).await?;
    row.map(|row| Ok(row.fields("meta", "key")?.text("value")?))
        .transpose()
}
