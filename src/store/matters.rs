//! Accountability matters: one matter, one or more cadres, each with a case.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::time::Moment;

/// A matter.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Matter {
    /// 事项编号
    pub number: String,
    /// 事项名称
    pub title: String,
    /// 问责实施机关
    pub organ: Option<String>,
}

const BY_NUMBER: &str = "SELECT number, title, organ FROM matter WHERE number = $1";
const PUT: &str =
    "INSERT INTO matter (number, title, organ, first_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (number) DO NOTHING";

/// One matter.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Matter>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(BY_NUMBER).bind(number).fetch_optional(c).await)?)
}

/// Keeps a matter unless it is there.
pub async fn put_new(tx: &mut Tx, matter: &Matter, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT)
        .bind(&matter.number).bind(&matter.title).bind(&matter.organ).bind(now.millis())
        .execute(c).await.map(drop))?;
    Ok(())
}
