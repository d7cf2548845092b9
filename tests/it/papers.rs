//! The six papers from facts to files: their parts are well-formed, they say what they must, and an office program opens them.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail it by panicking")]

use chrono::NaiveDate;
use quick_xml::events::Event;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::paper::{ArchiveItem, DocNumber, Doubt, Facts, Paper, PaperKind, RegradeYear, compose};
use rongcuo::files::docx;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn facts(conclusion: Conclusion) -> Facts {
    let some = |text: &str| Some(text.to_owned());
    let item = |name: &str, copies, receipt_no: Option<&str>| ArchiveItem {
        name: name.to_owned(),
        copies,
        receipt_no: receipt_no.map(str::to_owned),
    };
    Facts {
        policy: "云川市关于健全完善容错纠错机制进一步激励干部担当作为的实施意见".to_owned(),
        organ: "中共云川市纪律检查委员会".to_owned(),
        case_no: "RC-2026-0012".to_owned(),
        name: "李明".to_owned(),
        unit: "云川市住房和城乡建设局".to_owned(),
        post: some("党组成员、副局长"),
        matter: "2025年老旧小区改造项目招标延误".to_owned(),
        conclusion,
        concluded_on: Some(day("2026-11-10")),
        doc_no: some("云容认〔2026〕12号"),
        measure: some("批评教育、责令检查"),
        basis: some("该同志出于公心推进改造，决策程序完备。\n延误系上级补助政策调整所致，发现后主动止损。"),
        rectification: some("于2026年12月31日前补齐招标档案。\n完善项目前期论证制度，并向本机关书面报告。"),
        competent: some("云川市人民政府"),
        superior: some("自治区住房和城乡建设厅"),
        organization: some("中共云川市委组织部"),
        archive: vec![
            item("结论性认定意见", 2, Some("云组档收〔2026〕031")),
            item("容错调查报告", 1, None),
            item(
                "关于2025年老旧小区改造项目招标延误有关情况的证据材料（含会议纪要、补助政策调整文件）",
                1,
                None,
            ),
        ],
        regrade: vec![
            RegradeYear {
                year: 2025,
                grade: "不确定等次".to_owned(),
            },
            RegradeYear {
                year: 2026,
                grade: "基本称职".to_owned(),
            },
        ],
        doubt: Some(Doubt {
            list: "云川市住房和城乡建设局2026年度考核结果.xlsx".to_owned(),
            row: Some(12),
            result: "基本称职".to_owned(),
            reason: some("因老旧小区改造项目招标延误被问责"),
            reply_by: Some(day("2026-12-04")),
        }),
    }
}

fn paper(kind: PaperKind, facts: &Facts) -> Paper {
    let number = DocNumber {
        prefix: kind.prefix("云容"),
        year: 2026,
        serial: 12,
    };
    compose(kind, facts, Some(number), day("2026-11-24")).unwrap()
}

fn conclusion_for(kind: PaperKind) -> Conclusion {
    match kind {
        PaperKind::Refusal => Conclusion::NotTolerated,
        _ => Conclusion::Exempted,
    }
}

fn facts_for(kind: PaperKind) -> Facts {
    let mut facts = facts(conclusion_for(kind));
    if kind == PaperKind::Refusal {
        facts.basis = Some("改造项目招标未经集体研究，由你个人决定。\n延误发生后未及时报告，造成损失扩大。".to_owned());
        facts.measure = None;
    }
    facts
}

fn samples() -> Vec<(PaperKind, Paper)> {
    PaperKind::ALL
        .into_iter()
        .map(|kind| (kind, paper(kind, &facts_for(kind))))
        .collect()
}

fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (part.name().unwrap().to_string(), text)
        })
        .collect()
}

/// The text of a part, paragraph by paragraph; fails when the part is no well-formed XML.
fn words(name: &str, xml: &str) -> Vec<String> {
    let strange = xml.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(strange, None, "{name} holds what XML cannot");
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut depth, mut paragraphs) = (0_u32, vec![String::new()]);
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}"));
        match event {
            Event::Start(start) => {
                depth += 1;
                assert!(start.attributes().all(|attribute| attribute.is_ok()), "{name}");
            }
            Event::Empty(empty) => assert!(empty.attributes().all(|attribute| attribute.is_ok()), "{name}"),
            Event::End(end) => {
                depth -= 1;
                if end.name().as_ref() == "w:p" {
                    paragraphs.push(String::new());
                }
            }
            Event::Text(text) => paragraphs.last_mut().unwrap().push_str(&text),
            Event::GeneralRef(name) => {
                let named = match &*name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    other => panic!("&{other};"),
                };
                paragraphs.last_mut().unwrap().push(named);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{name} is not closed");
    paragraphs.iter().map(|text| text.trim().to_owned()).collect()
}

#[test]
fn each_of_the_six_papers_is_well_formed_and_complete() {
    for (kind, paper) in samples() {
        let bytes = docx::write(&paper).unwrap();
        let parts = parts(&bytes);
        let said = words("document", &parts["word/document.xml"]);
        let number = paper.number.as_ref().unwrap().to_string();
        for line in [&number, &paper.salutation, &paper.organ, &"2026年11月24日".to_owned()] {
            assert!(said.contains(line), "{line}\n{said:#?}");
        }
        assert!(said.contains(&paper.title), "{said:#?}");
        if kind == PaperKind::Conclusion {
            let copies = "抄送：云川市人民政府，自治区住房和城乡建设厅，中共云川市委组织部。";
            assert!(said.iter().any(|line| line == copies), "{said:#?}");
        }
        for (name, text) in &parts {
            words(name, text);
        }
        let types = &parts["[Content_Types].xml"];
        for name in parts
            .keys()
            .filter(|name| name.starts_with("word/") && !name.contains("/_rels/"))
        {
            assert!(types.contains(&format!("\"/{name}\"")), "{name} has no content type");
        }
    }
}

#[test]
fn the_same_papers_are_the_same_bytes() {
    for (kind, paper) in samples() {
        let again = crate::papers::paper(kind, &facts_for(kind));
        assert_eq!(docx::write(&paper).unwrap(), docx::write(&again).unwrap(), "{kind:?}");
    }
}

#[test]
fn hostile_papers_hold_text_and_nothing_else() {
    const HOSTILE: &str = "=cmd|' /C calc'!A0<w:p>&\"'\u{0}\u{7}\u{1F}\u{202E}]]>&#0;";
    const SEEN: &str = "=cmd|'/Ccalc'!A0<w:p>&\"']]>&#0;";
    let hostile = || Some(HOSTILE.to_owned());
    for kind in PaperKind::ALL {
        let mut facts = facts(conclusion_for(kind));
        for text in [
            &mut facts.organ,
            &mut facts.name,
            &mut facts.unit,
            &mut facts.matter,
            &mut facts.policy,
        ] {
            HOSTILE.clone_into(text);
        }
        facts.case_no = HOSTILE.to_owned();
        facts.post = hostile();
        facts.basis = hostile();
        facts.rectification = hostile();
        facts.doc_no = hostile();
        facts.measure = hostile();
        facts.archive[0].name = HOSTILE.to_owned();
        facts.archive[0].receipt_no = hostile();
        facts.regrade[0].grade = HOSTILE.to_owned();
        let doubt = facts.doubt.as_mut().unwrap();
        doubt.list = HOSTILE.to_owned();
        doubt.reason = hostile();
        let parts = parts(&docx::write(&paper(kind, &facts)).unwrap());
        for (name, text) in &parts {
            let said = words(name, text).concat().replace(' ', "");
            assert!(name != "word/document.xml" || said.contains(SEEN), "{said}");
        }
        let document = &parts["word/document.xml"];
        assert!(
            !document.contains("instrText") && !document.contains("fldSimple"),
            "a field came in"
        );
    }
}

#[test]
fn an_office_program_turns_the_papers_into_pages() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("soffice");
    command
        .arg(format!(
            "-env:UserInstallation=file://{}",
            folder.path().join("profile").display()
        ))
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .arg(folder.path());
    let mut names = Vec::new();
    let capped = ("capped", paper(PaperKind::Conclusion, &facts(Conclusion::Mitigated)));
    let all = samples()
        .into_iter()
        .map(|(kind, paper)| (kind.as_str(), paper))
        .chain([capped]);
    for (name, paper) in all {
        let file = folder.path().join(format!("{name}.docx"));
        std::fs::write(&file, docx::write(&paper).unwrap()).unwrap();
        command.arg(file);
        names.push(name);
    }
    let Some(()) = run(&mut command) else {
        return;
    };
    for name in names {
        let pages = pages(&folder.path().join(format!("{name}.pdf")));
        assert!((1..=3).contains(&pages), "{name} has {pages} pages");
    }
}

/// Runs the office program; `None`, and a loud word, where there is none. With `CI=true` that is a failure.
fn run(command: &mut Command) -> Option<()> {
    let started = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            let note = format!("soffice 不可用，没有试开公文的 docx：{error}");
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{note}");
            writeln!(std::io::stderr(), "\n######## {note} ########").expect("standard error is open");
            return None;
        }
    };
    let until = Instant::now() + Duration::from_mins(3);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "soffice: {status}");
            return Some(());
        }
        if Instant::now() > until {
            child.kill().unwrap();
            panic!("soffice did not end in three minutes");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Counts the page objects of a PDF.
fn pages(pdf: &Path) -> usize {
    let bytes = std::fs::read(pdf).unwrap_or_else(|error| panic!("{}: {error}", pdf.display()));
    let text = String::from_utf8_lossy(&bytes);
    text.split("/Type/Page")
        .skip(1)
        .filter(|rest| !rest.starts_with('s'))
        .count()
}
