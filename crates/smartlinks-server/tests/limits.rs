//! Nobody asks for too much: the limits as they are without any configuration.

use std::num::NonZeroU32;

use anyhow::{Context, Result, bail};
use smartlinks_core::Scope;
use smartlinks_server::Limits;
use testkit::app::{App, OPERATOR, PASSWORD, Setup};
use testkit::http::{Http, Reply};
use tokio_util::sync::CancellationToken;

async fn guarded() -> Result<App> {
    App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await
}

/// Holds an answer against what whoever asks too often gets.
fn expect_refusal(reply: &Reply) -> Result<u64> {
    assert_eq!(reply.status, 429);
    let wait: u64 = reply
        .header("retry-after")
        .context("no retry-after")?
        .parse()?;
    assert!((1..=60).contains(&wait), "{wait}");
    Ok(wait)
}

/// The callback, once. It has no state, so it is refused with a redirect as long as it is looked at.
async fn call_back(visitor: &Http) -> Result<Reply> {
    visitor
        .get("/aliexpress/callback?code=canary-code&state=x")
        .await
}

/// Each examination calls the gateway and tries the disk, each begun sign-in is a row in the database.
#[tokio::test(flavor = "multi_thread")]
async fn what_costs_something_is_limited_though_it_is_a_get() -> Result<()> {
    let few = NonZeroU32::new(2).context("two")?;
    let app = App::with(Setup {
        operators: true,
        limits: Limits {
            callback: few,
            keys: few,
            ..Limits::default()
        },
        ..Setup::default()
    })
    .await?;
    let program = app.program(&[Scope::Admin]).await?;
    for path in ["/api/aliexpress/doctor", "/api/aliexpress/oauth/url"] {
        for _ in 0..few.get() {
            program.get(path).await?.expect_status(200)?;
        }
        expect_refusal(&program.get(path).await?)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_are_limited_and_a_good_one_waits_too() -> Result<()> {
    let app = guarded().await?;
    app.operator().await?;
    let guesser = app.visitor()?;
    let sign_in = async |name: &str, password: &str| {
        let fields = [("name", name), ("password", password)];
        guesser.post_form("/aliexpress/sign-in", &fields).await
    };
    for number in 0..Limits::default().sign_in.get() {
        // Names of their own: the limit of one name is another.
        sign_in(&format!("guess-{number}"), "guess")
            .await?
            .expect_status(401)?;
    }
    let refused = sign_in(OPERATOR, PASSWORD).await?;
    let wait = expect_refusal(&refused)?;
    assert!(
        refused
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html")),
        "a person gets a page"
    );
    // Looking at the page is no attempt, and other routes go on.
    guesser
        .get("/aliexpress/sign-in")
        .await?
        .expect_status(200)?;
    app.advance(i64::try_from(wait)?);
    sign_in(OPERATOR, PASSWORD).await?.expect_status(303)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_are_limited_and_keep_their_code_to_themselves() -> Result<()> {
    let app = guarded().await?;
    let visitor = app.visitor()?;
    for _ in 0..Limits::default().callback.get() {
        call_back(&visitor).await?.expect_status(303)?;
    }
    let refused = call_back(&visitor).await?;
    expect_refusal(&refused)?;
    assert_eq!(refused.header("referrer-policy"), Some("no-referrer"));
    assert!(!refused.text().contains("canary-code"));
    app.advance(60);
    for _ in 0..Limits::default().callback.get() {
        call_back(&visitor).await?.expect_status(303)?;
    }
    expect_refusal(&call_back(&visitor).await?)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn making_keys_is_limited_for_each_caller() -> Result<()> {
    let app = guarded().await?;
    let (one, other) = (
        app.program(&[Scope::Admin]).await?,
        app.program(&[Scope::Admin]).await?,
    );
    let nothing = serde_json::json!({});
    for _ in 0..Limits::default().keys.get() {
        one.post_json("/api/aliexpress/keys", &nothing)
            .await?
            .expect_status(400)?;
    }
    let refused = one.post_json("/api/aliexpress/keys", &nothing).await?;
    let wait = expect_refusal(&refused)?;
    let problem = refused.json()?;
    assert_eq!(problem["code"], "rate_limited");
    assert_eq!(problem["retry"], "after");
    assert_eq!(problem["retry_after_seconds"], wait);
    other
        .post_json("/api/aliexpress/keys", &nothing)
        .await?
        .expect_status(400)?;
    // Seeing them is something else.
    one.get("/api/aliexpress/keys").await?.expect_status(200)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_keys_is_limited_and_locks_nobody_out() -> Result<()> {
    let app = guarded().await?;
    let elsewhere = App::start().await?;
    let guesser = app
        .visitor()?
        .with_api_key(&elsewhere.key(&[Scope::Read]).await?)?;
    for _ in 0..Limits::default().keys.get() {
        guesser
            .get("/api/aliexpress/status")
            .await?
            .expect_status(401)?;
    }
    expect_refusal(&guesser.get("/api/aliexpress/status").await?)?;
    // From the same address, with a key that holds.
    let program = app.program(&[Scope::Read]).await?;
    program
        .get("/api/aliexpress/status")
        .await?
        .expect_status(200)?;
    Ok(())
}

/// Guessing is counted before the database is asked whether the key was made elsewhere a moment ago.
#[tokio::test(flavor = "multi_thread")]
async fn guessing_keys_does_not_reach_the_database() -> Result<()> {
    let app = guarded().await?;
    let elsewhere = App::start().await?;
    let guesser = app
        .visitor()?
        .with_api_key(&elsewhere.key(&[Scope::Read]).await?)?;
    // Followed for as long as the bucket lasts. Then the follower stands still, as it does between two looks.
    let mut follower = Box::pin(app.core.run_follower(CancellationToken::new()));
    let empty = async {
        for _ in 0..Limits::default().keys.get() {
            guesser
                .get("/api/aliexpress/status")
                .await?
                .expect_status(401)?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        biased;
        () = &mut follower => bail!("the follower has ended"),
        emptied = empty => emptied?,
    }
    app.core.store().close().await;
    expect_refusal(&guesser.get("/api/aliexpress/status").await?)?;
    Ok(())
}

/// The doors that no other test here knocks at, with limits that are soon reached.
#[tokio::test(flavor = "multi_thread")]
async fn pushes_and_password_changes_are_limited() -> Result<()> {
    let few = 3.try_into()?;
    let app = App::with(Setup {
        operators: true,
        limits: Limits {
            sign_in: few,
            push: few,
            ..Limits::default()
        },
        ..Setup::default()
    })
    .await?;
    let (person, stranger) = (app.signed_in().await?, app.visitor()?);
    let wrong = [("current", "wrong"), ("password", "x"), ("again", "x")];
    for attempt in 0..4 {
        let changed = person
            .post_form("/aliexpress/operators/password", &wrong)
            .await?;
        let pushed = stranger
            .post_json("/aliexpress/push", &serde_json::json!({}))
            .await?;
        for (reply, expected) in [(changed, 403), (pushed, 401)] {
            if attempt < 3 {
                assert_eq!(reply.status, expected, "{}", reply.text());
            } else {
                expect_refusal(&reply)?;
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_locks_nobody_out() -> Result<()> {
    let app = guarded().await?;
    let visitor = app.visitor()?;
    for _ in 0..Limits::default().callback.get() {
        call_back(&visitor).await?.expect_status(303)?;
    }
    app.advance(-3600);
    expect_refusal(&call_back(&visitor).await?)?;
    app.advance(60);
    call_back(&visitor).await?.expect_status(303)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn vending_is_limited_for_each_key() -> Result<()> {
    let app = guarded().await?;
    app.connect().await?;
    let path = "/api/aliexpress/connections/default/token";
    let (eager, other) = (
        app.program(&[Scope::Token]).await?,
        app.program(&[Scope::Token]).await?,
    );
    for _ in 0..Limits::default().vending.get() {
        eager.get(path).await?.expect_status(200)?;
    }
    let refused = eager.get(path).await?;
    expect_refusal(&refused)?;
    assert!(!refused.text().contains("access_token"));
    other.get(path).await?.expect_status(200)?;
    app.advance(60);
    eager.get(path).await?.expect_status(200)?;
    Ok(())
}
