//! What the outside can see of us, and what words from outside can do to our pages.

use std::path::Path;

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::Request;
use scraper::{Html, Selector};
use smartlinks_server::{Access, Environment, Hosts, ServerOptions, router};
use testkit::app::{App, Setup};
use tower::ServiceExt;

/// A page with this title in it, read as a browser would: the title is text, and nothing of it has come alive.
fn shown_as_text(document: &str, title: &str, page: &str) -> Result<()> {
    let html = Html::parse_document(document);
    let all = |selector: &str| -> Result<Vec<_>> {
        let selector = Selector::parse(selector).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(html.select(&selector).collect())
    };
    let headings = all("main h1, main h2")?;
    let shown = headings
        .iter()
        .any(|heading| heading.text().collect::<String>().trim() == title);
    assert!(shown, "{page} does not show {title:?}");
    for script in all("script")? {
        let ours = script
            .attr("src")
            .is_some_and(|src| src.starts_with("/assets/"));
        assert!(
            ours && script.text().collect::<String>().trim().is_empty(),
            "{page}"
        );
    }
    for element in all("*")? {
        let handler = element.value().attrs().find(|(name, _)| {
            name.starts_with("on") || (*name == "src" && element.attr("src") == Some("x"))
        });
        assert!(handler.is_none(), "{page}: {handler:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_titles_are_text_on_list_and_detail_in_both_languages() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let found = visitor
        .get("/api/aliexpress/products?q=hostile")
        .await?
        .expect_status(200)?
        .json()?;
    let products: Vec<(String, String)> = found["products"]
        .as_array()
        .context("no products")?
        .iter()
        .map(|product| {
            let id = &product["id"];
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            (id, product["title"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    for hostile in ["<script>alert(1)</script>", "<img src=x onerror=", "DROP"] {
        let there = products.iter().any(|(_, title)| title.contains(hostile));
        assert!(there, "the sandbox has no {hostile}: {products:?}");
    }
    for language in ["en", "fr"] {
        let list = format!("/aliexpress/products?q=hostile&lang={language}");
        let document = visitor.get(&list).await?.expect_status(200)?.text();
        for (id, title) in &products {
            shown_as_text(&document, title, &list)?;
            let detail = format!("/aliexpress/products/{id}?lang={language}");
            let document = visitor.get(&detail).await?.expect_status(200)?.text();
            shown_as_text(&document, title, &detail)?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_tls_cookies_are_bound_to_it_and_so_is_the_browser() -> Result<()> {
    let app = App::start().await?;
    let place = "/api/aliexpress/oauth/url";
    let plain = app.visitor()?.get(place).await?;
    assert_eq!(plain.header("strict-transport-security"), None);

    let secured = router(ServerOptions {
        core: app.core.clone(),
        access: Access::Open,
        environment: Environment::Live,
        hosts: Hosts::loopback(443),
        secure_cookies: true,
        trusted_proxies: Vec::new(),
        limits: smartlinks_server::Limits::default(),
        metrics: smartlinks_server::Exposition::new().1,
        stop: tokio_util::sync::CancellationToken::new(),
    });
    let ask = |cookie: &str| {
        let request = Request::get(place)
            .header("host", "localhost:443")
            .header("cookie", cookie);
        request.body(Body::empty())
    };
    let reply = secured.clone().oneshot(ask("a=b")?).await?;
    assert_eq!(reply.status(), 200);
    let header = |name: &str| {
        let value = reply.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    assert_eq!(
        header("strict-transport-security").as_deref(),
        Some("max-age=31536000")
    );
    let cookie = header("set-cookie").context("no cookie")?;
    assert!(cookie.starts_with("__Host-smartlinks_browser="), "{cookie}");
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }
    assert!(!cookie.to_lowercase().contains("domain="), "{cookie}");
    // Under its plain name anybody on the network could have set it, so it does not count.
    let value = cookie.split(['=', ';']).nth(1).context("no value")?;
    let known = secured
        .clone()
        .oneshot(ask(&format!("__Host-smartlinks_browser={value}"))?)
        .await?;
    assert!(known.headers().get("set-cookie").is_none());
    let planted = secured
        .oneshot(ask(&format!("smartlinks_browser={value}"))?)
        .await?;
    assert!(planted.headers().get("set-cookie").is_some());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_public_tells_nothing_about_the_server() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    let stranger = app.visitor()?;
    for health in ["/healthz", "/readyz"] {
        let reply = stranger.get(health).await?.expect_status(200)?;
        assert_eq!(reply.text(), r#"{"status":"ok"}"#, "{health}");
    }
    for path in [
        "/",
        "/healthz",
        "/readyz",
        "/aliexpress",
        "/aliexpress/sign-in",
        "/aliexpress/sign-in/link",
        "/aliexpress/sign-in/oidc",
        "/aliexpress/sign-in/oidc/callback?code=a&state=b",
        "/aliexpress/received",
        "/aliexpress/callback?code=a&state=b",
        "/aliexpress/nowhere",
        "/api/aliexpress/status",
        "/api/openapi.json",
        "/api/docs",
        "/metrics",
        "/nowhere",
    ] {
        let reply = stranger.get(path).await?;
        let seen = format!("{:?}{}", reply.headers, reply.text()).to_lowercase();
        for word in [env!("CARGO_PKG_VERSION"), "axum", "hyper", "sqlite"] {
            assert!(!seen.contains(word), "{path} tells {word}");
        }
        for header in ["server", "x-powered-by", "via"] {
            assert_eq!(reply.header(header), None, "{path}");
        }
    }
    app.core.store().close().await;
    let problem = stranger.get("/readyz").await?.expect_status(503)?.json()?;
    assert_eq!(problem["code"], "storage_closed");
    assert_eq!(problem["detail"], "the database does not answer");
    assert!(!problem.to_string().contains("smartlinks.db"), "{problem}");
    stranger.get("/healthz").await?.expect_status(200)?;
    Ok(())
}

/// R36: what a key holder is told of a failing database names neither its place nor what it said.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_where_the_database_is() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    app.core.store().close().await;
    for path in ["status", "orders", "connections", "audit", "keys"] {
        let reply = visitor.get(&format!("/api/aliexpress/{path}")).await?;
        let problem = reply.expect_status(503)?.json()?;
        assert_eq!(problem["code"], "storage_failed", "{path}");
        assert_eq!(problem["detail"], "the server is ending", "{path}");
        let text = problem.to_string();
        for word in [&*app.data.to_string_lossy(), "smartlinks.db"] {
            assert!(!text.contains(word), "{path}: {text}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn our_script_keeps_nothing_and_talks_to_no_other_window() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let page = visitor.get("/aliexpress").await?.expect_status(200)?.text();
    let address = page
        .split('"')
        .find(|part| part.starts_with("/assets/app.") && part.ends_with(".js"))
        .context("no script")?;
    let script = visitor.get(address).await?.expect_status(200)?.text();
    assert!(script.len() > 500, "{script}");
    for word in [
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "postMessage",
        "opener",
        "location.hash",
        "eval(",
    ] {
        assert!(!script.contains(word), "the script uses {word}");
    }
    Ok(())
}

/// The gateway sends the account's e-mail address with every pair. We have no use for it.
#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_e_mail_address_is_neither_kept_nor_shown() -> Result<()> {
    const MAIL: &str = "demo.buyer@example.com";
    let app = App::start().await?;
    let id = app.connect().await?;
    app.core.refresh_now(&id).await?;
    let visitor = app.visitor()?;
    for place in [
        "/aliexpress",
        "/aliexpress/authentication",
        "/api/aliexpress/status",
        "/api/aliexpress/connections",
        &format!("/api/aliexpress/connections/{id}"),
    ] {
        let text = visitor.get(place).await?.expect_status(200)?.text();
        assert!(text.contains("demo_buyer"), "{place} shows no account");
        assert!(!text.contains(MAIL), "{place}");
    }
    assert!(kept(&app.data, "demo_buyer")?, "the search works");
    assert!(!kept(&app.data, MAIL)?);
    Ok(())
}

/// Whether a file of the folder holds these words.
fn kept(folder: &Path, words: &str) -> Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(entry?.path())?;
        if bytes
            .windows(words.len())
            .any(|part| part == words.as_bytes())
        {
            return Ok(true);
        }
    }
    Ok(false)
}
