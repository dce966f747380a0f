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

impl DatabaseStore {
    /// Checks that the ring has every key the database needs, and that it may be used. One that needs no key yet begins
    /// with the ring's first, when `writing`; else nothing is written, and nobody waited for.
    pub(crate) async fn settle_keys(&self, writing: bool) -> Result<(), StoreError> {
        let needed = self.get(KEY_FINGERPRINT).await?;
        if needed.is_none() && writing {
            let sealer = Arc::clone(&self.sealer);
            return self.database.write(FirstKey { sealer }).await;
        }
        covers(&self.sealer, &needed.unwrap_or_default())?;
        refuse_copies(
            self.database.place(),
            self.get(UNFINISHED_COPY).await?,
            self.get(MOVED_TO).await?,
        )
    }
}

fn covers(sealer: &Sealer, needed: &str) -> Result<(), StoreError> {
    if sealer.ring().check(Some(needed)).is_err() {
        // A key that became active since the file was read is in the file by now.
        sealer.look_again(None)?;
        sealer.ring().check(Some(needed))?;
    }
    Ok(())
}

/// A database into which a copy was not finished, or which was copied away, is not used.
fn refuse_copies(
    place: &str,
    unfinished: Option<String>,
    moved_to: Option<String>,
) -> Result<(), StoreError> {
    let place = place.to_owned();
    match (unfinished, moved_to) {
        (Some(source_place), _) => Err(StoreError::UnfinishedCopy {
            place,
            source_place,
        }),
        (None, Some(to)) => Err(StoreError::Moved { place, to }),
        (None, None) => Ok(()),
    }
}

/// Notes the first key that a database needs.
struct FirstKey {
    sealer: Arc<Sealer>,
}

#[async_trait]
impl Write for FirstKey {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        let first = self.sealer.ring().fingerprint();
        let needed = set_once(session, KEY_FINGERPRINT, &first).await?;
        covers(&self.sealer, &needed)?;
        // After the write: a copy that begins at the same time locks this table, and either sees it or is seen.
        let unfinished = value_of(session, UNFINISHED_COPY).await?;
        let moved_to = value_of(session, MOVED_TO).await?;
        refuse_copies(session.place(), unfinished, moved_to)
    }
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
