//! The word lists of the site's folder: read at the start, and again when somebody has changed them.

use super::{App, AppError};
use crate::domain::ids::hex;
use crate::domain::protection::Words;
use crate::domain::settings::HEADERS;
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

/// Texts by file name.
pub(super) type Named = [(String, String)];

/// The folder's lists, those that were adopted in their place.
fn texts(dir: Option<&Path>, adopted: &Named) -> Result<Texts, AppError> {
    let unreadable = |error: files::ReadError| AppError::Input(error.to_string());
    let mut lists = match dir {
        Some(dir) => files::words::folder(dir).map_err(unreadable)?,
        None => Vec::new(),
    };
    let mut headers = match dir {
        Some(dir) => files::words::headers(dir).map_err(unreadable)?,
        None => None,
    };
    for (name, text) in adopted {
        if name == HEADERS {
            headers = Some(text.clone());
        } else if let Some(own) = lists.iter_mut().find(|(known, _)| known == name) {
            own.1.clone_from(text);
        } else {
            lists.push((name.clone(), text.clone()));
        }
    }
    lists.sort();
    if lists.is_empty() && headers.is_none() {
        return Ok(Texts {
            lists,
            headers,
            mark: String::new(),
        });
    }
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

fn parse(dir: Option<&Path>, texts: &Texts) -> Result<Vocabulary, AppError> {
    let named = texts.lists.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let named: Vec<(&str, &str)> = named.collect();
    let place = dir.map_or_else(|| "采用的用词".to_owned(), |dir| dir.display().to_string());
    let wrong = |error: String| AppError::Input(format!("{place}：{error}"));
    let words = Words::parse(&named).map_err(|error| wrong(error.to_string()))?;
    let headers = match &texts.headers {
        Some(text) => HeaderWords::parse(text).map_err(|error| wrong(format!("headers.toml：{error}")))?,
        None => HeaderWords::builtin(),
    };
    Ok(Vocabulary {
        headers: headers.knowing(&words),
        words,
        mark: texts.mark.clone(),
    })
}

/// The word lists of a folder, checked; without one, those built in.
///
/// # Errors
/// A folder that cannot be read, a file that is no word list; the message names file, line and column.
pub fn load(dir: Option<&Path>) -> Result<Vocabulary, AppError> {
    load_with(dir, &[])
}

/// The same with the lists that were adopted in the place of the folder's.
///
/// # Errors
/// A folder that cannot be read, a text that is no word list; the message names file, line and column.
pub fn load_with(dir: Option<&Path>, adopted: &Named) -> Result<Vocabulary, AppError> {
    parse(dir, &texts(dir, adopted)?)
}

/// A list of the site's files: the folder's, else the one built in.
pub(super) fn own_text(dir: Option<&Path>, file: &str) -> Result<String, AppError> {
    let own = texts(dir, &[])?;
    let text = if file == HEADERS {
        own.headers
    } else {
        own.lists
            .into_iter()
            .find(|(name, _)| name == file)
            .map(|(_, text)| text)
    };
    let builtin = Words::builtin_text(file).unwrap_or(HeaderWords::builtin_text());
    Ok(text.unwrap_or_else(|| builtin.to_owned()))
}

/// What the others of the lists in use are read beside.
pub(super) fn lists_with(app: &App, file: &str, text: &str) -> Result<Vec<(String, String)>, AppError> {
    let mut adopted = app.adopted().words.clone();
    adopted.retain(|(name, _)| name != file);
    adopted.push((file.to_owned(), text.to_owned()));
    Ok(texts(app.words_dir.as_deref(), &adopted)?.lists)
}

/// Takes changed word lists into use; wrong ones are told once and those in use stay. Whether they changed. What was
/// adopted was journaled then.
pub(super) async fn keep_up(app: &App, words: &Named, adopted: bool, now: Moment) -> Result<bool, AppError> {
    let dir = app.words_dir.as_deref();
    let found = match texts(dir, words) {
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
    if adopted && let Ok(vocabulary) = loaded {
        app.put_words(vocabulary);
        return Ok(true);
    }
    let short = found.mark.get(..16).unwrap_or("files");
    let (action, detail) = match &loaded {
        Ok(_) => ("words.reload", format!("用词文件有变更，已启用（{short}）")),
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
            object_id: short,
            detail,
        }],
    )
    .await?;
    tx.commit().await?;
    Ok(match loaded {
        Ok(vocabulary) => {
            tracing::info!(words.mark = short, "用词文件已重新读取 {short}");
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
