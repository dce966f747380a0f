//! Destination, currency and language as whoever asks has chosen them: remembered for each operator, for each API key,
//! and together for all who have neither (the command line, the open sandbox).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{Actor, ActorKind, StoredMarket, Traces};
use utoipa::ToSchema;

use crate::clock::{from_millis, to_millis};
use crate::error::Result;
use crate::service::Core;
use crate::settings::Market;
use crate::traces::OK;

/// Who has no name of their own.
const EVERYBODY: &str = "everybody";

/// What product questions mean that do not say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnMarket {
    /// Destination, currency and language.
    #[serde(flatten)]
    pub market: Market,
    /// When whoever asks chose it; none while it is the configured one. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub chosen_at: Option<Timestamp>,
}

/// Another market; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarketChange {
    /// Destination, ISO 3166-1 alpha-2.
    #[serde(default)]
    pub ship_to: Option<String>,
    /// Currency of prices, ISO 4217.
    #[serde(default)]
    pub currency: Option<String>,
    /// Language of titles: `fr` or `en`.
    #[serde(default)]
    pub language: Option<String>,
}

impl Core {
    /// Destination, currency and language for whoever asks: those chosen last, else the configured ones.
    ///
    /// # Errors
    /// [`crate::Error::Storage`]; [`crate::Error::Invalid`] for what cannot be in [`Core::insisting_on`].
    pub async fn own_market(&self) -> Result<OwnMarket> {
        let stored = match holder(self.actor()) {
            Some(holder) => self.store().markets().market_of(holder).await?,
            None => None,
        };
        let chosen_at = stored.as_ref().and_then(|one| from_millis(one.changed_at));
        let market = stored.map_or_else(
            || self.market().clone(),
            |stored| Market {
                ship_to: stored.ship_to,
                currency: stored.currency,
                language: stored.language,
            },
        );
        let insisted = self.insisted();
        let market = market.with(
            insisted.ship_to.as_deref(),
            insisted.currency.as_deref(),
            insisted.language.as_deref(),
        )?;
        Ok(OwnMarket { market, chosen_at })
    }

    /// Remembers a market for whoever asks.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a country, currency or language that cannot be; [`crate::Error::Storage`].
    pub async fn choose_market(&self, change: &MarketChange) -> Result<OwnMarket> {
        let now = self.now();
        let chosen = self
            .market_for(
                change.ship_to.as_deref(),
                change.currency.as_deref(),
                change.language.as_deref(),
            )
            .await?;
        let Some(holder) = holder(self.actor()) else {
            return Ok(OwnMarket {
                market: chosen,
                chosen_at: None,
            });
        };
        let data = json!({ "market": chosen });
        let entry = self.audit_entry("market.chosen", None, Some(holder), OK, &data);
        let stored = StoredMarket {
            ship_to: chosen.ship_to.clone(),
            currency: chosen.currency.clone(),
            language: chosen.language.clone(),
            changed_at: to_millis(now),
        };
        let traces = Traces::none().audit(entry);
        self.store()
            .markets()
            .put_market(holder, stored, traces)
            .await?;
        Ok(OwnMarket {
            market: chosen,
            chosen_at: Some(now),
        })
    }

    /// Goes back to the configured market.
    ///
    /// # Errors
    /// [`crate::Error::Storage`].
    pub async fn forget_market(&self) -> Result<OwnMarket> {
        if let Some(holder) = holder(self.actor()) {
            let entry = self.audit_entry("market.forgotten", None, Some(holder), OK, &json!({}));
            let traces = Traces::none().audit(entry);
            self.store().markets().remove_market(holder, traces).await?;
        }
        self.own_market().await
    }

    /// What a question says, and for the rest what whoever asks has chosen.
    pub(crate) async fn market_for(
        &self,
        ship_to: Option<&str>,
        currency: Option<&str>,
        language: Option<&str>,
    ) -> Result<Market> {
        // What cannot be is refused without a look into the database.
        let said = self.market().with(ship_to, currency, language)?;
        let blank = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
        match [ship_to, currency, language].into_iter().any(blank) {
            true => {
                let own = self.own_market().await?.market;
                own.with(ship_to, currency, language)
            }
            false => Ok(said),
        }
    }
}

/// Under whose name a market is remembered; none for the service itself.
fn holder(actor: &Actor) -> Option<&str> {
    match actor.kind {
        ActorKind::Operator | ActorKind::ApiKey => actor.id.as_deref(),
        ActorKind::CommandLine | ActorKind::Anybody => Some(EVERYBODY),
        ActorKind::Merchant | ActorKind::System => None,
    }
}
