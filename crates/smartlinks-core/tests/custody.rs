//! A token is never lost, and one refresh serves everybody: against the sandbox, with a clock that
//! stands still until it is moved.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::aliexpress::Class;
use smartlinks_core::{BeginLogin, ConnectionState, Error, LoginResult, ProductQuery, Requester};
use testkit::app::{App, Setup};

const DAY: i64 = 86_400;
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_callers_at_the_deadline_make_one_refresh() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    app.advance(31 * DAY);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let core = app.core.clone();
        tasks.spawn(async move {
            core.vend(None, SECOND)
                .await
                .map(|vended| vended.connection().generation)
        });
    }
    while let Some(generation) = tasks.join_next().await {
        assert_eq!(generation??, 2);
    }
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_waiters_look_again_instead_of_refreshing_again() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    app.advance(31 * DAY);
    app.control("faults", &json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "delay", "delay_ms": 400}))
        .await?;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let core = app.core.clone();
        tasks.spawn(async move { core.vend(None, SECOND).await.map(drop) });
    }
    while let Some(result) = tasks.join_next().await {
        result??;
    }
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_over_one_database_make_one_refresh() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let others = [
        app.beside().await?,
        app.beside().await?,
        app.beside().await?,
    ];
    app.advance(31 * DAY);
    app.control("faults", &json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "delay", "delay_ms": 500}))
        .await?;
    let mut tasks = tokio::task::JoinSet::new();
    for core in others.iter().map(|other| &other.core).chain([&app.core]) {
        for _ in 0..5 {
            let core = core.clone();
            tasks.spawn(async move {
                core.vend(None, SECOND)
                    .await
                    .map(|vended| vended.connection().generation)
            });
        }
    }
    while let Some(generation) = tasks.join_next().await {
        assert_eq!(generation??, 2);
    }
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_outlives_a_call_that_takes_longer_than_it() -> Result<()> {
    let mut setup = Setup::default();
    setup.refresh.lease = Duration::from_secs(3);
    let app = App::with(setup).await?;
    app.connect().await?;
    let other = app.beside().await?;
    app.advance(31 * DAY);
    let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "delay", "delay_ms": 3600});
    app.control("faults", &fault).await?;
    // The clock runs a little fast while the call hangs, five of its seconds altogether: without renewal
    // the lease of three would run out, and the second process would refresh as well.
    let ticking = tokio::spawn({
        let clock = app.sandbox.clock();
        async move {
            let mut beat = tokio::time::interval(Duration::from_millis(800));
            for _ in 0..5 {
                beat.tick().await;
                clock.advance(1);
            }
        }
    });
    let (one, two) = tokio::join!(app.core.vend(None, SECOND), other.core.vend(None, SECOND));
    assert_eq!(
        (one?.connection().generation, two?.connection().generation),
        (2, 2)
    );
    ticking.await?;
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_does_not_block_the_next() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    app.advance(31 * DAY);
    app.control("faults", &json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "delay", "delay_ms": 500}))
        .await?;
    let core = app.core.clone();
    let impatient = tokio::time::timeout(Duration::from_millis(100), async move {
        core.vend(None, SECOND).await
    })
    .await;
    assert!(impatient.is_err(), "the first caller was to give up");
    // The refresh itself went on; the next caller gets its result and makes no second one.
    assert_eq!(
        app.core.vend(None, SECOND).await?.connection().generation,
        2
    );
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    app.control(
        "profile",
        &json!({"omit": ["refresh_token"], "rotate_refresh_token": false}),
    )
    .await?;
    app.advance(31 * DAY);
    app.core.vend(None, SECOND).await?;
    app.advance(5 * DAY);
    let view = app.core.refresh_now(&id).await?;
    assert_eq!((view.generation, view.state), (3, ConnectionState::Active));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_deadlines_leaves_them_unknown() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let before = app.core.connection(&id).await?;
    app.control(
        "profile",
        &json!({"omit": ["refresh_expires_in", "refresh_token_valid_time"]}),
    )
    .await?;
    let view = app.core.refresh_now(&id).await?;
    assert_eq!(
        view.sign_in_again_by, before.sign_in_again_by,
        "a known deadline was lost"
    );
    app.control("profile", &json!({"omit": ["expires_in", "expire_time"]}))
        .await?;
    let view = app.core.refresh_now(&id).await?;
    assert_eq!(view.works_until, None);
    assert!(
        view.usable && view.state == ConnectionState::Active,
        "{view:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_explicit_refusal_ends_a_connection() -> Result<()> {
    for (then, code) in [
        ("http_500", ""),
        ("html", ""),
        ("truncate", ""),
        ("reset", ""),
        ("error", "ServiceUnavailable"),
        ("error", "InternalError"),
        ("error", "ApiCallLimit"),
        ("error", "AppApiCallLimit"),
        ("error", "IncompleteSignature"),
        ("error", "SomethingNew"),
    ] {
        let app = App::start().await?;
        let id = app.connect().await?;
        let mut fault =
            json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": then});
        if matches!(then, "truncate" | "reset") {
            // The call never arrives; that a lost answer to a call that did can cost the pair is AliExpress's doing.
            fault["takes_effect"] = json!(false);
        }
        if !code.is_empty() {
            fault["code"] = json!(code);
        }
        app.control("faults", &fault).await?;
        let error = app
            .core
            .refresh_now(&id)
            .await
            .err()
            .with_context(|| format!("{then} {code} went well"))?;
        assert!(matches!(error, Error::Gateway(_)), "{then} {code}: {error}");
        let view = app.core.connection(&id).await?;
        assert_eq!(
            (view.state, view.generation),
            (ConnectionState::Degraded, 1),
            "{then} {code}"
        );
        assert!(
            view.usable,
            "{then} {code}: a token that still works is hidden"
        );
        app.core.vend(None, SECOND).await?;
        if code == "AppApiCallLimit" {
            assert!(
                matches!(&error, Error::Gateway(gateway) if matches!(gateway.advice().class, Class::Wait { .. }))
            );
        }
        if code.ends_with("CallLimit") {
            // Until the ban is over the gateway is not even asked.
            app.advance(DAY);
        }
        let view = app.core.refresh_now(&id).await?;
        assert_eq!(
            (view.state, view.generation),
            (ConnectionState::Active, 2),
            "{then} {code}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_refresh_token_asks_for_a_person_and_the_token_serves_until_its_end() -> Result<()>
{
    let app = App::start().await?;
    let id = app.connect().await?;
    let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "error", "code": "IllegalRefreshToken"});
    app.control("faults", &fault).await?;
    assert!(matches!(
        app.core.refresh_now(&id).await,
        Err(Error::ReauthorizationRequired { .. })
    ));
    let view = app.core.connection(&id).await?;
    assert_eq!(view.state, ConnectionState::ReauthorizationRequired);
    assert_eq!(view.reason.as_deref(), Some("refresh_token_refused"));
    app.core.vend(None, SECOND).await?;
    app.advance(31 * DAY);
    assert!(matches!(
        app.core.vend(None, SECOND).await,
        Err(Error::ReauthorizationRequired { .. })
    ));
    // Signing in again brings the same connection back.
    assert_eq!(app.connect().await?, id);
    assert_eq!(
        app.core.connection(&id).await?.state,
        ConnectionState::Active
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_an_old_token_ends_nothing_when_a_newer_pair_is_there() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let other = app.beside().await?;
    // This process asks with the first refresh token and is refused, but late…
    let fault = json!({
        "match": {"method": "/auth/token/refresh"}, "times": 1,
        "then": "error", "code": "IllegalRefreshToken", "delay_ms": 800,
    });
    app.control("faults", &fault).await?;
    let refused = tokio::spawn({
        let (core, id) = (app.core.clone(), id.clone());
        async move { core.refresh_now(&id).await }
    });
    while app.refreshes().await? == 0 {
        tokio::task::yield_now().await;
    }
    // …while the account signs in again through another one.
    other
        .core
        .exchange_pasted(&app.code(None).await?, None)
        .await?;
    let signed_in = app.core.connection(&id).await?;
    assert_eq!(
        (signed_in.generation, signed_in.state),
        (2, ConnectionState::Active)
    );
    // Told to look again, the slow process finds the newer pair and is content.
    refused.await??;
    assert_eq!(
        app.core.connection(&id).await?,
        signed_in,
        "the refusal changed something"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_background_refresher_keeps_tokens_alive_without_a_person() -> Result<()> {
    let app = App::with(Setup {
        refresher: true,
        ..Setup::default()
    })
    .await?;
    let id = app.connect().await?;
    let mut events = app.core.follow_events();
    app.advance(31 * DAY);
    let event = tokio::time::timeout(Duration::from_secs(5), events.recv()).await??;
    assert_eq!(event.kind, "connection.refreshed");
    assert_eq!(app.core.connection(&id).await?.generation, 2);
    app.advance(40 * DAY);
    let event = tokio::time::timeout(Duration::from_secs(5), events.recv()).await??;
    assert_eq!(event.kind, "connection.reauthorization_required");
    let view = app.core.connection(&id).await?;
    assert_eq!(view.state, ConnectionState::ReauthorizationRequired);
    assert_eq!(view.reason.as_deref(), Some("sign_in_deadline_passed"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_deadline_warns_in_steps() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let state = async || {
        app.core
            .connection(&id)
            .await
            .map(|view| (view.state, view.reason))
    };
    app.advance(45 * DAY);
    assert_eq!(state().await?.0, ConnectionState::Active);
    for (days, step) in [(1, 14), (7, 7), (4, 3), (2, 1)] {
        app.advance(days * DAY);
        let reason = Some(format!("sign_in_within_{step}_days"));
        assert_eq!(state().await?, (ConnectionState::Expiring, reason));
    }
    app.advance(2 * DAY);
    assert_eq!(state().await?.0, ConnectionState::ReauthorizationRequired);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_app_with_a_short_window_is_not_warned_from_the_first_day() -> Result<()> {
    let app = App::start().await?;
    app.control("profile", &json!({"lifetimes": "test"}))
        .await?;
    let id = app.connect().await?;
    assert_eq!(
        app.core.connection(&id).await?.state,
        ConnectionState::Active
    );
    app.advance(DAY + DAY / 2);
    assert_eq!(
        app.core.connection(&id).await?.state,
        ConnectionState::Active
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_edit_beside_a_refresh_loses_neither() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let (refreshed, labelled) = tokio::join!(
        app.core.refresh_now(&id),
        app.core.set_label(&id, Some("Boutique"))
    );
    refreshed?;
    labelled?;
    let view = app.core.connection(&id).await?;
    assert_eq!(
        (view.generation, view.label.as_deref()),
        (2, Some("Boutique"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_refusing_the_access_token_leads_to_one_refresh_and_one_repeat() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let product = app.products().await?[0].clone();
    let fault = json!({"match": {"method": "aliexpress.ds.product.get"}, "times": 1, "then": "error", "code": "IllegalAccessToken"});
    app.control("faults", &fault).await?;
    app.core.product(&product, &Default::default()).await?;
    assert_eq!(app.refreshes().await?, 1);
    assert_eq!(app.journal("aliexpress.ds.product.get").await?.len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn vending_guarantees_the_asked_life() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    app.advance(30 * DAY - 300);
    let vended = app.core.vend(None, Duration::from_secs(600)).await?;
    assert_eq!(
        vended.connection().generation,
        2,
        "a token with less life than asked for was given"
    );
    let year = Duration::from_secs(365 * 86_400);
    assert!(matches!(
        app.core.vend(None, year).await,
        Err(Error::TooShortLived { .. })
    ));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_stops_vending_and_leaves_a_stub() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    app.core.disconnect(&id).await?;
    assert!(matches!(
        app.core.vend(Some(&id), SECOND).await,
        Err(Error::Disconnected(_))
    ));
    assert!(matches!(
        app.core.vend(None, SECOND).await,
        Err(Error::NotConnected)
    ));
    assert_eq!(app.core.connections().await?.len(), 0);
    assert_eq!(
        app.connect().await?,
        id,
        "the account did not get its id back"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_that_was_refused_for_good_is_not_handed_out_again() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let refuse = |method: &str, code: &str| json!({"match": {"method": method}, "times": 1, "then": "error", "code": code});
    app.control(
        "faults",
        &refuse("/auth/token/refresh", "IllegalRefreshToken"),
    )
    .await?;
    app.control(
        "faults",
        &refuse("aliexpress.ds.product.get", "IllegalAccessToken"),
    )
    .await?;
    let product = app.products().await?[0].clone();
    let answer = app.core.product(&product, &ProductQuery::default()).await;
    assert!(matches!(answer, Err(Error::ReauthorizationRequired { .. })));
    let view = app.core.connection(&id).await?;
    assert_eq!(
        (view.state, view.usable),
        (ConnectionState::ReauthorizationRequired, false)
    );
    // The first refusal is the cause that is told.
    assert_eq!(view.reason.as_deref(), Some("refresh_token_refused"));
    assert!(app.core.vend(None, SECOND).await.is_err());
    assert!(!app.core.status().await?.authenticated);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_token_that_is_refused_costs_no_further_rotation() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let fault = json!({"match": {"method": "aliexpress.ds.product.get"}, "times": 10, "then": "error", "code": "IllegalAccessToken"});
    app.control("faults", &fault).await?;
    let product = app.products().await?[0].clone();
    for _ in 0..4 {
        assert!(
            app.core
                .product(&product, &ProductQuery::default())
                .await
                .is_err()
        );
    }
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_default_connection_the_answer_says_so() -> Result<()> {
    let app = App::start().await?;
    let first = app.connect().await?;
    app.core
        .exchange_pasted(&app.code(Some("buyer2")).await?, None)
        .await?;
    app.core.disconnect(&first).await?;
    match app.core.vend(None, SECOND).await {
        Err(Error::NoDefault) => Ok(()),
        other => anyhow::bail!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_started_a_login_learns_how_another_process_finished_it() -> Result<()> {
    let app = App::start().await?;
    let server = app.beside().await?;
    let started = app
        .core
        .begin_login(BeginLogin::by(Requester::Headless))
        .await?;
    assert_eq!(app.core.login_result(&started.state).await?, None);
    let address = format!("?code={}&state={}", app.code(None).await?, started.state);
    let connected = server.core.exchange_pasted(&address, None).await?;
    assert_eq!(
        app.core.login_result(&started.state).await?,
        Some(LoginResult::Connected(Box::new(connected)))
    );

    let started = app
        .core
        .begin_login(BeginLogin::by(Requester::Headless))
        .await?;
    let address = format!("?code=never&state={}", started.state);
    assert!(server.core.exchange_pasted(&address, None).await.is_err());
    let ended = app.core.login_result(&started.state).await?;
    assert!(matches!(ended, Some(LoginResult::Refused { code, .. }) if code == "exchange_failed"));
    Ok(())
}
