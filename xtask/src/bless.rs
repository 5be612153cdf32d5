//! `bless`: takes the sounds as they are now for right. A test compares them with what was blessed last.

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::bundle;
use crate::retold::Retold;
use crate::shell;
use crate::test;
use crate::workspace::Workspace;

const TEST: &str = "sound_presets::nothing_sounds_different_from_before";

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    shell::announce("Taking the sounds as they are now for right");
    let mut command = workspace.cargo();
    command
        .arg("test")
        .args(bundle::CHECKED)
        .args([
            "--package",
            "lockstep-plugin",
            "--package",
            "lockstep-tests",
        ])
        .args(["--test", "suite", "--", "--exact", TEST])
        .env("LOCKSTEP_BLESS", "1");
    // Under another name the test would be passed over without a word.
    let screen = &mut std::io::stdout();
    let tally = test::count(&mut command, screen, &mut Retold::default())?;
    if !tally.is_green() || tally.passed != 1 {
        bail!("nothing was blessed: {tally}");
    }
    shell::run(
        std::process::Command::new("git")
            .current_dir(workspace.root())
            .args(["diff", "--stat", "--", "tests/golden"]),
    )
}
