//! What a new session is to be made of, as a request says it. It must not know how sessions are kept.

use crate::import::{self, ImportError};
use crate::{link::LinkId, problem::Problem, template::Template};
use lockstep_session::document::Document;
use lockstep_session::text::LongName;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The largest body that only names something.
pub(super) const LARGEST_NAMING: usize = 4 * 1024;

/// What a session is made of.
#[derive(Clone, Debug)]
pub(super) struct Creation {
    name: Option<LongName>,
    beginning: Beginning,
}

#[derive(Clone, Debug)]
enum Beginning {
    Template(&'static Template),
    Document(Box<Document>),
}

/// A new session. Without `template` and `document` it is the first of the templates.
#[derive(Deserialize, ToSchema)]
pub(super) struct CreateSession<'a> {
    /// What it is called; at most 100 characters.
    #[schema(value_type = Option<String>)]
    name: Option<LongName>,
    /// The name of a template.
    #[serde(borrow)]
    #[schema(value_type = Option<String>)]
    template: Option<&'a RawValue>,
    /// A session's document, or the whole answer of `GET /sessions/{id}`. Not together with `template`.
    #[serde(borrow)]
    #[schema(value_type = Option<Object>)]
    document: Option<&'a RawValue>,
}

/// A name for a session.
#[derive(Deserialize, ToSchema)]
pub(super) struct Naming {
    /// At most 100 characters; what cannot be shown is taken out.
    #[schema(value_type = String)]
    name: LongName,
}

impl Creation {
    /// Reads a body. The answer of a server to `GET /sessions/{id}` is a body too: it has a document.
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let blank = body.iter().all(u8::is_ascii_whitespace);
        let text = if blank { "{}" } else { import::checked(body)? };
        let asked: CreateSession<'_> = import::object(text, text)?;
        let beginning = match (asked.template, asked.document) {
            (Some(_), Some(_)) => {
                return Err(Problem::MALFORMED
                    .saying("The body asks for a template and brings a document.")
                    .advising("Leave one of them out."));
            }
            (None, None) => Beginning::Template(Template::starter()),
            (Some(name), None) => {
                let name: LongName = serde_json::from_str(name.get())
                    .map_err(|error| import::unreadable(text, name.get(), &error))?;
                let template = Template::find(name.as_str()).ok_or(Problem::UNKNOWN_TEMPLATE)?;
                Beginning::Template(template)
            }
            (None, Some(document)) => {
                Beginning::Document(Box::new(import::document_in(text, document.get())?))
            }
        };
        let name = asked.name.filter(|name| !name.is_empty());
        Ok(Self { name, beginning })
    }

    /// A session of a template without a name of its own is called as its link is.
    pub(super) fn document(self, link: &LinkId) -> Document {
        let mut document = match self.beginning {
            Beginning::Template(template) => template.document(&link.title()),
            Beginning::Document(document) => *document,
        };
        if let Some(name) = self.name {
            document.name = name;
        }
        document
    }
}

impl Naming {
    /// Of a body that has to name something.
    pub(super) fn read(body: &[u8]) -> Result<LongName, Problem> {
        let text = import::checked(body)?;
        let naming: Naming = import::object(text, text)?;
        Ok(naming.name.or("Untitled"))
    }

    /// Of a body that may name something, and may be empty.
    pub(super) fn read_if_any(body: &[u8]) -> Result<Option<LongName>, Problem> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        Self::read(body).map(Some)
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Unreadable {
                ref reason,
                line,
                column,
            } => Problem::MALFORMED
                .saying(format!("The body cannot be read: {reason}."))
                .at(line, column),
            ImportError::NoTracks | ImportError::Illegal(_) => Problem::ILLEGAL_DOCUMENT
                .saying(format!("This document cannot be a session: {error}.")),
        }
    }
}

#[cfg(test)]
mod tests;
