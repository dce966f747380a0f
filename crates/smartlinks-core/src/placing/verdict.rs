//! What follows from an answer, or from none: the one place that decides whether an order may exist.
//!
//! Money is lost in two ways: an order twice, and an order that is believed not to exist. So an intent ends as refused
//! only when nothing that was ever sent of it can have led to an order, or when AliExpress refuses the identical request
//! for what it says itself, which it then has done each time.

use aliexpress::{Class, Effect, errors};
use smartlinks_store::{IntentState, Millis};

use super::wire::{Created, METHOD};
use crate::error::{Error, Retry};

/// The documented time in which the same request under the same number places nothing twice.
const WINDOW_MS: i64 = 24 * 3_600_000;
/// How long before its end nothing is sent any more: a call may wait and take its time, and AliExpress takes calls of a
/// clock that is up to two hours ahead.
const MARGIN_MS: i64 = 135 * 60_000;
/// How long an order whose first sending was put off by a passing trouble is tried.
const FIRST_SENDING_WITHIN_MS: i64 = 30 * 60_000;
/// Rests between two sendings, in seconds; the last one from there on.
const RESTS_S: [i64; 7] = [5, 15, 60, 300, 900, 1800, 3600];
/// How often in a row "no stock could be reserved" is said before it is believed.
const STOCK_ASKED: i64 = 3;
/// For how long after the first sending the order that AliExpress takes for placed is waited for, before a person is
/// called: its message and its number come within minutes.
const NAMED_WITHIN_MS: i64 = 10 * 60_000;

/// The code of an order that AliExpress takes for placed already.
pub(super) const REPEATED: &str = "REPEATED_ORDER_ERROR";
const NO_STOCK: &str = "INVENTORY_HOLD_ERROR";
/// Why an intent waits whose order AliExpress takes for placed without naming it.
pub(super) const SAID_PLACED: &str = "repeated_order";

/// Refusals for what the bytes of the request say: they were refused each time before. What hangs on goods, market or a
/// list of AliExpress is none of these: it may have changed since an order was made.
const OF_THE_REQUEST: [&str; 2] = [
    "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID",
    "PARM_ILLEGL",
];

/// What is known of an intent when an answer comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Past<'a> {
    /// The first sending before this one of which an order can have come.
    pub(super) open_since: Option<Millis>,
    /// Why it stood open before this sending.
    pub(super) reason: Option<&'a str>,
    /// Sendings so far, this one included.
    pub(super) attempts: i64,
    /// How often in a row no stock could be reserved before this one.
    pub(super) stock_answers: i64,
    pub(super) created_at: Millis,
    /// Whether AliExpress was asked to pay.
    pub(super) pay: bool,
    pub(super) now: Millis,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) state: IntentState,
    pub(super) reason: Option<String>,
    pub(super) next_attempt_at: Option<Millis>,
    pub(super) nothing_sent: bool,
    /// How often in a row no stock could be reserved by now.
    pub(super) stock_answers: i64,
}

impl Verdict {
    pub(super) fn over(state: IntentState, reason: &str) -> Self {
        Self {
            state,
            reason: Some(reason.to_owned()),
            next_attempt_at: None,
            nothing_sent: false,
            stock_answers: 0,
        }
    }

    pub(super) fn again(state: IntentState, reason: &str, at: Millis) -> Self {
        Self {
            next_attempt_at: Some(at),
            ..Self::over(state, reason)
        }
    }

    fn nothing_sent(self) -> Self {
        Self {
            nothing_sent: true,
            ..self
        }
    }
}

/// An intent that was sent first at this moment or before must not be sent again now.
pub(super) fn too_long_ago(now: Millis) -> Millis {
    now.plus(MARGIN_MS - WINDOW_MS)
}

/// The last moment at which the identical request may be sent again.
pub(super) fn may_repeat_until(open_since: Millis) -> Millis {
    open_since.plus(WINDOW_MS - MARGIN_MS)
}

/// Until when a first sending is tried.
pub(super) fn first_sending_until(created_at: Millis) -> Millis {
    created_at.plus(FIRST_SENDING_WITHIN_MS)
}

fn rest_after(attempts: i64) -> i64 {
    let number = usize::try_from(attempts - 1)
        .unwrap_or(0)
        .min(RESTS_S.len() - 1);
    RESTS_S.get(number).copied().unwrap_or(3600)
}

/// Judges the answer to one sending.
pub(super) fn judge(answer: &Result<Created, Error>, past: Past<'_>) -> Verdict {
    match answer {
        Ok(created) => exists(created, past.pay),
        Err(error) => failed(error, past),
    }
}

fn exists(created: &Created, pay: bool) -> Verdict {
    match (pay, &created.message) {
        (true, None) => Verdict {
            reason: None,
            ..Verdict::over(IntentState::Placed, "")
        },
        (true, Some(_)) => Verdict::over(IntentState::CreatedUnpaid, "payment_failed"),
        (false, _) => Verdict::over(IntentState::CreatedUnpaid, "payment_not_asked"),
    }
}

fn failed(error: &Error, past: Past<'_>) -> Verdict {
    let code = code_of(error);
    let is_answer_of_the_method = matches!(error, Error::Gateway(error)
        if matches!(**error, aliexpress::Error::Business(_)));
    let was_open = past.open_since.is_some();
    if code == REPEATED {
        return said_placed(past.open_since.unwrap_or(past.now), past.now);
    }
    if code == NO_STOCK {
        return no_stock(past);
    }
    let open = was_open || effect_of(error) == Effect::Unknown;
    if !open {
        return nothing_happened(error, code, past);
    }
    if is_answer_of_the_method && was_open && effect_of(error) == Effect::None {
        // Known to have been refused each time, or open whether an earlier sending went through.
        return match OF_THE_REQUEST.contains(&code) {
            true => Verdict::over(IntentState::Refused, code).nothing_sent(),
            false => Verdict::over(IntentState::AwaitingPerson, "refused_after_unknown"),
        };
    }
    let wait_s = rest_after(past.attempts).max(asked_for(error));
    Verdict::again(IntentState::Unknown, code, past.now.plus_seconds(wait_s))
}

/// AliExpress takes the order for placed, and does not name it: it is waited for, without sending anything, and then a
/// person is called.
pub(super) fn said_placed(first_sent_at: Millis, now: Millis) -> Verdict {
    let until = first_sent_at.plus(NAMED_WITHIN_MS);
    match now < until {
        true => Verdict::again(IntentState::Unknown, SAID_PLACED, until),
        false => Verdict::over(IntentState::AwaitingPerson, SAID_PLACED),
    }
}

/// "Sold out, or a failure at AliExpress": asked again under the same number, which is answered with the order if there
/// is one, until it can be believed.
fn no_stock(past: Past<'_>) -> Verdict {
    if past.open_since.is_some() && past.reason != Some(NO_STOCK) {
        return Verdict::over(IntentState::AwaitingPerson, "refused_after_unknown");
    }
    // What was sent before and met a limit of calls has asked nobody for stock.
    let said = match past.reason {
        Some(NO_STOCK) => past.stock_answers + 1,
        _ => 1,
    };
    if said >= STOCK_ASKED {
        return Verdict::over(IntentState::Refused, NO_STOCK).nothing_sent();
    }
    let at = past.now.plus_seconds(rest_after(past.attempts));
    Verdict {
        stock_answers: said,
        ..Verdict::again(IntentState::Unknown, NO_STOCK, at)
    }
}

/// Neither this sending nor one before it can have led to an order.
fn nothing_happened(error: &Error, code: &str, past: Past<'_>) -> Verdict {
    let passes = match error {
        Error::Gateway(error) => {
            matches!(
                error.advice().class,
                Class::Retry | Class::Wait { .. } | Class::Refresh
            )
        }
        other => other.retry() != Retry::No,
    };
    let at = past
        .now
        .plus_seconds(rest_after(past.attempts).max(asked_for(error)));
    if passes && at < first_sending_until(past.created_at) {
        return Verdict::again(IntentState::Placing, code, at).nothing_sent();
    }
    Verdict::over(IntentState::Refused, code).nothing_sent()
}

/// The gateway's own code, else ours. The two that are treated apart are known in every form that the table knows.
pub(super) fn code_of(error: &Error) -> &str {
    match error {
        Error::Gateway(error) => match error.entry().code {
            known @ (REPEATED | NO_STOCK) => known,
            _ => error.code(),
        },
        other => other.code(),
    }
}

/// What is no failure of the gateway happens before the call leaves.
fn effect_of(error: &Error) -> Effect {
    match error {
        Error::Gateway(error) => error.effect(),
        _ => Effect::None,
    }
}

fn asked_for(error: &Error) -> i64 {
    match error.retry() {
        Retry::After(seconds) => i64::try_from(seconds).unwrap_or(3600).min(6 * 3600),
        _ => 0,
    }
}

/// What to do about an intent in this state.
pub(super) fn fix_of(state: IntentState, reason: Option<&str>) -> Option<String> {
    let reason = reason.unwrap_or_default();
    let words = match (state, reason) {
        (IntentState::Placed, _) => return None,
        (IntentState::CreatedUnpaid, _) => {
            "Pay it on its page at AliExpress, before AliExpress closes it."
        }
        (IntentState::Placing, _) => {
            "Wait: it is being sent, or sent as soon as the trouble is over."
        }
        (
            IntentState::Unknown,
            "reauthorization_required"
            | "disconnected"
            | "not_configured"
            | "InsufficientPermission",
        ) => {
            "It cannot be found out until the connection works again: connect the same account anew, within a day. Do not order it again under another key."
        }
        (IntentState::Unknown, _) => {
            "Wait: it is being found out under its own number. Do not order it again under another key."
        }
        (IntentState::AwaitingPerson, "order_closed") => {
            "The order exists, and is closed or being cancelled. Look at it on the AliExpress website, then say what is true; if it is closed, place it again under a new key."
        }
        (IntentState::AwaitingPerson, _) => {
            "Look for the order on the AliExpress website, then say what is true: that it exists under a number, or that it does not exist."
        }
        (IntentState::Refused, "checks_failed") => {
            "Mend what the detail names and place it again under a new key."
        }
        (IntentState::Refused, "not_sent_in_time" | "request_unreadable") => {
            "Nothing was sent. Place it again under a new key."
        }
        (IntentState::Refused, "order_closed") => {
            "The order was closed or cancelled at AliExpress. Place it again under a new key if it is still wanted."
        }
        (IntentState::Refused, "decided_not_placed") => {
            "A person has found that there is no order. Place it again under a new key."
        }
        (IntentState::Refused, code) => {
            let business = errors::lookup_business(METHOD, code, "");
            let entry = match business.is_unknown() {
                true => errors::lookup(code, None),
                false => business,
            };
            return Some(format!(
                "{} Then place it again under a new key.",
                entry.fix
            ));
        }
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use aliexpress::{BusinessError, GatewayError};

    use super::*;

    const NOW: Millis = Millis(1_795_435_200_000);

    fn past(attempts: i64, open: bool, reason: Option<&str>) -> Past<'_> {
        Past {
            open_since: open.then_some(NOW.plus(-60_000)),
            reason,
            attempts,
            stock_answers: attempts - 1,
            created_at: NOW.plus(-60_000),
            pay: true,
            now: NOW,
        }
    }

    fn business(code: &str) -> Error {
        aliexpress::Error::from(BusinessError::new(METHOD, code, "words")).into()
    }

    fn gateway(code: &str) -> Error {
        aliexpress::Error::from(GatewayError::new(code, "This ban will last 7 seconds")).into()
    }

    fn html() -> Error {
        aliexpress::Error::NotJson {
            status: 200,
            content_type: None,
            excerpt: String::new(),
            attempts: aliexpress::Attempts::default(),
        }
        .into()
    }

    fn judged(error: Error, past: Past<'_>) -> (IntentState, String, bool) {
        let verdict = judge(&Err(error), past);
        assert_eq!(
            verdict.next_attempt_at.is_some(),
            verdict.state.is_under_way(),
            "{verdict:?}"
        );
        (verdict.state, verdict.reason.unwrap(), verdict.nothing_sent)
    }

    #[test]
    fn a_first_refusal_ends_it_and_nothing_was_ordered() {
        for code in [
            "DELIVERY_METHOD_NOT_EXIST",
            "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
            "A003_SUSPICIOUS_BUYER",
        ] {
            let refused = judged(business(code), past(1, false, None));
            assert_eq!(refused, (IntentState::Refused, code.to_owned(), true));
        }
        let refused = judged(gateway("InsufficientPermission"), past(1, false, None));
        assert_eq!(refused.0, IntentState::Refused);
        let ended = judged(Error::NotConnected, past(1, false, None));
        assert_eq!(
            ended,
            (IntentState::Refused, "not_connected".to_owned(), true)
        );
    }

    #[test]
    fn what_leaves_it_open_is_never_a_refusal() {
        for error in [
            html(),
            gateway("15"),
            gateway("ServiceTimeout"),
            business("never heard of"),
        ] {
            let code = code_of(&error).to_owned();
            let open = judged(error, past(1, false, None));
            assert_eq!(open, (IntentState::Unknown, code, false));
        }
    }

    #[test]
    fn after_an_open_sending_only_a_refusal_of_the_request_itself_ends_it() {
        let judged = |code: &str| judged(business(code), past(2, true, Some("not_json")));
        assert_eq!(judged("PARM_ILLEGL").0, IntentState::Refused);
        for code in [
            "DELIVERY_METHOD_NOT_EXIST",
            // Withdrawn from the country since, for example.
            "A005_INVALID_COUNTRIES",
            "PRICE_PAY_CURRENCY_ERROR",
            "A001_ORDER_CANNOT_BE_PLACED",
            NO_STOCK,
        ] {
            let (state, reason, nothing_sent) = judged(code);
            assert_eq!(
                (state, nothing_sent),
                (IntentState::AwaitingPerson, false),
                "{code}"
            );
            assert_eq!(reason, "refused_after_unknown");
        }
        let placed = judged(REPEATED);
        assert_eq!(
            (placed.0, &*placed.1),
            (IntentState::Unknown, "repeated_order")
        );
        let late = said_placed(NOW.plus(-NAMED_WITHIN_MS), NOW);
        assert_eq!(late.state, IntentState::AwaitingPerson);
    }

    #[test]
    fn what_the_gateway_refuses_before_it_runs_says_nothing_of_what_was_sent_before() {
        let limited = judge(
            &Err(gateway("ApiCallLimit")),
            past(3, true, Some("not_json")),
        );
        assert_eq!(limited.state, IntentState::Unknown);
        assert_eq!(limited.next_attempt_at, Some(NOW.plus_seconds(60)));
        let ended = judged(gateway("InsufficientPermission"), past(2, true, None));
        assert_eq!((ended.0, ended.2), (IntentState::Unknown, false));
    }

    #[test]
    fn a_first_sending_waits_for_passing_trouble_but_not_for_ever() {
        let limited = judge(&Err(gateway("ApiCallLimit")), past(1, false, None));
        assert_eq!(limited.state, IntentState::Placing);
        assert_eq!(limited.next_attempt_at, Some(NOW.plus_seconds(7)));
        assert!(limited.nothing_sent);
        let late = Past {
            created_at: NOW.plus(-FIRST_SENDING_WITHIN_MS),
            ..past(1, false, None)
        };
        assert_eq!(
            judged(gateway("ApiCallLimit"), late).0,
            IntentState::Refused
        );
    }

    #[test]
    fn no_stock_is_believed_when_it_is_said_again_and_again() {
        assert_eq!(
            judged(business(NO_STOCK), past(1, false, None)).0,
            IntentState::Unknown
        );
        let second = judged(business(NO_STOCK), past(2, true, Some(NO_STOCK)));
        assert_eq!(second.0, IntentState::Unknown);
        let third = judged(business(NO_STOCK), past(3, true, Some(NO_STOCK)));
        assert_eq!(third, (IntentState::Refused, NO_STOCK.to_owned(), true));
        // Bans before it have asked nobody for stock.
        for attempts in [3, 9] {
            let limited = past(attempts, false, Some("ApiCallLimit"));
            let first = judge(&Err(business(NO_STOCK)), limited);
            assert_eq!(
                (first.state, first.stock_answers),
                (IntentState::Unknown, 1)
            );
        }
        // A sending between whose answer was lost takes that back.
        let lost = judged(business(NO_STOCK), past(3, true, None));
        assert_eq!(lost.0, IntentState::AwaitingPerson);
    }

    #[test]
    fn an_order_that_exists_is_paid_or_waits_for_it() {
        let created = |message: Option<&str>| Created {
            numbers: vec![1],
            message: message.map(str::to_owned),
        };
        let state = |message, pay| exists(&created(message), pay).state;
        assert_eq!(state(None, true), IntentState::Placed);
        assert_eq!(
            state(Some("autoPay fail:APIPayFail"), true),
            IntentState::CreatedUnpaid
        );
        assert_eq!(state(None, false), IntentState::CreatedUnpaid);
    }

    #[test]
    fn every_end_says_what_to_do() {
        for state in IntentState::ALL {
            let fix = fix_of(state, Some("DELIVERY_METHOD_NOT_EXIST"));
            assert_eq!(fix.is_none(), state == IntentState::Placed, "{state}");
        }
        let sold_out = fix_of(IntentState::Refused, Some("DELIVERY_METHOD_NOT_EXIST")).unwrap();
        assert!(sold_out.contains("delivery options"), "{sold_out}");
    }
}
