//! Each mistake is found from nothing but the signature it makes.

use aliexpress::AppSecret;
use aliexpress::sign::{ExplainRequest, Flavour, Mistake, explain, sign};

use super::vectors::{Vector, vectors};

fn vector(name: &str) -> Vector {
    vectors()
        .into_iter()
        .find(|vector| vector.name == name)
        .unwrap()
}

fn verdict(vector: &Vector, foreign: &str) -> Option<Mistake> {
    verdict_for(vector, vector.params(), foreign)
}

fn verdict_for(vector: &Vector, params: Vec<(String, String)>, foreign: &str) -> Option<Mistake> {
    let secret = vector.secret();
    explain(&ExplainRequest {
        secret: &secret,
        flavour: vector.flavour(),
        params: &params,
        foreign_sign: Some(foreign),
    })
    .verdict
}

/// The signature of a text of one's own: with the whole text as the "path" and no parameters.
fn sign_text(secret: &AppSecret, text: &str) -> String {
    sign(secret, Flavour::System(text), [("", "")])
}

#[test]
fn a_wrapped_secret_is_found() {
    let vector = vector("own-token-create");
    let text = format!("{0}{1}{0}", vector.app_secret, vector.string_to_sign);
    let foreign = sign_text(&vector.secret(), &text);
    assert_eq!(verdict(&vector, &foreign), Some(Mistake::SecretWrapped));
}

#[test]
fn a_missing_path_is_found() {
    let vector = vector("own-token-create");
    let foreign = sign(&vector.secret(), Flavour::Business, &vector.params);
    assert_eq!(verdict(&vector, &foreign), Some(Mistake::PathPrefixMissing));
}

#[test]
fn a_path_with_rest_is_found() {
    let vector = vector("own-token-create");
    let foreign = sign(
        &vector.secret(),
        Flavour::System("/rest/auth/token/create"),
        &vector.params,
    );
    assert_eq!(
        verdict(&vector, &foreign),
        Some(Mistake::PathPrefixWithRest)
    );
}

#[test]
fn a_path_where_none_belongs_is_found() {
    let vector = vector("own-business-access-token-name");
    for prefix in ["/sync", "aliexpress.ds.product.get"] {
        let foreign = sign(&vector.secret(), Flavour::System(prefix), &vector.params);
        assert_eq!(
            verdict(&vector, &foreign),
            Some(Mistake::PathPrefixUnexpected)
        );
    }
}

#[test]
fn encoded_values_are_found_in_each_style() {
    let vector = vector("own-business-plus-space-percent");
    let styles = [
        "usb%2Bc+cable+100%25+%26+%22mini%22+%C3%BC",
        "usb%2Bc%20cable%20100%25%20%26%20%22mini%22%20%C3%BC",
        "usb%2bc%20cable%20100%25%20%26%20%22mini%22%20%c3%bc",
    ];
    for encoded in styles {
        let mut params = vector.params.clone();
        params.insert("keyWord".to_owned(), encoded.to_owned());
        let foreign = sign(&vector.secret(), Flavour::Business, &params);
        assert_eq!(
            verdict(&vector, &foreign),
            Some(Mistake::UrlEncodedValues),
            "{encoded}"
        );
    }
}

#[test]
fn locale_order_is_found() {
    let vector = vector("own-ordering-case-digits");
    // `_x` first, then letters without regard to case, small before capital: what `localeCompare` makes of the names.
    let text = "_x7alpha2alpha_b4alpha13alphab6alphaB5app_key90001234methodplaceholder.order.test\
                sign_methodsha256timestamp1767225600000Zeta1";
    let foreign = sign_text(&vector.secret(), text);
    assert_eq!(verdict(&vector, &foreign), Some(Mistake::LocaleOrder));
    // Plain lower-casing puts the underscore between digits and letters.
    let text = "_x7alpha2alpha13alpha_b4alphaB5alphab6app_key90001234methodplaceholder.order.test\
                sign_methodsha256timestamp1767225600000Zeta1";
    let foreign = sign_text(&vector.secret(), text);
    assert_eq!(verdict(&vector, &foreign), Some(Mistake::LocaleOrder));
}

#[test]
fn seconds_instead_of_milliseconds_are_found() {
    let vector = vector("own-token-create");
    let mut params = vector.params.clone();
    params.insert("timestamp".to_owned(), "1767225600".to_owned());
    let foreign = sign(&vector.secret(), vector.flavour(), &params);
    assert_eq!(
        verdict(&vector, &foreign),
        Some(Mistake::TimestampInSeconds)
    );
}

#[test]
fn an_unsigned_parameter_is_named() {
    let vector = vector("own-business-all-optional");
    for name in ["simplify", "partner_id", "method"] {
        let mut params = vector.params.clone();
        params.remove(name);
        let foreign = sign(&vector.secret(), Flavour::Business, &params);
        assert_eq!(
            verdict(&vector, &foreign),
            Some(Mistake::ParameterNotSigned(name.to_owned()))
        );
    }
}

#[test]
fn signed_empty_values_are_found() {
    let vector = vector("own-empty-values-skipped");
    // The Python and PHP SDKs sign the names of empty parameters too.
    let mut names: Vec<_> = vector.params.iter().collect();
    names.sort();
    let text: String = names
        .into_iter()
        .map(|(name, value)| format!("{name}{value}"))
        .collect();
    let foreign = sign_text(&vector.secret(), &text);
    assert_eq!(verdict(&vector, &foreign), Some(Mistake::EmptyValuesSigned));
}

#[test]
fn lower_case_and_a_blank_after_the_secret_are_found() {
    let vector = vector("own-token-create");
    assert_eq!(
        verdict(&vector, &vector.sign.to_lowercase()),
        Some(Mistake::LowerCase)
    );
    // HMAC-SHA256 under "placeholder-app-secret-0001\n", computed elsewhere.
    let foreign = "310AF9587FDE9F5BD65500B3B951513F84B0E63F40BDD88A5EAAB0B27C299B70";
    assert_eq!(
        verdict(&vector, foreign),
        Some(Mistake::SecretWithWhitespace)
    );
}

#[test]
fn plain_sha256_is_found() {
    let vector = vector("own-token-create");
    // SHA-256 of the string to sign, computed elsewhere.
    let foreign = "CF104215EF042B727E0D23E91B3F7C5DA73099B46274E0F5701670047F4614CC";
    assert_eq!(verdict(&vector, foreign), Some(Mistake::PlainSha256));
}

#[test]
fn what_nothing_explains_is_put_down_to_the_secret() {
    let vector = vector("own-token-create");
    let other = AppSecret::parse("another-secret").unwrap();
    let foreign = sign(&other, vector.flavour(), &vector.params);
    assert_eq!(verdict(&vector, &foreign), Some(Mistake::WrongSecret));
    assert_eq!(verdict(&vector, ""), Some(Mistake::NotASignature));
}

#[test]
fn without_a_foreign_signature_only_the_parts_are_shown() {
    let vector = vector("own-token-create");
    let (secret, mut params) = (vector.secret(), vector.params());
    params.push(("sign".to_owned(), "ignored".to_owned()));
    let explanation = explain(&ExplainRequest {
        secret: &secret,
        flavour: vector.flavour(),
        params: &params,
        foreign_sign: None,
    });
    assert_eq!((explanation.matches, &explanation.verdict), (None, &None));
    assert_eq!(explanation.prefix, "/auth/token/create");
    let names: Vec<&str> = explanation
        .parts
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["app_key", "code", "sign_method", "timestamp"]);
    assert_eq!(
        explanation.masked_canonical(),
        "/auth/token/createapp_key90001234code***sign_methodsha256timestamp1767225600000"
    );
}
