//! What becomes of an intent whose orders waited to be paid: they are paid on AliExpress's pages, or closed there.

use smartlinks_store::IntentState;

use super::send::{CLOSED, Outcome, Standing, end_of, standing};
use super::verdict::Verdict;
use crate::clock::to_millis;
use crate::error::Result;
use crate::service::Core;

impl Core {
    /// Takes what was read of an order over to the intent that it came of, when that waits to be paid and the last of its
    /// orders does so no more.
    pub(crate) async fn intent_follows(&self, order_id: &str) -> Result<()> {
        let intents = self.store().order_intents();
        let Some(intent) = intents.intent_of_order(order_id).await? else {
            return Ok(());
        };
        if intent.state != IntentState::CreatedUnpaid {
            return Ok(());
        }
        let mut orders = Vec::with_capacity(intent.order_ids.len());
        for number in &intent.order_ids {
            orders.extend(self.store().orders().find(number).await?);
        }
        // What is being cancelled may still go on.
        let is_open = orders
            .iter()
            .any(|order| order.status == "IN_CANCEL" || standing(order) == Standing::Unpaid);
        if is_open || orders.len() < intent.order_ids.len() {
            return Ok(());
        }
        let closed = orders
            .iter()
            .filter(|order| standing(order) == Standing::Closed);
        let verdict = match closed.count() {
            0 => Verdict::over(IntentState::Placed, "paid"),
            all if all == orders.len() => Verdict::over(IntentState::Refused, CLOSED),
            _ => Verdict::over(IntentState::Placed, "partly_closed"),
        };
        let outcome = Outcome {
            orders,
            ..Outcome::of(verdict, None)
        };
        let traces = self.intent_traces(&intent, &outcome, None);
        let (now, from) = (to_millis(self.now()), [IntentState::CreatedUnpaid]);
        let told = intents
            .correct_intent(&intent.id, &from, end_of(outcome), now, traces)
            .await?;
        if told {
            self.announce().await;
        }
        Ok(())
    }
}
