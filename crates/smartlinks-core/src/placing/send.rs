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
use super::verdict::{Past, REPEATED, Verdict, code_of, judge, too_long_ago};
use super::views::Summary;
use super::wire::{self, Created, Sealed};
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::orders::was_cancelled;
use crate::service::{Core, random_hex};
use crate::traces::OK;

/// How long checks count, in milliseconds: prices, stock and guard are of a moment, and what was checked then must not
/// be sent an hour later, when the machine has slept.
const CHECKS_COUNT_FOR_MS: i64 = 120_000;

/// The reason of an intent whose order was closed or cancelled.
pub(super) const CLOSED: &str = "order_closed";

/// What an order at AliExpress is to its intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Paid,
    Unpaid,
    /// Nothing will come of it.
    Closed,
}

/// Where a known order stands, as far as it was read: what is not known to be paid waits for it.
pub(super) fn standing(order: &KnownOrder) -> Standing {
    match order.status.as_str() {
        "IN_CANCEL" => Standing::Closed,
        "FINISH" if was_cancelled(order) => Standing::Closed,
        "WAIT_SELLER_EXAMINE_MONEY"
        | "RISK_CONTROL"
        | "RISK_CONTROL_HOLD"
        | "WAIT_SELLER_SEND_GOODS"
        | "SELLER_PART_SEND_GOODS"
        | "WAIT_BUYER_ACCEPT_GOODS"
        | "FUND_PROCESSING"
        | "IN_ISSUE"
        | "IN_FROZEN"
        | "WAIT_GROUP"
        | "FINISH" => Standing::Paid,
        _ => Standing::Unpaid,
    }
}

/// An order on its way from the checks to its intent.
pub(super) struct Wish {
    pub(super) under: Under,
    pub(super) order: NewOrder,
    pub(super) checked: Checked,
    pub(super) connection: Connection,
}

/// What makes a wish the same as another one.
pub(super) struct Under {
    /// Whose key it is.
    pub(super) caller: String,
    pub(super) key: String,
    /// What tells it from another wish under the same key.
    pub(super) hash: Hash,
    /// The line of a file that it is.
    pub(super) batch_line: Option<String>,
}

/// An intent that one task holds.
pub(super) struct Held {
    pub(super) intent: OrderIntent,
    /// The word under which this task holds it, which no other one ever has: not even one of this process.
    pub(super) claim: String,
}

/// What came of a sending or of a look, to be written down.
#[derive(Clone)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) detail: Option<String>,
    pub(super) orders: Vec<KnownOrder>,
    /// AliExpress itself has named these orders as those of the intent.
    pub(super) named: bool,
}

impl Outcome {
    pub(super) fn of(verdict: Verdict, detail: Option<String>) -> Self {
        Self {
            verdict,
            detail,
            orders: Vec::new(),
            named: false,
        }
    }
}

impl Core {
    /// A word for one claim. Two tasks of this process must not take each other's claim for theirs: one of them may have
    /// slept while the other took over.
    pub(super) fn new_claim(&self) -> Result<String> {
        let nonce = random_hex::<8>(self.entropy())?;
        Ok(format!("{}-{nonce}", self.owner()))
    }

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
            caller: wish.under.caller,
            key: wish.under.key,
            request_hash: wish.under.hash,
            batch_line: wish.under.batch_line,
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
        let (intents, claim) = (self.store().order_intents(), self.new_claim()?);
        let until = now.plus(self.order_lease_ms());
        if let Some(known) = intents.write_intent(new, &claim, until, traces).await? {
            // Somebody was here first with the same key.
            return match known.request_hash == wish.under.hash {
                true => Ok((known.id, false)),
                false => Err(Error::IdempotencyKeyUsed),
            };
        }
        self.order_step(OrderStep::Written);
        if let Some(intent) = intents.intent(id.as_str()).await? {
            let held = Held { intent, claim };
            self.send_intent(&held, &sealed, Some(wish.checked.at))
                .await?;
        }
        Ok((id, true))
    }

    /// Sends an intent that this task holds, once, and writes down what came of it. `checked_at` is when a first sending
    /// was checked.
    pub(super) async fn send_intent(
        &self,
        held: &Held,
        sealed: &Sealed,
        checked_at: Option<Millis>,
    ) -> Result<()> {
        let (intent, now) = (&held.intent, to_millis(self.now()));
        let (intents, until) = (
            self.store().order_intents(),
            now.plus(self.order_lease_ms()),
        );
        if !intents
            .begin_sending(&intent.id, &held.claim, until, now, too_long_ago(now))
            .await?
        {
            tracing::warn!(intent = %intent.id, "an order is held no more, or may not be sent any more");
            return Ok(());
        }
        let checks_count = checked_at.map(|at| at.plus(CHECKS_COUNT_FOR_MS));
        let until = checks_count.map_or(until, |end| end.min(until));
        self.order_step(OrderStep::Sending);
        let answer = self.sent(intent, sealed, until).await;
        self.order_step(OrderStep::Answered);
        let past = Past {
            open_since: intent.first_sent_at,
            reason: intent.reason.as_deref(),
            attempts: intent.attempts + 1,
            stock_answers: intent.stock_answers,
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
        self.conclude(held, outcome).await?;
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
        self.with_token_of(Some(intent.connection.as_str()), |client, owner| {
            let parameters = Arc::clone(&parameters);
            // Somebody may have signed in anew while this waited for a token.
            let same = owner.account.user_id == intent.account_user_id;
            async move {
                // A process that was put to sleep must not wake up a day later and send: its claim has ended since, so
                // have the checks, and so may have the time in which the number counts.
                if !same || to_millis(self.now()) >= until {
                    return Err(wire::not_sent());
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
            named: true,
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
        tracing::info!(intent = %intent.id, "the orders of an intent were found among the known ones");
        let standings: Vec<_> = orders.iter().map(standing).collect();
        let (state, reason) = if standings.contains(&Standing::Closed) {
            (IntentState::AwaitingPerson, CLOSED)
        } else if standings.contains(&Standing::Unpaid) {
            (IntentState::CreatedUnpaid, "matched")
        } else {
            (IntentState::Placed, "matched")
        };
        let detail = "AliExpress has not named the order: it was found by its goods";
        Outcome {
            verdict: Verdict::over(state, reason),
            detail: Some(detail.to_owned()),
            orders,
            named: false,
        }
    }

    /// Ends a claim with what came of it.
    pub(super) async fn conclude(&self, held: &Held, outcome: Outcome) -> Result<()> {
        let numbers = ids_of(&outcome).join(", ");
        let ended = self.end_with(held, outcome).await;
        match ended {
            Err(Error::Storage(StoreError::Conflict { .. })) => {
                // A person has said that one of these orders is another intent's. The one who decides needs them all.
                let verdict = Verdict::over(IntentState::AwaitingPerson, "order_of_another_intent");
                let detail = Some(format!("the orders are {numbers}"));
                self.end_with(held, Outcome::of(verdict, detail)).await
            }
            other => other,
        }
    }

    async fn end_with(&self, held: &Held, outcome: Outcome) -> Result<()> {
        let intent = &held.intent;
        let (state, now) = (outcome.verdict.state, to_millis(self.now()));
        let traces = self.intent_traces(intent, &outcome, None);
        let numbers: Vec<String> = ids_of(&outcome);
        let end = end_of(outcome.clone());
        let intents = self.store().order_intents();
        let ended = intents
            .end_intent(&intent.id, &held.claim, end, now, traces)
            .await?;
        if !ended {
            tracing::warn!(intent = %intent.id, %state, orders = numbers.join(" "), "another task has ended an order");
            return match outcome.named {
                true => self.named_too_late(intent, outcome).await,
                false => Ok(()),
            };
        }
        tracing::info!(intent = %intent.id, %state, "an order was worked on");
        self.announce().await;
        self.read_later(intent, numbers);
        Ok(())
    }

    /// AliExpress has named the orders of an intent that is not held any more. That they exist is certain all the same: it
    /// ends what is open, and takes back an end that says otherwise.
    async fn named_too_late(&self, intent: &OrderIntent, outcome: Outcome) -> Result<()> {
        const OPEN: [IntentState; 3] = [
            IntentState::Placing,
            IntentState::Unknown,
            IntentState::AwaitingPerson,
        ];
        const OVER: [IntentState; 3] = [
            IntentState::Refused,
            IntentState::Placed,
            IntentState::CreatedUnpaid,
        ];
        let intents = self.store().order_intents();
        let (now, numbers) = (to_millis(self.now()), ids_of(&outcome));
        let traces = self.intent_traces(intent, &outcome, None);
        let end = end_of(outcome.clone());
        let mut told = intents
            .correct_intent(&intent.id, &OPEN, end, now, traces)
            .await?;
        let known = intents.intent(intent.id.as_str()).await?;
        let says_so = known.is_some_and(|known| {
            numbers
                .iter()
                .all(|number| known.order_ids.contains(number))
        });
        if !told && !says_so {
            let words = "it had ended otherwise when AliExpress named its orders:";
            let corrected = Outcome {
                verdict: Verdict::over(IntentState::AwaitingPerson, "created_after_end"),
                detail: Some(format!("{words} {}", numbers.join(", "))),
                ..outcome
            };
            let traces = self.intent_traces(intent, &corrected, None);
            told = intents
                .correct_intent(&intent.id, &OVER, end_of(corrected), now, traces)
                .await?;
        }
        if told {
            self.announce().await;
        }
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
        stock_answers: outcome.verdict.stock_answers,
        orders: outcome.orders,
    }
}

fn as_json(summary: &Summary) -> Result<String> {
    serde_json::to_string(summary).map_err(|error| Error::Internal(error.to_string()))
}
