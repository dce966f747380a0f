//! No second ever sees more calls of a method than it allows. Time is tokio's, paused: it moves when all wait.

mod shares;

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliexpress::{
    AppKey, Client, Error, HeldReason, HttpRequest, HttpResponse, Policy, TimeoutPhase, Timer,
    TokioTimer, Transport, TransportError, TransportErrorKind,
};
use async_trait::async_trait;
use proptest::prelude::*;
use tokio::task::JoinSet;

use super::world::{ADDRESS, PRODUCT, Shortest, seconds};
use crate::support::{APP_KEY, StoppedClock, now, secret, value_of};

/// How one call travels, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
struct Trip {
    /// When its caller starts.
    start: u64,
    there: u64,
    back: u64,
    /// The answer does not come; the caller sees that instead of it.
    fails: bool,
    /// Its caller goes away this long after the start.
    gives_up: Option<u64>,
    background: bool,
}

/// Delivers each call after its own time, and notes when.
struct Network {
    timer: TokioTimer,
    trips: Vec<Trip>,
    arrivals: Mutex<Vec<(usize, Duration)>>,
}

impl Network {
    fn new(trips: &[Trip]) -> Arc<Self> {
        Arc::new(Self {
            timer: TokioTimer::default(),
            trips: trips.to_vec(),
            arrivals: Mutex::default(),
        })
    }

    fn arrivals(&self) -> Vec<(usize, Duration)> {
        self.arrivals.lock().unwrap().clone()
    }

    /// Which callers' calls arrived, in order.
    fn order(&self) -> Vec<usize> {
        self.arrivals()
            .into_iter()
            .map(|(caller, _)| caller)
            .collect()
    }

    /// When they arrived, in milliseconds.
    fn times(&self) -> Vec<u128> {
        self.arrivals()
            .into_iter()
            .map(|(_, at)| at.as_millis())
            .collect()
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let caller: usize = value_of(&request, "caller").unwrap().parse().unwrap();
        let trip = self.trips[caller];
        self.timer.sleep(Duration::from_millis(trip.there)).await;
        self.arrivals
            .lock()
            .unwrap()
            .push((caller, self.timer.running()));
        self.timer.sleep(Duration::from_millis(trip.back)).await;
        if trip.fails {
            return Err(TransportError::new(TransportErrorKind::Timeout(
                TimeoutPhase::Read,
            )));
        }
        Ok(HttpResponse {
            status: 200,
            content_type: None,
            date: None,
            body: r#"{"code":"0"}"#.into(),
        })
    }
}

fn client(network: &Arc<Network>, timer: Arc<dyn Timer>, policy: Policy) -> Client {
    over(network.clone(), timer, policy)
}

fn over(transport: Arc<dyn Transport>, timer: Arc<dyn Timer>, policy: Policy) -> Client {
    Client::builder(AppKey::parse(APP_KEY).unwrap(), secret())
        .clock(Arc::new(StoppedClock(now())))
        .timer(timer)
        .jitter(Arc::new(Shortest))
        .transport(transport)
        .policy(policy)
        .build()
        .unwrap()
}

fn patient() -> Policy {
    let hour = seconds(3600);
    Policy::default()
        .longest_wait(hour)
        .longest_hold(hour)
        .longest_background_wait(hour)
        .longest_background_hold(hour)
}

fn paused<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

async fn call(client: &Client, method: &str, caller: usize) -> Result<(), Error> {
    client
        .call(method, [("caller", caller.to_string())])
        .await
        .map(drop)
}

/// Lets every caller make its call, and returns how each ended; `None` where the caller went away.
async fn all(
    client: &Client,
    network: &Arc<Network>,
    method: &'static str,
) -> Vec<Option<Result<(), Error>>> {
    let mut callers = JoinSet::new();
    for (caller, trip) in network.trips.iter().copied().enumerate() {
        let client = if trip.background {
            client.background()
        } else {
            client.clone()
        };
        let timer = network.timer;
        callers.spawn(async move {
            timer.sleep(Duration::from_millis(trip.start)).await;
            let patience = trip.gives_up.map_or(Duration::MAX, Duration::from_millis);
            let outcome = tokio::time::timeout(patience, call(&client, method, caller)).await;
            (caller, outcome.ok())
        });
    }
    let mut outcomes = callers.join_all().await;
    outcomes.sort_by_key(|(caller, _)| *caller);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// The most arrivals that any second saw.
fn busiest_second(arrivals: &[(usize, Duration)]) -> usize {
    let mut times: Vec<Duration> = arrivals.iter().map(|(_, at)| *at).collect();
    times.sort();
    let within = |start: &Duration| {
        times
            .iter()
            .filter(|at| *at >= start && **at < *start + seconds(1))
            .count()
    };
    times.iter().map(within).max().unwrap_or_default()
}

fn trip() -> impl Strategy<Value = Trip> {
    let gives_up = prop_oneof![3 => Just(None), 1 => (0..4000_u64).prop_map(Some)];
    let start = prop_oneof![2 => Just(0), 1 => 0..5000_u64];
    (
        start,
        0..1500_u64,
        0..1500_u64,
        any::<bool>(),
        gives_up,
        any::<bool>(),
    )
        .prop_map(|(start, there, back, fails, gives_up, background)| Trip {
            start,
            there,
            back,
            fails,
            gives_up,
            background,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_second_sees_more_than_four_whatever_the_network_does(
        trips in proptest::collection::vec(trip(), 1..40)
    ) {
        let (arrivals, outcomes) = paused(async {
            let network = Network::new(&trips);
            let client = client(&network, Arc::new(network.timer), patient());
            let outcomes = all(&client, &network, ADDRESS).await;
            (network.arrivals(), outcomes)
        });
        prop_assert!(busiest_second(&arrivals) <= 4, "{arrivals:?}");
        for (trip, outcome) in trips.iter().zip(outcomes) {
            match outcome {
                None => prop_assert!(trip.gives_up.is_some()),
                Some(Err(error)) => prop_assert!(trip.fails && error.attempts().made() == 3, "{error:?}"),
                Some(Ok(())) => prop_assert!(!trip.fails),
            }
        }
    }
}

#[test]
fn a_fast_network_gets_the_whole_budget() {
    let (times, others) = paused(async {
        let network = Network::new(&[Trip::default(); 12]);
        let client = client(&network, Arc::new(network.timer), patient());
        all(&client, &network, ADDRESS).await;
        let times = network.times();
        all(&client, &network, PRODUCT).await;
        (times, network.times().split_off(12))
    });
    assert_eq!(
        times,
        [0, 0, 0, 0, 1000, 1000, 1000, 1000, 2000, 2000, 2000, 2000]
    );
    assert_eq!(others, [2000; 12], "another method has its own budget");
}

#[test]
fn a_slot_rests_from_the_answer_not_from_the_sending() {
    let times = paused(async {
        let slow = Trip {
            there: 100,
            back: 700,
            ..Trip::default()
        };
        let network = Network::new(&[slow; 5]);
        let client = client(&network, Arc::new(network.timer), patient());
        all(&client, &network, ADDRESS).await;
        network.times()
    });
    assert_eq!(times, [100, 100, 100, 100, 1900]);
}

#[test]
fn interactive_calls_go_first_and_each_class_in_its_order() {
    let order = paused(async {
        let mut trips = vec![Trip::default(); 4];
        let later = |start, background| Trip {
            start,
            background,
            ..Trip::default()
        };
        trips.extend((1..=6).map(|start| later(start, true)));
        trips.extend((11..=16).map(|start| later(start, false)));
        let network = Network::new(&trips);
        let client = client(&network, Arc::new(network.timer), patient());
        all(&client, &network, ADDRESS).await;
        network.order()
    });
    assert_eq!(
        order,
        [0, 1, 2, 3, 10, 11, 12, 13, 14, 15, 4, 5, 6, 7, 8, 9]
    );
}

#[test]
fn whoever_goes_away_leaves_his_turn_to_the_next() {
    let (order, times) = paused(async {
        let mut trips = vec![Trip::default(); 4];
        let waiting = |start, gives_up| Trip {
            start,
            gives_up,
            ..Trip::default()
        };
        // The first three in the queue go away: one after the other, the last just before its turn.
        trips.extend([
            waiting(1, Some(100)),
            waiting(2, Some(200)),
            waiting(3, Some(996)),
        ]);
        trips.extend((4..=8).map(|start| waiting(start, None)));
        let network = Network::new(&trips);
        let client = client(&network, Arc::new(network.timer), patient());
        all(&client, &network, ADDRESS).await;
        (network.order(), network.times())
    });
    assert_eq!(order, [0, 1, 2, 3, 7, 8, 9, 10, 11]);
    assert_eq!(times, [0, 0, 0, 0, 1000, 1000, 1000, 1000, 2000]);
}

#[test]
fn a_call_that_was_given_up_rests_from_then() {
    let times = paused(async {
        let lost = Trip {
            there: 5,
            back: 60_000,
            gives_up: Some(300),
            ..Trip::default()
        };
        let next = Trip {
            start: 10,
            ..Trip::default()
        };
        let network = Network::new(&[lost, lost, lost, lost, next]);
        let client = client(&network, Arc::new(network.timer), patient());
        all(&client, &network, ADDRESS).await;
        network.times()
    });
    assert_eq!(times, [5, 5, 5, 5, 1300]);
}

#[test]
fn who_would_wait_too_long_hears_it_at_once() {
    let second = seconds(1);
    let policy = Policy::default()
        .longest_hold(second)
        .longest_background_hold(second);
    for background in [false, true] {
        let (times, outcomes) = paused(async {
            let network = Network::new(
                &[Trip {
                    background,
                    ..Trip::default()
                }; 14],
            );
            let client = client(&network, Arc::new(network.timer), policy);
            let outcomes = all(&client, &network, ADDRESS).await;
            assert_eq!(network.timer.running(), second);
            (network.times(), outcomes)
        });
        assert_eq!(times, [0, 0, 0, 0, 1000, 1000, 1000, 1000]);
        for (caller, outcome) in outcomes.into_iter().enumerate().skip(8) {
            let Some(Err(Error::Held(held))) = outcome else {
                panic!("{caller}: {outcome:?}");
            };
            // Those who are refused do not queue, so each of them would be the next.
            assert_eq!(
                (held.reason, held.seconds),
                (HeldReason::Budget, 2),
                "{caller}"
            );
        }
    }
}

#[test]
fn who_waited_in_vain_hears_how_long_it_still_takes() {
    let policy = Policy::default().longest_hold(seconds(2));
    let error = paused(async {
        let slow = Trip {
            back: 20_000,
            ..Trip::default()
        };
        let network = Network::new(&[slow; 5]);
        let client = client(&network, Arc::new(network.timer), policy);
        let outcome = all(&client, &network, ADDRESS).await.swap_remove(4);
        outcome.unwrap().unwrap_err()
    });
    assert_eq!(error.code(), "held_by_budget");
    assert_eq!(error.attempts().took(), seconds(2));
    assert!(matches!(error, Error::Held(held) if held.seconds == 1));
}

/// A timer that sleeps as long as it should, but shows something else.
struct Strange(AtomicU64, fn(u64) -> u64);

#[async_trait]
impl Timer for Strange {
    async fn sleep(&self, length: Duration) {
        tokio::time::sleep(length).await;
    }

    fn running(&self) -> Duration {
        let looked = self.0.fetch_add(1, Ordering::Relaxed);
        Duration::from_secs(self.1(looked))
    }
}

#[test]
fn a_timer_that_stands_still_or_goes_back_stalls_nobody() {
    let shows: [fn(u64) -> u64; 3] = [
        |_| 1000,
        |looked| 1_000_000_u64.saturating_sub(looked),
        |looked| {
            if looked % 7 < 3 { 500 } else { looked }
        },
    ];
    for show in shows {
        let (served, took) = paused(async {
            let network = Network::new(&[Trip::default(); 23]);
            let timer = Arc::new(Strange(AtomicU64::new(0), show));
            let client = client(&network, timer, patient());
            all(&client, &network, ADDRESS).await;
            (network.arrivals().len(), network.timer.running())
        });
        assert_eq!(served, 23);
        assert!(
            took <= seconds(23),
            "nobody sleeps longer than a slot rests: {took:?}"
        );
    }
}

/// Bans the method once, for a second, as the answer to the first call.
struct BansOnce(Arc<Network>, AtomicBool);

#[async_trait]
impl Transport for BansOnce {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let first = !self.1.swap(true, Ordering::Relaxed);
        let mut response = self.0.send(request).await?;
        if first {
            response.body = r#"{"error_response":{"type":"ISP","code":"ApiCallLimit","msg":"this ban will last 1 seconds"}}"#.into();
        }
        Ok(response)
    }
}

fn banned_once(network: &Arc<Network>, timer: Arc<dyn Timer>) -> Client {
    let transport = Arc::new(BansOnce(network.clone(), AtomicBool::new(false)));
    over(transport, timer, Policy::default())
}

#[test]
fn a_ban_that_comes_while_a_call_queues_costs_no_slot() {
    let times = paused(async {
        let mut trips = vec![Trip::default(); 9];
        trips[0].back = 900;
        let network = Network::new(&trips);
        let client = banned_once(&network, Arc::new(network.timer));
        all(&client, &network, ADDRESS).await;
        network.times()
    });
    assert_eq!(times[..4], [0; 4]);
    // Three slots had rested at 1000, but the ban lasted until 1900, when the fourth had rested, too.
    assert_eq!(times[4..8], [1900; 4]);
    assert_eq!(times.len(), 10);
    assert!(times[8..].iter().all(|at| *at >= 2900), "{times:?}");
}

#[test]
fn a_ban_that_was_waited_for_is_over_even_when_all_clocks_stand_still() {
    paused(async {
        let network = Network::new(&[Trip::default()]);
        let timer = Arc::new(Strange(AtomicU64::new(0), |_| 1000));
        let client = banned_once(&network, timer);
        call(&client, ADDRESS, 0).await.unwrap();
        assert_eq!(
            network.times(),
            [0, 1000],
            "waited once, and no longer than the ban"
        );
    });
}

#[test]
fn a_newcomer_does_not_pass_those_who_wait() {
    let order = paused(async {
        let mut trips = vec![Trip::default(); 4];
        // At 1000 all four slots have rested, and one more caller comes at that very moment.
        trips.extend([1, 2, 3, 4, 1000].map(|start| Trip {
            start,
            ..Trip::default()
        }));
        let network = Network::new(&trips);
        let client = client(&network, Arc::new(network.timer), patient());
        all(&client, &network, ADDRESS).await;
        network.order()
    });
    assert_eq!(order, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}
