//! Trouble on order: late, cut, broken or refused answers for chosen calls.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Rules that can wait at the same time.
const MOST_RULES: usize = 100;
/// Longest delay of one answer.
const LONGEST_DELAY_MS: u64 = 600_000;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Then {
    /// The answer comes late.
    Delay,
    /// The connection is closed without an answer.
    Reset,
    /// Status 500 with an HTML body.
    #[serde(rename = "http_500")]
    Http500,
    /// Status 200 with an HTML body.
    Html,
    /// The JSON text ends in the middle.
    Truncate,
    /// A gateway error.
    Error,
}

impl Then {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Reset => "reset",
            Self::Http500 => "http_500",
            Self::Html => "html",
            Self::Truncate => "truncate",
            Self::Error => "error",
        }
    }

    /// Whether the call itself takes effect when nothing else is said.
    const fn takes_effect(self) -> bool {
        matches!(self, Self::Delay | Self::Truncate)
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    /// API name; none means every call.
    pub(crate) method: Option<String>,
    /// Calls left that the rule applies to.
    pub(crate) times: u64,
    pub(crate) then: Then,
    /// For `error`: the code, for 15 also the sub code.
    pub(crate) code: Option<String>,
    /// The code was given as a number, and is answered as one.
    pub(crate) numeric: bool,
    pub(crate) sub_code: Option<String>,
    /// For the call limits: how long the ban lasts.
    pub(crate) ban_s: Option<i64>,
    pub(crate) delay_ms: u64,
    /// Whether the call is carried out although its answer is spoilt.
    pub(crate) takes_effect: bool,
}

impl Fault {
    pub(crate) const fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }
}

const ACCEPTED: &str = "accepted: {\"match\":{\"method\":API name, or left out for every call}, \"times\":1 or more, \
     \"then\":\"delay\"|\"reset\"|\"http_500\"|\"html\"|\"truncate\"|\"error\", \"delay_ms\":0 to 600000, \
     \"code\":gateway code (for error), \"sub_code\":text (for code 15), \"ban_s\":seconds (for call limits), \
     \"takes_effect\":true or false}";

/// Reads a rule, or says what is wrong with it.
pub(crate) fn parse(body: &Map<String, Value>) -> Result<Fault, String> {
    let wrong = |problem: String| format!("{problem}; {ACCEPTED}");
    const KNOWN: [&str; 8] = [
        "match",
        "times",
        "then",
        "code",
        "sub_code",
        "ban_s",
        "delay_ms",
        "takes_effect",
    ];
    if let Some(name) = body.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(wrong(format!("{name} is no part of a fault")));
    }
    let then: Then = field(body, "then")
        .map_err(wrong)?
        .ok_or_else(|| wrong("then is missing".to_owned()))?;
    let fault = Fault {
        method: method(body.get("match")).map_err(wrong)?,
        times: field(body, "times").map_err(wrong)?.unwrap_or(1),
        then,
        code: code(body.get("code")).map_err(wrong)?,
        numeric: body.get("code").is_some_and(Value::is_number),
        sub_code: field(body, "sub_code").map_err(wrong)?,
        ban_s: field(body, "ban_s").map_err(wrong)?,
        delay_ms: field(body, "delay_ms").map_err(wrong)?.unwrap_or(0),
        takes_effect: field(body, "takes_effect")
            .map_err(wrong)?
            .unwrap_or(then.takes_effect()),
    };
    if fault.times == 0 {
        return Err(wrong("times is 0".to_owned()));
    }
    if fault.delay_ms > LONGEST_DELAY_MS {
        return Err(wrong(format!("delay_ms is above {LONGEST_DELAY_MS}")));
    }
    if then == Then::Error && fault.code.is_none() {
        return Err(wrong("code is missing".to_owned()));
    }
    Ok(fault)
}

fn field<T: serde::de::DeserializeOwned>(
    body: &Map<String, Value>,
    name: &str,
) -> Result<Option<T>, String> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::deserialize(value)
            .map(Some)
            .map_err(|error| format!("{name}: {error}")),
    }
}

/// Codes are text, but 15 is easily written as a number.
fn code(value: Option<&Value>) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(code)) if !code.is_empty() => Ok(Some(code.clone())),
        Some(Value::Number(code)) => Ok(Some(code.to_string())),
        Some(other) => Err(format!("code: {other} is no code")),
    }
}

fn method(value: Option<&Value>) -> Result<Option<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(fields)) => {
            if let Some(name) = fields.keys().find(|name| *name != "method") {
                return Err(format!("match: {name} cannot be matched"));
            }
            Ok(field::<String>(fields, "method")?.filter(|method| method != "*"))
        }
        Some(other) => Err(format!("match: {other} is no object")),
    }
}

/// The rules, in the order they were made.
#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<Fault>);

impl Faults {
    /// Adds a rule; refused when too many wait.
    pub(crate) fn add(&mut self, fault: Fault) -> Result<(), String> {
        if self.0.len() >= MOST_RULES {
            return Err(format!(
                "{MOST_RULES} faults are waiting already; DELETE /_sandbox/faults"
            ));
        }
        self.0.push_back(fault);
        Ok(())
    }

    /// The first rule for that API, used once.
    pub(crate) fn take(&mut self, api: &str) -> Option<Fault> {
        let fits = |fault: &Fault| fault.method.as_deref().is_none_or(|method| method == api);
        let position = self.0.iter().position(fits)?;
        let fault = self.0.get_mut(position)?;
        fault.times -= 1;
        let taken = fault.clone();
        if taken.times == 0 {
            self.0.remove(position);
        }
        Some(taken)
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
