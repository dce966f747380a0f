//! Handing out access tokens over HTTP, from one instance and from several.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::app::{App, Setup, json_of};
use testkit::http::Http;

fn token_path(id: &str, min_ttl: i64) -> String {
    format!("/api/aliexpress/connections/{id}/token?min_ttl={min_ttl}")
}

async fn vend(visitor: &Http, id: &str, min_ttl: i64) -> Result<(u16, Value)> {
    let reply = visitor.get(&token_path(id, min_ttl)).await?;
    Ok((reply.status, json_of(&reply)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lasts_as_long_as_was_asked_or_is_not_given() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let visitor = app.visitor()?;
    let (_, first) = vend(&visitor, &id, 600).await?;
    let life = first["expires_in"].as_i64().context("no life")?;
    // From the first second over the end of the first pair, in steps that meet the last ten minutes.
    let (mut passed, mut generations) = (0, vec![1]);
    while passed < life + 1_000 {
        let step = if passed + 1_500 < life {
            (life - passed) / 2
        } else {
            200
        };
        app.advance(step);
        passed += step;
        let (status, token) = vend(&visitor, &id, 600).await?;
        assert_eq!(status, 200, "{token}");
        let left = token["expires_in"].as_i64().context("no life")?;
        assert!(left >= 600, "only {left} s after {passed} s");
        generations.extend(token["generation"].as_i64());
    }
    generations.dedup();
    assert_eq!(generations, [1, 2], "renewed once, and only when needed");
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_last_is_refused_with_its_reason() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let (status, problem) = vend(&visitor, "default", 60).await?;
    assert_eq!(
        (status, problem["code"].as_str()),
        (409, Some("not_connected"))
    );
    let id = app.connect().await?;
    let cases = [
        (token_path(&id, 31_536_000), 409, "token_too_short_lived"),
        (token_path(&id, 31_536_001), 400, "invalid_parameter"),
        (token_path(&id, -1), 400, "invalid_request"),
        (token_path("conn_nobody", 60), 404, "unknown_connection"),
        (token_path(&format!("{id}0"), 60), 404, "unknown_connection"),
    ];
    for (path, status, code) in cases {
        let reply = visitor.get(&path).await?;
        let problem = json_of(&reply);
        assert_eq!(
            (reply.status, problem["code"].as_str()),
            (status, Some(code)),
            "{path}: {problem}"
        );
    }
    assert_eq!(
        app.refreshes().await?,
        0,
        "wishes that cannot be met cost no rotation"
    );
    app.core.disconnect(&id).await?;
    let (status, problem) = vend(&visitor, &id, 60).await?;
    assert_eq!(
        (status, problem["code"].as_str()),
        (409, Some("disconnected"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_answer_is_kept_by_nobody_and_holds_no_refresh_token() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let reply = app.visitor()?.get(&token_path("default", 0)).await?;
    let token = json_of(&reply);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(token["connection"], id.as_str());
    let names: Vec<_> = token
        .as_object()
        .context("no object")?
        .keys()
        .cloned()
        .collect();
    let mut expected = [
        "access_token",
        "connection",
        "expires_in",
        "generation",
        "works_until",
    ]
    .map(str::to_owned);
    expected.sort();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_callers_at_the_end_of_a_token_make_one_refresh() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let (_, token) = vend(&app.visitor()?, &id, 0).await?;
    app.advance(token["expires_in"].as_i64().context("no life")?);
    let callers: Vec<_> = (0..200)
        .map(|_| {
            let (visitor, id) = (app.visitor(), id.clone());
            tokio::spawn(async move { vend(&visitor?, &id, 600).await })
        })
        .collect();
    for caller in callers {
        let (status, token) = caller.await??;
        assert_eq!((status, token["generation"].as_i64()), (200, Some(2)));
    }
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

/// Without a follower every read looks for itself, so the other instance knows at once.
#[tokio::test(flavor = "multi_thread")]
async fn another_instance_sees_every_change() -> Result<()> {
    let app = App::start().await?;
    let beside = app.beside().await?;
    let (here, there) = (app.visitor()?, beside.visitor()?);
    let id = app.connect().await?;
    assert_eq!(vend(&there, "default", 60).await?.0, 200);
    let label = |status: &Value| status["connections"][0]["label"].clone();
    let status = "/api/aliexpress/status";
    assert_eq!(
        label(&there.get(status).await.map(|r| json_of(&r))?),
        Value::Null
    );
    here.request(Method::PATCH, &format!("/api/aliexpress/connections/{id}"))
        .header("content-type", "application/json")
        .body(r#"{"label":"shop"}"#)
        .send()
        .await?;
    assert_eq!(
        label(&there.get(status).await.map(|r| json_of(&r))?),
        "shop"
    );
    app.core.refresh_now(&id).await?;
    assert_eq!(vend(&there, &id, 60).await?.1["generation"], 2);
    app.core.disconnect(&id).await?;
    assert_eq!(vend(&there, &id, 60).await?.0, 409);
    assert_eq!(vend(&there, "default", 60).await?.0, 409);
    let after = there.get(status).await.map(|reply| json_of(&reply))?;
    assert_eq!(after["connections"], json!([]));
    assert_eq!(after["authenticated"], false);
    Ok(())
}

/// With followers, as in servers: a disconnect on one stops vending on the other within a second, and status shows
/// the other's writes within a second.
#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "the promise is one of real time, so real time is measured"
)]
async fn a_disconnect_stops_the_other_instance_within_a_second() -> Result<()> {
    let setup = Setup {
        follower: true,
        ..Setup::default()
    };
    let app = App::with(setup).await?;
    let beside = app.beside().await?;
    let there = beside.visitor()?;
    let id = app.connect().await?;
    let connected = Instant::now();
    while vend(&there, &id, 60).await?.0 != 200 {
        assert!(connected.elapsed() < Duration::from_secs(1), "not vended");
    }
    let status = "/api/aliexpress/status";
    while json_of(&there.get(status).await?)["authenticated"] != true {
        assert!(connected.elapsed() < Duration::from_secs(1), "not shown");
    }
    app.core.disconnect(&id).await?;
    let disconnected = Instant::now();
    while vend(&there, &id, 60).await?.0 == 200 {
        assert!(
            disconnected.elapsed() < Duration::from_secs(1),
            "still vended"
        );
    }
    while json_of(&there.get(status).await?)["authenticated"] != false {
        assert!(
            disconnected.elapsed() < Duration::from_secs(1),
            "still shown"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn status_changes_with_the_clock_alone() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let mut states = Vec::new();
    for _ in 0..70 {
        let reply = visitor.get("/api/aliexpress/status").await?;
        let status = json_of(&reply);
        // What was kept says the same as what is made now.
        assert_eq!(status, serde_json::to_value(app.core.status().await?)?);
        let state = &status["connections"][0];
        states.push(format!(
            "{} {} {}",
            state["state"], state["reason"], state["usable"]
        ));
        app.advance(86_400);
    }
    states.dedup();
    assert!(states.len() >= 5, "{states:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_calls_reads_and_refuses_the_rest() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let product = app.products().await?.remove(0);
    let call = async |method: &str, body: &Value| {
        let path = format!("/api/aliexpress/connections/default/call/{method}");
        visitor.post_json(&path, body).await
    };
    let body = json!({ "product_id": product.parse::<i64>()?, "ship_to_country": "FR", "remove_personal_benefit": null });
    let reply = call("aliexpress.ds.product.get", &body).await?;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(json_of(&reply)["result"]["ae_item_base_info_dto"].is_object());
    for method in [
        "aliexpress.ds.order.create",
        "aliexpress.trade.buy.placeorder",
        "%2Fauth%2Ftoken%2Frefresh",
        "x",
    ] {
        let reply = call(method, &json!({})).await?;
        assert_eq!(
            (reply.status, json_of(&reply)["code"].as_str()),
            (403, Some("call_refused")),
            "{method}"
        );
    }
    let session = json!({ "session": "x", "product_id": "1", "ship_to_country": "FR" });
    assert_eq!(
        call("aliexpress.ds.product.get", &session).await?.status,
        400
    );
    Ok(())
}
