//! The transport of a host that calls its plugin on time, and the hands on it. It must not know any
//! host's format.

use super::{Loop, LoopStyle, Transport};
use serde_json::{Value, json};
use std::sync::mpsc::Receiver;

/// What a hand does at a host's transport, all of it with the next block; the rest runs on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hand {
    rolls: Option<bool>,
    tempo: Option<f64>,
    /// The tempo moves evenly to another one within so many seconds.
    ramp: Option<(f64, f64)>,
    beat: Option<f64>,
    looped: Option<Option<(f64, f64)>>,
    signature: Option<(u16, u16)>,
    /// Parameters, by their numbers.
    knobs: Vec<(u32, f64)>,
}

/// A transport as it runs, block by block.
#[derive(Debug)]
pub(super) struct Deck {
    now: Transport,
    /// The tempo to come to, and by how much it moves in a second.
    ramp: Option<(f64, f64)>,
    hands: Receiver<Hand>,
}

impl Hand {
    pub fn plays(from: f64) -> Self {
        Self {
            rolls: Some(true),
            beat: Some(from),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn at(self, beats_per_minute: f64) -> Self {
        let tempo = Some(beats_per_minute);
        Self { tempo, ..self }
    }

    pub fn stops() -> Self {
        Self {
            rolls: Some(false),
            ..Self::default()
        }
    }

    pub fn locates(beat: f64) -> Self {
        Self {
            beat: Some(beat),
            ..Self::default()
        }
    }

    pub fn loops(region: Option<(f64, f64)>) -> Self {
        Self {
            looped: Some(region),
            ..Self::default()
        }
    }

    /// The tempo moves evenly to another one.
    pub fn ramps(to: f64, seconds: f64) -> Self {
        Self {
            ramp: Some((to, seconds)),
            ..Self::default()
        }
    }

    pub fn counts(beats: u16, note: u16) -> Self {
        Self {
            signature: Some((beats, note)),
            ..Self::default()
        }
    }

    pub fn turns(parameter: u32, value: f64) -> Self {
        Self {
            knobs: vec![(parameter, value)],
            ..Self::default()
        }
    }

    /// The fields that it touches, for a host in another process.
    pub(super) fn request(&self) -> Value {
        json!({
            "rolls": self.rolls, "tempo": self.tempo, "ramp": self.ramp, "beat": self.beat,
            "loop": self.looped.map(|region| region.map_or(json!(false), |region| json!(region))),
            "signature": self.signature, "knobs": self.knobs,
        })
    }

    pub(super) fn of(request: &Value) -> Self {
        let number = |value: &Value| value.as_f64();
        let pair = |value: &Value| Some((value[0].as_f64()?, value[1].as_f64()?));
        let small = |value: &Value| u16::try_from(value.as_u64()?).ok();
        let looped = &request["loop"];
        let knobs = request["knobs"].as_array().into_iter().flatten();
        let knob = |knob: &Value| Some((u32::try_from(knob[0].as_u64()?).ok()?, number(&knob[1])?));
        Self {
            rolls: request["rolls"].as_bool(),
            tempo: number(&request["tempo"]),
            ramp: pair(&request["ramp"]),
            beat: number(&request["beat"]),
            looped: (!looped.is_null()).then(|| pair(looped)),
            signature: small(&request["signature"][0]).zip(small(&request["signature"][1])),
            knobs: knobs.filter_map(knob).collect(),
        }
    }
}

impl Deck {
    pub(super) fn new(start: Transport, hands: Receiver<Hand>) -> Self {
        Self {
            now: start,
            ramp: None,
            hands,
        }
    }

    /// Where the transport is at the next block, and the parameters that are set with it.
    pub(super) fn next(&mut self, frames: usize, rate: f64) -> (Transport, Vec<(u32, f64)>) {
        let mut knobs = Vec::new();
        while let Ok(hand) = self.hands.try_recv() {
            self.touch(&hand);
            knobs.extend(hand.knobs);
        }
        let now = self.now;
        let seconds = f64::from(u32::try_from(frames).expect("a block is short")) / rate;
        let mut mean = now;
        if let Some((to, per_second)) = self.ramp {
            let next = now.beats_per_minute + per_second * seconds;
            let is_there = (per_second > 0.0) == (next >= to);
            let next = if is_there { to } else { next };
            mean.beats_per_minute = f64::midpoint(now.beats_per_minute, next);
            self.now.beats_per_minute = next;
            self.ramp = self.ramp.filter(|_| !is_there);
        }
        self.now.beat = mean.after(frames, rate).beat;
        (now, knobs)
    }

    fn touch(&mut self, hand: &Hand) {
        let now = &mut self.now;
        now.is_rolling = hand.rolls.unwrap_or(now.is_rolling);
        now.beat = hand.beat.unwrap_or(now.beat);
        now.signature = hand.signature.unwrap_or(now.signature);
        if let Some(region) = hand.looped {
            let style = LoopStyle::Wraps;
            now.looped = region.map(|(start, end)| Loop { start, end, style });
        }
        if let Some(tempo) = hand.tempo {
            (now.beats_per_minute, self.ramp) = (tempo, None);
        }
        if let Some((to, seconds)) = hand.ramp {
            self.ramp = Some((to, (to - now.beats_per_minute) / seconds));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_ramp_ends_at_its_tempo_and_after_its_time() {
        let (hands, hear) = channel();
        let mut deck = Deck::new(Transport::rolling(90.0, 0.0), hear);
        hands
            .send(Hand::of(&Hand::ramps(150.0, 2.0).request()))
            .expect("the deck listens");
        let blocks: Vec<_> = (0..300).map(|_| deck.next(480, 48_000.0).0).collect();
        let half = blocks[100].beats_per_minute;
        assert!((half - 120.0).abs() < 1e-6, "{half}");
        assert_eq!(blocks[201].beats_per_minute, 150.0);
        // Two seconds at 120 on average, and then 99 blocks at 150.
        let beat = blocks[299].beat;
        assert!((beat - (4.0 + 0.99 * 2.5)).abs() < 1e-6, "{beat}");
    }

    #[test]
    fn a_hand_that_touches_one_thing_leaves_the_others() {
        let (hands, hear) = channel();
        let mut deck = Deck::new(Transport::rolling(120.0, 4.0), hear);
        let loops = Hand::loops(Some((4.0, 8.0)));
        hands.send(loops).expect("the deck listens");
        let places: Vec<_> = (0..5).map(|_| deck.next(24_000, 48_000.0).0.beat).collect();
        assert_eq!(places, [4.0, 5.0, 6.0, 7.0, 4.0]);
        hands.send(Hand::loops(None)).expect("the deck listens");
        hands.send(Hand::stops()).expect("the deck listens");
        let (last, _) = deck.next(24_000, 48_000.0);
        assert!(!last.is_rolling && last.looped.is_none() && last.beat == 5.0);
        let (same, _) = deck.next(24_000, 48_000.0);
        assert_eq!(same.beat, 5.0);
    }
}
