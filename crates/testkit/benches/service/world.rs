//! The service as it is measured: the real router and use cases over SQLite on disk, in this process, with the
//! follower running as in a server, and a gateway that answers at once.

use std::net::SocketAddr;

use aliexpress::Policy;
use axum::Router;
use axum::body::Bytes;
use axum::routing::any;
use smartlinks_core::Scope;
use smartlinks_server::Limits;
use testkit::app::{App, Setup};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::gateway::{self, Gateway};

pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) app: App,
    pub(crate) gateway: Gateway,
    /// The headers of a program with a key.
    pub(crate) headers: Vec<String>,
    /// The connections, the default one first.
    pub(crate) connections: Vec<String>,
}

impl World {
    /// With ten connections. Says which limits are lifted for measuring.
    pub(crate) fn new() -> Self {
        println!(
            "limits: none for sign-in, callback, vending, keys and push; call budgets of the app key: off"
        );
        let runtime = Runtime::new().expect("a runtime");
        let (app, gateway, connections, key) = runtime.block_on(async {
            let gateway = gateway::serve().await;
            let app = App::with(Setup {
                operators: true,
                follower: true,
                limits: Limits::out_of_reach(),
                policy: Policy::default().without_budgets(),
                gateway: Some(format!("http://{}", gateway.address)),
                ..Setup::default()
            })
            .await
            .expect("a service");
            let mut connections = Vec::new();
            for number in 0..10 {
                let code = format!("bench_code_{number}");
                let connection = app.core.exchange_pasted(&code, None).await;
                connections.push(connection.expect("a connection").id);
            }
            let key = app.key(&Scope::ALL).await.expect("a key");
            (app, gateway, connections, key)
        });
        Self {
            runtime,
            app,
            gateway,
            headers: vec![format!("Authorization: Bearer {key}")],
            connections,
        }
    }

    /// The same web framework on the same machine, answering some bytes without looking at anything.
    pub(crate) fn bare(&self, body: Vec<u8>) -> SocketAddr {
        self.runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let body = Bytes::from(body);
            let answer = move || {
                let body = body.clone();
                async move { ([("content-type", "application/json")], body) }
            };
            let router = Router::new().fallback(any(answer));
            tokio::spawn(async move { axum::serve(listener, router).await });
            address
        })
    }
}
