//! How long a product takes to decode, held against strict structs in the same run (budgets of design section 13).
//!
//! `cargo bench -p aliexpress --features bench --bench decode`. Figures are microseconds per answer of about 30 KB. The
//! two are measured in turn, in batches of a few milliseconds, so that a slow moment of the machine strikes both; a
//! round's figure is the median of its batches, the result the median of five rounds. The strict structs know one
//! spelling of everything and leave prices as text.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and may fail loudly"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark is what the machine's own clock is for"
)]

mod strict;

use std::hint::black_box;
use std::time::Instant;

use aliexpress::bench_support;
use bytes::Bytes;
use serde_json::Value;

const SAMPLE: &str = include_str!("../../tests/fixtures/samples/aliexpress.ds.product.get.json");
const BUDGET: f64 = 1.30;
const BODY_BYTES: usize = 30_000;
const SKUS: usize = 30;
const ROUNDS: usize = 5;
const BATCHES: usize = 41;
const CALLS: u32 = 25;

fn main() {
    let body = Bytes::from(body());
    assert!(
        (28_000..32_000).contains(&body.len()),
        "{} bytes",
        body.len()
    );
    let bare = || {
        let wrapped: strict::Wrapped =
            serde_json::from_slice(black_box(&body)).expect("the strict structs fit the body");
        black_box(wrapped);
    };
    let whole = || {
        let product = bench_support::product(black_box(body.clone()));
        black_box(product.expect("the body is a product"));
    };
    // The first round warms caches and is thrown away.
    let rounds: Vec<(f64, f64)> = (0..=ROUNDS).map(|_| round(bare, whole)).skip(1).collect();
    let bare = median(rounds.iter().map(|(bare, _)| *bare).collect());
    let measured = median(rounds.iter().map(|(_, whole)| *whole).collect());
    let ratio = measured / bare;
    let verdict = if ratio <= BUDGET { "met" } else { "missed" };
    println!(
        "bench decode_30kb_product measured={measured:.1} bare={bare:.1} ratio={ratio:.2} budget={BUDGET:.2} {verdict}"
    );
}

/// The sample with more SKUs and a description that fills it up, written without spaces as the gateway does.
fn body() -> Vec<u8> {
    let mut whole: Value = serde_json::from_str(SAMPLE).expect("the sample is JSON");
    let result = &mut whole["aliexpress_ds_product_get_response"]["result"];
    let skus = result["ae_item_sku_info_dtos"]["ae_item_sku_info_d_t_o"]
        .as_array_mut()
        .expect("the sample has SKUs");
    let all: Vec<Value> = skus.iter().cycle().take(SKUS).cloned().collect();
    *skus = all;
    let row = "<div class=\"row\"><img src=\"https://ae01.alicdn.com/kf/S0.jpg\"/><p>Fine mat, 50 x 80 cm</p></div>";
    let short = serde_json::to_vec(&whole)
        .expect("JSON can be written")
        .len();
    let rows =
        BODY_BYTES.saturating_sub(short) / serde_json::to_string(row).map_or(1, |row| row.len());
    let result = &mut whole["aliexpress_ds_product_get_response"]["result"];
    result["ae_item_base_info_dto"]["detail"] = Value::String(row.repeat(rows));
    serde_json::to_vec(&whole).expect("JSON can be written")
}

/// Microseconds per call of each, measured in turn.
fn round(bare: impl Fn(), whole: impl Fn()) -> (f64, f64) {
    let batches: Vec<(f64, f64)> = (0..BATCHES)
        .map(|_| (per_call(&bare), per_call(&whole)))
        .collect();
    let (bare, whole) = batches.into_iter().unzip();
    (median(bare), median(whole))
}

fn per_call(call: impl Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
