//! `fuzz`: feeds broken input to every decoder, guided by coverage.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::workspace::Workspace;
use crate::{setup, shell};

/// The decoders that read what others wrote, and the doors of a running server.
const TARGETS: &[&str] = &["message", "journal", "snapshot", "sample", "socket", "http"];
const SECONDS: u64 = 60;

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<()> {
    let seconds = arguments.number("--seconds")?.unwrap_or(SECONDS);
    let chosen = arguments.word();
    arguments.finish()?;
    let targets: Vec<_> = match &chosen {
        Some(name) => TARGETS.iter().filter(|target| *target == name).collect(),
        None => TARGETS.iter().collect(),
    };
    if targets.is_empty() {
        bail!(
            "there is nothing of that name to fuzz; there are: {}",
            TARGETS.join(", ")
        );
    }
    setup::for_fuzzing()?;
    for target in targets {
        shell::announce(&format!("Fuzzing `{target}` for {seconds} seconds"));
        shell::run(&mut fuzz(workspace, target, seconds)?)?;
    }
    Ok(())
}

/// What is found goes below the target directory; the seeds in the checkout are only read. The flags
/// that make a program tell its coverage are unstable, and the stable compiler is told to take them.
fn fuzz(workspace: &Workspace, target: &str, seconds: u64) -> Result<Command> {
    let folder = workspace.root().join("tests/fuzz");
    let found = workspace.target().join("fuzz-corpus").join(target);
    std::fs::create_dir_all(&found).with_context(|| format!("making {}", found.display()))?;
    let mut command = workspace.cargo();
    command
        .args(["fuzz", "run", "--sanitizer", "none", "--fuzz-dir"])
        .arg(&folder)
        .arg(target)
        .arg(found)
        .arg(folder.join("corpus").join(target))
        .args([
            "--",
            &format!("-max_total_time={seconds}"),
            "-max_len=65536",
            "-timeout=20",
        ])
        .env("CARGO_TARGET_DIR", workspace.target().join("fuzz"))
        .env("RUSTC_BOOTSTRAP", "1");
    Ok(command)
}
