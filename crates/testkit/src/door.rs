//! A door in front of a server: what stands behind it can be cut off and come back.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Passes every connection on to a server, until it is shut.
#[derive(Debug)]
pub struct Door {
    address: SocketAddr,
    behind: String,
    /// What is under way while the door is open; none while it is shut.
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    cut: CancellationToken,
    accepting: JoinHandle<()>,
}

impl Door {
    /// An open door on a free port, in front of `host:port`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn before(behind: &str) -> Result<Arc<Self>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let door = Self {
            address,
            behind: behind.to_owned(),
            open: Mutex::default(),
        };
        *door.open.lock().await = Some(Open::new(listener, &door.behind));
        Ok(Arc::new(door))
    }

    /// Host and port of the door.
    #[must_use]
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Drops every connection and refuses new ones. When this returns, nothing passes any more.
    pub async fn shut(&self) {
        if let Some(open) = self.open.lock().await.take() {
            open.cut.cancel();
            // The listener goes with its task: from then on the system refuses.
            let _ = open.accepting.await;
        }
    }

    /// Lets connections pass again.
    ///
    /// # Errors
    /// When somebody else has taken the port.
    pub async fn reopen(&self) -> Result<()> {
        let mut open = self.open.lock().await;
        if open.is_none() {
            let listener = TcpListener::bind(self.address)
                .await
                .context("the port of the door is taken")?;
            *open = Some(Open::new(listener, &self.behind));
        }
        Ok(())
    }
}

impl Open {
    fn new(listener: TcpListener, behind: &str) -> Self {
        let cut = CancellationToken::new();
        let accepting = tokio::spawn(accept(listener, behind.to_owned(), cut.clone()));
        Self { cut, accepting }
    }
}

async fn accept(listener: TcpListener, behind: String, cut: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = cut.cancelled() => return,
        };
        let Ok((visitor, _)) = accepted else { continue };
        tokio::spawn(pass(visitor, behind.clone(), cut.clone()));
    }
}

async fn pass(mut visitor: TcpStream, behind: String, cut: CancellationToken) {
    let Ok(mut server) = TcpStream::connect(&behind).await else {
        return;
    };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut visitor, &mut server) => {}
        () = cut.cancelled() => {}
    }
}
