//! A unit and a post written in one cell: 云川市住建局党组书记、局长.

/// The unit in front of the first post, and all of the posts. Without a known post the whole text is the unit.
pub(super) fn split<'a>(text: &'a str, posts: &[String]) -> (&'a str, Option<&'a str>) {
    let text = text.trim();
    let first = text
        .split(['、', '，', ',', '；', ';', '（', '(', '\n', ' ', '\u{3000}'])
        .next()
        .unwrap_or(text);
    let mut unit = first;
    while let Some(shorter) = without_post(unit, posts) {
        unit = shorter;
    }
    // 原云川市住建局局长: the unit is the one that was left.
    let unit = unit.strip_prefix('原').unwrap_or(unit);
    let post = text[text.find(unit).unwrap_or(0) + unit.len()..].trim_start_matches(['、', '，', ',', '；', ';', ' ']);
    (unit, (!post.is_empty()).then_some(post))
}

fn without_post<'a>(text: &'a str, posts: &[String]) -> Option<&'a str> {
    posts
        .iter()
        .filter_map(|post| text.strip_suffix(post.as_str()))
        .min_by_key(|rest| rest.len())
}

#[cfg(test)]
mod tests {
    use super::super::HeaderWords;
    use super::*;

    #[test]
    fn the_unit_stands_before_the_first_post() {
        let words = HeaderWords::builtin();
        for (text, unit, post) in [
            ("云川市住建局党组书记、局长", "云川市住建局", Some("党组书记、局长")),
            ("云川市委组织部副部长", "云川市委组织部", Some("副部长")),
            ("云川市第一中学校长", "云川市第一中学", Some("校长")),
            ("云川市/住建局/质监站副站长", "云川市/住建局/质监站", Some("副站长")),
            (
                "青禾区住建局办公室主任，一级主任科员",
                "青禾区住建局办公室",
                Some("主任，一级主任科员"),
            ),
            ("云川市教育局四级调研员", "云川市教育局", Some("四级调研员")),
            (
                "原云川市住建局局长（2026年5月退休）",
                "云川市住建局",
                Some("局长（2026年5月退休）"),
            ),
            ("云川市住建局", "云川市住建局", None),
            ("局长", "", Some("局长")),
            ("", "", None),
        ] {
            assert_eq!(split(text, &words.posts), (unit, post), "{text}");
        }
    }
}
