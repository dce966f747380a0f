//! A way into a sandbox that only one process uses, so that it is known when nothing of it is on the way any more.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use aliexpress_sandbox::Sandbox;
use anyhow::Result;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::REFRESH;
use crate::torture::child::{fingerprint, locked};

/// Of the form of a refresh, in bytes.
const LONGEST_FORM: usize = 64 * 1024;

/// Catches the next refresh call when it is told to.
#[derive(Debug, Default)]
pub(in crate::torture) struct Hold {
    armed: AtomicBool,
    caught: Notify,
    released: Notify,
}

impl Hold {
    pub(in crate::torture) fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    pub(in crate::torture) fn disarm(&self) {
        self.armed.store(false, Ordering::SeqCst);
    }

    /// Resolves when a call was carried out whose answer is held back.
    pub(in crate::torture) async fn caught(&self) {
        self.caught.notified().await;
    }

    /// Lets go of the answer; whoever waited for it is dead.
    fn release(&self) {
        self.released.notify_waiters();
    }
}

/// The refresh tokens with which something came in, as fingerprints.
type Asked = Arc<Mutex<BTreeSet<String>>>;

/// A running door.
pub(in crate::torture) struct Door {
    pub(in crate::torture) url: String,
    pub(in crate::torture) hold: Arc<Hold>,
    asked: Asked,
    address: SocketAddr,
    /// Connections that are open.
    open: watch::Receiver<usize>,
    serving: JoinHandle<()>,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Debug, Clone)]
struct Keeper {
    hold: Arc<Hold>,
    asked: Asked,
    /// The only name that the sandbox answers to.
    host: HeaderValue,
}

impl Door {
    pub(super) fn open(
        listener: TcpListener,
        sandbox: &Sandbox,
        host: &HeaderValue,
    ) -> Result<Self> {
        let address = listener.local_addr()?;
        let hold = Arc::<Hold>::default();
        let asked = Asked::default();
        let keeper = Keeper {
            hold: Arc::clone(&hold),
            asked: Arc::clone(&asked),
            host: host.clone(),
        };
        let router = sandbox.router().layer(from_fn_with_state(keeper, pass));
        let (count, open) = watch::channel(0);
        let counted = Counted {
            listener,
            open: Arc::new(count),
        };
        let serving = tokio::spawn(async move {
            // It ends with the lane.
            let _ = axum::serve(counted, router).await;
        });
        Ok(Self {
            url: format!("http://{address}"),
            hold,
            asked,
            address,
            open,
            serving,
        })
    }

    /// The refresh tokens that came in since this was asked last, as fingerprints.
    pub(in crate::torture) fn asked(&self) -> BTreeSet<String> {
        std::mem::take(&mut *locked(&self.asked))
    }

    /// Resolves when the gateway has dealt with everything that a process, now dead, had sent. Connections are accepted
    /// in their order, so whatever the dead one had opened is behind the door when the visitor here has been answered.
    pub(in crate::torture) async fn settled(&self) -> Result<()> {
        self.hold.release();
        let mut visitor = TcpStream::connect(self.address).await?;
        visitor
            .write_all(b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
            .await?;
        visitor.read_to_end(&mut Vec::new()).await?;
        drop(visitor);
        self.open.clone().wait_for(|open| *open == 0).await?;
        Ok(())
    }
}

async fn pass(State(keeper): State<Keeper>, mut request: Request, next: Next) -> Response {
    let Keeper { hold, asked, host } = keeper;
    request.headers_mut().insert(header::HOST, host);
    if !request.uri().path().ends_with(REFRESH) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_FORM).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let spent = url::form_urlencoded::parse(&body).find(|(name, _)| name == "refresh_token");
    locked(&asked).extend(spent.map(|(_, token)| fingerprint(&token)));
    let response = next.run(Request::from_parts(head, body.into())).await;
    if hold.armed.swap(false, Ordering::SeqCst) {
        let released = hold.released.notified();
        hold.caught.notify_one();
        released.await;
    }
    response
}

/// A listener that counts.
struct Counted {
    listener: TcpListener,
    open: Arc<watch::Sender<usize>>,
}

impl axum::serve::Listener for Counted {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.listener).await;
        self.open.send_modify(|open| *open += 1);
        let open = Arc::clone(&self.open);
        (Guest { stream, open }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that is counted as long as it lives.
struct Guest {
    stream: TcpStream,
    open: Arc<watch::Sender<usize>>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.open.send_modify(|open| *open -= 1);
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Guest {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
