//! What runs in the child process: limits first, then the file, one JSON line an event.

use super::assemble::Stop;
use super::{Event, Format, Limits, csv, encoding, inspect, sniff, workbook};
use domain::catalog::problem::{Problem, ProblemCode};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// One line between child and parent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// A step.
    Event(Event),
    /// The file is at fault; nothing follows.
    Failed(Problem),
    /// The file could not be read; nothing follows.
    Io(String),
}

/// The child's own main function; `args` are those that the parent made, behind the name of the command. Ends with
/// 0 also when the file is at fault: that is said on standard output.
#[must_use]
pub fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(task) = Task::parse(args) else { return ExitCode::from(2) };
    if confine(&task.limits).is_err() {
        return ExitCode::from(3);
    }
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let outcome = read_file(&task.file, task.sheet.as_deref(), &task.limits, &mut |event| {
        write_line(&mut out, &Line::Event(event))
    });
    let last = match outcome {
        Ok(()) => Ok(()),
        Err(Stop::Problem(problem)) => write_line(&mut out, &Line::Failed(problem)),
        Err(Stop::Io(error)) => write_line(&mut out, &Line::Io(error.kind().to_string())),
    };
    match last.and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(4),
    }
}

/// The arguments for the child, behind the program's name.
pub(super) fn arguments(file: &Path, sheet: Option<&str>, limits: &Limits) -> Vec<OsString> {
    let numbers = [
        limits.memory_bytes,
        limits.seconds,
        limits.rows,
        limits.columns,
        limits.sheets,
        limits.bytes,
        limits.unpacked_bytes,
    ];
    let mut arguments = vec![OsString::from("parse-table")];
    arguments.extend(numbers.iter().map(|number| OsString::from(number.to_string())));
    arguments.push(file.into());
    arguments.extend(sheet.map(OsString::from));
    arguments
}

/// Reads a table file in this process and hands on its events. For the child, which has limits.
///
/// # Errors
/// [`Stop`]: what is wrong with the file, or that it can't be read or nobody receives.
pub fn read_file(
    path: &Path,
    sheet: Option<&str>,
    limits: &Limits,
    receive: &mut dyn FnMut(Event) -> io::Result<()>,
) -> Result<(), Stop> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    if bytes > limits.bytes {
        return Err(ProblemCode::TooManyBytes { limit: limits.bytes }.into());
    }
    let mut head = Vec::new();
    (&file).take(1024).read_to_end(&mut head)?;
    if head.is_empty() {
        return Err(ProblemCode::Empty.into());
    }
    file.rewind()?;
    match sniff(&head) {
        None => Err(ProblemCode::NotATable.into()),
        Some(Format::Csv) => {
            let encoding = encoding::detect(&file)?.map_err(Stop::from)?;
            file.rewind()?;
            csv::read(&file, encoding, limits, receive)
        }
        Some(Format::Xls) => workbook::read(io::BufReader::new(file), Format::Xls, sheet, limits, receive),
        Some(Format::Xlsx | Format::Ods) => {
            let format = inspect::archive(&file, bytes, limits)?;
            file.rewind()?;
            workbook::read(io::BufReader::new(file), format, sheet, limits, receive)
        }
    }
}

fn write_line(out: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Memory, processor time and open files of this process from now on; no core file, which would hold a customer's data.
fn confine(limits: &Limits) -> io::Result<()> {
    let hard = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    // What the program itself has mapped when it starts is not the file's fault.
    let own = mapped_bytes().unwrap_or(0);
    setrlimit(Resource::As, hard(own.saturating_add(limits.memory_bytes)))?;
    setrlimit(Resource::Data, hard(limits.memory_bytes))?;
    setrlimit(Resource::Cpu, hard(limits.seconds.max(1)))?;
    setrlimit(Resource::Core, hard(0))?;
    setrlimit(Resource::Nofile, hard(16))?;
    Ok(())
}

/// Bytes of address space that this process has mapped.
fn mapped_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

struct Task {
    file: PathBuf,
    sheet: Option<String>,
    limits: Limits,
}

impl Task {
    fn parse(mut args: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut first = args.next()?;
        if first == OsStr::new("parse-table") {
            first = args.next()?;
        }
        let number = |text: OsString| text.to_str()?.parse::<u64>().ok();
        let limits = Limits {
            memory_bytes: number(first)?,
            seconds: number(args.next()?)?,
            rows: number(args.next()?)?,
            columns: number(args.next()?)?,
            sheets: number(args.next()?)?,
            bytes: number(args.next()?)?,
            unpacked_bytes: number(args.next()?)?,
        };
        let file = PathBuf::from(args.next()?);
        let sheet = args.next().and_then(|name| name.into_string().ok());
        Some(Self { file, sheet, limits })
    }
}
