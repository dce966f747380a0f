//! `doctor`

use serde::Serialize;
use smartlinks_core::doctor::{Check, Database, Finding, Level, Patient, Report, examine};
use smartlinks_core::store::Existing;

use super::plan;
use crate::assemble::setup;
use crate::config::{Config, Mode};
use crate::failure::{Exit, Failure};
use crate::output::{Output, ProgressLine, plain};

/// The report, with what whoever reads it elsewhere wants to know first.
#[derive(Serialize)]
struct Printed<'a> {
    version: &'static str,
    system: &'static str,
    #[serde(flatten)]
    report: &'a Report,
    warnings: &'a [String],
}

/// Looks at everything, prints the report, and fails without further words where something is wrong.
pub(crate) async fn run(mode: Mode, config: &Config, output: Output) -> Result<(), Failure> {
    let plan = plan(mode, config)?;
    let places = plan.places(config);
    let line = ProgressLine::new(output);
    let about_to = |check: Check| line.show(&format!("{} …", check.as_str()));
    about_to(Check::Database);
    let opened = plan.open_to_look().await;
    let clock = plan.clock.clone();
    let app = setup(plan.app, plan.gateway, &clock)?;
    let patient = Patient {
        app: &app,
        database: match &opened {
            Ok(Existing::Open(store)) => Database::Open(store),
            Ok(Existing::NotYet) => Database::NotYet,
            &Ok(Existing::Behind { step, newest }) => Database::Behind { step, newest },
            Err(error) => Database::Failed(error),
        },
        places: &places,
        now: clock.now(),
        seen: None,
        outlook: None,
    };
    let report = examine(patient, &about_to).await;
    drop(line);
    if let Ok(Existing::Open(store)) = &opened {
        store.close().await;
    }
    let printed = Printed {
        version: env!("CARGO_PKG_VERSION"),
        system: std::env::consts::OS,
        report: &report,
        warnings: &config.warnings,
    };
    output.data(&printed, in_words)?;
    if report.healthy {
        Ok(())
    } else {
        Err(Failure::silent(Exit::Failure))
    }
}

fn in_words(printed: &Printed<'_>) -> String {
    let report = printed.report;
    let mut text = format!(
        "smartlinks {} on {}, {}\n\n",
        printed.version,
        printed.system,
        report.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    );
    for finding in &report.findings {
        text.push_str(&lines(finding));
    }
    for warning in printed.warnings {
        text.push_str(&format!(
            "{:<8} settings     {}\n",
            "warning",
            plain(warning)
        ));
    }
    let count = |level| {
        let of = |finding: &&Finding| finding.level == level;
        report.findings.iter().filter(of).count()
    };
    let (problems, warnings) = (count(Level::Problem), count(Level::Warning));
    text.push_str(&format!("\n{}", summary(problems, warnings)));
    text
}

fn lines(finding: &Finding) -> String {
    let level = match finding.level {
        Level::Good => "ok",
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Problem => "PROBLEM",
    };
    let name = finding.check.as_str();
    let mut text = format!("{level:<8} {name:<12} {}\n", plain(&finding.what));
    let mut more = |name: &str, said: Option<&String>| {
        if let Some(said) = said {
            text.push_str(&format!("{:<22}{name}: {}\n", "", plain(said)));
        }
    };
    more("why", finding.why.as_ref());
    let who = finding.who.map_or("mend", |who| who.as_str());
    more(who, finding.fix.as_ref());
    text
}

fn summary(problems: usize, warnings: usize) -> String {
    let plural = |count: usize, word: &str| match count {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        more => format!("{more} {word}s"),
    };
    format!(
        "{}, {}",
        plural(problems, "problem"),
        plural(warnings, "warning")
    )
}
