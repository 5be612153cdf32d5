//! The effects that everyone hears: reverb, delay, chorus, compressor, duck and limiter.

use super::measures;
use super::panel::Desk;
use super::section::{listed, section, sections, switch};
use super::widgets::{Knob, Number, Range, whole, words};
use egui::{ScrollArea, Ui};
use lockstep_engine::{Meaning, Unit};
use lockstep_session::document::effects::{
    Ceiling, DelayTime, EffectSetting, Effects, Feedback, PreDelay, ReverbDecay,
};
use lockstep_session::document::mixer::{Level, Percent};
use lockstep_session::document::words;
use lockstep_session::edit::Edit;
use lockstep_session::units::Tempo;

#[derive(Debug, Default)]
pub(super) struct EffectsPanel;

/// A knob's number, as the setting it makes.
type Make = fn(f64) -> EffectSetting;

/// The chorus goes from a turn in twenty seconds to five a second.
const CHORUS: Meaning = Meaning::Ratio {
    low: 0.05,
    high: 5.0,
    unit: Unit::Hertz,
};

impl EffectsPanel {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        if let Some(why) = desk.locked() {
            words(ui, theme, why, theme.dim);
        }
        ScrollArea::vertical().show(ui, |ui| {
            sections(ui, theme, |ui| {
                section(ui, theme, "Reverb", 4.0, |ui| reverb(ui, desk));
                section(ui, theme, "Delay", 7.0, |ui| delay(ui, desk));
                section(ui, theme, "Chorus", 3.0, |ui| chorus(ui, desk));
                section(ui, theme, "Compressor", 1.6, |ui| compressor(ui, desk));
                section(ui, theme, "Duck", 3.0, |ui| duck(ui, desk));
                section(ui, theme, "Limiter", 1.2, |ui| limiter(ui, desk));
            });
        });
    }
}

fn usual() -> Effects {
    Effects::default()
}

/// A knob that sets an effect for everyone.
fn knob(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    (name, hint): (&str, &str),
    value: f64,
    range: &Range<'_>,
    make: Make,
) {
    let is_open = desk.locked().is_none();
    let knob = Knob::new(name, value, range).hint(hint).enabled(is_open);
    if let Some(value) = knob.show(ui, desk.theme) {
        set(desk, make(value));
    }
}

/// An effect that stands there already is not sent again.
fn set(desk: &mut Desk<'_>, setting: EffectSetting) {
    if desk.document().effects.get(setting) != setting {
        desk.commands.edit(Edit::Effect(setting));
    }
}

fn share(value: f64) -> Percent {
    Percent::new(whole(value))
}

fn shown(percent: Percent) -> f64 {
    f64::from(percent.get())
}

fn reverb(ui: &mut Ui, desk: &mut Desk<'_>) {
    let effects = desk.document().effects;
    let write = |value: f64| measures::seconds(value / 100.0);
    let read = |text: &str| measures::read_seconds(text).map(|seconds| seconds * 100.0);
    let rest = f64::from(usual().reverb_decay.get());
    let decay = Range::new(10.0, 1_000.0, rest)
        .notch(10.0)
        .written(&write)
        .read(&read);
    let hint = "How long the reverb takes to fall by 60 dB.";
    let value = f64::from(effects.reverb_decay.get());
    knob(ui, desk, ("Decay", hint), value, &decay, |value| {
        EffectSetting::ReverbDecay(ReverbDecay::new(whole(value)))
    });
    let write = |value: f64| format!("{value:.0} ms");
    let rest = f64::from(usual().reverb_pre_delay.get());
    let pause = Range::new(0.0, 250.0, rest).notch(5.0).written(&write);
    let hint = "How much later than the sound its reverb begins.";
    let value = f64::from(effects.reverb_pre_delay.get());
    knob(ui, desk, ("Pre-delay", hint), value, &pause, |value| {
        EffectSetting::ReverbPreDelay(PreDelay::new(whole(value)))
    });
    let damping = measures::percent_range(shown(usual().reverb_damping));
    let hint = "How much sooner the treble falls than the rest.";
    let value = shown(effects.reverb_damping);
    knob(ui, desk, ("Damping", hint), value, &damping, |value| {
        EffectSetting::ReverbDamping(share(value))
    });
    level(
        ui,
        desk,
        effects.reverb_level,
        "How loud the reverb is in the mix.",
        |value| EffectSetting::ReverbLevel(measures::to_level(value)),
    );
}

fn level(ui: &mut Ui, desk: &mut Desk<'_>, level: Level, hint: &str, make: Make) {
    let range = measures::level_range();
    knob(
        ui,
        desk,
        ("Level", hint),
        measures::of_level(level),
        &range,
        make,
    );
}

fn delay(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let effects = desk.document().effects;
    let time = effects.delay_time;
    let tempo = desk.document().timeline.tempo;
    let hint = format!(
        "The time between echoes: {} at {:.2} BPM.",
        measures::seconds(measures::lasts(time, tempo)),
        tempo.beats_per_minute()
    );
    let lengths = words::NOTE_LENGTHS
        .iter()
        .map(|twelfths| DelayTime::new(i64::from(*twelfths)));
    let options = lengths.map(|time| (time, words::note_length(time)));
    let current = words::note_length(time);
    let chosen = listed(ui, theme, ("Time", &hint), &current, options);
    if let (Some(time), None) = (chosen, desk.locked()) {
        set(desk, EffectSetting::DelayTime(time));
    }
    twelfths(ui, desk, time, tempo);
    let feedback =
        Range::new(0.0, 95.0, f64::from(usual().delay_feedback.get())).written(&measures::percent);
    let hint = "How much of each echo comes round again.";
    let value = f64::from(effects.delay_feedback.get());
    knob(ui, desk, ("Feedback", hint), value, &feedback, |value| {
        EffectSetting::DelayFeedback(Feedback::new(whole(value)))
    });
    let tone = measures::percent_range(shown(usual().delay_tone));
    let hint = "Below a half the echoes lose their treble, above it their bass.";
    let value = shown(effects.delay_tone);
    knob(ui, desk, ("Tone", hint), value, &tone, |value| {
        EffectSetting::DelayTone(share(value))
    });
    let (label, is_open) = (
        if effects.delay_ping_pong { "On" } else { "Off" },
        desk.locked().is_none(),
    );
    let hint = "Echoes go from side to side.";
    let is_on = effects.delay_ping_pong;
    if switch(ui, theme, ("Ping-pong", label, hint), is_on, is_open).clicked() {
        set(desk, EffectSetting::DelayPingPong(!is_on));
    }
    level(
        ui,
        desk,
        effects.delay_level,
        "How loud the echoes are in the mix.",
        |value| EffectSetting::DelayLevel(measures::to_level(value)),
    );
}

/// Every time there is, in twelfths of a beat, for those who want one without a name.
fn twelfths(ui: &mut Ui, desk: &mut Desk<'_>, time: DelayTime, tempo: Tempo) {
    let theme = desk.theme;
    let write = |value: f64| {
        let time = DelayTime::new(whole(value));
        measures::seconds(measures::lasts(time, tempo))
    };
    let read = |text: &str| {
        let beats = measures::read_seconds(text)? * tempo.beats_per_minute() / 60.0;
        Some(beats * 12.0)
    };
    let rest = f64::from(usual().delay_time.get());
    let range = Range::new(1.0, 96.0, rest).written(&write).read(&read);
    super::section::column(ui, theme, "Lasts", super::section::KNOB.x, |ui| {
        let number = Number::new("twelfths", f64::from(time.get()), &range)
            .width(super::section::KNOB.x)
            .enabled(desk.locked().is_none())
            .hint("Finer than the list: each notch is a twelfth of a beat. Type a time such as 375 ms.");
        if let Some(value) = number.show(ui, theme) {
            set(desk, EffectSetting::DelayTime(DelayTime::new(whole(value))));
        }
    });
}

fn chorus(ui: &mut Ui, desk: &mut Desk<'_>) {
    let effects = desk.document().effects;
    let write = |value: f64| measures::meaning(CHORUS, hundredths(value));
    let read = |text: &str| {
        let amount = measures::read_meaning(CHORUS, text)?;
        Some(f64::from(amount.get()) / 100.0)
    };
    let rate = Range::new(0.0, 100.0, shown(usual().chorus_rate))
        .written(&write)
        .read(&read);
    let hint = "How fast the chorus moves.";
    knob(
        ui,
        desk,
        ("Rate", hint),
        shown(effects.chorus_rate),
        &rate,
        |value| EffectSetting::ChorusRate(share(value)),
    );
    let depth = measures::percent_range(shown(usual().chorus_depth));
    let hint = "How far its voices stray.";
    knob(
        ui,
        desk,
        ("Depth", hint),
        shown(effects.chorus_depth),
        &depth,
        |value| EffectSetting::ChorusDepth(share(value)),
    );
    let mix = measures::percent_range(shown(usual().chorus_mix));
    let hint = "How much of the mix goes through the chorus. None switches it off.";
    knob(
        ui,
        desk,
        ("Mix", hint),
        shown(effects.chorus_mix),
        &mix,
        |value| EffectSetting::ChorusMix(share(value)),
    );
}

fn hundredths(percent: f64) -> lockstep_session::document::instrument::Amount {
    lockstep_session::document::instrument::Amount::new(whole(percent * 100.0))
}

fn compressor(ui: &mut Ui, desk: &mut Desk<'_>) {
    let range = measures::percent_range(shown(usual().compressor));
    let hint = "How firmly the whole mix is held together. None leaves it as it is.";
    let value = shown(desk.document().effects.compressor);
    knob(ui, desk, ("Amount", hint), value, &range, |value| {
        EffectSetting::Compressor(share(value))
    });
}

fn duck(ui: &mut Ui, desk: &mut Desk<'_>) {
    let document = desk.document();
    let effects = document.effects;
    let tracks = document.tracks.iter();
    let named = tracks.map(|track| (Some(track.id), track.settings.name.to_string()));
    let options = std::iter::once((None, "Nothing".to_owned())).chain(named);
    let by = effects.duck_by.and_then(|id| document.track(id));
    let current = by.map_or("Nothing", |track| track.settings.name.as_str());
    let hint = "The track that pushes the others down whenever it sounds, such as the kick.";
    let chosen = listed(ui, desk.theme, ("Ducked by", hint), current, options);
    if let (Some(track), None) = (chosen, desk.locked()) {
        set(desk, EffectSetting::DuckBy(track));
    }
    let range = measures::percent_range(shown(usual().duck_depth));
    let hint = "How far the others are pushed down.";
    let value = shown(effects.duck_depth);
    knob(ui, desk, ("Depth", hint), value, &range, |value| {
        EffectSetting::DuckDepth(share(value))
    });
}

fn limiter(ui: &mut Ui, desk: &mut Desk<'_>) {
    let write = |value: f64| measures::decibels(value);
    let rest = f64::from(usual().ceiling.get()) / 10.0;
    let range = Range::new(-12.0, 0.0, rest).step(0.1).written(&write);
    let hint = "The mix never goes above this level.";
    let value = f64::from(desk.document().effects.ceiling.get()) / 10.0;
    knob(ui, desk, ("Ceiling", hint), value, &range, |value| {
        EffectSetting::Ceiling(Ceiling::new(whole(value * 10.0)))
    });
}
