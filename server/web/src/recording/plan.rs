//! Where a recording begins and how long it is: pure numbers. It must not know what is recorded.

use crate::numbers::whole;
use lockstep_session::takes::most_frames;

/// Beats in a bar.
const BAR: f64 = 4.0;
/// A bar that began less than so many beats ago still counts as one to count in.
const GRACE: f64 = 1.0;

/// The bar, counted from zero, that a recording begins with that is asked for at a running beat.
pub(crate) fn first_bar(beat: f64, count_in: i64) -> i64 {
    let counted = whole(((beat - GRACE) / BAR).ceil()) + count_in;
    counted.max(whole((beat / BAR).ceil()))
}

/// The running beat that a bar begins on.
pub(crate) fn beat_of(bar: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "bars are few")]
    let bar = bar as f64;
    bar * BAR
}

/// How many frames are recorded: those of so many bars, or without any as many as a sample can hold.
pub(crate) fn frames(bars: i64, tempo: i64, rate: i64) -> i64 {
    let most = u32::try_from(rate).map_or(0, most_frames);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    match bars {
        0 => most,
        bars => frames_of(bars, tempo, rate).min(most),
    }
}

/// How many frames so many bars last, at a tempo in hundredths of a beat per minute.
fn frames_of(bars: i64, tempo: i64, rate: i64) -> i64 {
    let tempo = tempo.max(1);
    (bars * 24_000 * rate + tempo / 2) / tempo
}

/// The whole bars within so many frames, at least one, and the frames of them.
pub(crate) fn whole_bars(frames: i64, tempo: i64, rate: i64) -> (i64, i64) {
    // A frame may be lost where bars are no whole number of them.
    let bars = ((frames + 1) * tempo.max(1) / (24_000 * rate)).max(1);
    (bars, frames_of(bars, tempo, rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_begins_at_a_bar_behind_those_that_are_counted() {
        for (beat, count_in, bar) in [
            // The session has just been started: its first bar is counted.
            (0.05, 1, 1),
            (0.05, 2, 2),
            (0.05, 0, 1),
            (0.0, 0, 0),
            // In the middle of a bar the next whole one is counted.
            (9.5, 1, 4),
            (9.5, 0, 3),
            (11.99, 0, 3),
            (12.0, 0, 3),
            (12.9, 1, 4),
            (13.1, 1, 5),
            // Before the song.
            (-6.0, 1, 0),
        ] {
            assert_eq!(first_bar(beat, count_in), bar, "{beat} {count_in}");
        }
        assert_eq!(beat_of(3), 12.0);
    }

    #[test]
    fn bars_last_as_many_frames_as_the_tempo_says() {
        assert_eq!(frames_of(2, 12_000, 48_000), 192_000);
        assert_eq!(frames_of(1, 9_750, 44_100), 108_554);
        assert_eq!(frames_of(4, 17_321, 48_000), 266_035);
        for tempo in [2_000, 9_999, 12_345, 30_000] {
            for rate in [44_100, 48_000, 96_000] {
                for bars in [1, 3, 8] {
                    let frames = frames_of(bars, tempo, rate);
                    assert_eq!(whole_bars(frames, tempo, rate), (bars, frames));
                }
            }
        }
    }

    #[test]
    fn what_is_no_whole_bar_is_left_out_of_a_loop() {
        assert_eq!(whole_bars(250_000, 12_000, 48_000), (2, 192_000));
        assert_eq!(whole_bars(10, 12_000, 48_000), (1, 96_000));
    }

    #[test]
    fn the_longest_recording_is_what_a_sample_can_hold() {
        assert_eq!(frames(0, 12_000, 48_000), 2_880_000);
        assert_eq!(frames(0, 12_000, 96_000), 3_145_472);
        assert_eq!(frames(2, 12_000, 48_000), 192_000);
        assert_eq!(frames(16, 2_000, 48_000), 2_880_000);
    }
}
