//! What the subcommands ask of a server that runs: two requests over loopback, in the plainest HTTP.

use super::presence::announced;
use crate::archive::Done;
use crate::secret::Secret;
use serde::Deserialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

/// A server on this machine answers at once, or it is gone.
const CONNECTS_WITHIN: Duration = Duration::from_secs(5);
/// The longest it may be silent: while it looks through a large archive.
const ANSWERS_WITHIN: Duration = Duration::from_secs(600);
const LONGEST_LINE: u64 = 16 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error("the server that runs cannot be asked: {0}")]
    Unreachable(#[source] io::Error),
    #[error("the server that runs refused: {0}")]
    Refused(String),
    #[error("{0}")]
    Local(#[source] io::Error),
}

#[derive(Debug)]
pub(super) struct Remote {
    address: SocketAddr,
    token: Secret,
}

impl Remote {
    /// The server that uses this data, if one runs.
    pub(super) fn find(data: &Path) -> Result<Option<Self>, RemoteError> {
        let Some((address, token)) = announced(data).map_err(RemoteError::Local)? else {
            return Ok(None);
        };
        let is_there = TcpStream::connect_timeout(&address, CONNECTS_WITHIN).is_ok();
        Ok(is_there.then_some(Self { address, token }))
    }

    pub(super) fn backup(&self, to: &File) -> Result<(), RemoteError> {
        let stream = self
            .ask("GET", "backup", 0)
            .map_err(RemoteError::Unreachable)?;
        let mut body = answer(stream)?;
        let mut to = BufWriter::new(to);
        io::copy(&mut body, &mut to)
            .and_then(|_| to.flush())
            .map_err(RemoteError::Local)
    }

    pub(super) fn restore(&self, from: &Path, replace: bool) -> Result<Done, RemoteError> {
        let mut archive = File::open(from).map_err(RemoteError::Local)?;
        let length = archive.metadata().map_err(RemoteError::Local)?.len();
        let path = if replace {
            "restore?replace"
        } else {
            "restore"
        };
        let mut stream = self
            .ask("POST", path, length)
            .map_err(RemoteError::Unreachable)?;
        // A server that refuses stops reading, and says why.
        let _ = io::copy(&mut archive, &mut stream);
        let mut body = Vec::new();
        answer(stream)?
            .read_to_end(&mut body)
            .map_err(RemoteError::Unreachable)?;
        serde_json::from_slice(&body)
            .map_err(|error| RemoteError::Unreachable(io::Error::from(error)))
    }

    fn ask(&self, method: &str, path: &str, length: u64) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect_timeout(&self.address, CONNECTS_WITHIN)?;
        stream.set_read_timeout(Some(ANSWERS_WITHIN))?;
        // In HTTP 1.0 a body simply ends with its connection.
        let head = format!(
            "{method} /api/v1/admin/{path} HTTP/1.0\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-length: {length}\r\n\r\n",
            self.address,
            self.token.reveal()
        );
        stream.write_all(head.as_bytes())?;
        Ok(stream)
    }
}

/// The body of an answer that is no refusal.
fn answer(stream: TcpStream) -> Result<BufReader<TcpStream>, RemoteError> {
    let mut stream = BufReader::new(stream);
    let unreachable = RemoteError::Unreachable;
    let status = line(&mut stream).map_err(unreachable)?;
    while !line(&mut stream).map_err(unreachable)?.is_empty() {}
    if status.split(' ').nth(1) == Some("200") {
        return Ok(stream);
    }
    #[derive(Deserialize)]
    struct Refusal {
        message: String,
    }
    let mut body = Vec::new();
    stream
        .take(LONGEST_LINE)
        .read_to_end(&mut body)
        .map_err(unreachable)?;
    let refusal = serde_json::from_slice(&body).map(|refusal: Refusal| refusal.message);
    Err(RemoteError::Refused(refusal.unwrap_or(status)))
}

fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    stream.by_ref().take(LONGEST_LINE).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
