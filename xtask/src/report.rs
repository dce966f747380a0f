//! Reading what `cargo test` prints while it passes through: which suites ran, and what became of each test.

use std::fmt::Write;

/// One test binary or one crate's documentation tests.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Suite {
    name: String,
    passed: u64,
    failed: u64,
    ignored: u64,
    seconds: String,
    /// False when the binary died before it could say how its tests ended.
    finished: bool,
}

/// What a run has told so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    suites: Vec<Suite>,
    ignored: Vec<String>,
}

impl Report {
    /// Takes in one line of cargo's output, colours and all.
    pub(crate) fn read(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim();
        if let Some(name) = suite_name(line) {
            self.suites.push(Suite {
                name,
                passed: 0,
                failed: 0,
                ignored: 0,
                seconds: String::new(),
                finished: false,
            });
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.finish(result);
        } else if line.starts_with("test ") && line.contains(" ... ignored") {
            self.ignored
                .push(line.trim_start_matches("test ").to_owned());
        }
    }

    /// Tests that passed, failed and were ignored. A binary that died counts as one failure.
    pub(crate) fn totals(&self) -> (u64, u64, u64) {
        let died = self.suites.iter().filter(|suite| !suite.finished).count() as u64;
        let sum = |count: fn(&Suite) -> u64| self.suites.iter().map(count).sum::<u64>();
        (
            sum(|suite| suite.passed),
            sum(|suite| suite.failed) + died,
            sum(|suite| suite.ignored),
        )
    }

    /// The table of suites, and each ignored test by its name.
    pub(crate) fn summary(&self) -> String {
        let mut text = String::new();
        let width = self
            .suites
            .iter()
            .map(|suite| suite.name.len())
            .max()
            .unwrap_or(0);
        for suite in self
            .suites
            .iter()
            .filter(|suite| !suite.finished || suite.counts_something())
        {
            let verdict = match (suite.finished, suite.failed) {
                (false, _) => "DIED",
                (true, 0) => "ok",
                (true, _) => "FAILED",
            };
            let _ = writeln!(
                text,
                "  {:width$}  {verdict:<6}  {:>4} passed  {:>3} failed  {:>3} ignored  {:>8}",
                suite.name, suite.passed, suite.failed, suite.ignored, suite.seconds
            );
        }
        for name in &self.ignored {
            let _ = writeln!(text, "  not run: {name}");
        }
        text
    }

    fn finish(&mut self, result: &str) {
        // Documentation tests can print several results under one heading.
        let Some(suite) = self.suites.last_mut() else {
            return;
        };
        suite.finished = true;
        suite.passed += count(result, "passed");
        suite.failed += count(result, "failed");
        suite.ignored += count(result, "ignored");
        if let Some((_, seconds)) = result.rsplit_once("finished in ") {
            suite.seconds = seconds.to_owned();
        }
    }
}

impl Suite {
    fn counts_something(&self) -> bool {
        self.passed + self.failed + self.ignored > 0
    }
}

/// `Running tests/journey.rs (target/debug/deps/journey-0a1b…)` is the suite `journey (tests/journey.rs)`.
fn suite_name(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{name} (documentation)"));
    }
    let (source, binary) = line.strip_prefix("Running ")?.split_once(" (")?;
    let file = binary.trim_end_matches(')').rsplit(['/', '\\']).next()?;
    let name = file.rsplit_once('-').map_or(file, |(name, _)| name);
    Some(format!(
        "{name} ({})",
        source.trim_start_matches("unittests ")
    ))
}

fn count(result: &str, what: &str) -> u64 {
    let words: Vec<&str> = result.split_whitespace().collect();
    words
        .windows(2)
        .find(|pair| pair[1].trim_end_matches(';') == what)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            let _ = characters.find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
\u{1b}[1m\u{1b}[32m     Running\u{1b}[0m unittests src/lib.rs (target/debug/deps/aliexpress-0a1b2c)
running 2 tests
test sign::tests::vectors ... ok
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.03s
     Running tests/journey.rs (target/debug/deps/journey-ffff)
test slow ... ignored, needs a moon
test result: FAILED. 3 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 12.10s
   Doc-tests aliexpress
test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.50s
";

    fn report(text: &str) -> Report {
        let mut report = Report::default();
        text.lines().for_each(|line| report.read(line));
        report
    }

    #[test]
    fn suites_are_counted_and_ignored_tests_named() {
        let report = report(OUTPUT);
        assert_eq!(report.totals(), (9, 1, 1));
        let summary = report.summary();
        assert!(summary.contains("aliexpress (src/lib.rs)"), "{summary}");
        assert!(summary.contains("journey (tests/journey.rs)"), "{summary}");
        assert!(summary.contains("aliexpress (documentation)"), "{summary}");
        assert!(
            summary.contains("not run: slow ... ignored, needs a moon"),
            "{summary}"
        );
        assert!(summary.contains("12.10s"), "{summary}");
    }

    #[test]
    fn a_binary_that_dies_is_a_failure() {
        let report =
            report("     Running tests/crash.rs (target/debug/deps/crash-00)\nrunning 1 test\n");
        assert_eq!(report.totals(), (0, 1, 0));
        assert!(report.summary().contains("DIED"));
    }
}
