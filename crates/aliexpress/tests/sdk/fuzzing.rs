//! The fuzz targets without a fuzzer: over the samples, cut and damaged, and over arbitrary bytes. Always the same
//! cases, so that a failure can be repeated.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::harness;

/// How many bytes lie between two cuts of a large sample. Odd, so that cuts fall everywhere in its rows, which repeat.
const STRIDE: usize = 31;

/// Every sample of the reference that is kept here.
fn seeds() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/samples");
    let mut seeds: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 36, "{}", seeds.len());
    seeds
}

/// Numbers that look random and are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// A seed with one to four bytes turned into others.
fn damaged(seed: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut body = seed.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(body.len());
        body[at] ^= 1 << numbers.below(8);
    }
    body
}

#[test]
fn every_sample_goes_through_every_target() {
    for (_, seed) in seeds() {
        harness::decoder(&seed);
        harness::canonical(&seed);
        harness::push_body(&seed);
        harness::explain_input(&seed);
    }
}

/// Every kind of place in every sample. Every single place of one answer is cut by
/// `robustness::every_cut_of_an_answer_is_truncated`, and of the push here.
#[test]
fn samples_cut_anywhere_are_survived() {
    for (path, seed) in seeds() {
        let is_push = path.to_string_lossy().contains("webhook");
        let step = if is_push { 1 } else { STRIDE };
        for end in (0..seed.len()).step_by(step) {
            harness::one_decoder(&seed[..end]);
            harness::push_body(&seed[..end]);
        }
    }
}

#[test]
fn damaged_samples_are_survived() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for (_, seed) in seeds() {
        for _ in 0..12 {
            let body = damaged(&seed, &mut numbers);
            harness::decoder(&body);
            harness::push_body(&body);
            harness::canonical(&body);
        }
    }
}

#[test]
fn damaged_pastes_are_survived() {
    let seeds = [
        "curl -sS 'https://api-sg.aliexpress.com/rest/auth/token/create?app_key=1' -H 'A: b' -d 'code=a%2Bb+c&timestamp=1767225600000'",
        "https://api-sg.aliexpress.com/sync?method=aliexpress.ds.product.get&app_key=1&extend=%7B%22a%22%3A%5B1%5D%7D&sign=00",
        "app_key=90001234&session=50000&timestamp=2026-01-01T00%3A00%3A00Z&sign=YWJj",
    ];
    let mut numbers = Numbers(7);
    for seed in seeds {
        for end in 0..seed.len() {
            harness::explain_input(&seed.as_bytes()[..end]);
        }
        for _ in 0..30 {
            harness::explain_input(&damaged(seed.as_bytes(), &mut numbers));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_bytes_are_survived(data in prop::collection::vec(any::<u8>(), 0..400)) {
        harness::decoder(&data);
        harness::canonical(&data);
        harness::push_body(&data);
        harness::explain_input(&data);
    }

    #[test]
    fn any_pairs_are_survived(data in "[a-cA-C_0-2é=&%+ \\x00]{0,80}") {
        harness::canonical(data.as_bytes());
        harness::explain_input(data.as_bytes());
    }
}
