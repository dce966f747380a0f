//! One lane: orders that are placed, struck, recovered and judged.

use std::sync::Arc;
use std::time::Duration;

use aliexpress::push::authorization;
use aliexpress::{AppKey, AppSecret};
use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxConfig};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use smartlinks_core::{Core, Decision, NewOrder, OrderPolicy, ProductQuery};
use smartlinks_store::{IntentState, OrderIntent, Store};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::super::dice::Dice;
use super::super::place::Place;
use super::blows::{Blow, CREATE, any_fault};
use super::child::{Moment, core, open_store};
use super::process::{Process, Setting, Task, Word};
use super::tally::OrderTally;
use super::{OrderPlan, OrderSabotage};
use crate::app::{APP_SECRET, NOON_MS};
use crate::http::Http;

/// Seconds after which the claim of a dead process has ended.
const PAST_THE_LEASE_S: i64 = 181;
/// Seconds after which nothing may be sent again.
const PAST_THE_WINDOW_S: i64 = 25 * 3600;
/// A random kill comes within so many milliseconds of real time: about as long as placing takes.
const RANDOM_WITHIN_MS: u64 = 80;
/// Looks at one order before it counts as never ending.
const MOST_LOOKS: u32 = 80;
/// Products that are ordered in turn.
const PRODUCTS: usize = 12;

/// Where all orders go.
pub(super) fn address() -> Value {
    json!({
        "country": "FR", "province": "Bretagne", "city": "Rennes", "address": "1 rue de l'Exemple", "zip": "35000",
        "contact_person": "Test Buyer", "mobile_no": "600000000",
    })
}

pub(super) struct Lane {
    plan: OrderPlan,
    sandbox: Sandbox,
    control: Http,
    store: Arc<dyn Store>,
    parent: Core,
    clock: Moment,
    setting: Setting,
    place: Place,
    dice: Dice,
    tally: OrderTally,
    process: Option<Process>,
    /// Another instance on the same database, for the blows that need two at once.
    second: Option<Process>,
    goods: Vec<(String, String)>,
    stop: CancellationToken,
    _folder: TempDir,
}

/// Places an order for each of these blows.
pub(super) async fn run(plan: &OrderPlan, number: u64, hand: Vec<Blow>) -> Result<OrderTally> {
    let mut lane = Lane::make(plan, number).await?;
    let played = lane.play(number, hand).await;
    let Lane {
        store,
        parent,
        place,
        tally,
        process,
        second,
        stop,
        ..
    } = lane;
    drop((process, second));
    parent.drain().await;
    store.close().await;
    stop.cancel();
    place.remove().await?;
    played?;
    Ok(tally)
}

impl Lane {
    async fn make(plan: &OrderPlan, number: u64) -> Result<Self> {
        let seed = plan.seed.wrapping_mul(31).wrapping_add(number);
        let folder = tempfile::Builder::new().prefix("torture-").tempdir()?;
        let mut dice = Dice::new(seed);
        let name = format!(
            "orders_{}_{number}_{}",
            std::process::id(),
            dice.below(1 << 40)
        );
        let place = Place::make(&plan.database, folder.path(), &name).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let config = SandboxConfig {
            base_url: url.clone(),
            check_timestamp: CheckTimestamp::Virtual,
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::new(config, Arc::new(|| NOON_MS), seed)?;
        sandbox.set_callback_url(Some(format!("{url}/aliexpress/callback")))?;
        let stop = CancellationToken::new();
        tokio::spawn(
            sandbox
                .clone()
                .serve(listener, stop.clone().cancelled_owned()),
        );
        let clock = Moment::default();
        clock.set(sandbox.clock().now_ms());
        let setting = Setting {
            database: place.url.clone(),
            keys: folder.path().join("keys"),
            gateway: url.clone(),
            sabotage: plan.sabotage,
        };
        let store = open_store(&setting.database, &setting.keys).await?;
        let parent = core(
            &url,
            Arc::clone(&store),
            clock.clone(),
            OrderPolicy::default(),
        )?;
        let mut lane = Self {
            plan: plan.clone(),
            sandbox,
            control: Http::new(&url)?,
            store,
            parent,
            clock,
            setting,
            place,
            dice,
            tally: OrderTally::default(),
            process: None,
            second: None,
            goods: Vec::new(),
            stop,
            _folder: folder,
        };
        lane.prepare().await?;
        Ok(lane)
    }

    /// Signs the buyer in and lays goods in.
    async fn prepare(&mut self) -> Result<()> {
        let code = self.tell("codes", &json!({})).await?;
        let code = code["code"].as_str().context("no code")?.to_owned();
        self.parent.exchange_pasted(&code, None).await?;
        let state = self.state().await?;
        let products = state["products"].as_array().context("no products")?.clone();
        let market = ProductQuery {
            ship_to: Some("FR".into()),
            currency: Some("USD".into()),
            ..ProductQuery::default()
        };
        for product in products {
            let id = product
                .as_str()
                .map_or_else(|| product.to_string(), str::to_owned);
            let Ok(found) = self.parent.product(&id, &market).await else {
                continue;
            };
            let Some(sku) = found.skus.first().map(|sku| sku.id.clone()) else {
                continue;
            };
            let stock = json!({ "sku_id": sku.parse::<i64>()?, "stock": 1_000_000 });
            self.tell(&format!("products/{id}"), &stock).await?;
            let order = order_of(&id, &sku, 1)?;
            if self.parent.preview_order(&order).await?.placeable {
                self.goods.push((id, sku));
            }
            if self.goods.len() == PRODUCTS {
                break;
            }
        }
        ensure!(!self.goods.is_empty(), "the sandbox has nothing to order");
        Ok(())
    }

    async fn play(&mut self, number: u64, hand: Vec<Blow>) -> Result<()> {
        for (round, blow) in hand.into_iter().enumerate() {
            self.round(blow, &format!("T-{number}-{round}"))
                .await
                .with_context(|| format!("order {round}, {}", blow.name()))?;
        }
        Ok(())
    }

    async fn round(&mut self, blow: Blow, key: &str) -> Result<()> {
        let answered = if self.dice.once_in(2) {
            "answered"
        } else {
            "refused"
        };
        self.tell("profile", &json!({ "repeated_order": answered }))
            .await?;
        let before = self.orders_made().await?;
        let chosen = usize::try_from(self.dice.below(self.goods.len() as u64))?;
        let (product, sku) = self.goods.get(chosen).context("no goods")?.clone();
        let quantity = 1 + u32::try_from(self.dice.below(3))?;
        let order = order_of(&product, &sku, quantity)?;
        self.strike(blow, key, &order).await?;
        if self.dice.once_in(3) && self.orders_made().await? > before {
            self.push_last_order().await?;
        }
        if self.dice.once_in(4) {
            let fault = any_fault(&mut self.dice);
            self.tell("faults", &fault).await?;
        }
        let late = self.dice.once_in(6);
        // Where the answer is the number whenever it is asked for in time, hardly anybody has to be called.
        let is_answered = answered == "answered" && !late;
        self.tally.answered += u64::from(is_answered);
        self.advance(if late {
            PAST_THE_WINDOW_S
        } else {
            PAST_THE_LEASE_S
        });
        self.resolve(key).await?;
        // Whoever had asked asks again with the same key.
        self.work(&self.placing(key, &order, None)).await?;
        self.resolve(key).await?;
        // What was not used must not befall another order.
        self.control
            .request(reqwest::Method::DELETE, "/_sandbox/faults")
            .send()
            .await?;
        let made = self.orders_made().await? - before;
        self.judge(blow, answered, key, made).await?;
        let waits = self.intent(key).await?.map(|intent| intent.state);
        let waits = waits == Some(IntentState::AwaitingPerson);
        self.tally.answered_waiting += u64::from(is_answered && waits);
        self.decide(key, made).await
    }

    /// Sets a process to work and lets the blow fall.
    async fn strike(&mut self, blow: Blow, key: &str, order: &NewOrder) -> Result<()> {
        if matches!(blow, Blow::OvertakenInCall(_)) && self.second.is_none() {
            // Starting takes longer than an answer may.
            self.work_of_the_second().await?;
        }
        for fault in blow.faults() {
            self.tell("faults", &fault).await?;
        }
        let calls = self.calls().await?;
        let task = self.placing(key, order, blow.stops_at());
        let moment = Duration::from_millis(self.dice.below(RANDOM_WITHIN_MS));
        self.process().await?.say(&task).await?;
        match blow {
            Blow::Random => {
                let process = self.process.as_mut().context("no process")?;
                let ended = until_done(process);
                // Time runs out, or the work is done before: killed it is in both cases.
                let _ = tokio::time::timeout(moment, ended).await;
                self.kill().await
            }
            Blow::Called => {
                self.called_since(calls).await?;
                self.kill().await
            }
            Blow::OvertakenInCall(_) => {
                self.called_since(calls).await?;
                self.advance(PAST_THE_LEASE_S);
                self.work_of_the_second().await?;
                let process = self.process.as_mut().context("no process")?;
                until_done(process).await.map(drop)
            }
            Blow::Overtaken(_) => {
                let before_ms = self.stands_still().await?;
                self.work_of_the_second().await?;
                // Two clocks are never the same: that of the first may not have stepped.
                let now_ms = match self.dice.once_in(2) {
                    true => before_ms,
                    false => self.sandbox.clock().now_ms(),
                };
                let works = false;
                self.work(&Task::GoOn { now_ms, works }).await
            }
            Blow::ClockSteps(_) => {
                self.stands_still().await?;
                let now_ms = self.sandbox.clock().now_ms();
                let works = true;
                self.work(&Task::GoOn { now_ms, works }).await
            }
            Blow::At(_)
            | Blow::SpoiltAndKilled(..)
            | Blow::Spoilt(..)
            | Blow::BannedAndSpoilt(_) => {
                let process = self.process.as_mut().context("no process")?;
                match until_done(process).await? {
                    true => self.kill().await,
                    false => Ok(()),
                }
            }
        }
    }

    /// Waits until the process has come to its step, and lets its claim end. Gives the moment at which it stopped.
    async fn stands_still(&mut self) -> Result<i64> {
        let process = self.process.as_mut().context("no process")?;
        ensure!(
            until_done(process).await?,
            "a process passed the step at which it should stop"
        );
        let before_ms = self.sandbox.clock().now_ms();
        self.advance(PAST_THE_LEASE_S);
        Ok(before_ms)
    }

    /// A second instance does what is due.
    async fn work_of_the_second(&mut self) -> Result<()> {
        if self.second.is_none() {
            let started = Process::start(&self.plan.program, &self.setting).await?;
            self.second = Some(started);
        }
        let second = self.second.as_mut().context("no second process")?;
        let now_ms = self.sandbox.clock().now_ms();
        second.say(&Task::Resolve { now_ms }).await?;
        until_done(second).await.map(drop)
    }

    /// Waits until another order has been asked for than the one of this call.
    async fn called_since(&self, call: u64) -> Result<()> {
        while self.calls().await? == call {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn process(&mut self) -> Result<&mut Process> {
        if self.process.is_none() {
            let started = Process::start(&self.plan.program, &self.setting).await?;
            self.process = Some(started);
        }
        self.process.as_mut().context("no process")
    }

    async fn kill(&mut self) -> Result<()> {
        let process = self.process.take().context("no process to kill")?;
        process.kill().await?;
        // What the dead one had sent is before this in the queue of the sandbox.
        self.state().await?;
        Ok(())
    }

    fn placing(&self, key: &str, order: &NewOrder, stop_at: Option<String>) -> Task {
        Task::Place {
            now_ms: self.sandbox.clock().now_ms(),
            key: key.to_owned(),
            order: Box::new(order.clone()),
            stop_at,
        }
    }

    /// Gives a process a task and waits for its end.
    async fn work(&mut self, task: &Task) -> Result<()> {
        let process = self.process().await?;
        process.say(task).await?;
        until_done(process).await.map(drop)
    }

    /// Lets the worker look as often as the order needs, at the moments for which it asks.
    async fn resolve(&mut self, key: &str) -> Result<()> {
        for _ in 0..MOST_LOOKS {
            let now_ms = self.sandbox.clock().now_ms();
            self.work(&Task::Resolve { now_ms }).await?;
            match self.intent(key).await? {
                Some(intent) if intent.state.is_under_way() => {}
                _ => return Ok(()),
            }
            let due = self.store.order_intents().next_intent_due().await?;
            let ahead = due.map_or(1_000, |due| due.0 - now_ms).max(0);
            self.advance(ahead / 1000 + 1);
        }
        Ok(())
    }

    async fn intent(&self, key: &str) -> Result<Option<OrderIntent>> {
        let found = self.store.order_intents().intent_under("system:", key);
        Ok(found.await?)
    }

    /// Holds what became of an order against what the sandbox has.
    async fn judge(&mut self, blow: Blow, answered: &str, key: &str, made: i64) -> Result<()> {
        self.tally.orders += 1;
        *self.tally.blows.entry(blow.name()).or_default() += 1;
        let intent = self.intent(key).await?;
        let told = intent
            .as_ref()
            .map(|intent| (intent.state, intent.reason.clone().unwrap_or_default()));
        if made > 1 {
            self.tally.doubled += u64::try_from(made - 1)?;
        }
        let names_one = intent
            .as_ref()
            .is_some_and(|intent| intent.order_ids.len() == 1);
        let is_true = match &told {
            None => false,
            Some((IntentState::Placed | IntentState::CreatedUnpaid, _)) => made == 1 && names_one,
            // It was made, nobody has paid it in a day, and it was read again after that.
            Some((IntentState::Refused, reason)) if reason == "order_closed" => {
                made == 1 && names_one
            }
            Some((IntentState::Refused, reason)) => made == 0 && !reason.is_empty(),
            Some((IntentState::AwaitingPerson, reason)) => !reason.is_empty(),
            Some((IntentState::Placing | IntentState::Unknown, _)) => false,
        };
        // With more than one order nothing can be true of one.
        if !is_true && made < 2 {
            self.tally.unresolved += 1;
        }
        let end = told.as_ref().map_or_else(
            || "no record".to_owned(),
            |(state, reason)| format!("{state} {reason}"),
        );
        if (!is_true || made > 1) && self.plan.sabotage == OrderSabotage::None {
            self.tally.tell(format!(
                "{} (repetitions {answered}): {made} orders, and the intent is {end}: {intent:?}",
                blow.name()
            ));
        }
        *self.tally.ends.entry(end.trim().to_owned()).or_default() += 1;
        Ok(())
    }

    /// Does what a person does who looks at the website: what is left to people must not stand in the way of the next.
    async fn decide(&self, key: &str, made: i64) -> Result<()> {
        let Some(intent) = self.intent(key).await? else {
            return Ok(());
        };
        // Of two orders a person could not say which is the one.
        if intent.state != IntentState::AwaitingPerson || made > 1 {
            return Ok(());
        }
        let decision = match made {
            0 => Decision::DoesNotExist,
            _ => Decision::Exists(vec![self.last_order().await?.to_string()]),
        };
        let id = intent.id.as_str();
        let decided = self.parent.decide_order(id, &decision).await?;
        let ended = decided.state != IntentState::AwaitingPerson.as_str();
        ensure!(ended, "a decision has changed nothing");
        Ok(())
    }

    /// The message with which AliExpress tells of the order that was made last.
    async fn push_last_order(&self) -> Result<()> {
        let connections = self.parent.connections().await?;
        let buyer: i64 = connections
            .first()
            .context("nobody is connected")?
            .account
            .user_id
            .parse()?;
        let body = json!({
            "data": { "buyerId": buyer, "orderId": self.last_order().await?, "orderStatus": "OrderCreated" },
            "message_type": 53, "seller_id": buyer.to_string(), "site": "ae_global",
            "timestamp": self.sandbox.clock().now_ms() / 1000,
        })
        .to_string();
        let (key, secret) = (AppKey::parse("500100")?, AppSecret::parse(APP_SECRET)?);
        let signature = authorization(&key, &secret, body.as_bytes());
        self.parent
            .take_push(body.as_bytes(), Some(&signature))
            .await?;
        self.parent.work_on_pushes().await?;
        Ok(())
    }

    /// The number of the order that was made last.
    async fn last_order(&self) -> Result<i64> {
        let state = self.state().await?;
        let orders = state["orders"].as_array().context("no orders")?;
        let numbers = orders.iter().filter_map(|order| order["id"].as_i64());
        numbers.max().context("no order was made")
    }

    fn advance(&self, seconds: i64) {
        self.sandbox.clock().advance(seconds);
        self.clock.set(self.sandbox.clock().now_ms());
    }

    async fn tell(&self, path: &str, body: &Value) -> Result<Value> {
        let reply = self
            .control
            .post_json(&format!("/_sandbox/{path}"), body)
            .await?;
        ensure!(
            reply.status < 300,
            "{path}: {}",
            String::from_utf8_lossy(&reply.body)
        );
        Ok(serde_json::from_slice(&reply.body).unwrap_or(Value::Null))
    }

    async fn state(&self) -> Result<Value> {
        self.control.get("/_sandbox/state").await?.json()
    }

    async fn orders_made(&self) -> Result<i64> {
        self.state().await?["counts"]["orders"]
            .as_i64()
            .context("no count of orders")
    }

    /// The number of the last call that would place an order.
    async fn calls(&self) -> Result<u64> {
        let path = format!("/_sandbox/journal?api={CREATE}&limit=1");
        let journal = self.control.get(&path).await?.json()?;
        Ok(journal["entries"][0]["seq"].as_u64().unwrap_or(0))
    }
}

fn order_of(product: &str, sku: &str, quantity: u32) -> Result<NewOrder> {
    Ok(serde_json::from_value(json!({
        "address": address(),
        "lines": [{ "product_id": product, "sku": sku, "quantity": quantity }],
    }))?)
}

/// Waits until a process is done; whether it stands still instead.
async fn until_done(process: &mut Process) -> Result<bool> {
    loop {
        match process.next().await? {
            Word::At { .. } => return Ok(true),
            Word::Done => return Ok(false),
            Word::Ended { .. } | Word::Ready => {}
        }
    }
}
