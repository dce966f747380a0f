//! How long a signature takes, held against the bare primitive in the same run (budgets of design section 13).
//!
//! `cargo bench -p aliexpress --bench sign`. Figures are nanoseconds per signature. The two are measured in turn, in
//! batches of a fraction of a millisecond, so that a slow moment of the machine strikes both; a round's figure is the
//! median of its batches, the result the median of five rounds.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and may fail loudly"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark is what the machine's own clock is for"
)]

use std::hint::black_box;
use std::time::Instant;

use aliexpress::AppSecret;
use aliexpress::sign::{Flavour, canonical, sign};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SECRET: &str = "placeholder-app-secret-0001";
const BUDGET: f64 = 1.80;
const ROUNDS: usize = 5;
const BATCHES: usize = 101;
const CALLS: u32 = 500;

/// A text search as the SDK sends it: seven parameters of its own, five of every call.
const REQUEST: [(&str, &str); 12] = [
    ("keyWord", "usb-c cable 100% & \"mini\" ü"),
    ("local", "fr_FR"),
    ("countryCode", "FR"),
    ("currency", "EUR"),
    ("sortBy", "min_price,asc"),
    ("pageSize", "50"),
    ("pageIndex", "1"),
    ("access_token", "50000000000placeholderAccessToken0001"),
    ("method", "aliexpress.ds.text.search"),
    ("app_key", "90001234"),
    ("sign_method", "sha256"),
    ("timestamp", "1767225600000"),
];

fn main() {
    let secret = AppSecret::parse(SECRET).expect("the secret is well formed");
    let form = REQUEST.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let text = canonical(Flavour::Business, REQUEST);
    let key = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key length is allowed");
    let bare = || {
        let mut mac = key.clone();
        mac.update(black_box(text.as_bytes()));
        black_box(mac.finalize().into_bytes());
    };
    let whole = || {
        let form = black_box(&form).iter().map(|(name, value)| (name, value));
        black_box(sign(&secret, Flavour::Business, form));
    };
    // The first round warms caches and is thrown away.
    let rounds: Vec<(f64, f64)> = (0..=ROUNDS).map(|_| round(bare, whole)).skip(1).collect();
    let bare = median(rounds.iter().map(|(bare, _)| *bare).collect());
    let measured = median(rounds.iter().map(|(_, whole)| *whole).collect());
    let ratio = measured / bare;
    let verdict = if ratio <= BUDGET { "met" } else { "missed" };
    println!(
        "bench sign_12_params measured={measured:.0} bare={bare:.0} ratio={ratio:.2} budget={BUDGET:.2} {verdict}"
    );
}

/// Nanoseconds per call of each, measured in turn.
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
    start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
