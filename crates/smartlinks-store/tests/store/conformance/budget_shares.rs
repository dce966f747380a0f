use std::collections::BTreeMap;
use std::sync::Arc;

use smartlinks_store::{BudgetClaim, BudgetShare, BudgetWish, Millis, Store};
use tokio::task::JoinSet;

use crate::support::*;

const APP: &str = "500100";
const BUDGET: &str = "aliexpress.ds.address.get";
const LEASE: i64 = 120_000;

fn claim(instance: &str, per_second: u32, keep: u32, now: Millis) -> BudgetClaim {
    BudgetClaim {
        app_key: APP.to_owned(),
        instance: instance.to_owned(),
        budgets: vec![BudgetWish {
            budget: BUDGET.to_owned(),
            per_second,
            wish: per_second,
            keep,
        }],
        now,
        lease_until: now.plus(LEASE),
    }
}

async fn share(store: &Arc<dyn Store>, claim: BudgetClaim) -> (u32, u32) {
    let shares = store.claim_budgets(claim).await.unwrap();
    let [BudgetShare { budget, held, due }] = &shares[..] else {
        panic!("{shares:?}");
    };
    assert_eq!(budget, BUDGET);
    (*held, *due)
}

async fn leave(store: &Arc<dyn Store>, instance: &str, free_at: Millis) {
    let budgets = vec![BUDGET.to_owned()];
    let left = store.leave_budgets(APP, instance, budgets, free_at).await;
    left.unwrap();
}

pub(crate) async fn a_newcomer_gets_a_little_at_once_and_its_part_when_it_is_given_back(
    stage: Stage,
) {
    let store = stage.open().await;
    assert_eq!(share(&store, claim("a", 100, 0, NOW)).await, (95, 95));
    assert_eq!(share(&store, claim("b", 100, 0, NOW)).await, (5, 48));
    // Until `a` knows and has let calls under way end, it keeps what it has.
    assert_eq!(share(&store, claim("a", 100, 95, NOW)).await, (95, 47));
    assert_eq!(share(&store, claim("b", 100, 5, NOW)).await, (5, 48));
    assert_eq!(share(&store, claim("a", 100, 60, NOW)).await, (60, 47));
    assert_eq!(share(&store, claim("b", 100, 5, NOW)).await, (40, 48));
    assert_eq!(share(&store, claim("a", 100, 47, NOW)).await, (47, 47));
    assert_eq!(share(&store, claim("b", 100, 40, NOW)).await, (48, 48));
    store.close().await;
}

pub(crate) async fn a_part_is_free_when_its_lease_has_run_out_or_its_holder_has_left(stage: Stage) {
    let store = stage.open().await;
    assert_eq!(share(&store, claim("killed", 4, 0, NOW)).await, (4, 4));
    let before = NOW.plus(LEASE - 1);
    assert_eq!(share(&store, claim("b", 4, 0, before)).await, (0, 2));
    let after = NOW.plus(LEASE);
    assert_eq!(share(&store, claim("b", 4, 0, after)).await, (4, 4));
    assert_eq!(share(&store, claim("c", 4, 0, after)).await, (0, 2));
    leave(&store, "b", after.plus(2_000)).await;
    // It wants nothing any more, and its last calls still count.
    assert_eq!(
        share(&store, claim("c", 4, 0, after.plus(1_999))).await,
        (0, 4)
    );
    assert_eq!(
        share(&store, claim("c", 4, 0, after.plus(2_000))).await,
        (4, 4)
    );
    leave(&store, "c", after.plus(2_000)).await;
    leave(&store, "nobody", after).await;
    assert_eq!(
        share(&store, claim("d", 4, 0, after.plus(2_001))).await,
        (4, 4)
    );
    store.close().await;
}

pub(crate) async fn budgets_and_apps_are_divided_apart(stage: Stage) {
    let store = stage.open().await;
    assert_eq!(share(&store, claim("a", 4, 0, NOW)).await, (4, 4));
    let other_app = BudgetClaim {
        app_key: "other".to_owned(),
        ..claim("b", 4, 0, NOW)
    };
    assert_eq!(share(&store, other_app).await, (4, 4));
    let mut two = claim("b", 4, 0, NOW);
    two.budgets.insert(
        0,
        BudgetWish {
            budget: "aliexpress.ds.product.get".to_owned(),
            per_second: 1000,
            wish: 1,
            keep: 0,
        },
    );
    let shares = store.claim_budgets(two).await.unwrap();
    let held: Vec<(u32, u32)> = shares.iter().map(|share| (share.held, share.due)).collect();
    assert_eq!(held, [(1, 1), (0, 2)]);
    store.close().await;
}

/// Claims that meet on the database are divided one after the other.
pub(crate) async fn claims_at_the_same_time_do_not_exceed_the_budget(stage: Stage) {
    let store = stage.open().await;
    for per_second in [3, 15, 1000] {
        let mut claims = JoinSet::new();
        for number in 0..12 {
            let store = Arc::clone(&store);
            let instance = format!("{per_second}-{number}");
            claims.spawn(async move {
                let mut claim = claim(&instance, per_second, 0, NOW);
                claim.app_key = format!("app {per_second}");
                share(&store, claim).await.0
            });
        }
        let held: u32 = claims.join_all().await.into_iter().sum();
        assert!(held <= per_second, "{held} of {per_second}");
        assert!(held > 0);
    }
    store.close().await;
}

/// Instances that come, work, go and die in any order: what they may use together is never more than there is.
pub(crate) async fn no_life_of_the_instances_exceeds_the_budget(stage: Stage) {
    let store = stage.open().await;
    for (seed, per_second) in [(1, 4), (2, 3), (3, 100), (4, 15)] {
        Life::new(seed, per_second).lead(&store).await;
    }
    store.close().await;
}

/// An instance as it sees itself.
#[derive(Debug, Clone, Copy)]
struct Instance {
    /// What it may use.
    share: u32,
    /// Calls under way.
    occupied: u32,
    /// Until when it uses its share; half of its lease.
    until: Millis,
}

struct Life {
    random: u64,
    per_second: u32,
    now: Millis,
    born: u32,
    instances: BTreeMap<String, Instance>,
}

impl Life {
    fn new(seed: u64, per_second: u32) -> Self {
        Self {
            random: seed,
            per_second,
            now: NOW,
            born: 0,
            instances: BTreeMap::new(),
        }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005);
        self.random = self.random.wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % end
    }

    async fn lead(&mut self, store: &Arc<dyn Store>) {
        let mut most = 0;
        for _ in 0..250 {
            self.now = self.now.plus(i64::try_from(self.below(4_000)).unwrap());
            match self.below(12) {
                0 => {
                    self.born += 1;
                    let name = format!("{}-{}", self.per_second, self.born);
                    let new = Instance {
                        share: 0,
                        occupied: 0,
                        until: self.now,
                    };
                    self.instances.insert(name, new);
                }
                // Killed: the store hears nothing. Its calls end with it.
                1 if self.instances.len() > 3 => drop(self.instances.pop_first()),
                2 if self.instances.len() > 3 => self.one_leaves(store).await,
                _ => self.one_claims(store).await,
            }
            let used = self.in_use();
            assert!(used <= self.per_second, "{used}: {:?}", self.instances);
            most = most.max(used);
        }
        assert!(most > 0, "nobody ever had anything");
    }

    fn in_use(&self) -> u32 {
        let of = |one: &Instance| match self.now < one.until {
            true => one.share.max(one.occupied),
            false => one.occupied,
        };
        self.instances.values().map(of).sum()
    }

    fn any(&mut self) -> Option<String> {
        let at = self.below(self.instances.len().max(1) as u64);
        let names: Vec<&String> = self.instances.keys().collect();
        names
            .get(usize::try_from(at).unwrap())
            .map(|name| (*name).clone())
    }

    async fn one_claims(&mut self, store: &Arc<dyn Store>) {
        let Some(name) = self.any() else { return };
        let mut one = self.instances[&name];
        if self.now >= one.until {
            (one.share, one.occupied) = (0, 0);
        }
        // Some calls end and some begin, never more than the share allows.
        let ended = u32::try_from(self.below(u64::from(one.occupied) + 1)).unwrap();
        one.occupied -= ended;
        let room = u64::from(one.share.saturating_sub(one.occupied));
        one.occupied += u32::try_from(self.below(room + 1)).unwrap();
        let keep = one.share.max(one.occupied);
        let mut wanted = claim(&name, self.per_second, keep, self.now);
        wanted.app_key = format!("life of {}", self.per_second);
        let (held, due) = share(store, wanted).await;
        assert!(held >= keep || one.share == 0, "{held} of {keep} kept");
        one.share = held.min(due);
        one.until = self.now.plus(LEASE / 2);
        self.instances.insert(name, one);
    }

    async fn one_leaves(&mut self, store: &Arc<dyn Store>) {
        let Some(name) = self.any() else { return };
        let budgets = vec![BUDGET.to_owned()];
        let app = format!("life of {}", self.per_second);
        let left = store.leave_budgets(&app, &name, budgets, self.now).await;
        left.unwrap();
        self.instances.remove(&name);
    }
}
