//! The engine as wasm: what the browser's audio thread runs, and the tests beside it; and the decoder
//! of samples, which the page loads only if it needs to.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::setup::WasmToolchain;
use crate::shell;
use crate::web;
use crate::workspace::Workspace;

/// What the engine may weigh on the wire.
const LARGEST: usize = 250_000;

/// Builds engine and decoder into the files that `built` and `decoder` name.
pub(crate) fn make(workspace: &Workspace) -> Result<()> {
    shell::announce("Building the engine for the browser");
    let toolchain = WasmToolchain::find().context("setup leaves a compiler for wasm")?;
    let mut build = toolchain.build(workspace);
    build
        .args(["--package", "lockstep-worklet"])
        .args(["--package", "lockstep-web-decoder", "--lib"])
        .args(["--profile", "worklet"])
        // Every browser that has an AudioWorklet computes four samples at once.
        .env("RUSTFLAGS", "-C target-feature=+simd128")
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

/// Whether the engine is quick to fetch.
pub(crate) fn is_light_enough(workspace: &Workspace) -> Result<()> {
    let path = built(workspace);
    let contents = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let weight = web::gzipped(&contents)?;
    if weight > LARGEST {
        bail!("the engine weighs {weight} bytes gzipped; {LARGEST} is the most it may");
    }
    eprintln!(
        "{weight} bytes gzipped, {} plain: the engine",
        contents.len()
    );
    Ok(())
}
