//! `web`: compiles the page to wasm, binds it for the browser, and lays it out beside its static files
//! and what it makes sound with.

mod naming;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::arguments::Arguments;
use crate::setup::{self, WasmToolchain};
use crate::workspace::Workspace;
use crate::{shell, worklet};

/// What the page and all it loads may weigh on the wire: what it weighs today and a little more.
/// The aim is 120,000; what reads and writes the session's types is most of the rest.
const LARGEST_PAGE: usize = 380_000;
/// The same with the engine, which comes once the page is there.
const LARGEST_WITH_SOUND: usize = 450_000;
/// What is fetched for its sound; the last two only where a session has samples.
const SOUND: [&str; 4] = ["worklet.js", "engine.wasm", "decoder.js", "decoder.wasm"];

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    setup::for_page()?;
    make(workspace)?;
    is_light_enough(workspace)
}

/// Whether the finished page, and all it loads, is quick to fetch.
pub(crate) fn is_light_enough(workspace: &Workspace) -> Result<()> {
    let [page, engine, decoder] = weigh(&workspace.page())?;
    eprintln!("{page} bytes gzipped for the page, {engine} for its engine, {decoder} for samples");
    if page > LARGEST_PAGE {
        bail!("the page weighs {page} bytes gzipped; {LARGEST_PAGE} is the most it may");
    }
    if page + engine > LARGEST_WITH_SOUND {
        bail!("page and engine weigh more than {LARGEST_WITH_SOUND} bytes gzipped");
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

/// The gzipped size of page, engine and decoder, each file printed.
fn weigh(folder: &Path) -> Result<[usize; 3]> {
    let mut totals = [0; 3];
    for path in shell::files_below(folder)? {
        let contents =
            std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let size = gzipped(&contents)?;
        let name = path.strip_prefix(folder)?;
        eprintln!(
            "{size:>8} bytes gzipped, {:>8} plain: {}",
            contents.len(),
            name.display()
        );
        let part = match name.to_string_lossy().split('-').next() {
            Some("engine") => 1,
            Some("decoder") => 2,
            _ => 0,
        };
        totals[part] += size;
    }
    Ok(totals)
}

/// What contents weigh on the wire.
pub(crate) fn gzipped(contents: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(contents)?;
    Ok(encoder.finish()?.len())
}

/// Puts a folder in the place of another, but only if it differs: the server is built again whenever
/// the page's files are touched.
fn replace_changed(fresh: &Path, place: &Path) -> Result<()> {
    if is_same(fresh, place)? {
        return shell::remove(fresh);
    }
    shell::remove(place)?;
    std::fs::rename(fresh, place).with_context(|| format!("moving the page to {}", place.display()))
}

fn is_same(one: &Path, other: &Path) -> Result<bool> {
    if !other.is_dir() {
        return Ok(false);
    }
    let contents = |folder: &Path| -> Result<Vec<_>> {
        let files = shell::files_below(folder)?.into_iter();
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
