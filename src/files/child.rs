//! Files from outside are opened in a process of their own, under limits of memory and time: a few bytes can make
//! a reader ask for more memory than there is, and running out of it ends the process that asked.

use super::sift::{Sifted, Sifting};
use super::table::{self, Bytes, Document, Limits, Opens};
use super::{Progress, ReadError, wire};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The word that makes this program the reading process.
pub const COMMAND: &str = "__read";
/// The question without the file: a name and the limits.
const QUESTION_BYTES: u64 = 64 << 10;
/// Whom to look for: so many people that a country has them.
const WANTED_BYTES: u64 = 256 << 20;
/// How often it is asked in a second whether somebody still waits for the answer.
const LOOKS: u64 = 5;

/// Opens files in a child process. Delimited text, whose reader is bounded by its input, is read right here, unless
/// everything is asked for apart.
#[derive(Debug, Clone)]
pub struct Sandbox {
    program: PathBuf,
    limits: Limits,
    /// Nothing at all is read here.
    everything: bool,
}

impl Sandbox {
    /// The child is this same program.
    pub fn new(limits: Limits) -> Self {
        // The running program itself, even when its file was replaced by a newer version meanwhile.
        let own = Path::new("/proc/self/exe");
        let program = if own.exists() {
            own.to_path_buf()
        } else {
            std::env::current_exe().unwrap_or_else(|_| PathBuf::from("rongcuo"))
        };
        Self::with_program(program, limits)
    }

    /// The same for a daemon, whose own process opens nothing that comes from outside.
    pub fn for_everything(limits: Limits) -> Self {
        Self::new(limits).apart()
    }

    /// The child is the given program.
    pub fn with_program(program: impl Into<PathBuf>, limits: Limits) -> Self {
        Self {
            program: program.into(),
            limits,
            everything: false,
        }
    }

    /// The same, and nothing at all is read in this process.
    #[must_use]
    pub fn apart(self) -> Self {
        Self {
            everything: true,
            ..self
        }
    }

    /// The same, and how far the reading is can be seen.
    #[must_use]
    pub fn watched(mut self, progress: &Progress) -> Self {
        self.limits.progress = progress.clone();
        self
    }

    /// The bounds files are opened under.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    fn ask(
        &self,
        file: &str,
        bytes: &mut (dyn Read + Send),
        by: Option<&Sifting<'_>>,
    ) -> Result<Vec<Sifted>, ReadError> {
        let mut child = Reaped(self.start(file)?);
        let (input, output) = (child.0.stdin.take(), child.0.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else {
            return Err(ReadError::kind(file, "无法启动读取程序"));
        };
        let request = wire::Request {
            file: file.to_owned(),
            limits: self.limits.clone(),
            is_sifted: by.is_some(),
        };
        let wanted = by.map(|by| {
            let (words, sieve) = by.parts();
            wire::WantedRef {
                words,
                outcomes: words.outcomes(),
                sieve,
            }
        });
        let most = self.limits.text_bytes.saturating_mul(2).saturating_add(1 << 30);
        std::thread::scope(|scope| {
            // A child that dies early breaks this pipe; how it died is asked below.
            scope.spawn(move || {
                let sent = wire::send(&mut input, &request)
                    .and_then(|()| wanted.map_or(Ok(()), |wanted| wire::send(&mut input, &wanted)))
                    .and_then(|()| io::copy(bytes, &mut input));
                drop((sent, input));
            });
            let (tell, told) = mpsc::channel();
            let progress = &self.limits.progress;
            scope.spawn(move || {
                let answer = wire::receive(&mut BufReader::with_capacity(256 << 10, output), most, progress);
                // Nobody listens any more when the time is up.
                tell.send(answer).ok();
            });
            let mut answer = Err(RecvTimeoutError::Timeout);
            for _ in 0..self.limits.wall_seconds.saturating_mul(LOOKS) {
                if progress.is_stopped() {
                    child.end();
                    return Err(ReadError::kind(file, "已停止读取"));
                }
                answer = told.recv_timeout(Duration::from_secs(1) / LOOKS as u32);
                if !matches!(answer, Err(RecvTimeoutError::Timeout)) {
                    break;
                }
            }
            match answer {
                Ok(Ok(answer)) => {
                    child.end();
                    answer
                }
                Ok(Err(error)) => {
                    // A child that broke off ends by itself, and how it ended says why. One that talks nonsense is stopped;
                    // that it was stopped says nothing.
                    if error.kind() == io::ErrorKind::UnexpectedEof {
                        return Err(self.failed(file, child.0.wait().ok()));
                    }
                    child.end();
                    Err(self.failed(file, None))
                }
                Err(_) => {
                    child.end();
                    Err(self.too_slow(file))
                }
            }
        })
    }

    fn start(&self, file: &str) -> Result<Child, ReadError> {
        Command::new(&self.program)
            .arg(COMMAND)
            .arg(self.limits.memory_bytes.to_string())
            .arg(self.limits.cpu_seconds.to_string())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| ReadError::kind(file, format!("无法启动读取程序（{error}）")))
    }

    /// Why there is no answer, by how the child ended.
    fn failed(&self, file: &str, ended: Option<ExitStatus>) -> ReadError {
        const ABORT: i32 = 6;
        const KILL: i32 = 9;
        const CPU_TIME: i32 = 24;
        match ended.and_then(|status| status.signal()) {
            Some(ABORT) => ReadError::too_large(
                file,
                format!(
                    "读取所需的内存超过 {} MiB（文件可能损坏，或被有意做成这样）",
                    self.limits.memory_bytes >> 20
                ),
            ),
            Some(CPU_TIME | KILL) => self.too_slow(file),
            _ => ReadError::broken(file, &"读取程序中途退出"),
        }
    }

    fn too_slow(&self, file: &str) -> ReadError {
        ReadError::too_large(
            file,
            format!(
                "读取超过 {} 秒（文件可能损坏，或被有意做成这样）",
                self.limits.cpu_seconds
            ),
        )
    }
}

impl Opens for Sandbox {
    fn open(&self, file: &str, bytes: &[u8]) -> Result<Vec<Document>, ReadError> {
        table::check_size(file, bytes, &self.limits)?;
        if !self.everything && table::is_delimited(file, bytes) {
            return self.limits.open(file, bytes);
        }
        let read = self.ask(file, &mut &*bytes, None)?;
        Ok(read.into_iter().map(|sifted| sifted.document).collect())
    }

    fn sift(&self, file: &str, bytes: &mut dyn Bytes, by: &Sifting<'_>) -> Result<Vec<Sifted>, ReadError> {
        let head = table::beginning(file, bytes, &self.limits)?;
        if !self.everything && table::is_delimited(file, &head) {
            return self.limits.sift(file, bytes, by);
        }
        self.ask(file, bytes, Some(by))
    }
}

/// A child that does not outlive its question.
struct Reaped(Child);

impl Reaped {
    /// Ends it if it has not ended, and says how it ended.
    fn end(&mut self) -> Option<ExitStatus> {
        self.0.kill().ok();
        self.0.wait().ok()
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        self.end();
    }
}

/// The reading process: takes its limits on before it reads a byte, then answers one question.
pub fn serve(
    memory_bytes: u64,
    cpu_seconds: u64,
    input: &mut dyn Read,
    output: impl Write + Send + 'static,
) -> io::Result<()> {
    limit(Resource::As, memory_bytes)?;
    limit(Resource::Cpu, cpu_seconds)?;
    // Neither files nor memory images: what is read is personal.
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, 16)?;
    let mut left = QUESTION_BYTES;
    let mut request: wire::Request = wire::take(input, &mut left)?;
    let output = Arc::new(Mutex::new(BufWriter::with_capacity(256 << 10, output)));
    let told = Arc::clone(&output);
    request.limits.progress = Progress::telling(move |rows| {
        // Where nobody listens, the answer fails as well.
        wire::tell(&mut *told.lock().unwrap_or_else(PoisonError::into_inner), rows).ok();
    });
    let limits = &request.limits;
    let whole = |input: &mut dyn Read| -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        input.take(limits.file_bytes + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let opened = if request.is_sifted {
        let mut left = WANTED_BYTES;
        let wanted: wire::Wanted = wire::take(input, &mut left)?;
        let words = wanted.words.indexed().with_outcomes(wanted.outcomes);
        let by = Sifting::new(&words, &wanted.sieve);
        table::sift_whole(&request.file, &whole(input)?, limits, &by)
    } else {
        let documents = limits.open(&request.file, &whole(input)?);
        documents.map(|documents| documents.into_iter().map(Sifted::from).collect())
    };
    wire::answer(&mut *output.lock().unwrap_or_else(PoisonError::into_inner), opened)
}

/// Lowers a limit; a lower one that is set already stays.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let known = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let most = Some(most.min(known));
    let wanted = Rlimit {
        current: most,
        maximum: most,
    };
    Ok(setrlimit(resource, wanted)?)
}
