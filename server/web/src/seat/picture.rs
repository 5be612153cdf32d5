//! What the screen is told and when: what a hand does at once, what the others do with the next
//! picture, because many changes in one picture cost little more than one.

use super::presence::person;
use super::{Seat, Shell, server_time};
use crate::board::{Lead, Person, Summary};
use crate::browser;
use crate::connection::{Connection, Live};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::GetValue;
use lockstep_session::document::Mode;
use lockstep_session::edit::{Edit, Region};
use lockstep_session::ids::{PlayerId, SceneIndex};
use lockstep_session::protocol::{Goodbye, Kind, Player, Role};
use lockstep_session::replica::{Link, Replica};
use lockstep_session::steps::Cell;
use lockstep_session::text::LongName;
use lockstep_session::units::{LocalTime, Span};
use std::time::Duration;

/// What the others do is seen this soon, or sooner where something else moves on the screen.
const SOON: Duration = Duration::from_millis(40);
/// Meters that moved so short a time ago most likely move again about as soon; if they do not, the page's
/// own pace is soon enough.
const MOVES: Span = Span::from_millis(100);
/// How long a cell shows who changed it.
const FLASH: Span = Span::from_seconds(1);
/// It may be seen so much longer, so that some end together: that costs the page less.
const LINGERS: Span = Span::from_millis(250);
/// More cells than these at once are no longer seen one by one.
const MOST: usize = 1024;

/// What the screen does not show yet, and what it is to show no longer.
#[derive(Default)]
pub(super) struct Picture {
    is_due: bool,
    /// It is looked soon whether anything is due.
    is_awaited: bool,
    /// When meters moved.
    metered: Option<LocalTime>,
    pub(super) is_document_new: bool,
    pub(super) are_players_new: bool,
    flashes: Vec<Flash>,
}

/// A cell that shows for a moment who changed it.
struct Flash {
    cell: Cell,
    scene: SceneIndex,
    who: Person,
    /// None until it is on the screen.
    until: Option<LocalTime>,
}

impl Picture {
    /// Notes whose change a cell is, if it is somebody else's.
    pub(super) fn note(&mut self, replica: &Replica, by: PlayerId, edit: &Edit) {
        let author = replica.players().find(|player| player.id == by);
        let Some(author) = author.filter(|_| by != replica.player()) else {
            return;
        };
        for region in edit.regions(replica.document()) {
            if let Region::Step(track, scene, step) = region
                && self.flashes.len() < MOST
            {
                let cell = Cell { track, step };
                self.flashes
                    .retain(|flash| (flash.cell, flash.scene) != (cell, scene));
                self.flashes.push(Flash {
                    cell,
                    scene,
                    who: person(author),
                    until: None,
                });
            }
        }
    }

    fn is_due(&self, now: LocalTime) -> bool {
        self.is_due || self.do_flashes_end(now)
    }

    fn do_flashes_end(&self, now: LocalTime) -> bool {
        let mut flashes = self.flashes.iter();
        flashes.any(|flash| flash.is_over(now - LINGERS))
    }
}

impl Flash {
    fn is_over(&self, now: LocalTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

impl Seat {
    /// Draws whenever something moves on the screen anyway.
    pub(super) fn begin_to_draw(self) {
        self.board.meters.show(None, move |_| {
            let shell = self.shell.get_value();
            shell.borrow_mut().picture.metered = Some(browser::now());
            self.draw_what_is_due();
        });
    }

    pub(super) fn draw_soon(&self, shell: &mut Shell, now: LocalTime) {
        let picture = &mut shell.picture;
        picture.is_due = true;
        let moves = picture.metered.is_some_and(|at| now - at < MOVES);
        if !moves && !std::mem::replace(&mut picture.is_awaited, true) {
            let seat = *self;
            let draw = move || {
                seat.shell.get_value().borrow_mut().picture.is_awaited = false;
                seat.draw_what_is_due();
            };
            set_timeout(draw, SOON);
        }
    }

    pub(super) fn draw_what_is_due(&self) {
        let shell = self.shell.get_value();
        let mut shell = shell.borrow_mut();
        let now = browser::now();
        if shell.picture.is_due(now) {
            self.draw(&mut shell, now);
        }
    }

    pub(super) fn draw(&self, shell: &mut Shell, now: LocalTime) {
        shell.picture.is_due = false;
        if std::mem::take(&mut shell.picture.is_document_new) {
            let timeline = shell.replica.timeline(now);
            let beat = timeline.beat_at(server_time(&shell.replica, now));
            self.board.show(beat);
        }
        if std::mem::take(&mut shell.picture.are_players_new) {
            self.greet(shell);
        }
        self.flash(&mut shell.picture, now);
        self.summarise(shell, now);
    }

    fn flash(&self, picture: &mut Picture, now: LocalTime) {
        let do_some_end = picture.do_flashes_end(now);
        picture.flashes.retain_mut(|flash| {
            let is_over = do_some_end && flash.is_over(now);
            if is_over || flash.until.is_none() {
                let who = (!is_over).then(|| flash.who.clone());
                self.board.mark(flash.cell, flash.scene, who);
                flash.until = Some(now + FLASH);
            }
            !is_over
        });
    }

    fn summarise(&self, shell: &Shell, now: LocalTime) {
        let replica = &shell.replica;
        let timeline = replica.timeline(now);
        let connection = connection(shell);
        self.board.summarise(|summary| {
            *summary = Summary {
                name: if shell.joined {
                    replica.document().name.clone()
                } else {
                    LongName::new("Session")
                },
                playing: timeline.playing,
                tempo: timeline.tempo,
                lead: leader(replica),
                leader: match replica.document().lead {
                    None => Lead::Nobody,
                    Some(player) if player == replica.player() => Lead::Mine,
                    Some(_) => Lead::Others,
                },
                players: replica
                    .players()
                    .map(|player| (player.profile.name.clone(), player.profile.colour))
                    .collect(),
                connection,
                reach: replica.reach(),
                recording: summary.recording,
            };
        });
    }
}

fn leader(replica: &Replica) -> String {
    let Some(leader) = replica.document().lead else {
        return String::new();
    };
    if leader == replica.player() {
        return "You lead".to_owned();
    }
    let name = |player: &Player| match player.profile.kind {
        Kind::Daw => format!("{}’s DAW leads", player.profile.name),
        _ => format!("{} leads", player.profile.name),
    };
    let known = replica.players().find(|player| player.id == leader);
    known.map_or("Someone leads".to_owned(), name)
}

fn connection(shell: &Shell) -> Connection {
    let replica = &shell.replica;
    match replica.link() {
        _ if shell.unknown => Connection::Unknown,
        Link::Live { .. } => {
            let quality = replica.clock().quality();
            let tenths = |micros: i64| u32::try_from((micros + 50) / 100).unwrap_or(u32::MAX);
            Connection::Live(Live {
                listening_only: replica.role() == Some(Role::Listener),
                published: replica.document().mode == Mode::Published,
                cannot_save: replica.is_read_only(),
                waiting: replica.unsaved(),
                error: quality.map(|quality| tenths(quality.error.as_micros())),
                round_trip_ms: quality
                    .map_or(0, |quality| tenths(quality.round_trip.as_micros()) / 10),
            })
        }
        Link::Refused { code, .. } => Connection::refused(code),
        Link::Waiting { .. } if shell.closed_with == Some(Goodbye::Full.close_code()) => {
            Connection::Full
        }
        _ if !shell.joined => Connection::Joining,
        _ => Connection::Offline {
            waiting: replica.unsaved(),
        },
    }
}
