//! What is to be done about each kind of change.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{Traces, WatchPolicy};
use utoipa::ToSchema;

use super::moment;
use crate::catalogue::watch::WATCH_SHARE_PERCENT;
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::service::Core;
use crate::text::shortened;
use crate::traces::OK;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($(#[$about:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$about])* $variant),+
        }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable word, as in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// The one with this word.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

words! {
    /// Kinds of changes that AliExpress makes.
    WatchKind:
        /// A variant costs more, or in another currency.
        CostUp = "cost_up",
        /// A variant costs less.
        CostDown = "cost_down",
        /// Nothing is left of a variant.
        SoldOut = "sold_out",
        /// Another number of a variant is left.
        Stock = "stock",
        /// AliExpress names a variant no more.
        SkuGone = "sku_gone",
        /// AliExpress names a variant again.
        SkuBack = "sku_back",
        /// AliExpress names a new variant.
        SkuAdded = "sku_added",
        /// The product is not found, not sold to the country, not for this app, or taken off.
        Unavailable = "unavailable",
        /// The product can be bought again.
        OnSale = "on_sale",
}

words! {
    /// What is done about a change, the weakest first.
    WatchAction:
        /// It is kept in the history.
        Record = "record",
        /// An event tells of it.
        Notify = "notify",
        /// An event tells of it, and the product waits for a person.
        Hold = "hold",
        /// An event tells of it, and the product is taken off; one that waits for a person goes on waiting.
        Unpublish = "unpublish",
}

impl WatchKind {
    /// What is done while nobody has chosen.
    #[must_use]
    pub const fn usual(self) -> WatchAction {
        match self {
            Self::CostDown | Self::Stock | Self::SkuAdded => WatchAction::Record,
            _ => WatchAction::Notify,
        }
    }

    /// Whether a change of this kind has a size, in per cent.
    #[must_use]
    pub const fn has_size(self) -> bool {
        matches!(self, Self::CostUp | Self::CostDown)
    }
}

/// What is done about a kind of change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WatchPolicyView {
    /// `cost_up`, `cost_down`, `sold_out`, `stock`, `sku_gone`, `sku_back`, `sku_added`, `unavailable` or `on_sale`.
    #[schema(value_type = String)]
    pub kind: WatchKind,
    /// `record` (in the history alone), `notify` (an event too), `hold` (the product waits for a person) or
    /// `unpublish`.
    #[schema(value_type = String)]
    pub action: WatchAction,
    /// Of costs: a smaller change, in per cent, is only recorded. Decimal text.
    #[schema(value_type = Option<String>)]
    pub above_percent: Option<Decimal>,
}

/// The watch of imported products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WatchView {
    /// How many products are looked at.
    pub watched: i64,
    /// How often each is looked at, in hours.
    pub every_hours: i64,
    /// The part of the documented call rate that it takes at most, in per cent.
    pub share_percent: u32,
    /// When the next one is looked at. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_check_at: Option<Timestamp>,
    /// About how many AliExpress could not be asked the last time. Nothing of them has changed by it.
    pub failing: i64,
    /// Why not, of one of them: a stable word.
    pub problem: Option<String>,
    /// Variants that are gone and wait for a person to choose what takes their place.
    pub open_repairs: i64,
    /// What is done about each kind of change.
    pub policies: Vec<WatchPolicyView>,
}

/// What shall be done about a kind of change.
#[derive(Debug, Clone, Default)]
pub struct WatchChange {
    /// A word of [`WatchKind`].
    pub kind: String,
    /// A word of [`WatchAction`].
    pub action: String,
    /// Of costs: from which change in per cent on, decimal text. An empty text or none for every change.
    pub above_percent: Option<String>,
}

/// What is done about changes.
#[derive(Debug, Clone, Default)]
pub(in crate::catalogue) struct Policies(BTreeMap<WatchKind, (WatchAction, Option<Decimal>)>);

impl Policies {
    /// What is done about a change of a kind, of a size in per cent where that is known.
    pub(super) fn action(&self, kind: WatchKind, size: Option<Decimal>) -> WatchAction {
        let chosen = self.0.get(&kind);
        let (action, above) = chosen.copied().unwrap_or((kind.usual(), None));
        match (above, size) {
            (Some(above), Some(size)) if size.abs() < above => WatchAction::Record,
            _ => action,
        }
    }

    fn views(&self) -> Vec<WatchPolicyView> {
        let view = |kind: &WatchKind| {
            let chosen = self.0.get(kind).copied();
            let (action, above_percent) = chosen.unwrap_or((kind.usual(), None));
            WatchPolicyView {
                kind: *kind,
                action,
                above_percent,
            }
        };
        WatchKind::ALL.iter().map(view).collect()
    }
}

impl Core {
    pub(in crate::catalogue) async fn policies(&self) -> Result<Policies> {
        let stored = self.store().product_watch().watch_policies().await?;
        // What a later version has written and this one does not know counts as not chosen.
        let read = stored.into_iter().filter_map(|policy| {
            let above = policy.above_percent.and_then(|text| text.parse().ok());
            let action = WatchAction::of(&policy.action)?;
            Some((WatchKind::of(&policy.kind)?, (action, above)))
        });
        Ok(Policies(read.collect()))
    }

    /// How the watch of imported products stands, and what it does about changes.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn watch(&self) -> Result<WatchView> {
        let counts = self.store().product_watch().watch_counts().await?;
        Ok(WatchView {
            watched: counts.watched,
            every_hours: i64::from(self.watch_rhythm().every_hours.get()),
            share_percent: WATCH_SHARE_PERCENT,
            next_check_at: moment(counts.next_check_at),
            failing: counts.failing,
            problem: counts.problem,
            open_repairs: counts.open_repairs,
            policies: self.policies().await?.views(),
        })
    }

    /// Chooses what is done about kinds of changes; others stay.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the field, and then nothing is chosen; [`Error::Storage`].
    pub async fn choose_watch_policies(&self, changes: &[WatchChange]) -> Result<WatchView> {
        let mut policies: Vec<WatchPolicy> = Vec::new();
        for change in changes {
            let policy = checked(change)?;
            if policies.iter().any(|other| other.kind == policy.kind) {
                let message = format!("{} is named twice", policy.kind);
                return Err(Error::invalid("kind", message));
            }
            policies.push(policy);
        }
        if policies.is_empty() {
            return Err(Error::invalid("policies", "names no kind of change"));
        }
        let chosen = policies.iter().map(|policy| {
            json!({ "kind": policy.kind, "action": policy.action, "above_percent": policy.above_percent })
        });
        let data = json!({ "policies": chosen.collect::<Vec<_>>() });
        let entry = self.audit_entry("watch.policies", None, None, OK, &data);
        let (now, traces) = (to_millis(self.now()), Traces::none().audit(entry));
        let watch = self.store().product_watch();
        watch.set_watch_policies(policies, now, traces).await?;
        self.watch().await
    }
}

fn checked(change: &WatchChange) -> Result<WatchPolicy> {
    let one_of = |field, word: &str, words: Vec<&str>| {
        let message = format!(
            "{:?} is not one of {}",
            shortened(word, 30),
            words.join(", ")
        );
        Error::invalid(field, message)
    };
    let kind = change.kind.trim();
    let kind = WatchKind::of(kind).ok_or_else(|| {
        let words = WatchKind::ALL.iter().map(|kind| kind.as_str());
        one_of("kind", kind, words.collect())
    })?;
    let action = change.action.trim();
    let action = WatchAction::of(action).ok_or_else(|| {
        let words = WatchAction::ALL.iter().map(|action| action.as_str());
        one_of("action", action, words.collect())
    })?;
    let above = change.above_percent.as_deref().map(str::trim);
    let above = above.filter(|text| !text.is_empty()).map(|text| {
        let number = text.parse::<Decimal>().ok();
        let number =
            number.filter(|number| *number >= Decimal::ZERO && *number <= Decimal::from(10_000));
        number.ok_or_else(|| {
            let message = format!("{:?} is not a number from 0 to 10000", shortened(text, 20));
            Error::invalid("above_percent", message)
        })
    });
    let above = above.transpose()?;
    if above.is_some() && !kind.has_size() {
        let message = format!("{} has no size; leave it out", kind.as_str());
        return Err(Error::invalid("above_percent", message));
    }
    Ok(WatchPolicy {
        kind: kind.as_str().to_owned(),
        action: action.as_str().to_owned(),
        above_percent: above.map(|above| above.normalize().to_string()),
    })
}
