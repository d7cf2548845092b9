//! The parser's own words in Chinese.

/// What the keys of a profile mean, for those who left one out.
const KEYS: [(&str, &str); 53] = [
    ("id", "名称，小写字母、数字和下划线"),
    ("name", "名称"),
    ("source", "来源文件"),
    ("archive_when_not_tolerated", "不予容错的是否归档"),
    ("roll_off", "最后一日是休息日的是否顺延"),
    ("next_year_notice_by", "下一年放假通知最迟导入的日期"),
    ("start", "上班时间"),
    ("end", "下班时间"),
    ("salary", "工资"),
    ("performance_pay", "绩效"),
    ("bonus", "奖金"),
    ("domains", "受保护的事项"),
    ("clause", "依据的条款"),
    ("quote", "条款原文"),
    ("kind", "事项种类"),
    ("anchor", "从哪个事件起算"),
    ("amount", "数量"),
    ("unit", "单位"),
    ("mode", "性质"),
    ("number_from", "数字出自哪里"),
    ("schedule", "用哪一节提醒"),
    ("action", "要做的事"),
    ("max", "合计最多延长多少"),
    ("times", "最多几次"),
    ("approver", "由谁批准"),
    ("reason_required", "是否须写明理由"),
    ("inform_subject", "是否须告知当事人"),
    ("grounds", "中止的事由"),
    ("within", "多少时间内申请"),
    ("scope", "通知哪个单位的联系人"),
    ("points", "提醒点"),
    ("point", "何时提醒"),
    ("roles", "通知哪些角色"),
    ("percent", "优秀的比例"),
    ("with_approval", "经批准的比例"),
    ("basis", "比例的出处"),
    ("min_protected", "受保护人员最少人次"),
    ("min_peers", "同类人员最少人次"),
    ("level", "显著性水平"),
    ("digest", "哪些轻重的提醒并入早间汇总"),
    ("digest_at", "早间汇总的时刻"),
    ("longest_silence", "静默最长多少日"),
    ("above", "各角色的上一级"),
    ("channels", "邮件以外的通道"),
    ("severities", "哪些轻重的提醒"),
    ("subject", "邮件主题说到哪一步"),
    ("link_days", "邮件里的链接有效多少日"),
    ("anybody", "没有别人可通知时由谁代收"),
    ("answers", "谁可以从邮件的链接答复"),
    ("follow_ups", "一次核对中再看几次"),
    ("steps", "逐级上报的各级"),
    ("whole", "整体的种类"),
    ("parts", "部分的种类"),
];

/// Sections of which there are several.
const REPEATED: [&str; 6] = ["guard", "event", "limit", "schedule", "chain", "inhibition"];

/// How a section's name is written.
pub(super) fn header(section: &str) -> String {
    if REPEATED.contains(&section) {
        format!("[[{section}]]")
    } else {
        format!("[{section}]")
    }
}

/// What the parser says; the words between backticks are kept.
pub(super) fn what(text: &str, error: &toml::de::Error, section: &str) -> String {
    let message = error.message();
    let here = error.span().and_then(|span| text.get(span)).unwrap_or_default();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let first = quoted.next().unwrap_or_default();
    let rest: Vec<&str> = quoted.collect();
    if message.starts_with("unknown field") {
        format!("不认识的键「{first}」，可用的是 {}", rest.join("、"))
    } else if message.starts_with("unknown variant") {
        format!("不认识的取值「{first}」，可用的是 {}", rest.join("、"))
    } else if message.starts_with("missing field") {
        let meaning = KEYS
            .iter()
            .find(|(key, _)| *key == first)
            .map(|(_, zh)| format!("（{zh}）"))
            .unwrap_or_default();
        let section = if section.is_empty() {
            String::new()
        } else {
            format!("{} ", header(section))
        };
        format!("{section}缺少「{first}」{meaning}")
    } else if message.starts_with("duplicate key") {
        if REPEATED.contains(&here) {
            format!("「{here}」前面写成了单方括号；每项都要用双方括号 {}", header(here))
        } else {
            format!("「{here}」在同一处写了两次")
        }
    } else if let Some(rest) = message.strip_prefix("invalid type: ") {
        wrong("取值的类型不对", rest)
    } else if let Some(rest) = message.strip_prefix("invalid value: ") {
        wrong("取值超出了范围", rest)
    } else if message.is_ascii() {
        punctuation(text, error)
    } else {
        // Our own words, from a value that reads itself.
        message.to_owned()
    }
}

/// `string "3", expected u32`
fn wrong(what: &str, said: &str) -> String {
    let (found, expected) = said.rsplit_once(", expected ").unwrap_or((said, ""));
    let found = [
        ("string", "文字"),
        ("integer", "整数"),
        ("floating point", "小数"),
        ("boolean", "真假值"),
        ("map", "一节（表）或日期时间"),
        ("sequence", "方括号括起来的一组"),
    ]
    .into_iter()
    .find_map(|(word, zh)| found.strip_prefix(word).map(|value| format!("{zh} {}", value.trim())))
    .unwrap_or_else(|| found.to_owned());
    let expected = match expected {
        "u8" => " 0 到 100 的整数，不加引号",
        "u32" => "不小于 0 的整数，不加引号",
        "f64" => "小数，如 0.05，不加引号",
        "a boolean" => " true 或 false，不加引号",
        "a string" | "a borrowed string" => "英文引号括起来的文字",
        "a sequence" => "方括号括起来的一组",
        _ => "花括号括起来的一组键和值",
    };
    format!(
        "{what}：写的是{}，应是{expected}",
        found.replace('`', "").trim_end().trim_end_matches(" as i128")
    )
}

/// Mistakes of the TOML itself.
fn punctuation(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(text.len(), |span| span.start);
    let wide = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| {
        // Full-width forms, Chinese quotation marks and brackets.
        matches!(
            c,
            '\u{ff01}'..='\u{ff5e}' | '“' | '”' | '‘' | '’' | '【' | '】' | '「' | '」' | '、' | '\u{3000}'
        )
    });
    if let Some(wide) = wide {
        return format!("「{wide}」是中文（全角）符号，请改用英文（半角）符号");
    }
    let message = error.message();
    if message.starts_with("string values")
        && text[at..]
            .trim_start_matches([' ', '\t', '\r'])
            .starts_with(['\n', '#'])
    {
        return "等号后面没有取值".to_owned();
    }
    let known = [
        ("invalid basic string", "文字没有写完：缺少右边的引号"),
        ("invalid literal string", "文字没有写完：缺少右边的引号"),
        ("invalid multi-line", "文字没有写完：缺少右边的三个引号"),
        ("missing escaped value", "文字中的反斜杠须写成两个（\\\\）"),
        ("key with no value", "键的后面应是等号和取值"),
        ("missing value", "等号后面没有取值"),
        ("invalid key-value pair", "应写成「键 = 取值」"),
        ("unexpected key or value", "这里多了内容；一行只写一个键"),
        ("unexpected content", "这里多了内容；一行只写一个键"),
        ("invalid unquoted key", "键只能用小写字母和下划线"),
        (
            "string values must be quoted",
            "文字须用英文引号括起来；数字须是半角数字",
        ),
        ("unclosed array table", "节的名称没有写完：缺少 ]]"),
        ("unclosed table", "节的名称没有写完：缺少 ]"),
        ("unclosed array", "方括号没有写完：缺少 ]"),
        ("unclosed inline table", "花括号没有写完：缺少 }"),
        ("missing comma", "两项之间缺少英文逗号"),
        ("extra comma", "这里多了一个逗号"),
        ("extra", "这里多了一个符号"),
        ("carriage return", "换行不对：请另存为通常的文本文件"),
        ("cannot recurse", "括号套得太深"),
        ("invalid comment", "注释中有不能用的字符"),
        ("integer number overflowed", "数字太大"),
        ("floating-point number overflowed", "数字太大"),
        ("unexpected leading zero", "数字前面不能有 0"),
    ];
    known
        .into_iter()
        .find(|(start, _)| message.starts_with(start))
        .map_or_else(|| format!("写法不合 TOML 格式（{message}）"), |(_, zh)| zh.to_owned())
}
