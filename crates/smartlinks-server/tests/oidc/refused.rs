//! Each way in which a sign-in with a provider has to be refused.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use axum::http::StatusCode;
use scraper::{Html, Selector};
use serde_json::json;
use smartlinks_core::OidcRefusalKind;
use smartlinks_core::store::ActorKind;
use testkit::app::{App, NOON_MS, OPERATOR, SESSION_COOKIE};
use testkit::http::{Http, Reply};

use crate::provider::{CLIENT_ID, Provider, Signs, set, without};
use crate::{SIGN_IN, START, audit, away, both, data_of, opens, setup, sign_in};

const CALLBACK: &str = "/aliexpress/sign-in/oidc/callback";

/// Refused in this way, and nobody was let in.
fn assert_refused(reply: &Reply, visitor: &Http, code: &str) -> Result<()> {
    let place = reply.location()?;
    assert_eq!(place, format!("{SIGN_IN}?oidc={code}"));
    assert!(!visitor.cookies().contains_key(SESSION_COOKIE), "{code}");
    Ok(())
}

fn alert(page: &str) -> Option<String> {
    let selector = Selector::parse("[role=alert]").unwrap();
    let document = Html::parse_document(page);
    let found = document.select(&selector).next()?;
    Some(found.text().collect::<String>().trim().to_owned())
}

/// The last entry is a refusal with this outcome, by nobody known.
async fn last_refusal(app: &App, code: &str) -> Result<serde_json::Value> {
    let entries = audit(app).await?;
    let entry = entries.last().context("nothing was audited")?;
    assert_eq!(
        (entry.action.as_str(), entry.outcome.as_str()),
        ("operator.signed_in", code)
    );
    assert_eq!(entry.actor.kind, ActorKind::Anybody);
    let data = data_of(entry);
    assert_eq!(data["by"], "oidc");
    Ok(data)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_has_its_own_words_in_both_languages() -> Result<()> {
    let (app, _provider) = both().await?;
    let mut words = BTreeSet::new();
    for kind in OidcRefusalKind::ALL {
        for language in ["fr", "en"] {
            let place = format!("{SIGN_IN}?oidc={}&lang={language}", kind.code());
            let page = app.visitor()?.get(&place).await?.expect_status(403)?.text();
            let said = alert(&page).with_context(|| format!("{kind:?} says nothing"))?;
            assert!(!page.contains("aria-invalid"), "no field is wrong");
            words.insert(said);
        }
    }
    assert_eq!(words.len(), 2 * OidcRefusalKind::ALL.len());
    let other = app.visitor()?.get(&format!("{SIGN_IN}?oidc=<b>")).await?;
    assert_eq!(alert(&other.expect_status(200)?.text()), None);
    Ok(())
}

/// The provider answers, and what it says is not to be believed.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_for_this_sign_in_is_not_believed() -> Result<()> {
    let (app, provider) = both().await?;
    let claims = |change| move |script: &mut crate::provider::Script| script.claims = change;
    let signs = |how| move |script: &mut crate::provider::Script| script.signs = how;
    type Wrong = Box<dyn FnOnce(&mut crate::provider::Script)>;
    let wrong: Vec<(&str, Wrong)> = vec![
        (
            "wrong_audience",
            Box::new(claims(set("aud", "another client"))),
        ),
        (
            "wrong_audience",
            Box::new(claims(set("aud", json!([CLIENT_ID, "another client"])))),
        ),
        (
            "wrong_audience",
            Box::new(claims(set("azp", "another client"))),
        ),
        (
            "wrong_issuer",
            Box::new(claims(set("iss", "https://login.example.com"))),
        ),
        (
            "nonce_mismatch",
            Box::new(claims(set("nonce", "0".repeat(64)))),
        ),
        ("nonce_mismatch", Box::new(claims(without("nonce")))),
        (
            "expired_token",
            Box::new(claims(set("exp", NOON_MS / 1000))),
        ),
        ("unreadable_token", Box::new(claims(without("sub")))),
        ("unreadable_token", Box::new(claims(set("sub", "")))),
        (
            "unreadable_token",
            Box::new(claims(set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"))),
        ),
        ("bad_signature", Box::new(signs(Signs::StrangeKey))),
        ("bad_signature", Box::new(signs(Signs::Secret))),
        ("bad_signature", Box::new(signs(Signs::Not))),
        (
            "unreadable_token",
            Box::new(|script| script.answer = without("id_token")),
        ),
        (
            "unreadable_token",
            Box::new(|script| script.answer = set("id_token", "canary")),
        ),
        (
            "exchange_refused",
            Box::new(|script| script.refuses_codes = true),
        ),
    ];
    for (code, change) in wrong {
        change(&mut provider.script());
        let person = app.visitor()?;
        let reply = sign_in(&person).await?;
        assert_refused(&reply, &person, code)?;
        let data = last_refusal(&app, code).await?;
        assert_eq!(data.get("subject"), None, "nobody was identified");
        assert!(!data.to_string().contains("canary"), "{data}");
        provider.right();
        assert_eq!(
            sign_in(&person).await?.location()?,
            "/aliexpress",
            "after {code}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_at_the_provider_is_a_no_here() -> Result<()> {
    let (app, provider) = both().await?;
    for (error, code) in [
        ("access_denied", "access_denied"),
        ("temporarily_unavailable", "provider_error"),
    ] {
        provider.script().refuses = Some((error, "<b>canary</b>\n"));
        let person = app.visitor()?;
        let reply = sign_in(&person).await?;
        assert_refused(&reply, &person, code)?;
        assert!(
            !person
                .get(reply.location()?)
                .await?
                .text()
                .contains("canary")
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_not_asked_for_is_not_used() -> Result<()> {
    let (app, provider) = both().await?;
    let person = app.visitor()?;
    let refused = async |path: &str, code: &str| {
        let reply = person.get(path).await?.expect_status(303)?;
        assert_refused(&reply, &person, code)
    };
    refused(CALLBACK, "missing_code").await?;
    refused(&format!("{CALLBACK}?code=a&code=b&state=c"), "missing_code").await?;
    refused(&format!("{CALLBACK}?code=a"), "missing_state").await?;
    refused(
        &format!("{CALLBACK}?code=a&state=b&state=c"),
        "missing_state",
    )
    .await?;
    refused(&format!("{CALLBACK}?code=a&state=b"), "unknown_state").await?;

    let back = away(&person, START).await?;
    let foreign = back.replace("iss=http", "iss=https");
    assert_ne!(foreign, back);
    refused(&foreign, "wrong_issuer").await?;
    // A link checker uses nothing up, and neither did any of these.
    let looked = person.request(reqwest::Method::HEAD, &back);
    person.send(looked).await?.expect_status(204)?;
    let stranger = app.visitor()?;
    for visitor in [&stranger, &app.visitor()?] {
        let reply = visitor.get(&back).await?.expect_status(303)?;
        assert_refused(&reply, visitor, "wrong_browser")?;
        // With a cookie of its own it is still another browser.
        visitor.get(START).await?.expect_status(303)?;
        let reply = visitor.get(&back).await?.expect_status(303)?;
        assert_refused(&reply, visitor, "wrong_browser")?;
    }
    assert_eq!(person.get(&back).await?.location()?, "/aliexpress");
    assert!(opens(&person).await?);
    let again = person.get(&back).await?.expect_status(303)?;
    assert_eq!(again.location()?, format!("{SIGN_IN}?oidc=state_reused"));

    let slow = app.visitor()?;
    let back = away(&slow, START).await?;
    app.advance(600);
    let reply = slow.get(&back).await?.expect_status(303)?;
    assert_refused(&reply, &slow, "expired_state")?;
    assert_eq!(
        provider.script().described_times,
        1,
        "nothing of it was asked about"
    );
    Ok(())
}

/// Where somebody wanted to go is not forgotten over a refusal, and is a place of ours.
#[tokio::test(flavor = "multi_thread")]
async fn the_place_to_return_to_survives_and_is_ours() -> Result<()> {
    let (app, provider) = both().await?;
    provider.script().refuses_codes = true;
    let person = app.visitor()?;
    let back = away(
        &person,
        &format!("{START}?return_to=%2Faliexpress%2Forders"),
    )
    .await?;
    let reply = person.get(&back).await?.expect_status(303)?;
    let kept = format!("{SIGN_IN}?oidc=exchange_refused&return_to=%2Faliexpress%2Forders");
    assert_eq!(reply.location()?, kept);
    provider.right();
    for evil in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let evil: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
        let person = app.visitor()?;
        let back = away(&person, &format!("{START}?return_to={evil}")).await?;
        assert_eq!(
            person.get(&back).await?.location()?,
            "/aliexpress",
            "{evil}"
        );
    }
    Ok(())
}

/// The provider knows the person; we do not, or do not any more.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_becomes_an_operator_by_this_way() -> Result<()> {
    let (app, provider) = both().await?;
    let person = |sub: &str, email: &str, verified: bool| {
        provider.script().person =
            json!({ "sub": sub, "email": email, "email_verified": verified });
    };
    let refused = async |code: &str| -> Result<serde_json::Value> {
        let visitor = app.visitor()?;
        assert_refused(&sign_in(&visitor).await?, &visitor, code)?;
        last_refusal(&app, code).await
    };
    person("stranger", "stranger@example.com", true);
    let data = refused("unknown_identity").await?;
    assert_eq!(
        (&data["subject"], &data["email"]),
        (&json!("stranger"), &json!("stranger@example.com"))
    );
    assert_eq!(app.core.operators().await?.len(), 1);

    // Whether there is an operator of that name is not said to whoever just claims to be called so.
    for email in [OPERATOR, "stranger@example.com"] {
        person("claims", email, false);
        refused("email_unverified").await?;
    }
    person("person-1", OPERATOR, true);
    sign_in(&app.visitor()?).await?;
    // The address was given to somebody else.
    person("successor", OPERATOR, true);
    let data = refused("other_identity").await?;
    assert_eq!(data["subject"], "successor");

    app.core.disable_operator(OPERATOR).await?;
    person("person-1", OPERATOR, true);
    refused("operator_disabled").await?;
    app.core.invite_operator("bruno@example.com").await?;
    app.core.disable_operator("bruno@example.com").await?;
    person("person-2", "bruno@example.com", true);
    refused("operator_disabled").await?;
    Ok(())
}

/// It is away, or it is not what it was configured as.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_cannot_be_asked_is_said_to_be_so() -> Result<()> {
    let provider = Provider::start().await?;
    let refused = async |issuer: &str, code: &str| -> Result<()> {
        let app = App::with(setup(issuer)).await?;
        let visitor = app.visitor()?;
        let reply = visitor.get(START).await?.expect_status(303)?;
        assert_refused(&reply, &visitor, code)
    };
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let away = format!("http://{}", nobody.local_addr()?);
    drop(nobody);
    refused(&away, "provider_unreachable").await?;
    // Another spelling is another issuer.
    refused(&format!("{}/", provider.url), "discovery_mismatch").await?;
    refused(&format!("{}/realm", provider.url), "discovery_mismatch").await?;
    for (status, code) in [
        (StatusCode::SERVICE_UNAVAILABLE, "provider_unreachable"),
        (StatusCode::NOT_FOUND, "discovery_mismatch"),
        // Not followed: it could lead anywhere.
        (StatusCode::FOUND, "discovery_mismatch"),
    ] {
        provider.script().answers = Some(status);
        refused(&provider.url, code).await?;
    }
    provider.right();
    provider.script().padding = 300_000;
    refused(&provider.url, "provider_unreachable").await?;
    for change in [
        set("issuer", "https://login.example.com"),
        set("token_endpoint", "https://login.example.com/token"),
        without("token_endpoint"),
        without("jwks_uri"),
    ] {
        provider.right();
        provider.script().described = change;
        refused(&provider.url, "discovery_mismatch").await?;
    }
    Ok(())
}

/// Whoever comes a moment later is told at once, and a moment after that it is asked again.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_has_just_failed_is_left_alone_for_a_moment() -> Result<()> {
    let (app, provider) = both().await?;
    provider.script().answers = Some(StatusCode::SERVICE_UNAVAILABLE);
    for _ in 0..3 {
        let person = app.visitor()?;
        let reply = person.get(START).await?.expect_status(303)?;
        assert_refused(&reply, &person, "provider_unreachable")?;
    }
    assert_eq!(provider.script().described_times, 1);
    provider.right();
    app.advance(5);
    assert_eq!(sign_in(&app.visitor()?).await?.location()?, "/aliexpress");
    Ok(())
}

/// It went away between the two steps.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_goes_away_in_between_lets_nobody_in() -> Result<()> {
    let (app, provider) = both().await?;
    let person = app.visitor()?;
    let back = away(&person, START).await?;
    provider.script().answers = Some(StatusCode::BAD_GATEWAY);
    let reply = person.get(&back).await?.expect_status(303)?;
    assert_refused(&reply, &person, "exchange_refused")?;
    Ok(())
}
