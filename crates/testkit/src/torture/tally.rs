//! What came out, and the line that says it.

use std::collections::BTreeMap;
use std::fmt;

use smartlinks_core::RefreshStep;

use super::place::Kind;

/// The gateway has rotated, and its answer is on the way.
pub(super) const CALLED: &str = "called";
/// Killed at a moment that nobody chose.
pub(super) const RANDOM: &str = "random";

/// Its process was killed at a step of another connection; it was somewhere between.
pub(super) const BESIDE: &str = "beside";

/// Stories kept of what must not be.
const STORIES: usize = 20;

/// The steps at which processes are killed, in the order of a refresh; random moments last.
pub(super) fn targets() -> Vec<&'static str> {
    let mut targets = Vec::new();
    for step in RefreshStep::ALL {
        if step == RefreshStep::Answered {
            targets.push(CALLED);
        }
        targets.push(step.as_str());
    }
    targets.push(RANDOM);
    targets
}

/// What came out on one database.
#[derive(Debug, Clone)]
pub struct Tally {
    database: Kind,
    /// Processes killed.
    pub kills: u64,
    /// Connections ended although the gateway still accepts what we had made durable, and tokens handed out that were
    /// not durable.
    pub lost: u64,
    /// Refresh calls too many.
    pub double: u64,
    /// What is not as it must be and is none of the others.
    pub unexplained: u64,
    /// Kills by step.
    pub by_step: BTreeMap<&'static str, u64>,
    /// Pairs that died with the only process that knew them, by the step at which it was killed.
    pub unavoidable: BTreeMap<&'static str, u64>,
    /// The same by the way in which the gateway rotated.
    pub by_profile: BTreeMap<&'static str, u64>,
    /// What happened where it must not, for a person to read.
    pub stories: Vec<String>,
}

impl Tally {
    pub(super) fn new(database: Kind) -> Self {
        Self {
            database,
            kills: 0,
            lost: 0,
            double: 0,
            unexplained: 0,
            by_step: BTreeMap::new(),
            unavoidable: BTreeMap::new(),
            by_profile: BTreeMap::new(),
            stories: Vec::new(),
        }
    }

    pub(super) fn killed_at(&mut self, step: &'static str) {
        self.kills += 1;
        *self.by_step.entry(step).or_default() += 1;
    }

    pub(super) fn unavoidable_at(&mut self, step: &'static str, profile: &'static str) {
        *self.unavoidable.entry(step).or_default() += 1;
        *self.by_profile.entry(profile).or_default() += 1;
    }

    pub(super) fn tell(&mut self, story: String) {
        if self.stories.len() < STORIES {
            self.stories.push(story);
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.lost += other.lost;
        self.double += other.double;
        self.unexplained += other.unexplained;
        for (mine, others) in [
            (&mut self.by_step, other.by_step),
            (&mut self.unavoidable, other.unavoidable),
            (&mut self.by_profile, other.by_profile),
        ] {
            for (name, count) in others {
                *mine.entry(name).or_default() += count;
            }
        }
        for story in other.stories {
            self.tell(story);
        }
    }

    /// The named steps at which fewer than a twentieth of the kills fell.
    #[must_use]
    pub fn too_rare(&self) -> Vec<&'static str> {
        let seldom = |step: &&str| self.by_step.get(step).copied().unwrap_or(0) < self.kills / 20;
        targets().into_iter().filter(seldom).collect()
    }

    /// Whether the promises were kept and every step was tried often enough.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.lost == 0 && self.double == 0 && self.unexplained == 0 && self.too_rare().is_empty()
    }

    /// How the unavoidable ones divide, in words; empty when there are none.
    #[must_use]
    pub fn unavoidable_in_words(&self) -> String {
        let words = |counts: &BTreeMap<&str, u64>| {
            counts
                .iter()
                .map(|(name, count)| format!("{name} {count}"))
                .collect::<Vec<_>>()
                .join("; ")
        };
        if self.unavoidable.is_empty() {
            return String::new();
        }
        format!(
            "unavoidable by step: {}\nunavoidable by rotation: {}",
            words(&self.unavoidable),
            words(&self.by_profile)
        )
    }
}

/// The line that machines read.
impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<String> = targets()
            .into_iter()
            .map(|step| format!("{step}:{}", self.by_step.get(step).copied().unwrap_or(0)))
            .collect();
        write!(
            formatter,
            "torture db={} kills={} lost={} double={} unexplained={} unavoidable={} by_step={}",
            self.database,
            self.kills,
            self.lost,
            self.double,
            self.unexplained,
            self.unavoidable.values().sum::<u64>(),
            steps.join(",")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_what_machines_expect() {
        let mut tally = Tally::new(Kind::Sqlite);
        for _ in 0..3 {
            tally.killed_at(CALLED);
        }
        tally.unavoidable_at(CALLED, "rotates");
        assert_eq!(
            tally.to_string(),
            "torture db=sqlite kills=3 lost=0 double=0 unexplained=0 unavoidable=1 \
             by_step=before_claim:0,claimed:0,calling:0,called:3,answered:0,stored:0,handed_out:0,served:0,failed:0,random:0"
        );
    }

    /// The proof in the README is one of the program as it is.
    #[test]
    fn the_readme_shows_a_good_run_with_every_step() {
        let readme = include_str!("../../../../README.md");
        let lines: Vec<&str> = readme
            .lines()
            .filter_map(|line| line.strip_prefix("torture db="))
            .collect();
        assert_eq!(lines.len(), 2);
        for (line, database) in lines.iter().zip(["sqlite", "postgres"]) {
            let begins =
                format!("{database} kills=2000 lost=0 double=0 unexplained=0 unavoidable=");
            assert!(line.starts_with(&begins), "{line}");
            let (_, steps) = line.split_once(" by_step=").unwrap();
            let steps: Vec<(&str, u64)> = steps
                .split(',')
                .map(|step| step.split_once(':').unwrap())
                .map(|(name, kills)| (name, kills.parse().unwrap()))
                .collect();
            let names: Vec<&str> = steps.iter().map(|(name, _)| *name).collect();
            assert_eq!(
                names,
                targets(),
                "run `cargo xtask torture` and show its lines"
            );
            assert_eq!(steps.iter().map(|(_, kills)| kills).sum::<u64>(), 2_000);
        }
    }

    #[test]
    fn a_step_that_was_hardly_tried_is_a_failure() {
        let mut tally = Tally::new(Kind::Sqlite);
        for step in targets() {
            (0..10).for_each(|_| tally.killed_at(step));
        }
        assert!(tally.is_good());
        tally.by_step.insert(CALLED, 3);
        assert_eq!(tally.too_rare(), [CALLED]);
        assert!(!tally.is_good());
    }
}
