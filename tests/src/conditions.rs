//! One small document for everything that a step, a track, a clip or an effect can do to the sound.

use crate::phrases::{note, one_track};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Content;
use lockstep_session::document::clip::{Action, Bars, Clip, Follow};
use lockstep_session::document::effects::{
    Ceiling, DelayTime, Effects, Feedback, PreDelay, ReverbDecay,
};
use lockstep_session::document::harmony::{Degree, Harmony, HarmonyPlan, Scale};
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::mixer::{
    Corner, Filter, FilterKind, Level, Pan, Percent, Transpose,
};
use lockstep_session::document::step::{
    Chance, Condition, Cycle, Nudge, Ratchet, Step, Turn, Velocity,
};
use lockstep_session::document::track::{ScaleMode, StepLength, TrackSettings};
use lockstep_session::ids::TrackId;
use std::sync::Arc;

/// Each with the name of what it shows.
pub fn all() -> Vec<(&'static str, Document)> {
    let mut all = steps();
    all.extend(tracks());
    all.extend(effects());
    all
}

fn line() -> Vec<Step> {
    [0, 7, 3, 12, 10, 7, 5, 2]
        .map(|pitch| note(&[pitch], 60))
        .to_vec()
}

fn each(change: impl Fn(usize, &mut Step)) -> Document {
    let mut steps = line();
    for (index, step) in steps.iter_mut().enumerate() {
        change(index, step);
    }
    one_track("keys", StepLength::Eighth, steps)
}

fn steps() -> Vec<(&'static str, Document)> {
    let every = |turn, of| Condition::Every(Cycle::new(Turn::new(turn), Turn::new(of)));
    let whole = |index: usize| i64::try_from(index).expect("short");
    vec![
        (
            "step velocity",
            each(|index, step| step.velocity = Velocity::new(whole(index) * 16 + 10)),
        ),
        (
            "step chord",
            each(|_, step| step.pitches = note(&[0, 3, 7, 10], 60).pitches),
        ),
        ("step chance", each(|_, step| step.chance = Chance::new(50))),
        (
            "step every second",
            each(|index, step| step.condition = every(1 + whole(index) % 2, 2)),
        ),
        (
            "step first",
            each(|_, step| step.condition = Condition::First),
        ),
        ("step fill", {
            let mut document = each(|index, step| {
                if index % 2 == 1 {
                    step.condition = Condition::Fill;
                }
            });
            document.fill = true;
            document
        }),
        (
            "step ratchet",
            each(|index, step| step.ratchet = Ratchet::new(whole(index) + 1)),
        ),
        (
            "step nudge",
            each(|index, step| step.nudge = Nudge::new(whole(index) * 14 - 49)),
        ),
        ("step tie", each(|index, step| step.tie = index % 3 != 2)),
        (
            "step locks",
            each(|index, step| {
                let amount = Amount::new(whole(index) * 1_200);
                for parameter in [Parameter::Level, Parameter::Pan, Parameter::Macro1] {
                    step.locks.set(parameter, amount);
                }
            }),
        ),
    ]
}

fn set(change: impl FnOnce(&mut TrackSettings)) -> Document {
    let mut document = one_track("pluck", StepLength::Sixteenth, line());
    change(&mut Arc::make_mut(&mut document.tracks[0]).settings);
    document
}

fn tracks() -> Vec<(&'static str, Document)> {
    let filtered = |kind| {
        set(|track| {
            track.filter = Filter {
                kind,
                corner: Corner::new(5_500),
                resonance: Percent::new(60),
            }
        })
    };
    let harmony = Harmony {
        scale: Scale::Minor,
        chord: Some(Degree::new(4)),
        ..Harmony::default()
    };
    let in_harmony = |mode| {
        let mut document = set(|track| track.scale_mode = mode);
        document.harmony = HarmonyPlan {
            now: harmony,
            next: None,
        };
        document
    };
    vec![
        ("track level", set(|track| track.level = Level::new(-120))),
        ("track pan", set(|track| track.pan = Pan::new(-70))),
        (
            "track transpose",
            set(|track| track.transpose = Transpose::new(-5)),
        ),
        ("track swing", set(|track| track.swing = Percent::new(60))),
        (
            "track triplets",
            set(|track| track.step_length = StepLength::EighthTriplet),
        ),
        ("track drive", set(|track| track.drive = Percent::new(70))),
        ("track low-pass", filtered(FilterKind::LowPass)),
        ("track high-pass", filtered(FilterKind::HighPass)),
        ("track in scale", in_harmony(ScaleMode::Scale)),
        ("track in chord", in_harmony(ScaleMode::Chord)),
        ("clip followed", {
            let mut document = set(|_| {});
            let track = Arc::make_mut(&mut document.tracks[0]);
            let after = Follow {
                action: Action::Next,
                after: Bars::new(1),
            };
            let mut first = Clip::clone(track.clips[0].as_ref().expect("a clip"));
            first.follow = Some(after);
            let mut second = first.clone();
            if let Content::Pattern(pattern) = &mut second.content {
                let mut steps: Vec<Step> = pattern.playing().collect();
                steps.reverse();
                *pattern =
                    lockstep_session::document::pattern::Pattern::new(pattern.length(), steps);
            }
            track.clips[0] = Some(Arc::new(first));
            track.clips[1] = Some(Arc::new(second));
            document
        }),
    ]
}

fn with(sends: bool, change: impl FnOnce(&mut Effects)) -> Document {
    let mut document = set(|track| {
        if sends {
            track.reverb_send = Percent::new(60);
            track.delay_send = Percent::new(60);
        }
    });
    change(&mut document.effects);
    document
}

fn effects() -> Vec<(&'static str, Document)> {
    vec![
        (
            "effect pre-delay",
            with(true, |effects| {
                effects.reverb_pre_delay = PreDelay::new(120)
            }),
        ),
        (
            "effect damping",
            with(true, |effects| effects.reverb_damping = Percent::new(100)),
        ),
        (
            "effect reverb level",
            with(true, |effects| effects.reverb_level = Level::new(-120)),
        ),
        (
            "effect feedback",
            with(true, |effects| effects.delay_feedback = Feedback::new(80)),
        ),
        (
            "effect delay tone",
            with(true, |effects| effects.delay_tone = Percent::new(10)),
        ),
        (
            "effect delay level",
            with(true, |effects| effects.delay_level = Level::new(-120)),
        ),
        (
            "effect ceiling",
            with(false, |effects| effects.ceiling = Ceiling::MIN),
        ),
        (
            "effect chorus rate",
            with(false, |effects| {
                effects.chorus_mix = Percent::new(60);
                effects.chorus_rate = Percent::new(90);
            }),
        ),
        (
            "effect chorus depth",
            with(false, |effects| {
                effects.chorus_mix = Percent::new(60);
                effects.chorus_depth = Percent::new(90);
            }),
        ),
        ("master level", {
            let mut document = with(false, |_| {});
            document.master = Level::new(-60);
            document
        }),
        ("effect sends", with(true, |_| {})),
        (
            "effect short room",
            with(true, |effects| effects.reverb_decay = ReverbDecay::new(30)),
        ),
        (
            "effect delay",
            with(true, |effects| {
                effects.delay_time = DelayTime::new(4);
                effects.delay_ping_pong = false;
            }),
        ),
        (
            "effect chorus",
            with(false, |effects| effects.chorus_mix = Percent::new(60)),
        ),
        (
            "effect compressor",
            with(false, |effects| effects.compressor = Percent::new(80)),
        ),
        ("effect ducking", {
            let mut document = with(false, |effects| {
                effects.duck_by = Some(TrackId(2));
                effects.duck_depth = Percent::new(90);
            });
            let kick = one_track("kick", StepLength::Quarter, vec![note(&[0], 60)]);
            let mut kick = kick.tracks[0].as_ref().clone();
            kick.id = TrackId(2);
            document.tracks.push(Arc::new(kick));
            document
        }),
    ]
}
