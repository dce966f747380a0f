//! The doctor: looks at everything that has to be right, and says what is not, why it matters, who mends it and how.
//!
//! A report holds no secret, no token, no account and no home directory, so that it can be pasted where others read it.
//! Looking changes nothing that anybody relies on: it makes two signed calls that only read, fetches the public
//! authorize page, and writes and removes a probe in the data directory and one in the database. A glance, as the page
//! takes it, does none of that.

mod app;
mod database;
mod files;
mod finding;
pub(crate) mod gateway;
mod outlook;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use smartlinks_store::{Outlook, Store, StoreError};
use utoipa::ToSchema;

use crate::app::AppSetup;
use crate::gateway_health::GatewayHealth;
use crate::service::Core;

pub use finding::{Check, Finding, Level, Mender};

/// Where things lie, as far as they lie in files.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The data directory.
    pub data_dir: Option<PathBuf>,
    /// The file of the keys that seal tokens.
    pub key_file: Option<PathBuf>,
    /// The database, when it is a file.
    pub database_file: Option<PathBuf>,
    /// The token file, when one was asked for.
    pub token_file: Option<PathBuf>,
    /// The home directory: left out of reports, since its name is often a person's.
    pub home: Option<PathBuf>,
}

/// The database as it was found.
#[derive(Clone, Copy)]
pub enum Database<'a> {
    /// It is open.
    Open(&'a Arc<dyn Store>),
    /// It could not be opened.
    Failed(&'a StoreError),
    /// There is none yet: the first start makes it.
    NotYet,
    /// It is of an older version. The next start takes the steps that are missing; a look takes none.
    Behind {
        /// The last step that it has taken.
        step: i64,
        /// The last step that this version knows.
        newest: i64,
    },
}

/// Whom the doctor looks at.
#[derive(Clone, Copy)]
pub struct Patient<'a> {
    /// The application, or what is missing of it.
    pub app: &'a AppSetup,
    /// The database.
    pub database: Database<'a>,
    /// Where things lie.
    pub places: &'a Places,
    /// What time it is here.
    pub now: Timestamp,
    /// What was seen of the gateway. With it nobody is called; without, the gateway is asked now.
    pub seen: Option<&'a GatewayHealth>,
    /// How the connections stand, where that is known already. Without it they are counted.
    pub outlook: Option<Outlook>,
}

/// What the doctor has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// When. RFC 3339, UTC, by this machine's clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether nothing is wrong. Warnings do not count.
    pub healthy: bool,
    /// How many seconds this machine's clock is ahead of the gateway's; negative when it is behind; null when no answer
    /// told.
    pub clock_ahead_seconds: Option<i64>,
    /// Everything that was looked at, in the order of the checks.
    pub findings: Vec<Finding>,
}

impl Report {
    /// What asks for somebody to do something, the worst first.
    pub fn troubles(&self) -> impl Iterator<Item = &Finding> {
        let of = |level| move |finding: &&Finding| finding.level == level;
        let problems = self.findings.iter().filter(of(Level::Problem));
        problems.chain(self.findings.iter().filter(of(Level::Warning)))
    }
}

/// Looks at everything. `about_to` hears of each check before it begins.
pub async fn examine(patient: Patient<'_>, about_to: &(dyn Fn(Check) + Sync)) -> Report {
    let mut findings = Vec::new();
    about_to(Check::Keys);
    findings.extend(app::keys(patient.app));
    about_to(Check::Gateway);
    let clock_ahead_seconds = gateway::look(&patient, about_to, &mut findings).await;
    about_to(Check::KeyFile);
    findings.extend(files::look(&patient));
    about_to(Check::Database);
    findings.extend(database::look(&patient).await);
    about_to(Check::SignIn);
    findings.extend(outlook::look(&patient).await);
    if let Some(home) = &patient.places.home {
        for finding in &mut findings {
            finding.without(home);
        }
    }
    Report {
        at: patient.now,
        healthy: findings
            .iter()
            .all(|finding| finding.level != Level::Problem),
        clock_ahead_seconds,
        findings,
    }
}

impl Core {
    /// Looks at everything, the gateway included: takes as long as it does.
    pub async fn examine(&self) -> Report {
        self.examined(None).await
    }

    /// Looks at what is at hand: nobody is called, and of the gateway what it answered lately counts.
    pub async fn glance(&self) -> Report {
        let seen = self.gateway_health();
        self.examined(Some(&seen)).await
    }

    async fn examined(&self, seen: Option<&GatewayHealth>) -> Report {
        // A failure is found by the check of the database.
        let outlook = self.outlook().await.ok().map(|seen| seen.outlook);
        let patient = Patient {
            app: self.app(),
            database: Database::Open(self.store()),
            places: self.places(),
            now: self.now(),
            seen,
            outlook,
        };
        examine(patient, &|_| {}).await
    }
}

/// A path as it is shown.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
