//! AliExpress's lists of provinces and cities, kept for a day: they are large, and may be asked for four times a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aliexpress::dropshipping::address_get::CountryPlaces;
use smartlinks_store::Millis;

use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::service::Core;

const KEPT_MS: i64 = 24 * 3_600_000;

/// Country and language.
type Key = (String, &'static str);

/// The lists that were read within the last day.
#[derive(Debug, Default)]
pub(crate) struct KnownPlaces(Mutex<HashMap<Key, (Millis, Arc<CountryPlaces>)>>);

impl KnownPlaces {
    fn get(&self, key: &Key, now: Millis) -> Option<Arc<CountryPlaces>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, list) = known.get(key)?;
        (now.since(*read_at) < KEPT_MS).then(|| Arc::clone(list))
    }

    fn put(&self, key: Key, now: Millis, list: Arc<CountryPlaces>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (read_at, _)| now.since(*read_at) < KEPT_MS);
        known.insert(key, (now, list));
    }
}

impl Core {
    /// The places of a country, first with their English names, then in French where that is the language here. Empty for
    /// a country that AliExpress has no list of.
    pub(super) async fn country_places(
        &self,
        country: &str,
        connection: &str,
    ) -> Result<Vec<Arc<CountryPlaces>>> {
        let mut lists = Vec::new();
        for language in ["en", "fr"] {
            if language == "fr" && self.market().language != "fr" {
                continue;
            }
            lists.extend(self.places_in(country, language, connection).await?);
        }
        Ok(lists)
    }

    async fn places_in(
        &self,
        country: &str,
        language: &'static str,
        connection: &str,
    ) -> Result<Option<Arc<CountryPlaces>>> {
        let (key, now) = ((country.to_owned(), language), to_millis(self.now()));
        if let Some(list) = self.inner.places.get(&key, now) {
            return Ok(Some(list));
        }
        let read = self
            .with_token(Some(connection), |client| async move {
                let places = client.dropshipping().address_get().country(country);
                let places = match language {
                    "en" => places,
                    other => places.language(other).multi_language(true),
                };
                places.send().await
            })
            .await;
        match read {
            Ok(list) => {
                let list = Arc::new(list);
                self.inner.places.put(key, now, Arc::clone(&list));
                Ok(Some(list))
            }
            // The method has no list of this country: whether it is delivered to is said by the goods.
            Err(Error::Gateway(error)) if matches!(*error, aliexpress::Error::Business(_)) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
