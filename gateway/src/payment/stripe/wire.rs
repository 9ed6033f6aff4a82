//! What of Stripe's answers is read: no more than is used, and leniently (decision 0007).

use super::amount::from_stripe;
use super::{NAME, amount};
use crate::error::{Error, Kind};
use crate::payment::{PageState, Standing};
use domain::money::Currency;
use foundation::http::Answer;
use serde::{Deserialize, Serialize};

/// <https://docs.stripe.com/api/errors>
#[derive(Debug, Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    error: ErrorDetail,
}

#[derive(Debug, Default, Deserialize)]
struct ErrorDetail {
    #[serde(rename = "type", default)]
    kind: String,
    code: Option<String>,
    #[serde(default)]
    message: String,
}

/// A list; only its objects are read.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
}

/// <https://docs.stripe.com/api/checkout/sessions/object>, with `payment_intent.latest_charge` expanded when it is read.
#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) url: Option<String>,
    status: Option<String>,
    #[serde(default)]
    payment_status: String,
    amount_total: Option<i64>,
    currency: Option<String>,
    client_reference_id: Option<String>,
    payment_intent: Option<Expandable<Intent>>,
}

/// An object, or its id alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Expandable<T> {
    Id(String),
    Object(T),
}

/// <https://docs.stripe.com/api/payment_intents/object>
#[derive(Debug, Deserialize)]
struct Intent {
    id: String,
    #[serde(default)]
    status: String,
    latest_charge: Option<Expandable<Charge>>,
}

/// <https://docs.stripe.com/api/charges/object>
#[derive(Debug, Deserialize)]
struct Charge {
    #[serde(default)]
    refunded: bool,
    #[serde(default)]
    amount_refunded: i64,
}

impl Session {
    /// The payment behind the page, once there is one.
    pub(super) fn intent_id(&self) -> Option<&str> {
        self.payment_intent.as_ref().map(|intent| match intent {
            Expandable::Id(id) => id.as_str(),
            Expandable::Object(intent) => intent.id.as_str(),
        })
    }

    fn intent(&self) -> Option<&Intent> {
        match &self.payment_intent {
            Some(Expandable::Object(intent)) => Some(intent),
            Some(Expandable::Id(_)) | None => None,
        }
    }

    fn charge(&self) -> Option<&Charge> {
        match &self.intent()?.latest_charge {
            Some(Expandable::Object(charge)) => Some(charge),
            Some(Expandable::Id(_)) | None => None,
        }
    }

    /// How far the page is.
    pub(super) fn state(&self) -> PageState {
        let standing = match (self.status.as_deref(), self.payment_status.as_str()) {
            (_, "paid" | "no_payment_required") if self.charge().is_some_and(|charge| charge.refunded) => {
                Standing::Refunded
            }
            (_, "paid" | "no_payment_required") => Standing::Paid,
            (Some("expired"), _) => Standing::Expired,
            // A delayed method (bank debit): an intent that went back to the start has failed.
            (Some("complete"), _) => match self.intent().map(|intent| intent.status.as_str()) {
                Some("requires_payment_method" | "canceled") => Standing::Failed,
                _ => Standing::Processing,
            },
            _ => Standing::Open,
        };
        let currency = self.currency.as_deref().and_then(Currency::parse);
        let ours = |units: i64| currency.and_then(|currency| from_stripe(units, currency));
        PageState {
            external_id: self.id.clone(),
            payment_id: self.client_reference_id.clone(),
            account: None,
            standing,
            amount_minor: self.amount_total.and_then(ours),
            currency,
            refunded_minor: self.charge().and_then(|charge| ours(charge.amount_refunded)).unwrap_or(0),
        }
    }
}

/// <https://docs.stripe.com/api/refunds/object>
#[derive(Debug, Deserialize)]
pub(super) struct Refunded {
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) failure_reason: Option<String>,
}

/// <https://docs.stripe.com/api/accounts/object>
#[derive(Debug, Deserialize)]
pub(super) struct AccountBody {
    pub(super) id: String,
    pub(super) charges_enabled: Option<bool>,
    pub(super) business_profile: Option<Profile>,
    pub(super) settings: Option<Settings>,
    pub(super) email: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Profile {
    pub(super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Settings {
    pub(super) dashboard: Option<Dashboard>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dashboard {
    pub(super) display_name: Option<String>,
}

/// <https://docs.stripe.com/api/webhook_endpoints/create>; the crates that are used have no type for it.
#[derive(Debug, Serialize)]
pub(super) struct CreateEndpoint<'a> {
    pub(super) url: &'a str,
    pub(super) enabled_events: &'a [&'a str],
    pub(super) api_version: &'a str,
    pub(super) description: &'a str,
}

/// <https://docs.stripe.com/api/webhook_endpoints/update>
#[derive(Debug, Serialize)]
pub(super) struct UpdateEndpoint<'a> {
    pub(super) url: &'a str,
    pub(super) enabled_events: &'a [&'a str],
    pub(super) disabled: bool,
}

/// <https://docs.stripe.com/api/webhook_endpoints/object>; the secret is told once, in the answer that makes it.
#[derive(Debug, Deserialize)]
pub(super) struct EndpointBody {
    pub(super) id: String,
    pub(super) secret: Option<String>,
    #[serde(default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) enabled_events: Vec<String>,
}

/// What an answer with an error status means (<https://docs.stripe.com/api/errors>, outside.md §3).
pub(super) fn error_of(answer: &Answer) -> Error {
    let ErrorBody { error } = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = if error.message.is_empty() { "the answer cannot be read" } else { error.message.as_str() };
    let status = answer.status.as_u16();
    let code = error.code.clone().unwrap_or_else(|| status.to_string());
    // Stripe keeps what it answered under a key, faults of its own included
    // (https://docs.stripe.com/api/idempotent_requests): the same key leads nowhere any more.
    if status >= 500 && answer.headers.get("idempotent-replayed").is_some_and(|told| told == "true") {
        return Error::new(NAME, Kind::Conflict, text).with_code(code);
    }
    let kind = match (status, error.kind.as_str(), code.as_str()) {
        // Two calls with one key at once: the first one's answer is on its way.
        (409, ..) | (_, _, "idempotency_key_in_use" | "lock_timeout") => Kind::Unavailable,
        (_, "idempotency_error", _) => Kind::Conflict,
        (_, _, "resource_missing") => Kind::Gone,
        (402, ..) => Kind::Request,
        _ => return wait(Error::of_status(NAME, answer, text).with_code(code), answer),
    };
    wait(Error::new(NAME, kind, text).with_code(code), answer)
}

/// Stripe's own time to wait, where it gives one.
fn wait(error: Error, answer: &Answer) -> Error {
    match answer.retry_after() {
        Some(pause) if error.retry != crate::error::Retry::Never => error.after(pause),
        _ => error,
    }
}

/// The lines of a page in Stripe's units, when they make exactly the sum.
pub(super) fn exact_lines(request: &crate::payment::PageRequest, total: i64) -> Option<Vec<(String, i64, u64)>> {
    /// <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items>
    const MOST_LINES: usize = 100;
    const MOST_NAME: usize = 250;
    let mut sum = 0_i64;
    let mut lines = Vec::with_capacity(request.lines.len());
    for line in &request.lines {
        let unit = amount::to_stripe(line.unit).filter(|unit| *unit >= 0)?;
        let quantity = u64::try_from(line.quantity).ok().filter(|quantity| (1..=999_999).contains(quantity))?;
        sum = sum.checked_add(unit.checked_mul(line.quantity)?)?;
        let name: String = line.name.trim().chars().take(MOST_NAME).collect();
        if name.is_empty() || line.unit.currency != request.amount.currency {
            return None;
        }
        lines.push((name, unit, quantity));
    }
    (sum == total && !lines.is_empty() && lines.len() <= MOST_LINES).then_some(lines)
}
