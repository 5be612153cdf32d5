//! The server's certificate, for those who have no proxy that encrypts for them. It can be read
//! again while the server runs; connections that are open keep the one they began with.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// Where the certificate and its key are, in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate, followed by those that vouch for it.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the certificate {0} cannot be read: {1}")]
    Certificate(PathBuf, #[source] pem::Error),
    #[error("{0} holds no certificate")]
    NoCertificate(PathBuf),
    #[error("the key {0} cannot be read: {1}")]
    Key(PathBuf, #[source] pem::Error),
    #[error("the certificate {0} cannot be used with its key: {1}")]
    Unusable(PathBuf, #[source] rustls::Error),
}

#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    config: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    pub fn read(files: TlsFiles) -> Result<Self, TlsError> {
        let config = RwLock::new(config(&files)?);
        Ok(Self { files, config })
    }

    /// Reads the files again. What was read before stays in use if they are no good.
    pub fn reload(&self) -> Result<(), TlsError> {
        let fresh = config(&self.files)?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        config.clone().into()
    }
}

fn config(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let certificates = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| TlsError::Key(files.key.clone(), error))?;
    let unusable = |error| TlsError::Unusable(files.certificate.clone(), error);
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| TlsError::Certificate(path.to_owned(), error))?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate(path.to_owned()));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{Config, Server};
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    /// Writes a fresh certificate for localhost, and gives it back.
    fn certify(files: &TlsFiles) -> CertificateDer<'static> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(&files.certificate, made.cert.pem()).unwrap();
        std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        made.cert.der().clone()
    }

    fn files(directory: &Path) -> TlsFiles {
        TlsFiles {
            certificate: directory.join("certificate.pem"),
            key: directory.join("key.pem"),
        }
    }

    /// What the server answers to someone who trusts this certificate alone.
    async fn ask(
        address: SocketAddr,
        trusted: &CertificateDer<'static>,
        request: &str,
    ) -> std::io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let mut stream = connector.connect(name, stream).await?;
        assert_eq!(
            stream.get_ref().1.alpn_protocol(),
            Some(b"http/1.1".as_slice())
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
    }

    #[tokio::test]
    async fn requests_and_websockets_pass_through_tls_and_a_new_certificate_is_taken_up() {
        let directory = tempfile::tempdir().unwrap();
        let files = files(directory.path());
        let first = certify(&files);
        let server = Server::open(Config {
            tls: Some(files.clone()),
            ..Config::new(directory.path().join("data"))
        })
        .unwrap();
        let tls = server.tls().unwrap();
        let link = server.new_session().await.unwrap().link("");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(listener, async { drop(stopped.await) }));

        let health = "GET /api/v1/health HTTP/1.1\r\nhost: localhost\r\n\r\n";
        let answer = ask(address, &first, health).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let id = link.trim_start_matches("/s/");
        let knock = format!(
            "GET /api/v1/sessions/{id}/ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: lockstep.v1\r\n\r\n"
        );
        let answer = ask(address, &first, &knock).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");

        // A file that is no good changes nothing.
        std::fs::write(&files.key, "no key").unwrap();
        assert!(matches!(tls.reload(), Err(TlsError::Key(..))));
        assert!(ask(address, &first, health).await.is_ok());
        let second = certify(&files);
        tls.reload().unwrap();
        assert!(ask(address, &second, health).await.is_ok());
        assert!(ask(address, &first, health).await.is_err());

        stop.send(()).unwrap();
        running.await.unwrap();
    }

    #[test]
    fn a_certificate_that_cannot_be_used_is_refused_with_a_sentence() {
        let directory = tempfile::tempdir().unwrap();
        let files = files(directory.path());
        let refused = |files: &TlsFiles| Tls::read(files.clone()).unwrap_err();
        assert!(matches!(refused(&files), TlsError::Certificate(..)));
        certify(&files);
        let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(&files.key, other.signing_key.serialize_pem()).unwrap();
        assert!(matches!(refused(&files), TlsError::Unusable(..)));
        std::fs::write(&files.certificate, "nothing").unwrap();
        assert!(matches!(refused(&files), TlsError::NoCertificate(_)));
    }
}
