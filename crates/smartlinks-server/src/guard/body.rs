//! Bodies are taken in whole before a handler sees them: within a size and within a time, so that neither a large nor
//! a slow one ties anything up.

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use smartlinks_core::catalogue::IMPORT_LIMIT;
use smartlinks_core::{ORDER_FILE_LIMIT, PICTURE_LIMIT};

use crate::problem::Problem;

/// The largest body that nearly all of our routes need, in bytes.
const BODY_LIMIT: usize = 64 * 1024;
/// What a form puts around a file, at most.
const AROUND_A_FILE: usize = 16 * 1024;
/// How much longer a text can become where a form writes its bytes as `%c3`, and a program its letters as `\u00e9`.
const WRITTEN_LONGER: usize = 3;
/// A thousand addresses of products, as a browser shows them.
const LINKS_LIMIT: usize = 256 * 1024;
/// Up to this size a body is read to its end although it is too large.
const PASSED_OVER: usize = 1024 * 1024;
/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(20);

/// How large a body may be.
struct Room {
    /// In bytes.
    most: usize,
    /// The limit that is told: that of the file, without what a form puts around it.
    told: usize,
    what: &'static str,
    fix: &'static str,
}

/// The room of a route. Only those who were let in get this far.
fn room(method: &Method, path: &str) -> Room {
    let sent = *method == Method::POST;
    let file = |most, told, fix| Room {
        most,
        told,
        what: "the body",
        fix,
    };
    let products = "Send less: make several imports of it.";
    let orders = "Send less: make several files of it.";
    let links = "Send less: ask for fewer links at once.";
    let picture = |most| Room {
        most,
        told: most,
        what: "the picture",
        fix: "Send a smaller one.",
    };
    match path {
        "/api/aliexpress/catalogue/imports" if sent => file(IMPORT_LIMIT, IMPORT_LIMIT, products),
        "/aliexpress/catalogue/imports" if sent => {
            file(IMPORT_LIMIT + AROUND_A_FILE, IMPORT_LIMIT, products)
        }
        // The text of the file is a part of the body. On the page its steps carry it along.
        "/api/aliexpress/orders/batch" | "/aliexpress/orders/batch" => {
            let most = WRITTEN_LONGER * ORDER_FILE_LIMIT + AROUND_A_FILE;
            file(most, ORDER_FILE_LIMIT, orders)
        }
        "/api/aliexpress/affiliate/links" => file(LINKS_LIMIT, LINKS_LIMIT, links),
        "/aliexpress/affiliate" if sent => {
            let most = WRITTEN_LONGER * LINKS_LIMIT + AROUND_A_FILE;
            file(most, LINKS_LIMIT, links)
        }
        super::PICTURE_ROUTE => picture(PICTURE_LIMIT),
        "/aliexpress/products/by-picture" => picture(PICTURE_LIMIT + AROUND_A_FILE),
        _ => file(BODY_LIMIT, BODY_LIMIT, "Send less."),
    }
}

/// The most bytes that a form of this path sends, as they are told.
pub(crate) fn largest(path: &str) -> usize {
    room(&Method::POST, path).told
}

/// The request with its body in memory.
pub(super) async fn taken_in(parts: Parts, body: Body) -> Result<Request, Problem> {
    if body.is_end_stream() {
        return Ok(Request::from_parts(parts, body));
    }
    let room = room(&parts.method, parts.uri.path());
    // What says beforehand that it is far too large is not read at all.
    if body.size_hint().lower() > passed_over(room.most) as u64 {
        return Err(too_large(&room));
    }
    let taken = match tokio::time::timeout(BODY_WITHIN, read(body, &room)).await {
        Ok(taken) => taken,
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "timeout",
            format!("the body did not arrive within {} s", BODY_WITHIN.as_secs()),
            "Repeat it.",
        )),
    };
    taken.map(|bytes| Request::from_parts(parts, bytes.into()))
}

/// Reads a body to its end. One that is a little too large is read on and thrown away, since a sender that is still
/// writing would otherwise see a broken connection in place of the answer.
async fn read(mut body: Body, room: &Room) -> Result<Vec<u8>, Problem> {
    let mut taken = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| broken_off())?.into_data() else {
            continue;
        };
        seen += data.len();
        if seen <= room.most {
            taken.extend_from_slice(&data);
        } else if seen > passed_over(room.most) {
            break;
        }
    }
    if seen > room.most {
        return Err(too_large(room));
    }
    Ok(taken)
}

fn broken_off() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        "the body ended before its end",
        "Repeat the request.",
    )
}

fn passed_over(limit: usize) -> usize {
    PASSED_OVER.max(2 * limit)
}

fn too_large(room: &Room) -> Problem {
    let (what, told) = (room.what, room.told / 1024);
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        format!("{what} is larger than {told} KiB"),
        room.fix,
    )
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::response::IntoResponse as _;
    use futures_util::stream;

    use super::*;

    async fn answer_to(body: Body) -> (StatusCode, String) {
        let (parts, ()) = Request::post("/").body(()).unwrap().into_parts();
        match taken_in(parts, body).await {
            Ok(request) => {
                let bytes = to_bytes(request.into_body(), usize::MAX).await.unwrap();
                (StatusCode::OK, bytes.len().to_string())
            }
            Err(problem) => {
                let code = problem.code.clone();
                (problem.into_response().status(), code)
            }
        }
    }

    fn said(status: StatusCode, text: &str) -> (StatusCode, String) {
        (status, text.to_owned())
    }

    #[tokio::test]
    async fn a_body_within_the_limit_arrives_whole() {
        assert_eq!(answer_to(Body::empty()).await, said(StatusCode::OK, "0"));
        let full = Body::from(vec![b'x'; BODY_LIMIT]);
        assert_eq!(answer_to(full).await, said(StatusCode::OK, "65536"));
        let chunks = stream::iter(["ab", "cde"].map(Ok::<_, std::io::Error>));
        let chunked = answer_to(Body::from_stream(chunks)).await;
        assert_eq!(chunked, said(StatusCode::OK, "5"));
    }

    #[tokio::test]
    async fn a_larger_one_is_refused_announced_or_not() {
        let refused = said(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
        for size in [BODY_LIMIT + 1, PASSED_OVER, PASSED_OVER + 1] {
            let announced = Body::from(vec![b'x'; size]);
            assert_eq!(answer_to(announced).await, refused);
        }
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 1024]));
        assert_eq!(answer_to(Body::from_stream(endless)).await, refused);
    }

    #[tokio::test]
    async fn a_file_may_be_larger_and_nothing_else() {
        let sent = async |path: &str, size: usize| {
            let (parts, ()) = Request::post(path).body(()).unwrap().into_parts();
            taken_in(parts, Body::from(vec![b'x'; size])).await
        };
        for (path, limit, named) in [
            (
                "/api/aliexpress/catalogue/imports",
                IMPORT_LIMIT,
                "2048 KiB",
            ),
            (
                "/aliexpress/catalogue/imports",
                IMPORT_LIMIT + AROUND_A_FILE,
                "2048 KiB",
            ),
            (
                "/api/aliexpress/orders/batch",
                WRITTEN_LONGER * ORDER_FILE_LIMIT + AROUND_A_FILE,
                "512 KiB",
            ),
            (
                "/aliexpress/orders/batch",
                WRITTEN_LONGER * ORDER_FILE_LIMIT + AROUND_A_FILE,
                "512 KiB",
            ),
            ("/api/aliexpress/affiliate/links", LINKS_LIMIT, "256 KiB"),
            (
                "/aliexpress/affiliate",
                WRITTEN_LONGER * LINKS_LIMIT + AROUND_A_FILE,
                "256 KiB",
            ),
            ("/api/aliexpress/catalogue/imports/", BODY_LIMIT, "64 KiB"),
            (
                "/api/aliexpress/catalogue/imports/imp_1/resume",
                BODY_LIMIT,
                "64 KiB",
            ),
            ("/api/aliexpress/catalogue", BODY_LIMIT, "64 KiB"),
        ] {
            assert!(sent(path, limit).await.is_ok(), "{path}");
            for size in [limit + 1, 2 * limit + 1] {
                let refused = sent(path, size).await.unwrap_err();
                assert_eq!(refused.code, "too_large", "{path}");
                assert!(
                    refused.detail.ends_with(named),
                    "{path}: {}",
                    refused.detail
                );
            }
        }
    }

    #[tokio::test]
    async fn a_picture_may_be_larger_and_nothing_else() {
        let sent = async |path: &str, size: usize| {
            let (parts, ()) = Request::post(path).body(()).unwrap().into_parts();
            let taken = taken_in(parts, Body::from(vec![b'x'; size])).await;
            taken.map_or_else(|problem| problem.status, |_| 200)
        };
        for (path, limit) in [
            (crate::guard::PICTURE_ROUTE, PICTURE_LIMIT),
            (
                "/aliexpress/products/by-picture",
                PICTURE_LIMIT + AROUND_A_FILE,
            ),
            ("/api/aliexpress/products/by-picture/", BODY_LIMIT),
            ("/api/aliexpress/catalogue", BODY_LIMIT),
        ] {
            assert_eq!(sent(path, limit).await, 200, "{path}");
            assert_eq!(sent(path, limit + 1).await, 413, "{path}");
        }
    }

    #[tokio::test]
    async fn one_that_breaks_off_is_the_senders_fault() {
        let broken = stream::iter([Ok("a"), Err(std::io::Error::other("gone"))]);
        let refused = said(StatusCode::BAD_REQUEST, "invalid_request");
        assert_eq!(answer_to(Body::from_stream(broken)).await, refused);
    }

    /// The clock of the runtime stands still but jumps to the next timer whenever nothing else can happen.
    #[tokio::test(start_paused = true)]
    async fn one_that_never_ends_is_not_waited_for() {
        let silent = stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let refused = said(StatusCode::REQUEST_TIMEOUT, "timeout");
        assert_eq!(answer_to(Body::from_stream(silent)).await, refused);
        // A byte now and then does not help.
        let dripping = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, std::io::Error>("x"), ()))
        });
        assert_eq!(answer_to(Body::from_stream(dripping)).await, refused);
    }
}
