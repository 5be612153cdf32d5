//! The plugin as a program of its own, beside its bundles. It is linked with the system's audio, so it
//! is made where that is at hand and never together with anything else.

use anyhow::Result;

use crate::bundle::{Build, PROFILE};
use crate::workspace::Workspace;
use crate::{setup, shell};

/// Builds the program. A machine that cannot is told so, and has the plugin all the same.
pub(crate) fn make(workspace: &Workspace) -> Result<()> {
    if let Err(error) = setup::for_standalone() {
        eprintln!("\nThe program of its own is left out: {error:#}");
        return Ok(());
    }
    shell::announce("Building the plugin as a program of its own");
    shell::run(workspace.cargo().args([
        "build",
        "--profile",
        PROFILE,
        "--package",
        "lockstep-plugin",
        "--bin",
        "lockstep",
        "--features",
        "standalone",
    ]))?;
    let file = format!("lockstep{}", std::env::consts::EXE_SUFFIX);
    let built = workspace.target().join(PROFILE).join(&file);
    let program = Build::Release.folder(workspace).join(&file);
    shell::copy(&built, &program)?;
    eprintln!("{}", program.display());
    Ok(())
}
