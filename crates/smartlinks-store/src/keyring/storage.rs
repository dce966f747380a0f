//! The repository over a database and a key file.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::records::StoredReport;
use super::reencrypt::Step;
use super::sealed_tables::SEALED;
use super::settle::{Activate, Retire};
use super::{
    KeyReport, KeyStanding, Keyring, KeyringRepository, Position, Reencrypted, SealedRows, reports,
};
use crate::meta::MetaRepository as _;
use crate::seal::{KeyError, KeyRing, id_of};
use crate::sql::values;
use crate::store::DatabaseStore;
use crate::{Millis, StoreError, Traces};

#[async_trait]
impl KeyringRepository for DatabaseStore {
    async fn standing(&self) -> Result<Keyring, StoreError> {
        self.sealer.look_again(None)?;
        let needed = self.key_fingerprint().await?.unwrap_or_default();
        let ring = self.sealer.ring();
        let mut keys = BTreeMap::new();
        let unheld = |id: &str| -> KeyStanding {
            KeyStanding {
                id: id.to_owned(),
                check: ring.check_of(id),
                active: false,
                held: false,
                needed: false,
                sealed: Vec::new(),
            }
        };
        for id in ring.ids() {
            let held = KeyStanding {
                held: true,
                ..unheld(id)
            };
            keys.insert(id.to_owned(), held);
        }
        for (place, check) in needed.split_whitespace().enumerate() {
            let id = id_of(check);
            let key = keys.entry(id.to_owned()).or_insert_with(|| unheld(id));
            key.needed = true;
            key.active = place == 0;
            key.held = ring.holds(check);
            key.check = Some(check.to_owned());
        }
        for table in SEALED {
            for row in self.database.all(table.count, values![]).await? {
                let fields = row.fields(table.name, "sealed_with")?;
                let rows = u64::try_from(fields.int("sealed_rows")?).unwrap_or_default();
                let id = fields.id();
                let key = keys.entry(id.to_owned()).or_insert_with(|| unheld(id));
                key.sealed.push(SealedRows {
                    table: table.name,
                    rows,
                });
            }
        }
        let mut keys: Vec<KeyStanding> = keys.into_values().collect();
        keys.sort_by_key(|key| !key.active);
        Ok(Keyring {
            file: ring.file().to_owned(),
            keys,
        })
    }

    async fn add_key(&self) -> Result<String, StoreError> {
        let ring = self.sealer.ring();
        let entropy = self.sealer.entropy();
        let added = KeyRing::change(ring.file(), |ring| Ok(Some(ring.add_key(entropy)?)))?;
        self.sealer.look_again(None)?;
        Ok(added.unwrap_or_default())
    }

    async fn activate_key(&self, id: &str, traces: Traces) -> Result<bool, StoreError> {
        self.sealer.look_again(None)?;
        let ring = self.sealer.ring();
        let check = ring.check_of(id).ok_or_else(|| KeyError::Unknown {
            path: ring.file().to_owned(),
            id: id.to_owned(),
        })?;
        let changed = self.database.write(Activate { check, traces }).await?;
        // What a new database begins with; this one no longer asks the file.
        let followed = KeyRing::change(ring.file(), |ring| {
            Ok((ring.active_id() != id && ring.put_first(id)).then_some(()))
        });
        if let Err(error) = followed {
            tracing::warn!(%error, "the key is active, but the key file still names another as the first");
        }
        Ok(changed)
    }

    async fn reencrypt(
        &self,
        from: Option<Position>,
        limit: u32,
    ) -> Result<Reencrypted, StoreError> {
        let from = from.unwrap_or(Position {
            table: 0,
            after: String::new(),
        });
        let sealer = Arc::clone(&self.sealer);
        self.database
            .write(Step {
                sealer,
                from,
                limit,
            })
            .await
    }

    async fn retire_key(&self, id: &str, traces: Traces) -> Result<bool, StoreError> {
        let was_needed = self
            .database
            .write(Retire {
                id: id.to_owned(),
                traces,
            })
            .await?;
        let active = self.key_fingerprint().await?.unwrap_or_default();
        let active = active.split_whitespace().next().map(id_of);
        let file = self.sealer.ring().file().to_owned();
        // The first of the file can be the one that goes, where the file has not followed an activation elsewhere.
        let was_held = KeyRing::change(&file, |ring| {
            if let Some(active) = active.filter(|_| ring.active_id() == id) {
                ring.put_first(active);
            }
            Ok(ring.remove(id).then_some(()))
        })?
        .is_some();
        let needed = self.key_fingerprint().await?;
        self.sealer.look_again(needed.as_deref())?;
        Ok(was_needed || was_held)
    }

    fn read_keys_again(&self) -> Result<bool, StoreError> {
        Ok(self.sealer.look_again(None)?)
    }

    async fn report_keys(&self, instance: &str, name: &str, now: Millis) -> Result<(), StoreError> {
        let needed = self.key_fingerprint().await?;
        if let Err(error) = self.sealer.look_again(needed.as_deref()) {
            tracing::warn!(%error, "the key file could not be read again; the keys in memory go on");
        }
        let fingerprints = self.sealer.ring().fingerprints();
        let report = StoredReport {
            name: name.to_owned(),
            keys: fingerprints.split_whitespace().map(str::to_owned).collect(),
            at: now.0,
        };
        reports::put(&self.database, instance, &report).await
    }

    async fn withdraw_key_report(&self, instance: &str) -> Result<(), StoreError> {
        reports::withdraw(&self.database, instance).await
    }

    async fn key_reports(&self, since: Millis) -> Result<Vec<KeyReport>, StoreError> {
        reports::since(&self.database, since).await
    }
}
