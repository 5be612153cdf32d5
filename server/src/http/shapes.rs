//! What the description of the API says of values that the session crate writes. They are never made.

use utoipa::ToSchema;

#[derive(ToSchema)]
#[schema(as = Profile)]
#[expect(dead_code, reason = "it only describes what the session crate writes")]
pub(super) struct ProfileShape {
    name: String,
    #[schema(minimum = 0, maximum = 8)]
    colour: u8,
    /// `daw`, `browser`, `listener` or `other`.
    kind: String,
}

/// What a session's document has at its top; PROTOCOL.md says what is in it.
#[derive(ToSchema)]
#[schema(as = Document)]
#[expect(dead_code, reason = "it only describes what the session crate writes")]
pub(super) struct DocumentShape {
    name: String,
    #[schema(minimum = 0, maximum = 100)]
    swing: u8,
    #[schema(minimum = -600, maximum = 60)]
    master: i16,
    quantum: String,
    fill: bool,
    #[schema(value_type = Object)]
    harmony: (),
    #[schema(value_type = Object)]
    effects: (),
    #[schema(value_type = Vec<Object>, max_items = 16)]
    tracks: (),
    #[schema(value_type = Vec<Object>, min_items = 8, max_items = 8)]
    scenes: (),
    #[schema(value_type = Object)]
    samples: (),
    /// What it was copied from, if it was.
    #[schema(value_type = Option<Object>, required)]
    lineage: (),
    /// `open`, or `published` if it never changes again.
    mode: String,
    #[schema(value_type = Object)]
    timeline: (),
    /// The player who leads the transport, if somebody does.
    #[schema(value_type = Option<String>, required)]
    lead: (),
}

/// What an id allows.
#[derive(ToSchema)]
#[schema(as = Role, rename_all = "kebab-case")]
#[expect(dead_code, reason = "it only describes what the session crate writes")]
pub(super) enum RoleShape {
    Editor,
    Listener,
}
