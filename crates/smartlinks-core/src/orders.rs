//! Orders that were placed at AliExpress: added by their number, shown and followed.
//!
//! The gateway has no list of orders, so we keep those that we are told about. The last answer is kept
//! with its time: when the gateway is down, the last known state is shown with its age.

mod following;
mod views;

use aliexpress::Client;
use aliexpress::dropshipping::{order_get::Order, order_tracking_get::Parcel};
use serde_json::json;
use smartlinks_store::{ConnectionId, KnownOrder, Millis, OrderCursor, Traces};

use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;
use crate::traces::OK;

pub use following::{FollowPolicy, ORDER_ALERTS};
use views::{Details, Kept, details, parcels, summary};
pub use views::{
    MoneyView, OrderLineView, OrderListing, OrderPage, OrderSummary, OrderView, ParcelItemView,
    ParcelView, StaleReason, TrackingNodeView, TrackingView,
};
pub(crate) use views::{OrderedGoods, order_page};

/// When a known order was created and what is in it. None while it was not read, or where AliExpress left a part of that
/// out.
pub(crate) fn goods_of(record: &KnownOrder) -> Option<OrderedGoods> {
    Kept::of(record).goods()
}

/// Whether a line of a known order has ended because it was cancelled, or closed unpaid.
pub(crate) fn was_cancelled(record: &KnownOrder) -> bool {
    Kept::of(record).was_cancelled()
}

/// A known order as it stands in lists.
pub(crate) fn summary_of(record: &KnownOrder) -> OrderSummary {
    summary(record)
}

/// Whether somebody waits for an answer.
#[derive(Debug, Clone, Copy)]
enum Urgency {
    Now,
    /// Calls that somebody waits for go first.
    Later,
}

impl Urgency {
    fn of(self, client: Client) -> Client {
        match self {
            Self::Now => client,
            Self::Later => client.background(),
        }
    }
}

/// The gateway's business code for an order that has no parcel yet.
const NO_TRACKING_YET: &str = "1001";

/// What AliExpress has answered about an order.
struct Read {
    number: i64,
    connection: ConnectionId,
    order: Details,
    asked_at: Millis,
}

impl Core {
    /// Adds an order by its AliExpress number, or asks about a known one again.
    ///
    /// # Errors
    /// [`Error::Invalid`] for something that is not an order number; else as [`Core::vend`]. An order of
    /// another account is refused by the gateway.
    pub async fn import_order(
        &self,
        order_id: &str,
        connection: Option<&str>,
    ) -> Result<OrderView> {
        self.read_order(order_id, connection, Urgency::Now).await
    }

    /// The same, for somebody who waits or for nobody.
    async fn read_order(
        &self,
        order_id: &str,
        connection: Option<&str>,
        urgency: Urgency,
    ) -> Result<OrderView> {
        let number = order_number(order_id)?;
        let before = self.store().orders().find(&number.to_string()).await?;
        let connection = match (connection, &before) {
            (Some(id), _) => self.record(id).await?.id,
            (None, Some(known)) => known.connection.clone(),
            (None, None) => self.record_or_default(None).await?.id,
        };
        let asked_at = to_millis(self.now());
        let fetched = self.fetch_order(number, connection.as_str(), urgency);
        let order = details(fetched.await?);
        let read = Read {
            number,
            connection,
            order,
            asked_at,
        };
        let (kept, record) = self.take_over(read).await?;
        self.announce().await;
        self.intent_follows(&record.order_id).await?;
        Ok(kept.view(&record, None))
    }

    /// Stores what AliExpress has answered, unless what is known was asked for later: answers overtake each other.
    async fn take_over(&self, read: Read) -> Result<(Kept, KnownOrder)> {
        let Read {
            number, asked_at, ..
        } = read;
        // Order and parcels share a row: whoever writes reads it again first, and once more when another has written.
        let _turn = self.inner.orders.turn(&number).await;
        loop {
            let before = self.store().orders().find(&number.to_string()).await?;
            let mut kept = before.as_ref().map(Kept::of).unwrap_or_default();
            if let Some(known) = &before
                && kept.order.is_some()
                && known.fetched_at > asked_at
            {
                return Ok((kept, known.clone()));
            }
            let status = &read.order.status;
            let stays = before.as_ref().is_some_and(|known| known.status == *status);
            if !stays || kept.status_since.is_none() {
                kept.status_since = Some(asked_at.0);
            }
            kept.order = Some(read.order.clone());
            let alert = before.as_ref().and_then(|known| known.alert.clone());
            let record = KnownOrder {
                added_at: before
                    .as_ref()
                    .map_or_else(|| to_millis(self.now()), |known| known.added_at),
                fetched_at: asked_at,
                alert: alert.filter(|_| stays),
                ..kept.record(number, read.connection.clone())?
            };
            let traces = self.order_traces(&record, before.is_none(), !stays);
            let orders = self.store().orders();
            if orders.renew(record.clone(), before, traces).await? {
                return Ok((kept, record));
            }
        }
    }

    fn order_traces(&self, record: &KnownOrder, new: bool, changed: bool) -> Traces {
        let kind = match (new, changed) {
            (true, _) => EventKind::OrderImported,
            (false, true) => EventKind::OrderUpdated,
            (false, false) => return Traces::none(),
        };
        let (connection, order) = (Some(&record.connection), Some(record.order_id.as_str()));
        let data = json!({ "status": record.status });
        let traces = Traces::none().event(self.event(kind, connection, order, &data));
        match new {
            true => traces.audit(self.audit_entry(kind.as_str(), connection, order, OK, &data)),
            false => traces,
        }
    }

    /// Shows a known order as it stands now. When the gateway cannot say, the last known state comes
    /// back with `stale` and the reason.
    ///
    /// # Errors
    /// [`Error::UnknownOrder`], [`Error::Storage`].
    pub async fn order(&self, order_id: &str) -> Result<OrderView> {
        let known = self.known_order(order_id).await?;
        match self.import_order(&known.order_id, None).await {
            Ok(view) => Ok(view),
            Err(error @ Error::Storage(_)) => Err(error),
            Err(error) => Ok(Kept::of(&known).view(&known, Some(&error))),
        }
    }

    /// Shows a known order from what is kept, without asking the gateway.
    ///
    /// # Errors
    /// [`Error::UnknownOrder`], [`Error::Storage`].
    pub async fn kept_order(&self, order_id: &str) -> Result<OrderView> {
        let known = self.known_order(order_id).await?;
        Ok(Kept::of(&known).view(&known, None))
    }

    /// The parcels of a known order with their events, newest first.
    ///
    /// # Errors
    /// [`Error::UnknownOrder`], [`Error::Storage`]; as [`Core::vend`] when the gateway cannot say and
    /// nothing is kept.
    pub async fn tracking(&self, order_id: &str, language: Option<&str>) -> Result<TrackingView> {
        self.read_tracking(order_id, language, Urgency::Now).await
    }

    async fn read_tracking(
        &self,
        order_id: &str,
        language: Option<&str>,
        urgency: Urgency,
    ) -> Result<TrackingView> {
        let known = self.known_order(order_id).await?;
        let market = self.market().with(None, None, language)?;
        let asked_at = to_millis(self.now());
        let answer = self.fetch_tracking(&known, market.locale(), urgency).await;
        let number = order_number(&known.order_id)?;
        match answer {
            Ok(fresh) => {
                let kept = self.take_parcels(number, parcels(fresh), asked_at).await?;
                Ok(kept.tracking(&known.order_id, None))
            }
            Err(error @ Error::Storage(_)) => Err(error),
            Err(error) => {
                let known = self.known_order(&known.order_id).await?;
                let kept = Kept::of(&known);
                match kept.parcels.is_some() {
                    true => Ok(kept.tracking(&known.order_id, Some(&error))),
                    false => Err(error),
                }
            }
        }
    }

    async fn take_parcels(
        &self,
        number: i64,
        fresh: Vec<ParcelView>,
        asked_at: Millis,
    ) -> Result<Kept> {
        let _turn = self.inner.orders.turn(&number).await;
        loop {
            let known = self.known_order(&number.to_string()).await?;
            let mut kept = Kept::of(&known);
            if kept.parcels_at.is_some_and(|at| at > asked_at.0) {
                return Ok(kept);
            }
            kept.parcels = Some(fresh.clone());
            kept.parcels_at = Some(asked_at.0);
            let record = KnownOrder {
                snapshot_json: kept.to_json()?,
                ..known.clone()
            };
            let orders = self.store().orders();
            if orders.renew(record, Some(known), Traces::none()).await? {
                return Ok(kept);
            }
        }
    }

    /// Known orders, last added first. `after` is the cursor of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor that we did not give, [`Error::Storage`].
    pub async fn orders(&self, listing: &OrderListing) -> Result<OrderPage> {
        let limit = listing.limit.unwrap_or(50).clamp(1, 200);
        let after = listing.after.as_deref().map(parse_cursor).transpose()?;
        let orders = self.store().orders();
        if let Some(number) = listing.number.as_deref() {
            return self.orders_numbered(number).await;
        }
        let page = match (&listing.alert, &listing.statuses) {
            (Some(alert), _) => self.alerted(alert, after.as_ref(), limit).await?,
            (None, None) => orders.list(after.as_ref(), limit).await?,
            (None, Some(statuses)) => orders.list_in(statuses, after.as_ref(), limit).await?,
        };
        let next = page
            .next
            .map(|cursor| format!("{}.{}", cursor.added_at.0, cursor.order_id));
        Ok(OrderPage {
            orders: page.orders.iter().map(summary).collect(),
            next,
        })
    }

    /// How many known orders there are in each of AliExpress's states, of one connection or of all.
    ///
    /// # Errors
    /// [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn orders_by_state(&self, connection: Option<&str>) -> Result<Vec<(String, i64)>> {
        let connection = match connection {
            Some(id) => Some(self.record(id).await?.id),
            None => None,
        };
        Ok(self
            .store()
            .orders()
            .count_by_status(connection.as_ref())
            .await?)
    }

    async fn known_order(&self, order_id: &str) -> Result<KnownOrder> {
        let number = order_number(order_id)?.to_string();
        self.store()
            .orders()
            .find(&number)
            .await?
            .ok_or(Error::UnknownOrder(number))
    }

    async fn fetch_order(&self, number: i64, connection: &str, urgency: Urgency) -> Result<Order> {
        self.with_token(Some(connection), |client| async move {
            urgency
                .of(client)
                .dropshipping()
                .order_get()
                .order_id(number)
                .send()
                .await
        })
        .await
    }

    async fn fetch_tracking(
        &self,
        known: &KnownOrder,
        locale: &str,
        urgency: Urgency,
    ) -> Result<Vec<Parcel>> {
        let number = order_number(&known.order_id)?;
        let answer = self
            .with_token(Some(known.connection.as_str()), |client| async move {
                urgency
                    .of(client)
                    .dropshipping()
                    .order_tracking_get()
                    .order_id(number)
                    .language(locale)
                    .send()
                    .await
            })
            .await;
        match answer {
            // "Nothing known yet" is an answer, not a failure.
            Err(Error::Gateway(error)) if error.code() == NO_TRACKING_YET => Ok(Vec::new()),
            other => other,
        }
    }
}

fn order_number(text: &str) -> Result<i64> {
    let trimmed = text.trim();
    trimmed
        .parse()
        .ok()
        .filter(|number| *number > 0 && trimmed.len() >= 8)
        .ok_or_else(|| {
            Error::invalid(
                "order_id",
                format!(
                    "{:?} is not an AliExpress order number (16 digits or so)",
                    crate::text::shortened(trimmed, 30)
                ),
            )
        })
}

fn parse_cursor(text: &str) -> Result<OrderCursor> {
    let parts = text
        .split_once('.')
        .filter(|(_, id)| !crate::text::has_controls(id))
        .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    match parts {
        Some((at, order_id)) => Ok(OrderCursor {
            added_at: Millis(at),
            order_id,
        }),
        None => Err(Error::invalid("after", "not a cursor of this list")),
    }
}
