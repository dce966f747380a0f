//! A look for due refreshes costs what is due, not what exists: 100 due among 1,000 and among 1,000,000 connections.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use aliexpress::{AppKey, AppSecret, Client, GatewayUrl, SystemClock};
use smartlinks_core::{App, AppSetup, Core, CoreOptions, to_millis};
use smartlinks_store::{
    Account, ConnectionId, DatabaseUrl, KeyRing, Millis, NewConnection, NewPair, OpenOptions,
    Store, SystemEntropy, TokenMaterial,
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tokio_util::sync::CancellationToken;

use crate::figure::{ROUNDS, median};
use crate::gateway;

const DUE: usize = 100;
const FEW: usize = 1_000;
const MANY: usize = 1_000_000;

/// A database, in the form that both the store and plain SQL can open.
#[derive(Clone)]
enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Place {
    fn url(&self) -> DatabaseUrl {
        match self {
            Self::Sqlite(path) => DatabaseUrl::Sqlite(path.clone()),
            Self::Postgres(address) => address.parse().expect("an address"),
        }
    }
}

/// On a SQLite file.
pub(crate) fn sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    compare("tick_sqlite", &|name| {
        Place::Sqlite(folder.path().join(format!("{name}.db")))
    });
}

/// On the PostgreSQL server of this address, in databases of our own.
pub(crate) fn postgres(server: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let names = ["bench_few", "bench_many"];
    let sql = |text: String| {
        runtime.block_on(async {
            let mut connection = sqlx::PgConnection::connect(server).await.expect("a server");
            connection.execute(AssertSqlSafe(text)).await.expect("SQL");
        });
    };
    for name in names {
        sql(format!("drop database if exists {name}"));
        sql(format!("create database {name}"));
    }
    let address = |name: &str| {
        let mut url = url::Url::parse(server).expect("an address");
        url.set_path(&format!("bench_{name}"));
        Place::Postgres(url.to_string())
    };
    compare("tick_postgres", &address);
    for name in names {
        sql(format!("drop database {name} with (force)"));
    }
}

/// Ticks in both, in turn. Milliseconds for 100 due.
fn compare(name: &str, database: &dyn Fn(&str) -> Place) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (few, many) = runtime.block_on(async {
        let gateway = gateway::serve().await.address;
        (
            Ticker::new(database("few"), FEW, gateway).await,
            Ticker::new(database("many"), MANY, gateway).await,
        )
    });
    let rounds: Vec<(f64, f64)> = (0..=ROUNDS)
        .map(|_| runtime.block_on(async { (few.tick().await, many.tick().await) }))
        .skip(1)
        .collect();
    let bare = median(rounds.iter().map(|(few, _)| *few).collect());
    let measured = median(rounds.iter().map(|(_, many)| *many).collect());
    // The budget is one of the ratio, so the bare figure is the small table.
    let verdict = if measured <= bare * 1.3 {
        "met"
    } else {
        "missed"
    };
    println!(
        "bench {name} measured={measured:.2} bare={bare:.2} ratio={:.2} budget=1.30 {verdict}",
        measured / bare
    );
}

struct Ticker {
    core: Core,
    ids: Vec<ConnectionId>,
    place: Place,
}

impl Ticker {
    async fn new(place: Place, connections: usize, gateway: std::net::SocketAddr) -> Self {
        let keys = KeyRing::ephemeral(&SystemEntropy).expect("keys");
        let options = OpenOptions::new(place.url(), keys, Arc::new(SystemEntropy));
        let store = smartlinks_store::open(options).await.expect("a database");
        let ids = connect(&*store, DUE).await;
        raw(&place, &fill(&place, connections - DUE)).await;
        Self {
            core: core(store, gateway),
            ids,
            place,
        }
    }

    /// Makes all due and renews them. Milliseconds.
    async fn tick(&self) -> f64 {
        let list: Vec<_> = self.ids.iter().map(|id| format!("'{id}'")).collect();
        let due = format!(
            "update connections set next_refresh_at = 1 where id in ({})",
            list.join(",")
        );
        raw(&self.place, &due).await;
        let begun = Instant::now();
        let work = self.core.refresh_due(&CancellationToken::new()).await;
        let taken = begun.elapsed().as_secs_f64() * 1e3;
        let work = work.expect("a tick");
        assert_eq!((work.due, work.renewed), (DUE, DUE));
        taken
    }
}

fn core(store: Arc<dyn Store>, gateway: std::net::SocketAddr) -> Core {
    let client = Client::builder(
        AppKey::parse("500100").expect("a key"),
        AppSecret::parse("bench-secret").expect("a secret"),
    )
    .gateway(GatewayUrl::parse(&format!("http://{gateway}")).expect("loopback"))
    .build()
    .expect("a client");
    Core::new(CoreOptions::new(
        AppSetup::Ready(App {
            client,
            callback_url: "http://127.0.0.1/aliexpress/callback"
                .parse()
                .expect("an address"),
        }),
        store,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    ))
    .expect("a service")
}

async fn connect(store: &dyn Store, count: usize) -> Vec<ConnectionId> {
    let now = to_millis(jiff::Timestamp::now());
    let mut ids = Vec::new();
    for number in 0..count {
        let id = ConnectionId::generate(now, &SystemEntropy).expect("an id");
        let new = NewConnection {
            id: id.clone(),
            label: None,
            account: Account {
                user_id: format!("16{number:08}"),
                ..Account::default()
            },
            pair: NewPair {
                material: TokenMaterial {
                    access_token: format!("50000{number:059}").into(),
                    refresh_token: Some(format!("50001{number:059}").into()),
                },
                obtained_at: now,
                works_until: Some(Millis(now.0 + 2_592_000_000)),
                sign_in_again_by: Some(Millis(now.0 + 5_184_000_000)),
                next_refresh_at: Some(Millis(now.0 + 2_000_000_000)),
            },
        };
        store.connect(new, now.into()).await.expect("a connection");
        ids.push(id);
    }
    ids
}

/// Connections that are not due for a while, written by the database itself.
fn fill(place: &Place, count: usize) -> String {
    let numbers = match place {
        Place::Sqlite(_) => format!(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < {count})"
        ),
        Place::Postgres(_) => {
            format!("with n(i) as (select generate_series(1, {count}))")
        }
    };
    let (id, blob) = match place {
        Place::Sqlite(_) => ("printf('conn_bench-%012d', i)", "zeroblob(180)"),
        Place::Postgres(_) => (
            "'conn_bench-' || lpad(i::text, 12, '0')",
            "decode(repeat('00', 180), 'hex')",
        ),
    };
    // Spread over the coming month.
    let due = "cast(4000000000000 as bigint) + cast(i as bigint) * 2500";
    format!(
        "insert into connections (id, account_user_id, state, generation, access_token, refresh_token, \
         sealed_with, obtained_at, works_until, sign_in_again_by, signed_in_at, next_refresh_at, \
         refresh_failures, is_default, created_at, updated_at) {numbers} \
         select {id}, {id}, 'active', 1, {blob}, {blob}, 'k0', 1, {due}, {due}, 1, {due}, 0, 0, 1, 1 from n"
    )
}

async fn raw(place: &Place, sql: &str) {
    match place {
        Place::Sqlite(path) => {
            let connection = rusqlite::Connection::open(path).expect("the file");
            connection.execute_batch(sql).expect("SQL");
        }
        Place::Postgres(address) => {
            let mut connection = sqlx::PgConnection::connect(address)
                .await
                .expect("a server");
            let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
            done.expect("SQL");
            // As the database would do by itself soon after.
            connection
                .execute("analyze connections")
                .await
                .expect("SQL");
        }
    }
}
