//! Working on imports: line by line under a lease, so that a restart goes on where it was and no two instances work on
//! the same one.

use std::time::Duration;

use serde_json::json;
use smartlinks_store::{
    CatalogueId, Change, ImportJob, ImportLine, ImportLineEnd, ImportLineState, Traces, with_causes,
};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::file::Wish;
use super::views::ImportRest;
use super::{super::views::wrong, Common};
use crate::catalogue::CatalogueImport;
use crate::clock::to_millis;
use crate::error::{Error, Result, Retry};
use crate::events::EventKind;
use crate::service::Core;
use crate::workers::{DueWork, Look};

/// How many products are asked for at the same time.
const SIDE_BY_SIDE: u32 = 4;
/// For how long an import is held, in milliseconds: so long after its instance died another one goes on with it.
const LEASE_MS: i64 = 180_000;
/// How often it is held anew while calls last: they may wait for minutes until the budget lets them through.
const HOLD_EVERY: Duration = Duration::from_secs(60);
/// How often a line is tried before it has failed.
const MOST_ATTEMPTS: i64 = 6;
/// The rest after the first failure, in milliseconds; each further one doubles it.
const FIRST_REST_MS: i64 = 5_000;
/// The rest when a person has to do something first, in milliseconds.
const LONG_REST_MS: i64 = 300_000;

/// What one look at the imports has brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportWork {
    /// How many lines were worked on.
    pub lines: usize,
}

impl Core {
    /// Works on imports as they are started, until it is told to stop. `clock_moved` wakes it when somebody moves the
    /// clock (the sandbox); in production it never does.
    pub async fn run_importer(&self, stop: CancellationToken, clock_moved: watch::Receiver<i64>) {
        let work = DueWork {
            bell: Some(&self.inner.imports),
            ..DueWork::on("imports")
        };
        let look = || async { Ok(Look::done(self.work_on_imports(&stop).await?.lines)) };
        let next = || async {
            let jobs = self.store().import_jobs();
            jobs.next_import_due(to_millis(self.now())).await
        };
        self.work_when_due(work, look, next, &stop, clock_moved)
            .await;
    }

    /// Takes an import that is due and works on it until it is done, rests, is stopped by a person, or `stop` ends.
    ///
    /// # Errors
    /// [`Error::Storage`]; what goes wrong with single products is kept with their lines.
    pub async fn work_on_imports(&self, stop: &CancellationToken) -> Result<ImportWork> {
        let now = to_millis(self.now());
        let jobs = self.store().import_jobs();
        let mut work = ImportWork::default();
        // Looking costs no write; only claiming does.
        if jobs.next_import_due(now).await?.is_none_or(|due| due > now) {
            return Ok(work);
        }
        let claimed = jobs.claim_import_job(self.owner(), now.plus(LEASE_MS), now);
        let Some(job) = claimed.await? else {
            return Ok(work);
        };
        let mut common: Common = serde_json::from_str(&job.request_json)
            .map_err(|_| wrong("import_jobs", "request_json", job.id.as_str()))?;
        while !stop.is_cancelled()
            && let Some(page) = common.feed.as_ref().and_then(|feed| feed.next_page)
        {
            work.lines += 1;
            if !self.find_more_of(&job, &mut common, page).await? {
                self.announce().await;
                return Ok(work);
            }
        }
        let job = match &common.feed {
            // It has grown, here or before.
            Some(_) => jobs.import_job(&job.id).await?.unwrap_or(job),
            None => job,
        };
        while !stop.is_cancelled() {
            let waiting = Some(ImportLineState::Waiting);
            let lines = jobs.import_lines(&job.id, waiting, 0, SIDE_BY_SIDE).await?;
            if lines.is_empty() {
                // Given back as it is, it would be due again at once, and for ever.
                let finished = self.import_finished(&job);
                jobs.finish_import_job(&job.id, finished).await?;
                self.announce().await;
                return Ok(work);
            }
            work.lines += lines.len();
            if !self.work_on_import_lines(&job, &common, lines).await? {
                self.announce().await;
                return Ok(work);
            }
        }
        jobs.release_import_job(&job.id, self.owner()).await?;
        Ok(work)
    }

    /// Adds a page of a feed; whether the import goes on. When AliExpress has trouble, it rests.
    async fn find_more_of(&self, job: &ImportJob, common: &mut Common, page: u32) -> Result<bool> {
        let quietly = self.in_background();
        let found = quietly.grow_import(job, common, page, LEASE_MS);
        let error = match self.holding(job, found).await {
            Ok(goes_on) => return Ok(goes_on),
            Err(Error::Storage(error)) => return Err(Error::Storage(error)),
            Err(error) => error,
        };
        let ahead = if error.waits_for_a_person() {
            LONG_REST_MS
        } else {
            let said = (reason(&error), error.retry() == Retry::No);
            let goes_on = self.page_failed(job, common, said, LEASE_MS).await?;
            let feed = common.feed.as_ref();
            let Some(feed) = feed.filter(|feed| goes_on && feed.next_page.is_some()) else {
                return Ok(goes_on);
            };
            rest(i64::from(feed.attempts), error.retry())
        };
        let now = to_millis(self.now());
        let end = ImportLineEnd::Again(now.plus(ahead), why(&error), false);
        let finished = Change {
            now,
            traces: Traces::none(),
        };
        // No line has this number: only the import itself rests.
        let jobs = self.store().import_jobs();
        let rested = jobs.end_import_line(&job.id, 0, end, self.owner(), now, finished);
        Ok(rested.await?)
    }

    /// Whether there is more to do.
    async fn work_on_import_lines(
        &self,
        job: &ImportJob,
        common: &Common,
        lines: Vec<ImportLine>,
    ) -> Result<bool> {
        let mut imports = JoinSet::new();
        for line in lines {
            let import = import_of(common, &line)?;
            let (core, market) = (self.in_background(), common.market.clone());
            imports.spawn(async move {
                let imported = core.import_for(&import, market.as_ref()).await;
                (line, imported)
            });
        }
        let mut goes_on = true;
        while let Some(ended) = self.holding(job, imports.join_next()).await {
            let (line, result) = ended
                .map_err(|error| Error::Internal(format!("an import ended early: {error}")))?;
            let end = match result {
                Ok(detail) => match detail.summary.id.parse::<CatalogueId>() {
                    Ok(id) => ImportLineEnd::Imported(id),
                    Err(error) => return Err(Error::Internal(error.to_string())),
                },
                Err(error) => self.import_failed(&line, &error),
            };
            goes_on &= self.end_import_line(job, &line, end).await?;
        }
        Ok(goes_on)
    }

    /// Holds an import on while something of it takes its time.
    async fn holding<T>(&self, job: &ImportJob, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(HOLD_EVERY) => {}
            }
            let until = to_millis(self.now()).plus(LEASE_MS);
            let jobs = self.store().import_jobs();
            let held = jobs.hold_import_job(&job.id, self.owner(), until);
            if let Err(error) = held.await {
                tracing::warn!(import.id = %job.id, error = %with_causes(&error), "an import could not be held on");
            }
        }
    }

    async fn end_import_line(
        &self,
        job: &ImportJob,
        line: &ImportLine,
        end: ImportLineEnd,
    ) -> Result<bool> {
        let finished = self.import_finished(job);
        let until = finished.now.plus(LEASE_MS);
        let jobs = self.store().import_jobs();
        let ended = jobs.end_import_line(&job.id, line.number, end, self.owner(), until, finished);
        Ok(ended.await?)
    }

    fn import_finished(&self, job: &ImportJob) -> Change {
        let now = to_millis(self.now());
        let data = json!({ "import": job.id, "lines": job.lines });
        let kind = EventKind::ImportFinished;
        let traces = Traces::none()
            .event(self.event(kind, None, None, &data))
            .audit(self.audit_entry(
                kind.as_str(),
                None,
                Some(job.id.as_str()),
                crate::traces::OK,
                &data,
            ));
        Change { now, traces }
    }

    /// What a failure means: the line cannot be imported, or the import rests.
    fn import_failed(&self, line: &ImportLine, error: &Error) -> ImportLineEnd {
        let now = to_millis(self.now());
        let why = why(error);
        if error.waits_for_a_person() {
            return ImportLineEnd::Again(now.plus(LONG_REST_MS), why, false);
        }
        let passing = error.retry() != Retry::No || matches!(error, Error::CatalogueRefused(_));
        if !passing || line.attempts + 1 >= MOST_ATTEMPTS {
            return ImportLineEnd::Failed(why);
        }
        ImportLineEnd::Again(now.plus(rest(line.attempts, error.retry())), why, true)
    }
}

/// Why something rests or failed, as it is kept.
fn why(error: &Error) -> String {
    json!(reason(error)).to_string()
}

fn reason(error: &Error) -> ImportRest {
    ImportRest {
        code: error.code().to_owned(),
        detail: error.to_string(),
        fix: error.fix(),
    }
}

/// In milliseconds.
fn rest(attempts: i64, retry: Retry) -> i64 {
    let doubled = FIRST_REST_MS << attempts.clamp(0, 6);
    match retry {
        Retry::After(seconds) => i64::try_from(seconds)
            .unwrap_or(3600)
            .saturating_mul(1000)
            .max(doubled),
        _ => doubled,
    }
}

fn import_of(common: &Common, line: &ImportLine) -> Result<CatalogueImport> {
    let number = line.number.to_string();
    let wish: Wish = serde_json::from_str(&line.wish_json)
        .map_err(|_| wrong("import_lines", "wish_json", &number))?;
    let mut labels = common.labels.clone();
    labels.extend(wish.labels);
    Ok(CatalogueImport {
        product: line.product_id.clone(),
        connection: Some(common.connection.clone()),
        ship_to: common.ship_to.clone(),
        currency: common.currency.clone(),
        language: common.language.clone(),
        skus: wish.skus,
        labels,
        rule: wish.rule.or_else(|| common.rule.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_and_keep_to_what_the_gateway_asks() {
        assert_eq!(rest(0, Retry::Later), 5_000);
        assert_eq!(rest(3, Retry::Later), 40_000);
        assert_eq!(rest(0, Retry::After(60)), 60_000);
        assert_eq!(rest(99, Retry::Later), 320_000);
    }
}
