//! Every vector of `sign-vectors.json`.

use aliexpress::sign::{self, ExplainRequest, Flavour, Mistake, explain};
use aliexpress::{AppKey, AppSecret, push};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) flavour: String,
    pub(crate) api: String,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) app_secret: String,
    pub(crate) string_to_sign: String,
    pub(crate) sign: String,
    pub(crate) sign_method: String,
}

impl Vector {
    pub(crate) fn flavour(&self) -> Flavour<'_> {
        match self.flavour.as_str() {
            "system" => Flavour::System(&self.api),
            "business" => Flavour::Business,
            other => panic!("{}: {other}", self.name),
        }
    }

    pub(crate) fn params(&self) -> Vec<(String, String)> {
        self.params.clone().into_iter().collect()
    }

    pub(crate) fn secret(&self) -> AppSecret {
        AppSecret::parse(self.app_secret.as_str()).unwrap()
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let bytes = include_bytes!("../fixtures/sign-vectors.json");
    let vectors: Vec<Vector> = serde_json::from_slice(bytes).unwrap();
    assert_eq!(vectors.len(), 26, "no vector may go missing");
    vectors
}

#[test]
fn every_sha256_vector_is_reproduced() {
    let mut seen = 0;
    for vector in vectors() {
        if vector.flavour == "push" || vector.sign_method != "sha256" {
            continue;
        }
        seen += 1;
        let (secret, flavour) = (vector.secret(), vector.flavour());
        assert_eq!(
            sign::canonical(flavour, &vector.params),
            vector.string_to_sign,
            "{}",
            vector.name
        );
        assert_eq!(
            sign::sign(&secret, flavour, &vector.params),
            vector.sign,
            "{}",
            vector.name
        );
        if matches!(flavour, Flavour::System(_)) || !vector.api.contains('/') {
            assert_eq!(Flavour::of(&vector.api), flavour, "{}", vector.name);
        }
        let params = vector.params();
        let explanation = explain(&ExplainRequest {
            secret: &secret,
            flavour,
            params: &params,
            foreign_sign: Some(&vector.sign),
        });
        assert_eq!(
            explanation.canonical, vector.string_to_sign,
            "{}",
            vector.name
        );
        assert_eq!(explanation.sign, vector.sign, "{}", vector.name);
        assert_eq!(
            (explanation.matches, explanation.verdict),
            (Some(true), None),
            "{}",
            vector.name
        );
    }
    assert_eq!(seen, 21);
}

#[test]
fn every_legacy_vector_is_recognised() {
    let mut seen = 0;
    for vector in vectors() {
        if vector.flavour == "push" || vector.sign_method == "sha256" {
            continue;
        }
        seen += 1;
        let (secret, params) = (vector.secret(), vector.params());
        let explanation = explain(&ExplainRequest {
            secret: &secret,
            flavour: vector.flavour(),
            params: &params,
            foreign_sign: Some(&vector.sign),
        });
        let text = match vector.sign_method.as_str() {
            "md5" => format!("{0}{1}{0}", vector.app_secret, explanation.canonical),
            _ => explanation.canonical,
        };
        assert_eq!(text, vector.string_to_sign, "{}", vector.name);
        assert_eq!(explanation.verdict, Some(Mistake::Md5), "{}", vector.name);
    }
    assert_eq!(seen, 3);
}

#[test]
fn every_push_vector_is_reproduced() {
    let mut seen = 0;
    for vector in vectors() {
        if vector.flavour != "push" {
            continue;
        }
        seen += 1;
        let key = AppKey::parse(&vector.params["app_key"]).unwrap();
        let body = vector.params["body"].as_bytes();
        let header = push::authorization(&key, &vector.secret(), body);
        assert_eq!(header, vector.sign, "{}", vector.name);
        assert_eq!(
            push::verify(&key, &[vector.secret()], body, Some(&vector.sign)),
            Ok(0),
            "{}",
            vector.name
        );
        assert_eq!(
            format!("{key}{}", vector.params["body"]),
            vector.string_to_sign
        );
    }
    assert_eq!(seen, 2);
}
