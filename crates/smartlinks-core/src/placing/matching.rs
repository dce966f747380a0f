//! Finding the orders of an intent among those that became known since it was sent.

use std::collections::BTreeMap;

use smartlinks_store::{KnownOrder, Millis, OrderIntent};

use super::views::Summary;
use crate::clock::to_millis;
use crate::error::Result;
use crate::orders::goods_of;
use crate::service::Core;

/// How far the clocks of AliExpress and of this machine may differ, in milliseconds.
const SKEW_MS: i64 = 120_000;

/// As many open intents as are listed at most: with so many there may be others.
const LISTED: usize = 200;

/// How many of each product and variant.
type Goods = BTreeMap<(String, String), i64>;

fn wanted(intent: &OrderIntent) -> Goods {
    let mut goods = Goods::new();
    for line in Summary::of(intent).lines {
        *goods.entry((line.product_id, line.sku)).or_default() += i64::from(line.quantity);
    }
    goods
}

fn add(sum: &mut Goods, more: &Goods) {
    for (what, count) in more {
        *sum.entry(what.clone()).or_default() += count;
    }
}

fn is_part_of(part: &Goods, whole: &Goods) -> bool {
    !part.is_empty()
        && part
            .iter()
            .all(|(what, count)| whole.get(what).is_some_and(|all| count <= all))
}

impl Core {
    /// Known orders that may be those of an intent sent first at `since`: of its connection, of no other intent, created
    /// since then, and with nothing in them that was not ordered.
    pub(super) async fn candidates(
        &self,
        intent: &OrderIntent,
        since: Millis,
    ) -> Result<Vec<(KnownOrder, Goods)>> {
        let since = since.plus(-SKEW_MS);
        let intents = self.store().order_intents();
        let known = intents
            .orders_of_no_intent(&intent.connection, since)
            .await?;
        let wanted = wanted(intent);
        let candidates = known.into_iter().filter_map(|order| {
            let ordered = goods_of(&order)?;
            let mut goods = Goods::new();
            for line in ordered.lines {
                *goods.entry((line.product_id, line.sku)).or_default() += line.count;
            }
            let fits = to_millis(ordered.created) >= since && is_part_of(&goods, &wanted);
            fits.then_some((order, goods))
        });
        Ok(candidates.collect())
    }

    /// The orders of an intent, as far as what is known here can tell: together they hold exactly what was ordered, and no
    /// other intent whose outcome is open could claim one of them. Somebody may have ordered the same elsewhere, so this
    /// counts only where AliExpress cannot be asked under the number of the intent any more, or does not say.
    pub(super) async fn matched(
        &self,
        intent: &OrderIntent,
        since: Millis,
    ) -> Result<Option<Vec<KnownOrder>>> {
        // Before the candidates: a rival that ends between the two has taken its order with it.
        let intents = self.store().order_intents();
        let open = intents.open_intents(&intent.connection).await?;
        if open.len() >= LISTED {
            return Ok(None);
        }
        let candidates = self.candidates(intent, since).await?;
        let mut sum = Goods::new();
        for (_, goods) in &candidates {
            add(&mut sum, goods);
        }
        if candidates.is_empty() || sum != wanted(intent) {
            return Ok(None);
        }
        let rival = open
            .iter()
            .filter(|other| other.id != intent.id)
            .any(|other| {
                let theirs = wanted(other);
                candidates
                    .iter()
                    .any(|(_, goods)| is_part_of(goods, &theirs))
            });
        Ok((!rival).then(|| candidates.into_iter().map(|(order, _)| order).collect()))
    }
}
