//! The file that holds the master key.

use super::KEY_BYTES;
use crate::domain::ids::hex;
use crate::runtime::random::Random;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// First line of the file: what it is and which version of the layout.
const VERSION_LINE: &str = "rongcuo-key 1";

/// A key file is two short lines; anything longer is something else.
const MAX_BYTES: u64 = 4096;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file is there and cannot be read.
    #[error("读不了密钥文件 {path}（{source}）。处理办法：检查路径，并让运行本程序的用户可读")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Other users could have copied it.
    #[error("密钥文件 {path} 别的用户也能读写（权限 {mode:o}）。处理办法：执行 chmod 600 {path}")]
    ReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is no key file of this version.
    #[error("{path} 不是本系统的密钥文件，或已损坏。处理办法：从备份中恢复密钥文件；不要删除，新密钥打不开旧数据")]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A new one cannot be made.
    #[error("无法生成密钥文件 {path}（{source}）。处理办法：建立所在目录，并让运行本程序的用户可写")]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Reads the master key, making the file if there is none.
pub(super) fn load_or_create(path: &Path, random: &dyn Random) -> Result<[u8; KEY_BYTES], KeyError> {
    if let Some(key) = load(path)? {
        return Ok(key);
    }
    create(path, random).map_err(|source| KeyError::Create {
        path: path.to_path_buf(),
        source,
    })?;
    load(path)?.ok_or_else(|| KeyError::Read {
        path: path.to_path_buf(),
        source: ErrorKind::NotFound.into(),
    })
}

fn load(path: &Path) -> Result<Option<[u8; KEY_BYTES]>, KeyError> {
    let unreadable = |source| KeyError::Read {
        path: path.to_path_buf(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    // The rights are those of the opened file, so the file checked is the file read.
    let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::ReadableByOthers {
            path: path.to_path_buf(),
            mode,
        });
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    let key = std::str::from_utf8(&bytes).ok().and_then(parse);
    key.map(Some).ok_or_else(|| KeyError::Format {
        path: path.to_path_buf(),
    })
}

/// Writes a complete file under another name and links it into place: the link fails if somebody was faster, and
/// nobody ever sees half a file.
fn create(path: &Path, random: &dyn Random) -> std::io::Result<()> {
    let mut key = [0; KEY_BYTES];
    random.fill(&mut key);
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // The name is drawn from the system even when `random` is seeded: two processes with one seed must not meet here.
    let mut suffix = [0; 8];
    crate::runtime::random::SystemRandom.fill(&mut suffix);
    let draft = folder.join(format!(".rongcuo-key-{}", hex(&suffix)));
    let written = write_new(&draft, &key).and_then(|()| match std::fs::hard_link(&draft, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    match std::fs::remove_file(&draft) {
        Err(error) if written.is_ok() && error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    written?;
    // A key that is used must survive a power cut, its directory entry included.
    File::open(folder)?.sync_all()
}

fn write_new(path: &Path, key: &[u8; KEY_BYTES]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(format!("{VERSION_LINE}\n{}\n", hex(key)).as_bytes())?;
    file.sync_all()
}

fn parse(text: &str) -> Option<[u8; KEY_BYTES]> {
    let mut lines = text.lines();
    let (version, digits) = (lines.next()?, lines.next()?);
    if version != VERSION_LINE || digits.len() != KEY_BYTES * 2 || lines.any(|line| !line.trim().is_empty()) {
        return None;
    }
    let mut key = [0; KEY_BYTES];
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::random::{SeededRandom, SystemRandom};
    use std::sync::Barrier;

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_first_use_makes_a_private_file_and_later_uses_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rongcuo.key");
        let first = load_or_create(&path, &SystemRandom).unwrap();
        assert_ne!(first, [0; KEY_BYTES]);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(load_or_create(&path, &SystemRandom).unwrap(), first);
        let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "a draft was left behind");
    }

    #[test]
    fn the_layout_is_a_version_line_and_64_hexadecimal_digits() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k");
        std::fs::write(&path, format!("rongcuo-key 1\n{}\n", "0aF0".repeat(16))).unwrap();
        set_mode(&path, 0o400);
        let key = load_or_create(&path, &SeededRandom::new(1)).unwrap();
        assert_eq!(key[..4], [0x0a, 0xf0, 0x0a, 0xf0]);
    }

    #[test]
    fn processes_that_race_agree() {
        for round in 0..20 {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("k");
            let gate = Barrier::new(8);
            let keys: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            gate.wait();
                            load_or_create(&path, &SystemRandom).unwrap()
                        })
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(keys.iter().all(|key| *key == keys[0]), "round {round}");
        }
    }

    #[test]
    fn a_shared_or_damaged_file_is_refused_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k");
        load_or_create(&path, &SystemRandom).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o644] {
            set_mode(&path, mode);
            let error = load_or_create(&path, &SystemRandom).expect_err("shared");
            assert!(matches!(error, KeyError::ReadableByOthers { mode: shown, .. } if shown == mode));
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
        let digits = "00".repeat(32);
        for text in [
            String::new(),
            "rongcuo-key 1\n".to_owned(),
            format!("rongcuo-key 2\n{digits}\n"),
            format!("rongcuo-key 1\n{}\n", &digits[2..]),
            format!("rongcuo-key 1\n{}zz\n", &digits[2..]),
            format!("rongcuo-key 1\n{digits}\n{digits}\n"),
        ] {
            std::fs::write(&path, &text).unwrap();
            set_mode(&path, 0o600);
            let error = load_or_create(&path, &SystemRandom).expect_err("damaged");
            assert!(matches!(error, KeyError::Format { .. }), "{text:?}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_missing_folder_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("absent/k");
        let error = load_or_create(&path, &SystemRandom).expect_err("no folder");
        assert!(matches!(error, KeyError::Create { .. }), "{error}");
        assert!(error.to_string().contains("absent/k"), "{error}");
    }
}
