//! `start`: from a fresh clone to a running server with an open session and the plugin in the DAW.

use anyhow::Result;

use crate::arguments::Arguments;
use crate::bundle::{self, Build};
use crate::workspace::Workspace;
use crate::{setup, shell, web};

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<()> {
    let data = arguments.value("--data")?;
    setup::for_page()?;
    web::make(workspace)?;
    bundle::make(workspace, Build::Release)?;
    bundle::install(workspace, Build::Release)?;

    shell::announce("Building the server");
    shell::run(workspace.cargo().args([
        "build",
        "--release",
        "--package",
        "lockstep-server",
        "--bins",
    ]))?;

    shell::announce(
        "Opening a session; rescan plugins in your DAW, load Lockstep, and paste the link",
    );
    let program = format!("release/lockstep-server{}", std::env::consts::EXE_SUFFIX);
    let mut server = std::process::Command::new(workspace.target().join(program));
    server.current_dir(workspace.root()).arg("--new-session");
    if let Some(folder) = data {
        server.arg("--data").arg(folder);
    }
    shell::run(server.args(arguments.remaining()))
}
