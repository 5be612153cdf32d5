//! Which of a row are meant, so that the others need not be asked about each time.

/// Some of a row of at most eight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Picked(u8);

impl Picked {
    pub(super) fn of<T, const N: usize>(row: [T; N], is_picked: impl Fn(T) -> bool) -> Self {
        const { assert!(N <= 8, "a bit for each") };
        let row = row.into_iter().rev();
        Self(row.fold(0, |bits, one| bits << 1 | u8::from(is_picked(one))))
    }

    #[inline(always)]
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Where they stand, the first of them first.
    #[inline(always)]
    pub(super) fn places(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let place = (rest != 0).then(|| rest.trailing_zeros() as usize);
            rest &= rest.wrapping_sub(1);
            place
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Picked;

    #[test]
    fn what_is_picked_is_named_in_its_order() {
        let picked = Picked::of([3, 8, 5, 2, 9, 4, 7, 6], |number| number > 5);
        assert_eq!(picked.places().collect::<Vec<_>>(), [1, 4, 6, 7]);
        assert!(Picked::of([1, 2], |number| number > 5).is_empty());
    }
}
