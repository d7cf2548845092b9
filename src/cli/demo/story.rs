//! The story: what was imported on which working day, and what the service made of it day by day.

use super::city::{self, CADRES, CONTACTS, Cadre, ORGAN, SUPERVISOR};
use super::sheets::{Sheet, write};
use crate::app::import::{self, Source};
use crate::app::{App, AppError, Parts};
use crate::cli::output::Failure;
use crate::domain::calendar::Calendar;
use crate::domain::ids::{CaseId, ObligationId, RectificationId};
use crate::domain::obligation::Kind;
use crate::domain::policy::Policy;
use crate::domain::protection::Words;
use crate::domain::time::Moment;
use crate::files::{self, HeaderWords, Limits};
use crate::mail::{Catcher, SmtpSettings, Tls};
use crate::runtime::clock::{Clock, FixedClock};
use crate::runtime::crypto::KeyRing;
use crate::runtime::random::SystemRandom;
use crate::store::{Db, cases, mails, meta, obligations};
use crate::worker::{Deliverer, Route, run_once};
use chrono::{Datelike, NaiveDate, NaiveTime};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Working days before today on which the story begins.
const BEGINS: u32 = 14;

/// Database, keys and mail catcher of one demonstration.
pub struct Stage {
    folder: PathBuf,
    base_url: String,
    db: Db,
    keys: KeyRing,
    catcher: Catcher,
    words: HeaderWords,
}

/// What the story left behind.
pub struct Told {
    /// Mails the catcher took.
    pub mails: i64,
    /// What to look at first: words and address.
    pub sights: Vec<(String, String)>,
}

impl Stage {
    /// Makes an empty database and starts the catcher.
    pub async fn set(folder: &Path, base_url: &str, stop: CancellationToken) -> Result<Self, Failure> {
        let db = Db::open_sqlite(&folder.join("rongcuo.db")).await?;
        db.ready().await?;
        let mut tx = db.begin().await?;
        meta::put(&mut tx, meta::REHEARSAL, "demo").await?;
        tx.commit().await?;
        let keys = KeyRing::load_or_create(&folder.join("rongcuo.key"), Arc::new(SystemRandom))
            .map_err(|error| Failure::environment(error.to_string()))?;
        let mail_folder = folder.join("mail");
        std::fs::create_dir_all(&mail_folder)?;
        std::fs::create_dir_all(folder.join("lists"))?;
        let catcher = Catcher::start(mail_folder, stop)
            .await
            .map_err(|error| Failure::environment(error.to_string()))?;
        Ok(Self {
            folder: folder.to_path_buf(),
            base_url: base_url.to_owned(),
            db,
            keys,
            catcher,
            words: HeaderWords::builtin(),
        })
    }

    /// The service on this stage, by the given clock.
    pub async fn app(&self, clock: Arc<dyn Clock>) -> Result<App, Failure> {
        let parts = Parts {
            db: self.db.clone(),
            keys: self.keys.clone(),
            policy: Policy::builtin(),
            words: Words::builtin(),
            calendar: calendar(clock.now().day())?,
            clock,
            site_name: city::SITE.to_owned(),
            base_url: self.base_url.clone(),
            mail_from: "容错护航 <rongcuo@zzb.example.org>".to_owned(),
        };
        Ok(App::new(parts).await?)
    }

    /// A deliverer that talks to the catcher.
    pub fn deliverer(&self, app: &App) -> Deliverer {
        let address = self.catcher.addr();
        let settings = SmtpSettings::new(&address.ip().to_string(), address.port(), Tls::None);
        Deliverer::new(app.clone(), Route::Smtp(Arc::new(settings)), Arc::new(SystemRandom))
    }

    /// Where the catcher puts mails.
    pub fn mail_folder(&self) -> PathBuf {
        self.folder.join("mail")
    }

    fn list(&self, name: &str) -> PathBuf {
        self.folder.join("lists").join(name)
    }
}

fn calendar(today: NaiveDate) -> Result<Calendar, Failure> {
    let source = files::calendar::load(None, today).map_err(|error| Failure::environment(error.to_string()))?;
    Calendar::replay(&source.notices, &source.statutory, None).map_err(|error| Failure::environment(error.to_string()))
}

/// Tells the whole story up to `now`: imports on their days, a pass of the service on each working morning.
pub async fn tell(stage: &Stage, now: Moment) -> Result<Told, Failure> {
    let calendar = calendar(now.day())?;
    let plot = Plot::around(now.day(), &calendar)?;
    let clock = FixedClock::new(now);
    let app = stage.app(Arc::new(clock.clone())).await?;
    let deliverer = stage.deliverer(&app);
    let stop = CancellationToken::new();
    for back in (0..=BEGINS).rev() {
        let day = plot.day(back);
        for hour in [9, 16] {
            let at = Moment::at(day, NaiveTime::from_hms_opt(hour, 0, 0).expect("a full hour exists"));
            if at > now {
                continue;
            }
            clock.set(at);
            if hour == 16 {
                import_of_day(stage, &app, &plot, back).await?;
            }
            run_once(&app, &deliverer, &stop).await?;
        }
    }
    clock.set(now);
    // The last imports of the story belong to the day before; what fell due since is decided now.
    run_once(&app, &deliverer, &stop).await?;
    told(stage, &plot).await
}

/// The days of the story: `days[n]` is the n-th working day before today, `days[0]` today or the last working day.
struct Plot {
    today: NaiveDate,
    days: Vec<NaiveDate>,
}

impl Plot {
    fn around(today: NaiveDate, calendar: &Calendar) -> Result<Self, Failure> {
        let cannot = |error: crate::domain::calendar::CalendarError| Failure::from(AppError::from(error));
        let mut days = vec![calendar.on_or_before(today).map_err(cannot)?];
        for back in 1..=60 {
            days.push(calendar.back(days[0], back).map_err(cannot)?);
        }
        Ok(Self { today, days })
    }

    fn day(&self, back: u32) -> NaiveDate {
        self.days[back as usize]
    }

    /// A day some months ago, on a working day of the plot's past.
    fn months_ago(&self, months: u64) -> NaiveDate {
        self.today - chrono::Days::new(months * 30)
    }
}

/// A case as the register has it on some day of the story.
struct Line {
    no: u32,
    name: &'static str,
    matter: &'static str,
    conclusion: &'static str,
    concluded: Option<NaiveDate>,
    /// 本人, 主管部门, 上级部门, 组织部门, 入卷, 人事档案, 廉政档案
    done: [Option<NaiveDate>; 7],
}

const MATTER_LIFT: &str = "老旧小区加装电梯试点补贴误发";

impl Line {
    fn number(&self, today: NaiveDate) -> String {
        format!("RC-{}-{:03}", self.concluded.unwrap_or(today).year(), self.no)
    }
}

/// What the register knows `back` working days before today.
fn register_lines(plot: &Plot, back: u32) -> Vec<Line> {
    let long_ago = plot.months_ago(9);
    let all_done = |after: NaiveDate| [Some(after + chrono::Days::new(2)); 7];
    let known = |on: u32| (back <= on).then(|| plot.day(on));
    let mut lines = vec![
        Line {
            no: 7,
            name: "沈砚舟",
            matter: MATTER_LIFT,
            conclusion: "免予问责",
            concluded: Some(long_ago),
            done: all_done(long_ago),
        },
        Line {
            no: 9,
            name: "陈星遥",
            matter: "公交线网优化首月投诉集中",
            conclusion: "不予问责",
            concluded: Some(plot.months_ago(7)),
            done: all_done(plot.months_ago(7)),
        },
        Line {
            no: 10,
            name: "顾临渊",
            matter: "信用修复系统先行试运行数据错位",
            conclusion: "从轻",
            concluded: Some(plot.months_ago(5)),
            done: all_done(plot.months_ago(5)),
        },
        Line {
            no: 11,
            name: "何清川",
            matter: "抽检批次漏报后补报",
            conclusion: "不予容错",
            concluded: Some(plot.months_ago(4)),
            done: all_done(plot.months_ago(4)),
        },
        Line {
            no: 12,
            name: "温若溪",
            matter: "基层卫生站选址调整",
            conclusion: "调查中",
            concluded: None,
            done: [None; 7],
        },
        // Nobody had kept track of this one: it comes as history in one summary.
        Line {
            no: 3,
            name: "叶文澜",
            matter: "疫苗流动接种点临时停用",
            conclusion: "免予问责",
            concluded: Some(plot.months_ago(6)),
            done: [Some(plot.months_ago(6)), None, None, None, None, None, None],
        },
    ];
    if back <= 9 {
        lines.push(Line {
            no: 14,
            name: "郑怀谷",
            matter: "国省道养护新材料试用后返修",
            conclusion: "免予问责",
            concluded: Some(plot.day(9)),
            done: [known(7), known(7), known(7), known(7), known(6), known(6), None],
        });
    }
    if back <= 6 {
        lines.push(Line {
            no: 15,
            name: "宋稼禾",
            matter: "高标准农田灌溉先建后补",
            conclusion: "减轻",
            concluded: Some(plot.day(6)),
            done: [known(4), known(4), None, known(4), known(3), known(3), known(2)],
        });
    }
    if back <= 2 {
        lines.push(Line {
            no: 16,
            name: "许知微",
            matter: "装配式建筑检测标准先行先试偏差",
            conclusion: "不予问责",
            concluded: Some(plot.day(2)),
            done: [known(1), None, None, None, None, None, None],
        });
    }
    lines
}

const REGISTER_HEADER: &[&str] = &[
    "案件编号",
    "姓名",
    "公民身份号码",
    "单位",
    "事项名称",
    "认定结论",
    "认定日期",
    "结论文号",
    "处理措施",
    "状态",
    "撤销日期",
    "问责实施机关",
    "反馈本人日期",
    "抄送主管部门日期",
    "抄送上级部门日期",
    "抄送组织部门日期",
    "入卷归档日期",
    "人事档案归档日期",
    "廉政档案归档日期",
];

fn register_row(line: &Line, today: NaiveDate) -> Vec<String> {
    let cadre = Cadre::named(line.name);
    let date = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let document = line
        .concluded
        .map(|day| format!("云容认〔{}〕{}号", day.year(), line.no))
        .unwrap_or_default();
    let mut row = vec![
        line.number(today),
        line.name.to_owned(),
        cadre.id_number(),
        cadre.unit.to_owned(),
        line.matter.to_owned(),
        line.conclusion.to_owned(),
        date(line.concluded),
        document,
        if line.conclusion == "从轻" {
            "诫勉".to_owned()
        } else {
            String::new()
        },
        "生效".to_owned(),
        String::new(),
        ORGAN.to_owned(),
    ];
    row.extend(line.done.iter().map(|day| date(*day)));
    row
}

const LEDGER_HEADER: &[&str] = &[
    "编号",
    "问题",
    "整改措施",
    "责任单位",
    "责任人",
    "督办单位",
    "整改时限",
    "状态",
    "最近进展",
    "最近进展日期",
    "销号日期",
];

fn ledger_rows(plot: &Plot) -> Vec<Vec<String>> {
    let year = plot.day(BEGINS).year();
    let row = |no: u32, texts: [&str; 4], due: NaiveDate, state: &str, progress: &str, on: NaiveDate, closed: &str| {
        let [problem, measures, unit, person] = texts;
        vec![
            format!("ZG-{year}-{no:03}"),
            problem.to_owned(),
            measures.to_owned(),
            unit.to_owned(),
            person.to_owned(),
            SUPERVISOR.to_owned(),
            due.to_string(),
            state.to_owned(),
            progress.to_owned(),
            on.to_string(),
            closed.to_owned(),
        ]
    };
    let began = plot.day(BEGINS + 1);
    let later = plot.today + chrono::Days::new(24);
    vec![
        row(
            31,
            [
                "养护新材料返修未建质量追溯台账",
                "补建台账并逐段复检",
                "云川市/交通局",
                "郑怀谷",
            ],
            plot.day(3),
            "整改中",
            "已列出复检路段",
            began,
            "",
        ),
        row(
            32,
            ["试点补贴发放复核环节缺失", "增设双人复核", "云川市/住建局", "陆明澈"],
            later,
            "整改中",
            "制度初稿征求意见",
            began,
            "",
        ),
        row(
            33,
            ["线网优化公示期过短", "修订公示办法", "云川市/交通局", "陈星遥"],
            plot.day(BEGINS),
            "已完成",
            "办法已印发",
            began,
            &began.to_string(),
        ),
    ]
}

/// The imports of one day, through the same readers and use cases as the commands.
async fn import_of_day(stage: &Stage, app: &App, plot: &Plot, back: u32) -> Result<(), Failure> {
    if back == BEGINS {
        import_people(stage, app).await?;
        let path = stage.list("整改台账.xlsx");
        write(
            &path,
            &Sheet {
                title: "云川市督促整改台账",
                header: LEDGER_HEADER,
                rows: ledger_rows(plot),
            },
        )?;
        let (source, bytes) = load(&path)?;
        let parsed =
            files::read_rectifications(&source.file, &bytes, &stage.words, &Limits::default()).map_err(unreadable)?;
        import::rectifications(app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?;
    }
    if [BEGINS, 9, 7, 6, 4, 3, 2, 1].contains(&back) {
        let lines = register_lines(plot, back);
        let rows = lines.iter().map(|line| register_row(line, plot.today)).collect();
        let path = stage.list(&format!("容错案件台账-{}.xlsx", plot.day(back)));
        write(
            &path,
            &Sheet {
                title: "云川市容错案件台账",
                header: REGISTER_HEADER,
                rows,
            },
        )?;
        let (source, bytes) = load(&path)?;
        let parsed =
            files::read_register(&source.file, &bytes, &stage.words, &Limits::default()).map_err(unreadable)?;
        import::register(app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?;
    }
    Ok(())
}

async fn import_people(stage: &Stage, app: &App) -> Result<(), Failure> {
    let rows = CONTACTS
        .iter()
        .map(|row| row.iter().map(|text| (*text).to_owned()).collect())
        .collect();
    let path = stage.list("联系人.xlsx");
    write(
        &path,
        &Sheet {
            title: "联系人",
            header: &["单位", "姓名", "角色", "邮箱"],
            rows,
        },
    )?;
    let (source, bytes) = load(&path)?;
    let parsed = files::read_contacts(&source.file, &bytes, &stage.words, &Limits::default()).map_err(unreadable)?;
    import::contacts(app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?;

    let rows = CADRES
        .iter()
        .map(|cadre| {
            vec![
                cadre.name.to_owned(),
                cadre.id_number(),
                cadre.unit.to_owned(),
                cadre.post.to_owned(),
                "公务员".to_owned(),
                "现职".to_owned(),
            ]
        })
        .collect();
    let path = stage.list("干部名册.xlsx");
    write(
        &path,
        &Sheet {
            title: "干部名册",
            header: &["姓名", "公民身份号码", "单位", "职务", "身份", "管理状态"],
            rows,
        },
    )?;
    let (source, bytes) = load(&path)?;
    let parsed = files::read_cadres(&source.file, &bytes, &stage.words, &Limits::default()).map_err(unreadable)?;
    import::cadres(app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?;
    Ok(())
}

fn load(path: &Path) -> Result<(Source, Vec<u8>), Failure> {
    let bytes = std::fs::read(path)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok((Source::new(name, &bytes), bytes))
}

#[expect(clippy::needless_pass_by_value, reason = "maps the error of a result")]
fn unreadable(error: files::ReadError) -> Failure {
    Failure::environment(error.to_string())
}

async fn told(stage: &Stage, plot: &Plot) -> Result<Told, Failure> {
    let mut tx = stage.db.read().await?;
    let mails = mails::counts(&mut tx).await?.sent;
    let mut sights = Vec::new();
    let lines = register_lines(plot, 0);
    for (name, kind, what) in [
        ("许知微", Kind::ArchivePersonnel, "正在计时的归档期限（逐日计算）"),
        ("郑怀谷", Kind::ArchiveIntegrity, "已逾期未归入廉政档案          "),
        ("宋稼禾", Kind::FeedbackSuperior, "结论未抄送上级部门            "),
    ] {
        let line = lines
            .iter()
            .find(|line| line.name == name)
            .expect("the story tells of these people");
        let stored = cases::by_number(&mut tx, &line.number(plot.today)).await?;
        if let Some(case) = stored.first() {
            let id: &CaseId = &case.id;
            sights.push((
                what.to_owned(),
                format!(
                    "/obligations/{}",
                    ObligationId::of(&format!("case:{id}:{}", kind.as_str()))
                ),
            ));
        }
    }
    let number = format!("ZG-{}-031", plot.day(BEGINS).year());
    let asleep = obligations::of_subject(&mut tx, RectificationId::of(&number).as_str()).await?;
    if let Some(obligation) = asleep.first() {
        sights.push((
            "到期无人过问的整改事项        ".to_owned(),
            format!("/obligations/{}", obligation.id),
        ));
    }
    tx.rollback().await?;
    Ok(Told { mails, sights })
}
