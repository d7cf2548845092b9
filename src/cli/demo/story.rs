//! The story: what was imported on which working day, and what the service made of it day by day.

use super::acts;
use super::city::{self, ACCOUNTS, CADRES, CONTACTS};
use super::lists::{
    APPRAISAL_HEADER, BEGINS, LEDGER_HEADER, Plot, REGISTER_HEADER, appraisal_rows, ledger_rows, register_lines,
    register_row,
};
use super::sheets::{Sheet, write};
use crate::app::accounts;
use crate::app::import::{self, Source};
use crate::app::precheck::{Request, precheck};
use crate::app::ways::{Outward, Own};
use crate::app::{App, Parts};
use crate::cli::output::Failure;
use crate::domain::account::Scope;
use crate::domain::calendar::{Calendar, Calendars};
use crate::domain::channel::{self, Outline, PER_MINUTE};
use crate::domain::ids::{CaseId, ObligationId, RectificationId};
use crate::domain::obligation::{Kind, case_key};
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use crate::files::{self, HeaderWords, Limits};
use crate::mail::{Catcher, SmtpSettings, Tls};
use crate::outbound::{self, AllowList, Channel, Client};
use crate::runtime::clock::{Clock, FixedClock};
use crate::runtime::crypto::KeyRing;
use crate::runtime::random::SystemRandom;
use crate::store::{Db, cases, findings, mails, meta, obligations};
use crate::worker::{Channels, Deliverer, Route, run_once};
use chrono::{Datelike, NaiveDate, NaiveTime};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

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
            words_dir: None,
            calendars: Calendars::new(calendar(clock.now().day())?, &[], None)
                .map_err(|error| Failure::environment(error.to_string()))?,
            calendar_dir: None,
            clock,
            site_name: city::SITE.to_owned(),
            base_url: self.base_url.clone(),
            mail_from: "容错护航 <rongcuo@zzb.example.org>".to_owned(),
            outward: self.outward(),
        };
        Ok(App::new(parts).await?)
    }

    /// A deliverer that talks to the catcher.
    pub fn deliverer(&self, app: &App) -> Deliverer {
        let address = self.catcher.addr();
        let settings = SmtpSettings::new(&address.ip().to_string(), address.port(), Tls::None);
        // Nothing may leave by HTTP: the list of places is empty.
        let client = Client::new(AllowList::default(), None, outbound::Limits::default());
        Deliverer::new(app.clone(), Route::Smtp(Arc::new(settings)), Arc::new(SystemRandom))
            .through(Channels::new(client, vec![self.gateway()]))
    }

    /// A folder that stands for a gateway of the site's own.
    fn gateway(&self) -> Channel {
        Channel {
            id: "演示网关".to_owned(),
            per_minute: PER_MINUTE,
            kind: outbound::Kind::File(outbound::Folder {
                dir: self.folder.join("gateway"),
            }),
        }
    }

    fn outward(&self) -> Outward {
        let gateway = self.gateway();
        let dir = self.folder.join("gateway");
        let outline = Outline {
            kind: channel::Kind::File,
            place: dir.display().to_string(),
            per_minute: gateway.per_minute,
            markdown: false,
            body: None,
            headers: Vec::new(),
            signed: false,
        };
        Outward {
            own: vec![Own {
                id: gateway.id.clone(),
                outline,
                ready: Arc::new(move || Ok(gateway.clone())),
            }],
            allow: AllowList::default(),
            dirs: vec![dir],
        }
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
                acts::of_day(&app, &plot, back).await?;
                acts::rectified(&app, &plot, back).await?;
            }
            run_once(&app, &deliverer, &stop).await?;
        }
    }
    clock.set(now);
    // The last imports of the story belong to the day before; what fell due since is decided now.
    run_once(&app, &deliverer, &stop).await?;
    told(stage, &plot).await
}

/// The imports of one day, through the same readers and use cases as the commands.
async fn import_of_day(stage: &Stage, app: &App, plot: &Plot, back: u32) -> Result<(), Failure> {
    if back == BEGINS {
        import_people(stage, app).await?;
        accounts::demonstrators(app, ACCOUNTS).await?;
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
    if back == 1 {
        let year = city::appraisal_year(plot.today);
        let title = format!("云川市住建局{year}年度公务员年度考核等次汇总表（拟定）");
        let path = stage.list(&format!("云川市住建局{year}年度考核.xlsx"));
        write(
            &path,
            &Sheet {
                title: &title,
                header: APPRAISAL_HEADER,
                rows: appraisal_rows(),
            },
        )?;
        let (source, bytes) = load(&path)?;
        let list = files::read_list(&source.file, &bytes, &stage.words, &Limits::default()).map_err(unreadable)?;
        let options = app.policy.judging(app.now().day());
        precheck(
            app,
            &Request {
                list: &list,
                source: &source,
                options,
                keep: true,
                kind: "precheck",
            },
        )
        .await?;
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
    let stored = cases::by_number(&mut tx, &acts::unreviewed(plot.today)).await?;
    if let Some(case) = stored.first() {
        sights.push((
            "问责已启动而未研判容错        ".to_owned(),
            format!(
                "/obligations/{}",
                ObligationId::of(&case_key(case.id.as_str(), Kind::ParallelReview.name()))
            ),
        ));
    }
    if let Some(finding) = findings::page(&mut tx, None, &Scope::WHOLE, 1, 0).await?.first() {
        sights.push((
            "考核拟定等次与容错免责相抵触  ".to_owned(),
            format!("/findings/{}", finding.finding.id),
        ));
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
