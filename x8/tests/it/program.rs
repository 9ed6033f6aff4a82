//! The real binary: started, watched, ended and killed.

use crate::http::{self, Answer};
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A start that takes longer is none; a loaded machine in a debug build needs its share of it.
const START_PATIENCE: Duration = Duration::from_secs(40);

/// What a program stands on, whoever runs it.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The database.
    pub(crate) database_url: String,
    /// More settings.
    pub(crate) more: Vec<(&'static str, String)>,
}

impl Ground {
    /// A command with these settings and no others.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(arguments);
        command.current_dir(&self.data).env("X8_DATA_DIR", &self.data).env("X8_DATABASE_URL", &self.database_url);
        command.envs(self.more.iter().map(|(name, value)| (name, value)));
        command
    }

    fn log(&self) -> PathBuf {
        self.data.join("test.log")
    }

    /// The end of what all starts have logged, for the message of a failed test.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        String::from_utf8_lossy(&log[log.len().saturating_sub(6000)..]).into_owned()
    }
}

/// The binary without any setting from outside.
pub(crate) fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_x8"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("X8_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Runs the binary to its end.
pub(crate) async fn run(mut command: Command) -> Output {
    tokio::time::timeout(START_PATIENCE, command.output()).await.expect("it ends by itself").expect("it runs")
}

/// A program that serves.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    started: Instant,
}

/// The line that a start ends with.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) at: SocketAddr,
    /// The first owner's one-time code, until it is used.
    pub(crate) code: Option<String>,
    /// How long the start took.
    pub(crate) after: Duration,
}

impl Program {
    /// Starts it on a free port.
    pub(crate) fn start(ground: &Ground) -> Self {
        Self::of(ground, ground.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    /// Starts it as a demo on a free port.
    pub(crate) fn start_demo(ground: &Ground) -> Self {
        Self::of(ground, ground.command(&["demo", "--listen", "127.0.0.1:0"]))
    }

    /// Starts it by a command that serves.
    pub(crate) fn of(ground: &Ground, mut command: Command) -> Self {
        let log = File::options().create(true).append(true).open(ground.log()).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, lines, started: Instant::now() }
    }

    /// Waits until it says where it is; panics with its log when it never does.
    pub(crate) async fn ready(&mut self, ground: &Ground) -> Ready {
        let read = async {
            while let Ok(Some(line)) = self.lines.next_line().await {
                let url =
                    ["X8 is ready: http://", "X8 demo: http://"].iter().find_map(|start| line.strip_prefix(start));
                let Some(url) = url else { continue };
                let (at, code) =
                    url.split_once("/#code=").map_or((url, None), |(at, code)| (at, Some(code.to_owned())));
                return Some(Ready { at: at.parse().expect("an address"), code, after: self.started.elapsed() });
            }
            None
        };
        let ready = tokio::time::timeout(START_PATIENCE, read).await.ok().flatten();
        ready.unwrap_or_else(|| panic!("the program did not become ready:\n{}", ground.last_words()))
    }

    /// Waits until a part that only works says where its health is told.
    pub(crate) async fn works(&mut self, ground: &Ground) -> SocketAddr {
        let read = async {
            while let Ok(Some(line)) = self.lines.next_line().await {
                let at = line.strip_prefix("X8 works; health at http://").and_then(|at| at.strip_suffix("/readyz"));
                if let Some(at) = at {
                    return Some(at.parse().expect("an address"));
                }
            }
            None
        };
        let at = tokio::time::timeout(START_PATIENCE, read).await.ok().flatten();
        at.unwrap_or_else(|| panic!("the worker did not come up:\n{}", ground.last_words()))
    }

    /// `kill -9`: no word, no flush, no goodbye.
    pub(crate) async fn kill_9(mut self) {
        self.child.kill().await.expect("killed");
    }

    /// Asks it to end, as a service manager does, and waits. Returns how it ended and how long that took.
    pub(crate) async fn terminate(mut self) -> (ExitStatus, Duration) {
        let id = self.child.id().expect("it runs").to_string();
        let asked = Instant::now();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill");
        assert!(sent.success(), "the signal was not sent");
        let ended =
            tokio::time::timeout(START_PATIENCE, self.child.wait()).await.expect("it ends").expect("its status");
        (ended, asked.elapsed())
    }
}

/// Asks until the wanted status comes; the program may still be on its way up.
pub(crate) async fn until_status(at: SocketAddr, path: &str, wanted: u16) -> Answer {
    let asking = async {
        loop {
            match http::ask(at, "GET", path, &[], "").await {
                Some(answer) if answer.status == wanted => return answer,
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    tokio::time::timeout(START_PATIENCE, asking).await.unwrap_or_else(|_| panic!("{path} never answered {wanted}"))
}

/// A data folder and a SQLite file in it.
pub(crate) fn on_sqlite(folder: &Path) -> Ground {
    let data = folder.join("data");
    fs::create_dir_all(&data).expect("a data folder");
    let database_url = format!("sqlite:{}", data.join("x8.db").display());
    Ground { data, database_url, more: Vec::new() }
}

/// A data folder beside a PostgreSQL database.
pub(crate) fn on_postgres(folder: &Path, url: &str) -> Ground {
    Ground { database_url: url.to_owned(), ..on_sqlite(folder) }
}
