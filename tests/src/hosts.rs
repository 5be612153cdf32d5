//! Real plugin hosts, driven block by block: a CLAP host in this process, and hosts in processes of
//! their own. All open the bundles that `cargo xtask bundle --dev` makes.

mod ardour;
mod clap;
mod deck;
mod performance;
mod remote;
mod repeat;
mod sound;
mod state;
mod transport;

pub use ardour::ArdourSession;
pub use clap::{ClapHost, Cost, Rolled, RollingClapHost, time_worked};
pub use deck::Hand;
pub use performance::{Note, Performance, Touch};
pub use remote::{DawdreamerHost, Paced, RemoteHost, Vst3Host, serve};
pub use repeat::sound_when;
pub use sound::{Sound, assert_alike, assert_onsets};
pub use state::{state_with_document, state_with_fields, state_with_link};
pub use transport::{Block, Loop, LoopStyle, Says, Transport};

use std::ffi::CStr;
use std::path::PathBuf;

/// Which of the bundle's plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    Stereo,
    /// The mix, and each track on an output of its own.
    Multi,
}

impl Edition {
    fn clap_id(self) -> &'static CStr {
        match self {
            Self::Stereo => c"org.lockstep.plugin",
            Self::Multi => c"org.lockstep.plugin.multi",
        }
    }

    /// What hosts list it as.
    fn name(self) -> &'static str {
        match self {
            Self::Stereo => "Lockstep",
            Self::Multi => "Lockstep Multi",
        }
    }

    fn vst3_class(self) -> &'static [u8; 16] {
        match self {
            Self::Stereo => b"LockstepSequence",
            Self::Multi => b"LockstepSeparate",
        }
    }
}

/// How a host runs its plugins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostSetup {
    pub sample_rate: f64,
    /// Frames in each callback.
    pub block: usize,
}

impl HostSetup {
    /// How many frames last `seconds`.
    pub fn frames(&self, seconds: f64) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "tests render seconds, not years"
        )]
        let frames = (seconds * self.sample_rate).round() as usize;
        frames
    }
}

/// Where the plugin's bundles are.
#[derive(Clone, Debug)]
pub struct Bundles {
    folder: PathBuf,
}

impl Bundles {
    /// The folder that `LOCKSTEP_BUNDLES` names. Without it there is nothing to test, so a test
    /// that asks fails with what to do.
    pub fn built() -> Self {
        let folder = std::env::var_os("LOCKSTEP_BUNDLES")
            .expect("LOCKSTEP_BUNDLES names the plugin's bundles: run `cargo xtask test`");
        Self {
            folder: PathBuf::from(folder),
        }
    }

    /// How large the plugin is, in bytes.
    pub fn size(&self) -> u64 {
        let found = std::fs::metadata(self.clap()).expect("the bundle is there");
        found.len()
    }

    fn clap(&self) -> PathBuf {
        self.folder.join("Lockstep.clap")
    }

    fn vst3(&self) -> PathBuf {
        self.folder.join("Lockstep.vst3")
    }
}
