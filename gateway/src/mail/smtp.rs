//! SMTP (RFC 5321) by `lettre`: its connection and its message, with our own reading of every reply, because what a fault means
//! depends on the step at which it came.
//!
//! `lettre` writes what it sends into its debug log, the password too: every conversation runs without a log.

pub use super::NAME;
use super::refusal::is_about_address;
use super::server::{CONNECT, Protocol, Security, Server, holds_certificate};
use super::{Letter, Mail, Ready};
use crate::error::{Error, Kind};
use async_trait::async_trait;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use secrecy::{ExposeSecret as _, SecretString};
use std::error::Error as _;
use std::time::Duration;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

/// How long a server is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one step: connecting with TLS, signing in, sender and recipient.
    pub step: Duration,
    /// For the answer to the whole letter; servers look for unwanted mail meanwhile.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { step: Duration::from_secs(20), answer: Duration::from_secs(60) }
    }
}

/// Addresses of servers that take letters.
const PROTOCOL: Protocol = Protocol {
    plain: "smtp",
    implicit: "smtps",
    ports: [587, 465, 25],
    form: "must be an address such as smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST",
};

/// A server that takes our letters.
#[derive(Debug)]
pub struct Smtp {
    server: Server,
    from: Mailbox,
    authority: Option<Certificate>,
    patience: Patience,
}

impl Smtp {
    /// Reads the settings. `authority`: a certificate in PEM that is trusted beside the public ones.
    ///
    /// # Errors
    /// Every problem, each beginning with the setting's name; none repeats the address, which holds a password.
    pub fn new(url: &SecretString, from: &str, authority: Option<&[u8]>) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let from = from.trim().parse::<Mailbox>().map_err(|_| {
            problems.push("X8_MAIL_FROM must be an address such as x8@shop.example or X8 <x8@shop.example>".to_owned());
        });
        let read_authority = |pem: &[u8]| Certificate::from_pem(pem).ok().filter(|_| holds_certificate(pem));
        let authority = match authority.map(read_authority) {
            Some(None) => {
                problems.push("X8_SMTP_CA does not hold a certificate in PEM".to_owned());
                None
            }
            Some(read) => read,
            None => None,
        };
        let server = Server::read(url.expose_secret(), &PROTOCOL);
        let server = server.map_err(|problem| problems.push(format!("X8_SMTP_URL {problem}")));
        match (server, from) {
            (Ok(server), Ok(from)) if problems.is_empty() => {
                Ok(Self { server, from, authority, patience: Patience::default() })
            }
            _ => Err(problems),
        }
    }

    /// With other limits of waiting.
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    async fn within<T>(
        &self,
        step: impl Future<Output = Result<T, lettre::transport::smtp::Error>> + Send,
    ) -> Result<T, Failed> {
        match tokio::time::timeout(self.patience.step, step).await {
            Ok(done) => done.map_err(Failed::Said),
            Err(_) => Err(Failed::Silent),
        }
    }

    /// Connects, encrypts and signs in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let addresses = self.server.addresses(NAME).await?;
        let hello = ClientId::default();
        let tls = match self.server.security {
            Security::Plain => None,
            Security::Implicit | Security::StartTls => {
                let mut tls = TlsParameters::builder(self.server.host.clone());
                if let Some(authority) = &self.authority {
                    tls = tls.add_root_certificate(authority.clone());
                }
                let tls = tls.build_rustls();
                Some(tls.map_err(|_| Error::new(NAME, Kind::Request, "the name of the server cannot be checked"))?)
            }
        };
        let first = tls.clone().filter(|_| self.server.security == Security::Implicit);
        let connect = AsyncSmtpConnection::connect_tokio1(addresses.as_slice(), Some(CONNECT), &hello, first, None);
        let mut connection = self.within(connect).await.map_err(|failed| failed.before("connecting"))?;
        if let (Security::StartTls, Some(tls)) = (self.server.security, tls) {
            if !connection.can_starttls() {
                connection.abort().await;
                return Err(Error::new(
                    NAME,
                    Kind::Request,
                    "the server offers no STARTTLS; nothing is sent unencrypted",
                ));
            }
            let upgrade = connection.starttls(tls, &hello);
            self.within(upgrade).await.map_err(|failed| failed.before("STARTTLS"))?;
        }
        if let Some((user, password)) = &self.server.login {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            self.within(login).await.map_err(Failed::at_login)?;
        }
        Ok(connection)
    }

    fn message(&self, letter: &Letter, to: Address) -> Result<Message, Error> {
        let bad = |_| Error::new(NAME, Kind::Request, "the letter cannot be written");
        let domain = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.as_str())
            .message_id(Some(format!("<{}@{domain}>", letter.token)))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(bad)?;
        // RFC 3834: answering machines leave it unanswered.
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
        Ok(message)
    }
}

#[async_trait]
impl Mail for Smtp {
    async fn open(&self, letter: &Letter) -> Result<Box<dyn Ready>, Error> {
        async {
            let to: Address =
                letter.to.parse().map_err(|_| Error::new(NAME, Kind::Recipient, "this is not an address"))?;
            let message = self.message(letter, to.clone())?.formatted();
            let mut connection = self.connect().await?;
            let sender = match &letter.returns_to {
                Some(address) => {
                    address.parse().map_err(|_| Error::new(NAME, Kind::Request, "the sender is no address"))?
                }
                None => self.from.email.clone(),
            };
            let from = MailFrom::new(Some(sender), Vec::new());
            self.within(connection.command(from)).await.map_err(|failed| failed.before("the sender"))?;
            let rcpt = Rcpt::new(to, Vec::new());
            if let Err(failed) = self.within(connection.command(rcpt)).await {
                let _ = tokio::time::timeout(self.patience.step, connection.abort()).await;
                return Err(failed.at_recipient());
            }
            Ok(Box::new(Open { connection, message, patience: self.patience }) as Box<dyn Ready>)
        }
        .with_subscriber(NoSubscriber::default())
        .await
    }

    async fn check(&self) -> Result<(), Error> {
        async {
            let mut connection = self.connect().await?;
            let _ = tokio::time::timeout(self.patience.step, connection.quit()).await;
            Ok(())
        }
        .with_subscriber(NoSubscriber::default())
        .await
    }
}

struct Open {
    connection: AsyncSmtpConnection,
    message: Vec<u8>,
    patience: Patience,
}

#[async_trait]
impl Ready for Open {
    async fn deliver(mut self: Box<Self>) -> Result<(), Error> {
        async {
            match tokio::time::timeout(self.patience.step, self.connection.command(Data)).await {
                // No byte of the letter has left yet.
                Err(_) => return Err(Failed::Silent.before("DATA")),
                Ok(Err(error)) => return Err(Failed::Said(error).before("DATA")),
                Ok(Ok(_)) => {}
            }
            match tokio::time::timeout(self.patience.answer, self.connection.message(&self.message)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) if error.status().is_some() => return Err(Failed::Said(error).before("the letter")),
                Ok(Err(_)) | Err(_) => {
                    return Err(Error::new(
                        NAME,
                        Kind::Unknown,
                        "the answer to the letter did not come; it may have arrived",
                    ));
                }
            }
            // It is theirs now, whatever becomes of the farewell.
            let _ = tokio::time::timeout(Duration::from_secs(2), self.connection.quit()).await;
            Ok(())
        }
        .with_subscriber(NoSubscriber::default())
        .await
    }
}

/// What became of a step.
enum Failed {
    Said(lettre::transport::smtp::Error),
    Silent,
}

impl Failed {
    /// A reply's code and words.
    fn reply(&self) -> Option<(u16, String)> {
        let Self::Said(error) = self else { return None };
        let code = u16::from(error.status()?);
        Some((code, error.source().map(ToString::to_string).unwrap_or_default()))
    }

    /// A fault before any byte of the letter has left, so that 4xx and broken connections may be tried again.
    fn before(self, step: &str) -> Error {
        if let Some((code, words)) = self.reply() {
            // 530 and 538 ask for a login or for encryption that we were told not to use.
            let kind = match code {
                400..=499 => Kind::Unavailable,
                530 | 534 | 535 | 538 => Kind::Credentials,
                _ => Kind::Request,
            };
            return Error::new(NAME, kind, format!("{step}: {code} {words}")).with_code(code.to_string());
        }
        match self {
            Self::Said(error) if error.is_tls() => Error::new(
                NAME,
                Kind::Unavailable,
                format!("{step}: no TLS connection with a certificate of that name"),
            ),
            Self::Said(error) if error.is_client() => Error::new(NAME, Kind::Request, format!("{step}: not possible")),
            Self::Said(_) => {
                Error::new(NAME, Kind::Unavailable, format!("{step}: the connection was refused or broke"))
            }
            Self::Silent => Error::new(NAME, Kind::Unavailable, format!("{step}: the answer did not come in time")),
        }
    }

    fn at_login(self) -> Error {
        let refused = self.reply().is_some_and(|(code, _)| code >= 500);
        let no_way = matches!(&self, Self::Said(error) if error.is_client());
        let mut error = self.before("signing in");
        if refused {
            error.kind = Kind::Credentials;
        }
        if no_way {
            error.text = "signing in: the server offers no way that is known here".to_owned();
        }
        error
    }

    fn at_recipient(self) -> Error {
        let gone = self.reply().is_some_and(|(code, words)| is_about_address(Some(code), &words));
        let mut error = self.before("the recipient");
        if gone {
            error.kind = Kind::Recipient;
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_repeat_no_password() {
        let url = SecretString::from("smtp://ann:hidden@mail.example?x");
        let problems = Smtp::new(&url, "nobody", Some(b"none")).expect_err("three problems");
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(!problems.concat().contains("hidden"));
        let good = Smtp::new(&SecretString::from("smtp://ann:hidden@mail.example"), "x8@shop.example", None);
        assert!(!format!("{good:?}").contains("hidden"), "nor does its debug form");
    }
}
