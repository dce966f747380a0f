//! What came out, and the line that says it.

use std::collections::BTreeMap;
use std::fmt;

use super::blows;

/// Of so many orders that AliExpress answers with, one at most may wait for a person.
const MACHINE_ENDS: u64 = 5;
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

    /// Why it says little although nothing was doubled: blows that have not fallen where there were orders enough for
    /// each, and people who were called where the answer was to be had.
    #[must_use]
    pub fn shortcomings(&self) -> Vec<String> {
        let mut all = blows::names();
        let enough = usize::try_from(self.orders).unwrap_or(usize::MAX) >= all.len();
        all.retain(|blow| enough && !self.blows.contains_key(blow));
        all.dedup();
        let mut told: Vec<_> = all
            .iter()
            .map(|it| format!("{it} has not fallen"))
            .collect();
        // Only bad luck upon bad luck calls a person where AliExpress answers with the order.
        if self.answered_waiting * MACHINE_ENDS > self.answered {
            told.push(format!(
                "{} of {} orders wait for a person although AliExpress answers with them",
                self.answered_waiting, self.answered
            ));
        }
        told
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

    #[test]
    fn what_was_not_tried_is_said_when_there_were_orders_enough() {
        let mut tally = OrderTally {
            answered: 10,
            answered_waiting: 2,
            orders: 3,
            ..OrderTally::default()
        };
        assert_eq!(tally.shortcomings(), Vec::<String>::new());
        tally.answered_waiting = 3;
        tally.orders = 1_000;
        let told = tally.shortcomings();
        assert!(told.contains(&"killed sending has not fallen".to_owned()));
        assert!(told.iter().any(|it| it.starts_with("3 of 10 orders wait")));
    }
}
