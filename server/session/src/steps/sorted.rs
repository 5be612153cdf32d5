//! Cells in order, each once, alone or with what they are to become. Plain lists: the page has to
//! load all that a tree would bring.

use super::Cell;
use crate::document::step::Step;

/// Some cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells(Vec<Cell>);

/// What steps are to become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(Vec<(Cell, Step)>);

impl Cells {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Cell> {
        self.0.iter()
    }

    pub fn first(&self) -> Option<&Cell> {
        self.0.first()
    }

    pub fn contains(&self, cell: &Cell) -> bool {
        self.0.binary_search(cell).is_ok()
    }

    pub fn insert(&mut self, cell: Cell) {
        if let Err(place) = self.0.binary_search(&cell) {
            self.0.insert(place, cell);
        }
    }

    /// Gives whether it was there.
    pub fn remove(&mut self, cell: &Cell) -> bool {
        let place = self.0.binary_search(cell);
        if let Ok(place) = place {
            self.0.remove(place);
        }
        place.is_ok()
    }
}

impl Changes {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, (Cell, Step)> {
        self.0.iter()
    }

    pub fn cells(&self) -> Cells {
        Cells(self.0.iter().map(|(cell, _)| *cell).collect())
    }

    pub fn get(&self, cell: &Cell) -> Option<&Step> {
        let place = self.0.binary_search_by_key(cell, |(cell, _)| *cell).ok()?;
        Some(&self.0[place].1)
    }

    pub fn insert(&mut self, cell: Cell, step: Step) {
        match self.0.binary_search_by_key(&cell, |(cell, _)| *cell) {
            Ok(place) => self.0[place].1 = step,
            Err(place) => self.0.insert(place, (cell, step)),
        }
    }
}

impl FromIterator<Cell> for Cells {
    fn from_iter<T: IntoIterator<Item = Cell>>(offered: T) -> Self {
        let mut cells = Self::new();
        offered.into_iter().for_each(|cell| cells.insert(cell));
        cells
    }
}

impl<const COUNT: usize> From<[Cell; COUNT]> for Cells {
    fn from(cells: [Cell; COUNT]) -> Self {
        cells.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Cells {
    type Item = &'a Cell;
    type IntoIter = std::slice::Iter<'a, Cell>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<(Cell, Step)> for Changes {
    fn from_iter<T: IntoIterator<Item = (Cell, Step)>>(offered: T) -> Self {
        let mut changes = Self::new();
        for (cell, step) in offered {
            changes.insert(cell, step);
        }
        changes
    }
}

impl<const COUNT: usize> From<[(Cell, Step); COUNT]> for Changes {
    fn from(changes: [(Cell, Step); COUNT]) -> Self {
        changes.into_iter().collect()
    }
}

impl std::ops::Index<&Cell> for Changes {
    type Output = Step;

    fn index(&self, cell: &Cell) -> &Step {
        self.get(cell)
            .expect("only cells that change are asked for")
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::cell;
    use super::*;

    #[test]
    fn cells_stay_in_order_and_are_there_once() {
        let mut cells = Cells::from([cell(4, 1), cell(3, 2), cell(4, 1), cell(3, 0)]);
        assert_eq!(cells, Cells::from([cell(3, 0), cell(3, 2), cell(4, 1)]));
        assert!(cells.remove(&cell(3, 2)) && !cells.remove(&cell(3, 2)));
        assert!(cells.contains(&cell(4, 1)) && !cells.contains(&cell(3, 2)));
        assert_eq!(cells.len(), 2);
    }

    #[test]
    fn the_last_change_of_a_cell_counts() {
        let changes = Changes::from([(cell(3, 0), Step::default()), (cell(3, 0), Step::on())]);
        assert_eq!((changes.len(), &changes[&cell(3, 0)]), (1, &Step::on()));
        assert_eq!(changes.get(&cell(3, 1)), None);
    }
}
