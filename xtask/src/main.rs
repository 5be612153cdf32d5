//! The one door to every task of the project: `cargo xtask VERB`.

mod arguments;
mod bench;
mod bless;
mod bundle;
mod check;
mod dist;
mod fuzz;
mod licences;
mod pictures;
mod retold;
mod server;
mod setup;
mod shell;
mod standalone;
mod start;
mod tally;
mod test;
mod tidy;
mod web;
mod worklet;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};
use arguments::Arguments;
use workspace::Workspace;

const USAGE: &str = "\
cargo xtask VERB

  start [--data FOLDER]         install what is missing, build everything, open a session
  test [--seeds N] [-- FILTER]  install what is missing, run every test
  check                         formatting, lints, the rules of the code base, licences
  setup                         find what is missing, install it or say how
  bundle [--install] [--dev]    the plugin as .clap and .vst3, and as a program
  dist                          archives of plugin and server for people, with checksums
  pictures                      the pictures of the front page, made anew
  web                           the page that the server hands out
  bench [NAME [ARGUMENTS]]      one benchmark; without a name, the list of them
  bless                         take the sounds as they are now for right
  fuzz [--seconds N] [TARGET]   feed broken input to every decoder
";

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("\nerror: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> Result<ExitCode> {
    let mut arguments = Arguments::of_this_process();
    let workspace = Workspace::find()?;
    match arguments.verb().as_deref() {
        Some("setup") => setup::run(&workspace, arguments)?,
        Some("start") => start::run(&workspace, arguments)?,
        Some("test") => return test::run(&workspace, arguments),
        Some("check") => check::run(&workspace, arguments)?,
        Some("bundle") => bundle::run(&workspace, arguments)?,
        Some("pictures") => pictures::run(&workspace, arguments)?,
        Some("dist") => dist::run(&workspace, arguments)?,
        Some("web") => web::run(&workspace, arguments)?,
        Some("bench") => bench::run(&workspace, arguments)?,
        Some("bless") => bless::run(&workspace, arguments)?,
        Some("fuzz") => fuzz::run(&workspace, arguments)?,
        Some("help" | "--help" | "-h") | None => print!("{USAGE}"),
        Some(other) => bail!("there is no verb `{other}`\n\n{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}
