//! Operators: signing in and out, sessions, one-time links, and everything that has to be refused.

use anyhow::{Context, Result};
use reqwest::Method;
use smartlinks_core::store::{ActorKind, AuditFilter};
use smartlinks_core::{Password, Visitor};
use testkit::app::{App, OPERATOR, PASSWORD, SESSION_COOKIE, Setup};
use testkit::http::{Http, Reply};

const SIGN_IN: &str = "/aliexpress/sign-in";
const LINK: &str = "/aliexpress/sign-in/link";
const OPERATORS: &str = "/aliexpress/operators";
const HOUR: i64 = 3600;
const NEW: &str = "another long one of hers";

async fn guarded() -> Result<App> {
    let app = App::with(Setup {
        operators: true,
        // The limit of the route is tested beside it; here those of names and addresses are.
        limits: smartlinks_server::Limits::out_of_reach(),
        ..Setup::default()
    })
    .await?;
    app.operator().await?;
    Ok(app)
}

async fn sign_in(visitor: &Http, name: &str, password: &str) -> Result<Reply> {
    let fields = [("name", name), ("password", password)];
    visitor.post_form(SIGN_IN, &fields).await
}

fn session(visitor: &Http) -> Result<String> {
    let cookies = visitor.cookies();
    Ok(cookies.get(SESSION_COOKIE).context("no session")?.clone())
}

/// Whether a session cookie opens the page.
async fn opens(app: &App, cookie: &str) -> Result<bool> {
    let visitor = app.visitor()?;
    visitor.set_cookie(SESSION_COOKIE, cookie);
    let reply = visitor.get("/aliexpress").await?;
    if reply.status == 200 {
        return Ok(true);
    }
    assert_eq!(reply.status, 303);
    assert!(reply.location()?.starts_with("/aliexpress/sign-in?"));
    let cleared = reply.header("set-cookie").unwrap_or_default();
    assert!(
        cleared.starts_with(&format!("{SESSION_COOKIE}=; ")) && cleared.contains("Max-Age=0"),
        "a cookie that opens nothing is not taken away: {cleared}"
    );
    Ok(false)
}

async fn actions(app: &App) -> Result<Vec<(ActorKind, String, String)>> {
    let log = app.core.store().audit();
    let mut entries = log.page(&AuditFilter::default(), None, 100).await?;
    entries.reverse();
    Ok(entries
        .into_iter()
        .map(|entry| (entry.actor.kind, entry.action, entry.outcome))
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn name_and_password_open_the_page_until_sign_out() -> Result<()> {
    let app = guarded().await?;
    let person = app.visitor()?;
    let fields = [
        ("name", "ANNA@example.com"),
        ("password", PASSWORD),
        ("return_to", "/aliexpress/orders"),
    ];
    let reply = person
        .post_form(SIGN_IN, &fields)
        .await?
        .expect_status(303)?;
    assert_eq!(reply.location()?, "/aliexpress/orders");
    let cookie = reply.header("set-cookie").context("no cookie")?;
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }
    let value = session(&person)?;
    assert!(value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()));
    for place in ["/aliexpress/orders", "/api/aliexpress/status", OPERATORS] {
        person.get(place).await?.expect_status(200)?;
    }
    // What the cookie holds is no key of the API, and what the page shows of it opens nothing.
    let thief = app.visitor()?.with_api_key(&value)?;
    thief
        .get("/api/aliexpress/status")
        .await?
        .expect_status(401)?;
    let page = person.get(OPERATORS).await?.text();
    assert!(!page.contains(&value) && page.contains("anna@example.com"));

    let reply = person
        .post_form("/aliexpress/sign-out", &[])
        .await?
        .expect_status(303)?;
    assert_eq!(reply.location()?, SIGN_IN);
    assert!(!person.cookies().contains_key(SESSION_COOKIE));
    assert!(!opens(&app, &value).await?, "signed out on the server too");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_not_said_and_costs_the_same_work() -> Result<()> {
    let app = guarded().await?;
    app.core.invite_operator("invited-one").await?;
    app.core.invite_operator("disabled-one").await?;
    let password = Password::from(PASSWORD.to_owned());
    app.core
        .set_operator_password("disabled-one", password)
        .await?;
    app.core.disable_operator("disabled-one").await?;
    // The hash that is compared with in nobody's place is made at the first attempt.
    sign_in(&app.visitor()?, "the first", PASSWORD).await?;
    let mut pages = Vec::new();
    for (name, password) in [
        (OPERATOR, "a wrong password"),
        ("nobody", PASSWORD),
        ("invited-one", PASSWORD),
        ("disabled-one", PASSWORD),
    ] {
        let visitor = app.visitor()?;
        let before = app.core.passwords_hashed();
        let reply = sign_in(&visitor, name, password)
            .await?
            .expect_status(401)?;
        assert_eq!(app.core.passwords_hashed() - before, 1, "{name}");
        assert!(visitor.cookies().is_empty());
        assert!(
            !reply.text().contains(password),
            "the page repeats the password"
        );
        pages.push(reply.text().replace(name, "NAME"));
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
    let reply = sign_in(&app.visitor()?, OPERATOR, "").await?;
    assert_eq!(reply.status, 401);
    Ok(())
}

/// R23: whoever plants a session id in a browser gains nothing by the sign-in that follows.
#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_session_changes_at_every_sign_in() -> Result<()> {
    let app = guarded().await?;
    let person = app.visitor()?;
    let planted = "ab".repeat(32);
    person.set_cookie(SESSION_COOKIE, &planted);
    sign_in(&person, OPERATOR, PASSWORD)
        .await?
        .expect_status(303)?;
    let first = session(&person)?;
    assert_ne!(first, planted);
    assert!(!opens(&app, &planted).await?);
    sign_in(&person, OPERATOR, PASSWORD)
        .await?
        .expect_status(303)?;
    let second = session(&person)?;
    assert_ne!(first, second);
    assert!(!opens(&app, &first).await? && opens(&app, &second).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_not_used() -> Result<()> {
    let app = guarded().await?;
    let cookie = session(&app.signed_in().await?)?;
    app.advance(11 * HOUR);
    assert!(opens(&app, &cookie).await?);
    app.advance(11 * HOUR);
    assert!(opens(&app, &cookie).await?, "it was used in between");
    app.advance(12 * HOUR);
    assert!(!opens(&app, &cookie).await?);
    app.advance(-12 * HOUR);
    assert!(!opens(&app, &cookie).await?, "it is gone for good");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_seven_days_however_much_it_is_used() -> Result<()> {
    let app = guarded().await?;
    let cookie = session(&app.signed_in().await?)?;
    for _ in 0..16 {
        app.advance(10 * HOUR);
        assert!(opens(&app, &cookie).await?);
    }
    app.advance(8 * HOUR);
    assert!(!opens(&app, &cookie).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_stolen_sessions_open_nothing() -> Result<()> {
    let app = guarded().await?;
    let cookie = session(&app.signed_in().await?)?;
    let of_anna = app.core.operators().await?.remove(0);
    let stored = app.core.sessions_of(&of_anna.id).await?.remove(0).reference;
    for forged in [
        "",
        "x",
        &"0".repeat(64),
        &cookie[1..],
        &cookie.to_uppercase(),
        &format!("{cookie} "),
        // What a copy of the database holds.
        &stored,
    ] {
        if !forged.is_empty() && forged.trim() != cookie {
            assert!(!opens(&app, forged).await?, "{forged}");
        }
    }
    assert!(opens(&app, &cookie).await?);
    app.core.sign_out_operator(OPERATOR).await?;
    assert!(!opens(&app, &cookie).await?, "signed out everywhere");
    let cookie = session(&app.signed_in().await?)?;
    app.core.disable_operator(OPERATOR).await?;
    assert!(!opens(&app, &cookie).await?, "the operator is disabled");
    app.core.enable_operator(OPERATOR).await?;
    assert!(!opens(&app, &cookie).await?, "and stays signed out");
    Ok(())
}

/// R35: the limits that nobody has configured bite.
/// A service that counts few attempts, and believes what a proxy on this machine says of the address.
async fn guarded_with_few_attempts() -> Result<App> {
    let app = App::with(Setup {
        operators: true,
        // The limit of the route is tested beside it; here that of names is.
        limits: smartlinks_server::Limits::out_of_reach(),
        attempts: 2.try_into()?,
        trusted_proxies: vec!["127.0.0.1".parse()?],
        ..Setup::default()
    })
    .await?;
    app.operator().await?;
    Ok(app)
}

fn from(app: &App, address: &str) -> Result<Http> {
    app.visitor()?.with_header("x-forwarded-for", address)
}

/// Refused for having tried too often; gives for how many seconds.
fn refused_for(reply: Reply) -> Result<i64> {
    let reply = reply.expect_status(429)?;
    let wait: i64 = reply.header("retry-after").context("how long?")?.parse()?;
    let words = format!("{wait} seconds");
    assert!(reply.text().contains(&words), "{}", reply.text());
    Ok(wait)
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_by_name_and_network() -> Result<()> {
    let app = guarded_with_few_attempts().await?;
    let guesser = from(&app, "2001:db8::1")?;
    for _ in 0..2 {
        let reply = sign_in(&guesser, OPERATOR, "a wrong guess").await?;
        assert_eq!(reply.status, 401);
    }
    // The right password does not help either, nor does another address of the same network: nobody can tell.
    let guesser = from(&app, "2001:db8::ffff:1")?;
    let wait = refused_for(sign_in(&guesser, OPERATOR, PASSWORD).await?)?;
    assert!((1..=300).contains(&wait), "{wait}");
    // Elsewhere it goes on, and so does another name.
    let reply = sign_in(&from(&app, "192.0.2.2")?, OPERATOR, PASSWORD).await?;
    assert_eq!(reply.status, 303);
    let reply = sign_in(&guesser, "somebody", "a wrong guess").await?;
    assert_eq!(reply.status, 401);
    app.advance(wait);
    let reply = sign_in(&guesser, OPERATOR, PASSWORD).await?;
    assert_eq!(reply.status, 303);
    Ok(())
}

/// Whoever knows the name of an operator can shut out strangers with it, and not that operator.
#[tokio::test(flavor = "multi_thread")]
async fn strangers_cannot_keep_an_operator_out() -> Result<()> {
    let app = guarded_with_few_attempts().await?;
    let anna = from(&app, "198.51.100.7")?;
    sign_in(&anna, OPERATOR, PASSWORD)
        .await?
        .expect_status(303)?;
    for number in 0..19 {
        let stranger = from(&app, &format!("203.0.113.{}", number / 2))?;
        let reply = sign_in(&stranger, OPERATOR, "a wrong guess").await?;
        assert_eq!(reply.status, 401, "{number}");
    }
    let elsewhere = from(&app, "192.0.2.1")?;
    refused_for(sign_in(&elsewhere, OPERATOR, PASSWORD).await?)?;
    let again = from(&app, "198.51.100.7")?;
    let reply = sign_in(&again, OPERATOR, PASSWORD).await?;
    assert_eq!(reply.status, 303);
    let fields = [("current", PASSWORD), ("password", NEW), ("again", NEW)];
    let changed = again
        .post_form(&format!("{OPERATORS}/password"), &fields)
        .await?;
    assert_eq!(changed.status, 303, "{}", changed.text());
    let reply = sign_in(&from(&app, "198.51.100.7")?, OPERATOR, NEW).await?;
    assert_eq!(reply.status, 429, "from there, too, only so many");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_keeps_no_operator_out() -> Result<()> {
    let app = guarded_with_few_attempts().await?;
    let visitor = app.visitor()?;
    for _ in 0..2 {
        sign_in(&visitor, OPERATOR, "a wrong guess")
            .await?
            .expect_status(401)?;
    }
    app.advance(-3 * HOUR);
    let wait = refused_for(sign_in(&visitor, OPERATOR, PASSWORD).await?)?;
    assert!((1..=300).contains(&wait), "{wait}");
    app.advance(wait);
    sign_in(&visitor, OPERATOR, PASSWORD)
        .await?
        .expect_status(303)?;
    Ok(())
}

/// Whoever is no trusted proxy cannot choose the address that counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_claim_another_address() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    app.operator().await?;
    let most = smartlinks_server::Limits::default().sign_in.get();
    for number in 0..most {
        let guesser = from(&app, &format!("203.0.113.{number}"))?;
        sign_in(&guesser, &format!("name {number}"), "a wrong guess")
            .await?
            .expect_status(401)?;
    }
    let reply = sign_in(&from(&app, "198.51.100.1")?, "another", "a wrong guess").await?;
    assert_eq!(reply.status, 429);
    Ok(())
}

async fn first_link(app: &App) -> Result<String> {
    let link = app.core.first_start_link().await?;
    Ok(link.context("there are operators")?.path())
}

fn token(path: &str) -> Result<&str> {
    Ok(path.split_once("token=").context("no token")?.1)
}

fn choice<'a>(token: &'a str, name: &'a str, password: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("token", token),
        ("name", name),
        ("password", password),
        ("again", password),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_link_makes_one_operator_and_works_once() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        // The limit of the route is tested beside it; here those of names and addresses are.
        limits: smartlinks_server::Limits::out_of_reach(),
        ..Setup::default()
    })
    .await?;
    // Each start prints one, and the former one opens nothing any more.
    let (other, path) = (first_link(&app).await?, first_link(&app).await?);
    let person = app.visitor()?;
    person.get(&other).await?.expect_status(410)?;
    for _ in 0..2 {
        let page = person.get(&path).await?.expect_status(200)?;
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.text().contains("Welcome"), "looking uses nothing up");
    }
    let french = person.get(&format!("{path}&lang=fr")).await?.text();
    assert!(
        french.contains("Bienvenue") && french.contains(&format!("{path}&amp;lang=en"))
            || french.contains(&format!("{path}&#38;lang=en")),
        "{french}"
    );
    person.clear_cookies();
    let token_text = token(&path)?;
    for (name, password) in [
        ("", PASSWORD),
        (OPERATOR, "short"),
        (OPERATOR, "aaaaaaaaaaaaaaaa"),
    ] {
        let refused = person
            .post_form(LINK, &choice(token_text, name, password))
            .await?;
        assert_eq!(refused.status, 400);
        assert!(!refused.text().contains(password) || password == "short");
    }
    let mut differ = choice(token_text, OPERATOR, PASSWORD);
    differ[3].1 = NEW;
    assert_eq!(person.post_form(LINK, &differ).await?.status, 400);
    assert!(app.core.operators().await?.is_empty());

    let fields = choice(token_text, OPERATOR, PASSWORD);
    // As a browser sends the form of a page without referrer.
    let reply = person
        .send(
            person
                .request(Method::POST, LINK)
                .header("origin", "null")
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form(&fields)),
        )
        .await?
        .expect_status(303)?;
    assert_eq!(reply.location()?, "/aliexpress");
    person.get("/aliexpress").await?.expect_status(200)?;
    let operators = app.core.operators().await?;
    assert_eq!(operators.len(), 1);
    assert_eq!(operators[0].name, OPERATOR);

    let stranger = app.visitor()?;
    for path in [&path, &other] {
        stranger.get(path).await?.expect_status(410)?;
        let fields = choice(token(path)?, "eve", "a password of Eve's");
        stranger
            .post_form(LINK, &fields)
            .await?
            .expect_status(410)?;
    }
    assert_eq!(app.core.operators().await?.len(), 1);
    assert!(app.core.first_start_link().await?.is_none());
    sign_in(&stranger, OPERATOR, PASSWORD)
        .await?
        .expect_status(303)?;
    Ok(())
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lives_thirty_minutes() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        // The limit of the route is tested beside it; here those of names and addresses are.
        limits: smartlinks_server::Limits::out_of_reach(),
        ..Setup::default()
    })
    .await?;
    let path = first_link(&app).await?;
    let person = app.visitor()?;
    app.advance(HOUR / 2 - 1);
    person.get(&path).await?.expect_status(200)?;
    app.advance(1);
    person.get(&path).await?.expect_status(410)?;
    let fields = choice(token(&path)?, OPERATOR, PASSWORD);
    person.post_form(LINK, &fields).await?.expect_status(410)?;
    assert!(app.core.operators().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_adds_another_by_a_link_that_is_shown_once() -> Result<()> {
    let app = guarded().await?;
    let anna = app.signed_in().await?;
    app.advance(1);
    let page = anna
        .post_form(OPERATORS, &[("name", "bruno")])
        .await?
        .expect_status(200)?
        .text();
    let start = page
        .find(&format!("{}{LINK}?token=", app.url))
        .context("no link")?;
    let link = &page[start + app.url.len()..];
    let link = &link[..link.find(['<', '"', '&']).context("no end")?].to_owned();
    assert!(!anna.get(OPERATORS).await?.text().contains(token(link)?));
    let taken = anna.post_form(OPERATORS, &[("name", "BRUNO")]).await?;
    assert_eq!(taken.status, 409);
    let unnamed = anna.post_form(OPERATORS, &[("name", " ")]).await?;
    assert_eq!(unnamed.status, 400);

    let bruno = app.visitor()?;
    let page = bruno.get(link).await?.expect_status(200)?.text();
    assert!(page.contains("bruno"));
    let fields = choice(token(link)?, "eve", NEW);
    bruno.post_form(LINK, &fields).await?.expect_status(303)?;
    bruno.get("/aliexpress").await?.expect_status(200)?;
    let names: Vec<_> = app
        .core
        .operators()
        .await?
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(
        names,
        [OPERATOR, "bruno"],
        "the link's name counts, not the form's"
    );
    // Bruno has a password now: no operator can take over another's account.
    let bruno_id = app.core.operators().await?.remove(1).id;
    let again = format!("{OPERATORS}/{bruno_id}/link");
    anna.post_form(&again, &[]).await?.expect_status(404)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_sessions_are_listed_and_ended() -> Result<()> {
    let app = guarded().await?;
    let (here, there, third) = (
        app.signed_in().await?,
        app.signed_in().await?,
        app.signed_in().await?,
    );
    let named = app
        .visitor()?
        .with_header("user-agent", "Mozilla/5.0 (X11; Linux) Firefox/140.0")?;
    sign_in(&named, OPERATOR, PASSWORD)
        .await?
        .expect_status(303)?;
    let page = here.get(OPERATORS).await?.expect_status(200)?.text();
    assert!(page.contains("Firefox, Linux") && page.contains("127.0.0.1"));
    assert_eq!(
        page.matches("/end\"").count(),
        3,
        "not the one that is looking"
    );
    // Another operator's session is not in reach.
    let other = app.core.invite_operator("bruno").await?;
    let password = Password::from(NEW.to_owned());
    app.core
        .set_operator_password("bruno", password.clone())
        .await?;
    let bruno = app
        .core
        .sign_in("bruno", password, &Visitor::default(), None)
        .await?;
    let reference = app
        .core
        .sessions_of(&other.operator.id)
        .await?
        .remove(0)
        .reference;
    here.post_form(&format!("{OPERATORS}/sessions/{reference}/end"), &[])
        .await?
        .expect_status(303)?;
    assert!(opens(&app, &bruno.cookie).await?);

    let own = app
        .core
        .session(&session(&there)?)
        .await?
        .context("ended")?;
    here.post_form(&format!("{OPERATORS}/sessions/{}/end", own.reference), &[])
        .await?
        .expect_status(303)?;
    assert!(!opens(&app, &session(&there)?).await?);
    assert!(opens(&app, &session(&third)?).await?);
    here.post_form(&format!("{OPERATORS}/sessions/end-others"), &[])
        .await?
        .expect_status(303)?;
    assert!(!opens(&app, &session(&third)?).await?);
    assert!(opens(&app, &session(&here)?).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_every_other_session() -> Result<()> {
    let app = guarded().await?;
    let (here, there) = (app.signed_in().await?, app.signed_in().await?);
    let before = session(&here)?;
    let change = |current: &'static str, password: &'static str, again: &'static str| {
        let fields = [
            ("current", current),
            ("password", password),
            ("again", again),
        ];
        let here = &here;
        async move {
            here.post_form(&format!("{OPERATORS}/password"), &fields)
                .await
        }
    };
    for (current, password, again, status) in [
        ("not the present one", NEW, NEW, 403),
        (PASSWORD, "short", "short", 400),
        (PASSWORD, NEW, PASSWORD, 400),
    ] {
        let reply = change(current, password, again)
            .await?
            .expect_status(status)?;
        for typed in [current, NEW] {
            assert!(!reply.text().contains(typed), "the page repeats a password");
        }
    }
    assert!(opens(&app, &session(&there)?).await?);
    change(PASSWORD, NEW, NEW).await?.expect_status(303)?;
    assert!(!opens(&app, &before).await? && !opens(&app, &session(&there)?).await?);
    here.get(OPERATORS).await?.expect_status(200)?;
    let stranger = app.visitor()?;
    sign_in(&stranger, OPERATOR, PASSWORD)
        .await?
        .expect_status(401)?;
    sign_in(&stranger, OPERATOR, NEW)
        .await?
        .expect_status(303)?;
    Ok(())
}

/// R32: who, from where, how it ended.
#[tokio::test(flavor = "multi_thread")]
async fn what_operators_do_stands_in_the_audit_log() -> Result<()> {
    let app = guarded().await?;
    let anna = app.visitor()?;
    sign_in(&anna, OPERATOR, "a canary password")
        .await?
        .expect_status(401)?;
    // Typed into the wrong field.
    sign_in(&anna, "canary correct horse", "x")
        .await?
        .expect_status(401)?;
    sign_in(&anna, OPERATOR, PASSWORD)
        .await?
        .expect_status(303)?;
    anna.post_form(OPERATORS, &[("name", "bruno")])
        .await?
        .expect_status(200)?;
    anna.post_form("/aliexpress/sign-out", &[])
        .await?
        .expect_status(303)?;
    let seen = actions(&app).await?;
    let expect = |kind, action: &str, outcome: &str| {
        let entry = (kind, action.to_owned(), outcome.to_owned());
        assert!(seen.contains(&entry), "{entry:?} is not in {seen:?}");
    };
    expect(ActorKind::Anybody, "operator.signed_in", "wrong_password");
    expect(ActorKind::Operator, "operator.signed_in", "ok");
    expect(ActorKind::Operator, "operator.added", "ok");
    expect(ActorKind::Operator, "operator.link_made", "ok");
    expect(ActorKind::Operator, "operator.signed_out", "ok");
    // What is counted by the minute is written when the minute is over, or at the end.
    app.core.drain().await;
    let log = app.core.store().audit();
    let entries = log.page(&AuditFilter::default(), None, 100).await?;
    let text = format!("{entries:?}");
    for secret in [
        "canary",
        PASSWORD,
        "argon2",
        &session(&app.signed_in().await?)?,
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
    let added = entries
        .iter()
        .find(|entry| entry.action == "operator.added" && entry.actor.kind == ActorKind::Operator);
    let actor = &added.context("not there")?.actor;
    let refused = entries
        .iter()
        .filter(|entry| entry.outcome == "wrong_password")
        .map(|entry| (entry.subject.is_some(), entry.data_json.as_str()));
    // The newest first: nobody's, which are counted, then hers.
    let hers = format!("{{\"name\":\"{OPERATOR}\"}}");
    let [(false, counted), (true, data)] = refused.collect::<Vec<_>>()[..] else {
        anyhow::bail!("not two refusals: {text}");
    };
    assert!(counted.starts_with("{\"count\":1,"), "{counted}");
    assert_eq!(data, hers);
    for file in std::fs::read_dir(&app.data)? {
        let file = file?.path();
        if file.is_file() {
            let found = std::fs::read(&file)?
                .windows(6)
                .any(|bytes| bytes == b"canary");
            assert!(!found, "{}", file.display());
        }
    }
    assert_eq!(actor.name.as_deref(), Some(OPERATOR));
    assert_eq!(actor.address.as_deref(), Some("127.0.0.1"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn housekeeping_forgets_sessions_and_links_that_are_over() -> Result<()> {
    let app = guarded().await?;
    app.signed_in().await?;
    app.core.invite_operator("bruno").await?;
    app.advance(12 * HOUR + 1);
    assert_eq!(app.core.forget_old().await?, 1, "the session");
    app.advance(24 * HOUR);
    assert_eq!(app.core.forget_old().await?, 1, "the link");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open_sandbox_says_that_nobody_signs_in() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let page = visitor.get(OPERATORS).await?.expect_status(200)?.text();
    assert!(page.contains("Nobody has to sign in here"));
    for form in ["", "/password", "/sessions/end-others"] {
        let reply = visitor
            .post_form(&format!("{OPERATORS}{form}"), &[("name", "eve")])
            .await?;
        assert_eq!((reply.status, reply.location()?), (303, OPERATORS));
    }
    for page in [SIGN_IN, LINK] {
        assert_eq!(visitor.get(page).await?.location()?, "/aliexpress");
    }
    assert!(app.core.operators().await?.is_empty());
    Ok(())
}

/// R23: behind TLS the cookie is bound to it; under its plain name anybody on the network could have set it.
#[tokio::test(flavor = "multi_thread")]
async fn behind_tls_a_session_is_bound_to_it() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        // The limit of the route is tested beside it; here those of names and addresses are.
        limits: smartlinks_server::Limits::out_of_reach(),
        behind_tls: true,
        ..Setup::default()
    })
    .await?;
    app.operator().await?;
    let person = app.visitor()?;
    let reply = sign_in(&person, OPERATOR, PASSWORD)
        .await?
        .expect_status(303)?;
    let cookie = reply.header("set-cookie").context("no cookie")?;
    assert!(cookie.starts_with("__Host-smartlinks_session="), "{cookie}");
    assert!(cookie.contains("; Secure") && !cookie.to_lowercase().contains("domain="));
    let value = cookie.split(['=', ';']).nth(1).context("no value")?;
    let planted = app.visitor()?;
    planted.set_cookie(SESSION_COOKIE, value);
    planted.get("/aliexpress").await?.expect_status(303)?;
    let bound = app.visitor()?;
    bound.set_cookie("__Host-smartlinks_session", value);
    bound.get("/aliexpress").await?.expect_status(200)?;
    Ok(())
}
