//! Cadres. ID numbers are stored sealed and found by a keyed hash.

use super::db::on;
use super::values::{at_once, bytes};
use super::{StoreError, Tx, dialect};
use crate::domain::ids::{PersonId, hex};
use crate::domain::person::CadreStatus;
use crate::domain::protection::{IdKey, PersonFacts};

/// A cadre as stored, without the sealed number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Derived id; stays when details change.
    pub id: PersonId,
    /// 姓名
    pub name: String,
    /// Folded name, for looking up.
    pub name_key: String,
    /// Keyed hash of the ID number.
    pub id_key: Option<Vec<u8>>,
    /// 单位 in the case register.
    pub register_unit: Option<String>,
    /// 单位 in the roster; beats the register's.
    pub roster_unit: Option<String>,
    /// 职务
    pub post: Option<String>,
    /// 职级
    pub rank: Option<String>,
    /// 身份
    pub identity: Option<String>,
    /// 代表委员身份
    pub representative: Option<String>,
    /// 管理状态
    pub status: Option<CadreStatus>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    name_key: String,
    id_key: Option<Vec<u8>>,
    register_unit: Option<String>,
    roster_unit: Option<String>,
    post: Option<String>,
    rank: Option<String>,
    identity: Option<String>,
    representative: Option<String>,
    status: Option<String>,
}

impl From<Row> for Person {
    fn from(row: Row) -> Self {
        Self {
            id: PersonId::stored(row.id),
            name: row.name,
            name_key: row.name_key,
            id_key: row.id_key,
            register_unit: row.register_unit,
            roster_unit: row.roster_unit,
            post: row.post,
            rank: row.rank,
            identity: row.identity,
            representative: row.representative,
            status: row.status.as_deref().and_then(CadreStatus::from_zh),
        }
    }
}

#[derive(sqlx::FromRow)]
struct FactsRow {
    id: String,
    name: String,
    id_key: Option<Vec<u8>>,
    register_unit: Option<String>,
    roster_unit: Option<String>,
    post: Option<String>,
    rank: Option<String>,
    status: Option<String>,
}

impl From<FactsRow> for PersonFacts {
    fn from(row: FactsRow) -> Self {
        Self {
            person: PersonId::stored(row.id),
            name: row.name,
            id_key: row.id_key.and_then(|key| key.try_into().ok()).map(IdKey),
            roster_unit: row.roster_unit,
            register_unit: row.register_unit,
            post: row.post,
            rank: row.rank,
            status: row.status.as_deref().and_then(CadreStatus::from_zh),
            cases: Vec::new(),
        }
    }
}

/// Somebody as a list is searched for people, with what a judgement looks at.
pub struct Known {
    /// Folded name.
    pub name_key: String,
    /// The sealed ID number, where one is known; it is bound to the person's id.
    pub id_sealed: Option<Vec<u8>>,
    /// Without the cases, which are read apart.
    pub facts: PersonFacts,
}

#[derive(serde::Deserialize)]
struct KnownRow {
    id: String,
    name: String,
    name_key: String,
    register_unit: Option<String>,
    roster_unit: Option<String>,
    post: Option<String>,
    rank: Option<String>,
    status: Option<String>,
    #[serde(deserialize_with = "bytes")]
    id_key: Option<Vec<u8>>,
    #[serde(deserialize_with = "bytes")]
    id_sealed: Option<Vec<u8>>,
}

impl From<KnownRow> for Known {
    fn from(row: KnownRow) -> Self {
        let facts = FactsRow {
            id: row.id,
            name: row.name,
            id_key: row.id_key,
            register_unit: row.register_unit,
            roster_unit: row.roster_unit,
            post: row.post,
            rank: row.rank,
            status: row.status,
        };
        Self {
            name_key: row.name_key,
            id_sealed: row.id_sealed,
            facts: facts.into(),
        }
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.name, p.name_key, p.id_key, p.register_unit, p.roster_unit, p.post, p.rank, p.identity, ",
            "p.representative, p.status FROM person p ",
            $tail
        )
    };
}

/// The few columns a judgement looks at.
macro_rules! facts {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.name, p.id_key, p.register_unit, p.roster_unit, p.post, p.rank, p.status FROM person p ",
            $tail
        )
    };
}
pub(super) use facts;

const BY_KEY: &str = select!("WHERE p.id_key = $1");
const BY_NAME: &str = select!("WHERE p.name_key = $1 ORDER BY p.id LIMIT 1000");
/// Values that one statement asks for.
const ASKED: usize = 4096;
const BY_ID: &str = select!("WHERE p.id = $1");
const OF_UNIT: &str = select!("WHERE p.roster_unit = $1 ORDER BY p.id");
const PUT: &str = "INSERT INTO person (id, name, name_key, id_key, id_sealed, register_unit, roster_unit, post, rank, identity, representative, status) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, \
     id_key = COALESCE(excluded.id_key, person.id_key), id_sealed = COALESCE(excluded.id_sealed, person.id_sealed), \
     register_unit = excluded.register_unit, roster_unit = excluded.roster_unit, post = excluded.post, \
     rank = excluded.rank, identity = excluded.identity, representative = excluded.representative, status = excluded.status";
/// So many at most.
const COUNT_OTHERS: &str =
    "SELECT COUNT(*) FROM (SELECT 1 FROM person WHERE id NOT IN (SELECT person_id FROM tolerance_case) LIMIT $1) x";
const UNITS: &str = "SELECT DISTINCT u FROM (SELECT roster_unit AS u FROM person UNION SELECT register_unit AS u FROM person) x \
     WHERE u IS NOT NULL ORDER BY u LIMIT 100000";

/// Finds by the keyed hash of the ID number.
pub async fn by_key(tx: &mut Tx, id_key: &[u8]) -> Result<Option<Person>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_KEY).bind(id_key).fetch_optional(c).await)?;
    Ok(row.map(Person::from))
}

/// Finds by folded name; at most a thousand namesakes.
pub async fn by_name(tx: &mut Tx, name_key: &str) -> Result<Vec<Person>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(BY_NAME).bind(name_key).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Person::from).collect())
}

/// Everybody without a case who has one of these keyed hashes.
pub async fn others_by_keys(tx: &mut Tx, id_keys: &[[u8; 32]]) -> Result<Vec<PersonFacts>, StoreError> {
    let mut found = Vec::new();
    for some in id_keys.chunks(ASKED) {
        let keys: Vec<String> = some.iter().map(|key| hex(key)).collect();
        found.extend(others(tx, dialect::others_by_keys(tx.backend()), &keys).await?);
    }
    Ok(found)
}

/// Everybody without a case who has one of these folded names.
pub async fn others_by_names(tx: &mut Tx, name_keys: &[&str]) -> Result<Vec<PersonFacts>, StoreError> {
    let mut found = Vec::new();
    for some in name_keys.chunks(ASKED) {
        found.extend(others(tx, dialect::others_by_names(tx.backend()), some).await?);
    }
    Ok(found)
}

/// People by a list of values.
async fn others(
    tx: &mut Tx,
    statement: &'static str,
    values: &[impl serde::Serialize],
) -> Result<Vec<PersonFacts>, StoreError> {
    let list = serde_json::to_string(values).expect("texts are JSON");
    let rows: Vec<FactsRow> = on!(tx, c => sqlx::query_as(statement).bind(&list).fetch_all(c).await)?;
    Ok(rows.into_iter().map(PersonFacts::from).collect())
}

/// Finds by id.
pub async fn by_id(tx: &mut Tx, id: &PersonId) -> Result<Option<Person>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(row.map(Person::from))
}

/// A part of all people that may be read beside the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Those whose ids come first.
    Lower,
    /// The others.
    Upper,
}

/// Everybody with a case; the cases themselves are read apart.
pub async fn with_cases(tx: &mut Tx) -> Result<Vec<Known>, StoreError> {
    let mut people = half_with_cases(tx, Half::Lower).await?;
    people.append(&mut half_with_cases(tx, Half::Upper).await?);
    Ok(people)
}

/// Half of them.
pub async fn half_with_cases(tx: &mut Tx, which: Half) -> Result<Vec<Known>, StoreError> {
    let rows: Vec<KnownRow> = at_once(tx, dialect::with_cases(tx.backend(), which)).await?;
    Ok(rows.into_iter().map(Known::from).collect())
}

/// Everybody without a case; `None` where that is more than so many people.
pub async fn without_cases(tx: &mut Tx, most: i64) -> Result<Option<Vec<Known>>, StoreError> {
    let count: i64 = on!(tx, c => sqlx::query_scalar(COUNT_OTHERS).bind(most + 1).fetch_one(c).await)?;
    if count > most {
        return Ok(None);
    }
    if count == 0 {
        return Ok(Some(Vec::new()));
    }
    let rows: Vec<KnownRow> = at_once(tx, dialect::without_cases(tx.backend())).await?;
    Ok(Some(rows.into_iter().map(Known::from).collect()))
}

/// Everybody the roster has in a unit, units below it not counted.
pub async fn of_unit(tx: &mut Tx, unit: &str) -> Result<Vec<Person>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_UNIT).bind(unit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Person::from).collect())
}

/// Every unit somebody belongs to.
pub async fn units(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(UNITS).fetch_all(c).await)?)
}

/// Inserts or replaces; `sealed` is the encrypted ID number where one is known.
pub async fn put(tx: &mut Tx, person: &Person, sealed: Option<&[u8]>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(person.id.as_str()).bind(&person.name).bind(&person.name_key).bind(&person.id_key).bind(sealed)
        .bind(&person.register_unit).bind(&person.roster_unit).bind(&person.post).bind(&person.rank)
        .bind(&person.identity).bind(&person.representative).bind(person.status.map(CadreStatus::zh))
        .execute(c).await.map(drop))?;
    Ok(())
}
