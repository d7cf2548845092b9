//! The authorities whose certificates are accepted.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls;

/// Certificates read from one file at most.
const CA_LIMIT: usize = 64;

/// Settings of encrypted lines to servers whose certificates the given file, or else the system, vouches for.
pub async fn client(ca_file: Option<PathBuf>, key: &'static str) -> Result<Arc<ClientConfig>, String> {
    let roots = tokio::task::spawn_blocking(move || roots(ca_file.as_deref(), key))
        .await
        .map_err(|error| format!("读取证书未完成：{error}"))??;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The authorities of the given file alone, or those the system trusts. `key` is the setting that names the file.
fn roots(ca_file: Option<&Path>, key: &str) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let Some(path) = ca_file else {
        let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return if added > 0 {
            Ok(roots)
        } else {
            Err(format!("本机没有受信任的证书，请配置 {key}"))
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
