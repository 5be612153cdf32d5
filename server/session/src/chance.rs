//! Chance without state: a hash of what is decided, so that everyone decides alike.

/// The dice of one cell under one seed. Each `throw` number gives an independent value.
#[derive(Clone, Copy, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u32, cell: u32) -> Chance {
        Chance(mix(u64::from(seed) << 32 | u64::from(cell)))
    }

    pub fn throw(self, throw: u32) -> u64 {
        mix(self.0 ^ mix(u64::from(throw)))
    }

    /// A whole number below `limit`, which is at least one.
    pub fn below(self, throw: u32, limit: u32) -> u32 {
        let scaled = (u128::from(self.throw(throw)) * u128::from(limit.max(1))) >> 64;
        u32::try_from(scaled).expect("scaled below a 32-bit limit")
    }

    /// 0 to 99, each as likely.
    pub fn percent(self, throw: u32) -> u8 {
        u8::try_from(self.below(throw, 100)).expect("below a hundred")
    }

    /// -100 to 100, small values more often.
    pub fn centred(self, throw: u32) -> i64 {
        i64::from(self.below(throw * 2, 101)) - i64::from(self.below(throw * 2 + 1, 101))
    }
}

/// SplitMix64's finaliser, a bijection that flips about half of all bits for each bit of input.
fn mix(value: u64) -> u64 {
    let mut value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_are_spread_evenly_over_their_range() {
        let mut counts = [0_u32; 10];
        for cell in 0..10_000 {
            counts[usize::try_from(Chance::of(7, cell).below(0, 10)).expect("small")] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..=1150).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn centred_throws_lean_neither_way() {
        let sum: i64 = (0..10_000).map(|cell| Chance::of(3, cell).centred(1)).sum();
        assert!(sum.abs() < 20_000, "{sum}");
    }
}
