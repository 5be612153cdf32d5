//! The editor's panels with a hand at them and no window: frames go in, edits come out and are done.

use super::panel::{Desk, Outbox};
use super::selection::Selection;
use super::theme::Theme;
use super::{Dragged, Panels, TABS};
use crate::bridge::{Bridge, Playing};
use crate::network::Command;
use crate::params::LockstepParams;
use crate::view::{Connection, Follows, Lead, PlayerView, View};
use egui::{
    Context, Event, Id, Key, Modifiers, PointerButton, Pos2, RawInput, Rect, Sense, Shape, vec2,
};
use lockstep_engine::Meters;
use lockstep_session::document::clip::{Action, AudioLoop, Bars, Clip, Content, Follow};
use lockstep_session::document::launch::Walks;
use lockstep_session::document::mixer::{Colour, Level};
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::document::{Channels, Document, FrameCount, Sample, SampleRate, Scene};
use lockstep_session::edit::{Edit, Moment};
use lockstep_session::ids::{PlayerId, SampleId, SceneIndex, TrackId};
use lockstep_session::protocol::{Kind, Presence, Quality};
use lockstep_session::text::LongName;
use lockstep_session::units::{Beat, LocalTime, ServerTime, Span};
use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::prelude::{ParamPtr, PluginState};
use std::sync::Arc;

/// A host that takes every parameter as it is told.
struct Host;

impl GuiContextInner for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    #[expect(unsafe_code, reason = "the trait says so; nothing is looked at")]
    unsafe fn raw_begin_set_parameter(&self, _: ParamPtr) {}

    #[expect(unsafe_code, reason = "the trait says so; nothing is looked at")]
    unsafe fn raw_set_parameter_normalized(&self, _: ParamPtr, _: f32) {}

    #[expect(unsafe_code, reason = "the trait says so; nothing is looked at")]
    unsafe fn raw_end_set_parameter(&self, _: ParamPtr) {}

    fn get_state(&self) -> PluginState {
        PluginState {
            version: String::new(),
            params: Default::default(),
            fields: Default::default(),
        }
    }

    fn set_state(&self, _: PluginState) {}

    fn request_restart(&self) {}
}

pub(super) const PLAYER: PlayerId = PlayerId::from_bytes([7; 8]);
pub(super) const SIZE: egui::Vec2 = vec2(1_700.0, 1_100.0);

/// The editor's panels with a hand at them, and no window.
pub(super) struct Bench {
    context: Context,
    host: GuiContext,
    theme: Theme,
    params: LockstepParams,
    panels: Panels,
    pub(super) selection: Selection,
    outbox: Outbox,
    pub(super) view: View,
    frames: i64,
    /// Every edit that was asked for.
    pub(super) made: Vec<Edit>,
    /// Everything else that was.
    pub(super) asked: Vec<Command>,
    /// What the next frame hears of a hand that holds files.
    pub(super) dragged: Vec<Dragged>,
    /// What the last frame showed.
    pub(super) painted: Vec<Shape>,
}

impl Bench {
    pub(super) fn new(document: Document) -> Self {
        let context = Context::default();
        let theme = Theme::new();
        theme.apply(&context);
        Self {
            context,
            host: GuiContext::new(Arc::new(Host)),
            theme,
            params: LockstepParams::new(Bridge::new().session),
            panels: Panels::default(),
            selection: Selection::default(),
            outbox: Outbox::default(),
            view: view(document),
            frames: 0,
            made: Vec::new(),
            asked: Vec::new(),
            dragged: Vec::new(),
            painted: Vec::new(),
        }
    }

    /// One frame, in which these things happen; what it asks for is done.
    pub(super) fn frame(&mut self, events: Vec<Event>) {
        self.frames += 1;
        let now = LocalTime::ZERO + Span::from_millis(self.frames * 20);
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            #[expect(clippy::cast_precision_loss, reason = "a test makes few frames")]
            time: Some(self.frames as f64 * 0.02),
            events,
            ..RawInput::default()
        };
        let context = self.context.clone();
        let mut painted = context.run_ui(input, |ui| {
            let mut desk = Desk {
                view: &self.view,
                playing: Playing::default(),
                beat: Beat::ZERO,
                launched: Walks::default().all_playing_at(&self.view.document, Beat::ZERO),
                now,
                levels: Meters::default(),
                controls: &self.params.controls,
                params: &self.params,
                setter: self.host.param_setter(),
                theme: &self.theme,
                selection: &mut self.selection,
                commands: &mut self.outbox,
            };
            for dragged in self.dragged.drain(..) {
                self.panels.drag(dragged, &mut desk);
            }
            self.panels.show(ui, &mut desk, false);
        });
        // Nobody draws it.
        painted.textures_delta.clear();
        self.painted = painted
            .shapes
            .into_iter()
            .map(|shape| shape.shape)
            .collect();
        self.obey(now);
    }

    fn obey(&mut self, now: LocalTime) {
        let (commands, _) = self.outbox.take();
        for command in commands {
            let edit = match command {
                Command::Edit(edit) | Command::Further(edit) => edit,
                other => {
                    self.asked.push(other);
                    continue;
                }
            };
            self.made.push(edit.clone());
            let mut document = Document::clone(&self.view.document);
            let moment = Moment {
                now: ServerTime::from_micros(now.as_micros()),
                notice: Span::ZERO,
            };
            let edit = edit.resolved(&document, moment);
            let applied = document.apply(&edit, PLAYER);
            assert!(applied.is_ok(), "{edit:?}: {applied:?}");
            self.view = view(document);
        }
    }

    /// Everything that can be pressed, by where it lies.
    pub(super) fn controls(&self) -> Vec<Rect> {
        self.known_controls()
            .into_iter()
            .map(|(area, _)| area)
            .collect()
    }

    /// The same, with what egui knows it by.
    fn known_controls(&self) -> Vec<(Rect, Id)> {
        self.context.viewport(|viewport| {
            let widgets = &viewport.prev_pass.widgets;
            let all = widgets.layers().flat_map(|(_, widgets)| widgets);
            let pressed = all.filter(|widget| {
                widget.enabled
                    && widget.sense.intersects(Sense::CLICK | Sense::DRAG)
                    && widget.interact_rect.is_positive()
            });
            pressed
                .map(|widget| (widget.interact_rect, widget.id))
                .collect()
        })
    }

    pub(super) fn press(&mut self, at: Pos2, button: PointerButton, pressed: bool) {
        self.frame(vec![Event::PointerButton {
            pos: at,
            button,
            pressed,
            modifiers: Modifiers::NONE,
        }]);
    }

    pub(super) fn go(&mut self, to: Pos2) {
        self.frame(vec![Event::PointerMoved(to)]);
    }

    pub(super) fn click(&mut self, at: Pos2, button: PointerButton) {
        self.go(at);
        self.press(at, button, true);
        self.press(at, button, false);
        self.frame(Vec::new());
    }

    pub(super) fn key(&mut self, key: Key) {
        for pressed in [true, false] {
            self.frame(vec![Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: Modifiers::NONE,
            }]);
        }
    }

    /// Types, where there is a field to type in.
    pub(super) fn enter(&mut self, text: &str) {
        if self.context.text_edit_focused() {
            self.frame(vec![Event::Text(text.to_owned())]);
            self.key(Key::Enter);
        }
    }

    /// Long enough that two clicks are not one double click.
    pub(super) fn wait(&mut self) {
        self.frames += 30;
        self.frame(Vec::new());
    }
}

/// Joined, and following the session.
pub(super) fn view(document: Document) -> View {
    View {
        connection: Connection::Live,
        follows: Follows::Session,
        lead: match document.lead {
            None => Lead::Nobody,
            Some(player) if player == PLAYER => Lead::Mine,
            Some(player) => Lead::Of(player),
        },
        document: Arc::new(document),
        ..View::default()
    }
}

fn sample(by: u8) -> (SampleId, Sample) {
    let sample = Sample {
        name: LongName::new("Take"),
        frames: FrameCount::new(96_000),
        rate: SampleRate::new(48_000),
        channels: Channels::new(2),
        by: PLAYER,
    };
    (SampleId::from_bytes([by; 32]), sample)
}

/// Three tracks, one with a loop and one with every slot filled, and samples in use and not.
pub(super) fn document() -> Document {
    let pattern = || Arc::new(Clip::pattern(Pattern::default()));
    let mut tracks = Vec::new();
    for id in 1..=3 {
        let mut track = Track::new(TrackId(id), TrackSettings::default());
        track.clips[0] = Some(pattern());
        tracks.push(track);
    }
    let follow = Some(Follow {
        action: Action::Next,
        after: Bars::default(),
    });
    tracks[0].clips[1] = Some(Arc::new(Clip {
        follow,
        content: Content::Loop(AudioLoop {
            sample: sample(1).0,
            bars: Bars::default(),
            gain: Level::default(),
        }),
        ..Clip::pattern(Pattern::default())
    }));
    let mut scenes: [Scene; SceneIndex::COUNT] = Default::default();
    for scene in &mut scenes {
        scene.follow = follow;
    }
    Document {
        scenes,
        tracks: tracks.into_iter().map(Arc::new).collect(),
        samples: Arc::new([sample(1), sample(2)].into_iter().collect()),
        ..Document::default()
    }
}

#[test]
fn a_click_that_is_over_within_one_frame_counts() {
    let mut bench = Bench::new(document());
    bench.frame(Vec::new());
    let by_size = |one: &Rect, other: &Rect| one.area().total_cmp(&other.area());
    let grid = bench.controls().into_iter().max_by(by_size);
    let first_step = grid.expect("the grid is there").left_top() + vec2(12.0, 12.0);
    let press = |pressed| Event::PointerButton {
        pos: first_step,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    for is_on in [true, false] {
        bench.frame(vec![
            Event::PointerMoved(first_step),
            press(true),
            press(false),
        ]);
        bench.wait();
        let edit = bench.made.pop();
        assert!(
            matches!(&edit, Some(Edit::Step { step, value, .. }) if step.index() == 0 && value.on == is_on),
            "{edit:?}"
        );
        assert!(bench.made.is_empty(), "one click is one edit");
    }
}

#[test]
fn what_stays_where_it_is_stays_what_it_is_whatever_comes_before_it() {
    let quiet = document();
    let mut busy = quiet.clone();
    busy.tracks
        .push(Arc::new(Track::new(TrackId(9), TrackSettings::default())));
    let friend = |number: u8| PlayerView {
        id: PlayerId::from_bytes([number; 8]),
        name: "Amber Otter".to_owned(),
        colour: Colour::new(i64::from(number)),
        kind: Kind::Browser,
        presence: Presence::default(),
        is_leader: false,
        is_me: false,
    };
    for (tab, name, _) in TABS {
        let mut bench = Bench::new(quiet.clone());
        bench.selection.tab = *tab;
        bench.wait();
        bench.wait();
        let before = bench.known_controls();
        // While a hand is on its way, others come, make a track, and the clock finds the time.
        bench.view = View {
            players: (1..=3).map(friend).collect(),
            quality: Some(Quality::default()),
            notice: Some("The friend of a friend is here".to_owned()),
            ..view(busy.clone())
        };
        bench.frame(Vec::new());
        let after = bench.known_controls();
        let mut kept = 0;
        for (area, id) in before {
            let mut there = after.iter().filter(|(now, _)| *now == area).peekable();
            if there.peek().is_some() {
                kept += 1;
                let is_known = there.any(|(_, now)| *now == id);
                assert!(is_known, "{name}: what lies at {area} is another one");
            }
        }
        assert!(kept > 40, "{name}: most of it stays: {kept}");
    }
}
