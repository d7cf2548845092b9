//! How many 优秀 an appraisal list has against the usual share: told with a pre-check, never judged.

use super::output::Failure;
use crate::domain::quota::{Appraised, Quota};
use serde_json::{Value, json};
use std::io::Write;

/// The entries for other programs, one a sheet.
pub(super) fn document(quota: &Quota, sheets: &[Appraised]) -> Vec<Value> {
    sheets
        .iter()
        .map(|one| {
            let (limit, with_approval) = quota.limits(one.participants);
            json!({
                "sheet": one.sheet, "unit": one.unit, "participants": one.participants, "excellent": one.excellent,
                "not_counted": { "undetermined": one.undetermined, "absent": one.absent, "unknown": one.unknown },
                "percent": quota.percent, "limit": limit,
                "percent_with_approval": quota.with_approval, "limit_with_approval": with_approval,
                "standing": quota.standing(one).as_str(), "basis": quota.basis, "number_from": quota.number_from.zh(),
            })
        })
        .collect()
}

/// The same in words.
pub(super) fn tell(quota: &Quota, sheets: &[Appraised], out: &mut dyn Write) -> Result<(), Failure> {
    for one in sheets {
        let (limit, with_approval) = quota.limits(one.participants);
        let place: Vec<&str> = [one.sheet.as_deref(), one.unit.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("（{}）", place.join("，"))
        };
        writeln!(
            out,
            "优秀比例{}：有等次 {} 人，优秀 {} 人；{}% 为 {limit} 人，经批准 {}% 为 {with_approval} 人；{}。{}，只作提示，不作判断；\
             未定等次 {} 人、未参加考核 {} 人、看不出等次 {} 人不算在内",
            place,
            one.participants,
            one.excellent,
            quota.percent,
            quota.with_approval,
            quota.standing(one).zh(),
            quota.basis,
            one.undetermined,
            one.absent,
            one.unknown
        )?;
    }
    Ok(())
}
