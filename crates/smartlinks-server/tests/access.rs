//! Every route and method, from the route table itself: who is let in, and how everybody else is refused.

use anyhow::{Context, Result};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::Value;
use smartlinks_core::{CreateApiKey, Grantable, Scope, Scopes};
use smartlinks_server::{Limits, Rule};
use testkit::app::{App, Setup};
use testkit::http::Http;

/// A status, and the code of the problem where the answer is one.
type Answer = (u16, Option<String>);

/// All routes with a value in each path parameter.
fn routes() -> Vec<(Method, String, Rule)> {
    smartlinks_server::access_table()
        .iter()
        .map(|(method, path, rule)| (method.clone(), filled(path), *rule))
        .collect()
}

fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "x1"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

async fn guarded() -> Result<App> {
    App::with(Setup {
        operators: true,
        limits: Limits::out_of_reach(),
        ..Setup::default()
    })
    .await
}

/// The head of an answer, and the problem in it. Streams are not read: they do not end.
async fn answer(request: reqwest::RequestBuilder) -> Result<(Answer, reqwest::header::HeaderMap)> {
    let reply = request.send().await?;
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    for name in ["content-security-policy", "x-request-id"] {
        assert!(headers.contains_key(name), "{}: no {name}", reply.url());
    }
    let is_problem = headers
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes() == b"application/problem+json");
    let code = if is_problem {
        let problem: Value = serde_json::from_str(&reply.text().await?)?;
        problem["code"].as_str().map(str::to_owned)
    } else {
        None
    };
    Ok(((status, code), headers))
}

async fn ask(visitor: &Http, method: &Method, path: &str) -> Result<Answer> {
    Ok(answer(visitor.request(method.clone(), path)).await?.0)
}

fn said(status: u16, code: &str, path: &str) -> Answer {
    // Beside the API people are answered with a page.
    let for_programs =
        path.starts_with("/api/") || ["/aliexpress/push", "/metrics"].contains(&path);
    let code = for_programs.then(|| code.to_owned());
    (status, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_only_what_is_public_opens() -> Result<()> {
    let app = guarded().await?;
    let nobody = app.visitor()?;
    let forged = app
        .visitor()?
        .with_header("cookie", &format!("smartlinks_session={}", "a1".repeat(32)))?;
    for (method, path, rule) in routes() {
        for visitor in [&nobody, &forged] {
            let (answer, headers) = answer(visitor.request(method.clone(), &path)).await?;
            match rule {
                // A push proves by its signature where it comes from, and has to.
                Rule::Public if path == "/aliexpress/push" => {}
                Rule::Public => assert!(
                    !matches!(answer.0, 401 | 403),
                    "{method} {path}: {answer:?}"
                ),
                Rule::Operator if method == Method::GET => {
                    let place = headers.get("location").context("no way to sign in")?;
                    assert!(
                        place.to_str()?.starts_with("/aliexpress/sign-in?"),
                        "{path}"
                    );
                    assert_eq!(answer.0, 303, "{method} {path}");
                }
                Rule::Operator | Rule::Needs(_) => {
                    assert_eq!(
                        answer,
                        said(401, "unauthenticated", &path),
                        "{method} {path}"
                    );
                    let challenge = headers.get("www-authenticate").context("no challenge")?;
                    assert_eq!(challenge, "Bearer realm=\"smartlinks\"", "{path}");
                }
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_what_its_scopes_say_and_nothing_else() -> Result<()> {
    let app = guarded().await?;
    for scope in Scope::ALL {
        let others: Vec<_> = Scope::ALL
            .into_iter()
            .filter(|other| *other != scope)
            .collect();
        let with = app.program(&[scope]).await?;
        let without = app.program(&others).await?;
        for (method, path, rule) in routes() {
            if rule != Rule::Needs(scope) {
                continue;
            }
            let let_in = ask(&with, &method, &path).await?;
            assert!(
                !matches!(let_in.0, 401 | 403 | 500..),
                "{method} {path}: {let_in:?}"
            );
            let (refused, headers) = answer(without.request(method.clone(), &path)).await?;
            assert_eq!(
                refused,
                said(403, "missing_scope", &path),
                "{method} {path}"
            );
            let challenge = headers.get("www-authenticate").context("no challenge")?;
            let expected = format!(
                "Bearer realm=\"smartlinks\", error=\"insufficient_scope\", scope=\"{scope}\""
            );
            assert_eq!(challenge.to_str()?, expected, "{method} {path}");
        }
    }
    // What is for people stays closed to programs, whatever they may do.
    let everything = app.program(&Scope::ALL).await?;
    for (method, path, rule) in routes() {
        if rule == Rule::Operator {
            let answer = ask(&everything, &method, &path).await?;
            assert_eq!(
                answer,
                said(403, "operators_only", &path),
                "{method} {path}"
            );
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_names_what_is_needed_and_what_is_held() -> Result<()> {
    let app = guarded().await?;
    let program = app.program(&[Scope::Token, Scope::Read]).await?;
    let problem = program.get("/api/aliexpress/keys").await?.json()?;
    assert_eq!(problem["needed_scope"], "admin");
    assert_eq!(problem["held_scopes"], "read token");
    let detail = problem["detail"].as_str().context("no detail")?;
    assert!(
        detail.contains("`admin`") && detail.contains("`read token`"),
        "{detail}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_do_not_hold_open_no_route() -> Result<()> {
    let app = guarded().await?;
    let elsewhere = App::start().await?;
    let lasting = |seconds| CreateApiKey {
        name: "brief".to_owned(),
        scopes: Scopes::all(),
        expires_at: Some(app.core.now() + SignedDuration::from_secs(seconds)),
        grantable: Grantable::everything(),
    };
    let expired = app.core.create_api_key(lasting(60)).await?.key;
    let revoked = app.core.create_api_key(lasting(3600)).await?;
    app.core.revoke_api_key(&revoked.view.id).await?;
    app.advance(60);
    let foreign = elsewhere.key(&Scope::ALL).await?;
    let cut = &foreign[..foreign.len() - 1];
    let mut mistyped = foreign.clone();
    let last = if mistyped.ends_with('0') { "1" } else { "0" };
    mistyped.replace_range(mistyped.len() - 1.., last);
    for (key, code) in [
        (expired.reveal(), "expired_api_key"),
        (revoked.key.reveal(), "revoked_api_key"),
        (foreign.as_str(), "invalid_api_key"),
        (cut, "invalid_api_key"),
        (mistyped.as_str(), "mistyped_api_key"),
    ] {
        let visitor = app.visitor()?.with_api_key(key)?;
        for (method, path, rule) in routes() {
            let (answer, headers) = answer(visitor.request(method.clone(), &path)).await?;
            if rule == Rule::Public {
                assert!(
                    path == "/aliexpress/push" || !matches!(answer.0, 401 | 403),
                    "{method} {path}: {answer:?}"
                );
                continue;
            }
            assert_eq!(answer, said(401, code, &path), "{method} {path}");
            let challenge = headers.get("www-authenticate").context("no challenge")?;
            assert_eq!(
                challenge, "Bearer realm=\"smartlinks\", error=\"invalid_token\"",
                "{method} {path}"
            );
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_comes_from_another_site_whoever_is_signed_in() -> Result<()> {
    let app = guarded().await?;
    let person = app.signed_in().await?;
    let program = app.program(&Scope::ALL).await?;
    let mut changes = 0;
    for (method, path, _) in routes() {
        if method == Method::GET {
            continue;
        }
        changes += 1;
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            for visitor in [&person, &program] {
                let request = visitor.request(method.clone(), &path).header(name, value);
                let (answer, _) = answer(request).await?;
                assert_eq!(
                    answer,
                    said(403, "cross_site", &path),
                    "{method} {path} {name}"
                );
            }
        }
    }
    assert!(changes >= 15, "only {changes} routes change anything");
    Ok(())
}

/// Some GETs of the API do something too, and a link carries the session along.
#[tokio::test(flavor = "multi_thread")]
async fn no_link_elsewhere_leads_a_person_to_the_api() -> Result<()> {
    let app = guarded().await?;
    let person = app.signed_in().await?;
    let program = app.program(&Scope::ALL).await?;
    for (method, path, _) in routes() {
        let asked = |who: &Http, site| {
            let request = who.request(method.clone(), &path);
            answer(request.header("sec-fetch-site", site))
        };
        if !path.starts_with("/api/aliexpress/") {
            continue;
        }
        for site in ["cross-site", "same-site"] {
            let (refused, _) = asked(&person, site).await?;
            assert_eq!(refused, said(403, "cross_site", &path), "{method} {path}");
        }
        if method == Method::GET {
            for (who, site) in [
                (&person, "same-origin"),
                (&person, "none"),
                (&program, "cross-site"),
            ] {
                let (let_in, _) = asked(who, site).await?;
                assert_ne!(let_in.0, 403, "{path} {site}");
            }
        }
    }
    // Whoever follows a link to a page sees it.
    let link = person
        .request(Method::GET, "/aliexpress")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(answer(link).await?.0.0, 200);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_counts_in_the_open_sandbox_too() -> Result<()> {
    let app = App::start().await?;
    app.visitor()?
        .get("/api/aliexpress/keys")
        .await?
        .expect_status(200)?;
    let reader = app.program(&[Scope::Read]).await?;
    reader
        .get("/api/aliexpress/status")
        .await?
        .expect_status(200)?;
    reader
        .get("/api/aliexpress/keys")
        .await?
        .expect_status(403)?;
    Ok(())
}
