//! Recording on the page: from the press of the button over the bars that are counted to the last frame,
//! at bars of the session. What becomes of a take afterwards is not its affair.

pub(crate) mod plan;

use crate::api::field;
use crate::browser;
use crate::seat::Seat;
use crate::sound::{Input, InputNews, Refusal, inputs, object};
use crate::takes::{Port, Take};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lockstep_session::takes::next_name;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};

/// How often it is looked where the beat is.
const PACE: Duration = Duration::from_millis(100);
/// What is ordered so many seconds ahead reaches the audio thread in time.
const AHEAD: f64 = 0.15;
/// An input that was lost gets so long for its last words.
const LAST_WORDS: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    #[default]
    Closed,
    Opening,
    /// It listens, and records nothing.
    Open,
    Refused(Refusal),
    /// For the session to play.
    Waiting,
    /// Until this bar, as bars are counted on the screen.
    CountingIn(i64),
    /// So many seconds by now.
    Recording(i64),
}

/// Copies are the same recorder.
#[derive(Clone, Copy)]
pub(crate) struct Recording {
    pub(crate) stage: RwSignal<Stage>,
    /// How loud the input is, in thousandths of full scale.
    pub(crate) level: RwSignal<i64>,
    /// A line for each input, as the browser names it.
    pub(crate) inputs: RwSignal<String>,
    /// The id of the chosen one, or nothing for the browser's own choice.
    pub(crate) chosen: RwSignal<String>,
    /// In bars.
    pub(crate) count_in: RwSignal<i64>,
    /// In bars; none means until it is stopped.
    pub(crate) length: RwSignal<i64>,
    /// In milliseconds, what takes come later than the browser says.
    pub(crate) offset: RwSignal<i64>,
    /// Whether the metronome clicks on while it is recorded.
    pub(crate) clicks: RwSignal<bool>,
    desk: StoredValue<Rc<RefCell<Desk>>, LocalStorage>,
}

#[derive(Default)]
struct Desk {
    input: Option<Input>,
    /// The bar that the take begins with.
    bar: i64,
    /// The take that is being made.
    take: f64,
    /// Whether frames of it are there.
    has_begun: bool,
}

impl Recording {
    pub(crate) fn new() -> Recording {
        let kept = |key: &str, rest: i64| {
            let kept = browser::kept(key).and_then(|kept| kept.parse().ok());
            RwSignal::new(kept.unwrap_or(rest))
        };
        let recording = Recording {
            stage: RwSignal::new(Stage::Closed),
            level: RwSignal::new(0),
            inputs: RwSignal::new(String::new()),
            chosen: RwSignal::new(browser::kept("lockstep.input").unwrap_or_default()),
            count_in: kept("lockstep.count-in", 1),
            length: kept("lockstep.record-bars", 0),
            offset: kept("lockstep.record-offset", 0),
            clicks: RwSignal::new(browser::kept("lockstep.record-click").as_deref() != Some("0")),
            desk: StoredValue::new_local(Rc::default()),
        };
        Effect::new(move |_| {
            for (key, value) in [
                ("lockstep.count-in", recording.count_in.get()),
                ("lockstep.record-bars", recording.length.get()),
                ("lockstep.record-offset", recording.offset.get()),
                ("lockstep.record-click", recording.clicks.get().into()),
            ] {
                browser::keep(key, &value.to_string());
            }
        });
        recording
    }

    /// Whether a take is being made or waited for.
    pub(crate) fn is_busy(&self) -> bool {
        use Stage::{CountingIn, Recording, Waiting};
        matches!(self.stage.get(), Waiting | CountingIn(_) | Recording(_))
    }

    /// Chooses another input.
    pub(crate) fn choose(self, seat: Seat, device: &str) {
        browser::keep("lockstep.input", device);
        self.chosen.set(device.to_owned());
        if self.stage.get_untracked() == Stage::Open {
            self.close();
            spawn_local(self.open(seat));
        }
    }

    /// Listens, or no longer.
    pub(crate) fn listen(self, seat: Seat) {
        match self.stage.get_untracked() {
            Stage::Closed | Stage::Refused(_) => spawn_local(self.open(seat)),
            Stage::Open => self.close(),
            _ => {}
        }
    }

    /// The button that records, and ends what it began.
    pub(crate) fn press(self, seat: Seat) {
        match self.stage.get_untracked() {
            Stage::Opening => {}
            Stage::Open => self.arm(seat),
            Stage::Closed | Stage::Refused(_) => spawn_local(async move {
                self.open(seat).await;
                if self.stage.get_untracked() == Stage::Open {
                    self.arm(seat);
                }
            }),
            Stage::Waiting => self.rest(seat),
            Stage::CountingIn(_) | Stage::Recording(_) => self.end(),
        }
    }

    async fn open(self, seat: Seat) {
        self.stage.set(Stage::Opening);
        // The press that led here wakes the sound too, if it slept.
        let mut waits = 100;
        while !seat.sound.is_on() && waits > 0 {
            waits -= 1;
            pause(PACE).await;
        }
        let device = self.chosen.get_untracked();
        let hear = move |news| self.hear(seat, news);
        let opened = match seat.sound.open_input(&device, hear).await {
            // The one that was chosen once may not be there today.
            Err(Refusal::Missing) if !device.is_empty() => seat.sound.open_input("", hear).await,
            opened => opened,
        };
        match opened {
            Ok(input) => {
                self.desk(|desk| desk.input = Some(input));
                self.stage.set(Stage::Open);
                if let Some(found) = inputs().await {
                    self.inputs.set(found);
                }
            }
            Err(refusal) => self.stage.set(Stage::Refused(refusal)),
        }
    }

    fn close(self) {
        self.desk(|desk| desk.input = None);
        self.stage.set(Stage::Closed);
        self.level.set(0);
    }

    /// Starts the session, unless it plays or somebody else leads it.
    fn arm(self, seat: Seat) {
        let board = seat.board;
        if !board.summary.with_untracked(|summary| summary.playing)
            && !untrack(|| board.led_by_other().get())
        {
            seat.toggle_playing();
        }
        self.stage.set(Stage::Waiting);
        self.look(seat);
    }

    /// Looks where the beat is, again and again until there is nothing to do.
    fn look(self, seat: Seat) {
        let (stage, is_on) = (self.stage.get_untracked(), seat.sound.is_on());
        match stage {
            Stage::Waiting if is_on => self.begin(seat),
            Stage::Waiting => {}
            // The audio thread has no more to say.
            Stage::CountingIn(_) | Stage::Recording(_) if !is_on => {
                return self.hear(seat, InputNews::Lost);
            }
            Stage::CountingIn(_) => self.aim(seat),
            Stage::Recording(_) if seat.sound.beat_in(0.0).is_none() => self.end(),
            Stage::Recording(_) => {}
            _ => return,
        }
        set_timeout(move || self.look(seat), PACE);
    }

    /// The session plays: now the bar is known.
    fn begin(self, seat: Seat) {
        let Some(beat) = seat.sound.beat_in(AHEAD) else {
            return;
        };
        let bar = plan::first_bar(beat, self.count_in.get_untracked());
        let (rate, offset) = (seat.sound.rate(), self.offset.get_untracked());
        let (tempo, place) = seat.look(|document| {
            let timeline = document.timeline;
            let beat = lockstep_session::units::Beat::from_micros(bar * 4_000_000);
            (i64::from(timeline.tempo.get()), timeline.position_of(beat))
        });
        #[expect(clippy::cast_possible_truncation, reason = "rates are whole and small")]
        let whole_rate = rate as i64;
        let length = self.length.get_untracked();
        let wanted = plan::frames_of(length, tempo, whole_rate);
        let most = plan::most_frames(whole_rate);
        let frames = if length > 0 { wanted.min(most) } else { most };
        let name = next_name(&seat.board.document.get_untracked(), |name| {
            seat.takes.is_named(name)
        });
        let id = js_sys::Date::now();
        let begun = self.desk(|desk| {
            let input = desk.input.as_ref()?;
            let from = seat.sound.played_at(plan::beat_of(bar), input, offset)?;
            let (here, there) = Port::pair()?;
            #[expect(clippy::cast_precision_loss, reason = "a minute of frames")]
            input.record(&there, from, frames as f64);
            let sides = input.sides;
            (desk.bar, desk.take, desk.has_begun) = (bar, id, false);
            Some((here, sides))
        });
        let Some((port, sides)) = begun else {
            return;
        };
        let about = object(&[
            ("id", id.into()),
            ("session", seat.session().into()),
            ("name", name.as_str().into()),
            ("rate", rate.into()),
            ("sides", sides.into()),
            ("tempo", JsValue::from_f64(count(tempo))),
            ("place", JsValue::from_f64(count(place.as_micros()))),
        ]);
        self.stage.set(Stage::CountingIn(place.as_micros().div_euclid(4_000_000) + 1));
        self.click(seat, self.count_in.get_untracked() > 0);
        spawn_local(async move {
            let about = seat.takes.record(about, &port).await;
            self.rest(seat);
            if field(&about, "frames").as_f64().unwrap_or(0.0) > 0.0 {
                seat.takes.show(seat, Take::of(&about));
            }
        });
    }

    /// The clock is known better and better: until it begins, the first frame may move a little.
    fn aim(self, seat: Seat) {
        let offset = self.offset.get_untracked();
        let aimed = self.desk(|desk| {
            let input = desk.input.as_ref()?;
            let from = seat.sound.played_at(plan::beat_of(desk.bar), input, offset)?;
            input.aim(from);
            Some(())
        });
        if aimed.is_none() {
            seat.board.say("The session was stopped before the recording began".to_owned());
            self.end();
        }
    }

    fn end(self) {
        self.desk(|desk| desk.input.as_ref().map(Input::end));
    }

    /// Nothing is recorded any more.
    fn rest(self, seat: Seat) {
        if untrack(|| self.is_busy()) {
            self.stage.set(Stage::Open);
        }
        self.click(seat, false);
    }

    fn click(self, seat: Seat, is_on: bool) {
        let ears = seat.sound.ears;
        if ears.with_untracked(|ears| ears.counting) != is_on {
            ears.update(|ears| ears.counting = is_on);
        }
    }

    fn hear(self, seat: Seat, news: InputNews) {
        match news {
            InputNews::Heard(peak, done) => {
                let level = thousandths(peak);
                if self.level.get_untracked() != level {
                    self.level.set(level);
                }
                let seconds = thousandths(done / seat.sound.rate().max(1.0)) / 1_000;
                let stage = Stage::Recording(seconds);
                let is_under_way = untrack(|| self.is_busy()) && done > 0.0;
                if is_under_way && self.stage.get_untracked() != stage {
                    self.stage.set(stage);
                }
                if is_under_way && !self.desk(|desk| std::mem::replace(&mut desk.has_begun, true)) {
                    self.click(seat, self.clicks.get_untracked());
                }
            }
            InputNews::Ended(_) => self.rest(seat),
            InputNews::Lost => {
                self.end();
                let take = self.desk(|desk| desk.take);
                set_timeout(
                    move || {
                        seat.takes.end(take);
                        self.close();
                        self.click(seat, false);
                        self.stage.set(Stage::Refused(Refusal::Lost));
                    },
                    LAST_WORDS,
                );
            }
        }
    }

    fn desk<T>(&self, work: impl FnOnce(&mut Desk) -> T) -> T {
        let desk = self.desk.get_value();
        let mut desk = desk.borrow_mut();
        work(&mut desk)
    }
}

async fn pause(time: Duration) {
    let passed = js_sys::Promise::new(&mut |passed, _| {
        set_timeout(move || drop(passed.call0(&JsValue::NULL)), time);
    });
    // Time passes.
    let _ = wasm_bindgen_futures::JsFuture::from(passed.unchecked_into::<js_sys::Promise>()).await;
}

#[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
fn thousandths(number: f64) -> i64 {
    (number * 1e3) as i64
}

#[expect(clippy::cast_precision_loss, reason = "tempos and places of a song")]
fn count(number: i64) -> f64 {
    number as f64
}
