//! What every panel is given, and where it puts what it asks for. A panel reads the desk and writes
//! the outbox; it must not know how either travels.

use super::phase::Head;
use super::selection::Selection;
use super::theme::Theme;
use crate::bridge::Playing;
use crate::controls::{ControlSettings, Controls};
use crate::network::Command;
use crate::params::LockstepParams;
use crate::view::{Connection, View};
use lockstep_engine::{LiveEvent, LiveNote, Meters};
use lockstep_session::document::Document;
use lockstep_session::document::Mode;
use lockstep_session::document::launch::Playing as Launched;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::track::Track;
use lockstep_session::edit::Edit;
use lockstep_session::ids::SceneIndex;
use lockstep_session::protocol::Role;
use lockstep_session::units::{Beat, LocalTime};
use nice_plug::prelude::{Param, ParamSetter};
use std::sync::Arc;

/// Everything a panel may look at, and the outbox.
pub(super) struct Desk<'a> {
    pub(super) view: &'a View,
    pub(super) playing: Playing,
    /// Where the grid is by now, for the eye. Stands still while nothing rolls.
    pub(super) beat: Beat,
    /// What each track plays there.
    pub(super) launched: Vec<Launched>,
    pub(super) now: LocalTime,
    pub(super) levels: Meters,
    pub(super) controls: &'a Controls,
    pub(super) params: &'a LockstepParams,
    pub(super) setter: ParamSetter<'a>,
    pub(super) theme: &'a Theme,
    pub(super) selection: &'a mut Selection,
    pub(super) commands: &'a mut Outbox,
}

/// What the panels of one frame ask for, in its order.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    commands: Vec<Command>,
    notes: Vec<LiveNote>,
    /// The pointer is held since an edit was made: more edits belong to the same gesture.
    goes_on: bool,
}

/// How hard a note is struck to hear it.
const AUDITION: f32 = 0.8;
/// Pitch 0 of a track is this key.
const MIDDLE_KEY: i16 = 60;

impl Outbox {
    pub(super) fn ask(&mut self, command: Command) {
        self.commands.push(command);
    }

    pub(super) fn edit(&mut self, edit: Edit) {
        self.commands.push(if self.goes_on {
            Command::Further(edit)
        } else {
            Command::Edit(edit)
        });
        self.goes_on = true;
    }

    /// Called once before the panels are shown. Whatever is changed between pressing the pointer and
    /// letting it go is one gesture.
    pub(super) fn begin(&mut self, is_pressed_now: bool, is_held: bool) {
        self.goes_on &= is_held && !is_pressed_now;
    }

    /// Everything as one gesture, so that it is undone as one.
    pub(super) fn gesture(&mut self, mut edits: Vec<Edit>) {
        match edits.len() {
            0 => {}
            1 => self.edit(edits.remove(0)),
            _ => self.edit(Edit::Gesture(edits)),
        }
    }

    /// Strikes a pitch of the track at a place, for a moment.
    pub(super) fn audition(&mut self, place: usize, pitch: i8) {
        let key = u8::try_from(MIDDLE_KEY + i16::from(pitch)).unwrap_or(0);
        let velocity = AUDITION;
        self.tap(place, LiveEvent::Down { key, velocity });
    }

    /// What a hand does on the track at a place. Keys that go down are let go by the frame.
    pub(super) fn tap(&mut self, place: usize, event: LiveEvent) {
        if let Ok(track) = u8::try_from(place) {
            let frame = 0;
            self.notes.push(LiveNote {
                frame,
                track,
                event,
            });
        }
    }

    pub(super) fn take(&mut self) -> (Vec<Command>, Vec<LiveNote>) {
        (
            std::mem::take(&mut self.commands),
            std::mem::take(&mut self.notes),
        )
    }
}

impl<'a> Desk<'a> {
    pub(super) fn document(&self) -> &'a Document {
        &self.view.document
    }

    pub(super) fn settings(&self) -> ControlSettings {
        self.controls.settings()
    }

    /// The place of the selected track, which may have just gone.
    pub(super) fn selected(&self) -> usize {
        let last = self.document().tracks.len().saturating_sub(1);
        usize::from(self.settings().selected).min(last)
    }

    pub(super) fn track(&self) -> Option<&'a Arc<Track>> {
        self.document().tracks.get(self.selected())
    }

    pub(super) fn select(&mut self, place: usize) {
        if let Ok(selected) = u8::try_from(place) {
            self.controls
                .change(|settings| settings.selected = selected);
        }
    }

    /// What a track plays, follow actions included.
    pub(super) fn playing(&self, track: &Track) -> Launched {
        let mut tracks = self.document().tracks.iter();
        let place = tracks.position(|other| other.id == track.id);
        let playing = place.and_then(|place| self.launched.get(place));
        playing.copied().unwrap_or_default()
    }

    /// The slot of a track that the grid shows: the chosen scene, or else what plays.
    pub(super) fn scene_of(&self, track: &Track) -> SceneIndex {
        let playing = || {
            let head = Head::new(self.beat, self.view.follows);
            let sounding = head.sounding(self.document(), self.playing(track))?;
            Some(sounding.scene)
        };
        let chosen = self.selection.scene.or_else(playing);
        chosen.unwrap_or(SceneIndex::FIRST)
    }

    pub(super) fn pattern_of(&self, track: &'a Track) -> Option<&'a Pattern> {
        track.clip(self.scene_of(track))?.as_pattern()
    }

    /// Why nothing can be changed here, if so.
    pub(super) fn locked(&self) -> Option<&'static str> {
        if self.document().mode == Mode::Published {
            return Some(
                "This session is published: it stays as it is. Remix it to go on from it.",
            );
        }
        if self.view.connection == Connection::Live && self.view.role == Some(Role::Listener) {
            return Some("This link only listens. Ask for the other link to play along.");
        }
        None
    }

    /// Moves one of the host's parameters, as one touch of it.
    pub(super) fn turn<P: Param>(&self, parameter: &P, value: P::Plain) {
        self.setter.begin_set_parameter(parameter);
        self.setter.set_parameter(parameter, value);
        self.setter.end_set_parameter(parameter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit() -> Edit {
        Edit::TakeLead
    }

    #[test]
    fn what_is_changed_while_the_pointer_is_held_is_one_gesture() {
        let mut outbox = Outbox::default();
        outbox.begin(true, true);
        outbox.edit(edit());
        outbox.begin(false, true);
        outbox.edit(edit());
        outbox.begin(true, true);
        outbox.edit(edit());
        outbox.begin(false, false);
        outbox.edit(edit());
        let (commands, _) = outbox.take();
        let goes_on = |command: &Command| matches!(command, Command::Further(_));
        let goes_on: Vec<bool> = commands.iter().map(goes_on).collect();
        assert_eq!(goes_on, [false, true, false, false]);
    }
}
