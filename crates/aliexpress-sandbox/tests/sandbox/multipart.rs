//! Multipart bodies: text parts are parameters, file parts stay out of the signature.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{Answer, Bench, Pairs, product, start};

const BUSINESS: &str = "aliexpress.ds.product.get";

/// A body with text parts and one file part.
pub(crate) fn body(texts: &Pairs, file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in texts {
        let part =
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.bytes());
    }
    if let Some((name, content)) = file {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\
             Content-Type: image/png\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    body
}

pub(crate) async fn post(bench: &Bench, path: &str, body: Vec<u8>) -> Answer {
    let request = Request::post(path)
        .header(header::HOST, "localhost:8090")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    bench.send(request.body(Body::from(body)).unwrap()).await
}

async fn pairs(bench: &Bench) -> Pairs {
    let token = bench.token("buyer").await;
    bench.signed(
        BUSINESS,
        &[
            ("access_token", &token),
            ("method", BUSINESS),
            ("product_id", &product(3)),
            ("ship_to_country", "FR"),
            ("target_language", "français, s'il vous plaît"),
        ],
    )
}

#[tokio::test]
async fn text_parts_are_signed_parameters_and_files_are_not_signed() {
    let bench = start();
    let pairs = pairs(&bench).await;
    let picture: &[u8] = &[0x89, b'P', b'N', b'G', b'\r', b'\n', 0xff, 0];
    for file in [None, Some(("image_file_bytes", picture))] {
        let answer = post(&bench, "/sync", body(&pairs, file)).await.json();
        let found = &answer["aliexpress_ds_product_get_response"]["result"];
        assert_eq!(
            found["ae_item_base_info_dto"]["product_id"].to_string(),
            product(3)
        );
    }
    let journal = bench.look("journal").await;
    let entry = &journal["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(entry["signature"], "ok");
    assert!(
        !entry["canonical"]
            .as_str()
            .unwrap()
            .contains("image_file_bytes")
    );
    let shown = entry["params"]["image_file_bytes"].as_str().unwrap();
    assert!(shown.starts_with("[file of 8 bytes, sha256 "), "{shown}");
}

#[tokio::test]
async fn system_parameters_may_stand_in_the_query_and_the_rest_in_parts() {
    let bench = start();
    let pairs = pairs(&bench).await;
    let (query, parts): (Pairs, Pairs) = pairs
        .into_iter()
        .partition(|(name, _)| matches!(name.as_str(), "app_key" | "method" | "timestamp"));
    let path = format!("/sync?{}", crate::support::encoded(&query));
    let answer = post(&bench, &path, body(&parts, None)).await.json();
    assert_eq!(
        answer["aliexpress_ds_product_get_response"]["rsp_code"],
        200
    );
}

#[tokio::test]
async fn a_file_where_a_text_belongs_is_refused_by_name() {
    let bench = start();
    let mut texts = pairs(&bench).await;
    texts.remove("product_id");
    texts.remove("sign");
    let sign = crate::support::sign(crate::support::SECRET, BUSINESS, &texts);
    texts.insert("sign".into(), sign);
    let answer = post(&bench, "/sync", body(&texts, Some(("product_id", b"1")))).await;
    let error = &answer.json()["error_response"];
    assert_eq!(error["code"], "UnsupportedParamMapping");
    assert!(error["msg"].as_str().unwrap().contains("product_id"));
}

#[tokio::test]
async fn bodies_that_cannot_be_read_say_why() {
    let bench = start();
    let large = vec![b'x'; 8 * 1024 * 1024 + 1];
    for (body, status, code, word) in [
        (
            Vec::new(),
            StatusCode::BAD_REQUEST,
            "InvalidRequestBody",
            "boundary",
        ),
        (
            b"--edge\r\nContent-Disposition: form-data; name=a\r\n\r\nb".to_vec(),
            StatusCode::BAD_REQUEST,
            "InvalidRequestBody",
            "cut off",
        ),
        (
            body(&Pairs::new(), Some(("image", &large))),
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestTooLarge",
            "image",
        ),
    ] {
        let answer = post(&bench, "/sync", body).await;
        assert_eq!(answer.status, status);
        let refusal = answer.json();
        assert_eq!(refusal["code"], code);
        let message = refusal["message"].as_str().unwrap();
        assert!(message.contains(word), "{message}");
    }
}
