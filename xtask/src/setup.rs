//! `setup`: finds what this machine lacks for building and testing, installs it where it may, and
//! otherwise says the one command that does.

mod hosts;
mod packages;
mod wasm;

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
    packages::ensure("the browser and display of the tests", packages::TESTS)?;
    hosts::ensure(workspace)
}
