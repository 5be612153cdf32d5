//! A document that somebody brings: read from JSON, found legal, and never larger in memory than
//! it may be. It must not know where it comes from.

use lockstep_session::document::{Document, IllegalDocument, Mode};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// More than the longest list of a document has: the 128 steps of a pattern.
const LONGEST_LIST: usize = 256;
/// More than the largest object of a document has: its 256 samples.
const LARGEST_OBJECT: usize = 512;
/// What is said of an error, in characters; it may quote what was sent.
const LONGEST_REASON: usize = 200;

/// Why it is no session.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ImportError {
    #[error("{reason} at line {line} column {column}")]
    Unreadable {
        reason: String,
        line: usize,
        column: usize,
    },
    #[error("it lists no tracks")]
    NoTracks,
    #[error(transparent)]
    Illegal(#[from] IllegalDocument),
}

/// The document alone, or a server's whole answer that holds one. What comes of it may be changed,
/// stands still and is led by nobody.
pub(crate) fn document(text: &[u8]) -> Result<Document, ImportError> {
    let text = checked(text)?;
    document_in(text, text)
}

/// The same for a part of a text that was checked as a whole.
pub(crate) fn document_in(text: &str, part: &str) -> Result<Document, ImportError> {
    #[derive(serde::Deserialize)]
    struct Offered<'a> {
        #[serde(borrow)]
        document: Option<&'a RawValue>,
        #[serde(borrow)]
        tracks: Option<&'a RawValue>,
    }
    let offered: Offered<'_> = object(text, part)?;
    let whole = match (offered.tracks, offered.document) {
        (Some(_), _) => part,
        (None, Some(document)) => document.get(),
        (None, None) => return Err(ImportError::NoTracks),
    };
    if offered.tracks.is_none() {
        let inner: Offered<'_> = object(text, whole)?;
        if inner.tracks.is_none() {
            return Err(ImportError::NoTracks);
        }
    }
    let document: Document = object(text, whole)?;
    let mut document = document.admitted()?;
    document.mode = Mode::Open;
    Ok(document)
}

/// The text, if it is JSON whose lists and objects are no longer than those of a document: a
/// kilobyte of text could otherwise become many of memory.
pub(crate) fn checked(text: &[u8]) -> Result<&str, ImportError> {
    let text = std::str::from_utf8(text).map_err(|error| {
        let (line, column) = place(&text[..error.valid_up_to()]);
        ImportError::Unreadable {
            reason: "it is not UTF-8".to_owned(),
            line,
            column,
        }
    })?;
    serde_json::from_str::<Measured>(text).map_err(|error| unreadable(text, text, &error))?;
    Ok(text)
}

/// What a part of a text says, which has to be an object: lists without names are not for people.
pub(crate) fn object<'a, T: Deserialize<'a>>(text: &str, part: &'a str) -> Result<T, ImportError> {
    let part = part.trim_start();
    if !part.starts_with('{') {
        let (line, column) = place_of(text, part);
        let reason = "it is no object".to_owned();
        return Err(ImportError::Unreadable {
            reason,
            line,
            column,
        });
    }
    serde_json::from_str(part).map_err(|error| unreadable(text, part, &error))
}

/// An error in a part of a text, placed in the whole.
pub(crate) fn unreadable(text: &str, part: &str, error: &serde_json::Error) -> ImportError {
    let (first_line, first_column) = place_of(text, part);
    let said = error.to_string();
    // The place is said apart.
    let reason = said.rsplit_once(" at line ").map_or(&*said, |said| said.0);
    ImportError::Unreadable {
        reason: reason.chars().take(LONGEST_REASON).collect(),
        line: first_line + error.line().max(1) - 1,
        column: match error.line() {
            0 | 1 => first_column + error.column().max(1) - 1,
            _ => error.column(),
        },
    }
}

/// Where a part of a text begins.
fn place_of(text: &str, part: &str) -> (usize, usize) {
    let before = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    place(&text.as_bytes()[..before.min(text.len())])
}

/// The line and the column behind some text, counted from 1.
fn place(before: &[u8]) -> (usize, usize) {
    let lines = before.iter().filter(|&&byte| byte == b'\n').count();
    let column = before.iter().rev().take_while(|&&byte| byte != b'\n');
    (lines + 1, column.count() + 1)
}

/// JSON that was only looked at.
struct Measured;

impl<'de> Deserialize<'de> for Measured {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Measure)
    }
}

struct Measure;

impl<'de> Visitor<'de> for Measure {
    type Value = Measured;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Measured, E> {
        Ok(Measured)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Measured, E> {
        Ok(Measured)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Measured, E> {
        Ok(Measured)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Measured, E> {
        Ok(Measured)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Measured, E> {
        Ok(Measured)
    }

    fn visit_unit<E: Error>(self) -> Result<Measured, E> {
        Ok(Measured)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Measured, A::Error> {
        let mut count = 0;
        while items.next_element::<Measured>()?.is_some() {
            count += 1;
            if count > LONGEST_LIST {
                return Err(A::Error::custom("a list is longer than any of a document"));
            }
        }
        Ok(Measured)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Measured, A::Error> {
        let mut count = 0;
        while entries.next_entry::<Measured, Measured>()?.is_some() {
            count += 1;
            if count > LARGEST_OBJECT {
                return Err(A::Error::custom(
                    "an object is larger than any of a document",
                ));
            }
        }
        Ok(Measured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template;

    fn where_it_fails(text: &str) -> (usize, usize) {
        match document(text.as_bytes()) {
            Err(ImportError::Unreadable { line, column, .. }) => (line, column),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_document_is_taken_alone_or_in_a_servers_answer() {
        let starter = template::starter("Fuzzy Penguin");
        let alone = serde_json::to_string(&starter).unwrap();
        let answer = format!(r#"{{"id":"x","revision":7,"document":{alone}}}"#);
        assert_eq!(document(alone.as_bytes()), Ok(starter.clone()));
        assert_eq!(document(answer.as_bytes()), Ok(starter.clone()));
        let published = alone.replace(r#""mode":"open""#, r#""mode":"published""#);
        assert_ne!(published, alone);
        assert_eq!(document(published.as_bytes()), Ok(starter));
    }

    #[test]
    fn the_largest_document_there_can_be_is_taken() {
        let largest = Document::largest().admitted().unwrap();
        let text = serde_json::to_vec(&largest).unwrap();
        assert!(document(&text) == Ok(largest));
    }

    #[test]
    fn what_is_wrong_is_placed_in_the_whole_text() {
        assert_eq!(where_it_fails("{\n  \"tracks\": [,]\n}"), (2, 14));
        assert_eq!(
            where_it_fails("{\"document\":{\"tracks\":[],\n\"swing\":\"x\"}}"),
            (2, 11)
        );
        assert_eq!(where_it_fails("{\"document\":{\"tracks\":3}}"), (1, 23));
        assert_eq!(where_it_fails("{\"tracks\":[],\"swing\":1e999}").0, 1);
        assert_eq!(where_it_fails(&"[".repeat(100_000)), (1, 128));
        assert_eq!(document(b"{}"), Err(ImportError::NoTracks));
        assert_eq!(document(b"{\"document\":{}}"), Err(ImportError::NoTracks));
        assert!(matches!(
            document(b"{\"a\":\n\"\xff\"}"),
            Err(ImportError::Unreadable {
                line: 2,
                column: 2,
                ..
            })
        ));
    }

    #[test]
    fn a_short_text_does_not_become_much_memory() {
        let steps = vec!["{}"; 100_000].join(",");
        let text = format!(
            r#"{{"tracks":[{{"id":1,"clips":[{{"content":{{"pattern":{{"steps":[{steps}]}}}}}}]}}]}}"#
        );
        assert_eq!(where_it_fails(&text).0, 1);
        let long = format!(r#"{{"tracks":[],"mode":"{}"}}"#, "x".repeat(100_000));
        let Err(ImportError::Unreadable { reason, .. }) = document(long.as_bytes()) else {
            panic!("no such mode");
        };
        assert!(reason.len() <= LONGEST_REASON);
    }
}
