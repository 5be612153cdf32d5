//! Samples over HTTP: sent by whoever may edit a session, fetched by whoever knows the hash.

use super::address::SessionAddress;
use super::body::announced;
use super::openapi::problems;
use super::range::{Wanted, wanted};
use super::{Client, Shared};
use crate::samples::{MOST_BYTES, Taken, VaultError};
use crate::store::Kept;
use crate::{gate::Class, problem::Problem};
use axum::Json;
use axum::body::Body;
use axum::extract::{RawPathParams, RawQuery, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use lockstep_session::document::{Channels, FrameCount, SampleRate};
use lockstep_session::ids::SampleId;
use lockstep_session::protocol::Role;
use lockstep_session::text::LongName;
use serde::Serialize;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

problems! { pub(super) SendProblems:
    BAD_QUERY, MALFORMED, LISTENER, UNKNOWN_SESSION, TOO_SLOW, SAMPLE_TOO_LARGE, NOT_AUDIO, NO_SAMPLE,
    HASH_MISMATCH, NO_ROOM, BUSY, SAMPLES_FAILED, STORAGE, STOPPING
}
problems! { pub(super) FetchProblems:
    UNKNOWN_SAMPLE, NO_SUCH_RANGE, DAMAGED_SAMPLE, SAMPLES_FAILED, STORAGE, STOPPING
}

/// A sample that is there now: what an `add-sample` edit needs, and how many bytes the file has.
#[derive(Serialize, ToSchema)]
struct SampleSent {
    /// The SHA-256 of the bytes in hexadecimal.
    #[schema(value_type = String)]
    sample: SampleId,
    #[schema(value_type = String)]
    name: LongName,
    #[schema(value_type = u32)]
    frames: FrameCount,
    #[schema(value_type = u32)]
    rate: SampleRate,
    #[schema(value_type = u8)]
    channels: Channels,
    bytes: u64,
}

/// What is said of a sample beside its bytes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes what Query reads")]
pub(super) struct SampleQuery {
    /// What to call it, at most 100 characters.
    name: Option<String>,
    /// The SHA-256 that the bytes should have, in hexadecimal. Others are refused.
    sha256: Option<String>,
}

/// Sends the bytes of an audio file, to be used by any session.
///
/// WAV, FLAC, MP3, Ogg Vorbis or AIFF: at most 12 MiB, 60 seconds, and two channels. It is decoded
/// before it is accepted. An `add-sample` edit then makes it part of a session.
#[utoipa::path(
    post, path = "/sessions/{id}/samples", operation_id = "sendSample", params(SessionAddress, SampleQuery),
    request_body(content = [u8], content_type = "application/octet-stream", description = "The file. What it is said to be does not matter."),
    responses(
        (status = 201, description = "It is there now.", body = inline(SampleSent)),
        (status = 200, description = "It was there before.", body = inline(SampleSent)),
        SendProblems
    )
)]
pub(super) async fn send(
    State(shared): State<Arc<Shared>>,
    client: Client,
    SessionAddress(id): SessionAddress,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    shared.gate.admit(&client, Class::Upload)?;
    let query = Query::read(query.as_deref().unwrap_or(""))?;
    let (_, role) = shared.sessions.find(&id).await?;
    if role == Role::Listener {
        return Err(Problem::LISTENER);
    }
    if announced(&headers).is_some_and(|bytes| bytes > MOST_BYTES) {
        return Err(Problem::sample_too_large());
    }
    let place = shared.samples.place().ok_or(Problem::BUSY)?;
    let body = body.into_data_stream();
    let received = shared.samples.receive(&place, body).await?;
    if query.sample.is_some_and(|sample| sample != received.sample) {
        return Err(Problem::HASH_MISMATCH);
    }
    let Taken {
        sample,
        shape,
        bytes,
        is_new,
    } = shared.samples.take(received).await?;
    shared.metrics.uploads.inc();
    shared.metrics.upload_bytes.inc_by(bytes);
    tracing::info!(
        session = id.friendly(),
        sample = sample.hex(),
        bytes,
        is_new,
        "a sample was sent"
    );
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let place = [(
        header::LOCATION,
        value(&format!("/api/v1/samples/{}", sample.hex())),
    )];
    let sent = SampleSent {
        sample,
        name: query.name,
        frames: shape.frames,
        rate: shape.rate,
        channels: shape.channels,
        bytes,
    };
    Ok((status, place, Json(sent)).into_response())
}

/// What is said of a sample beside its bytes.
struct Query {
    name: LongName,
    /// What the bytes should be.
    sample: Option<SampleId>,
}

impl Query {
    fn read(query: &str) -> Result<Self, Problem> {
        let mut read = Self {
            name: LongName::new(""),
            sample: None,
        };
        for (field, value) in form_urlencoded::parse(query.as_bytes()) {
            match field.as_ref() {
                "name" => read.name = LongName::new(&value),
                "sha256" => {
                    let sample = SampleId::parse(&value).ok_or_else(no_hash)?;
                    read.sample = Some(sample);
                }
                _ => {}
            }
        }
        read.name = read.name.or("Sample");
        Ok(read)
    }
}

fn no_hash() -> Problem {
    Problem::BAD_QUERY
        .saying("What is given as sha256 is no hash.")
        .advising("Send 64 lower-case hexadecimal digits, or leave it out.")
}

/// A sample's bytes as they were sent, or a part of them.
///
/// They never change, so they may be kept for ever. One range of bytes is answered with that part.
#[utoipa::path(
    get, path = "/samples/{sample}", operation_id = "fetchSample",
    params(("sample" = String, Path, description = "The SHA-256 of the bytes in hexadecimal.")),
    responses(
        (status = 200, description = "The file.", content_type = "audio/*", body = [u8]),
        (status = 206, description = "The part that was asked for.", content_type = "audio/*", body = [u8]),
        (status = 304, description = "The caller has it already."),
        FetchProblems
    )
)]
pub(super) async fn fetch(
    State(shared): State<Arc<Shared>>,
    parameters: RawPathParams,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let sample = parameters.iter().next();
    let sample = sample.and_then(|(_, sample)| SampleId::parse(sample));
    let sample = sample.ok_or(Problem::UNKNOWN_SAMPLE)?;
    let kept = shared.samples.find(sample).await?;
    let kept = kept.ok_or(Problem::UNKNOWN_SAMPLE)?;
    let tag = format!("\"{}\"", sample.hex());
    let common = common(sample, kept, &tag);
    let is_known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|tags| tags.split(','))
        .any(|known| known.trim() == tag || known.trim() == "*");
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let part = match wanted(&headers, &tag, kept.bytes) {
        Wanted::All => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => {
            let range = value(&format!("bytes */{}", kept.bytes));
            return Ok(([(header::CONTENT_RANGE, range)], Problem::NO_SUCH_RANGE).into_response());
        }
    };
    let range = part.clone().unwrap_or(0..kept.bytes);
    let length = [(
        header::CONTENT_LENGTH,
        HeaderValue::from(range.end - range.start),
    )];
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        let bytes = shared.samples.vault().stream(sample, range.clone()).await?;
        Body::from_stream(logged(sample, bytes))
    };
    Ok(match part {
        None => (common, length, body).into_response(),
        Some(range) => {
            let (first, last) = (range.start, range.end - 1);
            let part = value(&format!("bytes {first}-{last}/{}", kept.bytes));
            let part = [(header::CONTENT_RANGE, part)];
            (StatusCode::PARTIAL_CONTENT, common, part, length, body).into_response()
        }
    })
}

/// What is true of the sample, whichever part of it is asked for. It is saved, never shown as a page.
fn common(sample: SampleId, kept: Kept, tag: &str) -> [(HeaderName, HeaderValue); 6] {
    let name = format!("{}.{}", sample.hex(), kept.format.extension());
    let resource = HeaderName::from_static("cross-origin-resource-policy");
    [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(kept.format.media_type()),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (header::ETAG, value(tag)),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (
            header::CONTENT_DISPOSITION,
            value(&format!("attachment; filename=\"{name}\"")),
        ),
        (resource, HeaderValue::from_static("same-origin")),
    ]
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("hexadecimal and numbers fit a header")
}

/// A body that cannot be read to its end is cut off, and whoever reads it sees that by its length.
fn logged<T>(
    sample: SampleId,
    bytes: impl Stream<Item = object_store::Result<T>>,
) -> impl Stream<Item = object_store::Result<T>> {
    bytes.inspect(move |piece| {
        if let Err(error) = piece {
            tracing::error!(sample = sample.hex(), %error, "a sample cannot be read to its end");
        }
    })
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Missing | VaultError::Damaged => Problem::DAMAGED_SAMPLE,
            VaultError::NoRoom(error) => {
                tracing::error!(%error, "there is no room for a sample");
                Problem::NO_ROOM
            }
            VaultError::Failed(error) => {
                tracing::error!(%error, "samples cannot be reached");
                Problem::SAMPLES_FAILED
            }
        }
    }
}
