//! R30: webhooks reach no private address, whatever a name resolves to and whatever a receiver answers. Receivers
//! here are plain sockets, and names are resolved by the test.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use async_trait::async_trait;
use smartlinks_core::webhooks::{
    HttpSender, Message, Resolver, RetryAfter, Sender, Targets, Unsent,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};
use url::Url;

/// Answers one list of addresses after the other, the last for ever.
struct Names {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        // What is no address is no answer, and the test fails by that.
        let address = |text: &&str| text.parse().ok();
        let parse = |list: &&[&str]| list.iter().filter_map(address).collect();
        Arc::new(Self {
            answers: Mutex::new(answers.iter().map(parse).collect()),
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Resolver for Names {
    async fn resolve(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        match answers.len() {
            0 => Err(io::Error::other("no such name")),
            1 => Ok(answers[0].clone()),
            _ => Ok(answers.pop_front().unwrap_or_default()),
        }
    }
}

/// A receiver that answers every connection with the same bytes, and counts them.
struct Receiver {
    port: u16,
    came: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn answering(answer: impl Into<Vec<u8>>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (came, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::default()));
        let receiver = Self {
            port,
            came: Arc::clone(&came),
            requests: Arc::clone(&requests),
        };
        let answer: Vec<u8> = answer.into();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                came.fetch_add(1, Ordering::SeqCst);
                let mut request = vec![0; 16 * 1024];
                let mut length = 0;
                // Our requests are small: head and body come in one or two pieces.
                // A greeting of TLS (22) is answered at once.
                while !request[..length].ends_with(b"}")
                    && request[0] != 22
                    && let Ok(read @ 1..) = socket.read(&mut request[length..]).await
                {
                    length += read;
                }
                let text = String::from_utf8_lossy(&request[..length]).into_owned();
                requests
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(text);
                if answer.is_empty() {
                    // Never answers: the connection stays open as long as the test.
                    std::mem::forget(socket);
                    continue;
                }
                let _ = socket.write_all(&answer).await;
                let _ = socket.shutdown().await;
            }
        });
        Ok(receiver)
    }

    fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }

    fn url(&self, host: &str) -> Result<Url> {
        Ok(format!("http://{host}:{}/hook", self.port).parse()?)
    }
}

fn message() -> Message {
    Message {
        id: "msg_1".to_owned(),
        timestamp: 1_800_000_000,
        signature: "v1,abc v1,def".to_owned(),
        body: b"{\"type\":\"test\"}".to_vec(),
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_message_goes_to_the_address_that_was_checked_under_its_own_name() -> Result<()> {
    let receiver = Receiver::answering(OK).await?;
    let names = Names::new(&[&["127.0.0.1"]]);
    let sender = HttpSender::new(names.clone(), Targets::Anything);
    for attempt in 1..=2 {
        let answer = sender
            .post(&receiver.url("shop.example")?, message())
            .await?;
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (200, b"ok".as_slice())
        );
        // Looked up anew for each attempt, and once only: what was checked is what was connected to.
        assert_eq!(names.asked.load(Ordering::SeqCst), attempt);
        assert_eq!(receiver.came(), attempt);
    }
    let requests = receiver.requests.lock().unwrap();
    let request = requests[0].to_lowercase();
    for line in [
        "post /hook http/1.1".to_owned(),
        format!("host: shop.example:{}", receiver.port),
        "webhook-id: msg_1".to_owned(),
        "webhook-timestamp: 1800000000".to_owned(),
        "webhook-signature: v1,abc v1,def".to_owned(),
        "content-type: application/json".to_owned(),
    ] {
        assert!(request.contains(&line), "{line}: {request}");
    }
    assert!(request.ends_with("{\"type\":\"test\"}"));
    Ok(())
}

/// A name that answers differently the second time (DNS rebinding), or with a private address among others.
#[tokio::test]
async fn a_name_that_changes_its_meaning_is_refused() -> Result<()> {
    let receiver = Receiver::answering(OK).await?;
    let url = receiver.url("rebind.example")?;
    let names = Names::new(&[
        &["127.0.0.1"],
        &["169.254.169.254"],
        &["127.0.0.1", "10.0.0.1"],
        &["::ffff:10.0.0.1"],
    ]);
    let sender = HttpSender::new(names, Targets::PublicAndLoopback);
    assert_eq!(sender.post(&url, message()).await?.status, 200);
    for refused in ["169.254.169.254", "10.0.0.1", "::ffff:10.0.0.1"] {
        let error = sender.post(&url, message()).await.unwrap_err();
        assert_eq!(error.code(), "private_address");
        assert!(error.to_string().starts_with(refused), "{error}");
    }
    assert_eq!(receiver.came(), 1);
    Ok(())
}

#[tokio::test]
async fn by_default_this_machine_is_not_reached_by_any_spelling() -> Result<()> {
    let receiver = Receiver::answering(OK).await?;
    let names = Names::new(&[&["127.0.0.1"]]);
    let sender = HttpSender::new(names.clone(), Targets::Public);
    for host in [
        "shop.example",
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{}/", receiver.port).parse()?;
            let error = sender.post(&url, message()).await.unwrap_err();
            assert_eq!(error.code(), "private_address", "{url}");
        }
    }
    assert_eq!(receiver.came(), 0);
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() -> Result<()> {
    let inside = Receiver::answering(OK).await?;
    let moved = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{}/\r\ncontent-length: 0\r\n\r\n",
        inside.port
    );
    let receiver = Receiver::answering(moved).await?;
    let sender = HttpSender::new(Names::new(&[&["127.0.0.1"]]), Targets::Anything);
    let answer = sender
        .post(&receiver.url("shop.example")?, message())
        .await?;
    assert_eq!((answer.status, inside.came()), (307, 0));
    Ok(())
}

#[tokio::test]
async fn little_is_read_of_an_answer_and_retry_after_is_understood() -> Result<()> {
    let mut long = b"HTTP/1.1 503 Busy\r\nretry-after: 120\r\n\r\n".to_vec();
    long.resize(1024 * 1024, b'x');
    let receiver = Receiver::answering(long).await?;
    let sender = HttpSender::new(Names::new(&[&["127.0.0.1"]]), Targets::Anything);
    let answer = sender
        .post(&receiver.url("shop.example")?, message())
        .await?;
    assert_eq!(answer.body.len(), 4096);
    assert_eq!(
        answer.retry_after,
        Some(RetryAfter::In(std::time::Duration::from_secs(120)))
    );

    let dated = "HTTP/1.1 429 Slow\r\nretry-after: Wed, 21 Oct 2026 07:28:00 GMT\r\ncontent-length: 0\r\n\r\n";
    let receiver = Receiver::answering(dated).await?;
    let answer = sender
        .post(&receiver.url("shop.example")?, message())
        .await?;
    let moment = "2026-10-21T07:28:00Z".parse()?;
    assert_eq!(answer.retry_after, Some(RetryAfter::At(moment)));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_has_a_name() -> Result<()> {
    let names = Names::new(&[]);
    let sender = HttpSender::new(names, Targets::Anything);
    let url: Url = "https://nowhere.example/".parse()?;
    assert_eq!(sender.post(&url, message()).await, Err(Unsent::Unresolved));

    let sender = HttpSender::new(Names::new(&[&["127.0.0.1"]]), Targets::Anything);
    let free = TcpListener::bind("127.0.0.1:0").await?;
    let port = free.local_addr()?.port();
    drop(free);
    let url: Url = format!("http://shop.example:{port}/").parse()?;
    assert_eq!(sender.post(&url, message()).await, Err(Unsent::Unreachable));
    // Plain text where TLS is expected: no certificate, no message.
    let receiver = Receiver::answering(OK).await?;
    let url: Url = format!("https://shop.example:{}/", receiver.port).parse()?;
    assert_eq!(sender.post(&url, message()).await, Err(Unsent::Unreachable));
    assert!(
        !receiver
            .requests
            .lock()
            .unwrap()
            .iter()
            .any(|request| request.contains("msg_1"))
    );
    Ok(())
}

/// The clock of the runtime is moved by hand: nobody waits fifteen seconds.
#[tokio::test]
async fn a_receiver_that_never_answers_is_left() -> Result<()> {
    let receiver = Receiver::answering("").await?;
    let sender = HttpSender::new(Names::new(&[&["127.0.0.1"]]), Targets::Anything);
    let url = receiver.url("shop.example")?;
    let post = tokio::spawn(async move { sender.post(&url, message()).await });
    while receiver.requests.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(16)).await;
    assert_eq!(post.await?, Err(Unsent::Timeout));
    Ok(())
}

/// Made for `shop.example`, valid for a hundred years, signed by itself: trusted where a test says so, and nowhere
/// else.
const CERTIFICATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/shop.example.cert.pem"
);
const KEY: &[u8] = include_bytes!("fixtures/shop.example.key.der");

/// A receiver behind that certificate; counts the messages that it could read. Gives its port.
async fn behind_tls() -> Result<(u16, Arc<AtomicUsize>)> {
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::try_from(KEY).map_err(anyhow::Error::msg)?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from_pem_file(CERTIFICATE)?], key)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let came = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&came);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut socket) = acceptor.accept(socket).await else {
                continue;
            };
            let (mut request, mut part) = (Vec::new(), [0; 4096]);
            while !request.ends_with(b"}")
                && let Ok(read @ 1..) = socket.read(&mut part).await
            {
                request.extend_from_slice(&part[..read]);
            }
            counter.fetch_add(1, Ordering::SeqCst);
            let _ = socket.write_all(OK.as_bytes()).await;
            let _ = socket.shutdown().await;
        }
    });
    Ok((port, came))
}

/// Runs one ignored test in a process of its own, because only there the environment can be set.
fn in_own_process(test: &str, certificates: &str) -> Result<()> {
    let output = std::process::Command::new(std::env::current_exe()?)
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("SSL_CERT_FILE", certificates)
        .env("SSL_CERT_DIR", "/nonexistent/smartlinks-test")
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}{error}"
    );
    Ok(())
}

/// R30: the certificate has to be that of the name, although the connection goes to an address.
#[test]
fn only_the_owner_of_the_name_gets_a_message() -> Result<()> {
    in_own_process("child_that_trusts_the_certificate", CERTIFICATE)
}

#[tokio::test]
#[ignore = "run by only_the_owner_of_the_name_gets_a_message"]
async fn child_that_trusts_the_certificate() -> Result<()> {
    let (port, came) = behind_tls().await?;
    let sender = HttpSender::new(Names::new(&[&["127.0.0.1"]]), Targets::PublicAndLoopback);
    let url = |host: &str| Url::parse(&format!("https://{host}:{port}/hook"));
    let answer = sender.post(&url("shop.example")?, message()).await?;
    assert_eq!((answer.status, came.load(Ordering::SeqCst)), (200, 1));
    for other in ["other.example", "127.0.0.1"] {
        let refused = sender.post(&url(other)?, message()).await;
        assert_eq!(refused, Err(Unsent::Unreachable), "{other}");
    }
    assert_eq!(came.load(Ordering::SeqCst), 1, "a message was sent");
    Ok(())
}

/// A slim container holds no certificate authorities: the bundled ones are used, and over http none is needed.
#[test]
fn messages_are_sent_where_the_system_has_no_certificates() -> Result<()> {
    in_own_process("child_without_certificates", "/nonexistent/smartlinks-test")
}

#[tokio::test]
#[ignore = "run by messages_are_sent_where_the_system_has_no_certificates"]
async fn child_without_certificates() -> Result<()> {
    let sender = HttpSender::new(Names::new(&[&["127.0.0.1"]]), Targets::Anything);
    let receiver = Receiver::answering(OK).await?;
    let answer = sender
        .post(&receiver.url("shop.example")?, message())
        .await?;
    assert_eq!(answer.status, 200);
    // Refused for its certificate, and not because nothing could be sent.
    let (port, came) = behind_tls().await?;
    let url = format!("https://shop.example:{port}/").parse()?;
    let refused = sender.post(&url, message()).await;
    assert_eq!(refused, Err(Unsent::Unreachable));
    assert_eq!(came.load(Ordering::SeqCst), 0);
    Ok(())
}
