//! Small pieces that several pages show, each with its own template, already escaped.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::Key;
use crate::page::views::{ConnectionView, Frame, Price, StopReason, Tone};

/// The shape of a tone, so that it can be told apart without colour.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "parts/shape.html")]
pub(crate) struct Shape(pub(crate) Tone);

/// Shape and word.
#[derive(Debug, Template)]
#[template(path = "parts/badge.html")]
pub(crate) struct Badge {
    tone: Tone,
    shape: Shape,
    word: String,
}

/// A moment: relative, with the absolute time on hover and focus.
#[derive(Debug, Template)]
#[template(path = "parts/moment.html")]
pub(crate) struct Moment {
    iso: String,
    relative: String,
    absolute: String,
}

/// One of the two clocks: relative first, absolute in small print.
#[derive(Debug, Template)]
#[template(path = "parts/clock.html")]
pub(crate) struct Clock {
    tone: Tone,
    known: Option<Moment>,
    unknown: String,
}

/// A text that somebody wants to copy.
#[derive(Debug, Template)]
#[template(path = "parts/copy.html")]
pub(crate) struct Copy<'a> {
    value: &'a str,
    what: String,
    label: String,
    copied: String,
}

/// Who, and how it stands.
#[derive(Debug, Template)]
#[template(path = "parts/account.html")]
pub(crate) struct Account<'a> {
    frame: &'a Frame,
    connection: &'a ConnectionView,
}

impl HtmlSafe for Shape {}
impl HtmlSafe for Badge {}
impl HtmlSafe for Moment {}
impl HtmlSafe for Clock {}
impl HtmlSafe for Copy<'_> {}
impl HtmlSafe for Account<'_> {}

/// A number or a moment, however a template holds it.
pub(crate) trait Whole {
    fn whole(&self) -> i64;
}

impl Whole for i64 {
    fn whole(&self) -> i64 {
        *self
    }
}

impl<T: Whole> Whole for &T {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}

/// Closer than this, a deadline is shown as one to look at.
const SOON_MS: i64 = 3 * 24 * 3_600_000;

impl Frame {
    pub(crate) fn badge(&self, tone: Tone, word: Key) -> Badge {
        Badge {
            tone,
            shape: Shape(tone),
            word: self.t(word),
        }
    }

    /// The word of a step in a guide.
    pub(crate) fn step(&self, tone: Tone) -> Badge {
        let word = match tone {
            Tone::Good => Key::StepDone,
            Tone::Current => Key::StepCurrent,
            Tone::Warn => Key::StepLook,
            Tone::Bad => Key::StepError,
            Tone::Idle => Key::StepTodo,
        };
        self.badge(tone, word)
    }

    pub(crate) fn shape(&self, tone: Tone) -> Shape {
        Shape(tone)
    }

    pub(crate) fn moment(&self, at_ms: impl Whole) -> Moment {
        let at_ms = at_ms.whole();
        let formats = self.formats();
        Moment {
            iso: formats.iso(at_ms),
            relative: formats.relative(at_ms),
            absolute: formats.absolute(at_ms),
        }
    }

    /// A deadline that we keep ourselves: short is normal, past is not.
    pub(crate) fn own_clock(&self, at_ms: &Option<i64>) -> Clock {
        self.clock(*at_ms, 0)
    }

    pub(crate) fn works_until_word(&self, at_ms: &Option<i64>) -> String {
        let over = at_ms.is_some_and(|at| at <= self.now_ms);
        self.t(if over {
            Key::ClockWorkedUntil
        } else {
            Key::ClockWorksUntil
        })
    }

    /// A deadline that a person has to keep.
    pub(crate) fn person_clock(&self, at_ms: &Option<i64>) -> Clock {
        self.clock(*at_ms, SOON_MS)
    }

    fn clock(&self, at_ms: Option<i64>, soon_ms: i64) -> Clock {
        let tone = match at_ms.map(|at| at - self.now_ms) {
            None => Tone::Idle,
            Some(left) if left <= 0 => Tone::Bad,
            Some(left) if left <= soon_ms => Tone::Warn,
            Some(_) => Tone::Good,
        };
        Clock {
            tone,
            known: at_ms.map(|at| self.moment(at)),
            unknown: self.t(Key::ClockUnknown),
        }
    }

    pub(crate) fn copy<'a>(&self, value: &'a str, what: Key) -> Copy<'a> {
        Copy {
            value,
            what: self.t(what),
            label: self.t(Key::CopyLabel),
            copied: self.t(Key::CopyDone),
        }
    }

    pub(crate) fn account<'a>(&'a self, connection: &'a ConnectionView) -> Account<'a> {
        Account {
            frame: self,
            connection,
        }
    }

    /// A moment that is neither a deadline nor a mere aside: with the absolute time beside it.
    pub(crate) fn plain_clock(&self, at_ms: &Option<i64>) -> Clock {
        Clock {
            tone: Tone::Idle,
            known: at_ms.map(|at| self.moment(at)),
            unknown: "–".to_owned(),
        }
    }

    /// The same for a line of a log.
    pub(crate) fn stamp(&self, at_ms: impl Whole) -> Clock {
        self.plain_clock(&Some(at_ms.whole()))
    }

    pub(crate) fn relative(&self, at_ms: impl Whole) -> String {
        self.formats().relative(at_ms.whole())
    }

    pub(crate) fn day(&self, at_ms: impl Whole) -> String {
        self.formats().day(at_ms.whole())
    }

    /// How our clock stands to the gateway's.
    pub(crate) fn skew(&self, seconds: impl Whole) -> String {
        match seconds.whole() {
            0 => self.t(Key::TimeInStep),
            ahead if ahead > 0 => self.t1(Key::TimeAhead, "count", ahead),
            behind => self.t1(Key::TimeBehind, "count", behind.saturating_abs()),
        }
    }

    pub(crate) fn money(&self, price: &Price) -> String {
        self.formats().money(&price.amount, &price.currency)
    }

    pub(crate) fn number(&self, number: impl Whole) -> String {
        self.formats().number(number.whole())
    }
}

impl StopReason {
    pub(crate) fn words(&self, frame: &Frame) -> String {
        match (self.key(), self) {
            (Some(key), _) => frame.t(key),
            (None, Self::Other(text)) => text.clone(),
            (None, _) => String::new(),
        }
    }
}
