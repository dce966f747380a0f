//! `db …` on SQLite. Its move to PostgreSQL is told by the tests of several instances (`testkit`).

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::Home;

fn home() -> Home {
    Home::with_app("http://127.0.0.1:9")
}

#[test]
fn the_schema_is_brought_up_to_date_once_and_without_keys() {
    let home = home();
    let first = home.run(&["db", "migrate", "--json"]).json(0);
    assert_eq!(first["from"], Value::Null);
    assert_eq!(first["steps"][0]["name"], "connections_and_orders");
    let last = first["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(first["to"], last["number"]);
    assert!(!home.data_dir().join("keys").exists());
    let again = home.run(&["db", "migrate", "--json"]).json(0);
    assert_eq!((&again["from"], &again["to"]), (&first["to"], &first["to"]));
    assert_eq!(again["steps"].as_array().unwrap().len(), 0);
    let words = home.run(&["db", "migrate"]);
    assert!(words.stdout.contains("the schema is up to date"), "{words}");
}

#[test]
fn a_sound_database_is_said_to_be_sound_and_a_wrong_key_is_found() {
    let home = home();
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    let check = home.run(&["db", "check", "--json"]).json(0);
    assert_eq!(
        (&check["sound"], &check["keys"]),
        (&true.into(), &"fit".into())
    );
    assert_eq!(check["app_key"], "500100");
    assert_eq!(check["gateway"], "http://127.0.0.1:9");
    let tables = check["tables"].as_array().unwrap();
    let attempts = tables
        .iter()
        .find(|table| table["name"] == "login_attempts");
    assert_eq!(attempts.unwrap()["rows"], 1);
    let words = home.run(&["db", "check"]);
    assert!(words.stdout.contains("all is well"), "{words}");
    assert_eq!(words.stderr, "");

    std::fs::remove_file(home.data_dir().join("keys")).unwrap();
    let check = home.run(&["db", "check", "--json"]).json(1);
    assert_eq!(check["findings"][0]["code"], "storage_keys");
    let words = home.run(&["db", "check"]);
    assert_eq!(words.code, Some(1));
    assert!(
        words.stdout.contains("storage_keys: there is no key file"),
        "{words}"
    );
}

#[cfg(unix)]
#[test]
fn a_key_file_of_no_use_is_found_and_the_rest_is_looked_at() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = home();
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    let keys = home.data_dir().join("keys");
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    let check = home.run(&["db", "check", "--json"]).json(1);
    assert_eq!(check["keys"], "unusable");
    let findings = check["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{check}");
    assert!(findings[0]["detail"].as_str().unwrap().contains("mode 644"));
    assert!(findings[0]["fix"].as_str().unwrap().contains("chmod 600"));
    assert!(!check["tables"].as_array().unwrap().is_empty());
}

#[test]
fn a_look_makes_nothing() {
    let home = home();
    let error = home.run(&["db", "check", "--json"]).error(1);
    assert_eq!(error["code"], "storage_unavailable");
    assert!(!home.data_dir().exists());
}

#[test]
fn a_copy_needs_a_postgresql_address_and_never_shows_its_password() {
    let home = home();
    assert_snapshot!(home.run(&["db", "copy", "--to", "mysql://me:canary@host/name"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the database address is not usable: it does not start with postgres://

    hint: Use a file path, or postgres://user:password@host:5432/name in DATABASE_URL.
    ");
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    // Nobody listens there.
    let address = "postgres://me:canary@127.0.0.1:1/name";
    let refused = home.run_with_input(&["db", "copy", "--to-file", "-", "--json"], address);
    let error = refused.error(1);
    assert_eq!(error["code"], "storage_unavailable");
    assert!(!refused.stderr.contains("canary"), "{refused}");
    // The source is as it was.
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    let home = home.variable("DATABASE_URL", address);
    let error = home
        .run(&["db", "copy", "--to", address, "--json"])
        .error(2);
    assert_eq!(error["code"], "not_sqlite");
    let error = home.run(&["auth", "url", "--json"]).error(1);
    assert_eq!(error["code"], "storage_unavailable");
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[test]
fn only_what_was_moved_is_reopened() {
    let home = home();
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    let error = home.run(&["db", "reopen", "--json"]).error(1);
    assert_eq!(error["code"], "not_found");
}
