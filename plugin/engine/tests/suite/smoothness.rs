//! Whatever is turned, launched, stolen or stopped while something sounds: nothing clicks. A change
//! makes no step between two frames beyond those of the sound itself, as it was or as it becomes.

use crate::desk::{Desk, RATE, humming, one_track, playing, track};
use lockstep_engine::{LiveEvent, LiveNote, PRESETS, SampleRate};
use lockstep_session::document::Document;
use lockstep_session::document::effects::{
    Ceiling, DelayTime, EffectSetting, Effects, Feedback, PreDelay, ReverbDecay,
};
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::mixer::{
    Corner, Filter, FilterKind, Level, Pan, Percent, Transpose,
};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::TrackSettings;
use lockstep_session::ids::TrackId;
use std::sync::Arc;

/// The frame of the change, and how long its consequences are watched.
const CHANGE: usize = 2_400;
const WATCHED: usize = 4_800;
/// By how much a change may exceed the sound's own steps, which differ from moment to moment, and what
/// nobody hears.
const MARGIN: f32 = 1.3;
const UNHEARD: f32 = 0.001;

/// Two octaves up, the same wave takes steps four times as large.
const TWO_OCTAVES: f32 = 4.0;

/// A change of a document, and what it is called.
type Change = (String, Box<dyn Fn(&mut Document)>);

fn held() -> Vec<Step> {
    let step = Step {
        tie: true,
        ..Step::on()
    };
    vec![step; 16]
}

/// The largest step between two frames of either side while a change has its consequences.
fn largest_step(document: &Document, change: impl Fn(&mut Document)) -> f32 {
    let mut desk = Desk::new(document.clone());
    desk.roll(0.0, CHANGE, 480);
    desk.change(change);
    desk.roll(crate::desk::beats_of(CHANGE), WATCHED, 480);
    desk.settle();
    desk.assert_sane();
    step_within(&desk, CHANGE - 10)
}

fn step_within(desk: &Desk, from: usize) -> f32 {
    let steps = |side: &[f32]| {
        let steps = side.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0_f32, f32::max)
    };
    steps(&desk.left[from..]).max(steps(&desk.right[from..]))
}

/// Complains of changes whose steps are beyond those of the sound without and with them.
fn assert_smooth(document: &Document, changes: &[Change]) {
    let before = largest_step(document, |_| {});
    let complaints = changes.iter().filter_map(|(name, change)| {
        let found = largest_step(document, change);
        let within = |own: f32| found <= own * MARGIN + UNHEARD;
        let is_up = name.ends_with("tune at 10000");
        if within(before) || is_up && within(before * TWO_OCTAVES) {
            return None;
        }
        let mut changed = document.clone();
        change(&mut changed);
        let after = largest_step(&changed, |_| {});
        // A note at another pitch begins while the one before it rings on in the reverb.
        let own = if name == "transpose up" {
            before + after
        } else {
            after
        };
        (!within(own)).then(|| {
            format!("{name}: a step of {found:.4}; its own are {before:.4} and {after:.4}")
        })
    });
    let complaints: Vec<String> = complaints.collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn of_track(name: &str, change: impl Fn(&mut TrackSettings) + 'static) -> Change {
    let change = move |document: &mut Document| {
        change(&mut Arc::make_mut(&mut document.tracks[0]).settings);
    };
    (name.to_owned(), Box::new(change))
}

/// A low tone through everything that a track and a session can do to it.
fn tone() -> Document {
    let settings = TrackSettings {
        reverb_send: Percent::new(50),
        delay_send: Percent::new(50),
        drive: Percent::new(20),
        filter: Filter {
            kind: FilterKind::LowPass,
            corner: Corner::new(6_000),
            resonance: Percent::new(20),
        },
        level: Level::new(-60),
        ..humming()
    };
    let mut document = one_track(settings, held());
    document.tracks.push(track(2, humming(), held()));
    Arc::make_mut(&mut document.tracks[1]).settings.level = Level::new(-120);
    document.effects = Effects {
        delay_time: DelayTime::new(1),
        chorus_mix: Percent::new(40),
        compressor: Percent::new(40),
        duck_by: Some(TrackId(2)),
        duck_depth: Percent::new(40),
        ..Effects::default()
    };
    document
}

#[test]
fn no_turn_of_a_tracks_settings_clicks() {
    let filter = |kind, corner, resonance| Filter {
        kind,
        corner: Corner::new(corner),
        resonance: Percent::new(resonance),
    };
    let mut changes = vec![
        of_track("mute", |track| track.mute = true),
        of_track("transpose up", |track| track.transpose = Transpose::new(24)),
        of_track("transpose down", |track| {
            track.transpose = Transpose::new(-24)
        }),
        of_track("instrument", |track| {
            track.instrument = playing("bass-sub").instrument
        }),
    ];
    for level in [-600, -300, 60] {
        changes.push(of_track(&format!("level {level}"), move |track| {
            track.level = Level::new(level)
        }));
    }
    for pan in [-100, -40, 100] {
        changes.push(of_track(&format!("pan {pan}"), move |track| {
            track.pan = Pan::new(pan)
        }));
    }
    for amount in [0, 100] {
        changes.push(of_track(&format!("drive {amount}"), move |track| {
            track.drive = Percent::new(amount)
        }));
        changes.push(of_track(&format!("reverb send {amount}"), move |track| {
            track.reverb_send = Percent::new(amount)
        }));
        changes.push(of_track(&format!("delay send {amount}"), move |track| {
            track.delay_send = Percent::new(amount)
        }));
    }
    for kind in [FilterKind::Off, FilterKind::LowPass, FilterKind::HighPass] {
        for (corner, resonance) in [(0, 0), (4_000, 90), (10_000, 100)] {
            let filter = filter(kind, corner, resonance);
            changes.push(of_track(&format!("{filter:?}"), move |track| {
                track.filter = filter
            }));
        }
    }
    changes.push((
        "solo of another".to_owned(),
        Box::new(|document| Arc::make_mut(&mut document.tracks[1]).settings.solo = true),
    ));
    changes.push((
        "track taken away".to_owned(),
        Box::new(|document| document.tracks.truncate(1)),
    ));
    assert_smooth(&tone(), &changes);
}

#[test]
fn no_turn_of_the_master_or_an_effect_clicks() {
    use EffectSetting as Set;
    let percents = [0, 100].map(Percent::new);
    let levels = [-600, -300, 60].map(Level::new);
    let mut settings: Vec<EffectSetting> = Vec::new();
    for percent in percents {
        settings.extend([
            Set::ReverbDamping(percent),
            Set::DelayTone(percent),
            Set::ChorusRate(percent),
            Set::ChorusDepth(percent),
            Set::ChorusMix(percent),
            Set::Compressor(percent),
            Set::DuckDepth(percent),
        ]);
    }
    for level in levels {
        settings.extend([Set::ReverbLevel(level), Set::DelayLevel(level)]);
    }
    settings.extend([10, 1_000].map(|decay| Set::ReverbDecay(ReverbDecay::new(decay))));
    settings.extend([0, 250].map(|delay| Set::ReverbPreDelay(PreDelay::new(delay))));
    settings.extend([2, 9, 96].map(|time| Set::DelayTime(DelayTime::new(time))));
    settings.extend([0, 95].map(|feedback| Set::DelayFeedback(Feedback::new(feedback))));
    settings.extend([false, true].map(Set::DelayPingPong));
    settings.extend([None, Some(TrackId(1))].map(Set::DuckBy));
    settings.extend([-120, 0].map(|ceiling| Set::Ceiling(Ceiling::new(ceiling))));
    let mut changes: Vec<Change> = settings
        .into_iter()
        .map(|setting| -> Change {
            let turn = move |document: &mut Document| document.effects.set(setting);
            (format!("{setting:?}"), Box::new(turn))
        })
        .collect();
    for level in levels {
        let turn = move |document: &mut Document| document.master = level;
        changes.push((format!("master {level:?}"), Box::new(turn)));
    }
    assert_smooth(&tone(), &changes);
}

/// One preset of every machine, and a sample.
fn sounds() -> Vec<(&'static str, TrackSettings)> {
    let names = [
        "kick-deep",
        "snare",
        "clap",
        "open-hat",
        "tom-low",
        "rim",
        "cowbell",
        "crash",
        "shaker",
        "conga-low",
        "bass-round",
        "keys",
        "pluck",
        "lead-chip",
        "kit-808",
    ];
    let mut sounds: Vec<_> = names.map(|name| (name, playing(name))).into();
    assert!(
        names
            .iter()
            .all(|name| PRESETS.iter().any(|preset| preset.name == *name))
    );
    sounds.push(("sample", humming()));
    sounds
}

#[test]
fn no_turn_of_an_instruments_parameter_clicks() {
    let complaints = sounds().into_iter().filter_map(|(name, settings)| {
        let document = one_track(settings, held());
        let turns = Parameter::ALL
            .into_iter()
            .filter(|parameter| !parameter.belongs_to_the_mixer())
            .flat_map(|parameter| [0, 10_000].map(|amount| (parameter, amount)));
        let changes: Vec<Change> = turns
            .map(|(parameter, amount)| {
                let called = format!("{name}, {} at {amount}", parameter.name());
                of_track(&called, move |track| {
                    let parameters = &mut track.instrument.parameters;
                    parameters.insert(parameter, Amount::new(amount));
                })
            })
            .collect();
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            assert_smooth(&document, &changes)
        }));
        checked.err()?.downcast::<String>().ok()
    });
    let complaints: Vec<String> = complaints.map(|text| *text).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_stop_does_not_click() {
    for (name, settings) in sounds() {
        let document = one_track(settings, held());
        let own = largest_step(&document, |_| {});
        let mut desk = Desk::new(document);
        desk.roll(0.0, CHANGE, 480);
        desk.stand(WATCHED);
        desk.settle();
        let found = step_within(&desk, CHANGE - 10);
        assert!(
            found <= own * MARGIN + UNHEARD,
            "{name}: {found} beside {own}"
        );
    }
}

#[test]
fn a_note_whose_place_is_taken_does_not_click() {
    let down = |frame, key, velocity| LiveNote {
        frame,
        track: 0,
        event: LiveEvent::Down { key, velocity },
    };
    let rate = SampleRate::new(RATE).expect("a rate");
    for (name, settings) in [
        ("sample", humming()),
        ("keys", playing("keys")),
        ("bass-round", playing("bass-round")),
        ("pluck", playing("pluck")),
        ("lead-chip", playing("lead-chip")),
    ] {
        let sound = |others: u8| {
            let mut desk = Desk::new(one_track(settings.clone(), Vec::new()));
            assert_eq!(desk.engine.sample_rate(), rate);
            let quiet =
                (0..others).map(|other| down(CHANGE + usize::from(other), 30 + other, 0.001));
            // One that is loud, and then enough that nobody hears to take its place.
            let live: Vec<LiveNote> = [down(0, 60, 1.0)].into_iter().chain(quiet).collect();
            desk.render(None, CHANGE + WATCHED, &live);
            desk.settle();
            desk
        };
        let (alone, stolen) = (sound(0), sound(40));
        let (own, found) = (
            step_within(&alone, CHANGE - 10),
            step_within(&stolen, CHANGE - 10),
        );
        assert!(
            found <= own * MARGIN + 0.002,
            "{name}: {found} beside {own}"
        );
        let end = CHANGE + WATCHED / 2..CHANGE + WATCHED;
        let loud = |desk: &Desk| {
            desk.left[end.clone()]
                .iter()
                .fold(0.0_f32, |most, sample| most.max(sample.abs()))
        };
        assert!(
            loud(&stolen) < 0.7 * loud(&alone),
            "{name}: its place was taken"
        );
    }
}
