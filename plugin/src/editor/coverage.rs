//! Everything that can be shared has a control: a hand that tries every control of every panel makes
//! every kind of edit, and each of them fits the document that the panels showed.

mod names;

use super::panel::{Desk, Outbox};
use super::selection::{Selection, Tab};
use super::theme::Theme;
use super::{HIGHER, Panels, TABS};
use crate::bridge::{Bridge, Playing};
use crate::network::Command;
use crate::params::LockstepParams;
use crate::view::{Connection, Follows, Lead, View};
use egui::{Context, Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect};
use egui::{Sense, TouchPhase, vec2};
use lockstep_engine::Meters;
use lockstep_session::document::clip::{Action, AudioLoop, Bars, Clip, Content, Follow};
use lockstep_session::document::mixer::Level;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::document::{Channels, Document, FrameCount, Sample, SampleRate, Scene};
use lockstep_session::edit::{Edit, Moment};
use lockstep_session::ids::{PlayerId, SampleId, SceneIndex, TrackId};
use lockstep_session::text::LongName;
use lockstep_session::units::{Beat, LocalTime, ServerTime, Span};
use names::{WANTED, names};
use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::prelude::{ParamPtr, PluginState};
use std::collections::BTreeSet;
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

const PLAYER: PlayerId = PlayerId::from_bytes([7; 8]);
const SIZE: egui::Vec2 = vec2(1_700.0, 1_100.0);

/// The editor's panels with a hand at them, and no window.
struct Bench {
    context: Context,
    host: GuiContext,
    theme: Theme,
    params: LockstepParams,
    panels: Panels,
    selection: Selection,
    outbox: Outbox,
    view: View,
    frames: i64,
    made: BTreeSet<&'static str>,
}

impl Bench {
    fn new(document: Document) -> Self {
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
            made: BTreeSet::new(),
        }
    }

    /// One frame, in which these things happen; what it asks for is done.
    fn frame(&mut self, events: Vec<Event>) {
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
                now,
                levels: Meters::default(),
                controls: &self.params.controls,
                params: &self.params,
                setter: self.host.param_setter(),
                theme: &self.theme,
                selection: &mut self.selection,
                commands: &mut self.outbox,
            };
            self.panels.show(ui, &mut desk, false);
        });
        // Nobody looks.
        painted.textures_delta.clear();
        self.obey(now);
    }

    fn obey(&mut self, now: LocalTime) {
        let (commands, _) = self.outbox.take();
        for command in commands {
            let (Command::Edit(edit) | Command::Further(edit)) = command else {
                continue;
            };
            self.made.extend(names(&edit));
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
    fn controls(&self) -> Vec<Rect> {
        self.context.viewport(|viewport| {
            let widgets = &viewport.prev_pass.widgets;
            let all = widgets.layers().flat_map(|(_, widgets)| widgets);
            let pressed = all.filter(|widget| {
                widget.enabled
                    && widget.sense.intersects(Sense::CLICK | Sense::DRAG)
                    && widget.interact_rect.is_positive()
            });
            pressed.map(|widget| widget.interact_rect).collect()
        })
    }

    fn press(&mut self, at: Pos2, button: PointerButton, pressed: bool) {
        self.frame(vec![Event::PointerButton {
            pos: at,
            button,
            pressed,
            modifiers: Modifiers::NONE,
        }]);
    }

    fn go(&mut self, to: Pos2) {
        self.frame(vec![Event::PointerMoved(to)]);
    }

    fn click(&mut self, at: Pos2, button: PointerButton) {
        self.go(at);
        self.press(at, button, true);
        self.press(at, button, false);
        self.frame(Vec::new());
    }

    fn key(&mut self, key: Key) {
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
    fn enter(&mut self, text: &str) {
        if self.context.text_edit_focused() {
            self.frame(vec![Event::Text(text.to_owned())]);
            self.key(Key::Enter);
        }
    }

    /// Turned, dragged, clicked, typed into, and what opens is clicked too.
    fn try_out(&mut self, control: Rect) {
        let at = control.center();
        self.go(at);
        self.frame(vec![Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, -1.0),
            modifiers: Modifiers::NONE,
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
        }]);
        self.press(at, PointerButton::Primary, true);
        for step in 1_u8..4 {
            self.go(at - vec2(0.0, f32::from(step) * 8.0));
        }
        self.press(at - vec2(0.0, 24.0), PointerButton::Primary, false);
        self.wait();
        let before = self.controls();
        self.click(at, PointerButton::Primary);
        self.enter("3");
        self.wait();
        let opened = self.controls();
        let opened: Vec<_> = opened
            .into_iter()
            .filter(|control| !before.contains(control))
            .collect();
        for item in few_of_each_row(&opened, 3).into_iter().take(24) {
            let item = item.center();
            let is_shut = |shown: &[Rect]| !shown.iter().any(|area| area.center() == item);
            if is_shut(&self.controls()) {
                self.click(at, PointerButton::Primary);
            }
            self.click(item, PointerButton::Primary);
            self.enter("4");
        }
        self.key(Key::Escape);
        self.wait();
        // What was switched on is switched off.
        self.click(at, PointerButton::Primary);
        self.key(Key::Escape);
        self.wait();
    }

    /// Long enough that two clicks are not one double click.
    fn wait(&mut self) {
        self.frames += 30;
        self.frame(Vec::new());
    }
}

/// Joined, and following the session.
fn view(document: Document) -> View {
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

/// The same session while it plays, led from here.
fn played(mut document: Document) -> Document {
    for edit in [
        Edit::TakeLead,
        Edit::Play {
            from: Beat::ZERO,
            at: Some(ServerTime::ZERO),
        },
    ] {
        let applied = document.apply(&edit, PLAYER);
        assert!(applied.is_ok(), "{applied:?}");
    }
    document
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
fn document() -> Document {
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
fn every_kind_of_edit_has_a_control_and_every_control_makes_edits_that_fit() {
    let mut made = made_under(Tab::default(), 0.0, &played(document()));
    for (place, (tab, ..)) in TABS.iter().enumerate() {
        // What stands beside the tabs is the same under each of them.
        let top = if place == 0 { 0.0 } else { SIZE.y - HIGHER };
        made.extend(made_under(*tab, top, &document()));
    }
    let missing: Vec<_> = WANTED.iter().filter(|name| !made.contains(*name)).collect();
    assert!(missing.is_empty(), "nothing makes {missing:?}");
}

/// Of steps, slots and whatever else stands in rows, the first ones of each row.
fn few_of_each_row(shown: &[Rect], most: usize) -> Vec<Rect> {
    let mut few: Vec<Rect> = Vec::new();
    for control in shown {
        let is_alike =
            |other: &&Rect| other.size() == control.size() && other.top() == control.top();
        if few.iter().filter(is_alike).count() < most {
            few.push(*control);
        }
    }
    few
}

fn made_under(tab: Tab, top: f32, document: &Document) -> BTreeSet<&'static str> {
    let mut bench = Bench::new(document.clone());
    let rest = |bench: &mut Bench| {
        bench.view = view(document.clone());
        bench.selection = Selection {
            tab,
            ..Selection::default()
        };
        bench.frame(Vec::new());
        bench.frame(Vec::new());
    };
    rest(&mut bench);
    let shown = bench.controls();
    let tried = shown.iter().filter(|control| control.top() >= top);
    let tried: Vec<Rect> = tried.copied().collect();
    for control in few_of_each_row(&tried, 6) {
        rest(&mut bench);
        bench.try_out(control);
        // What a right click on a step, a slot or a scene opens has controls of its own.
        if top > 0.0 {
            continue;
        }
        rest(&mut bench);
        bench.click(control.center(), PointerButton::Secondary);
        let opened = bench.controls();
        let opened = opened.iter().filter(|area| !shown.contains(area));
        for area in opened.take(16) {
            // What was tried before may have changed or closed what is tried next.
            rest(&mut bench);
            bench.click(control.center(), PointerButton::Secondary);
            bench.try_out(*area);
        }
        bench.key(Key::Escape);
    }
    bench.made
}
