//! A refused access token is told to its source, and the call repeated once.

use std::sync::{Arc, Mutex};

use aliexpress::{
    AccessToken, Client, Effect, Error, Policy, TokenSource, TokenSourceError, TransportErrorKind,
};
use async_trait::async_trait;

use super::world::{PRODUCT, REPORT, Reply, Script, World, builder, call, refusal};
use crate::support::{run, value_of};

/// Gives `old` until it is told that it was refused.
struct Source {
    fresh: Option<&'static str>,
    broken: bool,
    refused: Mutex<Vec<String>>,
}

#[async_trait]
impl TokenSource for Source {
    async fn access_token(&self) -> Result<AccessToken, TokenSourceError> {
        Ok(AccessToken::new("old"))
    }

    async fn refused(&self, token: &AccessToken) -> Result<Option<AccessToken>, TokenSourceError> {
        self.refused.lock().unwrap().push(token.expose().to_owned());
        if self.broken {
            return Err(TokenSourceError::new("sign in again"));
        }
        Ok(self.fresh.map(AccessToken::new))
    }
}

fn source(fresh: Option<&'static str>) -> Arc<Source> {
    Arc::new(Source {
        fresh,
        broken: false,
        refused: Mutex::default(),
    })
}

fn world(replies: &[Reply], then: Reply, source: &Arc<Source>) -> (Arc<Script>, Client) {
    let world = Arc::new(World::default());
    let script = Script::new(&world, replies, then);
    let app = builder(&world, script.clone()).build().unwrap();
    (script, app.with_token_source(source.clone()))
}

fn tokens(script: &Script) -> Vec<String> {
    let token = |seen: &super::world::Seen| value_of(&seen.request, "access_token").unwrap();
    script.seen().iter().map(token).collect()
}

#[test]
fn the_call_is_repeated_once_with_the_fresh_token() {
    for code in ["IllegalAccessToken", "26", "27"] {
        for method in [PRODUCT, REPORT] {
            let source = source(Some("new"));
            let (script, app) = world(&[refusal(code, "")], Reply::Well, &source);
            run(call(&app, method)).unwrap();
            assert_eq!(tokens(&script), ["old", "new"]);
            assert_eq!(*source.refused.lock().unwrap(), ["old"]);
        }
    }
}

#[test]
fn a_second_refusal_is_the_answer() {
    let source = source(Some("new"));
    let (script, app) = world(&[], refusal("IllegalAccessToken", ""), &source);
    let error = run(call(&app, PRODUCT)).unwrap_err();
    assert!(error.is_illegal_access_token());
    assert_eq!(error.attempts().made(), 2);
    assert_eq!(tokens(&script), ["old", "new"]);
    assert_eq!(source.refused.lock().unwrap().len(), 1);
}

#[test]
fn the_fresh_token_stays_when_the_call_is_repeated_for_another_reason() {
    let source = source(Some("new"));
    let replies = [refusal("IllegalAccessToken", ""), Reply::Body(500, "")];
    let (script, app) = world(&replies, Reply::Well, &source);
    run(call(&app, PRODUCT)).unwrap();
    assert_eq!(tokens(&script), ["old", "new", "new"]);
}

#[test]
fn without_a_better_token_the_refusal_is_the_answer() {
    for fresh in [None, Some("old"), Some(" ")] {
        let (script, app) = world(&[], refusal("IllegalAccessToken", ""), &source(fresh));
        assert!(
            run(call(&app, PRODUCT))
                .unwrap_err()
                .is_illegal_access_token()
        );
        assert_eq!(script.seen().len(), 1, "{fresh:?}");
    }
    let source = source(Some("new"));
    let (script, app) = world(&[], refusal("IllegalAccessToken", ""), &source);
    run(call(&app.with_policy(Policy::none()), PRODUCT)).unwrap_err();
    assert_eq!(script.seen().len(), 1);
    assert!(source.refused.lock().unwrap().is_empty());
}

#[test]
fn a_source_that_fails_is_the_answer_and_hides_no_open_order() {
    let source = Arc::new(Source {
        fresh: None,
        broken: true,
        refused: Mutex::default(),
    });
    let (_, app) = world(&[], refusal("IllegalAccessToken", ""), &source);
    let error = run(call(&app, REPORT)).unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert_eq!((error.effect(), error.attempts().made()), (Effect::None, 1));

    let replies = [
        Reply::Broken(TransportErrorKind::Truncated),
        refusal("IllegalAccessToken", ""),
    ];
    let (script, app) = world(&replies, Reply::Well, &source);
    let order = r#"{"out_order_id":"A"}"#;
    let name = "param_place_order_request4_open_api_d_t_o";
    let error = run(app.call("aliexpress.ds.order.create", [(name, order)])).unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert_eq!(
        (error.effect(), error.attempts().made()),
        (Effect::Unknown, 2)
    );
    assert_eq!(
        error.to_string(),
        "no access token could be had: sign in again (2 attempts)"
    );
    assert_eq!(script.seen().len(), 2);
}
