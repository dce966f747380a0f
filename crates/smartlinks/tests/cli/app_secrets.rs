//! Several app secrets at a time, from wherever they are set.

use serde_json::json;

use crate::support::gateway::{CALLBACK, Gateway};
use crate::support::{CANARY, Home};

const NEW: &str = "canary8new9secret";

/// R17: the variable, its file and the configuration file each take a list, and the one that fits is used.
#[test]
fn a_list_of_app_secrets_is_taken_from_every_place() {
    let gateway = Gateway::start();
    let code = gateway.code();
    gateway.control("secrets", &json!({ "app_secrets": [NEW] }));
    let home = || {
        Home::new()
            .variable("ALIEXPRESS_APP_KEY", "500100")
            .variable("ALIEXPRESS_CALLBACK_URL", CALLBACK)
            .variable("ALIEXPRESS_GATEWAY_URL", gateway.address())
    };
    let listed = home().variable("ALIEXPRESS_APP_SECRET", format!("{CANARY}, {NEW}"));
    let connected = listed.run(&["auth", "handle_callback", &code, "--json"]);
    connected.json(0);
    let words = "takes this one of the list";
    assert!(connected.stderr.contains(words), "{connected}");
    assert!(
        connected.stderr.contains("secret.position=2"),
        "{connected}"
    );
    assert!(!connected.to_string().contains(NEW), "{connected}");

    let in_file = home().variable("ALIEXPRESS_APP_SECRET_FILE", "secrets");
    let path = in_file.path().join("secrets");
    std::fs::write(path, format!("{CANARY}\n{NEW}\n")).unwrap();
    in_file
        .run(&["auth", "exchange", &gateway.code(), "--json"])
        .json(0);

    let configured = home().variable("SMARTLINKS_CONFIG", "c.toml");
    let list = format!("app_secret = [\"{CANARY}\", \"{NEW}\"]\n");
    std::fs::write(configured.path().join("c.toml"), list).unwrap();
    configured
        .run(&["auth", "exchange", &gateway.code(), "--json"])
        .json(0);

    // Only the former one: refused, with what to mend.
    let former = home().variable("ALIEXPRESS_APP_SECRET", CANARY);
    let refused = former.run(&["auth", "exchange", &gateway.code(), "--json"]);
    assert!(refused.stderr.contains("IncompleteSignature"), "{refused}");

    let wrong = home().variable("ALIEXPRESS_APP_SECRET", format!("{CANARY},"));
    let status = wrong.run(&["auth", "status", "--json"]).json(2);
    assert_eq!(
        status["problems"][0]["problem"],
        "secret 2 of 2: it is empty"
    );
}
