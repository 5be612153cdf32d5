//! `setup`: finds what this machine lacks for building and testing, installs it where it may, and
//! otherwise says the one command that does.

mod hosts;
mod packages;
mod wasm;

use std::process::Command;

use anyhow::Result;

use crate::arguments::Arguments;
use crate::shell;
use crate::workspace::Workspace;

pub(crate) use hosts::python as hosts_python;
pub(crate) use wasm::Toolchain as WasmToolchain;

/// Everything that any verb needs.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    for_page()?;
    for_tests(workspace)?;
    shell::announce("Nothing is missing");
    Ok(())
}

/// What building needs. The plugin itself needs no package: it opens the window system's libraries
/// when its editor opens.
pub(crate) fn for_page() -> Result<()> {
    wasm::ensure()
}

/// What running the tests needs beyond that: a browser, a display, and plugin hosts.
pub(crate) fn for_tests(workspace: &Workspace) -> Result<()> {
    for_browser()?;
    packages::ensure("the other browsers of the tests", packages::BROWSERS)?;
    program("geckodriver")?;
    packages::ensure(
        "the window manager and hands of the tests",
        packages::WINDOWS,
    )?;
    hosts::ensure(workspace)?;
    // It is large, and not every system has it: its tests can be left out.
    if let Err(error) = packages::ensure("a workstation of the tests", packages::WORKSTATION) {
        eprintln!("\nThe tests in Ardour will be left out: {error:#}");
    }
    Ok(())
}

/// Whether the tests in Ardour can be run.
pub(crate) fn has_workstation() -> bool {
    packages::are_there(packages::WORKSTATION)
}

/// What the instrument as a program of its own is linked with: the system's audio, on Linux only.
pub(crate) fn for_standalone() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    packages::ensure("the tool that finds libraries", packages::STANDALONE)?;
    if shell::succeeds(Command::new("pkg-config").args(["--exists", "alsa"])) {
        return Ok(());
    }
    packages::install("the headers of the system's audio", &["libasound2-dev"])
}

/// What running a browser needs.
pub(crate) fn for_browser() -> Result<()> {
    packages::ensure("the browser and display of the tests", packages::TESTS)
}

/// What fuzzing needs: the tool, and a compiler for the C++ of its engine.
pub(crate) fn for_fuzzing() -> Result<()> {
    packages::ensure("the C++ compiler of the fuzzing engine", packages::FUZZING)?;
    program("cargo-fuzz")
}

/// A program that cargo builds and installs.
fn program(name: &str) -> Result<()> {
    if shell::find_program(name).is_some() {
        return Ok(());
    }
    shell::announce(&format!("Installing {name}"));
    let mut cargo = Command::new("cargo");
    // It is built apart from the project: none of its parts serve anything here.
    shell::run(
        cargo
            .args(["install", name, "--locked"])
            .env_remove("CARGO_TARGET_DIR"),
    )
}
