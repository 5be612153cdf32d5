//! System packages: looked for by what they put on the machine, installed by Debian's package manager.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell;

/// A package and what shows that it is there, however it came.
#[derive(Debug)]
pub(crate) struct Package {
    debian: &'static str,
    mark: Mark,
}

#[derive(Debug)]
enum Mark {
    Program(&'static str),
    /// A package of the language Tcl.
    Tcl(&'static str),
}

impl Package {
    pub(crate) const fn new(debian: &'static str, program: &'static str) -> Self {
        let mark = Mark::Program(program);
        Self { debian, mark }
    }

    const fn tcl(name: &'static str) -> Self {
        let mark = Mark::Tcl(name);
        Self { debian: name, mark }
    }

    fn is_there(&self) -> bool {
        match self.mark {
            Mark::Program(program) => shell::find_program(program).is_some(),
            Mark::Tcl(name) => knows(name),
        }
    }
}

/// Whether Tcl does, which reads its list of packages when it is asked for one that it does not.
fn knows(name: &str) -> bool {
    let question = format!("catch {{package require {name}-}}; puts [package versions {name}]");
    let asked = Command::new("tclsh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut asked) = asked else {
        return false;
    };
    let is_asked = asked
        .stdin
        .take()
        .is_some_and(|mut words| words.write_all(question.as_bytes()).is_ok());
    let answer = asked.wait_with_output();
    is_asked && answer.is_ok_and(|answer| !answer.stdout.trim_ascii().is_empty())
}

/// What the tests run besides our own programs.
pub(crate) const TESTS: &[Package] = &[
    Package::new("chromium", "chromium"),
    Package::new("chromium-driver", "chromedriver"),
    Package::new("xvfb", "Xvfb"),
];

/// What else the page is opened in.
pub(crate) const BROWSERS: &[Package] = &[
    Package::new("firefox-esr", "firefox-esr"),
    Package::new("webkit2gtk-driver", "WebKitWebDriver"),
];

/// What the tests of the editor look and click with.
pub(crate) const WINDOWS: &[Package] = &[
    Package::new("openbox", "openbox"),
    Package::new("xdotool", "xdotool"),
    Package::new("imagemagick", "import"),
    Package::tcl("tkdnd"),
];

/// A whole workstation, of the version whose programs the tests know.
pub(crate) const WORKSTATION: &[Package] = &[Package::new("ardour", "ardour7-lua")];

pub(crate) const STANDALONE: &[Package] = &[Package::new("pkg-config", "pkg-config")];

pub(crate) const FUZZING: &[Package] = &[Package::new("g++", "c++")];

pub(crate) fn are_there(packages: &[Package]) -> bool {
    packages.iter().all(Package::is_there)
}

/// Installs those packages that are not found.
pub(crate) fn ensure(purpose: &str, packages: &[Package]) -> Result<()> {
    let missing: Vec<_> = packages
        .iter()
        .filter(|package| !package.is_there())
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
