//! Hosts, foreign pages and content types.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::support::{Bench, start};

async fn status(bench: &Bench, method: Method, path: &str, headers: &[(&str, &str)]) -> StatusCode {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    bench
        .send(request.body(Body::from("{}")).unwrap())
        .await
        .status
}

#[tokio::test]
async fn foreign_hosts_reach_nothing() {
    let bench = start();
    let paths = [
        "/_sandbox/state",
        "/oauth/authorize",
        "/sync",
        "/rest/auth/token/create",
        "/nowhere",
        "/_sandbox/pictures/1/1.svg",
    ];
    for path in paths {
        for host in [
            "evil.example:8090",
            "127.0.0.1.evil.example:8090",
            "127.0.0.1:9999",
            "127.0.0.1",
            "[::2]:8090",
            "",
        ] {
            let status = status(&bench, Method::GET, path, &[("host", host)]).await;
            assert_eq!(status, StatusCode::MISDIRECTED_REQUEST, "{path} {host}");
        }
        assert_eq!(
            status(&bench, Method::GET, path, &[]).await,
            StatusCode::MISDIRECTED_REQUEST
        );
        for host in ["127.0.0.1:8090", "localhost:8090", "[::1]:8090"] {
            let status = status(&bench, Method::GET, path, &[("host", host)]).await;
            assert_ne!(status, StatusCode::MISDIRECTED_REQUEST, "{path} {host}");
        }
    }
    let both = [("host", "127.0.0.1:8090"), ("host", "evil.example:8090")];
    assert_eq!(
        status(&bench, Method::GET, "/sync", &both).await,
        StatusCode::MISDIRECTED_REQUEST
    );
    let absolute = "http://evil.example:8090/sync";
    let host = [("host", "127.0.0.1:8090")];
    assert_eq!(
        status(&bench, Method::GET, absolute, &host).await,
        StatusCode::MISDIRECTED_REQUEST
    );
}

#[tokio::test]
async fn a_late_base_url_moves_the_port() {
    let bench = start();
    bench.sandbox.set_base_url("http://127.0.0.1:4000").unwrap();
    let old = status(
        &bench,
        Method::GET,
        "/_sandbox/state",
        &[("host", "127.0.0.1:8090")],
    )
    .await;
    let new = status(
        &bench,
        Method::GET,
        "/_sandbox/state",
        &[("host", "127.0.0.1:4000")],
    )
    .await;
    assert_eq!(
        (old, new),
        (StatusCode::MISDIRECTED_REQUEST, StatusCode::OK)
    );
    assert!(bench.sandbox.set_base_url("nonsense").is_err());
}

#[tokio::test]
async fn foreign_pages_change_nothing() {
    let bench = start();
    let base = [
        ("host", "127.0.0.1:8090"),
        ("content-type", "application/json"),
    ];
    for (extra, wanted) in [
        (
            vec![("sec-fetch-site", "cross-site")],
            StatusCode::FORBIDDEN,
        ),
        (vec![("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        (
            vec![("origin", "https://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (vec![("origin", "null")], StatusCode::FORBIDDEN),
        (
            vec![("origin", "http://127.0.0.1:8080")],
            StatusCode::FORBIDDEN,
        ),
        (vec![("origin", "http://127.0.0.1:8090")], StatusCode::OK),
        (
            vec![
                ("sec-fetch-site", "same-origin"),
                ("origin", "http://127.0.0.1:8090"),
            ],
            StatusCode::OK,
        ),
        (vec![], StatusCode::OK),
    ] {
        let mut headers = base.to_vec();
        headers.extend(extra.clone());
        let status = status(&bench, Method::POST, "/_sandbox/reset", &headers).await;
        assert_eq!(status, wanted, "{extra:?}");
    }
    let consent = [
        ("host", "127.0.0.1:8090"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "cross-site"),
    ];
    let status_ = status(&bench, Method::POST, "/oauth/authorize", &consent).await;
    assert_eq!(
        status_,
        StatusCode::FORBIDDEN,
        "nobody consents from a foreign page"
    );
    let delete = [("host", "127.0.0.1:8090"), ("sec-fetch-site", "cross-site")];
    assert_eq!(
        status(&bench, Method::DELETE, "/_sandbox/journal", &delete).await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn changes_must_be_json() {
    let bench = start();
    for path in [
        "reset",
        "clock",
        "codes",
        "profile",
        "faults",
        "products/1",
        "orders/1/advance",
    ] {
        for content_type in [
            "application/x-www-form-urlencoded",
            "text/plain",
            "multipart/form-data; boundary=x",
            "",
        ] {
            let request = Request::post(format!("/_sandbox/{path}"))
                .header(header::HOST, "127.0.0.1:8090")
                .header(header::CONTENT_TYPE, content_type);
            let answer = bench.send(request.body(Body::from("{}")).unwrap()).await;
            assert_eq!(
                answer.status,
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "{path} {content_type}"
            );
            assert!(
                answer.json()["error"]
                    .as_str()
                    .unwrap()
                    .contains("application/json")
            );
        }
    }
    let mixed = [
        ("host", "127.0.0.1:8090"),
        ("content-type", "Application/JSON; charset=utf-8"),
    ];
    assert_eq!(
        status(&bench, Method::POST, "/_sandbox/reset", &mixed).await,
        StatusCode::OK
    );
}
