//! The bytes under a WebSocket: read from the network, written by way of the outbox, so that the
//! session and the WebSocket's own answers share one queue and one order.

use crate::outbox::Outbox;
use crate::stream::Transport;
use bytes::Bytes;
use socket2::SockRef;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

type Encrypted = Box<TlsStream<TcpStream>>;

/// What the WebSocket reads from, and answers into.
pub(super) struct Wire {
    source: Source,
    outbox: Arc<Outbox>,
}

enum Source {
    Plain(Arc<TcpStream>),
    Tls(ReadHalf<Encrypted>),
}

/// Where the socket's task writes what the session could not.
pub(super) enum Drain {
    Plain(Arc<TcpStream>),
    Tls(WriteHalf<Encrypted>),
}

/// Both directions of a connection. To a plain one the session writes by itself from now on.
pub(super) fn part(transport: Transport, outbox: &Arc<Outbox>) -> (Wire, Drain) {
    let (source, drain) = match transport {
        Transport::Plain(stream) => {
            let line = Arc::new(stream);
            outbox.connect(line.clone());
            (Source::Plain(line.clone()), Drain::Plain(line))
        }
        Transport::Tls(stream) => {
            let (source, drain) = tokio::io::split(stream);
            (Source::Tls(source), Drain::Tls(drain))
        }
    };
    let outbox = outbox.clone();
    (Wire { source, outbox }, drain)
}

impl Drain {
    /// Writes what waits, or some of it, as soon as the connection takes it.
    pub(super) async fn write(&mut self, outbox: &Outbox) -> io::Result<()> {
        match self {
            Drain::Plain(line) => {
                line.writable().await?;
                outbox.unblock();
                Ok(())
            }
            Drain::Tls(half) => {
                for frame in outbox.take() {
                    half.write_all(&frame).await?;
                }
                half.flush().await
            }
        }
    }

    /// Says that nothing more will come.
    pub(super) async fn shut_down(&mut self) -> io::Result<()> {
        match self {
            Drain::Plain(line) => SockRef::from(&**line).shutdown(Shutdown::Write),
            Drain::Tls(half) => half.shutdown().await,
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = match &mut self.source {
            Source::Plain(line) => line,
            Source::Tls(half) => return Pin::new(half).poll_read(context, buffer),
        };
        loop {
            ready!(line.poll_read_ready(context))?;
            match line.try_read(buffer.initialize_unfilled()) {
                Ok(count) => {
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                // The system had said too much; the next look waits.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

/// Only the WebSocket's own answers come this way: whole frames, a few bytes each.
impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.outbox.push_if_room(Bytes::copy_from_slice(bytes));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
