//! The settings themselves: names, meanings, defaults, and what is read of them before it is checked.

use gateway::language_model::openai;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

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
        "File with one more certificate, in PEM, that the mail server may show, and the one with the mailbox of X8_BOUNCE_IMAP_URL.",
    ),
    (
        "X8_BOUNCE_IMAP_URL",
        "none: what is refused later is not noticed",
        "Mailbox where letters come back that could not be delivered: imaps://USER:PASSWORD@HOST or imap://USER:PASSWORD@HOST:143 (STARTTLS); in a private network also imap://…?tls=none.",
    ),
    (
        "X8_BOUNCE_ADDRESS",
        "none",
        "Address of that mailbox, such as returns@shop.example; needed with X8_BOUNCE_IMAP_URL. Letters are sent from returns+…@shop.example.",
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
    (
        "X8_MODEL_MONTHLY_TOKENS",
        "none: no limit",
        "The most tokens of that model, in and out together, that one company may use in a calendar month (UTC); then the offline assistant answers it. Companies with a model of their own are not bound.",
    ),
    ("X8_MODEL_TRANSCRIPTION", "none: customers are asked to write", "The model that reads voice messages."),
    ("X8_MODEL_INPUT_PRICE", "0", "What a million tokens cost that go in, such as 0.15; costs are shown by it."),
    ("X8_MODEL_OUTPUT_PRICE", "0", "What a million tokens cost that come out, such as 0.60."),
];

/// Settings as read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) listen: String,
    pub(super) data_dir: PathBuf,
    pub(super) database_url: Option<String>,
    pub(super) database_connections: u32,
    #[serde(skip_serializing)]
    pub(super) redis_url: Option<SecretString>,
    pub(super) public_url: Option<String>,
    #[serde(skip_serializing)]
    pub(super) secret_key: Option<SecretString>,
    #[serde(skip_serializing)]
    pub(super) old_secret_keys: Option<SecretString>,
    pub(super) trusted_proxies: String,
    pub(super) web_dir: Option<PathBuf>,
    pub(super) playground: bool,
    pub(super) log: String,
    pub(super) log_format: String,
    pub(super) test_bank: bool,
    pub(super) allowed_hosts: String,
    pub(super) telegram_url: String,
    pub(super) stripe_url: String,
    pub(super) cloudinary_url: String,
    pub(super) files_url: Option<String>,
    pub(super) files_endpoint: Option<String>,
    pub(super) files_region: Option<String>,
    pub(super) files_access_key: Option<String>,
    #[serde(skip_serializing)]
    pub(super) files_secret_key: Option<SecretString>,
    pub(super) model_name: Option<String>,
    pub(super) model_url: String,
    #[serde(skip_serializing)]
    pub(super) model_key: Option<SecretString>,
    pub(super) model_transcription: Option<String>,
    pub(super) model_seconds: u64,
    pub(super) model_monthly_tokens: Option<i64>,
    // In x8.toml a price may stand as a number.
    pub(super) model_input_price: figment::value::Value,
    pub(super) model_output_price: figment::value::Value,
    pub(super) google_client_id: Option<String>,
    #[serde(skip_serializing)]
    pub(super) google_client_secret: Option<SecretString>,
    pub(super) google_api_url: String,
    pub(super) google_token_url: String,
    pub(super) google_consent_url: String,
    #[serde(skip_serializing)]
    pub(super) smtp_url: Option<SecretString>,
    pub(super) mail_from: Option<String>,
    pub(super) smtp_ca: Option<PathBuf>,
    #[serde(skip_serializing)]
    pub(super) bounce_imap_url: Option<SecretString>,
    pub(super) bounce_address: Option<String>,
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
            model_monthly_tokens: None,
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
            bounce_imap_url: None,
            bounce_address: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "BOUNCE_IMAP_URL",
            "FILES_SECRET_KEY",
        ];
        names.extend(secrets.map(|name| format!("X8_{name}")));
        names.sort();
        let mut explained: Vec<String> = SETTINGS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        explained.sort();
        assert_eq!(explained, names);
    }
}
