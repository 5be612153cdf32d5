//! The playhead: once a frame while the session plays, from the timeline and the shared clock.
//! It keeps no time of its own, so it cannot drift.

use crate::seat::Seat;
use leptos::prelude::*;

/// Follows the session for as long as the page lives.
pub(crate) fn follow(seat: Seat) {
    let playing = Memo::new(move |_| seat.board.summary.with(|summary| summary.playing));
    Effect::new(move |_| {
        if playing.get() {
            request_animation_frame(move || frame(seat));
        }
    });
}

fn frame(seat: Seat) {
    let playing = seat.board.summary.with_untracked(|summary| summary.playing);
    // What was played is heard a little longer.
    let is_heard = seat.light();
    if playing || is_heard {
        request_animation_frame(move || frame(seat));
    }
}
