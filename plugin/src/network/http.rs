//! What the server does over plain HTTP: make a session, give samples and take them. Every answer is
//! bounded in size and time. It must not know what becomes of any of it.

use super::connector::{ConnectError, Connector};
use super::{Address, Beginning, ServerAddress};
use futures_util::Stream;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use lockstep_session::document::Document;
use lockstep_session::ids::SampleId;
use lockstep_session::text::LongName;
use serde::Deserialize;
use std::convert::Infallible;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// The largest sample there is, in bytes (P-AUDIO-3).
pub(crate) use lockstep_session::takes::MOST_BYTES as MOST_SAMPLE_BYTES;
const MOST_ANSWER_BYTES: usize = 64 * 1024;
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);
/// A sample may come or go slowly, as the server's own bound has it.
const SAMPLE_WITHIN: Duration = Duration::from_secs(300);
/// How much of a sample is handed over at a time, so that it can be seen to go.
const PIECE: usize = 64 * 1024;

#[derive(Clone, Default)]
pub(crate) struct Http {
    connector: Connector,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("The connection to {0} broke: {1}")]
    Broken(String, #[source] hyper::Error),
    #[error("{0} takes too long to answer. Try again later")]
    Slow(String),
    #[error("{0} answers in a way that is not understood. It may be no Lockstep server")]
    Strange(String),
    #[error("{message} {action}")]
    Refused {
        status: StatusCode,
        message: String,
        action: String,
    },
    #[error("The server sent other bytes than those of this sample")]
    WrongBytes,
}

impl HttpError {
    /// Whether the same may go well later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            HttpError::Connect(_) | HttpError::Broken(..) | HttpError::Slow(_) => true,
            HttpError::Refused { status, .. } => {
                status.is_server_error()
                    || matches!(
                        *status,
                        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
                    )
            }
            HttpError::Strange(_) | HttpError::WrongBytes => false,
        }
    }
}

/// The server's own word on why it refuses.
#[derive(Deserialize)]
struct Problem {
    message: String,
    #[serde(default)]
    action: String,
}

#[derive(Deserialize)]
struct Created {
    link: String,
}

/// A sample that the server has now.
#[derive(Deserialize)]
struct Sent {
    sample: SampleId,
}

impl Http {
    pub(crate) fn new(connector: Connector) -> Self {
        Self { connector }
    }

    /// Makes a session and gives the link that edits it. A server names itself as it was reached.
    pub(crate) async fn create(
        &self,
        server: &ServerAddress,
        beginning: &Beginning,
        here: &Document,
    ) -> Result<Address, HttpError> {
        let body = match beginning {
            Beginning::Template(template) if template.is_empty() => serde_json::json!({}),
            Beginning::Template(template) => serde_json::json!({ "template": template }),
            Beginning::Here => serde_json::json!({ "document": here }),
        };
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/sessions")
            .header(CONTENT_TYPE, "application/json");
        let body = Full::new(Bytes::from(body.to_string()));
        let asking = self.ask(server, request, body, MOST_ANSWER_BYTES);
        let answer = within(ANSWERS_WITHIN, server, asking).await?;
        let created: Created = read(server, &answer)?;
        Address::parse(&created.link).map_err(|_| HttpError::Strange(server.to_string()))
    }

    /// The bytes of a sample, which are those of its hash.
    pub(crate) async fn fetch(
        &self,
        server: &ServerAddress,
        sample: SampleId,
    ) -> Result<Bytes, HttpError> {
        let request = Request::builder().uri(format!("/api/v1/samples/{}", sample.hex()));
        let asking = self.ask(server, request, Full::default(), MOST_SAMPLE_BYTES);
        let bytes = within(SAMPLE_WITHIN, server, asking).await?;
        if SampleId::of(&bytes) != sample {
            return Err(HttpError::WrongBytes);
        }
        Ok(bytes)
    }

    /// Sends a sample, and counts in percent how much of it has gone.
    pub(crate) async fn send(
        &self,
        session: &Address,
        sample: SampleId,
        name: &LongName,
        bytes: Arc<[u8]>,
        percent: Arc<AtomicU8>,
    ) -> Result<(), HttpError> {
        let server = session.server();
        let path = format!("/api/v1/sessions/{}/samples", session.session());
        let name = percent_encoded(name);
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{path}?name={name}&sha256={}", sample.hex()))
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, bytes.len());
        let body = StreamBody::new(pieces(bytes, percent));
        let asking = self.ask(server, request, body, MOST_ANSWER_BYTES);
        let answer = within(SAMPLE_WITHIN, server, asking).await?;
        let sent: Sent = read(server, &answer)?;
        if sent.sample != sample {
            return Err(HttpError::Strange(server.to_string()));
        }
        Ok(())
    }

    async fn ask<B>(
        &self,
        server: &ServerAddress,
        request: hyper::http::request::Builder,
        body: B,
        most: usize,
    ) -> Result<Bytes, HttpError>
    where
        B: Body<Data = Bytes, Error = Infallible> + Send + Unpin + 'static,
    {
        let strange = || HttpError::Strange(server.to_string());
        let broken = |error| HttpError::Broken(server.to_string(), error);
        let request = request
            .header(HOST, server.authority())
            .body(body)
            .map_err(|_| strange())?;
        let stream = self.connector.connect(server).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let exchange = async {
            let answer = sender.send_request(request).await.map_err(broken)?;
            let status = answer.status();
            let bytes = whole(
                answer,
                if status.is_success() {
                    most
                } else {
                    MOST_ANSWER_BYTES
                },
            )
            .await
            .ok_or_else(strange)?;
            if status.is_success() {
                return Ok(bytes);
            }
            let problem: Problem = serde_json::from_slice(&bytes).map_err(|_| strange())?;
            Err(HttpError::Refused {
                status,
                message: problem.message,
                action: problem.action,
            })
        };
        let mut exchange = std::pin::pin!(exchange);
        tokio::select! {
            outcome = &mut exchange => outcome,
            // It ends before the answer has been read to its end: what is left is in memory.
            _ended = connection => exchange.await,
        }
    }
}

async fn whole(answer: Response<Incoming>, most: usize) -> Option<Bytes> {
    let body = Limited::new(answer.into_body(), most);
    Some(body.collect().await.ok()?.to_bytes())
}

async fn within<T>(
    time: Duration,
    server: &ServerAddress,
    asking: impl Future<Output = Result<T, HttpError>>,
) -> Result<T, HttpError> {
    let answered = tokio::time::timeout(time, asking).await;
    answered.unwrap_or_else(|_| Err(HttpError::Slow(server.to_string())))
}

fn read<'a, T: Deserialize<'a>>(server: &ServerAddress, answer: &'a [u8]) -> Result<T, HttpError> {
    serde_json::from_slice(answer).map_err(|_| HttpError::Strange(server.to_string()))
}

/// A sample's bytes piece by piece, telling how much has been taken.
fn pieces(
    bytes: Arc<[u8]>,
    percent: Arc<AtomicU8>,
) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + Send + Unpin + 'static {
    let mut place = 0;
    futures_util::stream::iter(std::iter::from_fn(move || {
        let end = bytes.len().min(place + PIECE);
        let piece = bytes.get(place..end).filter(|piece| !piece.is_empty())?;
        let piece = Bytes::copy_from_slice(piece);
        place = end;
        let done = place * 100 / bytes.len();
        percent.store(u8::try_from(done).unwrap_or(100), Ordering::Relaxed);
        Some(Ok(Frame::data(piece)))
    }))
}

/// As much of a name as an address takes as it is, and the rest by its bytes.
fn percent_encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
    }
    encoded
}
