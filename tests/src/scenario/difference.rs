//! Whether two sounds are the same, bit by bit.

use crate::hosts::Sound;

/// Fails unless both are the same bits, and says how many differ and where the first one is. The two
/// zeros count as one: no ear and no file tells them apart.
#[track_caller]
pub fn assert_same_bits(expected: &Sound, found: &Sound, what: &str) {
    assert_eq!(expected.frames(), found.frames(), "{what}: the length");
    let frames = expected.left.iter().zip(&expected.right);
    let frames = frames.zip(found.left.iter().zip(&found.right)).enumerate();
    let samples = frames.flat_map(|(frame, (expected, found))| {
        [
            (frame, "left", *expected.0, *found.0),
            (frame, "right", *expected.1, *found.1),
        ]
    });
    let mut different = samples.filter(|(_, _, expected, found)| bits(*expected) != bits(*found));
    let Some((frame, side, expected, found)) = different.next() else {
        return;
    };
    let count = 1 + different.count();
    panic!(
        "{what}: {count} samples differ, first on the {side} at frame {frame}: \
         {expected:e} was expected, {found:e} was found"
    );
}

fn bits(sample: f32) -> u32 {
    (sample + 0.0).to_bits()
}

#[cfg(test)]
mod tests {
    use super::assert_same_bits;
    use crate::hosts::Sound;

    #[test]
    fn zeros_of_both_signs_are_the_same() {
        let sound = |zero: f32| Sound::new(vec![zero, 0.5], vec![0.25, zero], 0);
        assert_same_bits(&sound(0.0), &sound(-0.0), "zeros");
    }

    #[test]
    #[should_panic(expected = "two: 2 samples differ, first on the right at frame 1")]
    fn the_last_bit_counts() {
        let expected = Sound::new(vec![0.5, 0.5, 0.5], vec![0.5, 0.5, 0.5], 0);
        let mut found = expected.clone();
        found.right[1] = 0.5_f32.next_up();
        found.left[2] = 0.5_f32.next_down();
        assert_same_bits(&expected, &found, "two");
    }
}
