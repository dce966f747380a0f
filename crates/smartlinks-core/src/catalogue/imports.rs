//! Imports of many products: a list or a file that is looked at as a whole first, then worked on line by line, by
//! whichever instance is free, with progress, until it is done or stopped.

mod feeds;
mod file;
mod views;
mod work;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{
    Change, ImportJob, ImportJobId, ImportJobState, ImportLine, ImportLineState, Traces,
};

pub(crate) use file::{Place, delimiter};
pub use views::{
    ImportJobPage, ImportJobView, ImportLinePage, ImportLineView, ImportProblem, ImportRest,
    ImportStarted, ImportsRequest,
};
pub use work::ImportWork;

use super::checks;
use super::listing::given;
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::service::Core;
use crate::settings::Market;
use crate::text::shortened;
use crate::traces::OK;
use feeds::Feed;
use file::Wish;
use views::{job_view, line_view};

/// The largest file of products, in bytes, and the largest request that holds one.
pub const IMPORT_LIMIT: usize = 2 * 1024 * 1024;
/// The most lines of an import.
pub(super) const MOST_LINES: usize = 10_000;
/// How many problems of a file are reported.
const MOST_PROBLEMS: usize = 100;

/// What holds for every line, looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Common {
    connection: String,
    /// What the caller named of the market: what is none, a known product keeps as it is.
    ship_to: Option<String>,
    currency: Option<String>,
    language: Option<String>,
    /// For whom new products are looked at, and the feed: as whoever started the import had chosen it. None in imports
    /// from before that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    market: Option<Market>,
    labels: Vec<String>,
    rule: Option<String>,
    /// Where the products come from, when that is a feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    feed: Option<Feed>,
}

impl Core {
    /// Starts an import of many products: by numbers and addresses, by a CSV file with the columns `product`, `skus`,
    /// `labels` and `rule`, or of a feed. Every line is looked at first: when one cannot be, nothing is started and
    /// the answer says where. Of a feed the first page is asked for at once, the others as the import is worked on.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what holds for all lines; [`Error::UnknownConnection`], [`Error::UnknownRule`],
    /// [`Error::Storage`]; with a feed also as [`Core::feed_products`].
    pub async fn start_catalogue_import(&self, request: &ImportsRequest) -> Result<ImportStarted> {
        let mut common = self.import_common(request).await?;
        if let Some(name) = given(request.feed.as_deref()) {
            let lines = self.first_of_feed(&mut common, name, request).await?;
            return self.begin_import(&common, lines).await;
        }
        let rules = self.price_rules().await?.into_iter();
        let rules: HashMap<String, String> = rules
            .flat_map(|rule| [(rule.name, rule.id.clone()), (rule.id.clone(), rule.id)])
            .collect();
        let lines = match (&request.csv, request.products.is_empty()) {
            (Some(csv), true) => file::read(csv, &rules),
            (None, false) => file::listed(&request.products),
            (Some(_), false) => {
                return Err(Error::invalid(
                    "csv",
                    "and `products` are both given; give one",
                ));
            }
            (None, true) => {
                return Err(Error::invalid(
                    "products",
                    "names no product, and there is neither `csv` nor `feed`",
                ));
            }
        };
        let lines = match lines.and_then(|lines| file::labelled(lines, &common.labels)) {
            Ok(lines) => lines,
            Err(mut problems) => {
                let problems_in_all = problems.len();
                problems.truncate(MOST_PROBLEMS);
                return Ok(ImportStarted {
                    job: None,
                    problems,
                    problems_in_all,
                });
            }
        };
        self.begin_import(&common, lines).await
    }

    async fn begin_import(&self, common: &Common, lines: Vec<Wish>) -> Result<ImportStarted> {
        let job = self.store_import(common, lines).await?;
        self.inner.imports.notify_one();
        Ok(ImportStarted {
            job: Some(job_view(&job)?),
            problems: Vec::new(),
            problems_in_all: 0,
        })
    }

    async fn import_common(&self, request: &ImportsRequest) -> Result<Common> {
        let named = |text: &Option<String>| given(text.as_deref()).map(str::to_owned);
        let (ship_to, currency) = (named(&request.ship_to), named(&request.currency));
        let language = named(&request.language);
        // Whoever works on it has another market than whoever has started it.
        let market = self
            .market_for(ship_to.as_deref(), currency.as_deref(), language.as_deref())
            .await?;
        let rule = match given(request.rule.as_deref()) {
            Some(id) => Some(self.stored_rule(id).await?.id.to_string()),
            None => None,
        };
        let connection = given(request.connection.as_deref());
        Ok(Common {
            labels: checks::labels(&request.labels)?,
            rule,
            connection: self.record_or_default(connection).await?.id.to_string(),
            ship_to,
            currency,
            language,
            market: Some(market),
            feed: None,
        })
    }

    async fn store_import(&self, common: &Common, lines: Vec<Wish>) -> Result<ImportJob> {
        let now = to_millis(self.now());
        let id = ImportJobId::generate(now, self.entropy());
        let job = ImportJob {
            id: id.map_err(|error| Error::Internal(error.to_string()))?,
            state: ImportJobState::Running,
            request_json: json!(common).to_string(),
            lines: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            imported: 0,
            failed: 0,
            problem_json: None,
            next_at: Some(now),
            created_at: now,
            updated_at: now,
            finished_at: None,
        };
        let lines = lines.into_iter().map(waiting_line);
        let traces = self.import_traces("catalogue_import.started", &job);
        let add = self
            .store()
            .import_jobs()
            .add_import_job(job.clone(), lines.collect(), traces);
        add.await?;
        Ok(job)
    }

    fn import_traces(&self, action: &str, job: &ImportJob) -> Traces {
        let data = json!({ "lines": job.lines, "imported": job.imported, "failed": job.failed });
        Traces::none().audit(self.audit_entry(action, None, Some(job.id.as_str()), OK, &data))
    }

    /// The imports of many products, the latest first. `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter; [`Error::Storage`].
    pub async fn catalogue_imports(
        &self,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<ImportJobPage> {
        let limit = bounded(limit, 50, 200)?;
        let after = given(after).map(|text| {
            text.parse()
                .map_err(|_| Error::invalid("after", "is not the `next` of a page"))
        });
        let after: Option<ImportJobId> = after.transpose()?;
        let jobs = self
            .store()
            .import_jobs()
            .import_job_page(after.as_ref(), limit);
        let jobs = jobs.await?;
        let last = jobs.last().filter(|_| jobs.len() == limit as usize);
        Ok(ImportJobPage {
            next: last.map(|last| last.id.to_string()),
            imports: jobs.iter().map(job_view).collect::<Result<_>>()?,
        })
    }

    /// One import, with how far it has come.
    ///
    /// # Errors
    /// [`Error::UnknownImport`], [`Error::Storage`].
    pub async fn catalogue_import(&self, id: &str) -> Result<ImportJobView> {
        job_view(&self.stored_import_job(id).await?)
    }

    /// Lines of an import in their order: those in one state, or all. `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter; [`Error::UnknownImport`], [`Error::Storage`].
    pub async fn catalogue_import_lines(
        &self,
        id: &str,
        state: Option<&str>,
        after: Option<i64>,
        limit: Option<u32>,
    ) -> Result<ImportLinePage> {
        let limit = bounded(limit, 100, 1000)?;
        let state = given(state).map(|word| {
            word.parse().map_err(|_| {
                let message = "not one of waiting, imported and failed";
                Error::invalid("state", message)
            })
        });
        let state: Option<ImportLineState> = state.transpose()?;
        let job = self.stored_import_job(id).await?;
        let jobs = self.store().import_jobs();
        let lines = jobs.import_lines(&job.id, state, after.unwrap_or(0), limit);
        let lines = lines.await?;
        let last = lines.last().filter(|_| lines.len() == limit as usize);
        Ok(ImportLinePage {
            next: last.map(|last| last.number),
            lines: lines.iter().map(line_view).collect::<Result<_>>()?,
        })
    }

    /// Stops an import that runs. What was imported stays in the catalogue.
    ///
    /// # Errors
    /// [`Error::UnknownImport`], [`Error::CatalogueRefused`] when it does not run, [`Error::Storage`].
    pub async fn cancel_catalogue_import(&self, id: &str) -> Result<ImportJobView> {
        let job = self.stored_import_job(id).await?;
        let change = self.import_change("catalogue_import.cancelled", &job);
        let jobs = self.store().import_jobs();
        match jobs.cancel_import_job(&job.id, change).await? {
            true => self.catalogue_import(id).await,
            false => Err(Error::CatalogueRefused(
                "the import does not run any more".into(),
            )),
        }
    }

    /// Lets an import go on that was stopped, or tries again what failed.
    ///
    /// # Errors
    /// [`Error::UnknownImport`], [`Error::CatalogueRefused`] when there is nothing to go on with, [`Error::Storage`].
    pub async fn resume_catalogue_import(&self, id: &str) -> Result<ImportJobView> {
        let job = self.stored_import_job(id).await?;
        let change = self.import_change("catalogue_import.resumed", &job);
        let jobs = self.store().import_jobs();
        if !jobs.resume_import_job(&job.id, change).await? {
            let message = "the import runs, or everything of it is imported";
            return Err(Error::CatalogueRefused(message.into()));
        }
        self.inner.imports.notify_one();
        self.catalogue_import(id).await
    }

    fn import_change(&self, action: &str, job: &ImportJob) -> Change {
        Change {
            now: to_millis(self.now()),
            traces: self.import_traces(action, job),
        }
    }

    async fn stored_import_job(&self, id: &str) -> Result<ImportJob> {
        let unknown = || Error::UnknownImport(shortened(id, 64));
        let id: ImportJobId = id.parse().map_err(|_| unknown())?;
        let found = self.store().import_jobs().import_job(&id);
        found.await?.ok_or_else(unknown)
    }
}

fn waiting_line(wish: Wish) -> ImportLine {
    ImportLine {
        number: wish.line,
        wish_json: json!(wish).to_string(),
        product_id: wish.product,
        state: ImportLineState::Waiting,
        attempts: 0,
        product: None,
        problem_json: None,
        at: None,
    }
}

fn bounded(limit: Option<u32>, usual: u32, most: u32) -> Result<u32> {
    let limit = limit.unwrap_or(usual);
    match (1..=most).contains(&limit) {
        true => Ok(limit),
        false => Err(Error::invalid(
            "limit",
            format!("{limit} is not between 1 and {most}"),
        )),
    }
}
