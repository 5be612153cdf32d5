//! What the host sees of the plugin's settings: its automatable parameters and what a project keeps.
//! It must not know how either is used.

use crate::state::{SavedEditor, SavedSession};
use nice_plug::prelude::*;
use std::sync::Arc;

#[derive(Params)]
pub(crate) struct LockstepParams {
    /// This workstation's own trim on top of the shared document, so a bounce reproduces it.
    #[id = "master"]
    pub(crate) master: FloatParam,
    #[persist = "session"]
    pub(crate) session: Arc<SavedSession>,
    #[persist = "editor"]
    pub(crate) editor: Arc<SavedEditor>,
}

impl LockstepParams {
    pub(crate) fn new(session: Arc<SavedSession>, editor: Arc<SavedEditor>) -> Self {
        let decibels = FloatRange::Skewed {
            min: util::db_to_gain(-60.0),
            max: util::db_to_gain(6.0),
            factor: FloatRange::gain_skew_factor(-60.0, 6.0),
        };
        let master = FloatParam::new("Master", util::db_to_gain(0.0), decibels)
            .with_smoother(SmoothingStyle::Logarithmic(20.0))
            .with_unit(" dB")
            .with_value_to_string(formatters::v2s_f32_gain_to_db(1))
            .with_string_to_value(formatters::s2v_f32_gain_to_db());
        Self {
            master,
            session,
            editor,
        }
    }
}
