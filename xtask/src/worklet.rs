//! The engine as wasm: what the browser's audio thread runs, and the tests beside it; and the decoder
//! of samples, which the page loads only if it needs to.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::setup::WasmToolchain;
use crate::shell;
use crate::workspace::Workspace;

/// Every browser that has an AudioWorklet computes four samples at once. With less written out in place of
/// calls the engine is smaller, and as fast.
const FLAGS: &str = "-C target-feature=+simd128 -C llvm-args=-inline-threshold=150";

/// Builds engine and decoder into the files that `built` and `decoder` name.
pub(crate) fn make(workspace: &Workspace) -> Result<()> {
    shell::announce("Building the engine for the browser");
    let toolchain = WasmToolchain::find().context("setup leaves a compiler for wasm")?;
    let mut build = toolchain.build(workspace);
    build
        .args(["--package", "lockstep-worklet"])
        .args(["--package", "lockstep-web-decoder", "--lib"])
        .args(["--profile", "worklet"])
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_TARGET_DIR", workspace.target().join("web"));
    shell::run(&mut build)
}

/// Where the engine is once it is made.
pub(crate) fn built(workspace: &Workspace) -> PathBuf {
    module(workspace, "lockstep_worklet")
}

/// Where the decoder is once it is made.
pub(crate) fn decoder(workspace: &Workspace) -> PathBuf {
    module(workspace, "lockstep_web_decoder")
}

fn module(workspace: &Workspace, name: &str) -> PathBuf {
    let folder = workspace
        .target()
        .join("web/wasm32-unknown-unknown/worklet");
    folder.join(format!("{name}.wasm"))
}
