//! `sign explain`: from `reference` vectors to the mistake in somebody's client.

use insta::assert_snapshot;

use crate::support::{CANARY, Home};

#[test]
fn a_request_is_taken_apart_and_the_mistake_named() {
    let home = Home::new().variable("ALIEXPRESS_APP_SECRET", CANARY);
    let request = [
        "sign",
        "explain",
        "method=aliexpress.ds.product.get",
        "app_key=500100",
        "product_id=1005",
        "session=50000",
    ];
    assert_snapshot!(home.run(&request), @r"
    exit code: 0
    --- stdout
    signed in this order, name and value without anything between them:
      app_key = 500100
      method = aliexpress.ds.product.get
      product_id = 1005
      session = ***

    text:       app_key500100methodaliexpress.ds.product.getproduct_id1005session***
    signature:  55F140B75BA3AEA5845A12D996B3DB8BAAAA890AD2F7119D2F29194CA707C8BA
    --- stderr
    ");

    let sign = home.run(&[&request[..], &["--json"]].concat()).json(0)["sign"]
        .as_str()
        .unwrap()
        .to_owned();
    let right = home
        .run(&[&request[..], &["--json", "--sign", &sign]].concat())
        .json(0);
    assert_eq!(right["matches"], true);
    let lower = home
        .run(&[&request[..], &["--json", "--sign", &sign.to_lowercase()]].concat())
        .json(0);
    assert_eq!(lower["verdict"]["code"], "lower_case");
}

/// Some official clients send the path of a system call as `method`; it stands in front all the same.
#[test]
fn a_path_sent_as_method_is_put_in_front() {
    let home = Home::new().variable("ALIEXPRESS_APP_SECRET", CANARY);
    let explained = home
        .run(&[
            "sign",
            "explain",
            "method=/auth/token/create",
            "code=3_1_x",
            "app_key=500100",
            "--json",
        ])
        .json(0);
    assert_eq!(explained["path"], "/auth/token/create");
    let canonical = explained["canonical"].as_str().unwrap();
    assert!(
        canonical.starts_with("/auth/token/createapp_key500100"),
        "{canonical}"
    );
}

#[test]
fn the_secret_comes_from_a_variable_a_file_or_stdin() {
    let request = [
        "sign",
        "explain",
        "https://api-sg.aliexpress.com/rest/auth/token/create?app_key=500100&code=canarycode",
        "--json",
    ];
    let by_variable = Home::new()
        .variable("ALIEXPRESS_APP_SECRET", CANARY)
        .run(&request)
        .json(0);
    assert_eq!(by_variable["path"], "/auth/token/create");
    assert!(
        !by_variable.to_string().contains("canarycode"),
        "{by_variable}"
    );

    let home = Home::new();
    std::fs::write(home.path().join("secret"), format!("{CANARY}\n")).unwrap();
    let by_file = home
        .run(&[&request[..], &["--secret-file", "secret"]].concat())
        .json(0);
    let by_stdin = home
        .run_with_input(
            &[&request[..], &["--secret-file", "-"]].concat(),
            &format!("{CANARY}\n"),
        )
        .json(0);
    assert_eq!(
        (&by_file["sign"], &by_stdin["sign"]),
        (&by_variable["sign"], &by_variable["sign"])
    );

    assert_eq!(home.run(&request).error(2)["code"], "not_configured");
}
