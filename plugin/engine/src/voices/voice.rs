//! One place for a note: whichever instrument it takes, who holds it, and how it leaves.

use super::Stage;
use super::tail::{FADE, Tails, fade_gain};
use crate::instrument::click::Click;
use crate::instrument::drum::Drum;
use crate::instrument::fm::Fm;
use crate::instrument::pluck::Pluck;
use crate::instrument::sampler::Sampler;
use crate::instrument::square::Square;
use crate::instrument::subtractive::Subtractive;
use crate::instrument::{CHUNK, Instrument, Setting, Strike, Values};
use crate::sample::SampleKey;
use crate::score::{Locks, Machine, Score, ScoreTrack};
use crate::sequencer::{note_number, swapped};

/// A note as the engine hands it to the voices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Struck<'a> {
    pub(crate) track: u8,
    pub(crate) plays: &'a ScoreTrack,
    pub(crate) pitch: f32,
    pub(crate) semitone: i8,
    pub(crate) velocity: f32,
    pub(crate) seed: u32,
    pub(crate) locks: Locks,
    /// Left and right.
    pub(crate) gains: [f32; 2],
    pub(crate) hold: Hold,
    pub(crate) slides: bool,
    /// Which pitch of its note it is, lowest first.
    pub(crate) place: u8,
    /// What is struck together has one number.
    pub(crate) stroke: u64,
    /// When what the sequence plays began, in running micro-beats.
    pub(crate) turn: i64,
}

/// Who lets go of a note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Hold {
    /// The sequence, once so many beats have been travelled.
    Until(f64),
    /// Whoever plays the key.
    Key(u8),
    /// The pedal: its key was let go.
    Pedal,
    /// Nobody any more.
    Released,
}

#[derive(Debug)]
pub(crate) struct Voice {
    machine: Option<Machine>,
    track: u8,
    /// The track's own number, by which it is found again in another score.
    seed: u32,
    /// The drum of a kit.
    note: u8,
    /// The track's choke group, and the kit's own.
    chokes: [u8; 2],
    order: u64,
    place: u8,
    stroke: u64,
    turn: i64,
    hold: Hold,
    /// Frames of the fade that are done.
    fading: Option<usize>,
    gains: [f32; 2],
    locks: Locks,
    values: Values,
    sample: Option<(usize, SampleKey)>,
    click: Click,
    drum: Drum,
    subtractive: Subtractive,
    fm: Fm,
    pluck: Pluck,
    square: Square,
    sampler: Sampler,
}

impl<'a> Struck<'a> {
    /// Until when it is held, if it goes on from the note before it.
    pub(crate) fn slides_until(&self) -> Option<f64> {
        match self.hold {
            Hold::Until(end) if self.slides => Some(end),
            _ => None,
        }
    }

    fn choke_of_kit(&self) -> u8 {
        let patch = &self.plays.patch;
        let piece = (patch.machine() == Some(Machine::Kit))
            .then(|| patch.piece(note_number(self.semitone)))
            .flatten();
        piece.map_or(0, |piece| piece.choke)
    }
}

impl Voice {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        Self {
            machine: None,
            track: 0,
            seed: 0,
            note: 0,
            chokes: [0; 2],
            order: 0,
            place: 0,
            stroke: 0,
            turn: 0,
            hold: Hold::Released,
            fading: None,
            gains: [0.0; 2],
            locks: Locks::NONE,
            values: Values::new(&[]),
            sample: None,
            click: Click::default(),
            drum: Drum::new(),
            subtractive: Subtractive::default(),
            fm: Fm::default(),
            pluck: Pluck::new(rate),
            square: Square::default(),
            sampler: Sampler::default(),
        }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.machine.is_none()
    }

    pub(crate) fn is_on(&self, track: u8) -> bool {
        !self.is_free() && self.track == track
    }

    pub(crate) fn track(&self) -> usize {
        usize::from(self.track)
    }

    pub(crate) fn order(&self) -> u64 {
        self.order
    }

    pub(crate) fn turn(&self) -> i64 {
        self.turn
    }

    /// Two tracks change places.
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        self.track = swapped(self.track, one, other);
    }

    pub(crate) fn place(&self) -> u8 {
        self.place
    }

    /// How much it would be missed.
    pub(crate) fn worth(&self) -> u8 {
        match (self.is_free(), self.fading.is_some(), self.hold) {
            (true, ..) => 0,
            (_, true, _) => 1,
            (.., Hold::Released) => 2,
            (.., Hold::Pedal) => 3,
            _ => 4,
        }
    }

    pub(crate) fn is_held_in_sequence_on(&self, track: u8) -> bool {
        self.is_on(track) && self.fading.is_none() && matches!(self.hold, Hold::Until(_))
    }

    pub(crate) fn plays(&self, key: SampleKey) -> bool {
        !self.is_free() && self.sample.is_some_and(|(_, playing)| playing == key)
    }

    /// When the sequence lets go of it.
    pub(crate) fn ends(&self) -> Option<f64> {
        match self.hold {
            Hold::Until(end) if !self.is_free() => Some(end),
            _ => None,
        }
    }

    /// Drums cut off the stroke before, and groups whatever of them sounds elsewhere.
    pub(crate) fn is_cut_off_by(&self, struck: &Struck<'_>) -> bool {
        let is_same_chord = self.track == struck.track && self.stroke == struck.stroke;
        if self.is_free() || self.fading.is_some() || is_same_chord {
            return false;
        }
        let [group, group_of_kit] = self.chokes;
        if self.track != struck.track {
            return group != 0 && group == struck.plays.choke;
        }
        let Some(machine) = struck.plays.patch.machine() else {
            return false;
        };
        let same_drum = match machine {
            Machine::Kit => self.note == note_number(struck.semitone),
            machine => machine.is_drum(),
        };
        same_drum || group_of_kit != 0 && group_of_kit == struck.choke_of_kit()
    }

    pub(crate) fn free(&mut self) {
        self.machine = None;
        self.hold = Hold::Released;
        self.fading = None;
    }

    pub(crate) fn strike(
        &mut self,
        struck: &Struck<'_>,
        from: Option<f32>,
        order: u64,
        stage: &Stage<'_>,
    ) {
        self.free();
        let patch = &struck.plays.patch;
        let note = note_number(struck.semitone);
        let (machine, gain, sides, choke, values) = match patch.machine() {
            None => return,
            Some(Machine::Kit) => {
                let Some(piece) = patch.piece(note) else {
                    return;
                };
                let values = piece_values(piece.values, &struck.locks);
                (piece.machine, piece.gain, piece.sides, piece.choke, values)
            }
            Some(machine) => (machine, 1.0, [1.0; 2], 0, patch.values(&struck.locks)),
        };
        let is_of_kit = patch.machine() == Some(Machine::Kit);
        self.track = struck.track;
        self.seed = struck.plays.launches.seed();
        self.note = note;
        self.chokes = [struck.plays.choke, choke];
        self.order = order;
        self.place = struck.place;
        self.stroke = struck.stroke;
        self.turn = struck.turn;
        self.hold = struck.hold;
        self.locks = struck.locks;
        self.values = values;
        let [left, right] = struck.gains;
        let gain = gain * patch.gain;
        let [of_left, of_right] = sides;
        self.gains = [left * gain * of_left, right * gain * of_right];
        self.sample = (machine == Machine::Sampler)
            .then(|| stage.bank.find(SampleKey::from_number(patch.sample)))
            .flatten();
        self.machine = Some(machine);
        let strike = Strike {
            pitch: if is_of_kit { 0.0 } else { struck.pitch },
            velocity: struck.velocity,
            seed: struck.seed,
            from,
        };
        self.clear(machine);
        self.with(stage, |instrument, setting| {
            instrument.strike(setting, strike)
        });
    }

    pub(crate) fn slide(&mut self, struck: &Struck<'_>, until: f64, stage: &Stage<'_>) {
        self.hold = Hold::Until(until);
        self.turn = struck.turn;
        let pitch = struck.pitch;
        self.with(stage, |instrument, setting| {
            instrument.slide(setting, pitch)
        });
    }

    /// Makes the instrument new: what it sounded before has left already, in the tails.
    fn clear(&mut self, machine: Machine) {
        match machine {
            Machine::Click => self.click = Click::default(),
            Machine::Drum(piece) => {
                self.drum = Drum::new();
                self.drum.choose(piece);
            }
            Machine::Subtractive => self.subtractive = Subtractive::default(),
            Machine::Fm => self.fm = Fm::default(),
            Machine::Square => self.square = Square::default(),
            Machine::Sampler => self.sampler = Sampler::default(),
            // It fills its string anew by itself, and holds memory of its own.
            Machine::Pluck | Machine::Kit => {}
        }
    }

    pub(crate) fn release(&mut self) {
        if self.is_free() || self.hold == Hold::Released {
            return;
        }
        self.hold = Hold::Released;
        if let Some(instrument) = self.instrument() {
            instrument.release();
        }
    }

    pub(crate) fn release_key(&mut self, track: u8, key: u8, is_sustained: bool) {
        if self.is_on(track) && self.hold == Hold::Key(key) {
            if is_sustained {
                self.hold = Hold::Pedal;
            } else {
                self.release();
            }
        }
    }

    pub(crate) fn release_pedal(&mut self, track: u8) {
        if self.is_on(track) && self.hold == Hold::Pedal {
            self.release();
        }
    }

    pub(crate) fn release_keys(&mut self, track: u8) {
        if self.is_on(track) && matches!(self.hold, Hold::Key(_) | Hold::Pedal) {
            self.release();
        }
    }

    /// Fades out in its own place.
    pub(crate) fn fade(&mut self) {
        if !self.is_free() && self.fading.is_none() {
            self.fading = Some(0);
        }
    }

    /// Gives up its place at once; what would be cut off goes to the tails.
    pub(crate) fn leave(&mut self, stage: &Stage<'_>, tails: &mut Tails) {
        if self.is_free() {
            return;
        }
        let track = self.track();
        let gone = self.fading.unwrap_or(0);
        // A fade under way goes on where it is: a tail begins at full level.
        let already = if gone == 0 { 1.0 } else { fade_gain(gone) };
        let mut done = 0;
        while done < FADE {
            let (mut left, mut right) = ([0.0; CHUNK], [0.0; CHUNK]);
            self.render(&mut left, &mut right, stage);
            for (left, right) in left.iter_mut().zip(&mut right) {
                *left *= already;
                *right *= already;
            }
            tails.give(track, done, &left, &right);
            done += CHUNK;
        }
        self.free();
    }

    pub(crate) fn bend(&mut self, stage: &Stage<'_>) {
        self.with(stage, |instrument, setting| instrument.steer(setting));
    }

    /// Follows its track to another score: to its place there, and to how it is set.
    pub(crate) fn steer(&mut self, score: &Score, stage: &Stage<'_>) {
        let Some(machine) = self.machine else {
            return;
        };
        let mut tracks = (0..).zip(score.tracks());
        let Some((track, plays)) = tracks.find(|(_, track)| track.launches.seed() == self.seed)
        else {
            self.fade();
            return;
        };
        self.track = track;
        let values = match plays.patch.machine() {
            Some(Machine::Kit) => plays
                .patch
                .piece(self.note)
                .filter(|piece| piece.machine == machine)
                .map(|piece| piece_values(piece.values, &self.locks)),
            Some(other) if other == machine => Some(plays.patch.values(&self.locks)),
            _ => None,
        };
        match values {
            Some(values) if values != self.values => {
                self.values = values;
                self.bend(stage);
            }
            Some(_) => {}
            None => self.fade(),
        }
    }

    /// Adds the next frames, at most a chunk.
    pub(crate) fn add_to(&mut self, left: &mut [f32], right: &mut [f32], stage: &Stage<'_>) {
        let frames = left.len().min(CHUNK);
        let (mut own_left, mut own_right) = ([0.0; CHUNK], [0.0; CHUNK]);
        if let (Some(own_left), Some(own_right)) =
            (own_left.get_mut(..frames), own_right.get_mut(..frames))
        {
            self.render(own_left, own_right, stage);
            if let Some(done) = self.fading {
                for (frame, (left, right)) in own_left.iter_mut().zip(own_right).enumerate() {
                    let gain = fade_gain(done + frame);
                    *left *= gain;
                    *right *= gain;
                }
                self.fading = Some(done + frames);
            }
        }
        for (mixed, own) in left.iter_mut().zip(&own_left) {
            *mixed += own;
        }
        for (mixed, own) in right.iter_mut().zip(&own_right) {
            *mixed += own;
        }
        let has_faded = self.fading.is_some_and(|done| done >= FADE);
        if has_faded
            || self
                .instrument()
                .is_none_or(|instrument| instrument.is_over())
        {
            self.free();
        }
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32], stage: &Stage<'_>) {
        let [left_gain, right_gain] = self.gains;
        self.with(stage, |instrument, setting| {
            instrument.render(setting, left, right);
            for sample in left.iter_mut() {
                *sample *= left_gain;
            }
            for sample in right.iter_mut() {
                *sample *= right_gain;
            }
        });
    }

    fn instrument(&mut self) -> Option<&mut dyn Instrument> {
        Some(match self.machine? {
            Machine::Click => &mut self.click,
            Machine::Drum(_) => &mut self.drum,
            Machine::Subtractive => &mut self.subtractive,
            Machine::Fm => &mut self.fm,
            Machine::Pluck => &mut self.pluck,
            Machine::Square => &mut self.square,
            Machine::Sampler => &mut self.sampler,
            Machine::Kit => return None,
        })
    }

    fn with(&mut self, stage: &Stage<'_>, act: impl FnOnce(&mut dyn Instrument, &Setting<'_>)) {
        let values = self.values;
        let setting = Setting {
            rate: stage.rate,
            tables: stage.tables,
            values: &values,
            sample: self
                .sample
                .and_then(|(place, key)| stage.bank.get(place, key)),
            bend: stage.bends.get(self.track()).copied().unwrap_or(0.0),
        };
        if let Some(instrument) = self.instrument() {
            act(instrument, &setting);
        }
    }
}

fn piece_values(values: &[u16; crate::score::patch::PARAMETERS], locks: &Locks) -> Values {
    let mut values = Values::from_amounts(values);
    for (parameter, amount) in locks.iter() {
        values.set(parameter, amount);
    }
    values
}
