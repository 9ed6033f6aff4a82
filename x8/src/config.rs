//! Configuration: environment variables `X8_…` and an optional `x8.toml`, one typed struct, every problem listed at once.

mod files;
mod settings;

use api::http::Proxies;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use foundation::Random;
use foundation::http::Authority;
use foundation::secret::SealingKey;
use gateway::GoogleClient;
use gateway::language_model::{Endpoint, Price};
use gateway::mail::Mail;
use gateway::mail::mailbox::Mailbox;
use gateway::mail::smtp::Smtp;
use gateway::storage::{Bucket, Place};
use secrecy::{ExposeSecret, SecretString};
use settings::Raw;
pub(crate) use settings::SETTINGS;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Checked settings.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: String,
    pub(crate) database_connections: u32,
    pub(crate) redis_url: Option<SecretString>,
    pub(crate) public_url: String,
    pub(crate) key: Option<SealingKey>,
    old_keys: Vec<SealingKey>,
    pub(crate) proxies: Proxies,
    pub(crate) web_dir: Option<PathBuf>,
    pub(crate) playground: bool,
    pub(crate) log: String,
    pub(crate) log_json: bool,
    pub(crate) test_bank: bool,
    pub(crate) allowed_hosts: Vec<Authority>,
    pub(crate) telegram_url: String,
    pub(crate) stripe_url: String,
    pub(crate) cloudinary_url: String,
    pub(crate) files: Place,
    pub(crate) model: Option<Endpoint>,
    pub(crate) model_time: Duration,
    pub(crate) model_monthly_tokens: Option<i64>,
    pub(crate) google: Option<GoogleClient>,
    pub(crate) google_api_url: String,
    pub(crate) google_token_url: String,
    pub(crate) google_consent_url: String,
    pub(crate) mail: Option<Arc<dyn Mail>>,
    pub(crate) returns: Option<Arc<Mailbox>>,
}

/// Every problem of a configuration.
#[derive(Debug)]
pub(crate) struct Problems(pub(crate) Vec<String>);

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "The configuration has {} problem(s):", self.0.len())?;
        for problem in &self.0 {
            writeln!(f, "  - {problem}")?;
        }
        write!(f, "`x8 config` explains every setting.")
    }
}

impl std::error::Error for Problems {}

impl Config {
    /// Reads `x8.toml` in the working folder (or the named file) and the environment, which wins.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, Problems> {
        let file = file.unwrap_or_else(|| Path::new("x8.toml"));
        let figment = Figment::from(Serialized::defaults(Raw::default()))
            .merge(Toml::file(file))
            // Variables of the test suite and of the build live under the same prefix and are no settings.
            // An empty one is none: compose files and service managers pass what was left blank that way.
            .merge(
                Env::prefixed("X8_")
                    .ignore(&["test_postgres_url", "specs", "target_dir"])
                    .filter(|name| std::env::var_os(format!("X8_{name}")).is_none_or(|value| !value.is_empty())),
            );
        let raw: Raw = figment
            .extract()
            .map_err(|errors| Problems(errors.into_iter().map(|error| error.to_string()).collect()))?;
        Self::check(raw)
    }

    fn check(raw: Raw) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let listen = raw.listen.parse::<SocketAddr>().map_err(|_| {
            problems.push(format!(
                "X8_LISTEN is {:?}; it must be an address and a port such as 127.0.0.1:8000",
                raw.listen
            ));
        });
        let database_url =
            raw.database_url.unwrap_or_else(|| format!("sqlite:{}", raw.data_dir.join("x8.db").display()));
        if !database_url.starts_with("sqlite:")
            && !database_url.starts_with("postgres://")
            && !database_url.starts_with("postgresql://")
        {
            problems.push("X8_DATABASE_URL must begin with sqlite: or postgres://".to_owned());
        }
        if !(2..=200).contains(&raw.database_connections) {
            problems.push(format!("X8_DATABASE_CONNECTIONS is {}; it must be 2 to 200", raw.database_connections));
        }
        if let Some(url) = &raw.redis_url {
            if !gateway::signal::is_address(url.expose_secret()) {
                problems.push("X8_REDIS_URL must be an address such as redis://HOST:6379".to_owned());
            }
            if database_url.starts_with("sqlite:") {
                problems.push("X8_REDIS_URL needs PostgreSQL: a SQLite file serves one process".to_owned());
            }
        }
        let public_url = raw
            .public_url
            .unwrap_or_else(|| format!("http://{}", raw.listen.replace("0.0.0.0", "127.0.0.1")))
            .trim_end_matches('/')
            .to_owned();
        if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
            problems.push(format!("X8_PUBLIC_URL is {public_url:?}; it must begin with http:// or https://"));
        }
        let key = match &raw.secret_key {
            Some(secret) => {
                let key = SealingKey::parse(secret.expose_secret());
                if key.is_none() {
                    problems.push("X8_SECRET_KEY must be 32 bytes in base64 or 64 hex digits".to_owned());
                }
                key
            }
            None => None,
        };
        let old_keys: Vec<Option<SealingKey>> = match &raw.old_secret_keys {
            Some(keys) => keys.expose_secret().split(',').map(SealingKey::parse).collect(),
            None => Vec::new(),
        };
        if old_keys.iter().any(Option::is_none) {
            problems.push("X8_OLD_SECRET_KEYS must be keys like X8_SECRET_KEY, separated by commas".to_owned());
        }
        let proxies = Proxies::parse(&raw.trusted_proxies).map_err(|word| {
            problems.push(format!(
                "X8_TRUSTED_PROXIES has {word:?}; it must be addresses and networks such as 127.0.0.1, 10.0.0.0/8"
            ));
        });
        if let Some(dir) = &raw.web_dir
            && !dir.join("index.html").is_file()
        {
            problems.push(format!("X8_WEB_DIR: there is no index.html in {}", dir.display()));
        }
        if !matches!(raw.log_format.as_str(), "text" | "json") {
            problems.push(format!("X8_LOG_FORMAT is {:?}; it must be text or json", raw.log_format));
        }
        if let Err(error) = raw.log.parse::<tracing_subscriber::EnvFilter>() {
            problems.push(format!("X8_LOG: {error}"));
        }
        let mut allowed_hosts = Vec::new();
        for host in raw.allowed_hosts.split(',').map(str::trim).filter(|host| !host.is_empty()) {
            match Authority::parse(host) {
                Some(authority) => allowed_hosts.push(authority),
                None => problems.push(format!("X8_ALLOWED_HOSTS: {host:?} is not host:port")),
            }
        }
        let telegram_url = base_url("X8_TELEGRAM_URL", &raw.telegram_url, &mut problems);
        let stripe_url = base_url("X8_STRIPE_URL", &raw.stripe_url, &mut problems);
        let cloudinary_url = base_url("X8_CLOUDINARY_URL", &raw.cloudinary_url, &mut problems);
        let files = files::place(
            raw.files_url.as_deref(),
            Bucket {
                endpoint: raw.files_endpoint,
                region: raw.files_region,
                access_key: raw.files_access_key,
                secret_key: raw.files_secret_key,
                ..Bucket::default()
            },
            &raw.data_dir,
            &mut problems,
        );
        let model_url = base_url("X8_MODEL_URL", &raw.model_url, &mut problems);
        let price = Price {
            input_micros: price("X8_MODEL_INPUT_PRICE", &raw.model_input_price, &mut problems),
            output_micros: price("X8_MODEL_OUTPUT_PRICE", &raw.model_output_price, &mut problems),
        };
        let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let transcription_model = filled(raw.model_transcription);
        let model = filled(raw.model_name).map(|model| Endpoint {
            base_url: model_url,
            key: raw.model_key,
            model,
            transcription_model: transcription_model.clone(),
            price,
        });
        if !(1..=45).contains(&raw.model_seconds) {
            problems.push(format!("X8_MODEL_SECONDS is {}; it must be from 1 to 45", raw.model_seconds));
        }
        if raw.model_monthly_tokens.is_some_and(|tokens| tokens <= 0) {
            problems.push("X8_MODEL_MONTHLY_TOKENS must be above 0; leave it out for no limit".to_owned());
        }
        if model.is_none() && transcription_model.is_some() {
            problems.push("X8_MODEL_TRANSCRIPTION needs X8_MODEL_NAME as well".to_owned());
        }
        let google_api_url = base_url("X8_GOOGLE_API_URL", &raw.google_api_url, &mut problems);
        let google_token_url = base_url("X8_GOOGLE_TOKEN_URL", &raw.google_token_url, &mut problems);
        let google_consent_url = base_url("X8_GOOGLE_CONSENT_URL", &raw.google_consent_url, &mut problems);
        let google = match (raw.google_client_id, raw.google_client_secret) {
            (Some(client_id), Some(client_secret)) => Some(GoogleClient { client_id, client_secret }),
            (None, None) => None,
            _ => {
                problems.push("X8_GOOGLE_CLIENT_ID and X8_GOOGLE_CLIENT_SECRET go together".to_owned());
                None
            }
        };
        let authority = match raw.smtp_ca.as_ref().map(std::fs::read).transpose() {
            Ok(authority) => authority,
            Err(error) => {
                problems.push(format!("X8_SMTP_CA cannot be read: {error}"));
                None
            }
        };
        if raw.smtp_url.is_none() && (raw.mail_from.is_some() || raw.smtp_ca.is_some()) {
            problems.push("X8_MAIL_FROM and X8_SMTP_CA need X8_SMTP_URL".to_owned());
        }
        let mut found = Vec::new();
        let mail =
            raw.smtp_url.as_ref().and_then(|url| mail(url, raw.mail_from.as_deref(), authority.as_deref(), &mut found));
        let returns = match (&raw.bounce_imap_url, &raw.bounce_address) {
            (Some(_), Some(_)) if raw.smtp_url.is_none() => {
                found.push(
                    "X8_BOUNCE_IMAP_URL needs X8_SMTP_URL: without it no letter goes that could come back".to_owned(),
                );
                None
            }
            (Some(url), Some(address)) => {
                let read = Mailbox::new(url, address, authority.as_deref());
                read.map(Arc::new).map_err(|problems| found.extend(problems)).ok()
            }
            (None, None) => None,
            _ => {
                found.push("X8_BOUNCE_IMAP_URL and X8_BOUNCE_ADDRESS go together".to_owned());
                None
            }
        };
        // Both look at the same certificate.
        for problem in found {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        match (listen, proxies) {
            (Ok(listen), Ok(proxies)) if problems.is_empty() => Ok(Self {
                listen,
                data_dir: raw.data_dir,
                database_url,
                database_connections: raw.database_connections,
                redis_url: raw.redis_url,
                public_url,
                key,
                old_keys: old_keys.into_iter().flatten().collect(),
                proxies,
                web_dir: raw.web_dir,
                playground: raw.playground,
                log: raw.log,
                log_json: raw.log_format == "json",
                test_bank: raw.test_bank,
                allowed_hosts,
                telegram_url,
                stripe_url,
                cloudinary_url,
                files,
                model,
                model_time: Duration::from_secs(raw.model_seconds),
                model_monthly_tokens: raw.model_monthly_tokens,
                google,
                google_api_url,
                google_token_url,
                google_consent_url,
                mail,
                returns,
            }),
            _ => Err(Problems(problems)),
        }
    }

    /// The key: from the environment, else from the data folder, where the first start makes it for its owner only.
    pub(crate) fn key(&self) -> Result<SealingKey, std::io::Error> {
        Ok(self.present_key()?.after(self.old_keys.clone()))
    }

    fn present_key(&self) -> Result<SealingKey, std::io::Error> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let path = self.data_dir.join("secret.key");
        match std::fs::read_to_string(&path) {
            Ok(text) => SealingKey::parse(&text).ok_or_else(|| {
                std::io::Error::other(format!(
                    "{} does not hold a key of 32 bytes; put the right one there",
                    path.display()
                ))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = SealingKey::new(Random::system().bytes());
                std::fs::create_dir_all(&self.data_dir)?;
                write_private(&path, &key.to_base64())?;
                Ok(key)
            }
            Err(error) => Err(error),
        }
    }
}

/// The mail server.
fn mail(
    url: &SecretString,
    from: Option<&str>,
    authority: Option<&[u8]>,
    problems: &mut Vec<String>,
) -> Option<Arc<dyn Mail>> {
    match Smtp::new(url, from.unwrap_or_default(), authority) {
        Ok(smtp) => Some(Arc::new(smtp)),
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

/// An address of a provider, without a slash at its end.
fn base_url(name: &str, url: &str, problems: &mut Vec<String>) -> String {
    if !url.starts_with("http://") && !url.starts_with("https://") {
        problems.push(format!("{name} is {url:?}; it must begin with http:// or https://"));
    }
    url.trim_end_matches('/').to_owned()
}

/// A price of a million tokens in millionths.
fn price(name: &str, value: &figment::value::Value, problems: &mut Vec<String>) -> i64 {
    let text = value
        .as_str()
        .map(str::to_owned)
        .or_else(|| value.to_num().and_then(|num| num.to_f64()).map(|num| num.to_string()));
    let number = text.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
    match number.filter(|number| number.is_finite() && (0.0..=10_000.0).contains(number)) {
        Some(number) => (number * 1_000_000.0).round() as i64,
        None => {
            problems.push(format!("{name} must be a number from 0 to 10000 such as 0.15"));
            0
        }
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_problem_at_once() {
        let raw = Raw {
            listen: "nowhere".to_owned(),
            database_url: Some("mysql://x".to_owned()),
            public_url: Some("ftp://x".to_owned()),
            secret_key: Some("short".into()),
            log_format: "xml".to_owned(),
            trusted_proxies: "10.0.0.0/8, proxy.example".to_owned(),
            database_connections: 1,
            redis_url: Some("http://:hidden@x".into()),
            old_secret_keys: Some("hidden,".into()),
            smtp_url: Some("smtp://ann:hidden@mail.example?tls=none".into()),
            bounce_imap_url: Some("imaps://ann:hidden@mail.example/x".into()),
            bounce_address: Some("returns".to_owned()),
            ..Raw::default()
        };
        let problems = Config::check(raw).expect_err("thirteen problems");
        assert_eq!(problems.0.len(), 13, "{problems}");
        assert!(!problems.to_string().contains("hidden"), "a password is never repeated");
        assert!(!problems.to_string().contains("short"), "a secret is never repeated");
    }

    #[test]
    fn a_model_is_read_whole_and_its_key_is_never_shown() {
        let raw = Raw {
            model_name: Some("small".to_owned()),
            model_url: "http://127.0.0.1:11434/v1/".to_owned(),
            model_key: Some("sk-secret-of-tests".into()),
            model_input_price: "0.15".into(),
            model_output_price: 0.6.into(),
            model_monthly_tokens: Some(2_000_000),
            ..Raw::default()
        };
        let config = Config::check(raw).expect("a model");
        assert!(!format!("{config:?}").contains("sk-secret"));
        assert_eq!(config.model_monthly_tokens, Some(2_000_000));
        let model = config.model.expect("a model");
        assert_eq!(model.base_url, "http://127.0.0.1:11434/v1");
        assert_eq!(model.price, Price { input_micros: 150_000, output_micros: 600_000 });
        let bad =
            Raw { model_input_price: "cheap".into(), model_transcription: Some("w".to_owned()), ..Raw::default() };
        assert_eq!(Config::check(bad).expect_err("two problems").0.len(), 2);
        let none = Raw { model_monthly_tokens: Some(0), ..Raw::default() };
        assert_eq!(Config::check(none).expect_err("one problem").0.len(), 1);
    }

    #[test]
    fn a_mailbox_for_returned_letters_is_whole_and_shows_no_password() {
        let good = || Raw {
            smtp_url: Some("smtps://mail.example".into()),
            mail_from: Some("x8@shop.example".to_owned()),
            bounce_imap_url: Some("imaps://ann:hidden@mail.example".into()),
            bounce_address: Some("returns@shop.example".to_owned()),
            ..Raw::default()
        };
        let config = Config::check(good()).expect("a mailbox");
        assert!(config.returns.is_some() && !format!("{config:?}").contains("hidden"));
        let parts = [
            Raw { bounce_address: None, ..good() },
            Raw { bounce_imap_url: None, ..good() },
            Raw { smtp_url: None, mail_from: None, ..good() },
        ];
        for part in parts {
            let problems = Config::check(part).expect_err("one problem").0;
            assert!(problems.len() == 1 && problems[0].starts_with("X8_BOUNCE_IMAP_URL "), "{problems:?}");
        }
    }

    #[test]
    fn makes_the_key_once() {
        let dir = testkit::folder("config");
        let config =
            Config::check(Raw { data_dir: dir.path().to_owned(), ..Raw::default() }).expect("the defaults are good");
        let first = config.key().expect("a key");
        let second = config.key().expect("the same key");
        assert_eq!(first.id(), second.id());
    }
}
