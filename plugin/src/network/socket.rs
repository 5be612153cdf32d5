//! One WebSocket: text in, text out. It must not know what the text means.

use super::Address;
use super::connector::{ConnectError, Connector};
use futures_util::{SinkExt, StreamExt};
use lockstep_session::limits;
use lockstep_session::protocol::SUBPROTOCOL;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

/// What a socket has to say.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    Open,
    Text(String),
    /// Nothing comes after this. Why, where it is not the usual end.
    Closed(Option<SocketError>),
}

/// Why a socket did not open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SocketError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("There is no session at this link. Check that the whole link was copied")]
    NoSession,
    #[error("{0} takes no more connections at the moment ({1}). It is tried again by itself")]
    Refused(String, u16),
    #[error("{0} does not answer as a Lockstep server does. Check the link")]
    Strange(String),
    #[error("{0} does not answer. It is tried again by itself")]
    Silent(String),
}

impl SocketError {
    /// Whether trying again by itself makes sense.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, SocketError::NoSession)
    }
}

/// Lives as long as this value; dropping it sends what is queued and closes the connection.
pub(crate) struct Socket {
    outgoing: mpsc::Sender<String>,
    incoming: mpsc::Receiver<SocketEvent>,
    task: JoinHandle<()>,
}

/// Messages on their way to or from the socket. The replica paces itself far below this.
const QUEUED: usize = 1024;
const OPENS_WITHIN: Duration = Duration::from_secs(8);
/// A peer that takes nothing for this long is gone.
const WRITES_WITHIN: Duration = Duration::from_secs(10);
/// The default would zero 128 KiB for each connection.
const READ_BUFFER: usize = 16 * 1024;

impl Socket {
    /// Begins to open a socket, on the runtime of the calling thread.
    pub(crate) fn open(connector: Connector, address: Address) -> Self {
        let (outgoing, from_us) = mpsc::channel(QUEUED);
        let (to_us, incoming) = mpsc::channel(QUEUED);
        let task = tokio::spawn(async move {
            // Whatever went wrong, to us it is closed; the replica decides when to try again.
            let ended = run(&connector, &address, from_us, &to_us).await;
            let _ours_may_be_gone = to_us.send(SocketEvent::Closed(ended.err())).await;
        });
        Self {
            outgoing,
            incoming,
            task,
        }
    }

    /// The next thing it says. Safe to abandon half-way.
    pub(crate) async fn next(&mut self) -> SocketEvent {
        self.incoming
            .recv()
            .await
            .unwrap_or(SocketEvent::Closed(None))
    }

    /// Sends what is queued, says goodbye, and ends.
    pub(crate) fn finish(self) -> JoinHandle<()> {
        self.task
    }

    /// Whether the text was taken.
    pub(crate) fn send(&self, text: String) -> bool {
        self.outgoing.try_send(text).is_ok()
    }
}

async fn run(
    connector: &Connector,
    address: &Address,
    mut from_us: mpsc::Receiver<String>,
    to_us: &mpsc::Sender<SocketEvent>,
) -> Result<(), SocketError> {
    let server = || address.server().to_string();
    let mut request = address
        .socket()
        .into_client_request()
        .map_err(|_| SocketError::Strange(server()))?;
    let protocol = HeaderValue::from_static(SUBPROTOCOL);
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", protocol);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_message_size(Some(limits::SERVER_MESSAGE))
        .max_frame_size(Some(limits::SERVER_MESSAGE))
        .max_write_buffer_size(4 * limits::CLIENT_MESSAGE);
    let stream = connector.connect(address.server()).await?;
    let opening = client_async_with_config(request, stream, Some(config));
    let opened = tokio::time::timeout(OPENS_WITHIN, opening).await;
    let opened = opened.map_err(|_| SocketError::Silent(server()))?;
    let (mut sink, mut stream) = opened.map_err(|error| refusal(error, server()))?.0.split();
    if to_us.send(SocketEvent::Open).await.is_err() {
        return Ok(());
    }
    let write = async {
        while let Some(text) = from_us.recv().await {
            let sending = sink.send(Message::text(text));
            let Ok(sent) = tokio::time::timeout(WRITES_WITHIN, sending).await else {
                return;
            };
            if sent.is_err() {
                return;
            }
        }
        let _it_is_over_anyway = tokio::time::timeout(WRITES_WITHIN, sink.close()).await;
    };
    let read = async {
        while let Some(Ok(message)) = stream.next().await {
            match message {
                Message::Text(text) => {
                    let event = SocketEvent::Text(text.as_str().to_owned());
                    if to_us.send(event).await.is_err() {
                        return;
                    }
                }
                Message::Close(_) => return,
                _ => {}
            }
        }
    };
    tokio::select! {
        () = write => {}
        () = read => {}
    }
    Ok(())
}

/// Why a server does not change to the language of sockets.
fn refusal(error: Error, server: String) -> SocketError {
    match error {
        Error::Http(answer) if answer.status() == StatusCode::NOT_FOUND => SocketError::NoSession,
        Error::Http(answer) if answer.status().is_server_error() => {
            SocketError::Refused(server, answer.status().as_u16())
        }
        Error::Http(answer) if answer.status() == StatusCode::TOO_MANY_REQUESTS => {
            SocketError::Refused(server, answer.status().as_u16())
        }
        Error::Io(_) => SocketError::Silent(server),
        _ => SocketError::Strange(server),
    }
}
