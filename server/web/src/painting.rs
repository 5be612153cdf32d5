//! From a pointer to the cells it crosses: arithmetic on one measured rectangle, because asking the
//! document what lies under a point costs half a millisecond. Knows neither the DOM nor the session.

/// The grid as it lies on the screen when a stroke begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surface {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) row: usize,
    pub(crate) column: usize,
}

impl Surface {
    /// The cell under a point, or the nearest one to a point outside.
    pub(crate) fn spot(&self, x: f64, y: f64) -> Spot {
        Spot {
            row: share((y - self.top) / self.height, self.rows),
            column: share((x - self.left) / self.width, self.columns),
        }
    }
}

impl Spot {
    /// Every cell on the way to `end`, without the one it starts from: a fast pointer skips none.
    pub(crate) fn way_to(self, end: Spot) -> impl Iterator<Item = Spot> {
        let strides = self
            .row
            .abs_diff(end.row)
            .max(self.column.abs_diff(end.column));
        (1..=strides).map(move |stride| Spot {
            row: between(self.row, end.row, stride, strides),
            column: between(self.column, end.column, stride, strides),
        })
    }
}

/// Which of `count` equal parts a fraction of the whole falls into.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value was brought into 0 to 128"
)]
fn share(fraction: f64, count: usize) -> usize {
    let count = u8::try_from(count.max(1)).unwrap_or(128);
    // A clamp between bounds that are computed can panic, and its words are heavy.
    (fraction * f64::from(count))
        .max(0.0)
        .min(f64::from(count - 1)) as usize
}

/// A place `stride` of `strides` on the way, rounded to the nearest.
fn between(start: usize, end: usize, stride: usize, strides: usize) -> usize {
    let moved = (start.abs_diff(end) * stride * 2 + strides) / (strides * 2);
    if end < start {
        start - moved
    } else {
        start + moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURFACE: Surface = Surface {
        left: 100.0,
        top: 50.0,
        width: 320.0,
        height: 80.0,
        rows: 2,
        columns: 8,
    };

    #[test]
    fn a_point_falls_into_its_cell_and_one_outside_into_the_nearest() {
        assert_eq!(SURFACE.spot(100.0, 50.0), Spot { row: 0, column: 0 });
        assert_eq!(SURFACE.spot(141.0, 91.0), Spot { row: 1, column: 1 });
        assert_eq!(SURFACE.spot(9_999.0, -5.0), Spot { row: 0, column: 7 });
        assert_eq!(SURFACE.spot(f64::NAN, 129.9), Spot { row: 1, column: 0 });
    }

    #[test]
    fn a_fast_pointer_skips_no_cell() {
        let columns = |from, to| {
            let spots = Spot {
                row: 0,
                column: from,
            }
            .way_to(Spot { row: 0, column: to });
            spots.map(|spot| spot.column).collect::<Vec<_>>()
        };
        assert_eq!(columns(1, 5), [2, 3, 4, 5]);
        assert_eq!(columns(5, 1), [4, 3, 2, 1]);
        assert!(columns(3, 3).is_empty());
        let slanted: Vec<_> = Spot { row: 0, column: 0 }
            .way_to(Spot { row: 2, column: 4 })
            .map(|s| s.row)
            .collect();
        assert_eq!(slanted, [1, 1, 2, 2]);
    }
}
