//! The user's guide: nothing it names is missing, and no page lacks its section.

use crate::support::app::{Bench, bench};
use crate::support::site::Browser;
use axum::http::StatusCode;
use rongcuo::app::App;
use rongcuo::domain::account::Role;
use rongcuo::web::routes;
use serde::Deserialize;
use std::collections::BTreeSet;

const NOW: &str = "2026-11-23T10:00:00+08:00";
const TEXT: &str = include_str!("../../src/web/guide/guide.txt");
const GLOSSARY: &str = include_str!("../../src/web/guide/glossary.toml");
const CLAUSES: &str = include_str!("../../config/clauses.toml");

#[derive(Deserialize)]
struct Glossary {
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    term: Vec<Term>,
}

#[derive(Deserialize)]
struct Term {
    word: String,
    means: String,
    #[serde(default)]
    clause: Vec<String>,
}

#[derive(Deserialize)]
struct Clauses {
    clause: Vec<Clause>,
}

#[derive(Deserialize)]
struct Clause {
    id: String,
}

fn clauses() -> BTreeSet<String> {
    let clauses: Clauses = toml::from_str(CLAUSES).expect("the clauses");
    clauses.clause.into_iter().map(|clause| clause.id).collect()
}

/// What stands between an opening and a closing mark.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open)
        .skip(1)
        .filter_map(|rest| rest.split(close).next())
        .collect()
}

/// Clauses a term cites that the table does not have.
fn unknown_clauses(term: &Term, known: &BTreeSet<String>) -> Vec<String> {
    term.clause
        .iter()
        .filter(|clause| !known.contains(*clause))
        .cloned()
        .collect()
}

#[test]
fn every_clause_that_is_cited_exists() {
    let known = clauses();
    let glossary: Glossary = toml::from_str(GLOSSARY).expect("the glossary");
    let terms: Vec<Term> = glossary.group.into_iter().flat_map(|group| group.term).collect();
    assert!(terms.len() > 40);
    for term in &terms {
        assert!(!term.means.is_empty(), "{}", term.word);
        assert_eq!(unknown_clauses(term, &known), Vec::<String>::new(), "{}", term.word);
    }
    // Running text cites a clause or, without our letter, all its paragraphs.
    for cited in between(TEXT, "〔", "〕")
        .into_iter()
        .filter(|cited| cited.contains('('))
    {
        let whole = known
            .iter()
            .any(|id| id.trim_end_matches(|c: char| c.is_ascii_lowercase()) == cited);
        assert!(whole, "〔{cited}〕");
    }
    let planted = Term {
        word: "词".to_owned(),
        means: "义".to_owned(),
        clause: vec!["二(九)".to_owned()],
    };
    assert_eq!(unknown_clauses(&planted, &known), ["二(九)"]);
}

#[test]
fn every_link_leads_to_a_page_or_a_section() {
    let pages: BTreeSet<String> = routes::<App>()
        .iter()
        .filter_map(|route| route.strip_prefix("GET ")?.split(' ').next().map(str::to_owned))
        .collect();
    let sections: BTreeSet<&str> = TEXT
        .lines()
        .filter_map(|line| line.strip_prefix("## ")?.split_once(" | "))
        .map(|(_, id)| id)
        .collect();
    let links = between(TEXT, "](", ")");
    assert!(links.len() > 40);
    for link in links {
        match link.strip_prefix('#') {
            Some(section) => assert!(sections.contains(section), "{link}"),
            None => assert!(pages.contains(link.split('?').next().unwrap_or_default()), "{link}"),
        }
    }
}

/// What the guide offers somebody, and what their pages point to in it.
async fn as_role(bench: &Bench, role: Role) {
    let mut browser = Browser::signed_in(&bench.app, role).await;
    let guide = browser.get("/help").await;
    assert_eq!(guide.status, StatusCode::OK);
    let guide = guide.text().to_owned();
    assert!(
        guide.contains(&format!("id=\"role-{}\"", role.as_str())),
        "no day of {}",
        role.as_str()
    );
    // No link that would be refused.
    let links: BTreeSet<&str> = between(&guide, "<a href=\"", "\"").into_iter().collect();
    let mut asked = BTreeSet::new();
    for link in links {
        if let Some(section) = link.strip_prefix("/help#") {
            assert!(
                guide.contains(&format!("id=\"{section}\"")),
                "{link} leads to no section"
            );
        }
        // One page need not be asked for once more for each of its places.
        if !asked.insert(link.split('#').next()) {
            continue;
        }
        let answer = browser.get(&link.replace("&#38;", "&")).await;
        assert!(
            matches!(answer.status, StatusCode::OK | StatusCode::SEE_OTHER),
            "{} {link}: {}",
            role.as_str(),
            answer.status
        );
    }
    // Every entry of the left column has its section, and its page says where.
    let side = between(&guide, "<nav class=\"side\"", "</nav>")[0];
    for path in between(side, "<a href=\"", "\"").into_iter().chain(["/account"]) {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let head = between(page.text(), "<div class=\"who\">", "</div>")[0];
        let section = between(head, "href=\"/help#", "\"");
        assert_eq!(section.len(), 1, "{path} names no section of the guide");
        assert!(
            guide.contains(&format!("<h3 id=\"{}\">", section[0])),
            "{path}: the guide has no section {}",
            section[0]
        );
    }
}

#[tokio::test]
async fn every_page_has_its_section_and_no_link_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = rongcuo::store::Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("a database");
    let bench = bench(db, NOW).await;
    for role in Role::ALL {
        as_role(&bench, role).await;
    }
}
