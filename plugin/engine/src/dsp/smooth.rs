//! Values that move without steps. Nothing here knows what the value is for.

/// A value that approaches its target by the same share of the way each time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Smooth {
    value: f32,
    target: f32,
    share: f32,
}

/// Closer than this share of a unit, a value has arrived.
const ARRIVED: f32 = 1e-6;

impl Smooth {
    /// `steps` is after how many steps about two thirds of the way are done.
    ///
    /// Realtime: yes
    pub(crate) fn new(value: f32, steps: f32) -> Self {
        let share = if steps > 1.0 { 1.0 / steps } else { 1.0 };
        Self {
            value,
            target: value,
            share,
        }
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn aim(&mut self, target: f32) {
        if target.is_finite() {
            self.target = target;
        }
    }

    /// Goes to the target at once.
    ///
    /// Realtime: yes
    pub(crate) fn jump(&mut self, target: f32) {
        self.aim(target);
        self.value = self.target;
    }

    /// Goes to where it is aimed at once.
    ///
    /// Realtime: yes
    pub(crate) fn arrive(&mut self) {
        self.value = self.target;
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn value(&self) -> f32 {
        self.value
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn has_arrived(&self) -> bool {
        self.value == self.target
    }

    /// The value after one more step.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn next(&mut self) -> f32 {
        let way = self.target - self.value;
        let moved = self.value + way * self.share;
        // A step too small to change the value would keep it just short of its target for ever.
        self.value = if way.abs() < ARRIVED || moved == self.value {
            self.target
        } else {
            moved
        };
        self.value
    }

    /// The next values, as many as there is room for.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn fill(&mut self, values: &mut [f32]) {
        if self.has_arrived() {
            values.fill(self.value);
        } else {
            for value in values {
                *value = self.next();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Smooth;

    #[test]
    fn a_value_arrives_exactly_and_never_overshoots() {
        let mut smooth = Smooth::new(0.0, 50.0);
        smooth.aim(1.0);
        let mut before = 0.0;
        for _ in 0..2000 {
            let now = smooth.next();
            assert!(now >= before && now <= 1.0);
            before = now;
        }
        assert_eq!(smooth.value(), 1.0);
        smooth.aim(f32::NAN);
        assert_eq!(smooth.next(), 1.0);
    }
}
