//! An IMAP server of a test's own: Dovecot, with TLS, in a folder of its own. Mail is put into it as a mail server does, as files
//! of a maildir, and looked at the same way.

use crate::fake::smtp::make_certificate;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const INSTALL: &str =
    "an IMAP server is needed for the tests: install it (Debian and Ubuntu: `apt-get install dovecot-imapd`)";
/// How long a start may take on a loaded machine.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// Another process may take a port that was free a moment ago.
const STARTS: usize = 5;
/// Whom everybody is to the system where the tests run as root: Dovecot reads nobody's mail as root.
const NOBODY: u32 = 65534;

/// The mailbox's user.
pub const USER: &str = "returns";
/// The user's password.
pub const PASSWORD: &str = "come/back@2026";

/// A running server; ended when dropped.
#[derive(Debug)]
pub struct Dovecot {
    folder: TempDir,
    child: Option<Child>,
    ports: Ports,
    /// The certificate in PEM, to be trusted by the client.
    pub certificate: String,
}

#[derive(Clone, Copy, Debug)]
struct Ports {
    /// STARTTLS.
    plain: u16,
    /// TLS from the first byte.
    implicit: u16,
}

impl Dovecot {
    /// Starts one with an empty mailbox.
    ///
    /// # Panics
    /// When it cannot be started; the message says what to install.
    #[must_use]
    pub fn start() -> Self {
        // Sockets have short paths, so the folder is none of the test's, which may lie deep.
        let folder = crate::folder("imap");
        fs::create_dir_all(folder.path().join("run")).expect("a folder for Dovecot");
        let (_, pem) = make_certificate(folder.path(), "imap");
        let certificate = fs::read_to_string(pem).expect("a certificate");
        let mut server =
            Self { folder, child: None, ports: Ports { plain: free_port(), implicit: free_port() }, certificate };
        server.make_maildir();
        for _ in 0..STARTS {
            if server.try_start() {
                return server;
            }
            server.ports = Ports { plain: free_port(), implicit: free_port() };
        }
        panic!("Dovecot did not start:\n{}", server.log());
    }

    /// Its address for TLS from the first byte, as the setting has it.
    #[must_use]
    pub fn url(&self) -> String {
        Self::url_at(self.ports.implicit)
    }

    /// The same behind another port: what stands between reads nothing.
    #[must_use]
    pub fn url_at(port: u16) -> String {
        format!("imaps://{USER}:come%2Fback%402026@localhost:{port}")
    }

    /// Its address for STARTTLS.
    #[must_use]
    pub fn starttls_url(&self) -> String {
        format!("imap://{USER}:come%2Fback%402026@localhost:{}", self.ports.plain)
    }

    /// The port for TLS from the first byte.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.ports.implicit
    }

    /// Puts a message into the mailbox.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn deliver(&self, message: impl AsRef<[u8]>) {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("17961163{number:06}.M1P{}.mail", std::process::id());
        let (draft, done) = (self.maildir().join("tmp").join(&name), self.maildir().join("new").join(&name));
        fs::write(&draft, message).expect("a message");
        give_away(&draft);
        fs::rename(draft, done).expect("delivered");
    }

    /// What lies in the mailbox, the flags behind the names; unsorted.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn messages(&self) -> Vec<(String, Vec<u8>)> {
        let files = ["new", "cur"].map(|part| fs::read_dir(self.maildir().join(part)).expect("a maildir"));
        let files = files.into_iter().flatten().map(|file| file.expect("a file").path());
        files
            .map(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let flags = name.split_once(":2,").map_or("", |(_, flags)| flags).to_owned();
                (flags, fs::read(path).expect("a message"))
            })
            .collect()
    }

    /// Counts its messages anew: another UIDVALIDITY, and the numbers begin at one, as after a mailbox was brought back from a
    /// backup.
    ///
    /// # Panics
    /// When its files cannot be changed.
    pub fn renumber(&mut self) {
        self.stop();
        for file in fs::read_dir(self.maildir()).expect("a maildir") {
            let path = file.expect("a file").path();
            if path.is_file() {
                fs::remove_file(path).expect("removed");
            }
        }
        // UIDVALIDITY is made from the second.
        std::thread::sleep(Duration::from_millis(1100));
        self.start_again();
    }

    /// Ends it.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            if child.try_wait().ok().flatten().is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Starts it again, as it was.
    ///
    /// # Panics
    /// When it does not.
    pub fn start_again(&mut self) {
        assert!(self.try_start(), "Dovecot did not start again:\n{}", self.log());
    }

    fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("dovecot.log")).unwrap_or_default()
    }

    fn make_maildir(&self) {
        for part in ["", "new", "cur", "tmp"] {
            let folder = self.maildir().join(part);
            fs::create_dir_all(&folder).expect("a maildir");
            give_away(&folder);
        }
        fs::set_permissions(self.folder.path(), fs::Permissions::from_mode(0o755))
            .expect("a folder that others may enter");
    }

    fn try_start(&mut self) -> bool {
        fs::write(self.folder.path().join("dovecot.conf"), self.config()).expect("a configuration");
        let path =
            format!("{}:/usr/sbin:/usr/local/sbin", std::env::var_os("PATH").unwrap_or_default().to_string_lossy());
        let mut child = Command::new("dovecot")
            .env("PATH", path)
            .args(["-F", "-c"])
            .arg(self.folder.path().join("dovecot.conf"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{error}: {INSTALL}"));
        let began = Instant::now();
        while began.elapsed() < START_PATIENCE {
            if child.try_wait().ok().flatten().is_some() {
                return false;
            }
            if std::net::TcpStream::connect(("127.0.0.1", self.ports.implicit)).is_ok() {
                self.child = Some(child);
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        let _ = child.wait();
        false
    }

    fn config(&self) -> String {
        let folder = self.folder.path().display();
        let Ports { plain, implicit } = self.ports;
        let (uid, gid) = reader();
        // Who was refused before is not made to wait (`anvil-auth-penalty`).
        // Who is not root cannot become others: all parts run as the one who started it.
        let users = if uid == NOBODY {
            String::new()
        } else {
            let [user, group] = ["-un", "-gn"].map(own_name);
            format!(
                "default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
                 service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\n"
            )
        };
        format!(
            "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {folder}/run\nstate_dir = {folder}/run\nlog_path = {folder}/dovecot.log\n\
             ssl = required\nssl_cert = <{folder}/imap.pem\nssl_key = <{folder}/imap.key\ndisable_plaintext_auth = yes\n\
             auth_mechanisms = plain login\nauth_failure_delay = 0\nservice anvil {{\n  unix_listener anvil-auth-penalty {{\n    mode = 0\n  }}\n}}\nfirst_valid_uid = 1\nmail_location = maildir:{folder}/mail\n\
             passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}\n\
             userdb {{\n  driver = static\n  args = uid={uid} gid={gid} home={folder}/run\n}}\n\
             service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {plain}\n  }}\n  inet_listener imaps {{\n    port = {implicit}\n    ssl = yes\n  }}\n}}\n{users}"
        )
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Which user reads the mail: nobody where the tests run as root, else whoever runs them.
fn reader() -> (u32, u32) {
    let own = fs::metadata("/proc/self").expect("a process");
    if own.uid() == 0 { (NOBODY, NOBODY) } else { (own.uid(), own.gid()) }
}

/// Dovecot takes names only.
fn own_name(which: &str) -> String {
    let named = Command::new("id").arg(which).output().expect("id");
    String::from_utf8_lossy(&named.stdout).trim().to_owned()
}

fn give_away(path: &Path) {
    let (uid, gid) = reader();
    if uid == NOBODY {
        chown(path, Some(uid), Some(gid)).expect("given away");
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}
