//! The player's place at a session: the replica, and the shell that moves its text, arms its one
//! timer and hands on what it says. Nothing here decides what an edit means.

mod picture;
mod presence;
mod socket;
mod sounding;

use crate::board::Board;
use crate::browser;
use crate::identity;
use crate::keyboards::Keyboards;
use crate::playhead;
use crate::recording::Recording;
use crate::sound::{Sound, Touch};
use crate::takes::Takes;
use crate::widget::{Gesture, Turn};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout, set_timeout_with_handle};
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::document::step::Pitch;
use lockstep_session::document::timeline::Timeline;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{Run, TrackId};
use lockstep_session::protocol::{Kind, Profile};
use lockstep_session::recorder::Recorder;
use lockstep_session::replica::{Change, Event, Identity, Input, Link, Output, Replica};
use lockstep_session::steps::{self, Changes};
use lockstep_session::units::{Beat, LocalTime, ServerTime};
use picture::Picture;
use presence::Others;
use socket::{News, Socket};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// How hard a note is struck to hear its sound, and how long it is held.
const AUDITION: f32 = 0.8;
const HELD: Duration = Duration::from_millis(350);
/// How long playheads stay anywhere: a jump is soon seen, and no screen shows more than this.
const LIT_AT_LEAST: Duration = Duration::from_millis(4);
const LIT_AT_MOST: Duration = Duration::from_millis(125);

/// Copies are the same seat.
#[derive(Clone, Copy)]
pub(crate) struct Seat {
    pub(crate) board: Board,
    pub(crate) sound: Sound,
    pub(crate) recording: Recording,
    pub(crate) takes: Takes,
    pub(crate) keyboards: Keyboards,
    shell: StoredValue<Rc<RefCell<Shell>>, LocalStorage>,
}

struct Shell {
    session: String,
    replica: Replica,
    recorder: Recorder,
    socket: Option<Socket>,
    /// What wakes the replica, and when.
    timer: Option<(LocalTime, TimeoutHandle)>,
    /// The code the last connection was closed with.
    closed_with: Option<u16>,
    /// The server has answered at least once: the link leads somewhere.
    joined: bool,
    /// The server has said that the link leads nowhere.
    unknown: bool,
    others: Others,
    picture: Picture,
    /// The timeline that the engine was last brought onto.
    followed: Option<Timeline>,
}

impl Seat {
    /// Joins a session as the person this browser is.
    pub(crate) fn take(session: &str) -> Seat {
        let person = identity::Person::here();
        let profile = Profile {
            name: person.name,
            colour: person.colour,
            kind: Kind::Browser,
        };
        let identity = Identity {
            token: person.token,
            run: Run(browser::random_number()),
            profile,
        };
        let shell = Shell {
            session: session.to_owned(),
            replica: Replica::new(identity, browser::random_number()),
            recorder: Recorder::default(),
            socket: None,
            timer: None,
            closed_with: None,
            joined: false,
            unknown: false,
            others: Others::default(),
            picture: Picture::default(),
            followed: None,
        };
        let board = Board::new();
        let seat = Seat {
            board,
            sound: Sound::new(board),
            recording: Recording::new(),
            takes: Takes::new(),
            keyboards: Keyboards::new(),
            shell: StoredValue::new_local(Rc::new(RefCell::new(shell))),
        };
        seat.with(|shell, now| shell.replica.connect(now));
        playhead::follow(seat);
        seat.begin_to_draw();
        seat.keep_sounding();
        seat.takes.look_after(seat);
        seat.keyboards.come_back(seat);
        seat
    }

    /// An edit of this player's. One that cannot be made leaves everything as it is.
    pub(crate) fn edit(&self, edit: Edit) {
        self.with(|shell, now| {
            let _ = shell.replica.edit(edit, now);
        });
    }

    /// Makes steps what they are to become, as one gesture or as more of the last one.
    pub(crate) fn change(&self, changes: &Changes, gesture: Gesture) {
        let board = self.board;
        let edits =
            self.look(|document| steps::edits(document, |track| board.scene(track.id), changes));
        if let Some(edit) = together(edits) {
            self.perform(edit, gesture);
        }
    }

    pub(crate) fn undo(&self) {
        self.with(|shell, now| {
            if !shell.replica.undo(now) {
                self.board.say("Nothing of yours to take back".to_owned());
            }
        });
    }

    pub(crate) fn redo(&self) {
        self.with(|shell, now| {
            if !shell.replica.redo(now) {
                self.board.say("Nothing to make again".to_owned());
            }
        });
    }

    /// What the session is now, with this player's own edits.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Document) -> T) -> T {
        let shell = self.shell.get_value();
        let shell = shell.borrow();
        look(shell.replica.document())
    }

    /// An edit that may go on with the last one's gesture: undo takes the gesture back as a whole.
    pub(crate) fn perform(&self, edit: Edit, gesture: Gesture) {
        self.with(|shell, now| {
            let _ = match gesture {
                Gesture::Begins => shell.replica.edit(edit, now),
                Gesture::GoesOn => shell.replica.edit_further(edit, now),
            };
        });
    }

    /// Where the numbers of a control go that makes this edit of each.
    pub(crate) fn turn(self, edit: impl Fn(i64) -> Edit + Send + Sync + 'static) -> Turn {
        Arc::new(move |value, gesture| self.perform(edit(value), gesture))
    }

    /// What a hand has written is heard at once where nothing plays that it would be heard in.
    pub(crate) fn preview(&self, track: TrackId, pitches: impl IntoIterator<Item = Pitch>) {
        let plays = self.board.summary.with_untracked(|now| now.playing);
        if !plays && !self.board.locked().get_untracked() {
            for pitch in pitches {
                self.strike(track, pitch.get());
            }
        }
    }

    /// Strikes a note of a track for this player's ears only.
    pub(crate) fn strike(&self, track: TrackId, pitch: i8) {
        // Notes are written from middle C on.
        let key = u8::try_from(60 + i16::from(pitch)).unwrap_or(60);
        let sound = self.sound;
        sound.play(track, Touch::Down(key, AUDITION));
        set_timeout(move || sound.play(track, Touch::Up(key)), HELD);
    }

    /// The last part of the session's link.
    pub(crate) fn session(&self) -> String {
        self.shell.get_value().borrow().session.clone()
    }

    /// What the others call this player and how they see them, kept for other sessions too.
    pub(crate) fn profile(&self) -> Profile {
        self.shell.get_value().borrow().replica.profile().clone()
    }

    pub(crate) fn set_profile(&self, profile: Profile) {
        browser::keep("lockstep.name", &profile.name);
        browser::keep("lockstep.colour", &profile.colour.get().to_string());
        self.with(|shell, _| shell.replica.set_profile(profile));
    }

    pub(crate) fn toggle_playing(&self) {
        self.with(|shell, now| {
            let playing = shell.replica.timeline(now).playing;
            let edit = if playing {
                Edit::Stop { at: None }
            } else {
                Edit::Play {
                    from: Beat::ZERO,
                    at: None,
                }
            };
            // Refused while someone else leads; the header says who.
            let _ = shell.replica.edit(edit, now);
        });
    }

    /// Moves the playheads to where the session is heard at this moment. Gives how long they stay there,
    /// if they are anywhere.
    pub(crate) fn light(&self) -> Option<Duration> {
        self.draw_what_is_due();
        let shell = self.shell.get_value();
        let shell = shell.borrow();
        let now = browser::now();
        let beat = self.beat_shown(&shell, now);
        let document = shell.replica.document();
        let left = self.board.light(document, beat)?;
        let tempo = i64::from(document.timeline.tempo.get());
        // Micro-beats, and beats in a hundred minutes.
        let wait = (left.as_micros() * 6_000 / tempo).unsigned_abs();
        // Browsers count in milliseconds, and one that is too early lights nothing.
        let wait = Duration::from_millis(wait.div_ceil(1_000));
        Some(wait.clamp(LIT_AT_LEAST, LIT_AT_MOST))
    }

    /// Shows the clips that are wanted now.
    pub(crate) fn refresh(&self) {
        let shell = self.shell.get_value();
        let shell = shell.borrow();
        let now = browser::now();
        let timeline = shell.replica.timeline(now);
        let beat = timeline.beat_at(server_time(&shell.replica, now));
        self.board.show(beat);
    }

    fn hear(&self, news: News<'_>) {
        let (shell, now) = (self.shell.get_value(), browser::now());
        let shell = &mut *shell.borrow_mut();
        match news {
            News::Opened => shell.replica.handle(Input::Connected, now),
            News::Text(text) => shell.replica.handle(Input::Text(text), now),
            News::Closed(code) => {
                shell.closed_with = Some(code);
                shell.replica.handle(Input::Disconnected, now);
            }
        }
        self.settle(shell, now, false);
    }

    fn tick(&self) {
        let (shell, now) = (self.shell.get_value(), browser::now());
        let shell = &mut *shell.borrow_mut();
        shell.timer = None;
        shell.replica.handle(Input::Tick, now);
        self.settle(shell, now, false);
    }

    /// Does by hand something with the replica.
    fn with(&self, action: impl FnOnce(&mut Shell, LocalTime)) {
        let (shell, now) = (self.shell.get_value(), browser::now());
        action(&mut shell.borrow_mut(), now);
        self.settle(&mut shell.borrow_mut(), now, true);
    }

    /// Carries out what the replica asks for, and hears what it says.
    fn settle(&self, shell: &mut Shell, now: LocalTime, is_by_hand: bool) {
        self.carry_out(shell, now);
        self.arm(shell, now);
        self.attend(shell, now, is_by_hand);
    }

    fn carry_out(&self, shell: &mut Shell, now: LocalTime) {
        while let Some(output) = shell.replica.poll_output() {
            match output {
                Output::Connect => {
                    let seat = *self;
                    shell.socket = Socket::open(&shell.session, move |news| seat.hear(news));
                    if shell.socket.is_none() {
                        shell.replica.handle(Input::Disconnected, now);
                    }
                }
                Output::Send(text) => {
                    if let Some(socket) = &shell.socket {
                        socket.send(&text);
                    }
                }
                Output::Disconnect => shell.socket = None,
            }
        }
    }

    fn arm(&self, shell: &mut Shell, now: LocalTime) {
        let Some(deadline) = shell.replica.deadline() else {
            return;
        };
        match &shell.timer {
            // Early enough: it will be armed again if there is nothing to do yet.
            Some((at, _)) if *at <= deadline => return,
            Some((_, later)) => later.clear(),
            None => {}
        }
        let wait = u64::try_from((deadline - now).as_micros()).unwrap_or(0);
        let seat = *self;
        // Browsers count in milliseconds.
        let wait = Duration::from_millis(wait.div_ceil(1_000));
        let timer = set_timeout_with_handle(move || seat.tick(), wait);
        shell.timer = timer.ok().map(|timer| (deadline, timer));
    }

    /// Hears what the replica says of itself. What a hand has done is on the screen at once.
    fn attend(&self, shell: &mut Shell, now: LocalTime, is_by_hand: bool) {
        let mut at_once = is_by_hand;
        let mut changed = false;
        while let Some(event) = shell.replica.poll_event() {
            match event {
                Event::Document(Change::Whole) => (changed, at_once) = (true, true),
                Event::Document(Change::Edit { by, edit }) => {
                    changed = true;
                    shell.picture.note(&shell.replica, by, &edit);
                }
                Event::Link => {
                    at_once = true;
                    self.follow_link(shell);
                }
                Event::Players => shell.picture.are_players_new = true,
                Event::Gather { by, view } => self.gathered(&shell.replica, by, view),
                Event::Refused { reason, .. } => self.board.say(format!("Not done: {reason}")),
                Event::Trouble { reason, .. } => {
                    self.board.say(format!("The server says: {reason}"))
                }
            }
        }
        if changed {
            self.board.keep(shell.replica.document());
            shell.picture.is_document_new = true;
            self.sound.document_changed(now);
        }
        let timeline = shell.replica.timeline(now);
        let has_moved = shell.followed.replace(timeline) != Some(timeline);
        // What is changed in the session seldom moves it.
        if has_moved || !changed {
            self.sound(shell, now);
        }
        if at_once {
            self.draw(shell, now);
        } else {
            self.draw_soon(shell, now);
        }
    }

    /// A socket that never opened may mean that there is nothing to join: the server knows.
    fn follow_link(&self, shell: &mut Shell) {
        match shell.replica.link() {
            Link::Live { .. } => shell.joined = true,
            Link::Waiting { .. } if !shell.joined && !shell.unknown => {
                let (seat, session) = (*self, shell.session.clone());
                leptos::task::spawn_local(async move {
                    if browser::is_missing(&session).await {
                        seat.with(|shell, _| {
                            shell.unknown = true;
                            shell.replica.leave();
                        });
                    }
                });
            }
            _ => {}
        }
    }
}

/// Edits that happen together.
pub(crate) fn together(mut edits: Vec<Edit>) -> Option<Edit> {
    match edits.len() {
        0 => None,
        1 => edits.pop(),
        _ => Some(Edit::Gesture(edits)),
    }
}

/// The shared clock; until it is known, this machine's own, so that what is offline still runs.
fn server_time(replica: &Replica, now: LocalTime) -> ServerTime {
    replica
        .server_time(now)
        .unwrap_or(ServerTime::from_micros(now.as_micros()))
}
