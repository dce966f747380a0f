//! Every wrong setting is named, with what was found and how to mend it.

use insta::assert_snapshot;

use crate::support::{CANARY, Home};

#[test]
fn without_keys_the_first_missing_one_is_named() {
    let home = Home::new();
    home.run(&["auth", "status"]);
    assert_snapshot!(home.run(&["auth", "get_oauth_url"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: ALIEXPRESS_APP_KEY: not set

    hint: Set it to the App Key of your app in the AliExpress console (openservice.aliexpress.com): digits only.
    ");
    assert_snapshot!(home.run(&["auth", "get_oauth_url", "--json"]), @r#"
    exit code: 2
    --- stdout
    --- stderr
    {"error":{"code":"not_configured","detail":"ALIEXPRESS_APP_KEY: not set","fix":"Set it to the App Key of your app in the AliExpress console (openservice.aliexpress.com): digits only."}}
    "#);
}

#[test]
fn a_malformed_callback_is_shown_with_the_right_form() {
    let home = Home::with_app("http://127.0.0.1:9")
        .variable("ALIEXPRESS_CALLBACK_URL", "shop.example.com/callback");
    home.run(&["auth", "status"]);
    assert_snapshot!(home.run(&["auth", "url"]), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: ALIEXPRESS_CALLBACK_URL: "shop.example.com/callback" does not begin with https:// or http://

    hint: Set it to the callback address of your app, written as in the AliExpress console, for example https://shop.example.com/aliexpress/callback.
    "#);
}

#[test]
fn a_gateway_without_tls_is_refused() {
    let home = Home::with_app("http://gateway.example.com");
    assert_snapshot!(home.run(&["auth", "url"]), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: ALIEXPRESS_GATEWAY_URL: "http://gateway.example.com": the gateway address must use https; plain http is only accepted on this machine (127.0.0.1, [::1], localhost)

    hint: Leave it out for AliExpress (https://api-sg.aliexpress.com), or name a sandbox on this machine.
    "#);
}

#[test]
fn a_malformed_secret_is_never_repeated() {
    let home = Home::with_app("http://127.0.0.1:9")
        .variable("ALIEXPRESS_APP_SECRET", format!("{CANARY} "));
    home.run(&["auth", "status"]);
    assert_snapshot!(home.run(&["auth", "url"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: ALIEXPRESS_APP_SECRET: it starts or ends with white space or a line break; copy it again without

    hint: Set it to the App Secret of your app in the AliExpress console, or ALIEXPRESS_APP_SECRET_FILE to a file that holds it.
    ");
}

#[test]
fn a_secret_given_twice_is_refused() {
    let home = Home::with_app("http://127.0.0.1:9")
        .variable("ALIEXPRESS_APP_SECRET_FILE", "/run/secrets/app");
    assert_snapshot!(home.run(&["auth", "url"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: ALIEXPRESS_APP_SECRET and ALIEXPRESS_APP_SECRET_FILE: both are set, so it is not clear which one counts

    hint: Keep one: the value in ALIEXPRESS_APP_SECRET, or the file in ALIEXPRESS_APP_SECRET_FILE.
    ");
}

#[test]
fn a_secret_file_that_cannot_be_read_is_named() {
    let home = Home::new()
        .variable("ALIEXPRESS_APP_KEY", "500100")
        .variable("ALIEXPRESS_APP_SECRET_FILE", "/nowhere/secret");
    home.run(&["auth", "status"]);
    assert_snapshot!(home.run(&["auth", "url"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: ALIEXPRESS_APP_SECRET: the file /nowhere/secret cannot be read (No such file or directory (os error 2)) (read from ALIEXPRESS_APP_SECRET_FILE)

    hint: Set it to the App Secret of your app in the AliExpress console, or ALIEXPRESS_APP_SECRET_FILE to a file that holds it.
    ");
}

#[test]
fn a_secret_file_is_read_without_its_line_end() {
    let home = Home::new()
        .variable("ALIEXPRESS_APP_KEY", "500100")
        .variable("ALIEXPRESS_APP_SECRET_FILE", "secret.txt")
        .variable(
            "ALIEXPRESS_CALLBACK_URL",
            "https://shop.example.com/aliexpress/callback",
        );
    std::fs::write(home.path().join("secret.txt"), format!("{CANARY}\n")).unwrap();
    let url = home.run(&["auth", "url"]);
    assert_eq!(url.code, Some(0), "{url}");
    assert!(
        url.stdout
            .starts_with("https://api-sg.aliexpress.com/oauth/authorize?"),
        "{url}"
    );
}

#[test]
fn the_sandbox_listens_on_this_machine_only() {
    assert_snapshot!(Home::new().run(&["serve", "--sandbox", "--listen", "0.0.0.0:8080"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: --listen: 0.0.0.0:8080 can be reached from other machines, and with --sandbox nobody is asked to sign in

    hint: Use --listen 127.0.0.1:8080.
    ");
    assert_snapshot!(Home::new().run(&["serve", "--sandbox", "--sandbox-listen", "192.168.1.2:8090"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: --sandbox-listen: 192.168.1.2:8090 can be reached from other machines, and the sandbox is open to whoever reaches it

    hint: Use 127.0.0.1:8090.
    ");
    let refused = Home::new().run(&["sandbox", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.code, Some(2), "{refused}");
}

#[test]
fn sandbox_mode_refuses_what_names_real_data() {
    let home = Home::new().variable("DATABASE_URL", format!("postgres://me:{CANARY}@db/links"));
    assert_snapshot!(home.run(&["serve", "--sandbox"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: DATABASE_URL: is set, and --sandbox works with a database of its own only, so that made-up data never mixes with real data

    hint: Unset it for this start, or leave --sandbox out.
    ");
    assert_snapshot!(Home::new().run(&["serve", "--sandbox", "--key-file", "/etc/keys"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: --key-file: has no meaning with --sandbox, which has its own gateway, keys and address

    hint: Leave one of the two out.
    ");
    let refused = Home::new().run(&[
        "--sandbox",
        "--gateway",
        "https://api-sg.aliexpress.com",
        "auth",
        "status",
    ]);
    assert_eq!(refused.code, Some(2), "{refused}");
}

#[test]
fn a_database_address_is_never_repeated() {
    let home = Home::new().variable("DATABASE_URL", format!("mysql://me:{CANARY}@db/links"));
    assert_snapshot!(home.run(&["auth", "status"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: DATABASE_URL: is not the address of a PostgreSQL database

    hint: Write postgres://user:password@host:5432/name, or leave it out for SQLite in the data directory.
    ");
}

#[test]
fn other_settings_are_checked_too() {
    for (variable, value) in [
        ("SMARTLINKS_LISTEN", "nonsense"),
        ("PORT", "http"),
        ("SMARTLINKS_LOG", "info,=,x"),
        ("SMARTLINKS_LOG_FORMAT", "xml"),
        ("SMARTLINKS_SHIP_TO", "France"),
        ("SMARTLINKS_CURRENCY", "€"),
        ("SMARTLINKS_LANGUAGE", "de"),
        ("SMARTLINKS_RETURN_ORIGIN", "https://shop.example.com/path"),
        ("SMARTLINKS_BACKGROUND_REFRESH", "perhaps"),
        ("SMARTLINKS_PUBLIC_URL", "http://shop.example.com"),
        ("SMARTLINKS_CONFIG", "/nowhere/config.toml"),
        ("SMARTLINKS_SANDBOX", "maybe"),
    ] {
        let outcome = Home::new().variable(variable, value).run(&["serve"]);
        assert_eq!(outcome.code, Some(2), "{variable}: {outcome}");
        assert!(
            outcome.stderr.starts_with(&format!("error: {variable}: ")),
            "{variable}: {outcome}"
        );
        assert!(
            outcome.stderr.contains("\n\nhint: "),
            "{variable}: {outcome}"
        );
        assert!(
            !outcome.stderr.contains("keys that seal"),
            "nothing is made before all is checked: {outcome}"
        );
    }
}

#[test]
fn the_file_counts_after_flags_and_variables_and_is_checked() {
    let home = Home::new();
    let folder = home.path().join(".config/smartlinks");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("config.toml"),
        format!(
            "app_key = \"500100\"\napp_secret = \"{CANARY}\"\n\
             callback_url = \"https://shop.example.com/aliexpress/callback\"\ngateway_url = \"https://file.example.com\"\n"
        ),
    )
    .unwrap();
    let by_file = home.run(&["auth", "url"]);
    assert!(
        by_file
            .stdout
            .starts_with("https://file.example.com/oauth/authorize?"),
        "{by_file}"
    );
    let by_flag = home.run(&[
        "auth",
        "url",
        "--gateway",
        "https://flag.example.com",
        "--data-dir",
        "other",
    ]);
    assert!(
        by_flag
            .stdout
            .starts_with("https://flag.example.com/oauth/authorize?"),
        "{by_flag}"
    );

    std::fs::write(folder.join("config.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    assert_snapshot!(home.run(&["auth", "url"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: `lisen` in [HOME]/.config/smartlinks/config.toml: there is no such setting

    hint: Remove it, or write one of: app_key, app_secret, callback_url, gateway_url, token_file, database_url, listen, public_url, trusted_proxies, data_dir, key_file, sandbox, sandbox_listen, ship_to, currency, language, return_origins, background_refresh, webhook_private, log, log_format, oidc.issuer, oidc.client_id, oidc.client_secret, limits.sign_in, limits.sign_in_name, limits.callback, limits.vending, limits.keys, limits.push, watch.every_hours, follow.unpaid_hours, follow.not_shipped_days, follow.no_movement_days.
    ");
}
