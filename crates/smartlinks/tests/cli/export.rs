//! `auth export` and taking it in elsewhere.

use serde_json::Value;

use crate::auth::connected;
use crate::support::gateway::Gateway;
use crate::support::{Home, Outcome};

const PASSPHRASE: &str = "canary words that nobody guesses";

fn export(home: &Home, extra: &[&str], input: &str) -> Outcome {
    let arguments = [&["auth", "export", "all.archive", "--json"], extra].concat();
    home.run_with_input(&arguments, input)
}

fn tokens(home: &Home) -> Vec<String> {
    let plain = home.path().join("plain.json");
    let done = home.run(&["auth", "export", "plain.json", "--without-encryption"]);
    assert_eq!(done.code, Some(0), "{done}");
    let content: Value = serde_json::from_str(&std::fs::read_to_string(&plain).unwrap()).unwrap();
    std::fs::remove_file(plain).unwrap();
    let connection = &content["connections"][0];
    ["access_token", "refresh_token"]
        .map(|name| connection[name].as_str().unwrap().to_owned())
        .to_vec()
}

fn id(outcome: &Value) -> String {
    outcome["connections"][0]["id"].as_str().unwrap().to_owned()
}

/// R34.
#[test]
fn connections_move_to_another_machine_under_a_passphrase() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let known = id(&home.run(&["auth", "status", "--json"]).json(0));
    let done = export(&home, &[], &format!("{PASSPHRASE}\n"));
    assert_eq!(done.json(0)["encrypted"], true);
    assert_eq!(done.json(0)["connections"][0], known.as_str());
    let archive = home.path().join("all.archive");
    let text = std::fs::read_to_string(&archive).unwrap();
    assert!(text.starts_with("smartlinks-archive 1\n"));
    for secret in tokens(&home) {
        assert!(!text.contains(&secret) && !done.to_string().contains(&secret));
    }
    assert!(!done.to_string().contains(PASSPHRASE));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&archive).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let other = Home::with_app(gateway.address());
    std::fs::write(other.path().join("a"), &text).unwrap();
    let wrong = other.run_with_input(&["auth", "import", "a", "--json"], "another one\n");
    assert_eq!(wrong.error(2)["code"], "wrong_passphrase");
    std::fs::write(other.path().join("words"), format!("{PASSPHRASE}\n")).unwrap();
    let taken = other.run(&[
        "auth",
        "import",
        "a",
        "--passphrase-file",
        "words",
        "--json",
    ]);
    assert_eq!(
        taken.json(0)["connections"][0]["connection"]["id"],
        known.as_str()
    );
    // They serve there: the same id, the same account, and renewable.
    let refreshed = other.run(&["auth", "refresh", "--json"]).json(0);
    assert_eq!(
        (refreshed["id"].as_str(), &refreshed["generation"]),
        (Some(known.as_str()), &2.into())
    );

    // What works here is newer than any file.
    let again = other.run(&[
        "auth",
        "import",
        "a",
        "--passphrase-file",
        "words",
        "--json",
    ]);
    assert_eq!(again.code, Some(1), "{again}");
    assert!(again.stdout.contains("refused"), "{again}");
    let status = other.run(&["auth", "status", "--json"]).json(0);
    assert_eq!(status["connections"][0]["generation"], 2);
}

/// R34: readable only when somebody insists.
#[test]
fn a_readable_export_needs_a_flag_that_says_so() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let nothing = export(&home, &[], "");
    assert_eq!(nothing.error(2)["code"], "no_passphrase");
    let short = export(&home, &[], "short\n");
    assert_eq!(short.error(2)["code"], "passphrase_too_short");
    assert!(!home.path().join("all.archive").exists());

    let plain = home.run(&["auth", "export", "all.archive", "--without-encryption"]);
    assert_eq!(plain.code, Some(0), "{plain}");
    assert!(
        plain
            .stderr
            .contains("opens these accounts for whoever reads it"),
        "{plain}"
    );
    let there = export(&home, &["--without-encryption"], "");
    assert_eq!(there.error(2)["code"], "file_exists");

    let other = Home::with_app(gateway.address());
    let from = home.path().join("all.archive").display().to_string();
    let taken = other.run(&["auth", "import", &from, "--json"]);
    assert_eq!(taken.json(0)["connections"].as_array().unwrap().len(), 1);
    let foreign = Home::with_app(gateway.address()).variable("ALIEXPRESS_APP_KEY", "999");
    let refused = foreign.run(&["auth", "import", &from, "--json"]).error(2);
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("app key 500100"),
        "{refused}"
    );
    let empty = Home::with_app(gateway.address());
    let nothing = export(&empty, &["--without-encryption"], "");
    assert_eq!(nothing.error(2)["code"], "invalid_parameter");
}
