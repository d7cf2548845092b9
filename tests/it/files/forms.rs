//! Approval forms (干部任免审批表), newer and older, one by one, as a folder and as an archive.

use super::{id_number, sandbox, zipped};
use rongcuo::domain::person::{CadreRecord, CadreStatus, IdNumber};
use rongcuo::files::{self, HeaderWords, Limits, Parsed, folder};

fn form(name: &str, id: &str, post: &str, grades: &str) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Person>\r\n  <XingMing>{name}</XingMing>\r\n  <XingBie>男</XingBie>\r\n  <XianRenZhiWu>{post}</XianRenZhiWu>\r\n  <NiRenZhiWu>\r\n  </NiRenZhiWu>\r\n  <JiangChengQingKuang>无</JiangChengQingKuang>\r\n  <NianDuKaoHeJieGuo><![CDATA[{grades}]]></NianDuKaoHeJieGuo>\r\n  <JiaTingChengYuan>\r\n    <Item>\r\n      <ChengWei>妻子</ChengWei>\r\n      <XingMing>别人</XingMing>\r\n    </Item>\r\n  </JiaTingChengYuan>\r\n  <ChengBaoDanWei>云川市委组织部</ChengBaoDanWei>\r\n  <ShenFenZheng>{id}</ShenFenZheng>\r\n  <ZhaoPian>{}</ZhaoPian>\r\n  <Version>3.2.1.16</Version>\r\n</Person>\r\n",
        "/9j/".repeat(50_000)
    )
}

fn old_form(name: &str, post: &str) -> Vec<u8> {
    let mut fields = vec![String::new(); 33];
    name.clone_into(&mut fields[0]);
    "2001.07--2010.01  云川市教育局科员#2010.01--       云川市住建局科长".clone_into(&mut fields[17]);
    "2024年年度考核为称职，2025年年度考核为基本称职。".clone_into(&mut fields[19]);
    "妻子@女儿@@@@@@@@@@@".clone_into(&mut fields[20]);
    post.clone_into(&mut fields[25]);
    let quoted: Vec<String> = fields.iter().map(|field| format!("\"{field}\"")).collect();
    encoding_rs::GB18030.encode(&quoted.join(",")).0.into_owned()
}

fn cadres(name: &str, bytes: &[u8]) -> Parsed<CadreRecord> {
    files::read_cadres(name, bytes, &HeaderWords::builtin(), &sandbox(Limits::default())).expect("a roster")
}

fn told(parsed: &Parsed<CadreRecord>) -> Vec<(String, String, Option<String>)> {
    let rows = parsed.rows.iter();
    rows.map(|row| {
        let cadre = &row.value;
        (cadre.name.clone(), cadre.unit.clone(), cadre.post.clone())
    })
    .collect()
}

fn of(name: &str, unit: &str, post: &str) -> (String, String, Option<String>) {
    (name.to_owned(), unit.to_owned(), Some(post.to_owned()))
}

#[test]
fn one_form_is_a_roster_of_one() {
    let text = form("林  甲", &id_number(1), "云川市住建局党组书记、局长", "");
    let parsed = cadres("林甲.lrmx", text.as_bytes());
    assert_eq!(told(&parsed), [of("林  甲", "云川市住建局", "党组书记、局长")]);
    let cadre = &parsed.rows[0].value;
    assert!(matches!(cadre.id, IdNumber::Valid(_)));
    assert_eq!((cadre.status, parsed.rows_read, parsed.faults.len()), (None, 1, 0));
    let retired = form("林乙", "", "原云川市教育局局长（2026年5月退休）", "");
    assert_eq!(
        cadres("林乙.lrmx", retired.as_bytes()).rows[0].value.status,
        Some(CadreStatus::Retired)
    );
    // Without a unit in the post the one that reports the person is it.
    let bare = form("林丙", "", "局长", "");
    assert_eq!(
        told(&cadres("林丙.lrmx", bare.as_bytes())),
        [of("林丙", "云川市委组织部", "局长")]
    );
}

#[test]
fn the_older_form_is_read_too() {
    let parsed = cadres("林丁.lrm", &old_form("林丁", "云川市住建局四级调研员"));
    assert_eq!(told(&parsed), [of("林丁", "云川市住建局", "四级调研员")]);
    assert!(matches!(parsed.rows[0].value.id, IdNumber::Missing));
}

#[test]
fn the_grades_of_a_form_are_an_appraisal_list() {
    let grades = "2024年年度考核为“优秀”等次；2025年年度考核为基本称职。";
    let text = form("林甲", &id_number(1), "云川市住建局局长", grades);
    let words = HeaderWords::builtin();
    let list = files::read_list("林甲.lrmx", text.as_bytes(), &words, &sandbox(Limits::default())).expect("a list");
    let rows: Vec<(Option<&str>, Option<&str>, Option<&str>)> = list.sheets[0]
        .rows
        .iter()
        .map(|row| (row.period.as_deref(), row.result.as_deref(), row.unit.as_deref()))
        .collect();
    assert_eq!(
        rows,
        [
            (Some("2024年度"), Some("优秀"), Some("云川市住建局")),
            (Some("2025年度"), Some("基本称职"), Some("云川市住建局"))
        ]
    );
}

#[test]
fn a_folder_and_an_archive_of_forms_are_one_roster() {
    let good = form("林甲", &id_number(1), "云川市住建局局长", "");
    let old = old_form("林乙", "云川市教育局副局长");
    let bad = b"<?xml version=\"1.0\"?><Person><XingMing>\xe6\x9e\x97".to_vec();
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in [
        ("1.lrmx", good.as_bytes()),
        ("2.LRM", &old),
        ("3.lrmx", &bad),
        ("照片.jpg", b"x"),
    ] {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    }
    let document = folder::open(folder.path(), &sandbox(Limits::default())).expect("a roster");
    let from_folder = files::cadres(&document, &HeaderWords::builtin()).expect("a roster");
    let archive = zipped(&[
        ("干部/1.lrmx", good.into_bytes()),
        ("干部/2.LRM", old),
        ("干部/3.lrmx", bad),
    ]);
    let from_archive = cadres("干部.zip", &archive);
    for parsed in [from_folder, from_archive] {
        assert_eq!(
            told(&parsed),
            [of("林甲", "云川市住建局", "局长"), of("林乙", "云川市教育局", "副局长")]
        );
        assert_eq!(parsed.rows_read, 3);
        let fault = &parsed.faults[0];
        assert!(
            fault.sheet.as_deref().is_some_and(|sheet| sheet.ends_with("3.lrmx")),
            "{fault:?}"
        );
        assert!(fault.reason.contains("没有写完"), "{fault:?}");
    }
    let nothing = tempfile::tempdir().expect("a folder");
    assert!(folder::open(nothing.path(), &sandbox(Limits::default())).is_err());
}
