//! Nothing that can be printed shows a secret.

use std::error::Error as _;

use aliexpress::dropshipping::order_create::DeliveryAddress;
use aliexpress::sign::{ExplainRequest, Flavour, explain};
use aliexpress::{
    AccessToken, AppKey, AppSecret, AuthorizationCode, Client, Error, HttpResponse, RefreshToken,
};

use super::support::{Canned, run};

const CANARIES: [&str; 4] = [
    "CANARYsecret",
    "CANARYaccess",
    "CANARYrefresh",
    "CANARYcode",
];

fn assert_clean(text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
    assert!(!text.contains("CANARY"), "{text}");
}

fn secret() -> AppSecret {
    AppSecret::parse(CANARIES[0]).unwrap()
}

fn client(transport: std::sync::Arc<Canned>) -> Client {
    Client::builder(AppKey::parse("1").unwrap(), secret())
        .policy(aliexpress::Policy::none())
        .transport(transport)
        .build()
        .unwrap()
        .with_access_token(AccessToken::new(CANARIES[1]))
}

/// Everything a program could print about an error.
fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?}", error.advice());
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}

#[test]
fn debug_and_display_never_show_a_secret() {
    let token = AccessToken::new(CANARIES[1]);
    let refresh = RefreshToken::new(CANARIES[2]);
    let code = AuthorizationCode::new(CANARIES[3]);
    assert_clean(&format!(
        "{:?} {token:?} {refresh:?} {code:?} {:#?}",
        secret(),
        Some(&token)
    ));
    assert_eq!(format!("{token:?}"), "AccessToken(***)");

    let body = format!(
        r#"{{"access_token":"{}","refresh_token":"{}","code":"0","account":"CANARY@example.com"}}"#,
        CANARIES[1], CANARIES[2]
    );
    let canned = Canned::body(body.clone());
    let client = client(canned.clone());
    let pair = run(client.oauth().create(&code)).unwrap();
    assert_clean(&format!("{client:?} {pair:?} {pair:#?}"));
    let request = canned.request();
    assert!(
        request.encoded_form().contains(CANARIES[3]),
        "the secret was sent"
    );
    let shown = format!("{request:?} {request:#?}");
    assert_clean(&shown);
    let sign = request
        .form
        .iter()
        .find(|(name, _)| name == "sign")
        .unwrap();
    assert!(!shown.contains(&sign.1), "{shown}");
    assert!(shown.contains("sign_method"));

    let response = HttpResponse {
        status: 200,
        content_type: None,
        date: None,
        body: body.into(),
    };
    assert_clean(&format!("{response:?}"));
    let builder = Client::builder(AppKey::parse("1").unwrap(), secret());
    assert_clean(&format!("{builder:?}"));
}

#[test]
fn debug_of_calls_and_raw_answers_shows_no_secret() {
    let canned = Canned::body(format!(r#"{{"access_token":"{}"}}"#, CANARIES[1]));
    let client = client(canned.clone());
    assert_clean(&format!(
        "{:?} {:?}",
        client.oauth(),
        client.dropshipping().order_get().order_id(1)
    ));
    let answer = run(client.call("aliexpress.x", [("code", CANARIES[3])])).unwrap();
    assert_clean(&format!("{answer:?} {:?}", canned.request()));

    let address = DeliveryAddress::new()
        .country("FR")
        .address("CANARY street");
    let address = address.full_name("CANARY name");
    let order = client
        .dropshipping()
        .order_create()
        .address(address.clone());
    assert_clean(&format!("{address:?} {order:?}"));
}

#[test]
fn explanations_print_masked() {
    let params = [
        ("code", CANARIES[3]),
        ("access_token", CANARIES[1]),
        ("page", "7"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let secret = secret();
    let request = ExplainRequest {
        secret: &secret,
        flavour: Flavour::System("/auth/token/create"),
        params: &params,
        foreign_sign: Some("CANARYsign"),
    };
    let explanation = explain(&request);
    let shown = format!(
        "{request:?} {explanation:?} {:?}",
        explanation.masked_parts()
    );
    assert_clean(&shown);
    assert!(!shown.contains(&explanation.sign));
    assert_eq!(
        explanation.masked_canonical(),
        "/auth/token/createaccess_token***code***page7"
    );
    assert!(
        explanation.canonical.contains(CANARIES[3]),
        "the caller can still have the exact text"
    );
}

/// Bodies that send back what they got, in every kind of failure.
#[test]
fn errors_never_show_what_was_sent_or_received() {
    let echo = format!(
        "secret {} access {} refresh {} code {} ",
        CANARIES[0], CANARIES[1], CANARIES[2], CANARIES[3]
    );
    let json = |inner: &str| {
        format!(
            r#"{{{inner},"access_token":"{}","refresh_token":"{}","session":"CANARYother"}}"#,
            CANARIES[1], CANARIES[2]
        )
    };
    let bodies = [
        (
            200,
            format!(
                "<html>{} {} {}</html>",
                CANARIES[0], CANARIES[1], CANARIES[2]
            ),
        ),
        (
            200,
            format!(
                r#"{{"refresh_token":"{}","access_token":"{}"#,
                CANARIES[2], CANARIES[1]
            ),
        ),
        (
            500,
            format!(
                "{} refresh_token={}&sign=CANARYsign",
                CANARIES[0], CANARIES[2]
            ),
        ),
        (502, json(r#""result":1"#)),
        (200, json(r#""result":7"#)),
        (200, json(r#""result":{"order_status":{"x":1}}"#)),
        (
            200,
            format!(r#"{{"error_response":{{"code":"NEW","msg":"{echo}","sub_msg":"{echo}"}}}}"#),
        ),
        (
            200,
            format!(r#"{{"type":"ISV","code":"InvalidCode","message":"bad {echo}"}}"#),
        ),
        (
            200,
            format!(
                r#"{{"code":"{} {}","message":"m"}}"#,
                CANARIES[0], CANARIES[1]
            ),
        ),
    ];
    for (status, body) in bodies {
        for round in 0..2 {
            let client = client(Canned::status(status, body.clone()));
            let error = if round == 0 {
                run(client.oauth().refresh(&RefreshToken::new(CANARIES[2]))).map(drop)
            } else {
                run(client.call(
                    "/auth/token/create",
                    [("code", CANARIES[3]), ("refresh_token", CANARIES[2])],
                ))
                .map(drop)
                .and_then(|()| run(client_order(status, &body)))
            };
            let Err(error) = error else { continue };
            let text = printed(&error);
            for canary in [CANARIES[0], CANARIES[2]] {
                assert!(!text.contains(canary), "{canary} in {text} for {body}");
            }
            assert!(
                !text.contains("CANARYsign") && !text.contains("CANARYother"),
                "{text}"
            );
        }
    }
}

async fn client_order(status: u16, body: &str) -> Result<(), Error> {
    let client = client(Canned::status(status, body.to_owned()));
    client
        .dropshipping()
        .order_get()
        .order_id(1)
        .send()
        .await
        .map(drop)
}

#[test]
fn excerpts_are_short() {
    let long = format!("<html>{}</html>", "many words ".repeat(1000));
    let error = run(client(Canned::body(long))
        .dropshipping()
        .order_get()
        .order_id(1)
        .send())
    .unwrap_err();
    let Error::NotJson { excerpt, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(excerpt.chars().count(), 200);
}
