//! What is said of arguments that cannot be used: in the language of the rest.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The error in Chinese; `None`: the library's own words do.
pub(super) fn explained(error: &Error) -> Option<String> {
    let said = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{}", all(error, ContextKind::InvalidArg)?),
        ErrorKind::UnknownArgument => {
            let hint = first(error, ContextKind::SuggestedArg).map(|hint| format!("，是不是 {hint}"));
            let given = first(error, ContextKind::InvalidArg)?;
            format!("没有参数「{given}」{}", hint.unwrap_or_default())
        }
        ErrorKind::InvalidSubcommand => {
            let hint = first(error, ContextKind::SuggestedSubcommand).map(|hint| format!("，是不是 {hint}"));
            let given = first(error, ContextKind::InvalidSubcommand)?;
            format!("没有命令「{given}」{}", hint.unwrap_or_default())
        }
        ErrorKind::ValueValidation => {
            let source = std::error::Error::source(error)?;
            format!("{}：{source}", first(error, ContextKind::InvalidArg)?)
        }
        ErrorKind::InvalidValue => invalid(error)?,
        ErrorKind::ArgumentConflict => format!(
            "{} 不能重复，也不能与互斥的参数同用",
            first(error, ContextKind::InvalidArg)?
        ),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{} 的值个数不对", first(error, ContextKind::InvalidArg)?)
        }
        _ => return None,
    };
    Some(format!("{said}。用 --help 查看用法"))
}

fn invalid(error: &Error) -> Option<String> {
    let arg = first(error, ContextKind::InvalidArg)?;
    let given = first(error, ContextKind::InvalidValue).unwrap_or_default();
    if given.is_empty() {
        return Some(format!("{arg} 没有写值"));
    }
    let known = all(error, ContextKind::ValidValue).filter(|known| !known.is_empty());
    let known = known.map(|known| format!("，可用的是：{known}"));
    Some(format!("{arg}：「{given}」不能用{}", known.unwrap_or_default()))
}

fn texts(error: &Error, kind: ContextKind) -> Option<Vec<String>> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(vec![text.clone()]),
        ContextValue::Strings(texts) => Some(texts.clone()),
        _ => None,
    }
}

fn first(error: &Error, kind: ContextKind) -> Option<String> {
    texts(error, kind)?.into_iter().next()
}

fn all(error: &Error, kind: ContextKind) -> Option<String> {
    Some(texts(error, kind)?.join("、"))
}
