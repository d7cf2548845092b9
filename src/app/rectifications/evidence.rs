//! 佐证材料: kept as it came, once for each content, named by its hash.

use super::{By, Done, ItemRef, find, take};
use crate::app::{App, AppError};
use crate::domain::ids::hex;
use crate::domain::rectification::{Act, Evidence};
use crate::domain::written::{self, Size};
use crate::files::evidence;
use crate::store::journal::{self, Entry};
use crate::store::rectifications as store;
use sha2::{Digest, Sha256};

/// A file to hand in.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Name without folder.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Evidence one item may have.
const MOST: usize = 200;

/// Keeps a file and records that it was handed in.
pub async fn attach(app: &App, which: &ItemRef, file: Attachment, by: &By) -> Result<Done, AppError> {
    let now = app.now();
    written::check("材料的文件名", &file.name, Size::Line).map_err(AppError::Input)?;
    let kind = evidence::kind(&file.name, &file.bytes).map_err(AppError::Input)?;
    let hash = hex(&Sha256::digest(&file.bytes));
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let item = find(&mut tx, which).await?;
    if let Some(same) = item.life.evidence.iter().find(|one| one.hash.as_deref() == Some(&hash)) {
        return Err(AppError::Input(format!("该材料已提交过，名为「{}」", same.name)));
    }
    if item.life.evidence.len() >= MOST {
        return Err(AppError::Input(format!("该事项已有 {MOST} 份材料，请合并后再提交")));
    }
    let act = Act::Attached {
        evidence: Evidence {
            name: file.name,
            hash: Some(hash.clone()),
            bytes: file.bytes.len() as u64,
            kind: kind.to_owned(),
        },
    };
    store::keep_file(&mut tx, &hash, kind, &file.bytes, now).await?;
    let done = take(app, &mut tx, item, &act, by, now).await?;
    tx.commit().await?;
    Ok(done)
}

/// Gives a file back; the view is journaled. Its content is checked against its hash.
pub async fn fetch(app: &App, number: &str, name: &str, actor: &str) -> Result<Attachment, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let which = ItemRef {
        number: number.to_owned(),
        version: None,
    };
    let item = find(&mut tx, &which).await?;
    let found = item
        .life
        .evidence
        .iter()
        .find(|one| one.hash.is_some() && (one.name == name || one.hash.as_deref() == Some(name)));
    let Some((evidence, hash)) = found.and_then(|one| Some((one, one.hash.as_deref()?))) else {
        return Err(AppError::Input(format!(
            "整改事项「{number}」没有名为「{name}」的材料文件"
        )));
    };
    let bytes = store::file(&mut tx, hash).await?.unwrap_or_default();
    if hex(&Sha256::digest(&bytes)) != hash {
        return Err(AppError::Environment(format!(
            "材料「{}」与登记时的校验值不符：请从备份恢复",
            evidence.name
        )));
    }
    let entry = Entry {
        actor,
        action: "view",
        object_kind: "rectification",
        object_id: item.id.as_str(),
        detail: format!("取出 {} 的佐证材料「{}」", item.number, evidence.name),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    Ok(Attachment {
        name: evidence.name.clone(),
        bytes,
    })
}
