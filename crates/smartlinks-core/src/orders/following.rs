//! Following orders: AliExpress tells of changes by its messages, and what it does not tell is asked for, by lease, on
//! any number of instances. An order that stands still for too long is brought to somebody's eyes.

use std::time::Duration;

use serde_json::json;
use smartlinks_store::{
    FollowEnd, FollowedOrder, KnownOrder, Millis, OrderCursor, OrderPage as StoredPage, Traces,
};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::views::{Kept, Moments};
use super::{OrderPage, Urgency, summary_of};
use crate::clock::to_millis;
use crate::error::{Error, Result, Retry};
use crate::events::EventKind;
use crate::service::Core;
use crate::text::{has_controls, shortened};
use crate::workers::{DueWork, Look};

/// Why somebody should look at an order, in stable words.
pub const ORDER_ALERTS: [&str; 3] = [UNPAID, NOT_SHIPPED, NO_MOVEMENT];
const UNPAID: &str = "unpaid_deadline";
const NOT_SHIPPED: &str = "not_shipped";
const NO_MOVEMENT: &str = "no_movement";

/// How many orders are asked about at the same time.
const AT_ONCE: u32 = 4;
/// For how long a claim holds, in milliseconds. Work that takes longer is done twice, which does no harm.
const LEASE_MS: i64 = 180_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Orders that are older are asked about once a week.
const OLD_MS: i64 = 120 * DAY_MS;

/// When somebody is told of an order that stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowPolicy {
    /// So long before the time to pay is over; half of that time where it is shorter.
    pub unpaid_before: Duration,
    /// So long after it was paid, when it is not shipped.
    pub not_shipped_after: Duration,
    /// So long after a parcel was last heard of.
    pub no_movement_after: Duration,
}

impl Default for FollowPolicy {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 24 * 3600);
        Self {
            unpaid_before: days(1),
            not_shipped_after: days(7),
            no_movement_after: days(10),
        }
    }
}

/// What AliExpress's state means for following.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unread,
    ToPay,
    Checking,
    ToShip,
    UnderWay,
    Over,
}

impl Stage {
    fn of(status: &str) -> Self {
        match status {
            "UNKNOWN" => Self::Unread,
            "PLACE_ORDER_SUCCESS" => Self::ToPay,
            "WAIT_SELLER_SEND_GOODS" => Self::ToShip,
            "SELLER_PART_SEND_GOODS" | "WAIT_BUYER_ACCEPT_GOODS" => Self::UnderWay,
            "FINISH" => Self::Over,
            _ => Self::Checking,
        }
    }

    /// How long what is known is good enough.
    const fn rest_ms(self) -> i64 {
        match self {
            Self::Unread => 2 * MINUTE_MS,
            Self::ToPay => 30 * MINUTE_MS,
            Self::Checking => 2 * HOUR_MS,
            Self::ToShip | Self::UnderWay => 6 * HOUR_MS,
            Self::Over => DAY_MS,
        }
    }
}

impl Core {
    /// Asks about orders as they fall due, until it is told to stop. `clock_moved` wakes it when somebody moves the
    /// clock (the sandbox); in production it never does.
    pub async fn run_order_follower(
        &self,
        stop: CancellationToken,
        clock_moved: watch::Receiver<i64>,
    ) {
        let work = DueWork::on("orders that are followed");
        let look = || async { Ok(Look::done(self.follow_orders().await?)) };
        let next = || async {
            let following = self.store().order_following();
            following.next_poll_due(to_millis(self.now())).await
        };
        self.work_when_due(work, look, next, &stop, clock_moved)
            .await;
    }

    /// Claims orders that are due and looks at each once. Gives how many were claimed.
    ///
    /// # Errors
    /// [`Error::Storage`]; what goes wrong with single orders is tried again later.
    pub async fn follow_orders(&self) -> Result<usize> {
        let now = to_millis(self.now());
        let following = self.store().order_following();
        // Looking costs no write; only claiming does.
        let due = following.next_poll_due(now).await?;
        if due.is_none_or(|due| due > now) {
            return Ok(0);
        }
        let until = now.plus(LEASE_MS);
        let claimed = following.claim_polls(self.owner(), until, now, AT_ONCE);
        let claimed = claimed.await?;
        let count = claimed.len();
        let mut running = JoinSet::new();
        for one in claimed {
            let core = self.clone();
            running.spawn(async move { core.follow_order(one).await });
        }
        let mut first_failure = None;
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => first_failure = first_failure.or(Some(error)),
                Err(error) => tracing::error!(%error, "following an order ended early"),
            }
        }
        self.announce().await;
        first_failure.map_or(Ok(count), Err)
    }

    async fn follow_order(&self, followed: FollowedOrder) -> Result<()> {
        let known = followed.order;
        let (id, before) = (known.order_id.clone(), known.alert.clone());
        let fresh = self.asked_again(known).await;
        let (known, failed) = match fresh {
            Ok(known) => (known, None),
            Err(error @ Error::Storage(_)) => return Err(error),
            Err(error) => {
                tracing::debug!(order = id, %error, "an order could not be asked about");
                let found = self.store().orders().find(&id).await?;
                (found.ok_or(Error::UnknownOrder(id.clone()))?, Some(error))
            }
        };
        let now = to_millis(self.now());
        let (kept, stage) = (Kept::of(&known), Stage::of(&known.status));
        let moments = kept.moments();
        let alert = stuck(stage, &moments, self.order_policy().follow);
        let failures = failed.as_ref().map_or(0, |_| followed.failures + 1);
        let rest = match &failed {
            None => known.fetched_at.plus(rest_of(stage, &moments, now)),
            Some(error) => now.plus(rest_after(failures, error)),
        };
        // The moment at which somebody is to be told is not missed.
        let telling = alert.map(|(_, at)| at).filter(|at| *at > now);
        let next = telling.map_or(rest, |at| rest.min(at));
        let next = next.max(now.plus(MINUTE_MS));
        let alert = alert.filter(|(_, at)| *at <= now).map(|(word, _)| word);
        let end = FollowEnd {
            status: known.status.clone(),
            next_poll_at: (stage != Stage::Over).then_some(next),
            failures,
            alert: alert.map(str::to_owned),
            parcel: moments.parcel,
        };
        let traces = match alert {
            Some(word) if before.as_deref() != Some(word) => self.stuck_traces(&known, word),
            _ => Traces::none(),
        };
        let following = self.store().order_following();
        following.end_poll(&id, self.owner(), end, traces).await?;
        Ok(())
    }

    /// The order as AliExpress has it now; as it is known, where that is fresh enough.
    async fn asked_again(&self, known: KnownOrder) -> Result<KnownOrder> {
        let now = to_millis(self.now());
        let stage = Stage::of(&known.status);
        let rest = rest_of(stage, &Kept::of(&known).moments(), now);
        let id = known.order_id.clone();
        let is_fresh = stage != Stage::Unread && known.fetched_at.plus(rest) > now;
        if !is_fresh {
            self.read_order(&id, None, Urgency::Later).await?;
        }
        let known = self.known_order(&id).await?;
        if Stage::of(&known.status) != Stage::UnderWay {
            return Ok(known);
        }
        let parcels_at = Kept::of(&known).parcels_at.map(Millis);
        if parcels_at.is_none_or(|at| at.plus(rest) <= now) {
            self.read_tracking(&id, None, Urgency::Later).await?;
            return self.known_order(&id).await;
        }
        Ok(known)
    }

    fn stuck_traces(&self, known: &KnownOrder, word: &str) -> Traces {
        let data = json!({ "alert": word, "status": known.status });
        let (connection, order) = (Some(&known.connection), Some(known.order_id.as_str()));
        Traces::none().event(self.event(EventKind::OrderStuck, connection, order, &data))
    }

    /// How many orders somebody should look at, for each reason.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn order_alerts(&self) -> Result<Vec<(String, i64)>> {
        Ok(self.store().order_following().count_alerts().await?)
    }

    pub(super) async fn alerted(
        &self,
        alert: &str,
        after: Option<&OrderCursor>,
        limit: u32,
    ) -> Result<StoredPage> {
        if !ORDER_ALERTS.contains(&alert) {
            let given = shortened(alert, 30);
            let message =
                format!("{given:?} is not one of unpaid_deadline, not_shipped and no_movement");
            return Err(Error::invalid("alert", message));
        }
        let following = self.store().order_following();
        Ok(following.list_alerted(alert, after, limit).await?)
    }

    pub(super) async fn orders_numbered(&self, number: &str) -> Result<OrderPage> {
        let number = number.trim();
        if number.is_empty() || number.len() > 64 || has_controls(number) {
            let message = "expected an order number, one of ours or a parcel's";
            return Err(Error::invalid("number", message));
        }
        let following = self.store().order_following();
        let found = following.orders_numbered(number).await?;
        Ok(OrderPage {
            orders: found.iter().map(summary_of).collect(),
            next: None,
        })
    }
}

/// How long what is known of an order is good enough, in milliseconds.
fn rest_of(stage: Stage, moments: &Moments, now: Millis) -> i64 {
    let created = moments.created.map(to_millis);
    match created.is_some_and(|created| now.since(created) > OLD_MS) {
        true => 7 * DAY_MS,
        false => stage.rest_ms(),
    }
}

/// The rest after a failure, in milliseconds: grows, and is at least what the gateway asks for.
fn rest_after(failures: i64, error: &Error) -> i64 {
    let doubled = (5 * MINUTE_MS) << (failures - 1).clamp(0, 6);
    match error.retry() {
        Retry::After(seconds) => i64::try_from(seconds)
            .unwrap_or(3600)
            .saturating_mul(1000)
            .max(doubled),
        Retry::Later => doubled,
        // Until somebody has done something about the account.
        Retry::No => doubled.max(6 * HOUR_MS),
    }
}

/// Why somebody should look at an order, and from when on; none when it cannot come to that.
fn stuck(stage: Stage, moments: &Moments, policy: FollowPolicy) -> Option<(&'static str, Millis)> {
    let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 4);
    match stage {
        Stage::ToPay => {
            let by = to_millis(moments.pay_by?);
            let before = ms(policy.unpaid_before);
            let before = match moments.created.map(to_millis) {
                Some(created) => before.min(by.since(created) / 2),
                None => before,
            };
            Some((UNPAID, by.plus(-before)))
        }
        Stage::ToShip => {
            let since = to_millis(moments.paid.or(moments.created)?);
            Some((NOT_SHIPPED, since.plus(ms(policy.not_shipped_after))))
        }
        // A buyer has no need to confirm what has arrived.
        Stage::UnderWay if moments.delivered => None,
        Stage::UnderWay => {
            let since = moments.moved.or(moments.seen).or(moments.paid);
            let since = to_millis(since.or(moments.created)?);
            Some((NO_MOVEMENT, since.plus(ms(policy.no_movement_after))))
        }
        Stage::Unread | Stage::Checking | Stage::Over => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<jiff::Timestamp> {
        text.parse().ok()
    }

    #[test]
    fn an_order_is_stuck_at_its_own_time() {
        let moments = Moments {
            created: at("2026-11-01T00:00:00Z"),
            paid: at("2026-11-02T00:00:00Z"),
            pay_by: at("2026-11-21T00:00:00Z"),
            moved: at("2026-11-10T00:00:00Z"),
            ..Moments::default()
        };
        for (stage, expected) in [
            (Stage::ToPay, Some((UNPAID, "2026-11-20T00:00:00Z"))),
            (Stage::ToShip, Some((NOT_SHIPPED, "2026-11-09T00:00:00Z"))),
            (Stage::UnderWay, Some((NO_MOVEMENT, "2026-11-20T00:00:00Z"))),
            (Stage::Checking, None),
            (Stage::Over, None),
        ] {
            let expected = expected.map(|(word, text)| (word, to_millis(at(text).unwrap())));
            assert_eq!(stuck(stage, &moments, FollowPolicy::default()), expected);
        }
        let arrived = Moments {
            delivered: true,
            parcel: None,
            ..moments
        };
        let told = stuck(Stage::UnderWay, &arrived, FollowPolicy::default());
        assert_eq!(told, None);
        // Shipped, and nothing heard yet: from then on, and not from when it was paid.
        let silent = Moments {
            moved: None,
            seen: at("2026-11-09T00:00:00Z"),
            delivered: false,
            ..arrived
        };
        let told = stuck(Stage::UnderWay, &silent, FollowPolicy::default());
        let ten_days = to_millis(at("2026-11-19T00:00:00Z").unwrap());
        assert_eq!(told, Some((NO_MOVEMENT, ten_days)));
        // Where there is only an hour to pay, half of it is enough.
        let short = Moments {
            pay_by: at("2026-11-01T01:00:00Z"),
            ..silent
        };
        let told = stuck(Stage::ToPay, &short, FollowPolicy::default());
        let half = to_millis(at("2026-11-01T00:30:00Z").unwrap());
        assert_eq!(told, Some((UNPAID, half)));
    }

    #[test]
    fn old_orders_are_asked_about_once_a_week() {
        let moments = Moments {
            created: at("2026-01-01T00:00:00Z"),
            ..Moments::default()
        };
        let now = to_millis(at("2026-11-01T00:00:00Z").unwrap());
        assert_eq!(rest_of(Stage::UnderWay, &moments, now), 7 * DAY_MS);
        let young = rest_of(Stage::UnderWay, &Moments::default(), now);
        assert_eq!(young, 6 * HOUR_MS);
    }

    #[test]
    fn rests_after_failures_grow_and_keep_to_what_is_asked() {
        let later = Error::Internal(String::new());
        let first = rest_after(1, &later);
        assert!(rest_after(3, &later) >= first);
        assert!(rest_after(99, &later) <= 7 * DAY_MS);
    }
}
