//! `pictures`: makes the front page's pictures anew, of the product as it is.

use std::process::Command;

use anyhow::{Context, Result};

use crate::arguments::Arguments;
use crate::bundle::{self, Build};
use crate::test;
use crate::workspace::Workspace;
use crate::{setup, shell, web};

/// Turns on the program that makes them.
pub(crate) const PICTURES: &str = "lockstep-tests/pictures";

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    setup::for_page()?;
    setup::for_tests(workspace)?;
    web::make(workspace)?;
    bundle::make(workspace, Build::Checked)?;
    shell::announce("Making the pictures");
    let mut build = workspace.cargo();
    build.arg("build").args(bundle::CHECKED);
    shell::run(build.args(["--features", PICTURES, "--bin", "lockstep-pictures"]))?;
    let assets = workspace.root().join("assets");
    let folder = assets.join("pictures");
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let mut program = Command::new(workspace.target().join("debug/lockstep-pictures"));
    shell::run(test::surround(workspace, program.arg(&assets)))?;
    for picture in shell::files_below(&folder)? {
        println!("{} ({} bytes)", picture.display(), shell::size(&picture)?);
    }
    Ok(())
}
