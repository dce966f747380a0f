//! The way back from AliExpress: what goes well, and each named way in which it does not.
//!
//! Every refusal up to `wrong_browser` has to leave the gateway alone, which the sandbox's journal shows.

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_server::Limits;
use testkit::app::{App, Setup, json_of};
use testkit::http::{Http, Reply};

const CREATE: &str = "/auth/token/create";

/// Starts a login in this browser and gives the `state` that was sent.
async fn begin(visitor: &Http, more: &str) -> Result<String> {
    let reply = visitor
        .get(&format!("/api/aliexpress/oauth/url?{more}"))
        .await?
        .expect_status(200)?;
    Ok(reply.json()?["state"]
        .as_str()
        .context("no state")?
        .to_owned())
}

async fn come_back(visitor: &Http, query: &str) -> Result<Reply> {
    visitor
        .get(&format!("/aliexpress/callback?{query}"))
        .await?
        .expect_status(303)
}

/// One value of the query of a redirect.
fn said(reply: &Reply, name: &str) -> Option<String> {
    let place = reply.location().ok()?;
    let base = url::Url::parse("http://own.invalid")
        .ok()?
        .join(place)
        .ok()?;
    base.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

async fn refused_before_the_gateway(app: &App, reply: &Reply, error: &str) -> Result<()> {
    assert_eq!(said(reply, "auth").as_deref(), Some("error"));
    assert_eq!(said(reply, "error").as_deref(), Some(error));
    assert_eq!(
        app.journal(CREATE).await?.len(),
        0,
        "the gateway was called"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_ends_connected_with_the_callers_state() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let answer = visitor
        .get("/api/aliexpress/oauth/url?state=abc")
        .await?
        .expect_status(200)?
        .json()?;
    let (url, state) = (
        answer["url"].as_str().context("url")?,
        answer["state"].as_str().context("state")?,
    );
    assert!(
        url.starts_with(&format!("{}/oauth/authorize?", app.sandbox_url)),
        "{url}"
    );
    assert!(url.contains(state) && !url.contains("abc"));
    assert_eq!(answer["expires_at"], "2026-11-23T12:10:00Z");

    let code = app.code(None).await?;
    let reply = come_back(&visitor, &format!("code={code}&state={state}")).await?;
    assert!(
        reply
            .location()?
            .starts_with("/aliexpress?auth=success&connection=conn_"),
        "{}",
        reply.location()?
    );
    assert_eq!(said(&reply, "state").as_deref(), Some("abc"));

    let status = json_of(&visitor.get("/api/aliexpress/status").await?);
    assert_eq!(status["configured"], true);
    assert_eq!(status["authenticated"], true);
    let connection = &status["connections"][0];
    assert_eq!(
        connection["id"].as_str(),
        said(&reply, "connection").as_deref()
    );
    assert_eq!(connection["state"], "active");
    assert_eq!(connection["generation"], 1);
    assert_eq!(connection["account"]["user_id"], "1700000001");
    assert_eq!(connection["works_until"], "2026-12-23T12:00:00Z");
    assert_eq!(connection["sign_in_again_by"], "2027-01-22T12:00:00Z");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn upstream_errors_never_trigger_an_exchange() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    let text = "<script>alert(1)</script>%20no";
    let query = format!("error=access_denied&error_description={text}&code=x&state={state}");
    let reply = come_back(&visitor, &query).await?;
    refused_before_the_gateway(&app, &reply, "access_denied").await?;
    assert!(
        !reply.location()?.contains("script"),
        "the description travels in our redirect"
    );
    let again = come_back(&visitor, &format!("code=x&state={state}")).await?;
    refused_before_the_gateway(&app, &again, "state_reused").await?;
    let other = come_back(&visitor, "error=server_error").await?;
    refused_before_the_gateway(&app, &other, "upstream_error").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_explained_on_the_page_and_its_text_is_escaped() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    // The page starts the login, so that it remembers which one is its own.
    let start = visitor
        .post_form("/aliexpress/authentication/authorize", &[])
        .await?
        .expect_status(303)?;
    let state = said(&start, "state").context("no state")?;
    let query = format!(
        "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state={state}"
    );
    let reply = come_back(&visitor, &query).await?;
    for language in ["en", "fr"] {
        let page = visitor
            .get(&format!("{}&lang={language}", reply.location()?))
            .await?
            .expect_status(200)?
            .text();
        assert!(
            page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"),
            "the description is not shown"
        );
        assert!(
            !page.contains("<script>alert"),
            "the description is not escaped"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_or_doubled_parameters_are_refused() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    for (query, error) in [
        (String::new(), "missing_code"),
        (format!("state={state}"), "missing_code"),
        (format!("code=&state={state}"), "missing_code"),
        (format!("code=a&code=b&state={state}"), "missing_code"),
        ("code=a".to_owned(), "missing_state"),
        ("code=a&state=".to_owned(), "missing_state"),
        (
            format!("code=a&state={state}&state={state}"),
            "missing_state",
        ),
    ] {
        let reply = come_back(&visitor, &query).await?;
        refused_before_the_gateway(&app, &reply, error)
            .await
            .with_context(|| query)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_truncated_states_are_refused() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    for wrong in [
        "0".repeat(64),
        state[..63].to_owned(),
        format!("{state}0"),
        state.to_uppercase(),
    ] {
        let reply = come_back(&visitor, &format!("code=a&state={wrong}")).await?;
        refused_before_the_gateway(&app, &reply, "unknown_state").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_lives_ten_minutes() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    app.advance(600);
    let reply = come_back(&visitor, &format!("code=a&state={state}")).await?;
    refused_before_the_gateway(&app, &reply, "expired_state").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_used_once() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    let code = app.code(None).await?;
    let query = format!("code={code}&state={state}");
    let first = come_back(&visitor, &query).await?;
    assert_eq!(said(&first, "auth").as_deref(), Some("success"));
    // A reload in the same browser shows the same success, without a second exchange.
    let reload = come_back(&visitor, &query).await?;
    assert_eq!(reload.location()?, first.location()?);
    // Somebody else with the same address gets nothing.
    let other = come_back(&app.visitor()?, &query).await?;
    assert_eq!(said(&other, "error").as_deref(), Some("state_reused"));
    assert_eq!(app.journal(CREATE).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_used_up_before_the_exchange() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    let failed = come_back(&visitor, &format!("code=3_500100_never&state={state}")).await?;
    assert_eq!(said(&failed, "error").as_deref(), Some("exchange_failed"));
    // Whatever became of the exchange, nobody gets a second one for this state.
    let code = app.code(None).await?;
    for browser in [&visitor, &app.visitor()?] {
        let again = come_back(browser, &format!("code={code}&state={state}")).await?;
        assert_eq!(said(&again, "error").as_deref(), Some("state_reused"));
    }
    assert_eq!(app.journal(CREATE).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_in_another_browser_is_refused() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    let stranger = app.visitor()?;
    let reply = come_back(&stranger, &format!("code=a&state={state}")).await?;
    refused_before_the_gateway(&app, &reply, "wrong_browser").await?;
    begin(&stranger, "").await?;
    let reply = come_back(&stranger, &format!("code=a&state={state}")).await?;
    refused_before_the_gateway(&app, &reply, "wrong_browser").await?;
    // The right browser can still finish: a stranger uses nothing up.
    let code = app.code(None).await?;
    let reply = come_back(&visitor, &format!("code={code}&state={state}")).await?;
    assert_eq!(said(&reply, "auth").as_deref(), Some("success"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_callbacks_at_once_make_one_exchange() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    let code = app.code(None).await?;
    let query = format!("code={code}&state={state}");
    let (one, two) = tokio::join!(come_back(&visitor, &query), come_back(&visitor, &query));
    assert_eq!(one?.location()?, two?.location()?);
    assert_eq!(app.journal(CREATE).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_checker_uses_nothing_up() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    let code = app.code(None).await?;
    let place = format!("/aliexpress/callback?code={code}&state={state}");
    visitor
        .send(visitor.request(reqwest::Method::HEAD, &place))
        .await?
        .expect_status(204)?;
    let reply = visitor.get(&place).await?;
    assert_eq!(said(&reply, "auth").as_deref(), Some("success"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_exchange_carries_the_gateways_code() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "state=mine").await?;
    let reply = come_back(&visitor, &format!("code=3_500100_never&state={state}")).await?;
    assert_eq!(said(&reply, "error").as_deref(), Some("exchange_failed"));
    assert_eq!(said(&reply, "gateway_code").as_deref(), Some("InvalidCode"));
    assert_eq!(said(&reply, "state").as_deref(), Some("mine"));
    assert!(
        !reply.location()?.contains("3_500100"),
        "the code stands in our redirect"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconnect_keeps_the_id_and_refuses_another_account() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let id = app.connect().await?;
    let state = begin(&visitor, &format!("connection={id}")).await?;
    let foreign = app.code(Some("buyer2")).await?;
    let reply = come_back(&visitor, &format!("code={foreign}&state={state}")).await?;
    assert_eq!(said(&reply, "error").as_deref(), Some("account_mismatch"));

    let state = begin(&visitor, &format!("connection={id}")).await?;
    let own = app.code(None).await?;
    let reply = come_back(&visitor, &format!("code={own}&state={state}")).await?;
    assert_eq!(said(&reply, "connection").as_deref(), Some(id.as_str()));
    let status = json_of(&visitor.get("/api/aliexpress/status").await?);
    assert_eq!(status["connections"].as_array().map(Vec::len), Some(1));
    assert_eq!(status["connections"][0]["generation"], 2);
    Ok(())
}

/// F17, R8: another account takes a connection over only when a person said so, knowing what it means.
#[tokio::test(flavor = "multi_thread")]
async fn another_account_takes_over_only_when_confirmed() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let id = app.connect().await?;
    let start = visitor
        .post_form(
            "/aliexpress/authentication/authorize",
            &[("connection", &id)],
        )
        .await?
        .expect_status(303)?;
    let state = said(&start, "state").context("no state")?;
    let foreign = app.code(Some("buyer2")).await?;
    let reply = come_back(&visitor, &format!("code={foreign}&state={state}")).await?;
    assert_eq!(said(&reply, "error").as_deref(), Some("account_mismatch"));
    // The page says what can be done about it: the right account, a new connection, or the account replaced.
    let page = visitor
        .get(&format!("{}&lang=en", reply.location()?))
        .await?
        .text();
    let ask = format!("/aliexpress/authentication/connections/{id}/replace");
    assert!(
        page.contains("Connect it as a new account") && page.contains(&ask),
        "{page}"
    );
    for (language, words) in [
        ("en", "acts for the other account"),
        ("fr", "pour l’autre compte"),
    ] {
        let page = visitor.get(&format!("{ask}?lang={language}")).await?;
        assert!(page.expect_status(200)?.text().contains(words));
    }
    assert_eq!(
        app.core.connection(&id).await?.account.user_id,
        "1700000001"
    );

    let start = visitor.post_form(&ask, &[]).await?.expect_status(303)?;
    let state = said(&start, "state").context("no state")?;
    let foreign = app.code(Some("buyer2")).await?;
    let reply = come_back(&visitor, &format!("code={foreign}&state={state}")).await?;
    assert_eq!(said(&reply, "connection").as_deref(), Some(id.as_str()));
    let view = app.core.connection(&id).await?;
    assert_eq!((view.id.as_str(), view.generation), (id.as_str(), 2));
    assert_ne!(view.account.user_id, "1700000001");
    let parsed = id.parse()?;
    let former = app
        .core
        .store()
        .connections()
        .previous_token(&parsed)
        .await?;
    assert!(
        former.is_none(),
        "the tokens of the former account are gone"
    );
    let event = app.core.latest_events(1).await?.swap_remove(0);
    assert_eq!(
        (event.kind.as_str(), &event.data["other_account"]),
        ("connection.reconnected", &json!(true))
    );
    Ok(())
}

/// The same over the API, by its explicit parameter; and one account never gets two connections.
#[tokio::test(flavor = "multi_thread")]
async fn the_api_replaces_an_account_by_an_explicit_parameter() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let id = app.connect().await?;
    let code = app.code(Some("buyer2")).await?;
    let other = app.core.exchange_pasted(&code, None).await?.id;
    let wanted = format!("connection={id}&other_account=true");
    let state = begin(&visitor, &wanted).await?;
    let taken = app.code(Some("buyer2")).await?;
    let reply = come_back(&visitor, &format!("code={taken}&state={state}")).await?;
    assert_eq!(said(&reply, "error").as_deref(), Some("account_mismatch"));
    let state = begin(&visitor, &wanted).await?;
    let free = app.code(Some("seller")).await?;
    let reply = come_back(&visitor, &format!("code={free}&state={state}")).await?;
    assert_eq!(said(&reply, "connection").as_deref(), Some(id.as_str()));
    assert_eq!(app.core.connection(&id).await?.generation, 2);
    assert_eq!(app.core.connection(&other).await?.generation, 1);
    // Without a connection to take over the parameter says nothing.
    let state = begin(&visitor, "other_account=true").await?;
    let code = app.code(Some("seller")).await?;
    let reply = come_back(&visitor, &format!("code={code}&state={state}")).await?;
    assert_eq!(said(&reply, "connection").as_deref(), Some(id.as_str()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_cannot_be_stored_is_said_so() -> Result<()> {
    let app = App::with(Setup {
        max_pages: Some(160),
        limits: Limits::out_of_reach(),
        ..Setup::default()
    })
    .await?;
    let visitor = app.visitor()?;
    // Fill the database up to its limit with logins that are never finished.
    let mut states = Vec::new();
    for length in [500, 1] {
        let filler = "x".repeat(length);
        loop {
            let place = format!("/api/aliexpress/oauth/url?state={filler}");
            let reply = visitor.get(&place).await?;
            if reply.status != 200 {
                assert_eq!(reply.status, 503, "{}", reply.text());
                assert_eq!(reply.json()?["code"], "storage_failed");
                break;
            }
            states.push(reply.json()?["state"].as_str().context("state")?.to_owned());
        }
    }
    // The page of the connections has room for some, so one after the other until there is none.
    let mut ends = Vec::new();
    for (state, account) in states
        .iter()
        .zip(["buyer", "buyer2", "seller", "buyer", "buyer2", "seller"])
    {
        let code = app.code(Some(account)).await?;
        let reply = come_back(&visitor, &format!("code={code}&state={state}")).await?;
        ends.push(said(&reply, "error"));
    }
    assert!(
        ends.iter().flatten().any(|error| error == "storage_failed"),
        "{ends:?}"
    );
    visitor.get("/aliexpress").await?.expect_status(200)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_headless_login_ends_on_a_page_that_grants_nothing() -> Result<()> {
    let app = App::start().await?;
    let program = app.visitor()?.with_api_key("made-up")?;
    let state = begin(&program, "state=abc").await?;
    let browser = app.visitor()?;
    let code = app.code(None).await?;
    let reply = come_back(&browser, &format!("code={code}&state={state}")).await?;
    assert_eq!(reply.location()?, "/aliexpress/received?auth=success");
    browser.get(reply.location()?).await?.expect_status(200)?;
    assert!(
        browser.cookies().is_empty(),
        "a stranger's browser was given {:?}",
        browser.cookies()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_return_only_to_our_own_paths_or_allowed_origins() -> Result<()> {
    let app = App::with(Setup {
        return_origins: vec!["https://shop.example.com".parse()?],
        ..Setup::default()
    })
    .await?;
    let visitor = app.visitor()?;
    for (hostile, code) in [
        ("//evil.example", "invalid_parameter"),
        ("%5C%5Cevil.example", "invalid_parameter"),
        ("https%3A%2F%2Fevil.example", "invalid_parameter"),
        ("javascript:alert(1)", "invalid_parameter"),
        ("/%0d%0aSet-Cookie:a=b", "invalid_request"),
    ] {
        let reply = visitor
            .get(&format!("/api/aliexpress/oauth/url?return_to={hostile}"))
            .await?
            .expect_status(400)?;
        assert_eq!(reply.json()?["code"], code, "{hostile}");
    }
    let state = begin(
        &visitor,
        "return_to=https%3A%2F%2Fshop.example.com/done%3Fx=1&state=s",
    )
    .await?;
    let code = app.code(None).await?;
    let reply = come_back(&visitor, &format!("code={code}&state={state}")).await?;
    assert!(
        reply
            .location()?
            .starts_with("https://shop.example.com/done?x=1&auth=success&connection=conn_")
    );
    assert_eq!(said(&reply, "state").as_deref(), Some("s"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callback_leaves_no_code_behind() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let state = begin(&visitor, "").await?;
    let code = app.code(None).await?;
    let reply = come_back(&visitor, &format!("code={code}&state={state}")).await?;
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(!reply.location()?.contains(&code) && !reply.text().contains(&code));
    // No other path takes a callback, so that answers of two providers could not be mixed up.
    visitor
        .get(&format!(
            "/aliexpress/callback/other?code={code}&state={state}"
        ))
        .await?
        .expect_status(404)?;
    visitor
        .get(&format!("/aliexpress/callback/?code={code}&state={state}"))
        .await?
        .expect_status(404)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_redirect_uri_comes_from_the_configuration_alone() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let request = visitor
        .request(reqwest::Method::GET, "/api/aliexpress/oauth/url")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.example");
    let answer = visitor.send(request).await?.expect_status(200)?.json()?;
    let url = url::Url::parse(answer["url"].as_str().context("url")?)?;
    let redirect = url
        .query_pairs()
        .find(|(name, _)| name == "redirect_uri")
        .map(|(_, value)| value.into_owned());
    assert_eq!(redirect, Some(format!("{}/aliexpress/callback", app.url)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn states_are_long_random_and_never_the_same() -> Result<()> {
    let app = App::with(Setup {
        limits: Limits::out_of_reach(),
        ..Setup::default()
    })
    .await?;
    let visitor = app.visitor()?;
    let mut seen = std::collections::HashSet::new();
    let mut ones = 0_u32;
    for _ in 0..200 {
        let state = begin(&visitor, "").await?;
        assert!(
            state.len() == 64 && state.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{state}"
        );
        ones += state
            .chars()
            .filter_map(|digit| digit.to_digit(16))
            .map(u32::count_ones)
            .sum::<u32>();
        assert!(seen.insert(state), "a state came twice");
    }
    // 200 × 256 fair bits: half of them set, give or take far more than chance allows.
    assert!(
        (24_000..27_200).contains(&ones),
        "{ones} of 51200 bits are set"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_cookie_is_locked_down_and_never_replaced_while_valid() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let reply = visitor.get("/api/aliexpress/oauth/url").await?;
    let cookie = reply.header("set-cookie").context("no cookie")?;
    assert!(
        cookie.contains("; HttpOnly")
            && cookie.contains("; SameSite=Lax")
            && cookie.contains("; Path=/"),
        "{cookie}"
    );
    let again = visitor.get("/api/aliexpress/oauth/url").await?;
    assert_eq!(again.header("set-cookie"), None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_copied_by_hand_is_exchanged() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let code = app.code(None).await?;
    let reply = visitor
        .post_json("/api/aliexpress/oauth/token", &json!({ "code": code }))
        .await?
        .expect_status(200)?;
    let body = reply.text();
    assert!(
        !body.contains("50000") && !body.contains("50001"),
        "a token is shown: {body}"
    );
    assert_eq!(reply.json()?["generation"], 1);

    let again = visitor
        .post_json("/api/aliexpress/oauth/token", &json!({ "code": code }))
        .await?
        .expect_status(400)?;
    let problem = again.json()?;
    assert_eq!(
        (&problem["code"], &problem["gateway_code"]),
        (&json!("exchange_failed"), &json!("InvalidCode"))
    );
    assert_eq!(
        again.header("content-type"),
        Some("application/problem+json")
    );

    for wrong in [
        json!({}),
        json!({ "code": 1 }),
        json!({ "code": "" }),
        json!({ "code": "a b" }),
        json!({ "code": "x", "more": 1 }),
    ] {
        visitor
            .post_json("/api/aliexpress/oauth/token", &wrong)
            .await?
            .expect_status(400)?;
    }
    let whole = format!(
        "{}/aliexpress/callback?code=abc&state={}",
        app.url,
        "0".repeat(64)
    );
    let reply = visitor
        .post_json("/api/aliexpress/oauth/token", &json!({ "code": whole }))
        .await?
        .expect_status(400)?;
    assert_eq!(reply.json()?["code"], "unknown_state");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_every_route_that_needs_them_says_which() -> Result<()> {
    let app = App::with(Setup {
        configured: false,
        ..Setup::default()
    })
    .await?;
    let visitor = app.visitor()?;
    let status = visitor
        .get("/api/aliexpress/status")
        .await?
        .expect_status(200)?
        .json()?;
    assert_eq!(
        (&status["configured"], &status["authenticated"]),
        (&json!(false), &json!(false))
    );
    for path in [
        "/api/aliexpress/oauth/url",
        "/api/aliexpress/products?q=case",
    ] {
        let reply = visitor.get(path).await?;
        let problem = reply.json()?;
        if path.contains("oauth") {
            assert_eq!(reply.status, 503);
            assert_eq!(problem["code"], "not_configured");
            assert!(
                problem["detail"]
                    .as_str()
                    .is_some_and(|text| text.contains("ALIEXPRESS_APP_SECRET"))
            );
            assert!(
                problem["fix"]
                    .as_str()
                    .is_some_and(|text| text.contains("ALIEXPRESS_APP_SECRET"))
            );
        }
        assert!(reply.status >= 400, "{path}");
    }
    let reply = come_back(&visitor, "code=a&state=b").await?;
    assert_eq!(said(&reply, "error").as_deref(), Some("not_configured"));
    for page in [
        "/aliexpress",
        "/aliexpress/authentication",
        "/aliexpress/products",
        "/aliexpress/orders",
    ] {
        let text = visitor.get(page).await?.expect_status(200)?.text();
        assert!(
            text.contains("ALIEXPRESS_APP_SECRET"),
            "{page} does not name the variable"
        );
    }
    Ok(())
}
