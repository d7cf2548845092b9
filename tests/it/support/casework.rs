//! Cases acted out step by step, and what the tables say afterwards.

use super::app::Bench;
use rongcuo::app::precheck::{Checked, Request, precheck};
use rongcuo::app::procedure::{self, CaseRef, Done, NewCase, Shown};
use rongcuo::app::reconcile::{Pass, reconcile};
use rongcuo::app::{App, AppError, import::Source};
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::person::IdNumber;
use rongcuo::domain::procedure::{Act, Aspect, Dated, Meeting, Weight};
use rongcuo::domain::protection::JudgeOptions;
use rongcuo::files::{self, HeaderWords, Limits};
use rongcuo::store::{Db, journal};
use sqlx::AssertSqlSafe;

pub const ORGAN: &str = "云川市纪委监委";
pub const UNIT: &str = "云川市/住建局";
pub const MATTER: &str = "老旧小区加装电梯试点补贴误发";

pub const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,shouwen@yunchuan.example
云川市纪委监委,孟科长,科室负责人,meng@yunchuan.example
云川市纪委监委,方分管,分管领导,fang@yunchuan.example
云川市纪委监委,卢书记,主要负责人,lu@yunchuan.example
云川市纪委监委,陶组织,组织部门,tao@yunchuan.example
";

/// A case about to be opened.
pub fn new_case(name: &str) -> NewCase {
    NewCase {
        case_no: None,
        matter_no: None,
        matter: MATTER.to_owned(),
        name: name.to_owned(),
        id: IdNumber::Missing,
        unit: UNIT.to_owned(),
        organ: Some(ORGAN.to_owned()),
        handler: None,
        competent: Some("云川市人民政府".to_owned()),
        superior: Some("自治区住房和城乡建设厅".to_owned()),
    }
}

pub fn case_ref(case_no: &str) -> CaseRef {
    CaseRef {
        case_no: case_no.to_owned(),
        name: None,
        version: None,
    }
}

/// Records an act on the day of the clock.
pub async fn act_on(app: &App, which: &CaseRef, act: &Act) -> Result<Done, AppError> {
    let day = app.now().day();
    procedure::act(app, which, &Dated { act, day }, "何收文").await
}

impl Bench {
    /// Opens a case on the day of the clock; gives its number.
    pub async fn open(&self, new: &NewCase, first: &Act) -> String {
        let day = self.app.now().day();
        let done = procedure::open(&self.app, new, &Dated { act: first, day }, "何收文").await;
        done.expect("a case that can be opened").case
    }

    /// Records an act that is possible.
    pub async fn act(&self, case_no: &str, act: Act) -> Done {
        let done = act_on(&self.app, &case_ref(case_no), &act).await;
        done.unwrap_or_else(|error| panic!("{act:?}: {error}"))
    }

    /// Opens a case and brings it to the collective decision. Every aspect speaks for tolerance but the one given.
    pub async fn until_decided(&self, new: &NewCase, but: Option<(Aspect, Weight)>) -> String {
        let case = self.open(new, &Act::StartAccountability).await;
        self.act(&case, review()).await;
        for act in six(but) {
            self.act(&case, act).await;
        }
        self.act(&case, report()).await;
        self.act(&case, decide()).await;
        case
    }

    /// The same, concluded.
    pub async fn concluded(&self, new: &NewCase, conclusion: Conclusion) -> String {
        let case = self.until_decided(new, None).await;
        self.act(&case, conclude(conclusion)).await;
        case
    }

    pub async fn shown(&self, case_no: &str) -> Shown {
        let shown = procedure::show(&self.app, &case_ref(case_no), "何收文").await;
        shown.expect("the case")
    }

    /// One pass over what is due at a moment.
    pub async fn reconcile(&self, now: &str) -> Pass {
        self.set(now);
        reconcile(&self.app, self.app.now()).await.expect("a pass")
    }

    /// Judges a proposed list of a few rows and keeps the result.
    pub async fn keep(&self, file: &str, text: &str) -> Checked {
        self.kept("precheck", file, text).await
    }

    /// Takes in a list of final outcomes.
    pub async fn outcomes(&self, file: &str, text: &str) -> Checked {
        self.kept("outcomes", file, text).await
    }

    async fn kept(&self, kind: &'static str, file: &str, text: &str) -> Checked {
        let (words, limits) = (HeaderWords::builtin(), Limits::default());
        let list = files::read_list(file, text.as_bytes(), &words, &limits).expect("a list");
        let source = Source::new(file, text.as_bytes());
        let request = Request {
            list: &list,
            source: &source,
            options: JudgeOptions {
                undated_is_final: kind == "outcomes",
                ..self.app.policy.judging(self.app.now().day())
            },
            keep: true,
            kind,
        };
        precheck(&self.app, &request).await.expect("a judged list")
    }

    /// One figure.
    pub async fn count(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        let found = match &self.app.db {
            Db::Sqlite { writer, .. } => sqlx::query_scalar(sql).fetch_one(writer).await,
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await,
        };
        found.expect("a figure")
    }

    /// Lines of texts.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        let found = match &self.app.db {
            Db::Sqlite { writer, .. } => sqlx::query_scalar(sql).fetch_all(writer).await,
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await,
        };
        found.expect("texts")
    }

    /// Changes the database behind the program's back.
    pub async fn execute(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.app.db {
            Db::Sqlite { writer, .. } => sqlx::raw_sql(sql).execute(writer).await.map(drop),
            Db::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
        }
        .expect("a statement");
    }

    /// How many rows stand in every table an act may write into, and the sum of the versions.
    pub async fn everything(&self) -> Vec<i64> {
        let tables = [
            "journal",
            "case_event",
            "tolerance_case",
            "matter",
            "person",
            "obligation",
            "finding",
            "finding_event",
            "remedy",
            "reminder",
            "paper",
            "number_series",
            "alert",
            "mail",
        ];
        let mut counts = Vec::new();
        for table in tables {
            counts.push(self.count(&format!("SELECT COUNT(*) FROM {table}")).await);
        }
        counts.push(
            self.count("SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM tolerance_case")
                .await,
        );
        counts.push(
            self.count("SELECT CAST(COALESCE(SUM(last), 0) AS BIGINT) FROM number_series")
                .await,
        );
        counts
    }

    /// The chain is whole.
    pub async fn verified(&self) -> i64 {
        let mut tx = self.app.db.read().await.expect("the store");
        journal::verify(&mut tx).await.expect("a whole chain")
    }

    /// Subjects of the mails to an address, in order.
    pub async fn mails_to(&self, address: &str) -> Vec<String> {
        self.texts(&format!(
            "SELECT mail.subject FROM mail JOIN alert ON alert.mail_id = mail.id WHERE mail.recipient = '{address}' \
             ORDER BY alert.at_ms, mail.subject"
        ))
        .await
    }
}

pub fn meeting() -> Meeting {
    Meeting {
        attendees: 5,
        minutes_no: "纪要〔2026〕8号".to_owned(),
    }
}

pub fn review() -> Act {
    Act::Review {
        fits: true,
        note: "属于探索性试验中的失误".to_owned(),
    }
}

/// 六看, one of them as given.
pub fn six(but: Option<(Aspect, Weight)>) -> Vec<Act> {
    Aspect::ALL
        .into_iter()
        .map(|aspect| Act::Consider {
            aspect,
            weight: but
                .filter(|(other, _)| *other == aspect)
                .map_or(Weight::For, |(_, weight)| weight),
            finding: "查明".to_owned(),
            evidence: "谈话笔录".to_owned(),
        })
        .collect()
}

pub fn report() -> Act {
    Act::Report {
        title: "调查报告".to_owned(),
        fits: true,
    }
}

pub fn decide() -> Act {
    Act::Decide { meeting: meeting() }
}

pub fn conclude(conclusion: Conclusion) -> Act {
    Act::Conclude {
        conclusion,
        doc_no: Some("云容认〔2026〕5号".to_owned()),
        measure: (conclusion == Conclusion::Mitigated).then(|| "诫勉".to_owned()),
        basis: Some("问责条例第十七条".to_owned()),
        mitigation: Some("追回补贴".to_owned()),
        approved_over: None,
    }
}
