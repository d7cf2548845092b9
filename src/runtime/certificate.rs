//! The certificate the pages are served with. The files are read again when they change, so that a renewed certificate needs
//! no restart; one that cannot be used is told once, and the one before it stays.

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_rustls::rustls;

/// Certificates of one chain at most.
const CHAIN_LIMIT: usize = 16;
/// A longer file is something else.
const MAX_BYTES: u64 = 1024 * 1024;

/// What tells one state of a file from another: its identity, length, and when its content or its rights changed.
type Stamp = [(u64, u64, i64, i64); 2];

/// A certificate with its key.
#[derive(Debug)]
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    config: Arc<ServerConfig>,
    stamp: Stamp,
    /// A state that could not be used.
    refused: Option<Stamp>,
}

impl Certificate {
    /// Reads both files.
    ///
    /// # Errors
    /// Why they cannot be used, in Chinese.
    pub fn load(chain: PathBuf, key: PathBuf) -> Result<Self, String> {
        let stamp = stamp(&chain, &key)?;
        let config = read(&chain, &key)?;
        Ok(Self {
            chain,
            key,
            held: Mutex::new(Held {
                config,
                stamp,
                refused: None,
            }),
        })
    }

    /// What the next line is encrypted with.
    pub fn current(&self) -> Arc<ServerConfig> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // A file that is just being replaced may not be there.
        let Ok(seen) = stamp(&self.chain, &self.key) else {
            return Arc::clone(&held.config);
        };
        if seen != held.stamp && held.refused != Some(seen) {
            match read(&self.chain, &self.key) {
                Ok(config) => {
                    *held = Held {
                        config,
                        stamp: seen,
                        refused: None,
                    };
                    tracing::info!("网页证书已换用新的文件");
                }
                Err(why) => {
                    held.refused = Some(seen);
                    tracing::error!("新的网页证书不能用，仍用原来的：{why}");
                }
            }
        }
        Arc::clone(&held.config)
    }
}

fn stamp(chain: &Path, key: &Path) -> Result<Stamp, String> {
    let of = |path: &Path| {
        let meta = std::fs::metadata(path).map_err(|error| format!("{} 无法读取：{error}", path.display()))?;
        Ok::<_, String>((meta.ino(), meta.len(), meta.ctime(), meta.ctime_nsec()))
    };
    Ok([of(chain)?, of(key)?])
}

fn read(chain: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&bytes(chain)?)
        .take(CHAIN_LIMIT)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("证书文件 {} 不是 PEM 格式：{error}", chain.display()))?;
    if certificates.is_empty() {
        return Err(format!("证书文件 {} 中没有证书", chain.display()));
    }
    let rights = std::fs::metadata(key).map_err(|error| format!("{} 无法读取：{error}", key.display()))?;
    // Many systems let a group of their own read keys.
    if rights.permissions().mode() & 0o007 != 0 {
        let place = key.display();
        return Err(format!("密钥文件 {place} 任何用户都能读取：执行 chmod o= {place}"));
    }
    let secret = PrivateKeyDer::from_pem_slice(&bytes(key)?)
        .map_err(|_| format!("密钥文件 {} 中没有可用的私钥（PEM 格式，不带密码）", key.display()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(certificates, secret)
        .map_err(|error| format!("证书 {} 与密钥 {} 不能一起用：{error}", chain.display(), key.display()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("{} 无法读取：{error}", path.display());
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_BYTES {
        return Err(format!("{} 超过 1 MiB，不像证书或密钥", path.display()));
    }
    std::fs::read(path).map_err(unreadable)
}
