//! A ban stops whom it names, and nobody else.

use std::sync::Arc;
use std::time::Duration;

use aliexpress::{AccessToken, Class, Client, Effect, Error, HeldReason, RefreshToken};

use super::world::{
    ADDRESS, PRODUCT, Reply, SEARCH, Script, World, call, client, refusal, seconds,
};
use crate::support::{run, value_of};

const SHORT: Reply = Reply::Refusal {
    code: "ApiCallLimit",
    sub_code: "",
    words: "Api access frequency exceeds the limit. this ban will last 2 seconds",
};
const LONG: Reply = Reply::Refusal {
    code: "AppApiCallLimit",
    sub_code: "",
    words: "Api access frequency exceeds the limit. This ban will last 14229 seconds",
};

fn world(replies: &[Reply]) -> (Arc<World>, Arc<Script>, Client) {
    let world = Arc::new(World::default());
    let script = Script::new(&world, replies, Reply::Well);
    let client = client(&world, script.clone());
    (world, script, client)
}

fn held(result: Result<aliexpress::RawAnswer, Error>) -> (HeldReason, u64) {
    match result {
        Err(Error::Held(held)) => (held.reason, held.seconds),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_short_ban_is_waited_for_while_other_methods_go_on() {
    let (world, script, app) = world(&[SHORT]);
    let clone = app.clone();
    run(async {
        let banned = call(&app, SEARCH);
        let others = async {
            while script.seen().is_empty() {
                tokio::task::yield_now().await;
            }
            call(&clone, PRODUCT).await.unwrap();
            call(&clone, ADDRESS).await.unwrap();
        };
        let (banned, ()) = tokio::join!(banned, others);
        banned.unwrap();
    });
    assert_eq!(script.methods(), [SEARCH, PRODUCT, ADDRESS, SEARCH]);
    let at: Vec<_> = script.seen().iter().map(|seen| seen.at).collect();
    assert_eq!(at, [seconds(0), seconds(0), seconds(0), seconds(2)]);
    assert_eq!(world.sleeps(), [seconds(2)]);
}

#[test]
fn one_refusal_makes_every_clone_wait() {
    let (_, script, app) = world(&[SHORT]);
    let other_account = app.with_access_token(AccessToken::new("another-token"));
    run(async {
        let none = app.with_policy(aliexpress::Policy::none());
        call(&none, SEARCH).await.unwrap_err();
        call(&other_account, SEARCH).await.unwrap();
    });
    assert_eq!(script.seen()[1].at, seconds(2));
}

#[test]
fn a_ban_of_hours_fails_at_once_and_says_how_long() {
    let (world, script, app) = world(&[LONG]);
    let error = run(call(&app, SEARCH)).unwrap_err();
    assert_eq!(error.advice().class, Class::Wait { seconds: 14_229 });
    assert!(matches!(error, Error::Gateway(_)));

    world.pass(Duration::from_millis(9_500));
    let error = run(call(&app.clone(), SEARCH)).unwrap_err();
    assert_eq!(error.advice().class, Class::Wait { seconds: 14_220 });
    assert_eq!(
        (error.code(), error.effect()),
        ("held_by_ban", Effect::None)
    );
    assert_eq!(
        error.to_string(),
        "aliexpress.ds.text.search was held back for 14220 s: AliExpress has stopped this method for this app"
    );
    assert_eq!(script.methods(), [SEARCH], "no call to the gateway");

    run(call(&app, PRODUCT)).unwrap();
    world.set_clock(jiff::SignedDuration::from_secs(14_200));
    assert_eq!(
        held(run(call(&app, SEARCH))),
        (HeldReason::MethodBan, 20),
        "19.5 in fact: a part of a second counts as one"
    );
    world.set_clock(jiff::SignedDuration::from_millis(19_500));
    run(call(&app, SEARCH)).unwrap();
}

#[test]
fn app_and_account_limits_stop_more_than_one_method() {
    let (_, script, app) = world(&[refusal("AppCallLimit", "This ban will last 100 seconds")]);
    let other = app.with_access_token(AccessToken::new("another-token"));
    run(call(&app, SEARCH)).unwrap_err();
    assert_eq!(held(run(call(&app, PRODUCT))), (HeldReason::AppBan, 100));
    assert_eq!(held(run(call(&other, ADDRESS))), (HeldReason::AppBan, 100));
    let error = run(app.oauth().refresh(&RefreshToken::new("x"))).unwrap_err();
    assert!(matches!(error, Error::Held(_)), "{error:?}");
    assert_eq!(script.seen().len(), 1);

    let (_, script, app) = world(&[refusal("SellerCallLimit", "This ban will last 100 seconds")]);
    let other = app.with_access_token(AccessToken::new("another-token"));
    run(call(&app, SEARCH)).unwrap_err();
    assert_eq!(
        held(run(call(&app, PRODUCT))),
        (HeldReason::AccountBan, 100)
    );
    run(call(&other, PRODUCT)).unwrap();
    assert_eq!(script.seen().len(), 2);
}

#[test]
fn the_legacy_code_bans_too() {
    let legacy = Reply::Refusal {
        code: "7",
        sub_code: "accesscontrol.limited-by-api-access-count",
        words: "This ban will last for 35 more seconds",
    };
    let (_, script, app) = world(&[legacy]);
    run(call(&app, SEARCH)).unwrap_err();
    assert_eq!(held(run(call(&app, SEARCH))), (HeldReason::MethodBan, 35));
    run(call(&app, PRODUCT)).unwrap();
    assert_eq!(script.seen().len(), 2);
}

#[test]
fn background_calls_wait_longer() {
    let (world, script, app) =
        world(&[refusal("AppApiCallLimit", "This ban will last 200 seconds")]);
    run(call(&app, SEARCH)).unwrap_err();
    run(call(&app, SEARCH)).unwrap_err();
    run(call(&app.background(), SEARCH)).unwrap();
    assert_eq!(script.methods(), [SEARCH, SEARCH]);
    assert_eq!(world.sleeps(), [seconds(200)]);
}

#[test]
fn bans_that_never_end_use_up_the_patience() {
    let world = Arc::new(World::default());
    let script = Script::new(
        &world,
        &[],
        refusal("ApiCallLimit", "this ban will last 4 seconds"),
    );
    let policy = aliexpress::Policy::default().attempts(1000);
    let app = client(&world, script.clone()).with_policy(policy);
    let error = run(call(&app, SEARCH)).unwrap_err();
    assert_eq!(error.advice().class, Class::Wait { seconds: 4 });
    assert_eq!(error.effect(), Effect::None);
    // Seven waits of four seconds; the eighth would end after the 30 seconds of the default.
    assert_eq!(
        (script.seen().len(), error.attempts().took()),
        (8, seconds(28))
    );
}

#[test]
fn a_call_that_is_held_after_an_open_attempt_is_open() {
    // The order's first attempt is lost; before the second, somebody else's order is banned for hours.
    let world = Arc::new(World::default());
    let lost = Reply::Broken(aliexpress::TransportErrorKind::Truncated);
    let script = Script::new(&world, &[lost, LONG], Reply::Well);
    let app = client(&world, script.clone());
    let name = "param_place_order_request4_open_api_d_t_o";
    let order = |id: &str| {
        let order = format!(r#"{{"out_order_id":"{id}"}}"#);
        app.call("aliexpress.ds.order.create", [(name, order)])
    };
    let (first, second) = run(async { tokio::join!(order("A"), order("B")) });
    let first = first.unwrap_err();
    assert!(matches!(first, Error::Held(_)), "{first:?}");
    assert_eq!(
        (first.effect(), first.attempts().made()),
        (Effect::Unknown, 1)
    );
    assert_eq!(second.unwrap_err().effect(), Effect::None);
    let orders: Vec<_> = script
        .seen()
        .iter()
        .filter_map(|seen| value_of(&seen.request, name))
        .collect();
    assert_eq!(orders.len(), 2, "{orders:?}");
}
