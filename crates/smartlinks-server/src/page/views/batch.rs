//! Many orders from a file: what cannot be read of it, how far it has come, and what became of each line.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::intents::IntentState;
use crate::page::views::{Frame, MissingSetting, Price, Problem, Tab, Tone};

/// `GET` and `POST /aliexpress/orders/batch`
#[derive(Clone, Template)]
#[template(path = "batch.html")]
pub struct BatchPage {
    /// What every page carries.
    pub frame: Frame,
    /// Settings that are missing.
    pub missing: Vec<MissingSetting>,
    /// Id and name of each account that can order.
    pub accounts: Vec<(String, String)>,
    /// The one that was chosen.
    pub connection: String,
    /// The file as it was pasted.
    pub csv: String,
    /// Whether it goes on when a line cannot be ordered.
    pub go_on: bool,
    /// Stands for what was looked at: nothing else is ordered.
    pub seen: String,
    /// Something was changed since it was looked at, so it was only looked at again.
    pub changed: bool,
    /// How far it has come.
    pub state: BatchState,
}

impl std::fmt::Debug for BatchPage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The file names people.
        formatter
            .debug_struct("BatchPage")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// How far a batch has come.
#[derive(Debug, Clone)]
pub enum BatchState {
    /// Nothing was sent yet.
    Start,
    /// The file cannot be read: line, column and what is wrong, and how many problems there are in all.
    Unreadable(Vec<(i64, Option<String>, String)>, usize),
    /// It was looked at, and lines of it may have been ordered.
    Going(BatchProgress),
    /// It could not be looked at.
    Trouble(Problem),
}

/// Lines that were ordered.
#[derive(Debug, Clone)]
pub struct BatchProgress {
    /// How many lines there are.
    pub lines: usize,
    /// How many of them were looked at.
    pub done: usize,
    /// The line that comes next.
    pub next: Option<i64>,
    /// It stopped because of its last line.
    pub stopped: bool,
    /// What came of those of this step.
    pub results: Vec<BatchRow>,
}

/// One line and what came of it.
#[derive(Debug, Clone)]
pub struct BatchRow {
    /// The line of the file.
    pub line: i64,
    /// `intent_…`
    pub intent: Option<String>,
    /// The state of its intent; none when nothing was sent.
    pub state: Option<IntentState>,
    /// AliExpress's numbers.
    pub order_ids: Vec<String>,
    /// What it costs.
    pub total: Option<Price>,
    /// When it was ordered before this file was sent, and so not now. Milliseconds.
    pub earlier_ms: Option<i64>,
    /// What was ordered then differs from the line.
    pub otherwise: bool,
    /// Why it was not ordered, in English.
    pub detail: Option<String>,
}

impl BatchRow {
    fn tone(&self) -> Tone {
        self.state.map_or(Tone::Bad, IntentState::tone)
    }

    const fn earlier_key(&self) -> Key {
        match self.otherwise {
            true => Key::BatchOtherwise,
            false => Key::BatchEarlier,
        }
    }

    fn key(&self) -> Key {
        self.state.map_or(Key::IntentRefused, IntentState::key)
    }
}

/// The largest file, in KiB.
const ORDERS_KIB: usize = smartlinks_core::ORDER_FILE_LIMIT / 1024;

/// The columns that every file needs, in a form that can be copied.
const COLUMNS: &str =
    "product,sku,quantity,country,contact_person,address,zip,city,province,mobile_no,max_total";

impl BatchPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Orders)
    }

    fn title(&self) -> String {
        self.frame.t(Key::BatchTitle)
    }

    fn columns(&self) -> &'static str {
        COLUMNS
    }

    fn answer_tone(&self) -> Tone {
        match &self.state {
            BatchState::Start => Tone::Idle,
            BatchState::Unreadable(..) | BatchState::Trouble(_) => Tone::Bad,
            BatchState::Going(going) if going.stopped || self.changed => Tone::Warn,
            BatchState::Going(going) if going.next.is_none() => Tone::Good,
            BatchState::Going(_) => Tone::Current,
        }
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        match &self.state {
            BatchState::Start => frame.t(Key::BatchAnswerStart),
            BatchState::Trouble(_) => frame.t(Key::NewOrderAnswerFailed),
            BatchState::Unreadable(_, count) => {
                frame.t1(Key::BatchAnswerUnreadable, "count", count)
            }
            BatchState::Going(going) => {
                let key = match (going.done, going.next) {
                    _ if self.changed => Key::BatchAnswerChanged,
                    _ if going.stopped => Key::BatchAnswerStopped,
                    (0, _) => Key::BatchAnswerReady,
                    (_, Some(_)) => Key::BatchAnswerGoing,
                    (_, None) => Key::BatchAnswerDone,
                };
                frame.t2(key, "done", going.done, "count", going.lines)
            }
        }
    }

    fn going(&self) -> Option<&BatchProgress> {
        match &self.state {
            BatchState::Going(going) => Some(going),
            _ => None,
        }
    }

    /// The line from which the next step goes on.
    fn next(&self) -> Option<i64> {
        self.going().and_then(|going| going.next)
    }
}
