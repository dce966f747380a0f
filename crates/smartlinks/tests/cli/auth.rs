//! The life of a connection from the command line.

use serde_json::Value;
use url::Url;

use crate::support::gateway::{CALLBACK, Gateway};
use crate::support::{Home, Outcome};

/// Connects the demo buyer.
pub(crate) fn connected(gateway: &Gateway) -> Home {
    let home = Home::with_app(gateway.address());
    home.run(&["auth", "handle_callback", &gateway.code(), "--json"])
        .json(0);
    home
}

#[test]
fn the_old_verbs_tell_the_whole_story() {
    let gateway = Gateway::start();
    let home =
        Home::with_app(gateway.address()).variable("ALIEXPRESS_TOKEN_FILE", "scrapers/token.json");
    let mut outputs: Vec<Outcome> = Vec::new();
    let mut run = |arguments: &[&str], code: i32| -> Value {
        let outcome = home.run(&[arguments, &["--json"]].concat());
        let data = outcome.json(code);
        outputs.push(outcome);
        data
    };

    let nobody = run(&["auth", "token_status"], 3);
    assert_eq!(
        (&nobody["configured"], &nobody["authenticated"]),
        (&true.into(), &false.into())
    );

    let started = run(&["auth", "get_oauth_url"], 0);
    let url = Url::parse(started["url"].as_str().unwrap()).unwrap();
    let parameter = |name: &str| {
        url.query_pairs()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.into_owned())
    };
    assert_eq!(parameter("redirect_uri").as_deref(), Some(CALLBACK));
    assert_eq!(parameter("client_id").as_deref(), Some("500100"));
    assert_eq!(parameter("state").as_deref(), started["state"].as_str());

    let connection = run(&["auth", "handle_callback", &gateway.code()], 0);
    let id = connection["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&connection["state"], &connection["generation"]),
        (&"active".into(), &1.into())
    );

    let status = run(&["auth", "token_status"], 0);
    assert_eq!(status["connections"][0]["id"], id.as_str());
    assert_eq!(status["authenticated"], true);

    let refreshed = run(&["auth", "refresh"], 0);
    assert_eq!(
        (&refreshed["id"], &refreshed["generation"]),
        (&id.as_str().into(), &2.into())
    );
    assert_eq!(gateway.calls("/auth/token/refresh"), 1);

    let token_file = home.path().join("scrapers/token.json");
    let written = std::fs::read_to_string(&token_file).unwrap();
    let imported = Home::with_app(gateway.address());
    std::fs::write(imported.path().join("token.json"), &written).unwrap();
    let taken = imported.run(&[
        "auth",
        "import",
        "token.json",
        "--label",
        "old shop",
        "--json",
    ]);
    assert_eq!(taken.json(0)["label"], "old shop");
    assert_eq!(
        imported.run(&["auth", "status", "--json"]).json(0)["authenticated"],
        true
    );

    let gone = run(&["auth", "disconnect", "--yes"], 0);
    assert_eq!(gone["disconnected"], id.as_str());
    assert_eq!(
        run(&["auth", "token_status"], 3)["connections"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    assert!(!token_file.exists(), "the token file follows");

    let tokens: Value = serde_json::from_str(&written).unwrap();
    outputs.push(taken);
    for outcome in &outputs {
        for secret in [&tokens["access_token"], &tokens["refresh_token"]] {
            assert!(
                !outcome.to_string().contains(secret.as_str().unwrap()),
                "a token was shown: {outcome}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn whatever_holds_a_secret_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let gateway = Gateway::start();
    let home = Home::with_app(gateway.address());
    let arguments = [
        "auth",
        "exchange",
        &gateway.code(),
        "--token-file",
        "tokens/aliexpress.json",
    ];
    assert_eq!(home.run(&arguments).code, Some(0));
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.path().join("tokens/aliexpress.json")), 0o600);
    assert_eq!(mode(&home.data_dir()), 0o700);
    for file in ["keys", "smartlinks.db"] {
        assert_eq!(mode(&home.data_dir().join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_code_can_come_from_stdin() {
    let gateway = Gateway::start();
    let home = Home::with_app(gateway.address());
    let outcome = home.run_with_input(
        &["auth", "exchange", "-", "--json"],
        &format!("{}\n", gateway.code()),
    );
    assert_eq!(outcome.json(0)["generation"], 1);
}

#[test]
fn a_pasted_address_has_to_carry_a_state_of_ours() {
    let gateway = Gateway::start();
    let home = Home::with_app(gateway.address());
    let foreign = format!(
        "{CALLBACK}?code={}&state={}",
        gateway.code(),
        "0".repeat(64)
    );
    assert_eq!(
        home.run(&["auth", "exchange", &foreign, "--json"]).error(1)["code"],
        "unknown_state"
    );
    assert_eq!(gateway.calls("/auth/token/create"), 0);

    let started = home.run(&["auth", "url", "--json"]).json(0);
    let ours = format!(
        "{CALLBACK}?code={}&state={}",
        gateway.code(),
        started["state"].as_str().unwrap()
    );
    assert_eq!(
        home.run(&["auth", "exchange", &ours, "--json"]).json(0)["state"],
        "active"
    );
}

#[test]
fn a_refused_code_says_what_to_do() {
    let gateway = Gateway::start();
    let home = Home::with_app(gateway.address());
    let error = home
        .run(&["auth", "exchange", "3_500100_canarycode", "--json"])
        .error(1);
    assert_eq!(error["code"], "exchange_failed");
    assert!(!error.to_string().contains("canarycode"), "{error}");
    assert!(!error["fix"].as_str().unwrap().is_empty(), "{error}");
}

#[test]
fn a_gateway_that_is_not_there_is_exit_code_4() {
    let home = Home::with_app("http://127.0.0.1:9");
    let error = home
        .run(&["auth", "exchange", "3_500100_canarycode", "--json"])
        .error(4);
    assert_eq!(error["code"], "exchange_failed");
    assert!(!error.to_string().contains("canarycode"), "{error}");
}

#[test]
fn disconnecting_asks_first() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let error = home.run(&["auth", "disconnect", "--json"]).error(2);
    assert_eq!(error["code"], "not_confirmed");
    assert_eq!(
        home.run(&["auth", "status", "--json"]).json(0)["authenticated"],
        true
    );
}

#[test]
fn nothing_connected_is_exit_code_3() {
    let home = Home::with_app("http://127.0.0.1:9");
    for arguments in [
        &["auth", "refresh", "--json"][..],
        &["auth", "disconnect", "--yes", "--json"],
    ] {
        let outcome = home.run(arguments);
        assert_eq!(outcome.error(3)["code"], "not_connected", "{arguments:?}");
    }
}

#[test]
fn a_broken_token_file_is_not_repeated() {
    let home = Home::with_app("http://127.0.0.1:9");
    std::fs::write(
        home.path().join("token.json"),
        r#"{"access_token":"50000canary"}"#,
    )
    .unwrap();
    let error = home
        .run(&["auth", "import", "token.json", "--json"])
        .error(2);
    assert!(!error.to_string().contains("50000canary"), "{error}");
    let missing = home
        .run(&["auth", "import", "nowhere.json", "--json"])
        .error(2);
    assert_eq!(missing["code"], "file_unreadable");
}

#[test]
fn connections_can_be_named_and_chosen() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let list = home.run(&["connections", "list", "--json"]).json(0);
    let id = list[0]["id"].as_str().unwrap();
    assert_eq!(
        home.run(&["connections", "label", id, "Main shop", "--json"])
            .json(0)["label"],
        "Main shop"
    );
    assert_eq!(
        home.run(&["connections", "default", id, "--json"]).json(0)["default"],
        true
    );
    let shown = home.run(&["connections", "show", id]);
    assert!(shown.stdout.contains("Main shop: demo_buyer"), "{shown}");
    assert!(
        shown.stdout.contains("(in 29 days)") || shown.stdout.contains("(in 30 days)"),
        "{shown}"
    );
    let unknown = home
        .run(&["connections", "show", "conn_x", "--json"])
        .error(1);
    assert_eq!(unknown["code"], "unknown_connection");
}
