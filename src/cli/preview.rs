//! `rongcuo preview-mail`

use super::DONE;
use super::args::Global;
use super::open::{self, Use};
use super::output::Failure;
use super::save;
use crate::app::preview::{self, DIGEST};
use crate::app::{App, AppError};
use crate::domain::alert::Point;
use crate::domain::obligation::Kind;
use crate::mail;
use crate::store::mails::NewMail;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// `preview-mail`
#[derive(Debug, Args)]
pub struct PreviewArgs {
    /// 事项种类，或 digest（早间汇总）、all（每一种）
    kind: String,
    /// 提醒点，如 T-1、T0、T+1、opened、moved、chain-1（不写即第一个）
    #[arg(long, value_name = "POINT")]
    point: Option<String>,
    /// 写成 .eml 和 .html 文件，放进这个文件夹；不写即显示文字部分
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// 覆盖已有的文件
    #[arg(long)]
    overwrite: bool,
}

/// Shows a mail about a made-up matter; sends nothing.
pub async fn run(global: &Global, args: &PreviewArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Read).await?;
    let point = args
        .point
        .as_deref()
        .map(|text| Point::parse(text).ok_or_else(|| Failure::input(format!("提醒点「{text}」无法识别"))))
        .transpose()?;
    let mails = mails(&app, &args.kind, point).await?;
    for (name, mail) in &mails {
        let parts = mail::parts(&mail.bytes);
        match &args.out {
            Some(folder) => {
                std::fs::create_dir_all(folder)
                    .map_err(|error| Failure::environment(format!("{}：无法建立（{error}）", folder.display())))?;
                save::write(&folder.join(format!("{name}.eml")), &mail.bytes, args.overwrite)?;
                save::write(
                    &folder.join(format!("{name}.html")),
                    parts.html.as_bytes(),
                    args.overwrite,
                )?;
            }
            None if global.json() => {
                let document = serde_json::json!({ "kind": name, "subject": mail.subject, "text": parts.text });
                writeln!(out, "{document}")?;
            }
            None => writeln!(out, "主题：{}\n\n{}", mail.subject, parts.text)?,
        }
    }
    if let Some(folder) = &args.out {
        writeln!(out, "已写出 {} 封到 {}", mails.len(), folder.display())?;
    }
    Ok(DONE)
}

async fn mails(app: &App, kind: &str, point: Option<Point>) -> Result<Vec<(String, NewMail)>, Failure> {
    match kind {
        DIGEST => Ok(vec![(DIGEST.to_owned(), preview::summary(app).await?)]),
        "all" => {
            let mut all = vec![(DIGEST.to_owned(), preview::summary(app).await?)];
            for kind in preview::kinds(app) {
                for point in preview::points(app, kind) {
                    let name = format!("{}_{point}", kind.as_str());
                    all.push((name, preview::mail(app, kind, Some(point)).await?));
                }
            }
            Ok(all)
        }
        kind => {
            let known = preview::kinds(app);
            let Some(kind) = Kind::from_text(kind).filter(|kind| known.contains(kind)) else {
                let words: Vec<&str> = known.iter().map(|kind| kind.as_str()).collect();
                return Err(Failure::from(AppError::Input(format!(
                    "没有种类「{kind}」的邮件，可用的是 {DIGEST}、all、{}",
                    words.join("、")
                ))));
            };
            Ok(vec![(kind.as_str().to_owned(), preview::mail(app, kind, point).await?)])
        }
    }
}
