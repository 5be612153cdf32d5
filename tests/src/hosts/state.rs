//! The plugin's saved state, written by hand: what a project made by an earlier version holds.

use lockstep_session::document::Document;
use serde_json::{Value, json};

/// A project whose plugin was joined to the session at `link` when it was saved.
pub fn state_with_link(link: &str) -> Vec<u8> {
    state(&json!({ "version": 1, "link": link }))
}

/// A project that holds a document and no link, so that it plays without any network.
pub fn state_with_document(document: &Document) -> Vec<u8> {
    state(&json!({ "version": 1, "document": document }))
}

/// The plugin framework keeps each field as JSON in a string.
fn state(session: &Value) -> Vec<u8> {
    let state = json!({ "params": {}, "fields": { "session": session.to_string() } });
    state.to_string().into_bytes()
}
