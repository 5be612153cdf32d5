//! The page's sound: the engine on the browser's audio thread, kept on the session's beat. It is
//! there from the first touch on, and says in words why it is not. It must not know what is shown.

mod decoder;
mod device;
mod ears;
mod input;
mod message;
mod output;
mod pilot;
mod ring;
mod samples;
mod state;

pub(crate) use decoder::Worker;
pub(crate) use device::named;
pub(crate) use ears::Ears;
pub(crate) use input::{Input, News as InputNews, Refusal};
pub(crate) use message::{Touch, object};
pub(crate) use state::State;

use crate::board::Board;
use crate::browser;
use crate::numbers::{float, whole};
use device::{Device, News, Node};
use js_sys::Promise;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lockstep_engine::Score;
use lockstep_session::document::Document;
use lockstep_session::document::timeline::Timeline;
use lockstep_session::ids::TrackId;
use lockstep_session::recorder;
use lockstep_session::units::{Beat, LocalTime, ServerTime, Span};
use message::Message;
use output::{Frame, OutputClock, span_of};
use pilot::{Moment, Pilot};
use samples::Samples;
use state::Failure;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A screen shows at most so many pictures a second, and no more scores than that are worth making.
const SCORE: Span = Span::from_millis(16);
/// How often the browser is asked at most what is heard, and where that is in doubt.
const ASK: Span = Span::from_millis(200);
const ASK_IN_DOUBT: Span = Span::from_millis(15);
/// Orders are for frames so far ahead that they reach the audio thread in time.
const LEAD: f64 = 0.02;
/// Within so much time a device plays that is there.
const WAKES: Duration = Duration::from_secs(5);
/// How often meters move, in seconds.
const METERS: f64 = 0.05;

/// Copies are the same sound.
#[derive(Clone, Copy)]
pub(crate) struct Sound {
    pub(crate) state: RwSignal<State>,
    pub(crate) ears: RwSignal<Ears>,
    /// What becomes of keys that are played here.
    pub(crate) recording: RwSignal<recorder::Settings>,
    board: Board,
    desk: StoredValue<Rc<RefCell<Desk>>, LocalStorage>,
}

/// What is heard of the session at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ear {
    /// There is no sound here, or none that anything is known of.
    Deaf,
    Still,
    /// The running beat whose notes are heard.
    At(Beat),
}

struct Desk {
    engine: Option<Promise>,
    device: Option<Device>,
    node: Option<Node>,
    output: OutputClock,
    asked: LocalTime,
    /// In frames, from notes to the mix.
    latency: Option<f64>,
    pilot: Pilot,
    /// What the engine was told of these ears.
    listening: Option<(u16, u16, f32)>,
    /// The document whose score the engine has, that score, when it was sent, and whether another is to
    /// follow.
    score: Option<(Option<Arc<Document>>, Box<Score>)>,
    scored: LocalTime,
    is_score_due: bool,
    samples: Samples,
}

impl Sound {
    /// Silent until somebody touches the page.
    pub(crate) fn new(board: Board) -> Sound {
        let desk = Desk {
            engine: None,
            device: None,
            node: None,
            output: OutputClock::new(48_000.0),
            asked: LocalTime::ZERO,
            latency: None,
            pilot: Pilot::new(48_000.0),
            listening: None,
            score: None,
            scored: LocalTime::ZERO,
            is_score_due: false,
            samples: Samples::default(),
        };
        let sound = Sound {
            state: RwSignal::new(State::Asleep),
            ears: RwSignal::new(Ears::here()),
            recording: RwSignal::new(recorder::Settings::default()),
            board,
            desk: StoredValue::new_local(Rc::new(RefCell::new(desk))),
        };
        for gesture in ["pointerdown", "pointerup", "keydown"] {
            let wake = Closure::<dyn FnMut()>::new(move || sound.wake());
            // The page listens for as long as it lives, and before anything else does.
            let _ = window().add_event_listener_with_callback_and_bool(
                gesture,
                wake.into_js_value().unchecked_ref(),
                true,
            );
        }
        Effect::new(move |_| {
            sound.ears.track();
            sound.tell_ears();
        });
        let turned = Closure::<dyn FnMut()>::new(move || sound.tell_meters());
        // As above.
        let _ = document().add_event_listener_with_callback(
            "visibilitychange",
            turned.into_js_value().unchecked_ref(),
        );
        sound
    }

    /// Fetches the engine, so that the first touch has not to wait for it.
    fn prepare(self) {
        if self.desk(|desk| desk.engine.is_none()) {
            spawn_local(async move {
                // What fails now is tried again, and told, at the next touch.
                let _ = self.engine().await;
            });
        }
    }

    /// The compiled engine.
    async fn engine(self) -> Result<JsValue, Failure> {
        let fetched =
            self.desk(|desk| desk.engine.get_or_insert_with(device::fetch_engine).clone());
        JsFuture::from(fetched).await.map_err(|_| {
            self.desk(|desk| desk.engine = None);
            Failure::NotLoaded
        })
    }

    /// The document is another one.
    pub(crate) fn document_changed(&self, now: LocalTime) {
        let wait = self.desk(|desk| {
            if desk.is_score_due {
                return None;
            }
            desk.is_score_due = true;
            Some(desk.scored + SCORE - now)
        });
        let Some(wait) = wait else {
            return;
        };
        let wait = u64::try_from(wait.as_micros()).unwrap_or(0);
        if wait == 0 {
            return self.send_score();
        }
        let sound = *self;
        set_timeout(move || sound.send_score(), Duration::from_micros(wait));
    }

    /// Keeps the engine on the beat. `clock` is the session's, as far as it is known.
    pub(crate) fn follow(
        &self,
        timeline: &Timeline,
        now: LocalTime,
        clock: impl Fn(LocalTime) -> Option<ServerTime>,
    ) {
        if clock(now).is_some() {
            self.prepare();
        }
        if self.state.get_untracked() != State::On {
            return;
        }
        let nudge = Span::from_millis(self.ears.with_untracked(|ears| ears.nudge));
        self.desk(|desk| {
            desk.ask(now);
            let clock = |at| clock(at).map(|server| server + nudge);
            let (Some(moment), Some(node)) = (desk.moment(clock), &desk.node) else {
                return;
            };
            for order in desk.pilot.steer(timeline, moment) {
                node.tell(&message::order(&order));
            }
        });
    }

    /// Whether it sounds and is not known for sure what is heard when.
    pub(crate) fn is_in_doubt(&self) -> bool {
        let is_on = self.state.get_untracked() == State::On;
        is_on && self.desk(|desk| desk.output.is_in_doubt())
    }

    /// What is heard at this moment.
    pub(crate) fn ear(&self, now: LocalTime) -> Ear {
        if self.state.get_untracked() != State::On {
            return Ear::Deaf;
        }
        self.desk(|desk| {
            let frame = desk.output.frame_at(now).zip(desk.latency);
            let Some((Frame(frame), latency)) = frame else {
                return Ear::Deaf;
            };
            let beat = desk.pilot.beat_at(Frame(frame - whole(latency)));
            beat.map_or(Ear::Still, |beat| {
                Ear::At(Beat::from_micros(whole(beat * 1e6)))
            })
        })
    }

    /// A hand plays a track.
    pub(crate) fn play(&self, track: TrackId, touch: Touch) {
        let place = self.board.document.with_untracked(|document| {
            let mut tracks = document.tracks.iter();
            tracks.position(|other| other.id == track)
        });
        if let Some(place) = place {
            self.tell(&message::play(place, touch));
        }
    }

    /// How often the engine is to say what is heard: not at all where nobody sees it. What it says
    /// first also tells how late it is.
    fn tell_meters(self) {
        self.desk(|desk| {
            if let (Some(node), Some(device)) = (&desk.node, &desk.device) {
                let pace = if document().hidden() { 0.0 } else { METERS };
                node.tell(&message::levels(pace * device.rate()));
            }
        });
    }

    /// Somebody has touched the page: now it may sound.
    fn wake(&self) {
        if !self.state.get_untracked().may_wake() {
            return;
        }
        let sound = *self;
        let opened = self.desk(|desk| {
            if desk.device.is_none() {
                desk.device = Some(Device::open(move || sound.device_changed())?);
            }
            let device = desk.device.as_ref().ok_or(Failure::NoDevice)?;
            device.resume();
            Ok(desk.node.is_none())
        });
        set_timeout(move || sound.give_up_waiting(), WAKES);
        match opened {
            Ok(true) => {
                self.set_state(State::Loading);
                spawn_local(async move {
                    let state = match sound.start().await {
                        Ok(()) => sound.state_of_device(),
                        Err(failure) => State::Failed(failure),
                    };
                    sound.set_state(state);
                });
            }
            Ok(false) => {}
            Err(failure) => self.set_state(State::Failed(failure)),
        }
    }

    /// Somebody has touched the page and it is still asleep: there is nothing that it could play on.
    fn give_up_waiting(&self) {
        if self.state.get_untracked() == State::Asleep && browser::was_touched() {
            self.set_state(State::Failed(Failure::NoDevice));
        }
    }

    async fn start(self) -> Result<(), Failure> {
        let module = self.engine().await?;
        let context = self.desk(|desk| desk.device.as_ref().map(Device::context));
        let context = context.ok_or(Failure::NoDevice)?;
        let node = Device::start(&context, module, move |news| self.hear(news)).await?;
        self.desk(|desk| {
            let rate = f64::from(context.sample_rate());
            desk.output = OutputClock::new(rate);
            desk.pilot = Pilot::new(rate);
            (desk.latency, desk.score, desk.listening) = (None, None, None);
            desk.samples.take_back();
            desk.node = Some(node);
        });
        self.tell_meters();
        self.send_score();
        self.tell_ears();
        Ok(())
    }

    fn state_of_device(&self) -> State {
        self.desk(|desk| match (&desk.device, &desk.node) {
            (Some(device), Some(_)) if device.is_running() => State::On,
            (Some(_), Some(_)) => State::Asleep,
            (Some(_), None) => State::Loading,
            (None, _) => State::Asleep,
        })
    }

    /// The context runs, or does not any more.
    fn device_changed(&self) {
        let state = self.state_of_device();
        match (self.state.get_untracked(), state) {
            (State::On, State::Asleep) => {
                self.desk(|desk| desk.output.forget());
                self.set_state(State::Interrupted);
            }
            (
                State::Asleep
                | State::Interrupted
                | State::Loading
                | State::Failed(Failure::NoDevice),
                State::On,
            ) => {
                self.set_state(State::On);
            }
            _ => {}
        }
    }

    fn hear(&self, news: News) {
        match news {
            News::Levels([levels @ .., latency]) => {
                self.desk(|desk| desk.latency = Some(f64::from(latency)));
                self.show_levels(&levels);
            }
            News::Failed => {
                self.desk(|desk| (desk.node, desk.device) = (None, None));
                self.set_state(State::Failed(Failure::Broken));
            }
        }
    }

    fn show_levels(&self, levels: &[f32]) {
        let document = self.board.document.get_untracked();
        self.board.meters.paint(|track| {
            let place = match track {
                None => Document::MOST_TRACKS,
                Some(track) => {
                    let mut tracks = document.tracks.iter();
                    tracks.position(|other| other.id == track)?
                }
            };
            let (pairs, _) = levels.as_chunks();
            pairs.get(place).map(|[peak, rms]| (*peak, *rms))
        });
    }

    fn send_score(self) {
        self.desk(|desk| {
            desk.is_score_due = false;
            let Some(node) = &desk.node else {
                return;
            };
            let now = self.board.document.get_untracked();
            let (before, score) = desk.score.get_or_insert_with(|| (None, Score::boxed()));
            let changed = score.revise(before.as_deref(), &now);
            *before = Some(now);
            // The server's word on an edit of one's own says nothing new.
            if !changed.is_empty() {
                node.tell_score(&message::pieces(score.bytes(), &changed));
                desk.scored = browser::now();
            }
        });
        // Tracks that were moved are still the same ones to these ears.
        self.tell_ears();
        self.gather_samples();
    }

    /// Fetches what the session plays, and gives it to the engine.
    fn gather_samples(self) {
        let next = self.desk(|desk| {
            let node = desk.node.as_ref()?;
            for (id, pcm) in desk.samples.give() {
                node.tell(&message::sample(id, &pcm));
            }
            let document = self.board.document.get_untracked();
            desk.samples.want(&document);
            desk.samples.next()
        });
        let Some(id) = next else {
            return;
        };
        spawn_local(async move {
            let bytes = decoder::fetch(&format!("/api/v1/samples/{}", id.hex())).await;
            let found = match bytes {
                Some(bytes) => decoder::decode(&bytes).await,
                None => Err("it has not come to the server yet".to_owned()),
            };
            if let Some(pause) = self.desk(|desk| desk.samples.came(id, found)) {
                let again = move || {
                    self.desk(|desk| desk.samples.want_again(id));
                    self.gather_samples();
                };
                set_timeout(again, pause);
            }
            self.gather_samples();
        });
    }

    fn tell_ears(&self) {
        let ears = self.ears.get_untracked();
        let document = self.board.document.get_untracked();
        self.desk(|desk| {
            if let Some(node) = &desk.node {
                let heard = ears.for_engine(&document);
                if desk.listening != Some(heard) {
                    desk.listening = Some(heard);
                    node.tell(&message::listen(heard, None));
                }
                node.set_gain(ears.gain());
            }
        });
    }

    fn tell(&self, message: &Message) {
        self.desk(|desk| {
            if let Some(node) = &desk.node {
                node.tell(message);
            }
        });
    }

    fn set_state(&self, state: State) {
        if self.state.get_untracked() != state {
            self.state.set(state);
        }
    }

    fn desk<T>(&self, work: impl FnOnce(&mut Desk) -> T) -> T {
        let desk = self.desk.get_value();
        let mut desk = desk.borrow_mut();
        work(&mut desk)
    }
}

impl Desk {
    /// Hears from the browser what is heard.
    fn ask(&mut self, now: LocalTime) {
        let pause = if self.output.is_in_doubt() {
            ASK_IN_DOUBT
        } else {
            ASK
        };
        if now - self.asked < pause {
            return;
        }
        self.asked = now;
        if let Some((frame, at)) = self.device.as_ref().and_then(Device::output) {
            self.output.hear(frame, at);
        }
    }

    /// The next frame that orders can be for.
    fn moment(&self, clock: impl Fn(LocalTime) -> Option<ServerTime>) -> Option<Moment> {
        let (device, latency) = (self.device.as_ref()?, self.latency?);
        let rate = device.rate();
        let frame = Frame(whole(device.frame() + LEAD * rate));
        let heard = |frames: f64| {
            let late = Frame(frame.0 + whole(latency + frames));
            clock(self.output.heard_at(late)?)
        };
        let (start, end) = (heard(0.0)?, heard(rate)?);
        let pace = float((end - start).as_micros()) / float(span_of(rate, rate).as_micros());
        Some(Moment {
            frame,
            heard: start,
            pace,
        })
    }
}
