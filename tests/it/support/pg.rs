//! A throw-away PostgreSQL for tests: durable settings, loopback only, gone a minute after the last test.
//!
//! `TEST_DATABASE_URL` names a server to use instead. Otherwise the installed binaries start one cluster that all
//! test processes of a run share: it is started under an exclusive lock, every test process holds a shared lock on
//! `users` while it lives, and a watcher ends the cluster once nobody has held that lock for a minute.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr as _;
use std::sync::OnceLock;

/// A fresh database, dropped with this value.
pub struct TestDatabase {
    server: PgConnectOptions,
    name: String,
}

impl TestDatabase {
    /// Address for `--database`.
    pub fn url(&self) -> String {
        self.server.clone().database(&self.name).to_url_lossy().to_string()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // Best effort: the cluster itself is thrown away, and a foreign server keeps at worst an empty-handed name.
        drop(run_sql(
            &self.server,
            format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        ));
    }
}

/// A fresh database, or `None` (loudly) when no PostgreSQL can be had; with `CI=true` that is a failure.
pub fn database() -> Option<TestDatabase> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    let server = match SERVER.get_or_init(server) {
        Ok(server) => &server.options,
        Err(reason) => {
            let message = format!("PostgreSQL 未找到，在 PostgreSQL 上的测试没有运行：{reason}");
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{message}");
            writeln!(std::io::stderr(), "\n######## {message} ########").expect("standard error is open");
            return None;
        }
    };
    let name = format!("t_{:016x}", random());
    run_sql(
        server,
        format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"),
    )
    .unwrap_or_else(|error| panic!("failed to create the test database {name}: {error}"));
    Some(TestDatabase {
        server: server.clone(),
        name,
    })
}

/// A server, and the lock that keeps its cluster alive while this process runs.
struct Server {
    options: PgConnectOptions,
    _users: Option<File>,
}

fn server() -> Result<Server, String> {
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        let options = PgConnectOptions::from_str(&url).map_err(|error| format!("TEST_DATABASE_URL: {error}"))?;
        return Ok(Server { options, _users: None });
    }
    let bin = binaries().ok_or("没有 initdb；安装 postgresql，或设置 TEST_DATABASE_URL")?;
    let shared = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pg");
    fs::create_dir_all(&shared).map_err(text)?;
    let start = lock_file(&shared.join("start"))?;
    start.lock().map_err(text)?;
    let users = lock_file(&shared.join("users"))?;
    // Waits while the watcher, which holds this lock exclusively, ends an old cluster.
    users.lock_shared().map_err(text)?;
    let port = match running(&shared) {
        Some(port) => port,
        None => launch(&bin, &shared)?,
    };
    Ok(Server {
        options: on_port(port),
        _users: Some(users),
    })
}

fn on_port(port: u16) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .username("postgres")
        .database("postgres")
}

/// The port of the shared cluster, if it lives and is the one written down: a port alone may have gone to another.
fn running(shared: &Path) -> Option<u16> {
    let state = fs::read_to_string(shared.join("state")).ok()?;
    let (port, folder) = state.trim().split_once(' ')?;
    let port = port.parse().ok()?;
    let found = one_text(&on_port(port), "SHOW data_directory".to_owned()).ok()?;
    (Path::new(&found) == Path::new(folder).join("data")).then_some(port)
}

fn launch(bin: &Path, shared: &Path) -> Result<u16, String> {
    // Not below `target`, whose parents the unprivileged user may not be allowed to search.
    let folder = std::env::temp_dir().join(format!("rongcuo-pg-{:016x}", random()));
    fs::create_dir(&folder).map_err(text)?;
    if is_root() {
        run(Command::new("chown").arg("nobody:nogroup").arg(&folder))?;
    }
    watch(shared, &folder)?;
    run(Command::new("chmod").arg("700").arg(&folder))?;
    let data = folder.join("data");
    run(unprivileged(&bin.join("initdb"), &folder).arg("-D").arg(&data).args([
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--no-sync",
        "--no-instructions",
    ]))?;
    let mut last = String::new();
    // Another process may take the port between finding it free and using it.
    for _ in 0..5 {
        let port = free_port()?;
        let settings = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on \
             -c synchronous_commit=on -c max_connections=200 -c timezone=Asia/Shanghai"
        );
        let started = run(unprivileged(&bin.join("pg_ctl"), &folder)
            .arg("-D")
            .arg(&data)
            .args(["-o", &settings, "-w", "-t", "60", "-l"])
            .arg(folder.join("log"))
            .arg("start"));
        match started {
            Ok(()) => {
                fs::write(shared.join("state"), format!("{port} {}\n", folder.display())).map_err(text)?;
                return Ok(port);
            }
            Err(error) => last = error,
        }
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(format!("{last}\n{log}"))
}

/// Ends the cluster and removes its folder once nobody held `users` for a minute, or when that file is gone or out
/// of reach. It decides and acts under the exclusive lock, so a test that comes along waits and then starts a new
/// cluster. SIGQUIT is the server's immediate stop; unlike its control program it may be asked for by root.
const WATCHER: &str = r#"
users=$1 folder=$2 idle=0
end_cluster() {
    pid=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null)
    if [ -n "$pid" ] && grep -q "$folder" "/proc/$pid/cmdline" 2>/dev/null; then
        kill -QUIT "$pid"
        tries=0
        while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 30 ]; do sleep 1; tries=$((tries + 1)); done
    fi
    rm -rf "$folder"
}
while sleep 10 && [ -d "$folder" ]; do
    if [ ! -e "$users" ]; then end_cluster; exit 0; fi
    flock -n -x -E 75 "$users" true
    case $? in
        0) idle=$((idle + 1)) ;;
        75) idle=0 ;;
        *) end_cluster; exit 0 ;;
    esac
    if [ "$idle" -ge 6 ]; then ( flock -n -x 9 && end_cluster ) 9<"$users"; fi
done
"#;

/// Starts the watcher in a session of its own, where the end of the test run does not reach it.
fn watch(shared: &Path, folder: &Path) -> Result<(), String> {
    Command::new("setsid")
        .args(["sh", "-c", WATCHER, "watch-test-postgres"])
        .arg(shared.join("users"))
        .arg(folder)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
        .map_err(text)
}

/// The folder with the newest installed server programs.
fn binaries() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .collect();
    found.sort();
    let searched = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = found
        .into_iter()
        .rev()
        .map(|(_, path)| path)
        .chain(std::env::split_paths(&searched));
    let folder = folders.find(|path| path.join("initdb").is_file())?;
    // `initdb` finds its companions beside its real self.
    fs::canonicalize(folder.join("initdb"))
        .ok()?
        .parent()
        .map(Path::to_path_buf)
}

/// PostgreSQL refuses to run as root; an ordinary user runs it directly.
fn unprivileged(program: &Path, home: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command.env("HOME", home).env("LC_ALL", "C.UTF-8").current_dir(home);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(text)?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn run_sql(server: &PgConnectOptions, sql: String) -> Result<(), String> {
    on_own_thread(server, async move |connection| {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
    })
}

fn one_text(server: &PgConnectOptions, sql: String) -> Result<String, String> {
    on_own_thread(server, async move |connection| {
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await
    })
}

/// Callers may stand inside a runtime, which must not be blocked by another; hence a thread.
fn on_own_thread<T: Send>(
    server: &PgConnectOptions,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error> + Send,
) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(text)?;
            runtime.block_on(async {
                let mut connection = server.connect().await.map_err(text)?;
                let result = work(&mut connection).await.map_err(text);
                connection.close().await.map_err(text)?;
                result
            })
        });
        thread.join().map_err(|_| "the database thread panicked".to_owned())?
    })
}

fn lock_file(path: &Path) -> Result<File, String> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(text)?;
    listener.local_addr().map(|address| address.port()).map_err(text)
}

fn random() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[test]
fn each_test_gets_a_durable_database_of_its_own() {
    let (Some(one), Some(two)) = (database(), database()) else {
        return;
    };
    assert_ne!(one.url(), two.url());
    let at = |database: &TestDatabase| PgConnectOptions::from_str(&database.url()).unwrap();
    run_sql(&at(&one), "CREATE TABLE mark (id BIGINT)".to_owned()).unwrap();
    let tables = "SELECT count(*)::text FROM pg_tables WHERE tablename = 'mark'".to_owned();
    assert_eq!(one_text(&at(&one), tables.clone()).unwrap(), "1");
    assert_eq!(one_text(&at(&two), tables).unwrap(), "0");
    if std::env::var_os("TEST_DATABASE_URL").is_none() {
        for (setting, value) in [
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("listen_addresses", "127.0.0.1"),
        ] {
            assert_eq!(one_text(&at(&one), format!("SHOW {setting}")).unwrap(), value);
        }
    }
}

#[tokio::test]
async fn a_dropped_database_is_gone() {
    let Some(database) = database() else { return };
    let address = PgConnectOptions::from_str(&database.url()).unwrap();
    // A connection left open must not keep it alive.
    let open = address.connect().await.unwrap();
    drop(database);
    assert!(address.connect().await.is_err());
    drop(open);
}
