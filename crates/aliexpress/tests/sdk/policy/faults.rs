//! Every kind of failure against every kind of call: how often it is sent, and what the error says.

use std::sync::Arc;
use std::time::Duration;

use aliexpress::{
    Class, Client, Effect, Error, Jitter, Policy, RawAnswer, RefreshToken, TimeoutPhase,
    TransportErrorKind,
};

use super::world::{
    Longest, ORDER, PRODUCT, REPORT, Reply, SEARCH, Script, World, builder, call, client, refusal,
    seconds,
};
use crate::support::{run, value_of};

const KEYED: &str = r#"{"out_order_id":"MY-1","product_items":[]}"#;
const KEYLESS: &str = r#"{"product_items":[]}"#;

/// The kinds of call of the table, in the order of its columns.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Read,
    Write,
    UnknownMethod,
    WithoutKey,
    Keyed,
    /// The clock shows more than 24 hours later when the first answer comes.
    KeyedTooLate,
    Token,
}

use Kind::{Keyed, KeyedTooLate, Read, Token, UnknownMethod, WithoutKey, Write};

const KINDS: [Kind; 7] = [
    Read,
    Write,
    UnknownMethod,
    WithoutKey,
    Keyed,
    KeyedTooLate,
    Token,
];

async fn order(client: &Client, order: &str) -> Result<RawAnswer, Error> {
    let name = "param_place_order_request4_open_api_d_t_o";
    client.call(ORDER, [(name, order)]).await
}

async fn perform(client: &Client, kind: Kind) -> Result<(), Error> {
    match kind {
        Read => call(client, PRODUCT).await.map(drop),
        Write => call(client, REPORT).await.map(drop),
        UnknownMethod => call(client, "aliexpress.never.heard.of").await.map(drop),
        WithoutKey => order(client, KEYLESS).await.map(drop),
        Keyed | KeyedTooLate => order(client, KEYED).await.map(drop),
        Token => {
            let token = RefreshToken::new("refresh-token-placeholder");
            client.oauth().refresh(&token).await.map(drop)
        }
    }
}

/// A failure that stays: how often each kind is sent, then what the error says.
type Row = (Reply, [usize; 7], Class, Effect);

/// It passes, and the call was not carried out.
const WITHOUT_EFFECT: [usize; 7] = [3, 3, 3, 3, 3, 3, 1];
/// It passes, but the call can have been carried out.
const OPEN: [usize; 7] = [3, 1, 1, 1, 3, 1, 1];
/// It does not pass.
const ONCE: [usize; 7] = [1; 7];

fn table() -> Vec<Row> {
    use TransportErrorKind::{
        Connect, Dns, Other, Redirect, Timeout, Tls, TooLarge, Truncated as Cut,
    };
    let broken = Reply::Broken;
    let isp = Reply::Refusal {
        code: "15",
        sub_code: "isp.service-unavailable",
        words: "",
    };
    let limit = |seconds| Class::Wait { seconds };
    let (retry, fix) = (Class::Retry, Class::Fix);
    let (none, open) = (Effect::None, Effect::Unknown);
    vec![
        (
            broken(Timeout(TimeoutPhase::Connect)),
            WITHOUT_EFFECT,
            retry,
            none,
        ),
        (broken(Connect), WITHOUT_EFFECT, retry, none),
        (broken(Dns), WITHOUT_EFFECT, retry, none),
        (broken(Timeout(TimeoutPhase::Read)), OPEN, retry, open),
        (broken(Cut), OPEN, retry, open),
        (broken(Other), OPEN, retry, open),
        (broken(Tls), ONCE, fix, none),
        (broken(TooLarge), ONCE, fix, open),
        (broken(Redirect), ONCE, fix, open),
        (Reply::Body(302, ""), ONCE, fix, open),
        (Reply::Body(500, "oops"), OPEN, retry, open),
        (Reply::Body(503, r#"{"a":1}"#), OPEN, retry, open),
        (Reply::Body(200, "<html>busy</html>"), OPEN, retry, open),
        (Reply::Body(200, r#"{"a":"#), OPEN, retry, open),
        (Reply::Body(200, "[1]"), ONCE, fix, open),
        (refusal("InternalError", ""), OPEN, retry, open),
        (refusal("ServiceUnavailable", ""), OPEN, retry, open),
        (refusal("ServiceTimeout", ""), OPEN, retry, open),
        (isp, OPEN, retry, open),
        (
            refusal("ApiCallLimit", "this ban will last 1 seconds"),
            WITHOUT_EFFECT,
            limit(1),
            none,
        ),
        (
            refusal("SellerCallLimit", "This ban will last for 3 more seconds"),
            WITHOUT_EFFECT,
            limit(3),
            none,
        ),
        (
            refusal("7", "This ban will last for 2 more seconds"),
            WITHOUT_EFFECT,
            limit(2),
            none,
        ),
        (
            refusal("AppApiCallLimit", "This ban will last 14229 seconds"),
            ONCE,
            limit(14_229),
            none,
        ),
        (refusal("AppCallLimit", ""), ONCE, limit(60), none),
        (
            refusal("IllegalAccessToken", ""),
            ONCE,
            Class::Refresh,
            none,
        ),
        (
            refusal("IllegalRefreshToken", ""),
            ONCE,
            Class::Reauthorize,
            none,
        ),
        (refusal("MissingParameter", ""), ONCE, fix, none),
        (refusal("IncompleteSignature", ""), ONCE, fix, none),
        (
            refusal("NeverSeen", "this ban will last 1 seconds"),
            ONCE,
            fix,
            open,
        ),
    ]
}

#[test]
fn what_is_sent_again_depends_on_the_failure_and_on_the_kind_of_call() {
    for (reply, sends, class, effect) in table() {
        for (kind, sends) in KINDS.into_iter().zip(sends) {
            let world = Arc::new(World::default());
            let script = Script::new(&world, &[], reply);
            if matches!(kind, KeyedTooLate) {
                script.jump_once(jiff::SignedDuration::from_hours(25));
            }
            let app = builder(&world, script.clone())
                .jitter(Arc::new(Longest))
                .build()
                .unwrap();
            let error = run(perform(&app, kind)).unwrap_err();
            // The legacy codes speak only on /sync; the flat form has no sub code.
            if matches!(
                (kind, reply),
                (
                    Token,
                    Reply::Refusal {
                        sub_code: "isp.service-unavailable",
                        ..
                    }
                )
            ) {
                assert_eq!(error.code(), "15");
            }
            let what = format!("{reply:?} {kind:?}");
            assert_eq!(script.seen().len(), sends, "{what}");
            assert_eq!(error.advice().class, class, "{what}");
            assert_eq!(error.effect(), effect, "{what}");
            assert_eq!(error.attempts().made() as usize, sends, "{what}");
            assert!(
                sends > 1 || world.sleeps().is_empty(),
                "{what}: waits for nothing"
            );
        }
    }
}

#[test]
fn a_failure_that_passes_is_not_seen_where_repeating_is_safe() {
    for (reply, sends, ..) in table() {
        for (kind, sends) in KINDS.into_iter().zip(sends) {
            let world = Arc::new(World::default());
            let script = Script::new(&world, &[reply], Reply::Well);
            if matches!(kind, KeyedTooLate) {
                script.jump_once(jiff::SignedDuration::from_hours(25));
            }
            let result = run(perform(&client(&world, script.clone()), kind));
            let what = format!("{reply:?} {kind:?}");
            assert_eq!(script.seen().len(), sends.min(2), "{what}");
            assert_eq!(result.is_ok(), sends > 1, "{what}: {result:?}");
        }
    }
}

#[test]
fn a_repeated_order_is_the_same_to_the_byte_and_signed_anew() {
    let world = Arc::new(World::default());
    let timeout = Reply::Broken(TransportErrorKind::Timeout(TimeoutPhase::Read));
    let script = Script::new(
        &world,
        &[timeout, refusal("InternalError", "")],
        Reply::Well,
    );
    let app = builder(&world, script.clone())
        .jitter(Arc::new(Longest))
        .build()
        .unwrap();
    run(order(&app, KEYED)).unwrap();
    let seen = script.seen();
    assert_eq!(seen.len(), 3);
    let moving = ["timestamp", "sign"];
    let fixed = |at: usize| {
        let form = seen[at].request.form.clone();
        form.into_iter()
            .filter(|(name, _)| !moving.contains(&name.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(fixed(0), fixed(1));
    assert_eq!(fixed(0), fixed(2));
    for name in moving {
        let value = |at: usize| value_of(&seen[at].request, name).unwrap();
        assert!(value(0) != value(1) && value(1) != value(2), "{name}");
    }
    assert_eq!(
        world.sleeps(),
        [Duration::from_millis(250), Duration::from_millis(500)]
    );
}

#[test]
fn an_order_stays_open_when_a_later_attempt_is_refused() {
    let timeout = Reply::Broken(TransportErrorKind::Timeout(TimeoutPhase::Read));
    for last in [
        refusal("MissingParameter", ""),
        refusal("IllegalAccessToken", ""),
        refusal("AppApiCallLimit", "This ban will last 14229 seconds"),
    ] {
        let world = Arc::new(World::default());
        let script = Script::new(&world, &[timeout], last);
        let error = run(order(&client(&world, script.clone()), KEYED)).unwrap_err();
        assert_eq!(
            (script.seen().len(), error.effect()),
            (2, Effect::Unknown),
            "{last:?}"
        );
        assert_eq!(error.entry().effect, Effect::None, "{last:?}");

        // Of a read nothing is left open.
        let script = Script::new(&world, &[timeout], last);
        let error = run(call(&client(&world, script), PRODUCT)).unwrap_err();
        assert_eq!(error.effect(), Effect::None, "{last:?}");
    }
}

#[test]
fn an_order_is_not_repeated_when_the_window_ends_while_it_waits() {
    // The ban is over by the clock, which somebody moves; the window, too.
    let world = Arc::new(World::default());
    let replies = [
        Reply::Broken(TransportErrorKind::Timeout(TimeoutPhase::Read)),
        refusal("ApiCallLimit", "this ban will last 5 seconds"),
    ];
    let script = Script::new(&world, &replies, Reply::Well);
    let app = client(&world, script.clone());
    let moved = async {
        while script.seen().len() < 2 {
            tokio::task::yield_now().await;
        }
        world.set_clock(jiff::SignedDuration::from_hours(30));
    };
    let (result, ()) = run(async { tokio::join!(order(&app, KEYED), moved) });
    let error = result.unwrap_err();
    assert_eq!(
        (error.code(), error.effect()),
        ("ApiCallLimit", Effect::Unknown)
    );
    assert_eq!(script.seen().len(), 2);
}

#[test]
fn a_failure_inside_the_answer_counts_too() {
    let world = Arc::new(World::default());
    let busy = Reply::Body(
        200,
        r#"{"rsp_code":404,"rsp_msg":"System Error","request_id":"r"}"#,
    );
    let script = Script::new(&world, &[], busy);
    let app = client(&world, script.clone());
    let error = run(app
        .dropshipping()
        .product_get()
        .product_id(1)
        .ship_to("FR")
        .send())
    .unwrap_err();
    assert!(matches!(error, Error::Business(_)), "{error:?}");
    assert_eq!((error.code(), error.attempts().made()), ("404", 3));
    assert_eq!(script.seen().len(), 3);

    let gone = Reply::Body(
        200,
        r#"{"rsp_code":605,"rsp_msg":"ITEM_ID_NOT_FOUND","request_id":"r"}"#,
    );
    let script = Script::new(&world, &[], gone);
    let app = client(&world, script.clone());
    let error = run(app
        .dropshipping()
        .product_get()
        .product_id(1)
        .ship_to("FR")
        .send())
    .unwrap_err();
    assert_eq!((error.code(), error.attempts().made()), ("605", 1));
}

#[test]
fn the_error_says_how_often_and_how_long() {
    let world = Arc::new(World::default());
    let script = Script::new(&world, &[], Reply::Body(500, "oops"));
    let app = builder(&world, script)
        .jitter(Arc::new(Longest))
        .build()
        .unwrap();
    let error = run(call(&app, PRODUCT)).unwrap_err();
    assert_eq!(error.attempts().took(), Duration::from_millis(750));
    assert_eq!(
        error.to_string(),
        "the gateway answered HTTP 500 (3 attempts)"
    );
    let error = run(call(&app.with_policy(Policy::none()), PRODUCT)).unwrap_err();
    assert_eq!(error.to_string(), "the gateway answered HTTP 500");
    let error = run(app.call("", [("a", "1")])).unwrap_err();
    assert_eq!(error.attempts().made(), 0);
}

/// Asks for nothing, gives too much, and remembers what was asked.
#[derive(Default)]
struct Greedy(std::sync::Mutex<Vec<Duration>>);

impl Jitter for Greedy {
    fn up_to(&self, longest: Duration) -> Duration {
        self.0.lock().unwrap().push(longest);
        longest * 10
    }
}

#[test]
fn back_off_doubles_and_never_exceeds_its_limits() {
    let world = Arc::new(World::default());
    let script = Script::new(&world, &[], Reply::Body(500, ""));
    let greedy = Arc::new(Greedy::default());
    let policy = Policy::default()
        .attempts(6)
        .backoff(seconds(1), seconds(5));
    let app = builder(&world, script.clone())
        .jitter(greedy.clone())
        .policy(policy)
        .build()
        .unwrap();
    let error = run(call(&app, PRODUCT)).unwrap_err();
    let expected = [1, 2, 4, 5, 5].map(seconds);
    assert_eq!(*greedy.0.lock().unwrap(), expected);
    assert_eq!(world.sleeps(), expected);
    assert_eq!(error.attempts().made(), 6);

    // 1 + 2 + 4 are 7; the next would end at 12.
    let impatient = app.with_policy(policy.longest_wait(seconds(11)));
    let error = run(call(&impatient, SEARCH)).unwrap_err();
    assert_eq!(
        (error.attempts().made(), error.attempts().took()),
        (4, seconds(7))
    );
    let background = run(call(&impatient.background(), SEARCH)).unwrap_err();
    assert_eq!(background.attempts().made(), 6);
}

#[test]
fn without_a_policy_everything_is_sent_once() {
    for (reply, ..) in table() {
        for kind in KINDS {
            let world = Arc::new(World::default());
            let script = Script::new(&world, &[], reply);
            let app = client(&world, script.clone()).with_policy(Policy::none());
            run(perform(&app, kind)).unwrap_err();
            assert_eq!(script.seen().len(), 1, "{reply:?} {kind:?}");
            assert!(world.sleeps().is_empty());
        }
    }
}
