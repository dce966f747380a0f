//! What every known error code means, who can act on it, and whether to try again: a table, not code, so that API, CLI,
//! page and documentation say the same.

mod business;
mod gateway;
mod legacy;
mod local;

use serde::Serialize;

/// Who can remove the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Actor {
    /// Who runs this software: settings, app credentials, network, clock.
    Operator,
    /// Who owns the AliExpress account: signing in, address, stock, choice of product.
    Merchant,
    /// Who writes the software that makes the call.
    Developer,
    /// The platform itself.
    #[serde(rename = "aliexpress")]
    AliExpress,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The same request later, with back-off.
    Retry,
    /// Refresh the access token, then once more.
    Refresh,
    /// The account has to sign in again.
    Reauthorize,
    /// Something has to be changed first; repeating is useless.
    Fix,
    /// Not again before that: a ban has to end, or something takes its time.
    Wait {
        /// Seconds until then.
        seconds: u64,
    },
}

/// Whether the failed call can have changed something at AliExpress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The call was refused before it ran: nothing happened, repeating it is safe.
    None,
    /// It is open whether the call was carried out. Repeat a write only under its idempotency key.
    Unknown,
}

/// Where a code comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Family {
    /// Text codes of the gateway and the token endpoints.
    Gateway,
    /// Numeric codes of the old TOP gateway, still seen for backend failures.
    Legacy,
    /// Codes of one method, inside its normal answer.
    Business,
    /// Our own codes for failures without an answer of the gateway.
    Local,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// The code as the gateway writes it. `isv.*`, `isp.*` and `EXCEPTION_*` stand for every other code with that
    /// beginning, `15.*` for 15 with any other sub code.
    pub code: &'static str,
    /// Where the code comes from.
    pub family: Family,
    /// The only method that answers it, for business codes; `aliexpress.affiliate.*` stands for all with that
    /// beginning.
    pub method: Option<&'static str>,
    /// What it means, in plain English.
    pub meaning: &'static str,
    /// Who can act.
    pub actor: Actor,
    /// What to do next. For [`Class::Wait`] the seconds are the default for a message that names none.
    pub class: Class,
    /// How to mend it.
    pub fix: &'static str,
    /// Whether a write can have happened.
    pub effect: Effect,
}

impl Entry {
    /// The advice of this row. `message` is the gateway's own text, which may say how long a ban lasts.
    #[must_use]
    pub fn advice(&self, message: &str) -> Advice {
        let class = match self.class {
            Class::Wait { seconds } => Class::Wait {
                seconds: ban_seconds(message).unwrap_or(seconds),
            },
            other => other,
        };
        Advice {
            meaning: self.meaning,
            actor: self.actor,
            class,
            fix: self.fix,
        }
    }

    /// Whether this is the row for codes that are in no list.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.code.is_empty()
    }
}

/// What an error means and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Advice {
    /// What it means, in plain English.
    pub meaning: &'static str,
    /// Who can act.
    pub actor: Actor,
    /// What to do next.
    pub class: Class,
    /// How to mend it.
    pub fix: &'static str,
}

/// No ban is believed to last longer: the daily quota starts again at midnight in Beijing.
pub const LONGEST_BAN_SECONDS: u64 = 24 * 60 * 60;

/// For codes that are in no list.
static UNKNOWN: Entry = Entry {
    code: "",
    family: Family::Gateway,
    method: None,
    meaning: "AliExpress answered with a code that is in no published list.",
    actor: Actor::Developer,
    class: Class::Fix,
    fix: "Read the message of AliExpress; if it does not help, ask its developer support with the request id.",
    effect: Effect::Unknown,
};

/// Every row, gateway codes first.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    gateway::TABLE
        .iter()
        .chain(legacy::TABLE)
        .chain(business::TABLE)
        .chain(local::TABLE)
}

/// The row for a code. A `sub_code` is more precise and wins where it is known; of unknown ones the beginning (`isv.`,
/// `isp.`) decides. Never fails: codes in no list get a row that says so.
#[must_use]
pub fn lookup(code: &str, sub_code: Option<&str>) -> &'static Entry {
    let sub_code = sub_code.filter(|text| !text.is_empty());
    sub_code
        .and_then(of_gateway)
        .or_else(|| {
            // Only these carry the real cause in their sub code; of the others the code itself is what counts.
            sub_code
                .filter(|_| matches!(code, "15" | "40" | "41"))
                .and_then(by_prefix)
        })
        .or_else(|| (code == "15" && sub_code.is_some()).then(|| exact("15.*"))?)
        .or_else(|| of_gateway(code))
        .or_else(|| by_prefix(code))
        .or_else(|| sub_code.and_then(by_prefix))
        .unwrap_or(&UNKNOWN)
}

/// The row for a business failure of one method: by its code, else by its message, which often is the real code. Codes in
/// words mean the same in every method, numbers do not.
#[must_use]
pub fn lookup_business(method: &str, code: &str, message: &str) -> &'static Entry {
    let of_method = |wanted: &str| {
        business::TABLE.iter().find(|entry| {
            entry.method.is_some_and(|names| is_named(method, names))
                && entry.code.eq_ignore_ascii_case(wanted)
        })
    };
    let message = message.trim();
    of_method(code)
        .or_else(|| of_method(message))
        .or_else(|| {
            let found = lookup(code, None);
            // A number that means one thing in one method means nothing in another.
            let own = found.method.is_none_or(|names| is_named(method, names));
            (own && !found.is_unknown()).then_some(found)
        })
        .or_else(|| exact(code).filter(|_| code.parse::<i64>().is_err()))
        .or_else(|| exact(message))
        .unwrap_or(&UNKNOWN)
}

/// `names` is one method, or ends in `*`.
fn is_named(method: &str, names: &str) -> bool {
    match names.strip_suffix('*') {
        Some(beginning) => method.starts_with(beginning),
        None => method == names,
    }
}

pub(crate) fn local(code: &str) -> &'static Entry {
    local::TABLE
        .iter()
        .find(|entry| entry.code == code)
        .unwrap_or(&UNKNOWN)
}

/// A row that is not bound to one method: what a number means in one method says nothing about another.
fn of_gateway(code: &str) -> Option<&'static Entry> {
    let own = |entry: &&Entry| entry.method.is_none();
    let same = |entry: &&Entry| entry.code.eq_ignore_ascii_case(code);
    (!code.is_empty())
        .then(|| {
            all()
                .filter(own)
                .find(|entry| entry.code == code)
                .or_else(|| all().filter(own).find(same))
        })
        .flatten()
}

fn exact(code: &str) -> Option<&'static Entry> {
    if code.is_empty() {
        return None;
    }
    let same = |entry: &&Entry| entry.code.eq_ignore_ascii_case(code);
    all()
        .find(|entry| entry.code == code)
        .or_else(|| all().find(same))
}

fn by_prefix(code: &str) -> Option<&'static Entry> {
    let has = |beginning: &str| {
        let start = code.get(..beginning.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    };
    ["isv.", "isp.", "EXCEPTION_"]
        .into_iter()
        .find(|beginning| has(beginning))
        .and_then(|beginning| all().find(|entry| entry.code.strip_suffix('*') == Some(beginning)))
}

/// How long a ban lasts according to the gateway's text: "this ban will last 1 seconds", in older answers "This ban will
/// last for 35 more seconds". At least 1, at most [`LONGEST_BAN_SECONDS`]; `None` when the text names no time.
#[must_use]
pub fn ban_seconds(message: &str) -> Option<u64> {
    let lower = message.to_ascii_lowercase();
    let (_, rest) = lower.split_once("ban will last")?;
    let mut words = rest.split_whitespace();
    let mut word = words.next()?;
    if word == "for" {
        word = words.next()?;
    }
    let number = word.bytes().all(|b| b.is_ascii_digit()).then_some(word)?;
    let mut unit = words.next()?;
    if unit == "more" {
        unit = words.next()?;
    }
    if !unit.starts_with("second") {
        return None;
    }
    // All digits, so that only a number too large to hold can fail: that is the longest ban.
    let seconds = number.parse().unwrap_or(LONGEST_BAN_SECONDS);
    Some(seconds.clamp(1, LONGEST_BAN_SECONDS))
}
