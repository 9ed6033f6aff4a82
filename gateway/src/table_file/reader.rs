//! The parent's side: a child process that parses, and its events as a stream. The pipe between them is the bound: a
//! slow receiver makes the child wait.

use super::child::{self, Line};
use super::{Event, Limits, Summary, TableError};
use domain::catalog::problem::ProblemCode;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// The longest line that the child may write; above [`super::ROW_BYTES`] in the worst escaping.
const LINE_BYTES: u64 = 32 * 1024 * 1024;
/// Signals by which a process ends that was refused memory, and one that was refused time (Linux).
const ABORTED: [i32; 4] = [6, 9, 11, 7];
const OUT_OF_TIME: i32 = 24;

/// A file being read in a child process. Dropping it ends the child.
#[derive(Debug)]
pub struct TableReader {
    child: Child,
    lines: BufReader<ChildStdout>,
    line: Vec<u8>,
    patience: Duration,
    ended: bool,
}

impl TableReader {
    /// Starts `<program> parse-table …` on the file, with an empty environment and no way to write but the pipe.
    /// `sheet` names a sheet of a workbook; else the first one with headings is read.
    ///
    /// # Errors
    /// [`TableError::Start`] when the program can't be run. Must be called within a tokio runtime.
    pub fn open(program: &Path, file: &Path, sheet: Option<&str>, limits: &Limits) -> Result<Self, TableError> {
        let mut child = Command::new(program)
            .args(child::arguments(file, sheet, limits))
            .env_clear()
            // An allocator that reserves a large arena at its start would hide what the file costs.
            .env("MIMALLOC_ARENA_RESERVE", "16384")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(TableError::Start)?;
        let stdout = child.stdout.take().ok_or_else(|| TableError::Child("it has no output".to_owned()))?;
        Ok(Self {
            child,
            lines: BufReader::with_capacity(64 * 1024, stdout),
            line: Vec::new(),
            patience: Duration::from_secs(limits.seconds.max(1)),
            ended: false,
        })
    }

    /// The next event; `None` after [`Event::End`] and after an error.
    ///
    /// # Errors
    /// [`TableError::File`] when the file is at fault, its cost included; the others when reading itself is.
    pub async fn next(&mut self) -> Result<Option<Event>, TableError> {
        if self.ended {
            return Ok(None);
        }
        let outcome = match tokio::time::timeout(self.patience, self.read_line()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ProblemCode::TooSlow.into()),
        };
        if !matches!(outcome, Ok(Event::Heading(_) | Event::Row { .. } | Event::Problem(_))) {
            self.ended = true;
            // Already ended in every regular case; never leave one behind that is not.
            let _ = self.child.start_kill();
            let _ = self.child.wait().await;
        }
        outcome.map(Some)
    }

    async fn read_line(&mut self) -> Result<Event, TableError> {
        self.line.clear();
        let read = (&mut self.lines).take(LINE_BYTES).read_until(b'\n', &mut self.line).await?;
        if self.line.last() != Some(&b'\n') {
            if read as u64 == LINE_BYTES {
                return Err(TableError::Child("a line without an end".to_owned()));
            }
            return Err(reason(self.child.wait().await?));
        }
        let line: Line = serde_json::from_slice(&self.line)
            .map_err(|_| TableError::Child("a line that is not agreed".to_owned()))?;
        if self.line.capacity() > 1024 * 1024 {
            self.line = Vec::new();
        }
        match line {
            Line::Event(event) => Ok(event),
            Line::Failed(problem) => Err(TableError::File(problem)),
            Line::Io(kind) => Err(TableError::Io(std::io::Error::other(kind))),
        }
    }

    /// The process id of the child while it runs.
    #[must_use]
    pub fn child_id(&self) -> Option<u32> {
        self.child.id()
    }
}

/// Reads a whole file and hands each event on; ends the child when `on_event` refuses.
///
/// # Errors
/// As [`TableReader::open`] and [`TableReader::next`].
pub async fn parse(
    program: &Path,
    file: &Path,
    limits: &Limits,
    mut on_event: impl FnMut(Event) -> Result<(), TableError>,
) -> Result<Summary, TableError> {
    let mut reader = TableReader::open(program, file, None, limits)?;
    while let Some(event) = reader.next().await? {
        if let Event::End(summary) = event {
            return Ok(summary);
        }
        on_event(event)?;
    }
    Err(TableError::Child("it ended without an end".to_owned()))
}

/// Why a child ended without saying so.
fn reason(status: ExitStatus) -> TableError {
    match (status.signal(), status.code()) {
        (Some(OUT_OF_TIME), _) => ProblemCode::TooSlow.into(),
        (Some(signal), _) if ABORTED.contains(&signal) => ProblemCode::TooMuchMemory.into(),
        // A panic: the library that parses met what it does not expect.
        (None, Some(101)) => ProblemCode::Damaged.into(),
        (signal, code) => TableError::Child(format!("signal {signal:?}, code {code:?}")),
    }
}
