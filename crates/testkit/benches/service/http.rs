//! Budgets of requests a second: status, the address of a login, the callback, vending, the proxy.

use std::sync::Arc;
use std::time::Instant;

use smartlinks_core::{BeginLogin, Browser, Requester};

use crate::figure::{Better, ROUNDS, median, median_of, print};
use crate::load::{Load, Shot};
use crate::world::World;

const CONNECTIONS: u32 = 64;
const API: &str = "/api/aliexpress";

/// `GET /api/aliexpress/status`, ten connections.
pub(crate) fn status(world: &World, load: &Load) {
    get(world, load, "status", &format!("{API}/status"), 40_000.0);
}

/// `GET /api/aliexpress/oauth/url`: each answer stands for a state on disk.
pub(crate) fn login_address(world: &World, load: &Load) {
    get(
        world,
        load,
        "oauth_url",
        &format!("{API}/oauth/url"),
        20_000.0,
    );
}

/// `GET /api/aliexpress/connections/{id}/token`.
pub(crate) fn vend(world: &World, load: &Load) {
    let path = format!(
        "{API}/connections/{}/token?min_ttl=600",
        world.connections[0]
    );
    get(world, load, "vend_http", &path, 40_000.0);
}

fn get(world: &World, load: &Load, name: &str, path: &str, budget: f64) {
    let body = world.runtime.block_on(async {
        let key = world.headers[0].trim_start_matches("Authorization: Bearer ");
        let visitor = world.app.visitor().expect("a visitor");
        let visitor = visitor.with_api_key(key).expect("a key");
        let reply = visitor.get(path).await.expect("an answer");
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.body.to_vec()
    });
    let bare = world.bare(body);
    let shot = |base: String| Shot {
        url: format!("{base}{path}"),
        connections: CONNECTIONS,
        script: "",
        headers: &world.headers,
    };
    let rounds: Vec<(f64, f64)> = (0..=ROUNDS)
        .map(|_| {
            let bare = load.fire(&shot(format!("http://{bare}"))).rate;
            (bare, load.fire(&shot(world.app.url.clone())).rate)
        })
        .skip(1)
        .collect();
    let bare = median(rounds.iter().map(|(bare, _)| *bare).collect());
    let own = median(rounds.iter().map(|(_, own)| *own).collect());
    print(name, own, Some(bare), budget, Better::More);
}

/// An access token from memory, asked for in process. Microseconds.
pub(crate) fn vend_in_process(world: &World) {
    const CALLS: u32 = 200_000;
    let (core, id) = (&world.app.core, world.connections[0].as_str());
    let ttl = std::time::Duration::from_secs(600);
    let micros = median_of(|| {
        world.runtime.block_on(async {
            let begun = Instant::now();
            for _ in 0..CALLS {
                let vended = core.vend(Some(id), ttl).await.expect("a token");
                std::hint::black_box(vended.token());
            }
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
        })
    });
    print("vend_in_process_us", micros, None, 5.0, Better::Less);
}

/// The callback: state check, exchange over HTTP, sealed durable write, redirect. Every request brings a state of its
/// own and a new account, so nothing can be answered from memory.
pub(crate) fn callback(world: &World, load: &Load) {
    const STATES: usize = 30_000;
    let (cookie, browser) = Browser::generate(&world.app.core).expect("a browser");
    let headers = [format!("Cookie: smartlinks_browser={cookie}")];
    let mut connected = world.connections.len() as u64;
    let rate = median_of(|| {
        let states = world.runtime.block_on(states(world, &browser, STATES));
        let file = load.write("states", &states.join("\n"));
        let script = CALLBACKS.replace("STATES", &file.display().to_string());
        let report = load.fire(&Shot {
            url: world.app.url.clone(),
            connections: CONNECTIONS,
            script: &script,
            headers: &headers,
        });
        let now = world.runtime.block_on(count(world));
        let made = now - connected;
        connected = now;
        // What wrk had sent when it stopped may be connected without being counted.
        assert!(
            made >= report.requests && made <= report.requests + 128,
            "{made} connections of {} requests",
            report.requests
        );
        report.rate
    });
    print("callback", rate, None, 5_000.0, Better::More);
}

const CALLBACKS: &str = r#"
local states = {}
for line in io.lines("STATES") do states[#states + 1] = line end
local sent = 0
function request()
  sent = sent + 1
  return wrk.format("GET", "/aliexpress/callback?code=bench_" .. sent .. "&state=" .. states[(sent - 1) % #states + 1])
end
function response()
  if sent >= #states - 64 then wrk.thread:stop() end
end
"#;

async fn states(world: &World, browser: &Browser, count: usize) -> Vec<String> {
    let core = Arc::new(world.app.core.clone());
    let mut made = Vec::with_capacity(count);
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..count {
        if running.len() >= 256 {
            made.extend(
                running
                    .join_next()
                    .await
                    .map(|state| state.expect("a state")),
            );
        }
        let (core, browser) = (Arc::clone(&core), browser.clone());
        running.spawn(async move {
            let begin = BeginLogin::by(Requester::Browser(browser));
            core.begin_login(begin).await.expect("a login").state
        });
    }
    while let Some(state) = running.join_next().await {
        made.push(state.expect("a state"));
    }
    made
}

async fn count(world: &World) -> u64 {
    let (mut total, mut after) = (0, None::<String>);
    loop {
        let page = world.app.core.connections_after(after.as_deref(), 500);
        let page = page.await.expect("a page");
        total += page.len() as u64;
        match page.last() {
            Some(last) if page.len() == 500 => after = Some(last.id.clone()),
            _ => return total,
        }
    }
}

/// The signed proxy with a product answer of 30 KB: calls a second, and what it adds to the direct call.
pub(crate) fn proxy(world: &World, load: &Load) {
    const BODY: &str = r#"{"product_id":"1005006000000001","ship_to_country":"FR"}"#;
    let script = format!(
        "wrk.method = \"POST\"\nwrk.body = '{BODY}'\nwrk.headers[\"Content-Type\"] = \"application/json\"\n"
    );
    let path = format!(
        "{API}/connections/{}/call/aliexpress.ds.product.get",
        world.connections[0]
    );
    let shot = |url: String, connections: u32| Shot {
        url,
        connections,
        script: &script,
        headers: &world.headers,
    };
    let own = format!("{}{path}", world.app.url);
    let direct = format!("http://{}/sync", world.gateway.address);
    let rates: Vec<(f64, f64)> = (0..=ROUNDS)
        .map(|_| {
            let bare = load.fire(&shot(direct.clone(), CONNECTIONS)).rate;
            let before = world.gateway.products();
            let report = load.fire(&shot(own.clone(), CONNECTIONS));
            let called = world.gateway.products() - before;
            // Nothing came from memory, and no call was repeated. What wrk had sent when it stopped is not counted by it.
            assert!(
                called >= report.requests && called <= report.requests + 2 * u64::from(CONNECTIONS),
                "{called} calls for {} requests",
                report.requests
            );
            (bare, report.rate)
        })
        .skip(1)
        .collect();
    let bare = median(rates.iter().map(|(bare, _)| *bare).collect());
    let rate = median(rates.iter().map(|(_, own)| *own).collect());
    print("proxy_30kb", rate, Some(bare), 6_000.0, Better::More);
    let added = median_of(|| {
        let bare = load.fire(&shot(direct.clone(), 1)).p50_ms;
        load.fire(&shot(own.clone(), 1)).p50_ms - bare
    });
    print("proxy_adds_p50_ms", added, None, 0.5, Better::Less);
}
