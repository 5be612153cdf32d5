//! Waiting by ear: what a host plays once the news has reached it.

use super::{Sound, Transport};
use crate::server::PATIENCE;
use std::time::Instant;

/// What so many frames from the first beat on sound like, once they are as wanted. All begin in silence,
/// and the last is rendered anew: the news may have come in the middle of the one before.
pub fn sound_when(
    is_wanted: impl Fn(&Sound) -> bool,
    frames: usize,
    mut render: impl FnMut(&Transport, usize) -> Sound,
) -> Sound {
    let deadline = Instant::now() + PATIENCE;
    let mut from_silence = || {
        while !render(&Transport::stopped(120.0, 0.0), 48_000).is_silent() {
            assert!(Instant::now() < deadline, "it rings on for ever");
        }
        render(&Transport::rolling(120.0, 0.0), frames)
    };
    loop {
        let sound = from_silence();
        if is_wanted(&sound) {
            return from_silence();
        }
        let onsets = sound.onsets();
        assert!(
            Instant::now() < deadline,
            "it never sounds as it should: {onsets:?}"
        );
    }
}
