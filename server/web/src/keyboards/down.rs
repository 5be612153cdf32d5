//! What is down on a MIDI keyboard and which track it plays: another one may be selected by the time it
//! is let go. Knows neither the browser nor the session.

use crate::sound::Touch;
use lockstep_session::ids::TrackId;

/// A wheel at its end, in semitones.
const BEND: f32 = 2.0;

#[derive(Debug, Default)]
pub(super) struct Down {
    keys: Vec<(u8, TrackId)>,
    pedal: Option<TrackId>,
    /// Of a wheel that is not in its middle.
    wheel: Option<TrackId>,
}

impl Down {
    /// What tracks hear of a message while one of them is selected.
    pub(super) fn hear(
        &mut self,
        bytes: &[u8],
        selected: Option<TrackId>,
    ) -> Vec<(TrackId, Touch)> {
        let Some(touch) = meaning(bytes) else {
            return Vec::new();
        };
        let before = match (touch, selected) {
            (Touch::Up(key), _) => return self.up(key).into_iter().collect(),
            (Touch::Pedal(false), _) => return self.pedal_up().into_iter().collect(),
            (Touch::AllUp, _) => return self.all_up(),
            (_, None) => return Vec::new(),
            (Touch::Down(key, _), Some(track)) => {
                // Struck twice and let go once, it would sound for ever.
                let before = self.up(key);
                self.keys.push((key, track));
                before
            }
            (Touch::Pedal(true), Some(track)) => {
                let before = self.pedal_up().filter(|(before, _)| *before != track);
                self.pedal = Some(track);
                before
            }
            (Touch::Bend(semitones), Some(track)) => {
                let before = self.wheel_back().filter(|(before, _)| *before != track);
                self.wheel = (semitones != 0.0).then_some(track);
                before
            }
        };
        let now = selected.map(|track| (track, touch));
        before.into_iter().chain(now).collect()
    }

    /// Lets go of everything.
    pub(super) fn all_up(&mut self) -> Vec<(TrackId, Touch)> {
        let keys = std::mem::take(&mut self.keys).into_iter();
        let keys = keys.map(|(key, track)| (track, Touch::Up(key)));
        keys.chain(self.pedal_up())
            .chain(self.wheel_back())
            .collect()
    }

    fn up(&mut self, key: u8) -> Option<(TrackId, Touch)> {
        let place = self.keys.iter().position(|(down, _)| *down == key)?;
        let (_, track) = self.keys.swap_remove(place);
        Some((track, Touch::Up(key)))
    }

    fn pedal_up(&mut self) -> Option<(TrackId, Touch)> {
        let track = self.pedal.take()?;
        Some((track, Touch::Pedal(false)))
    }

    fn wheel_back(&mut self) -> Option<(TrackId, Touch)> {
        let track = self.wheel.take()?;
        Some((track, Touch::Bend(0.0)))
    }
}

/// What a MIDI message means, on any channel.
fn meaning(bytes: &[u8]) -> Option<Touch> {
    let (status, first) = (*bytes.first()?, *bytes.get(1)?);
    let second = bytes.get(2).copied().unwrap_or(0);
    if first > 127 || second > 127 {
        return None;
    }
    match (status & 0xf0, first) {
        (0x90, key) if second > 0 => Some(Touch::Down(key, f32::from(second) / 127.0)),
        (0x80 | 0x90, key) => Some(Touch::Up(key)),
        (0xe0, fine) => {
            let wheel = f32::from(u16::from(second) << 7 | u16::from(fine));
            Some(Touch::Bend((wheel - 8192.0) / 8192.0 * BEND))
        }
        (0xb0, 64) => Some(Touch::Pedal(second >= 64)),
        (0xb0, 120 | 123) => Some(Touch::AllUp),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KICK: TrackId = TrackId(1);
    const BASS: TrackId = TrackId(2);

    #[test]
    fn midi_is_keys_wheel_and_pedal_and_nonsense_is_nothing() {
        assert_eq!(meaning(&[0x93, 60, 127]), Some(Touch::Down(60, 1.0)));
        assert_eq!(meaning(&[0x90, 60, 0]), Some(Touch::Up(60)));
        assert_eq!(meaning(&[0x8f, 61, 64]), Some(Touch::Up(61)));
        assert_eq!(meaning(&[0xe0, 0, 64]), Some(Touch::Bend(0.0)));
        assert_eq!(meaning(&[0xe0, 0, 0]), Some(Touch::Bend(-2.0)));
        assert_eq!(meaning(&[0xb0, 64, 127]), Some(Touch::Pedal(true)));
        assert_eq!(meaning(&[0xb0, 123, 0]), Some(Touch::AllUp));
        for nonsense in [
            &[][..],
            &[0x90],
            &[0xf8, 0, 0],
            &[0x90, 200, 3],
            &[0xb0, 1, 1],
        ] {
            assert_eq!(meaning(nonsense), None);
        }
    }

    #[test]
    fn what_was_struck_on_one_track_is_let_go_there() {
        let mut down = Down::default();
        let struck = |track| vec![(track, Touch::Down(60, 1.0))];
        assert_eq!(down.hear(&[0x90, 60, 127], Some(KICK)), struck(KICK));
        assert_eq!(
            down.hear(&[0xb0, 64, 127], Some(KICK)),
            [(KICK, Touch::Pedal(true))]
        );
        assert_eq!(
            down.hear(&[0xe0, 0, 0], Some(KICK)),
            [(KICK, Touch::Bend(-2.0))]
        );
        // With another track selected, or with none.
        assert_eq!(
            down.hear(&[0xe0, 0, 0], Some(BASS)),
            [(KICK, Touch::Bend(0.0)), (BASS, Touch::Bend(-2.0))]
        );
        assert_eq!(
            down.hear(&[0xb0, 64, 127], Some(BASS)),
            [(KICK, Touch::Pedal(false)), (BASS, Touch::Pedal(true))]
        );
        assert_eq!(down.hear(&[0x80, 60, 0], None), [(KICK, Touch::Up(60))]);
        assert_eq!(down.hear(&[0x80, 60, 0], Some(KICK)), [], "only once");
        assert_eq!(down.hear(&[0x90, 60, 127], None), []);
    }

    #[test]
    fn a_key_struck_twice_is_let_go_before_and_all_at_once() {
        let mut down = Down::default();
        down.hear(&[0x90, 60, 127], Some(KICK));
        assert_eq!(
            down.hear(&[0x90, 60, 127], Some(BASS)),
            [(KICK, Touch::Up(60)), (BASS, Touch::Down(60, 1.0))]
        );
        down.hear(&[0xb0, 64, 127], Some(BASS));
        down.hear(&[0xe0, 0, 0], Some(BASS));
        let all = [Touch::Up(60), Touch::Pedal(false), Touch::Bend(0.0)];
        assert_eq!(
            down.hear(&[0xb0, 123, 0], Some(KICK)),
            all.map(|touch| (BASS, touch))
        );
        assert_eq!(down.all_up(), []);
    }
}
