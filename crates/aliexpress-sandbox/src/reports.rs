//! What applications tell about searches and clicks on their own sites.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Reports kept, and characters kept of each.
const MOST_REPORTS: usize = 100;
const MOST_CHARACTERS: usize = 2000;

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) at_ms: i64,
    /// User id of the account whose token was sent.
    pub(crate) account: Option<String>,
    /// The beginning of the text.
    pub(crate) text: String,
}

/// How many there were, and the last of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Reports {
    total: u64,
    last: VecDeque<Report>,
}

impl Reports {
    pub(crate) fn note(&mut self, at_ms: i64, account: Option<&str>, text: &str) {
        self.total += 1;
        self.last.push_back(Report {
            at_ms,
            account: account.map(str::to_owned),
            text: text.chars().take(MOST_CHARACTERS).collect(),
        });
        if self.last.len() > MOST_REPORTS {
            self.last.pop_front();
        }
    }

    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn newest(&self) -> impl Iterator<Item = &Report> {
        self.last.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_reports_and_long_texts_are_cut() {
        let mut reports = Reports::default();
        for number in 0..=MOST_REPORTS {
            reports.note(0, None, &format!("{number} {}", "é".repeat(5000)));
        }
        assert_eq!(reports.total(), 1 + MOST_REPORTS as u64);
        assert_eq!(reports.newest().count(), MOST_REPORTS);
        let newest = reports.newest().next().unwrap();
        assert!(newest.text.starts_with("100 "));
        assert_eq!(newest.text.chars().count(), MOST_CHARACTERS);
        assert!(reports.newest().last().unwrap().text.starts_with("1 "));
    }
}
