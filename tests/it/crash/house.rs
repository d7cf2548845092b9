//! An installation of its own for every case: database, key, mail server, and the real program as a child.

use super::balance::Accepted;
use crate::support::pg::{self, TestDatabase};
use crate::support::smtp::{Script, SmtpServer};
use rongcuo::domain::account::Scope;
use rongcuo::domain::policy::DEFAULT_PROFILE;
use rongcuo::domain::time::Moment;
use rongcuo::store::Db;
pub use rongcuo::store::mails::MailRow as Mail;
use rongcuo::store::mails::{self, Show};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// Passes after which everything must have been sent.
const PASSES: i64 = 6;
/// Longer than a lease, and than the first pause after a failure.
const BETWEEN_PASSES_MILLIS: i64 = 150_000;

/// Which database the case runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The story every case tells.
pub struct Story {
    pub imported_at: &'static str,
    pub served_at: &'static str,
    pub contacts: &'static str,
    pub register: &'static str,
    /// Without the summary of a morning, so that each reminder is a mail.
    pub each_alone: bool,
}

/// One installation.
pub struct House {
    folder: TempDir,
    url: String,
    served_at: Moment,
    fault: Option<&'static str>,
    pub server: SmtpServer,
    // Dropped last: the database goes when nobody needs it any more.
    _database: Option<TestDatabase>,
}

impl House {
    /// Builds the installation through the program's own commands; `None` when the database cannot be had.
    pub fn build(kind: Kind, story: &Story, script: Script) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (url, database) = match kind {
            Kind::Sqlite => (format!("sqlite:{}", folder.path().join("rongcuo.db").display()), None),
            Kind::Postgres => {
                let database = pg::database()?;
                (database.url(), Some(database))
            }
        };
        let house = Self {
            url,
            served_at: Moment::parse(story.served_at).expect("as the test set it up"),
            fault: None,
            server: SmtpServer::start(vec![script]),
            _database: database,
            folder,
        };
        house.furnish(story);
        Some(house)
    }

    fn furnish(&self, story: &Story) {
        let config = format!(
            "[database]\nurl = \"{}\"\n[smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n\
             from = \"容错护航 <rongcuo@yunchuan.example>\"\n[web]\nlisten = \"127.0.0.1:0\"\n[crypto]\nkey_file = \"test.key\"\n",
            self.url,
            self.server.addr.port()
        );
        let rules = if story.each_alone {
            let waits = "digest = [\"info\", \"warn\"]";
            assert!(DEFAULT_PROFILE.contains(waits));
            self.write("rules.toml", &DEFAULT_PROFILE.replace(waits, "digest = []"));
            "[policy]\nfile = \"rules.toml\"\n"
        } else {
            ""
        };
        self.write("rongcuo.toml", &format!("{config}{rules}"));
        // One key for all cases, so that Message-IDs can be compared between them.
        let key = self.write("test.key", &format!("rongcuo-key 1\n{}\n", "5c".repeat(32)));
        std::fs::set_permissions(key, Permissions::from_mode(0o600)).expect("the file is ours");
        let contacts = self.write("contacts.csv", story.contacts);
        let register = self.write("register.csv", story.register);
        self.must(&["migrate", "--rehearsal"]);
        for (what, file) in [("contacts", contacts), ("register", register)] {
            let file = file.display().to_string();
            self.must(&["import", what, "--strict", &file, "--debug-now", story.imported_at]);
        }
    }

    /// Plants a mistake in every child from here on.
    pub fn with_fault(mut self, fault: &'static str) -> Self {
        self.fault = Some(fault);
        self
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("the folder is writable");
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_rongcuo")));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_remove("RONGCUO_CRASH_AT")
            .env_remove("RONGCUO_FAULT")
            .stdin(Stdio::null());
        if let Some(fault) = self.fault {
            command.env("RONGCUO_FAULT", fault);
        }
        command
    }

    fn must(&self, args: &[&str]) {
        let ended = run(&mut self.command(args));
        assert!(ended.status.success(), "{args:?}: {ended:?}");
    }

    fn pass(&self, number: i64) -> Command {
        let now = self.served_at.plus_millis(number * BETWEEN_PASSES_MILLIS);
        self.command(&["serve", "--run-once", "--debug-now", &now.to_string()])
    }

    /// The first pass, told to die at a crash point.
    pub fn pass_dying_at(&self, point: &str) -> Output {
        run(self.pass(0).env("RONGCUO_CRASH_AT", point))
    }

    /// A pass that runs beside the test; its clock starts as many steps after the story's as `number` says.
    pub fn pass_beside(&self, number: i64) -> Child {
        self.pass(number)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts")
    }

    /// The daemon, with what it says on a pipe.
    pub fn daemon(&self) -> Child {
        self.command(&["serve", "--debug-now", &self.served_at.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts")
    }

    /// Passes from `first` on until the outbox is empty and one more, which must find nothing to do.
    pub async fn recover(&self, first: i64) -> Vec<Mail> {
        for number in first..first + PASSES {
            let ended = run(&mut self.pass(number));
            assert!(ended.status.success(), "pass {number}: {ended:?}");
            let mails = self.mails().await;
            if !mails.is_empty() && mails.iter().all(|mail| mail.state == "sent") {
                let taken = self.server.taken().len();
                let ended = run(&mut self.pass(number + 1));
                assert!(ended.status.success(), "the pass after the last: {ended:?}");
                assert_eq!(
                    self.server.taken().len(),
                    taken,
                    "mail went out after the last was sent"
                );
                return self.mails().await;
            }
        }
        panic!("not everything was sent in {PASSES} passes: {:?}", self.mails().await);
    }

    /// Mails still to send; `None` while none has been written.
    pub async fn waiting(&self) -> Option<usize> {
        let mails = self.mails().await;
        (!mails.is_empty()).then(|| mails.iter().filter(|mail| mail.state != "sent").count())
    }

    /// As many passes as recover everything, whatever they leave.
    pub fn passes(&self, first: i64) {
        for number in first..first + PASSES {
            let ended = run(&mut self.pass(number));
            assert!(ended.status.success(), "pass {number}: {ended:?}");
        }
    }

    /// The outbox as the database has it.
    pub async fn mails(&self) -> Vec<Mail> {
        let db = match self.url.strip_prefix("sqlite:") {
            Some(path) => Db::open_sqlite(Path::new(path)).await,
            None => Db::open_postgres(&self.url).await,
        }
        .expect("the database opens");
        let mut tx = db.read().await.expect("the database reads");
        let mails = mails::page(&mut tx, Show::All, &Scope::WHOLE, 100_000, 0)
            .await
            .expect("the outbox reads");
        tx.rollback().await.expect("a read ends");
        db.close().await;
        mails
    }

    /// What the server took, in order.
    pub fn log(&self) -> Vec<Accepted> {
        let taken = self.server.taken();
        taken.iter().map(|mail| Accepted::read(&mail.to, &mail.bytes)).collect()
    }

    /// Walks the audit chain.
    pub fn verify_audit(&self) {
        self.must(&["audit", "verify"]);
    }
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}
