//! A gateway that cannot prove who it is gets nothing: no secret, not even a request.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aliexpress::{Effect, Roots, TransportErrorKind, TransportOptions};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

use super::support::sample;
use super::transport::{client_with, in_own_process, kind, options, read_request, refresh};

/// Made for 127.0.0.1, valid for a hundred years, signed by itself: trusted where a test says so, and nowhere else.
const CERTIFICATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/self-signed.cert.pem"
);
const KEY: &[u8] = include_bytes!("../fixtures/self-signed.key.der");

/// A gateway behind that certificate. Gives its port and counts the requests that it could read.
async fn gateway() -> (u16, Arc<AtomicUsize>) {
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let chain = vec![CertificateDer::from_pem_file(CERTIFICATE).unwrap()];
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(KEY).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            if read_request(&mut stream).await.is_empty() {
                continue;
            }
            counter.fetch_add(1, Ordering::SeqCst);
            let body = sample("auth.token.refresh");
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            drop(stream.write_all(head.as_bytes()).await);
            drop(stream.write_all(&body).await);
            drop(stream.shutdown().await);
        }
    });
    (port, requests)
}

#[test]
fn a_certificate_of_nobody_or_for_another_name_gets_no_request() {
    assert!(Path::new(CERTIFICATE).is_file());
    in_own_process(
        "certificates::child_that_trusts_the_certificate",
        &[
            ("SSL_CERT_FILE", CERTIFICATE),
            ("SSL_CERT_DIR", "/nonexistent/smartlinks-test"),
        ],
    );
}

#[tokio::test]
#[ignore = "run by a_certificate_of_nobody_or_for_another_name_gets_no_request"]
async fn child_that_trusts_the_certificate() {
    let (port, requests) = gateway().await;
    let trusting = TransportOptions {
        roots: Roots::System,
        ..options()
    };
    // The very same gateway is fine for whoever trusts its certificate, so nothing else is wrong with it.
    refresh(&client_with(
        trusting.clone(),
        &format!("https://127.0.0.1:{port}"),
    ))
    .await
    .unwrap();
    assert_eq!(requests.swap(0, Ordering::SeqCst), 1);
    for (options, host) in [(options(), "127.0.0.1"), (trusting, "localhost")] {
        let client = client_with(options, &format!("https://{host}:{port}"));
        let error = refresh(&client).await.unwrap_err();
        assert_eq!(kind(&error), TransportErrorKind::Tls, "{host}: {error:?}");
        assert_eq!(error.effect(), Effect::None, "{host}");
    }
    assert_eq!(requests.load(Ordering::SeqCst), 0, "a request was sent");
}
