//! A change of a channel: what it comes to, beside what was; then the version that makes it so.

use super::content::Content;
use super::{Mistake, Unshown};
use crate::app::settings::{self, Adopted};
use crate::app::{App, AppError};
use crate::domain::channel::{Kind, MOST, State, Wish, is_name};
use crate::domain::written;
use crate::store::Tx;
use crate::store::channels::{self as store, Version};
use crate::store::journal::{self, Entry};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Shortest key of a signature that is taken from a form.
const SHORTEST_SECRET: usize = 8;
/// Longest address, key and document of a form.
const LONGEST: usize = 4_000;

/// What a form says a channel is.
#[derive(Clone)]
pub struct Asked {
    /// What it is.
    pub kind: Kind,
    /// What the page does not show again; what is empty stays as it was.
    pub unshown: Unshown,
    /// Whether the key of the signature is to go.
    pub drop_secret: bool,
    /// Whether the headers are to go.
    pub drop_headers: bool,
    /// Whether messages are marked up.
    pub markdown: bool,
    /// Shape of the document; empty: the usual one.
    pub body: String,
    /// The folder.
    pub dir: String,
    /// Messages a minute.
    pub per_minute: String,
}

/// What is to become of a channel.
#[derive(Clone)]
pub enum Change {
    /// There is to be one of this name.
    Add(Box<Asked>),
    /// It is to be this.
    Set(Box<Asked>),
    /// Nothing is to go through it.
    Retire,
    /// It is to be again what it was; 0: what the configuration says.
    Restore(i64),
}

/// What a change would come to.
pub struct Plan {
    /// The version in whose place it would stand.
    pub base: i64,
    /// What it changes, beside what was.
    pub rows: Vec<Row>,
    /// The number of the rules in force, and what they send through it, in words.
    pub told: Option<String>,
    state: State,
    content: Option<Content>,
    /// What it is now, whoever says so.
    kept: Option<Content>,
    restores: Option<i64>,
}

/// One thing that is said of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is called.
    pub label: &'static str,
    /// What was.
    pub before: String,
    /// What would be.
    pub after: String,
    /// Whether it changes.
    pub is_new: bool,
}

/// One thing that a channel is: what is shown of it, and what it comes to, for comparison only.
struct Said {
    label: &'static str,
    shown: String,
    is: String,
}

fn said(content: &Content) -> Vec<Said> {
    let outline = content.outline();
    let kind = outline.kind;
    let mut all = Vec::new();
    let mut say = |label, shown: String, is: &str| {
        all.push(Said {
            label,
            shown,
            is: is.to_owned(),
        });
    };
    let there = |there: bool| if there { "已设置" } else { "未设置" }.to_owned();
    say("种类", kind.zh().to_owned(), &content.kind);
    let place = content.url.clone().unwrap_or_else(|| outline.place.clone());
    say("发往", outline.place.clone(), &place);
    if kind.token().is_some() {
        let token = content.token.as_deref().unwrap_or_default();
        say("网址中的密钥", there(!token.is_empty()), token);
    }
    if kind.signs() {
        let secret = content.secret.as_deref().unwrap_or_default();
        say("签名密钥", there(outline.signed), secret);
    }
    match kind {
        Kind::Webhook => {
            let headers: Vec<String> = content
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            let shown = if outline.headers.is_empty() {
                "没有".to_owned()
            } else {
                format!("{}（值不显示）", outline.headers.join("、"))
            };
            say("另加的请求头", shown, &headers.join("\n"));
            let body = content.body.clone().unwrap_or_else(|| "程序通常的".to_owned());
            say("正文", body.clone(), &body);
        }
        Kind::WeCom | Kind::DingTalk => {
            let looks = if content.markdown {
                "分行加链接（markdown）"
            } else {
                "文字"
            };
            say("样式", looks.to_owned(), looks);
        }
        Kind::File => {}
    }
    let pace = format!("{} 条", outline.per_minute);
    say("每分钟最多", pace.clone(), &pace);
    all
}

impl Row {
    fn new(label: &'static str, before: &str, after: &str) -> Self {
        Self {
            label,
            before: before.to_owned(),
            after: after.to_owned(),
            is_new: before != after,
        }
    }
}

fn used_zh(is_used: bool) -> &'static str {
    if is_used { "在用" } else { "没有在用" }
}

/// What a channel is, beside what it was.
fn beside(before: Option<&Content>, after: Option<&Content>) -> Vec<Row> {
    let (was, is) = (
        before.map(said).unwrap_or_default(),
        after.map(said).unwrap_or_default(),
    );
    let mut rows = Vec::new();
    let labels = was
        .iter()
        .chain(is.iter().filter(|one| !was.iter().any(|old| old.label == one.label)));
    for label in labels.map(|one| one.label) {
        let find = |all: &[Said]| all.iter().position(|one| one.label == label);
        let (old, new) = (find(&was).map(|at| &was[at]), find(&is).map(|at| &is[at]));
        let is_new = old.map(|old| &old.is) != new.map(|new| &new.is);
        let shown = |one: Option<&Said>| one.map_or_else(|| "—".to_owned(), |one| one.shown.clone());
        let after = match (old, new) {
            (Some(_), Some(_)) if !is_new => "不变".to_owned(),
            // Nothing of it may be told apart.
            (Some(old), Some(new)) if old.shown == new.shown && new.shown == "已设置" => "将更换".to_owned(),
            (Some(old), Some(new)) if old.shown == new.shown => format!("{}，将更换", new.shown),
            _ => shown(new),
        };
        rows.push(Row {
            label,
            before: shown(old),
            after,
            is_new,
        });
    }
    rows
}

/// What stands now.
struct Now {
    number: i64,
    in_use: bool,
    of_file: bool,
    /// What it is, where that can be read.
    content: Option<Content>,
}

async fn now(app: &App, tx: &mut Tx, id: &str) -> Result<Now, AppError> {
    let number = store::newest(tx, id).await?;
    let version = store::one(tx, id, number).await?;
    let own = || {
        app.outward
            .own(id)
            .map(|own| (own.ready)().ok().map(|channel| Content::of(&channel)))
    };
    let (in_use, of_file, content) = match version {
        Some(version) if version.state == State::InUse => {
            (true, false, Content::open(&app.keys, &version).ok().flatten())
        }
        Some(version) if version.state == State::Retired => (false, false, None),
        _ => own().map_or((false, true, None), |own| (true, true, own)),
    };
    Ok(Now {
        number,
        in_use,
        of_file,
        content,
    })
}

/// What a change would come to.
///
/// # Errors
/// The database fails. What is wrong with what was asked is the inner error.
pub async fn plan(app: &App, id: &str, change: &Change) -> Result<Result<Plan, Vec<Mistake>>, AppError> {
    let mut tx = app.db.read().await?;
    let plan = plan_in(app, &mut tx, id, change).await;
    tx.rollback().await?;
    plan
}

async fn plan_in(app: &App, tx: &mut Tx, id: &str, change: &Change) -> Result<Result<Plan, Vec<Mistake>>, AppError> {
    let before = now(app, tx, id).await?;
    let adopted = settings::adopted(tx).await?;
    let told = told(app, &adopted, id)?;
    let wanted = match change {
        Change::Add(_) if before.in_use => Err(vec![Mistake::of(
            "id",
            format!("已有名为「{id}」的通道：在它的页面上修改，或者换一个名称"),
        )]),
        Change::Set(_) if !before.in_use => Err(vec![Mistake::whole("这个通道已停用：先恢复一个版本，再修改")]),
        Change::Add(_) if in_use(app, &adopted.channels) >= MOST => {
            Err(vec![Mistake::whole(format!("通道已有 {MOST} 个，先停用不用的"))])
        }
        Change::Add(asked) => named(id).and_then(|()| asked.wanted(None)),
        Change::Set(asked) => asked.wanted(before.content.as_ref()),
        Change::Retire if !before.in_use => Err(vec![Mistake::whole("这个通道已经停用")]),
        Change::Retire => match &told {
            Some(told) => Err(vec![Mistake::whole(format!(
                "{told}：先在通知（规则的 [routing] channels）中去掉，再停用"
            ))]),
            None => Ok((State::Retired, None)),
        },
        Change::Restore(number) => restored(app, tx, id, *number).await?,
    };
    let (state, content) = match wanted {
        Ok(wanted) => wanted,
        Err(mistakes) => return Ok(Err(mistakes)),
    };
    if let Some(content) = &content {
        let fits = content.channel(id).and_then(|channel| app.outward.permits(&channel));
        if let Err(mistake) = fits {
            return Ok(Err(vec![mistake]));
        }
    }
    let mut rows = beside(before.content.as_ref(), content.as_ref());
    let by = |is_used: bool, of_file: bool| match (is_used, of_file) {
        (false, _) => "—",
        (true, true) => "配置文件",
        (true, false) => "设置页面",
    };
    let (was, is) = (
        by(before.in_use, before.of_file),
        by(content.is_some(), state == State::OfFile),
    );
    rows.insert(0, Row::new("状态", used_zh(before.in_use), used_zh(content.is_some())));
    rows.insert(1, Row::new("写在哪里", was, is));
    if rows.iter().all(|row| !row.is_new || row.label == "写在哪里") && state != State::OfFile
        || before.of_file && state == State::OfFile
    {
        return Ok(Err(vec![Mistake::whole("与现行的一样，没有需要采用的改动")]));
    }
    Ok(Ok(Plan {
        base: before.number,
        rows,
        told,
        state,
        content,
        kept: before.content,
        restores: match change {
            Change::Restore(number) => Some(*number),
            _ => None,
        },
    }))
}

type Wanted = Result<(State, Option<Content>), Vec<Mistake>>;

fn named(id: &str) -> Result<(), Vec<Mistake>> {
    if is_name(id) {
        return Ok(());
    }
    let problem = "名称用字母、汉字、数字、- 和 _，最多 40 个字";
    Err(vec![Mistake::of("id", problem)])
}

async fn restored(app: &App, tx: &mut Tx, id: &str, number: i64) -> Result<Wanted, AppError> {
    let missing = |text: String| Ok(Err(vec![Mistake::whole(text)]));
    if number < 0 {
        return missing("没有写明恢复哪一版".to_owned());
    }
    if number == 0 {
        let Some(own) = app.outward.own(id) else {
            return missing("配置文件中没有这个通道".to_owned());
        };
        return Ok(match (own.ready)() {
            Ok(channel) => Ok((State::OfFile, Some(Content::of(&channel)))),
            Err(problem) => Err(vec![Mistake::whole(format!("配置文件中的不能用：{problem}"))]),
        });
    }
    let Some(version) = store::one(tx, id, number).await? else {
        return missing(format!("没有第 {number} 版"));
    };
    match Content::open(&app.keys, &version) {
        Ok(Some(content)) => Ok(Ok((State::InUse, Some(content)))),
        Ok(None) => missing(format!("第 {number} 版没有内容可以恢复")),
        Err(problem) => missing(format!("第 {number} 版不能恢复：{problem}")),
    }
}

/// How many channels are in use.
fn in_use(app: &App, newest: &[Version]) -> usize {
    let set = newest.iter().filter(|version| version.state == State::InUse).count();
    let own = app.outward.own.iter().filter(|own| {
        let version = newest.iter().find(|version| version.channel == own.id);
        version.is_none_or(|version| version.state == State::OfFile)
    });
    set + own.count()
}

/// What the rules in force send through a channel.
fn told(app: &App, adopted: &Adopted, id: &str) -> Result<Option<String>, AppError> {
    let rules = adopted.rules()?;
    let through = &rules.as_ref().unwrap_or(app.own_policy()).routing.channels;
    let Some(own) = through.iter().find(|through| through.id == id) else {
        return Ok(None);
    };
    let words: Vec<&str> = own.severities.iter().map(|severity| severity.zh()).collect();
    let rules = adopted
        .rules_number()
        .map_or_else(|| "现行的规则".to_owned(), |number| format!("现行的规则第 {number} 版"));
    Ok(Some(format!("{rules}经它发出{}的提醒", words.join("、"))))
}

impl Asked {
    /// What it comes to, beside what there was.
    fn wanted(&self, before: Option<&Content>) -> Wanted {
        let before = before.filter(|before| before.kind == self.kind.word());
        let mut content = self.plain(before);
        let mut mistakes = self.too_long();
        mistakes.extend(self.settle(&mut content, before));
        mistakes.extend(content.channel("").err());
        if mistakes.is_empty() {
            Ok((State::InUse, Some(content)))
        } else {
            Err(mistakes)
        }
    }

    /// What is not kept for one host alone.
    fn plain(&self, before: Option<&Content>) -> Content {
        let (body, dir) = (self.body.trim(), self.dir.trim());
        let url = self.address().0;
        Content {
            kind: self.kind.word().to_owned(),
            url: url.or_else(|| before.and_then(|before| before.url.clone())),
            token: None,
            secret: None,
            headers: BTreeMap::new(),
            body: (self.kind == Kind::Webhook && !body.is_empty()).then(|| body.to_owned()),
            markdown: self.markdown && self.kind.token().is_some(),
            dir: (self.kind == Kind::File && !dir.is_empty()).then(|| PathBuf::from(dir)),
            per_minute: self.per_minute.trim().parse().unwrap_or(0),
        }
    }

    /// What is too long for a form of ours.
    fn too_long(&self) -> Vec<Mistake> {
        let all = [
            ("url", &self.unshown.url),
            ("secret", &self.unshown.secret),
            ("headers", &self.unshown.headers),
            ("body", &self.body),
        ];
        all.into_iter()
            .filter(|(_, text)| text.chars().count() > LONGEST)
            .map(|(field, _)| Mistake::of(field, format!("最多 {LONGEST} 个字")))
            .collect()
    }

    /// Token, key and headers: given, kept for the host they were given for, or to be given anew.
    fn settle(&self, content: &mut Content, before: Option<&Content>) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let same = match (before.and_then(Content::address), content.address()) {
            (Some(before), Some(after)) => before.origin() == after.origin(),
            _ => false,
        };
        if self.kind.token().is_some() {
            let old = before.and_then(|before| before.token.clone());
            let wish = self.address().1.map_or(Wish::Keep, Wish::Put);
            // Without one the address is refused.
            content.token = wish.settle(old, same).flatten();
        }
        if self.kind.signs() {
            let old = before.and_then(|before| before.secret.clone());
            let typed = self.unshown.secret.trim();
            if (1..SHORTEST_SECRET).contains(&typed.chars().count()) {
                let said = format!("签名密钥至少 {SHORTEST_SECRET} 个字：太短的猜得出来");
                mistakes.push(Mistake::of("secret", said));
            }
            match wish((!typed.is_empty()).then(|| typed.to_owned()), self.drop_secret).settle(old, same) {
                Some(secret) => content.secret = secret,
                None => mistakes.push(Mistake::of(
                    "secret",
                    "主机换了，原来的密钥不会发给别的主机：请重新填写，或者选择不签名",
                )),
            }
        }
        if self.kind == Kind::Webhook {
            let old = before.map(|before| before.headers.clone());
            let typed = headers(&self.unshown.headers).unwrap_or_else(|mistake| {
                mistakes.push(mistake);
                BTreeMap::new()
            });
            let wish = wish(Some(typed).filter(|typed| !typed.is_empty()), self.drop_headers);
            match wish.settle(old.filter(|old| !old.is_empty()), same) {
                Some(headers) => content.headers = headers.unwrap_or_default(),
                None => mistakes.push(Mistake::of(
                    "headers",
                    "主机换了，原来的请求头不会发给别的主机：请重新填写，或者选择去掉",
                )),
            }
        }
        mistakes
    }

    /// The address that was typed, without the token of a robot, and the token.
    fn address(&self) -> (Option<String>, Option<String>) {
        let typed = self.unshown.url.trim();
        if typed.is_empty() || self.kind == Kind::File {
            return (None, None);
        }
        let (Some(name), Some((place, query))) = (self.kind.token(), typed.split_once('?')) else {
            return (Some(typed.to_owned()), None);
        };
        let is_token = |one: &&str| one.split_once('=').is_some_and(|(key, _)| key == name);
        let token = query.split('&').find(is_token).and_then(|one| one.split_once('='));
        let rest: Vec<&str> = query
            .split('&')
            .filter(|one| !is_token(one) && !one.is_empty())
            .collect();
        let url = if rest.is_empty() {
            place.to_owned()
        } else {
            format!("{place}?{}", rest.join("&"))
        };
        let token = token.map(|(_, token)| token.to_owned());
        (Some(url), token.filter(|token| !token.is_empty()))
    }
}

fn wish<T>(typed: Option<T>, drop: bool) -> Wish<T> {
    match (typed, drop) {
        (Some(typed), _) => Wish::Put(typed),
        (None, true) => Wish::Drop,
        (None, false) => Wish::Keep,
    }
}

/// Headers, a line each.
fn headers(text: &str) -> Result<BTreeMap<String, String>, Mistake> {
    let mut headers = BTreeMap::new();
    for (at, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() {
            continue;
        }
        let wrong = |what: &str| Mistake::of("headers", format!("请求头第 {} 行{what}", at + 1));
        let pair = line.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
        let (name, value) = pair
            .filter(|(name, value)| !name.is_empty() && !value.is_empty())
            .ok_or_else(|| wrong("要写成「名称: 值」"))?;
        if headers.insert(name.to_lowercase(), value.to_owned()).is_some() {
            return Err(wrong(&format!("的「{}」前面已写过", name.escape_debug())));
        }
    }
    Ok(headers)
}

/// Makes a change: it is in force from now on in this process, in every other from its next pass on.
///
/// # Errors
/// The database fails; another version was adopted since. What is wrong with what was asked is the inner error.
pub async fn apply(
    app: &App,
    id: &str,
    change: &Change,
    base: i64,
    (reason, actor): (&str, &str),
) -> Result<Result<i64, Vec<Mistake>>, AppError> {
    let reason = match written::lines("理由", reason) {
        Ok(reason) => reason,
        Err(problem) => return Ok(Err(vec![Mistake::of("reason", problem)])),
    };
    let at = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let newest = store::newest(&mut tx, id).await?;
    if newest != base {
        tx.rollback().await?;
        return Err(AppError::Conflict(format!(
            "打开以后通道「{id}」已改为第 {newest} 版，本次没有改动；请对照现行的再核对"
        )));
    }
    let plan = match plan_in(app, &mut tx, id, change).await? {
        Ok(plan) => plan,
        Err(mistakes) => {
            tx.rollback().await?;
            return Ok(Err(mistakes));
        }
    };
    if holds_secret(id, &plan, &reason) {
        tx.rollback().await?;
        let said = "理由里写了通道的密钥，或者地址里的口令：理由会长久留在审计里，请去掉";
        return Ok(Err(vec![Mistake::of("reason", said)]));
    }
    let number = base + 1;
    let version = Version {
        channel: id.to_owned(),
        number,
        replaces: base,
        restores: plan.restores,
        state: plan.state,
        sealed: plan
            .content
            .as_ref()
            .filter(|_| plan.state == State::InUse)
            .map(|content| content.seal(&app.keys, id, number)),
        actor: actor.to_owned(),
        reason: reason.clone(),
        at,
    };
    store::add(&mut tx, &version).await?;
    let entry = Entry {
        actor,
        action: match (change, plan.state) {
            (Change::Restore(_), _) => "channel.restore",
            (_, State::Retired) => "channel.retire",
            _ => "channel.set",
        },
        object_kind: "channel",
        object_id: id,
        detail: format!("{}：{reason}", plan.detail(number)),
    };
    journal::append(&mut tx, at, &[entry]).await?;
    let news = settings::adopted(&mut tx).await?;
    tx.commit().await?;
    // It is set, whatever holds up its coming into use here: the next pass tries again.
    if let Err(error) = settings::take(app, news, at).await {
        tracing::error!(%error, "通道已改，暂未启用，下一轮再试");
    }
    Ok(Ok(number))
}

/// Shortest secret that is looked for: a shorter one may be part of any word.
const SHORTEST_TOLD: usize = 6;

/// Whether a reason repeats what the channel hides now or is to hide.
fn holds_secret(id: &str, plan: &Plan, reason: &str) -> bool {
    let contents = plan.content.iter().chain(&plan.kept);
    let mut secrets = contents
        .filter_map(|content| content.channel(id).ok())
        .flat_map(|channel| channel.secrets());
    secrets.any(|secret| secret.len() >= SHORTEST_TOLD && reason.contains(&secret))
}

impl Plan {
    /// What the journal says: what was changed, not from what to what, since most of it is not to be shown.
    fn detail(&self, number: i64) -> String {
        let what = match (&self.content, self.state) {
            (_, State::Retired) => "停用".to_owned(),
            (_, State::OfFile) => "恢复为配置文件所写".to_owned(),
            (Some(content), State::InUse) => {
                let outline = content.outline();
                format!("{}，发往 {}", outline.kind.zh(), outline.place)
            }
            (None, State::InUse) => String::new(),
        };
        let again = self
            .restores
            .filter(|_| self.state == State::InUse)
            .map(|number| format!("，恢复第 {number} 版的内容"))
            .unwrap_or_default();
        let new: Vec<&str> = self.rows.iter().filter(|row| row.is_new).map(|row| row.label).collect();
        let new = if new.is_empty() || self.state == State::Retired {
            String::new()
        } else {
            format!("，改动：{}", new.join("、"))
        };
        format!("第 {number} 版，代替第 {} 版：{what}{again}{new}", self.base)
    }
}
