//! The browser client that this server hands out: embedded when it was built, or read from a
//! folder at the start.

use brotli_decompressor::Decompressor;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::OnceLock;

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
    plain: OnceLock<Bytes>,
    gzipped: OnceLock<Option<Bytes>>,
    /// The same as brotli, where it was built so.
    pub(crate) brotli: Option<Bytes>,
    pub(crate) kind: &'static str,
    pub(crate) tag: String,
    /// Its name changes with its contents, so it may be kept for ever.
    pub(crate) is_hashed: bool,
}

/// How much of a twin is taken at a time.
const PIECE: usize = 16 * 1024;
/// The ending of a file's twin in brotli.
const BROTLI: &str = ".br";

impl Web {
    pub(crate) fn embedded() -> Self {
        let plain = embedded::PLAIN.iter().map(|(name, bytes)| {
            let bytes = Bytes::from_static(bytes);
            ((*name).to_owned(), WebFile::new(name, bytes, None))
        });
        let compressed = embedded::COMPRESSED.iter().map(|(name, bytes)| {
            let bytes = Bytes::from_static(bytes);
            ((*name).to_owned(), WebFile::compressed(name, bytes))
        });
        Self {
            files: plain.chain(compressed).collect(),
        }
    }

    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        read_below(folder, "", &mut files)?;
        let (mut twins, plain): (BTreeMap<_, _>, BTreeMap<_, _>) = files
            .into_iter()
            .partition(|(name, _)| name.ends_with(BROTLI));
        let file = |(name, bytes): (String, Bytes)| {
            let twin = twins.remove(&format!("{name}{BROTLI}"));
            let file = WebFile::new(&name, bytes, twin);
            (name, file)
        };
        Ok(Self {
            files: plain.into_iter().map(file).collect(),
        })
    }

    pub(crate) fn page(&self) -> Option<&WebFile> {
        self.file("index.html")
    }

    pub(crate) fn file(&self, path: &str) -> Option<&WebFile> {
        self.files.get(path)
    }
}

fn read_below(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Bytes>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_below(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, std::fs::read(entry.path())?.into());
        }
    }
    Ok(())
}

impl WebFile {
    pub(crate) fn new(name: &str, bytes: Bytes, brotli: Option<Bytes>) -> Self {
        Self {
            tag: tag(&bytes),
            plain: bytes.into(),
            gzipped: OnceLock::new(),
            brotli,
            kind: kind(name),
            is_hashed: is_hashed(name),
        }
    }

    /// A file of which only the twin is kept.
    fn compressed(name: &str, brotli: Bytes) -> Self {
        Self {
            tag: tag(&brotli),
            plain: OnceLock::new(),
            gzipped: OnceLock::new(),
            brotli: Some(brotli),
            kind: kind(name),
            is_hashed: is_hashed(name),
        }
    }

    pub(crate) fn plain(&self) -> &Bytes {
        self.plain.get_or_init(|| {
            let mut plain = Vec::new();
            let twin = self.brotli.as_deref().unwrap_or_default();
            Decompressor::new(twin, PIECE)
                .read_to_end(&mut plain)
                .expect("a twin was compressed by the build");
            plain.into()
        })
    }

    /// The same as gzip, where that is smaller. Most clients take the twin that was built, so this is
    /// made when it is first asked for.
    pub(crate) fn gzipped(&self) -> Option<&Bytes> {
        let made = || gzip(self.plain()).filter(|gzipped| gzipped.len() < self.plain().len());
        self.gzipped.get_or_init(made).as_ref()
    }
}

/// As the entity tag header has it.
fn tag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digits = digest[..12].iter().map(|byte| format!("{byte:02x}"));
    format!("\"{}\"", digits.collect::<String>())
}

fn gzip(bytes: &[u8]) -> Option<Bytes> {
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
        assert_eq!(web.page().unwrap().plain(), "<p>");
        assert_eq!(web.file("fonts/a.woff2").unwrap().kind, "font/woff2");
        assert!(web.file("../index.html").is_none());
    }

    #[test]
    fn a_large_file_is_there_compressed_too() {
        let file = |bytes: String| WebFile::new("a.js", bytes.into(), None);
        assert!(file("let a = 1;\n".repeat(1_000)).gzipped().unwrap().len() < 1_000);
        assert!(file("1".to_owned()).gzipped().is_none());
    }

    /// Text as brotli that saves nothing: how long it is, itself, and that no more follows.
    fn stored(text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap() - 1;
        let [low, middle, high, _] = (1 << 20 | length << 4).to_le_bytes();
        [&[low, middle, high], text.as_bytes(), &[3]].concat()
    }

    #[test]
    fn a_file_that_is_kept_compressed_only_is_there_plain_too() {
        let text = "let a = 1;\n".repeat(5_000);
        let file = WebFile::compressed("a.js", stored(&text).into());
        assert_eq!(file.plain(), text.as_bytes());
        assert!(file.gzipped().unwrap().len() < text.len());
        assert!(file.brotli.is_some());
    }

    #[test]
    fn a_files_twin_belongs_to_it_and_is_no_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.js"), "plain").unwrap();
        std::fs::write(folder.path().join("a.js.br"), "small").unwrap();
        let web = Web::read(folder.path()).unwrap();
        let file = web.file("a.js").unwrap();
        assert_eq!(file.brotli.as_deref(), Some(&b"small"[..]));
        assert!(web.file("a.js.br").is_none());
    }
}
