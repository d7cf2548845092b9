//! The word lists of the site's folder: read at the start, and again when somebody has changed them.

use super::{App, AppError};
use crate::domain::ids::hex;
use crate::domain::protection::Words;
use crate::domain::time::Moment;
use crate::files::{self, HeaderWords};
use crate::store::journal::{self, ACTOR_SERVICE, Entry};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Word lists with what they were read from.
pub struct Vocabulary {
    /// Words of outcomes and causes.
    pub words: Words,
    /// Words of headers.
    pub headers: HeaderWords,
    /// Hash of the files.
    pub(super) mark: String,
}

/// The folder as text.
struct Texts {
    /// Word lists by name.
    lists: Vec<(String, String)>,
    headers: Option<String>,
    /// Hash of them all.
    mark: String,
}

fn texts(dir: &Path) -> Result<Texts, AppError> {
    let unreadable = |error: files::ReadError| AppError::Input(error.to_string());
    let lists = files::words::folder(dir).map_err(unreadable)?;
    let headers = files::words::headers(dir).map_err(unreadable)?;
    let mut hash = Sha256::new();
    for (name, text) in &lists {
        for part in [name, text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.update(headers.as_deref().unwrap_or("\0"));
    let mark = hex(&hash.finalize());
    Ok(Texts { lists, headers, mark })
}

fn parse(dir: &Path, texts: &Texts) -> Result<Vocabulary, AppError> {
    let named = texts.lists.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let named: Vec<(&str, &str)> = named.collect();
    let wrong = |error: String| AppError::Input(format!("{}：{error}", dir.display()));
    Ok(Vocabulary {
        words: Words::parse(&named).map_err(|error| wrong(error.to_string()))?,
        headers: match &texts.headers {
            Some(text) => HeaderWords::parse(text).map_err(|error| wrong(format!("headers.toml：{error}")))?,
            None => HeaderWords::builtin(),
        },
        mark: texts.mark.clone(),
    })
}

/// The word lists of a folder, checked; without one, those built in.
///
/// # Errors
/// A folder that cannot be read, a file that is no word list; the message names file, line and column.
pub fn load(dir: Option<&Path>) -> Result<Vocabulary, AppError> {
    let Some(dir) = dir else {
        return Ok(Vocabulary {
            words: Words::builtin(),
            headers: HeaderWords::builtin(),
            mark: String::new(),
        });
    };
    parse(dir, &texts(dir)?)
}

/// Takes changed word lists into use; wrong ones are told once and those in use stay. Whether they changed.
pub(super) async fn keep_up(app: &App, now: Moment) -> Result<bool, AppError> {
    let Some(dir) = app.words_dir.as_deref() else {
        return Ok(false);
    };
    let found = match texts(dir) {
        Ok(found) => found,
        // A folder that is being replaced: the next pass looks again.
        Err(error) => {
            tracing::warn!(reason = %error, "用词文件夹读不出，沿用原来的");
            return Ok(false);
        }
    };
    let mark = &found.mark;
    if app.words_seen(mark) {
        return Ok(false);
    }
    let loaded = parse(dir, &found);
    let (action, detail) = match &loaded {
        Ok(_) => ("words.reload", format!("用词文件有变更，已启用（{}）", &mark[..16])),
        Err(error) => ("words.refuse", format!("用词文件有变更但有错，沿用原来的：{error}")),
    };
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    journal::append(
        &mut tx,
        now,
        &[Entry {
            actor: ACTOR_SERVICE,
            action,
            object_kind: "words",
            object_id: &mark[..16],
            detail,
        }],
    )
    .await?;
    tx.commit().await?;
    Ok(match loaded {
        Ok(vocabulary) => {
            tracing::info!(words.mark = &mark[..16], "用词文件已重新读取 {}", &mark[..16]);
            app.put_words(vocabulary);
            true
        }
        Err(error) => {
            tracing::warn!(reason = %error, "用词文件有错，沿用原来的");
            app.refuse_words(found.mark);
            false
        }
    })
}
