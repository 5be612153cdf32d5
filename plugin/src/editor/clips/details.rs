//! What can be set about one slot or one scene of the launcher: names, what follows, loops, copies.

use crate::editor::measures;
use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, Field, Number, Range, caption, choice, label, whole};
use egui::Ui;
use lockstep_session::document::clip::{Action, AudioLoop, Bars, Clip, Content, Follow};
use lockstep_session::document::pattern::PatternLength;
use lockstep_session::document::track::Track;
use lockstep_session::document::words;
use lockstep_session::edit::{ClipSetting, Edit, SceneSetting};
use lockstep_session::ids::{SampleId, SceneIndex};
use lockstep_session::slot::{Slot, State, Turn, clip_name, copy_row, free_slot, scene_name};
use lockstep_session::text::Name;

#[derive(Debug, Default)]
pub(super) struct Details {
    /// The slot that these lines are about from the next frame on.
    pub(super) turned_to: Option<Slot>,
}

impl Details {
    pub(super) fn slot(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, slot: Slot) {
        let Some(track) = desk.document().track(slot.track) else {
            return;
        };
        let theme = desk.theme;
        let scene = scene_name(desk.document(), slot.scene);
        let turn = Turn::of(track, desk.playing(track), desk.beat);
        let clip = track.clip(slot.scene).map(AsRef::as_ref);
        let state = match (clip, turn.state(slot.scene)) {
            (None, _) => "empty".to_owned(),
            (_, State::Resting) => "resting".to_owned(),
            (_, State::Playing) => "playing".to_owned(),
            (_, State::Queued(at)) => format!("starts at {}", words::place(at)),
            (_, State::Ending(at)) => format!("until {}", words::place(at)),
        };
        let name = track.settings.name.as_str();
        label(ui, theme, &format!("{name} \u{b7} {scene} \u{b7} {state}"));
        match clip {
            Some(clip) => self.filled(ui, desk, track, slot, clip),
            None => empty(ui, desk, slot),
        }
    }

    fn filled(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, track: &Track, slot: Slot, clip: &Clip) {
        let theme = desk.theme;
        let is_open = desk.locked().is_none();
        ui.push_id(("clip", slot.track, slot.scene), |ui| {
            let invitation = clip_name(clip, slot.scene);
            let name = clip.name.as_str();
            if let Some(name) = named(ui, desk, "clip", name, &invitation) {
                set(desk, slot, ClipSetting::Name(name));
            }
            if let Some(follow) = follows(ui, desk, clip.follow, "the clip") {
                set(desk, slot, ClipSetting::Follow(follow));
            }
            match &clip.content {
                Content::Pattern(pattern) => {
                    length(ui, desk, slot, pattern.length());
                }
                Content::Loop(audio) => audio_loop(ui, desk, slot, audio),
            }
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme.gap;
            shown_in_grid(ui, desk, slot.scene);
            let free = free_slot(track, slot.scene);
            let hint = "A copy in the next free slot of this track";
            let copy = Button::new("Duplicate").hint(hint).small(theme);
            let copy = copy.enabled(is_open && free.is_some()).show(ui, theme);
            if let (true, Some(scene)) = (copy.clicked(), free) {
                let copy = Slot { scene, ..slot };
                desk.commands.edit(copy.copy_of(clip));
                self.turned_to = Some(copy);
            }
            let hint = "Takes the clip out of its slot. Undo brings it back.";
            let remove = Button::new("Delete")
                .hint(hint)
                .small(theme)
                .enabled(is_open);
            if remove.show(ui, theme).clicked() {
                desk.commands.edit(slot.remove());
            }
        });
    }

    pub(super) fn scene(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, scene: SceneIndex) {
        let theme = desk.theme;
        let document = desk.document();
        let is_open = desk.locked().is_none();
        let shared = &document.scenes[scene.index()];
        let called = scene_name(document, scene);
        label(ui, theme, &format!("{called} \u{b7} a row of clips"));
        ui.push_id(("scene", scene), |ui| {
            if let Some(name) = named(ui, desk, "scene", shared.name.as_str(), &called) {
                set_scene(desk, scene, SceneSetting::Name(name));
            }
            if let Some(follow) = follows(ui, desk, shared.follow, "the row") {
                set_scene(desk, scene, SceneSetting::Follow(follow));
            }
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme.gap;
            shown_in_grid(ui, desk, scene);
            let empty = |scene: &SceneIndex| {
                let mut tracks = document.tracks.iter();
                tracks.all(|track| track.clip(*scene).is_none())
            };
            let free = SceneIndex::all()
                .filter(|other| *other > scene)
                .find(empty)
                .or_else(|| SceneIndex::all().find(empty));
            let hint = "A copy of this row in the next empty one";
            let copy = Button::new("Duplicate").hint(hint).small(theme);
            let copy = copy.enabled(is_open && free.is_some()).show(ui, theme);
            if let (true, Some(to)) = (copy.clicked(), free) {
                desk.commands.gesture(copy_row(document, scene, to));
            }
        });
    }
}

fn set(desk: &mut Desk<'_>, slot: Slot, setting: ClipSetting) {
    desk.commands.edit(Edit::ClipSetting {
        track: slot.track,
        scene: slot.scene,
        setting,
    });
}

fn set_scene(desk: &mut Desk<'_>, scene: SceneIndex, setting: SceneSetting) {
    desk.commands.edit(Edit::Scene { scene, setting });
}

fn named(ui: &mut Ui, desk: &Desk<'_>, what: &str, name: &str, invitation: &str) -> Option<Name> {
    let theme = desk.theme;
    let hint =
        format!("The name of the {what}; empty for \u{201c}{invitation}\u{201d} by its place");
    let typed = ui.horizontal(|ui| {
        caption(ui, theme, "Name");
        let field = Field::new("name", name).invitation(invitation).hint(&hint);
        let field = field.most(32).width(ui.available_width() - theme.inset);
        field.enabled(desk.locked().is_none()).show(ui, theme)
    });
    typed.inner.map(|typed| Name::new(&typed))
}

/// What happens by itself after a while: the new choice, if one was made.
fn follows(
    ui: &mut Ui,
    desk: &Desk<'_>,
    follow: Option<Follow>,
    what: &str,
) -> Option<Option<Follow>> {
    let theme = desk.theme;
    let is_open = desk.locked().is_none();
    let chosen = ui.horizontal(|ui| {
        caption(ui, theme, "Then");
        let actions = Action::ALL.map(|action| (Some(action), name(action)));
        let options = std::iter::once((None, "Play on".to_owned())).chain(actions);
        let current = follow.map_or("Play on".to_owned(), |follow| name(follow.action));
        let hint = format!("What happens by itself after {what} has played for a while");
        let action = choice(ui, theme, ("Follow", &hint, 112.0), &current, options);
        let after = follow.map_or(Bars::default(), |follow| follow.after);
        let mut changed =
            action.map(|action: Option<Action>| action.map(|action| Follow { action, after }));
        if let Some(follow) = follow {
            caption(ui, theme, "after");
            let hint = "How long it plays before that";
            if let Some(after) = bars(ui, desk, "after", after, hint) {
                changed = Some(Some(Follow { after, ..follow }));
            }
        }
        changed
    });
    chosen.inner.filter(|_| is_open)
}

fn name(action: Action) -> String {
    words::action(action).to_owned()
}

fn bars(ui: &mut Ui, desk: &Desk<'_>, name: &str, bars: Bars, hint: &str) -> Option<Bars> {
    let write = |value: f64| {
        let count = u8::try_from(whole(value)).unwrap_or(1);
        words::bars(i64::from(count))
    };
    let most = f64::from(Bars::MAX.get());
    let range = Range::new(1.0, most, f64::from(Bars::default().get())).written(&write);
    let number = Number::new(name, f64::from(bars.get()), &range).width(56.0);
    let number = number.hint(hint).enabled(desk.locked().is_none());
    number
        .show(ui, desk.theme)
        .map(|value| Bars::new(whole(value)))
}

fn length(ui: &mut Ui, desk: &mut Desk<'_>, slot: Slot, length: PatternLength) {
    let theme = desk.theme;
    ui.horizontal(|ui| {
        caption(ui, theme, "Length");
        let write = |value: f64| match whole(value) {
            1 => "1 step".to_owned(),
            steps => format!("{steps} steps"),
        };
        let range = Range::new(1.0, 128.0, 16.0).written(&write);
        let hint = "How many steps the pattern plays. Steps beyond it are kept.";
        let number = Number::new("length", f64::from(length.get()), &range).width(72.0);
        let number = number.hint(hint).enabled(desk.locked().is_none());
        if let Some(steps) = number.show(ui, theme) {
            let length = PatternLength::new(whole(steps));
            set(desk, slot, ClipSetting::Length(length));
        }
    });
}

/// Sample, bars and gain of a loop.
fn audio_loop(ui: &mut Ui, desk: &mut Desk<'_>, slot: Slot, audio: &AudioLoop) {
    let theme = desk.theme;
    let mut changed = *audio;
    ui.horizontal(|ui| {
        caption(ui, theme, "Sample");
        if let Some(sample) = sample_choice(ui, desk, Some(audio.sample)) {
            changed.sample = sample;
        }
    });
    ui.horizontal(|ui| {
        let hint = "The sample is played faster or slower, so that it lasts so long";
        if let Some(bars) = bars(ui, desk, "bars", audio.bars, hint) {
            changed.bars = bars;
        }
        caption(ui, theme, "Gain");
        let range = measures::level_range();
        let number = Number::new("gain", measures::of_level(audio.gain), &range).width(72.0);
        let number = number.hint("How loud the loop is beside its own level");
        if let Some(gain) = number.enabled(desk.locked().is_none()).show(ui, theme) {
            changed.gain = measures::to_level(gain);
        }
    });
    if changed != *audio && desk.locked().is_none() {
        set(desk, slot, ClipSetting::Loop(changed));
    }
}

fn sample_choice(ui: &mut Ui, desk: &Desk<'_>, current: Option<SampleId>) -> Option<SampleId> {
    let samples = &desk.document().samples;
    let options = samples
        .iter()
        .map(|(id, sample)| (*id, sample.name.to_string()));
    let name = current.and_then(|id| samples.get(&id));
    let name = name.map_or("Choose a sample", |sample| sample.name.as_str());
    let hint = "Samples are added under Samples";
    choice(ui, desk.theme, ("Sample", hint, 150.0), name, options)
}

fn empty(ui: &mut Ui, desk: &mut Desk<'_>, slot: Slot) {
    let theme = desk.theme;
    let is_open = desk.locked().is_none();
    ui.horizontal(|ui| {
        let hint = "An empty pattern here, to be filled in the grid";
        let new = Button::new("New pattern").hint(hint).small(theme);
        if new.enabled(is_open).show(ui, theme).clicked() {
            desk.commands.edit(slot.add_pattern());
            desk.selection.scene = Some(slot.scene);
        }
        shown_in_grid(ui, desk, slot.scene);
    });
    if desk.document().samples.is_empty() {
        caption(ui, theme, "Or an audio loop, once there is a sample.");
        return;
    }
    ui.horizontal(|ui| {
        caption(ui, theme, "Or a loop of");
        if let (Some(sample), true) = (sample_choice(ui, desk, None), is_open) {
            let bars = loop_bars(desk, sample);
            desk.commands.edit(slot.add_loop(sample, bars));
        }
    });
}

/// The whole bars that a sample is nearest to at the session's tempo.
fn loop_bars(desk: &Desk<'_>, sample: SampleId) -> Bars {
    let document = desk.document();
    let Some(sample) = document.samples.get(&sample) else {
        return Bars::default();
    };
    let seconds = f64::from(sample.frames.get()) / f64::from(sample.rate.get());
    let beats = seconds * document.timeline.tempo.beats_per_minute() / 60.0;
    Bars::new(whole(beats / 4.0))
}

/// Chooses the row that the grid shows; the one that is shown goes back to what plays.
fn shown_in_grid(ui: &mut Ui, desk: &mut Desk<'_>, scene: SceneIndex) {
    let is_shown = desk.selection.scene == Some(scene);
    let hint = if is_shown {
        "The grid shows this row. Click to see what plays instead."
    } else {
        "Show this row in the grid, whether or not it plays"
    };
    let button = Button::new("In the grid").hint(hint).on(is_shown);
    if button.small(desk.theme).show(ui, desk.theme).clicked() {
        desk.selection.scene = (!is_shown).then_some(scene);
    }
}
