//! A folder as one file, in the way of this system. The same contents make the same bytes: order, owner
//! and time of what is inside are none of the machine's that packed it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::shell;

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Tar,
    Zip,
}

impl Kind {
    /// What people of this system open without a tool of its own.
    pub(super) fn of_this_system() -> Self {
        if cfg!(windows) { Self::Zip } else { Self::Tar }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Tar => "tar.gz",
            Self::Zip => "zip",
        }
    }
}

/// Packs a folder beside itself, under its own name.
pub(super) fn pack(folder: &Path, kind: Kind) -> Result<PathBuf> {
    let name = folder.file_name().context("a folder has a name")?;
    let name = name.to_string_lossy();
    let archive = folder.with_file_name(format!("{name}.{}", kind.ending()));
    let file = File::create(&archive).with_context(|| format!("creating {}", archive.display()))?;
    let mut entries = Vec::new();
    for path in shell::files_below(folder)? {
        let inside = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        let inside = inside.replace(std::path::MAIN_SEPARATOR, "/");
        entries.push(Entry {
            inside: format!("{name}/{inside}"),
            mode: mode(&path)?,
            path,
        });
    }
    let out = BufWriter::new(file);
    let packed = match kind {
        Kind::Tar => tar(&entries, out),
        Kind::Zip => zip(&entries, out),
    };
    packed.with_context(|| format!("packing {}", archive.display()))?;
    Ok(archive)
}

struct Entry {
    path: PathBuf,
    inside: String,
    mode: u32,
}

fn tar(entries: &[Entry], out: impl Write) -> Result<()> {
    let mut archive = tar::Builder::new(GzEncoder::new(out, Compression::best()));
    for entry in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(shell::size(&entry.path)?);
        header.set_mode(entry.mode);
        header.set_mtime(0);
        archive.append_data(&mut header, &entry.inside, File::open(&entry.path)?)?;
    }
    archive.into_inner()?.finish()?.flush()?;
    Ok(())
}

fn zip(entries: &[Entry], out: impl Write + io::Seek) -> Result<()> {
    let mut archive = ZipWriter::new(out);
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(entry.mode);
        archive.start_file(&entry.inside, options)?;
        io::copy(&mut File::open(&entry.path)?, &mut archive)?;
    }
    archive.finish()?.flush()?;
    Ok(())
}

/// Whether it may be run is all that is kept.
#[cfg(unix)]
fn mode(path: &Path) -> Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode();
    Ok(if mode & 0o111 == 0 { 0o644 } else { 0o755 })
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Result<u32> {
    Ok(0o644)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn folder(name: &str) -> PathBuf {
        let parent = format!("lockstep-archive-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(parent).join("parcel");
        shell::write(&folder.join("INSTALL.txt"), b"notes").unwrap();
        shell::write(&folder.join("inside/tool"), b"program").unwrap();
        folder
    }

    #[cfg(unix)]
    #[test]
    fn an_archive_holds_the_folder_and_whether_its_files_may_be_run() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("tar");
        let tool = folder.join("inside/tool");
        std::fs::set_permissions(&tool, PermissionsExt::from_mode(0o700)).unwrap();
        let archive = pack(&folder, Kind::Tar).unwrap();
        let mut reader = tar::Archive::new(GzDecoder::new(File::open(&archive).unwrap()));
        let found: Vec<_> = reader
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut text = String::new();
                entry.read_to_string(&mut text).unwrap();
                let path = entry.path().unwrap().display().to_string();
                (path, entry.header().mode().unwrap(), text)
            })
            .collect();
        let entry = |path: &str, mode, text: &str| (path.to_owned(), mode, text.to_owned());
        assert_eq!(
            found,
            [
                entry("parcel/INSTALL.txt", 0o644, "notes"),
                entry("parcel/inside/tool", 0o755, "program"),
            ]
        );
        shell::remove(folder.parent().unwrap()).unwrap();
    }

    #[test]
    fn the_same_contents_make_the_same_archive() {
        for kind in [Kind::Tar, Kind::Zip] {
            let folder = folder(kind.ending());
            let first = std::fs::read(pack(&folder, kind).unwrap()).unwrap();
            shell::write(&folder.join("INSTALL.txt"), b"notes").unwrap();
            let second = std::fs::read(pack(&folder, kind).unwrap()).unwrap();
            assert!(first == second, "{kind:?}");
            shell::remove(folder.parent().unwrap()).unwrap();
        }
    }
}
