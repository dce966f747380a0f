//! What came out, and the line that says it.

use std::collections::BTreeMap;
use std::fmt;

/// Stories kept of what must not be.
const STORIES: usize = 20;

/// What came of the orders.
#[derive(Debug, Clone, Default)]
pub struct OrderTally {
    /// Orders that somebody wanted placed.
    pub orders: u64,
    /// Orders at AliExpress beyond one for each.
    pub doubled: u64,
    /// Orders that did not end placed, refused or awaiting a person with the reason; or whose end is not the truth: placed
    /// and there is none, refused and there is one.
    pub unresolved: u64,
    /// Orders whose repetitions came in time, and were answered with the existing order.
    pub answered: u64,
    /// How many of those were left to a person.
    pub answered_waiting: u64,
    /// How they ended, by state and reason.
    pub ends: BTreeMap<String, u64>,
    /// What befell them.
    pub blows: BTreeMap<String, u64>,
    /// What happened where it must not, for a person to read.
    pub stories: Vec<String>,
}

impl OrderTally {
    pub(super) fn tell(&mut self, story: String) {
        if self.stories.len() < STORIES {
            self.stories.push(story);
        }
    }

    /// Adds what came out elsewhere.
    pub fn add(&mut self, other: Self) {
        self.orders += other.orders;
        self.doubled += other.doubled;
        self.unresolved += other.unresolved;
        self.answered += other.answered;
        self.answered_waiting += other.answered_waiting;
        for (mine, theirs) in [(&mut self.ends, other.ends), (&mut self.blows, other.blows)] {
            for (name, count) in theirs {
                *mine.entry(name).or_default() += count;
            }
        }
        for story in other.stories {
            self.tell(story);
        }
    }

    /// Whether no order was doubled and none stays open.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.doubled == 0 && self.unresolved == 0
    }

    /// How they ended and what befell them, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let words = |counts: &BTreeMap<String, u64>| {
            let counts = counts.iter().map(|(name, count)| format!("{name} {count}"));
            counts.collect::<Vec<_>>().join("; ")
        };
        format!("ends: {}\nblows: {}", words(&self.ends), words(&self.blows))
    }
}

/// The line that machines read.
impl fmt::Display for OrderTally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "torture orders={} doubled={} unresolved={}",
            self.orders, self.doubled, self.unresolved
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_what_machines_expect() {
        let mut tally = OrderTally {
            orders: 7,
            ..OrderTally::default()
        };
        assert!(tally.is_good());
        tally.add(OrderTally {
            orders: 3,
            doubled: 1,
            ..OrderTally::default()
        });
        assert_eq!(
            tally.to_string(),
            "torture orders=10 doubled=1 unresolved=0"
        );
        assert!(!tally.is_good());
    }
}
