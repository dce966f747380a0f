//! The real binary as a process: what survives a kill, what a moved clock does, and what never leaks.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testkit::server::{Service, ServiceProcess};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const DAY: i64 = 86_400;

async fn connect(service: &ServiceProcess) -> Result<Value> {
    let code = service
        .sandbox_visitor()?
        .post_json("/_sandbox/codes", &json!({}))
        .await?
        .json()?;
    service
        .visitor()?
        .post_json("/api/aliexpress/oauth/token", &code)
        .await?
        .expect_status(200)?
        .json()
}

async fn connection(service: &ServiceProcess) -> Result<Value> {
    let status = service
        .visitor()?
        .get("/api/aliexpress/status")
        .await?
        .expect_status(200)?
        .json()?;
    Ok(status["connections"][0].clone())
}

/// Asks until it is so. The service works by itself meanwhile; nothing can be waited on from outside.
async fn becomes(
    service: &ServiceProcess,
    within: Duration,
    so: impl Fn(&Value) -> bool,
) -> Result<Value> {
    tokio::time::timeout(within, async {
        loop {
            let now = connection(service).await?;
            if so(&now) {
                return Ok(now);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .context("it did not happen in time")?
}

async fn advance(service: &ServiceProcess, seconds: i64) -> Result<()> {
    let body = json!({ "advance_seconds": seconds });
    service
        .sandbox_visitor()?
        .post_json("/_sandbox/clock", &body)
        .await?
        .expect_status(200)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_clock_refreshes_without_a_person_and_a_kill_loses_nothing() -> Result<()> {
    let mut service = ServiceProcess::sandboxed()?;
    let id = connect(&service).await?["id"].clone();
    advance(&service, 31 * DAY).await?;
    let refreshed = becomes(&service, Duration::from_secs(5), |now| {
        now["generation"] == 2
    })
    .await?;
    assert_eq!(refreshed["state"], "active");

    service.kill()?;
    service.restart()?;
    let after = connection(&service).await?;
    assert_eq!(
        (&after["id"], &after["generation"], &after["works_until"]),
        (&id, &json!(2), &refreshed["works_until"])
    );
    // The token still works, so the sandbox kept its side as well.
    let state = service
        .sandbox_visitor()?
        .get("/_sandbox/state")
        .await?
        .json()?;
    let product = &state["products"][0];
    let product = product
        .as_str()
        .map_or_else(|| product.to_string(), str::to_owned);
    service
        .visitor()?
        .get(&format!("/api/aliexpress/products/{product}"))
        .await?
        .expect_status(200)?;

    advance(&service, 31 * DAY).await?;
    let ended = becomes(&service, Duration::from_secs(5), |now| {
        now["state"] == "reauthorization_required"
    })
    .await?;
    assert_eq!(ended["reason"], "sign_in_deadline_passed");
    let page = service
        .visitor()?
        .get("/aliexpress/authentication?lang=en")
        .await?
        .expect_status(200)?
        .text();
    ensure!(page.contains("Sign in again"), "the page does not say so");
    let output = std::process::Command::new(testkit::server::binary()?)
        .args(["--sandbox", "--sandbox-listen"])
        .arg(service.sandbox()?.trim_start_matches("http://"))
        .arg("--data-dir")
        .arg(service.data_dir())
        .args(["auth", "token_status", "--json"])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        text.contains("reauthorization_required"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_requests_past_the_deadline_make_one_refresh() -> Result<()> {
    let service = Service::sandboxed()
        .argument("--background-refresh")
        .argument("off")
        .start()?;
    connect(&service).await?;
    let state = service
        .sandbox_visitor()?
        .get("/_sandbox/state")
        .await?
        .json()?;
    let product = &state["products"][0];
    let product = product
        .as_str()
        .map_or_else(|| product.to_string(), str::to_owned);
    advance(&service, 31 * DAY).await?;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let visitor = service.visitor()?;
        let path = format!("/api/aliexpress/products/{product}");
        requests.spawn(async move { visitor.get(&path).await.map(|reply| reply.status) });
    }
    while let Some(status) = requests.join_next().await {
        assert_eq!(status??, 200);
    }
    let journal = service
        .sandbox_visitor()?
        .get("/_sandbox/journal?api=/auth/token/refresh")
        .await?
        .json()?;
    let entries = journal
        .as_array()
        .or_else(|| journal["entries"].as_array())
        .context("no journal")?;
    assert_eq!(entries.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_file_follows_each_change() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder
        .path()
        .join("external_scrapers/aliexpress_token.json");
    let service = Service::sandboxed()
        .argument(format!("--token-file={}", file.display()))
        .start()?;
    let read = || -> Result<Value> { Ok(serde_json::from_str(&std::fs::read_to_string(&file)?)?) };
    let connection = connect(&service).await?;
    let first = read()?;
    for field in [
        "access_token",
        "refresh_token",
        "expires_in",
        "refresh_expires_in",
        "expire_time",
        "refresh_token_valid_time",
        "user_id",
        "saved_at",
    ] {
        ensure!(!first[field].is_null(), "{field} is missing");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&file)?.permissions().mode() & 0o777,
            0o600
        );
    }
    let id = connection["id"].as_str().context("no id")?;
    let refresh = format!("/api/aliexpress/connections/{id}/refresh");
    service
        .visitor()?
        .post_json(&refresh, &json!({}))
        .await?
        .expect_status(200)?;
    ensure!(
        read()?["access_token"] != first["access_token"],
        "the file did not follow the refresh"
    );
    let visitor = service.visitor()?;
    let delete = visitor.request(
        reqwest::Method::DELETE,
        &format!("/api/aliexpress/connections/{id}"),
    );
    visitor.send(delete).await?.expect_status(204)?;
    ensure!(!file.exists(), "the file outlives the connection");
    Ok(())
}

/// Drives secrets through success and failure and then looks for them everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn canary_secrets_never_leave_their_places() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let token_file = folder.path().join("token.json");
    let data = folder.path().join("data");
    let service = Service::sandboxed()
        .argument(format!("--token-file={}", token_file.display()))
        .argument("--log=trace")
        .data_dir(&data)
        .start()?;
    let control = service.sandbox_visitor()?;
    let visitor = service.visitor()?;
    let mut canaries = vec!["sandbox-secret".to_owned()];
    let mut seen = String::new();
    // Success, by the browser's way.
    let started = visitor.get("/api/aliexpress/oauth/url").await?.json()?;
    let state = started["state"].as_str().context("state")?;
    let code = control
        .post_json("/_sandbox/codes", &json!({}))
        .await?
        .json()?["code"]
        .as_str()
        .context("code")?
        .to_owned();
    let reply = visitor
        .get(&format!("/aliexpress/callback?code={code}&state={state}"))
        .await?
        .expect_status(303)?;
    seen.push_str(&format!("{:?}{}", reply.headers, reply.text()));
    canaries.push(code.clone());
    canaries.extend(tokens(&token_file)?);
    let id = connection(&service).await?["id"]
        .as_str()
        .context("id")?
        .to_owned();
    // Failures of each kind, with the tokens on the wire.
    let product = json!({"match": {"method": "aliexpress.ds.product.get"}, "times": 1});
    for then in ["html", "truncate", "http_500", "reset"] {
        let mut fault = product.clone();
        fault["then"] = json!(then);
        control.post_json("/_sandbox/faults", &fault).await?;
        let reply = visitor
            .get("/api/aliexpress/products/1005006000000001")
            .await?;
        seen.push_str(&reply.text());
    }
    for code in [
        "IllegalRefreshToken",
        "IncompleteSignature",
        "ServiceUnavailable",
    ] {
        let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "error", "code": code});
        control.post_json("/_sandbox/faults", &fault).await?;
        let refresh = format!("/api/aliexpress/connections/{id}/refresh");
        seen.push_str(&visitor.post_json(&refresh, &json!({})).await?.text());
    }
    seen.push_str(
        &visitor
            .post_json("/api/aliexpress/oauth/token", &json!({ "code": code }))
            .await?
            .text(),
    );
    seen.push_str(
        &visitor
            .get(&format!("/aliexpress/callback?code={code}&state={state}"))
            .await?
            .text(),
    );
    seen.push_str(
        &visitor
            .get(&format!("/aliexpress/callback?code={code}&state=wrong"))
            .await?
            .text(),
    );
    for page in [
        "/aliexpress",
        "/aliexpress/authentication",
        "/aliexpress/orders",
        "/aliexpress/audit",
        "/api/aliexpress/status",
        "/api/aliexpress/connections",
        "/api/aliexpress/audit?limit=200",
        "/api/aliexpress/doctor",
        "/metrics",
    ] {
        let reply = visitor.get(page).await?.expect_status(200)?;
        seen.push_str(&format!("{:?}{}", reply.headers, reply.text()));
    }
    for arguments in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["audit"],
        &["audit", "--json"],
    ] {
        seen.push_str(&beside(&service, arguments)?);
    }
    advance(&service, 31 * DAY).await?;
    seen.push_str(
        &visitor
            .get("/api/aliexpress/products/1005006000000001")
            .await?
            .text(),
    );
    canaries.extend(tokens(&token_file).unwrap_or_default());
    seen.push_str(&service.output());
    drop(service);
    none_was_shown(&canaries, &seen, &data)
}

/// The same for what others are given: API keys, links for merchants, secrets and signatures of webhooks and pushes.
#[tokio::test(flavor = "multi_thread")]
async fn what_others_are_given_never_leaves_its_place() -> Result<()> {
    let service = Service::sandboxed().argument("--log=trace").start()?;
    connect(&service).await?;
    let mut canaries = Vec::new();
    canaries.extend(use_up_a_key(&service).await?);
    canaries.extend(use_up_a_link(&service).await?);
    canaries.extend(receive_a_webhook(&service).await?);
    canaries.extend(push_something_forged(&service).await?);
    let mut seen = String::new();
    for page in [
        "/aliexpress/keys",
        "/aliexpress/webhooks",
        "/aliexpress/links",
        "/aliexpress/audit",
        "/api/aliexpress/keys",
        "/api/aliexpress/webhooks",
        "/api/aliexpress/connect-links",
        "/api/aliexpress/audit?limit=200",
        "/metrics",
    ] {
        let reply = service.visitor()?.get(page).await?.expect_status(200)?;
        seen.push_str(&format!("{:?}{}", reply.headers, reply.text()));
    }
    let data = service.data_dir().to_owned();
    seen.push_str(&service.output());
    ensure!(seen.contains("request answered"), "nothing was logged");
    none_was_shown(&canaries, &seen, &data)
}

/// Makes a key, has a token handed out to it, mistypes it, and revokes it.
async fn use_up_a_key(service: &ServiceProcess) -> Result<Vec<String>> {
    let visitor = service.visitor()?;
    let keys = "/api/aliexpress/keys";
    let body = json!({ "name": "shop", "scopes": ["read", "token"] });
    let made = visitor.post_json(keys, &body).await?.expect_status(201)?;
    let made = made.json()?;
    let key = made["key"].as_str().context("no key")?.to_owned();
    let (id, mistyped) = (made["id"].as_str().context("no id")?, format!("{key}x"));
    let token = "/api/aliexpress/connections/default/token";
    let vended = service.visitor()?.with_api_key(&key)?.get(token).await?;
    let vended = vended.expect_status(200)?.json()?;
    let vended = vended["access_token"].as_str().context("no token")?;
    let revoke = visitor.request(reqwest::Method::DELETE, &format!("{keys}/{id}"));
    visitor.send(revoke).await?.expect_status(200)?;
    for refused in [&mistyped, &key] {
        let program = service.visitor()?.with_api_key(refused)?;
        program.get(token).await?.expect_status(401)?;
    }
    Ok(vec![key, vended.to_owned()])
}

/// Makes a link for a merchant, looks at it, begins with it, and opens it once more.
async fn use_up_a_link(service: &ServiceProcess) -> Result<Vec<String>> {
    let visitor = service.visitor()?;
    let made = visitor
        .post_json("/api/aliexpress/connect-links", &json!({}))
        .await?
        .expect_status(201)?
        .json()?;
    let url = made["url"].as_str().context("no address")?;
    let (_, token) = url.split_once("/connect/").context("no token")?;
    let path = format!("/connect/{token}");
    visitor.get(&path).await?.expect_status(200)?;
    let begun = visitor.post_form(&path, &[]).await?.expect_status(303)?;
    let (_, state) = begun.location()?.split_once("state=").context("no state")?;
    let state = state.split('&').next().unwrap_or_default().to_owned();
    visitor.get(&path).await?;
    Ok(vec![token.to_owned(), state])
}

/// Makes an endpoint on this machine, gives it another secret, and takes a message.
async fn receive_a_webhook(service: &ServiceProcess) -> Result<Vec<String>> {
    let receiver = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let visitor = service.visitor()?;
    let url = format!("http://{}/hook", receiver.local_addr()?);
    let hooks = "/api/aliexpress/webhooks";
    let made = visitor.post_json(hooks, &json!({ "url": url })).await?;
    let made = made.expect_status(201)?.json()?;
    let id = made["webhook"]["id"].as_str().context("no id")?;
    let rotate = format!("{hooks}/{id}/rotate-secret");
    let rotated = visitor.post_json(&rotate, &json!({})).await?;
    let rotated = rotated.expect_status(200)?.json()?;
    let test = format!("{hooks}/{id}/test");
    visitor
        .post_json(&test, &json!({}))
        .await?
        .expect_status(202)?;
    // What was on its way before the secret changed has one signature.
    let signed_twice = async {
        loop {
            let signatures = take_a_message(&receiver).await?;
            if signatures.len() == 2 {
                return anyhow::Ok(signatures);
            }
        }
    };
    let mut canaries = tokio::time::timeout(Duration::from_secs(60), signed_twice).await??;
    for answer in [made, rotated] {
        let secret = answer["secret"].as_str().context("no secret")?;
        canaries.push(secret.to_owned());
        // What the secret is made of, without the mark before it.
        canaries.push(secret.trim_start_matches("whsec_").to_owned());
    }
    Ok(canaries)
}

/// Takes one message and gives its signatures.
async fn take_a_message(receiver: &tokio::net::TcpListener) -> Result<Vec<String>> {
    let (mut socket, _) = receiver.accept().await?;
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        ensure!(socket.read_buf(&mut head).await? > 0, "cut off");
    }
    socket
        .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        .await?;
    let head = String::from_utf8_lossy(&head).into_owned();
    let signatures = head
        .lines()
        .find_map(|line| line.strip_prefix("webhook-signature: "))
        .context("not signed")?;
    Ok(signatures.split(' ').map(str::to_owned).collect())
}

/// Pushes a message that AliExpress has not signed.
async fn push_something_forged(service: &ServiceProcess) -> Result<Vec<String>> {
    let (signature, body) = ("c4a21e5".repeat(9), "canary-of-a-push");
    let visitor = service.visitor()?;
    let push = visitor
        .request(reqwest::Method::POST, "/aliexpress/push")
        .header("authorization", &signature)
        .header("content-type", "application/json")
        .body(json!({ "message_type": 10, "data": body }).to_string());
    let refused = visitor.send(push).await?;
    ensure!((400..500).contains(&refused.status), "{}", refused.status);
    Ok(vec![signature, body.to_owned()])
}

/// What a command prints that runs beside the service, with everything logged.
fn beside(service: &ServiceProcess, arguments: &[&str]) -> Result<String> {
    let output = std::process::Command::new(testkit::server::binary()?)
        .args(["--sandbox", "--log=trace", "--sandbox-listen"])
        .arg(service.sandbox()?.trim_start_matches("http://"))
        .arg("--data-dir")
        .arg(service.data_dir())
        .args(arguments)
        .output()?;
    ensure!(!output.stdout.is_empty(), "{arguments:?} printed nothing");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(format!("{}{}", text(&output.stdout), text(&output.stderr)))
}

/// Where no person looks on, each line is JSON; each request ends with one line that names its route and who sent it,
/// and never what stood in its address.
#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_one_line_with_its_id_and_without_its_address() -> Result<()> {
    let service = ServiceProcess::sandboxed()?;
    let visitor = service.visitor()?;
    let place = "/api/aliexpress/orders/1005canary7path?token=canary7query";
    let reply = visitor.get(place).await?;
    let id = reply.header("x-request-id").context("no id")?.to_owned();
    let lost = visitor.get("/canary7path/no\u{a}where").await?;
    let lost_id = lost.header("x-request-id").context("no id")?.to_owned();
    service.wait_for_output(&lost_id, Duration::from_secs(10))?;
    let output = service.output();
    let logged: Vec<Value> = output
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let of = |id: &str| -> Vec<&Value> {
        let ended = logged
            .iter()
            .filter(|line| line["message"] == "request answered");
        ended
            .filter(|line| line["span"]["request.id"] == id)
            .collect()
    };
    let [line] = of(&id)[..] else {
        anyhow::bail!("not one line of {id}: {output}");
    };
    for (field, value) in [
        ("/level", json!("INFO")),
        ("/span/method", json!("GET")),
        ("/span/route", json!("/api/aliexpress/orders/{id}")),
        ("/status", json!(reply.status)),
        ("/principal.kind", json!("anybody")),
    ] {
        assert_eq!(line.pointer(field), Some(&value), "{field} in {line}");
    }
    ensure!(line["duration_ms"].is_u64(), "{line}");
    let [line] = of(&lost_id)[..] else {
        anyhow::bail!("not one line of {lost_id}: {output}");
    };
    assert_eq!(line["span"]["route"], "unmatched");
    ensure!(
        !output.contains("canary7"),
        "an address was logged: {output}"
    );
    Ok(())
}

/// Whoever can choose a word that is logged must not be able to write a log line with it.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_from_outside_cannot_forge_a_log_line() -> Result<()> {
    for form in ["text", "json"] {
        cannot_forge(form).await?;
    }
    Ok(())
}

async fn cannot_forge(form: &str) -> Result<()> {
    const FORGED: &str = "2026-11-23T00:00:00Z INFO forged";
    let service = Service::sandboxed()
        .argument("--log=debug")
        .argument(format!("--log-format={form}"))
        .start()?;
    connect(&service).await?;
    let code = format!("Odd\r\n{FORGED}\n");
    let fault = json!({"match": {"method": "aliexpress.ds.product.get"}, "times": 1, "then": "error", "code": code});
    service
        .sandbox_visitor()?
        .post_json("/_sandbox/faults", &fault)
        .await?
        .expect_status(200)?;
    let visitor = service.visitor()?;
    let place = "/api/aliexpress/products/1005006000000001";
    let reply = visitor.get(place).await?;
    ensure!(reply.status == 502, "{}: {}", reply.status, reply.text());
    let line = "%0D%0A2026-11-23T00:00:00Z%20INFO%20forged%0A";
    for place in [
        format!("/aliexpress/{line}"),
        format!("/aliexpress/callback?error=x{line}&error_description={line}&state={line}"),
        format!("/api/aliexpress/orders/{line}"),
    ] {
        visitor.get(&place).await?;
    }
    service.wait_for_output(FORGED, Duration::from_secs(10))?;
    let output = service.output();
    let forged: Vec<&str> = output
        .lines()
        .filter(|line| line.trim_start().starts_with("2026-11-23T00:00:00Z"))
        .collect();
    ensure!(forged.is_empty(), "{forged:#?}");
    Ok(())
}

fn tokens(file: &Path) -> Result<Vec<String>> {
    let token: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    Ok(["access_token", "refresh_token"]
        .iter()
        .filter_map(|name| token[name].as_str().map(str::to_owned))
        .collect())
}

/// No secret is in what was seen, nor in any file.
fn none_was_shown(canaries: &[String], seen: &str, data: &Path) -> Result<()> {
    for canary in canaries {
        ensure!(canary.len() > 10, "no canary");
        let shown = seen.contains(canary.as_str());
        ensure!(!shown, "{}… was shown", &canary[..8]);
        no_file_holds(data, canary)?;
    }
    Ok(())
}

fn no_file_holds(folder: &Path, canary: &str) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            no_file_holds(&path, canary)?;
        } else if path.is_file() {
            let content = std::fs::read(&path)?;
            let found = content
                .windows(canary.len())
                .any(|window| window == canary.as_bytes());
            ensure!(!found, "{} holds {}…", path.display(), &canary[..8]);
        }
    }
    Ok(())
}

/// The program as it is shipped cannot talk to a provider of identities, and does not pretend to.
#[test]
fn without_openid_connect_built_in_a_start_says_so() -> Result<()> {
    let home = tempfile::tempdir()?;
    let output = std::process::Command::new(testkit::server::binary()?)
        .args(["serve", "--listen", "127.0.0.1:0", "--json"])
        .env_clear()
        .env("HOME", home.path())
        .env("SMARTLINKS_OIDC_ISSUER", "https://login.example.com")
        .env("SMARTLINKS_OIDC_CLIENT_ID", "smartlinks")
        .env("SMARTLINKS_OIDC_CLIENT_SECRET", "canary")
        .output()?;
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{words}");
    let line = words.lines().last().context("it said nothing")?;
    let error: Value = serde_json::from_str(line)?;
    assert_eq!(error["error"]["code"], "oidc_not_built_in");
    let fix = error["error"]["fix"].as_str().unwrap_or_default();
    assert!(fix.contains("--features oidc"), "{fix}");
    assert!(!words.contains("canary"), "{words}");
    Ok(())
}
