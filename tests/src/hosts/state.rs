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

/// A project with any fields, as another version of the plugin may have written them.
pub fn state_with_fields(fields: &Value) -> Vec<u8> {
    let fields = fields.as_object().expect("fields have names");
    let fields = fields
        .iter()
        .map(|(name, value)| (name.clone(), value.to_string().into()));
    let fields: serde_json::Map<String, Value> = fields.collect();
    json!({ "params": {}, "fields": fields })
        .to_string()
        .into_bytes()
}

/// The plugin framework keeps each field as JSON in a string.
fn state(session: &Value) -> Vec<u8> {
    state_with_fields(&json!({ "session": session }))
}
