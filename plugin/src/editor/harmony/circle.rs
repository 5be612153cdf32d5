//! The circle of fifths: where each place lies on it. Pure geometry; nothing here is painted.

use egui::{Pos2, Vec2, vec2};
pub(in crate::editor) use lockstep_session::document::chord::{
    PLACES, chord, chords, key_at, spelled,
};
use std::f32::consts::TAU;

/// Where on a circle around nothing a place's middle lies, with the top at twelve o'clock.
pub(in crate::editor) fn direction(place: f32) -> Vec2 {
    let angle = TAU * (place / f32::from(PLACES) - 0.25);
    vec2(angle.cos(), angle.sin())
}

/// The place that a point lies on, if it lies on the ring.
pub(in crate::editor) fn place_of(point: Pos2, centre: Pos2, inner: f32, outer: f32) -> Option<u8> {
    let from_centre = point - centre;
    if !(inner..=outer).contains(&from_centre.length()) {
        return None;
    }
    let turns = from_centre.y.atan2(from_centre.x) / TAU + 0.25;
    let place = (turns * f32::from(PLACES)).round().rem_euclid(12.0);
    (0..PLACES).find(|candidate| (f32::from(*candidate) - place).abs() < 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_point_belongs_to_the_place_that_is_painted_there() {
        let centre = pos2(100.0, 80.0);
        for place in 0..PLACES {
            let point = centre + direction(f32::from(place)) * 60.0;
            assert_eq!(place_of(point, centre, 50.0, 70.0), Some(place));
        }
        assert_eq!(place_of(pos2(100.0, 20.0), centre, 50.0, 70.0), Some(0));
        assert_eq!(place_of(centre, centre, 50.0, 70.0), None);
    }
}
