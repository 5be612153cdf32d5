//! Builds the session server as it is given to people, with the page inside.

use std::path::PathBuf;

use anyhow::Result;

use crate::bundle::PROFILE;
use crate::shell;
use crate::workspace::Workspace;

/// Gives the finished program.
pub(crate) fn make(workspace: &Workspace, profile: &str) -> Result<PathBuf> {
    build(
        workspace,
        profile,
        &["--package", "lockstep-server", "--bins"],
    )
}

/// The same after the plugin. Chosen together with it, the server leans on what is there; by itself it
/// would want most of that again, with a feature less here and there.
pub(crate) fn make_beside_plugin(workspace: &Workspace) -> Result<PathBuf> {
    let plugin = ["--package", "lockstep-plugin", "--lib"];
    let server = ["--package", "lockstep-server", "--bin", "lockstep-server"];
    build(
        workspace,
        PROFILE,
        &plugin.into_iter().chain(server).collect::<Vec<_>>(),
    )
}

fn build(workspace: &Workspace, profile: &str, chosen: &[&str]) -> Result<PathBuf> {
    shell::announce("Building the server");
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--profile", profile]).args(chosen);
    shell::run(&mut cargo)?;
    let program = format!("{profile}/lockstep-server{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace.target().join(program))
}
