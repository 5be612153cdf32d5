//! What a pressed pointer does to steps: it paints, bends velocities, or selects. Positions come in,
//! changes go out; it must not know how either looks.

use egui::Pos2;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::ids::StepIndex;
use lockstep_session::steps::{Cell, Cells, Changes};
use std::collections::BTreeMap;

/// From the press of the pointer until it is let go.
#[derive(Clone, Debug)]
pub(super) enum Stroke {
    /// It has not moved yet.
    Pressed {
        cell: Cell,
        origin: Pos2,
        was_on: bool,
    },
    /// Every cell it comes to becomes the same; each is changed once.
    Painting {
        on: bool,
        last: Cell,
    },
    /// The steps it began with, and how far it went up.
    Bending {
        origin: f32,
        from: BTreeMap<Cell, Velocity>,
    },
    Selecting {
        from: Cell,
    },
}

/// The pointer has to go so far before a press becomes something else.
const SLACK: f32 = 5.0;
/// Velocity a point of the screen.
const BEND: f32 = 0.9;

impl Stroke {
    /// A step that was off sounds at once.
    pub(super) fn press(cell: Cell, origin: Pos2, read: impl Fn(Cell) -> Step) -> (Self, Changes) {
        let step = read(cell);
        let was_on = step.on;
        let pressed = Self::Pressed {
            cell,
            origin,
            was_on,
        };
        let changes = (!was_on).then(|| (cell, Step { on: true, ..step }));
        (pressed, changes.into_iter().collect())
    }

    /// The pointer is somewhere else, over a cell or not.
    pub(super) fn drag(
        &mut self,
        pointer: Pos2,
        over: Option<Cell>,
        selected: &Cells,
        read: impl Fn(Cell) -> Step,
    ) -> Changes {
        match self {
            Self::Pressed {
                cell,
                origin,
                was_on,
            } => {
                let (cell, on) = (*cell, !*was_on);
                let went = pointer - *origin;
                if went.y.abs() > SLACK && went.y.abs() > went.x.abs() {
                    let alone = Cells::from([cell]);
                    let bent = if selected.contains(&cell) {
                        selected
                    } else {
                        &alone
                    };
                    let from = bent.iter().map(|cell| (*cell, read(*cell)));
                    // The pressed step may not have come back from the session yet.
                    let from = from.filter(|(other, step)| step.on || *other == cell);
                    *self = Self::Bending {
                        origin: origin.y,
                        from: from.map(|(cell, step)| (cell, step.velocity)).collect(),
                    };
                    return Changes::new();
                }
                let Some(other) = over.filter(|over| *over != cell) else {
                    return Changes::new();
                };
                *self = Self::Painting { on, last: other };
                painted(passed(cell, other), on, read)
            }
            Self::Painting { on, last } => match over.filter(|over| over != last) {
                Some(cell) => {
                    let before = std::mem::replace(last, cell);
                    let cells = passed(before, cell);
                    let further = cells.into_iter().filter(|cell| *cell != before);
                    painted(further, *on, read)
                }
                None => Changes::new(),
            },
            Self::Bending { .. } | Self::Selecting { .. } => Changes::new(),
        }
    }

    /// The pointer was let go.
    pub(super) fn release(self, pointer: Option<Pos2>, read: impl Fn(Cell) -> Step) -> Changes {
        match self {
            Self::Pressed { cell, was_on, .. } => {
                if was_on {
                    painted([cell], false, read)
                } else {
                    Changes::new()
                }
            }
            Self::Bending { .. } => {
                let bent = self.bent(pointer);
                let changes = bent.into_iter().map(|(cell, velocity)| {
                    let step = read(cell);
                    (cell, Step { velocity, ..step })
                });
                changes.collect()
            }
            Self::Painting { .. } | Self::Selecting { .. } => Changes::new(),
        }
    }

    /// The velocities as they would be now, to be shown before they are let go.
    pub(super) fn bent(&self, pointer: Option<Pos2>) -> BTreeMap<Cell, Velocity> {
        let (Self::Bending { origin, from }, Some(pointer)) = (self, pointer) else {
            return BTreeMap::new();
        };
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        let by = ((origin - pointer.y) * BEND).round() as i64;
        let bent = |(cell, velocity): (&Cell, &Velocity)| {
            (*cell, Velocity::new(i64::from(velocity.get()) + by))
        };
        from.iter().map(bent).collect()
    }
}

/// The cells that a fast pointer came over between two frames, both ends with them.
fn passed(from: Cell, to: Cell) -> Vec<Cell> {
    if from.track != to.track {
        return vec![from, to];
    }
    let (left, right) = (from.step.min(to.step), from.step.max(to.step));
    let steps = StepIndex::all().filter(|step| (left..=right).contains(step));
    steps.map(|step| Cell { step, ..from }).collect()
}

fn painted(
    cells: impl IntoIterator<Item = Cell>,
    on: bool,
    read: impl Fn(Cell) -> Step,
) -> Changes {
    let changed = cells.into_iter().map(|cell| (cell, read(cell)));
    changed
        .filter(|(_, step)| step.on != on)
        .map(|(cell, step)| (cell, Step { on, ..step }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;
    use lockstep_session::ids::TrackId;

    fn cell(track: u32, step: usize) -> Cell {
        Cell {
            track: TrackId(track),
            step: StepIndex::new(step).unwrap(),
        }
    }

    fn off(_: Cell) -> Step {
        Step::default()
    }

    fn on(_: Cell) -> Step {
        Step::on()
    }

    const ORIGIN: Pos2 = pos2(100.0, 100.0);

    #[test]
    fn a_press_switches_a_step_on_at_once_and_off_when_it_is_let_go() {
        let (stroke, changes) = Stroke::press(cell(3, 2), ORIGIN, off);
        assert!(changes[&cell(3, 2)].on);
        assert!(stroke.release(Some(ORIGIN), on).is_empty());
        let (stroke, changes) = Stroke::press(cell(3, 2), ORIGIN, on);
        assert!(changes.is_empty(), "it may become a drag");
        assert!(!stroke.release(Some(ORIGIN), on)[&cell(3, 2)].on);
    }

    #[test]
    fn a_drag_paints_every_cell_once_with_what_the_first_became() {
        let none = Cells::new();
        let (mut stroke, _) = Stroke::press(cell(3, 2), ORIGIN, on);
        let to = pos2(150.0, 101.0);
        let changes = stroke.drag(to, Some(cell(3, 3)), &none, on);
        assert!(!changes[&cell(3, 2)].on && !changes[&cell(3, 3)].on);
        assert!(stroke.drag(to, Some(cell(3, 3)), &none, on).is_empty());
        assert_eq!(stroke.drag(to, Some(cell(4, 3)), &none, on).len(), 1);
        assert!(stroke.release(Some(to), on).is_empty());
    }

    #[test]
    fn a_fast_drag_leaves_no_step_out() {
        let none = Cells::new();
        let (mut stroke, _) = Stroke::press(cell(3, 2), ORIGIN, off);
        let to = pos2(400.0, 101.0);
        let changes = stroke.drag(to, Some(cell(3, 9)), &none, off);
        assert_eq!(changes.len(), 8);
        let back = stroke.drag(to, Some(cell(3, 6)), &none, off);
        let places = back.cells();
        assert_eq!(places, Cells::from([cell(3, 6), cell(3, 7), cell(3, 8)]));
    }

    #[test]
    fn a_drag_upwards_bends_velocities_and_changes_them_when_it_is_let_go() {
        let selected = Cells::from([cell(3, 2), cell(3, 4)]);
        let (mut stroke, _) = Stroke::press(cell(3, 2), ORIGIN, on);
        let up = pos2(101.0, 90.0);
        assert!(stroke.drag(up, Some(cell(3, 2)), &selected, on).is_empty());
        let shown = stroke.bent(Some(up));
        assert_eq!(shown.len(), 2);
        let changes = stroke.release(Some(up), on);
        assert_eq!(changes[&cell(3, 4)].velocity, Velocity::new(109));
        assert_eq!(changes[&cell(3, 4)].velocity, shown[&cell(3, 4)]);
    }
}
