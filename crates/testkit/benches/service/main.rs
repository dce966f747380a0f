//! The budgets of the service (design section 13), each measured on the release build in one run, with the load
//! generator on the same cores; medians of five rounds after one that warms up.
//!
//! `cargo bench -p testkit --bench service -- --wrk PATH [--postgres URL] [--only NAME]`;
//! `cargo xtask bench` finds or starts all of these.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark prints, and may fail loudly"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the machine's time"
)]

mod figure;
mod gateway;
mod http;
mod load;
mod process;
mod tick;
mod world;

use std::path::PathBuf;

use load::Load;
use world::World;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let load = Load::new(&PathBuf::from(
        argument("--wrk").unwrap_or("wrk".to_owned()),
    ));
    let only = argument("--only");
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if ["cli", "start"].into_iter().any(wanted) {
        let binary = testkit::server::binary().expect("the release builds");
        if wanted("cli") {
            process::command(&binary);
        }
        if wanted("start") {
            process::start_and_memory(&binary, &load);
        }
    }
    if ["status", "oauth_url", "vend", "proxy", "callback"]
        .into_iter()
        .any(wanted)
    {
        let world = World::new();
        let parts: [(&str, &dyn Fn()); 5] = [
            ("status", &|| http::status(&world, &load)),
            ("vend", &|| {
                http::vend_in_process(&world);
                http::vend(&world, &load);
            }),
            ("proxy", &|| http::proxy(&world, &load)),
            ("oauth_url", &|| http::login_address(&world, &load)),
            ("callback", &|| http::callback(&world, &load)),
        ];
        for (name, measure) in parts {
            if wanted(name) {
                measure();
            }
        }
    }
    if wanted("tick") {
        tick::sqlite();
        tick::postgres(&argument("--postgres").expect("--postgres names a server for the tick"));
    }
}

fn argument(name: &str) -> Option<String> {
    std::env::args()
        .skip_while(|argument| argument != name)
        .nth(1)
}
