//! What is done with arbitrary bytes: shared by the tests, which run it on every machine, and by the fuzz targets in
//! `fuzz/`, which include this file. Public API only. A harness panics when something that must hold does not.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use aliexpress::affiliate::link_generate::LinkType;
use aliexpress::push::{self, PushMessage};
use aliexpress::sign::{self, ExplainInput, ExplainRequest, Flavour};
use aliexpress::{
    AccessToken, AppKey, AppSecret, Client, Clock, Error, HttpRequest, HttpResponse, Policy,
    RefreshToken, Transport, TransportError,
};
use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

const SECRET: &str = "placeholder-app-secret-0001";
const ORDER: i64 = 8_200_000_000_000_001;

/// Gives the same answer to everything.
struct Same(Bytes);

#[async_trait]
impl Transport for Same {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        Ok(HttpResponse {
            status: 200,
            content_type: Some("application/json".to_owned()),
            date: None,
            body: self.0.clone(),
        })
    }
}

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

/// The answer decoders, typed and by name.
pub(crate) fn decoder(body: &[u8]) {
    let client = client(body);
    run(async {
        check(client.call("any.method", [("a", "b")]).await.map(drop));
        let refresh = RefreshToken::new("placeholder-refresh");
        check(client.oauth().refresh(&refresh).await.map(drop));
        let ds = client.dropshipping();
        check(ds.order_get().order_id(ORDER).send().await.map(drop));
        let tracking = ds.order_tracking_get().order_id(ORDER).language("en_US");
        check(tracking.send().await.map(drop));
        let product = ds.product_get().product_id(1).ship_to("FR");
        check(product.send().await.map(drop));
        let freight = ds.freight_query().product_id(1).sku_id(2).quantity(1);
        let freight = freight.ship_to("FR").currency("EUR");
        check(
            freight
                .language("fr_FR")
                .locale("fr_FR")
                .send()
                .await
                .map(drop),
        );
        check(ds.address_get().country("FR").send().await.map(drop));
        let alike = ds.image_search_v2().image("aW1hZ2U=");
        check(alike.send().await.map(drop));
        let links = client.affiliate().link_generate().source_values(["1"]);
        let links = links.promotion_link_type(LinkType::Normal).tracking_id("x");
        check(links.send().await.map(drop));
        let search = ds.text_search().keyword("mat").ship_to("FR");
        let search = search.currency("EUR").locale("fr_FR");
        check(search.send().await.map(drop));
    });
}

/// One decoder only, for tests that go through every cut of an answer.
pub(crate) fn one_decoder(body: &[u8]) {
    let client = client(body);
    run(async {
        let order = client.dropshipping().order_get().order_id(ORDER);
        check(order.send().await.map(drop));
    });
}

fn client(body: &[u8]) -> Client {
    let key = AppKey::parse("90001234").expect("digits");
    Client::builder(key, secret())
        .clock(Arc::new(Stopped))
        .transport(Arc::new(Same(Bytes::copy_from_slice(body))))
        // The same answer again would only be read again.
        .policy(Policy::none())
        .build()
        .expect("all parts are there")
        .with_access_token(AccessToken::new("50000placeholderAccessToken"))
}

/// Whatever was wrong can be shown, advised on, and holds no secret.
fn check(outcome: Result<(), Error>) {
    if let Err(error) = outcome {
        let shown = format!("{error} {error:?} {:?}", error.advice());
        assert!(!shown.contains(SECRET));
    }
}

/// The text that is signed: parameters are made of the bytes, and the text is held against the plain rule.
pub(crate) fn canonical(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let params: Vec<(&str, &str)> = text
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    let flavour = match data.first() {
        Some(byte) if byte % 2 == 1 => Flavour::System("/auth/token/create"),
        _ => Flavour::Business,
    };
    let canonical = sign::canonical(flavour, params.iter().copied());
    let mut plain: BTreeMap<&[u8], Vec<&str>> = BTreeMap::new();
    for (name, value) in params
        .iter()
        .filter(|(name, value)| *name != "sign" && !value.trim().is_empty())
    {
        let values = plain.entry(name.as_bytes()).or_default();
        if values.last() != Some(value) {
            values.push(value);
        }
    }
    let mut expected = match flavour {
        Flavour::System(path) => path.to_owned(),
        Flavour::Business => String::new(),
    };
    for (name, values) in plain {
        for value in values {
            expected.push_str(&String::from_utf8_lossy(name));
            expected.push_str(value);
        }
    }
    assert_eq!(canonical, expected);
    let sign = sign::sign(&secret(), flavour, params);
    let owned: Vec<(String, String)> = Vec::new();
    let by_text = sign::explain(&ExplainRequest {
        secret: &secret(),
        flavour: Flavour::System(&expected),
        params: &owned,
        foreign_sign: Some(&sign),
    });
    assert_eq!(by_text.matches, Some(true));
}

/// The body of a push: read, held against its signature, shown.
pub(crate) fn push_body(body: &[u8]) {
    let key = AppKey::parse("90001234").expect("digits");
    if body.len() <= push::MAX_BODY_BYTES {
        let header = push::authorization(&key, &secret(), body);
        assert_eq!(push::verify(&key, [&secret()], body, Some(&header)), Ok(0));
    }
    let header = String::from_utf8_lossy(body);
    assert!(push::verify(&key, [&secret()], body, Some(&header)).is_err());
    if let Ok(message) = PushMessage::parse(body) {
        assert_eq!(message.raw().as_bytes(), body);
        assert_eq!(message.dedupe_key(), push::dedupe_key(body));
        drop(format!(
            "{message:?} {:?}",
            message.age(Timestamp::UNIX_EPOCH)
        ));
    }
}

/// Something pasted into the signature doctor.
pub(crate) fn explain_input(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(input) = ExplainInput::parse(&text) else {
        return;
    };
    let explanation = input.explain(&secret(), None);
    let again = input.explain(&secret(), Some(&explanation.sign));
    assert_eq!(again.matches, Some(true));
    let foreign = "0".repeat(64);
    let wrong = input.explain(&secret(), Some(&foreign));
    let shown = format!(
        "{input:?} {wrong:?} {:?}",
        wrong.verdict.as_ref().map(ToString::to_string)
    );
    assert!(!shown.contains(SECRET) || text.contains(SECRET));
}

fn secret() -> AppSecret {
    AppSecret::parse(SECRET).expect("well formed")
}

thread_local! {
    /// Time passes by itself where nothing else is to be done, so that no wait takes time.
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
}

fn run(work: impl Future<Output = ()>) {
    RUNTIME.with(|runtime| runtime.block_on(work));
}
