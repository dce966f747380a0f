//! `operators …`: who may sign in, without a running server.

use insta::assert_snapshot;

use crate::support::Home;

const PASSWORD: &str = "canary words of an operator";

#[test]
fn an_operator_is_added_listed_disabled_and_let_in_again() {
    let home = Home::new();
    let none = home.run(&["operators", "list"]);
    assert!(none.stdout.contains("there is no operator yet"), "{none}");

    let added = home
        .run(&["operators", "add", "anna@example.com", "--json"])
        .json(0);
    assert_eq!(added["name"], "anna@example.com");
    assert_eq!(added["state"], "invited");
    let link = added["link"].as_str().unwrap();
    assert!(
        link.starts_with("http://127.0.0.1:8080/aliexpress/sign-in/link?token="),
        "{link}"
    );
    assert!(added["link_expires_at"].is_string(), "{added}");
    let again = home
        .run(&["operators", "link", "ANNA@example.com", "--json"])
        .json(0);
    assert_ne!(added["link"], again["link"]);
    assert_eq!(added["id"], again["id"]);

    let set = home.run_with_input(
        &["operators", "password", "anna@example.com", "--json"],
        &format!("{PASSWORD}\n"),
    );
    assert_eq!(set.json(0)["state"], "active");
    assert!(!format!("{set}").contains(PASSWORD) && !set.stdout.contains("argon2"));
    for (command, state) in [("disable", "disabled"), ("enable", "active")] {
        let shown = home
            .run(&["operators", command, "anna@example.com", "--json"])
            .json(0);
        assert_eq!(shown["state"], state);
    }
    let ended = home
        .run(&["operators", "sign-out", "anna@example.com", "--json"])
        .json(0);
    assert_eq!(ended["sessions"], 0);
    let list = home.run(&["operators", "list", "--json"]).json(0);
    assert_eq!(list.as_array().unwrap().len(), 1);
    let table = home.run(&["operators", "list"]);
    assert!(table.stdout.contains("anna@example.com") && table.stdout.contains("active"));
}

#[test]
fn links_begin_with_the_public_address() {
    let home = Home::new().variable("SMARTLINKS_PUBLIC_URL", "https://shop.example.com");
    let added = home.run(&["operators", "add", "anna"]);
    assert!(
        added
            .stdout
            .contains(": https://shop.example.com/aliexpress/sign-in/link?token="),
        "{added}"
    );
}

#[test]
fn what_cannot_be_done_says_what_to_do() {
    let home = Home::new();
    home.run(&["operators", "add", "anna", "--json"]).json(0);
    // The first command of the sandbox tells where its keys are.
    home.run(&["--sandbox", "auth", "status"]);
    assert_snapshot!(home.run(&["operators", "add", "ANNA"]), @r"
    exit code: 1
    --- stdout
    --- stderr
    error: there is an operator ANNA already

    hint: Choose another name, or make a new link with `smartlinks operators link NAME`.
    ");
    assert_snapshot!(home.run(&["operators", "link", "bruno"]), @r"
    exit code: 1
    --- stdout
    --- stderr
    error: there is no operator bruno

    hint: List them with `smartlinks operators list`.
    ");
    assert_snapshot!(home.run(&["--sandbox", "operators", "list"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the sandbox has no operators: it is open to whoever sits at this machine

    hint: Leave --sandbox out.
    ");
    let short = home.run_with_input(&["operators", "password", "anna", "--json"], "short\n");
    let error = short.error(2);
    assert_eq!(error["code"], "invalid_parameter");
    assert!(!error.to_string().contains("short"), "{error}");
    let nothing = home.run_with_input(&["operators", "password", "anna", "--json"], "");
    assert_eq!(nothing.error(2)["code"], "no_password");
    home.run(&["operators", "disable", "anna", "--json"])
        .json(0);
    let disabled = home.run(&["operators", "link", "anna", "--json"]);
    assert_eq!(disabled.error(1)["code"], "operator_disabled");
    let empty = home.run(&["operators", "add", " ", "--json"]);
    assert_eq!(empty.error(2)["code"], "invalid_parameter");
}
