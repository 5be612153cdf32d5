//! The mixer: every track through its strip, its fader and its sends, then the sends' effects and
//! the mix through its own. It knows nothing of notes.

use crate::dsp::maths::single;
use crate::dsp::smooth::Smooth;
use crate::effect::chorus::Chorus;
use crate::effect::compressor::Compressor;
use crate::effect::delay::Delay;
use crate::effect::duck::Duck;
use crate::effect::limiter::Limiter;
use crate::effect::reverb::Reverb;
use crate::effect::strip::{FilterMode, Strip};
use crate::instrument::CHUNK;
use crate::listening::Listening;
use crate::meter::{Meter, Meters};
use crate::score::{MAX_TRACKS, Score, ScoreEffects, ScoreTrack};
use crate::voices::TrackAudio;

/// A few frames of stereo.
pub(crate) type Stereo = [[f32; CHUNK]; 2];

#[derive(Debug)]
pub(crate) struct Mixer {
    channels: Box<[Channel]>,
    delay: Delay,
    reverb: Reverb,
    chorus: Chorus,
    compressor: Compressor,
    duck: Duck,
    limiter: Limiter,
    delay_gain: Smooth,
    reverb_gain: Smooth,
    master: Smooth,
    meter: Meter,
    /// Which track ducks the others.
    ducker: usize,
    /// Nothing has been heard yet, so everything may start where it belongs.
    is_fresh: bool,
}

#[derive(Debug)]
struct Channel {
    strip: Strip,
    left: Smooth,
    right: Smooth,
    reverb_send: Smooth,
    delay_send: Smooth,
    /// How much of the ducking it takes part in: the track that ducks the others does not.
    ducked: Smooth,
    meter: Meter,
}

/// How long a fader takes for two thirds of its way, in seconds.
const FADER: f32 = 0.006;
const UNDUCKED: [f32; CHUNK] = [1.0; CHUNK];
static UNHEARD: [f32; CHUNK] = [0.0; CHUNK];

impl Channel {
    fn new(rate: f32) -> Self {
        let fader = Smooth::new(0.0, FADER * rate);
        Self {
            strip: Strip::new(rate),
            left: fader,
            right: fader,
            reverb_send: fader,
            delay_send: fader,
            ducked: fader,
            meter: Meter::new(rate),
        }
    }

    fn aim(&mut self, track: Option<&ScoreTrack>, is_heard: bool, trim: f32) {
        let Some(track) = track else {
            for fader in [&mut self.left, &mut self.right] {
                fader.aim(0.0);
            }
            return;
        };
        let gain = if is_heard { track.gain * trim } else { 0.0 };
        self.left.aim(gain * track.left);
        self.right.aim(gain * track.right);
        self.reverb_send.aim(track.reverb_send);
        self.delay_send.aim(track.delay_send);
        let mode = match track.filter_mode {
            1 => FilterMode::LowPass,
            2 => FilterMode::HighPass,
            _ => FilterMode::Off,
        };
        self.strip.aim(
            mode,
            track.filter_corner,
            track.filter_resonance,
            track.drive,
        );
    }

    fn arrive(&mut self) {
        for fader in [
            &mut self.left,
            &mut self.right,
            &mut self.reverb_send,
            &mut self.delay_send,
            &mut self.ducked,
        ] {
            fader.arrive();
        }
        self.strip.clear();
    }
}

impl Mixer {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let fader = Smooth::new(0.0, FADER * rate);
        Self {
            channels: (0..MAX_TRACKS).map(|_| Channel::new(rate)).collect(),
            delay: Delay::new(rate),
            reverb: Reverb::new(rate),
            chorus: Chorus::new(rate),
            compressor: Compressor::new(rate),
            duck: Duck::new(rate),
            limiter: Limiter::new(rate),
            delay_gain: fader,
            reverb_gain: fader,
            master: fader,
            meter: Meter::new(rate),
            ducker: MAX_TRACKS,
            is_fresh: true,
        }
    }

    /// Two tracks change places.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        if one.max(other) < self.channels.len() {
            self.channels.swap(one, other);
        }
    }

    /// How many frames later than its notes the mix comes.
    ///
    /// Realtime: yes
    pub(crate) fn latency(&self) -> usize {
        self.limiter.latency()
    }

    /// Whether it would give exact silence for silence.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.channels
            .iter()
            .all(|channel| channel.strip.is_silent())
            && self.delay.is_silent()
            && self.reverb.is_silent()
            && self.chorus.is_silent()
            && self.limiter.is_silent()
    }

    /// Forgets all sound.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        for channel in &mut self.channels {
            channel.arrive();
            channel.meter.clear();
        }
        self.clear_effects();
        self.meter.clear();
        self.is_fresh = true;
    }

    /// Forgets what effects hold, and puts them where they are aimed at.
    fn clear_effects(&mut self) {
        self.delay.clear();
        self.reverb.clear();
        self.chorus.clear();
        self.compressor.clear();
        self.duck.clear();
        self.limiter.clear();
    }

    /// Realtime: yes
    pub(crate) fn meters(&self) -> Meters {
        let mut meters = Meters {
            master: self.meter.read(),
            ..Meters::default()
        };
        for (read, channel) in meters.tracks.iter_mut().zip(&self.channels) {
            *read = channel.meter.read();
        }
        meters
    }

    /// Goes toward what a score says, at the tempo given.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, score: &Score, listening: &Listening, beats_per_second: f64) {
        let heard = listening.heard(score.tracks());
        for (number, channel) in self.channels.iter_mut().enumerate() {
            let is_heard = heard & 1 << number != 0;
            channel.aim(score.tracks().get(number), is_heard, listening.trim(number));
        }
        let effects = &score.effects;
        self.aim_sends(effects, beats_per_second);
        self.chorus.aim(
            effects.chorus_rate,
            effects.chorus_depth,
            effects.chorus_mix,
        );
        self.compressor.aim(effects.compressor);
        self.duck.aim(effects.duck_depth);
        self.ducker = usize::try_from(effects.duck_by).unwrap_or(MAX_TRACKS);
        for (number, channel) in self.channels.iter_mut().enumerate() {
            let is_ducked = number != self.ducker;
            channel.ducked.aim(if is_ducked { 1.0 } else { 0.0 });
        }
        self.master.aim(effects.master_gain);
        self.limiter.aim(effects.ceiling);
        if core::mem::take(&mut self.is_fresh) {
            self.channels.iter_mut().for_each(Channel::arrive);
            for fader in [
                &mut self.delay_gain,
                &mut self.reverb_gain,
                &mut self.master,
            ] {
                fader.arrive();
            }
            self.clear_effects();
        }
    }

    fn aim_sends(&mut self, effects: &ScoreEffects, beats_per_second: f64) {
        let seconds = f64::from(effects.delay_beats) / beats_per_second;
        self.delay.aim(
            single(seconds),
            effects.delay_feedback,
            effects.delay_tone,
            effects.delay_ping_pong != 0,
        );
        self.delay_gain.aim(effects.delay_gain);
        self.reverb.aim(
            effects.reverb_seconds,
            effects.reverb_pre_delay,
            effects.reverb_damping,
        );
        self.reverb_gain.aim(effects.reverb_gain);
    }

    /// Mixes a few frames. `audio` holds what the voices gave and becomes what each track sounds
    /// like behind its fader; `sounding` names the tracks that have anything in it. `heard_only`
    /// is added to the mix alone. `mix` and `returns` come silent; `returns` becomes what the sends'
    /// effects add to the tracks.
    ///
    /// Realtime: yes
    pub(crate) fn mix(
        &mut self,
        audio: &mut TrackAudio,
        sounding: &mut [bool; MAX_TRACKS],
        heard_only: &[f32],
        mix: &mut Stereo,
        returns: &mut Stereo,
        frames: usize,
    ) {
        let mut reverb = [[0.0; CHUNK]; 2];
        let delay = returns;
        self.through_strips(audio, sounding, frames);
        let mut ducked = UNDUCKED;
        self.duck_gains(audio, sounding, frames, &mut ducked);

        let tracks = audio.iter_mut().zip(sounding.iter());
        let channels = self.channels.iter_mut().zip(tracks);
        for (channel, (track, &sounds)) in channels {
            if !sounds {
                channel.rest(frames);
                continue;
            }
            channel.fade(track, &ducked, frames);
            channel.send(track, &mut reverb, delay, frames);
            add(mix, track, frames);
        }

        self.return_sends(&mut reverb, delay, mix, frames);
        let [left, right] = mix;
        let (Some(left), Some(right)) = (left.get_mut(..frames), right.get_mut(..frames)) else {
            return;
        };
        self.chorus.render(left, right);
        self.compressor.render(left, right);
        let mut gains = [0.0; CHUNK];
        self.master
            .fill(gains.get_mut(..frames).unwrap_or_default());
        for side in [&mut *left, &mut *right] {
            for (sample, gain) in side.iter_mut().zip(&gains) {
                *sample *= gain;
            }
        }
        for ((left, right), heard) in left.iter_mut().zip(right.iter_mut()).zip(heard_only) {
            *left += heard;
            *right += heard;
        }
        self.limiter.render(left, right);
        // A negative zero and a zero are the same sound, but not the same bits.
        for sample in left.iter_mut().chain(right.iter_mut()) {
            *sample += 0.0;
        }
        self.meter.hear(left, right);
    }

    fn through_strips(
        &mut self,
        audio: &mut TrackAudio,
        sounding: &mut [bool; MAX_TRACKS],
        frames: usize,
    ) {
        let tracks = audio.iter_mut().zip(sounding);
        for (channel, ([left, right], sounds)) in self.channels.iter_mut().zip(tracks) {
            if !*sounds && channel.strip.is_silent() {
                continue;
            }
            *sounds = true;
            if let (Some(left), Some(right)) = (left.get_mut(..frames), right.get_mut(..frames)) {
                channel.strip.render(left, right);
            }
        }
    }

    fn duck_gains(
        &mut self,
        audio: &TrackAudio,
        sounding: &[bool; MAX_TRACKS],
        frames: usize,
        gains: &mut [f32; CHUNK],
    ) {
        let key = audio
            .get(self.ducker)
            .filter(|_| sounding.get(self.ducker).is_some_and(|&sounds| sounds));
        if key.is_none() && self.duck.is_silent() {
            return;
        }
        let [left, right] = key.map_or([&UNHEARD; 2], |[left, right]| [left, right]);
        if let (Some(left), Some(right), Some(gains)) = (
            left.get(..frames),
            right.get(..frames),
            gains.get_mut(..frames),
        ) {
            self.duck.render(left, right, gains);
        }
    }

    /// Leaves what both effects give in `delay`, and adds it to the mix.
    fn return_sends(
        &mut self,
        reverb: &mut Stereo,
        delay: &mut Stereo,
        mix: &mut Stereo,
        frames: usize,
    ) {
        let [left, right] = delay;
        if let (Some(left), Some(right)) = (left.get_mut(..frames), right.get_mut(..frames)) {
            self.delay.render(left, right);
        }
        let [left, right] = reverb;
        if let (Some(left), Some(right)) = (left.get_mut(..frames), right.get_mut(..frames)) {
            self.reverb.render(left, right);
        }
        let (mut delay_gains, mut reverb_gains) = ([0.0; CHUNK], [0.0; CHUNK]);
        self.delay_gain
            .fill(delay_gains.get_mut(..frames).unwrap_or_default());
        self.reverb_gain
            .fill(reverb_gains.get_mut(..frames).unwrap_or_default());
        for ((mixed, delay), reverb) in mix.iter_mut().zip(delay).zip(reverb) {
            let gains = delay_gains.iter().zip(&reverb_gains);
            let sent = delay.iter_mut().zip(reverb).zip(gains);
            for (mixed, ((delay, reverb), (delay_gain, reverb_gain))) in
                mixed.iter_mut().zip(sent).take(frames)
            {
                *delay = *delay * delay_gain + *reverb * reverb_gain;
                *mixed += *delay;
            }
        }
    }
}

impl Channel {
    /// A track without sound: its faders go on all the same.
    fn rest(&mut self, frames: usize) {
        let faders = [
            &mut self.left,
            &mut self.right,
            &mut self.reverb_send,
            &mut self.delay_send,
            &mut self.ducked,
        ];
        for fader in faders.into_iter().filter(|fader| !fader.has_arrived()) {
            for _ in 0..frames {
                fader.next();
            }
        }
        if !self.meter.is_silent() {
            let silence = UNHEARD.get(..frames).unwrap_or(&UNHEARD);
            self.meter.hear(silence, silence);
        }
    }

    fn fade(&mut self, track: &mut Stereo, ducked: &[f32; CHUNK], frames: usize) {
        let mut gains = UNDUCKED;
        if !self.ducked.has_arrived() {
            for (gain, duck) in gains.iter_mut().zip(ducked).take(frames) {
                *gain += (duck - 1.0) * self.ducked.next();
            }
        } else if self.ducked.value() > 0.0 {
            gains = *ducked;
        }
        let [left, right] = track;
        let (Some(left), Some(right)) = (left.get_mut(..frames), right.get_mut(..frames)) else {
            return;
        };
        let mut fader = [0.0; CHUNK];
        for (samples, faded) in [(&mut *left, &mut self.left), (&mut *right, &mut self.right)] {
            faded.fill(fader.get_mut(..frames).unwrap_or_default());
            for ((sample, duck), fader) in samples.iter_mut().zip(&gains).zip(&fader) {
                *sample *= fader * duck;
            }
        }
        self.meter.hear(left, right);
    }

    fn send(&mut self, track: &Stereo, reverb: &mut Stereo, delay: &mut Stereo, frames: usize) {
        send(&mut self.reverb_send, track, reverb, frames);
        send(&mut self.delay_send, track, delay, frames);
    }
}

fn send(amount: &mut Smooth, track: &Stereo, bus: &mut Stereo, frames: usize) {
    if amount.has_arrived() && amount.value() == 0.0 {
        return;
    }
    let mut amounts = [0.0; CHUNK];
    amount.fill(amounts.get_mut(..frames).unwrap_or_default());
    for (bus, side) in bus.iter_mut().zip(track) {
        for ((to, sample), amount) in bus.iter_mut().zip(side).zip(&amounts).take(frames) {
            *to += sample * amount;
        }
    }
}

fn add(mix: &mut Stereo, track: &Stereo, frames: usize) {
    for (mixed, side) in mix.iter_mut().zip(track) {
        for (mixed, sample) in mixed.iter_mut().zip(side).take(frames) {
            *mixed += sample;
        }
    }
}

/// Equal power, and nothing changed in the middle. -1 is left, 1 is right.
///
/// Realtime: yes
pub(crate) fn pan_gains(pan: f32) -> (f32, f32) {
    let pan = if pan.is_finite() {
        pan.clamp(-1.0, 1.0)
    } else {
        0.0
    };
    if pan == 0.0 {
        return (1.0, 1.0);
    }
    let angle = (f64::from(pan) + 1.0) * core::f64::consts::FRAC_PI_4;
    let loud = core::f64::consts::SQRT_2;
    (
        single(libm::cos(angle) * loud),
        single(libm::sin(angle) * loud),
    )
}
