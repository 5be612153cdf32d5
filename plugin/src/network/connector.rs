//! A connection to a server, encrypted where its address says so. It must not know what is said on it.

use super::ServerAddress;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use tokio_util::either::Either;

const OPENS_WITHIN: Duration = Duration::from_secs(8);

/// Plain or encrypted, whose state is large.
pub(crate) type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("{0} cannot be reached ({1}). Check the address and that the server runs")]
    Unreachable(String, #[source] io::Error),
    #[error("{0} does not answer. Check the address and that the server runs")]
    Silent(String),
    #[error("{0} cannot be trusted: {1}. Ask whoever runs it for its certificate")]
    Untrusted(String, #[source] io::Error),
    #[error("{0} is no name that a certificate could have")]
    NoName(String),
    #[error("Encryption cannot be used on this machine: {0}")]
    NoEncryption(#[source] rustls::Error),
}

/// Whom to trust: those whom this system trusts.
#[derive(Clone, Default)]
pub(crate) struct Connector {
    /// In place of those, for tests.
    trusted: Option<Arc<ClientConfig>>,
}

impl Connector {
    #[cfg(test)]
    pub(crate) fn trusting(roots: RootCertStore) -> Self {
        Self {
            trusted: Some(config(roots).unwrap()),
        }
    }

    pub(crate) async fn connect(&self, server: &ServerAddress) -> Result<Stream, ConnectError> {
        let opening = tokio::time::timeout(OPENS_WITHIN, self.open(server));
        opening
            .await
            .unwrap_or_else(|_| Err(ConnectError::Silent(server.to_string())))
    }

    async fn open(&self, server: &ServerAddress) -> Result<Stream, ConnectError> {
        let stream = TcpStream::connect((server.host(), server.port()))
            .await
            .map_err(|error| ConnectError::Unreachable(server.to_string(), error))?;
        // Messages are small and wanted at once; without this they are a little late, and no more.
        let _ = stream.set_nodelay(true);
        if !server.is_encrypted() {
            return Ok(Either::Left(stream));
        }
        let config = match &self.trusted {
            Some(trusted) => Arc::clone(trusted),
            None => system_config().await?,
        };
        let name = ServerName::try_from(server.host().to_owned())
            .map_err(|_| ConnectError::NoName(server.to_string()))?;
        let encrypted = TlsConnector::from(config).connect(name, stream).await;
        let encrypted = encrypted.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => ConnectError::Untrusted(server.to_string(), error),
            _ => ConnectError::Unreachable(server.to_string(), error),
        })?;
        Ok(Either::Right(Box::new(encrypted)))
    }
}

/// Reading what the system trusts takes a moment and is done once.
async fn system_config() -> Result<Arc<ClientConfig>, ConnectError> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(known) = CONFIG.get() {
        return Ok(Arc::clone(known));
    }
    let read = tokio::task::spawn_blocking(|| {
        let mut roots = RootCertStore::empty();
        // Certificates that cannot be read are not trusted, and that is all.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        config(roots)
    });
    let fresh = match read.await {
        Ok(read) => read.map_err(ConnectError::NoEncryption)?,
        Err(_) => config(RootCertStore::empty()).map_err(ConnectError::NoEncryption)?,
    };
    Ok(Arc::clone(CONFIG.get_or_init(|| fresh)))
}

fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
