//! What AliExpress answers about a product that is in the catalogue already, over what is stored.

use smartlinks_store::{Availability, CatalogueEntry, CatalogueId, Millis};

use super::super::drift::Policies;
use super::super::importing::{busy, is_for, is_latest, market_of};
use super::super::merging::{self, History};
use super::super::views::CatalogueDetail;
use crate::clock::to_millis;
use crate::error::Result;
use crate::products::{ProductQuery, ProductView};
use crate::service::Core;
use crate::settings::Market;

/// How often a change is tried when somebody else is faster.
const ATTEMPTS: u32 = 4;

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    Person,
    Watch,
}

/// What AliExpress has said of a product.
struct Answer {
    /// What it was asked for.
    market: Market,
    asked_at: Millis,
    says: Result<ProductView, Availability>,
}

/// What has come of an answer.
pub(super) enum Seen {
    Same,
    Changed,
    /// What is stored was asked for later, or for another country or currency.
    Late,
}

impl Core {
    /// Asks AliExpress about a product now, because somebody wants to know.
    ///
    /// # Errors
    /// [`crate::Error::UnknownProduct`], [`crate::Error::CatalogueRefused`] when others go on changing it,
    /// [`crate::Error::Storage`]; when AliExpress cannot be asked as [`Core::product`], and then nothing has changed.
    pub async fn check_product(&self, id: &str) -> Result<CatalogueDetail> {
        let entry = self.catalogue_entry(id).await?;
        let policies = self.policies().await?;
        let asked_at = to_millis(self.now());
        self.look(&entry.product.id, asked_at, &policies, Asking::Person)
            .await?;
        self.announce().await;
        self.catalogue_product(id).await
    }

    /// Asks about a product and stores what has changed.
    pub(super) async fn look(
        &self,
        id: &CatalogueId,
        asked_at: Millis,
        policies: &Policies,
        asking: Asking,
    ) -> Result<Seen> {
        let entry = self.catalogue_entry(id.as_str()).await?;
        let answer = Answer {
            market: market_of(&entry.product),
            asked_at,
            says: match self.ask_again(&entry, asking).await {
                Ok(fresh) => Ok(fresh),
                Err(error) => Err(merging::refused(&error).ok_or(error)?),
            },
        };
        let mut entry = Some(entry);
        for _ in 0..ATTEMPTS {
            let present = match entry.take() {
                Some(entry) => entry,
                None => self.catalogue_entry(id.as_str()).await?,
            };
            let seen = self.store_answer(present, &answer, policies, asking);
            if let Some(seen) = seen.await? {
                return Ok(seen);
            }
        }
        Err(busy())
    }

    async fn ask_again(&self, entry: &CatalogueEntry, asking: Asking) -> Result<ProductView> {
        let product = &entry.product;
        let market = market_of(product);
        let query = ProductQuery {
            ship_to: Some(market.ship_to),
            currency: Some(market.currency),
            language: Some(market.language),
            connection: Some(product.connection.to_string()),
        };
        match asking {
            Asking::Person => self.product(&product.product_id, &query).await,
            Asking::Watch => {
                let quietly = self.in_background();
                quietly.product(&product.product_id, &query).await
            }
        }
    }

    /// Stores what an answer says of a product, over what is stored; none when somebody else was faster.
    async fn store_answer(
        &self,
        mut entry: CatalogueEntry,
        answer: &Answer,
        policies: &Policies,
        asking: Asking,
    ) -> Result<Option<Seen>> {
        let now = to_millis(self.now());
        if !is_for(&entry.product, &answer.market)
            || !is_latest(&entry.product, answer.asked_at, now)
        {
            return Ok(Some(Seen::Late));
        }
        let before = entry.clone();
        let mut history = History::new(self, &entry.product.id);
        let (says, market) = (&answer.says, &answer.market);
        merging::answered(&mut entry, says, market, &mut history, now)?;
        let told = self
            .drifted(&mut entry, &mut history, policies, now)
            .await?;
        if entry == before && asking == Asking::Watch {
            // The end of the look says when it was.
            return Ok(Some(Seen::Same));
        }
        let same = entry.skus == before.skus && history.changes.is_empty();
        entry.product.checked_at = answer.asked_at;
        entry.product.next_check_at = Some(self.next_check(&entry.product.id, now));
        merging::next_version(&mut entry, now, !same);
        let changes = history.changes;
        let stored = self.store_entry(&entry, changes, false, told).await?;
        Ok(stored.then_some(Seen::Changed))
    }
}
