//! The macros of the sound and every parameter that its machine hears, by section.

use super::{pitch_of, set, strike};
use crate::editor::measures;
use crate::editor::panel::Desk;
use crate::editor::section::{listed, section, sections};
use crate::editor::widgets::{Button, Knob as Dial, Range, caption, whole};
use egui::{Ui, vec2};
use lockstep_engine::{Knob, Meaning, Preset, Section, amount, knobs, usual};
use lockstep_session::document::instrument::{Amount, Parameter, Source};
use lockstep_session::document::track::{Track, TrackSetting};

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
    let theme = desk.theme;
    let source = &track.settings.instrument.source;
    let preset = match source {
        Source::Preset(name) => Preset::find(name),
        Source::Sample(_) => None,
    };
    if let Some(preset) = preset
        && preset.drums().next().is_some()
    {
        kit(ui, desk, track, preset);
    }
    sections(ui, theme, |ui| {
        let macros = preset.map_or(&[][..], |preset| preset.macros);
        if !macros.is_empty() {
            section(ui, theme, "Macros", columns(macros.len()), |ui| {
                for (parameter, knob) in Parameter::MACROS.into_iter().zip(macros) {
                    let hint = "Moves several parameters together";
                    turn(
                        ui,
                        desk,
                        track,
                        (parameter, knob.label, hint),
                        Meaning::Share,
                    );
                }
            });
        }
        let knobs = knobs(source);
        for part in Section::ALL {
            let of_part: Vec<&Knob> = knobs.iter().filter(|knob| knob.section == part).collect();
            if of_part.is_empty() {
                continue;
            }
            let wide = of_part.iter().map(|knob| match knob.meaning {
                Meaning::Choice(_) => 2.0,
                _ => 1.0,
            });
            let title = part.title();
            section(ui, theme, title, wide.sum::<f32>() + 0.2, |ui| {
                for knob in of_part {
                    let name = (knob.parameter, knob.label, "");
                    turn(ui, desk, track, name, knob.meaning);
                }
            });
        }
    });
}

fn columns(knobs: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "at most eight")]
    let columns = knobs as f32;
    columns + 0.2
}

/// One parameter. Where the sound itself puts it, nothing is stored.
fn turn(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    track: &Track,
    (parameter, label, hint): (Parameter, &str, &str),
    meaning: Meaning,
) {
    let theme = desk.theme;
    let instrument = &track.settings.instrument;
    let now = amount(instrument, parameter);
    let usual = usual(instrument, parameter);
    let is_moved = instrument.parameters.contains_key(&parameter);
    let hint = if is_moved {
        format!(
            "{hint}\nThe sound itself has {}. Double-click for that.",
            measures::meaning(meaning, usual)
        )
    } else {
        hint.to_owned()
    };
    let hint = hint.trim();
    let is_open = desk.locked().is_none();
    let chosen = if let Meaning::Choice(choices) = meaning {
        let options = choices.iter().map(|choice| (*choice, (*choice).to_owned()));
        let current = meaning.choice(now).unwrap_or_default();
        listed(ui, theme, (label, hint), current, options)
            .filter(|_| is_open)
            .and_then(|choice| measures::read_meaning(meaning, choice))
    } else {
        let write = |value: f64| measures::meaning(meaning, of(value));
        let read = |text: &str| {
            let amount = measures::read_meaning(meaning, text)?;
            Some(f64::from(amount.get()))
        };
        let range = Range::new(0.0, 10_000.0, f64::from(usual.get()))
            .notch(f64::from(meaning.notch()))
            .written(&write)
            .read(&read);
        let mut dial = Dial::new(label, f64::from(now.get()), &range).hint(hint);
        let colour = theme.track(track.settings.colour);
        dial = dial.enabled(is_open);
        dial = dial.colour(if is_moved { theme.accent } else { colour });
        if is_even(meaning) {
            dial = dial.centred();
        }
        dial.show(ui, theme).map(of)
    };
    if let Some(chosen) = chosen {
        let amount = (chosen != usual).then_some(chosen);
        set(desk, track, TrackSetting::Parameter { parameter, amount });
    }
}

fn of(value: f64) -> Amount {
    Amount::new(whole(value))
}

/// Whether nothing is in the middle.
fn is_even(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Linear { low, high, .. } if low == -high)
}

/// The drums of a kit, each to be struck.
fn kit(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track, preset: &'static Preset) {
    let theme = desk.theme;
    caption(
        ui,
        theme,
        "A kit has a drum on each of these pitches. Click one to hear it.",
    );
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme.gap, theme.gap);
        for (note, title) in preset.drums() {
            let pitch = pitch_of(note);
            let label = format!("{title} {pitch:+}");
            let hint = format!("{title}: write it as pitch {pitch:+}");
            let button = Button::new(&label).hint(&hint).small(theme);
            if button.show(ui, theme).clicked() {
                strike(desk, track, pitch);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::instrument::Instrument;
    use lockstep_session::text::Name;

    #[test]
    fn a_parameter_that_a_macro_moves_goes_back_to_where_the_macro_has_it() {
        let mut instrument = Instrument {
            source: Source::Preset(Name::new("bass")),
            ..Instrument::default()
        };
        let before = amount(&instrument, Parameter::Cutoff);
        instrument.parameters.insert(Parameter::Macro1, Amount::MAX);
        let by_macro = amount(&instrument, Parameter::Cutoff);
        assert!(by_macro > before);
        instrument.parameters.insert(Parameter::Cutoff, Amount::MIN);
        assert_eq!(amount(&instrument, Parameter::Cutoff), Amount::MIN);
        assert_eq!(usual(&instrument, Parameter::Cutoff), by_macro);
    }

    #[test]
    fn a_notch_of_a_tuning_is_a_semitone() {
        let tune = knobs(&Source::Preset(Name::new("bass")))
            .iter()
            .find(|knob| knob.parameter == Parameter::Tune)
            .unwrap();
        let up = of(5_000.0 + f64::from(tune.meaning.notch()));
        assert_eq!(measures::meaning(tune.meaning, up), "+1 st");
        assert!(is_even(tune.meaning));
    }
}
