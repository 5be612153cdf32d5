//! `start`: from a fresh clone to a running server with an open session and the plugin in the DAW.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::arguments::Arguments;
use crate::bundle::{self, Build};
use crate::workspace::Workspace;
use crate::{server, setup, shell, web};

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<()> {
    let data = match arguments.value("--data")? {
        Some(folder) => std::path::absolute(folder)?,
        None => data_folder()?,
    };
    setup::for_page()?;
    web::make(workspace)?;
    bundle::make(workspace, Build::Release)?;
    bundle::install(workspace, Build::Release)?;
    let program = server::make_beside_plugin(workspace)?;

    shell::announce(
        "Opening a session; rescan plugins in your DAW, load Lockstep, and paste the link",
    );
    let mut server = std::process::Command::new(program);
    server
        .arg("--new-session")
        .arg("--data")
        .arg(data)
        .args(arguments.remaining());
    shell::run(&mut server)
}

/// Where this user's programs keep what is theirs.
fn data_folder() -> Result<PathBuf> {
    let from = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let home = || from("HOME").context("HOME is not set; say --data FOLDER");
    match std::env::consts::OS {
        "macos" => Ok(home()?.join("Library/Application Support/Lockstep")),
        "windows" => {
            let base =
                from("LOCALAPPDATA").context("LOCALAPPDATA is not set; say --data FOLDER")?;
            Ok(base.join("Lockstep"))
        }
        _ => match from("XDG_DATA_HOME") {
            Some(base) => Ok(base.join("lockstep")),
            None => Ok(home()?.join(".local/share/lockstep")),
        },
    }
}
