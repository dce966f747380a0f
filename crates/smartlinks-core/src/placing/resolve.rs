//! Finding out what became of orders whose outcome is open, by lease, on any number of instances.
//!
//! Within the documented day the identical request is sent again under the same number, which AliExpress answers with the
//! existing order; not where that would now cost more than its guard allows. Where it says that there is one and does
//! not name it, and after that day, what is known here is looked through: messages of AliExpress have brought the order,
//! or a person has added it. After that only a person can tell.

use secrecy::ExposeSecret as _;
use smartlinks_store::{ClaimedIntent, Connection, ConnectionId, IntentState, Millis, OrderIntent};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::send::{Held, Outcome, end_of};
use super::verdict::{SAID_PLACED, Verdict, first_sending_until, may_repeat_until, said_placed};
use super::views::{OrderProblem, Summary};
use super::wire::Sealed;
use crate::clock::to_millis;
use crate::error::{Error, Result, Retry};
use crate::service::Core;
use crate::workers::{DueWork, Look};

/// How many intents are worked on at the same time: few enough that all are done before their claim ends.
const AT_ONCE: u32 = 4;
/// The rest after a check that could not be made, in seconds.
const REST_S: i64 = 15;
/// Why an intent waits for a person that may not be sent again.
const WINDOW_OVER: &str = "window_over";

/// Whether AliExpress may be saying that an order is only seconds old.
pub(crate) fn is_too_fresh(error: &Error) -> bool {
    let Error::Gateway(error) = error else {
        return false;
    };
    matches!(&**error, aliexpress::Error::Gateway(error) if error.entry().code == "isv.insufficient-permission")
}

impl Core {
    /// Works on intents as they fall due, until it is told to stop. `clock_moved` wakes it when somebody moves the clock
    /// (the sandbox); in production it never does.
    pub async fn run_order_worker(
        &self,
        stop: CancellationToken,
        clock_moved: watch::Receiver<i64>,
    ) {
        let work = DueWork {
            bell: Some(&self.inner.order_due),
            ..DueWork::on("orders under way")
        };
        let look = || async { Ok(Look::done(self.work_on_orders().await?)) };
        let next = || async { self.store().order_intents().next_intent_due().await };
        self.work_when_due(work, look, next, &stop, clock_moved)
            .await;
    }

    /// Claims intents that are due and works on each once. Gives how many were claimed.
    ///
    /// # Errors
    /// [`Error::Storage`] when nothing can be claimed; what goes wrong with single intents is kept with them.
    pub async fn work_on_orders(&self) -> Result<usize> {
        let now = to_millis(self.now());
        let intents = self.store().order_intents();
        // Looking costs no write; only claiming does.
        if intents.next_intent_due().await?.is_none_or(|due| due > now) {
            return Ok(0);
        }
        let (until, claim) = (now.plus(self.order_lease_ms()), self.new_claim()?);
        let claimed = intents.claim_intents(&claim, until, now, AT_ONCE).await?;
        let count = claimed.len();
        let mut running = JoinSet::new();
        for one in claimed {
            let (core, claim) = (self.clone(), claim.clone());
            // Cut in the middle of a call it would leave its outcome open.
            running.spawn(async move {
                let worker = core.clone();
                core.to_the_end(async move { worker.work_on_intent(one, claim).await })
                    .await
            });
        }
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                // Its lease runs out, and then it is worked on again.
                Ok(Err(error)) => {
                    tracing::error!(%error, "an order under way waits for its next turn")
                }
                Err(error) => tracing::error!(%error, "the work on an order ended early"),
            }
        }
        Ok(count)
    }

    async fn work_on_intent(&self, claimed: ClaimedIntent, claim: String) -> Result<()> {
        let ClaimedIntent { intent, request } = claimed;
        let held = Held { intent, claim };
        let intent = &held.intent;
        let sealed = request
            .as_ref()
            .and_then(|text| serde_json::from_str::<Sealed>(text.expose_secret()).ok());
        let outcome = match (intent.first_sent_at, sealed) {
            (None, Some(sealed)) => return self.send_late(&held, &sealed).await,
            (None, None) => Outcome::of(
                Verdict::over(IntentState::Refused, "request_unreadable"),
                None,
            ),
            (Some(since), _) if intent.reason.as_deref() == Some(SAID_PLACED) => {
                let verdict = said_placed(since, to_millis(self.now()));
                self.matched_or(intent, since, verdict).await?
            }
            (Some(since), sealed) => match self.may_repeat(intent, sealed).await {
                Ok(Ok(sealed)) => return self.send_intent(&held, &sealed, None).await,
                Ok(Err(reason)) => {
                    let verdict = Verdict::over(IntentState::AwaitingPerson, reason);
                    match reason == WINDOW_OVER {
                        true => self.matched_or(intent, since, verdict).await?,
                        false => Outcome::of(verdict, None),
                    }
                }
                Err(error @ Error::Storage(_)) => return Err(error),
                Err(error) => {
                    let at = to_millis(self.now()).plus_seconds(REST_S);
                    let code = super::verdict::code_of(&error);
                    Outcome::of(Verdict::again(IntentState::Unknown, code, at), None)
                }
            },
        };
        self.conclude(&held, outcome).await
    }

    /// What was found among the known orders, or else this.
    async fn matched_or(
        &self,
        intent: &OrderIntent,
        since: Millis,
        verdict: Verdict,
    ) -> Result<Outcome> {
        let matched = self.matched(intent, since).await?;
        Ok(match matched {
            Some(orders) => self.found(intent, orders),
            None => Outcome::of(verdict, None),
        })
    }

    /// Whether the identical request may be sent again; or why only a person can tell now.
    async fn may_repeat(
        &self,
        intent: &OrderIntent,
        sealed: Option<Sealed>,
    ) -> Result<Result<Sealed, &'static str>> {
        let since = intent.first_sent_at.unwrap_or(intent.created_at);
        if to_millis(self.now()) >= may_repeat_until(since) {
            return Ok(Err(WINDOW_OVER));
        }
        let Some(sealed) = sealed else {
            return Ok(Err("request_unreadable"));
        };
        let record = self.existing(&intent.connection).await?;
        if record.account.user_id != intent.account_user_id {
            // The number of an order counts for one account: another one would get a second order.
            return Ok(Err("account_changed"));
        }
        match self.costs_too_much(intent, &sealed, &record).await? {
            true => Ok(Err("dearer_now")),
            false => Ok(Ok(sealed)),
        }
    }

    /// Whether an order that did not come about would be placed for more than its guard, or than what was looked at.
    async fn costs_too_much(
        &self,
        intent: &OrderIntent,
        sealed: &Sealed,
        record: &Connection,
    ) -> Result<bool> {
        const OF_MONEY: [&str; 3] = ["guard_max_total", "guard_min_margin", "guard_price_drift"];
        let (order, guard) = (&sealed.order, &sealed.order.guard);
        let limited = guard.max_total.is_some()
            || guard.min_margin.is_some()
            || guard.max_unit_price_drift.is_some();
        if !limited && order.preview.is_none() {
            return Ok(false);
        }
        let now = self.check_order(order, record).await?.preview;
        let then = Summary::of(intent).total.map(|total| total.amount);
        // Sold out, for example by this very order, has no price: then AliExpress places nothing new.
        let Some((now_total, then)) = now.total.as_ref().map(|total| total.amount).zip(then) else {
            return Ok(false);
        };
        let exceeds = |it: &OrderProblem| OF_MONEY.contains(&it.code.as_str());
        Ok(now_total > then && (order.preview.is_some() || now.problems.iter().any(exceeds)))
    }

    /// A first sending that could not take place at once: what was checked then is checked again.
    async fn send_late(&self, held: &Held, sealed: &Sealed) -> Result<()> {
        let (intent, now) = (&held.intent, to_millis(self.now()));
        if now >= first_sending_until(intent.created_at) {
            let verdict = Verdict::over(IntentState::Refused, "not_sent_in_time");
            return self.conclude(held, Outcome::of(verdict, None)).await;
        }
        let outcome = match self.checked_again(intent, sealed).await {
            Ok(None) => return self.send_intent(held, sealed, Some(now)).await,
            Ok(Some(why)) => {
                let verdict = Verdict::over(IntentState::Refused, "checks_failed");
                Outcome::of(verdict, Some(sealed.without_people(&why)))
            }
            Err(error) => {
                let state = match error.retry() {
                    Retry::No => IntentState::Refused,
                    _ => IntentState::Placing,
                };
                let verdict = Verdict {
                    next_attempt_at: Some(now.plus_seconds(REST_S)),
                    ..Verdict::over(state, super::verdict::code_of(&error))
                };
                Outcome::of(verdict, Some(sealed.without_people(&error.to_string())))
            }
        };
        self.conclude(held, outcome).await
    }

    /// What stands in the way now; nothing when the order may be sent as it was written.
    async fn checked_again(&self, intent: &OrderIntent, sealed: &Sealed) -> Result<Option<String>> {
        let record = self.existing(&intent.connection).await?;
        if record.account.user_id != intent.account_user_id {
            return Ok(Some(
                "the connection belongs to another account now".to_owned(),
            ));
        }
        let checked = self.check_order(&sealed.order, &record).await?;
        let preview = &checked.preview;
        if let Some(seen) = &sealed.order.preview
            && *seen != preview.preview
        {
            return Ok(Some("something has changed since the preview".to_owned()));
        }
        if Sealed::new(&sealed.order, &checked, &intent.out_order_id).parameters
            != sealed.parameters
        {
            return Ok(Some(
                "variant or delivery would be another one now".to_owned(),
            ));
        }
        let problems = preview
            .problems
            .iter()
            .map(|problem| problem.detail.as_str());
        let problems: Vec<&str> = problems.collect();
        Ok((!preview.placeable).then(|| problems.join("; ")))
    }

    /// Something was heard of an order that nobody here knows. Where an intent of that account waits for such a word, the
    /// order is read; gives its connection then.
    pub(crate) async fn adopt_pushed_order(
        &self,
        order_id: &str,
        account: Option<&str>,
    ) -> Result<Option<ConnectionId>> {
        let Some(account) = account else {
            return Ok(None);
        };
        let Some(connection) = self.connection_of(Some(account)).await? else {
            return Ok(None);
        };
        let intents = self.store().order_intents();
        if intents.open_intents(&connection.id).await?.is_empty() {
            return Ok(None);
        }
        match self
            .import_order(order_id, Some(connection.id.as_str()))
            .await
        {
            Ok(_) => {}
            // Of another account, or only seconds old: whoever asks tells the two apart by asking again.
            Err(error) if is_too_fresh(&error) => return Err(error),
            // An order of the website, for example, that this account may not read here.
            Err(Error::Gateway(error)) if error.advice().class == aliexpress::Class::Fix => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        let now = to_millis(self.now());
        intents.wake_intents(&connection.id, now).await?;
        self.inner.order_due.notify_one();
        self.match_waiting(&connection.id).await?;
        Ok(Some(connection.id))
    }

    /// Looks once more for the orders of intents that wait for a person, now that another order is known.
    async fn match_waiting(&self, connection: &ConnectionId) -> Result<()> {
        const WAITING: [IntentState; 1] = [IntentState::AwaitingPerson];
        let intents = self.store().order_intents();
        for intent in intents.open_intents(connection).await? {
            let reason = intent.reason.as_deref();
            let may_match = reason == Some(SAID_PLACED) || reason == Some(WINDOW_OVER);
            let (true, true, Some(since)) = (
                intent.state == IntentState::AwaitingPerson,
                may_match,
                intent.first_sent_at,
            ) else {
                continue;
            };
            let Some(orders) = self.matched(&intent, since).await? else {
                continue;
            };
            let outcome = self.found(&intent, orders);
            let traces = self.intent_traces(&intent, &outcome, None);
            let (end, now) = (end_of(outcome), to_millis(self.now()));
            intents
                .correct_intent(&intent.id, &WAITING, end, now, traces)
                .await?;
            self.announce().await;
        }
        Ok(())
    }
}
