//! What the player has selected and which panel is open. Pure values; nothing here is shared.

use lockstep_session::ids::SceneIndex;
use lockstep_session::steps::Cells;

#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// The row of clips that the grid shows; nothing means what plays on each track.
    pub(super) scene: Option<SceneIndex>,
    pub(super) cells: Cells,
    /// The page of steps that the grid shows.
    pub(super) page: usize,
    pub(super) tab: Tab,
    /// The grid was pressed last, and wants the keys that go there.
    pub(super) takes_keys: bool,
}

/// The panels below the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tab {
    #[default]
    Session,
    Step,
    Pattern,
    Instrument,
    Macros,
    Mixer,
    Effects,
    Samples,
    Export,
    Players,
    Settings,
}
