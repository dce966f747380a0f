//! Imports of many products: how they are started, and how far they have come.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::upstream::encode;
use crate::page::views::{Frame, Problem, Tab, Tone};

/// The largest file, in KiB.
const IMPORT_KIB: usize = smartlinks_core::catalogue::IMPORT_LIMIT / 1024;

/// `GET /aliexpress/catalogue/imports`
#[derive(Debug, Clone, Template)]
#[template(path = "imports.html")]
pub struct ImportsPage {
    /// What every page carries.
    pub frame: Frame,
    /// Id and name of each account that can be asked.
    pub accounts: Vec<(String, String)>,
    /// The rules to choose from: id and name.
    pub rules: Vec<(String, String)>,
    /// The form.
    pub form: ImportsForm,
    /// Names of the feeds to choose from, and how many products each holds.
    pub feeds: Vec<(String, Option<i64>)>,
    /// The form of a feed.
    pub feed: FeedForm,
    /// The imports of this page, the latest first.
    pub jobs: Vec<ImportJob>,
    /// `after` of the next page.
    pub next: Option<String>,
}

/// What is to be imported.
#[derive(Debug, Clone, Default)]
pub struct ImportsForm {
    /// `text`: numbers and links, or a file.
    pub text: String,
    /// `labels`, with commas.
    pub labels: String,
    /// `rule`, empty for the default one.
    pub rule: String,
    /// `connection`
    pub connection: String,
    /// What is wrong with it, and our sentence.
    pub problem: Option<(Problem, String)>,
    /// The lines that cannot be.
    pub lines: Vec<WrongLine>,
    /// How many there are in all.
    pub wrong: i64,
}

/// A feed to be imported.
#[derive(Debug, Clone, Default)]
pub struct FeedForm {
    /// `feed`
    pub name: String,
    /// `most`, empty for as many as it holds.
    pub most: String,
    /// `labels`, with commas.
    pub labels: String,
    /// `connection`
    pub connection: String,
    /// What is wrong with it, and our sentence.
    pub problem: Option<(Problem, String)>,
}

/// A line that cannot be.
#[derive(Debug, Clone)]
pub struct WrongLine {
    /// Its number.
    pub line: i64,
    /// The column.
    pub column: Option<String>,
    /// What is wrong, in English.
    pub message: String,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// It is being worked on.
    Running,
    /// Every line has ended.
    Done,
    /// A person has stopped it.
    Cancelled,
}

impl ImportState {
    /// From the stable word.
    #[must_use]
    pub fn from_value(value: &str) -> Self {
        match value {
            "done" => Self::Done,
            "cancelled" => Self::Cancelled,
            _ => Self::Running,
        }
    }
}

/// An import.
#[derive(Debug, Clone)]
pub struct ImportJob {
    /// `imp_…`
    pub id: String,
    /// How far it has come.
    pub state: ImportState,
    /// The feed that it imports.
    pub feed: Option<String>,
    /// Products of the feed are still being found.
    pub finding: bool,
    /// How many products it is about.
    pub lines: i64,
    /// How many are in the catalogue.
    pub imported: i64,
    /// How many cannot be imported.
    pub failed: i64,
    /// Why it rests, while it does.
    pub rests: Option<Problem>,
    /// Why no more of the feed was found.
    pub no_more: Option<Problem>,
    /// When it goes on. Milliseconds.
    pub next_ms: Option<i64>,
    /// When it was started. Milliseconds.
    pub created_ms: Option<i64>,
    /// When it ended. Milliseconds.
    pub finished_ms: Option<i64>,
}

impl ImportJob {
    fn href(&self) -> String {
        format!("/aliexpress/catalogue/imports/{}", encode(&self.id))
    }

    /// The end of its id tells imports of one day apart.
    fn short(&self) -> String {
        let start = self.id.len().saturating_sub(8);
        format!("…{}", self.id.get(start..).unwrap_or_default())
    }

    const fn ended(&self) -> i64 {
        self.imported + self.failed
    }

    fn runs(&self) -> bool {
        self.state == ImportState::Running
    }

    fn can_retry(&self) -> bool {
        self.state == ImportState::Done && self.failed > 0
    }

    fn can_resume(&self) -> bool {
        self.state == ImportState::Cancelled && self.imported < self.lines
    }

    const fn key(&self) -> Key {
        match self.state {
            ImportState::Running if self.rests.is_some() => Key::ImportResting,
            ImportState::Running => Key::ImportRunning,
            ImportState::Done if self.failed > 0 => Key::ImportDonePartly,
            ImportState::Done => Key::ImportDone,
            ImportState::Cancelled => Key::ImportCancelled,
        }
    }

    const fn tone(&self) -> Tone {
        match self.state {
            ImportState::Running if self.rests.is_some() => Tone::Warn,
            ImportState::Running => Tone::Current,
            ImportState::Done if self.failed > 0 => Tone::Warn,
            ImportState::Done => Tone::Good,
            ImportState::Cancelled => Tone::Idle,
        }
    }

    fn progress(&self, frame: &Frame) -> String {
        frame.t2(Key::ImportOf, "done", self.imported, "all", self.lines)
    }

    fn answer(&self, frame: &Frame) -> String {
        let (done, all) = (self.imported, self.lines);
        match self.state {
            ImportState::Running if self.finding => {
                frame.t1(Key::ImportAnswerFinding, "count", all)
            }
            ImportState::Running => frame.t2(Key::ImportAnswerRunning, "done", done, "all", all),
            ImportState::Done if self.failed > 0 => {
                frame.t1(Key::ImportAnswerFailed, "count", self.failed)
            }
            ImportState::Done => frame.t1(Key::ImportAnswerDone, "count", done),
            ImportState::Cancelled => {
                frame.t2(Key::ImportAnswerCancelled, "done", done, "all", all)
            }
        }
    }
}

impl ImportsPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::ImportsTitle)
    }

    fn running(&self) -> usize {
        self.jobs.iter().filter(|job| job.runs()).count()
    }

    fn answer_tone(&self) -> Tone {
        match self.running() {
            0 => Tone::Idle,
            _ => Tone::Current,
        }
    }

    fn answer(&self) -> String {
        match self.running() {
            0 => self.frame.t(Key::ImportsAnswerNone),
            running => self.frame.t1(Key::ImportsAnswerRunning, "count", running),
        }
    }

    fn has_rule(&self, id: &str) -> bool {
        self.form.rule == id
    }

    fn has_feed(&self, name: &str) -> bool {
        self.feed.name == name
    }
}

/// How far a product of an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportLineState {
    /// Nothing has come of it yet.
    Waiting,
    /// It is in the catalogue.
    Imported,
    /// It cannot be imported.
    Failed,
}

impl ImportLineState {
    pub(crate) const ALL: [Self; 3] = [Self::Imported, Self::Failed, Self::Waiting];

    /// From the stable word.
    #[must_use]
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.value() == value)
    }

    /// The stable word.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Imported => "imported",
            Self::Failed => "failed",
        }
    }

    const fn key(self) -> Key {
        match self {
            Self::Waiting => Key::ImportLineWaiting,
            Self::Imported => Key::ImportLineImported,
            Self::Failed => Key::ImportLineFailed,
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Waiting => Tone::Idle,
            Self::Imported => Tone::Good,
            Self::Failed => Tone::Bad,
        }
    }
}

/// `GET /aliexpress/catalogue/imports/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "import.html")]
pub struct ImportPage {
    /// What every page carries.
    pub frame: Frame,
    /// The import.
    pub job: ImportJob,
    /// Only products in this state.
    pub state: Option<ImportLineState>,
    /// The products of this page.
    pub lines: Vec<ImportLine>,
    /// `after` of the next page.
    pub next: Option<i64>,
}

/// A product of an import.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// The line of the file, or the place in the list.
    pub line: i64,
    /// AliExpress's number.
    pub number: String,
    /// How far it has come.
    pub state: ImportLineState,
    /// How often it was tried in vain.
    pub attempts: i64,
    /// The product in the catalogue, `prod_…`.
    pub product: Option<String>,
    /// Why it cannot be imported.
    pub problem: Option<Problem>,
}

impl ImportLine {
    fn product_href(&self) -> Option<String> {
        let id = self.product.as_deref()?;
        Some(format!("/aliexpress/catalogue/{}", encode(id)))
    }
}

impl ImportPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        let begun = self.job.created_ms;
        let when = begun.map_or_else(|| "–".to_owned(), |at| self.frame.day(at));
        self.frame.t1(Key::ImportOfDay, "when", when)
    }

    fn is_in(&self, state: &ImportLineState) -> bool {
        self.state == Some(*state)
    }

    fn in_state(&self, state: &ImportLineState) -> String {
        format!("{}?state={}", self.job.href(), state.value())
    }

    fn further(&self, after: &i64) -> String {
        let state = self.state.map(|state| format!("state={}&", state.value()));
        format!(
            "{}?{}after={after}",
            self.job.href(),
            state.unwrap_or_default()
        )
    }
}
