//! Builds the session server as it is given to people, with the page inside.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell;
use crate::workspace::Workspace;

/// Gives the finished program.
pub(crate) fn make(workspace: &Workspace, profile: &str) -> Result<PathBuf> {
    shell::announce("Building the server");
    let mut build = workspace.cargo();
    build.args(["build", "--profile", profile]);
    shell::run(build.args(["--package", "lockstep-server", "--bins"]))?;
    let program = format!("{profile}/lockstep-server{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace.target().join(program))
}
