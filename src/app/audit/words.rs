//! The words of the chain as people read them. What is kept stays as it was written.

use super::Line;
use crate::app::{App, wording};
use crate::domain::obligation::Kind;

/// What was done: the word kept and the word shown.
pub const ACTIONS: &[(&str, &str)] = &[
    ("view", "查看"),
    ("export", "导出审计记录"),
    ("verify", "核对审计链"),
    ("sign-in", "登录"),
    ("sign-in-refused", "登录被拒"),
    ("sign-out", "退出登录"),
    ("end-session", "结束登录"),
    ("make", "建立账号"),
    ("grant", "授予角色"),
    ("lock", "锁定账号"),
    ("unlock", "解锁账号"),
    ("close", "停用账号"),
    ("reopen", "恢复账号"),
    ("reset", "重设密码"),
    ("recover", "找回密码"),
    ("set-password", "设定密码"),
    ("password-refused", "密码答错"),
    ("second-factor", "动态验证码"),
    ("case.act", "办理案件"),
    ("case.add", "导入案件"),
    ("case.change", "案件随台账变更"),
    ("paper.preview", "公文拟稿"),
    ("paper.issue", "制发公文"),
    ("paper.export", "取出公文"),
    ("obligation.add", "产生期限"),
    ("obligation.change", "期限变化"),
    ("obligation.move", "期限改期"),
    ("obligation.void", "期限不再要求"),
    ("finding.open", "发现疑似问题"),
    ("finding.raise", "疑似问题升级"),
    ("finding.reopen", "疑似问题重新打开"),
    ("finding.rejudge", "疑似问题重新判断"),
    ("finding.state", "疑似问题状态"),
    ("finding.act", "办理疑似问题"),
    ("remedy.open", "列入待补定、待恢复"),
    ("remedy.done", "补定、恢复"),
    ("remedy.void", "不再要求补定、恢复"),
    ("reminder.add", "登记苗头性问题提醒"),
    ("reminder.check", "苗头性问题回看"),
    ("rectification", "办理整改事项"),
    ("hand_over.offer", "提出移交"),
    ("hand_over.confirm", "确认移交"),
    ("delegation", "登记离岗代理"),
    ("delegation.end", "结束离岗代理"),
    ("directory.change", "改动联系人"),
    ("import", "导入"),
    ("keep", "留存预检结果"),
    ("precheck", "预检"),
    ("inbox.done", "收件夹预检"),
    ("inbox.failed", "收件夹未能预检"),
    ("columns.remember", "记住列"),
    ("columns.forget", "忘记列"),
    ("calendar.import", "导入放假安排"),
    ("calendar.take_back", "从日历中去掉"),
    ("policy.change", "换用规则"),
    ("settings.adopt", "采用设置"),
    ("words.reload", "换用用词"),
    ("words.refuse", "用词不能用"),
    ("alert", "提醒"),
    ("alert.acknowledge", "确认收悉"),
    ("alert.answer", "从邮件链接答复"),
    ("alert.hand_on", "交由他人接收提醒"),
    ("alert.silence", "静默"),
    ("alert.lift", "解除静默"),
    ("alert.catch_up", "静默后补发"),
    ("mail.resend", "重发邮件"),
    ("mail.drop", "放弃邮件"),
    ("mail.bounce", "退信"),
    ("mail.trial", "测试邮件"),
    ("channel.set", "设置通道"),
    ("channel.retire", "停用通道"),
    ("channel.restore", "恢复通道"),
    ("channel.trial", "测试通道"),
    ("trouble", "通知不到"),
    ("reconcile.failed", "无法核对"),
];

/// Kinds of objects: the word kept and the word shown.
pub const KINDS: &[(&str, &str)] = &[
    ("account", "账号"),
    ("case", "案件"),
    ("person", "干部"),
    ("obligation", "期限"),
    ("finding", "疑似问题"),
    ("remedy", "待补定、待恢复"),
    ("reminder", "苗头性问题提醒"),
    ("rectification", "整改事项"),
    ("hand_over", "移交"),
    ("contact", "联系人"),
    ("unit", "单位"),
    ("run", "导入、预检"),
    ("precheck", "预检"),
    ("file", "文件"),
    ("calendar", "日历"),
    ("policy", "规则"),
    ("settings", "设置"),
    ("words", "用词"),
    ("alert", "提醒"),
    ("silence", "静默"),
    ("mail", "邮件"),
    ("channel", "通道"),
    ("journal", "审计记录"),
];

fn shown(words: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    words.iter().find(|(kept, _)| *kept == word).map(|(_, shown)| *shown)
}

impl Line {
    /// What was done, in words.
    pub fn did(&self) -> &str {
        shown(ACTIONS, &self.action).unwrap_or(&self.action)
    }

    /// To what, in words.
    pub fn about(&self) -> String {
        let kind = shown(KINDS, &self.kind).unwrap_or(&self.kind);
        if self.kind == "journal" {
            return kind.to_owned();
        }
        format!("{kind} {}", self.object)
    }
}

/// Who it was: the person's name where it is known.
pub(super) fn actor(actor: &str, name: Option<&str>) -> String {
    match (actor.strip_prefix("account:"), name) {
        (Some(login), Some(name)) => format!("{name}（{login}）"),
        _ => wording::actor(actor).to_owned(),
    }
}

/// A detail with the kinds of what is owed by their names: a word by itself, never a part of a file's name.
pub(super) fn detail(app: &App, text: &str) -> String {
    let known = |word: &str| {
        let word = word.split('：').next()?;
        let kind = Kind::KNOWN.into_iter().find(|kind| kind.as_str() == word)?;
        Some((word.len(), wording::kind_name(app, kind)))
    };
    let words = text.split(' ').map(|word| match known(word) {
        Some((length, name)) => format!("{name}{}", &word[length..]),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_explained_once() {
        for words in [ACTIONS, KINDS, wording::ACTORS] {
            for (at, (kept, shown)) in words.iter().enumerate() {
                assert!(
                    words[..at].iter().all(|other| other.0 != *kept && other.1 != *shown),
                    "{kept}"
                );
            }
        }
    }

    #[test]
    fn somebody_goes_by_name() {
        assert_eq!(actor("account:lin.jia", Some("林甲")), "林甲（lin.jia）");
        assert_eq!(actor("account:gone", None), "gone");
        assert_eq!(actor("service", None), "本系统");
        assert_eq!(actor("何收文", None), "何收文");
    }
}
