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
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_rustls::server::TlsStream;

type Encrypted = Box<TlsStream<TcpStream>>;

/// What the WebSocket reads from, and answers into.
pub(super) struct Wire {
    source: Source,
    outbox: Arc<Outbox>,
}

enum Source {
    Plain(OwnedReadHalf),
    Tls(ReadHalf<Encrypted>),
}

/// Where the socket's task writes what the session could not.
pub(super) enum Drain {
    Plain(Arc<OwnedWriteHalf>),
    Tls(WriteHalf<Encrypted>),
}

/// Both directions of a connection. To a plain one the session writes by itself from now on.
pub(super) fn part(transport: Transport, outbox: &Arc<Outbox>) -> io::Result<(Wire, Drain)> {
    let (source, drain) = match transport {
        Transport::Plain(stream) => {
            // From here on this thread is told of what happens to it.
            let stream = TcpStream::from_std(stream.into_std()?)?;
            let (source, line) = stream.into_split();
            let line = Arc::new(line);
            outbox.connect(line.clone());
            (Source::Plain(source), Drain::Plain(line))
        }
        Transport::Tls(stream) => {
            let (source, drain) = tokio::io::split(stream);
            (Source::Tls(source), Drain::Tls(drain))
        }
    };
    let outbox = outbox.clone();
    Ok((Wire { source, outbox }, drain))
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
            Drain::Plain(line) => {
                SockRef::from(AsRef::<TcpStream>::as_ref(&**line)).shutdown(Shutdown::Write)
            }
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
        match &mut self.source {
            Source::Plain(half) => Pin::new(half).poll_read(context, buffer),
            Source::Tls(half) => Pin::new(half).poll_read(context, buffer),
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
