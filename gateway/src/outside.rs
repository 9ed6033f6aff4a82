//! Where providers are and by what they are reached: made once from the configuration, so that nothing above asks which one
//! runs, and tests put their own servers in the place of any.

use crate::channel::telegram;
use crate::payment::stripe;
use foundation::http::{Authority, Http, Reach};
use std::sync::Arc;

/// The outside as the installation reaches it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outside {
    /// For addresses of the configuration.
    pub http: Http,
    /// For addresses that people type in: public ones, and those that the installation allows.
    pub guarded: Http,
    /// The Bot API.
    pub telegram_url: String,
    /// Stripe's API.
    pub stripe_url: String,
    /// Whether the sandbox bank stands in where a company has connected no provider of payments.
    pub test_bank: bool,
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
            stripe_url: stripe::BASE_URL.to_owned(),
            test_bank: true,
        })
    }
}
