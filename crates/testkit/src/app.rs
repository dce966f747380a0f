//! The whole service in this process: sandbox, database, use cases and server, with a clock that stands
//! still until a test moves it.

mod sandbox;
mod setup;

use std::path::PathBuf;
use std::sync::Arc;

use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxClock, SandboxConfig};
use anyhow::Result;
use serde_json::Value;
use smartlinks_core::{Core, CreateApiKey, Error, Grantable, Password, Scope, Visitor};
use smartlinks_server::{Access, Environment, Exposition, Hosts, ServerOptions};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::database::SqliteFile;
use crate::http::{Http, Reply};
use crate::push::PushOverHttp;
pub use setup::{MakeProvider, Setup};
use setup::{core, start_workers};

/// Monday, 23 November 2026, noon UTC: what the frozen clock shows at first. Milliseconds.
pub const NOON_MS: i64 = 1_795_435_200_000;
/// The made-up secret of the sandbox application.
pub const APP_SECRET: &str = "sandbox-secret";
/// The operator of a service that asks for one.
pub const OPERATOR: &str = "anna@example.com";
/// That operator's made-up password.
pub const PASSWORD: &str = "four made-up words of hers";

/// A running service. Everything ends when it is dropped.
pub struct App {
    /// The use cases.
    pub core: Core,
    /// The sandbox.
    pub sandbox: Sandbox,
    /// `http://127.0.0.1:PORT` of the sandbox.
    pub sandbox_url: String,
    /// `http://127.0.0.1:PORT` of the service.
    pub url: String,
    /// The data directory.
    pub data: PathBuf,
    setup: Setup,
    stop: CancellationToken,
    _folder: Arc<TempDir>,
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The session cookie on plain http.
pub const SESSION_COOKIE: &str = "smartlinks_session";

fn password() -> Password {
    PASSWORD.to_owned().into()
}

#[derive(Debug)]
struct Frozen(SandboxClock);

impl aliexpress::Clock for Frozen {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0.now_ms()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl App {
    /// A fresh service with nobody connected.
    pub async fn start() -> Result<Self> {
        Self::with(Setup::default()).await
    }

    /// The same, put together in another way.
    pub async fn with(setup: Setup) -> Result<Self> {
        let folder = Arc::new(tempfile::tempdir()?);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let sandbox_url = format!("http://{}", listener.local_addr()?);
        let config = SandboxConfig {
            base_url: sandbox_url.clone(),
            check_timestamp: CheckTimestamp::Virtual,
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::new(config, Arc::new(|| NOON_MS), 1)?;
        let stop = CancellationToken::new();
        tokio::spawn(
            sandbox
                .clone()
                .serve(listener, stop.clone().cancelled_owned()),
        );
        Self::assemble(setup, sandbox, sandbox_url, folder, stop).await
    }

    /// A second service over the same database and sandbox: another process, as far as they can tell.
    pub async fn beside(&self) -> Result<Self> {
        self.beside_with(self.setup.clone()).await
    }

    /// The same, put together in another way.
    pub async fn beside_with(&self, setup: Setup) -> Result<Self> {
        let stop = self.stop.child_token();
        Self::assemble(
            setup,
            self.sandbox.clone(),
            self.sandbox_url.clone(),
            Arc::clone(&self._folder),
            stop,
        )
        .await
    }

    async fn assemble(
        setup: Setup,
        sandbox: Sandbox,
        sandbox_url: String,
        folder: Arc<TempDir>,
        stop: CancellationToken,
    ) -> Result<Self> {
        let data = folder.path().join("data");
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let callback = format!("http://{address}/aliexpress/callback");
        sandbox.set_callback_url(Some(callback.clone()))?;
        let (metrics, exposition) = Exposition::new();
        let core = core(&setup, &sandbox, &sandbox_url, &callback, &data, metrics).await?;
        start_workers(&setup, &sandbox, &core, &stop);
        if setup.push {
            sandbox.set_push_url(Some(format!("http://{address}/aliexpress/push")))?;
            sandbox.set_push_sender(Arc::new(PushOverHttp));
        }
        tokio::spawn(exposition.clone().keep_folded(stop.clone()));
        let router = smartlinks_server::router(ServerOptions {
            core: core.clone(),
            access: if setup.operators {
                Access::Operators
            } else {
                Access::Open
            },
            environment: Environment::Sandbox {
                control_url: format!("{sandbox_url}/_sandbox/"),
            },
            hosts: Hosts::loopback(address.port()),
            secure_cookies: setup.behind_tls,
            trusted_proxies: setup.trusted_proxies.clone(),
            limits: setup.limits,
            metrics: exposition,
            stop: stop.clone(),
        });
        tokio::spawn(smartlinks_server::serve(listener, router, stop.clone()));
        Ok(Self {
            core,
            sandbox,
            sandbox_url,
            url: format!("http://{address}"),
            data,
            setup,
            stop,
            _folder: folder,
        })
    }

    /// All workers of a server, for a service whose setup starts none, until the guard is dropped.
    #[must_use = "they end when the guard is dropped"]
    pub fn workers(&self) -> impl Drop + use<> {
        let stop = CancellationToken::new();
        let (still, moved) = watch::channel(0);
        let running = self.core.start_workers(false, &stop, &moved);
        tokio::spawn(async move {
            let _still = still;
            running.join_all().await
        });
        stop.drop_guard()
    }

    /// A way past the service into its database.
    pub fn database(&self) -> Result<SqliteFile> {
        SqliteFile::open(&self.data.join("smartlinks.db"))
    }

    /// A new browser, or program, that visits the service.
    pub fn visitor(&self) -> Result<Http> {
        Http::new(&self.url)
    }

    /// A browser in which [`OPERATOR`] has signed in. The operator is made when there is none yet.
    pub async fn signed_in(&self) -> Result<Http> {
        self.operator().await?;
        let signed_in = self
            .core
            .sign_in(OPERATOR, password(), &Visitor::default(), None)
            .await?;
        let visitor = self.visitor()?;
        visitor.set_cookie(SESSION_COOKIE, &signed_in.cookie);
        Ok(visitor)
    }

    /// Makes [`OPERATOR`], with [`PASSWORD`], unless there is that operator already.
    pub async fn operator(&self) -> Result<()> {
        match self.core.invite_operator(OPERATOR).await {
            Ok(_) => {
                let set = self.core.set_operator_password(OPERATOR, password());
                set.await?;
                Ok(())
            }
            Err(Error::OperatorExists(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A fresh API key with these scopes, that does not expire.
    pub async fn key(&self, scopes: &[Scope]) -> Result<String> {
        let create = CreateApiKey {
            name: "test".to_owned(),
            scopes: scopes.iter().copied().collect(),
            expires_at: None,
            grantable: Grantable::everything(),
        };
        let made = self.core.create_api_key(create).await?;
        Ok(made.key.reveal().to_owned())
    }

    /// A program with a fresh API key with these scopes.
    pub async fn program(&self, scopes: &[Scope]) -> Result<Http> {
        self.visitor()?.with_api_key(&self.key(scopes).await?)
    }

    /// Moves the clock forward.
    pub fn advance(&self, seconds: i64) {
        self.sandbox.clock().advance(seconds);
    }

    /// Connects the usual buyer and gives the id of the connection.
    pub async fn connect(&self) -> Result<String> {
        Ok(self
            .core
            .exchange_pasted(&self.code(None).await?, None)
            .await?
            .id)
    }
}

/// The body as JSON.
pub fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}
