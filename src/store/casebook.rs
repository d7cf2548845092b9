//! The list of cases and the register of protections as pages look through them: by state, words, unit, and what the
//! viewer sees.

use super::db::on;
use super::sight::{by_organ, seen};
use super::values::maybe_day;
use super::{StoreError, Tx};
use crate::domain::account::Scope;
use crate::domain::case::Conclusion;
use crate::domain::ids::{CaseId, PersonId};
use crate::domain::person::normal_name;
use crate::domain::protection::list::Domain;
use chrono::NaiveDate;

/// Which cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Without a conclusion, and something is still to be done.
    UnderWay,
    /// The same, or something is still to be done after the conclusion.
    Owing,
    /// The conclusion protects.
    Protecting,
    /// 免责 and what counts as that.
    Full,
    /// 从轻, 减轻
    Capped,
    /// 调查中
    Pending,
    /// 不予容错
    NotTolerated,
    /// The conclusion is withdrawn.
    Revoked,
    /// Whatever protects, did until it was revoked, or may come to.
    Register,
    /// Every one.
    All,
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// Which.
    pub show: Show,
    /// In the number, the name or the matter.
    pub text: Option<&'a str>,
    /// A unit with what lies below it.
    pub unit: Option<&'a str>,
    /// Whose work the case is, by their name.
    pub handler: Option<&'a str>,
    /// What the viewer sees.
    pub scope: &'a Scope,
    /// Today.
    pub today: NaiveDate,
}

/// One case, with the cadre's name.
#[derive(Debug, Clone)]
pub struct Line {
    /// The case.
    pub id: CaseId,
    /// 案件编号
    pub case_no: String,
    /// The cadre.
    pub person: PersonId,
    /// 姓名
    pub name: String,
    /// Unit of the case.
    pub unit: String,
    /// Unit in the roster.
    pub roster_unit: Option<String>,
    /// 事项名称
    pub matter: String,
    /// 认定结论
    pub conclusion: Conclusion,
    /// 认定日期
    pub concluded_on: Option<NaiveDate>,
    /// 状态 is 撤销.
    pub revoked: bool,
    /// 撤销日期
    pub revoked_on: Option<NaiveDate>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    case_no: String,
    person_id: String,
    name: String,
    unit: String,
    roster_unit: Option<String>,
    matter: String,
    conclusion: String,
    concluded_on: Option<String>,
    revoked: bool,
    revoked_on: Option<String>,
}

impl TryFrom<Row> for Line {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            conclusion: Conclusion::from_zh(&row.conclusion)
                .ok_or_else(|| StoreError::corrupt("认定结论", row.conclusion.clone()))?,
            id: CaseId::stored(row.id),
            case_no: row.case_no,
            person: PersonId::stored(row.person_id),
            name: row.name,
            unit: row.unit,
            roster_unit: row.roster_unit,
            matter: row.matter,
            concluded_on: maybe_day("认定日期", row.concluded_on.as_ref())?,
            revoked: row.revoked,
            revoked_on: maybe_day("撤销日期", row.revoked_on.as_ref())?,
        })
    }
}

/// The text of a list and the text that counts it, from one condition, so that they cannot part. Every text names every
/// bind, because a server refuses one that is not named.
macro_rules! listed {
    ($where:literal) => {
        (
            concat!(
                "SELECT c.id, c.case_no, c.person_id, p.name, c.unit, p.roster_unit, c.matter, c.conclusion, c.concluded_on, \
                 c.revoked, c.revoked_on FROM tolerance_case c JOIN person p ON p.id = c.person_id WHERE ",
                listed!(@ $where),
                " ORDER BY c.first_ms DESC, c.case_no DESC, c.id LIMIT $7 OFFSET $8"
            ),
            concat!(
                "SELECT COUNT(*) FROM tolerance_case c JOIN person p ON p.id = c.person_id WHERE ",
                listed!(@ $where)
            ),
        )
    };
    (@ $where:literal) => {
        concat!(
            "$5 >= '' AND ($6 IS NULL OR c.handler = $6) AND ",
            seen!("$1": "c.unit", "c.organ", "p.roster_unit"),
            " AND ",
            seen!("$2": "c.unit", "p.roster_unit"),
            " AND ($3 IS NULL OR lower(c.case_no) LIKE $3 ESCAPE '!' OR lower(c.matter) LIKE $3 ESCAPE '!' \
             OR p.name_key LIKE $4 ESCAPE '!') AND ",
            $where
        )
    };
}

fn texts(show: Show) -> (&'static str, &'static str) {
    match show {
        Show::UnderWay => listed!(
            "NOT (c.revoked AND (c.revoked_on IS NULL OR c.revoked_on <= $5)) AND (c.conclusion = '调查中' OR \
             (c.conclusion = '未进入认定' AND EXISTS (SELECT 1 FROM obligation o WHERE o.subject_id = c.id AND o.state = 'open')))"
        ),
        Show::Owing => listed!(
            "(EXISTS (SELECT 1 FROM obligation o WHERE o.subject_id = c.id AND o.state = 'open') OR \
             (c.conclusion = '调查中' AND NOT (c.revoked AND (c.revoked_on IS NULL OR c.revoked_on <= $5))))"
        ),
        Show::Protecting => listed!(
            "NOT (c.revoked AND (c.revoked_on IS NULL OR c.revoked_on <= $5)) \
             AND c.conclusion NOT IN ('不予容错', '未进入认定', '调查中')"
        ),
        Show::Full => listed!(
            "NOT (c.revoked AND (c.revoked_on IS NULL OR c.revoked_on <= $5)) \
             AND c.conclusion NOT IN ('不予容错', '未进入认定', '调查中', '从轻', '减轻')"
        ),
        Show::Capped => listed!(
            "NOT (c.revoked AND (c.revoked_on IS NULL OR c.revoked_on <= $5)) AND c.conclusion IN ('从轻', '减轻')"
        ),
        Show::Pending => {
            listed!("NOT (c.revoked AND (c.revoked_on IS NULL OR c.revoked_on <= $5)) AND c.conclusion = '调查中'")
        }
        Show::NotTolerated => {
            listed!("NOT (c.revoked AND (c.revoked_on IS NULL OR c.revoked_on <= $5)) AND c.conclusion = '不予容错'")
        }
        Show::Revoked => listed!("c.revoked AND (c.revoked_on IS NULL OR c.revoked_on <= $5)"),
        Show::Register => listed!("c.conclusion NOT IN ('不予容错', '未进入认定')"),
        Show::All => listed!("c.case_no <> ''"),
    }
}

/// A pattern that finds a text anywhere.
fn pattern(text: &str) -> String {
    let mut out = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// One page, what came last first, and the number of rows on all pages.
pub async fn page(tx: &mut Tx, f: &Filter<'_>, limit: i64, offset: i64) -> Result<(Vec<Line>, i64), StoreError> {
    let (list, count) = texts(f.show);
    let words = f.text.map(|text| pattern(&text.to_ascii_lowercase()));
    let name = f.text.map(|text| pattern(&normal_name(text)));
    let today = f.today.to_string();
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(list)
        .bind(f.scope.unit()).bind(f.unit).bind(&words).bind(&name).bind(&today).bind(f.handler).bind(limit).bind(offset)
        .fetch_all(c).await)?;
    let total: i64 = on!(tx, c => sqlx::query_scalar(count)
        .bind(f.scope.unit()).bind(f.unit).bind(&words).bind(&name).bind(&today).bind(f.handler)
        .fetch_one(c).await)?;
    Ok((rows.into_iter().map(Line::try_from).collect::<Result<_, _>>()?, total))
}

/// How many there are.
pub async fn count(tx: &mut Tx, f: &Filter<'_>) -> Result<i64, StoreError> {
    Ok(page(tx, f, 0, 0).await?.1)
}

const OPEN_FINDINGS: &str = concat!(
    "SELECT COUNT(*) FROM finding WHERE person_id = $1 AND state <> 'closed' AND ",
    seen!("$2": "owner_unit", "unit"; by_organ!("$2", "finding.case_id"))
);
const LAST_OUTCOMES: &str = concat!(
    "SELECT domain, period, result FROM outcome WHERE person_id = $1 AND ",
    seen!("$2": "unit"),
    " ORDER BY kept_ms DESC, id LIMIT $3"
);

/// How many findings about a cadre that are seen are not closed.
pub async fn open_findings(tx: &mut Tx, person: &PersonId, scope: &Scope) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(OPEN_FINDINGS).bind(person.as_str()).bind(scope.unit()).fetch_one(c).await)?)
}

/// The outcomes of a cadre that were kept last and are seen: what kind, which period, which result.
pub async fn last_outcomes(
    tx: &mut Tx,
    person: &PersonId,
    scope: &Scope,
    limit: i64,
) -> Result<Vec<(Domain, String, String)>, StoreError> {
    let rows: Vec<(String, String, String)> = on!(tx, c => sqlx::query_as(LAST_OUTCOMES)
        .bind(person.as_str()).bind(scope.unit()).bind(limit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(domain, period, result)| {
            let domain = Domain::stored(&domain).ok_or_else(|| StoreError::corrupt("domain", domain))?;
            Ok((domain, period, result))
        })
        .collect()
}
