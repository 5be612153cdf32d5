//! What the host sees of the plugin: its automatable parameters and what a project keeps. They are
//! this workstation's own performance on top of the shared document, so a bounce reproduces them.
//! It must not know how any of them is used.

use crate::controls::Controls;
use crate::state::{SavedEditor, SavedSession};
use nice_plug::prelude::*;
use std::sync::Arc;

/// One for each track, by its place.
pub(crate) const TRACKS: usize = lockstep_engine::MAX_TRACKS;
pub(crate) const MACROS: usize = 8;

#[derive(Params)]
pub(crate) struct LockstepParams {
    #[id = "master"]
    pub(crate) master: FloatParam,
    #[id = "sync"]
    pub(crate) sync: EnumParam<SyncMode>,
    #[id = "nudge"]
    pub(crate) nudge: FloatParam,
    #[id = "bypass"]
    pub(crate) bypass: BoolParam,
    #[nested(array, group = "Tracks")]
    pub(crate) tracks: [TrackParams; TRACKS],
    #[nested(array, group = "Macros")]
    pub(crate) macros: [MacroParams; MACROS],
    /// Moved when the shared document changes, because that is the only way to tell the host.
    #[id = "changes"]
    pub(crate) changes: IntParam,
    #[persist = "session"]
    pub(crate) session: Arc<SavedSession>,
    #[persist = "editor"]
    pub(crate) editor: Arc<SavedEditor>,
    #[persist = "controls"]
    pub(crate) controls: Arc<Controls>,
}

/// What this workstation makes of one track of the session.
#[derive(Params)]
pub(crate) struct TrackParams {
    #[id = "trim"]
    pub(crate) trim: FloatParam,
    #[id = "mute"]
    pub(crate) mute: BoolParam,
}

/// A knob for the host's automation, put on a parameter of a track's instrument.
#[derive(Params)]
pub(crate) struct MacroParams {
    #[id = "macro"]
    pub(crate) knob: FloatParam,
}

/// Whose transport the grid in this workstation follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum SyncMode {
    /// Leads if nobody does, and otherwise follows the session.
    #[id = "auto"]
    #[name = "Automatic"]
    Automatic,
    #[id = "host"]
    #[name = "Host leads"]
    HostLeads,
    #[id = "session"]
    #[name = "Session leads"]
    SessionLeads,
    #[id = "align"]
    #[name = "Align"]
    Align,
}

/// How long a knob takes to arrive, in milliseconds.
const SMOOTH: f32 = 20.0;
const FURTHEST_NUDGE: f32 = 200.0;

impl LockstepParams {
    pub(crate) fn new(session: Arc<SavedSession>) -> Self {
        let nudge = FloatRange::Linear {
            min: -FURTHEST_NUDGE,
            max: FURTHEST_NUDGE,
        };
        Self {
            master: level("Master"),
            sync: EnumParam::new("Sync", SyncMode::Automatic),
            nudge: FloatParam::new("Nudge", 0.0, nudge)
                .with_unit(" ms")
                .with_step_size(0.1),
            bypass: BoolParam::new("Bypass", false).make_bypass(),
            tracks: std::array::from_fn(TrackParams::new),
            macros: std::array::from_fn(MacroParams::new),
            changes: IntParam::new("Changes", 0, IntRange::Linear { min: 0, max: 1023 })
                .non_automatable()
                .hide(),
            controls: Arc::clone(session.controls()),
            session,
            editor: Arc::default(),
        }
    }
}

impl TrackParams {
    fn new(place: usize) -> Self {
        let number = place + 1;
        Self {
            trim: level(&format!("Trim {number}")),
            mute: BoolParam::new(format!("Mute {number}"), false),
        }
    }
}

impl MacroParams {
    fn new(place: usize) -> Self {
        let range = FloatRange::Linear {
            min: 0.0,
            max: 100.0,
        };
        Self {
            knob: FloatParam::new(format!("Macro {}", place + 1), 0.0, range)
                .with_unit(" %")
                .with_step_size(0.01),
        }
    }
}

fn level(name: &str) -> FloatParam {
    let decibels = FloatRange::Skewed {
        min: util::db_to_gain(-60.0),
        max: util::db_to_gain(6.0),
        factor: FloatRange::gain_skew_factor(-60.0, 6.0),
    };
    FloatParam::new(name, util::db_to_gain(0.0), decibels)
        .with_smoother(SmoothingStyle::Logarithmic(SMOOTH))
        .with_unit(" dB")
        .with_value_to_string(formatters::v2s_f32_gain_to_db(1))
        .with_string_to_value(formatters::s2v_f32_gain_to_db())
}
