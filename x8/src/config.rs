//! Configuration: environment variables `X8_…` and an optional `x8.toml`, one typed struct, every problem listed at once.

mod files;

use api::http::Proxies;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use foundation::Random;
use foundation::http::Authority;
use foundation::secret::SealingKey;
use gateway::GoogleClient;
use gateway::language_model::{Endpoint, Price, openai};
use gateway::mail::Mail;
use gateway::mail::smtp::Smtp;
use gateway::storage::{Bucket, Place};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What a setting is called, what it means, and its default: `x8 config` prints it.
pub(crate) const SETTINGS: &[(&str, &str, &str)] = &[
    ("X8_LISTEN", "127.0.0.1:8000", "Address and port that the program listens on."),
    ("X8_DATA_DIR", "./data", "Folder of the database, the files and the key."),
    ("X8_DATABASE_URL", "a SQLite file in the data folder", "sqlite:FILE or postgres://USER@HOST/NAME."),
    (
        "X8_DATABASE_CONNECTIONS",
        "12",
        "Connections of one process to PostgreSQL, 2 to 200; on SQLite, those that read.",
    ),
    (
        "X8_REDIS_URL",
        "none: one process",
        "redis:// or rediss:// address over which several processes wake and tell one another; needs PostgreSQL.",
    ),
    ("X8_PUBLIC_URL", "http:// and X8_LISTEN", "Where customers reach the program; links are made from it."),
    (
        "X8_SECRET_KEY",
        "made at first start in the data folder",
        "32 bytes in base64 or hex: encrypts what is stored and signs links.",
    ),
    (
        "X8_OLD_SECRET_KEYS",
        "none",
        "Keys before the present one, separated by commas: what they sealed and signed stays good while `x8 rotate-key` seals it anew.",
    ),
    (
        "X8_TRUSTED_PROXIES",
        "none",
        "Addresses and networks of reverse proxies in front, such as 127.0.0.1, 10.0.0.0/8: X-Forwarded-For counts as far as they wrote it, for limits and logs.",
    ),
    ("X8_WEB_DIR", "the web application inside the program", "Folder of another build of the web application."),
    ("X8_PLAYGROUND", "true", "Whether /playground answers, and /mailbox while no mail server is set."),
    ("X8_LOG", "info", "What is logged: error, warn, info, debug, or a filter such as info,service=debug."),
    ("X8_LOG_FORMAT", "text", "text or json."),
    (
        "X8_TEST_BANK",
        "true",
        "Whether the built-in test bank, which takes no money, stands in where a company has connected no provider of payments.",
    ),
    (
        "X8_ALLOWED_HOSTS",
        "none",
        "Hosts in a private network that companies' settings may name, host:port, separated by commas.",
    ),
    (
        "X8_GOOGLE_CLIENT_ID",
        "none",
        "The installation's OAuth client at Google; with it companies connect Google Calendar.",
    ),
    ("X8_GOOGLE_CLIENT_SECRET", "none", "The secret of that client."),
    ("X8_GOOGLE_API_URL", "https://www.googleapis.com", "Where Google's APIs are."),
    ("X8_GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com", "Where Google gives tokens."),
    ("X8_GOOGLE_CONSENT_URL", "https://accounts.google.com", "Where people agree at Google."),
    (
        "X8_SMTP_URL",
        "none: letters stay in the mailbox page",
        "Mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://USER:PASSWORD@HOST; in a private network also smtp://HOST?tls=none.",
    ),
    ("X8_MAIL_FROM", "none", "Sender of letters, such as X8 <x8@shop.example>; needed with X8_SMTP_URL."),
    (
        "X8_SMTP_CA",
        "none: the public authorities",
        "File with one more certificate, in PEM, that the mail server may show.",
    ),
    (
        "X8_FILES_URL",
        "the folder files in the data folder",
        "Where files lie: file:///FOLDER, or s3://BUCKET/PREFIX for several machines.",
    ),
    ("X8_FILES_ENDPOINT", "Amazon's, by the region", "Address of another server with S3's interface."),
    ("X8_FILES_REGION", "AWS_REGION, else us-east-1", "Region of the bucket."),
    (
        "X8_FILES_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID, else the machine's role",
        "Name of the key that may read, write, list and delete in the bucket.",
    ),
    ("X8_FILES_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "That key."),
    (
        "X8_CLOUDINARY_URL",
        "https://api.cloudinary.com",
        "Where Cloudinary's API is; https://api-eu.cloudinary.com in Europe.",
    ),
    ("X8_STRIPE_URL", "https://api.stripe.com", "Where Stripe's API is."),
    ("X8_TELEGRAM_URL", "https://api.telegram.org", "Where Telegram's Bot API is, or a local server of it."),
    (
        "X8_MODEL_NAME",
        "none: the offline assistant answers",
        "The language model that answers for companies without one of their own.",
    ),
    (
        "X8_MODEL_URL",
        "https://api.openai.com/v1",
        "Base URL of a server with OpenAI's interface, such as http://127.0.0.1:11434/v1.",
    ),
    (
        "X8_MODEL_SECONDS",
        "25",
        "How long a turn may wait for its model, 1 to 45 seconds; then the offline assistant answers.",
    ),
    ("X8_MODEL_KEY", "none", "Key of the model's server."),
    ("X8_MODEL_TRANSCRIPTION", "none: customers are asked to write", "The model that reads voice messages."),
    ("X8_MODEL_INPUT_PRICE", "0", "What a million tokens cost that go in, such as 0.15; costs are shown by it."),
    ("X8_MODEL_OUTPUT_PRICE", "0", "What a million tokens cost that come out, such as 0.60."),
];

/// Settings as read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    listen: String,
    data_dir: PathBuf,
    database_url: Option<String>,
    database_connections: u32,
    #[serde(skip_serializing)]
    redis_url: Option<SecretString>,
    public_url: Option<String>,
    #[serde(skip_serializing)]
    secret_key: Option<SecretString>,
    #[serde(skip_serializing)]
    old_secret_keys: Option<SecretString>,
    trusted_proxies: String,
    web_dir: Option<PathBuf>,
    playground: bool,
    log: String,
    log_format: String,
    test_bank: bool,
    allowed_hosts: String,
    telegram_url: String,
    stripe_url: String,
    cloudinary_url: String,
    files_url: Option<String>,
    files_endpoint: Option<String>,
    files_region: Option<String>,
    files_access_key: Option<String>,
    #[serde(skip_serializing)]
    files_secret_key: Option<SecretString>,
    model_name: Option<String>,
    model_url: String,
    #[serde(skip_serializing)]
    model_key: Option<SecretString>,
    model_transcription: Option<String>,
    model_seconds: u64,
    // In x8.toml a price may stand as a number.
    model_input_price: figment::value::Value,
    model_output_price: figment::value::Value,
    google_client_id: Option<String>,
    #[serde(skip_serializing)]
    google_client_secret: Option<SecretString>,
    google_api_url: String,
    google_token_url: String,
    google_consent_url: String,
    #[serde(skip_serializing)]
    smtp_url: Option<SecretString>,
    mail_from: Option<String>,
    smtp_ca: Option<PathBuf>,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8000".to_owned(),
            data_dir: "./data".into(),
            database_url: None,
            database_connections: 12,
            redis_url: None,
            public_url: None,
            secret_key: None,
            old_secret_keys: None,
            trusted_proxies: String::new(),
            web_dir: None,
            playground: true,
            log: "info".to_owned(),
            log_format: "text".to_owned(),
            test_bank: true,
            allowed_hosts: String::new(),
            telegram_url: gateway::channel::telegram::BASE_URL.to_owned(),
            stripe_url: gateway::payment::stripe::BASE_URL.to_owned(),
            cloudinary_url: gateway::media::cloudinary::BASE_URL.to_owned(),
            files_url: None,
            files_endpoint: None,
            files_region: None,
            files_access_key: None,
            files_secret_key: None,
            model_name: None,
            model_url: openai::BASE_URL.to_owned(),
            model_key: None,
            model_transcription: None,
            model_seconds: gateway::MODEL_TIME.as_secs(),
            model_input_price: "0".into(),
            model_output_price: "0".into(),
            google_client_id: None,
            google_client_secret: None,
            google_api_url: gateway::calendar::google::API_URL.to_owned(),
            google_token_url: gateway::calendar::google::TOKEN_URL.to_owned(),
            google_consent_url: gateway::calendar::google::CONSENT_URL.to_owned(),
            smtp_url: None,
            mail_from: None,
            smtp_ca: None,
        }
    }
}

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
    pub(crate) google: Option<GoogleClient>,
    pub(crate) google_api_url: String,
    pub(crate) google_token_url: String,
    pub(crate) google_consent_url: String,
    pub(crate) mail: Option<Arc<dyn Mail>>,
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
        let mail = mail(raw.smtp_url.as_ref(), raw.mail_from.as_deref(), raw.smtp_ca.as_deref(), &mut problems);
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
                google,
                google_api_url,
                google_token_url,
                google_consent_url,
                mail,
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

/// The mail server, when one is set.
fn mail(
    url: Option<&SecretString>,
    from: Option<&str>,
    authority: Option<&Path>,
    problems: &mut Vec<String>,
) -> Option<Arc<dyn Mail>> {
    let Some(url) = url else {
        if from.is_some() || authority.is_some() {
            problems.push("X8_MAIL_FROM and X8_SMTP_CA need X8_SMTP_URL".to_owned());
        }
        return None;
    };
    let authority = match authority.map(std::fs::read).transpose() {
        Ok(authority) => authority,
        Err(error) => {
            problems.push(format!("X8_SMTP_CA cannot be read: {error}"));
            None
        }
    };
    match Smtp::new(url, from.unwrap_or_default(), authority.as_deref()) {
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
            ..Raw::default()
        };
        let problems = Config::check(raw).expect_err("eleven problems");
        assert_eq!(problems.0.len(), 11, "{problems}");
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
            ..Raw::default()
        };
        let config = Config::check(raw).expect("a model");
        assert!(!format!("{config:?}").contains("sk-secret"));
        let model = config.model.expect("a model");
        assert_eq!(model.base_url, "http://127.0.0.1:11434/v1");
        assert_eq!(model.price, Price { input_micros: 150_000, output_micros: 600_000 });
        let bad =
            Raw { model_input_price: "cheap".into(), model_transcription: Some("w".to_owned()), ..Raw::default() };
        assert_eq!(Config::check(bad).expect_err("two problems").0.len(), 2);
    }

    #[test]
    fn every_setting_is_explained() {
        let known = serde_json::to_value(Raw::default()).expect("plain data");
        let mut names: Vec<String> =
            known.as_object().expect("an object").keys().map(|name| format!("X8_{}", name.to_uppercase())).collect();
        let secrets = [
            "SECRET_KEY",
            "OLD_SECRET_KEYS",
            "REDIS_URL",
            "MODEL_KEY",
            "GOOGLE_CLIENT_SECRET",
            "SMTP_URL",
            "FILES_SECRET_KEY",
        ];
        names.extend(secrets.map(|name| format!("X8_{name}")));
        names.sort();
        let mut explained: Vec<String> = SETTINGS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        explained.sort();
        assert_eq!(explained, names);
    }

    #[test]
    fn makes_the_key_once() {
        let dir = std::env::temp_dir().join(format!("x8-config-{}", std::process::id()));
        let config = Config::check(Raw { data_dir: dir.clone(), ..Raw::default() }).expect("the defaults are good");
        let first = config.key().expect("a key");
        let second = config.key().expect("the same key");
        assert_eq!(first.id(), second.id());
        std::fs::remove_dir_all(dir).expect("the folder goes");
    }
}
