//! Embeds the browser client: every file below the folder that `LOCKSTEP_WEB_DIST` names.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=LOCKSTEP_WEB_DIST");
    let mut files = Vec::new();
    if let Some(folder) = std::env::var_os("LOCKSTEP_WEB_DIST").map(PathBuf::from) {
        // The folder itself is watched too, so that a page built later is noticed.
        println!("cargo::rerun-if-changed={}", folder.display());
        if folder.is_dir() {
            find(&folder, "", &mut files)?;
        }
    }
    files.sort();
    let mut source = "pub(super) static FILES: &[(&str, &[u8])] = &[\n".to_owned();
    for (name, path) in files {
        println!("cargo::rerun-if-changed={}", path.display());
        writeln!(source, "    ({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
    }
    source.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    std::fs::write(Path::new(&out).join("page.rs"), source)
}

fn find(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            find(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, std::path::absolute(entry.path())?));
        }
    }
    Ok(())
}
