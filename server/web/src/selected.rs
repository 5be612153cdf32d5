//! What this player is looking at: shared by the grid and the panels, and by nobody else's screen.

use crate::panel::Tab;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selected {
    /// Whose sound and steps the panels show; where there is none, the first track's.
    pub(crate) track: Option<TrackId>,
    /// The row of clips that the grid shows; none means what plays on each track.
    pub(crate) scene: Option<SceneIndex>,
    pub(crate) step: Option<StepIndex>,
    /// The panel that is open.
    pub(crate) tab: Option<Tab>,
}
