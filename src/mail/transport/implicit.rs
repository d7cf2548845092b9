//! Encryption from the first byte.

use super::SmtpSettings;
use lettre::transport::smtp::client::AsyncTokioStream;
use std::fmt;
use std::io::{self, Error};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Encrypts a fresh connection.
pub(super) async fn connect(settings: &SmtpSettings, socket: TcpStream) -> io::Result<Box<dyn AsyncTokioStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(tokio_rustls::rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::other)?
        .with_root_certificates(roots(settings)?)
        .with_no_client_auth();
    let name = ServerName::try_from(settings.host.trim_matches(['[', ']']).to_owned()).map_err(Error::other)?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await?;
    Ok(Box::new(Encrypted(stream)))
}

fn roots(settings: &SmtpSettings) -> io::Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    match &settings.ca_file {
        Some(path) => {
            for certificate in CertificateDer::pem_file_iter(path).map_err(Error::other)? {
                store.add(certificate.map_err(Error::other)?).map_err(Error::other)?;
            }
        }
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if store.is_empty() {
        return Err(Error::other("没有可信任的证书：请在 [smtp] ca_file 中指定"));
    }
    Ok(store)
}

struct Encrypted(TlsStream<TcpStream>);

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted")
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
