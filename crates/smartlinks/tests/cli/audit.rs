//! The audit log on the command line.

use insta::assert_snapshot;

use crate::auth::connected;
use crate::support::Home;
use crate::support::gateway::Gateway;

#[test]
fn commands_leave_entries_that_can_be_asked_for() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    home.run(&["auth", "refresh", "--json"]).json(0);
    let log = home.run(&["audit", "--json"]).json(0);
    let entries = log["entries"].as_array().unwrap();
    let actions: Vec<_> = entries
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["connection.refreshed", "connection.connected"]);
    for entry in entries {
        assert_eq!(entry["actor"]["kind"], "command_line");
        assert_eq!(entry["outcome"], "ok");
    }
    let newest = home.run(&["audit", "--since", "1h", "--limit", "1"]);
    assert_eq!(newest.code, Some(0), "{newest}");
    assert!(newest.stdout.contains("connection.refreshed"), "{newest}");
    assert!(
        newest.stderr.contains("there is more: --after 2"),
        "{newest}"
    );
    let older = home.run(&["audit", "--after", "2", "--json"]).json(0);
    assert_eq!(older["entries"][0]["action"], "connection.connected");
    assert_eq!(older["next"], serde_json::Value::Null);
    let none = home.run(&["audit", "--action", "connection.disconnected"]);
    assert_eq!(none.stdout, "no such entries\n");
}

#[test]
fn a_filter_that_means_nothing_is_refused() {
    let home = Home::with_app("http://127.0.0.1:9");
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    assert_snapshot!(home.run(&["audit", "--since", "yesterday"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: --since names no moment

    hint: Write for example 2026-11-01, 2026-11-01T08:00:00Z, or 7d for the last seven days.
    ");
    let refused = home.run(&["audit", "--actor", "ghost", "--json"]).error(2);
    assert_eq!(refused["code"], "invalid_parameter");
}
