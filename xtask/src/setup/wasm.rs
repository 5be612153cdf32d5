//! The compiler for the page: the usual toolchain with its wasm target, or where that target cannot be
//! fetched, Debian's compiler, which builds the standard library itself.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::packages;
use crate::shell;
use crate::workspace::Workspace;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The packages of Debian's way, and what shows that they are there.
const DEBIAN_PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "lld-22",
];
const DEBIAN_FILES: &[&str] = &[
    "/usr/bin/rustc",
    "/usr/bin/cargo",
    "/usr/lib/rustlib/src/rust/library/Cargo.lock",
    "/usr/bin/wasm-ld-22",
];

#[derive(Clone, Copy, Debug)]
pub(crate) enum Toolchain {
    /// The compiler in use has the target's standard library.
    Usual,
    /// Debian's compiler, with the standard library's source.
    Debian,
}

impl Toolchain {
    pub(crate) fn find() -> Option<Self> {
        if usual_has_target() {
            Some(Self::Usual)
        } else if DEBIAN_FILES.iter().all(|file| Path::new(file).exists()) {
            Some(Self::Debian)
        } else {
            None
        }
    }

    /// Cargo's `build` for the page's target.
    pub(crate) fn build(self, workspace: &Workspace) -> Command {
        match self {
            Self::Usual => {
                let mut command = workspace.cargo();
                command.args(["build", "--target", TARGET]);
                command
            }
            Self::Debian => {
                let mut command = workspace.cargo_named("/usr/bin/cargo");
                command
                    .args([
                        "build",
                        "--target",
                        TARGET,
                        "-Z",
                        "build-std=std,panic_abort",
                    ])
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env_remove("RUSTUP_TOOLCHAIN");
                command
            }
        }
    }
}

pub(crate) fn ensure() -> Result<()> {
    if Toolchain::find().is_some() {
        return Ok(());
    }
    if shell::find_program("rustup").is_some() {
        shell::announce("Installing the wasm target of the Rust toolchain");
        if shell::run(Command::new("rustup").args(["target", "add", TARGET])).is_ok()
            && usual_has_target()
        {
            return Ok(());
        }
    }
    packages::install(
        "Debian's Rust compiler and linker for wasm",
        DEBIAN_PACKAGES,
    )?;
    if Toolchain::find().is_none() {
        bail!("no Rust compiler here can build for {TARGET}; run `rustup target add {TARGET}`");
    }
    Ok(())
}

/// Whether the compiler that cargo uses here has a standard library for the target.
fn usual_has_target() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder =
        shell::output(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}
