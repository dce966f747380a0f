//! Connect links: made by an operator, used once by a merchant elsewhere, who gets nothing else from us.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_core::{LinkRefusal, NewLink, Scope};
use testkit::app::{App, Setup};
use testkit::http::{Http, Reply};

const CREATE: &str = "/auth/token/create";
const LINKS: &str = "/api/aliexpress/connect-links";

async fn locked() -> Result<App> {
    App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await
}

async fn operator(app: &App) -> Result<Http> {
    app.program(&Scope::ALL).await
}

/// Makes a link and gives the path that the merchant opens, and what the API says of the link.
async fn link(app: &App, wanted: Value) -> Result<(String, Value)> {
    let reply = operator(app).await?.post_json(LINKS, &wanted).await?;
    let made = reply.expect_status(201)?.json()?;
    let url = made["url"].as_str().context("no address")?;
    let path = url.strip_prefix(&app.url).context("an address elsewhere")?;
    Ok((path.to_owned(), made))
}

async fn shown(app: &App, id: &Value) -> Result<Value> {
    let list = operator(app)
        .await?
        .get(LINKS)
        .await?
        .expect_status(200)?
        .json()?;
    let links = list["links"].as_array().context("no list")?;
    let one = links.iter().find(|link| link["id"] == *id);
    one.cloned().context("the link is not listed")
}

/// Presses the button and gives the `state` that goes to AliExpress.
async fn press(merchant: &Http, path: &str) -> Result<String> {
    let reply = merchant.post_form(path, &[]).await?.expect_status(303)?;
    let place = url::Url::parse(reply.location()?)?;
    let state = place.query_pairs().find(|(name, _)| name == "state");
    Ok(state.context("no state")?.1.into_owned())
}

async fn come_back(merchant: &Http, code: &str, state: &str) -> Result<Reply> {
    let place = format!("/aliexpress/callback?code={code}&state={state}");
    merchant.get(&place).await?.expect_status(303)
}

/// The links of a page that lead anywhere but to its own files and languages.
fn ways_out(page: &str) -> Vec<String> {
    let document = scraper::Html::parse_document(page);
    let Ok(selector) = scraper::Selector::parse("a[href], form[action]") else {
        return vec!["no selector".to_owned()];
    };
    document
        .select(&selector)
        .filter_map(|element| element.attr("href").or_else(|| element.attr("action")))
        .filter(|place| !place.starts_with('#') && !place.contains("lang="))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_connects_with_a_link_and_sees_nothing_of_ours() -> Result<()> {
    let app = locked().await?;
    let (path, made) = link(&app, json!({ "label": "Boutique <Été>" })).await?;
    assert_eq!(made["state"], "open");
    assert_eq!(made["expires_at"], "2026-11-23T12:30:00Z");
    let token = path.strip_prefix("/connect/").context("path")?;
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));

    let merchant = app.visitor()?.with_header("accept-language", "fr")?;
    let page = merchant.get(&path).await?.expect_status(200)?;
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let text = page.text();
    assert!(
        text.contains("lang=\"fr\"") && text.contains("127.0.0.1"),
        "{text}"
    );
    assert!(text.contains("Boutique &#60;Été&#62;"), "{text}");
    assert!(ways_out(&text).is_empty(), "{:?}", ways_out(&text));

    let state = press(&merchant, &path).await?;
    assert_eq!(shown(&app, &made["id"]).await?["state"], "started");
    let reply = come_back(&merchant, &app.code(None).await?, &state).await?;
    assert_eq!(reply.location()?, "/connect/done?auth=success");
    let done = merchant
        .get(reply.location()?)
        .await?
        .expect_status(200)?
        .text();
    assert!(done.contains("Votre compte est connecté") && ways_out(&done).is_empty());
    // A reload shows the same and exchanges nothing.
    let again = come_back(&merchant, "other", &state).await?;
    assert_eq!(again.location()?, "/connect/done?auth=success");
    assert_eq!(app.journal(CREATE).await?.len(), 1);

    let link = shown(&app, &made["id"]).await?;
    assert_eq!(link["state"], "connected");
    let connection = app.core.connections().await?.swap_remove(0);
    assert_eq!(link["connected"], connection.id.as_str());
    assert_eq!(connection.label.as_deref(), Some("Boutique <Été>"));
    // The merchant's browser has gained nothing here.
    merchant
        .get("/api/aliexpress/status")
        .await?
        .expect_status(401)?;
    let home = merchant.get("/aliexpress").await?.expect_status(303)?;
    assert!(home.location()?.starts_with("/aliexpress/sign-in"));
    Ok(())
}

/// R25: browsers leave the referrer out here, and say `Origin: null` with our own form; another site cannot press.
#[tokio::test(flavor = "multi_thread")]
async fn the_button_is_pressed_on_our_page_only() -> Result<()> {
    let app = locked().await?;
    let (path, made) = link(&app, json!({})).await?;
    let merchant = app.visitor()?;
    let press = |site: &'static str, origin: &'static str| {
        let request = merchant.request(Method::POST, &path);
        let request = request.header("sec-fetch-site", site);
        merchant.send(request.header("origin", origin))
    };
    for (site, origin) in [
        ("cross-site", "https://evil.example"),
        ("cross-site", "null"),
        ("same-site", "null"),
    ] {
        press(site, origin).await?.expect_status(403)?;
    }
    assert_eq!(shown(&app, &made["id"]).await?["state"], "open");
    press("same-origin", "null").await?.expect_status(303)?;
    Ok(())
}

/// Previews and link checkers look at every address in a message.
#[tokio::test(flavor = "multi_thread")]
async fn looking_at_a_link_uses_nothing_up() -> Result<()> {
    let app = locked().await?;
    let (path, made) = link(&app, json!({})).await?;
    for _ in 0..5 {
        let looker = app.visitor()?;
        looker.get(&path).await?.expect_status(200)?;
        assert!(
            looker
                .cookies()
                .get("smartlinks_browser")
                .cloned()
                .is_none(),
            "a looker gets no cookie"
        );
        let head = looker.request(Method::HEAD, &path);
        looker.send(head).await?.expect_status(200)?;
    }
    assert_eq!(shown(&app, &made["id"]).await?["state"], "open");
    press(&app.visitor()?, &path).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_link_that_opens_nothing_says_why_in_both_languages() -> Result<()> {
    let app = locked().await?;
    let unknown = format!("/connect/{}", "ab".repeat(32));
    let (used, _) = link(&app, json!({})).await?;
    press(&app.visitor()?, &used).await?;
    let (revoked, made) = link(&app, json!({})).await?;
    let id = made["id"].as_str().context("id")?;
    let place = format!("{LINKS}/{id}");
    let admin = operator(&app).await?;
    let gone = admin.send(admin.request(Method::DELETE, &place)).await?;
    assert_eq!(gone.expect_status(200)?.json()?["state"], "revoked");
    let cases = [
        (
            unknown.as_str(),
            404,
            "This link is not known here",
            "Ce lien n’est pas connu ici",
        ),
        (
            "/connect/short",
            404,
            "This link is not known here",
            "Ce lien n’est pas connu ici",
        ),
        (
            used.as_str(),
            410,
            "This link was used already",
            "Ce lien a déjà servi",
        ),
        (
            revoked.as_str(),
            410,
            "This link was withdrawn",
            "Ce lien a été annulé",
        ),
    ];
    let (late, _) = link(&app, json!({})).await?;
    app.advance(30 * 60);
    let late = (
        late.as_str(),
        410,
        "This link is older than 30 minutes",
        "Ce lien a plus de 30 minutes",
    );
    assert_eq!(cases.len(), LinkRefusal::ALL.len());
    for (path, status, english, french) in cases.into_iter().chain([late]) {
        for (language, words) in [("en", english), ("fr", french)] {
            let visitor = app.visitor()?.with_header("accept-language", language)?;
            for reply in [
                visitor.get(path).await?,
                visitor.post_form(path, &[]).await?,
            ] {
                let page = reply.expect_status(status)?;
                assert_eq!(
                    page.header("referrer-policy"),
                    Some("no-referrer"),
                    "{path}"
                );
                let text = page.text();
                assert!(text.contains(words), "{path}: {text}");
                assert!(ways_out(&text).is_empty());
            }
        }
    }
    assert_eq!(app.journal(CREATE).await?.len(), 0);
    Ok(())
}

/// R2, F22: what began with a link in one browser ends in that browser.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_bound_to_the_browser_that_used_it() -> Result<()> {
    let app = locked().await?;
    let (path, made) = link(&app, json!({})).await?;
    let merchant = app.visitor()?;
    let state = press(&merchant, &path).await?;
    let cookie = merchant.cookies().get("smartlinks_browser").cloned();
    assert!(cookie.is_some());
    let code = app.code(None).await?;
    for stranger in [app.visitor()?, operator(&app).await?] {
        let reply = come_back(&stranger, &code, &state).await?;
        let place = reply.location()?;
        assert!(
            place.starts_with("/connect/done?auth=error&error=wrong_browser"),
            "{place}"
        );
    }
    assert_eq!(
        app.journal(CREATE).await?.len(),
        0,
        "the gateway was called"
    );
    let reply = come_back(&merchant, &code, &state).await?;
    assert_eq!(reply.location()?, "/connect/done?auth=success");
    assert_eq!(shown(&app, &made["id"]).await?["state"], "connected");
    // A second link in the same browser keeps its id.
    let (path, _) = link(&app, json!({})).await?;
    press(&merchant, &path).await?;
    assert_eq!(
        merchant.cookies().get("smartlinks_browser").cloned(),
        cookie
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_press_at_once_one_goes_on() -> Result<()> {
    let app = locked().await?;
    let (path, _) = link(&app, json!({})).await?;
    let mut pressing = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (visitor, path) = (app.visitor()?, path.clone());
        pressing.spawn(async move { visitor.post_form(&path, &[]).await });
    }
    let mut statuses = Vec::new();
    while let Some(reply) = pressing.join_next().await {
        statuses.push(reply??.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303);
    assert!(
        statuses[1..].iter().all(|status| *status == 410),
        "{statuses:?}"
    );
    Ok(())
}

/// R8, F17: a link for signing in again takes the same account only, and a merchant cannot say otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_signing_in_again_keeps_the_account() -> Result<()> {
    let app = locked().await?;
    let id = app.connect().await?;
    let (path, made) = link(&app, json!({ "connection": id })).await?;
    let merchant = app.visitor()?;
    let page = merchant.get(&path).await?.text();
    assert!(page.contains("Sign in at AliExpress again"), "{page}");
    let state = press(&merchant, &path).await?;
    let code = app.code(Some("seller")).await?;
    let reply = come_back(&merchant, &code, &state).await?;
    let place = reply.location()?;
    assert!(
        place.starts_with("/connect/done?auth=error&error=account_mismatch"),
        "{place}"
    );
    assert!(
        !place.contains("conn_"),
        "the merchant is told no id of ours: {place}"
    );
    let page = merchant.get(place).await?.expect_status(200)?.text();
    assert!(ways_out(&page).is_empty(), "{:?}", ways_out(&page));
    let ended = shown(&app, &made["id"]).await?;
    assert_eq!(
        (&ended["state"], &ended["reason"]),
        (&json!("refused"), &json!("account_mismatch"))
    );
    assert_eq!(app.core.connection(&id).await?.generation, 1);

    let (path, _) = link(&app, json!({ "connection": id })).await?;
    let state = press(&merchant, &path).await?;
    come_back(&merchant, &app.code(None).await?, &state).await?;
    let view = app.core.connection(&id).await?;
    assert_eq!((view.id, view.generation), (id, 2));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_operator_makes_and_sees_links() -> Result<()> {
    let app = locked().await?;
    let stranger = app.visitor()?;
    stranger.get(LINKS).await?.expect_status(401)?;
    stranger
        .post_json(LINKS, &json!({}))
        .await?
        .expect_status(401)?;
    stranger
        .get("/aliexpress/links")
        .await?
        .expect_status(303)?;
    stranger
        .post_form("/aliexpress/links", &[])
        .await?
        .expect_status(401)?;
    let admin = operator(&app).await?;
    for (wanted, status) in [
        (json!({ "connection": "conn_none" }), 404),
        (json!({ "label": "x".repeat(81) }), 400),
        (json!({ "other": 1 }), 400),
    ] {
        admin
            .post_json(LINKS, &wanted)
            .await?
            .expect_status(status)?;
    }
    let unknown = admin.request(Method::DELETE, &format!("{LINKS}/link_none"));
    let problem = admin.send(unknown).await?.expect_status(404)?.json()?;
    assert_eq!(problem["code"], "unknown_link");
    // No list ever shows an address again, and the database holds no token.
    let (path, made) = link(&app, json!({ "label": "once" })).await?;
    let token = path.trim_start_matches("/connect/").to_owned();
    assert!(!admin.get(LINKS).await?.text().contains(&token));
    assert!(shown(&app, &made["id"]).await?["url"].is_null());
    for name in ["smartlinks.db", "smartlinks.db-wal"] {
        let bytes = std::fs::read(app.data.join(name)).unwrap_or_default();
        let found = bytes
            .windows(token.len())
            .any(|part| part == token.as_bytes());
        assert!(!found, "the token stands in {name}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_made_and_taken_back_on_the_page() -> Result<()> {
    let app = App::start().await?;
    let operator = app.visitor()?;
    let fields = [("label", "Lyon"), ("connection", "")];
    let page = operator
        .post_form("/aliexpress/links?lang=en", &fields)
        .await?;
    let text = page.expect_status(200)?.text();
    let start = text.find("/connect/").context("the address is shown")?;
    let path = &text[start..start + "/connect/".len() + 64];
    app.visitor()?.get(path).await?.expect_status(200)?;
    let list = operator.get("/aliexpress/links?lang=en").await?.text();
    assert!(
        list.contains("Lyon") && !list.contains(path),
        "shown once only"
    );
    let id = app
        .core
        .connect_links(None, 1)
        .await?
        .links
        .swap_remove(0)
        .id;
    let revoke = format!("/aliexpress/links/{id}/revoke");
    operator.post_form(&revoke, &[]).await?.expect_status(303)?;
    let list = operator.get("/aliexpress/links").await?.text();
    assert!(list.contains("The link is withdrawn"), "{list}");
    app.visitor()?.get(path).await?.expect_status(410)?;
    let used = app.core.create_connect_link(NewLink::default()).await?;
    let path = used
        .url
        .strip_prefix(&app.url)
        .context("an address elsewhere")?;
    press(&app.visitor()?, path).await?;
    let revoke = format!("/aliexpress/links/{}/revoke", used.link.id);
    operator.post_form(&revoke, &[]).await?.expect_status(303)?;
    let list = operator.get("/aliexpress/links").await?.text();
    assert!(list.contains("nothing to withdraw"), "{list}");
    Ok(())
}

/// Who did what stands in the audit log, without the token.
#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_link_is_audited() -> Result<()> {
    let app = locked().await?;
    let (path, made) = link(&app, json!({ "label": "Lyon" })).await?;
    let merchant = app.visitor()?;
    let state = press(&merchant, &path).await?;
    come_back(&merchant, &app.code(None).await?, &state).await?;
    let entries = app
        .core
        .store()
        .audit()
        .page(&Default::default(), None, 50)
        .await?;
    let of_link: Vec<_> = entries
        .iter()
        .filter(|entry| {
            entry.actor.id.as_deref() == made["id"].as_str()
                || entry.subject.as_deref() == made["id"].as_str()
        })
        .map(|entry| (entry.action.as_str(), entry.actor.kind.as_str()))
        .collect();
    let expected = [
        ("connection.connected", "merchant"),
        ("connect_link.used", "merchant"),
        ("connect_link.created", "api_key"),
    ];
    assert_eq!(of_link, expected);
    let token = path.trim_start_matches("/connect/");
    assert!(!format!("{entries:?}").contains(token));
    Ok(())
}
