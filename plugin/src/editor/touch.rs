//! A hand on one of the host's parameters: the host is told when it is taken, how it moves and when
//! it is let go, so that automation is recorded as one stroke.

use super::panel::Desk;
use crate::params::LockstepParams;
use egui::Ui;
use nice_plug::prelude::FloatParam;

/// One of the parameters that a hand can turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostKnob {
    Master,
    /// Of the track at this place.
    Trim(usize),
    Macro(usize),
}

/// What is held at the moment.
#[derive(Debug, Default)]
pub(super) struct Touch {
    held: Option<HostKnob>,
}

impl HostKnob {
    pub(super) fn of(self, params: &LockstepParams) -> Option<&FloatParam> {
        match self {
            HostKnob::Master => Some(&params.master),
            HostKnob::Trim(place) => params.tracks.get(place).map(|track| &track.trim),
            HostKnob::Macro(number) => params.macros.get(number).map(|turned| &turned.knob),
        }
    }
}

impl Touch {
    pub(super) fn turn(&mut self, desk: &Desk<'_>, knob: HostKnob, value: f32) {
        let Some(parameter) = knob.of(desk.params) else {
            return;
        };
        if self.held != Some(knob) {
            self.let_go(desk);
            desk.setter.begin_set_parameter(parameter);
            self.held = Some(knob);
        }
        desk.setter.set_parameter(parameter, value);
    }

    /// To be called once in every frame: a hand that is gone has let go.
    pub(super) fn follow(&mut self, ui: &Ui, desk: &Desk<'_>) {
        if !ui.input(|input| input.pointer.any_down()) {
            self.let_go(desk);
        }
    }

    fn let_go(&mut self, desk: &Desk<'_>) {
        let held = self.held.take();
        if let Some(parameter) = held.and_then(|knob| knob.of(desk.params)) {
            desk.setter.end_set_parameter(parameter);
        }
    }
}
