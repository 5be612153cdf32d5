//! One WebSocket: moves text from a connection to its session, sees to it that what the session
//! put into the outbox is written, and ends politely. It does not know what the messages mean.

mod wire;

use crate::frame;
use crate::outbox::{Outbox, Work};
use crate::sessions::{Ended, Seat};
use crate::stream::Stream;
use futures_util::StreamExt;
use lockstep_session::limits;
use lockstep_session::protocol::{Goodbye, ServerMessage, encode};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error};
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};
use wire::{Drain, Wire};

/// How long a connection may take to write what is left and to close.
const FAREWELL: Duration = Duration::from_secs(2);
/// A connection that was quiet for so long is asked for a sign of life.
const QUIET: Duration = Duration::from_secs(4);
const READ_BUFFER: usize = 2 * 1024;

type Socket = WebSocketStream<Wire>;

/// Every limit is set: the library's own are far too generous for strangers.
fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(READ_BUFFER)
        .max_message_size(Some(limits::CLIENT_MESSAGE))
        .max_frame_size(Some(limits::CLIENT_MESSAGE))
}

/// Serves a connection until either side ends it. `read` was received behind the handshake.
pub(crate) async fn serve(stream: Stream, read: Vec<u8>, seat: Seat, outbox: Arc<Outbox>) {
    let (transport, _permit) = stream.into_parts();
    let Ok((wire, mut drain)) = wire::part(transport, &outbox) else {
        return seat.leave().await;
    };
    let config = Some(limits());
    let mut socket = WebSocketStream::from_partially_read(wire, read, Role::Server, config).await;
    // A writer that is stuck does not hear that it should end.
    let overdue = async {
        outbox.closing().await;
        sleep(FAREWELL).await;
    };
    tokio::select! {
        () = talk(&mut socket, &mut drain, &seat, &outbox) => {}
        () = overdue => {}
    }
    seat.leave().await;
    // A peer that goes on sending is not given cause to miss our last words.
    let _ = timeout(FAREWELL, hang_up(socket.into_inner(), drain)).await;
}

/// Moves text in both directions, and says goodbye.
async fn talk(socket: &mut Socket, drain: &mut Drain, seat: &Seat, outbox: &Outbox) {
    let fault = tokio::select! {
        () = write(drain, seat, outbox) => None,
        fault = read_all(socket, seat, outbox) => fault,
    };
    // The session has not asked for this end, so it is said here.
    if let Some(goodbye) = fault {
        let message = ServerMessage::Goodbye {
            code: goodbye,
            reason: goodbye.reason().into(),
            retry_ms: goodbye.retry_ms(),
        };
        outbox.push_if_room(frame::text(&encode(&message)));
        outbox.push_last(goodbye);
        empty(drain, outbox).await;
    }
}

/// Returns why the connection has to end, if it is our decision.
async fn read_all(socket: &mut Socket, seat: &Seat, outbox: &Outbox) -> Option<Goodbye> {
    let mut heard = Instant::now();
    let quiet = sleep_until(heard + QUIET);
    tokio::pin!(quiet);
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            () = &mut quiet => {
                let asked = heard + QUIET <= Instant::now();
                if asked {
                    outbox.push_if_room(frame::ping());
                }
                let from = if asked { Instant::now() } else { heard };
                quiet.as_mut().reset(from + QUIET);
                continue;
            }
        };
        heard = Instant::now();
        let told = match message {
            Some(Ok(Message::Text(text))) => seat.text(text).await,
            // The library answers pings by itself, and a close when it is asked for the next message.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => seat.heard().await,
            Some(Ok(Message::Binary(_))) => return Some(Goodbye::Abuse),
            Some(Ok(Message::Frame(_) | Message::Close(_))) => Ok(()),
            Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => {
                return Some(Goodbye::TooLarge);
            }
            Some(Err(Error::Protocol(_) | Error::Utf8(_))) => return Some(Goodbye::Abuse),
            Some(Err(_)) | None => return None,
        };
        if let Err(Ended) = told {
            return Some(Goodbye::Restarting);
        }
    }
}

/// Writes what the session could not, and returns once the connection has said goodbye or can no
/// longer be written to.
async fn write(drain: &mut Drain, seat: &Seat, outbox: &Outbox) {
    loop {
        let done = match outbox.work().await {
            Work::Write => drain.write(outbox).await.is_ok(),
            Work::CaughtUp => seat.caught_up().await.is_ok(),
            Work::Close(goodbye) => {
                outbox.push_last(goodbye);
                return empty(drain, outbox).await;
            }
            Work::Broken => false,
        };
        if !done {
            return;
        }
    }
}

/// Writes all that waits.
async fn empty(drain: &mut Drain, outbox: &Outbox) {
    while !outbox.is_done() && drain.write(outbox).await.is_ok() {}
}

/// Ends our side, and reads on until the peer has ended theirs.
async fn hang_up(mut wire: Wire, mut drain: Drain) -> std::io::Result<()> {
    drain.shut_down().await?;
    let mut rest = [0; 1024];
    while wire.read(&mut rest).await? > 0 {}
    Ok(())
}
