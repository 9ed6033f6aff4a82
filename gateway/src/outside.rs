//! Where providers are and by what they are reached: made once from the configuration, so that nothing above asks which one
//! runs, and tests put their own servers in the place of any.

use crate::breaker::Breakers;
use crate::calendar::google;
use crate::channel::telegram;
use crate::language_model::Endpoint;
use crate::mail::Mail;
use crate::mail::mailbox::Mailbox;
use crate::media::cloudinary;
use crate::payment::stripe;
use foundation::http::{Authority, Http, Reach};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// How long a turn waits for its model, unless the configuration says otherwise.
pub const MODEL_TIME: Duration = Duration::from_secs(25);

/// How long something that a customer attached may take to come.
const FETCH_TIME: Duration = Duration::from_secs(60);

/// The installation's own registration at Google.
#[derive(Clone, Debug)]
pub struct GoogleClient {
    /// Its name, as Google gave it.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
}

/// The outside as the installation reaches it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outside {
    /// For addresses of the configuration.
    pub http: Http,
    /// For addresses that people type in: public ones, and those that the installation allows.
    pub guarded: Http,
    /// The Bot API.
    pub telegram_url: String,
    /// How long something that a customer attached may take to come.
    pub fetch_time: Duration,
    /// Stripe's API.
    pub stripe_url: String,
    /// Cloudinary's API.
    pub cloudinary_url: String,
    /// Whether the sandbox bank stands in where a company has connected no provider of payments.
    pub test_bank: bool,
    /// The installation's model; none: companies without one of their own are answered by the offline assistant.
    pub model: Option<Endpoint>,
    /// The most tokens of the installation's model that a company may use in a calendar month (UTC); none: no limit.
    pub model_monthly_tokens: Option<i64>,
    /// How long a turn may wait for its model, all its answers and pauses together.
    pub model_time: Duration,
    /// Circuits of all accounts at providers.
    pub breakers: Breakers,
    /// The installation at Google; none: no calendar of Google can be connected.
    pub google: Option<GoogleClient>,
    /// Google's APIs.
    pub google_api_url: String,
    /// Google's tokens.
    pub google_token_url: String,
    /// Where people agree at Google.
    pub google_consent_url: String,
    /// Who takes letters; none: they stay in the mailbox page.
    pub mail: Option<Arc<dyn Mail>>,
    /// Where letters come back; none: what a server refuses later is seen nowhere.
    pub returns: Option<Arc<Mailbox>>,
}

impl Outside {
    /// The providers' own addresses.
    ///
    /// # Errors
    /// When the system's certificates can't be read.
    pub fn new(allowed: &[Authority]) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: Http::new(Reach::Configured)?,
            guarded: Http::new(Reach::Public(Arc::from(allowed)))?,
            telegram_url: telegram::BASE_URL.to_owned(),
            fetch_time: FETCH_TIME,
            stripe_url: stripe::BASE_URL.to_owned(),
            cloudinary_url: cloudinary::BASE_URL.to_owned(),
            test_bank: true,
            model: None,
            model_monthly_tokens: None,
            model_time: MODEL_TIME,
            breakers: Breakers::default(),
            google: None,
            google_api_url: google::API_URL.to_owned(),
            google_token_url: google::TOKEN_URL.to_owned(),
            google_consent_url: google::CONSENT_URL.to_owned(),
            mail: None,
            returns: None,
        })
    }
}
