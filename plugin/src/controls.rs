//! What this seat does with its hands and ears, and nobody shares: where keys go, what is recorded,
//! the metronome. The editor sets it, the audio thread reads it, a project keeps it.

pub(crate) use lockstep_session::recorder::Recording;
use nice_plug::params::persist::PersistentField;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU16, Ordering};

/// Every setting apart, so that none ever waits for another.
#[derive(Debug)]
pub(crate) struct Controls {
    /// The place of the track that the editor shows and the keys play.
    selected: AtomicU8,
    /// Keys on channel n play track n, whichever is selected.
    by_channel: AtomicBool,
    sends_notes: AtomicBool,
    /// Notes go out as the drums of General MIDI where a track plays a drum.
    maps_drums: AtomicBool,
    soloed: AtomicU16,
    /// In hundredths.
    metronome: AtomicU8,
    counts_in: AtomicBool,
    recording: AtomicU8,
    is_quantised: AtomicBool,
    overdubs: AtomicBool,
    waits_for_host: AtomicBool,
    keeps_samples: AtomicBool,
    keys_in_grid: AtomicBool,
}

/// The same as one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ControlSettings {
    pub(crate) selected: u8,
    pub(crate) by_channel: bool,
    pub(crate) sends_notes: bool,
    pub(crate) maps_drums: bool,
    pub(crate) soloed: u16,
    pub(crate) metronome: u8,
    pub(crate) counts_in: bool,
    pub(crate) recording: Recording,
    pub(crate) is_quantised: bool,
    pub(crate) overdubs: bool,
    /// In *Session leads*, the grid plays only while the host rolls.
    pub(crate) waits_for_host: bool,
    /// A project holds the samples that its session uses.
    pub(crate) keeps_samples: bool,
    /// Keys work in the editor's grid, and the workstation goes without them there.
    pub(crate) keys_in_grid: bool,
}

impl Default for ControlSettings {
    fn default() -> Self {
        Self {
            selected: 0,
            by_channel: false,
            sends_notes: true,
            maps_drums: false,
            soloed: 0,
            metronome: 0,
            counts_in: false,
            recording: Recording::Off,
            is_quantised: true,
            overdubs: true,
            waits_for_host: false,
            keeps_samples: true,
            keys_in_grid: false,
        }
    }
}

impl Default for Controls {
    fn default() -> Self {
        let controls = Self {
            selected: AtomicU8::new(0),
            by_channel: AtomicBool::new(false),
            sends_notes: AtomicBool::new(false),
            maps_drums: AtomicBool::new(false),
            soloed: AtomicU16::new(0),
            metronome: AtomicU8::new(0),
            counts_in: AtomicBool::new(false),
            recording: AtomicU8::new(0),
            is_quantised: AtomicBool::new(false),
            overdubs: AtomicBool::new(false),
            waits_for_host: AtomicBool::new(false),
            keeps_samples: AtomicBool::new(false),
            keys_in_grid: AtomicBool::new(false),
        };
        controls.set(ControlSettings::default());
        controls
    }
}

impl Controls {
    /// Realtime: yes
    pub(crate) fn settings(&self) -> ControlSettings {
        ControlSettings {
            selected: self.selected.load(Ordering::Relaxed),
            by_channel: self.by_channel.load(Ordering::Relaxed),
            sends_notes: self.sends_notes.load(Ordering::Relaxed),
            maps_drums: self.maps_drums.load(Ordering::Relaxed),
            soloed: self.soloed.load(Ordering::Relaxed),
            metronome: self.metronome.load(Ordering::Relaxed),
            counts_in: self.counts_in.load(Ordering::Relaxed),
            recording: match self.recording.load(Ordering::Relaxed) {
                1 => Recording::Live,
                2 => Recording::Step,
                _ => Recording::Off,
            },
            is_quantised: self.is_quantised.load(Ordering::Relaxed),
            overdubs: self.overdubs.load(Ordering::Relaxed),
            waits_for_host: self.waits_for_host.load(Ordering::Relaxed),
            keeps_samples: self.keeps_samples.load(Ordering::Relaxed),
            keys_in_grid: self.keys_in_grid.load(Ordering::Relaxed),
        }
    }

    /// Realtime: yes
    pub(crate) fn set(&self, settings: ControlSettings) {
        self.selected.store(settings.selected, Ordering::Relaxed);
        self.by_channel
            .store(settings.by_channel, Ordering::Relaxed);
        self.sends_notes
            .store(settings.sends_notes, Ordering::Relaxed);
        self.maps_drums
            .store(settings.maps_drums, Ordering::Relaxed);
        self.soloed.store(settings.soloed, Ordering::Relaxed);
        self.metronome
            .store(settings.metronome.min(100), Ordering::Relaxed);
        self.counts_in.store(settings.counts_in, Ordering::Relaxed);
        let recording = match settings.recording {
            Recording::Off => 0,
            Recording::Live => 1,
            Recording::Step => 2,
        };
        self.recording.store(recording, Ordering::Relaxed);
        self.is_quantised
            .store(settings.is_quantised, Ordering::Relaxed);
        self.overdubs.store(settings.overdubs, Ordering::Relaxed);
        self.waits_for_host
            .store(settings.waits_for_host, Ordering::Relaxed);
        self.keeps_samples
            .store(settings.keeps_samples, Ordering::Relaxed);
        self.keys_in_grid
            .store(settings.keys_in_grid, Ordering::Relaxed);
    }

    /// Changes some of it.
    ///
    /// Realtime: yes
    pub(crate) fn change(&self, change: impl FnOnce(&mut ControlSettings)) {
        let mut settings = self.settings();
        change(&mut settings);
        self.set(settings);
    }
}

impl<'a> PersistentField<'a, ControlSettings> for Arc<Controls> {
    /// A project never begins by recording.
    fn set(&self, restored: ControlSettings) {
        Controls::set(
            self,
            ControlSettings {
                recording: Recording::Off,
                ..restored
            },
        );
    }

    fn map<F, R>(&self, read: F) -> R
    where
        F: Fn(&ControlSettings) -> R,
    {
        read(&self.settings())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_keeps_every_setting_but_that_something_is_recorded() {
        let moved = ControlSettings {
            selected: 3,
            by_channel: true,
            sends_notes: false,
            maps_drums: true,
            soloed: 5,
            metronome: 70,
            counts_in: true,
            recording: Recording::Live,
            is_quantised: false,
            overdubs: false,
            waits_for_host: true,
            keeps_samples: false,
            keys_in_grid: true,
        };
        let controls = Arc::new(Controls::default());
        controls.change(|settings| *settings = moved);
        assert_eq!(controls.settings(), moved);
        let text = PersistentField::map(&controls, |settings| {
            serde_json::to_string(settings).expect("a project can hold it")
        });
        let opened = Arc::new(Controls::default());
        let read = serde_json::from_str(&text).expect("it was written");
        PersistentField::set(&opened, read);
        let kept = ControlSettings {
            recording: Recording::Off,
            ..moved
        };
        assert_eq!(opened.settings(), kept);
    }
}
