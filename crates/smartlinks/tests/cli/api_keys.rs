//! `api-keys`: made, listed, revoked, and used against a running server.

use serde_json::Value;

use crate::support::Home;

#[test]
fn a_key_is_printed_once_alone_on_stdout() {
    let home = Home::new();
    let made = home.run(&[
        "api-keys",
        "create",
        "shop",
        "--scope",
        "read",
        "--scope",
        "token",
        "--expires",
        "90d",
    ]);
    assert_eq!(made.code, Some(0), "{made}");
    let key = made.stdout.trim_end();
    assert!(key.starts_with("slk_") && key.len() == 62 && !key.contains(char::is_whitespace));
    assert!(!made.stderr.contains(key), "{made}");
    assert!(
        made.stderr.contains("read token") && made.stderr.contains("(in "),
        "{made}"
    );

    let list = home.run(&["api-keys", "list"]);
    assert!(!list.stdout.contains(key), "{list}");
    assert!(
        list.stdout.contains(&key[..12]) && list.stdout.contains("never"),
        "{list}"
    );
    let listed = home.run(&["api-keys", "list", "--json"]).json(0);
    assert_eq!(listed[0]["name"], "shop");
    assert_eq!(listed[0]["scopes"], serde_json::json!(["read", "token"]));
    assert_eq!(listed[0]["created_by_kind"], "command_line");
    let id = listed[0]["id"].as_str().unwrap();
    let revoked = home.run(&["api-keys", "revoke", id, "--json"]).json(0);
    assert_eq!(revoked["state"], "revoked");
    assert!(revoked["key"].is_null());
}

#[test]
fn json_holds_the_key_and_what_it_is() {
    let home = Home::new();
    let made = home
        .run(&["api-keys", "create", "shop", "--scope", "admin", "--json"])
        .json(0);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    assert!(text(&made["key"]).starts_with(&text(&made["prefix"])));
    assert_eq!(made["state"], "active");
    assert_eq!(made["expires_at"], Value::Null);
}

#[test]
fn mistakes_are_named() {
    let home = Home::new();
    let wrong = |arguments: &[&str], code: i32| {
        let arguments = [&["api-keys"], arguments, &["--json"]].concat();
        home.run(&arguments).error(code)
    };
    let scope = wrong(&["create", "shop", "--scope", "reed"], 2);
    let detail = scope["detail"].as_str().unwrap();
    assert!(detail.contains("reed"), "{detail}");
    assert_eq!(wrong(&["create", "shop"], 2)["code"], "usage");
    let life = wrong(
        &["create", "shop", "--scope", "read", "--expires", "soon"],
        2,
    );
    assert_eq!(life["code"], "invalid_parameter");
    let past = wrong(
        &[
            "create",
            "shop",
            "--scope",
            "read",
            "--expires",
            "2001-01-01T00:00:00Z",
        ],
        2,
    );
    assert_eq!(past["code"], "invalid_parameter");
    let unknown = wrong(&["revoke", "key_0"], 1);
    assert_eq!(unknown["code"], "unknown_api_key");
}
