//! Writing an intent, sending it, and writing down what came of it.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};
use smartlinks_store::{
    Connection, Hash, IntentEnd, IntentId, IntentState, KnownOrder, Millis, NewIntent, OrderIntent,
    StoreError, Traces,
};

use super::checks::Checked;
use super::request::NewOrder;
use super::steps::OrderStep;
use super::verdict::{Past, REPEATED, Verdict, code_of, judge};
use super::views::Summary;
use super::wire::{self, Created, Sealed};
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;
use crate::traces::OK;

/// An order on its way from the checks to its intent.
pub(super) struct Wish {
    pub(super) caller: String,
    pub(super) key: String,
    pub(super) hash: Hash,
    pub(super) order: NewOrder,
    pub(super) checked: Checked,
    pub(super) connection: Connection,
}

/// What came of a sending or of a look, to be written down.
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) detail: Option<String>,
    pub(super) orders: Vec<KnownOrder>,
}

impl Outcome {
    pub(super) fn of(verdict: Verdict, detail: Option<String>) -> Self {
        Self {
            verdict,
            detail,
            orders: Vec::new(),
        }
    }
}

impl Core {
    /// Writes the intent with its number, then sends it. Gives the id, and whether the key was new.
    pub(super) async fn write_and_send(&self, wish: Wish) -> Result<(IntentId, bool)> {
        let now = to_millis(self.now());
        let id = IntentId::generate(now, self.entropy())
            .map_err(|error| Error::Internal(error.to_string()))?;
        // Once for each intent, and of nothing but its id: no second one can be made.
        let out_order_id = id.as_str().trim_start_matches("intent_").to_owned();
        let sealed = Sealed::new(&wish.order, &wish.checked, &out_order_id);
        let summary = wish.checked.summary(&wish.order);
        self.order_step(OrderStep::BeforeWriting);
        let new = NewIntent {
            id: id.clone(),
            caller: wish.caller,
            key: wish.key,
            request_hash: wish.hash,
            connection: wish.connection.id.clone(),
            account_user_id: wish.connection.account.user_id.clone(),
            out_order_id,
            request: SecretString::from(sealed.to_json()?),
            summary_json: as_json(&summary)?,
            created_at: now,
        };
        let data = json!({ "total": summary.total, "lines": summary.lines.len() });
        let connection = Some(&wish.connection.id);
        let entry = self.audit_entry("order.placing", connection, Some(id.as_str()), OK, &data);
        let traces = Traces::none().audit(entry);
        let intents = self.store().order_intents();
        let until = now.plus(self.order_lease_ms());
        if let Some(known) = intents
            .write_intent(new, self.owner(), until, traces)
            .await?
        {
            // Somebody was here first with the same key.
            return match known.request_hash == wish.hash {
                true => Ok((known.id, false)),
                false => Err(Error::IdempotencyKeyUsed),
            };
        }
        self.order_step(OrderStep::Written);
        if let Some(intent) = intents.intent(id.as_str()).await? {
            self.send_intent(&intent, &sealed).await?;
        }
        Ok((id, true))
    }

    /// Sends an intent that this process holds, once, and writes down what came of it.
    pub(super) async fn send_intent(&self, intent: &OrderIntent, sealed: &Sealed) -> Result<()> {
        let now = to_millis(self.now());
        let (intents, until) = (
            self.store().order_intents(),
            now.plus(self.order_lease_ms()),
        );
        if !intents
            .begin_sending(&intent.id, self.owner(), until, now)
            .await?
        {
            tracing::warn!(intent = %intent.id, "another process has taken an order over");
            return Ok(());
        }
        self.order_step(OrderStep::Sending);
        let answer = self.sent(intent, sealed, until).await;
        self.order_step(OrderStep::Answered);
        let past = Past {
            open_since: intent.first_sent_at,
            reason: intent.reason.as_deref(),
            attempts: intent.attempts + 1,
            created_at: intent.created_at,
            pay: sealed.order.pay,
            now: to_millis(self.now()),
        };
        let verdict = judge(&answer, past);
        let outcome = match &answer {
            Ok(created) => self.created(intent, verdict, created, sealed),
            Err(error) if code_of(error) == REPEATED => {
                let since = intent.first_sent_at.unwrap_or(now);
                match self.matched(intent, since).await? {
                    Some(orders) => self.found(intent, orders),
                    None => self.not_created(verdict, error, sealed),
                }
            }
            Err(error) => self.not_created(verdict, error, sealed),
        };
        self.conclude(intent, outcome).await?;
        self.order_step(OrderStep::Stored);
        Ok(())
    }

    async fn sent(&self, intent: &OrderIntent, sealed: &Sealed, until: Millis) -> Result<Created> {
        // Its number at AliExpress counts for one account only.
        let record = self.existing(&intent.connection).await?;
        if record.account.user_id != intent.account_user_id {
            return Err(Error::Disconnected(record.id));
        }
        let parameters = Arc::new(sealed.parameters.clone());
        self.with_token(Some(intent.connection.as_str()), |client| {
            let parameters = Arc::clone(&parameters);
            async move {
                // A process that was put to sleep must not wake up a day later and send: its claim has ended since, and
                // so may have the time in which the number counts.
                if to_millis(self.now()) >= until {
                    return Err(wire::too_late());
                }
                wire::send(client, &parameters).await
            }
        })
        .await
    }

    fn created(
        &self,
        intent: &OrderIntent,
        verdict: Verdict,
        created: &Created,
        sealed: &Sealed,
    ) -> Outcome {
        let title = Summary::of(intent)
            .lines
            .first()
            .map(|line| line.title.clone());
        let orders = created
            .numbers
            .iter()
            .map(|number| self.unread(number.to_string(), intent, title.clone()));
        Outcome {
            verdict,
            detail: created
                .message
                .as_deref()
                .map(|words| sealed.without_people(words)),
            orders: orders.collect(),
        }
    }

    /// An order that exists and was not read yet.
    fn unread(&self, order_id: String, intent: &OrderIntent, title: Option<String>) -> KnownOrder {
        let now = to_millis(self.now());
        KnownOrder {
            order_id,
            connection: intent.connection.clone(),
            status: "UNKNOWN".to_owned(),
            logistics_status: None,
            amount: None,
            currency: None,
            store_name: None,
            title,
            placed_at: None,
            snapshot_json: "{}".to_owned(),
            alert: None,
            fetched_at: now,
            added_at: now,
        }
    }

    fn not_created(&self, verdict: Verdict, error: &Error, sealed: &Sealed) -> Outcome {
        Outcome::of(verdict, Some(sealed.without_people(&error.to_string())))
    }

    /// The orders of an intent, found among those that became known since it was sent.
    pub(super) fn found(&self, intent: &OrderIntent, orders: Vec<KnownOrder>) -> Outcome {
        let waits = |order: &KnownOrder| order.status == "PLACE_ORDER_SUCCESS";
        let state = match orders.iter().any(waits) {
            true => IntentState::CreatedUnpaid,
            false => IntentState::Placed,
        };
        tracing::info!(intent = %intent.id, "the orders of an intent were found among the known ones");
        Outcome {
            verdict: Verdict::over(state, "matched"),
            detail: None,
            orders,
        }
    }

    /// Ends the claim of this process with what came of it.
    pub(super) async fn conclude(&self, intent: &OrderIntent, outcome: Outcome) -> Result<()> {
        let ended = self.end_with(intent, outcome).await;
        match ended {
            Err(Error::Storage(StoreError::Conflict { .. })) => {
                // A person has said that one of these orders is another intent's.
                let verdict = Verdict::over(IntentState::AwaitingPerson, "order_of_another_intent");
                self.end_with(intent, Outcome::of(verdict, None)).await
            }
            other => other,
        }
    }

    async fn end_with(&self, intent: &OrderIntent, outcome: Outcome) -> Result<()> {
        let (state, now) = (outcome.verdict.state, to_millis(self.now()));
        let traces = self.intent_traces(intent, &outcome, None);
        let numbers: Vec<String> = ids_of(&outcome);
        let end = end_of(outcome);
        let intents = self.store().order_intents();
        let ended = intents
            .end_intent(&intent.id, self.owner(), end, now, traces)
            .await?;
        if !ended {
            tracing::warn!(intent = %intent.id, %state, "another process has ended an order");
            return Ok(());
        }
        tracing::info!(intent = %intent.id, %state, "an order was worked on");
        self.announce().await;
        self.read_later(intent, numbers);
        Ok(())
    }

    /// Reads new orders beside whatever else is done; a failure is no harm, they are read when they are shown.
    pub(super) fn read_later(&self, intent: &OrderIntent, numbers: Vec<String>) {
        let (core, connection) = (self.clone(), intent.connection.to_string());
        self.inner.tracker.spawn(async move {
            for number in numbers {
                if let Err(error) = core.import_order(&number, Some(&connection)).await {
                    tracing::debug!(order = number, %error, "a new order could not be read yet");
                }
            }
        });
    }

    /// The event and the audit entry of a change of an intent. `decided` when a person made it.
    pub(super) fn intent_traces(
        &self,
        intent: &OrderIntent,
        outcome: &Outcome,
        decided: Option<&str>,
    ) -> Traces {
        let verdict = &outcome.verdict;
        let kind = match verdict.state {
            IntentState::Placed | IntentState::CreatedUnpaid => EventKind::OrderPlaced,
            IntentState::Refused => EventKind::OrderRefused,
            IntentState::AwaitingPerson => EventKind::OrderAwaitingPerson,
            IntentState::Unknown if intent.state != IntentState::Unknown => {
                EventKind::OrderOutcomeUnknown
            }
            IntentState::Unknown | IntentState::Placing => return Traces::none(),
        };
        let data = event_data(intent, outcome);
        let connection = Some(&intent.connection);
        let order = outcome.orders.first().map(|order| order.order_id.as_str());
        let reason = verdict.reason.as_deref().unwrap_or(OK);
        let (action, result) = match decided {
            Some(decision) => ("order.decided", decision),
            None if kind == EventKind::OrderPlaced => (kind.as_str(), OK),
            None => (kind.as_str(), reason),
        };
        let subject = Some(intent.id.as_str());
        Traces::none()
            .event(self.event(kind, connection, order, &data))
            .audit(self.audit_entry(action, connection, subject, result, &data))
    }
}

fn event_data(intent: &OrderIntent, outcome: &Outcome) -> Value {
    json!({
        "intent": intent.id.as_str(),
        "state": outcome.verdict.state.as_str(),
        "reason": outcome.verdict.reason,
        "orders": ids_of(outcome),
    })
}

fn ids_of(outcome: &Outcome) -> Vec<String> {
    let orders = outcome.orders.iter();
    orders.map(|order| order.order_id.clone()).collect()
}

pub(super) fn end_of(outcome: Outcome) -> IntentEnd {
    IntentEnd {
        state: outcome.verdict.state,
        reason: outcome.verdict.reason,
        detail: outcome.detail,
        next_attempt_at: outcome.verdict.next_attempt_at,
        nothing_sent: outcome.verdict.nothing_sent,
        orders: outcome.orders,
    }
}

fn as_json(summary: &Summary) -> Result<String> {
    serde_json::to_string(summary).map_err(|error| Error::Internal(error.to_string()))
}
