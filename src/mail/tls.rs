//! Encryption of the line to the mail server.

use super::settings::SmtpSettings;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsConnector, rustls};

/// Certificates read from one file at most.
const CA_LIMIT: usize = 64;

/// Encrypts the line; the certificate must be signed by a trusted authority for the configured host.
pub(super) async fn encrypt(settings: &SmtpSettings, line: TcpStream) -> Result<TlsStream<TcpStream>, String> {
    let name = ServerName::try_from(settings.bare_host().to_owned())
        .map_err(|_| format!("“{}”不是主机名或地址", super::classify::one_line(&settings.host)))?;
    let ca_file = settings.ca_file.clone();
    let roots = tokio::task::spawn_blocking(move || roots(ca_file.as_deref()))
        .await
        .map_err(|error| format!("读取证书未完成：{error}"))??;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
        .connect(name, line)
        .await
        .map_err(|error| format!("邮件服务器的证书或加密方式未被接受：{error}"))
}

/// The authorities of the given file alone, or those the system trusts.
fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let Some(path) = ca_file else {
        let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return if added > 0 {
            Ok(roots)
        } else {
            Err("本机没有受信任的证书，请配置 smtp.ca_file".to_owned())
        };
    };
    let place = path.display();
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| format!("证书文件 {place} 无法读取：{error}"))?;
    for certificate in certificates.take(CA_LIMIT) {
        let certificate = certificate.map_err(|error| format!("证书文件 {place} 不是 PEM 格式：{error}"))?;
        roots
            .add(certificate)
            .map_err(|error| format!("证书文件 {place} 中的证书无效：{error}"))?;
    }
    if roots.is_empty() {
        return Err(format!("证书文件 {place} 中没有证书"));
    }
    Ok(roots)
}
