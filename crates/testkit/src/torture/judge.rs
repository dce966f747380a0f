//! What must be so after a round, read from the database and from the sandbox's journal.

use std::collections::BTreeSet;

use aliexpress::RefreshToken;
use anyhow::{Context, Result};
use secrecy::ExposeSecret as _;
use smartlinks_store::{
    AttemptOutcome, Connection, ConnectionId, ReauthorizationReason, RefreshAttempt, Spends,
    StoredState,
};

use super::gateway::Call;
use super::lane::Lane;
use super::process::Word;
use super::tally::BESIDE;

/// A connection at the deadline, before anybody was set to work.
#[derive(Debug, Clone)]
pub(super) struct Before {
    pub(super) id: ConnectionId,
    pub(super) generation: i64,
    /// Fingerprint of the durable refresh token.
    pub(super) refresh: String,
    /// Fingerprint of the former one, where it is kept.
    pub(super) former: Option<String>,
}

/// What happened in a round.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) target: &'static str,
    pub(super) profile: &'static str,
    /// Whose refresh stood at the step; none where that is not known.
    pub(super) named: Option<String>,
    pub(super) before: Vec<Before>,
    /// The generations after the kill and before the recovery, in the order of `before`.
    pub(super) generations: Vec<i64>,
    /// Refresh calls before the leases of the dead had lapsed.
    pub(super) first_calls: Vec<Call>,
    /// Refresh tokens that killed processes had sent before they died with refreshes under way: only their answers can
    /// have been lost with a process.
    pub(super) fallen: BTreeSet<String>,
    /// Refresh calls after that.
    pub(super) second_calls: Vec<Call>,
    /// What the recovering processes said.
    pub(super) said: Vec<Word>,
    /// Whether they were told to use each connection.
    pub(super) serve: bool,
}

/// Judges every connection of a round.
pub(super) async fn judge(lane: &mut Lane, round: &Round) -> Result<()> {
    for (before, middle) in round.before.iter().zip(&round.generations) {
        let record = lane.record(&before.id).await?;
        let attempts = lane
            .store
            .refresh_journal()
            .attempts(&before.id, 50)
            .await?;
        let case = Case {
            round,
            before,
            middle: *middle,
            record,
            attempts,
        };
        case.count_doubles(lane);
        case.check_journal(lane);
        match case.record.state {
            StoredState::ReauthorizationRequired => case.ended(lane).await?,
            StoredState::Active => case.active(lane),
            other => case.unexplained(lane, &format!("its state is {other}")),
        }
    }
    let known: BTreeSet<&str> = round
        .before
        .iter()
        .flat_map(|before| [Some(before.refresh.as_str()), before.former.as_deref()])
        .flatten()
        .collect();
    for call in round.first_calls.iter().chain(&round.second_calls) {
        if !known.contains(call.token.as_str()) {
            lane.tally.unexplained += 1;
            lane.tally.tell(format!(
                "unexplained ({}, {}): a refresh call with a token that was not durable at the deadline",
                round.target, round.profile
            ));
        }
    }
    Ok(())
}

/// One connection after a round.
struct Case<'a> {
    round: &'a Round,
    before: &'a Before,
    middle: i64,
    record: Connection,
    attempts: Vec<RefreshAttempt>,
}

impl Case<'_> {
    fn with_present<'c>(&self, calls: &'c [Call]) -> Vec<&'c Call> {
        calls
            .iter()
            .filter(|call| call.token == self.before.refresh)
            .collect()
    }

    /// One call before the leases of the dead have lapsed, and one after that if none has brought a durable pair.
    fn count_doubles(&self, lane: &mut Lane) {
        let first = self.with_present(&self.round.first_calls).len();
        let second = self.with_present(&self.round.second_calls).len();
        let renewed = self.middle > self.before.generation;
        let surplus = first.saturating_sub(1) + second.saturating_sub(usize::from(!renewed));
        if surplus > 0 {
            lane.tally.double += surplus as u64;
            let words = format!("{first} calls before the leases lapsed, {second} after");
            self.tell(lane, "double", &words);
        }
    }

    /// Every call had a durable row before it, nothing is pending, and a stored pair says so.
    fn check_journal(&self, lane: &mut Lane) {
        let rows = |spends| {
            self.attempts
                .iter()
                .filter(move |attempt| {
                    attempt.generation == self.before.generation && attempt.spends == spends
                })
                .filter(|attempt| attempt.outcome != AttemptOutcome::Released)
        };
        let former = |call: &&Call| {
            Some(call.token.as_str()) == self.before.former.as_deref()
                && call.token != self.before.refresh
        };
        let calls = self
            .round
            .first_calls
            .iter()
            .chain(&self.round.second_calls);
        let last_resorts = calls.filter(former).count();
        let calls = self.with_present(&self.round.first_calls).len()
            + self.with_present(&self.round.second_calls).len();
        if rows(Spends::Present).count() < calls || rows(Spends::Former).count() < last_resorts {
            self.unexplained(lane, "the gateway was called without a row in the journal");
        }
        if last_resorts > 1 {
            self.unexplained(lane, "the former pair was spent more than once");
        }
        let pending = AttemptOutcome::Pending;
        if self
            .attempts
            .iter()
            .any(|attempt| attempt.outcome == pending)
        {
            self.unexplained(lane, "an attempt is pending after the recovery");
        }
        let stored = self.attempts.iter().filter(|attempt| {
            attempt.generation == self.before.generation
                && attempt.outcome == AttemptOutcome::Stored
        });
        let stored = i64::try_from(stored.count()).unwrap_or(i64::MAX);
        if stored != self.record.generation - self.before.generation {
            self.unexplained(lane, "the journal and the generation disagree");
        }
    }

    fn active(&self, lane: &mut Lane) {
        if self.record.generation != self.before.generation + 1 {
            self.unexplained(lane, "it is active and was not renewed once");
        }
        let id = self.before.id.to_string();
        let served = |said: &Word| matches!(said, Word::Served { connection } if *connection == id);
        if self.round.serve && !self.round.said.iter().any(served) {
            self.unexplained(lane, "it is active and its token does not work");
        }
    }

    /// Ended connections have to have a reason that nobody could help.
    async fn ended(&self, lane: &mut Lane) -> Result<()> {
        let (_, material) = lane
            .store
            .connections()
            .token(&self.before.id)
            .await?
            .context("a connection without tokens")?;
        let newest = material.refresh_token.context("no refresh token")?;
        let newest = RefreshToken::new(newest.expose_secret());
        match lane.gateway_client.oauth().refresh(&newest).await {
            Ok(_) => {
                lane.tally.lost += 1;
                self.tell(
                    lane,
                    "lost",
                    "the gateway accepts its durable refresh token",
                );
                return Ok(());
            }
            Err(refused) if refused.is_refused_refresh_token() => {}
            // Nothing was found out, so nothing may be called unavoidable.
            Err(failed) => return Err(failed).context("the judge could not ask the gateway"),
        }
        let rotated = self
            .with_present(&self.round.first_calls)
            .iter()
            .any(|call| call.rotated);
        let cause = ReauthorizationReason::RefreshInterrupted.as_str();
        let interrupted = self.record.reason.as_deref() == Some(cause);
        let fell = self.round.fallen.contains(&self.before.refresh);
        if !rotated || !fell || self.middle != self.before.generation {
            self.unexplained(lane, "it ended, and no answer was lost with a process");
        } else if !interrupted {
            self.unexplained(lane, "it ended for another reason than it says");
        } else {
            let named = self.round.named.as_ref();
            let beside = named.is_some_and(|named| *named != self.before.id.to_string());
            let step = if beside { BESIDE } else { self.round.target };
            lane.tally.unavoidable_at(step, self.round.profile);
        }
        Ok(())
    }

    fn unexplained(&self, lane: &mut Lane, why: &str) {
        lane.tally.unexplained += 1;
        self.tell(lane, "unexplained", why);
    }

    fn tell(&self, lane: &mut Lane, word: &str, why: &str) {
        if !lane.is_honest() && word == "unexplained" {
            return;
        }
        let outcomes: Vec<_> = self
            .attempts
            .iter()
            .take(4)
            .map(|attempt| format!("{}:{}", attempt.generation, attempt.outcome))
            .collect();
        lane.tally.tell(format!(
            "{word} (killed at {}, {}): {why}; {} of generation {} is {} in generation {}, reason {:?}, attempts {}, said {:?}",
            self.round.target,
            self.round.profile,
            self.before.id,
            self.before.generation,
            self.record.state,
            self.record.generation,
            self.record.reason,
            outcomes.join(" "),
            self.round.said,
        ));
    }
}
