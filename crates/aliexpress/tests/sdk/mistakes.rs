//! Every mistake that the doctor knows: a signature made by it is put down to it, and to nothing else.
//!
//! The signatures are made here, with nothing of the SDK.

use std::collections::BTreeMap;

use aliexpress::AppSecret;
use aliexpress::sign::{ExplainRequest, Flavour, Mistake, explain};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256, Sha512};

const SECRET: &str = "Placeholder-App-Secret-00ff";
const PATH: &str = "/auth/token/create";

/// In the order in which it is sent.
const BUSINESS: [(&str, &str); 15] = [
    ("method", "aliexpress.ds.text.search"),
    ("keyWord", "usb c+cable 100% \"mini\" ü"),
    ("title", "two words"),
    ("param_x", "1"),
    ("param0", "2"),
    ("Upper", "3"),
    ("extend", r#"{"b":"é/","a":[1,{"c":2.5}],"d":{}}"#),
    ("empty", ""),
    ("access_token", "50000placeholder"),
    ("partner_id", "sdk"),
    ("simplify", "true"),
    ("link", "https://x/?q=a%2Bb"),
    ("app_key", "90001234"),
    ("sign_method", "sha256"),
    ("timestamp", "1767225600123"),
];

const SYSTEM: [(&str, &str); 5] = [
    ("app_key", "90001234"),
    ("code", "3_90001234_placeholder"),
    ("timestamp", "1767225600123"),
    ("sign_method", "sha256"),
    ("partner_id", "sdk-1"),
];

type Params = Vec<(String, String)>;

/// One request and the right way to write its text, which each case spoils in its own way.
struct Request {
    path: Option<&'static str>,
    params: Params,
}

impl Request {
    fn business() -> Self {
        Self {
            path: None,
            params: owned(&BUSINESS),
        }
    }

    fn system() -> Self {
        Self {
            path: Some(PATH),
            params: owned(&SYSTEM),
        }
    }

    fn flavour(&self) -> Flavour<'_> {
        self.path.map_or(Flavour::Business, Flavour::System)
    }

    fn text(&self) -> String {
        self.text_of(self.map())
    }

    fn map(&self) -> BTreeMap<String, String> {
        let filled = self.params.iter().filter(|(_, value)| !value.is_empty());
        filled.cloned().collect()
    }

    fn text_of(&self, pairs: impl IntoIterator<Item = (String, String)>) -> String {
        let pairs: String = pairs
            .into_iter()
            .map(|(name, value)| name + &value)
            .collect();
        self.path.unwrap_or_default().to_owned() + &pairs
    }

    /// The text with some parameters changed.
    fn with(&self, changes: &[(&str, &str)]) -> String {
        let mut map = self.map();
        for (name, value) in changes {
            map.insert((*name).to_owned(), (*value).to_owned());
        }
        self.text_of(map)
    }

    fn without(&self, names: &[&str]) -> String {
        let mut map = self.map();
        map.retain(|name, _| !names.contains(&name.as_str()));
        self.text_of(map)
    }

    fn verdict(&self, foreign: &str) -> Option<Mistake> {
        let secret = AppSecret::parse(SECRET).unwrap();
        explain(&ExplainRequest {
            secret: &secret,
            flavour: self.flavour(),
            params: &self.params,
            foreign_sign: Some(foreign),
        })
        .verdict
    }
}

fn owned(pairs: &[(&str, &str)]) -> Params {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn hmac(key: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_ref()).unwrap();
    mac.update(text.as_ref());
    hex::encode_upper(mac.finalize().into_bytes())
}

/// The signature of a wrong text.
fn right(text: impl AsRef<[u8]>) -> String {
    hmac(SECRET, text)
}

fn sha256(text: &str) -> String {
    hex::encode_upper(Sha256::digest(text))
}

fn md5(text: &str) -> String {
    hex::encode_upper(Md5::digest(text))
}

fn not_signed(names: &[&str]) -> Mistake {
    Mistake::ParametersNotSigned(names.iter().map(|name| (*name).to_owned()).collect())
}

fn raw_plus(names: &[&str]) -> Mistake {
    Mistake::RawPlus(names.iter().map(|name| (*name).to_owned()).collect())
}

struct Case {
    name: &'static str,
    request: fn() -> Request,
    expected: Mistake,
    foreign: fn(&Request) -> String,
}

/// A test for each case, named after it, and the list of all.
macro_rules! cases {
    ($($request:ident $name:ident: $expected:expr => $foreign:expr;)+) => {
        fn cases() -> Vec<Case> {
            vec![$(Case {
                name: stringify!($name),
                request: Request::$request,
                expected: $expected,
                foreign: $foreign,
            }),+]
        }

        $(#[test]
        fn $name() {
            let request = Request::$request();
            let foreign: fn(&Request) -> String = $foreign;
            assert_eq!(request.verdict(&foreign(&request)), Some($expected));
        })+
    };
}

cases! {
    business secret_wrapped: Mistake::SecretWrapped => |r| right(format!("{SECRET}{}{SECRET}", r.text()));
    business secret_wrapped_and_plain: Mistake::SecretWrapped => |r| sha256(&format!("{SECRET}{}{SECRET}", r.text()));
    system path_missing: Mistake::PathPrefixMissing => |r| right(r.text().replace(PATH, ""));
    system path_with_rest: Mistake::PathPrefixWithRest => |r| right(format!("/rest{}", r.text()));
    system path_without_slash: Mistake::PathPrefixAltered("auth/token/create".to_owned()) => |r| right(&r.text()[1..]);
    system path_with_slash_behind: Mistake::PathPrefixAltered("/auth/token/create/".to_owned())
        => |r| right(r.text().replace(PATH, "/auth/token/create/"));
    system path_with_host: Mistake::PathPrefixAltered("https://api-sg.aliexpress.com/rest/auth/token/create".to_owned())
        => |r| right(format!("https://api-sg.aliexpress.com/rest{}", r.text()));
    system path_with_query: Mistake::PathPrefixAltered("/auth/token/create?".to_owned()) => |r| right(r.text().replace(
        PATH,
        "/auth/token/create?app_key=90001234&code=3_90001234_placeholder&timestamp=1767225600123&sign_method=sha256&partner_id=sdk-1",
    ));
    system path_of_another_call: Mistake::PathPrefixAltered("/auth/token/refresh".to_owned())
        => |r| right(r.text().replace("create", "refresh"));
    business path_where_none_belongs: Mistake::PathPrefixUnexpected => |r| right(format!("/sync{}", r.text()));
    business method_in_front: Mistake::PathPrefixUnexpected
        => |r| right(format!("aliexpress.ds.text.search{}", r.text()));
    business values_encoded: Mistake::UrlEncodedValues => |r| {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        right(r.text_of(r.map().into_iter().map(|(name, value)| (name, encode(&value)))))
    };
    business values_encoded_twice: Mistake::EncodedTwice => |r| right(r.with(&[("link", "https://x/?q=a+b")]));
    business plus_in_one_value: raw_plus(&["title"]) => |r| right(r.with(&[("title", "two+words")]));
    business plus_in_every_value: raw_plus(&["keyWord", "title"])
        => |r| right(r.with(&[("title", "two+words"), ("keyWord", "usb+c+cable+100%+\"mini\"+ü")]));
    business locale_order: Mistake::LocaleOrder => |r| {
        let order = [
            "access_token", "app_key", "extend", "keyWord", "link", "method", "param_x", "param0", "partner_id",
            "sign_method", "simplify", "timestamp", "title", "Upper",
        ];
        right(r.text_of(order.map(|name| (name.to_owned(), r.map()[name].clone()))))
    };
    business order_ignoring_case: Mistake::LocaleOrder => |r| {
        let mut pairs: Params = r.map().into_iter().collect();
        pairs.sort_by_key(|(name, _)| name.to_lowercase());
        right(r.text_of(pairs))
    };
    business not_sorted: Mistake::NotSorted
        => |r| right(r.text_of(r.params.iter().filter(|(_, value)| !value.is_empty()).cloned()));
    business sorted_backwards: Mistake::NotSorted => |r| right(r.text_of(r.map().into_iter().rev()));
    business separators: Mistake::SeparatorsSigned => |r| {
        let pairs: Vec<String> = r.map().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        right(pairs.join("&"))
    };
    business md5_wrapped: Mistake::Md5 => |r| md5(&format!("{SECRET}{}{SECRET}", r.text()));
    business md5_plain: Mistake::Md5 => |r| md5(&r.text());
    business hmac_md5: Mistake::Md5 => |r| {
        let mut mac = <Hmac<Md5> as KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(r.text().as_bytes());
        hex::encode_upper(mac.finalize().into_bytes())
    };
    business plain_sha256: Mistake::PlainSha256 => |r| sha256(&r.text());
    business sha256_with_secret_behind: Mistake::PlainSha256 => |r| sha256(&format!("{}{SECRET}", r.text()));
    business hmac_sha512: Mistake::OtherHash("SHA-512") => |r| {
        let mut mac = Hmac::<Sha512>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(r.text().as_bytes());
        hex::encode_upper(mac.finalize().into_bytes())
    };
    business key_and_text_swapped: Mistake::HmacArgumentsSwapped => |r| hmac(r.text(), SECRET);
    business seconds: Mistake::TimestampInSeconds => |r| right(r.with(&[("timestamp", "1767225600")]));
    business whole_seconds: Mistake::TimestampInSeconds => |r| right(r.with(&[("timestamp", "1767225600000")]));
    business iso_timestamp: Mistake::TimestampOtherFormat
        => |r| right(r.with(&[("timestamp", "2026-01-01T00:00:00.123Z")]));
    business local_timestamp: Mistake::TimestampOtherFormat
        => |r| right(r.with(&[("timestamp", "2026-01-01 08:00:00")]));
    business clock_read_twice: Mistake::TimestampTakenTwice
        => |r| right(r.with(&[("timestamp", "1767225600119")]));
    business method_not_signed: Mistake::ParameterNotSigned("method".to_owned()) => |r| right(r.without(&["method"]));
    business one_not_signed: Mistake::ParameterNotSigned("keyWord".to_owned()) => |r| right(r.without(&["keyWord"]));
    business two_not_signed: not_signed(&["param0", "title"]) => |r| right(r.without(&["title", "param0"]));
    business system_ones_not_signed: not_signed(&["access_token", "partner_id", "sign_method", "simplify"])
        => |r| right(r.without(&["partner_id", "simplify", "access_token", "sign_method"]));
    business not_sent: Mistake::ParameterNotSent("format".to_owned()) => |r| right(r.with(&[("format", "json")]));
    system method_not_sent: Mistake::ParameterNotSent("method".to_owned()) => |r| right(r.with(&[("method", PATH)]));
    business other_token_name: Mistake::OtherTokenName => |r| {
        let mut map = r.map();
        let token = map.remove("access_token").unwrap();
        map.insert("session".to_owned(), token);
        right(r.text_of(map))
    };
    business empty_values: Mistake::EmptyValuesSigned => |r| right(r.with(&[("empty", "")]));
    business body_as_json: Mistake::BodySigned => |r| {
        let body: serde_json::Map<String, serde_json::Value> =
            r.params.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        right(r.text() + &serde_json::Value::Object(body).to_string())
    };
    business json_with_spaces: Mistake::JsonRewritten
        => |r| right(r.with(&[("extend", r#"{"b": "é/", "a": [1, {"c": 2.5}], "d": {}}"#)]));
    business json_sorted: Mistake::JsonRewritten
        => |r| right(r.with(&[("extend", r#"{"a":[1,{"c":2.5}],"b":"é/","d":{}}"#)]));
    business json_escaped: Mistake::JsonRewritten
        => |r| right(r.with(&[("extend", r#"{"b":"\u00e9\/","a":[1,{"c":2.5}],"d":{}}"#)]));
    business json_pretty: Mistake::JsonRewritten => |r| right(r.with(&[(
        "extend",
        "{\n  \"b\": \"é/\",\n  \"a\": [\n    1,\n    {\n      \"c\": 2.5\n    }\n  ],\n  \"d\": {}\n}",
    )]));
    business json_as_object_text: Mistake::JsonRewritten => |r| right(r.with(&[("extend", "[object Object]")]));
    business lower_case: Mistake::LowerCase => |r| right(r.text()).to_lowercase();
    business base64: Mistake::Base64 => |r| to_base64(&hex::decode(right(r.text())).unwrap());
    business truncated: Mistake::Truncated => |r| right(r.text())[..32].to_owned();
    business not_a_signature: Mistake::NotASignature => |_| "not even hexadecimal".to_owned();
    business secret_with_line_break: Mistake::SecretWithWhitespace => |r| hmac(format!("{SECRET}\n"), r.text());
    business secret_with_blank_before: Mistake::SecretWithWhitespace => |r| hmac(format!(" {SECRET}"), r.text());
    business secret_in_quotes: Mistake::SecretQuoted => |r| hmac(format!("\"{SECRET}\""), r.text());
    business secret_with_ampersand: Mistake::SecretDerived => |r| hmac(format!("{SECRET}&"), r.text());
    business secret_hashed: Mistake::SecretDerived => |r| hmac(sha256(SECRET).to_lowercase(), r.text());
    business secret_in_capitals: Mistake::SecretDerived => |r| hmac(SECRET.to_uppercase(), r.text());
    business app_key_as_secret: Mistake::AppKeyAsSecret => |r| hmac("90001234", r.text());
    business wrong_secret: Mistake::WrongSecret => |r| hmac("another-secret", r.text());
    business wrong_parameters: Mistake::WrongSecret => |r| right(r.with(&[("keyWord", "something else")]));
    system two_at_once: Mistake::Several(vec![Mistake::PathPrefixMissing, Mistake::SecretWrapped, Mistake::LowerCase])
        => |r| right(format!("{SECRET}{}{SECRET}", r.text().replace(PATH, ""))).to_lowercase();
}

fn to_base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = (0..3).fold(0_usize, |number, index| {
            number << 8 | usize::from(*chunk.get(index).unwrap_or(&0))
        });
        for digit in 0..4 {
            let six = number >> (18 - 6 * digit) & 63;
            text.push(if digit > chunk.len() {
                '='
            } else {
                char::from(digits[six])
            });
        }
    }
    text
}

#[test]
fn no_mistake_is_taken_for_another() {
    let mut seen: BTreeMap<String, &'static str> = BTreeMap::new();
    for case in cases() {
        let request = (case.request)();
        let foreign = (case.foreign)(&request);
        assert_ne!(foreign, right(request.text()), "{} is right", case.name);
        if let Some(other) = seen.insert(foreign.clone(), case.name) {
            panic!("{} and {other} make the same signature", case.name);
        }
        let verdict = request.verdict(&foreign).unwrap();
        assert_eq!(verdict, case.expected, "{}", case.name);
        assert!(!matches!(verdict, Mistake::Ambiguous(_)), "{}", case.name);
        // The words of a mistake repeat neither secret nor values.
        let words = verdict.to_string();
        for (_, value) in &request.params {
            assert!(
                value.len() < 12 || !words.contains(value.as_str()),
                "{words}"
            );
        }
        assert!(!words.contains(SECRET));
    }
}

#[test]
fn every_mistake_has_a_case() {
    let seen: std::collections::BTreeSet<&str> =
        cases().iter().map(|case| case.expected.code()).collect();
    let known = [
        Mistake::SecretWrapped,
        Mistake::PathPrefixMissing,
        Mistake::PathPrefixWithRest,
        Mistake::PathPrefixAltered(String::new()),
        Mistake::PathPrefixUnexpected,
        Mistake::UrlEncodedValues,
        Mistake::EncodedTwice,
        Mistake::RawPlus(Vec::new()),
        Mistake::LocaleOrder,
        Mistake::NotSorted,
        Mistake::SortedWithValues,
        Mistake::SeparatorsSigned,
        Mistake::Md5,
        Mistake::PlainSha256,
        Mistake::OtherHash(""),
        Mistake::HmacArgumentsSwapped,
        Mistake::TimestampInSeconds,
        Mistake::TimestampOtherFormat,
        Mistake::TimestampTakenTwice,
        Mistake::ParameterNotSigned(String::new()),
        Mistake::ParametersNotSigned(Vec::new()),
        Mistake::ParameterNotSent(String::new()),
        Mistake::OtherTokenName,
        Mistake::EmptyValuesSigned,
        Mistake::BodySigned,
        Mistake::JsonRewritten,
        Mistake::LowerCase,
        Mistake::Base64,
        Mistake::Truncated,
        Mistake::NotASignature,
        Mistake::SecretWithWhitespace,
        Mistake::SecretQuoted,
        Mistake::SecretDerived,
        Mistake::AppKeyAsSecret,
        Mistake::Several(Vec::new()),
        Mistake::Ambiguous(Vec::new()),
        Mistake::TooLargeToSearch,
        Mistake::WrongSecret,
    ];
    let codes: std::collections::BTreeSet<&str> = known.iter().map(Mistake::code).collect();
    assert_eq!(codes.len(), known.len(), "codes are unique");
    // These need a request of their own; see below.
    let own = ["sorted_with_values", "ambiguous", "too_large_to_search"];
    let missing: Vec<&&str> = codes
        .iter()
        .filter(|code| !seen.contains(**code) && !own.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn sorting_names_with_their_values_is_found() {
    let request = Request {
        path: None,
        params: owned(&[("a", "z"), ("ab", "1"), ("app_key", "1")]),
    };
    // `ab1` stands before `az`, although `a` stands before `ab`.
    assert_eq!(request.text(), "azab1app_key1");
    assert_eq!(
        request.verdict(&right("ab1app_key1az")),
        Some(Mistake::SortedWithValues)
    );
}

#[test]
fn what_cannot_be_told_apart_is_said_to_be_so() {
    // A space as `+`: encoded as a form before signing, or a raw plus in the body.
    let request = Request {
        path: None,
        params: owned(&[("q", "two words"), ("v", "1")]),
    };
    let verdict = request.verdict(&right("qtwo+wordsv1")).unwrap();
    let Mistake::Ambiguous(both) = &verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(both[..], [Mistake::UrlEncodedValues, raw_plus(&["q"])]);
    assert_eq!(verdict.parts(), both);
    let words = verdict.to_string();
    assert!(
        words.contains("percent-encoded") && words.contains("%2B") && words.contains("; or "),
        "{words}"
    );
}

#[test]
fn the_work_is_bounded_and_said_to_be_cut() {
    let mut params = owned(&BUSINESS);
    params.push(("picture".to_owned(), "A".repeat(3_000_000)));
    let request = Request { path: None, params };
    assert_eq!(
        request.verdict(&hmac("another-secret", "x")),
        Some(Mistake::TooLargeToSearch)
    );
    // Many parameters: singles are tried, pairs are not.
    let many: Params = (0..2_000)
        .map(|n| (format!("p{n:04}"), "1".to_owned()))
        .collect();
    let request = Request {
        path: None,
        params: many,
    };
    assert_eq!(
        request.verdict(&right(request.without(&["p1234"]))),
        Some(Mistake::TooLargeToSearch)
    );
    let hundred: Params = (0..100)
        .map(|n| (format!("p{n:04}"), "1".to_owned()))
        .collect();
    let request = Request {
        path: None,
        params: hundred,
    };
    assert_eq!(
        request.verdict(&right(request.without(&["p0077"]))),
        Some(Mistake::ParameterNotSigned("p0077".to_owned()))
    );
}

#[test]
fn a_hexadecimal_or_base64_secret_that_was_decoded_is_found() {
    for (secret, key) in [
        ("00ff10abCD", vec![0x00, 0xff, 0x10, 0xab, 0xcd]),
        ("YWJj", b"abc".to_vec()),
    ] {
        let secret = AppSecret::parse(secret).unwrap();
        let params = owned(&SYSTEM);
        let text = Request::system().text();
        let explanation = explain(&ExplainRequest {
            secret: &secret,
            flavour: Flavour::System(PATH),
            params: &params,
            foreign_sign: Some(&hmac(key, text)),
        });
        assert_eq!(explanation.verdict, Some(Mistake::SecretDerived));
    }
}
