//! What there is to turn on a sound, in its own words. Pure values; nothing here is painted.

use lockstep_engine::{Meaning, Preset, knobs};
use lockstep_session::document::instrument::{Parameter, Source};

/// The sound's macros, then every parameter that its machine hears.
pub(super) fn choices(source: &Source) -> impl Iterator<Item = (Parameter, String)> + use<> {
    let macros = macros(source)
        .map(|(parameter, label)| (parameter, format!("{label} (macro)")))
        .collect::<Vec<_>>();
    let knobs = knobs(source)
        .iter()
        .map(|knob| (knob.parameter, title(knob)));
    macros.into_iter().chain(knobs)
}

pub(super) fn first_of(source: &Source) -> Option<Parameter> {
    choices(source).next().map(|(parameter, _)| parameter)
}

pub(super) fn title_of(source: &Source, parameter: Parameter) -> String {
    let mut choices = choices(source);
    let known = choices.find(|(other, _)| *other == parameter);
    known.map_or_else(
        || format!("{} (not heard)", parameter.name()),
        |(_, title)| title,
    )
}

pub(super) fn meaning_of(source: &Source, parameter: Parameter) -> Meaning {
    let knob = knobs(source)
        .iter()
        .find(|knob| knob.parameter == parameter);
    knob.map_or(Meaning::Share, |knob| knob.meaning)
}

fn macros(source: &Source) -> impl Iterator<Item = (Parameter, &'static str)> + use<> {
    let preset = match source {
        Source::Preset(name) => Preset::find(name),
        Source::Sample(_) => None,
    };
    let macros = preset.map_or(&[][..], |preset| preset.macros);
    Parameter::MACROS
        .into_iter()
        .zip(macros.iter().map(|knob| knob.label))
}

/// Envelopes share their labels, so those that shape something else say so.
fn title(knob: &lockstep_engine::Knob) -> String {
    use lockstep_engine::Section;
    match knob.section {
        Section::Shaping => format!("{} (shaping)", knob.label),
        Section::Motion => format!("{} (motion)", knob.label),
        Section::Source | Section::Pitch | Section::Sample => knob.label.to_owned(),
        Section::Filter | Section::Loudness | Section::Colour => knob.label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_engine::PRESETS;
    use lockstep_session::text::Name;

    #[test]
    fn every_choice_of_every_preset_has_a_title_of_its_own() {
        for preset in PRESETS {
            let source = Source::Preset(Name::new(preset.name));
            let titles: Vec<String> = choices(&source).map(|(_, title)| title).collect();
            let mut unique = titles.clone();
            unique.sort();
            unique.dedup();
            assert_eq!(unique.len(), titles.len(), "{}: {titles:?}", preset.name);
        }
    }

    #[test]
    fn what_a_sound_does_not_hear_is_called_by_its_plain_name() {
        let source = Source::Preset(Name::new("kick-909"));
        let title = title_of(&source, Parameter::Damping);
        assert_eq!(title, "damping (not heard)");
    }
}
