//! Signing in with an OpenID Connect provider: the right way, and each way that has to be refused. The provider is a
//! small one of the test's own; everything else is the service as it is.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends at the first thing that goes wrong"
)]

mod provider;
mod refused;

use std::sync::Arc;

use anyhow::{Context, Result};
use provider::{CLIENT_ID, CLIENT_SECRET, Provider, REDIRECT, set, without};
use secrecy::SecretString;
use serde_json::{Value, json};
use smartlinks_core::store::{ActorKind, AuditEntry, AuditFilter};
use smartlinks_core::{OidcProvider, OidcSettings, OperatorState};
use testkit::app::{App, MakeProvider, OPERATOR, SESSION_COOKIE, Setup};
use testkit::http::{Http, Reply};

pub(crate) const SIGN_IN: &str = "/aliexpress/sign-in";
pub(crate) const START: &str = "/aliexpress/sign-in/oidc";

/// The provider as the service knows it, under this name.
pub(crate) fn known_as(issuer: &str) -> MakeProvider {
    let settings = OidcSettings {
        issuer: issuer.to_owned(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: SecretString::from(CLIENT_SECRET.to_owned()),
        redirect_uri: REDIRECT.parse().unwrap(),
    };
    Arc::new(move |clock| Arc::new(OidcProvider::new(settings.clone(), clock).unwrap()))
}

pub(crate) fn setup(issuer: &str) -> Setup {
    Setup {
        operators: true,
        limits: smartlinks_server::Limits::out_of_reach(),
        identity_provider: Some(known_as(issuer)),
        ..Setup::default()
    }
}

/// A service with an operator, and the provider.
pub(crate) async fn both() -> Result<(App, Provider)> {
    let provider = Provider::start().await?;
    let app = App::with(setup(&provider.url)).await?;
    app.operator().await?;
    Ok((app, provider))
}

/// Goes to the provider, says yes there, and gives the path and query that the provider sends the browser back to.
pub(crate) async fn away(visitor: &Http, start: &str) -> Result<String> {
    let begun = visitor.get(start).await?.expect_status(303)?;
    assert_eq!(begun.header("referrer-policy"), Some("no-referrer"));
    let address = begun.location()?.to_owned();
    // Another visitor, since cookies of ours are not sent elsewhere.
    let sent_back = Http::new("http://127.0.0.1:1")?.get(&address).await?;
    let back = sent_back.expect_status(303)?.location()?.to_owned();
    let path = back.strip_prefix("https://shop.example.com");
    Ok(path.context("sent back to somewhere else")?.to_owned())
}

/// The whole way.
pub(crate) async fn sign_in(visitor: &Http) -> Result<Reply> {
    let back = away(visitor, START).await?;
    visitor.get(&back).await?.expect_status(303)
}

pub(crate) async fn opens(visitor: &Http) -> Result<bool> {
    Ok(visitor.get("/aliexpress").await?.status == 200)
}

/// The audit log, the oldest entry first.
pub(crate) async fn audit(app: &App) -> Result<Vec<AuditEntry>> {
    let log = app.core.store().audit();
    let mut entries = log.page(&AuditFilter::default(), None, 100).await?;
    entries.reverse();
    Ok(entries)
}

pub(crate) fn data_of(entry: &AuditEntry) -> Value {
    serde_json::from_str(&entry.data_json).unwrap()
}

async fn named(app: &App, name: &str) -> Result<smartlinks_core::OperatorView> {
    let operators = app.core.operators().await?;
    let found = operators.into_iter().find(|one| one.name == name);
    found.context("no such operator")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_address_signs_in_the_operator_of_that_name() -> Result<()> {
    let (app, provider) = both().await?;
    let person = app.visitor()?;
    let asked = format!("{SIGN_IN}?return_to=/aliexpress/orders&lang=en");
    let page = person.get(&asked).await?.text();
    assert!(page.contains("Sign in with 127.0.0.1"), "{page}");
    let start = format!("{START}?return_to=%2Faliexpress%2Forders");
    assert!(page.contains(&format!("href=\"{start}\"")), "{page}");

    provider.script().person["email"] = json!("ANNA@Example.com");
    let back = away(&person, &start).await?;
    let reply = person.get(&back).await?.expect_status(303)?;
    assert_eq!(reply.location()?, "/aliexpress/orders");
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert!(opens(&person).await?);
    let sessions = app
        .core
        .sessions_of(&named(&app, OPERATOR).await?.id)
        .await?;
    assert_eq!(sessions.len(), 1, "a session like any other");

    let entries = audit(&app).await?;
    let [.., linked, signed_in] = entries.as_slice() else {
        panic!("{entries:?}");
    };
    assert_eq!(linked.action, "operator.identity_linked");
    assert_eq!(
        (signed_in.action.as_str(), signed_in.outcome.as_str()),
        ("operator.signed_in", "ok")
    );
    for entry in [linked, signed_in] {
        assert_eq!(entry.actor.kind, ActorKind::Operator);
        assert_eq!(entry.actor.name.as_deref(), Some(OPERATOR));
        let data = data_of(entry);
        assert_eq!(
            (&data["issuer"], &data["subject"]),
            (&json!(provider.url), &json!("person-1"))
        );
    }
    assert_eq!(data_of(signed_in)["by"], "oidc");
    assert_eq!(data_of(signed_in)["name"], OPERATOR);
    Ok(())
}

/// From the first sign-in on the subject counts, whatever becomes of the address.
#[tokio::test(flavor = "multi_thread")]
async fn the_subject_is_the_person_and_the_address_only_introduces_it() -> Result<()> {
    let (app, provider) = both().await?;
    sign_in(&app.visitor()?).await?;
    for (email, verified) in [
        (json!("anna.married@example.com"), true),
        (json!("anna@example.com"), false),
        (Value::Null, false),
    ] {
        provider.script().person =
            json!({ "sub": "person-1", "email": email, "email_verified": verified });
        if email.is_null() {
            provider.script().claims = without("email");
        }
        let person = app.visitor()?;
        assert_eq!(sign_in(&person).await?.location()?, "/aliexpress");
        assert!(opens(&person).await?);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_planted_is_worth_nothing_afterwards() -> Result<()> {
    let (app, _provider) = both().await?;
    let planted = app.signed_in().await?.cookies()[SESSION_COOKIE].clone();
    let person = app.visitor()?;
    person.set_cookie(SESSION_COOKIE, &planted);
    sign_in(&person).await?;
    assert_ne!(person.cookies()[SESSION_COOKIE], planted);
    let thief = app.visitor()?;
    thief.set_cookie(SESSION_COOKIE, &planted);
    assert!(!opens(&thief).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_rsa_and_a_secret_in_the_form_do_as_well() -> Result<()> {
    let (app, provider) = both().await?;
    provider.takes_rsa();
    let only_form = json!(["client_secret_post"]);
    provider.script().described = set("token_endpoint_auth_methods_supported", only_form);
    let person = app.visitor()?;
    assert_eq!(sign_in(&person).await?.location()?, "/aliexpress");
    assert!(opens(&person).await?);
    Ok(())
}

/// What is needed to finish stands in the database and in the cookie, and not in a process.
#[tokio::test(flavor = "multi_thread")]
async fn another_instance_finishes_what_one_has_begun() -> Result<()> {
    let (app, _provider) = both().await?;
    let other = app.beside().await?;
    let person = app.visitor()?;
    let back = away(&person, START).await?;
    let there = other.visitor()?;
    for (name, value) in person.cookies() {
        there.set_cookie(&name, &value);
    }
    let reply = there.get(&back).await?.expect_status(303)?;
    assert_eq!(reply.location()?, "/aliexpress");
    assert!(opens(&there).await?);
    Ok(())
}

/// Two tabs of one browser.
#[tokio::test(flavor = "multi_thread")]
async fn two_sign_ins_of_one_browser_do_not_disturb_each_other() -> Result<()> {
    let (app, _provider) = both().await?;
    let person = app.visitor()?;
    let (one, two) = (away(&person, START).await?, away(&person, START).await?);
    for back in [one, two] {
        let reply = person.get(&back).await?.expect_status(303)?;
        assert_eq!(reply.location()?, "/aliexpress");
    }
    Ok(())
}

/// The provider is asked once, its keys again when one is unknown, and then not more often than once a minute.
#[tokio::test(flavor = "multi_thread")]
async fn keys_are_remembered_and_renewed() -> Result<()> {
    let (app, provider) = both().await?;
    let asked = || provider.script().described_times;
    for _ in 0..3 {
        sign_in(&app.visitor()?).await?;
    }
    assert_eq!(asked(), 1);

    provider.changes_keys("second");
    let person = app.visitor()?;
    let refused = sign_in(&person).await?;
    assert!(
        refused.location()?.contains("oidc=bad_signature"),
        "asked a moment ago"
    );
    assert_eq!(asked(), 1);
    app.advance(61);
    assert_eq!(sign_in(&person).await?.location()?, "/aliexpress");
    assert_eq!(asked(), 2);

    app.advance(3601);
    provider.script().claims = set("exp", testkit::app::NOON_MS / 1000 + 9000);
    assert_eq!(sign_in(&person).await?.location()?, "/aliexpress");
    assert_eq!(asked(), 3, "an hour later it is asked anyway");
    Ok(())
}

/// What the command `operators link-oidc` does.
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_linked_by_hand_where_the_provider_gives_no_address() -> Result<()> {
    let (app, provider) = both().await?;
    provider.script().person = json!({ "sub": "person-7" });
    let person = app.visitor()?;
    let refused = sign_in(&person).await?;
    assert!(refused.location()?.contains("oidc=unknown_identity"));
    // The audit log names what has to be typed.
    let entries = audit(&app).await?;
    let entry = entries.last().context("no entry")?;
    assert_eq!(
        (entry.actor.kind, entry.outcome.as_str()),
        (ActorKind::Anybody, "unknown_identity")
    );
    let subject = data_of(entry)["subject"]
        .as_str()
        .context("no subject")?
        .to_owned();

    let linked = app
        .core
        .link_operator(OPERATOR, &provider.url, &subject)
        .await?;
    assert_eq!(
        (linked.subject.as_str(), linked.operator.name.as_str()),
        ("person-7", OPERATOR)
    );
    assert_eq!(sign_in(&person).await?.location()?, "/aliexpress");
    assert!(opens(&person).await?);

    app.core.invite_operator("bruno").await?;
    let taken = app
        .core
        .link_operator("bruno", &provider.url, &subject)
        .await;
    assert_eq!(taken.unwrap_err().code(), "identity_taken");
    for wrong in ["", "a b", "é", &"x".repeat(256)] {
        let refused = app.core.link_operator("bruno", &provider.url, wrong).await;
        assert_eq!(refused.unwrap_err().code(), "invalid_parameter", "{wrong}");
    }
    // Another identity for the same person: what the former one opened is closed.
    app.core
        .link_operator(OPERATOR, &provider.url, "person-8")
        .await?;
    assert!(!opens(&person).await?);
    assert!(
        sign_in(&person)
            .await?
            .location()?
            .contains("unknown_identity")
    );
    Ok(())
}

/// Whoever comes in by the provider has no password, and nobody else can choose one.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_password_cannot_be_taken_over_by_an_invitation() -> Result<()> {
    let (app, provider) = both().await?;
    let invited = app.core.invite_operator("bruno@example.com").await?;
    let link = invited.link.path();
    assert_eq!(invited.operator.state, OperatorState::Invited);
    provider.script().person =
        json!({ "sub": "person-2", "email": "bruno@example.com", "email_verified": true });
    assert_eq!(sign_in(&app.visitor()?).await?.location()?, "/aliexpress");
    let bruno = named(&app, "bruno@example.com").await?;
    assert_eq!(bruno.state, OperatorState::Active);
    app.visitor()?.get(&link).await?.expect_status(410)?;
    let anna = app.signed_in().await?;
    let again = format!("/aliexpress/operators/{}/link", bruno.id);
    anna.post_form(&again, &[]).await?.expect_status(404)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_it_is_there_where_no_provider_is_configured() -> Result<()> {
    let without = Setup {
        identity_provider: None,
        ..setup("http://127.0.0.1:1")
    };
    let app = App::with(without).await?;
    let visitor = app.visitor()?;
    assert!(!visitor.get(SIGN_IN).await?.text().contains("sign-in/oidc"));
    for path in [START.to_owned(), format!("{START}/callback?code=a&state=b")] {
        let reply = visitor.get(&path).await?.expect_status(303)?;
        assert_eq!(reply.location()?, SIGN_IN, "{path}");
    }
    Ok(())
}

/// What is secret stands neither in an address nor in the database.
#[tokio::test(flavor = "multi_thread")]
async fn state_and_verifier_are_not_kept() -> Result<()> {
    let (app, _provider) = both().await?;
    let person = app.visitor()?;
    let begun = person.get(START).await?.expect_status(303)?;
    let address = url::Url::parse(begun.location()?)?;
    let pairs: std::collections::HashMap<_, _> = address.query_pairs().into_owned().collect();
    let cookie = person.cookies()["smartlinks_browser"].clone();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&app.data)? {
        files.extend(std::fs::read(entry?.path())?);
    }
    let kept = String::from_utf8_lossy(&files);
    assert!(kept.contains("oidc_attempts"), "the database is read");
    for secret in [&pairs["state"], &pairs["nonce"], &cookie] {
        assert!(secret.len() >= 64 && !kept.contains(secret.as_str()));
    }
    assert!(!address.as_str().contains(&cookie));
    Ok(())
}
