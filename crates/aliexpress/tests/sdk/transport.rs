//! The real transport against tiny raw servers, so that every way a connection can fail is the real one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliexpress::{
    AppKey, Client, Effect, Error, GatewayUrl, RefreshToken, ReqwestTransport, Roots, TimeoutPhase,
    TransportErrorKind, TransportOptions,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::support::{sample, secret};

/// What a server does with each connection after reading the request.
#[derive(Clone)]
enum Script {
    /// Sends these bytes, then closes.
    Send(Vec<u8>),
    /// Keeps the connection open and says nothing.
    Hang,
    /// Sends these bytes, then keeps the connection open.
    SendThenHang(Vec<u8>),
}

struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    received: tokio::sync::mpsc::UnboundedReceiver<String>,
}

impl Server {
    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (sender, received) = tokio::sync::mpsc::unbounded_channel();
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let (script, sender) = (script.clone(), sender.clone());
                tokio::spawn(async move {
                    let request = read_request(&mut stream).await;
                    drop(sender.send(request));
                    match script {
                        Script::Send(bytes) => {
                            drop(stream.write_all(&bytes).await);
                            drop(stream.shutdown().await);
                        }
                        Script::Hang => std::future::pending().await,
                        Script::SendThenHang(bytes) => {
                            drop(stream.write_all(&bytes).await);
                            std::future::pending().await
                        }
                    }
                });
            }
        });
        Self {
            address,
            connections,
            received,
        }
    }

    fn http(&self) -> String {
        format!("http://{}", self.address)
    }

    fn https(&self) -> String {
        format!("https://{}", self.address)
    }
}

/// Reads headers and as much body as they announce; anything that is no HTTP request is read once.
pub(super) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).await.unwrap_or(0);
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 || !text.starts_with(['P', 'C']) {
                return text;
            }
            continue;
        };
        let announced = head
            .lines()
            .filter_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .next()
            .unwrap_or(0);
        if read == 0 || body.len() >= announced {
            return text;
        }
    }
}

fn http(status: &str, headers: &str, body: &[u8]) -> Script {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Script::Send(bytes)
}

pub(super) fn options() -> TransportOptions {
    TransportOptions {
        connect_timeout: Duration::from_secs(20),
        read_timeout: Duration::from_secs(20),
        total_timeout: Duration::from_secs(40),
        roots: Roots::Bundled,
        ..TransportOptions::default()
    }
}

pub(super) fn client_with(options: TransportOptions, gateway: &str) -> Client {
    Client::builder(AppKey::parse("500100").unwrap(), secret())
        .gateway(GatewayUrl::parse(gateway).unwrap())
        .policy(aliexpress::Policy::none())
        .transport(Arc::new(ReqwestTransport::new(options).unwrap()))
        .build()
        .unwrap()
        .with_access_token(aliexpress::AccessToken::new("the-access-token"))
}

pub(super) async fn refresh(client: &Client) -> Result<aliexpress::TokenPair, Error> {
    client
        .oauth()
        .refresh(&RefreshToken::new("the-refresh-token"))
        .await
}

async fn failure(options: TransportOptions, gateway: &str) -> Error {
    refresh(&client_with(options, gateway)).await.unwrap_err()
}

pub(super) fn kind(error: &Error) -> TransportErrorKind {
    match error {
        Error::Transport(error) => error.kind,
        other => panic!("{other:?}"),
    }
}

fn soon() -> Duration {
    Duration::from_millis(50)
}

#[tokio::test]
async fn a_call_is_one_form_post_with_nothing_in_the_url() {
    let body = sample("auth.token.refresh");
    let mut server =
        Server::start(http("200 OK", "Content-Type: application/json\r\n", &body)).await;
    let pair = refresh(&client_with(options(), &server.http()))
        .await
        .unwrap();
    assert_eq!(pair.access_token.expose(), "<access-token>");
    let request = server.received.recv().await.unwrap();
    let (head, form) = request.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("POST /rest/auth/token/refresh HTTP/1.1\r\n"),
        "{head}"
    );
    let head = head.to_ascii_lowercase();
    assert!(
        head.contains("content-type: application/x-www-form-urlencoded; charset=utf-8"),
        "{head}"
    );
    assert!(head.contains("accept-encoding: gzip"), "{head}");
    assert!(
        head.contains("user-agent: smartlinks-aliexpress/"),
        "{head}"
    );
    assert!(!head.contains("the-refresh-token"), "{head}");
    assert!(form.contains("refresh_token=the-refresh-token"), "{form}");
    assert!(!form.contains("the-access-token"), "{form}");
}

#[tokio::test]
async fn redirects_are_not_followed_on_token_calls() {
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let target = Server::start(http("200 OK", "", &sample("auth.token.refresh"))).await;
        let location = format!("Location: {}/rest/auth/token/refresh\r\n", target.http());
        let server = Server::start(http(status, &location, b"")).await;
        let error = failure(options(), &server.http()).await;
        assert_eq!(kind(&error), TransportErrorKind::Redirect, "{status}");
        assert_eq!(server.connections.load(Ordering::SeqCst), 1);
        assert_eq!(
            target.connections.load(Ordering::SeqCst),
            0,
            "{status} was followed"
        );
    }
}

#[tokio::test]
async fn a_refused_connection_is_told_apart() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for scheme in ["http", "https"] {
        let error = failure(options(), &format!("{scheme}://{address}")).await;
        assert_eq!(kind(&error), TransportErrorKind::Connect, "{error:?}");
        assert_eq!(error.effect(), Effect::None);
    }
}

#[tokio::test]
async fn an_unknown_host_is_told_apart() {
    let error = failure(options(), "https://no-such-host.invalid").await;
    assert_eq!(kind(&error), TransportErrorKind::Dns, "{error:?}");
    assert_eq!((error.code(), error.effect()), ("dns_failed", Effect::None));
}

#[tokio::test]
async fn a_port_without_tls_is_told_apart() {
    for script in [http("200 OK", "", b"{}"), Script::Send(Vec::new())] {
        let server = Server::start(script).await;
        let error = failure(options(), &server.https()).await;
        assert_eq!(kind(&error), TransportErrorKind::Tls, "{error:?}");
        assert_eq!(error.effect(), Effect::None);
    }
}

#[tokio::test]
async fn a_handshake_that_hangs_is_a_connect_timeout() {
    let server = Server::start(Script::Hang).await;
    let hurried = TransportOptions {
        connect_timeout: soon(),
        ..options()
    };
    let error = failure(hurried, &server.https()).await;
    assert_eq!(
        kind(&error),
        TransportErrorKind::Timeout(TimeoutPhase::Connect),
        "{error:?}"
    );
    assert_eq!(
        (error.code(), error.effect()),
        ("connect_timeout", Effect::None)
    );
}

#[tokio::test]
async fn an_answer_that_hangs_is_a_read_timeout() {
    let beginning = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\"".to_vec();
    for script in [Script::Hang, Script::SendThenHang(beginning)] {
        let server = Server::start(script).await;
        for hurried in [
            TransportOptions {
                read_timeout: soon(),
                ..options()
            },
            TransportOptions {
                total_timeout: soon(),
                ..options()
            },
        ] {
            let error = failure(hurried, &server.http()).await;
            assert_eq!(
                kind(&error),
                TransportErrorKind::Timeout(TimeoutPhase::Read),
                "{error:?}"
            );
            assert_eq!(
                (error.code(), error.effect()),
                ("read_timeout", Effect::Unknown)
            );
        }
        // Neither is repeated: a refresh token must not be spent twice.
        assert_eq!(server.connections.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn an_answer_cut_off_by_the_connection_is_truncated() {
    let cases = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"access_token\":\"50000".to_vec(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(),
        Vec::new(),
    ];
    for bytes in cases {
        let server = Server::start(Script::Send(bytes)).await;
        let error = failure(options(), &server.http()).await;
        assert_eq!(kind(&error), TransportErrorKind::Truncated, "{error:?}");
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_complete_answer_with_cut_json_is_truncated_json() {
    let whole = sample("auth.token.refresh");
    let server = Server::start(http("200 OK", "", &whole[..whole.len() / 2])).await;
    let error = failure(options(), &server.http()).await;
    assert!(
        matches!(error, Error::Truncated { status: 200, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn html_with_status_200_is_not_json() {
    let server = Server::start(http(
        "200 OK",
        "Content-Type: text/html\r\n",
        b"<html>Not Found</html>",
    ))
    .await;
    let error = failure(options(), &server.http()).await;
    assert!(
        matches!(&error, Error::NotJson { status: 200, content_type: Some(kind), .. } if kind == "text/html"),
        "{error:?}"
    );
}

#[tokio::test]
async fn http_500_is_an_http_error() {
    let server = Server::start(http("500 Internal Server Error", "", b"<h1>oops</h1>")).await;
    let error = failure(options(), &server.http()).await;
    assert!(
        matches!(error, Error::Http { status: 500, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn gzip_answers_are_unpacked() {
    let packed = include_bytes!("../fixtures/product.json.gz");
    let server = Server::start(http("200 OK", "Content-Encoding: gzip\r\n", packed)).await;
    let client = client_with(options(), &server.http());
    let product = client
        .dropshipping()
        .product_get()
        .product_id(1_005_008_000_000_001)
        .ship_to("FR")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (product.base.product_id, product.skus.len()),
        (1_005_008_000_000_001, 2)
    );

    let server = Server::start(http(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        b"this is not gzip",
    ))
    .await;
    assert_eq!(
        kind(&failure(options(), &server.http()).await),
        TransportErrorKind::Other
    );
    let server = Server::start(http(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        &packed[..packed.len() / 2],
    ))
    .await;
    assert_eq!(
        kind(&failure(options(), &server.http()).await),
        TransportErrorKind::Truncated
    );
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_refused_even_when_packed_small() {
    let packed = include_bytes!("../fixtures/product.json.gz");
    let plain = sample("aliexpress.ds.product.get");
    let limited = TransportOptions {
        max_body_bytes: plain.len() - 1,
        ..options()
    };
    assert!(packed.len() < plain.len() / 2);
    for script in [
        http("200 OK", "Content-Encoding: gzip\r\n", packed),
        http("200 OK", "", &plain),
    ] {
        let server = Server::start(script).await;
        let error = failure(limited.clone(), &server.http()).await;
        assert_eq!(kind(&error), TransportErrorKind::TooLarge);
    }
}

#[tokio::test]
async fn https_goes_through_the_given_proxy_and_loopback_http_does_not() {
    let mut proxy = Server::start(http("502 Bad Gateway", "", b"")).await;
    let through = TransportOptions {
        proxy: Some(proxy.http().parse().unwrap()),
        ..options()
    };
    let error = failure(through.clone(), "https://gateway.invalid").await;
    assert_eq!(kind(&error), TransportErrorKind::Connect, "{error:?}");
    assert!(
        proxy
            .received
            .recv()
            .await
            .unwrap()
            .starts_with("CONNECT gateway.invalid:443 ")
    );
    let server = Server::start(http("200 OK", "", &sample("auth.token.refresh"))).await;
    refresh(&client_with(through, &server.http()))
        .await
        .unwrap();
    assert_eq!(proxy.connections.load(Ordering::SeqCst), 1);
}

#[test]
fn transport_errors_print_what_happened_without_the_address_of_the_call() {
    let error = super::support::run(failure(options(), "https://no-such-host.invalid"));
    let text = format!("{error} {error:?}");
    assert!(text.contains("could not be resolved"), "{text}");
    assert!(!text.contains("the-refresh-token"), "{text}");
}

/// Runs one ignored test in a process of its own, because only there the environment can be set.
pub(super) fn in_own_process(test: &str, environment: &[(&str, &str)]) -> String {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(printed.contains("1 passed"), "{printed}");
    printed.into_owned()
}

#[test]
fn without_a_system_store_the_bundled_roots_are_used() {
    let nowhere = "/nonexistent/smartlinks-test";
    let printed = in_own_process(
        "transport::child_without_a_system_store",
        &[("SSL_CERT_FILE", nowhere), ("SSL_CERT_DIR", nowhere)],
    );
    assert!(printed.contains("chosen: Bundled"), "{printed}");
}

#[test]
#[ignore = "run by without_a_system_store_the_bundled_roots_are_used"]
fn child_without_a_system_store() {
    let with = |roots| {
        ReqwestTransport::new(TransportOptions {
            roots,
            ..TransportOptions::default()
        })
    };
    let expected = match with(Roots::System) {
        Ok(_) => Roots::System,
        Err(error) => {
            assert_eq!(error.kind, TransportErrorKind::Tls);
            Roots::Bundled
        }
    };
    assert_eq!(with(Roots::Auto).unwrap().roots(), expected);
    assert_eq!(with(Roots::Bundled).unwrap().roots(), Roots::Bundled);
    println!("chosen: {expected:?}");
}

#[test]
fn proxy_variables_of_the_environment_are_not_read() {
    let nobody = "http://127.0.0.1:1";
    in_own_process(
        "transport::child_with_proxy_variables",
        &[
            ("HTTP_PROXY", nobody),
            ("http_proxy", nobody),
            ("ALL_PROXY", nobody),
            ("all_proxy", nobody),
            ("NO_PROXY", ""),
        ],
    );
}

#[tokio::test]
#[ignore = "run by proxy_variables_of_the_environment_are_not_read"]
async fn child_with_proxy_variables() {
    let server = Server::start(http("200 OK", "", &sample("auth.token.refresh"))).await;
    refresh(&client_with(options(), &server.http()))
        .await
        .unwrap();
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}
