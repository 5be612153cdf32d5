//! A track's own drive and filter, in this order: the filter has the last word on what the drive adds.

mod drive;
mod filter;

pub(crate) use self::filter::FilterMode;

use self::drive::Drive;
use self::filter::Filter;
use super::{between, sane};

#[derive(Debug)]
pub(crate) struct Strip {
    mode: FilterMode,
    /// Corner, resonance and drive.
    aimed: [f32; 3],
    drive: Drive,
    filter: Filter,
    resting: bool,
}

impl Strip {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        Self {
            mode: FilterMode::Off,
            aimed: [1.0, 0.0, 0.0],
            drive: Drive::new(rate),
            filter: Filter::new(rate),
            resting: true,
        }
    }

    /// Whether it would give exact silence for silence.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// All from 0 to 1; the corner goes from 20 Hz to 20 kHz. Off and without drive it leaves the
    /// sound as it is.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, mode: FilterMode, corner: f32, resonance: f32, drive: f32) {
        let wanted = [corner, resonance, drive];
        if mode == self.mode && wanted == self.aimed {
            return;
        }
        let mut aimed = self.aimed;
        for (aimed, wanted) in aimed.iter_mut().zip(wanted) {
            *aimed = between(wanted, 0.0, 1.0, *aimed);
        }
        self.mode = mode;
        self.aimed = aimed;
        self.filter.aim(mode, aimed[0], aimed[1]);
        self.drive.aim(aimed[2]);
        if self.resting {
            self.rest();
        }
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.rest();
    }

    /// Realtime: yes
    pub(crate) fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.drive.is_off() && self.filter.is_off() {
            if let (Some(left), Some(right)) = (left.last(), right.last()) {
                self.resting = *left == 0.0 && *right == 0.0;
            }
            return;
        }
        for (left, right) in left.iter_mut().zip(right) {
            let silent = *left == 0.0 && *right == 0.0;
            if self.resting {
                if silent {
                    continue;
                }
                self.resting = false;
            }
            let driven = self.drive.next([sane(*left), sane(*right)]);
            [*left, *right] = self.filter.next(driven);
            if silent && self.drive.is_silent() && self.filter.is_silent() {
                self.rest();
            }
        }
    }

    fn rest(&mut self) {
        self.resting = true;
        self.drive.rest();
        self.filter.rest();
    }
}
