//! Where things are: the checkout, and the one target directory that every verb builds into.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout that this program was started from, not the one it happened to be compiled in:
    /// several checkouts may share a target directory.
    pub(crate) fn find() -> Result<Self> {
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").context("start this as `cargo xtask`")?;
        let root = Path::new(&manifest)
            .parent()
            .context("xtask is a folder of the workspace")?
            .to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => std::path::absolute(folder)?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The finished page, as the server embeds it.
    pub(crate) fn page(&self) -> PathBuf {
        self.target.join("web-dist")
    }

    /// The Python environment that holds the plugin hosts of the tests.
    pub(crate) fn hosts(&self) -> PathBuf {
        self.target.join("hosts-venv")
    }

    /// Cargo, in the root, on the shared target directory. The page's place is the same for every
    /// build, because a change of it would build the server again.
    pub(crate) fn cargo(&self) -> Command {
        self.cargo_named(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// The same with another cargo program.
    pub(crate) fn cargo_named(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("LOCKSTEP_WEB_DIST", self.page());
        command
    }
}
