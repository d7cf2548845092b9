//! Archives of many lists: each member is a file with a result of its own.

use super::{clerks_workbook, fixture, sandbox, zipped};
use rongcuo::files::{self, Document, HeaderWords, Limits, Opens as _};

fn open(bytes: &[u8], limits: Limits) -> Vec<Document> {
    sandbox(limits).open("2026年度考核.zip", bytes).expect("an archive")
}

#[test]
fn every_list_of_an_archive_has_its_own_result() {
    let bare = "序号,姓名,职务,考核等次\n1,林甲,科长,称职\n".as_bytes().to_vec();
    let archive = zipped(&[
        ("云川市住建局.csv", bare.clone()),
        ("下级/质监站.xlsx", clerks_workbook()),
        ("下级/list.xls", fixture("list.xls")),
        ("坏.xlsx", b"PK\x03\x04 broken".to_vec()),
        ("里面.zip", zipped(&[("x.csv", bare.clone())])),
        ("说明.docx", b"PK".to_vec()),
        ("../../etc/好.xlsx", clerks_workbook()),
        ("下级\\..\\..\\好.csv", bare),
        ("__MACOSX/._云川市住建局.csv", b"x".to_vec()),
        ("~$打开.xlsx", b"x".to_vec()),
    ]);
    let documents = open(&archive, Limits::default());
    let names: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "2026年度考核.zip/云川市住建局.csv",
            "2026年度考核.zip/下级/质监站.xlsx",
            "2026年度考核.zip/下级/list.xls",
            "2026年度考核.zip/坏.xlsx",
            "2026年度考核.zip/里面.zip",
            "2026年度考核.zip/说明.docx",
            "2026年度考核.zip/../../etc/好.xlsx",
            "2026年度考核.zip/下级/../../好.csv",
        ]
    );
    let words = HeaderWords::builtin();
    let read: Vec<Result<u32, String>> = documents
        .iter()
        .map(|document| {
            let list = files::list(document, &words).map_err(|error| error.to_string())?;
            Ok(list.rows_read)
        })
        .collect();
    assert_eq!(read[..3], [Ok(1), Ok(4), Ok(6)]);
    for (result, says) in read[3..]
        .iter()
        .zip(["重新导出", "解开", "不认识", "上级文件夹", "上级文件夹"])
    {
        assert!(result.as_ref().is_err_and(|error| error.contains(says)), "{result:?}");
    }
}

#[test]
fn names_in_gbk_are_read() {
    let mut archive = zipped(&[("AAAAAAAA.csv", b"x".to_vec())]);
    let name = encoding_rs::GB18030.encode("云川考核").0.into_owned();
    for at in 0..archive.len() - 8 {
        if &archive[at..at + 8] == b"AAAAAAAA" {
            archive[at..at + 8].copy_from_slice(&name);
        }
    }
    assert_eq!(
        open(&archive, Limits::default())[0].name,
        "2026年度考核.zip/云川考核.csv"
    );
}

#[test]
fn the_members_share_one_bound() {
    let list = |rows: usize| format!("姓名,结果\n{}", "林甲,扣发\n".repeat(rows)).into_bytes();
    let archive = zipped(&[("一.csv", list(600)), ("二.csv", list(600)), ("三.csv", list(100))]);
    let limits = Limits {
        rows: 1000,
        ..Limits::default()
    };
    let read: Vec<bool> = open(&archive, limits)
        .iter()
        .map(|document| document.tables.is_ok())
        .collect();
    assert_eq!(read, [true, false, true]);
    let few = Limits {
        members: 2,
        ..Limits::default()
    };
    let error = sandbox(few).open("包.zip", &archive).expect_err("too many");
    assert!(error.to_string().contains("超过 2 个"), "{error}");
    assert!(sandbox(Limits::default()).open("空.zip", &zipped(&[])).is_err());
}

#[test]
fn members_that_lie_over_one_another_are_refused() {
    let list = "姓名,结果\n林甲,扣发\n".as_bytes().to_vec();
    let mut archive = zipped(&[("一.csv", list.clone()), ("二.csv", list)]);
    sandbox(Limits::default()).open("包.zip", &archive).expect("two lists");
    // Where its own record says that the second one lies: over the first.
    let entries: Vec<usize> = archive
        .windows(4)
        .enumerate()
        .filter_map(|(at, mark)| (mark == b"PK\x01\x02").then_some(at))
        .collect();
    let [first, second] = entries[..] else {
        panic!("two members")
    };
    let place = archive[first + 42..first + 46].to_vec();
    archive[second + 42..second + 46].copy_from_slice(&place);
    let error = sandbox(Limits::default())
        .open("包.zip", &archive)
        .expect_err("no archive");
    assert!(error.to_string().contains("重叠"), "{error}");
}

#[test]
fn of_a_long_list_in_an_archive_only_the_rows_looked_for_are_kept() {
    let rows: Vec<String> = (0..5000).map(|at| format!("林{at},扣发")).collect();
    let rows = rows.join("\n");
    let archive = zipped(&[("一.csv", format!("姓名,结果\n{rows}").into_bytes())]);
    let (words, sieve) = (HeaderWords::builtin(), files::Sieve::new([11, 12]));
    let sifting = files::Sifting::new(&words, &sieve);
    let sifted = Limits::default().sift("包.zip", &mut std::io::Cursor::new(archive), &sifting);
    let sifted = sifted.expect("a list");
    let kept = sifted[0]
        .document
        .tables
        .as_ref()
        .map_or(0, |tables| tables[0].rows.len());
    assert!(kept < 100 && sifted[0].passed[0].rows > 4900, "{kept}");
}
