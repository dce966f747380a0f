//! A sandbox in real time, accounts connected to it, and processes that share one PostgreSQL database.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use aliexpress::{AppKey, AppSecret, AuthorizationCode, Client, GatewayUrl, TokenPair};
use aliexpress_sandbox::{Sandbox, SandboxConfig};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use smartlinks_store::{
    Account, ConnectionId, DatabaseUrl, Millis, NewConnection, NewPair, OpenOptions, Store,
    SystemEntropy, TokenMaterial, open_or_create_keys,
};
use tempfile::TempDir;
use testkit::database::TestDatabase;
use testkit::http::Http;
use testkit::server::{Service, ServiceProcess, binary};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub(crate) const REFRESH: &str = "/auth/token/refresh";
const SECRET: &str = "sandbox-secret";
const CALLBACK: &str = "http://127.0.0.1:8080/aliexpress/callback";

#[expect(
    clippy::disallowed_methods,
    reason = "the processes under test live in real time"
)]
pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// An account that was connected before any process started.
pub(crate) struct Connected {
    pub(crate) id: ConnectionId,
    /// How the sandbox's journal shows its first refresh token: 8 hexadecimal digits of its hash.
    pub(crate) mark: String,
}

/// What all processes share.
pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) gateway: String,
    pub(crate) folder: TempDir,
    _sandbox: Sandbox,
}

impl World {
    pub(crate) async fn on(database: TestDatabase) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let gateway = format!("http://{}", listener.local_addr()?);
        let config = SandboxConfig {
            base_url: gateway.clone(),
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::new(config, Arc::new(now_ms), 1)?;
        tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
        let world = Self {
            database,
            gateway,
            folder: tempfile::tempdir()?,
            _sandbox: sandbox,
        };
        world.control("journal", &json!({ "keep": 20_000 })).await?;
        Ok(world)
    }

    /// Tells the sandbox something.
    pub(crate) async fn control(&self, path: &str, body: &Value) -> Result<Value> {
        let reply = Http::new(&self.gateway)?
            .post_json(&format!("/_sandbox/{path}"), body)
            .await?;
        ensure!(reply.status < 300, "{path}: {}", reply.text());
        reply.json()
    }

    /// From now on each answer to a refresh comes so late.
    pub(crate) async fn delay_refreshes(&self, milliseconds: u64) -> Result<()> {
        let fault = json!({
            "match": { "method": REFRESH }, "times": 1_000_000, "then": "delay", "delay_ms": milliseconds
        });
        self.control("faults", &fault).await.map(drop)
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    pub(crate) async fn store(&self) -> Result<Arc<dyn Store>> {
        let url: DatabaseUrl = self.database.url().parse()?;
        let needed = smartlinks_store::stored_key_fingerprint(&url).await?;
        let (keys, _) = open_or_create_keys(&self.key_file(), needed.as_deref(), &SystemEntropy)?;
        Ok(smartlinks_store::open(OpenOptions::new(url, keys, Arc::new(SystemEntropy))).await?)
    }

    /// Connects accounts whose pairs come from the sandbox, to be refreshed at a moment.
    pub(crate) async fn connect(&self, number: u32, due: Millis) -> Result<Vec<Connected>> {
        let client = Client::builder(AppKey::parse("500100")?, AppSecret::parse(SECRET)?)
            .gateway(GatewayUrl::parse(&self.gateway)?)
            .build()?;
        let store = self.store().await?;
        let http = Arc::new(Http::new(&self.gateway)?);
        let mut connecting = JoinSet::new();
        let mut connected = Vec::new();
        for number in 0..number {
            if connecting.len() >= 32 {
                connected.extend(connecting.join_next().await.transpose()?.transpose()?);
            }
            let (client, store, http) = (client.clone(), store.clone(), Arc::clone(&http));
            connecting.spawn(async move {
                let code = http
                    .post_json("/_sandbox/codes", &json!({}))
                    .await?
                    .json()?;
                let code = AuthorizationCode::new(code["code"].as_str().context("no code")?);
                let pair = client.oauth().create(&code).await?;
                connect_one(&*store, number, &pair, due).await
            });
        }
        while let Some(one) = connecting.join_next().await {
            connected.push(one??);
        }
        store.close().await;
        Ok(connected)
    }

    fn variables(&self, database: &str) -> Vec<(String, String)> {
        let key_file = self.key_file().display().to_string();
        [
            ("ALIEXPRESS_APP_KEY", "500100"),
            ("ALIEXPRESS_APP_SECRET", SECRET),
            ("ALIEXPRESS_CALLBACK_URL", CALLBACK),
            ("ALIEXPRESS_GATEWAY_URL", &self.gateway),
            ("DATABASE_URL", database),
            ("SMARTLINKS_KEY_FILE", &key_file),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// A real `smartlinks serve` on the shared database. Starting waits for the process, so it takes a thread.
    pub(crate) async fn serve(&self, database: String) -> Result<ServiceProcess> {
        let service = self
            .variables(&database)
            .into_iter()
            .fold(Service::plain(), |service, (name, value)| {
                service.variable(&name, value)
            });
        tokio::task::spawn_blocking(move || service.start()).await?
    }

    /// A program that uses a server, with a key made by a command beside it.
    pub(crate) async fn program(&self, server: &ServiceProcess) -> Result<Http> {
        let scopes = ["--scope", "read", "--scope", "token", "--scope", "admin"];
        let create = [&["api-keys", "create", "test", "--json"][..], &scopes].concat();
        let made = self.command(&create).await?;
        let words = String::from_utf8_lossy(&made.stderr).into_owned();
        ensure!(made.status.success(), "{words}");
        let made: Value = serde_json::from_slice(&made.stdout)?;
        let key = made["key"].as_str().context("no key")?;
        server.visitor()?.with_api_key(key)
    }

    /// A command of its own process, with a home of its own.
    pub(crate) async fn command(&self, arguments: &[&str]) -> Result<Output> {
        self.command_on(&self.database.url(), arguments).await
    }

    /// The same without a database address: on SQLite.
    pub(crate) async fn command_without_database(&self, arguments: &[&str]) -> Result<Output> {
        self.command_on("", arguments).await
    }

    pub(crate) async fn command_on(&self, database: &str, arguments: &[&str]) -> Result<Output> {
        let binary = tokio::task::spawn_blocking(binary).await??;
        let home = tempfile::tempdir()?;
        let output = tokio::process::Command::new(binary)
            .args(arguments)
            .env_clear()
            .env("HOME", home.path())
            .envs(self.variables(database))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await?;
        Ok(output)
    }

    /// How often the sandbox was asked to refresh with each token, by the mark of the token.
    pub(crate) async fn refreshes(&self) -> Result<BTreeMap<String, usize>> {
        let reply = Http::new(&self.gateway)?
            .get(&format!("/_sandbox/journal?api={REFRESH}&limit=20000"))
            .await?;
        let journal = reply.expect_status(200)?.json()?;
        let mut refreshes = BTreeMap::new();
        for entry in journal["entries"].as_array().context("no entries")? {
            let shown = entry["params"]["refresh_token"]
                .as_str()
                .context("no token")?;
            *refreshes.entry(mark_in(shown)?).or_default() += 1;
        }
        Ok(refreshes)
    }
}

async fn connect_one(
    store: &dyn Store,
    number: u32,
    pair: &TokenPair,
    due: Millis,
) -> Result<Connected> {
    let refresh = pair.refresh_token.as_ref().context("no refresh token")?;
    let id = ConnectionId::generate(Millis(now_ms()), &SystemEntropy)?;
    let millis = |at: jiff::Timestamp| Millis(at.as_millisecond());
    let new = NewConnection {
        id: id.clone(),
        label: None,
        account: Account {
            user_id: (2_000_000_000 + u64::from(number)).to_string(),
            ..Account::default()
        },
        pair: NewPair {
            material: TokenMaterial {
                access_token: pair.access_token.expose().to_owned().into(),
                refresh_token: Some(refresh.expose().to_owned().into()),
            },
            obtained_at: millis(pair.obtained_at),
            works_until: pair.works_until.map(millis),
            sign_in_again_by: pair.sign_in_again_by.map(millis),
            next_refresh_at: Some(due),
        },
    };
    store.connect(new, Millis(now_ms()).into()).await?;
    let hash = hex::encode(Sha256::digest(refresh.expose().as_bytes()));
    Ok(Connected {
        id,
        mark: hash[..8].to_owned(),
    })
}

/// The hash in what the journal shows of a secret.
fn mark_in(shown: &str) -> Result<String> {
    let (_, hash) = shown.split_once("sha256 ").context("no hash is shown")?;
    Ok(hash.chars().take(8).collect())
}

/// Asks until it is so. Nothing outside a process can be waited on otherwise.
pub(crate) async fn until<T, F: Future<Output = Result<Option<T>>>>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> F,
) -> Result<T> {
    let asking = async {
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(within, asking)
        .await
        .with_context(|| format!("{what}: not within {within:?}"))?
}

/// No thread of a process has panicked.
pub(crate) fn calm(output: &str) -> Result<()> {
    ensure!(
        !output.contains("panicked"),
        "a process panicked:\n{output}"
    );
    Ok(())
}
