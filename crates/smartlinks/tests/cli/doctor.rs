//! The doctor finds what is wrong, names who mends it and how, and shows nothing that must not be pasted.

use serde_json::{Value, json};

use crate::auth::connected;
use crate::support::gateway::{CALLBACK, Gateway};
use crate::support::{CANARY, Home, Outcome};

/// The finding of a code.
fn finding(outcome: &Outcome, exit: i32, code: &str) -> Value {
    let report = outcome.json(exit);
    assert_eq!(report["healthy"], exit == 0, "{outcome}");
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["code"] == code);
    let found = found.unwrap_or_else(|| panic!("no {code}: {outcome}"));
    if found["level"] == "problem" || found["level"] == "warning" {
        for said in ["what", "why", "who", "fix"] {
            let text = found[said].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{code} does not say {said}: {found}");
        }
    }
    found.clone()
}

fn says(finding: &Value, field: &str, words: &str) {
    let text = finding[field].as_str().unwrap_or_default();
    assert!(text.contains(words), "{finding}");
}

fn examined(home: &Home) -> Outcome {
    home.run(&["doctor", "--json"])
}

#[test]
fn a_healthy_report_says_what_was_looked_at() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let report = examined(&home);
    for code in [
        "keys_set",
        "gateway_reached",
        "clock_right",
        "secret_accepted",
        "callback_registered",
        "permission_held",
        "calls_free",
        "key_file_private",
        "data_dir_private",
        "disk_writable",
        "database_works",
        "app_online",
        "sign_in_far",
    ] {
        let found = finding(&report, 0, code);
        assert_eq!(found["level"], "good", "{found}");
    }
    let printed = home.run(&["doctor"]);
    assert_eq!(printed.code, Some(0), "{printed}");
    assert!(
        printed.stdout.ends_with("no problems, no warnings\n"),
        "{printed}"
    );
    assert!(
        printed.stdout.contains("~/.local/share/smartlinks/keys"),
        "{printed}"
    );
    assert!(
        !printed.stdout.contains("[HOME]"),
        "the home directory is shown:\n{printed}"
    );
}

#[test]
fn a_report_can_be_pasted_without_leaking() {
    let gateway = Gateway::start();
    let home = Home::with_app(gateway.address()).variable("ALIEXPRESS_TOKEN_FILE", "token.json");
    home.run(&["auth", "handle_callback", &gateway.code(), "--json"])
        .json(0);
    let file = std::fs::read_to_string(home.path().join("token.json")).unwrap();
    let tokens: Value = serde_json::from_str(&file).unwrap();
    for arguments in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["doctor", "--log=trace"],
    ] {
        let printed = home.run(arguments).to_string();
        assert!(!printed.contains(CANARY));
        for secret in ["access_token", "refresh_token", "user_id", "user_nick"] {
            let value = tokens[secret].as_str().unwrap();
            assert!(!printed.contains(value), "{secret} was shown:\n{printed}");
        }
    }
}

#[test]
fn before_the_first_start_nothing_is_made_and_nothing_is_wrong() {
    let gateway = Gateway::start();
    let home = Home::with_app(gateway.address());
    let report = examined(&home);
    finding(&report, 0, "database_not_yet");
    finding(&report, 0, "data_dir_missing");
    assert!(!home.data_dir().exists());
}

/// A database is stamped by the first start. A look with a mistyped key must not be that.
#[test]
fn a_look_notes_no_app_key() {
    let gateway = Gateway::start();
    // Made before the variables of the app were set, with its keys.
    let home = Home::new();
    assert_eq!(home.run(&["operators", "add", "anna"]).code, Some(0));
    let home = home
        .variable("ALIEXPRESS_APP_KEY", "999999")
        .variable("ALIEXPRESS_APP_SECRET", CANARY)
        .variable("ALIEXPRESS_CALLBACK_URL", CALLBACK)
        .variable("ALIEXPRESS_GATEWAY_URL", gateway.address());
    let report = examined(&home);
    finding(&report, 1, "database_works");
    let check = home.run(&["db", "check", "--json"]).json(0);
    assert_eq!(check["app_key"], Value::Null, "{check}");
}

#[test]
fn missing_keys_are_named() {
    let report = examined(&Home::new());
    let found = finding(&report, 1, "keys_missing");
    says(&found, "what", "ALIEXPRESS_APP_KEY");
}

#[test]
fn a_wrong_secret_is_named() {
    let gateway = Gateway::start();
    let home = Home::with_app(gateway.address())
        .variable("ALIEXPRESS_APP_SECRET", "another7secret0of1another2app");
    let report = examined(&home);
    let found = finding(&report, 1, "secret_wrong");
    says(&found, "what", "app secret is not the one of this app key");
    assert_eq!(found["who"], "operator");
    assert!(!report.to_string().contains("another7secret"), "{report}");
}

#[test]
fn another_callback_address_is_named() {
    let gateway = Gateway::with_callback("http://127.0.0.1:9/aliexpress/callback/");
    let home = Home::with_app(gateway.address());
    let found = finding(&examined(&home), 1, "callback_other");
    says(&found, "fix", "to the letter");
    assert_eq!(gateway.calls("/auth/token/create"), 0);
}

#[test]
fn a_clock_that_is_three_hours_off_is_named() {
    let hours = 3 * 3_600_000;
    for (ahead_ms, side) in [(hours, "3 hours behind"), (-hours, "3 hours ahead of")] {
        let gateway = Gateway::ahead_by_ms(ahead_ms);
        let home = Home::with_app(gateway.address());
        let report = examined(&home);
        let found = finding(&report, 1, "clock_off");
        says(&found, "what", side);
        says(&found, "fix", "chrony");
        says(&found, "fix", "timedatectl");
        let measured = report.json(1)["clock_ahead_seconds"].as_i64().unwrap();
        assert!((measured + ahead_ms / 1000).abs() <= 2, "{measured}");
        // And nothing is blamed that the gateway has not judged yet.
        finding(&report, 1, "secret_untold");
    }
    let gateway = Gateway::ahead_by_ms(120_000);
    let home = Home::with_app(gateway.address());
    finding(&examined(&home), 0, "clock_drifts");
}

#[test]
fn an_app_in_test_mode_is_named() {
    let gateway = Gateway::start();
    gateway.control("profile", &json!({ "lifetimes": "test" }));
    let home = connected(&gateway);
    let found = finding(&examined(&home), 0, "app_in_test");
    says(&found, "what", "24 hours");
    says(&found, "fix", "Online");
}

#[test]
fn a_missing_permission_is_named() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    gateway.control("profile", &json!({ "permissions": ["affiliate"] }));
    let found = finding(&examined(&home), 1, "permission_missing");
    says(&found, "what", "dropshipping");
    gateway.control("profile", &json!({ "permissions": ["dropshipping"] }));
    let found = finding(&examined(&home), 0, "permission_missing");
    says(&found, "what", "affiliate");
    // The secret is known to be right all the same.
    finding(&examined(&home), 0, "secret_accepted");
}

#[test]
fn a_ban_is_named_with_its_length() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let ban = json!({
        "match": { "method": "aliexpress.affiliate.category.get" },
        "times": 1,
        "then": "error",
        "code": "AppApiCallLimit"
    });
    gateway.control("faults", &ban);
    let found = finding(&examined(&home), 0, "calls_held_back");
    assert_eq!(found["check"], "quota");
}

#[cfg(unix)]
#[test]
fn a_loose_key_file_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let keys = home.data_dir().join("keys");
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = finding(&examined(&home), 1, "key_file_loose");
    says(&found, "what", "mode 644");
    says(&found, "fix", "chmod 600");
}

#[cfg(unix)]
#[test]
fn a_data_directory_that_others_can_change_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let rights = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(home.data_dir(), rights).unwrap();
    let found = finding(&examined(&home), 1, "data_dir_loose");
    says(&found, "fix", "chmod 700");
}

/// A limit on the size of files stands in for a disk without room: in both cases the write is refused.
#[cfg(unix)]
#[test]
fn a_disk_that_takes_nothing_more_is_named() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let outcome = home.run_after("trap '' XFSZ; ulimit -f 1000", &["doctor", "--json"]);
    let found = finding(&outcome, 1, "disk_read_only");
    assert_eq!(found["check"], "disk");
    says(&found, "why", "is lost with the process");
    let left = std::fs::read_dir(home.data_dir()).unwrap();
    let names = left.map(|entry| entry.unwrap().file_name());
    let probes = names.filter(|name| name.to_string_lossy().starts_with(".doctor-"));
    assert_eq!(probes.count(), 0, "the probe was left behind");
}

#[test]
fn a_database_that_is_down_is_named_without_its_password() {
    let gateway = Gateway::start();
    let home = Home::with_app(gateway.address())
        .variable("DATABASE_URL", "postgres://shop:pass7word@127.0.0.1:1/shop");
    let report = examined(&home);
    let found = finding(&report, 1, "database_down");
    says(&found, "what", "cannot be reached");
    assert!(!report.to_string().contains("pass7word"), "{report}");
    // What does not need it was looked at all the same.
    finding(&report, 1, "secret_accepted");
}

#[test]
fn a_gateway_that_cannot_be_reached_is_named() {
    let home = Home::with_app("http://127.0.0.1:9");
    finding(&examined(&home), 1, "gateway_not_reached");
    let home = Home::with_app("https://gateway.invalid");
    finding(&examined(&home), 1, "gateway_not_resolved");
}
