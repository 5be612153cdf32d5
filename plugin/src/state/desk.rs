//! The newest state, the score that sounds it and the samples it plays, always changed together:
//! by the network thread, and by a host that loads a project.

use super::{SavedState, VERSION, used};
use crate::bridge::{Delivery, Picture};
use crate::controls::Controls;
use crate::house::{Held, House};
use crate::macros::{self, MacroTargets};
use lockstep_engine::{Sample, Score};
use lockstep_session::document::Document;
use lockstep_session::ids::SampleId;
use nice_plug::params::persist::PersistentField;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A life of the saved state: restoring begins a new one, and what belongs to an older one is late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(u64);

pub(crate) struct SavedSession {
    desk: Mutex<Desk>,
    restored: Arc<Notify>,
    controls: Arc<Controls>,
    house: Arc<House>,
    /// Frames a second, once the host has started the audio.
    rate: AtomicU32,
}

struct Desk {
    generation: Generation,
    /// Without samples, which are below.
    state: SavedState,
    /// What the score was made of, and the score.
    shown: Option<(Document, MacroTargets)>,
    score: Box<Score>,
    picture: triple_buffer::Input<Picture>,
    deliveries: rtrb::Producer<Delivery>,
    /// What the audio thread had no room for yet.
    backlog: VecDeque<Delivery>,
    /// What the audio thread is to hold.
    held: BTreeMap<SampleId, Arc<Held>>,
    /// What nothing plays yet, and nobody else has.
    unsent: BTreeMap<SampleId, Arc<[u8]>>,
}

impl SavedSession {
    /// `restored` wakes the network thread when the host loads a project.
    pub(crate) fn new(
        picture: triple_buffer::Input<Picture>,
        deliveries: rtrb::Producer<Delivery>,
        restored: Arc<Notify>,
        house: Arc<House>,
    ) -> Self {
        let desk = Desk {
            generation: Generation::default(),
            state: SavedState::default(),
            shown: None,
            score: Score::boxed(),
            picture,
            deliveries,
            backlog: VecDeque::new(),
            held: BTreeMap::new(),
            unsent: BTreeMap::new(),
        };
        Self {
            desk: Mutex::new(desk),
            restored,
            controls: Arc::default(),
            house,
            rate: AtomicU32::new(0),
        }
    }

    pub(crate) fn controls(&self) -> &Arc<Controls> {
        &self.controls
    }

    /// The host has started the audio at so many frames a second.
    pub(crate) fn set_rate(&self, hertz: f32) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rates are small positive numbers, and float casts saturate"
        )]
        self.rate.store(hertz.round() as u32, Ordering::Relaxed);
    }

    pub(crate) fn rate(&self) -> Option<u32> {
        Some(self.rate.load(Ordering::Relaxed)).filter(|rate| *rate > 0)
    }

    pub(crate) fn current(&self) -> (Generation, SavedState) {
        let desk = self.desk();
        (desk.generation, desk.state.clone())
    }

    /// What was restored since this generation, if anything was.
    pub(crate) fn restored_since(&self, known: Generation) -> Option<(Generation, SavedState)> {
        let desk = self.desk();
        (desk.generation != known).then(|| (desk.generation, desk.state.clone()))
    }

    /// Keeps what the network thread holds and plays what it shows, unless a project was loaded
    /// meanwhile.
    pub(crate) fn replace(&self, generation: Generation, state: SavedState, shown: &Document) {
        let mut desk = self.desk();
        if desk.generation == generation {
            desk.play(shown, &state.macros);
            desk.unsent.retain(|id, _| state.unsent.contains(id));
            desk.state = state;
        }
    }

    /// The samples that are being played, each as an engine is to keep it. A new engine is given all
    /// of them before its first block.
    pub(crate) fn held_samples(&self) -> Vec<Arc<Sample>> {
        let desk = self.desk();
        let held = desk.held.values();
        held.map(|held| Arc::clone(&held.decoded)).collect()
    }

    /// Those that a project brought, or that are being played already.
    pub(crate) fn held(&self) -> BTreeMap<SampleId, Arc<Held>> {
        self.desk().held.clone()
    }

    /// Lets the audio thread have exactly these, and takes away the others, unless a project was
    /// loaded meanwhile.
    pub(crate) fn hold(&self, generation: Generation, wanted: BTreeMap<SampleId, Arc<Held>>) {
        let mut desk = self.desk();
        if desk.generation == generation {
            desk.hold(wanted);
        }
    }

    /// Keeps bytes in the project until somebody else has them too.
    pub(crate) fn keep_unsent(&self, id: SampleId, bytes: Arc<[u8]>) {
        self.desk().unsent.insert(id, bytes);
    }

    pub(crate) fn unsent(&self, id: SampleId) -> Option<Arc<[u8]>> {
        self.desk().unsent.get(&id).cloned()
    }

    /// Whether everything has been handed to the audio thread that is meant for it.
    pub(crate) fn deliver(&self) -> bool {
        let mut desk = self.desk();
        desk.deliver();
        desk.backlog.is_empty()
    }

    /// A panic elsewhere leaves the desk consistent, because it is changed by whole values.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// A picture is made anew only where the music is another, because most news is about players; and
    /// of the score only what is another in it.
    fn play(&mut self, document: &Document, macros: &MacroTargets) {
        let is_shown =
            |shown: &(Document, MacroTargets)| shown.0 == *document && shown.1 == *macros;
        if !self.shown.as_ref().is_some_and(is_shown) {
            let before = self.shown.as_ref().map(|(before, _)| before);
            self.score.revise(before, document);
            self.picture.write(Picture {
                score: self.score.clone(),
                turns: macros::turns(macros, document),
                drums: macros::drums(document),
            });
            self.shown = Some((document.clone(), *macros));
        }
    }

    fn hold(&mut self, wanted: BTreeMap<SampleId, Arc<Held>>) {
        for (id, held) in &wanted {
            if !self.held.contains_key(id) {
                let sample = Arc::clone(&held.decoded);
                self.backlog.push_back(Delivery::Keep(sample));
            }
        }
        for (id, held) in &self.held {
            if !wanted.contains_key(id) {
                self.backlog.push_back(Delivery::Drop(held.decoded.key()));
            }
        }
        self.held = wanted;
        self.deliver();
    }

    fn deliver(&mut self) {
        while let Some(delivery) = self.backlog.pop_front() {
            if let Err(rtrb::PushError::Full(delivery)) = self.deliveries.push(delivery) {
                self.backlog.push_front(delivery);
                return;
            }
        }
    }

    /// The state with the samples that a project is to hold.
    fn whole(&self, keeps_samples: bool) -> SavedState {
        let mut state = self.state.clone();
        // What a session still has to be sent may be nowhere else.
        let is_owed = |id: &SampleId| self.state.link.is_some() && self.state.unsent.contains(id);
        let held = self.held.iter().map(|(id, held)| (id, &held.encoded));
        for (id, bytes) in held.chain(&self.unsent) {
            if keeps_samples || is_owed(id) {
                state.samples.0.insert(*id, Arc::clone(bytes));
            }
        }
        state
    }
}

impl<'a> PersistentField<'a, SavedState> for Arc<SavedSession> {
    /// Plays the restored document at once: a host may render its first block right after. What was
    /// there stays if this is no session.
    fn set(&self, mut restored: SavedState) {
        if Document::clone(&restored.document).admitted().is_err() {
            return;
        }
        let shown = restored.shown();
        let samples = std::mem::take(&mut restored.samples);
        let unsent: BTreeMap<SampleId, Arc<[u8]>> = restored
            .unsent
            .iter()
            .filter_map(|id| Some((*id, Arc::clone(samples.0.get(id)?))))
            .collect();
        let wanted = used(&shown);
        // What a project does not bring may be here all the same: it is the same by its name.
        let mut samples = samples;
        for id in wanted
            .iter()
            .filter(|id| self.house.shelf().find(**id).is_none())
        {
            if !samples.0.contains_key(id) {
                let cached = self.house.folder().and_then(|folder| folder.sample(*id));
                samples.0.extend(cached.map(|bytes| (*id, bytes.into())));
            }
        }
        let held = samples.decode(&wanted, self.house.shelf());
        let mut desk = self.desk();
        desk.generation = Generation(desk.generation.0 + 1);
        // A score never comes before its samples.
        desk.hold(held);
        desk.play(&shown, &restored.macros);
        desk.unsent = unsent;
        desk.state = SavedState {
            version: VERSION,
            ..restored
        };
        drop(desk);
        self.restored.notify_one();
    }

    fn map<F, R>(&self, read: F) -> R
    where
        F: Fn(&SavedState) -> R,
    {
        let keeps_samples = self.controls.settings().keeps_samples;
        let whole = self.desk().whole(keeps_samples);
        read(&whole)
    }
}
