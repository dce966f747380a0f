//! For whom products are looked at: what each who looks has chosen last.

use async_trait::async_trait;

use crate::sql::values;
use crate::store::DatabaseStore;
use crate::{Millis, StoreError, Traces};

/// What somebody has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMarket {
    /// Destination, ISO 3166-1 alpha-2.
    pub ship_to: String,
    /// Currency of prices, ISO 4217.
    pub currency: String,
    /// Language of titles.
    pub language: String,
    /// When it was chosen.
    pub changed_at: Millis,
}

/// The chosen markets, by whoever holds them.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait MarketRepository: Send + Sync {
    /// What a holder has chosen.
    async fn market_of(&self, holder: &str) -> Result<Option<StoredMarket>, StoreError>;

    /// Stores what a holder chooses, in the place of what was there.
    async fn put_market(
        &self,
        holder: &str,
        market: StoredMarket,
        traces: Traces,
    ) -> Result<(), StoreError>;

    /// Forgets what a holder had chosen; whether there was something.
    async fn remove_market(&self, holder: &str, traces: Traces) -> Result<bool, StoreError>;
}

#[async_trait]
impl MarketRepository for DatabaseStore {
    async fn market_of(&self, holder: &str) -> Result<Option<StoredMarket>, StoreError> {
        const FIND: &str = "select holder, ship_to, currency, language, changed_at from markets \
             where holder = $1";
        let Some(row) = self.database.first(FIND, values![holder]).await? else {
            return Ok(None);
        };
        let fields = row.fields("markets", "holder")?;
        Ok(Some(StoredMarket {
            ship_to: fields.text("ship_to")?,
            currency: fields.text("currency")?,
            language: fields.text("language")?,
            changed_at: fields.moment("changed_at")?,
        }))
    }

    async fn put_market(
        &self,
        holder: &str,
        market: StoredMarket,
        traces: Traces,
    ) -> Result<(), StoreError> {
        const PUT: &str = "insert into markets (holder, ship_to, currency, language, changed_at) \
             values ($1, $2, $3, $4, $5) on conflict (holder) do update set \
             ship_to = excluded.ship_to, currency = excluded.currency, \
             language = excluded.language, changed_at = excluded.changed_at";
        let values = values![
            holder,
            market.ship_to,
            market.currency,
            market.language,
            market.changed_at,
        ];
        self.traced(PUT, values, traces).await.map(|_| ())
    }

    async fn remove_market(&self, holder: &str, traces: Traces) -> Result<bool, StoreError> {
        const DELETE: &str = "delete from markets where holder = $1";
        self.traced(DELETE, values![holder], traces).await
    }
}
