//! Requests as people paste them.

use aliexpress::AppSecret;
use aliexpress::sign::{ExplainInput, Flavour, Mistake, PasteError, Remark, sign};
use proptest::prelude::*;
use url::form_urlencoded::Serializer;

use super::vectors::vectors;

const SECRET: &str = "placeholder-app-secret-0001";

fn parse(text: &str) -> ExplainInput {
    ExplainInput::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn secret() -> AppSecret {
    AppSecret::parse(SECRET).unwrap()
}

fn value<'a>(input: &'a ExplainInput, name: &str) -> &'a str {
    let found = input.params().iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str()).unwrap()
}

/// Every sha256 vector, pasted in each of the forms, is explained as right.
#[test]
fn every_vector_pasted_in_any_form_is_right() {
    let mut seen = 0;
    for vector in vectors() {
        if vector.flavour == "push" || vector.sign_method != "sha256" {
            continue;
        }
        let form = Serializer::new(String::new())
            .extend_pairs(&vector.params)
            .append_pair("sign", &vector.sign)
            .finish();
        let path = match vector.flavour() {
            Flavour::System(path) => format!("/rest{path}"),
            Flavour::Business => "/sync".to_owned(),
        };
        let address = format!("https://api-sg.aliexpress.com{path}");
        let quoted = form.replace('\'', r"'\''");
        let pastes = [
            format!("{address}?{form}"),
            format!("{path}?{form}"),
            format!("curl '{address}?{quoted}'"),
            format!(
                "$ curl -sS -X POST {address} \\\n  -H 'Accept: */*' \\\n  --data-raw '{quoted}'"
            ),
            format!("curl.exe --url={address} -d \"{form}\" --compressed"),
            format!("curl -G {address} -d'{quoted}'"),
        ];
        for paste in pastes {
            let input = parse(&paste);
            assert_eq!(
                input.flavour(),
                vector.flavour(),
                "{}: {paste}",
                vector.name
            );
            let explanation = input.explain(&vector.secret(), None);
            assert_eq!(explanation.matches, Some(true), "{}: {paste}", vector.name);
        }
        seen += 1;
    }
    assert_eq!(seen, 21);
}

#[test]
fn a_form_body_is_decoded_and_needs_its_path_said() {
    let body = "app_key=1&code=a%2Bb&name=two+words&sign=X";
    let input = parse(body);
    assert_eq!(
        (value(&input, "code"), value(&input, "name")),
        ("a+b", "two words")
    );
    assert_eq!((input.path(), input.sign()), (None, Some("X")));
    assert_eq!(
        input.clone().with_path("/auth/token/create").flavour(),
        Flavour::System("/auth/token/create")
    );
    assert_eq!(
        parse(body).with_path("/rest/auth/token/create").path(),
        Some("/auth/token/create")
    );
    assert_eq!(
        parse("method=/auth/token/create&code=x").path(),
        Some("/auth/token/create")
    );
    // One pair a line, as a debugger shows it; and one long line that a terminal has broken.
    assert_eq!(parse("app_key=1\ncode=a%20b\n\nv=2.0\n").params().len(), 3);
    let broken = parse("https://api-sg.aliexpress.com/sync?app_\n  key=1&v=2.\r\n  0");
    assert_eq!(
        (value(&broken, "app_key"), value(&broken, "v")),
        ("1", "2.0")
    );
    assert!(broken.remarks().contains(&Remark::LineBreaks));
}

#[test]
fn words_are_taken_as_they_stand() {
    let words = ["app_key=1", "code=a%2Bb", "q=x=y&z"];
    let input = ExplainInput::from_words(&words).unwrap();
    assert_eq!(
        (value(&input, "code"), value(&input, "q")),
        ("a%2Bb", "x=y&z")
    );
    let single = ExplainInput::from_words(&["code=a%2Bb"]).unwrap();
    assert_eq!(value(&single, "code"), "a%2Bb");
    let body = ExplainInput::from_words(&["code=a%2Bb&v=1"]).unwrap();
    assert_eq!(value(&body, "code"), "a+b");
    assert_eq!(
        ExplainInput::from_words(&["a=1", "canary"]).unwrap_err(),
        PasteError::NotAPair { position: 2 }
    );
}

#[test]
fn the_path_is_found_in_the_address() {
    let cases = [
        (
            "https://api-sg.aliexpress.com/rest/auth/token/create?a=1",
            Some("/auth/token/create"),
        ),
        (
            "https://api-sg.aliexpress.com/rest?method=/auth/token/create",
            Some("/auth/token/create"),
        ),
        (
            "https://api-sg.aliexpress.com/sync?method=/auth/token/refresh",
            Some("/auth/token/refresh"),
        ),
        (
            "https://api-sg.aliexpress.com/sync?method=aliexpress.ds.product.get",
            None,
        ),
        ("https://api-sg.aliexpress.com/sync/?a=1", None),
        ("https://gw.api.taobao.com/router/rest?a=1", None),
        (
            "http://127.0.0.1:8090/auth/token/create?a=1",
            Some("/auth/token/create"),
        ),
        (
            "https://api-sg.aliexpress.com/restaurant?a=1",
            Some("/restaurant"),
        ),
    ];
    for (address, path) in cases {
        assert_eq!(parse(address).path(), path, "{address}");
    }
}

#[test]
fn a_curl_line_is_taken_apart_as_a_shell_does() {
    let input = parse(
        r#"curl -s 'https://api-sg.aliexpress.com/sync?v=2.0' -d method=x --data-urlencode "q=a+b & \"c\"" \
           -d $'note=it\'s%0a\u00fc' -F 'part=raw+value' -F 'file=@picture.png' -H "Content-Type: multipart/form-data""#,
    );
    assert_eq!(value(&input, "v"), "2.0");
    assert_eq!(value(&input, "q"), "a+b & \"c\"");
    assert_eq!(value(&input, "note"), "it's\nü");
    assert_eq!(value(&input, "part"), "raw+value");
    assert!(
        input
            .remarks()
            .contains(&Remark::FilePart("file".to_owned()))
    );
    assert_eq!(
        parse("curl api-sg.aliexpress.com/sync?a=1").params().len(),
        1
    );
}

#[test]
fn each_wrong_paste_has_its_name_and_repeats_nothing() {
    let contradiction = PasteError::Contradiction {
        name: "a".to_owned(),
    };
    let not_utf8 = PasteError::NotUtf8 {
        name: "a".to_owned(),
    };
    let cases = [
        ("", PasteError::Empty),
        (" \n", PasteError::Empty),
        ("canary", PasteError::NotARequest),
        ("canary canary", PasteError::NotARequest),
        ("https://?canary=1", PasteError::NotAnAddress),
        (
            "https://api-sg.aliexpress.com/sync",
            PasteError::NoParameters,
        ),
        (
            "https://api-sg.aliexpress.com/sync?",
            PasteError::NoParameters,
        ),
        (
            "https://api-sg.aliexpress.com/oauth/authorize?client_id=canary",
            PasteError::AuthorizePage,
        ),
        (r#"{"app_key":"canary"}"#, PasteError::JsonBody),
        (
            r#"curl https://h/sync -H 'content-type: application/json' -d 'a=1'"#,
            PasteError::JsonBody,
        ),
        (
            r#"curl https://h/sync -d '{"canary":1}'"#,
            PasteError::JsonBody,
        ),
        (
            r#"curl https://h/sync --json '{"canary":1}'"#,
            PasteError::JsonBody,
        ),
        ("a=1&=canary", PasteError::NoName { position: 2 }),
        ("a=%FFcanary", not_utf8),
        ("a=canary&a=other", contradiction.clone()),
        ("curl 'https://h/sync?a=canary' -d a=2", contradiction),
        (
            "curl 'https://h/sync?a=canary",
            PasteError::OpenQuote { quote: '\'' },
        ),
        (
            "curl \"https://h/sync?a=canary",
            PasteError::OpenQuote { quote: '"' },
        ),
        ("curl -d a=canary", PasteError::NoAddress),
        ("curl https://h/sync -d @canary.txt", PasteError::BodyInFile),
        (
            "curl https://h/sync --data-urlencode a@canary.txt",
            PasteError::BodyInFile,
        ),
        ("curl https://h/sync", PasteError::NoParameters),
    ];
    for (paste, expected) in cases {
        let error = ExplainInput::parse(paste).unwrap_err();
        assert_eq!(error, expected, "{paste}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{paste}");
    }
    assert_eq!(
        ExplainInput::parse(&"a=1&".repeat(2_000_000)).unwrap_err(),
        PasteError::TooLarge
    );
}

#[test]
fn remarks_name_what_else_is_wrong() {
    let remarks = |paste: &str| parse(paste).remarks().to_vec();
    let complete = "app_key=1&sign=X&sign_method=sha256&timestamp=1";
    assert_eq!(remarks(complete), []);
    assert_eq!(
        remarks("v=1"),
        ["app_key", "sign_method", "timestamp"].map(Remark::Missing)
    );
    let of = |more: &str| {
        let remarks = remarks(&format!("{complete}&{more}"));
        assert_eq!(remarks.len(), 1, "{more}: {remarks:?}");
        assert!(!remarks[0].to_string().contains("canary"), "{more}");
        remarks[0].clone()
    };
    assert_eq!(of("q=canary+b"), Remark::PlusReadAsSpace("q".to_owned()));
    assert_eq!(of("q=canary%2"), Remark::BadEscape("q".to_owned()));
    assert_eq!(of("q=a&canary"), Remark::NoEqualsSign { position: 6 });
    assert_eq!(of("q="), Remark::EmptyValue("q".to_owned()));
    assert_eq!(
        of("app_secret=canary"),
        Remark::SecretSent("app_secret".to_owned())
    );
    assert_eq!(of("session=1&access_token=2"), Remark::BothTokens);
    assert_eq!(of("x=1&amp;y=2"), Remark::HtmlEscaped);
    let address = |address: &str| remarks(&format!("{address}?{complete}"));
    assert_eq!(
        address("https://gw.api.taobao.com/sync"),
        [Remark::OtherHost("gw.api.taobao.com".to_owned())]
    );
    assert_eq!(
        address("https://api-sg.aliexpress.com/auth/token/create"),
        [Remark::PathWithoutRest]
    );
    assert_eq!(
        address("https://api-sg.aliexpress.com/rest/auth/token/create/"),
        [Remark::TrailingSlash]
    );
    assert_eq!(address("http://[::1]:8090/sync"), []);
    assert_eq!(
        remarks(&format!(
            "https://api-sg.aliexpress.com/sync?{complete}&q=a#b"
        )),
        [Remark::Fragment]
    );
    assert_eq!(
        remarks("app_key=1&sign=X&sign_method=md5&timestamp=1"),
        [Remark::OtherSignMethod]
    );
    assert_eq!(
        remarks(&format!(
            "curl https://api-sg.aliexpress.com/sync -H 'Content-Type: text/plain' -d '{complete}'"
        )),
        [Remark::OtherContentType]
    );
}

/// The trap of the reference: the client signs `a+b` and sends it as it is.
#[test]
fn a_raw_plus_in_a_form_body_is_named() {
    let params = [("app_key", "1"), ("q", "a+b/c==")];
    let sign = sign(&secret(), Flavour::Business, params);
    let input = parse(&format!("app_key=1&q=a+b/c==&sign={sign}"));
    let verdict = input.explain(&secret(), None).verdict;
    assert_eq!(verdict, Some(Mistake::RawPlus(vec!["q".to_owned()])));
    assert!(
        input
            .remarks()
            .contains(&Remark::PlusReadAsSpace("q".to_owned()))
    );
}

#[test]
fn the_body_that_was_pasted_is_tried_behind_the_text() {
    let body = "q=a%20b&v=2.0";
    let text = format!("app_key1qa bv2.0{body}");
    let foreign = sign(&secret(), Flavour::System(&text), [("", "")]);
    let input = parse(&format!(
        "curl 'https://api-sg.aliexpress.com/sync?app_key=1&sign={foreign}' -d '{body}'"
    ));
    assert_eq!(
        input.explain(&secret(), None).verdict,
        Some(Mistake::BodySigned)
    );
}

#[test]
fn a_foreign_signature_goes_before_the_own_one() {
    let input = parse("app_key=1&sign=X");
    let right = input.explain(&secret(), None).sign;
    assert_eq!(input.explain(&secret(), Some(&right)).matches, Some(true));
    assert_eq!(
        parse("app_key=1&sign=").explain(&secret(), None).matches,
        None
    );
}

#[test]
fn debug_shows_names_only() {
    let input = parse(
        "https://api-sg.aliexpress.com/rest/auth/token/create?code=CANARY&app_secret=CANARY&CANARY",
    );
    let shown = format!("{input:?} {input:#?}");
    assert!(
        shown.contains("code") && !shown.contains("CANARY"),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn what_is_encoded_is_read_back(pairs in prop::collection::btree_map("[a-zA-Z0-9_]{1,8}", "\\PC{0,20}", 2..6)) {
        let form = Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let input = parse(&form);
        let expected: Vec<(String, String)> = pairs.into_iter().collect();
        prop_assert_eq!(input.params(), &expected[..]);
    }

    #[test]
    fn no_paste_panics(text in "\\PC{0,80}", shell in r#"[curl \-dFHG'"$\\@=&%+{}:/.a\n]{0,60}"#) {
        for paste in [text, format!("curl {shell}"), format!("https://h/rest/{shell}"), shell] {
            if let Ok(input) = ExplainInput::parse(&paste) {
                drop(input.explain(&secret(), Some(&"0".repeat(64))));
            }
            drop(ExplainInput::from_words(&[paste.as_str(), "a=1"]));
        }
    }
}
