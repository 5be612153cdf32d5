//! The session that a request's address names.

use crate::{link::LinkId, problem::Problem};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

/// The `{id}` in the address. What was never drawn as a link leads to no session.
pub(super) struct SessionAddress(pub(super) LinkId);

impl<S: Send + Sync> FromRequestParts<S> for SessionAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| Problem::UNKNOWN_SESSION)?;
        let id = parameters.iter().find(|(name, _)| *name == "id");
        id.and_then(|(_, id)| LinkId::parse(id))
            .map(Self)
            .ok_or(Problem::UNKNOWN_SESSION)
    }
}

impl IntoParams for SessionAddress {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(
                "The last part of a session's link: the one that edits, the one that listens, or that of a published session.",
            ))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        vec![id.build()]
    }
}
