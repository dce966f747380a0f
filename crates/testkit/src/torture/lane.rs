//! One lane: rounds of falling due, killing and recovering.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aliexpress::{ReqwestTransport, TransportOptions};
use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::{Core, RefreshPolicy, RefreshStep};
use smartlinks_store::{Connection, ConnectionId, Store, StoredState};
use tempfile::TempDir;

use super::Plan;
use super::child::{
    Moment, client, comes_after_the_refreshes, core, open_store, refresh_fingerprint,
};
use super::dice::Dice;
use super::gateway::Gateway;
use super::judge::{Before, Round, judge};
use super::place::Place;
use super::process::{Order, Process, Setting, Word};
use super::profiles::{DUE_AFTER_S, PROFILES, Profile};
use super::sabotage::Sabotage;
use super::tally::{CALLED, RANDOM, Tally, targets};

/// The accounts that every sandbox has.
const ACCOUNTS: [&str; 3] = ["buyer", "buyer2", "seller"];
/// Length of a lease in seconds of the virtual clock, which stands still while it is held.
const LEASE_S: u64 = 60;
/// A random kill comes within so many milliseconds of real time: about as long as the work takes.
const RANDOM_WITHIN_MS: u64 = 60;

/// Plays rounds until `share` processes are killed.
pub(super) async fn run(plan: &Plan, number: u64, share: u64) -> Result<Tally> {
    let mut lane = Lane::make(plan, number).await?;
    let played = lane.play(share).await;
    let Lane {
        store,
        parent,
        place,
        tally,
        slots,
        ..
    } = lane;
    drop(slots);
    parent.drain().await;
    store.close().await;
    place.remove().await?;
    played?;
    Ok(tally)
}

pub(super) struct Lane {
    plan: Plan,
    pub(super) gateway: Gateway,
    pub(super) store: Arc<dyn Store>,
    /// Signs accounts in; never refreshes.
    parent: Core,
    pub(super) gateway_client: aliexpress::Client,
    clock: Moment,
    setting: Setting,
    place: Place,
    dice: Dice,
    pub(super) tally: Tally,
    /// At most two processes at once.
    slots: [Option<Process>; 2],
    /// Which of them have not said that their work is done.
    busy: [bool; 2],
    targets: Vec<&'static str>,
    rounds: usize,
    /// The last refresh call that is accounted for.
    seen: u64,
    last_profile: Option<Profile>,
    /// Whose refresh stood at the step, in this round.
    named: Option<String>,
    /// What the processes that were killed in this round had sent, see [`Round::fallen`].
    fallen: BTreeSet<String>,
    _folder: TempDir,
}

impl Lane {
    async fn make(plan: &Plan, number: u64) -> Result<Self> {
        let seed = plan.seed.wrapping_mul(31).wrapping_add(number);
        let folder = tempfile::Builder::new().prefix("torture-").tempdir()?;
        let mut dice = Dice::new(seed);
        let name = format!(
            "torture_{}_{number}_{}",
            std::process::id(),
            dice.below(1 << 40)
        );
        let place = Place::make(&plan.database, folder.path(), &name).await?;
        let gateway = Gateway::start(seed).await?;
        let clock = Moment::default();
        clock.set(gateway.now_ms());
        let setting = Setting {
            database: place.url.clone(),
            keys: folder.path().join("keys"),
            gateway: gateway.url.clone(),
            sabotage: plan.sabotage,
            lease_s: LEASE_S,
        };
        let store = open_store(&setting.database, &setting.keys).await?;
        let policy = RefreshPolicy::default();
        let transport = ReqwestTransport::new(TransportOptions::default())?;
        let gateway_client = client(&gateway.url, clock.clone(), transport)?;
        let shared = Arc::clone(&store);
        let parent = core(gateway_client.clone(), shared, clock.clone(), policy)?;
        Ok(Self {
            plan: plan.clone(),
            gateway_client,
            gateway,
            store,
            parent,
            clock,
            setting,
            place,
            dice,
            tally: Tally::new(plan.database.clone()),
            slots: [None, None],
            busy: [false, false],
            targets: Vec::new(),
            rounds: usize::try_from(number)?,
            seen: 0,
            last_profile: None,
            named: None,
            fallen: BTreeSet::new(),
            _folder: folder,
        })
    }

    async fn play(&mut self, share: u64) -> Result<()> {
        while self.tally.kills < share {
            let left = share - self.tally.kills;
            let target = self.next_target();
            self.round(target, left)
                .await
                .with_context(|| format!("round {} at {target}", self.rounds))?;
            self.rounds += 1;
        }
        Ok(())
    }

    /// Every step comes once before any comes again.
    fn next_target(&mut self) -> &'static str {
        if self.targets.is_empty() {
            self.targets = targets();
            self.dice.shuffle(&mut self.targets);
        }
        self.targets.pop().unwrap_or(RANDOM)
    }

    async fn round(&mut self, target: &'static str, left: u64) -> Result<()> {
        // Each step meets each way of rotating: their numbers have no common divisor but the dice's.
        let profile = PROFILES[usize::try_from(self.dice.below(PROFILES.len() as u64))?];
        self.gateway.control("profile", &profile.switches()).await?;
        self.sign_in(profile).await?;
        self.advance(DUE_AFTER_S);
        let before = self.before().await?;
        let two = self.dice.once_in(3);
        // A pair that never serves keeps the one before it alive into the next round.
        let serve = target == "served" || !self.dice.once_in(4);

        self.fallen.clear();
        for door in &self.gateway.doors {
            door.asked();
        }
        let (killed, mut said) = self.torment(target, two, left).await?;
        let first_calls = self.calls().await?;
        let generations = self.generations(&before).await?;
        self.check_handed(&said).await?;
        said.clear();

        self.advance(i64::try_from(LEASE_S)? + 1);
        self.recover(two, serve, &mut said).await?;
        self.check_handed(&said).await?;
        let round = Round {
            target: killed.map_or("no kill", |_| target),
            profile: profile.name,
            named: self.named.take(),
            before,
            generations,
            first_calls,
            fallen: std::mem::take(&mut self.fallen),
            second_calls: self.calls().await?,
            said,
            serve,
        };
        judge(self, &round).await?;
        self.last_profile = Some(profile);
        Ok(())
    }

    /// Sets one process or two to work, and kills. Gives whether it came to that, and what was said.
    async fn torment(
        &mut self,
        target: &'static str,
        two: bool,
        left: u64,
    ) -> Result<(Option<()>, Vec<Word>)> {
        let stop_at = (target != CALLED && target != RANDOM).then(|| target.to_owned());
        let count = if two { 2 } else { 1 };
        if target == CALLED {
            let door = usize::try_from(self.dice.below(count as u64))?;
            self.gateway.doors[door].hold.arm();
        }
        if target == RefreshStep::Failed.as_str() {
            let fault =
                json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "http_500"});
            self.gateway.control("faults", &fault).await?;
        }
        self.order(count, stop_at, true).await?;
        let mut said = Vec::new();
        self.named = None;
        let victim = match target {
            RANDOM => {
                let moment = Duration::from_millis(self.dice.below(RANDOM_WITHIN_MS));
                let waiting = self.wait(count, &mut said, false);
                // Time runs out, or the work is done before: killed it is in both cases.
                let _ = tokio::time::timeout(moment, waiting).await;
                Some(usize::try_from(self.dice.below(count as u64))?)
            }
            _ => self.wait(count, &mut said, target == CALLED).await?,
        };
        for door in &self.gateway.doors {
            door.hold.disarm();
        }
        let Some(victim) = victim else {
            return Ok((None, said));
        };
        self.kill(victim, target, &mut said).await?;
        if two {
            let other = 1 - victim;
            if left > 1 && self.dice.once_in(3) {
                self.kill(other, RANDOM, &mut said).await?;
            } else {
                self.finish(other, &mut said).await?;
            }
        }
        Ok((Some(()), said))
    }

    async fn order(&mut self, count: usize, stop_at: Option<String>, serve: bool) -> Result<()> {
        let doors = self.gateway.doors.iter().enumerate();
        for (slot, (number, door)) in self.slots.iter_mut().zip(doors).take(count) {
            if slot.is_none() {
                let mut setting = self.setting.clone();
                setting.gateway.clone_from(&door.url);
                // Two whose clocks are both ahead would understand each other.
                if number == 0 && setting.sabotage == Sabotage::IgnoresLeases {
                    setting.sabotage = Sabotage::None;
                }
                *slot = Some(Process::start(&self.plan.program, &setting).await?);
            }
        }
        let order = Order::Work {
            now_ms: self.gateway.now_ms(),
            stop_at,
            serve,
        };
        for process in self.slots.iter_mut().take(count).flatten() {
            process.order(&order).await?;
        }
        Ok(())
    }

    /// Until a process stands still, which it then is; none when all are done before.
    async fn wait(
        &mut self,
        count: usize,
        said: &mut Vec<Word>,
        held: bool,
    ) -> Result<Option<usize>> {
        self.busy = [count > 0, count > 1];
        let [left, right] = &self.gateway.doors;
        let (left, right) = (Arc::clone(&left.hold), Arc::clone(&right.hold));
        while self.busy.iter().any(|busy| *busy) {
            let [first, second] = &mut self.slots;
            let (slot, word) = tokio::select! {
                word = next(first), if self.busy[0] => (0, word?),
                word = next(second), if self.busy[1] => (1, word?),
                () = left.caught(), if held => return Ok(Some(0)),
                () = right.caught(), if held => return Ok(Some(1)),
            };
            match word {
                Word::At { connection, .. } => {
                    self.named = Some(connection);
                    return Ok(Some(slot));
                }
                Word::Done => self.busy[slot] = false,
                word => said.push(word),
            }
        }
        Ok(None)
    }

    /// Lets a process end its work; where it stands still it is told to go on.
    async fn finish(&mut self, slot: usize, said: &mut Vec<Word>) -> Result<()> {
        let process = self.slots[slot].as_mut().context("no process")?;
        while self.busy[slot] {
            match process.next().await? {
                Word::At { .. } => process.order(&Order::GoOn).await?,
                Word::Done => self.busy[slot] = false,
                word => said.push(word),
            }
        }
        Ok(())
    }

    async fn kill(&mut self, slot: usize, step: &'static str, said: &mut Vec<Word>) -> Result<()> {
        let process = self.slots[slot].take().context("no process to kill")?;
        let last = process.kill().await?;
        said.extend(last);
        let door = &self.gateway.doors[slot];
        door.settled().await?;
        if !comes_after_the_refreshes(step) {
            self.fallen.extend(door.asked());
        }
        self.tally.killed_at(step);
        Ok(())
    }

    async fn recover(&mut self, two: bool, serve: bool, said: &mut Vec<Word>) -> Result<()> {
        let count = if two { 2 } else { 1 };
        self.order(count, None, serve).await?;
        self.busy = [true, two];
        for slot in 0..count {
            self.finish(slot, said).await?;
        }
        Ok(())
    }

    fn advance(&self, seconds: i64) {
        self.gateway.advance(seconds);
        self.clock.set(self.gateway.now_ms());
    }

    /// The refresh calls since the last look.
    async fn calls(&mut self) -> Result<Vec<super::gateway::Call>> {
        let calls = self.gateway.calls_after(self.seen).await?;
        self.forget_calls(&calls);
        Ok(calls)
    }

    fn forget_calls(&mut self, calls: &[super::gateway::Call]) {
        self.seen = calls.last().map_or(self.seen, |call| call.seq);
    }

    /// Brings every account to an active connection, signing in where the last rounds have left none, or one whose
    /// window is of another profile.
    async fn sign_in(&mut self, profile: Profile) -> Result<()> {
        // The judge may have asked the gateway itself.
        self.calls().await?;
        let known = self.store.connections().list(true).await?;
        let afresh = profile.clipped || self.last_profile.is_some_and(|last| last.clipped);
        let all_active = known.len() == ACCOUNTS.len()
            && known
                .iter()
                .all(|record| record.state == StoredState::Active);
        if all_active && !afresh {
            return Ok(());
        }
        for account in ACCOUNTS {
            let code = self.gateway.code(account).await?;
            self.parent.exchange_pasted(&code, None).await?;
        }
        Ok(())
    }

    async fn before(&self) -> Result<Vec<Before>> {
        let mut all = Vec::new();
        for record in self.store.connections().list(false).await? {
            all.push(self.before_of(record).await?);
        }
        Ok(all)
    }

    async fn before_of(&self, record: Connection) -> Result<Before> {
        let connections = self.store.connections();
        let (_, material) = connections
            .token(&record.id)
            .await?
            .context("a connection without tokens")?;
        let former = connections.previous_token(&record.id).await?;
        Ok(Before {
            id: record.id,
            generation: record.generation,
            refresh: refresh_fingerprint(&material),
            former: former.map(|former| refresh_fingerprint(&former.material)),
        })
    }

    async fn generations(&self, before: &[Before]) -> Result<Vec<i64>> {
        let mut generations = Vec::new();
        for before in before {
            generations.push(self.record(&before.id).await?.generation);
        }
        Ok(generations)
    }

    pub(super) async fn record(&self, id: &ConnectionId) -> Result<Connection> {
        let found = self.store.connections().find(id).await?;
        found.context("a connection is gone")
    }

    /// A token that a caller was given must be durable.
    async fn check_handed(&mut self, said: &[Word]) -> Result<()> {
        for word in said {
            let Word::Handed {
                connection,
                generation,
                token,
            } = word
            else {
                continue;
            };
            let id: ConnectionId = connection.parse()?;
            let (record, material) = self
                .store
                .connections()
                .token(&id)
                .await?
                .context("a connection without tokens")?;
            let other = record.generation == *generation
                && *token != super::child::access_fingerprint(&material);
            if record.generation < *generation || other {
                self.tally.lost += 1;
                self.tally.tell(format!(
                    "lost: {id} was handed out in generation {generation}, and generation {} is durable",
                    record.generation
                ));
            }
        }
        Ok(())
    }

    /// Whether the processes are the product as it is.
    pub(super) fn is_honest(&self) -> bool {
        self.plan.sabotage == Sabotage::None
    }
}

async fn next(slot: &mut Option<Process>) -> Result<Word> {
    slot.as_mut().context("no process")?.next().await
}
