//! The calls per second that one method allows.

use std::collections::{BTreeMap, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;

use super::Urgency;
use super::shares::{BudgetUse, Want};
use crate::Timer;

/// How long a slot rests after its answer.
const REST: Duration = Duration::from_secs(1);

/// A budget of N calls per second has N slots. A call takes one before it is sent, and the slot is free again one full
/// second after its answer was seen.
///
/// When a call arrives at the gateway is not known, only that it lies between sending and answer. So of one slot, each
/// arrival comes at least a second after the one before, whatever the network does, and in no second can more than N
/// calls arrive. (Of a call that was given up without an answer the network may keep a copy and deliver it later; that
/// cannot be known here.)
///
/// Who finds no slot queues: interactive before background, and within these first come, first served. Nothing runs in
/// the background. The one in front sleeps until the next slot has rested, or is told when there is one; whoever leaves
/// the front, served or not, tells the next.
///
/// Where several processes share the budget, only some of the slots are this one's ([`Budget::grant`]), and only for a
/// while. A share that shrinks takes nothing from calls under way: their slots go when they have rested.
pub(super) struct Budget {
    per_second: u32,
    timer: Arc<dyn Timer>,
    want: Arc<Want>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many of the slots are this process's.
    size: usize,
    /// Until when, by the timer. Afterwards none is.
    until: Duration,
    /// When a call last asked for a slot, by the timer.
    asked: Duration,
    /// Slots whose call is under way.
    in_flight: usize,
    /// When each resting slot will have rested, soonest first, by the timer.
    resting: VecDeque<Duration>,
    queue: BTreeMap<Place, Arc<Notify>>,
    /// How many in the queue are interactive.
    interactive: usize,
    tickets: u64,
}

/// A place in the queue. The smallest is in front.
type Place = (Urgency, u64);

/// What the one who asked has to do next.
enum Turn {
    Go,
    /// Look again at this moment of the timer, or when told to.
    Wait(Duration),
}

impl Budget {
    /// `share` of the slots are this process's, without end until [`grant`](Self::grant) says otherwise.
    pub(super) fn new(
        per_second: u32,
        share: u32,
        timer: Arc<dyn Timer>,
        want: Arc<Want>,
    ) -> Arc<Self> {
        let state = State {
            size: slots(share.min(per_second)),
            until: Duration::MAX,
            ..State::default()
        };
        Arc::new(Self {
            per_second,
            timer,
            want,
            state: Mutex::new(state),
        })
    }

    /// The whole of it.
    pub(super) const fn per_second(&self) -> u32 {
        self.per_second
    }

    /// So many of the slots are this process's from now on, until a moment of the timer.
    pub(super) fn grant(&self, share: u32, until: Duration) {
        let mut state = self.lock();
        state.size = slots(share.min(self.per_second));
        state.until = until;
        state.tell_front();
    }

    /// How it is used at present.
    pub(super) fn usage(&self, method: &'static str) -> BudgetUse {
        let now = self.timer.running();
        let mut state = self.lock();
        state.wake_rested(now);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        BudgetUse {
            method,
            per_second: self.per_second,
            share: count(state.size_at(now)),
            occupied: count(state.in_flight + state.resting.len()),
            waiting: count(state.queue.len()),
            idle: now.saturating_sub(state.asked),
        }
    }

    /// Waits for a slot, at most `patience`. The error is how long it would take at least from now.
    pub(super) async fn slot(
        self: &Arc<Self>,
        urgency: Urgency,
        patience: Duration,
    ) -> Result<Slot, Duration> {
        let start = self.timer.running();
        let deadline = start.saturating_add(patience);
        let Some(waiting) = Waiting::join(self, urgency) else {
            return Ok(Slot::new(self));
        };
        self.want.more();
        let needed = self.time_behind(waiting.ahead);
        if needed > patience {
            return Err(needed);
        }
        loop {
            let Turn::Wait(rested) = self.turn(waiting.place) else {
                return Ok(Slot::new(self));
            };
            let until = rested.min(deadline);
            let longest = if until == deadline { patience } else { REST };
            let length = until.saturating_sub(self.timer.running()).min(longest);
            if !slept(self.timer.sleep(length), waiting.told.notified()).await {
                continue;
            }
            // Slept to the end: that moment has come, whatever the timer shows.
            self.lock().wake_rested(until);
            if until == deadline {
                return match self.turn(waiting.place) {
                    Turn::Go => Ok(Slot::new(self)),
                    Turn::Wait(_) => {
                        let ahead = self.lock().queue.range(..waiting.place).count();
                        Err(self.time_behind(ahead))
                    }
                };
            }
        }
    }

    /// Takes a slot if there is one besides those for whoever is in front.
    fn turn(&self, place: Place) -> Turn {
        let now = self.timer.running();
        let mut state = self.lock();
        state.wake_rested(now);
        let free = state.free(now);
        let ahead = state.queue.range(..place).take(free.max(1)).count();
        if ahead < free {
            state.in_flight += 1;
            state.leave(place);
            return Turn::Go;
        }
        // Only the one in front sleeps for the next slot.
        let rested = state.resting.front().filter(|_| ahead == 0);
        Turn::Wait(rested.copied().unwrap_or(Duration::MAX))
    }

    /// The least time that one with so many others in front has to wait: answers that are awaited could come now.
    fn time_behind(&self, ahead: usize) -> Duration {
        let now = self.timer.running();
        let state = self.lock();
        // Without a share of our own, another process may give back any part of the whole at any moment.
        let size = match state.size_at(now) {
            0 => slots(self.per_second),
            size => size,
        };
        let (rounds, position) = (ahead / size, ahead % size);
        let first = match position.checked_sub(state.free(now)) {
            None => Duration::ZERO,
            Some(position) => state
                .resting
                .get(position)
                .map_or(REST, |rested| rested.saturating_sub(now).min(REST)),
        };
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        first.saturating_add(REST.saturating_mul(rounds))
    }

    /// A call is over, or was never sent.
    fn give_back(&self, sent: bool) {
        let now = self.timer.running();
        let mut state = self.lock();
        state.in_flight = state.in_flight.saturating_sub(1);
        if sent {
            let rested = now.saturating_add(REST);
            let at = state.resting.partition_point(|other| *other <= rested);
            state.resting.insert(at, rested);
        }
        state.tell_front();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How many slots are this process's at a moment of the timer.
    fn size_at(&self, now: Duration) -> usize {
        if now < self.until { self.size } else { 0 }
    }

    fn free(&self, now: Duration) -> usize {
        let taken = self.in_flight + self.resting.len();
        self.size_at(now).saturating_sub(taken)
    }

    fn wake_rested(&mut self, now: Duration) {
        while self.resting.front().is_some_and(|rested| *rested <= now) {
            self.resting.pop_front();
        }
    }

    fn tell_front(&self) {
        if let Some((_, told)) = self.queue.first_key_value() {
            told.notify_one();
        }
    }

    /// Leaves the queue. Whoever is in front then has to look: there may be another slot, or nobody sleeps for the next.
    fn leave(&mut self, place: Place) {
        if self.queue.remove(&place).is_some() {
            self.interactive -= usize::from(place.0 == Urgency::Interactive);
            self.tell_front();
        }
    }
}

/// One who queues. Leaves the queue when dropped, served or not.
struct Waiting<'b> {
    budget: &'b Budget,
    place: Place,
    /// How many were in front when this one came.
    ahead: usize,
    told: Arc<Notify>,
}

impl<'b> Waiting<'b> {
    /// Joins the queue; `None` when a slot was free at once and nobody waited.
    fn join(budget: &'b Budget, urgency: Urgency) -> Option<Self> {
        let now = budget.timer.running();
        let mut state = budget.lock();
        state.wake_rested(now);
        state.asked = now;
        if state.queue.is_empty() && state.free(now) > 0 {
            state.in_flight += 1;
            return None;
        }
        state.tickets += 1;
        let place = (urgency, state.tickets);
        let told = Arc::new(Notify::new());
        let ahead = match urgency {
            Urgency::Interactive => state.interactive,
            Urgency::Background => state.queue.len(),
        };
        state.queue.insert(place, Arc::clone(&told));
        state.interactive += usize::from(urgency == Urgency::Interactive);
        Some(Self {
            budget,
            place,
            ahead,
            told,
        })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.budget.lock().leave(self.place);
    }
}

/// The right to send one call. Given back when dropped, which is when the answer was seen or the call was given up.
pub(crate) struct Slot {
    budget: Arc<Budget>,
    sent: bool,
}

impl Slot {
    /// The slot was already taken in the state of `budget`.
    fn new(budget: &Arc<Budget>) -> Self {
        Self {
            budget: Arc::clone(budget),
            sent: true,
        }
    }

    /// Nothing was sent: the slot need not rest.
    pub(super) fn unused(mut self) {
        self.sent = false;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.budget.give_back(self.sent);
    }
}

fn slots(share: u32) -> usize {
    usize::try_from(share).unwrap_or(usize::MAX)
}

/// Whether `sleep` ended before `told` did.
async fn slept(sleep: impl Future<Output = ()>, told: impl Future<Output = ()>) -> bool {
    let (mut sleep, mut told) = (pin!(sleep), pin!(told));
    poll_fn(|context| {
        if told.as_mut().poll(context).is_ready() {
            Poll::Ready(false)
        } else {
            sleep.as_mut().poll(context).map(|()| true)
        }
    })
    .await
}
