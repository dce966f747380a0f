//! What is generated from the catalogue is what the catalogue says today.

use std::process::Command;

#[test]
fn nothing_generated_is_stale() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["codegen", "--check"])
        .current_dir(crate::workspace::root())
        .output()
        .expect("xtask starts");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
}
