//! `catalogue imports …`

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use smartlinks_core::catalogue::{
    IMPORT_LIMIT, ImportJobPage, ImportJobView, ImportLinePage, ImportStarted, ImportsRequest,
};

use crate::cli::catalogue::{ImportLinesArgs, ImportsCommand, StartImportArgs};
use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::{facts, plain, table, when};

pub(super) async fn run(command: ImportsCommand, session: &Session) -> Result<(), Failure> {
    let (core, output, now) = (&session.core, session.output, session.core.now());
    match command {
        ImportsCommand::Start(arguments) => start(arguments, session).await,
        ImportsCommand::List { limit, after } => {
            let page = core.catalogue_imports(after.as_deref(), limit).await?;
            output.data(&page, |page| list(page, now))?;
            output.more("--after", page.next.as_ref());
            Ok(())
        }
        ImportsCommand::Show { id } => {
            let import = core.catalogue_import(&id).await?;
            output.data(&import, |import| shown(import, now))
        }
        ImportsCommand::Lines(arguments) => lines(arguments, session).await,
        ImportsCommand::Cancel { id } => {
            let import = core.cancel_catalogue_import(&id).await?;
            output.data(&import, |import| shown(import, now))
        }
        ImportsCommand::Resume { id } => {
            let import = core.resume_catalogue_import(&id).await?;
            output.data(&import, |import| shown(import, now))
        }
    }
}

async fn start(arguments: StartImportArgs, session: &Session) -> Result<(), Failure> {
    let request = ImportsRequest {
        csv: arguments.csv.as_deref().map(read).transpose()?,
        products: arguments.products,
        feed: arguments.feed,
        most: arguments.most,
        connection: arguments.connection,
        labels: arguments.labels,
        rule: arguments.rule,
        ..ImportsRequest::default()
    };
    let started = session.core.start_catalogue_import(&request).await?;
    let now = session.core.now();
    session
        .output
        .data(&started, |started| match &started.job {
            Some(job) => shown(job, now),
            None => problems(started),
        })?;
    match started.job {
        Some(_) => {
            session.output.remark("a running server works on it");
            Ok(())
        }
        // What is wrong was printed.
        None => Err(Failure::silent(Exit::Failure)),
    }
}

/// A file as it is, within the size that the API takes as well. What is not UTF-8 in it is marked, and reported with its
/// line by whoever reads it.
fn read(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let beyond = IMPORT_LIMIT as u64 + 1;
    let file = File::open(path).and_then(|file| file.take(beyond).read_to_end(&mut bytes));
    file.map_err(|error| {
        let words = format!("{} could not be read", path.display());
        Failure::new(Exit::Failure, "not_read", words)
            .because(&error)
            .hint("Name a CSV file that you may read.")
    })?;
    if bytes.len() > IMPORT_LIMIT {
        let most = IMPORT_LIMIT / 1024;
        let words = format!("{} is larger than {most} KiB", path.display());
        return Err(Failure::new(Exit::Failure, "too_large", words)
            .hint("Make several files of it, each with the header."));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn problems(started: &ImportStarted) -> String {
    let rows = started.problems.iter().map(|problem| {
        [
            problem.line.to_string(),
            plain(problem.column.as_deref().unwrap_or_default()),
            plain(&problem.message),
        ]
    });
    format!(
        "nothing was started, {} lines cannot be:\n\n{}",
        started.problems_in_all,
        table(["LINE", "COLUMN", "WHAT IS WRONG"], rows)
    )
}

fn list(page: &ImportJobPage, now: Timestamp) -> String {
    if page.imports.is_empty() {
        return "no import was started; start one with `smartlinks catalogue imports start`"
            .to_owned();
    }
    let rows = page.imports.iter().map(|import| {
        [
            import.id.clone(),
            import.state.to_string(),
            format!("{}/{}", import.imported, import.lines),
            import.failed.to_string(),
            when(import.created_at, now),
        ]
    });
    table(["IMPORT", "STATE", "IMPORTED", "FAILED", "STARTED"], rows)
}

fn shown(import: &ImportJobView, now: Timestamp) -> String {
    let mut rows = vec![
        ("import", import.id.clone()),
        ("state", import.state.to_string()),
        ("feed", plain(import.feed.as_deref().unwrap_or("–"))),
        (
            "imported",
            format!("{} of {}", import.imported, import.lines),
        ),
        ("failed", import.failed.to_string()),
        ("waiting", import.waiting.to_string()),
        ("started", when(import.created_at, now)),
    ];
    if let Some(why) = &import.rests_because {
        rows.push(("rests because", plain(&why.detail)));
        rows.push(("goes on", when(import.next_at, now)));
    }
    if let Some(why) = &import.found_no_more_because {
        rows.push(("found no more because", plain(&why.detail)));
    }
    if import.finished_at.is_some() {
        rows.push(("ended", when(import.finished_at, now)));
    }
    facts(rows)
}

async fn lines(arguments: ImportLinesArgs, session: &Session) -> Result<(), Failure> {
    let state = arguments.state.as_deref();
    let page =
        session
            .core
            .catalogue_import_lines(&arguments.id, state, arguments.after, arguments.limit);
    let page = page.await?;
    session.output.data(&page, line_table)?;
    session.output.more("--after", page.next);
    Ok(())
}

fn line_table(page: &ImportLinePage) -> String {
    let rows = page.lines.iter().map(|line| {
        let why = line.problem.as_ref().map(|problem| plain(&problem.detail));
        [
            line.line.to_string(),
            line.product_id.clone(),
            line.state.to_string(),
            line.product.clone().or(why).unwrap_or_default(),
        ]
    });
    table(["LINE", "NUMBER", "STATE", "PRODUCT OR PROBLEM"], rows)
}
