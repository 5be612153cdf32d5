//! The browser client that this server hands out: embedded when it was built, or read from a
//! folder at the start.

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/page.rs"));
}

/// Files smaller than a packet gain nothing from compression.
const WORTH_COMPRESSING: usize = 1_200;

#[derive(Debug, Default)]
pub(crate) struct Web {
    files: BTreeMap<String, WebFile>,
}

#[derive(Debug)]
pub(crate) struct WebFile {
    pub(crate) bytes: Bytes,
    /// The same as gzip, where that is smaller.
    pub(crate) compressed: Option<Bytes>,
    pub(crate) kind: &'static str,
    /// As the entity tag header has it.
    pub(crate) tag: String,
    /// Its name changes with its contents, so it may be kept for ever.
    pub(crate) is_hashed: bool,
}

impl Web {
    pub(crate) fn embedded() -> Self {
        let file =
            |(name, bytes): &(&str, &'static [u8])| WebFile::new(name, Bytes::from_static(bytes));
        Self {
            files: embedded::FILES
                .iter()
                .map(|entry| (entry.0.to_owned(), file(entry)))
                .collect(),
        }
    }

    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let mut web = Self::default();
        web.read_below(folder, "")?;
        Ok(web)
    }

    fn read_below(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.read_below(&entry.path(), &format!("{name}/"))?;
            } else {
                let file = WebFile::new(&name, std::fs::read(entry.path())?.into());
                self.files.insert(name, file);
            }
        }
        Ok(())
    }

    pub(crate) fn page(&self) -> Option<&WebFile> {
        self.file("index.html")
    }

    pub(crate) fn file(&self, path: &str) -> Option<&WebFile> {
        self.files.get(path)
    }
}

impl WebFile {
    pub(crate) fn new(name: &str, bytes: Bytes) -> Self {
        let digest = Sha256::digest(&bytes);
        let tag: String = digest[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let compressed = compress(&bytes).filter(|compressed| compressed.len() < bytes.len());
        Self {
            compressed,
            kind: kind(name),
            tag: format!("\"{tag}\""),
            is_hashed: is_hashed(name),
            bytes,
        }
    }
}

fn compress(bytes: &[u8]) -> Option<Bytes> {
    if bytes.len() < WORTH_COMPRESSING {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// `name-0123abcd.js`: the part before the extension ends in at least eight hexadecimal digits.
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_carry_a_hash_are_kept_for_ever() {
        for (name, hashed) in [
            ("lockstep_web-0123abcd.js", true),
            ("snippets/worklet-0123456789abcdef.js", true),
            ("index.html", false),
            ("lockstep-web.js", false),
            ("style-0123.css", false),
            ("deadbeef.css", false),
        ] {
            assert_eq!(is_hashed(name), hashed, "{name}");
        }
    }

    #[test]
    fn a_folder_is_read_with_everything_below_it_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("fonts")).unwrap();
        std::fs::write(folder.path().join("index.html"), "<p>").unwrap();
        std::fs::write(folder.path().join("fonts/a.woff2"), "font").unwrap();
        let web = Web::read(folder.path()).unwrap();
        assert_eq!(web.page().unwrap().bytes, "<p>");
        assert_eq!(web.file("fonts/a.woff2").unwrap().kind, "font/woff2");
        assert!(web.file("../index.html").is_none());
    }

    #[test]
    fn a_large_file_is_there_compressed_too() {
        let file = WebFile::new("a.js", Bytes::from("let a = 1;\n".repeat(1_000)));
        assert!(file.compressed.unwrap().len() < 1_000);
        assert!(
            WebFile::new("a.js", Bytes::from_static(b"1"))
                .compressed
                .is_none()
        );
    }
}
