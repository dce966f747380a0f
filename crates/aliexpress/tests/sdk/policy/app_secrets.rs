//! A refused signature is sent again under the next app secret of the list, whatever the call does.

use std::sync::Arc;

use aliexpress::sign::{Flavour, sign};
use aliexpress::{AppSecret, Client, Effect, HttpRequest, RefreshToken};

use super::world::{PRODUCT, REPORT, Reply, Script, World, builder, call, refusal};
use crate::support::{run, secret, value_of};

fn other(text: &str) -> AppSecret {
    AppSecret::parse(text).unwrap()
}

fn secrets() -> [AppSecret; 3] {
    [secret(), other("second-secret"), other("third-secret")]
}

fn world(replies: &[Reply], then: Reply) -> (Arc<Script>, Client) {
    let world = Arc::new(World::default());
    let script = Script::new(&world, replies, then);
    let [_, second, third] = secrets();
    let app = builder(&world, script.clone()).also(second).also(third);
    (script, app.build().unwrap())
}

/// Which of the secrets signed a request, counted from 1.
fn signed_by(request: &HttpRequest) -> usize {
    let flavour = match request.url.path().strip_prefix("/rest") {
        Some(path) => Flavour::System(path),
        None => Flavour::Business,
    };
    let sent = value_of(request, "sign").unwrap();
    let params = || request.form.iter().map(|(name, value)| (name, value));
    let position = secrets()
        .iter()
        .position(|secret| sign(secret, flavour, params()) == sent);
    position.unwrap() + 1
}

fn seen(script: &Script) -> Vec<usize> {
    let requests = script.seen();
    requests
        .iter()
        .map(|seen| signed_by(&seen.request))
        .collect()
}

/// R17.
#[test]
fn the_secret_that_is_taken_is_remembered() {
    for code in ["IncompleteSignature", "InvalidSignature", "25"] {
        let refused = refusal(code, "");
        let (script, app) = world(&[refused, refused], Reply::Well);
        run(async {
            call(&app, PRODUCT).await.unwrap();
            call(&app, PRODUCT).await.unwrap();
            // Clones are the same app.
            call(&app.background(), REPORT).await.unwrap();
        });
        assert_eq!(seen(&script), [1, 2, 3, 3, 3], "{code}");
        assert_eq!(app.app_secrets(), secrets());
    }
}

/// R17: also for what is sent once otherwise, since nothing was carried out.
#[test]
fn writes_and_token_calls_are_signed_again_too() {
    let refused = refusal("IncompleteSignature", "");
    let (script, app) = world(&[refused], Reply::Well);
    run(call(&app, REPORT)).unwrap();
    assert_eq!(seen(&script), [1, 2]);

    let answer = r#"{"code":"0","access_token":"a","refresh_token":"r","expires_in":60}"#;
    let (script, app) = world(&[refused], Reply::Body(200, answer));
    run(app.oauth().refresh(&RefreshToken::new("refresh"))).unwrap();
    assert_eq!(seen(&script), [1, 2]);
}

/// What can have been carried out is not sent again because there are more secrets.
#[test]
fn nothing_but_a_refused_signature_tries_the_next_secret() {
    let other_refusals = [
        refusal("IllegalAccessToken", ""),
        refusal("InvalidAppKey", ""),
        refusal("IllegalTimestamp", ""),
        refusal("MissingParameter", "sign"),
        Reply::Body(200, "<html>IncompleteSignature</html>"),
        Reply::Body(500, "IncompleteSignature"),
    ];
    for reply in other_refusals {
        let (script, app) = world(&[], reply);
        let token = RefreshToken::new("refresh");
        run(app.oauth().refresh(&token)).unwrap_err();
        assert_eq!(seen(&script), [1], "{reply:?}");
    }
}

#[test]
fn when_all_are_refused_the_call_ends_and_begins_with_the_first_next_time() {
    let (script, app) = world(&[], refusal("IncompleteSignature", "no"));
    for _ in 0..2 {
        let error = run(call(&app, PRODUCT)).unwrap_err();
        assert!(error.is_refused_signature());
        assert_eq!(error.effect(), Effect::None);
        assert!(!format!("{error:?} {error}").contains("secret-"));
    }
    assert_eq!(seen(&script), [1, 2, 3, 1, 2, 3]);
}

/// A signature that was refused is no attempt: the patience is for what follows.
#[test]
fn the_attempts_of_the_policy_are_left_whole() {
    let busy = refusal("ServiceUnavailable", "");
    let refused = refusal("IncompleteSignature", "");
    let (script, app) = world(&[refused, busy, busy], Reply::Well);
    run(call(&app, PRODUCT)).unwrap();
    assert_eq!(seen(&script), [1, 2, 2, 2]);
}
