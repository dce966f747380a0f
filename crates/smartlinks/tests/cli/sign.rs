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
    note:       `sign_method` is missing; every request carries it
    note:       `timestamp` is missing; every request carries it
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

/// The same wrong request as an address, a curl line and a form body, by argument and through stdin.
#[test]
fn a_pasted_request_is_explained_in_any_form() {
    let home = Home::new().variable("ALIEXPRESS_APP_SECRET", CANARY);
    let form = "app_key=500100&code=canarycode%2B&sign_method=sha256&timestamp=1767225600000";
    let address = "https://api-sg.aliexpress.com/rest/auth/token/create";
    // Signed without the path: that of the same parameters as a business call.
    let wrong = home.run(&["sign", "explain", form, "--json"]).json(0)["sign"]
        .as_str()
        .unwrap()
        .to_owned();
    let pastes = [
        format!("{address}?{form}&sign={wrong}"),
        format!("curl -X POST '{address}' \\\n -d '{form}&sign={wrong}'"),
    ];
    for paste in &pastes {
        let by_argument = home.run(&["sign", "explain", paste, "--json"]).json(0);
        let by_stdin = home
            .run_with_input(&["sign", "explain", "-", "--json"], paste)
            .json(0);
        assert_eq!(by_argument, by_stdin);
        assert_eq!(by_argument["verdict"]["code"], "path_prefix_missing");
        assert_eq!(by_argument["verdict"]["parts"][0], "path_prefix_missing");
        assert_eq!(by_argument["path"], "/auth/token/create");
        assert_eq!(by_argument["remarks"], serde_json::json!([]));
        assert!(!by_argument.to_string().contains("canarycode"));
    }
    let body = format!("{form}&sign={wrong}");
    let body = [
        "sign",
        "explain",
        &body,
        "--path",
        "/rest/auth/token/create",
    ];
    let shown = home.run(&body);
    assert_eq!(shown.code, Some(0), "{shown}");
    assert!(
        shown
            .stdout
            .contains("verdict:    the API path is missing in front of the text"),
        "{shown}"
    );
}

#[test]
fn what_cannot_be_explained_says_why_and_repeats_nothing() {
    let home = Home::new().variable("ALIEXPRESS_APP_SECRET", CANARY);
    let cases = [
        ("canarypaste", "neither a whole address"),
        ("{\"canarypaste\":1}", "the body is JSON"),
        ("curl https://h/sync -d @canarypaste", "reads from a file"),
        (
            "https://api-sg.aliexpress.com/sync?a=canarypaste&a=2",
            "given twice",
        ),
    ];
    for (paste, reason) in cases {
        let error = home.run(&["sign", "explain", paste, "--json"]).error(2);
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.contains(reason), "{paste}: {detail}");
        assert!(!error.to_string().contains("canarypaste"), "{error}");
    }
    let both = ["sign", "explain", "-", "--secret-file", "-", "--json"];
    let error = home.run_with_input(&both, "a=1").error(2);
    assert_eq!(error["code"], "usage");
}

/// A plus that was signed and sent as it is: named as the mistake, and as a note.
#[test]
fn a_raw_plus_is_named() {
    let home = Home::new().variable("ALIEXPRESS_APP_SECRET", CANARY);
    let signed = home
        .run(&["sign", "explain", "app_key=500100", "q=a+b/=", "--json"])
        .json(0);
    let paste = format!(
        "app_key=500100&q=a+b/=&sign={}",
        signed["sign"].as_str().unwrap()
    );
    let explained = home.run(&["sign", "explain", &paste, "--json"]).json(0);
    assert_eq!(explained["verdict"]["code"], "raw_plus");
    assert_eq!(explained["remarks"][0]["code"], "plus_read_as_space");
}
