//! The samples of the session: fetched where they are not here yet, decoded, and handed to the audio
//! thread for as long as something plays them.

use super::http::{Http, HttpError};
use super::jobs::Outcome;
use super::{Network, ServerAddress};
use crate::house::{Held, House};
use crate::state::used;
use crate::view::SampleView;
use lockstep_decoder::Refusal;
use lockstep_session::document::Document;
use lockstep_session::ids::SampleId;
use lockstep_session::units::{LocalTime, Span};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// How long until a sample is looked for again, at first and at most.
const FIRST_RETRY: Span = Span::from_seconds(2);
const LAST_RETRY: Span = Span::from_seconds(60);
/// Where the audio thread had no room for all of them.
const DELIVERS_EVERY: Span = Span::from_millis(5);

/// Where each sample is that the session lists and somebody needs.
#[derive(Default)]
pub(super) struct Samples {
    places: BTreeMap<SampleId, Place>,
    deliver_at: Option<LocalTime>,
}

enum Place {
    Fetching {
        tries: u32,
    },
    Ready(Arc<Held>),
    Missing {
        why: String,
        tries: u32,
        retry_at: LocalTime,
    },
}

/// Why a sample is not here.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lack {
    #[error("It is not on this machine. It comes when its session can be reached")]
    NoServer,
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("It cannot be played: {0}")]
    Unplayable(#[from] Refusal),
    #[error("It could not be decoded")]
    GaveUp,
}

impl Network {
    /// Fetches what is missing and lets the audio thread have what is played.
    pub(super) fn look_after_samples(&mut self) {
        let now = self.clock.now();
        if self.samples.deliver_at.is_some_and(|at| at <= now) {
            self.deliver(now);
        }
        let is_due = self.samples.deadline().is_some_and(|at| at <= now);
        if !self.changed && !is_due {
            return;
        }
        let document = self.replica.document();
        let wanted = used(document);
        let listed = Arc::clone(&document.samples);
        let held = self.ends.session.held();
        let places = &mut self.samples.places;
        places.retain(|id, place| {
            let is_here = matches!(place, Place::Ready(_));
            wanted.contains(id) || (is_here && listed.contains_key(id))
        });
        let mut begin = Vec::new();
        for id in &wanted {
            let tries = match places.get(id) {
                Some(Place::Ready(_) | Place::Fetching { .. }) => continue,
                Some(Place::Missing { retry_at, .. }) if *retry_at > now => continue,
                Some(Place::Missing { tries, .. }) => *tries,
                None => 0,
            };
            if let Some(known) = held.get(id) {
                places.insert(*id, Place::Ready(Arc::clone(known)));
            } else {
                places.insert(*id, Place::Fetching { tries });
                begin.push(*id);
            }
            self.changed = true;
        }
        let playable = wanted.iter().filter_map(|id| match places.get(id) {
            Some(Place::Ready(held)) => Some((*id, Arc::clone(held))),
            _ => None,
        });
        let playable: BTreeMap<SampleId, Arc<Held>> = playable.collect();
        if playable.keys().ne(held.keys()) {
            self.ends.session.hold(self.generation, playable);
            self.deliver(now);
        }
        for id in begin {
            self.fetch(id);
        }
    }

    fn deliver(&mut self, now: LocalTime) {
        let is_done = self.ends.session.deliver();
        self.samples.deliver_at = (!is_done).then(|| now + DELIVERS_EVERY);
    }

    fn fetch(&mut self, id: SampleId) {
        let unsent = self.ends.session.unsent(id);
        let house = Arc::clone(&self.ends.house);
        let server = self.address.as_ref().map(|at| at.server().clone());
        let (http, places) = (self.http.clone(), self.jobs.places());
        self.jobs.start(async move {
            let _place = places.acquire().await;
            let found = find(id, unsent, &house, server, &http).await;
            Outcome::Sample(id, found)
        });
    }

    pub(super) fn sample_came(&mut self, id: SampleId, found: Result<Arc<Held>, Lack>) {
        let Some(Place::Fetching { tries }) = self.samples.places.get(&id) else {
            return;
        };
        let tries = *tries;
        let place = match found {
            Ok(held) => Place::Ready(held),
            Err(lack) => Place::Missing {
                why: lack.to_string(),
                tries: tries + 1,
                retry_at: self.clock.now() + patience(tries),
            },
        };
        self.samples.places.insert(id, place);
    }

    /// A sample that came from this machine itself.
    pub(super) fn take_in(&mut self, id: SampleId, held: Arc<Held>) {
        self.samples.places.insert(id, Place::Ready(held));
    }

    /// The bytes of a sample, if they are in memory.
    pub(super) fn bytes_in_memory(&self, id: SampleId) -> Option<Arc<[u8]>> {
        match self.samples.places.get(&id) {
            Some(Place::Ready(held)) => Some(Arc::clone(&held.encoded)),
            _ => self.ends.session.unsent(id),
        }
    }

    /// Whether its bytes are on this machine.
    pub(super) fn has_bytes(&self, id: SampleId) -> bool {
        let is_kept = || {
            let folder = self.ends.house.folder();
            folder.is_some_and(|folder| folder.samples().join(id.hex()).is_file())
        };
        self.bytes_in_memory(id).is_some() || is_kept()
    }
}

impl Samples {
    /// When something should be looked for again, or handed on.
    pub(super) fn deadline(&self) -> Option<LocalTime> {
        let retries = self.places.values().filter_map(|place| match place {
            Place::Missing { retry_at, .. } => Some(*retry_at),
            Place::Fetching { .. } | Place::Ready(_) => None,
        });
        retries.chain(self.deliver_at).min()
    }

    /// A server can be reached again.
    pub(super) fn try_again(&mut self) {
        for place in self.places.values_mut() {
            if let Place::Missing {
                tries, retry_at, ..
            } = place
            {
                (*tries, *retry_at) = (0, LocalTime::ZERO);
            }
        }
    }

    pub(super) fn views(&self) -> BTreeMap<SampleId, SampleView> {
        let view = |place: &Place| match place {
            Place::Fetching { .. } => SampleView::Fetching,
            Place::Ready(held) => SampleView::Ready(Arc::clone(&held.outline)),
            Place::Missing { why, .. } => SampleView::Missing(why.clone()),
        };
        let places = self.places.iter();
        places.map(|(id, place)| (*id, view(place))).collect()
    }

    /// The names of samples that are played and not here.
    pub(super) fn missing(&self, document: &Document) -> Vec<String> {
        let missing = used(document)
            .into_iter()
            .filter(|id| !matches!(self.places.get(id), Some(Place::Ready(_))));
        let named = missing.filter_map(|id| document.samples.get(&id));
        named.map(|sample| sample.name.to_string()).collect()
    }
}

/// Ever longer: the one who has it may be sending it just now, or may never.
fn patience(tries: u32) -> Span {
    let doubled = FIRST_RETRY.as_micros() << tries.min(8);
    Span::from_micros(doubled.min(LAST_RETRY.as_micros()))
}

/// Looks in this process, on this machine, and at the server.
async fn find(
    id: SampleId,
    unsent: Option<Arc<[u8]>>,
    house: &Arc<House>,
    server: Option<ServerAddress>,
    http: &Http,
) -> Result<Arc<Held>, Lack> {
    if let Some(known) = house.shelf().find(id) {
        return Ok(known);
    }
    let inside = Arc::clone(house);
    let kept = spawn_blocking(move || {
        let kept = || inside.folder()?.sample(id).map(Arc::from);
        let bytes: Arc<[u8]> = unsent.or_else(kept)?;
        // One that does not decode any more may be whole at the server.
        Held::decode(id, bytes)
            .ok()
            .map(|held| inside.shelf().put(id, held))
    });
    if let Ok(Some(held)) = kept.await {
        return Ok(held);
    }
    let bytes = http.fetch(&server.ok_or(Lack::NoServer)?, id).await?;
    let inside = Arc::clone(house);
    let decoded = spawn_blocking(move || {
        if let Some(folder) = inside.folder() {
            folder.keep_sample(id, &bytes);
        }
        let held = Held::decode(id, Arc::from(&*bytes))?;
        Ok(inside.shelf().put(id, held))
    });
    decoded.await.unwrap_or(Err(Lack::GaveUp))
}
