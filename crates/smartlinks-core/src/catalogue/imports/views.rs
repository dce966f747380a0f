//! The shapes of imports of many products.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smartlinks_store::{ImportJob, ImportJobState, ImportLine, ImportLineState};
use utoipa::ToSchema;

use super::super::views::wrong;
use super::Common;
use super::file::Wish;
use crate::clock::from_millis;
use crate::error::Result;

/// Many products to be imported, in a list or in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportsRequest {
    /// Numbers or addresses.
    pub products: Vec<String>,
    /// A CSV file with a header: `product`, and if wanted `skus` (numbers of variants with a blank between), `labels`
    /// (with a comma between) and `rule` (name or id). Cells are parted by commas, semicolons or tabs.
    pub csv: Option<String>,
    /// Name of a feed, in the place of both: its products, found as the import is worked on.
    pub feed: Option<String>,
    /// How many products of the feed, 1 to 10,000; as many as it holds when left out.
    pub most: Option<u32>,
    /// Whose products they are; the default connection's when left out.
    pub connection: Option<String>,
    /// Destination of all of them, ISO 3166-1 alpha-2. When left out, a known product keeps its own, and a new one gets
    /// the one that whoever starts the import has chosen, else the configured one.
    pub ship_to: Option<String>,
    /// Currency of the costs of all of them, ISO 4217. When left out, as with the destination.
    pub currency: Option<String>,
    /// `fr` or `en`. When left out, as with the destination.
    pub language: Option<String>,
    /// Labels of all of them.
    pub labels: Vec<String>,
    /// Price rule of those whose line names none, `rule_…`.
    pub rule: Option<String>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportProblem {
    /// The line of the file, the header being 1; or the place in the list, from 1.
    pub line: i64,
    /// The column.
    pub column: Option<String>,
    /// What was found and what is accepted.
    pub message: String,
}

/// An import that was started, or what keeps it from being.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportStarted {
    /// The import; null when a line cannot be, and then nothing was started.
    pub job: Option<ImportJobView>,
    /// The first hundred lines that cannot be.
    pub problems: Vec<ImportProblem>,
    /// How many there are in all.
    pub problems_in_all: usize,
}

/// Why an import rests, or a line failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportRest {
    /// The stable name of the failure.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// How to mend it.
    pub fix: String,
}

/// An import of many products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportJobView {
    /// `imp_…`
    pub id: String,
    /// `running`, `done` or `cancelled`.
    #[schema(value_type = String)]
    pub state: ImportJobState,
    /// The feed that it imports, if any.
    pub feed: Option<String>,
    /// Products of the feed are still being found, so that `lines` grows.
    pub finding: bool,
    /// How many products it is about.
    pub lines: i64,
    /// How many are in the catalogue.
    pub imported: i64,
    /// How many cannot be imported.
    pub failed: i64,
    /// How many wait.
    pub waiting: i64,
    /// Why it rests, while it does.
    pub rests_because: Option<ImportRest>,
    /// Why no more of the feed was looked for than was found, when AliExpress gave no further page.
    pub found_no_more_because: Option<ImportRest>,
    /// When it goes on. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// When it was started. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// When it ended. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}

/// Imports of many products, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportJobPage {
    /// The imports of this page.
    pub imports: Vec<ImportJobView>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<String>,
}

/// One product of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportLineView {
    /// The line of the file, the header being 1; or the place in the list, from 1.
    pub line: i64,
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// The variants that are wanted; all of them when null.
    pub skus: Option<Vec<String>>,
    /// `waiting`, `imported` or `failed`.
    #[schema(value_type = String)]
    pub state: ImportLineState,
    /// How often it was tried in vain.
    pub attempts: i64,
    /// The product in the catalogue, `prod_…`.
    pub product: Option<String>,
    /// Why it cannot be imported.
    pub problem: Option<ImportRest>,
    /// When it ended. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// Lines of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportLinePage {
    /// The lines of this page.
    pub lines: Vec<ImportLineView>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<i64>,
}

fn rest(json: Option<&str>, table: &'static str, id: &str) -> Result<Option<ImportRest>> {
    json.map(|json| serde_json::from_str(json).map_err(|_| wrong(table, "problem_json", id)))
        .transpose()
}

pub(super) fn job_view(job: &ImportJob) -> Result<ImportJobView> {
    let common: Common = serde_json::from_str(&job.request_json)
        .map_err(|_| wrong("import_jobs", "request_json", job.id.as_str()))?;
    let feed = common.feed.as_ref();
    Ok(ImportJobView {
        id: job.id.to_string(),
        finding: job.state == ImportJobState::Running
            && feed.is_some_and(|feed| feed.next_page.is_some()),
        feed: feed.map(|feed| feed.name.clone()),
        found_no_more_because: feed.and_then(|feed| feed.ended.clone()),
        state: job.state,
        lines: job.lines,
        imported: job.imported,
        failed: job.failed,
        waiting: job.lines - job.imported - job.failed,
        rests_because: rest(job.problem_json.as_deref(), "import_jobs", job.id.as_str())?,
        next_at: job.next_at.and_then(from_millis),
        created_at: from_millis(job.created_at),
        finished_at: job.finished_at.and_then(from_millis),
    })
}

pub(super) fn line_view(line: &ImportLine) -> Result<ImportLineView> {
    let number = line.number.to_string();
    let wish: Wish = serde_json::from_str(&line.wish_json)
        .map_err(|_| wrong("import_lines", "wish_json", &number))?;
    Ok(ImportLineView {
        line: line.number,
        product_id: line.product_id.clone(),
        skus: wish.skus,
        state: line.state,
        attempts: line.attempts,
        product: line.product.as_ref().map(ToString::to_string),
        problem: rest(line.problem_json.as_deref(), "import_lines", &number)?,
        at: line.at.and_then(from_millis),
    })
}
