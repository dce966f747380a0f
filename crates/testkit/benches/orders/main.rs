//! The budgets of a million orders (issue 5): every page, filter, search and count that page and API offer, in process,
//! and the heaviest of them as whole answers over HTTP. Medians of five rounds after one that warms up, on SQLite and on
//! PostgreSQL.
//!
//! `cargo bench -p testkit --bench orders -- [--postgres URL] [--only sqlite|postgres] [--orders N]`;
//! `cargo xtask bench --only orders` starts the server. Fewer orders are for trying it out: the budgets are those of a
//! million.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and may fail loudly"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the machine's time"
)]

mod rows;

use std::time::{Duration, Instant};

use smartlinks_core::{Core, IntentListing, OrderListing};
use testkit::app::{App, Setup};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ORDERS: i64 = 1_000_000;
/// How many rounds count. One before them warms up and is thrown away.
const ROUNDS: usize = 5;
/// Milliseconds that any of it may take.
const BUDGET: f64 = 200.0;

/// Prints the line that `cargo xtask bench` reads.
fn print(name: &str, measured: f64) {
    let verdict = if measured <= BUDGET { "met" } else { "missed" };
    let ratio = measured / BUDGET;
    println!(
        "bench {name} measured={measured:.2} bare=- ratio={ratio:.2} budget={BUDGET} {verdict}"
    );
}

fn main() {
    let only = argument("--only");
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let orders = argument("--orders").map_or(ORDERS, |count| count.parse().expect("a number"));
    if wanted("sqlite") {
        measure("sqlite", Setup::default(), orders);
    }
    if wanted("postgres") {
        let url = argument("--postgres").expect("--postgres names a server");
        let setup = Setup {
            database: Some(url.parse().expect("the address of a database")),
            ..Setup::default()
        };
        measure("postgres", setup, orders);
    }
}

fn argument(name: &str) -> Option<String> {
    std::env::args()
        .skip_while(|argument| argument != name)
        .nth(1)
}

/// Everything on one database, whose name the figures end with.
fn measure(database: &str, setup: Setup, orders: i64) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the runtime starts");
    runtime.block_on(async {
        let address = argument("--postgres").filter(|_| setup.database.is_some());
        let app = App::with(setup).await.expect("the service starts");
        let connection = app.connect().await.expect("the account connects");
        let begun = Instant::now();
        let place = match &address {
            Some(address) => rows::Place::Postgres(address),
            None => rows::Place::Sqlite(&app.data.join("smartlinks.db")),
        };
        rows::fill(place, &connection, orders).await;
        println!("{orders} orders in {} s", begun.elapsed().as_secs());
        pages_of_orders(&app.core, database, orders).await;
        searches(&app.core, database, orders).await;
        counts(&app.core, &connection, database).await;
        pages_of_intents(&app.core, database, orders).await;
        answers(&app, database, orders).await;
    });
}

/// The time of one piece of work in milliseconds, as the median of the rounds.
async fn time<T>(mut work: impl AsyncFnMut() -> T) -> f64 {
    let mut figures = Vec::new();
    for round in 0..=ROUNDS {
        let begun = Instant::now();
        work().await;
        if round > 0 {
            figures.push(millis(begun.elapsed()));
        }
    }
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// A cursor in the middle of the list, as somebody gets there who pages on and on.
fn half_way(orders: i64, id: impl Fn(i64) -> String) -> Option<String> {
    let number = orders / 2;
    Some(format!("{}.{}", rows::added_at(number), id(number)))
}

async fn pages_of_orders(core: &Core, database: &str, orders: i64) {
    let of = |statuses: &[&str]| OrderListing {
        statuses: Some(statuses.iter().map(|it| (*it).to_owned()).collect()),
        ..OrderListing::default()
    };
    let half = OrderListing {
        after: half_way(orders, rows::order_id),
        ..OrderListing::default()
    };
    let alerted = OrderListing {
        alert: Some("not_shipped".to_owned()),
        ..OrderListing::default()
    };
    for (name, listing, found) in [
        ("orders_page_ms", OrderListing::default(), 50),
        ("orders_page_half_way_ms", half.clone(), 50),
        ("orders_page_of_a_common_state_ms", of(&["FINISH"]), 50),
        (
            "orders_page_of_a_rare_state_ms",
            of(&["IN_ISSUE"]),
            rows::RARE,
        ),
        (
            "orders_page_of_some_states_ms",
            of(&["WAIT_COMPLETE_ADDRESS", "IN_ISSUE", "IN_FROZEN"]),
            rows::RARE,
        ),
        (
            "orders_page_of_some_states_half_way_ms",
            OrderListing {
                after: half.after,
                ..of(&["FINISH", "FUND_PROCESSING"])
            },
            50,
        ),
        (
            "orders_page_of_an_alert_ms",
            alerted,
            rows::alerted(orders).min(50),
        ),
    ] {
        let took = time(async || {
            let page = core.orders(&listing).await.expect("a page");
            assert_eq!(page.orders.len(), found, "{name}");
        });
        print(&format!("{name}_{database}"), took.await);
    }
}

async fn searches(core: &Core, database: &str, orders: i64) {
    for (name, number, found) in [
        ("orders_search_number_ms", rows::order_id(orders / 3), 1),
        (
            "orders_search_our_number_ms",
            rows::out_order_id(orders / 3),
            1,
        ),
        ("orders_search_parcel_ms", rows::parcel(orders / 3), 1),
        ("orders_search_nothing_ms", "8000000000000001".to_owned(), 0),
    ] {
        let listing = OrderListing {
            number: Some(number),
            ..OrderListing::default()
        };
        let took = time(async || {
            let page = core.orders(&listing).await.expect("a page");
            assert_eq!(page.orders.len(), found, "{name}");
        });
        print(&format!("{name}_{database}"), took.await);
    }
}

async fn counts(core: &Core, connection: &str, database: &str) {
    let took = time(async || core.orders_by_state(None).await.expect("numbers"));
    print(&format!("orders_count_by_state_ms_{database}"), took.await);
    let took = time(async || {
        core.orders_by_state(Some(connection))
            .await
            .expect("numbers")
    });
    print(
        &format!("orders_count_of_a_connection_ms_{database}"),
        took.await,
    );
    let took = time(async || core.order_alerts().await.expect("numbers"));
    print(&format!("orders_count_alerts_ms_{database}"), took.await);
}

async fn pages_of_intents(core: &Core, database: &str, orders: i64) {
    let of = |state: &str| IntentListing {
        state: Some(state.to_owned()),
        ..IntentListing::default()
    };
    let half = IntentListing {
        after: half_way(orders, rows::intent_id),
        ..IntentListing::default()
    };
    for (name, listing, found) in [
        ("intents_page_ms", IntentListing::default(), 50),
        ("intents_page_half_way_ms", half, 50),
        ("intents_page_of_a_common_state_ms", of("placed"), 50),
        (
            "intents_page_of_a_rare_state_ms",
            of("awaiting_person"),
            rows::RARE,
        ),
    ] {
        let took = time(async || {
            let page = core.order_intents(&listing).await.expect("a page");
            assert_eq!(page.intents.len(), found, "{name}");
        });
        print(&format!("{name}_{database}"), took.await);
    }
}

/// Whole answers, as a person and a program get them.
async fn answers(app: &App, database: &str, orders: i64) {
    let half = half_way(orders, rows::order_id).unwrap_or_default();
    for (name, path) in [
        ("orders_over_http_tab_ms", "/aliexpress/orders".to_owned()),
        (
            "orders_over_http_tab_of_a_stage_ms",
            "/aliexpress/orders?stage=stuck".to_owned(),
        ),
        (
            "orders_over_http_tab_half_way_ms",
            format!("/aliexpress/orders?cursor={half}"),
        ),
        (
            "orders_over_http_api_ms",
            "/api/aliexpress/orders?limit=200".to_owned(),
        ),
        (
            "intents_over_http_api_ms",
            "/api/aliexpress/order-intents?limit=200".to_owned(),
        ),
    ] {
        let address = format!("{}{path}", app.url);
        let client = reqwest::Client::new();
        let took = time(async || {
            let answer = client.get(&address).send().await.expect("an answer");
            assert_eq!(answer.status(), 200, "{name}");
            answer.bytes().await.expect("its body")
        });
        print(&format!("{name}_{database}"), took.await);
    }
}
