//! `webhooks …` beside a running server, up to a receiver on this machine.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use crate::support::Home;
use crate::support::server::{DEMO, Server, Stream};

const PATIENCE: Duration = Duration::from_secs(60);

/// A receiver that answers one request after the other with 204, and gives what came.
fn receiver() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, came) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !request.ends_with(b"}")
                && let Ok(read @ 1..) = stream.read(&mut part)
            {
                request.extend_from_slice(&part[..read]);
            }
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
            if sender
                .send(String::from_utf8_lossy(&request).into_owned())
                .is_err()
            {
                return;
            }
        }
    });
    (url, came)
}

/// R30: proxy variables of the environment would lead a message past the check of its address.
#[test]
fn a_command_queues_and_a_server_sends_past_every_proxy() {
    let (proxy, caught) = receiver();
    let proxy = proxy.trim_end_matches("/hook").to_owned();
    let mut home = Home::new();
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        home = home.variable(name, proxy.clone());
    }
    let mut server = Server::start(&home, &DEMO);
    server.wait_for(Stream::Out, "page: ");

    let (url, came) = receiver();
    let made = home.run(&[
        "webhooks",
        "create",
        &url,
        "--event",
        "order.updated",
        "--sandbox",
        "--json",
    ]);
    let made = made.json(0);
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let id = made["webhook"]["id"].as_str().unwrap().to_owned();
    let queued = home
        .run(&["webhooks", "test", &id, "--sandbox", "--json"])
        .json(0);
    let request = came.recv_timeout(PATIENCE).unwrap();
    let message = queued["id"].as_str().unwrap();
    assert!(
        request.contains(&format!("webhook-id: {message}")),
        "{request}"
    );
    assert!(request.contains("\"type\":\"webhook.test\""), "{request}");
    assert!(caught.try_recv().is_err(), "the proxy saw the message");

    // What is shown later holds no secret.
    for command in [
        vec!["webhooks", "list"],
        vec!["webhooks", "show", &id],
        vec!["webhooks", "deliveries", &id],
    ] {
        let shown = home.run(&[command.as_slice(), &["--sandbox"]].concat());
        assert_eq!(shown.code, Some(0), "{shown}");
        assert!(!shown.stdout.contains("whsec_"), "{shown}");
    }
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn private_addresses_need_the_setting() {
    let home = Home::with_app("http://127.0.0.1:9");
    let create = ["webhooks", "create", "http://127.0.0.1:9/", "--json"];
    let refused = home.run(&create);
    assert_ne!(refused.code, Some(0), "{refused}");
    assert!(
        refused.stderr.contains("unencrypted; use https"),
        "{refused}"
    );
    let allowed = home.run(&[create.as_slice(), &["--webhook-private", "on"]].concat());
    assert_eq!(allowed.json(0)["webhook"]["state"], "active");
    let unknown = home.run(&["webhooks", "show", "wh_1", "--json"]);
    assert_ne!(unknown.code, Some(0));
    assert!(unknown.stderr.contains("unknown_webhook"), "{unknown}");
}
