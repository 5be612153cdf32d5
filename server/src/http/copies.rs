//! Copies of sessions: remixes that go on, and publications that stay as they are.

use super::body::JsonBody;
use super::creation::{LARGEST_NAMING, Naming};
use super::links::{Base, Created};
use super::openapi::problems;
use super::{Client, Shared, address::SessionAddress};
use crate::gate::Class;
use crate::sessions::{Reading, SessionKind};
use crate::{link::LinkId, problem::Problem};
use axum::extract::State;
use axum::response::IntoResponse;
use lockstep_session::document::{Lineage, Mode};
use lockstep_session::protocol::Role;
use lockstep_session::text::{LongName, Text};
use std::sync::Arc;

problems! { pub(super) RemixProblems:
    MALFORMED, NOT_JSON, TOO_LARGE, TOO_SLOW, UNKNOWN_SESSION, DAMAGED, STORAGE, STOPPING
}
problems! { pub(super) PublishProblems:
    MALFORMED, NOT_JSON, TOO_LARGE, TOO_SLOW, UNKNOWN_SESSION, LISTENER, DAMAGED, STORAGE, STOPPING
}

/// Makes an open copy of a session.
///
/// Every link will do, one that only listens too. The copy says what it was made of, but not the
/// original's link.
#[utoipa::path(
    post, path = "/sessions/{id}/remix", operation_id = "remixSession", params(SessionAddress),
    request_body(content = inline(Option<Naming>), content_type = "application/json"),
    responses((status = 201, description = "The copy's links.", body = Created), RemixProblems)
)]
pub(super) async fn remix(
    State(shared): State<Arc<Shared>>,
    SessionAddress(id): SessionAddress,
    client: Client,
    base: Base,
    JsonBody(body): JsonBody<LARGEST_NAMING>,
) -> Result<impl IntoResponse, Problem> {
    shared.gate.admit(&client, Class::Create)?;
    let name = Naming::read_if_any(&body)?;
    let (reading, _) = shared.sessions.read(&id).await?;
    copy(&shared, &base, &id, reading, name, SessionKind::Open).await
}

/// Makes a copy of a session that never changes.
///
/// Only editors may. The copy has one link, which listens.
#[utoipa::path(
    post, path = "/sessions/{id}/publish", operation_id = "publishSession", params(SessionAddress),
    request_body(content = inline(Option<Naming>), content_type = "application/json"),
    responses((status = 201, description = "The copy's link.", body = Created), PublishProblems)
)]
pub(super) async fn publish(
    State(shared): State<Arc<Shared>>,
    SessionAddress(id): SessionAddress,
    client: Client,
    base: Base,
    JsonBody(body): JsonBody<LARGEST_NAMING>,
) -> Result<impl IntoResponse, Problem> {
    shared.gate.admit(&client, Class::Create)?;
    let name = Naming::read_if_any(&body)?;
    let (reading, role) = shared.sessions.read(&id).await?;
    if role == Role::Listener {
        return Err(Problem::LISTENER);
    }
    copy(&shared, &base, &id, reading, name, SessionKind::Published).await
}

async fn copy(
    shared: &Shared,
    base: &Base,
    original: &LinkId,
    reading: Reading,
    name: Option<LongName>,
    kind: SessionKind,
) -> Result<impl IntoResponse + use<>, Problem> {
    let lineage = Lineage {
        session: Text::new(original.friendly()),
        name: reading.document.name.clone(),
        revision: reading.at.revision,
    };
    let mode = match kind {
        SessionKind::Open => Mode::Open,
        SessionKind::Published => Mode::Published,
    };
    let mut document = reading.document.copied(lineage, mode);
    if let Some(name) = name {
        document.name = name;
    }
    let id = shared.sessions.create(|_| document, kind).await?;
    Ok(base.created(id, kind))
}
