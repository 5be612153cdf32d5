//! Four frames at a time, as processors work on four numbers at once. Each is computed as it would be
//! alone, so the bits are the same everywhere. It knows nothing of what the frames are.

use wide::{f32x4, u32x4};

/// How many frames that is.
pub(crate) const QUAD: usize = 4;

/// The places in a quad.
pub(crate) const COUNT: f32x4 = f32x4::new([0.0, 1.0, 2.0, 3.0]);

const ODD: u32x4 = u32x4::new([0, u32::MAX, 0, u32::MAX]);
const LATE: u32x4 = u32x4::new([0, 0, u32::MAX, u32::MAX]);
const LAST: u32x4 = u32x4::new([0, 0, 0, u32::MAX]);

/// How far four frames are that each go on by `step`: 0, 1, 2 and 3 times.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn steady(step: u32x4) -> u32x4 {
    (step & ODD) + ((step + step) & LATE)
}

/// The same if the step grows by `growth` from frame to frame: in addition 0, 0, 1 and 3 times that.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn growing(growth: u32x4) -> u32x4 {
    (growth & LATE) + ((growth + growth) & LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quad_goes_as_its_frames_go_one_by_one() {
        for (mut step, growth) in [(1_u32, 0_u32), (7, 3), (u32::MAX - 5, u32::MAX / 3)] {
            let quad = steady(u32x4::splat(step)) + growing(u32x4::splat(growth));
            let mut phase = 0_u32;
            let alone = [(); QUAD].map(|()| {
                let now = phase;
                phase = phase.wrapping_add(step);
                step = step.wrapping_add(growth);
                now
            });
            assert_eq!(quad.to_array(), alone);
        }
    }
}
