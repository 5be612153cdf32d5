//! The plugin as a VST3 in DawDreamer, which plays whole songs and can show the editor.

use super::RemoteHost;
use crate::hosts::{Bundles, HostSetup, Sound};
use serde_json::json;
use std::process::Command;

const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/hosts/dawdreamer_driver.py");

/// One song with one plugin in it.
#[derive(Debug)]
pub struct DawdreamerHost(RemoteHost);

impl DawdreamerHost {
    pub fn open(bundles: &Bundles, setup: HostSetup) -> Self {
        Self::open_on(None, bundles, setup)
    }

    /// The same with its windows on an X display.
    pub fn open_on(display: Option<&str>, bundles: &Bundles, setup: HostSetup) -> Self {
        let python = std::env::var_os("LOCKSTEP_HOST_PYTHON")
            .expect("LOCKSTEP_HOST_PYTHON names a Python with DawDreamer: run `cargo xtask test`");
        let mut command = Command::new(python);
        command.arg(DRIVER);
        let mut host = RemoteHost::launch(&mut command, display, setup);
        host.open_plugin(bundles);
        Self(host)
    }

    pub fn load_state(&mut self, state: &[u8]) -> bool {
        self.0.load_state(state)
    }

    /// Plays from the beginning.
    pub fn play(&mut self, beats_per_minute: f64, frames: usize) -> Sound {
        let file = self.0.audio.clone();
        let request =
            json!({ "do": "play", "tempo": beats_per_minute, "frames": frames, "file": file });
        let answer = self.0.ask(request).expect("it plays");
        self.0.heard(frames, &answer).mix()
    }

    /// Opens the editor's window. It has the host from then on: nothing else can be asked of it.
    pub fn show_editor(&mut self) {
        self.0
            .ask(json!({ "do": "show_editor" }))
            .expect("it opens windows");
    }

    /// What the system calls the host's process.
    pub fn process(&self) -> u32 {
        self.0.process()
    }
}
