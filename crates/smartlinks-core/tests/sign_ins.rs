//! Signing in: of accounts at AliExpress, and of operators here.

use std::net::IpAddr;

use anyhow::{Context, Result};
use smartlinks_core::store::{AuditEntry, AuditFilter};
use smartlinks_core::{
    AuditQuery, BeginLogin, Browser, CallbackParams, Ending, Error, NewLink, OrderListing, Refusal,
    Requester, Visitor,
};
use testkit::app::{App, OPERATOR, PASSWORD, Setup};

const DAY: i64 = 86_400;

/// A link for a further account, opened in a browser: that browser, and the `state` that went to AliExpress.
async fn link_opened(app: &App, label: &str) -> Result<(Browser, String)> {
    let link = app.core.create_connect_link(NewLink {
        connection: None,
        label: Some(label.to_owned()),
    });
    let url = link.await?.url;
    let token = url.rsplit('/').next().context("no token")?;
    let (_, browser) = Browser::generate(&app.core)?;
    let started = app.core.use_connect_link(token, browser.clone()).await?;
    Ok((browser, started.state))
}

fn query(pairs: &[(&str, &str)]) -> CallbackParams {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    CallbackParams::from_query(&query.extend_pairs(pairs).finish())
}

async fn refusal(app: &App, params: CallbackParams, browser: Option<Browser>) -> Result<Refusal> {
    match app.core.finish_login(params, browser).await {
        Err(Error::Refused(refusal)) => Ok(refusal),
        other => anyhow::bail!("not refused: {other:?}"),
    }
}

/// Whoever makes a link for a further account does not know that it will be one that has a name already.
#[tokio::test(flavor = "multi_thread")]
async fn a_further_account_that_is_known_keeps_its_name() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    for (own, label, named) in [
        (None, "from a link", "from a link"),
        (Some("shop"), "another", "shop"),
    ] {
        app.core.set_label(&id, own).await?;
        let (browser, state) = link_opened(&app, label).await?;
        let code = app.code(None).await?;
        let params = query(&[("code", &code), ("state", &state)]);
        let done = app.core.finish_login(params, Some(browser)).await?;
        assert_eq!(done.connection.id, id);
        assert_eq!(done.connection.label.as_deref(), Some(named));
    }
    Ok(())
}

/// A link that is opened in a messenger, and cancelled in the browser that AliExpress hands over to.
#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_who_cancels_elsewhere_ends_where_merchants_do() -> Result<()> {
    let app = App::start().await?;
    let (browser, state) = link_opened(&app, "shop").await?;
    let (_, other) = Browser::generate(&app.core)?;
    let cancelled = || query(&[("error", "access_denied"), ("state", &state)]);
    for browser in [None, Some(other), Some(browser.clone()), Some(browser)] {
        let refused = refusal(&app, cancelled(), browser).await?;
        assert_eq!(refused.ending, Ending::Merchant);
    }
    // Where a login was to end is its own browser's business alone.
    let (_, browser) = Browser::generate(&app.core)?;
    let begin = BeginLogin {
        return_to: Some("/aliexpress/orders".to_owned()),
        ..BeginLogin::by(Requester::Browser(browser.clone()))
    };
    let state = app.core.begin_login(begin).await?.state;
    let cancelled = || query(&[("error", "access_denied"), ("state", &state)]);
    let elsewhere = refusal(&app, cancelled(), None).await?;
    assert_eq!(
        (elsewhere.ending, elsewhere.return_to),
        (Ending::Here, None)
    );
    let here = refusal(&app, cancelled(), Some(browser)).await?;
    assert_eq!(here.return_to.as_deref(), Some("/aliexpress/orders"));
    Ok(())
}

/// The gateway gives a pair once. A database that only hesitates gets it all the same.
#[tokio::test(flavor = "multi_thread")]
async fn the_pair_of_a_sign_in_waits_for_the_database() -> Result<()> {
    let app = App::start().await?;
    let mut database = app.database()?;
    // A conflict is what passes.
    database.execute(
        "create trigger hesitates before insert on connections begin select raise(abort, 'made up'); end",
    )?;
    let (core, code) = (app.core.clone(), app.code(None).await?);
    let exchange = tokio::spawn(async move { core.exchange_pasted(&code, None).await });
    while app.journal("/auth/token/create").await?.is_empty() {
        tokio::task::yield_now().await;
    }
    // Writes are made one after the other: behind these the first try has failed.
    for _ in 0..3 {
        let begin = BeginLogin::by(Requester::Headless);
        app.core.begin_login(begin).await?;
    }
    assert!(!exchange.is_finished(), "given up at once");
    database.execute("drop trigger hesitates")?;
    let connected = exchange.await??;
    assert_eq!(app.core.connection(&connected.id).await?.generation, 1);
    Ok(())
}

/// SQLite takes a NUL and PostgreSQL does not: neither is asked.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_writes_is_refused_before_the_database_is_asked() -> Result<()> {
    let app = App::start().await?;
    let core = &app.core;
    let begin = BeginLogin {
        caller_state: Some("a\u{0}b".to_owned()),
        ..BeginLogin::by(Requester::Headless)
    };
    let refused = core.begin_login(begin).await;
    assert!(matches!(
        refused,
        Err(Error::Invalid { field: "state", .. })
    ));
    let query_of = |action: &str| AuditQuery {
        action: Some(action.to_owned()),
        ..AuditQuery::default()
    };
    let refused = core.audit_log(&query_of("a\u{0}")).await;
    assert!(matches!(
        refused,
        Err(Error::Invalid {
            field: "action",
            ..
        })
    ));
    let listing = OrderListing {
        after: Some("1.\u{0}".to_owned()),
        ..OrderListing::default()
    };
    let refused = core.orders(&listing).await;
    assert!(matches!(
        refused,
        Err(Error::Invalid { field: "after", .. })
    ));
    let refused = core.connect_links(Some("1.\u{0}"), 10).await;
    assert!(matches!(
        refused,
        Err(Error::Invalid { field: "after", .. })
    ));
    let refused = core.connect_link("\u{0}").await;
    assert!(matches!(refused, Err(Error::UnknownLink(_))));
    for id in ["\u{0}", "msg_1\u{0}", "msg 1", "é"] {
        let refused = core.webhook_delivery(id).await;
        assert!(matches!(refused, Err(Error::UnknownDelivery(_))), "{id:?}");
        let refused = core.resend_webhook(id).await;
        assert!(matches!(refused, Err(Error::UnknownDelivery(_))), "{id:?}");
    }
    let refused = core.disable_operator("a\u{0}").await;
    assert!(matches!(refused, Err(Error::UnknownOperator(_))));

    let (_, browser) = Browser::generate(core)?;
    let started = core.begin_login(BeginLogin::by(Requester::Browser(browser.clone())));
    let started = started.await?;
    let params = query(&[
        ("error", "bad\u{0}"),
        ("error_description", "one\u{0}two\nthree"),
        ("state", &started.state),
    ]);
    let refused = refusal(&app, params, Some(browser.clone())).await?;
    assert_eq!(refused.description.as_deref(), Some("bad: onetwothree"));
    let kept = core.login_attempt(&started.reference(), &browser).await?;
    let kept = kept.context("not kept")?.description;
    assert_eq!(kept.as_deref(), Some("bad: onetwothree"));
    Ok(())
}

fn visitor(address: &str) -> Result<Visitor> {
    Ok(Visitor {
        address: Some(address.parse::<IpAddr>()?),
        agent: None,
    })
}

/// The entries of the audit log about people who were not let in, the oldest first.
async fn refused_sign_ins(app: &App) -> Result<Vec<AuditEntry>> {
    app.core.drain().await;
    let filter = AuditFilter {
        action: Some("operator.signed_in".to_owned()),
        ..AuditFilter::default()
    };
    let mut entries = app.core.store().audit().page(&filter, None, 100).await?;
    entries.retain(|entry| entry.outcome != "ok");
    entries.reverse();
    Ok(entries)
}

/// R32: guessing is seen, with the address that it comes from, and cannot fill the log.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_let_in_is_on_record_with_the_address() -> Result<()> {
    let app = App::with(Setup {
        attempts: std::num::NonZeroU32::new(2).context("two")?,
        ..Setup::default()
    })
    .await?;
    app.operator().await?;
    let guesser = visitor("203.0.113.9")?;
    for (number, name) in [OPERATOR, "no\u{0}such", "no\u{0}such"]
        .into_iter()
        .enumerate()
    {
        let guess = app
            .core
            .sign_in(name, "wrong guess".to_owned().into(), &guesser, None);
        assert!(matches!(guess.await, Err(Error::WrongPassword)), "{number}");
    }
    for _ in 0..30 {
        let guess = app.core.sign_in(
            "no\u{0}such",
            "wrong guess".to_owned().into(),
            &guesser,
            None,
        );
        assert!(matches!(guess.await, Err(Error::TooManyAttempts { .. })));
    }
    let entries = refused_sign_ins(&app).await?;
    let outcomes: Vec<_> = entries.iter().map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(
        outcomes,
        ["wrong_password", "wrong_password", "too_many_attempts"]
    );
    for entry in &entries {
        assert_eq!(entry.actor.address.as_deref(), Some("203.0.113.9"));
    }
    let last = entries.last().context("no entry")?;
    assert!(
        last.data_json.contains(r#""count":30"#),
        "{}",
        last.data_json
    );
    assert!(
        !format!("{entries:?}").contains("such"),
        "a name that is nobody's"
    );
    Ok(())
}

/// A full disk is when an operator wants to look.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_counts_while_the_database_takes_no_writes() -> Result<()> {
    let app = App::start().await?;
    app.operator().await?;
    let own = visitor("192.0.2.1")?;
    let entered = app
        .core
        .sign_in(OPERATOR, PASSWORD.to_owned().into(), &own, None);
    let cookie = entered.await?.cookie;
    let mut database = app.database()?;
    database.execute(
        "create trigger full before update on sessions begin select raise(abort, 'made up'); end;
         create trigger fuller before delete on sessions begin select raise(abort, 'made up'); end",
    )?;
    app.advance(61);
    assert!(app.core.session(&cookie).await?.is_some());
    app.advance(8 * DAY);
    assert!(app.core.session(&cookie).await?.is_none(), "it has ended");
    Ok(())
}

/// An operator is invited by the page only as long as there is no password to be replaced.
#[tokio::test(flavor = "multi_thread")]
async fn only_the_invited_get_a_link_from_another_operator() -> Result<()> {
    let app = App::start().await?;
    let invited = app.core.invite_operator("bruno").await?.operator;
    app.core.link_for_invited(&invited.id).await?;
    let chosen = "correct horse battery".to_owned();
    app.core
        .set_operator_password("bruno", chosen.into())
        .await?;
    let refused = app.core.link_for_invited(&invited.id).await;
    assert!(matches!(refused, Err(Error::UnknownOperator(_))));
    app.core.link_for_operator("bruno").await?;
    app.core.disable_operator("bruno").await?;
    let refused = app.core.link_for_operator("bruno").await;
    assert!(matches!(refused, Err(Error::OperatorDisabled(_))));
    Ok(())
}
