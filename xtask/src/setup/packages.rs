//! System packages: looked for by what they put on the machine, installed by Debian's package manager.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

/// A package and the program that shows it is there, however it came.
#[derive(Debug)]
pub(crate) struct Package {
    debian: &'static str,
    program: &'static str,
}

impl Package {
    pub(crate) const fn new(debian: &'static str, program: &'static str) -> Self {
        Self { debian, program }
    }
}

/// What the tests run besides our own programs.
pub(crate) const TESTS: &[Package] = &[
    Package::new("chromium", "chromium"),
    Package::new("chromium-driver", "chromedriver"),
    Package::new("xvfb", "Xvfb"),
];

/// What the tests of the editor look and click with.
pub(crate) const WINDOWS: &[Package] = &[
    Package::new("openbox", "openbox"),
    Package::new("xdotool", "xdotool"),
    Package::new("imagemagick", "import"),
];

/// A whole workstation, of the version whose programs the tests know.
pub(crate) const WORKSTATION: &[Package] = &[Package::new("ardour", "ardour7-lua")];

pub(crate) const STANDALONE: &[Package] = &[Package::new("pkg-config", "pkg-config")];

pub(crate) const FUZZING: &[Package] = &[Package::new("g++", "c++")];

pub(crate) fn are_there(packages: &[Package]) -> bool {
    packages
        .iter()
        .all(|package| shell::find_program(package.program).is_some())
}

/// Installs those packages whose program is not found.
pub(crate) fn ensure(purpose: &str, packages: &[Package]) -> Result<()> {
    let is_missing = |package: &&Package| shell::find_program(package.program).is_none();
    let missing: Vec<_> = packages
        .iter()
        .filter(is_missing)
        .map(|package| package.debian)
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        install(purpose, &missing)
    }
}

/// Installs packages as root, or through a sudo that asks for no password.
pub(crate) fn install(purpose: &str, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if shell::find_program("apt-get").is_none() {
        bail!(
            "{purpose} are missing; install what your system calls these Debian packages: {names}"
        );
    }
    let Some(prefix) = privilege() else {
        bail!(
            "{purpose} are missing, and this account may not install them; run\n\n  \
             sudo apt-get install --no-install-recommends {names}\n"
        );
    };
    shell::announce(&format!("Installing {purpose}: {names}"));
    shell::run(apt(prefix).arg("update"))?;
    let mut command = apt(prefix);
    command
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages);
    shell::run(&mut command).with_context(|| format!("installing {purpose}"))
}

/// What goes before `apt-get`: nothing for root, `sudo -n` for those who need no password.
fn privilege() -> Option<&'static [&'static str]> {
    let user = shell::output(Command::new("id").arg("-u")).ok()?;
    if user.trim() == "0" {
        return Some(&[]);
    }
    shell::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn apt(prefix: &[&str]) -> Command {
    let mut words = prefix.iter().copied().chain([
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "--quiet",
    ]);
    let mut command = Command::new(words.next().expect("the list ends in apt-get"));
    command.args(words);
    command
}
