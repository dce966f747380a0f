//! What came in, with the verdict of the signature check. Secrets appear as length and hash only.

mod noted;

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

pub(crate) use noted::{Arrival, Brief, Entry, Noted};

/// Entries kept unless told otherwise; older ones are dropped.
const KEPT: usize = 1000;
/// Most entries that can be kept. A usual call takes about a kilobyte.
pub(crate) const MOST_KEPT: usize = 100_000;

/// How often an API was called, and how often that went well.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Calls {
    pub(crate) ok: u64,
    pub(crate) failed: u64,
}

/// A bounded ring of entries, and counts that outlive them.
pub(crate) struct Journal {
    entries: VecDeque<Noted>,
    keep: usize,
    seq: u64,
    calls: BTreeMap<String, Calls>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            keep: KEPT,
            seq: 0,
            calls: BTreeMap::new(),
        }
    }
}

/// Which entries are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) api: Option<&'a str>,
    /// Only entries after this number.
    pub(crate) after: u64,
    /// At most so many, the newest.
    pub(crate) limit: usize,
}

impl Journal {
    /// Notes a request. `known` says whether its API exists: names made up by callers are counted together.
    pub(crate) fn note(&mut self, mut entry: Noted, known: bool) {
        self.seq += 1;
        entry.seq = self.seq;
        let name = if known { entry.api.as_str() } else { "unknown" };
        if !self.calls.contains_key(name) {
            self.calls.insert(name.to_owned(), Calls::default());
        }
        if let Some(calls) = self.calls.get_mut(name) {
            if entry.outcome == "ok" {
                calls.ok += 1;
            } else {
                calls.failed += 1;
            }
        }
        if self.entries.len() >= self.keep {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Sets how many entries are kept, at most [`MOST_KEPT`].
    pub(crate) fn keep(&mut self, keep: usize) {
        self.keep = keep.clamp(1, MOST_KEPT);
        let surplus = self.entries.len().saturating_sub(self.keep);
        self.entries.drain(..surplus);
        self.entries.shrink_to_fit();
    }

    /// How many entries are kept.
    pub(crate) const fn kept(&self) -> usize {
        self.keep
    }

    /// The wanted entries in words, oldest first.
    pub(crate) fn entries(&self, wanted: Wanted<'_>) -> Vec<Entry> {
        self.picked(wanted).into_iter().map(Noted::entry).collect()
    }

    /// The wanted entries in short, oldest first.
    pub(crate) fn briefs(&self, wanted: Wanted<'_>) -> Vec<Brief> {
        self.picked(wanted).into_iter().map(Noted::brief).collect()
    }

    fn picked(&self, wanted: Wanted<'_>) -> Vec<&Noted> {
        let fits = |noted: &&Noted| wanted.api.is_none_or(|api| noted.api == api);
        let newest = self.entries.iter().rev();
        let mut picked: Vec<&Noted> = newest
            .take_while(|noted| noted.seq > wanted.after)
            .filter(fits)
            .take(wanted.limit)
            .collect();
        picked.reverse();
        picked
    }

    pub(crate) const fn total(&self) -> u64 {
        self.seq
    }

    pub(crate) const fn calls(&self) -> &BTreeMap<String, Calls> {
        &self.calls
    }

    /// Forgets entries and counts; numbering goes on.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.calls.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::noted::tests::noted;
    use super::*;

    const ALL: Wanted<'_> = Wanted {
        api: None,
        after: 0,
        limit: usize::MAX,
    };

    #[test]
    fn the_ring_is_bounded_and_counts_go_on() {
        let mut journal = Journal::default();
        for at_ms in 0..KEPT as i64 + 5 {
            journal.note(noted(at_ms, ""), true);
        }
        let entries = journal.entries(Wanted {
            api: Some("x.y"),
            ..ALL
        });
        assert_eq!(entries.len(), KEPT);
        assert_eq!(
            (entries[0].seq, entries[0].at_ms, entries[0].real_ms),
            (6, 5, 0)
        );
        assert_eq!(journal.calls()["x.y"].ok, KEPT as u64 + 5);
        assert!(
            journal
                .entries(Wanted {
                    api: Some("other"),
                    ..ALL
                })
                .is_empty()
        );
        let after = journal.briefs(Wanted {
            after: KEPT as u64,
            ..ALL
        });
        assert_eq!(after.len(), 5);
        journal.keep(3);
        assert_eq!(journal.entries(ALL).len(), 3);
        journal.keep(usize::MAX);
        assert_eq!(journal.kept(), MOST_KEPT);
    }
}
