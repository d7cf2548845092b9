//! Encryption of the line to the mail server.

use super::settings::SmtpSettings;
use crate::runtime::trust;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsConnector, rustls};

/// Encrypts the line; the certificate must be signed by a trusted authority for the configured host.
pub(super) async fn encrypt(settings: &SmtpSettings, line: TcpStream) -> Result<TlsStream<TcpStream>, String> {
    let name = ServerName::try_from(settings.bare_host().to_owned())
        .map_err(|_| format!("“{}”不是主机名或地址", super::classify::one_line(&settings.host)))?;
    let ca_file = settings.ca_file.clone();
    let config = trust::client(ca_file, "smtp.ca_file").await?;
    TlsConnector::from(config)
        .connect(name, line)
        .await
        .map_err(|error| format!("邮件服务器的证书或加密方式未被接受：{error}"))
}
