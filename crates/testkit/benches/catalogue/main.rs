//! The budgets of a catalogue of 100,000 products (issue 5): pages and searches, and the whole catalogue as a file over
//! HTTP. Medians of five rounds after one that warms up, on SQLite and on PostgreSQL.
//!
//! `cargo bench -p testkit --bench catalogue -- [--postgres URL] [--only sqlite|postgres] [--products N]`;
//! `cargo xtask bench --only catalogue` starts the server. Fewer products are for trying it out: the budgets are those
//! of 100,000.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and may fail loudly"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the machine's time"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use smartlinks_core::Core;
use smartlinks_core::catalogue::CatalogueQuery;
use smartlinks_store::{
    Availability, CatalogueId, CatalogueProduct, CatalogueSku, CatalogueState, ConnectionId,
    Millis, NewCatalogueEntry, SystemEntropy, Traces,
};
use sqlx::{Connection as _, Executor as _, PgConnection};
use testkit::app::{App, NOON_MS, Setup};
use tokio_util::sync::CancellationToken;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PRODUCTS: i64 = 100_000;
const SKUS: i64 = 4;
/// How many are stored at the same time, so that commits are grouped.
const AT_ONCE: i64 = 128;

/// How many rounds count. One before them warms up and is thrown away.
const ROUNDS: usize = 5;

/// Prints the line that `cargo xtask bench` reads.
fn print(name: &str, measured: f64, budget: f64) {
    let verdict = if measured <= budget { "met" } else { "missed" };
    let ratio = measured / budget;
    println!(
        "bench {name} measured={measured:.2} bare=- ratio={ratio:.2} budget={budget} {verdict}"
    );
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn main() {
    let only = argument("--only");
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let products =
        argument("--products").map_or(PRODUCTS, |count| count.parse().expect("a number"));
    if wanted("sqlite") {
        measure("sqlite", None, products);
    }
    if wanted("postgres") {
        let url = argument("--postgres").expect("--postgres names a server");
        measure("postgres", Some(&url), products);
    }
}

fn argument(name: &str) -> Option<String> {
    std::env::args()
        .skip_while(|argument| argument != name)
        .nth(1)
}

/// Everything on one database, whose name the figures end with.
fn measure(database: &str, url: Option<&str>, products: i64) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the runtime starts");
    runtime.block_on(async {
        let setup = Setup {
            database: url.map(|url| url.parse().expect("the address of a database")),
            ..Setup::default()
        };
        let app = App::with(setup).await.expect("the service starts");
        // Of two, so that a file for a shop has to see that no code of the merchant's own stands in both.
        let mut connections = Vec::new();
        for account in ["demo.buyer@example.com", "second.buyer@example.com"] {
            let code = app.code(Some(account)).await.expect("a code");
            let connected = app.core.exchange_pasted(&code, None).await;
            let id = connected.expect("the account connects").id;
            connections.push(id.parse().expect("an id"));
        }
        fill(&app.core, &connections, products).await;
        if let Some(url) = url {
            settle(url).await;
        }
        pages(&app.core, database, products).await;
        file(&app, database).await;
        watch(&app, database).await;
    });
}

/// What a PostgreSQL that runs does within a minute of so many changes.
async fn settle(url: &str) {
    let mut server = PgConnection::connect(url).await.expect("it answers");
    let done = server.execute("vacuum analyze").await;
    done.expect("it tidies up and counts");
}

async fn fill(core: &Core, connections: &[ConnectionId], products: i64) {
    let store = Arc::clone(core.store());
    for first in (0..products).step_by(usize::try_from(AT_ONCE).unwrap_or(1)) {
        let saves = (first..(first + AT_ONCE).min(products)).map(|number| {
            let connection = &connections[usize::from(number % 2 == 0)];
            let entry = entry(number, connection);
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.catalogue().save(entry, Traces::none()).await })
        });
        for save in saves.collect::<Vec<_>>() {
            let saved = save.await.expect("no panic").expect("the store takes it");
            assert!(saved);
        }
    }
}

fn entry(number: i64, connection: &ConnectionId) -> NewCatalogueEntry {
    let now = Millis(NOON_MS + number);
    let title =
        format!("Lampe de bureau en chêne massif avec variateur et port USB, modèle {number}");
    let product_id = (1_005_006_100_000_000 + number).to_string();
    let product = CatalogueProduct {
        id: CatalogueId::generate(now, &SystemEntropy).expect("randomness"),
        connection: connection.clone(),
        version: 1,
        state: CatalogueState::ALL[usize::from(number % 50 == 0)],
        availability: Availability::OnSale,
        labels: vec![format!("shelf {}", number % 20)],
        search: format!(
            "lampe de bureau en chene massif avec variateur et port usb, modele {number} desk lamp of solid oak, \
             dimmable, with a usb port, warm white, for bedroom and study {product_id} nordic light store"
        ),
        product_id,
        source_title: title.clone(),
        title,
        ship_to: "FR".to_owned(),
        currency: "EUR".to_owned(),
        language: "fr".to_owned(),
        image: Some("https://ae01.alicdn.com/kf/S0123456789abcdef0123456789abcdef.jpg".to_owned()),
        shop: Some("Nordic Light Store".to_owned()),
        rule: None,
        checked_at: now,
        next_check_at: Some(now),
        added_at: now,
        updated_at: now,
    };
    let images: Vec<_> = (0..8)
        .map(|at| {
            format!("https://ae01.alicdn.com/kf/S0123456789abcdef0123456789abcd{number:x}{at}.jpg")
        })
        .collect();
    let details = json!({
        "images": images, "category_id": 1511, "rating": "4.8", "reviews": 128, "sales": "2,000+", "delivery_days": 9,
        "properties": [{ "name": "Material", "value": "Oak", "image": null }],
    });
    NewCatalogueEntry {
        product,
        skus: (0..SKUS).map(|at| sku(number, at)).collect(),
        codes_change: false,
        details_json: Some(details.to_string()),
        changes: Vec::new(),
    }
}

fn sku(number: i64, at: i64) -> CatalogueSku {
    CatalogueSku {
        sku_id: (12_000_030_000_000_000 + number * SKUS + at).to_string(),
        position: at,
        attr: format!("14:{at}#Oak"),
        properties_json: json!([{ "name": "Colour", "value": format!("Oak {at}"), "image": null }])
            .to_string(),
        image: None,
        own_code: Some(format!("LMP-{number}-{at}")),
        chosen: true,
        cost: Some("4.5".to_owned()),
        currency: Some("EUR".to_owned()),
        stock: Some(7),
        price: Some("9.99".to_owned()),
        price_currency: Some("EUR".to_owned()),
        price_by_hand: false,
        gone_at: None,
        replacement: None,
    }
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// The time that a page takes, in milliseconds.
async fn page(core: &Core, query: &CatalogueQuery) -> f64 {
    let mut figures = Vec::new();
    for round in 0..=ROUNDS {
        let begun = Instant::now();
        core.catalogue(query).await.expect("a page");
        if round > 0 {
            figures.push(millis(begun.elapsed()));
        }
    }
    median(figures)
}

async fn pages(core: &Core, database: &str, products: i64) {
    let words = |words: &str| CatalogueQuery {
        words: Some(words.to_owned()),
        ..CatalogueQuery::default()
    };
    // Half way down, as somebody gets there who pages on and on.
    let half = words(&format!("modele {}", products / 2));
    let middle = core.catalogue(&half).await.expect("a page").products;
    let deep = CatalogueQuery {
        after: middle.first().map(|product| product.id.clone()),
        ..CatalogueQuery::default()
    };
    let held = CatalogueQuery {
        state: Some("held".to_owned()),
        ..CatalogueQuery::default()
    };
    for (name, query) in [
        ("catalogue_page_ms", CatalogueQuery::default()),
        ("catalogue_page_half_way_ms", deep),
        ("catalogue_page_of_a_state_ms", held),
        ("catalogue_search_common_ms", words("chêne bureau")),
        (
            "catalogue_search_oldest_ms",
            words("lampe \u{e9}t\u{e9} modele"),
        ),
        ("catalogue_search_nothing_ms", words("introuvable")),
    ] {
        let name = format!("{name}_{database}");
        print(&name, page(core, &query).await, 200.0);
    }
}

/// Resident memory in megabytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kilobytes = kilobytes.and_then(|text| text.trim().parse::<f64>().ok());
    kilobytes.expect("a number") / 1024.0
}

/// The whole catalogue as a file, over HTTP; what it adds is the highest of what is resident, over what was before.
async fn file(app: &App, database: &str) {
    let (mut starts, mut wholes, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let before = resident();
        let (mut highest, mut bytes, mut parts) = (before, 0, 0);
        let begun = Instant::now();
        let address = format!("{}/api/aliexpress/catalogue/export?format=shopify", app.url);
        let mut answer = reqwest::get(&address).await.expect("an answer");
        let mut first = None;
        while let Some(part) = answer.chunk().await.expect("the file is whole") {
            first.get_or_insert_with(|| begun.elapsed());
            bytes += part.len();
            parts += 1;
            if parts % 64 == 0 {
                highest = highest.max(resident());
            }
        }
        if round == 0 {
            println!("a file of {} MB", bytes / 1_000_000);
            continue;
        }
        starts.push(millis(first.expect("something came")));
        wholes.push(begun.elapsed().as_secs_f64());
        added.push(highest - before);
    }
    for (name, figures, budget) in [
        ("catalogue_export_start_ms", starts, 200.0),
        ("catalogue_export_whole_s", wholes, 15.0),
        ("catalogue_export_adds_mb", added, 20.0),
    ] {
        print(&format!("{name}_{database}"), median(figures), budget);
    }
}

/// How many seconds of the service's clock the watch is followed.
const WATCHED_SECONDS: i64 = 60;
/// How many of them warm up: connections to the database and to AliExpress are opened when they are first needed, and
/// stay. What the watch adds is counted from there.
const WARM_SECONDS: i64 = 10;
/// A fifth of the documented rate of `aliexpress.ds.product.get`, in calls per second.
const WATCH_BUDGET: f64 = 100.0;

/// Everything is due at once, and three instances take what they get: how many calls one second of the service's clock
/// holds at most, how long the whole catalogue takes at that pace, and what it adds to what is resident once it is warm.
async fn watch(app: &App, database: &str) {
    // Past the time of all of them.
    app.advance(24 * 3600);
    let (mut warm, mut highest) = (0.0, 0.0);
    let (mut most, mut all) = (0_usize, 0_usize);
    let stop = CancellationToken::new();
    for second in 0..WATCHED_SECONDS {
        if second == WARM_SECONDS {
            warm = resident();
        }
        app.advance(1);
        let mut calls = 0;
        loop {
            let instances = (0..3).map(|_| {
                let (core, stop) = (app.core.clone(), stop.clone());
                tokio::spawn(async move { core.watch_products(&stop).await })
            });
            let mut looked_at = 0;
            for instance in instances.collect::<Vec<_>>() {
                let work = instance
                    .await
                    .expect("no panic")
                    .expect("the store answers");
                looked_at += work.looked_at;
            }
            if looked_at == 0 {
                break;
            }
            calls += looked_at;
        }
        (most, all) = (most.max(calls), all + calls);
        highest = resident().max(highest);
    }
    let per_second = f64::from(u32::try_from(all).unwrap_or(u32::MAX)) / 60.0;
    let most = f64::from(u32::try_from(most).unwrap_or(u32::MAX));
    print(
        &format!("watch_calls_per_second_{database}"),
        most,
        WATCH_BUDGET,
    );
    print(
        &format!("watch_whole_catalogue_h_{database}"),
        100_000.0 / per_second.max(0.001) / 3600.0,
        24.0,
    );
    print(&format!("watch_adds_mb_{database}"), highest - warm, 20.0);
}
