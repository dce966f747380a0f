//! Keys and database: what does not belong together is refused, and nothing is overwritten.

use insta::assert_snapshot;

use crate::support::Home;

#[test]
fn keys_of_another_database_are_refused() {
    let home = Home::with_app("http://127.0.0.1:9");
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    let other = Home::with_app("http://127.0.0.1:9");
    assert_eq!(other.run(&["auth", "url"]).code, Some(0));
    std::fs::copy(other.data_dir().join("keys"), home.data_dir().join("keys")).unwrap();
    let refused = home.run(&["auth", "url", "--json"]);
    let error = refused.error(2);
    assert_eq!(error["code"], "key_file");
    assert!(
        error["detail"]
            .as_str()
            .unwrap()
            .contains("does not belong to this database"),
        "{error}"
    );
    assert!(
        error["fix"].as_str().unwrap().contains("--key-file"),
        "{error}"
    );
}

#[test]
fn missing_keys_are_not_made_anew_for_a_database_that_needs_the_old_ones() {
    let home = Home::with_app("http://127.0.0.1:9");
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    std::fs::remove_file(home.data_dir().join("keys")).unwrap();
    let error = home.run(&["auth", "url", "--json"]).error(2);
    assert!(
        error["fix"].as_str().unwrap().contains("Copy the key file"),
        "{error}"
    );
    assert!(!home.data_dir().join("keys").exists());
}

#[test]
fn a_database_of_another_app_or_gateway_is_refused() {
    let home = Home::with_app("http://127.0.0.1:9");
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    let home = home.variable("ALIEXPRESS_APP_KEY", "999");
    assert_snapshot!(home.run(&["auth", "status"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: [HOME]/.local/share/smartlinks/smartlinks.db: belongs to gateway http://127.0.0.1:9 and app key 500100, but smartlinks was started for gateway http://127.0.0.1:9 and app key 999

    hint: Start with the former, or use another data directory (or database) for the latter.
    ");
    let home = home.variable("ALIEXPRESS_APP_KEY", "500100");
    let refused = home.run(&[
        "auth",
        "status",
        "--gateway",
        "https://api-sg.aliexpress.com",
    ]);
    assert_eq!(refused.code, Some(2), "{refused}");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let home = Home::with_app("http://127.0.0.1:9");
    std::fs::create_dir_all(home.data_dir()).unwrap();
    let file = home.data_dir().join("smartlinks.db");
    std::fs::write(
        &file,
        "this is a letter to my aunt, not a database\n".repeat(200),
    )
    .unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(home.data_dir(), std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert_snapshot!(home.run(&["auth", "status"]), @r"
    exit code: 1
    --- stdout
    --- stderr
    error: [HOME]/.local/share/smartlinks/smartlinks.db: is not a SmartLinks database, or it is damaged
      cause: file is not a database (SQLite code 26)

    hint: Move the file away and restore a backup, or start with an empty data directory.
    ");
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .starts_with("this is a letter")
    );
}

#[cfg(unix)]
#[test]
fn keys_that_others_may_read_are_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::with_app("http://127.0.0.1:9");
    assert_eq!(home.run(&["auth", "url"]).code, Some(0));
    std::fs::set_permissions(
        home.data_dir().join("keys"),
        std::fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    assert_snapshot!(home.run(&["auth", "status"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the key file [HOME]/.local/share/smartlinks/keys can be read or changed by other users (mode 644)

    hint: Run `chmod 600 [HOME]/.local/share/smartlinks/keys`; if they may have read it, rotate the key.
    ");
}
