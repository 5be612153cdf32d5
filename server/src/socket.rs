//! One WebSocket: moves text between a connection and its session, within limits, and ends
//! politely. It does not know what the messages mean.

use crate::outbox::{Outbox, Work};
use crate::sessions::{Ended, Seat};
use crate::stream::Stream;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use lockstep_session::limits;
use lockstep_session::protocol::{Goodbye, ServerMessage, encode};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error};
use tokio_tungstenite::tungstenite::protocol::{
    CloseFrame, Message, WebSocketConfig, frame::coding::CloseCode,
};

/// How long a connection may take to write what is left and to close.
const FAREWELL: Duration = Duration::from_secs(2);
const READ_BUFFER: usize = 4 * 1024;
const WRITE_BUFFER: usize = 16 * 1024;

type Socket = WebSocketStream<Stream>;

/// Every limit is set: the library's own are far too generous for strangers.
pub(crate) fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(limits::SERVER_MESSAGE + 2 * WRITE_BUFFER)
        .max_message_size(Some(limits::CLIENT_MESSAGE))
        .max_frame_size(Some(limits::CLIENT_MESSAGE))
}

/// Serves a connection until either side ends it.
pub(crate) async fn serve(socket: Socket, seat: Seat, outbox: &Outbox) {
    let (mut sink, mut source) = socket.split();
    let both = async {
        tokio::select! {
            () = write(&mut sink, &seat, outbox) => {}
            fault = read(&mut source, &seat) => if let Some(goodbye) = fault {
                // The session has not asked for this end, so it is said here.
                let _ = say_goodbye(&mut sink, goodbye, true).await;
            }
        }
    };
    // A writer that is stuck does not hear that it should end.
    let overdue = async {
        outbox.closing().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        () = both => {}
        () = overdue => {}
    }
    seat.leave().await;
    if let Ok(socket) = sink.reunite(source) {
        // A peer that goes on sending is not given cause to miss our last words.
        let _ = timeout(FAREWELL, hang_up(socket.into_inner())).await;
    }
}

/// Returns why the connection has to end, if it is our decision.
async fn read(source: &mut SplitStream<Socket>, seat: &Seat) -> Option<Goodbye> {
    loop {
        match source.next().await {
            Some(Ok(Message::Text(text))) => match seat.text(text).await {
                Ok(()) => {}
                Err(Ended) => return Some(Goodbye::Restarting),
            },
            Some(Ok(Message::Binary(_))) => return Some(Goodbye::Abuse),
            // The library answers pings by itself, and a close when it is asked for the next message.
            Some(Ok(
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) | Message::Close(_),
            )) => {}
            Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => {
                return Some(Goodbye::TooLarge);
            }
            Some(Err(Error::Protocol(_) | Error::Utf8(_))) => return Some(Goodbye::Abuse),
            Some(Err(_)) | None => return None,
        }
    }
}

/// Returns once the connection has said goodbye, or can no longer be written to.
async fn write(sink: &mut SplitSink<Socket, Message>, seat: &Seat, outbox: &Outbox) {
    loop {
        let done = match outbox.work().await {
            Work::Write(messages) => feed(sink, messages).await,
            Work::CaughtUp => {
                let Ok(()) = seat.caught_up().await else {
                    return;
                };
                Ok(())
            }
            Work::Close(goodbye) => {
                let _ = say_goodbye(sink, goodbye, false).await;
                return;
            }
        };
        if done.is_err() {
            return;
        }
    }
}

async fn feed(
    sink: &mut SplitSink<Socket, Message>,
    messages: Vec<tokio_tungstenite::tungstenite::Utf8Bytes>,
) -> Result<(), Error> {
    for text in messages {
        sink.feed(Message::Text(text)).await?;
    }
    sink.flush().await
}

async fn say_goodbye(
    sink: &mut SplitSink<Socket, Message>,
    code: Goodbye,
    in_words: bool,
) -> Result<(), Error> {
    if in_words {
        let message = ServerMessage::Goodbye {
            code,
            reason: code.reason().into(),
            retry_ms: code.retry_ms(),
        };
        sink.feed(Message::Text(encode(&message).into())).await?;
    }
    let frame = CloseFrame {
        code: CloseCode::from(code.close_code()),
        reason: code.reason().into(),
    };
    sink.send(Message::Close(Some(frame))).await
}

/// Ends our side, and reads on until the peer has ended theirs.
async fn hang_up(mut stream: Stream) -> std::io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
