//! `test`: sets up and builds what the tests drive, runs the checks and every test, and ends with the sum.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::arguments::Arguments;
use crate::bundle::{self, Build};
use crate::retold::Retold;
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{check, setup, shell, web, worklet};

/// The tests in a workstation that not every machine can have. Where it is not, they are left out, and
/// counted as such.
const WORKSTATION_TESTS: &str = "plugin_ardour::";

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<ExitCode> {
    let seeds = arguments.number("--seeds")?;
    let filter = arguments.remaining();
    let (mut tally, mut retold) = (Tally::default(), Retold::default());
    if let Err(error) = run_everything(workspace, seeds, &filter, &mut tally, &mut retold) {
        eprintln!("\nerror: {error:#}");
        tally.add_one(false);
    }
    println!("\n{retold}\n{tally}");
    Ok(if tally.is_green() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_everything(
    workspace: &Workspace,
    seeds: Option<u64>,
    filter: &[String],
    tally: &mut Tally,
    retold: &mut Retold,
) -> Result<()> {
    setup::for_page()?;
    setup::for_tests(workspace)?;
    web::make(workspace)?;
    bundle::make(workspace, Build::Checked)?;

    // A filter asks for certain tests, and the checks are none of them.
    if filter.is_empty() {
        let page = web::is_light_enough(workspace);
        tally.add_one(check::report("the_page_is_light_enough", page));
        tally.add(check::all(workspace));
    }

    // Neither needs to run fast, and both are left out of the other tests' selection.
    shell::announce("Testing the tools and what the page computes");
    let mut tools = workspace.cargo();
    tools
        .args(["test", "--profile", "tool", "--no-fail-fast"])
        .args(["--package", "xtask", "--package", "lockstep-web", "--"])
        .args(filter);
    tally.add(count(&mut tools, &mut std::io::stdout(), retold)?);

    let mut left_out: &[&str] = &[];
    if !setup::has_workstation() {
        left_out = &["--skip", WORKSTATION_TESTS];
        tally.skipped += count_left_out(workspace, filter)?;
    }

    // The plugin keeps a few things for its user, and the tests begin without any.
    shell::remove(&home(workspace))?;

    shell::announce("Testing everything");
    let mut tests = workspace.cargo();
    tests
        .args(["test", "--no-fail-fast"])
        .args(bundle::CHECKED)
        .arg("--")
        .args(filter)
        .args(left_out);
    surround(workspace, &mut tests);
    if let Some(seeds) = seeds {
        tests.env("LOCKSTEP_SEEDS", seeds.to_string());
    }
    tally.add(count(&mut tests, &mut std::io::stdout(), retold)?);
    Ok(())
}

/// Tells a program where to find what tests drive.
pub(crate) fn surround<'c>(workspace: &Workspace, program: &'c mut Command) -> &'c mut Command {
    program
        .env("LOCKSTEP_BIN_DIR", workspace.target().join("debug"))
        .env("LOCKSTEP_BUNDLES", Build::Checked.folder(workspace))
        .env("LOCKSTEP_HOST_PYTHON", setup::hosts_python(workspace))
        .env("LOCKSTEP_WORKLET", worklet::built(workspace))
        .env("LOCKSTEP_HOME", home(workspace))
}

fn home(workspace: &Workspace) -> PathBuf {
    workspace.target().join("tests-home")
}

/// How many tests in the workstation the filter would have run.
fn count_left_out(workspace: &Workspace, filter: &[String]) -> Result<u64> {
    let mut list = workspace.cargo();
    list.args(["test", "--quiet", "--test", "suite"])
        .args(bundle::CHECKED)
        .args(["--", "--list"])
        .args(filter);
    let list = shell::output(&mut list)?;
    let is_left_out = |line: &&str| line.starts_with(WORKSTATION_TESTS) && line.ends_with(": test");
    Ok(u64::try_from(list.lines().filter(is_left_out).count())?)
}

/// Runs test binaries, shows what they print as they print it, and sums their results. A run that fails
/// without a failed test (it did not compile, it was killed) counts as one failure.
pub(crate) fn count(
    command: &mut Command,
    screen: &mut impl Write,
    retold: &mut Retold,
) -> Result<Tally> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", shell::line(command)))?;
    let output = child
        .stdout
        .take()
        .context("the output of the tests is piped")?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        screen.write_all(&line)?;
        screen.write_all(b"\n")?;
        let line = String::from_utf8_lossy(&line);
        retold.hear(&line);
        if let Some(counts) = Tally::of_line(&line) {
            tally.add(counts);
        }
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        eprintln!("{} ended with {status}", shell::line(command));
        tally.add_one(false);
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::count;
    use crate::retold::Retold;
    use crate::tally::Tally;

    fn counted(script: &str) -> Tally {
        let mut shell = Command::new("sh");
        let told = &mut Retold::default();
        count(shell.args(["-c", script]), &mut Vec::new(), told).unwrap()
    }

    #[test]
    fn the_results_of_several_binaries_are_summed() {
        let line =
            "echo 'test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out'";
        assert_eq!(
            counted(&format!("{line}; {line}")),
            Tally {
                passed: 4,
                failed: 0,
                skipped: 2
            }
        );
    }

    #[test]
    fn a_test_binary_that_dies_without_a_word_is_a_failure() {
        assert_eq!(
            counted("exit 101"),
            Tally {
                passed: 0,
                failed: 1,
                skipped: 0
            }
        );
    }
}
