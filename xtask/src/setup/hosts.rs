//! The plugin hosts of the tests that come as Python packages, in an environment of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::packages;
use crate::shell;
use crate::workspace::Workspace;

/// Each with its exact version: what a host does with a plugin is part of what the tests assert.
const PACKAGES: &[&str] = &["dawdreamer==0.9.0", "minihost==0.11.0", "numpy==2.4.6"];

/// Interpreters that the hosts are built for, the best tried first.
const INTERPRETERS: &[&str] = &[
    "python3.11",
    "python3",
    "python3.12",
    "python3.13",
    "python",
];

/// The environment's interpreter.
pub(crate) fn python(workspace: &Workspace) -> PathBuf {
    let inside = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    workspace.hosts().join(inside)
}

pub(crate) fn ensure(workspace: &Workspace) -> Result<()> {
    let folder = workspace.hosts();
    let installed = folder.join("lockstep-hosts.txt");
    let wanted = PACKAGES.join("\n");
    let is_same = std::fs::read_to_string(&installed).is_ok_and(|found| found == wanted);
    if is_same && python(workspace).exists() {
        return Ok(());
    }
    shell::announce(&format!(
        "Installing the plugin hosts of the tests: {}",
        PACKAGES.join(" ")
    ));
    shell::remove(&folder)?;
    create(&folder)?;
    let mut command = Command::new(python(workspace));
    command
        .args(["-m", "pip", "install", "--quiet", "--only-binary=:all:"])
        .args(PACKAGES);
    shell::run(&mut command).context("installing the plugin hosts")?;
    shell::write(&installed, wanted.as_bytes())
}

/// Makes the environment, installing Python first where there is none that can.
fn create(folder: &Path) -> Result<()> {
    if make_environment(folder) {
        return Ok(());
    }
    packages::install("Python and its environments", &["python3", "python3-venv"])?;
    if !make_environment(folder) {
        bail!(
            "no Python from 3.10 on here can make an environment at {}",
            folder.display()
        );
    }
    Ok(())
}

fn make_environment(folder: &Path) -> bool {
    let can_run_hosts = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    INTERPRETERS.iter().any(|python| {
        shell::succeeds(Command::new(python).args(["-c", can_run_hosts]))
            && shell::succeeds(Command::new(python).args(["-m", "venv"]).arg(folder))
    })
}
