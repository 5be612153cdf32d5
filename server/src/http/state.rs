//! How the server is, which version it is, and which templates it has.

use super::Shared;
use super::openapi::{CommonProblems, problems};
use crate::problem::Problem;
use crate::template::TEMPLATES;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use lockstep_session::protocol::SUBPROTOCOL;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    #[schema(value_type = String)]
    status: &'static str,
    #[schema(value_type = String)]
    version: &'static str,
}

problems! { pub(super) HealthProblems: READ_ONLY, STOPPING }

/// Whether the server does everything it should.
///
/// 503 says that it serves sessions but cannot store changes, or is about to stop.
#[utoipa::path(
    get, path = "/health", operation_id = "health",
    responses((status = 200, description = "It does.", body = inline(Health)), HealthProblems)
)]
pub(super) async fn health(
    State(shared): State<Arc<Shared>>,
) -> Result<impl IntoResponse, Problem> {
    if let Some(trouble) = trouble(&shared) {
        return Err(trouble);
    }
    Ok(Json(Health {
        status: "ok",
        version: VERSION,
    }))
}

/// Why the server does not do everything it should.
fn trouble(shared: &Shared) -> Option<Problem> {
    if *shared.stopping.borrow() {
        return Some(Problem::STOPPING);
    }
    let is_read_only = shared.metrics.sessions.read_only.get() > 0;
    is_read_only.then_some(Problem::READ_ONLY)
}

#[derive(Serialize, ToSchema)]
struct Version {
    /// Of the server.
    #[schema(value_type = String)]
    version: &'static str,
    /// The subprotocol of its WebSockets.
    #[schema(value_type = String)]
    protocol: &'static str,
    /// Of this API.
    #[schema(value_type = String)]
    api: &'static str,
}

/// Which versions the server speaks.
#[utoipa::path(
    get, path = "/version", operation_id = "version",
    responses((status = 200, description = "Its versions.", body = inline(Version)), CommonProblems)
)]
pub(super) async fn version() -> impl IntoResponse {
    Json(Version {
        version: VERSION,
        protocol: SUBPROTOCOL,
        api: "v1",
    })
}

#[derive(Serialize, ToSchema)]
struct Templates {
    /// The first is what a session is made of unless it is said otherwise.
    templates: Vec<TemplateLine>,
}

#[derive(Serialize, ToSchema)]
struct TemplateLine {
    /// What `createSession` calls it.
    #[schema(value_type = String)]
    name: &'static str,
    #[schema(value_type = String)]
    title: &'static str,
    #[schema(value_type = String)]
    description: &'static str,
}

/// What a session may begin as.
#[utoipa::path(
    get, path = "/templates", operation_id = "templates",
    responses((status = 200, description = "All templates.", body = inline(Templates)), CommonProblems)
)]
pub(super) async fn templates() -> impl IntoResponse {
    let lines = TEMPLATES.iter().map(|template| TemplateLine {
        name: template.name,
        title: template.title,
        description: template.description,
    });
    Json(Templates {
        templates: lines.collect(),
    })
}
