//! On a real socket.

use std::sync::Arc;

use aliexpress_sandbox::{Sandbox, SandboxConfig};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

async fn exchange(port: u16, request: String) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset may say so as an error; what counts is what was read before.
    _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

fn get(host: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_listener_on_any_port_serves_under_its_own_port_and_stops_when_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sandbox =
        Sandbox::new(SandboxConfig::default(), Arc::new(|| 1_767_225_600_000), 1).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(sandbox.serve(listener, async {
        _ = stopped.await;
    }));

    let host = format!("127.0.0.1:{port}");
    let answer = exchange(port, get(&host, "/_sandbox/state")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains(&format!("\"base_url\":\"http://{host}\"")),
        "{answer}"
    );
    let answer = exchange(port, get("127.0.0.1:8090", "/_sandbox/state")).await;
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");

    let fault = json!({ "then": "reset" }).to_string();
    let order = format!(
        "POST /_sandbox/faults HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{fault}",
        fault.len()
    );
    assert!(exchange(port, order).await.starts_with("HTTP/1.1 200"));
    assert_eq!(
        exchange(port, get(&host, "/sync")).await,
        "",
        "closed without a byte"
    );
    assert!(
        exchange(port, get(&host, "/sync"))
            .await
            .starts_with("HTTP/1.1 200")
    );

    // A body that is shorter or longer than it says, and one that has two lengths.
    for lengths in [
        "100",
        "0",
        "99999999999999999999",
        "5\r\nContent-Length: 6",
        "-1",
    ] {
        let liar = format!(
            "POST /sync HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {lengths}\r\n\r\na=b&c"
        );
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(liar.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.starts_with("HTTP/1.1 5"), "{lengths}: {answer}");
    }
    let answer = exchange(port, get(&host, "/_sandbox/state")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
