//! Taking connections: how many there may be, how large the head of a request may be, and how long it may take to
//! arrive. Bodies are bounded in `guard::body`, the answer in `stalled`.

mod stalled;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use stalled::Stalled;

/// How long the head of a request may take, and how long a connection may rest between two requests.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// The largest head, request line included, in bytes. More is answered with 431, and so are more than 100 headers.
const HEAD_LIMIT: usize = 16 * 1024;
/// How many connections there may be at a time. Further ones wait in the queue of the system.
const CONNECTIONS: usize = 4096;
/// The pause after an accept that failed because something has run out, usually file descriptors.
const PAUSE: Duration = Duration::from_millis(500);

/// Takes connections until `stop`, then finishes the requests that have begun.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let connections = TaskTracker::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while let Some(accepted) = stop.run_until_cancelled(accept(&listener, &places)).await {
        match accepted {
            Ok((stream, peer, place)) => {
                // Answers are small: waiting for more to send would only make them late.
                let _ = stream.set_nodelay(true);
                let talking = talk(stream, peer, router.clone(), stop.clone());
                connections.spawn(async move {
                    talking.await;
                    drop(place);
                });
            }
            Err(error) if of_the_peer(&error) => {}
            Err(error) => {
                tracing::error!(%error, "connections cannot be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // Otherwise the system would go on taking in connections that nobody answers.
    drop(listener);
    connections.close();
    connections.wait().await;
    Ok(())
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await;
    let place = place.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

fn of_the_peer(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Serves one connection.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_header_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(Stalled::new(stream)), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use futures_util::stream;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    async fn peer(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
        peer.to_string()
    }

    fn talking_over(buffer: usize, router: Router) -> (DuplexStream, JoinHandle<()>) {
        let (ours, theirs) = tokio::io::duplex(buffer);
        let from = "192.0.2.7:4711".parse().unwrap();
        let talking = tokio::spawn(talk(theirs, from, router, CancellationToken::new()));
        (ours, talking)
    }

    fn connected() -> (DuplexStream, JoinHandle<()>) {
        talking_over(64 * 1024, Router::new().route("/", get(peer)))
    }

    async fn answer_to(head: &str) -> String {
        let (mut stream, _) = connected();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn handlers_know_where_a_request_came_from() {
        let answer = answer_to("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("192.0.2.7:4711"), "{answer}");
    }

    #[tokio::test]
    async fn too_many_and_too_large_headers_are_refused() {
        let many: String = (0..150)
            .map(|number| format!("x-{number}: 1\r\n"))
            .collect();
        let large = format!("x-large: {}\r\n", "a".repeat(HEAD_LIMIT));
        for headers in [many, large] {
            let head = format!("GET / HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
            let answer = answer_to(&head).await;
            assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
        }
        let line = format!(
            "GET /{} HTTP/1.1\r\nhost: x\r\n\r\n",
            "a".repeat(HEAD_LIMIT)
        );
        let answer = answer_to(&line).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }

    /// The clock of the runtime stands still but jumps to the next timer whenever nothing else can happen.
    #[tokio::test(start_paused = true)]
    async fn a_head_that_never_ends_is_not_waited_for() {
        let (mut stream, talking) = connected();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n")
            .await
            .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        talking.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_sends_nothing_is_let_go() {
        let (mut stream, talking) = connected();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        talking.await.unwrap();
        assert!(answer.is_empty());
    }

    /// The clock jumps as above: whoever reads nothing, or only the beginning, is not waited for without end.
    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_reads_ends_the_connection() {
        let endless = || async {
            let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 1024]));
            Body::from_stream(chunks)
        };
        let large = || async { "x".repeat(64 * 1024) };
        for router in [
            Router::new().route("/", get(large)),
            Router::new().route("/", get(endless)),
        ] {
            let (mut stream, talking) = talking_over(1024, router);
            let head = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
            stream.write_all(head).await.unwrap();
            let mut beginning = [0; 100];
            stream.read_exact(&mut beginning).await.unwrap();
            talking.await.unwrap();
        }
    }

    /// A proxy takes the next instance at once where it is refused; where it is let in, it waits for an answer.
    #[tokio::test]
    async fn a_server_that_drains_takes_no_more_connections() {
        let (begun, ending) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let slow = {
            let (begun, ending) = (Arc::clone(&begun), Arc::clone(&ending));
            async move || {
                begun.notify_one();
                ending.notified().await;
                "done"
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = Router::new().route("/", get(slow));
        let serving = tokio::spawn(serve(listener, router, stop.clone()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(head).await.unwrap();
        begun.notified().await;

        stop.cancel();
        let refused = async { while TcpStream::connect(address).await.is_ok() {} };
        let refused = tokio::time::timeout(Duration::from_secs(10), refused).await;
        assert!(refused.is_ok(), "connections are still taken in");

        // What has begun is finished.
        ending.notify_one();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("done"), "{answer}");
        serving.await.unwrap().unwrap();
    }
}
