//! What changes between two texts, line by line.

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// It stays.
    Same,
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// Lines that stay are left out here.
    Gap,
}

/// A line with its numbers in the two texts, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What becomes of it.
    pub sort: Sort,
    /// Its number before.
    pub old: Option<usize>,
    /// Its number after.
    pub new: Option<usize>,
    /// Its text; of a gap, how many lines are left out.
    pub text: String,
}

impl Line {
    /// What becomes of it in a word, for those who do not see a colour.
    pub fn zh(&self) -> &'static str {
        match self.sort {
            Sort::Added => "增",
            Sort::Removed => "删",
            Sort::Same | Sort::Gap => "",
        }
    }

    /// Whether lines are left out here.
    pub fn is_gap(&self) -> bool {
        self.sort == Sort::Gap
    }

    /// A word for the sheet that colours it.
    pub fn class(&self) -> &'static str {
        match self.sort {
            Sort::Added => "line-added",
            Sort::Removed => "line-removed",
            Sort::Same => "line-same",
            Sort::Gap => "line-gap",
        }
    }
}

/// Lines that are shown before and after a change.
const AROUND: usize = 3;
/// Changed lines up to which the shortest way is looked for; beyond, all goes and all comes.
const MOST: usize = 800;

/// The changes with a few lines around them; empty when the texts are the same.
pub fn diff(old: &str, new: &str) -> Vec<Line> {
    if old == new {
        return Vec::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (rest_old, rest_new) = (&old[head..], &new[head..]);
    let pairs = rest_old.iter().rev().zip(rest_new.iter().rev());
    let tail = pairs.take_while(|(a, b)| a == b).count();
    let (middle_old, middle_new) = (&rest_old[..rest_old.len() - tail], &rest_new[..rest_new.len() - tail]);
    let mut sorts = vec![Sort::Same; head];
    sorts.extend(shortest(middle_old, middle_new));
    sorts.extend(vec![Sort::Same; tail]);
    shown(&numbered(&sorts, &old, &new))
}

/// Myers' way: the fewest lines that go and come. Each round keeps how far every diagonal had come.
fn shortest(old: &[&str], new: &[&str]) -> Vec<Sort> {
    let most = (old.len() + new.len()).min(MOST);
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    let mut reached = vec![0_usize; 2 * most + 3];
    let at = |diagonal: isize| usize::try_from(diagonal + most.cast_signed() + 1).unwrap_or(0);
    for round in 0..=most.cast_signed() {
        rounds.push(reached.clone());
        for diagonal in (-round..=round).step_by(2) {
            let down =
                diagonal == -round || (diagonal != round && reached[at(diagonal - 1)] < reached[at(diagonal + 1)]);
            let mut x = if down {
                reached[at(diagonal + 1)]
            } else {
                reached[at(diagonal - 1)] + 1
            };
            let mut y = (x.cast_signed() - diagonal).cast_unsigned();
            while x < old.len() && y < new.len() && old[x] == new[y] {
                (x, y) = (x + 1, y + 1);
            }
            reached[at(diagonal)] = x;
            if x >= old.len() && y >= new.len() {
                return walked_back(&rounds, old.len(), new.len(), at);
            }
        }
    }
    let mut sorts = vec![Sort::Removed; old.len()];
    sorts.extend(vec![Sort::Added; new.len()]);
    sorts
}

fn walked_back(rounds: &[Vec<usize>], old: usize, new: usize, at: impl Fn(isize) -> usize) -> Vec<Sort> {
    let (mut x, mut y) = (old.cast_signed(), new.cast_signed());
    let mut sorts = Vec::new();
    for (round, reached) in rounds.iter().enumerate().rev() {
        let (round, diagonal) = (round.cast_signed(), x - y);
        let down = diagonal == -round || (diagonal != round && reached[at(diagonal - 1)] < reached[at(diagonal + 1)]);
        let before = if down { diagonal + 1 } else { diagonal - 1 };
        let from = if round == 0 {
            0
        } else {
            reached[at(before)].cast_signed()
        };
        let from_y = if round == 0 { 0 } else { from - before };
        while x > from && y > from_y {
            sorts.push(Sort::Same);
            (x, y) = (x - 1, y - 1);
        }
        if round > 0 {
            sorts.push(if down { Sort::Added } else { Sort::Removed });
            (x, y) = (from, from_y);
        }
    }
    sorts.reverse();
    sorts
}

fn numbered(sorts: &[Sort], old: &[&str], new: &[&str]) -> Vec<Line> {
    let (mut x, mut y) = (0, 0);
    let mut lines = Vec::with_capacity(sorts.len());
    for sort in sorts {
        let (has_old, has_new) = (*sort != Sort::Added, *sort != Sort::Removed);
        lines.push(Line {
            sort: *sort,
            old: has_old.then_some(x + 1),
            new: has_new.then_some(y + 1),
            text: if has_old { old[x] } else { new[y] }.to_owned(),
        });
        x += usize::from(has_old);
        y += usize::from(has_new);
    }
    lines
}

/// The lines near a change; a gap where others are left out.
fn shown(lines: &[Line]) -> Vec<Line> {
    let mut near = vec![false; lines.len()];
    for (index, line) in lines.iter().enumerate() {
        if line.sort != Sort::Same {
            let (from, to) = (index.saturating_sub(AROUND), (index + AROUND + 1).min(lines.len()));
            near[from..to].fill(true);
        }
    }
    let mut out = Vec::new();
    let mut left_out = 0;
    for (line, near) in lines.iter().zip(near) {
        if !near {
            left_out += 1;
            continue;
        }
        if left_out > 0 {
            out.push(gap(left_out));
            left_out = 0;
        }
        out.push(line.clone());
    }
    if left_out > 0 && !out.is_empty() {
        out.push(gap(left_out));
    }
    out
}

fn gap(count: usize) -> Line {
    Line {
        sort: Sort::Gap,
        old: None,
        new: None,
        text: count.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marks(old: &str, new: &str) -> Vec<String> {
        let mark = |line: &Line| match line.sort {
            Sort::Same => format!(" {}", line.text),
            Sort::Added => format!("+{}", line.text),
            Sort::Removed => format!("-{}", line.text),
            Sort::Gap => format!("~{}", line.text),
        };
        diff(old, new).iter().map(mark).collect()
    }

    #[test]
    fn a_changed_line_is_shown_with_those_around_it() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        assert_eq!(
            marks(old, new),
            ["~1", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8", "~1"]
        );
        assert_eq!(marks(old, old), Vec::<String>::new());
        assert_eq!(marks("", "a\n"), ["+a"]);
        assert_eq!(marks("a\nb\nc\n", "a\nc\n"), [" a", "-b", " c"]);
        assert_eq!(marks("b\n", "a\nb\nc\n"), ["+a", " b", "+c"]);
    }

    #[test]
    fn texts_without_a_common_line_go_and_come_whole() {
        let numbered = |letter: char| {
            let lines: Vec<String> = (0..1500).map(|n| format!("{letter}{n}\n")).collect();
            lines.concat()
        };
        let (old, new) = (numbered('a'), numbered('b'));
        let lines = diff(&old, &new);
        assert_eq!(lines.iter().filter(|line| line.sort == Sort::Removed).count(), 1500);
        assert_eq!(lines.iter().filter(|line| line.sort == Sort::Added).count(), 1500);
    }

    proptest! {
        #[test]
        fn what_stays_and_comes_is_the_new_text_and_what_stays_and_goes_the_old(
            old in proptest::collection::vec("[abc]", 0..12),
            new in proptest::collection::vec("[abc]", 0..12),
        ) {
            let (borrowed_old, borrowed_new): (Vec<&str>, Vec<&str>) =
                (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
            let sorts = shortest(&borrowed_old, &borrowed_new);
            let lines = numbered(&sorts, &borrowed_old, &borrowed_new);
            let side = |without: Sort| -> Vec<String> {
                lines.iter().filter(|line| line.sort != without).map(|line| line.text.clone()).collect()
            };
            prop_assert_eq!(side(Sort::Added), old);
            prop_assert_eq!(side(Sort::Removed), new);
        }
    }
}
