//! What a killed sandbox remembers.

use std::fs;
use std::path::Path;

use aliexpress_sandbox::{Sandbox, SandboxConfig, SandboxError};
use serde_json::json;

use crate::orders::{order_json, place};
use crate::support::{Bench, product, start_with};

fn start_in(folder: &Path) -> Bench {
    start_with(SandboxConfig {
        state_dir: Some(folder.to_owned()),
        ..SandboxConfig::default()
    })
}

#[tokio::test]
async fn everything_survives_and_no_secret_is_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let state_dir = folder.path().join("deep/sandbox");
    let before = start_in(&state_dir);
    let pair = before.pair("buyer").await;
    before
        .set(
            "profile",
            json!({ "lifetimes": "test", "code_life_s": 5000 }),
        )
        .await;
    let code = before.code("buyer2").await;
    before.advance(3600).await;
    before
        .set(
            &format!("products/{}", product(4)),
            json!({ "price": "1.23" }),
        )
        .await;
    let token = pair["access_token"].as_str().unwrap();
    let order = order_json(&before, "KEEP-1", &[(0, 2)], "FR").await;
    let placed =
        place(&before, token, &order, "").await["aliexpress_ds_order_create_response"]["result"]
            .clone();
    before
        .set("orders/8100000000000001/advance", json!({ "to": "paid" }))
        .await;
    let state = before.look("state").await;

    let text = fs::read_to_string(state_dir.join("sandbox.json")).unwrap();
    for secret in [
        token,
        pair["refresh_token"].as_str().unwrap(),
        code.as_str(),
        "sandbox-secret",
    ] {
        assert!(!text.contains(secret));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&state_dir.join("sandbox.json")), 0o600);
        assert_eq!(mode(&state_dir), 0o700);
    }
    assert_eq!(
        Sandbox::persisted_clock_offset_ms(&state_dir).unwrap(),
        3_600_000
    );

    // No goodbye: the process is simply gone.
    drop(before);
    let after = start_in(&state_dir);
    let mut now = after.look("state").await;
    for key in ["calls", "counts"] {
        now[key] = state[key].clone();
    }
    assert_eq!(now, state);
    assert_eq!(after.try_token(&pair).await, "ok");
    assert_eq!(after.refresh(&pair).await["code"], "0");
    assert_eq!(after.exchange(&code).await["user_id"], "1700000002");
    assert_eq!(
        after.look(&format!("products/{}", product(4))).await["skus"][0]["price"],
        "1.23"
    );
    let again =
        place(&after, token, &order, "").await["aliexpress_ds_order_create_response"]["result"]
            .clone();
    assert_eq!(again, placed);
    assert_ne!(after.code("buyer2").await, code);
}

#[tokio::test]
async fn reading_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let bench = start_in(folder.path());
    let pair = bench.pair("buyer").await;
    let file = folder.path().join("sandbox.json");
    fs::remove_file(&file).unwrap();
    assert_eq!(bench.try_token(&pair).await, "ok");
    bench.look("state").await;
    bench.look("journal").await;
    bench.get("/oauth/authorize?client_id=500100").await;
    assert!(!file.exists());
    bench.code("buyer").await;
    assert!(file.exists());
}

#[tokio::test]
async fn what_cannot_be_written_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let state_dir = folder.path().join("state");
    let bench = start_in(&state_dir);
    let pair = bench.pair("buyer").await;
    // A file where the folder should be: nobody can write there, root included.
    fs::remove_dir_all(&state_dir).unwrap();
    fs::write(&state_dir, "in the way").unwrap();
    assert_eq!(bench.refresh(&pair).await["code"], "ServiceUnavailable");
    let answer = bench
        .control(
            axum::http::Method::POST,
            "clock",
            &json!({ "advance_seconds": 5 }),
        )
        .await;
    assert_eq!(answer.status, 503);
    assert!(
        answer.json()["error"]
            .as_str()
            .unwrap()
            .contains("sandbox.json")
    );
    assert_eq!(bench.look("clock").await["offset_seconds"], 0);
    fs::remove_file(&state_dir).unwrap();
    assert_eq!(
        bench.refresh(&pair).await["code"],
        "0",
        "the refused call had no effect"
    );
}

#[tokio::test]
async fn damaged_or_foreign_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    drop(start_in(folder.path()));
    let file = folder.path().join("sandbox.json");
    let whole = fs::read_to_string(&file).unwrap();
    let open = || {
        let config = SandboxConfig {
            state_dir: Some(folder.path().to_owned()),
            ..SandboxConfig::default()
        };
        Sandbox::new(config, std::sync::Arc::new(|| 0), 1)
    };
    for text in [
        "",
        "{",
        "null",
        &whole[..whole.len() / 2],
        "{\"format\":1,\"clock_offset_ms\":0,\"state\":{}}",
    ] {
        fs::write(&file, text).unwrap();
        let error = open().unwrap_err();
        assert!(
            matches!(error, SandboxError::DamagedState { .. }),
            "{text}: {error}"
        );
        assert!(error.to_string().contains("sandbox.json"), "{error}");
    }
    assert!(Sandbox::persisted_clock_offset_ms(folder.path()).is_ok());
    fs::write(&file, "{").unwrap();
    assert!(Sandbox::persisted_clock_offset_ms(folder.path()).is_err());
    fs::write(&file, whole.replacen("\"format\":1", "\"format\":99", 1)).unwrap();
    assert!(matches!(
        open().unwrap_err(),
        SandboxError::ForeignState { found: 99, .. }
    ));
    fs::write(&file, &whole).unwrap();
    assert!(open().is_ok());
    assert_eq!(
        Sandbox::persisted_clock_offset_ms(&folder.path().join("none")).unwrap(),
        0
    );
}

#[test]
fn unusable_settings_are_named() {
    let wrong = |change: fn(&mut SandboxConfig)| {
        let mut config = SandboxConfig::default();
        change(&mut config);
        Sandbox::new(config, std::sync::Arc::new(|| 0), 1)
            .unwrap_err()
            .to_string()
    };
    assert!(wrong(|config| config.app_key = "abc".into()).contains("app_key"));
    assert!(wrong(|config| config.app_secret = " x".into()).contains("app_secret"));
    assert!(wrong(|config| config.products = 0).contains("products"));
    assert!(wrong(|config| config.callback_url = Some("nowhere".into())).contains("callback_url"));
    assert!(wrong(|config| config.base_url = "ftp://x".into()).contains("base_url"));
    assert!(!format!("{:?}", SandboxConfig::default()).contains("sandbox-secret"));
}
