//! One WebSocket: text in, text out. It must not know what the text means.

use futures_util::{SinkExt, StreamExt};
use lockstep_session::limits;
use lockstep_session::protocol::SUBPROTOCOL;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

/// What a socket has to say.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    Open,
    Text(String),
    /// Nothing comes after this.
    Closed,
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
    pub(crate) fn open(url: String) -> Self {
        let (outgoing, from_us) = mpsc::channel(QUEUED);
        let (to_us, incoming) = mpsc::channel(QUEUED);
        let task = tokio::spawn(async move {
            // Whatever went wrong, to us it is closed; the replica decides when to try again.
            let _ended = run(url, from_us, &to_us).await;
            let _ours_may_be_gone = to_us.send(SocketEvent::Closed).await;
        });
        Self {
            outgoing,
            incoming,
            task,
        }
    }

    /// The next thing it says. Safe to abandon half-way.
    pub(crate) async fn next(&mut self) -> SocketEvent {
        self.incoming.recv().await.unwrap_or(SocketEvent::Closed)
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
    url: String,
    mut from_us: mpsc::Receiver<String>,
    to_us: &mpsc::Sender<SocketEvent>,
) -> Result<(), Error> {
    let mut request = url.into_client_request()?;
    let protocol = HeaderValue::from_static(SUBPROTOCOL);
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", protocol);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_message_size(Some(limits::SERVER_MESSAGE))
        .max_frame_size(Some(limits::SERVER_MESSAGE))
        .max_write_buffer_size(4 * limits::CLIENT_MESSAGE);
    let opening = tokio_tungstenite::connect_async_with_config(request, Some(config), true);
    let Ok(opened) = tokio::time::timeout(OPENS_WITHIN, opening).await else {
        return Ok(());
    };
    let (mut sink, mut stream) = opened?.0.split();
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
