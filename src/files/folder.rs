//! A folder of approval forms as one roster.

use super::table::{Document, Opens, extension};
use super::{ReadError, Sandbox, archive};
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

/// Opens every `.lrmx` and `.lrm` of a folder; subfolders are not entered. Other files are left alone.
pub fn open(dir: &Path, by: &Sandbox) -> Result<Document, ReadError> {
    let shown = dir
        .file_name()
        .map_or_else(|| dir.display().to_string(), |name| name.to_string_lossy().into_owned());
    let forms = forms(&shown, dir, by.limits().members)?;
    let mut parcel = Parcel::default();
    let mut whole = Document {
        name: shown.clone(),
        hash: String::new(),
        tables: Ok(Vec::new()),
        faults: Vec::new(),
    };
    let mut hashes = String::new();
    let mut failed = None;
    for path in forms {
        let name = name_of(&path);
        let cannot = |error: std::io::Error| ReadError::kind(&name, format!("无法读取（{error}）"));
        let length = std::fs::metadata(&path).map_err(cannot)?.len();
        if length > by.limits().file_bytes {
            return Err(ReadError::too_large(
                &name,
                format!("文件超过 {} MiB", by.limits().file_bytes >> 20),
            ));
        }
        if parcel.bytes + length > by.limits().file_bytes / 2 {
            failed = send(&mut parcel, &shown, by, &mut whole)?.or(failed);
        }
        let bytes = std::fs::read(&path).map_err(cannot)?;
        hashes.push_str(&archive::fingerprint(&bytes));
        parcel.add(&name, &bytes)?;
    }
    failed = send(&mut parcel, &shown, by, &mut whole)?.or(failed);
    if let (Ok(tables), Some(error)) = (&whole.tables, failed)
        && tables.is_empty()
    {
        whole.tables = Err(error);
    }
    whole.hash = archive::fingerprint(hashes.as_bytes());
    Ok(whole)
}

fn forms(shown: &str, dir: &Path, most: usize) -> Result<Vec<PathBuf>, ReadError> {
    let entries =
        std::fs::read_dir(dir).map_err(|error| ReadError::kind(shown, format!("文件夹无法读取（{error}）")))?;
    let mut forms = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| ReadError::broken(shown, &error))?.path();
        if path.is_file() && matches!(extension(&name_of(&path)).as_str(), "lrmx" | "lrm") {
            forms.push(path);
        }
        if forms.len() > most {
            return Err(ReadError::too_large(shown, format!("任免审批表超过 {most} 份")));
        }
    }
    if forms.is_empty() {
        return Err(ReadError::kind(
            shown,
            "文件夹里没有任免审批表（.lrmx、.lrm）。其他名单请逐个导入，或压缩成 .zip",
        ));
    }
    forms.sort();
    Ok(forms)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Forms on their way to the reading process: one process for many of them.
#[derive(Default)]
struct Parcel {
    zip: Option<zip::ZipWriter<Cursor<Vec<u8>>>>,
    bytes: u64,
}

impl Parcel {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ReadError> {
        let zip = self
            .zip
            .get_or_insert_with(|| zip::ZipWriter::new(Cursor::new(Vec::new())));
        let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, plain)
            .map_err(|error| ReadError::broken(name, &error))?;
        zip.write_all(bytes).map_err(|error| ReadError::broken(name, &error))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

/// Reads what is on its way; the error is that of a parcel in which no form could be read.
fn send(parcel: &mut Parcel, shown: &str, by: &Sandbox, whole: &mut Document) -> Result<Option<ReadError>, ReadError> {
    let Some(zip) = std::mem::take(parcel).zip else {
        return Ok(None);
    };
    let bytes = zip
        .finish()
        .map_err(|error| ReadError::broken(shown, &error))?
        .into_inner();
    let mut failed = None;
    for document in by.open(&format!("{shown}.zip"), &bytes)? {
        whole.faults.extend(document.faults);
        match (&mut whole.tables, document.tables) {
            (Ok(tables), Ok(more)) => tables.extend(more),
            (_, Err(error)) => failed = Some(error),
            (Err(_), Ok(_)) => {}
        }
    }
    Ok(failed)
}
