//! Imports of many products that a person started: worked on line by line by whichever instance holds the lease, so
//! that a restart goes on where it was.

mod storage;

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;

use crate::catalogue::CatalogueId;
use crate::connections::UnknownWord;
use crate::ids::id;
use crate::{Change, Millis, StoreError, Traces};

id! {
    /// The name of an import of many products: `imp_` and a UUIDv7.
    ImportJobId: "imp_",
    /// The text is not the id of an import.
    InvalidImportJobId: "the id of an import is `imp_` followed by a UUID, as `smartlinks catalogue imports` shows it",
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident: $($(#[$one:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$one])* $variant),+
        }

        impl $name {
            /// The stable word, as in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut all = [$(Self::$variant),+].into_iter();
                all.find(|one| one.as_str() == text).ok_or(UnknownWord)
            }
        }
    };
}

words! {
    /// How far an import has come.
    ImportJobState:
        /// Lines wait, or are being worked on.
        Running = "running",
        /// Every line has ended.
        Done = "done",
        /// A person has stopped it; what was imported stays.
        Cancelled = "cancelled",
}

words! {
    /// How far a line has come.
    ImportLineState:
        /// Nothing has come of it yet.
        Waiting = "waiting",
        /// The product is in the catalogue.
        Imported = "imported",
        /// It cannot be imported.
        Failed = "failed",
}

/// An import of many products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportJob {
    /// Its id.
    pub id: ImportJobId,
    /// How far it has come.
    pub state: ImportJobState,
    /// What holds for every line, as JSON.
    pub request_json: String,
    /// How many lines there are.
    pub lines: i64,
    /// How many of them are in the catalogue.
    pub imported: i64,
    /// How many of them cannot be imported.
    pub failed: i64,
    /// Why it rests, as JSON, while it does.
    pub problem_json: Option<String>,
    /// When it is worked on next; none when it is not.
    pub next_at: Option<Millis>,
    /// When it was started.
    pub created_at: Millis,
    /// When anything of it last changed.
    pub updated_at: Millis,
    /// When it ended.
    pub finished_at: Option<Millis>,
}

/// One line of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportLine {
    /// Counts from 1, or the line of the file.
    pub number: i64,
    /// AliExpress's number.
    pub product_id: String,
    /// What holds for this line alone, as JSON.
    pub wish_json: String,
    /// How far it has come.
    pub state: ImportLineState,
    /// How often it was tried in vain.
    pub attempts: i64,
    /// The product in the catalogue.
    pub product: Option<CatalogueId>,
    /// Why it cannot be imported, as JSON.
    pub problem_json: Option<String>,
    /// When it ended.
    pub at: Option<Millis>,
}

/// What came of a line.
#[derive(Clone, Debug)]
pub enum ImportLineEnd {
    /// It is in the catalogue.
    Imported(CatalogueId),
    /// It cannot be imported, and why, as JSON.
    Failed(String),
    /// The whole import rests until that moment, and why, as JSON; whether this counts as an attempt.
    Again(Millis, String, bool),
}

/// Imports of many products.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait ImportJobRepository: Send + Sync {
    /// Stores an import with its lines.
    async fn add_import_job(
        &self,
        job: ImportJob,
        lines: Vec<ImportLine>,
        traces: Traces,
    ) -> Result<(), StoreError>;

    /// One import.
    async fn import_job(&self, id: &ImportJobId) -> Result<Option<ImportJob>, StoreError>;

    /// Up to `limit` imports before one, the latest first.
    async fn import_job_page(
        &self,
        before: Option<&ImportJobId>,
        limit: u32,
    ) -> Result<Vec<ImportJob>, StoreError>;

    /// Up to `limit` lines after a number, in one state or in all, in their order.
    async fn import_lines(
        &self,
        id: &ImportJobId,
        state: Option<ImportLineState>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<ImportLine>, StoreError>;

    /// When the next import is to be worked on that nobody holds.
    async fn next_import_due(&self, now: Millis) -> Result<Option<Millis>, StoreError>;

    /// Takes an import that is due and that nobody holds.
    async fn claim_import_job(
        &self,
        owner: &str,
        until: Millis,
        now: Millis,
    ) -> Result<Option<ImportJob>, StoreError>;

    /// Notes what came of a line and holds the import until `until`; when it was the last one of an import that runs,
    /// that is done and `finished` left behind, whoever holds it. Whether the owner goes on: the import still runs, is still theirs, and does not rest.
    async fn end_import_line(
        &self,
        id: &ImportJobId,
        number: i64,
        end: ImportLineEnd,
        owner: &str,
        until: Millis,
        finished: Change,
    ) -> Result<bool, StoreError>;

    /// Ends an import that runs and of which no line waits, and leaves `finished` behind; whether it did.
    async fn finish_import_job(
        &self,
        id: &ImportJobId,
        finished: Change,
    ) -> Result<bool, StoreError>;

    /// Adds lines to an import, without those whose product it names already, and keeps in `request_json` what is left
    /// to be found; holds the import until `until`. Lines are numbered on from those that are there. Whether the owner
    /// goes on: the import still runs and is still theirs; else nothing is added.
    async fn grow_import_job(
        &self,
        id: &ImportJobId,
        lines: Vec<ImportLine>,
        request_json: String,
        owner: &str,
        until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// Holds an import until another moment; whether it is still the owner's and runs.
    async fn hold_import_job(
        &self,
        id: &ImportJobId,
        owner: &str,
        until: Millis,
    ) -> Result<bool, StoreError>;

    /// Gives an import back, for whoever comes next.
    async fn release_import_job(&self, id: &ImportJobId, owner: &str) -> Result<(), StoreError>;

    /// Stops an import that runs; whether it did.
    async fn cancel_import_job(&self, id: &ImportJobId, change: Change)
    -> Result<bool, StoreError>;

    /// Lets an import that was stopped or has failed lines go on with those that are not imported; whether there was
    /// anything to go on with.
    async fn resume_import_job(&self, id: &ImportJobId, change: Change)
    -> Result<bool, StoreError>;

    /// Deletes imports that ended before a moment; gives how many.
    async fn prune_import_jobs(&self, before: Millis) -> Result<u64, StoreError>;
}
