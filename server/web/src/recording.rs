//! Recording on the page: from the press of the button over the bars that are counted to the last frame,
//! at bars of the session. What becomes of a take afterwards is not its affair.

pub(crate) mod plan;

use crate::board::Lead;
use crate::browser;
use crate::dom::follow;
use crate::numbers::{float, whole};
use crate::seat::Seat;
use crate::sound::{Input, InputNews, Refusal, object};
use crate::takes::ports;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lockstep_session::takes::next_name;
use lockstep_session::units::{Beat, BeatSpan};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

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

impl Stage {
    /// Whether a take is being made or waited for.
    pub(crate) fn is_busy(self) -> bool {
        matches!(
            self,
            Stage::Waiting | Stage::CountingIn(_) | Stage::Recording(_)
        )
    }

    /// How it stands, for eyes and for screen readers; nothing where nothing is to be said.
    pub(crate) fn words(self) -> String {
        match self {
            Stage::Opening => "Asking for the input".to_owned(),
            Stage::Refused(refusal) => refusal.advice().to_owned(),
            Stage::Waiting => "Waiting for the session to play".to_owned(),
            Stage::CountingIn(bar) => format!("Counting in: it begins at bar {bar}"),
            Stage::Recording(_) => "Recording".to_owned(),
            Stage::Closed | Stage::Open => String::new(),
        }
    }
}

/// Copies are the same recorder.
#[derive(Clone, Copy)]
pub(crate) struct Recording {
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
    /// It records as soon as it is open.
    is_wanted: bool,
    /// The running beat that the take begins on.
    beat: f64,
    /// The take that is being made.
    take: f64,
}

impl Recording {
    pub(crate) fn new() -> Recording {
        let kept = |key: &str, rest: i64| {
            let kept = browser::kept(key).and_then(|kept| kept.parse().ok());
            RwSignal::new(kept.unwrap_or(rest))
        };
        let recording = Recording {
            level: RwSignal::new(0),
            inputs: RwSignal::new(String::new()),
            chosen: RwSignal::new(browser::kept("lockstep.input").unwrap_or_default()),
            count_in: kept("lockstep.count-in", 1),
            length: kept("lockstep.record-bars", 0),
            offset: kept("lockstep.record-offset", 0),
            clicks: RwSignal::new(browser::kept("lockstep.record-click").as_deref() != Some("0")),
            desk: StoredValue::new_local(Rc::default()),
        };
        follow(move || {
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

    /// Chooses another input.
    pub(crate) fn choose(self, seat: Seat, device: String) {
        browser::keep("lockstep.input", &device);
        self.chosen.set(device);
        if stage(seat) == Stage::Open {
            self.close(seat, Stage::Closed);
            self.listen(seat);
        }
    }

    /// Listens, or no longer.
    pub(crate) fn listen(self, seat: Seat) {
        match stage(seat) {
            Stage::Closed | Stage::Refused(_) => {
                set_stage(seat, Stage::Opening);
                self.look(seat);
            }
            Stage::Open => self.close(seat, Stage::Closed),
            _ => {}
        }
    }

    /// The button that records, and ends what it began.
    pub(crate) fn press(self, seat: Seat) {
        match stage(seat) {
            Stage::Opening => {}
            Stage::Open => self.arm(seat),
            Stage::Closed | Stage::Refused(_) => {
                self.desk().borrow_mut().is_wanted = true;
                self.listen(seat);
            }
            Stage::Waiting => self.rest(seat),
            Stage::CountingIn(_) | Stage::Recording(_) => self.end(),
        }
    }

    /// Nobody looks at the recorder any more: it listens only if it records.
    pub(crate) fn leave(self, seat: Seat) {
        if stage(seat) == Stage::Open {
            self.close(seat, Stage::Closed);
        }
    }

    async fn open(self, seat: Seat) {
        let hear = Rc::new(move |news| self.hear(seat, news));
        let opened = seat
            .sound
            .open_input(self.chosen.get_untracked(), hear)
            .await;
        let is_wanted = std::mem::take(&mut self.desk().borrow_mut().is_wanted);
        match opened {
            Ok((input, found)) => {
                self.desk().borrow_mut().input = Some(input);
                self.inputs.set(found);
                set_stage(seat, Stage::Open);
                if is_wanted {
                    self.arm(seat);
                }
            }
            Err(refusal) => set_stage(seat, Stage::Refused(refusal)),
        }
    }

    fn close(self, seat: Seat, left: Stage) {
        self.desk().borrow_mut().input = None;
        self.level.set(0);
        set_stage(seat, left);
    }

    /// Starts the session, unless it plays or somebody else leads it.
    fn arm(self, seat: Seat) {
        let summary = seat.board.summary.get_untracked();
        if !summary.playing && summary.leader != Lead::Others {
            seat.toggle_playing();
        }
        set_stage(seat, Stage::Waiting);
        self.look(seat);
    }

    /// Looks where the beat is, again and again until there is nothing to do.
    fn look(self, seat: Seat) {
        let is_on = seat.sound.is_on();
        match stage(seat) {
            // The touch that led here wakes the sound too, if it slept.
            Stage::Opening if is_on => return spawn_local(self.open(seat)),
            Stage::Opening if seat.sound.has_failed() => {
                return set_stage(seat, Stage::Refused(Refusal::Silent));
            }
            Stage::Waiting if is_on => self.begin(seat),
            Stage::Opening | Stage::Waiting => {}
            // The audio thread has no more to say.
            Stage::CountingIn(_) | Stage::Recording(_) if !is_on => {
                return self.hear(seat, InputNews::Lost);
            }
            Stage::CountingIn(_) => self.aim(seat),
            Stage::Recording(_) if seat.sound.beat_in(0.0).is_none() => self.end(),
            Stage::Recording(_) => {}
            Stage::Closed | Stage::Open | Stage::Refused(_) => return,
        }
        set_timeout(move || self.look(seat), PACE);
    }

    /// The session plays: now the bar is known.
    fn begin(self, seat: Seat) {
        let Some(beat) = seat.sound.beat_in(AHEAD) else {
            return;
        };
        let bar = plan::first_bar(beat, self.count_in.get_untracked());
        let timeline = seat.board.document.get_untracked().timeline;
        let place = timeline.position_of(Beat::ZERO + BeatSpan::BAR.times(bar));
        let place = place.as_micros();
        let (rate, tempo) = (seat.sound.rate(), i64::from(timeline.tempo.get()));
        let frames = plan::frames(self.length.get_untracked(), tempo, whole(rate));
        let name = next_name(&seat.board.document.get_untracked(), |name| {
            seat.takes.is_named(name)
        });
        let id = js_sys::Date::now();
        self.desk().borrow_mut().beat = plan::beat_of(bar);
        self.desk().borrow_mut().take = id;
        let (Some(from), Some((here, there))) = (self.first_frame(seat), ports()) else {
            return;
        };
        let desk = self.desk();
        let desk = desk.borrow();
        let Some(input) = &desk.input else {
            return;
        };
        input.record(&there, from, float(frames));
        let about = object(&[
            ("id", id.into()),
            ("session", seat.session().into()),
            ("name", name.as_str().into()),
            ("rate", rate.into()),
            ("sides", input.sides.into()),
            ("tempo", float(tempo).into()),
            ("place", float(place).into()),
        ]);
        set_stage(seat, Stage::CountingIn(place.div_euclid(4_000_000) + 1));
        click(seat, self.count_in.get_untracked() > 0);
        seat.takes.record(seat, about, here);
    }

    /// The clock is known better and better: until it begins, the first frame may move a little.
    fn aim(self, seat: Seat) {
        match self.first_frame(seat) {
            Some(from) => self.tell(|input| input.aim(from)),
            None => {
                seat.board
                    .say("The session was stopped before the recording began".to_owned());
                self.end();
            }
        }
    }

    fn first_frame(self, seat: Seat) -> Option<f64> {
        let desk = self.desk();
        let desk = desk.borrow();
        let offset = self.offset.get_untracked();
        seat.sound
            .played_at(desk.beat, desk.input.as_ref()?, offset)
    }

    fn end(self) {
        self.tell(Input::end);
    }

    fn tell(self, what: impl Fn(&Input)) {
        if let Some(input) = &self.desk().borrow().input {
            what(input);
        }
    }

    /// Nothing is recorded any more.
    pub(crate) fn rest(self, seat: Seat) {
        if stage(seat).is_busy() {
            set_stage(seat, Stage::Open);
        }
        click(seat, false);
    }

    fn hear(self, seat: Seat, news: InputNews) {
        match news {
            InputNews::Heard(peak, done) => {
                let level = whole(peak * 1e3);
                if self.level.get_untracked() != level {
                    self.level.set(level);
                }
                if done > 0.0 && stage(seat).is_busy() {
                    set_stage(
                        seat,
                        Stage::Recording(whole((done / seat.sound.rate().max(1.0)).floor())),
                    );
                    click(seat, self.clicks.get_untracked());
                }
            }
            InputNews::Lost => {
                self.end();
                let take = self.desk().borrow().take;
                let lose = move || {
                    seat.takes.end(take);
                    click(seat, false);
                    self.close(seat, Stage::Refused(Refusal::Lost));
                };
                set_timeout(lose, LAST_WORDS);
            }
        }
    }

    fn desk(self) -> Rc<RefCell<Desk>> {
        self.desk.get_value()
    }
}

fn stage(seat: Seat) -> Stage {
    seat.board.summary.get_untracked().recording
}

fn set_stage(seat: Seat, now: Stage) {
    let (before, words) = (stage(seat).words(), now.words());
    seat.board.summarise(|summary| summary.recording = now);
    if !words.is_empty() && words != before {
        seat.board.say(words);
    }
}

/// The metronome clicks for a recording, or no longer.
fn click(seat: Seat, is_on: bool) {
    let ears = seat.sound.ears;
    if ears.get_untracked().counting != is_on {
        ears.update(|ears| ears.counting = is_on);
    }
}
