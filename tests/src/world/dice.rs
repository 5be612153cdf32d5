//! Seeded chance for worlds: the same seed throws the same dice for ever. Knows nothing of what is
//! decided by it.

/// A stream of throws (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1b03_7387_12fa_d5c9)
    }

    /// Another stream, whose throws do not disturb this one's.
    pub fn fork(&mut self) -> Dice {
        Dice::new(self.throw())
    }

    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A whole number below `limit`, or zero where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).expect("a limit fits 64 bits").max(1);
        usize::try_from(self.throw() % limit).expect("below a usize")
    }

    /// Both ends are possible.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).unwrap_or(0) + 1;
        low + i64::try_from(self.throw() % width).expect("below a span of i64")
    }

    pub fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < usize::try_from(chance).expect("a percentage is small")
    }

    pub fn coin(&mut self) -> bool {
        self.percent(50)
    }

    pub fn word(&mut self) -> u32 {
        u32::try_from(self.throw() >> 32).expect("the upper half")
    }

    pub fn byte(&mut self) -> u8 {
        u8::try_from(self.throw() >> 56).expect("the upper eighth")
    }

    pub fn pick<T: Clone>(&mut self, among: &[T]) -> Option<T> {
        among.get(self.below(among.len())).cloned()
    }
}
