//! Which drums of General MIDI the presets are, so that other instruments play them as meant. The
//! kits say it: their pieces lie on those keys. It knows nothing of files.

use super::{KitPiece, PRESETS, Preset};
use crate::score::Machine;
use std::collections::BTreeMap;

impl Preset {
    /// Whether it is a drum or a kit of them.
    ///
    /// Realtime: no
    pub fn is_percussion(&self) -> bool {
        self.machine.is_drum() || self.machine == Machine::Kit
    }

    /// The General MIDI drum that one of its keys plays. On a single drum all keys play the same;
    /// a key of a kit on which nothing lies plays none.
    ///
    /// Realtime: no
    pub fn general_midi(&self, key: u8) -> Option<u8> {
        if self.machine == Machine::Kit {
            let mut pieces = self.pieces.iter();
            return pieces.any(|piece| piece.note == key).then_some(key);
        }
        if !self.machine.is_drum() {
            return None;
        }
        let nearest = all_pieces().min_by_key(|piece| self.distance(piece));
        Some(nearest?.note)
    }

    /// How little it sounds like a piece of a kit: nothing to itself.
    fn distance(&self, piece: &KitPiece) -> u64 {
        if piece.preset == self.name {
            return 0;
        }
        let Some(other) = Preset::find(piece.preset).filter(|other| other.machine == self.machine)
        else {
            return u64::MAX;
        };
        let (own, others) = (
            self.values(&BTreeMap::new()),
            other.values(&BTreeMap::new()),
        );
        let pairs = own.amounts().iter().zip(others.amounts());
        pairs.fold(1, |sum, (&own, &other)| {
            let apart = u64::from(own.abs_diff(other));
            sum + apart * apart
        })
    }
}

fn all_pieces() -> impl Iterator<Item = &'static KitPiece> {
    PRESETS.iter().flat_map(|preset| preset.pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drum(name: &str) -> Option<u8> {
        Preset::find(name).expect("a preset").general_midi(60)
    }

    #[test]
    fn every_single_drum_is_the_drum_its_name_says() {
        let names = [
            ("kick", 36),
            ("rim", 37),
            ("snare", 38),
            ("clap", 39),
            ("closed-hat", 42),
            ("pedal-hat", 44),
            ("open-hat", 46),
            ("crash", 49),
            ("ride", 51),
            ("tambourine", 54),
            ("cowbell", 56),
            ("conga", 63),
            ("shaker", 70),
        ];
        for preset in PRESETS.iter().filter(|preset| preset.machine.is_drum()) {
            let says = |part: &str| preset.name.split('-').any(|word| word == part);
            let height = match (says("tom"), says("low"), says("mid")) {
                (true, true, _) => Some(41),
                (true, _, true) => Some(45),
                (true, ..) => Some(48),
                _ => None,
            };
            let hat = match (says("hat"), says("closed"), says("open")) {
                (true, true, _) => Some(42),
                (true, _, true) => Some(46),
                (true, ..) => Some(44),
                _ => None,
            };
            let named = names.iter().find(|(name, _)| says(name));
            let expected = height.or(hat).or(named.map(|(_, note)| *note));
            assert_eq!(preset.general_midi(60), expected, "{}", preset.name);
        }
        assert_eq!(drum("closed-hat"), Some(42));
    }

    #[test]
    fn a_kit_plays_its_own_keys_and_a_melody_none() {
        let kit = Preset::find("kit-808").expect("a preset");
        assert!(kit.is_percussion());
        assert_eq!(kit.general_midi(36), Some(36));
        assert_eq!(kit.general_midi(60), None);
        let click = Preset::find("click").expect("a preset");
        assert!(!click.is_percussion());
        assert_eq!(click.general_midi(36), None);
    }
}
