//! `check`: formatting, lints, the rules of the code base, licences. Each part counts as a test.

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::pictures::PICTURES;
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{licences, shell, tidy};

type Part = (&'static str, fn(&Workspace) -> Result<()>);

const PARTS: &[Part] = &[
    ("the_code_is_formatted", formatting),
    ("the_code_has_no_lint", lints),
    ("every_dependency_has_a_licence_we_accept", licences::check),
];

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    let tally = all(workspace);
    if !tally.is_green() {
        bail!("{tally}");
    }
    println!("{tally}");
    Ok(())
}

/// Runs every part and says how each went.
pub(crate) fn all(workspace: &Workspace) -> Tally {
    shell::announce("Checking the code");
    let mut tally = Tally::default();
    for (name, part) in PARTS {
        tally.add_one(report(name, part(workspace)));
    }
    for (name, rule) in tidy::RULES {
        tally.add_one(report(name, tidy::check(workspace, *rule)));
    }
    tally
}

pub(crate) fn report(name: &str, outcome: Result<()>) -> bool {
    match outcome {
        Ok(()) => println!("check {name} ... ok"),
        Err(ref error) => println!("check {name} ... FAILED\n{error:#}"),
    }
    outcome.is_ok()
}

fn formatting(workspace: &Workspace) -> Result<()> {
    shell::run(workspace.cargo().args(["fmt", "--all", "--check"]))?;
    shell::run(workspace.cargo().args([
        "fmt",
        "--check",
        "--manifest-path",
        "tests/fuzz/Cargo.toml",
    ]))
}

fn lints(workspace: &Workspace) -> Result<()> {
    shell::run(workspace.cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        PICTURES,
        "--",
        "--deny",
        "warnings",
    ]))
}
