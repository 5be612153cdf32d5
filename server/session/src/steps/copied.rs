//! Selected steps as text and back, and what moving, pasting and deleting them changes. The text is
//! JSON, so that it goes from one session to another by way of the system's clipboard.

use super::{Cell, Cells, Changes};
use crate::document::Document;
use crate::document::step::Step;
use crate::ids::StepIndex;
use crate::{protocol, tree};
use serde::{Deserialize, Serialize};

/// Steps with their places relative to the first row and column among them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Copied {
    #[serde(rename = "lockstep-steps")]
    steps: Vec<CopiedStep>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct CopiedStep {
    row: usize,
    column: usize,
    step: Step,
}

impl Copied {
    pub fn of(document: &Document, cells: &Cells, read: impl Fn(Cell) -> Step) -> Self {
        let placed = cells
            .iter()
            .filter_map(|cell| Some((row_of(document, *cell)?, cell.step.index(), read(*cell))));
        let placed: Vec<_> = placed.collect();
        let top = placed.iter().map(|(row, _, _)| *row).min().unwrap_or(0);
        let left = placed
            .iter()
            .map(|(_, column, _)| *column)
            .min()
            .unwrap_or(0);
        let steps = placed.into_iter().map(|(row, column, step)| CopiedStep {
            row: row - top,
            column: column - left,
            step,
        });
        Self {
            steps: steps.collect(),
        }
    }

    /// Anything that is not a copy of steps is none.
    pub fn parse(text: &str) -> Option<Self> {
        let copied: Self = tree::decode(text).ok()?;
        let fits = copied.steps.len() <= Document::MOST_TRACKS * StepIndex::COUNT;
        (fits && !copied.steps.is_empty()).then_some(copied)
    }

    pub fn text(&self) -> String {
        protocol::encode(self)
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    fn width(&self) -> usize {
        let widest = self.steps.iter().map(|copied| copied.column + 1);
        widest.max().unwrap_or(0)
    }

    /// The same steps from another place on. What lies outside the grid is left out.
    pub fn pasted(&self, document: &Document, at: Cell) -> Changes {
        let Some(top) = row_of(document, at) else {
            return Changes::new();
        };
        let placed = self.steps.iter().filter_map(|copied| {
            let track = document.tracks.get(top.checked_add(copied.row)?)?.id;
            let step = StepIndex::new(at.step.index().checked_add(copied.column)?)?;
            Some((Cell { track, step }, copied.step.clone()))
        });
        placed.collect()
    }

    /// Again, right behind themselves.
    pub fn repeated(&self, document: &Document, cells: &Cells) -> Changes {
        let Some(corner) = corner(document, cells) else {
            return Changes::new();
        };
        match StepIndex::new(corner.step.index() + self.width()) {
            Some(step) => self.pasted(document, Cell { step, ..corner }),
            None => Changes::new(),
        }
    }
}

/// The first row and column of a selection.
pub fn corner(document: &Document, cells: &Cells) -> Option<Cell> {
    let rows = cells.iter().filter_map(|cell| row_of(document, *cell));
    let track = document.tracks.get(rows.min()?)?.id;
    let step = cells.iter().map(|cell| cell.step).min()?;
    Some(Cell { track, step })
}

/// Nothing of what was selected is left.
pub fn deleted(cells: &Cells) -> Changes {
    cells.iter().map(|cell| (*cell, Step::default())).collect()
}

/// Everything selected goes a step to the left or right, and leaves nothing where it was. At the edge
/// nothing moves.
pub fn shifted(cells: &Cells, by: isize, read: impl Fn(Cell) -> Step) -> Option<Changes> {
    let mut changes = deleted(cells);
    for cell in cells {
        let step = StepIndex::new(cell.step.index().checked_add_signed(by)?)?;
        changes.insert(Cell { step, ..*cell }, read(*cell));
    }
    Some(changes)
}

/// The same cells a step further.
pub fn moved(cells: &Cells, by: isize) -> Cells {
    let moved = cells.iter().filter_map(|cell| {
        let step = StepIndex::new(cell.step.index().checked_add_signed(by)?)?;
        Some(Cell { step, ..*cell })
    });
    moved.collect()
}

fn row_of(document: &Document, cell: Cell) -> Option<usize> {
    let mut tracks = document.tracks.iter();
    tracks.position(|track| track.id == cell.track)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{cell, document};
    use super::*;
    use crate::document::step::Velocity;

    fn read(cell: Cell) -> Step {
        Step {
            velocity: Velocity::new(i64::try_from(cell.step.index() + 1).unwrap()),
            ..Step::on()
        }
    }

    #[test]
    fn what_is_copied_is_pasted_in_the_same_shape() {
        let document = document();
        let cells = Cells::from([cell(3, 2), cell(4, 3)]);
        let copied = Copied::of(&document, &cells, read);
        let back = Copied::parse(&copied.text()).unwrap();
        assert_eq!(back, copied);
        let pasted = back.pasted(&document, cell(3, 8));
        assert_eq!(pasted.cells(), Cells::from([cell(3, 8), cell(4, 9)]));
        assert_eq!(pasted[&cell(4, 9)], read(cell(4, 3)));
    }

    #[test]
    fn what_would_lie_outside_the_grid_is_left_out() {
        let document = document();
        let cells = Cells::from([cell(3, 0), cell(4, 1)]);
        let copied = Copied::of(&document, &cells, read);
        let pasted = copied.pasted(&document, cell(4, 127));
        assert_eq!(pasted.cells(), Cells::from([cell(4, 127)]));
    }

    #[test]
    fn other_text_is_not_pasted() {
        for text in ["", "hello", "{}", "{\"lockstep-steps\":[]}", "[1]"] {
            assert_eq!(Copied::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_selection_moves_as_a_whole_or_not_at_all() {
        let cells = Cells::from([cell(3, 0), cell(3, 1)]);
        assert_eq!(shifted(&cells, -1, read), None);
        let right = shifted(&cells, 1, read).unwrap();
        assert_eq!(right[&cell(3, 0)], Step::default());
        assert_eq!(right[&cell(3, 1)], read(cell(3, 0)));
        assert_eq!(right[&cell(3, 2)], read(cell(3, 1)));
    }

    #[test]
    fn a_repeated_selection_follows_itself() {
        let document = document();
        let cells = Cells::from([cell(3, 1), cell(3, 4)]);
        let copied = Copied::of(&document, &cells, read);
        let repeated = copied.repeated(&document, &cells);
        assert_eq!(repeated.cells(), Cells::from([cell(3, 5), cell(3, 8)]));
    }
}
