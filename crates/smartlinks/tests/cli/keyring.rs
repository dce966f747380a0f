//! `keyring …`, with servers that run meanwhile.

use serde_json::Value;

use crate::auth::connected;
use crate::support::Home;
use crate::support::gateway::Gateway;
use crate::support::server::{Server, Stream};

fn keys(home: &Home) -> Vec<Value> {
    let list = home.run(&["keyring", "list", "--json"]).json(0);
    list["keys"].as_array().unwrap().clone()
}

fn key_file(home: &Home) -> String {
    std::fs::read_to_string(home.data_dir().join("keys")).unwrap()
}

/// The keys themselves, which nothing may show.
fn secrets(home: &Home) -> Vec<String> {
    let file = key_file(home);
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(" = "));
    pairs
        .filter(|(name, _)| *name != "active")
        .map(|(_, key)| key.to_owned())
        .collect()
}

fn served(home: &Home) -> (Server, String, String) {
    let mut server = Server::start(home, &["serve", "--listen", "127.0.0.1:0"]);
    let page = server.wait_for(Stream::Out, "page:");
    let made = home.run(&["api-keys", "create", "test", "--scope", "admin", "--json"]);
    let key = made.json(0)["key"].as_str().unwrap().to_owned();
    (server, page.replace("/aliexpress", ""), key)
}

/// R16, F24: one command, while a server runs; the next ones move everything and take the old key away.
#[test]
fn a_key_is_changed_beside_a_running_server() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let (server, address, bearer) = served(&home);
    let old = keys(&home)[0]["id"].as_str().unwrap().to_owned();
    let before = secrets(&home);

    let plan = home
        .run(&["keyring", "rotate", "--dry-run", "--json"])
        .json(0);
    assert_eq!(plan["instances"].as_array().unwrap().len(), 1);
    assert_eq!(secrets(&home), before, "a dry run changes nothing");

    let rotated = home.run(&["keyring", "rotate", "--json"]);
    let new = rotated.json(0)["key"].as_str().unwrap().to_owned();
    assert_eq!(rotated.json(0)["active"], true, "{rotated}");
    let standing = keys(&home);
    assert_eq!(
        (&standing[0]["id"], &standing[0]["rows"]),
        (&new.as_str().into(), &0.into())
    );
    assert_eq!(standing[1]["rows"], 1);

    let error = home.run(&["keyring", "retire", &new, "--json"]).error(1);
    assert_eq!(error["code"], "key_active");
    let error = home.run(&["keyring", "retire", &old, "--json"]).error(1);
    assert_eq!(error["code"], "key_in_use");
    let plan = home.run(&["keyring", "retire", &old, "--dry-run", "--json"]);
    assert_eq!(plan.json(0)["possible"], false);
    let plan = home.run(&["keyring", "reencrypt", "--dry-run", "--json"]);
    assert_eq!(plan.json(0)["rows"], 1);
    assert!(key_file(&home).contains(&old));

    let moved = home.run(&["keyring", "reencrypt", "--retire", "--json"]);
    assert_eq!(moved.json(0)["moved"], 1);
    assert_eq!(moved.json(0)["left"], 0);
    assert_eq!(moved.json(0)["retired"][0], old.as_str());
    assert!(!key_file(&home).contains(&old));
    let again = home.run(&["keyring", "reencrypt", "--retire"]);
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (Some(0), "0 rows were sealed anew, 0 are left\n")
    );

    // The server reads what was moved, and renews it under the new key.
    let refreshed = crate::support::http::post_with_bearer(
        &format!("{address}/api/aliexpress/connections/{}/refresh", id(&home)),
        &bearer,
    );
    assert_eq!(refreshed.status, 200, "{refreshed:?}");
    assert_eq!(keys(&home)[0]["rows"], 1);
    assert_eq!(keys(&home).len(), 1);

    server.signal("TERM");
    let (code, log) = server.end();
    assert_eq!(code, Some(0));
    for secret in before.iter().chain(&secrets(&home)) {
        for text in [&log, &rotated.to_string(), &moved.to_string()] {
            assert!(!text.contains(secret), "a key was shown:\n{text}");
        }
    }
    let list = home.run(&["keyring", "list"]);
    assert!(list.stdout.contains("seals"), "{list}");
    assert!(!list.stdout.contains("running:"), "it has ended: {list}");
}

fn id(home: &Home) -> String {
    let status = home.run(&["auth", "status", "--json"]).json(0);
    status["connections"][0]["id"].as_str().unwrap().to_owned()
}

/// R16: an instance with a key file of its own is waited for, and a person is told what to copy.
#[test]
fn a_key_is_not_used_before_every_instance_has_it() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let mut server = with_keys_of_its_own(&home);

    // A script that goes by the exit code must not believe that the key was changed.
    let rotated = home.run(&["keyring", "rotate", "--json"]);
    assert!(rotated.stderr.contains("key_not_everywhere"), "{rotated}");
    let rotated = rotated.json(1);
    assert_eq!(rotated["active"], false);
    assert_eq!(rotated["waiting_for"].as_array().unwrap().len(), 1);
    let new = rotated["key"].as_str().unwrap();
    let refused = home.run(&["keyring", "activate", new, "--json"]).error(1);
    assert_eq!(refused["code"], "key_not_everywhere");
    assert_ne!(keys(&home)[0]["id"], new);

    copy_keys(&home);
    server.wait_until(Stream::Err, "the key file was read again");
    // The report follows the log line.
    let activated = (0..200).find_map(|_| {
        let outcome = home.run(&["keyring", "activate", new, "--json"]);
        (outcome.code == Some(0)).then(|| outcome.json(0))
    });
    assert_eq!(activated.unwrap()["changed"], true);
    assert_eq!(keys(&home)[0]["id"], new);
    let unknown = home.run(&["keyring", "activate", "k0", "--json"]).error(2);
    assert_eq!(unknown["code"], "unknown_key");
}

/// R16: a server that was left behind would lose what it renews once the former key is out of use.
#[test]
fn nothing_is_moved_or_retired_before_every_instance_has_the_key() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let mut server = with_keys_of_its_own(&home);
    let old = keys(&home)[0]["id"].as_str().unwrap().to_owned();
    let rotated = home.run(&["keyring", "rotate", "--json"]).json(1);
    let new = rotated["key"].as_str().unwrap();
    home.run(&["keyring", "activate", new, "--even-without", "--json"])
        .json(0);

    for arguments in [
        &["keyring", "reencrypt", "--retire", "--json"][..],
        &["keyring", "retire", &old, "--json"],
    ] {
        let refused = home.run(arguments).error(1);
        assert_eq!(refused["code"], "key_not_everywhere", "{arguments:?}");
        assert!(
            refused["fix"]
                .as_str()
                .unwrap()
                .contains("Copy the key file")
        );
    }
    assert_eq!(keys(&home)[1]["rows"], 1, "nothing was moved");
    assert!(key_file(&home).contains(&old));

    copy_keys(&home);
    server.wait_until(Stream::Err, "the key file was read again");
    let moved = (0..200).find_map(|_| {
        let outcome = home.run(&["keyring", "reencrypt", "--retire", "--json"]);
        (outcome.code == Some(0)).then(|| outcome.json(0))
    });
    assert_eq!(moved.unwrap()["retired"][0], old.as_str());
}

/// Copies the key file to where the server of another machine has its own.
fn copy_keys(home: &Home) -> String {
    let there = home.path().join("other-machine-keys");
    std::fs::copy(home.data_dir().join("keys"), &there).unwrap();
    there.display().to_string()
}

/// A server that reads a copy of the key file and has reported its keys.
fn with_keys_of_its_own(home: &Home) -> Server {
    let file = copy_keys(home);
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--key-file", &file];
    let mut server = Server::start(home, &arguments);
    server.wait_for(Stream::Out, "page:");
    wait_for_a_report(home);
    server
}

/// The server says which keys it holds a moment after it answers.
fn wait_for_a_report(home: &Home) {
    let reported = (0..200).any(|_| {
        let list = home.run(&["keyring", "list", "--json"]).json(0);
        !list["instances"].as_array().unwrap().is_empty()
    });
    assert!(reported, "the server did not report its keys");
}

/// A key ring that cannot be written is said to be so, and nothing has changed.
#[cfg(unix)]
#[test]
fn a_key_file_that_cannot_be_changed_stays_as_it_is() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let before = key_file(&home);
    let blocked = home.data_dir().join(".keys.new");
    std::fs::create_dir_all(blocked.join("in the way")).unwrap();
    let error = home.run(&["keyring", "rotate", "--json"]).error(2);
    assert_eq!(error["code"], "key_file");
    assert!(
        error["detail"]
            .as_str()
            .unwrap()
            .contains("cannot be changed"),
        "{error}"
    );
    assert_eq!(key_file(&home), before);
}

/// R18, design 6.7: said once at the start of a server, and not where the two lie apart.
#[test]
fn keys_beside_the_database_are_warned_about_once() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let log = |arguments: &[&str]| {
        let mut server = Server::start(&home, arguments);
        server.wait_for(Stream::Out, "page:");
        server.signal("TERM");
        server.end().1
    };
    let beside = log(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(beside.matches("lie beside the database").count(), 1);
    assert!(beside.contains("--key-file"), "{beside}");
    let apart = home.path().join("apart/keys");
    std::fs::create_dir(apart.parent().unwrap()).unwrap();
    std::fs::rename(home.data_dir().join("keys"), &apart).unwrap();
    let flag = apart.display().to_string();
    let apart = log(&["serve", "--listen", "127.0.0.1:0", "--key-file", &flag]);
    assert!(!apart.contains("beside the database"), "{apart}");
}
