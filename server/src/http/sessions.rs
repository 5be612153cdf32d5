//! Making sessions, reading them, and naming them.

use super::body::{JsonBody, announced};
use super::creation::{CreateSession, Creation, LARGEST_NAMING, Naming};
use super::links::{Base, Created};
use super::openapi::problems;
use super::shapes::{DocumentShape, ProfileShape, RoleShape};
use super::{Client, Shared, address::SessionAddress};
use crate::gate::Class;
use crate::sessions::{Reading, SessionKind};
use crate::{link::LinkId, problem::Problem};
use axum::Json;
use axum::body::HttpBody;
use axum::extract::{FromRequest, Request, State};
use axum::response::IntoResponse;
use lockstep_session::document::Document;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::{Epoch, PlayerId, Revision};
use lockstep_session::protocol::{Profile, Role};
use lockstep_session::text::LongName;
use serde::Serialize;
use std::sync::Arc;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

/// A body with a document in it: as large as a server's own answer may be.
const LARGEST_DOCUMENT: usize = 8 * 1024 * 1024;
/// Reading a body takes no time worth mentioning up to here.
const SMALL: usize = 64 * 1024;

/// A session as it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    /// The id that was asked for.
    #[schema(value_type = String)]
    id: LinkId,
    /// What the id allows.
    #[schema(value_type = RoleShape)]
    role: Role,
    /// The page at this id.
    link: String,
    /// The link for those who may only listen. Only editors are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    listen_link: Option<String>,
    #[schema(value_type = u32)]
    epoch: Epoch,
    #[schema(value_type = u64)]
    revision: Revision,
    /// Who is here.
    players: Vec<Present>,
    /// As a document of the session's protocol, whose fields PROTOCOL.md describes.
    #[schema(value_type = DocumentShape)]
    document: Arc<Document>,
}

/// A player who is in a session.
#[derive(Serialize, ToSchema)]
struct Present {
    #[schema(value_type = String)]
    id: PlayerId,
    /// Name, colour and kind.
    #[schema(value_type = ProfileShape)]
    profile: Profile,
}

/// What a session is called now.
#[derive(Serialize, ToSchema)]
pub(super) struct Renamed {
    #[schema(value_type = String)]
    name: LongName,
    #[schema(value_type = u32)]
    epoch: Epoch,
    #[schema(value_type = u64)]
    revision: Revision,
}

problems! { pub(super) CreateProblems:
    MALFORMED, NOT_JSON, TOO_LARGE, TOO_SLOW, ILLEGAL_DOCUMENT, UNKNOWN_TEMPLATE, BUSY, STORAGE
}
problems! { pub(super) ReadProblems: UNKNOWN_SESSION, DAMAGED, STORAGE, STOPPING }
problems! { pub(super) RenameProblems:
    MALFORMED, NOT_JSON, TOO_LARGE, TOO_SLOW, UNKNOWN_SESSION, LISTENER, READ_ONLY, DAMAGED, STORAGE, STOPPING, FAILED
}

/// Makes a session.
///
/// With an empty body it is made of the first template. It is called as its link is, unless the body
/// names it or brings a document that has a name.
#[utoipa::path(
    post, path = "/sessions", operation_id = "createSession",
    request_body(content = inline(Option<CreateSession<'_>>), content_type = "application/json"),
    responses((status = 201, description = "The session's links.", body = Created), CreateProblems)
)]
pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    client: Client,
    base: Base,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    shared.gate.admit(&client, Class::Create)?;
    let creation = read_creation(&shared, request).await?;
    let id = shared
        .sessions
        .create(|link| creation.document(link), SessionKind::Open)
        .await?;
    Ok(base.created(id, SessionKind::Open))
}

/// Bodies that are large are read one after the other, so that they do not fill the memory.
async fn read_creation(shared: &Arc<Shared>, request: Request) -> Result<Creation, Problem> {
    let small = announced(request.headers()).is_some_and(|length| length <= SMALL)
        || request.body().is_end_stream();
    let permit = match small {
        true => None,
        false => Some(
            shared
                .imports
                .clone()
                .try_acquire_owned()
                .map_err(|_| Problem::BUSY)?,
        ),
    };
    let JsonBody(body) = JsonBody::<LARGEST_DOCUMENT>::from_request(request, &()).await?;
    if small {
        return Creation::read(&body);
    }
    let read = spawn_blocking(move || {
        let creation = Creation::read(&body);
        drop(permit);
        creation
    });
    read.await.map_err(|_| Problem::FAILED)?
}

/// Reads a session.
///
/// Whoever asks with an id that only listens is told nothing by which they could edit.
#[utoipa::path(
    get, path = "/sessions/{id}", operation_id = "readSession", params(SessionAddress),
    responses((status = 200, description = "The session as it stands.", body = Session), ReadProblems)
)]
pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    SessionAddress(id): SessionAddress,
    base: Base,
) -> Result<impl IntoResponse, Problem> {
    let (reading, role) = shared.sessions.read(&id).await?;
    let Reading {
        document,
        at,
        players,
    } = reading;
    let for_listeners = (role == Role::Editor).then(|| base.listen(&id.listener()));
    let link = base.page(&id, role, document.mode);
    let players = players.into_iter().map(|player| Present {
        id: player.id,
        profile: player.profile,
    });
    Ok(Json(Session {
        link,
        listen_link: for_listeners,
        id,
        role,
        epoch: at.epoch,
        revision: at.revision,
        players: players.collect(),
        document,
    }))
}

/// Renames a session.
///
/// The new name is stored when this is answered, and everybody in the session sees it.
#[utoipa::path(
    patch, path = "/sessions/{id}", operation_id = "renameSession", params(SessionAddress),
    request_body = inline(Naming),
    responses((status = 200, description = "What it is called now.", body = Renamed), RenameProblems)
)]
pub(super) async fn rename(
    State(shared): State<Arc<Shared>>,
    SessionAddress(id): SessionAddress,
    JsonBody(body): JsonBody<LARGEST_NAMING>,
) -> Result<impl IntoResponse, Problem> {
    let name = Naming::read(&body)?;
    let edit = Edit::Session(SessionSetting::Name(name.clone()));
    let at = shared.sessions.edit(&id, edit).await?;
    Ok(Json(Renamed {
        name,
        epoch: at.epoch,
        revision: at.revision,
    }))
}
