//! A stereo delay line that is read at one place. When the place changes, the old one fades out and
//! the new one in, so that no change of time is heard as a click or a change of pitch.

use crate::dsp::maths::count;

/// How long the two places fade, in seconds.
const FADE: f32 = 0.03;

#[derive(Debug)]
pub(crate) struct Line {
    frames: Box<[[f32; 2]]>,
    /// Where the newest frame is.
    newest: usize,
    here: usize,
    there: usize,
    wanted: usize,
    /// How many frames the fade has gone on; none is going on at zero.
    faded: u16,
    fade: u16,
}

impl Line {
    /// A line that can be read up to `longest` frames back.
    ///
    /// Realtime: no
    pub(crate) fn new(rate: f32, longest: usize) -> Self {
        let fade = u16::try_from(count(f64::from(rate * FADE))).unwrap_or(u16::MAX);
        Self {
            frames: vec![[0.0; 2]; longest + 1].into_boxed_slice(),
            newest: 0,
            here: 0,
            there: 0,
            wanted: 0,
            faded: 0,
            fade: fade.max(1),
        }
    }

    /// How many frames it holds: after so many frames of silence it is empty.
    ///
    /// Realtime: yes
    pub(crate) fn capacity(&self) -> usize {
        self.frames.len()
    }

    /// From now on it is read so many frames behind the newest one.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, behind: usize) {
        self.wanted = behind.min(self.frames.len() - 1);
    }

    /// Goes to the place where it is wanted to be read at once.
    ///
    /// Realtime: yes
    pub(crate) fn jump(&mut self) {
        self.here = self.wanted;
        self.there = self.wanted;
        self.faded = 0;
    }

    /// Forgets all sound, and keeps its place.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.frames.fill([0.0; 2]);
        self.jump();
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn write(&mut self, frame: [f32; 2]) {
        self.newest += 1;
        if self.newest >= self.frames.len() {
            self.newest = 0;
        }
        if let Some(place) = self.frames.get_mut(self.newest) {
            *place = frame;
        }
    }

    /// What is heard at the place, once a frame.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn read(&mut self) -> [f32; 2] {
        if self.faded == 0 {
            if self.wanted == self.here {
                return self.at(self.here);
            }
            self.there = self.wanted;
        }
        self.faded += 1;
        let way = f32::from(self.faded) / f32::from(self.fade);
        let share = way * way * (3.0 - 2.0 * way);
        let (old, new) = (self.at(self.here), self.at(self.there));
        if self.faded >= self.fade {
            self.here = self.there;
            self.faded = 0;
        }
        [
            old[0] + (new[0] - old[0]) * share,
            old[1] + (new[1] - old[1]) * share,
        ]
    }

    #[inline(always)]
    fn at(&self, behind: usize) -> [f32; 2] {
        let index = if self.newest >= behind {
            self.newest - behind
        } else {
            self.newest + self.frames.len() - behind
        };
        self.frames.get(index).copied().unwrap_or([0.0; 2])
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_frame_comes_back_after_exactly_the_frames_it_was_aimed_at() {
        for behind in [0, 1, 63, 100] {
            let mut line = Line::new(48_000.0, 100);
            line.aim(behind);
            line.jump();
            for frame in 0..300 {
                let loud = if frame == 7 { 1.0 } else { 0.0 };
                line.write([loud, -loud]);
                let expected = if frame == 7 + behind { 1.0 } else { 0.0 };
                assert_eq!(line.read(), [expected, -expected], "{behind} at {frame}");
            }
        }
    }
}
