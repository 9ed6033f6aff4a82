//! A private PostgreSQL server for tests.
//!
//! The first test that needs it makes and starts it, under a file lock; all test processes share it. It stops by itself when
//! nobody has used it for some minutes, and the next run starts it again: nothing has to be cleaned by hand.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where Debian, Ubuntu, Alpine and Homebrew put the server's programs.
const PLACES: [&str; 7] = [
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
    "/usr/libexec/postgresql15",
    "/usr/libexec/postgresql16",
    "/opt/homebrew/opt/postgresql@15/bin",
    "/usr/local/bin",
];
/// What to do when there is no server.
const INSTALL: &str = "PostgreSQL 15 or newer is needed for the tests: install it (Debian and Ubuntu: `apt-get install postgresql-15`; \
     it need not run, the tests start a server of their own), or set X8_TEST_POSTGRES_URL to a server where databases may be made, \
     for example postgres://postgres@127.0.0.1:5432/postgres";
/// An unused server stops after so many minutes.
const IDLE_MINUTES: u32 = 10;

/// A running server.
#[derive(Clone, Debug)]
pub struct Postgres {
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    /// Somebody else's, by address.
    Given(String),
    /// Ours, in this folder.
    Own(PathBuf),
}

impl Postgres {
    /// The server that all tests share.
    ///
    /// # Panics
    /// When there is none and none can be started; the message says what to install.
    #[must_use]
    pub fn shared() -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
        let given = std::env::var("X8_TEST_POSTGRES_URL").ok();
        if let Some(url) = given.filter(|url| !url.is_empty()) {
            return Self { place: Place::Given(url) };
        }
        let folder = std::env::temp_dir().join(format!("x8-postgres-{}", own_uid()));
        let server = Self { place: Place::Own(folder) };
        server.start();
        server
    }

    /// A server of its own, for a test that stops and starts it.
    ///
    /// # Panics
    /// When it cannot be started; the message says what to install.
    #[must_use]
    pub fn private(folder: &Path) -> Self {
        let server = Self { place: Place::Own(folder.to_owned()) };
        server.start();
        server
    }

    /// The address of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        match &self.place {
            Place::Own(folder) => {
                let socket = folder.display().to_string().replace('/', "%2F");
                format!("postgres://postgres@{socket}/{database}")
            }
            Place::Given(url) => {
                let (start, query) = url.split_once('?').map_or((url.as_str(), None), |(a, b)| (a, Some(b)));
                let host = start.find("://").map_or(0, |at| at + 3);
                let path = start[host..].find('/').map_or(start.len(), |at| host + at);
                let query = query.map(|query| format!("?{query}")).unwrap_or_default();
                format!("{}/{database}{query}", &start[..path])
            }
        }
    }

    /// Its socket.
    ///
    /// # Panics
    /// When it is not ours.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        let Place::Own(folder) = &self.place else {
            panic!("only a server of our own has its socket in a known place")
        };
        folder.join(".s.PGSQL.5432")
    }

    /// One of the server's programs, such as `pg_dump`.
    ///
    /// # Panics
    /// When there is none; the message says what to install.
    #[must_use]
    pub fn program(name: &str) -> Command {
        Command::new(programs().join(name))
    }

    /// Starts it when it does not run.
    ///
    /// # Panics
    /// When it cannot be started; the message says what to install.
    pub fn start(&self) {
        let Place::Own(folder) = &self.place else { return };
        fs::create_dir_all(folder).expect("a folder for the server");
        let lock = File::create(folder.join("lock")).expect("a lock file");
        lock.lock().expect("the lock");
        touch(&folder.join("used"));
        let own = Own { folder, bin: programs() };
        if own.answers() {
            return;
        }
        own.make();
        own.run();
        own.watch();
    }

    /// Stops it at once, as a crash would.
    ///
    /// # Panics
    /// When it is not ours or does not stop.
    pub fn stop(&self) {
        let Place::Own(folder) = &self.place else { panic!("only a server of our own is stopped") };
        let own = Own { folder, bin: programs() };
        own.must(own.command("pg_ctl").args(["stop", "-w", "-m", "immediate", "-D"]).arg(own.data()), "stop");
    }
}

struct Own<'a> {
    folder: &'a Path,
    bin: PathBuf,
}

impl Own<'_> {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of the server's, run as the user the server may run as, with nothing of ours held open.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        if let Some((uid, gid)) = server_user() {
            command.uid(uid).gid(gid);
        }
        command.current_dir(self.folder).env("LC_ALL", "C").stdin(Stdio::null()).process_group(0);
        command
    }

    fn must(&self, command: &mut Command, what: &str) {
        let output =
            command.output().unwrap_or_else(|error| panic!("PostgreSQL: could not {what}: {error}. {INSTALL}"));
        assert!(
            output.status.success(),
            "PostgreSQL: could not {what}: {}{} See {}. {INSTALL}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            self.folder.join("log").display(),
        );
    }

    fn answers(&self) -> bool {
        self.command("pg_isready")
            .args(["-q", "-h"])
            .arg(self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn make(&self) {
        if let Some((uid, gid)) = server_user() {
            chown(self.folder, Some(uid), Some(gid)).expect("hand the folder to the server's user");
        }
        fs::set_permissions(self.folder, fs::Permissions::from_mode(0o755)).expect("the folder can be entered");
        if self.data().join("PG_VERSION").exists() {
            return;
        }
        // A run that was cut off may have left half of it.
        let _ = fs::remove_dir_all(self.data());
        self.must(
            self.command("initdb")
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
                .arg(self.data()),
            "make its data folder",
        );
        // A commit that was answered survives a crash of the server, which a test makes; only a crash of the machine loses it.
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nmax_connections = 300\nfsync = off\n\
             full_page_writes = off\nmax_wal_size = 256MB\nshared_buffers = 64MB\n\
             autovacuum_naptime = 10s\nlog_min_messages = warning\n",
            self.folder.display()
        );
        let mut file = File::options().append(true).open(self.data().join("postgresql.conf")).expect("its settings");
        file.write_all(settings.as_bytes()).expect("its settings are written");
    }

    fn run(&self) {
        // Its output goes to the log, so that no test waits for a pipe that the server holds.
        self.must(
            self.command("pg_ctl")
                .args(["start", "-w", "-t", "60", "-l"])
                .arg(self.folder.join("log"))
                .arg("-D")
                .arg(self.data()),
            "start",
        );
    }

    /// Stops the server when `used` has not been touched for a while; ends with the server.
    fn watch(&self) {
        let script = format!(
            "(while sleep 30; do \"$0\" status -D \"$1\" >/dev/null || exit; \
             [ -n \"$(find \"$2\" -mmin +{IDLE_MINUTES})\" ] && exec \"$0\" stop -m fast -D \"$1\" >/dev/null; done) &"
        );
        let mut command = Command::new("sh");
        if let Some((uid, gid)) = server_user() {
            command.uid(uid).gid(gid);
        }
        command
            .args(["-c", &script])
            .arg(self.bin.join("pg_ctl"))
            .arg(self.data())
            .arg(self.folder.join("used"))
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .status()
            .expect("a watch over the server");
    }
}

fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    PLACES
        .iter()
        .map(PathBuf::from)
        .chain(std::env::split_paths(&path))
        .find(|place| place.join("initdb").exists())
        .unwrap_or_else(|| panic!("{INSTALL}"))
}

fn own_uid() -> u32 {
    fs::metadata("/proc/self").map_or_else(
        |_| fs::metadata(std::env::current_exe().unwrap_or_default()).map_or(0, |file| file.uid()),
        |own| own.uid(),
    )
}

/// The server refuses to run as root: then it runs as the user of its package, or as nobody.
fn server_user() -> Option<(u32, u32)> {
    if own_uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        users.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            (fields.first() == Some(&name))
                .then(|| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))?
        })
    };
    Some(find("postgres").or_else(|| find("nobody")).unwrap_or((65_534, 65_534)))
}

pub(crate) fn touch(file: &Path) {
    let opened = File::options().create(true).append(true).open(file).expect("a file to touch");
    opened.set_modified(SystemTime::now()).expect("touched");
    let _ = fs::set_permissions(file, fs::Permissions::from_mode(0o644));
}

/// Seconds since 1970, for names that tell their age.
pub(crate) fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
