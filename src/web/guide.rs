//! The user's guide: plain texts kept beside the templates, taken apart once. Nothing of them is markup: a template
//! escapes every piece.

use serde::Deserialize;
use std::sync::LazyLock;

/// Parts, sections and words of the guide.
pub(super) static GUIDE: LazyLock<Guide> =
    LazyLock::new(|| Guide::read(include_str!("guide/guide.txt"), include_str!("guide/glossary.toml")));

/// The whole guide.
pub(super) struct Guide {
    pub parts: Vec<Part>,
    pub glossary: Vec<Group>,
}

/// `# 标题`
pub(super) struct Part {
    pub title: String,
    pub sections: Vec<Section>,
}

/// `## 标题 | name of its place on the page`
pub(super) struct Section {
    pub id: String,
    pub title: String,
    pub blocks: Vec<Block>,
}

/// What a section consists of.
pub(super) enum Block {
    /// A line of its own.
    Paragraph(Vec<Piece>),
    /// `- `
    Points(Vec<Vec<Piece>>),
    /// `1. `
    Steps(Vec<Vec<Piece>>),
}

/// Words of one kind.
pub(super) struct Piece {
    pub text: String,
    pub kind: Kind,
}

/// What words are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// `[words](/path)` or `[words](#section)`
    Link(String),
    /// Between backquotes.
    Command,
}

/// Words of one field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub name: String,
    #[serde(rename = "term")]
    pub terms: Vec<Term>,
}

/// One word with its meaning.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    pub word: String,
    pub means: String,
    /// Clauses of the policy, as `config/clauses.toml` numbers them.
    #[serde(default)]
    pub clause: Vec<String>,
}

impl Term {
    /// The clauses as people cite them: the letter that tells paragraphs of one clause apart is ours.
    pub fn cited(&self) -> String {
        let mut cited: Vec<&str> = Vec::new();
        for clause in &self.clause {
            let clause = clause.trim_end_matches(|c: char| c.is_ascii_lowercase());
            if !cited.contains(&clause) {
                cited.push(clause);
            }
        }
        cited.join("、")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Glossary {
    group: Vec<Group>,
}

impl Guide {
    fn read(text: &str, glossary: &str) -> Self {
        let mut guide = Self {
            parts: Vec::new(),
            glossary: toml::from_str::<Glossary>(glossary)
                .expect("the glossary is compiled in and read by a test")
                .group,
        };
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(title) = line.strip_prefix("# ") {
                guide.parts.push(Part {
                    title: title.to_owned(),
                    sections: Vec::new(),
                });
                continue;
            }
            let part = guide.parts.last_mut().expect("the guide begins with a part");
            if let Some(head) = line.strip_prefix("## ") {
                let (title, id) = head.split_once(" | ").expect("a section has a name");
                part.sections.push(Section {
                    id: id.to_owned(),
                    title: title.to_owned(),
                    blocks: Vec::new(),
                });
                continue;
            }
            let section = part.sections.last_mut().expect("text stands in a section");
            section.take(line);
        }
        guide
    }
}

impl Section {
    fn take(&mut self, line: &str) {
        let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
        if let Some(text) = line.strip_prefix("- ") {
            match self.blocks.last_mut() {
                Some(Block::Points(points)) => points.push(pieces(text)),
                _ => self.blocks.push(Block::Points(vec![pieces(text)])),
            }
        } else if let Some(text) = numbered.strip_prefix(". ").filter(|_| numbered.len() < line.len()) {
            match self.blocks.last_mut() {
                Some(Block::Steps(steps)) => steps.push(pieces(text)),
                _ => self.blocks.push(Block::Steps(vec![pieces(text)])),
            }
        } else {
            self.blocks.push(Block::Paragraph(pieces(line)));
        }
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    let mut put = |text: &str, kind: Kind| {
        if !text.is_empty() {
            all.push(Piece {
                text: text.to_owned(),
                kind,
            });
        }
    };
    let mut rest = text;
    while let Some(at) = rest.find(['[', '`']) {
        put(&rest[..at], Kind::Plain);
        let inner = &rest[at + 1..];
        let end = if rest[at..].starts_with('`') {
            inner
                .split_once('`')
                .map(|(command, after)| (command, Kind::Command, after))
        } else {
            inner.split_once("](").and_then(|(words, target)| {
                let (href, after) = target.split_once(')')?;
                Some((words, Kind::Link(href.to_owned()), after))
            })
        };
        let (words, kind, after) = end.expect("what is opened in the guide is closed");
        put(words, kind);
        rest = after;
    }
    put(rest, Kind::Plain);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart() {
        let guide = Guide::read(
            "# 部分\n\n## 一节 | one\n\n先看[清单](/a?b=c)和`命令`。\n1. 一\n2. 二\n- 点\n",
            "[[group]]\nname = \"组\"\n[[group.term]]\nword = \"词\"\nmeans = \"义\"\nclause = [\"二(五)a\", \"二(五)b\", \"四a\"]\n",
        );
        let section = &guide.parts[0].sections[0];
        assert_eq!((section.id.as_str(), section.title.as_str()), ("one", "一节"));
        let [Block::Paragraph(text), Block::Steps(steps), Block::Points(points)] = section.blocks.as_slice() else {
            panic!("other blocks");
        };
        let kinds: Vec<_> = text.iter().map(|piece| (piece.text.as_str(), &piece.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("先看", &Kind::Plain),
                ("清单", &Kind::Link("/a?b=c".to_owned())),
                ("和", &Kind::Plain),
                ("命令", &Kind::Command),
                ("。", &Kind::Plain),
            ]
        );
        assert_eq!((steps.len(), points.len()), (2, 1));
        assert_eq!(guide.glossary[0].terms[0].cited(), "二(五)、四");
    }

    #[test]
    fn the_guide_is_readable_and_names_each_place_once() {
        let mut ids: Vec<_> = GUIDE
            .parts
            .iter()
            .flat_map(|part| &part.sections)
            .map(|one| &one.id)
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(!GUIDE.glossary.is_empty());
        let mut words: Vec<_> = GUIDE
            .glossary
            .iter()
            .flat_map(|group| &group.terms)
            .map(|term| &term.word)
            .collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
