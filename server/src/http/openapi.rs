//! The description of the API, made of its handlers. It must not know what any of them does.

use crate::problem::Problem;
use axum::Extension;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::fmt::Write;
use utoipa::openapi::{
    AllOfBuilder, ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type,
};
use utoipa::{OpenApi, ToSchema};

/// What is true of the API as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lockstep",
        description = "Sessions of a Lockstep server. Playing in one goes over a WebSocket; PROTOCOL.md describes what is said there, and the document.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem))
)]
struct Lockstep;

/// The text of the description.
#[derive(Clone)]
pub(super) struct Description(Bytes);

impl Description {
    /// Of operations that lie below a path.
    pub(super) fn of(path: &str, operations: utoipa::openapi::OpenApi) -> Self {
        let described = Lockstep::openapi().nest(path, operations);
        let text = serde_json::to_vec(&described).expect("a description has string keys");
        Self(text.into())
    }
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "describe",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object), CommonProblems)
)]
pub(super) async fn description(
    Extension(description): Extension<Description>,
) -> impl IntoResponse {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], description.0)
}

/// What every operation may answer.
const COMMON: [Problem; 2] = [Problem::FOREIGN_ORIGIN, Problem::TOO_MANY_REQUESTS];

/// Names the problems that an operation may answer, beside those that all may.
macro_rules! problems {
    ($visibility:vis $name:ident: $($problem:ident),* $(,)?) => {
        $visibility struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::Response>,
            > {
                $crate::http::openapi::responses(&[$($crate::problem::Problem::$problem),*])
            }
        }
    };
}
pub(super) use problems;

problems! { pub(super) CommonProblems: }

/// One response for each status, with the codes that it may carry.
pub(super) fn responses(problems: &[Problem]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<Problem>> = BTreeMap::new();
    for problem in COMMON.into_iter().chain(problems.iter().cloned()) {
        let status = problem.status().as_u16();
        by_status.entry(status).or_default().push(problem);
    }
    let described = by_status.into_iter().map(|(status, problems)| {
        let response = RefOr::T(response(&problems));
        (status.to_string(), response)
    });
    described.collect()
}

fn response(problems: &[Problem]) -> Response {
    let mut description = String::new();
    for problem in problems {
        let gap = if description.is_empty() { "" } else { "\n\n" };
        let _ = write!(description, "{gap}`{}`: {}", problem.code, problem.message);
    }
    let codes = problems.iter().map(|problem| problem.code);
    let code = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(codes));
    let schema = AllOfBuilder::new()
        .item(Ref::from_schema_name(Problem::name()))
        .item(ObjectBuilder::new().property("code", code));
    ResponseBuilder::new()
        .description(description)
        .content(
            "application/json",
            ContentBuilder::new().schema(Some(schema)).build(),
        )
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_of_one_status_are_one_response_that_names_their_codes() {
        let responses = responses(&[Problem::MALFORMED, Problem::BAD_QUERY]);
        assert_eq!(responses.keys().collect::<Vec<_>>(), ["400", "403", "429"]);
        let described = serde_json::to_value(&responses["400"]).unwrap();
        let schema = &described["content"]["application/json"]["schema"]["allOf"];
        assert_eq!(schema[0]["$ref"], "#/components/schemas/Problem");
        assert_eq!(
            schema[1]["properties"]["code"]["enum"],
            serde_json::json!(["malformed", "bad-query"])
        );
    }
}
