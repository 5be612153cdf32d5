//! What the network thread tells the audio thread about the session: whom the grid follows, and the
//! session's transport with the clock to read it by.

use lockstep_session::document::timeline::Timeline;
use lockstep_session::units::{LocalTime, ServerTime};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Guide {
    pub(crate) follows: Whom,
    /// This workstation leads the session.
    pub(crate) leads: bool,
    /// The session's transport as this player is to follow it.
    pub(crate) timeline: Timeline,
    /// A moment on both clocks, told anew all the time; nothing before the clocks are known.
    pub(crate) clock: Option<(LocalTime, ServerTime)>,
    /// How much later than a frame is given to the workstation it comes out, in microseconds.
    pub(crate) output_offset: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Whom {
    #[default]
    Host,
    Session,
}
