//! The repository over a database.

use async_trait::async_trait;

use super::{
    ImportJob, ImportJobId, ImportJobRepository, ImportLine, ImportLineEnd, ImportLineState,
};
use crate::sql::{Locking, Row, Session, Write, locking, values};
use crate::store::DatabaseStore;
use crate::traces::leave;
use crate::{Change, Millis, StoreError, Traces};

const JOBS: &str = "import_jobs";

macro_rules! job_columns {
    () => {
        "id, state, request_json, lines, imported, failed, problem_json, next_at, created_at, updated_at, finished_at"
    };
}

macro_rules! line_columns {
    () => {
        "number, product_id, wish_json, state, attempts, catalogue_id, problem_json, at"
    };
}

fn job(row: &Row) -> Result<ImportJob, StoreError> {
    let fields = row.fields(JOBS, "id")?;
    Ok(ImportJob {
        id: fields.parsed("id")?,
        state: fields.parsed("state")?,
        request_json: fields.text("request_json")?,
        lines: fields.int("lines")?,
        imported: fields.int("imported")?,
        failed: fields.int("failed")?,
        problem_json: fields.maybe_text("problem_json")?,
        next_at: fields.maybe_moment("next_at")?,
        created_at: fields.moment("created_at")?,
        updated_at: fields.moment("updated_at")?,
        finished_at: fields.maybe_moment("finished_at")?,
    })
}

fn line(row: &Row) -> Result<ImportLine, StoreError> {
    let fields = row.fields("import_lines", "number")?;
    Ok(ImportLine {
        number: fields.int("number")?,
        product_id: fields.text("product_id")?,
        wish_json: fields.text("wish_json")?,
        state: fields.parsed("state")?,
        attempts: fields.int("attempts")?,
        product: fields.maybe_parsed("catalogue_id")?,
        problem_json: fields.maybe_text("problem_json")?,
        at: fields.maybe_moment("at")?,
    })
}

/// An import with its lines.
struct Add {
    job: ImportJob,
    lines: Vec<ImportLine>,
    traces: Traces,
}

#[async_trait]
impl Write for Add {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const JOB: &str = concat!(
            "insert into import_jobs (",
            job_columns!(),
            ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        );
        const LINE: &str = "insert into import_lines (job_id, number, product_id, wish_json, state, attempts) \
             values ($1, $2, $3, $4, $5, $6)";
        let job = &self.job;
        let values = values![
            job.id.as_str(),
            job.state.as_str(),
            job.request_json.as_str(),
            job.lines,
            job.imported,
            job.failed,
            job.problem_json.as_deref(),
            job.next_at,
            job.created_at,
            job.updated_at,
            job.finished_at,
        ];
        session.execute(JOB, values).await?;
        for line in &self.lines {
            let values = values![
                job.id.as_str(),
                line.number,
                line.product_id.as_str(),
                line.wish_json.as_str(),
                line.state.as_str(),
                line.attempts,
            ];
            session.execute(LINE, values).await?;
        }
        leave(session, &self.traces).await
    }
}

/// What came of a line.
struct End {
    id: ImportJobId,
    number: i64,
    end: ImportLineEnd,
    owner: String,
    until: Millis,
    finished: Change,
}

/// The import itself: whoever changes it or a line of it comes past this row first.
const JOB: Locking = locking!("for update": "select id, state, lease_owner, lines, imported, failed \
    from import_jobs where id = $1");

#[async_trait]
impl Write for End {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        let row = session
            .first_locked(&JOB, values![self.id.as_str()])
            .await?;
        let Some(row) = row else {
            return Ok(false);
        };
        let fields = row.fields(JOBS, "id")?;
        let owned = fields.maybe_text("lease_owner")?.as_deref() == Some(self.owner.as_str());
        let goes_on = fields.text("state")? == "running" && owned;
        let ended = self.end_line(session).await?;
        let open = fields.int("lines")? - fields.int("imported")? - fields.int("failed")?;
        self.count(session, ended).await?;
        // The last line ends the import whoever holds it by now: nobody would come past here again.
        if open == i64::from(ended) && fields.text("state")? == "running" {
            finish(session, &self.id, &self.finished).await?;
            return Ok(false);
        }
        if !goes_on {
            return Ok(false);
        }
        if let ImportLineEnd::Again(at, why, _) = &self.end {
            const REST: &str = "update import_jobs set next_at = $2, problem_json = $3, lease_owner = null, \
                 lease_until = null, updated_at = $4 where id = $1";
            let values = values![self.id.as_str(), *at, why.as_str(), self.finished.now];
            session.execute(REST, values).await?;
            return Ok(false);
        }
        const HOLD: &str =
            "update import_jobs set lease_until = $2, problem_json = null where id = $1";
        session
            .execute(HOLD, values![self.id.as_str(), self.until])
            .await?;
        Ok(true)
    }
}

/// Ends an import that runs; whether it did.
async fn finish(
    session: &mut Session<'_>,
    id: &ImportJobId,
    finished: &Change,
) -> Result<bool, StoreError> {
    const DONE: &str = "update import_jobs set state = 'done', next_at = null, problem_json = null, \
         lease_owner = null, lease_until = null, finished_at = $2, updated_at = $2 \
         where id = $1 and state = 'running'";
    let done = session.execute(DONE, values![id.as_str(), finished.now]);
    if done.await? == 0 {
        return Ok(false);
    }
    leave(session, &finished.traces).await?;
    Ok(true)
}

/// Ends an import of which no line waits.
struct FinishEmpty {
    id: ImportJobId,
    finished: Change,
}

#[async_trait]
impl Write for FinishEmpty {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const WAITING: &str =
            "select number from import_lines where job_id = $1 and state = 'waiting' limit 1";
        let id = values![self.id.as_str()];
        session.first_locked(&JOB, id.clone()).await?;
        if session.first(WAITING, id).await?.is_some() {
            return Ok(false);
        }
        finish(session, &self.id, &self.finished).await
    }
}

impl End {
    /// Whether the line has ended by this, and had not before.
    async fn end_line(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const END: &str = "update import_lines set state = $3, catalogue_id = $4, problem_json = $5, at = $6 \
             where job_id = $1 and number = $2 and state = 'waiting'";
        const TRIED: &str = "update import_lines set attempts = attempts + $3 \
             where job_id = $1 and number = $2 and state = 'waiting'";
        let (state, product, problem) = match &self.end {
            ImportLineEnd::Imported(id) => (ImportLineState::Imported, Some(id.as_str()), None),
            ImportLineEnd::Failed(why) => (ImportLineState::Failed, None, Some(why.as_str())),
            ImportLineEnd::Again(_, _, counts) => {
                let values = values![self.id.as_str(), self.number, i64::from(*counts)];
                session.execute(TRIED, values).await?;
                return Ok(false);
            }
        };
        let values = values![
            self.id.as_str(),
            self.number,
            state.as_str(),
            product,
            problem,
            self.finished.now,
        ];
        Ok(session.execute(END, values).await? > 0)
    }

    async fn count(&self, session: &mut Session<'_>, ended: bool) -> Result<(), StoreError> {
        const COUNT: &str = "update import_jobs set imported = imported + $2, failed = failed + $3, \
             updated_at = $4 where id = $1";
        let imported = matches!(self.end, ImportLineEnd::Imported(_));
        let values = values![
            self.id.as_str(),
            i64::from(ended && imported),
            i64::from(ended && !imported),
            self.finished.now,
        ];
        session.execute(COUNT, values).await.map(|_| ())
    }
}

/// Further lines of an import.
struct Grow {
    id: ImportJobId,
    lines: Vec<ImportLine>,
    request_json: String,
    owner: String,
    until: Millis,
    now: Millis,
}

#[async_trait]
impl Write for Grow {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const KNOWN: &str =
            "select number from import_lines where job_id = $1 and product_id = $2 limit 1";
        const LINE: &str = "insert into import_lines (job_id, number, product_id, wish_json, state, attempts) \
             values ($1, $2, $3, $4, $5, $6)";
        const GROWN: &str = "update import_jobs set lines = $2, request_json = $3, lease_until = $4, \
             problem_json = null, updated_at = $5 where id = $1";
        let id = self.id.as_str();
        let row = session.first_locked(&JOB, values![id]).await?;
        let Some(row) = row else {
            return Ok(false);
        };
        let fields = row.fields(JOBS, "id")?;
        let owned = fields.maybe_text("lease_owner")?.as_deref() == Some(self.owner.as_str());
        if fields.text("state")? != "running" || !owned {
            return Ok(false);
        }
        let mut count = fields.int("lines")?;
        for line in &self.lines {
            let number = line.product_id.as_str();
            if session.first(KNOWN, values![id, number]).await?.is_some() {
                continue;
            }
            count += 1;
            let wish = line.wish_json.as_str();
            let state = line.state.as_str();
            let values = values![id, count, number, wish, state, line.attempts];
            session.execute(LINE, values).await?;
        }
        let rest = self.request_json.as_str();
        let values = values![id, count, rest, self.until, self.now];
        session.execute(GROWN, values).await?;
        Ok(true)
    }
}

/// Lets an import go on with what is not imported.
struct Resume {
    id: ImportJobId,
    change: Change,
}

#[async_trait]
impl Write for Resume {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const AGAIN: &str = "update import_lines set state = 'waiting', attempts = 0, problem_json = null, at = null \
             where job_id = $1 and state = 'failed'";
        const RUN: &str = "update import_jobs set state = 'running', failed = 0, next_at = $2, problem_json = null, \
             lease_owner = null, lease_until = null, finished_at = null, updated_at = $2 where id = $1";
        let id = self.id.as_str();
        let row = session.first_locked(&JOB, values![id]).await?;
        let Some(row) = row else {
            return Ok(false);
        };
        let fields = row.fields(JOBS, "id")?;
        let imported = fields.int("lines")? == fields.int("imported")?;
        if fields.text("state")? == "running" || imported {
            return Ok(false);
        }
        session.execute(AGAIN, values![id]).await?;
        session.execute(RUN, values![id, self.change.now]).await?;
        leave(session, &self.change.traces).await?;
        Ok(true)
    }
}

#[async_trait]
impl ImportJobRepository for DatabaseStore {
    async fn add_import_job(
        &self,
        job: ImportJob,
        lines: Vec<ImportLine>,
        traces: Traces,
    ) -> Result<(), StoreError> {
        let add = Add { job, lines, traces };
        self.database.write(add).await
    }

    async fn import_job(&self, id: &ImportJobId) -> Result<Option<ImportJob>, StoreError> {
        const ONE: &str = concat!("select ", job_columns!(), " from import_jobs where id = $1");
        let row = self.database.first(ONE, values![id.as_str()]).await?;
        row.map(|row| job(&row)).transpose()
    }

    async fn import_job_page(
        &self,
        before: Option<&ImportJobId>,
        limit: u32,
    ) -> Result<Vec<ImportJob>, StoreError> {
        const PAGE: &str = concat!(
            "select ",
            job_columns!(),
            " from import_jobs where id < $1 order by id desc limit $2"
        );
        let before = before.map_or("imp_~", ImportJobId::as_str);
        let rows = self.database.all(PAGE, values![before, limit]).await?;
        rows.iter().map(job).collect()
    }

    async fn import_lines(
        &self,
        id: &ImportJobId,
        state: Option<ImportLineState>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<ImportLine>, StoreError> {
        const ALL: &str = concat!(
            "select ",
            line_columns!(),
            " from import_lines where job_id = $1 and number > $2 order by number limit $3"
        );
        const IN_STATE: &str = concat!(
            "select ",
            line_columns!(),
            " from import_lines where job_id = $1 and number > $2 and state = $4 order by number limit $3"
        );
        let mut values = values![id.as_str(), after, limit];
        let sql = match state {
            None => ALL,
            Some(state) => {
                values.extend(values![state.as_str()]);
                IN_STATE
            }
        };
        let rows = self.database.all(sql, values).await?;
        rows.iter().map(line).collect()
    }

    async fn next_import_due(&self, now: Millis) -> Result<Option<Millis>, StoreError> {
        const DUE: &str = "select id, next_at from import_jobs where next_at is not null \
             and (lease_until is null or lease_until <= $1) order by next_at limit 1";
        let row = self.database.first(DUE, values![now]).await?;
        row.map(|row| Ok(row.fields(JOBS, "id")?.moment("next_at")?))
            .transpose()
    }

    async fn claim_import_job(
        &self,
        owner: &str,
        until: Millis,
        now: Millis,
    ) -> Result<Option<ImportJob>, StoreError> {
        let owner = owner.to_owned();
        let claim = Claim { owner, until, now };
        self.database.write(claim).await
    }

    async fn end_import_line(
        &self,
        id: &ImportJobId,
        number: i64,
        end: ImportLineEnd,
        owner: &str,
        until: Millis,
        finished: Change,
    ) -> Result<bool, StoreError> {
        let end = End {
            id: id.clone(),
            number,
            end,
            owner: owner.to_owned(),
            until,
            finished,
        };
        self.database.write(end).await
    }

    async fn finish_import_job(
        &self,
        id: &ImportJobId,
        finished: Change,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.database.write(FinishEmpty { id, finished }).await
    }

    async fn grow_import_job(
        &self,
        id: &ImportJobId,
        lines: Vec<ImportLine>,
        request_json: String,
        owner: &str,
        until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let grow = Grow {
            id: id.clone(),
            lines,
            request_json,
            owner: owner.to_owned(),
            until,
            now,
        };
        self.database.write(grow).await
    }

    async fn hold_import_job(
        &self,
        id: &ImportJobId,
        owner: &str,
        until: Millis,
    ) -> Result<bool, StoreError> {
        const HOLD: &str = "update import_jobs set lease_until = $3 where id = $1 and lease_owner = $2 \
             and state = 'running'";
        self.changed(HOLD, values![id.as_str(), owner, until]).await
    }

    async fn release_import_job(&self, id: &ImportJobId, owner: &str) -> Result<(), StoreError> {
        const RELEASE: &str = "update import_jobs set lease_owner = null, lease_until = null \
             where id = $1 and lease_owner = $2";
        self.changed(RELEASE, values![id.as_str(), owner])
            .await
            .map(|_| ())
    }

    async fn cancel_import_job(
        &self,
        id: &ImportJobId,
        change: Change,
    ) -> Result<bool, StoreError> {
        const CANCEL: &str = "update import_jobs set state = 'cancelled', next_at = null, problem_json = null, \
             finished_at = $2, updated_at = $2 where id = $1 and state = 'running'";
        let values = values![id.as_str(), change.now];
        self.traced(CANCEL, values, change.traces).await
    }

    async fn resume_import_job(
        &self,
        id: &ImportJobId,
        change: Change,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.database.write(Resume { id, change }).await
    }

    async fn prune_import_jobs(&self, before: Millis) -> Result<u64, StoreError> {
        // With its lines: fewer at once than of other tables.
        const PRUNE: &str = "delete from import_jobs where id in \
             (select id from import_jobs where finished_at < $1 order by finished_at limit 20)";
        let mut gone = 0;
        loop {
            let went = self.database.execute(PRUNE, values![before]).await?;
            gone += went;
            if went < 20 {
                return Ok(gone);
            }
        }
    }
}

/// Takes an import that is due.
struct Claim {
    owner: String,
    until: Millis,
    now: Millis,
}

#[async_trait]
impl Write for Claim {
    type Output = Option<ImportJob>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Option<ImportJob>, StoreError> {
        // The lease is looked at in the outer condition too: of two who have found the same row, one gets it.
        const CLAIM: &str = concat!(
            "update import_jobs set lease_owner = $1, lease_until = $2 where id = (select id from import_jobs \
             where next_at <= $3 and (lease_until is null or lease_until <= $3) order by next_at limit 1) \
             and next_at <= $3 and (lease_until is null or lease_until <= $3) returning ",
            job_columns!()
        );
        let values = values![self.owner.as_str(), self.until, self.now];
        let row = session.first(CLAIM, values).await?;
        row.map(|row| job(&row)).transpose()
    }
}
