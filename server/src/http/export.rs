//! Sessions as files that other programs read.

use super::openapi::problems;
use super::{Client, Shared, address::SessionAddress};
use crate::export::{Part, file_name};
use crate::exports::{Kind, Written};
use crate::gate::Class;
use crate::problem::Problem;
use crate::samples::played;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use lockstep_session::document::Document;
use lockstep_session::ids::SampleId;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use tokio::time::timeout;
use utoipa::IntoParams;

/// How much of a file is under way at once, twice.
const CHUNK: usize = 256 * 1024;
/// How long a client may take for a chunk.
const CHUNK_WITHIN: Duration = Duration::from_secs(30);

problems! { pub(super) DocumentProblems: UNKNOWN_SESSION, DAMAGED, STORAGE, STOPPING, FAILED }
problems! { pub(super) ExportProblems:
    BAD_QUERY, UNKNOWN_SESSION, TOO_LONG, BUSY, EXPORT_FAILED, DAMAGED, STORAGE, STOPPING, FAILED
}

/// Which part of the session.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes what Part reads")]
pub(super) struct NotesQuery {
    /// How many bars. Without it, as many as it takes until everything that plays begins anew together.
    #[param(minimum = 1, maximum = 25000)]
    bars: Option<u32>,
    /// The bar to begin with; 1 without it.
    #[param(minimum = 1, maximum = 25000)]
    from: Option<u32>,
}

/// Which part of the session, and how exactly.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes what Part reads")]
pub(super) struct SoundQuery {
    /// How many bars. Without it, as many as it takes until everything that plays begins anew together.
    #[param(minimum = 1, maximum = 25000)]
    bars: Option<u32>,
    /// The bar to begin with; 1 without it.
    #[param(minimum = 1, maximum = 25000)]
    from: Option<u32>,
    /// Frames a second; 48000 without it.
    #[param(minimum = 8000, maximum = 192000)]
    rate: Option<u32>,
    /// How exactly samples are written: 16, 24, or 32 with a floating point; 24 without it.
    bits: Option<u8>,
}

/// A session's document, to be kept or brought to another server.
///
/// It stands still and is led by nobody. `createSession` takes it.
#[utoipa::path(
    get, path = "/sessions/{id}/export/document.json", operation_id = "exportDocument", params(SessionAddress),
    responses((status = 200, description = "The document.", body = super::shapes::DocumentShape), DocumentProblems)
)]
pub(super) async fn document(
    State(shared): State<Arc<Shared>>,
    SessionAddress(id): SessionAddress,
) -> Result<Response, Problem> {
    let (reading, _) = shared.sessions.read(&id).await?;
    let document = Document::clone(&reading.document).admitted();
    let document = document.map_err(|_| Problem::FAILED)?;
    let text = serde_json::to_vec_pretty(&document).map_err(|_| Problem::FAILED)?;
    let headers = headers(&document, "json", "application/json");
    Ok((headers, text).into_response())
}

/// A session's notes as a Standard MIDI File.
#[utoipa::path(
    get, path = "/sessions/{id}/export/notes.mid", operation_id = "exportNotes", params(SessionAddress, NotesQuery),
    responses((status = 200, description = "One track for each of the session's.", content_type = "audio/midi", body = [u8]), ExportProblems)
)]
pub(super) async fn notes(
    State(shared): State<Arc<Shared>>,
    client: Client,
    address: SessionAddress,
    RawQuery(query): RawQuery,
    method: Method,
) -> Result<Response, Problem> {
    export(&shared, &client, address, query, &method, Kind::Midi).await
}

/// A session's mix as a WAV file.
///
/// It begins on the first beat and ends when nothing rings any more.
#[utoipa::path(
    get, path = "/sessions/{id}/export/mix.wav", operation_id = "exportMix", params(SessionAddress, SoundQuery),
    responses((status = 200, description = "The mix, in stereo.", content_type = "audio/wav", body = [u8]), ExportProblems)
)]
pub(super) async fn mix(
    State(shared): State<Arc<Shared>>,
    client: Client,
    address: SessionAddress,
    RawQuery(query): RawQuery,
    method: Method,
) -> Result<Response, Problem> {
    export(&shared, &client, address, query, &method, Kind::Mix).await
}

/// A session's tracks as WAV files in a zip.
///
/// Each track is behind its fader, and what reverb and delay add to all is another file. All are
/// equally long, and without the mix's own effects.
#[utoipa::path(
    get, path = "/sessions/{id}/export/stems.zip", operation_id = "exportStems", params(SessionAddress, SoundQuery),
    responses((status = 200, description = "The stems.", content_type = "application/zip", body = [u8]), ExportProblems)
)]
pub(super) async fn stems(
    State(shared): State<Arc<Shared>>,
    client: Client,
    address: SessionAddress,
    RawQuery(query): RawQuery,
    method: Method,
) -> Result<Response, Problem> {
    export(&shared, &client, address, query, &method, Kind::Stems).await
}

async fn export(
    shared: &Shared,
    client: &Client,
    SessionAddress(id): SessionAddress,
    query: Option<String>,
    method: &Method,
    kind: Kind,
) -> Result<Response, Problem> {
    let part = Part::of_query(query.as_deref().unwrap_or(""));
    let part = part.map_err(|error| {
        Problem::BAD_QUERY.saying(format!("The query makes no sense: {error}."))
    })?;
    let (reading, _) = shared.sessions.read(&id).await?;
    let document = Document::clone(&reading.document).admitted();
    let document = Arc::new(document.map_err(|_| Problem::FAILED)?);
    let headers = match kind {
        Kind::Midi => headers(&document, "mid", "audio/midi"),
        Kind::Mix => headers(&document, "wav", "audio/wav"),
        Kind::Stems => headers(&document, "zip", "application/zip"),
    };
    // Whoever asks for the headers alone is not worth a rendering.
    if method == Method::HEAD {
        return Ok(headers.into_response());
    }
    shared.gate.admit(client, Class::Export)?;
    let played: Vec<SampleId> = match kind {
        Kind::Midi => Vec::new(),
        Kind::Mix | Kind::Stems => played(&document).collect(),
    };
    let samples = async { shared.samples.fetch_decoded(played).await.samples };
    let written = shared.exports.write(kind, document, part, samples);
    let written = written.await?;
    let length = [(header::CONTENT_LENGTH, HeaderValue::from(written.length))];
    Ok((headers, length, streamed(written)).into_response())
}

/// The file as a body. It is gone when it was sent, or when nobody takes it any more.
fn streamed(written: Written) -> Body {
    let (chunks, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        // The place on the disk is given back when the file is gone.
        let Written { file, .. } = &written;
        if let Ok(file) = file.try_clone() {
            send(tokio::fs::File::from_std(file), chunks).await;
        }
    });
    Body::from_stream(stream::unfold(receiver, |mut receiver| async move {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    }))
}

async fn send(mut file: tokio::fs::File, chunks: mpsc::Sender<io::Result<Bytes>>) {
    loop {
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let chunk = match file.read_buf(&mut chunk).await {
            Ok(0) => return,
            Ok(_) => Ok(chunk.freeze()),
            Err(error) => Err(error),
        };
        let is_last = chunk.is_err();
        let taken = timeout(CHUNK_WITHIN, chunks.send(chunk)).await;
        if is_last || !matches!(taken, Ok(Ok(()))) {
            return;
        }
    }
}

fn headers(document: &Document, ending: &str, kind: &'static str) -> HeaderMap {
    let pairs: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            disposition(document.name.as_str(), ending),
        ),
    ];
    pairs.into_iter().collect()
}

/// What to call the file: for old clients in ASCII, for others as the session is called.
fn disposition(name: &str, ending: &str) -> HeaderValue {
    let name = file_name(name);
    let name = if name.trim().is_empty() {
        "session"
    } else {
        &name
    };
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii() { letter } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let value =
        format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{encoded}.{ending}");
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_as_its_session_is_and_nothing_can_be_smuggled_in() {
        for (name, expected) in [
            (
                "Fuzzy Penguin",
                "attachment; filename=\"Fuzzy Penguin.wav\"; filename*=UTF-8''Fuzzy%20Penguin.wav",
            ),
            (
                "../a\"; b=\"é",
                "attachment; filename=\"..-a-; b=-_.wav\"; filename*=UTF-8''..-a-%3B%20b%3D-%C3%A9.wav",
            ),
            (
                "...",
                "attachment; filename=\"session.wav\"; filename*=UTF-8''session.wav",
            ),
        ] {
            assert_eq!(disposition(name, "wav"), expected, "{name}");
        }
    }
}
