//! What happens too often for an entry of the audit log each time: access tokens that were handed out, methods that were
//! called, people who were shut out. One entry for each caller, address, connection and minute, since one for each time
//! would drown all others.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use smartlinks_store::{Actor, ActorKind, ConnectionId, Millis, NewAudit, Traces};

use crate::clock::{from_millis, to_millis};
use crate::error::Result;
use crate::service::Core;
use crate::traces::OK;

const MINUTE_MS: i64 = 60_000;
/// How many entries are written in one transaction.
const AT_ONCE: usize = 500;
/// How many finished minutes are kept while the database takes none.
const KEPT: usize = 50_000;
/// From how many addresses one caller is told apart in a minute; those beyond share an entry.
const ADDRESSES: usize = 16;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// An access token was handed out.
    Vended,
    /// This method was called by its name, with the token of a connection.
    Called(&'static str),
    /// Somebody tried to sign in with a name that is nobody's.
    NotLetIn,
    /// Somebody tried to sign in more often than is allowed.
    ShutOut,
}

impl Deed {
    /// The action in the audit log, and how it ended.
    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Vended => ("token.vended", OK),
            Self::Called(_) => ("connection.called", OK),
            Self::NotLetIn => ("operator.signed_in", "wrong_password"),
            Self::ShutOut => ("operator.signed_in", "too_many_attempts"),
        }
    }
}

/// What was done and is not written down yet.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// By kind and id of the caller, then by connection; in there one for each deed and address.
    running: HashMap<ActorKind, HashMap<String, HashMap<String, Vec<Count>>>>,
    finished: Vec<Count>,
}

/// One deed, one caller, one address, one connection, one minute.
#[derive(Debug, Clone)]
struct Count {
    deed: Deed,
    actor: Actor,
    connection: Option<ConnectionId>,
    minute: i64,
    number: u64,
    /// When the last of them was done: before it the entry is not complete.
    last: Millis,
    /// Stands for all addresses beyond those that are told apart.
    of_the_rest: bool,
}

impl Counted {
    fn note(&self, deed: Deed, actor: &Actor, connection: Option<&ConnectionId>, now: Millis) {
        let minute = minute_of(now);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Counts { running, finished } = &mut *counts;
        let of_kind = running.entry(actor.kind).or_default();
        let id = actor.id.as_deref().unwrap_or_default();
        let about = connection.map_or("", ConnectionId::as_str);
        let begun = |of_the_rest: bool| Count {
            deed,
            actor: Actor {
                address: actor.address.clone().filter(|_| !of_the_rest),
                ..actor.clone()
            },
            connection: connection.cloned(),
            minute,
            number: 1,
            last: now,
            of_the_rest,
        };
        // Looked up by reference: nothing is allocated for the second time in a minute.
        let Some(alike) = of_kind.get_mut(id).and_then(|of| of.get_mut(about)) else {
            let of_caller = of_kind.entry(id.to_owned()).or_default();
            of_caller.insert(about.to_owned(), vec![begun(false)]);
            return;
        };
        finished.extend(alike.extract_if(.., |count| count.minute != minute));
        let is_full = alike.iter().filter(|count| count.deed == deed).count() >= ADDRESSES;
        let mut of_deed = alike.iter_mut().filter(|count| count.deed == deed);
        let same = of_deed.find(|count| match count.of_the_rest {
            true => is_full,
            false => count.actor.address == actor.address,
        });
        match same {
            Some(count) => {
                count.number += 1;
                count.last = now;
            }
            None => alike.push(begun(is_full)),
        }
    }

    /// What is over by `minute`, or everything when there is none.
    fn take(&self, minute: Option<i64>) -> Vec<Count> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Counts { running, finished } = &mut *counts;
        let over = |count: &Count| minute.is_none_or(|minute| count.minute < minute);
        for of_kind in running.values_mut() {
            for of_caller in of_kind.values_mut() {
                for alike in of_caller.values_mut() {
                    finished.extend(alike.extract_if(.., |count| over(count)));
                }
                of_caller.retain(|_, alike| !alike.is_empty());
            }
            of_kind.retain(|_, of_caller| !of_caller.is_empty());
        }
        mem::take(finished)
    }

    /// Keeps what could not be written.
    fn put_back(&self, mut counts: Vec<Count>) {
        let mut held = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = (held.finished.len() + counts.len()).saturating_sub(KEPT);
        if lost > 0 {
            tracing::error!(
                minutes = lost,
                "the audit log cannot be written for too long: the oldest of what is counted is dropped from it"
            );
            counts.drain(..lost.min(counts.len()));
        }
        counts.append(&mut held.finished);
        held.finished = counts;
    }
}

impl Count {
    fn entry(&self) -> NewAudit {
        let minute = from_millis(Millis(self.minute.saturating_mul(MINUTE_MS)));
        let mut data = json!({ "count": self.number, "minute": minute });
        if self.of_the_rest {
            data["further_addresses"] = true.into();
        }
        if let Deed::Called(method) = self.deed {
            data["method"] = method.into();
        }
        let (action, outcome) = self.deed.told();
        NewAudit {
            at: self.last,
            actor: self.actor.clone(),
            action: action.to_owned(),
            connection: self.connection.clone(),
            subject: None,
            outcome: outcome.to_owned(),
            data_json: data.to_string(),
        }
    }
}

fn minute_of(at: Millis) -> i64 {
    at.0.div_euclid(MINUTE_MS)
}

impl Core {
    /// Notes that whoever acts was handed an access token of a connection. It is written to the audit log when the
    /// minute is over.
    pub fn note_vend(&self, connection: &ConnectionId) {
        self.note_deed(Deed::Vended, Some(connection));
    }

    /// Notes what whoever acts has done.
    pub(crate) fn note_deed(&self, deed: Deed, connection: Option<&ConnectionId>) {
        let now = to_millis(self.now());
        self.inner.counted.note(deed, self.actor(), connection, now);
    }

    /// Writes down the minutes that are over, or everything.
    pub(crate) async fn flush_counted(&self, everything: bool) -> Result<()> {
        let minute = minute_of(to_millis(self.now()));
        let mut left = self.inner.counted.take((!everything).then_some(minute));
        while !left.is_empty() {
            let rest = left.split_off(AT_ONCE.min(left.len()));
            let traces = Traces {
                audit: left.iter().map(Count::entry).collect(),
                ..Traces::none()
            };
            if let Err(error) = self.store().events().append(traces).await {
                left.extend(rest);
                self.inner.counted.put_back(left);
                return Err(error.into());
            }
            left = rest;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use smartlinks_store::SystemEntropy;

    use super::*;

    fn connection() -> ConnectionId {
        ConnectionId::generate(Millis(1), &SystemEntropy).unwrap()
    }

    fn numbers(counts: Vec<Count>) -> Vec<(i64, u64)> {
        let mut numbers: Vec<_> = counts
            .into_iter()
            .map(|count| (count.minute, count.number))
            .collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn a_minute_is_taken_when_it_is_over_and_once() {
        let (counted, actor, one) = (
            Counted::default(),
            Actor::of(ActorKind::Operator),
            connection(),
        );
        counted.note(Deed::Vended, &actor, Some(&one), Millis(7 * MINUTE_MS));
        counted.note(Deed::Vended, &actor, Some(&one), Millis(7 * MINUTE_MS));
        assert!(numbers(counted.take(Some(7))).is_empty());
        counted.note(Deed::Vended, &actor, Some(&one), Millis(8 * MINUTE_MS));
        assert_eq!(numbers(counted.take(Some(8))), [(7, 2)]);
        assert!(numbers(counted.take(Some(8))).is_empty());
        assert_eq!(numbers(counted.take(None)), [(8, 1)]);
        assert!(numbers(counted.take(None)).is_empty());
    }

    #[test]
    fn what_could_not_be_written_is_kept_and_bounded() {
        let (counted, actor) = (Counted::default(), Actor::of(ActorKind::System));
        let one = connection();
        counted.note(Deed::Vended, &actor, Some(&one), Millis(MINUTE_MS));
        counted.put_back(counted.take(None));
        counted.note(Deed::Vended, &actor, Some(&one), Millis(2 * MINUTE_MS));
        assert_eq!(numbers(counted.take(None)), [(1, 1), (2, 1)]);
        let many = (0..).take(KEPT + 5).map(|minute| Count {
            deed: Deed::Vended,
            actor: actor.clone(),
            connection: Some(one.clone()),
            minute,
            number: 1,
            last: Millis(minute * MINUTE_MS),
            of_the_rest: false,
        });
        counted.put_back(many.collect());
        let kept = numbers(counted.take(None));
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept[0].0, 5, "the oldest go first");
    }

    #[test]
    fn addresses_of_one_key_are_told_apart_up_to_a_bound() {
        let (counted, one) = (Counted::default(), connection());
        for number in 0..ADDRESSES + 5 {
            let actor = Actor {
                id: Some("key_1".to_owned()),
                address: Some(format!("192.0.2.{number}")),
                ..Actor::of(ActorKind::ApiKey)
            };
            counted.note(Deed::Vended, &actor, Some(&one), Millis(1));
            counted.note(Deed::Vended, &actor, Some(&one), Millis(2));
        }
        let counts = counted.take(None);
        assert_eq!(counts.len(), ADDRESSES + 1);
        let rest = counts.iter().find(|count| count.of_the_rest).unwrap();
        assert_eq!((rest.number, &rest.actor.address), (10, &None));
        assert!(rest.entry().data_json.contains("further_addresses"));
        let told = counts.iter().filter(|count| !count.of_the_rest);
        assert!(told.clone().all(|count| count.number == 2));
        assert!(told.clone().all(|count| count.last == Millis(2)));
    }

    #[test]
    fn deeds_are_told_apart() {
        let (counted, one) = (Counted::default(), connection());
        let actor = Actor::of(ActorKind::ApiKey);
        let called = [Deed::Called("a"), Deed::Called("b"), Deed::Called("a")];
        for deed in called.into_iter().chain([Deed::Vended]) {
            counted.note(deed, &actor, Some(&one), Millis(1));
        }
        for deed in [Deed::NotLetIn, Deed::ShutOut] {
            counted.note(deed, &actor, None, Millis(1));
        }
        let told = |count: &Count| {
            let entry = count.entry();
            let about = if entry.connection.is_some() {
                "one"
            } else {
                "none"
            };
            // By name: the order of the fields is not promised.
            let data: serde_json::Value = serde_json::from_str(&entry.data_json).expect("JSON");
            assert_eq!(data["minute"], "1970-01-01T00:00:00Z");
            let (action, outcome) = (entry.action, entry.outcome);
            format!(
                "{action} {outcome} {about} {} {}",
                data["count"], data["method"]
            )
        };
        let mut told: Vec<_> = counted.take(None).iter().map(told).collect();
        told.sort_unstable();
        let expected = [
            r#"connection.called ok one 1 "b""#,
            r#"connection.called ok one 2 "a""#,
            "operator.signed_in too_many_attempts none 1 null",
            "operator.signed_in wrong_password none 1 null",
            "token.vended ok one 1 null",
        ];
        assert_eq!(told, expected);
    }
}
