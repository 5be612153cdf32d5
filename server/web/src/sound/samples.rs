//! The samples that the session plays: which of them are to be fetched, which are here, and which
//! could not be had. A state machine; it fetches nothing itself.

use super::message::Pcm;
use lockstep_session::document::Document;
use lockstep_session::ids::SampleId;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug, Default)]
pub(super) struct Samples {
    places: BTreeMap<SampleId, Place>,
    /// One is fetched at a time.
    fetching: Option<SampleId>,
}

#[derive(Debug)]
enum Place {
    /// Wanted, and not here; after so many tries.
    Wanted(u32),
    /// To be wanted again after a pause.
    Missing {
        tries: u32,
    },
    Here {
        pcm: Pcm,
        is_given: bool,
    },
}

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(256);

impl Samples {
    /// What tracks and clips play now. What they play no more is kept: they may again, and a page
    /// does not live for ever.
    pub(super) fn want(&mut self, document: &Document) {
        for id in document
            .samples
            .keys()
            .filter(|id| document.uses_sample(**id))
        {
            self.places.entry(*id).or_insert(Place::Wanted(0));
        }
    }

    /// The next to be fetched, if none is being fetched.
    pub(super) fn next(&mut self) -> Option<SampleId> {
        if self.fetching.is_some() {
            return None;
        }
        let mut places = self.places.iter();
        self.fetching = places
            .find(|(_, place)| matches!(place, Place::Wanted(_)))
            .map(|(id, _)| *id);
        self.fetching
    }

    /// What came of fetching. If nothing did, how long to wait before it is asked for again.
    pub(super) fn came(&mut self, id: SampleId, found: Result<Pcm, String>) -> Option<Duration> {
        self.fetching = None;
        let tries = match self.places.get(&id) {
            Some(Place::Wanted(tries)) => *tries,
            _ => 0,
        };
        let (place, pause) = match found {
            Ok(pcm) => (
                Place::Here {
                    pcm,
                    is_given: false,
                },
                None,
            ),
            // Whoever has it may be sending it just now, or may never.
            Err(_) => (
                Place::Missing { tries },
                Some(LAST_PAUSE.min(FIRST_PAUSE * 2_u32.pow(tries.min(8)))),
            ),
        };
        self.places.insert(id, place);
        pause
    }

    pub(super) fn want_again(&mut self, id: SampleId) {
        if let Some(place) = self.places.get_mut(&id)
            && let Place::Missing { tries } = place
        {
            *place = Place::Wanted(*tries + 1);
        }
    }

    /// Samples that are here and that the engine has not been given yet.
    pub(super) fn give(&mut self) -> Vec<(SampleId, Pcm)> {
        let mut given = Vec::new();
        for (id, place) in &mut self.places {
            if let Place::Here { pcm, is_given } = place
                && !*is_given
            {
                *is_given = true;
                given.push((*id, pcm.clone()));
            }
        }
        given
    }

    /// There is a new engine, which has none of them.
    pub(super) fn take_back(&mut self) {
        for place in self.places.values_mut() {
            if let Place::Here { is_given, .. } = place {
                *is_given = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn playing(ids: &[&str], played: usize) -> Document {
        let samples: serde_json::Map<_, _> = ids
            .iter()
            .map(|id| {
                let sample = json!({ "name": "Rain", "frames": 4, "rate": 48_000, "channels": 1, "by": "00".repeat(8) });
                (id.repeat(32), sample)
            })
            .collect();
        let tracks: Vec<_> = ids[..played]
            .iter()
            .zip(1..)
            .map(|(id, number)| {
                json!({ "id": number, "settings": { "instrument": { "source": { "sample": id.repeat(32) } } } })
            })
            .collect();
        serde_json::from_value(json!({ "samples": samples, "tracks": tracks })).expect("a document")
    }

    fn pcm() -> Pcm {
        Pcm {
            rate: 48_000.0,
            channels: Vec::new(),
        }
    }

    #[test]
    fn only_what_is_played_is_fetched_and_one_at_a_time() {
        let mut samples = Samples::default();
        let document = playing(&["01", "02", "03"], 2);
        samples.want(&document);
        let first = samples.next().expect("one is wanted");
        assert_eq!(samples.next(), None);
        assert_eq!(samples.came(first, Ok(pcm())), None);
        let second = samples.next().expect("the other is wanted");
        assert_ne!(first, second);
        samples.came(second, Ok(pcm()));
        assert_eq!(samples.next(), None);
        assert_eq!(samples.give().len(), 2);
        assert!(samples.give().is_empty());
        samples.take_back();
        assert_eq!(samples.give().len(), 2);
    }

    #[test]
    fn what_is_missing_is_asked_for_less_and_less_often() {
        let mut samples = Samples::default();
        samples.want(&playing(&["01"], 1));
        let mut pauses = Vec::new();
        for _ in 0..4 {
            let id = samples.next().expect("it is wanted");
            let pause = samples.came(id, Err("it is not there".to_owned()));
            pauses.push(pause.expect("a pause").as_secs());
            assert_eq!(samples.next(), None);
            samples.want_again(id);
        }
        assert_eq!(pauses, [1, 2, 4, 8]);
    }
}
