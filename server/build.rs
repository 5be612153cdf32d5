//! Embeds the browser client: every file below the folder that `LOCKSTEP_WEB_DIST` names, compressed
//! where it has a twin that is.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The ending of a file's twin in brotli.
const BROTLI: &str = ".br";

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
    for (_, path) in &files {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let (compressed, mut plain): (BTreeMap<_, _>, BTreeMap<_, _>) = files
        .into_iter()
        .partition(|(name, _)| name.ends_with(BROTLI));
    // Under the name of the file that each stands for.
    let compressed = compressed.into_iter().map(|(name, path)| {
        let name = name.trim_end_matches(BROTLI).to_owned();
        plain.remove(&name);
        (name, path)
    });
    let compressed = list("COMPRESSED", compressed.collect());
    let source = compressed + &list("PLAIN", plain);
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    std::fs::write(Path::new(&out).join("page.rs"), source)
}

fn list(name: &str, files: BTreeMap<String, PathBuf>) -> String {
    let entry = |(name, path)| format!("    ({name:?}, include_bytes!({path:?})),\n");
    let entries: String = files.into_iter().map(entry).collect();
    format!("pub(super) static {name}: &[(&str, &[u8])] = &[\n{entries}];\n")
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
