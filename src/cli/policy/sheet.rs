//! The profile as a sheet of A4 width that a person can sign.

use super::{extension, postponement, suspension};
use crate::cli::table::{PAGE, Table, labelled};
use crate::domain::contact::Role;
use crate::domain::policy::{Anchor, Guard, Limit, NumberFrom, Policy, Scope, Step};
use crate::domain::rectification::Tally;

/// Number, name, from and by which event, how long, how binding, whose number, which conclusions, clause.
const LIMIT_WIDTHS: [usize; 8] = [2, 16, 16, 12, 4, 8, 8, 8];
const STEP_WIDTHS: [usize; 5] = [16, 20, 4, 12, 32];

/// The lines of the sheet.
pub fn of(policy: &Policy) -> Vec<String> {
    let mut lines = vec!["规则核对表".to_owned(), String::new()];
    head(policy, &mut lines);
    heading(&mut lines, "一、开关和约定");
    switches(policy, &mut lines);
    heading(&mut lines, "二、程序要求");
    guards(policy, &mut lines);
    heading(&mut lines, "三、结论保护的事项");
    protected(policy, &mut lines);
    heading(&mut lines, "四、由人登记的事件");
    own_events(policy, &mut lines);
    heading(&mut lines, &format!("五、期限（{} 项）", policy.limits().len()));
    limits(policy, &mut lines);
    heading(&mut lines, "六、提醒");
    schedules(policy, &mut lines);
    heading(&mut lines, "七、督促整改");
    rectification(policy, &mut lines);
    heading(&mut lines, "八、签字");
    signatures(&mut lines);
    lines
}

fn heading(lines: &mut Vec<String>, text: &str) {
    lines.extend([String::new(), text.to_owned()]);
}

fn say(lines: &mut Vec<String>, label: &str, text: &str) {
    lines.extend(labelled(label, text, PAGE));
}

/// Who accepts, what neglect leads to, and the ladder.
fn rectification(policy: &Policy, lines: &mut Vec<String>) {
    let rules = &policy.rectification;
    let roles: Vec<&str> = rules.accept_roles.iter().map(|role| role.zh()).collect();
    say(
        lines,
        "验收：",
        &format!("{}（申请人以外、另一角色的人）", roles.join("、")),
    );
    say(
        lines,
        "整改不力的处理：",
        &format!(
            "{}（{}，{}）",
            rules.measures.join("、"),
            rules.clause,
            rules.number_from.zh()
        ),
    );
    for (place, level) in (1..).zip(&policy.ladder.0) {
        let paper = level
            .paper
            .as_deref()
            .map_or(String::new(), |paper| format!("，制发{paper}"));
        say(
            lines,
            &format!("第 {place} 级 {}（{}）：", level.name, level.colour),
            &format!(
                "扣 {} 分{paper}；{}（{}，{}）",
                Tally(level.deduction),
                level.action,
                level.clause,
                level.number_from.zh()
            ),
        );
    }
    if policy.ladder.0.is_empty() {
        lines.push("没有处置阶梯".to_owned());
    }
}

fn head(policy: &Policy, lines: &mut Vec<String>) {
    say(
        lines,
        "规则：",
        &format!("{}（{}）", policy.profile.name, policy.profile.id),
    );
    say(lines, "来源：", &policy.profile.source);
    say(
        lines,
        "校验值：",
        &format!("{}（规则文件改动一个字，校验值就不同）", policy.fingerprint()),
    );
    let local = policy
        .limits()
        .iter()
        .filter(|limit| limit.terms.counts() && limit.number_from == NumberFrom::Local)
        .count();
    let from_policy = policy
        .limits()
        .iter()
        .filter(|limit| limit.terms.counts() && limit.number_from == NumberFrom::Policy)
        .count();
    say(
        lines,
        "数字：",
        &format!("期限的数字出自政策规定的 {from_policy} 项，本单位约定的 {local} 项"),
    );
}

fn switches(policy: &Policy, lines: &mut Vec<String>) {
    let (archive, roll) = (
        if policy.archive_when_not_tolerated {
            "也归入两份档案"
        } else {
            "不归入两份档案"
        },
        if policy.roll_off {
            "顺延到下一个工作日"
        } else {
            "不顺延"
        },
    );
    say(lines, "不予容错的结论：", archive);
    say(lines, "按日、月、年计算的期限，最后一日是休息日的：", roll);
    say(
        lines,
        "工作日的上下班时间：",
        &format!("{}—{}", policy.start.format("%H:%M"), policy.end.format("%H:%M")),
    );
    say(
        lines,
        "台账没有写明何时开始调查的，调查期间按认定日期以前推定：",
        &format!("{} 个月（本单位约定）", policy.investigation_months),
    );
    let fall = policy.tolerance;
    say(
        lines,
        "实发低于基准不超过下列比例的不算不利：",
        &format!(
            "工资 {}%，绩效 {}%，奖金 {}%（本单位约定）",
            fall.salary, fall.performance_pay, fall.bonus
        ),
    );
    let quota = &policy.quota;
    say(
        lines,
        "年度考核优秀的比例（只作提示）：",
        &format!(
            "{}%，经批准 {}%；{}（{}）",
            quota.percent,
            quota.with_approval,
            quota.basis,
            quota.number_from.zh()
        ),
    );
    let hidden = &policy.hidden_penalty;
    say(
        lines,
        "隐性影响比对：",
        &format!(
            "受保护人员不足 {} 人次、同类人员不足 {} 人次的说样本不足；显著性水平 {}（{}）",
            hidden.min_protected,
            hidden.min_peers,
            hidden.level,
            hidden.number_from.zh()
        ),
    );
}

fn guards(policy: &Policy, lines: &mut Vec<String>) {
    for (number, rule) in policy.guards().iter().enumerate() {
        let text = format!("{}（{}）", rule.guard.zh(), rule.clause);
        say(lines, &format!("{:>2}. ", number + 1), &text);
    }
    let absent: Vec<&str> = Guard::ALL
        .iter()
        .filter(|guard| !policy.insists_on(**guard))
        .map(|guard| guard.zh())
        .collect();
    if absent.is_empty() {
        say(lines, "不作要求的：", "没有");
    } else {
        say(lines, "不作要求的：", &absent.join("；"));
    }
}

fn protected(policy: &Policy, lines: &mut Vec<String>) {
    let named: Vec<&str> = policy.protected().iter().map(|domain| domain.zh()).collect();
    let clause = policy.protection_clause().map_or_else(
        || "（规则中没有写，按全部保护）".to_owned(),
        |clause| format!("（{clause}）"),
    );
    say(lines, "", &format!("{}{clause}", named.join("、")));
    for rule in policy.consequences() {
        let reached: Vec<&str> = rule.domains.iter().map(|domain| domain.zh()).collect();
        let text = format!(
            "{} {} 年以内的{}（{}，年数{}）",
            rule.after.zh(),
            rule.years,
            reached.join("、"),
            rule.clause,
            rule.number_from.zh()
        );
        say(lines, "连带：", &text);
    }
}

fn own_events(policy: &Policy, lines: &mut Vec<String>) {
    let named: Vec<String> = policy
        .own_events()
        .iter()
        .map(|own| format!("{}（{}）", own.name, own.id.as_str()))
        .collect();
    if named.is_empty() {
        say(lines, "", "没有");
    } else {
        say(lines, "", &named.join("、"));
    }
}

fn limits(policy: &Policy, lines: &mut Vec<String>) {
    let header = ["号", "期限", "起算 至 办结", "多长", "性质", "数字出处", "适用", "依据"];
    let mut table = Table::new(LIMIT_WIDTHS, header);
    for (number, limit) in policy.limits().iter().enumerate() {
        table.row(&cells(policy, number + 1, limit), &below(policy, limit));
    }
    lines.extend(table.lines());
}

fn cells(policy: &Policy, number: usize, limit: &Limit) -> [String; 8] {
    let amount = match (limit.terms.counts(), limit.anchor) {
        (true, _) => limit.terms.zh(),
        (false, Anchor::Given) => "台账写明".to_owned(),
        (false, _) => "当日".to_owned(),
    };
    let done = limit
        .done_by
        .map_or_else(|| "台账或答复".to_owned(), |event| policy.event_zh(event));
    let levels: Vec<&str> = limit.levels.iter().map(|level| level.zh()).collect();
    [
        number.to_string(),
        limit.name.clone(),
        format!("{} 至 {done}", policy.anchor_zh(limit.anchor)),
        amount,
        limit.mode.zh().to_owned(),
        if limit.terms.counts() {
            limit.number_from.zh().to_owned()
        } else {
            "—".to_owned()
        },
        if levels.is_empty() {
            "不分结论".to_owned()
        } else {
            levels.join("、")
        },
        limit.clause.clone(),
    ]
}

fn below<'a>(policy: &Policy, limit: &Limit) -> Vec<(&'a str, String)> {
    let schedule = policy.schedule(limit);
    let mut told: Vec<Role> = Vec::new();
    for step in &schedule.points {
        let also = step.also.iter().flat_map(|also| also.roles.iter());
        for role in step.roles.iter().chain(also) {
            if !told.contains(role) {
                told.push(*role);
            }
        }
    }
    let told: Vec<&str> = told.into_iter().map(Role::zh).collect();
    let mut below = vec![("原文：", limit.quote.clone()), ("要做：", limit.action.clone())];
    let changes = [
        ("延长：", limit.extension.as_ref().map(extension)),
        ("中止：", limit.suspension.as_ref().map(suspension)),
        ("顺延：", limit.postponement.as_ref().map(postponement)),
    ];
    if changes.iter().all(|(_, said)| said.is_none()) {
        below.push(("变通：", "不可延长、中止或顺延".to_owned()));
    } else {
        below.extend(changes.map(|(label, said)| (label, said.unwrap_or_else(|| "不可".to_owned()))));
    }
    below.push((
        "通知：",
        format!("{}（提醒「{}」，时点见六）", told.join("、"), schedule.id),
    ));
    below.push(("名称：", format!("{}（kind {}）", limit.id, limit.kind.as_str())));
    below
}

fn schedules(policy: &Policy, lines: &mut Vec<String>) {
    let mut table = Table::new(STEP_WIDTHS, ["提醒", "时点", "轻重", "通知的单位", "角色"]);
    for schedule in policy.schedules() {
        for step in &schedule.points {
            table.row(&step_cells(policy, &schedule.id, schedule.scope, step), &[]);
        }
    }
    lines.extend(table.lines());
    say(
        lines,
        "",
        "到期日变动的，另行通知当日提醒的对象。紧急的随时发出，其余在工作日上班时间发出。",
    );
}

fn step_cells(policy: &Policy, id: &str, scope: Scope, step: &Step) -> [String; 5] {
    let said = |roles: &[Role]| roles.iter().map(|role| role.zh()).collect::<Vec<_>>().join("、");
    let also = step
        .also
        .as_ref()
        .map(|also| format!("；另有{}的{}", also.scope.zh(), said(&also.roles)))
        .unwrap_or_default();
    let level = step
        .level
        .map(|level| format!("；升为{}", policy.ladder.zh(level)))
        .unwrap_or_default();
    [
        id.to_owned(),
        format!("{}（{}）", step.point.zh(), step.point),
        step.severity.zh().to_owned(),
        scope.zh().to_owned(),
        format!("{}{also}{level}", said(&step.roles)),
    ]
}

fn signatures(lines: &mut Vec<String>) {
    for who in ["经办人", "核对人", "批准人"] {
        lines.extend([
            String::new(),
            format!("{who}（签字）：____________________    日期：______年____月____日"),
        ]);
    }
    lines.extend([String::new(), "单位（盖章）：".to_owned()]);
}
