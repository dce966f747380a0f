//! Operators who sign in with an OpenID Connect provider, as far as the command line goes.

use crate::support::Home;

/// Nobody listens there: neither a command nor a start asks the provider anything.
const ISSUER: &str = "http://127.0.0.1:9/realms/shop";

fn configured() -> Home {
    Home::new()
        .variable("SMARTLINKS_OIDC_ISSUER", ISSUER)
        .variable("SMARTLINKS_OIDC_CLIENT_ID", "smartlinks")
        .variable("SMARTLINKS_OIDC_CLIENT_SECRET", "canary")
}

#[test]
fn an_operator_is_linked_by_hand() {
    let home = configured();
    home.run(&["operators", "add", "anna", "--json"]).json(0);
    let linked = home.run(&["operators", "link-oidc", "ANNA", "person-1", "--json"]);
    assert!(!format!("{linked}").contains("canary"));
    let linked = linked.json(0);
    assert_eq!(linked["name"], "anna");
    assert_eq!(linked["issuer"], ISSUER);
    assert_eq!(linked["subject"], "person-1");
    assert_eq!(linked["state"], "active", "needs no password any more");
    let shown = home.run(&["operators", "link-oidc", "anna", "person-2"]);
    assert!(shown.stdout.contains("person-2"), "{shown}");
    let log = home.run(&["audit", "--json"]);
    assert!(log.stdout.contains("operator.identity_linked"), "{log}");

    home.run(&["operators", "add", "bruno", "--json"]).json(0);
    let taken = home.run(&["operators", "link-oidc", "bruno", "person-2", "--json"]);
    assert_eq!(taken.error(1)["code"], "identity_taken");
    let nobody = home.run(&["operators", "link-oidc", "carla", "person-3", "--json"]);
    assert_eq!(nobody.error(1)["code"], "unknown_operator");
}

#[test]
fn without_a_provider_there_is_nothing_to_link_to() {
    let home = Home::new();
    home.run(&["operators", "add", "anna", "--json"]).json(0);
    let refused = home.run(&["operators", "link-oidc", "anna", "person-1", "--json"]);
    let error = refused.error(1);
    assert_eq!(error["code"], "no_identity_provider");
    let fix = error["fix"].as_str().unwrap();
    assert!(fix.contains("SMARTLINKS_OIDC_ISSUER"), "{fix}");
}

#[test]
fn half_a_configuration_is_refused_and_the_file_of_the_secret_is_known() {
    let half = Home::new().variable("SMARTLINKS_OIDC_ISSUER", ISSUER);
    let refused = half.run(&["operators", "list"]);
    assert!(
        refused.stderr.contains("SMARTLINKS_OIDC_CLIENT_ID is not"),
        "{refused}"
    );
    let home = Home::new();
    let file = home.path().join("oidc-secret");
    std::fs::write(&file, "canary\n").unwrap();
    let home = home
        .variable("SMARTLINKS_OIDC_ISSUER", ISSUER)
        .variable("SMARTLINKS_OIDC_CLIENT_ID", "smartlinks")
        .variable(
            "SMARTLINKS_OIDC_CLIENT_SECRET_FILE",
            file.display().to_string(),
        );
    let list = home.run(&["operators", "list"]);
    assert!(list.stdout.contains("no operator yet"), "{list}");
    assert!(!list.stderr.contains("no such setting"), "{list}");
}

/// A provider that is away is no reason not to start: passwords work without it.
#[cfg(feature = "oidc")]
#[test]
fn serve_offers_the_provider_without_asking_it() {
    use crate::support::http::get;
    use crate::support::server::{Server, Stream};

    let mut server = Server::start(&configured(), &["serve", "--listen", "127.0.0.1:0"]);
    let page = server.wait_for(Stream::Out, "page: ");
    let sign_in = get(&format!("{page}/sign-in"));
    assert!(
        sign_in.body.contains("/aliexpress/sign-in/oidc"),
        "{}",
        sign_in.body
    );
    server.signal("TERM");
    let (_, log) = server.end();
    assert!(!log.contains("canary"), "{log}");
    let address = page.trim_end_matches("/aliexpress");
    let registered = format!("{address}/aliexpress/sign-in/oidc/callback");
    assert!(log.contains(&registered), "{log}");
}

#[cfg(not(feature = "oidc"))]
#[test]
fn serve_without_the_feature_says_how_to_build_it() {
    let refused = configured().run(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    let error = refused.error(2);
    assert_eq!(error["code"], "oidc_not_built_in");
    assert!(error["fix"].as_str().unwrap().contains("--features oidc"));
    assert!(!format!("{refused}").contains("canary"));
}
