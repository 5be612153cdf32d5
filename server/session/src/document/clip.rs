//! What a slot of the grid holds: a pattern or an audio loop, and what follows it.

use super::{mixer::Level, pattern::Pattern};
use crate::{chance::Chance, ids::SampleId, ids::SceneIndex, text::Name, units::BeatSpan};
use serde::{Deserialize, Serialize};

crate::bounded! {
    /// A whole number of bars.
    pub struct Bars(u8) in 1..=64, default 1;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clip {
    #[serde(default)]
    pub name: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow: Option<Follow>,
    pub content: Content,
}

impl Clip {
    /// Whether another one is the same but for the steps in its pattern.
    pub(super) fn differs_only_in_steps(&self, other: &Clip) -> bool {
        let Clip {
            name,
            follow,
            content,
        } = self;
        let is_alike = match (content, &other.content) {
            (Content::Pattern(one), Content::Pattern(other)) => one.length() == other.length(),
            (one, other) => one == other,
        };
        (name, follow) == (&other.name, &other.follow) && is_alike
    }

    pub fn pattern(pattern: Pattern) -> Clip {
        Clip {
            name: Name::default(),
            follow: None,
            content: Content::Pattern(pattern),
        }
    }

    pub fn as_pattern(&self) -> Option<&Pattern> {
        match &self.content {
            Content::Pattern(pattern) => Some(pattern),
            Content::Loop(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    Pattern(Pattern),
    Loop(AudioLoop),
}

/// A sample stretched over whole bars by playing it faster or slower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioLoop {
    pub sample: SampleId,
    #[serde(default)]
    pub bars: Bars,
    #[serde(default)]
    pub gain: Level,
}

/// What happens by itself after a clip has played for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    pub action: Action,
    pub after: Bars,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    Stop,
    Again,
    Next,
    Previous,
    First,
    Random,
}

impl Action {
    pub const ALL: [Action; 6] = [
        Action::Stop,
        Action::Again,
        Action::Next,
        Action::Previous,
        Action::First,
        Action::Random,
    ];
}

impl Follow {
    pub fn span(&self) -> BeatSpan {
        BeatSpan::BAR.times(i64::from(self.after.get()))
    }

    /// The slot that plays next, among those that are filled; `dice` decides at random.
    pub fn target(
        &self,
        from: SceneIndex,
        filled: &[SceneIndex],
        dice: Chance,
    ) -> Option<SceneIndex> {
        let place = filled.iter().position(|&scene| scene == from)?;
        let count = filled.len();
        let target = match self.action {
            Action::Stop => return None,
            Action::Again => place,
            Action::Next => (place + 1) % count,
            Action::Previous => (place + count - 1) % count,
            Action::First => 0,
            Action::Random => {
                let limit = u32::try_from(count).expect("there are eight slots");
                usize::try_from(dice.below(0, limit)).expect("below eight")
            }
        };
        Some(filled[target])
    }
}
