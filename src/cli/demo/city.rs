//! The fictitious city: people, units, matters. Nothing in it exists.

use crate::domain::account::Role;
use crate::domain::person::citizen_check_digit;
use chrono::{Datelike, NaiveDate};

/// Name of the site.
pub(super) const SITE: &str = "云川市委组织部（演示）";
/// The organ that holds cadres to account.
pub(super) const ORGAN: &str = "云川市/纪委监委";
/// Who supervises rectifications.
pub(super) const SUPERVISOR: &str = "云川市/委督查室";

/// A cadre.
pub(super) struct Cadre {
    pub name: &'static str,
    pub unit: &'static str,
    pub post: &'static str,
    born: (i32, u32, u32),
    ordinal: u32,
}

/// The people the story needs, and some it does not.
pub(super) const CADRES: &[Cadre] = &[
    cadre("沈砚舟", "云川市/住建局", "副局长", (1979, 11, 2), 31),
    cadre("陆明澈", "云川市/住建局", "建筑市场监管科科长", (1984, 5, 17), 53),
    cadre("许知微", "云川市/住建局", "法规科科长", (1981, 9, 23), 20),
    cadre("梁望舒", "云川市/住建局", "办公室主任", (1977, 6, 12), 42),
    cadre("周景行", "云川市/住建局", "城市建设科副科长", (1986, 7, 8), 17),
    cadre("陈星遥", "云川市/交通局", "副局长", (1978, 8, 25), 28),
    cadre("郑怀谷", "云川市/交通局", "总工程师", (1975, 4, 11), 19),
    cadre("顾临渊", "云川市/市场监管局", "信用监管科科长", (1983, 2, 14), 33),
    cadre("何清川", "云川市/市场监管局", "综合科科长", (1985, 10, 30), 62),
    cadre("宋稼禾", "云川市/农业农村局", "总农艺师", (1976, 1, 12), 35),
    cadre("温若溪", "云川市/卫健委", "规划科科长", (1982, 3, 9), 46),
    cadre("叶文澜", "云川市/卫健委", "办公室副主任", (1988, 12, 1), 64),
];

const fn cadre(
    name: &'static str,
    unit: &'static str,
    post: &'static str,
    born: (i32, u32, u32),
    ordinal: u32,
) -> Cadre {
    Cadre {
        name,
        unit,
        post,
        born,
        ordinal,
    }
}

impl Cadre {
    /// A number on the area code 990101, which belongs to no area, with a right check digit.
    pub(super) fn id_number(&self) -> String {
        let (year, month, day) = self.born;
        let mut number = format!("990101{year:04}{month:02}{day:02}{:03}", self.ordinal);
        let check = citizen_check_digit(number.as_bytes());
        number.push(char::from(check));
        number
    }

    /// The cadre of that name.
    pub(super) fn named(name: &str) -> &'static Cadre {
        CADRES
            .iter()
            .find(|cadre| cadre.name == name)
            .expect("the story names only people of the city")
    }
}

/// Contacts: unit, name, role, address.
pub(super) const CONTACTS: &[[&str; 4]] = &[
    [ORGAN, "江晚舟", "经办", "jiang@jw.example.org"],
    [ORGAN, "孟行之", "科室负责人", "meng@jw.example.org"],
    [ORGAN, "白敬亭", "分管领导", "bai@jw.example.org"],
    [SUPERVISOR, "秦牧野", "督办员", "qin@dc.example.org"],
    [SUPERVISOR, "岳知秋", "分管领导", "yue@dc.example.org"],
    ["云川市/交通局", "罗小满", "单位联络员", "luo@jt.example.org"],
    ["云川市/交通局", "陈星遥", "分管领导", "chen@jt.example.org"],
    ["云川市/住建局", "梁望舒", "单位联络员", "liang@zj.example.org"],
    ["云川市", "方既明", "组织部门", "fang@zzb.example.org"],
    ["云川市", "石磊", "管理员", "admin@zzb.example.org"],
];

/// Who signs in by one click, and the unit they see: people of the contacts, so that what waits for them is theirs to do;
/// those who keep accounts and audit are told nothing and are no contacts.
pub(super) const ACCOUNTS: &[(Role, &str, Option<&str>)] = &[
    (Role::Handler, "江晚舟", None),
    (Role::Prechecker, "方既明", None),
    (Role::Supervisor, "秦牧野", None),
    (Role::Liaison, LIAISON, Some("云川市/住建局")),
    (Role::Leader, "白敬亭", None),
    (Role::SystemAdministrator, "石磊", None),
    (Role::SecurityAdministrator, "邵安澜", None),
    (Role::Auditor, "薛问渠", None),
];

/// The liaison of the unit with the most to do.
pub(super) const LIAISON: &str = "梁望舒";

/// The appraisal year whose draft list lies on the desk.
pub(super) fn appraisal_year(today: NaiveDate) -> i32 {
    if today.month() >= 7 {
        today.year()
    } else {
        today.year() - 1
    }
}
