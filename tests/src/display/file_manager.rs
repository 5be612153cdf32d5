//! A program beside the plugin whose files are dragged, with its toolkit's own way of doing so (Tk and
//! tkdnd).

use super::{Display, Place, Window};
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Dropping it ends it.
#[derive(Debug)]
pub struct FileManager {
    program: Child,
    words: Lines<BufReader<ChildStdout>>,
    pub window: Window,
}

/// Where its files are in its window.
pub(super) const FILES: Place = (100, 30);

impl FileManager {
    /// With these files, which are dragged together.
    pub fn with(display: &Display, files: &[&Path]) -> Self {
        Self::open(display, |program| program.arg("DND_Files").args(files))
    }

    /// With a word that names no file.
    pub fn with_text(display: &Display, text: &str) -> Self {
        Self::open(display, |program| program.args(["DND_Text", text]))
    }

    fn open(display: &Display, things: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/display/file_manager.tcl");
        let mut program = Command::new("wish");
        let mut program = things(program.arg(script))
            .env("DISPLAY", display.name())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Tk is there: run `cargo xtask test`");
        let words = program.stdout.take().expect("it is piped");
        let mut words = BufReader::new(words).lines();
        let number = words.next().expect("it says its window").expect("it does");
        let window = Window(number.parse().expect("a number"));
        Self {
            program,
            words,
            window,
        }
    }

    /// Waits for it to know that what was dragged has gone its way.
    pub fn wait_until_over(&mut self) {
        let word = self.words.next().expect("it says so");
        assert_eq!(word.expect("it does"), "over");
    }
}

impl Drop for FileManager {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
