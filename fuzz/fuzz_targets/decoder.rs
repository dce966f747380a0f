#![no_main]
#![allow(dead_code)]

#[path = "../../crates/aliexpress/tests/sdk/harness.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|data: &[u8]| harness::decoder(data));
