//! What goes on by itself: old rows are forgotten, and messages are worked on until they are over.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use smartlinks_core::store::{Account, Hash, NewPush, PushState, Traces};
use smartlinks_core::{PushWork, to_millis};
use testkit::app::App;

const DAY: i64 = 86_400;

/// One table that cannot be cleared does not keep what is old in all others.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_forgotten_keeps_nothing_else() -> Result<()> {
    let app = App::start().await?;
    let headless = || smartlinks_core::BeginLogin::by(smartlinks_core::Requester::Headless);
    app.core.begin_login(headless()).await?;
    let id = app.connect().await?;
    app.core.set_label(&id, Some("shop")).await?;
    assert_eq!(app.core.latest_events(10).await?.len(), 2);
    let mut database = app.database()?;
    database.execute(
        "create trigger kept before delete on login_attempts begin select raise(abort, 'made up'); end",
    )?;
    app.advance(500 * DAY);
    assert!(app.core.forget_old().await.is_err(), "it is said");
    // The last one stays, so that its number does not come again.
    assert_eq!(app.core.latest_events(10).await?.len(), 1);
    let everything = smartlinks_core::AuditQuery::default();
    assert!(app.core.audit_log(&everything).await?.entries.is_empty());
    database.execute("drop trigger kept")?;
    assert!(app.core.forget_old().await? > 0);
    Ok(())
}

/// A message as it is stored when its signature is good.
async fn arrived(app: &App, hash: Hash, body: &Value) -> Result<()> {
    let push = NewPush {
        hash,
        message_type: body["message_type"].as_i64(),
        body: body.to_string().into(),
        state: PushState::Waiting,
        outcome: None,
        received_at: to_millis(app.core.now()),
    };
    let taken = app.core.store().pushes().take_push(push, Traces::none());
    assert!(taken.await?);
    Ok(())
}

const DONE: PushWork = PushWork {
    claimed: 1,
    finished: 1,
};

/// What breaks whoever works on it is not worked on for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_work_never_ends_is_given_up() -> Result<()> {
    let app = App::start().await?;
    // Gives the list of events its beginning.
    app.core.status().await?;
    arrived(&app, [1; 32], &json!({ "message_type": 99, "data": {} })).await?;
    // Ten times it was claimed, and never was there an end to write down.
    app.database()?.execute("update pushes set attempts = 10")?;
    assert_eq!(app.core.work_on_pushes().await?, DONE);
    let events = app.core.latest_events(10).await?;
    let told = events.first().context("nothing is told")?;
    assert_eq!(
        (told.kind.as_str(), &told.data["outcome"]),
        ("push.failed", &json!("never_ended"))
    );
    assert_eq!(app.core.work_on_pushes().await?, PushWork::default());
    Ok(())
}

/// Messages call an account by its number as a seller, which need not be that of its user.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_known_by_its_number_as_a_seller() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let connections = app.core.store().connections();
    let record = connections.find(&id.parse()?).await?.context("no record")?;
    let (_, material) = connections.token(&record.id).await?.context("no token")?;
    let account = Account {
        seller_id: Some("4242".to_owned()),
        ..record.account.clone()
    };
    let pair = smartlinks_core::store::NewPair {
        material,
        obtained_at: record.obtained_at.context("no moment")?,
        works_until: record.works_until,
        sign_in_again_by: record.sign_in_again_by,
        next_refresh_at: record.next_refresh_at,
    };
    let now = to_millis(app.core.now());
    let again = connections.reconnect(&record.id, account, false, None, pair, now.into());
    again.await?;
    let soon = (app.core.now().as_millisecond() + 1000 * DAY).to_string();
    for (hash, seller, outcome) in [
        ([1; 32], "4242", "authorization_ends"),
        (
            [2; 32],
            record.account.user_id.as_str(),
            "authorization_ends",
        ),
        ([3; 32], "4243", "account_unknown"),
        ([4; 32], "42\u{0}42", "account_unknown"),
    ] {
        let body =
            json!({ "message_type": 8, "seller_id": seller, "data": { "auth_expiry_time": soon } });
        arrived(&app, hash, &body).await?;
        assert_eq!(app.core.work_on_pushes().await?, DONE);
        let events = app.core.latest_events(1).await?;
        let told = events.first().context("nothing is told")?;
        assert_eq!(told.data["outcome"], outcome, "{seller:?}");
    }
    Ok(())
}
