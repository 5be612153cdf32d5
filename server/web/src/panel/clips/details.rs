//! What can be set about one slot or one scene of the launcher: names, what follows, loops, copies.

use super::Chosen;
use crate::browser::by_finger;
use crate::dom::{self, Tag, derived, tag, text};
use crate::measures;
use crate::seat::Seat;
use crate::widget::{Choice, Dial, Field, Range, Shape, button, decimal};
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::document::clip::{Action, AudioLoop, Bars, Content, Follow};
use lockstep_session::document::mixer::Level;
use lockstep_session::document::pattern::PatternLength;
use lockstep_session::document::words;
use lockstep_session::edit::{ClipSetting, Edit, SceneSetting};
use lockstep_session::ids::{SampleId, SceneIndex};
use lockstep_session::slot::{Slot, copy_row, free_slot, loop_bars, scene_name};
use lockstep_session::text::Name;
use std::sync::Arc;

/// What a slot holds, which decides what can be set about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Nothing,
    Pattern,
    Loop,
}

pub(super) fn details(seat: Seat, chosen: RwSignal<Option<Chosen>>) -> Tag {
    let board = seat.board;
    let shown = Memo::new(move |_| {
        let chosen = chosen.get()?;
        let Chosen::Slot(slot) = chosen else {
            return Some((chosen, Holds::Nothing));
        };
        board.document.with(|document| {
            document.track(slot.track)?;
            let holds = match document
                .clip(slot.track, slot.scene)
                .map(|clip| &clip.content)
            {
                None => Holds::Nothing,
                Some(Content::Pattern(_)) => Holds::Pattern,
                Some(Content::Loop(_)) => Holds::Loop,
            };
            Some((chosen, holds))
        })
    });
    let invitation = by_finger(
        "Click a clip to launch it, right-click for its settings.",
        "Tap a clip to launch it, rest a finger on it for its settings.",
    );
    tag("div", "clip-details").filled(move || match shown.get() {
        None => vec![text("p", "hint", invitation)],
        Some((Chosen::Scene(scene), _)) => of_scene(seat, scene),
        Some((Chosen::Slot(slot), Holds::Nothing)) => of_empty(seat, slot),
        Some((Chosen::Slot(slot), holds)) => of_clip(seat, slot, holds, chosen),
    })
}

fn title(seat: Seat, of: impl Fn(&Document) -> String + Send + Sync + 'static) -> Tag {
    tag("b", "").says(seat.board.words(of))
}

fn of_clip(seat: Seat, slot: Slot, holds: Holds, chosen: RwSignal<Option<Chosen>>) -> Vec<Tag> {
    let (track, scene) = (slot.track, slot.scene);
    let set = move |setting| Edit::ClipSetting {
        track,
        scene,
        setting,
    };
    let follow_of =
        move |document: &Document| document.clip(track, scene).and_then(|clip| clip.follow);
    let name = Field::shared(
        seat,
        "Clip name",
        "The name of the clip; empty for the letter of its place",
        move |document| {
            let clip = document.clip(track, scene);
            clip.map_or(String::new(), |clip| clip.name.to_string())
        },
        move |name| set(ClipSetting::Name(Name::new(name))),
    );
    let follow = follows(seat, follow_of, move |follow| {
        set(ClipSetting::Follow(follow))
    });
    let content = match holds {
        Holds::Loop => audio_loop(seat, slot),
        _ => vec![length(seat, slot).show(Shape::Number)],
    };
    let locked = seat.board.locked();
    let duplicate = move || {
        let copied = seat.board.document.with_untracked(|document| {
            let to = free_slot(document.track(track)?, scene)?;
            Some((
                Slot { track, scene: to },
                document.clip(track, scene)?.clone(),
            ))
        });
        if let Some((to, clip)) = copied {
            seat.edit(to.copy_of(&clip));
            chosen.set(Some(Chosen::Slot(to)));
        }
    };
    let copy = "A copy in the next free slot of this track";
    let delete = "Takes the clip out of its slot. Undo brings it back.";
    let remove = move || seat.edit(slot.remove());
    let deeds = tag("div", "line")
        .with(in_grid(seat, scene))
        .with(button("Duplicate", copy, locked, duplicate))
        .with(button("Delete", delete, locked, remove));
    vec![
        title(seat, move |document| headline(document, slot)),
        name.show(),
        follow,
        tag("div", "line").with_all(content),
        deeds,
    ]
}

fn headline(document: &Document, slot: Slot) -> String {
    let track = document.track(slot.track);
    let name = track.map_or("", |track| track.settings.name.as_str());
    format!("{name} \u{b7} {}", scene_name(document, slot.scene))
}

/// What happens by itself after a while.
fn follows(
    seat: Seat,
    of: impl Fn(&Document) -> Option<Follow> + Clone + Send + Sync + 'static,
    edit: impl Fn(Option<Follow>) -> Edit + Clone + Send + Sync + 'static,
) -> Tag {
    let now = {
        let of = of.clone();
        move || seat.board.document.with_untracked(|document| of(document))
    };
    let mut options = vec![(-1, "Play on".to_owned())];
    options.extend(measures::numbered(&Action::ALL, |action| {
        words::action(action).to_owned()
    }));
    let action = Choice::shared(
        seat,
        "Then",
        "What happens by itself after it has played for a while",
        options,
        {
            let of = of.clone();
            move |document| {
                of(document).map_or(-1, |follow| {
                    measures::number_of(&Action::ALL, &follow.action)
                })
            }
        },
        {
            let (now, edit) = (now.clone(), edit.clone());
            move |number| {
                let after = now().map_or(Bars::default(), |follow| follow.after);
                edit(
                    measures::numbered_as(&Action::ALL, number)
                        .map(|action| Follow { action, after }),
                )
            }
        },
    );
    let after = Dial::shared(
        seat,
        "After",
        "How long it plays before that",
        measures::bars_range(),
        {
            let of = of.clone();
            move |document| of(document).map_or(1, |follow| i64::from(follow.after.get()))
        },
        move |bars| {
            edit(now().map(|follow| Follow {
                after: Bars::new(bars),
                ..follow
            }))
        },
    );
    let plays_on = seat.board.condition(move |document| of(document).is_none());
    tag("div", "line")
        .with(action.show())
        .with(after.show(Shape::Number).hidden(plays_on))
}

fn length(seat: Seat, slot: Slot) -> Dial {
    let (track, scene) = (slot.track, slot.scene);
    Dial::shared(
        seat,
        "Length",
        "How many steps the pattern plays. Steps beyond it are kept.",
        Range::new(1, i64::from(PatternLength::MAX.get()), 16).words(
            |steps| measures::counted(steps, "step", "steps"),
            |text| decimal(text, 0),
        ),
        move |document| {
            let pattern = document.pattern(track, scene);
            pattern.map_or(16, |pattern| i64::from(pattern.length().get()))
        },
        move |steps| Edit::ClipSetting {
            track,
            scene,
            setting: ClipSetting::Length(PatternLength::new(steps)),
        },
    )
}

/// Sample, bars and gain of a loop.
fn audio_loop(seat: Seat, slot: Slot) -> Vec<Tag> {
    let of = move |document: &Document| match &document.clip(slot.track, slot.scene)?.content {
        Content::Loop(audio) => Some(*audio),
        Content::Pattern(_) => None,
    };
    let set = move |change: &dyn Fn(AudioLoop) -> AudioLoop| {
        let audio = seat.board.document.with_untracked(|document| of(document));
        let audio = audio.unwrap_or(AudioLoop {
            sample: SampleId::from_bytes([0; 32]),
            bars: Bars::default(),
            gain: Level::default(),
        });
        Edit::ClipSetting {
            track: slot.track,
            scene: slot.scene,
            setting: ClipSetting::Loop(change(audio)),
        }
    };
    let bars = Dial::shared(
        seat,
        "Bars",
        "The sample is played faster or slower, so that it lasts so long",
        measures::bars_range(),
        move |document| of(document).map_or(1, |audio| i64::from(audio.bars.get())),
        move |bars| {
            set(&|audio| AudioLoop {
                bars: Bars::new(bars),
                ..audio
            })
        },
    );
    let gain = Dial::shared(
        seat,
        "Gain",
        "How loud the loop is beside its own level",
        measures::level_range(),
        move |document| of(document).map_or(0, |audio| i64::from(audio.gain.get())),
        move |gain| {
            set(&|audio| AudioLoop {
                gain: Level::new(gain),
                ..audio
            })
        },
    );
    let sample = sample_choice(seat, move |document| of(document).map(|audio| audio.sample));
    let sample = Choice {
        choose: Arc::new(move |number| {
            if let Some(sample) = sample_at(seat, number) {
                seat.edit(set(&|audio| AudioLoop { sample, ..audio }));
            }
        }),
        ..sample
    };
    vec![
        sample.show(),
        bars.show(Shape::Number),
        gain.show(Shape::Number),
    ]
}

/// A list of the session's samples; what is chosen is for the caller to say.
fn sample_choice(
    seat: Seat,
    of: impl Fn(&Document) -> Option<SampleId> + Send + Sync + 'static,
) -> Choice {
    let value = move |document: &Document| {
        let id = of(document);
        let place = document.samples.keys().position(|other| Some(*other) == id);
        place
            .and_then(|place| i64::try_from(place).ok())
            .unwrap_or(-1)
    };
    let choice = Choice {
        name: "Sample".to_owned(),
        hint: "Samples are added under Samples",
        options: Signal::stored(Vec::new()),
        value: seat.board.number(value),
        choose: Arc::new(|_| {}),
        locked: seat.board.locked(),
    };
    choice.among(seat, |document| {
        let names = document
            .samples
            .values()
            .map(|sample| sample.name.to_string());
        let invitation = std::iter::once((-1, "Choose a sample".to_owned()));
        invitation.chain((0..).zip(names)).collect()
    })
}

fn sample_at(seat: Seat, number: i64) -> Option<SampleId> {
    let place = usize::try_from(number).ok()?;
    seat.board
        .document
        .with_untracked(|document| document.samples.keys().nth(place).copied())
}

fn of_empty(seat: Seat, slot: Slot) -> Vec<Tag> {
    let board = seat.board;
    let locked = board.locked();
    let sample = Choice {
        name: "Or a loop of".to_owned(),
        choose: Arc::new(move |number| {
            let Some(sample) = sample_at(seat, number) else {
                return;
            };
            let bars = board
                .document
                .with_untracked(|document| loop_bars(document, sample));
            seat.edit(slot.add_loop(sample, bars));
        }),
        ..sample_choice(seat, |_| None)
    };
    let none = board.condition(|document| document.samples.is_empty());
    let fill = move || {
        seat.edit(slot.add_pattern());
        board
            .selected
            .update(|selected| selected.scene = Some(slot.scene));
    };
    let some = derived(move || !none.get());
    let hint = "An empty pattern here, to be filled in the grid";
    let deeds = tag("div", "line")
        .with(button("New pattern", hint, locked, fill))
        .with(in_grid(seat, slot.scene));
    vec![
        title(seat, move |document| {
            format!("{} \u{b7} empty", headline(document, slot))
        }),
        deeds,
        sample.show().hidden(none),
        text("p", "hint", "Or an audio loop, once there is a sample.").hidden(some),
    ]
}

fn of_scene(seat: Seat, scene: SceneIndex) -> Vec<Tag> {
    let set = move |setting| Edit::Scene { scene, setting };
    let name = Field::shared(
        seat,
        "Scene name",
        "The name of the row; empty for its number",
        move |document| document.scenes[scene.index()].name.to_string(),
        move |name| set(SceneSetting::Name(Name::new(name))),
    );
    let follow = follows(
        seat,
        move |document: &Document| document.scenes[scene.index()].follow,
        move |follow| set(SceneSetting::Follow(follow)),
    );
    let duplicate = move || {
        let copied = seat.board.document.with_untracked(|document| {
            let is_free = |scene: &SceneIndex| {
                document
                    .tracks
                    .iter()
                    .all(|track| track.clip(*scene).is_none())
            };
            let later = SceneIndex::all()
                .filter(|other| *other > scene)
                .find(is_free);
            let to = later.or_else(|| SceneIndex::all().find(is_free))?;
            Some(copy_row(document, scene, to))
        });
        if let Some(edits) = copied {
            seat.edit(Edit::Gesture(edits));
        }
    };
    let copy = "A copy of this row in the next empty one";
    let deeds = tag("div", "line").with(in_grid(seat, scene)).with(button(
        "Duplicate",
        copy,
        seat.board.locked(),
        duplicate,
    ));
    vec![
        title(seat, move |document| {
            format!("{} \u{b7} a row of clips", scene_name(document, scene))
        }),
        name.show(),
        follow,
        deeds,
    ]
}

/// Chooses the row that the grid shows; the one that is shown goes back to what plays.
fn in_grid(seat: Seat, scene: SceneIndex) -> Tag {
    let selected = seat.board.selected;
    let shown = derived(move || selected.with(|selected| selected.scene == Some(scene)));
    let press = move |_| {
        let next = (!shown.get_untracked()).then_some(scene);
        selected.update(|selected| selected.scene = next);
    };
    dom::button("toggle", "In the grid", press)
        .set(
            "title",
            "Show this row in the grid, whether or not it plays",
        )
        .state("aria-pressed", shown)
}
