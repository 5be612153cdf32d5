//! `fuzz`: feeds broken input to every decoder, guided by coverage.

use std::process::Command;

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::shell;
use crate::workspace::Workspace;

/// The decoders that read what others wrote.
const TARGETS: &[&str] = &["message", "journal", "snapshot"];
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
    if !shell::succeeds(Command::new("cargo").args(["fuzz", "--version"])) {
        shell::announce("Installing cargo-fuzz");
        shell::run(
            workspace
                .cargo()
                .args(["install", "cargo-fuzz", "--locked"]),
        )?;
    }
    for target in targets {
        shell::announce(&format!("Fuzzing `{target}` for {seconds} seconds"));
        shell::run(&mut fuzz(workspace, target, seconds))?;
    }
    Ok(())
}

/// The flags that make coverage-guided binaries are the nightly compiler's; where there is none, the
/// stable one is told to take them.
fn fuzz(workspace: &Workspace, target: &str, seconds: u64) -> Command {
    let mut command = workspace.cargo_named("cargo");
    let has_nightly =
        shell::succeeds(Command::new("rustup").args(["run", "nightly", "rustc", "--version"]));
    if has_nightly {
        command.env("RUSTUP_TOOLCHAIN", "nightly");
    } else {
        command.env("RUSTC_BOOTSTRAP", "1");
    }
    let folder = workspace.root().join("tests/fuzz");
    command
        .args(["fuzz", "run", "--sanitizer", "none", "--fuzz-dir"])
        .arg(folder)
        .args([target, "--", &format!("-max_total_time={seconds}")])
        .env("CARGO_TARGET_DIR", workspace.target().join("fuzz"));
    command
}
