//! Where something is struck in a recording: where it becomes suddenly louder than what rings there
//! already. Only arithmetic, so that every machine finds the same.

/// As many pieces as a session has tracks.
pub const MOST_SLICES: usize = 16;

/// How many stretches a second is looked at in.
const STRETCHES: u32 = 750;
/// What rang before is what was loudest in so many stretches, without the last ones: the slowest note
/// has swung once in them.
const REMEMBERED: usize = 24;
const LAST: usize = 1;
/// Strikes closer to each other than this many parts of a second are one.
const APART: u32 = 20;
/// Quieter than this part of the loudest is nothing.
const FLOOR: f32 = 0.02;

#[derive(Clone, Copy, Debug)]
struct Onset {
    frame: usize,
    strength: f32,
}

/// Of the sizes of samples, whatever their sign.
pub(super) fn find(sizes: &[f32], rate: u32, sensitivity: u8, most: usize) -> Vec<usize> {
    let stretch = usize::try_from(rate / STRETCHES).unwrap_or(0).max(1);
    let apart = usize::try_from(rate / APART).unwrap_or(0);
    let peaks: Vec<f32> = sizes
        .chunks(stretch)
        .map(|sizes| sizes.iter().copied().fold(0.0, f32::max))
        .collect();
    let loudest = peaks.iter().copied().fold(0.0, f32::max);
    let ratio = 4.0 - f32::from(sensitivity.min(100)) * 0.028;
    let mut found: Vec<Onset> = Vec::new();
    for (place, peak) in peaks.iter().enumerate() {
        let before = &peaks[place.saturating_sub(REMEMBERED)..place.saturating_sub(LAST)];
        let rings = before.iter().copied().fold(0.0, f32::max);
        let threshold = (rings * ratio).max(loudest * FLOOR);
        if *peak <= threshold || *peak == 0.0 {
            continue;
        }
        // It may have begun at the end of the stretch before.
        let from = place.saturating_sub(1) * stretch;
        let begun = threshold.min(*peak * 0.5);
        let into = sizes[from..].iter().position(|size| *size > begun);
        let frame = from + into.unwrap_or(0);
        let is_new = found.last().is_none_or(|last| frame - last.frame >= apart);
        if is_new {
            found.push(Onset {
                frame,
                strength: *peak - rings,
            });
        }
    }
    found.sort_by(|one, other| other.strength.total_cmp(&one.strength));
    found.truncate(most.min(MOST_SLICES));
    let mut frames: Vec<usize> = found.into_iter().map(|onset| onset.frame).collect();
    frames.sort_unstable();
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// A note that is struck and dies away, of a period in frames.
    fn strike(sizes: &mut [f32], at: usize, size: f32, period: f32) {
        for (frame, place) in sizes[at..].iter_mut().enumerate() {
            let time = frame as f32;
            let value =
                size * (-time / 6_000.0).exp() * (time / period * std::f32::consts::TAU).cos();
            *place = (*place + value).abs();
        }
    }

    #[test]
    fn strikes_are_found_where_they_are_though_others_ring() {
        for period in [1_000.0, 100.0, 9.0] {
            let mut sizes = vec![0.0; 96_000];
            let places = [300, 12_000, 30_000, 47_000, 80_000];
            for place in places {
                strike(&mut sizes, place, 0.7, period);
            }
            let found = find(&sizes, RATE, 60, 16);
            assert_eq!(found.len(), places.len(), "{period}: {found:?}");
            for (found, place) in found.iter().zip(places) {
                assert!(found.abs_diff(place) <= 2, "{period}: {found} for {place}");
            }
        }
    }

    #[test]
    fn a_note_that_only_rings_is_struck_once() {
        for period in [1_000.0, 440.0, 20.0] {
            let mut sizes = vec![0.0; 48_000];
            strike(&mut sizes, 100, 0.9, period);
            assert_eq!(find(&sizes, RATE, 70, 16), [100], "{period}");
        }
    }

    #[test]
    fn a_quiet_strike_takes_a_sensitive_ear_and_the_loudest_go_first() {
        let mut sizes = vec![0.0; 96_000];
        strike(&mut sizes, 1_000, 0.9, 50.0);
        strike(&mut sizes, 30_000, 0.06, 50.0);
        strike(&mut sizes, 60_000, 0.5, 50.0);
        assert_eq!(find(&sizes, RATE, 100, 16), [1_000, 30_000, 60_000]);
        assert_eq!(find(&sizes, RATE, 100, 2), [1_000, 60_000]);
        let mut rings = vec![0.2; 48_000];
        strike(&mut rings, 20_000, 0.3, 50.0);
        assert_eq!(find(&rings, RATE, 100, 16).len(), 2);
        assert_eq!(
            find(&rings, RATE, 0, 16).len(),
            1,
            "what was there is all there is"
        );
    }

    #[test]
    fn silence_and_nothing_have_no_onsets() {
        assert!(find(&[], RATE, 100, 16).is_empty());
        assert!(find(&[0.0; 4_800], RATE, 100, 16).is_empty());
    }
}
