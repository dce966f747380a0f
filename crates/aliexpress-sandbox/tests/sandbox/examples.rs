//! The README's examples, run as they stand against a served sandbox.

use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use aliexpress_sandbox::{Sandbox, SandboxConfig};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The code block behind the comment that marks it.
fn example(language: &str) -> &'static str {
    let readme = include_str!("../../README.md");
    let mark = format!("<!-- tested example: {language} -->\n```{language}\n");
    let (_, rest) = readme
        .split_once(&mark)
        .unwrap_or_else(|| panic!("README.md has no {mark}"));
    assert!(!rest.contains(&mark), "{mark} stands twice");
    let (code, _) = rest.split_once("\n```\n").unwrap();
    code
}

/// The examples sign with the machine's own time, so the sandbox has to see it too.
#[expect(
    clippy::disallowed_methods,
    reason = "curl and Python read the machine's clock"
)]
fn machine_time_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn must_run(program: &str, arguments: &[&str]) {
    let found = Command::new(program).args(arguments).output();
    let found = found.unwrap_or_else(|error| {
        panic!("{program} is needed to run the README's examples but cannot be started: {error}")
    });
    assert!(
        found.status.success(),
        "{program} is needed to run the README's examples but does not work: {}",
        String::from_utf8_lossy(&found.stderr)
    );
}

/// Serves a sandbox, runs `program` with the example, and gives back what it printed.
async fn run(program: &'static str, flag: &'static str, language: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let sandbox = Sandbox::new(SandboxConfig::default(), Arc::new(machine_time_ms), 1).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(sandbox.serve(listener, async {
        _ = stopped.await;
    }));
    let code = example(language);
    let output: Output = tokio::task::spawn_blocking(move || {
        // A proxy of the machine must not come between.
        let mut command = Command::new(program);
        command.args([flag, code]).env("base", base);
        command.env("no_proxy", "*").env("NO_PROXY", "*");
        command.output().unwrap()
    })
    .await
    .unwrap();
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    let (printed, complaints) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{printed}\n{complaints}");
    assert_eq!(complaints, "", "{printed}");
    printed
}

#[tokio::test]
async fn the_curl_example_goes_from_code_to_order() {
    must_run("curl", &["--version"]);
    must_run("openssl", &["version"]);
    let printed = run("sh", "-c", "sh").await;
    let product = printed
        .split_once("\"request_id\"")
        .unwrap_or_else(|| panic!("no answer: {printed}"))
        .0;
    assert!(product.contains("\"rsp_code\":200"), "{printed}");
    assert!(product.contains("1005006000000001"), "{printed}");
    let order = printed
        .split_once("aliexpress_trade_ds_order_get_response")
        .unwrap_or_else(|| panic!("no order: {printed}"))
        .1;
    let alike = printed
        .split_once("aliexpress_ds_image_search_response")
        .unwrap_or_else(|| panic!("no image search: {printed}"))
        .1;
    assert!(alike.contains("\"total_record_count\":3"), "{alike}");
    assert!(
        alike.contains("\"product_id\":\"1005006000000001\""),
        "{alike}"
    );
    assert!(
        order.contains("\"order_status\":\"PLACE_ORDER_SUCCESS\""),
        "{order}"
    );
    assert!(order.contains("\"product_id\":1005006000000001"), "{order}");
}

#[tokio::test]
async fn the_python_example_goes_from_code_to_parcel() {
    must_run("python3", &["--version"]);
    let printed = run("python3", "-c", "python").await;
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 3, "{printed}");
    assert!(lines[0].ends_with(" USD"), "{printed}");
    assert_eq!(lines[1], "8200000000000001 WAIT_BUYER_ACCEPT_GOODS");
    let (count, title) = lines[2].split_once(' ').unwrap();
    assert!(count.parse::<u32>().unwrap() > 0, "{printed}");
    assert!(
        lines[0].starts_with(title),
        "the picture finds its own product: {printed}"
    );
}
