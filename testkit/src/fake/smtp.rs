//! A mail server on this machine: real sockets, TLS from the first byte or by STARTTLS with a certificate of its own, logins,
//! and the faults of a real one at each step.

use base64::Engine as _;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Not encrypted.
    None,
    /// By STARTTLS.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// A step of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The greeting.
    Greeting,
    /// The answer to `STARTTLS`.
    StartTls,
    /// The answer to `AUTH`.
    Login,
    /// The answer to `RCPT`.
    Recipient,
    /// The answer to `DATA`.
    Data,
    /// The answer to the whole letter, which has been kept by then.
    Letter,
}

/// What the server does at a step instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Play {
    /// Answers this.
    Say(&'static str),
    /// Closes the connection.
    Close,
    /// Says nothing any more.
    Silence,
}

/// A letter as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// From whom, as the envelope says.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Headers and body, dots taken back.
    pub text: String,
    /// Whether the connection was encrypted.
    pub encrypted: bool,
}

#[derive(Debug, Default)]
struct State {
    letters: Vec<Received>,
    plays: VecDeque<(Step, Play)>,
    connections: usize,
}

/// The server; it ends with this value.
#[derive(Debug)]
pub struct Smtp {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
    /// The certificate in PEM, to be trusted by the client.
    pub certificate: String,
    task: tokio::task::JoinHandle<()>,
}

/// The login that is good.
pub const USER: &str = "x8@shop.example";
/// Its password.
pub const PASSWORD: &str = "letters/2026";

struct House {
    state: Arc<Mutex<State>>,
    encryption: Encryption,
    tls: TlsAcceptor,
}

impl Smtp {
    /// Starts one. The folder takes the certificate, made by openssl.
    ///
    /// # Panics
    /// When openssl is missing.
    pub async fn start(encryption: Encryption, folder: &Path) -> Self {
        let (certificate, tls) = certificate(folder);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::<Mutex<State>>::default();
        let house = Arc::new(House { state: Arc::clone(&state), encryption, tls });
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let house = Arc::clone(&house);
                tokio::spawn(async move { house.receive(stream).await });
            }
        });
        Self { state, address, certificate, task }
    }

    /// Its address as the setting has it.
    #[must_use]
    pub fn url(&self, encryption: Encryption) -> String {
        let port = self.address.port();
        let login = "x8%40shop.example:letters%2F2026";
        match encryption {
            Encryption::None => format!("smtp://{login}@localhost:{port}?tls=none"),
            Encryption::StartTls => format!("smtp://{login}@localhost:{port}"),
            Encryption::Implicit => format!("smtps://{login}@localhost:{port}"),
        }
    }

    /// Plays these once each, at the first time that their step is reached; in this order.
    pub fn play(&self, plays: impl IntoIterator<Item = (Step, Play)>) {
        lock(&self.state).plays.extend(plays);
    }

    /// What arrived.
    #[must_use]
    pub fn letters(&self) -> Vec<Received> {
        lock(&self.state).letters.clone()
    }

    /// How often it was called.
    #[must_use]
    pub fn connections(&self) -> usize {
        lock(&self.state).connections
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a key and a certificate for `localhost` in a folder, by openssl; their files are returned.
///
/// # Panics
/// When openssl is missing.
#[must_use]
pub fn make_certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (key, pem) = (folder.join(format!("{name}.key")), folder.join(format!("{name}.pem")));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&pem)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (key, pem)
}

fn certificate(folder: &Path) -> (String, TlsAcceptor) {
    let (key, pem) = make_certificate(folder, "smtp");
    let pem = std::fs::read_to_string(pem).expect("a certificate");
    let chain = vec![CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).expect("a server's TLS");
    (pem, TlsAcceptor::from(Arc::new(config)))
}

/// What becomes of a conversation.
enum After {
    End,
    Encrypt,
}

impl House {
    async fn receive(&self, stream: tokio::net::TcpStream) {
        lock(&self.state).connections += 1;
        if self.encryption == Encryption::Implicit {
            if let Ok(stream) = self.tls.accept(stream).await {
                self.talk(&mut BufReader::new(stream), true, true).await;
            }
            return;
        }
        let mut plain = BufReader::new(stream);
        if matches!(self.talk(&mut plain, false, true).await, Some(After::Encrypt))
            && let Ok(stream) = self.tls.accept(plain.into_inner()).await
        {
            self.talk(&mut BufReader::new(stream), true, false).await;
        }
    }

    /// Takes what is played at this step; none when the connection is over.
    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        step: Step,
        usual: &str,
    ) -> Option<bool> {
        let play = {
            let mut state = lock(&self.state);
            let found = state.plays.iter().position(|(at, _)| *at == step);
            found.and_then(|at| state.plays.remove(at)).map(|(_, play)| play)
        };
        let text = match play {
            None => usual,
            Some(Play::Say(text)) => text,
            Some(Play::Close) => return None,
            Some(Play::Silence) => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                return None;
            }
        };
        say(stream, text).await?;
        Some(text == usual)
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        encrypted: bool,
        greets: bool,
    ) -> Option<After> {
        if greets {
            self.answer(stream, Step::Greeting, "220 mail.example ESMTP").await?;
        }
        let (mut from, mut to) = (String::new(), None);
        let mut known = false;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return Some(After::End);
            }
            let line = line.trim_end();
            let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" => {
                    let offers = self.encryption == Encryption::StartTls && !encrypted;
                    let tls = if offers { "250-STARTTLS\r\n" } else { "" };
                    say(stream, &format!("250-mail.example\r\n{tls}250-8BITMIME\r\n250 AUTH PLAIN LOGIN")).await?;
                }
                "STARTTLS" => {
                    if self.answer(stream, Step::StartTls, "220 go ahead").await? {
                        return Some(After::Encrypt);
                    }
                }
                "AUTH" => {
                    let good = base64::engine::general_purpose::STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
                    if line.strip_prefix("AUTH PLAIN ") == Some(good.as_str()) {
                        known = self.answer(stream, Step::Login, "235 2.7.0 welcome").await?;
                    } else {
                        say(stream, "535 5.7.8 user or password is wrong").await?;
                    }
                }
                "MAIL" if !known => say(stream, "530 5.7.0 sign in first").await?,
                "MAIL" => {
                    from = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    say(stream, "250 2.1.0 ok").await?;
                }
                "RCPT" => {
                    if self.answer(stream, Step::Recipient, "250 2.1.5 ok").await? {
                        to = line.split(['<', '>']).nth(1).map(str::to_owned);
                    }
                }
                "DATA" => {
                    if self.answer(stream, Step::Data, "354 end with a dot").await? {
                        let text = letter(stream).await?;
                        let to = to.take().unwrap_or_default();
                        lock(&self.state).letters.push(Received { from: from.clone(), to, text, encrypted });
                        self.answer(stream, Step::Letter, "250 2.0.0 queued").await?;
                    }
                }
                "QUIT" => {
                    say(stream, "221 bye").await?;
                    return Some(After::End);
                }
                _ => say(stream, "250 ok").await?,
            }
        }
    }
}

async fn letter<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, text: &str) -> Option<()> {
    let stream = stream.get_mut();
    stream.write_all(format!("{text}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}
