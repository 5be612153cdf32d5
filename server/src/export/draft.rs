//! A file that appears under its name only once it is whole. It must not know what is in it.

use std::io::Result;
use std::path::{Path, PathBuf};

/// Dropping it takes away what was written.
#[derive(Debug)]
pub(super) struct Draft {
    target: PathBuf,
    part: PathBuf,
}

impl Draft {
    pub(super) fn of(target: &Path) -> Self {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        Self {
            target: target.to_owned(),
            part: target.with_file_name(name),
        }
    }

    /// Where to write.
    pub(super) fn path(&self) -> &Path {
        &self.part
    }

    pub(super) fn keep(self) -> Result<()> {
        std::fs::rename(&self.part, &self.target)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is not there if it was kept or never made.
        let _ = std::fs::remove_file(&self.part);
    }
}
