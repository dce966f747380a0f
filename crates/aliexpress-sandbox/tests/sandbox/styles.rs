//! Every way in which clients are known to speak, each unchanged: where parameters stand, how the token and
//! the API are named, how the text is signed.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde_json::Value;

use crate::support::{APP_KEY, Bench, Pairs, SECRET, START_MS, encoded, product, sign, start};

const BUSINESS: &str = "aliexpress.ds.product.get";
const CREATE: &str = "/auth/token/create";

/// Where the parameters stand.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Carry {
    /// A GET, everything in the query.
    Get,
    /// A POST with an empty body, everything in the query.
    PostQuery,
    Form,
    /// System parameters in the query, the rest in the form.
    Both,
    /// The same, and `method` in both.
    MethodTwice,
    Multipart,
}

/// How the answer stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answered {
    Flat,
    Wrapped,
}

struct Style {
    name: &'static str,
    api: &'static str,
    path: &'static str,
    carry: Carry,
    /// Parameters beside those of every client.
    extra: &'static [(&'static str, &'static str)],
    answered: Answered,
}

/// A business call as most clients send it.
const PLAIN: Style = Style {
    name: "form",
    api: BUSINESS,
    path: "/sync",
    carry: Carry::Form,
    extra: &[],
    answered: Answered::Wrapped,
};
/// A token call as documented.
const TOKEN: Style = Style {
    name: "path, form",
    api: CREATE,
    path: "/rest/auth/token/create",
    carry: Carry::Form,
    extra: &[],
    answered: Answered::Flat,
};

const STYLES: [Style; 31] = [
    PLAIN,
    Style {
        name: "query of a GET",
        carry: Carry::Get,
        ..PLAIN
    },
    Style {
        name: "query of a POST",
        carry: Carry::PostQuery,
        ..PLAIN
    },
    Style {
        name: "system parameters in the query (Java SDK)",
        carry: Carry::Both,
        ..PLAIN
    },
    Style {
        name: "method in query and form (Java SDK)",
        carry: Carry::MethodTwice,
        ..PLAIN
    },
    Style {
        name: "multipart",
        carry: Carry::Multipart,
        ..PLAIN
    },
    Style {
        name: "session (Python, PHP SDK)",
        extra: &[("session", "")],
        ..PLAIN
    },
    Style {
        name: "partner_id",
        extra: &[("partner_id", "iop-sdk-python-20220609")],
        ..PLAIN
    },
    Style {
        name: "format and v",
        extra: &[("format", "json"), ("v", "2.0")],
        ..PLAIN
    },
    Style {
        name: "debug",
        extra: &[("debug", "true")],
        ..PLAIN
    },
    Style {
        name: "simplify without format",
        extra: &[("simplify", "true")],
        ..PLAIN
    },
    Style {
        name: "simplify with format",
        extra: &[("simplify", "true"), ("format", "json")],
        answered: Answered::Flat,
        ..PLAIN
    },
    Style {
        name: "simplify=false",
        extra: &[("simplify", "false"), ("format", "json")],
        ..PLAIN
    },
    Style {
        name: "md5",
        extra: &[("sign_method", "md5")],
        ..PLAIN
    },
    Style {
        name: "md5 in a GET",
        carry: Carry::Get,
        extra: &[("sign_method", "md5")],
        ..PLAIN
    },
    Style {
        name: "hmac",
        extra: &[("sign_method", "hmac")],
        ..PLAIN
    },
    Style {
        name: "md5 affiliate script: Chinese time, session, v",
        extra: &[
            ("sign_method", "md5"),
            ("timestamp", "2026-01-01 08:00:00"),
            ("session", ""),
            ("v", "2.0"),
            ("format", "json"),
            ("partner_id", "top-apitools"),
        ],
        ..PLAIN
    },
    Style {
        name: "ISO time",
        extra: &[("timestamp", "2026-01-01T00:00:00Z")],
        ..PLAIN
    },
    Style {
        name: "whole seconds as milliseconds",
        extra: &[("timestamp", "1767225600000")],
        ..PLAIN
    },
    Style {
        name: "local Chinese time",
        extra: &[("timestamp", "2026-01-01 08:00:00")],
        ..PLAIN
    },
    Style {
        name: "all options (Python SDK)",
        carry: Carry::Both,
        extra: &[
            ("session", ""),
            ("partner_id", "iop-sdk-python-20220609"),
            ("format", "json"),
            ("v", "2.0"),
            ("debug", "true"),
            ("simplify", "false"),
        ],
        ..PLAIN
    },
    TOKEN,
    Style {
        name: "path, query of a POST",
        carry: Carry::PostQuery,
        ..TOKEN
    },
    Style {
        name: "path, query of a GET",
        carry: Carry::Get,
        ..TOKEN
    },
    Style {
        name: "path, system parameters in the query",
        carry: Carry::Both,
        ..TOKEN
    },
    Style {
        name: "path, multipart",
        carry: Carry::Multipart,
        ..TOKEN
    },
    Style {
        name: "path and method (PHP SDK)",
        extra: &[("method", CREATE)],
        ..TOKEN
    },
    Style {
        name: "rest?method= (PHP SDK)",
        path: "/rest",
        carry: Carry::Both,
        extra: &[("method", CREATE)],
        ..TOKEN
    },
    Style {
        name: "rest with method in the form",
        path: "/rest",
        extra: &[("method", CREATE)],
        ..TOKEN
    },
    Style {
        name: "token path to sync (Python demos)",
        path: "/sync",
        extra: &[
            ("method", CREATE),
            ("simplify", "false"),
            ("partner_id", "iop-sdk-python-20220609"),
        ],
        answered: Answered::Wrapped,
        ..TOKEN
    },
    Style {
        name: "security path to sync",
        api: "/auth/token/security/create",
        path: "/sync",
        carry: Carry::Get,
        extra: &[("method", "/auth/token/security/create")],
        answered: Answered::Wrapped,
    },
];

impl Style {
    fn is_business(&self) -> bool {
        self.api == BUSINESS
    }

    /// All parameters, signed.
    async fn pairs(&self, bench: &Bench) -> Pairs {
        let now_ms = START_MS.to_string();
        let mut pairs = Pairs::new();
        let mut set = |name: &str, value: &str| {
            pairs.insert(name.to_owned(), value.to_owned());
        };
        set("app_key", APP_KEY);
        set("sign_method", "sha256");
        set("timestamp", &now_ms);
        for (name, value) in self.extra {
            set(name, value);
        }
        if self.is_business() {
            let token = bench.token("buyer").await;
            let session = self.extra.iter().any(|(name, _)| *name == "session");
            set(if session { "session" } else { "access_token" }, &token);
            set("method", self.api);
            set("product_id", &product(0));
            set("ship_to_country", "FR");
            set("target_language", "fr");
        } else {
            set("code", &bench.code("buyer").await);
        }
        let signature = match pairs["sign_method"].as_str() {
            "sha256" => sign(SECRET, self.api, &pairs),
            legacy => legacy_sign(legacy, &pairs),
        };
        pairs.insert("sign".into(), signature);
        pairs
    }

    fn request(&self, pairs: &Pairs) -> Request<Body> {
        let system = |name: &str| {
            matches!(
                name,
                "app_key"
                    | "sign_method"
                    | "sign"
                    | "timestamp"
                    | "method"
                    | "session"
                    | "partner_id"
                    | "v"
            )
        };
        let (query, form): (Pairs, Pairs) = match self.carry {
            Carry::Get | Carry::PostQuery => (pairs.clone(), Pairs::new()),
            Carry::Form | Carry::Multipart => (Pairs::new(), pairs.clone()),
            Carry::Both | Carry::MethodTwice => pairs
                .clone()
                .into_iter()
                .partition(|(name, _)| system(name)),
        };
        let mut body = encoded(&form);
        let mut content_type = "application/x-www-form-urlencoded;charset=utf-8";
        if self.carry == Carry::MethodTwice {
            body += &format!("&method={}", self.api);
        }
        if self.carry == Carry::Multipart {
            content_type = "multipart/form-data; boundary=----edge";
            let part = |(name, value): (&String, &String)| {
                format!(
                    "------edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
            };
            body = form.iter().map(part).collect::<String>() + "------edge--\r\n";
        }
        let method = if self.carry == Carry::Get {
            "GET"
        } else {
            "POST"
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}?{}", self.path, encoded(&query)))
            .header(header::HOST, "localhost:8090");
        if self.carry != Carry::Get {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        request.body(body.into()).unwrap()
    }

    /// The fields of the answer, which must stand as expected.
    fn fields<'a>(&self, answer: &'a Value) -> &'a Value {
        let key = format!("{}_response", self.api.replace(['.', '/'], "_"));
        match self.answered {
            Answered::Wrapped => &answer[key.as_str()],
            Answered::Flat => answer,
        }
    }
}

/// MD5 of secret, text, secret; or HMAC-MD5.
fn legacy_sign(sign_method: &str, pairs: &Pairs) -> String {
    let text: String = pairs
        .iter()
        .map(|(name, value)| format!("{name}{value}"))
        .collect();
    if sign_method == "md5" {
        return hex::encode_upper(Md5::digest(format!("{SECRET}{text}{SECRET}")));
    }
    let mut mac = Hmac::<Md5>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    hex::encode_upper(mac.finalize().into_bytes())
}

#[tokio::test]
async fn every_client_style_is_understood_unchanged() {
    for style in &STYLES {
        let bench = start();
        let pairs = style.pairs(&bench).await;
        let answer = bench.send(style.request(&pairs)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", style.name);
        let json = answer.json();
        let fields = style.fields(&json);
        let found = if style.is_business() {
            fields["result"]["ae_item_base_info_dto"]["product_id"].as_i64()
                == product(0).parse().ok()
        } else {
            fields["access_token"]
                .as_str()
                .is_some_and(|token| token.len() == 60)
        };
        assert!(found, "{}: {json}", style.name);
        let journal = bench.look("journal?limit=1").await;
        assert_eq!(journal["entries"][0]["signature"], "ok", "{}", style.name);
    }
}

#[tokio::test]
async fn every_client_style_is_refused_when_one_signed_letter_changes() {
    for style in &STYLES {
        let bench = start();
        let mut pairs = style.pairs(&bench).await;
        let name = if style.is_business() {
            "product_id"
        } else {
            "code"
        };
        pairs.get_mut(name).unwrap().push('7');
        let answer = bench.send(style.request(&pairs)).await.json();
        let error = if style.path == "/sync" && style.answered == Answered::Wrapped {
            &answer["error_response"]
        } else {
            &answer
        };
        assert_eq!(
            error["code"], "IncompleteSignature",
            "{}: {answer}",
            style.name
        );
    }
}
