//! The lines of the rules that say who is told what and how, so that they can be changed by themselves.

/// Sections that are about telling.
const ROUTING: [&str; 4] = ["routing", "chain", "inhibition", "schedule"];

/// Lines of a text that follow one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whether they are about telling.
    pub routing: bool,
    /// The number of their first line in the whole, from 1.
    pub first: usize,
    /// Their text.
    pub text: String,
}

/// The section a line opens.
fn section(line: &str) -> Option<&str> {
    let name = line.trim_start().strip_prefix('[')?.trim_start_matches('[');
    let name = name.split([']', '.']).next().unwrap_or_default().trim();
    Some(name).filter(|name| !name.is_empty())
}

/// The text in parts, in its order. Remarks and empty lines above a section belong to it.
pub fn parts(text: &str) -> Vec<Part> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut parts: Vec<Part> = Vec::new();
    let (mut routing, mut held) = (false, 0);
    for (index, line) in lines.iter().enumerate() {
        if let Some(name) = section(line) {
            routing = ROUTING.contains(&name);
        } else if line.trim().is_empty() || line.trim_start().starts_with('#') {
            held += 1;
            continue;
        }
        let from = index - held;
        held = 0;
        let own: String = lines[from..=index].concat();
        match parts.last_mut().filter(|last| last.routing == routing) {
            Some(last) => last.text.push_str(&own),
            None => parts.push(Part {
                routing,
                first: from + 1,
                text: own,
            }),
        }
    }
    let rest = lines[lines.len() - held..].concat();
    match parts.last_mut() {
        Some(last) => last.text.push_str(&rest),
        None if !rest.is_empty() => parts.push(Part {
            routing: false,
            first: 1,
            text: rest,
        }),
        None => {}
    }
    parts
}

/// The whole again with other texts in place of the parts about telling, in their order; each ends with its line.
/// `None` when there are not as many.
pub fn join(text: &str, changed: &[&str]) -> Option<String> {
    let all = parts(text);
    if all.iter().filter(|part| part.routing).count() != changed.len() {
        return None;
    }
    let mut changed = changed.iter();
    let mut whole = String::new();
    for part in &all {
        let own = if part.routing {
            changed.next()?
        } else {
            part.text.as_str()
        };
        whole.push_str(own);
        if !own.is_empty() && !own.ends_with('\n') {
            whole.push('\n');
        }
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::DEFAULT_PROFILE;

    #[test]
    fn the_parts_make_the_whole() {
        for text in [
            DEFAULT_PROFILE,
            "",
            "# a\n",
            "[routing]\na = 1",
            "x = 1\n\n# of b\n[[chain]]\nid = 1\n",
        ] {
            let whole: String = parts(text).iter().map(|part| part.text.as_str()).collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn telling_is_taken_out_with_its_remarks_and_its_place() {
        let all =
            parts("[hours]\na = 1\n\n# who\n[routing]\nb = 2\n[[chain]]\nid = 1\n# limits\n[[limit]]\nc = [\n 1,\n]\n");
        let told: Vec<(bool, usize, &str)> = all
            .iter()
            .map(|part| (part.routing, part.first, part.text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (false, 1, "[hours]\na = 1\n"),
                (true, 3, "\n# who\n[routing]\nb = 2\n[[chain]]\nid = 1\n"),
                (false, 9, "# limits\n[[limit]]\nc = [\n 1,\n]\n"),
            ]
        );
    }

    #[test]
    fn another_text_stands_in_the_place_of_a_part() {
        let text = "a = 1\n[routing]\nb = 2\n[limit]\nc = 3\n[[schedule]]\nd = 4\n";
        assert_eq!(
            join(text, &["[routing]\nb = 5", "[[schedule]]\nd = 6\n"]).as_deref(),
            Some("a = 1\n[routing]\nb = 5\n[limit]\nc = 3\n[[schedule]]\nd = 6\n")
        );
        assert_eq!(join(text, &["x"]), None);
    }
}
