//! `web`: compiles the page to wasm, binds it for the browser, and lays it out beside its static files
//! and what it makes sound with.

mod naming;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use brotli::CompressorWriter;

use crate::arguments::Arguments;
use crate::setup::{self, WasmToolchain};
use crate::workspace::Workspace;
use crate::{shell, worklet};

/// What the page and its engine may weigh on the wire, together.
const LARGEST: usize = 450_000;
/// Files smaller than this gain nothing.
const WORTH_COMPRESSING: u64 = 256;
/// The ending of a file's compressed twin.
const COMPRESSED: &str = "br";
/// Nobody fetches this but a phone that puts the page on its home screen.
const INSTALLED_ONLY: &str = "icon.png";
/// What is fetched for its sound; those behind the first two only where there are samples.
const SOUND: [&str; 6] = [
    "worklet.js",
    "engine.wasm",
    "decoder.js",
    "decoder.wasm",
    "recorder.js",
    "takes.js",
];

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    setup::for_page()?;
    make(workspace)?;
    is_light_enough(workspace)
}

/// Whether the finished page, and all it loads, is quick to fetch.
pub(crate) fn is_light_enough(workspace: &Workspace) -> Result<()> {
    let [page, engine, decoder] = weigh(&workspace.page())?;
    eprintln!("{page} bytes for the page, {engine} for its engine, {decoder} for samples");
    let weight = page + engine;
    if weight > LARGEST {
        bail!("page and engine weigh {weight} bytes compressed; {LARGEST} is the most they may");
    }
    Ok(())
}

/// Builds the page into the folder that the server embeds.
pub(crate) fn make(workspace: &Workspace) -> Result<()> {
    worklet::make(workspace)?;
    shell::announce("Building the page");
    let toolchain = WasmToolchain::find().context("setup leaves a compiler for wasm")?;
    let target = workspace.target().join("web");
    let mut build = toolchain.build(workspace);
    build
        .args([
            "--package",
            "lockstep-web",
            "--package",
            "lockstep-web-decoder",
        ])
        .args(["--lib", "--profile", "web"])
        // Nobody reads where in the source a page panicked.
        .env("RUSTFLAGS", "-Zlocation-detail=none")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &target);
    shell::run(&mut build)?;

    let fresh = workspace.target().join("web-dist-fresh");
    shell::remove(&fresh)?;
    let compiled = target.join("wasm32-unknown-unknown/web/lockstep_web.wasm");
    let mut bind = workspace.cargo();
    bind.args([
        "run",
        "--quiet",
        "--profile",
        "tool",
        "--package",
        "lockstep-bindgen",
        "--",
    ]);
    shell::run(bind.arg(compiled).arg(&fresh).arg("lockstep_web"))?;
    let assets = workspace.root().join("assets");
    shell::copy_tree(&assets.join("web"), &fresh)?;
    // The plugin's editor reads the same file.
    shell::copy_tree(&assets.join("tokens.css"), &fresh.join("tokens.css"))?;
    shell::copy(&worklet::built(workspace), &fresh.join("engine.wasm"))?;
    shell::copy(&worklet::decoder(workspace), &fresh.join("decoder.wasm"))?;
    naming::by_contents(&fresh, &SOUND)?;

    replace_changed(&fresh, &workspace.page())
}

/// What page, engine and decoder weigh on the wire, each file printed.
fn weigh(folder: &Path) -> Result<[usize; 3]> {
    let mut totals = [0; 3];
    for path in plain_files(folder)? {
        let plain = shell::size(&path)?;
        let twin = twin_of(&path);
        let size = if twin.is_file() {
            shell::size(&twin)?
        } else {
            plain
        };
        let name = path.strip_prefix(folder)?;
        eprintln!("{size:>8} bytes, {plain:>8} plain: {}", name.display());
        if name == Path::new(INSTALLED_ONLY) {
            continue;
        }
        let part = match name.to_string_lossy().split('-').next() {
            Some("engine") => 1,
            Some("decoder" | "recorder" | "takes") => 2,
            _ => 0,
        };
        totals[part] += usize::try_from(size)?;
    }
    Ok(totals)
}

/// Lays a compressed twin beside every file that is worth it. Nothing compresses better than this takes
/// long, which is why it is done here and not by the server.
fn compress(folder: &Path) -> Result<()> {
    const BEST: u32 = 11;
    const WINDOW: u32 = 22;
    for path in plain_files(folder)? {
        let plain = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        if shell::size(&path)? < WORTH_COMPRESSING {
            continue;
        }
        let mut compressed = Vec::new();
        let mut encoder = CompressorWriter::new(&mut compressed, plain.len(), BEST, WINDOW);
        encoder.write_all(&plain)?;
        // Dropping it writes the last of it.
        drop(encoder);
        shell::write(&twin_of(&path), &compressed)?;
    }
    Ok(())
}

fn twin_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(COMPRESSED);
    name.into()
}

fn plain_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = shell::files_below(folder)?;
    files.retain(|path| path.extension().is_none_or(|ending| ending != COMPRESSED));
    Ok(files)
}

/// Puts a folder in the place of another, but only if it differs: the server is built again whenever
/// the page's files are touched.
fn replace_changed(fresh: &Path, place: &Path) -> Result<()> {
    if is_same(fresh, place)? {
        return shell::remove(fresh);
    }
    compress(fresh)?;
    shell::remove(place)?;
    std::fs::rename(fresh, place).with_context(|| format!("moving the page to {}", place.display()))
}

fn is_same(one: &Path, other: &Path) -> Result<bool> {
    if !other.is_dir() {
        return Ok(false);
    }
    let contents = |folder: &Path| -> Result<Vec<_>> {
        let files = plain_files(folder)?.into_iter();
        files
            .map(|path| {
                Ok((
                    path.strip_prefix(folder)?.to_path_buf(),
                    std::fs::read(&path)?,
                ))
            })
            .collect()
    };
    Ok(contents(one)? == contents(other)?)
}

#[cfg(test)]
mod tests {
    use super::replace_changed;
    use crate::shell;

    #[test]
    fn a_page_that_is_the_same_is_left_untouched() {
        let folder = std::env::temp_dir().join(format!("lockstep-page-{}", std::process::id()));
        let (fresh, place) = (folder.join("fresh"), folder.join("place"));
        let written = || {
            std::fs::metadata(place.join("index.html"))
                .unwrap()
                .modified()
                .unwrap()
        };

        shell::write(&fresh.join("index.html"), b"one").unwrap();
        replace_changed(&fresh, &place).unwrap();
        let first = written();

        shell::write(&fresh.join("index.html"), b"one").unwrap();
        replace_changed(&fresh, &place).unwrap();
        assert_eq!(written(), first);
        assert!(!fresh.exists());

        shell::write(&fresh.join("style.css"), b"two").unwrap();
        replace_changed(&fresh, &place).unwrap();
        assert!(!place.join("index.html").exists());
        assert_eq!(std::fs::read(place.join("style.css")).unwrap(), b"two");
        shell::remove(&folder).unwrap();
    }
}
