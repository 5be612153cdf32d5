//! The seat's part in the page's sound: it hands the timeline and the shared clock on, and looks
//! where the ear is.

use super::{Seat, Shell, server_time};
use crate::browser;
use crate::sound::Ear;
use leptos::leptos_dom::helpers::set_interval;
use leptos::prelude::GetValue;
use lockstep_session::units::{Beat, LocalTime};
use std::time::Duration;

/// Clocks wander slowly, and a page in the background is woken once a second anyway.
const PACE: Duration = Duration::from_millis(250);

impl Seat {
    /// Follows the session by ear for as long as the page lives.
    pub(super) fn begin_to_sound(self) {
        let follow = move || {
            let shell = self.shell.get_value();
            self.sound(&shell.borrow(), browser::now());
        };
        set_interval(follow, PACE);
    }

    pub(super) fn sound(&self, shell: &Shell, now: LocalTime) {
        let replica = &shell.replica;
        let clock = |at| replica.server_time(at);
        self.sound.follow(&replica.timeline(now), now, clock);
    }

    /// The running beat that the playhead shows: what is heard here, or without sound what is played.
    pub(super) fn beat_shown(&self, shell: &Shell, now: LocalTime) -> Option<Beat> {
        match self.sound.ear(now) {
            Ear::At(beat) => Some(beat),
            Ear::Still => None,
            Ear::Deaf => {
                let timeline = shell.replica.timeline(now);
                let beat = || timeline.beat_at(server_time(&shell.replica, now));
                timeline.playing.then(beat)
            }
        }
    }
}
