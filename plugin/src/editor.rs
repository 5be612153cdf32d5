//! The plugin's window: the frame that shows the panels and carries what they ask for. It reads
//! views and sends commands; it must not know the network.

#[cfg(test)]
mod bench;
mod clips;
#[cfg(test)]
mod coverage;
mod dirty;
mod drops;
mod effects;
mod export;
mod fit;
mod grid;
mod harmony;
mod header;
mod inspector;
mod instrument;
mod join;
mod macros;
mod measures;
mod mixer;
mod pace;
mod panel;
mod pattern;
mod phase;
mod players;
mod rest;
mod samples;
mod section;
mod selection;
mod settings;
mod status;
mod theme;
mod touch;
mod widgets;

pub(crate) use drops::Dragged;

use crate::bridge::{EditorEnds, Playing};
use crate::clock::LocalClock;
use crate::params::LockstepParams;
use crate::state::EditorSize;
use drops::{Drops, Ear};
use egui::{Align, Context, Frame as Space, Layout, Panel, ScrollArea, Ui};
use grid::Grid;
use lockstep_engine::{LiveEvent, LiveNote};
use lockstep_session::document::launch::Walks;
use lockstep_session::units::{Beat, LocalTime, Span};
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::ResizeHint;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug_egui::baseview::HandlerError;
use nice_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, KeyCapture, NiceEguiApp,
    create_egui_editor,
};
use pace::Pace;
use panel::{Desk, Outbox};
use rest::Rest;
use selection::{Selection, Tab};
use std::sync::Arc;
use std::time::Duration;
use theme::Theme;
use widgets::Button;

const WIDTH: f32 = fit::SIZE.x;
const HEIGHT: f32 = fit::SIZE.y;
pub(crate) const ZOOMS: [u32; 6] = [75, 100, 125, 150, 175, 200];
const SIDE: f32 = 236.0;
const TABS_HEIGHT: f32 = 28.0;
const LOWER: f32 = 160.0;
/// Of the panels that show many controls at once.
const HIGHER: f32 = 236.0;
/// What the grid does something with.
const GRID_KEYS: [&str; 11] = [
    "Delete",
    "Backspace",
    "ArrowLeft",
    "ArrowRight",
    "z",
    "Z",
    "y",
    "c",
    "x",
    "v",
    "d",
];
/// While something moves, the window is painted this often.
const FRAME: Duration = Duration::from_millis(33);
/// While nothing does, this often: a picture that was lost on its way is not asked for again. The first
/// ones are lost the most easily.
const HEARTBEAT: Duration = Duration::from_secs(10);
const FIRST_HEARTBEAT: Duration = Duration::from_secs(1);
const FIRST: Span = Span::from_seconds(5);
/// How long a note that is struck to hear it is held.
const AUDITION: Span = Span::from_millis(350);

/// The window's contents, as the framework drives them.
#[expect(
    missing_debug_implementations,
    reason = "its ends of queues have nothing to print"
)]
pub struct LockstepEditor {
    ends: EditorEnds,
    params: Arc<LockstepParams>,
    clock: LocalClock,
    theme: Theme,
    host: Option<GuiContext>,
    opened: LocalTime,
    selection: Selection,
    walks: Walks,
    outbox: Outbox,
    panels: Panels,
    /// Notes that were struck to hear them, and when they are let go.
    struck: Vec<(LocalTime, LiveNote)>,
    pace: Pace,
    marker: dirty::Marker,
    fit: fit::Fit,
    rest: Rest,
    /// Hears what is dragged over the window that is open.
    ear: Option<Ear>,
    /// The last commands found no room.
    is_busy: bool,
}

/// Everything that can be seen, each with its own little memory.
#[derive(Debug, Default)]
struct Panels {
    header: header::Header,
    grid: Grid,
    clips: clips::Clips,
    harmony: harmony::HarmonyPanel,
    instrument: instrument::InstrumentPanel,
    macros: macros::MacrosPanel,
    mixer: mixer::Mixer,
    effects: effects::EffectsPanel,
    samples: samples::SamplesPanel,
    export: export::ExportPanel,
    session: join::SessionPanel,
    inspector: inspector::Inspector,
    pattern: pattern::PatternPanel,
    players: players::Players,
    settings: settings::Settings,
    drops: Drops,
}

pub(crate) fn create(
    ends: EditorEnds,
    params: Arc<LockstepParams>,
    clock: LocalClock,
) -> Option<EguiEditor<LockstepEditor>> {
    let zoom = params.editor.size().zoom();
    let state = EguiEditorState::from_size(LogicalSize::new(WIDTH, HEIGHT), zoom);
    let repaint = ends.repaint.clone();
    let editor = LockstepEditor {
        ends,
        params,
        clock,
        theme: Theme::new(),
        host: None,
        opened: LocalTime::ZERO,
        selection: Selection::default(),
        walks: Walks::default(),
        outbox: Outbox::default(),
        panels: Panels::default(),
        struck: Vec::new(),
        pace: Pace::default(),
        marker: dirty::Marker::default(),
        fit: fit::Fit::default(),
        rest: Rest::default(),
        ear: None,
        is_busy: false,
    };
    create_egui_editor(
        state,
        repaint,
        EguiNiceSettings::new()
            .with_tile("Lockstep")
            .with_resize_hint(resizing()),
        editor,
    )
}

/// Only hosts that may resize a window follow when it zooms.
fn resizing() -> ResizeHint {
    let least = LogicalSize::new(WIDTH * 0.75, HEIGHT * 0.75);
    let most = LogicalSize::new(WIDTH * 2.0, HEIGHT * 2.0);
    ResizeHint {
        preserve_aspect_ratio: true,
        aspect_ratio_width: 55,
        aspect_ratio_height: 34,
        ..ResizeHint::resizable().with_min_max_logical_size(Some(least), Some(most))
    }
}

impl NiceEguiApp for LockstepEditor {
    fn build(
        &mut self,
        context: Context,
        host: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        self.theme.apply(&context);
        // Fields of a project are loaded after the editor was made.
        context.set_zoom_factor(self.params.editor.size().zoom());
        frame.set_clear_color(self.theme.background.into());
        frame.set_key_capture(KeyCapture::IgnoreAll);
        // It holds the instance weakly, so that a window that is left open keeps nothing alive.
        self.host = Some(host);
        self.opened = self.clock.now();
        self.fit.begin();
        self.rest.begin(&context, frame);
        let dragging = self.ends.dragging.clone();
        // What was over the window before this one is not over it.
        let _ = dragging.tell(Dragged::Away);
        self.ear = Ear::on(frame, move |dragged| dragging.tell(dragged));
        Ok(())
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        let Some(host) = self.host.clone() else {
            return;
        };
        let view = self.ends.view();
        let playing = self.ends.playing();
        let now = self.clock.now();
        let (is_pressed, is_held) = ui.input(|input| {
            let pointer = &input.pointer;
            // What is changed by letting go belongs to what was changed before.
            let is_held = pointer.any_down() || pointer.any_released();
            (pointer.any_pressed(), is_held)
        });
        self.outbox.begin(is_pressed, is_held);
        let beat = beat_by(&playing, now);
        let mut desk = Desk {
            view: &view,
            playing,
            beat,
            launched: self.walks.all_playing_at(&view.document, beat),
            now,
            levels: self.ends.levels(),
            controls: &self.params.controls,
            params: &self.params,
            setter: host.param_setter(),
            theme: &self.theme,
            selection: &mut self.selection,
            commands: &mut self.outbox,
        };
        while let Some(dragged) = self.ends.dragged() {
            self.panels.drag(dragged, &mut desk);
        }
        self.panels.show(ui, &mut desk, self.is_busy);
        self.marker.tell(ui, &desk);
        self.fit.keep(ui, now);
        let moves = playing.grid.rolling || desk.levels.master.peak > 0.0;
        let is_held = ui.input(|input| input.pointer.any_down());
        self.send(now, is_held);
        keep_keys(ui, frame, self.selection.takes_keys);
        let is_busy = moves || !self.struck.is_empty() || self.pace.is_waiting();
        let next = match now - self.opened {
            _ if is_busy => FRAME,
            since if since < FIRST => FIRST_HEARTBEAT,
            _ => HEARTBEAT,
        };
        ui.ctx().request_repaint_after(next);
        self.rest.keep(frame, now);
    }

    fn zoom_factor_changed(&mut self, zoom: f32) {
        let nearest = ZOOMS.into_iter().min_by(|left, right| {
            let off = |percent: u32| (EditorSize::from_percent(percent).zoom() - zoom).abs();
            off(*left).total_cmp(&off(*right))
        });
        let size = EditorSize::from_percent(nearest.unwrap_or(100));
        self.params.editor.resize(size);
    }
}

/// Shows something in all the room there is and no more, however large it would like to be.
fn fixed(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let area = ui.available_rect_before_wrap();
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(area));
    child.set_clip_rect(area.expand(2.0).intersect(ui.clip_rect()));
    content(&mut child);
    ui.allocate_rect(area, egui::Sense::empty());
}

/// Of the strip at the bottom, whose words begin where the grid does.
fn margin(theme: &Theme) -> egui::Margin {
    egui::Margin::from(egui::vec2(theme.inset, theme.gap))
}

/// The workstation keeps its keys unless someone is typing here, or asked for keys in the grid.
fn keep_keys(ui: &Ui, frame: &mut Frame, takes_keys: bool) {
    let is_typing = ui.ctx().text_edit_focused();
    frame.set_key_capture(if is_typing {
        KeyCapture::CaptureAll
    } else if takes_keys {
        let keys = GRID_KEYS.iter().filter_map(|key| key.parse().ok());
        KeyCapture::CaptureKeys(keys.collect())
    } else {
        KeyCapture::IgnoreAll
    });
    let is_kept = is_typing || takes_keys;
    if !is_kept && let Some(focused) = ui.memory(|memory| memory.focused()) {
        ui.memory_mut(|memory| memory.surrender_focus(focused));
    }
}

/// Where the grid is by now, from where the last block began.
fn beat_by(playing: &Playing, now: LocalTime) -> Beat {
    let grid = playing.grid;
    let beat = crate::network::session_beat(grid.beat);
    let Some(tempo) = grid.tempo.filter(|_| grid.rolling) else {
        return beat;
    };
    let passed = (now - grid.at).as_micros().clamp(0, 1_000_000);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "within a second"
    )]
    let passed = (passed as f64 * tempo.beats_per_minute() / 60.0) as i64;
    Beat::from_micros(beat.as_micros() + passed)
}

impl LockstepEditor {
    /// Carries what the panels asked for.
    fn send(&mut self, now: LocalTime, is_held: bool) {
        let (commands, notes) = self.outbox.take();
        for command in self.pace.pass(commands, is_held, now) {
            self.is_busy = self.ends.ask(command).is_err();
        }
        for note in notes {
            self.ends.tap(note);
            if let LiveEvent::Down { key, .. } = note.event {
                let event = LiveEvent::Up { key };
                self.struck
                    .push((now + AUDITION, LiveNote { event, ..note }));
            }
        }
        let ends = &mut self.ends;
        self.struck.retain(|(until, note)| {
            let is_over = *until <= now;
            if is_over {
                ends.tap(*note);
            }
            !is_over
        });
    }
}

/// What a panel needs to be used without scrolling.
fn height_of(tab: Tab) -> f32 {
    match tab {
        Tab::Instrument | Tab::Macros | Tab::Mixer | Tab::Effects | Tab::Samples => HIGHER,
        Tab::Session | Tab::Step | Tab::Pattern | Tab::Export | Tab::Players | Tab::Settings => {
            LOWER
        }
    }
}

impl Panels {
    fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, is_busy: bool) {
        let theme = desk.theme;
        let bar = |pad: f32| Space::new().fill(theme.panel).inner_margin(pad);
        Panel::top("header")
            .resizable(false)
            .exact_size(header::HEIGHT)
            .frame(bar(theme.pad))
            .show(ui, |ui| self.header.show(ui, desk));
        Panel::bottom("status")
            .resizable(false)
            .exact_size(status::HEIGHT)
            .frame(
                Space::new()
                    .fill(theme.background)
                    .inner_margin(margin(theme)),
            )
            .show(ui, |ui| status::show(ui, desk, is_busy));
        Panel::right("side")
            .resizable(false)
            .exact_size(SIDE)
            .frame(bar(theme.inset))
            .show(ui, |ui| {
                fixed(ui, |ui| {
                    let scrolled = ScrollArea::vertical().auto_shrink(false);
                    scrolled.show(ui, |ui| {
                        self.clips.show(ui, desk);
                        ui.add_space(theme.pad);
                        self.harmony.show(ui, desk);
                    });
                });
            });
        Panel::bottom("tabs")
            .resizable(false)
            .exact_size(TABS_HEIGHT)
            .frame(bar(theme.gap))
            .show(ui, |ui| tabs(ui, desk));
        Panel::bottom("lower")
            .resizable(false)
            .exact_size(height_of(desk.selection.tab))
            .frame(bar(theme.pad))
            .show(ui, |ui| fixed(ui, |ui| self.lower(ui, desk)));
        Space::new()
            .fill(theme.background)
            .inner_margin(theme.inset)
            .show(ui, |ui| {
                ui.set_min_size(ui.available_size());
                self.grid.show(ui, desk);
            });
        self.drops.show(ui, desk);
    }

    fn drag(&mut self, dragged: Dragged, desk: &mut Desk<'_>) {
        if self.drops.take(dragged, desk) {
            desk.selection.tab = Tab::Samples;
            self.samples.show_list(desk);
        }
    }

    /// The panel whose tab is open.
    fn lower(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        ScrollArea::both()
            .id_salt("lower panel")
            .auto_shrink(false)
            .show(ui, |ui| match desk.selection.tab {
                Tab::Instrument => self.instrument.show(ui, desk),
                Tab::Macros => self.macros.show(ui, desk),
                Tab::Mixer => self.mixer.show(ui, desk),
                Tab::Effects => self.effects.show(ui, desk),
                Tab::Samples => self.samples.show(ui, desk),
                Tab::Export => self.export.show(ui, desk),
                Tab::Session => self.session.show(ui, desk),
                Tab::Players => self.players.show(ui, desk),
                Tab::Settings => self.settings.show(ui, desk),
                Tab::Step => self.inspector.show(ui, desk),
                Tab::Pattern => self.pattern.show(ui, desk),
            });
    }
}

/// They stand below the panels, so that they stay where they are when a higher one opens.
fn tabs(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (tab, label, hint) in TABS {
            let is_on = desk.selection.tab == *tab;
            let button = Button::new(label).hint(hint).bare().small(theme);
            let button = button.on(is_on).colour(theme.step_lit);
            if button.show(ui, theme).clicked() {
                desk.selection.tab = *tab;
            }
        }
    });
}

const TABS: &[(Tab, &str, &str)] = &[
    (
        Tab::Session,
        "Session",
        "New session, join, link and QR code",
    ),
    (Tab::Step, "Step", "Everything about the selected steps"),
    (
        Tab::Pattern,
        "Pattern",
        "Length, rhythm and pitch of the whole pattern",
    ),
    (
        Tab::Instrument,
        "Instrument",
        "What the selected track plays",
    ),
    (
        Tab::Macros,
        "Macros",
        "Knobs that this workstation automates",
    ),
    (Tab::Mixer, "Mixer", "Levels, pans and sends"),
    (Tab::Effects, "Effects", "What all tracks share"),
    (
        Tab::Samples,
        "Samples",
        "Audio files and recordings of the session",
    ),
    (Tab::Export, "Export", "MIDI, audio and stems as files"),
    (Tab::Players, "Players", "Who is here"),
    (
        Tab::Settings,
        "Settings",
        "Keys, recording, MIDI, zoom and name",
    ),
];
