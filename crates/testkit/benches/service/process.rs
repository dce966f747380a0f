//! Budgets of the program itself: how soon it answers, how much memory it takes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::json;
use testkit::app::json_of;
use testkit::http::Http;

use crate::figure::{Better, median, median_of, print};
use crate::load::{Load, Shot};

/// `auth get_oauth_url` on an existing database, the whole process. Milliseconds.
pub(crate) fn command(binary: &Path) {
    let home = tempfile::tempdir().expect("a folder");
    drop(Server::start(binary, home.path()));
    let millis = median_of(|| {
        let rounds = (0..20).map(|_| {
            let begun = Instant::now();
            let output = program(binary, home.path())
                .args(["--sandbox", "auth", "get_oauth_url"])
                .output()
                .expect("it runs");
            assert!(output.status.success(), "{output:?}");
            begun.elapsed().as_secs_f64() * 1e3
        });
        median(rounds.collect())
    });
    print("cli_oauth_url_ms", millis, None, 10.0, Better::Less);
}

/// From the start of the process to the first answer, on an existing database; then memory, at rest and under load.
pub(crate) fn start_and_memory(binary: &Path, load: &Load) {
    let home = tempfile::tempdir().expect("a folder");
    drop(Server::start(binary, home.path()));
    let mut rest = Vec::new();
    let millis = median_of(|| {
        let server = Server::start(binary, home.path());
        rest.push(server.memory_mb("VmRSS"));
        server.answered_after_ms
    });
    print("cold_start_ms", millis, None, 50.0, Better::Less);
    print("memory_idle_mb", median(rest), None, 40.0, Better::Less);
    let server = Server::start(binary, home.path());
    under_load(&server, load);
    print(
        "memory_load_mb",
        server.memory_mb("VmHWM"),
        None,
        120.0,
        Better::Less,
    );
}

/// Every account of the sandbox connected, then status, searches and signed calls with long answers, each at 64 connections.
fn under_load(server: &Server, load: &Load) {
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(connect_all(server))
        .expect("accounts");
    let fire = |path: &str, script: &str| {
        let report = load.fire(&Shot {
            url: format!("{}/api/aliexpress/{path}", server.base),
            connections: 64,
            script,
            headers: &[],
        });
        assert!(report.requests > 200, "{path}: {report:?}");
    };
    fire("status", "");
    fire("products?q=lamp", "");
    let script = r#"
wrk.method = "POST"
wrk.body = '{"feed_name":"DS_bestseller","page_size":"50"}'
wrk.headers["Content-Type"] = "application/json"
"#;
    let feed = "connections/default/call/aliexpress.ds.recommend.feed.get";
    fire(feed, script);
}

/// Every account of the sandbox, as if its owner had consented.
async fn connect_all(server: &Server) -> anyhow::Result<()> {
    let (service, sandbox) = (Http::new(&server.base)?, Http::new(&server.sandbox)?);
    let state = json_of(&sandbox.get("/_sandbox/state").await?);
    let accounts = state["accounts"].as_array().expect("accounts");
    assert!(!accounts.is_empty(), "{state}");
    for account in accounts {
        let account = json!({ "account": account["alias"] });
        let code = sandbox.post_json("/_sandbox/codes", &account).await?;
        let code = json!({ "code": json_of(&code)["code"] });
        let connected = service.post_json("/api/aliexpress/oauth/token", &code);
        let connected = connected.await?;
        assert_eq!(connected.status, 200, "{}", connected.text());
    }
    Ok(())
}

fn program(binary: &Path, home: &Path) -> Command {
    let mut command = Command::new(binary);
    command.env_clear().env("HOME", home);
    command.arg("--data-dir").arg(home.join("data"));
    command
}

/// `serve --sandbox` on free ports. Killed when dropped.
struct Server {
    child: Child,
    base: String,
    sandbox: String,
    answered_after_ms: f64,
}

impl Server {
    fn start(binary: &Path, home: &Path) -> Self {
        let begun = Instant::now();
        let mut child = program(binary, home)
            .args([
                "serve",
                "--sandbox",
                "--listen",
                "127.0.0.1:0",
                "--sandbox-listen",
                "127.0.0.1:0",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let page = lines
            .find_map(|line| line.ok()?.strip_prefix("page: ").map(str::to_owned))
            .expect("it tells its address");
        let base = page.trim().trim_end_matches("/aliexpress").to_owned();
        get(&base, "/healthz");
        let answered_after_ms = begun.elapsed().as_secs_f64() * 1e3;
        let sandbox = lines
            .find_map(|line| line.ok()?.strip_prefix("sandbox: ").map(str::to_owned))
            .expect("it tells the address of its sandbox");
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            base,
            sandbox,
            answered_after_ms,
        }
    }

    fn memory_mb(&self, field: &str) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(path).expect("Linux tells the memory of a process");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.expect("a number") / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(base: &str, path: &str) {
    use std::io::{Read, Write};
    let host = base.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).expect("it listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
