//! Placing orders: checked, guarded, written before AliExpress is called, and never twice.
//!
//! An order goes through four things. The checks ([`checks`]) say whether it could be placed now and what it would cost.
//! The intent is written with its one number before any call ([`send`]). The answer is judged in one place
//! ([`verdict`]). And what stays open is found out by a worker, under the same number ([`resolve`]).

mod address;
mod batch;
mod checks;
mod guard;
mod latin;
mod matching;
mod paid;
mod places;
mod request;
mod resolve;
mod send;
mod steps;
mod verdict;
mod views;
mod wire;
mod written;

use smartlinks_store::{Connection, Hash, IntentCursor, IntentState, Millis, OrderIntent};

use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::service::Core;

pub use address::AddressAdvice;
pub use batch::{BatchLineView, ORDER_FILE_LIMIT, OrderBatch, OrderBatchView};
pub use checks::{OrderPreview, PreviewLine};
pub(crate) use places::KnownPlaces;
pub use request::{MoneyInput, NewOrder, NewOrderLine, OrderAddress, OrderGuard, PAY_CURRENCY};
pub(crate) use resolve::is_too_fresh;
pub use steps::{OrderPolicy, OrderStep, OrderSteps};
pub use views::{
    Decision, IntentLine, IntentListing, OrderIntentPage, OrderIntentView, OrderProblem, PayLink,
    Placing,
};

use checks::Checked;
pub use written::written_number;

use send::{CLOSED, Outcome, Under, Wish, end_of};
use verdict::Verdict;

impl Core {
    /// Places an order. The same key and the same order give the same record, however often they come, and nothing is sent
    /// again for it.
    ///
    /// The order is checked again and held against its guard; then the intent and its number at AliExpress are made
    /// durable; then AliExpress is called. What the answer leaves open is found out by the order worker.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what cannot be meant, [`Error::IdempotencyKeyUsed`] for a key of another order,
    /// [`Error::NotPlaceable`] when something stands in the way, [`Error::PreviewChanged`]: then nothing is written or
    /// sent. Else as [`Core::vend`].
    pub async fn place_order(&self, key: &str, order: &NewOrder) -> Result<Placing> {
        let key = request::check_key(key)?;
        order.check_form()?;
        let under = Under {
            caller: self.caller(),
            key: key.to_owned(),
            hash: order.hash()?,
            batch_line: None,
        };
        self.place_under(under, order).await
    }

    async fn place_under(&self, under: Under, order: &NewOrder) -> Result<Placing> {
        let hash = under.hash;
        // One at a time under a key: who asks again while the first is being checked must not be told that nothing was
        // sent, when a moment later it is.
        let turn = self.inner.placings.turn(&under.key).await;
        if let Some(known) = self.written_under(&under).await? {
            return self.known(known, &hash).await;
        }
        let connection = self.record_or_default(order.connection.as_deref()).await?;
        let checked = match self.placeable(order, &connection).await {
            Ok(checked) => checked,
            Err(error) => {
                // Another instance may have placed it meanwhile, and taken the last piece with it.
                return match self.written_under(&under).await? {
                    Some(known) => self.known(known, &hash).await,
                    None => Err(error),
                };
            }
        };
        let wish = Wish {
            under,
            order: order.clone(),
            checked,
            connection,
        };
        let core = self.clone();
        let (id, is_new) = self
            .to_the_end(async move {
                let _turn = turn;
                core.write_and_send(wish).await
            })
            .await?;
        self.inner.order_due.notify_one();
        let view = self.order_intent(id.as_str()).await?;
        Ok(Placing { view, is_new })
    }

    /// The intent that is there already: under the key of this caller, or the same order under the same key of another
    /// one. A program whose API key was replaced meanwhile repeats its order, and must not get a second one.
    async fn written_under(&self, under: &Under) -> Result<Option<OrderIntent>> {
        let intents = self.store().order_intents();
        match intents.intent_under(&under.caller, &under.key).await? {
            Some(known) => Ok(Some(known)),
            None => Ok(intents.intent_of_request(&under.key, &under.hash).await?),
        }
    }

    /// The order checked, when nothing stands in its way.
    async fn placeable(&self, order: &NewOrder, connection: &Connection) -> Result<Checked> {
        let checked = self.check_order(order, connection).await?;
        if !checked.preview.placeable {
            return Err(Error::NotPlaceable(checked.preview.problems));
        }
        match &order.preview {
            Some(seen) if *seen != checked.preview.preview => Err(Error::PreviewChanged),
            _ => Ok(checked),
        }
    }

    async fn known(&self, known: OrderIntent, hash: &Hash) -> Result<Placing> {
        if known.request_hash != *hash {
            return Err(Error::IdempotencyKeyUsed);
        }
        let view = self.whole_view(known).await?;
        Ok(Placing {
            view,
            is_new: false,
        })
    }

    /// Whose idempotency keys these are.
    fn caller(&self) -> String {
        let actor = self.actor();
        let who = actor.id.as_deref().or(actor.name.as_deref());
        format!("{}:{}", actor.kind.as_str(), who.unwrap_or_default())
    }

    /// One intent.
    ///
    /// # Errors
    /// [`Error::UnknownIntent`], [`Error::Storage`].
    pub async fn order_intent(&self, id: &str) -> Result<OrderIntentView> {
        let intent = self.written_intent(id).await?;
        self.whole_view(intent).await
    }

    async fn written_intent(&self, id: &str) -> Result<OrderIntent> {
        let found = self.store().order_intents().intent(id).await?;
        found.ok_or_else(|| Error::UnknownIntent(crate::text::shortened(id, 64)))
    }

    /// One intent with what may be its orders.
    async fn whole_view(&self, intent: OrderIntent) -> Result<OrderIntentView> {
        let candidates = match (intent.state, intent.first_sent_at) {
            (IntentState::AwaitingPerson, Some(since)) => self.candidates(&intent, since).await?,
            _ => Vec::new(),
        };
        let candidates = candidates.into_iter().map(|(order, _)| order.order_id);
        let named = match intent.state {
            IntentState::AwaitingPerson => intent.order_ids.clone(),
            _ => Vec::new(),
        };
        let candidates = named.into_iter().chain(candidates).collect();
        self.intent_view(intent, candidates).await
    }

    async fn intent_view(
        &self,
        intent: OrderIntent,
        candidates: Vec<String>,
    ) -> Result<OrderIntentView> {
        let mut orders = Vec::new();
        for number in &intent.order_ids {
            let known = self.store().orders().find(number).await?;
            orders.extend(known.as_ref().map(crate::orders::summary_of));
        }
        Ok(views::view(intent, orders, candidates))
    }

    /// Intents, the latest first. `after` is the cursor of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor that we did not give and for an unknown state, [`Error::Storage`].
    pub async fn order_intents(&self, listing: &IntentListing) -> Result<OrderIntentPage> {
        let limit = listing.limit.unwrap_or(50).clamp(1, 200);
        let after = listing.after.as_deref().map(parse_cursor).transpose()?;
        let state = listing.state.as_deref().map(str::parse).transpose();
        let state: Option<IntentState> =
            state.map_err(|error: smartlinks_store::UnknownIntentState| {
                Error::invalid("state", error.to_string())
            })?;
        let intents = self.store().order_intents();
        let mut found = intents
            .list_intents(state, after.as_ref(), limit + 1)
            .await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found
            .last()
            .filter(|_| more)
            .map(|last| format!("{}.{}", last.created_at.0, last.id));
        let mut page = OrderIntentPage {
            intents: Vec::with_capacity(found.len()),
            next,
        };
        for intent in found {
            // Looking for candidates reads up to two hundred orders; that is for the view of one.
            page.intents
                .push(self.intent_view(intent, Vec::new()).await?);
        }
        Ok(page)
    }

    /// Ends an intent of which only a person can tell what became of it. An order that is said to exist is read first: it
    /// has to be one of this connection.
    ///
    /// # Errors
    /// [`Error::UnknownIntent`], [`Error::NotAwaitingPerson`], [`Error::Invalid`] for a number that belongs to another
    /// intent; else as [`Core::import_order`].
    pub async fn decide_order(&self, id: &str, decision: &Decision) -> Result<OrderIntentView> {
        let intent = self.written_intent(id).await?;
        if intent.state != IntentState::AwaitingPerson {
            return Err(Error::NotAwaitingPerson(intent.state.to_string()));
        }
        let (outcome, word) = match decision {
            Decision::DoesNotExist => {
                let verdict = Verdict {
                    nothing_sent: true,
                    ..Verdict::over(IntentState::Refused, "decided_not_placed")
                };
                (Outcome::of(verdict, None), "does_not_exist")
            }
            Decision::Exists(numbers) => (self.said_to_exist(&intent, numbers).await?, "exists"),
        };
        let traces = self.intent_traces(&intent, &outcome, Some(word));
        let (now, end) = (to_millis(self.now()), end_of(outcome));
        let intents = self.store().order_intents();
        match intents.decide_intent(&intent.id, end, now, traces).await {
            Ok(true) => {}
            Ok(false) => {
                let now = self.written_intent(id).await?;
                return Err(Error::NotAwaitingPerson(now.state.to_string()));
            }
            Err(smartlinks_store::StoreError::Conflict { .. }) => {
                let message = "this order came of another intent";
                return Err(Error::invalid("order_ids", message));
            }
            Err(error) => return Err(error.into()),
        }
        self.announce().await;
        self.order_intent(id).await
    }
}

impl Core {
    async fn said_to_exist(&self, intent: &OrderIntent, numbers: &[String]) -> Result<Outcome> {
        if numbers.is_empty() || numbers.len() > 20 {
            let message = "expected the number of the order, or one for each store";
            return Err(Error::invalid("order_ids", message));
        }
        let mut orders = Vec::with_capacity(numbers.len());
        for number in numbers {
            let connection = intent.connection.as_str();
            let read = self.import_order(number, Some(connection)).await?;
            let known = self.store().orders().find(&read.summary.id).await?;
            orders.push(known.ok_or(Error::UnknownOrder(read.summary.id))?);
        }
        let mut outcome = self.found(intent, orders);
        outcome.detail = None;
        match outcome.verdict.state {
            // It exists and nothing will come of it: nobody has to decide that a second time.
            IntentState::AwaitingPerson => {
                outcome.verdict = Verdict::over(IntentState::Refused, CLOSED);
            }
            _ => outcome.verdict.reason = Some("decided_placed".to_owned()),
        }
        Ok(outcome)
    }
}

fn parse_cursor(text: &str) -> Result<IntentCursor> {
    let parts = text
        .split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    match parts {
        Some((at, id)) => Ok(IntentCursor {
            created_at: Millis(at),
            id,
        }),
        None => Err(Error::invalid("after", "not a cursor of this list")),
    }
}
