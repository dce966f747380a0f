//! The control page in use: every form of it, posted as a browser without script posts it.

use aliexpress_sandbox::SandboxConfig;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::support::{Answer, Bench, product, start, start_with};

const UNPAID: &str = "8100000000000001";

async fn post(bench: &Bench, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(format!("/_sandbox/{path}"))
        .header(header::HOST, "localhost:8090")
        .header(header::ORIGIN, "http://localhost:8090")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    bench.send(request.body(form.into()).unwrap()).await
}

/// Posts a form that must work; where it leads back to.
async fn posted(bench: &Bench, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = post(bench, path, fields).await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "{path} {fields:?} {}",
        answer.text()
    );
    answer.header("location").to_owned()
}

async fn page(bench: &Bench, query: &str, language: &str) -> String {
    let request = Request::get(format!("/_sandbox/{query}"))
        .header(header::HOST, "localhost:8090")
        .header(header::ACCEPT_LANGUAGE, language);
    let answer = bench.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text().to_owned()
}

#[tokio::test]
async fn clock_reset_and_codes() {
    let bench = start();
    let back = posted(&bench, "clock", &[("advance_seconds:number", "3600")]).await;
    assert_eq!(back, "/_sandbox/?done=clock#clock");
    assert_eq!(bench.look("clock").await["offset_seconds"], 3600);
    assert!(
        page(&bench, "?done=clock", "en")
            .await
            .contains("The clock was moved on.")
    );

    let answer = post(&bench, "codes", &[("account", "1700000002")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-store");
    let code = answer.text().split("<code>").nth(1).unwrap();
    let code = code.split('<').next().unwrap();
    assert_eq!(bench.exchange(code).await["user_id"], "1700000002");

    posted(&bench, "reset", &[]).await;
    assert_eq!(bench.look("clock").await["offset_seconds"], 0);
}

#[tokio::test]
async fn the_profile_form_saved_as_shown_changes_nothing_and_edited_what_was_edited() {
    let bench = start();
    let before = bench.look("profile").await;
    let shown = page(&bench, "", "en").await;
    let form = shown.split("action=\"/_sandbox/profile\"").nth(1).unwrap();
    let fields = form_fields(form.split("</form>").next().unwrap());
    assert!(fields.len() > 37, "{fields:?}");
    let send = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        posted(&bench, "profile", &fields).await
    };
    send(fields.clone()).await;
    assert_eq!(bench.look("profile").await, before);

    let mut edited = fields.clone();
    edited.retain(|(name, value)| name != "permissions:list" || value != "affiliate");
    for (name, value) in &mut edited {
        match name.as_str() {
            "lifetimes" => *value = "test".into(),
            "old_refresh_valid:truth" => *value = "true".into(),
            "omit:words" => *value = "expires_in, expire_time".into(),
            "push_retries:number" => *value = "3".into(),
            _ => {}
        }
    }
    send(edited).await;
    let mut expected = before;
    expected["lifetimes"] = json!({ "access_s": 86_400, "refresh_s": 172_800 });
    expected["old_refresh_valid"] = json!(true);
    expected["omit"] = json!(["expires_in", "expire_time"]);
    expected["push_retries"] = json!(3);
    expected["permissions"] = json!(["dropshipping"]);
    assert_eq!(bench.look("profile").await, expected);
}

/// What a browser would send of a form: inputs, checked boxes, selected options.
fn form_fields(form: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!(" {name}=\""))?.1;
        Some(rest.split('"').next()?.to_owned())
    };
    let mut fields = Vec::new();
    let mut select = String::new();
    for tag in form.split('<') {
        let tag = tag.split('>').next().unwrap_or_default();
        if tag.starts_with("input") {
            let unchecked = tag.contains("\"checkbox\"") && !tag.ends_with(" checked");
            if !unchecked {
                fields.push((
                    attribute(tag, "name").unwrap(),
                    attribute(tag, "value").unwrap(),
                ));
            }
        } else if tag.starts_with("select") {
            select = attribute(tag, "name").unwrap();
        } else if tag.starts_with("option") && tag.ends_with(" selected") {
            fields.push((select.clone(), attribute(tag, "value").unwrap()));
        }
    }
    fields
}

#[tokio::test]
async fn faults_are_ordered_shown_and_cleared() {
    let bench = start();
    let fields = [
        ("match.method", "/auth/token/create"),
        ("then", "error"),
        ("code", "15"),
        ("sub_code", "isp.x"),
        ("ban_s:number", ""),
        ("times:number", "2"),
        ("delay_ms:number", ""),
        ("takes_effect:truth", "true"),
    ];
    posted(&bench, "faults", &fields).await;
    let fault = bench.look("faults").await["faults"][0].clone();
    assert_eq!(fault["times"], 2);
    assert_eq!(fault["takes_effect"], true);
    assert!(page(&bench, "", "en").await.contains("isp.x"));
    assert_eq!(bench.exchange("x").await["sub_code"], "isp.x");
    posted(&bench, "faults", &[("clear:truth", "true")]).await;
    assert_eq!(bench.look("faults").await["faults"], json!([]));
}

#[tokio::test]
async fn orders_offer_their_next_steps_and_take_them() {
    let bench = start();
    let row = async || {
        let page = page(&bench, "", "en").await;
        let row = page.split(&format!(">{UNPAID}</td>")).nth(1).unwrap();
        row.split("</tr>").next().unwrap().to_owned()
    };
    assert!(row().await.contains("value=\"payment_failed\""));
    let back = posted(
        &bench,
        &format!("orders/{UNPAID}/advance"),
        &[("to", "shipped")],
    )
    .await;
    assert_eq!(back, "/_sandbox/?done=orders#orders");
    let row = row().await;
    assert!(row.contains(">shipped</td>") && row.contains("value=\"delivered\""));
    assert!(!row.contains("value=\"closed\""));
}

#[tokio::test]
async fn commission_orders_are_placed_and_moved() {
    let bench = start();
    let link = "/s/i1005006000000003_626c6f67";
    assert_eq!(bench.get(link).await.status, StatusCode::FOUND);
    let shown = page(&bench, "", "en").await;
    assert!(shown.contains("1 · blog · 1005006000000003"), "{shown}");
    let fields = [
        ("product_id", "1005006000000003"),
        ("quantity:number", "2"),
        ("tracking_id", ""),
        ("click:number", "1"),
    ];
    let back = posted(&bench, "commissions", &fields).await;
    assert_eq!(back, "/_sandbox/?done=commissions#commissions");
    let newest = bench.look("commissions").await["commissions"][0].clone();
    assert_eq!(
        (&newest["click"], &newest["quantity"]),
        (&json!(1), &json!(2))
    );
    let id = &newest["sub_order_id"];
    let path = format!("commissions/{id}/advance");
    assert!(
        page(&bench, "", "fr")
            .await
            .contains(&format!("/_sandbox/{path}"))
    );
    posted(&bench, &path, &[("to", "invalid")]).await;
    let shown = page(&bench, "?done=commissions", "fr").await;
    assert!(!shown.contains(&path) && shown.contains("annulée"));
    assert!(shown.contains("Les commandes d&#39;affiliation ont été modifiées."));
}

#[tokio::test]
async fn products_are_shown_and_changed() {
    let bench = start();
    let id = product(4);
    let shown = page(&bench, &format!("?product={id}"), "en").await;
    let skus = bench.look(&format!("products/{id}")).await["skus"].clone();
    let sku = skus[1]["sku_id"].as_str().unwrap().to_owned();
    assert!(shown.contains(&sku) && shown.contains(&format!("/item/{id}.html")));

    let path = format!("products/{id}");
    let back = posted(
        &bench,
        &path,
        &[("sku_id", &sku), ("price", "1.23"), ("stock:number", "7")],
    )
    .await;
    assert_eq!(
        back,
        format!("/_sandbox/?product={id}&done=products#products")
    );
    let changed = bench.look(&path).await["skus"][1].clone();
    assert_eq!(
        (&changed["price"], &changed["stock"]),
        (&json!("1.23"), &json!(7))
    );
    posted(&bench, &path, &[("drop_sku", &sku)]).await;
    assert_eq!(
        bench.look(&path).await["skus"].as_array().unwrap().len(),
        skus.as_array().unwrap().len() - 1
    );
    posted(&bench, &path, &[("delist:truth", "true")]).await;
    assert!(
        page(&bench, &format!("?product={id}"), "en")
            .await
            .contains("List again")
    );
    posted(&bench, &path, &[("restore:truth", "true")]).await;
    assert_eq!(bench.look(&path).await["skus"], skus);
    assert!(
        page(&bench, "?product=7", "en")
            .await
            .contains("There is no such product.")
    );
}

#[tokio::test]
async fn push_messages_are_sent_held_and_repeated() {
    let bench = start_with(SandboxConfig {
        push_url: Some("http://127.0.0.1:9/push".into()),
        ..SandboxConfig::default()
    });
    let send = [
        ("message_type:number", "65"),
        ("data:json", "{\"a\":\"<b>\"}"),
        ("times:number", "2"),
        ("signature", "wrong"),
    ];
    posted(&bench, "push", &send).await;
    posted(&bench, "push", &[("hold:truth", "true")]).await;
    posted(&bench, "push", &[("reorder:truth", "true")]).await;
    posted(&bench, "push", &[("resend:number", "1")]).await;
    posted(&bench, "push", &[("duplicate:number", "1")]).await;
    let push = bench.look("push").await;
    assert_eq!((&push["total"], &push["held"]), (&json!(3), &json!(true)));
    assert_eq!(push["messages"][2]["signature"], "wrong");
    let shown = page(&bench, "", "en").await;
    assert!(shown.contains("&#60;b&#62;") && !shown.contains("<b>"));
    assert!(page(&start(), "", "en").await.contains("--push-url"));
}

#[tokio::test]
async fn the_journal_shows_verdict_and_text_with_secrets_masked() {
    let bench = start();
    let pair = bench.pair("buyer").await;
    bench.try_token(&pair).await;
    let shown = page(&bench, "", "en").await;
    assert!(shown.contains("sign_methodsha256timestamp1767225600000"));
    assert!(shown.contains("[access_token 60 characters, sha256 "));
    for secret in ["access_token", "refresh_token"] {
        assert!(!shown.contains(pair[secret].as_str().unwrap()));
    }
    assert!(!shown.contains("sandbox-secret"));
    posted(&bench, "journal", &[("clear:truth", "true")]).await;
    assert_eq!(bench.look("journal").await["entries"], json!([]));
}

#[tokio::test]
async fn mistakes_are_explained_on_a_page_and_nothing_changes() {
    let bench = start();
    for (path, fields, status, word) in [
        (
            "clock",
            vec![("advance_seconds:number", "soon")],
            400,
            "advance_seconds",
        ),
        ("clock", vec![], 400, "advance_seconds"),
        ("profile", vec![("numbers", "roman")], 400, "string"),
        (
            "orders/1/advance",
            vec![("to", "paid")],
            404,
            "there is no order 1",
        ),
        (
            "push",
            vec![("message_type:number", "0")],
            409,
            "--push-url",
        ),
    ] {
        let answer = post(&bench, path, &fields).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(answer.text().contains(word), "{path} {}", answer.text());
    }
}

#[tokio::test]
async fn forms_that_do_not_provably_come_from_this_page_are_refused() {
    let bench = start();
    for (headers, status) in [
        (
            vec![("sec-fetch-site", "same-origin")],
            StatusCode::SEE_OTHER,
        ),
        (
            vec![("origin", "http://localhost:8090")],
            StatusCode::SEE_OTHER,
        ),
        (vec![], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            vec![("sec-fetch-site", "none")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (vec![("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        (
            vec![("sec-fetch-site", "cross-site")],
            StatusCode::FORBIDDEN,
        ),
        (
            vec![("origin", "http://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (vec![("origin", "null")], StatusCode::FORBIDDEN),
    ] {
        let mut request = Request::post("/_sandbox/reset")
            .header(header::HOST, "localhost:8090")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let answer = bench.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{headers:?}");
    }
}

#[tokio::test]
async fn the_page_speaks_both_languages_and_needs_no_script() {
    let bench = start();
    for (language, words) in [
        (
            "en",
            [
                "<html lang=\"en\">",
                "Save the profile",
                "This is not AliExpress",
                "Token lifetimes",
            ],
        ),
        (
            "fr",
            [
                "<html lang=\"fr\">",
                "Enregistrer le profil",
                "pas AliExpress",
                "Durées de vie des jetons",
            ],
        ),
    ] {
        let shown = page(&bench, "", language).await;
        for word in words {
            assert!(shown.replace("&#39;", "'").contains(word), "{word}");
        }
        assert!(!shown.contains("<script"));
        // Every field and button can be named by a screen reader.
        for field in shown.split("<input").skip(1) {
            let tag = field.split('>').next().unwrap();
            assert!(tag.contains("name="), "{tag}");
        }
        assert_eq!(
            shown.matches("<form").count(),
            shown.matches("</form>").count()
        );
    }
}
