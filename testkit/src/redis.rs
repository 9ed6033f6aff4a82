//! A Redis server of a test's own, on a socket in the test's folder: killed, stopped in its tracks and started again at will.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const INSTALL: &str =
    "a Redis server is needed for the tests: install it (Debian and Ubuntu: `apt-get install redis-server`)";
/// How long a start may take on a loaded machine.
const START_PATIENCE: Duration = Duration::from_secs(20);

/// A running server; ended when dropped.
#[derive(Debug)]
pub struct Redis {
    folder: PathBuf,
    child: Child,
}

impl Redis {
    /// Starts one with its socket and log in this folder. It keeps nothing: each start is empty.
    ///
    /// # Panics
    /// When it cannot be started; the message says what to install.
    #[must_use]
    pub fn start(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("a folder for Redis");
        let server = Self { folder: folder.to_owned(), child: spawn(folder) };
        server.wait();
        server
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        Self::url_in(&self.folder)
    }

    /// The address that one started in this folder has.
    #[must_use]
    pub fn url_in(folder: &Path) -> String {
        format!("redis+unix://{}", socket(folder).display())
    }

    /// `kill -9`.
    ///
    /// # Panics
    /// When it has ended already.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// Starts it again, empty.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub fn start_again(&mut self) {
        self.child = spawn(&self.folder);
        self.wait();
    }

    /// Holds it in its tracks, or lets it go on: connections stand and nobody answers.
    ///
    /// # Panics
    /// When the signal can't be sent.
    pub fn hold(&self, held: bool) {
        let signal = if held { "-STOP" } else { "-CONT" };
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success(), "the signal was not sent");
    }

    fn wait(&self) {
        let began = Instant::now();
        while std::os::unix::net::UnixStream::connect(socket(&self.folder)).is_err() {
            assert!(began.elapsed() < START_PATIENCE, "Redis did not start; see {}", self.folder.display());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("redis.sock")
}

fn spawn(folder: &Path) -> Child {
    let _ = std::fs::remove_file(socket(folder));
    let log = File::options().create(true).append(true).open(folder.join("redis.log")).expect("a log");
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
        .arg(socket(folder))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log)
        .spawn()
        .unwrap_or_else(|error| panic!("{error}: {INSTALL}"))
}
