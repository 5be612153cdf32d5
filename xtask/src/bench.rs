//! `bench`: runs one benchmark by name. What it prints last is its figures as JSON, so nothing follows.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::bundle::{self, Build};
use crate::workspace::Workspace;
use crate::{server, setup, shell, web, worklet};

/// The benchmark that runs the engine in a browser, too.
const ENGINE: &str = "engine";
/// The benchmark that runs the server as a program of its own.
const SERVER: &str = "server";
/// The benchmark that loads the plugin into a host, with the server beside it.
const PLUGIN: &str = "plugin";
/// The benchmark of the page, in a browser and from the server.
const WEB: &str = "web";
/// The benchmark that plays hosts and browsers together.
const SYNC: &str = "sync";
/// The same for minutes, with everything that breaks.
const SOAK: &str = "soak";

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<()> {
    let names = names(&workspace.root().join("tests/benches"))?;
    let Some(name) = arguments.word() else {
        arguments.finish()?;
        println!("{}", names.join("\n"));
        return Ok(());
    };
    if !names.contains(&name) {
        bail!(
            "there is no benchmark `{name}`; there are: {}",
            names.join(", ")
        );
    }
    let mut command = workspace.cargo();
    command.args([
        "bench",
        "--package",
        "lockstep-tests",
        "--bench",
        &name,
        "--",
    ]);
    if name == ENGINE {
        setup::for_page()?;
        setup::for_browser()?;
        worklet::make(workspace)?;
        command.env("LOCKSTEP_WORKLET", worklet::built(workspace));
    }
    if [PLUGIN, SYNC, SOAK].contains(&name.as_str()) {
        setup::for_tests(workspace)?;
        setup::for_page()?;
        web::make(workspace)?;
        bundle::make(workspace, Build::Release)?;
        command
            .env("LOCKSTEP_BUNDLES", Build::Release.folder(workspace))
            .env("LOCKSTEP_HOST_PYTHON", setup::hosts_python(workspace))
            // What plugins keep of a machine is not to be this user's.
            .env("LOCKSTEP_HOME", workspace.target().join("bench-home"));
    }
    if name == WEB {
        setup::for_page()?;
        setup::for_browser()?;
        web::make(workspace)?;
    }
    if [SERVER, PLUGIN, WEB, SYNC, SOAK].contains(&name.as_str()) {
        // The server that is measured is the one that is given to people.
        server::make(workspace, "release")?;
        command.env("LOCKSTEP_BIN_DIR", workspace.target().join("release"));
    }
    shell::run(command.args(arguments.remaining()))
}

/// Every benchmark is one file or one folder.
fn names(folder: &Path) -> Result<Vec<String>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            || path.join("main.rs").exists()
        {
            names.extend(
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    Ok(names)
}
