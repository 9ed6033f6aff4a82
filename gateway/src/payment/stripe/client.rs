//! Calls of Stripe's API.

use super::wire::{self, AccountBody, EndpointBody, List, Refunded, Session};
use super::{NAME, VERSION, amount};
use crate::breaker::{Breakers, Circuit};
use crate::error::{Error, Kind};
use crate::payment::event::{EVENT_TYPES, PaymentEvent, Subject};
use crate::payment::{Account, EventError, PageRequest, PageState, PaymentPage, PaymentProvider, Refund, signature};
use async_trait::async_trait;
use domain::language::Language;
use foundation::http::Http;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::time::Duration;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAdaptivePricing, CreateCheckoutSessionLineItems,
    CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession,
    ListCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_checkout::{CheckoutSessionLocale, CheckoutSessionMode};
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest};
use stripe_core::refund::CreateRefund;
use uuid::Uuid;

/// The largest answer that is read, bytes.
const MOST_ANSWER: usize = 1024 * 1024;
/// A customer waits for some of these calls.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The shortest life of a page (<https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at>) and
/// a minute for the difference of clocks.
const SHORTEST_PAGE: SignedDuration = SignedDuration::from_mins(31);
/// The longest life of a page, less the same minute.
const LONGEST_PAGE: SignedDuration = SignedDuration::from_mins(24 * 60 - 1);
/// What is read together with a page: the charge tells whether the money went back.
const WITH_CHARGE: &str = "payment_intent.latest_charge";

/// A webhook that was set at Stripe.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Stripe's id of it.
    pub external_id: String,
    /// What its events are signed with.
    pub secret: SecretString,
}

/// One account, by its secret key.
#[derive(Clone)]
pub struct Stripe {
    http: Http,
    base_url: String,
    key: SecretString,
    webhook_secret: Option<SecretString>,
    circuit: Circuit,
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stripe({})", self.base_url)
    }
}

impl Stripe {
    /// The account of this key. `base_url` without a slash at its end. Without a webhook secret no event is believed.
    #[must_use]
    pub fn new(
        http: Http,
        base_url: &str,
        key: SecretString,
        webhook_secret: Option<SecretString>,
        breakers: &Breakers,
    ) -> Self {
        let circuit = breakers.circuit(NAME, base_url, key.expose_secret());
        Self { http, base_url: base_url.to_owned(), key, webhook_secret, circuit }
    }

    /// Sets a webhook for the events that are used. Asked twice under one `key`, there is one.
    ///
    /// # Errors
    /// [`Error`]; of kind `Credentials` when the key may not do so, `Request` when Stripe can't reach the address.
    pub async fn create_endpoint(&self, key: Uuid, url: &str) -> Result<Endpoint, Error> {
        let body = wire::CreateEndpoint { url, enabled_events: &EVENT_TYPES, api_version: VERSION, description: "X8" };
        let request = RequestBuilder::new(StripeMethod::Post, "/webhook_endpoints").form(&body);
        let made: EndpointBody = self.call(request, Some(format!("endpoint-{key}"))).await?;
        let secret = made.secret.ok_or_else(unreadable)?;
        Ok(Endpoint { external_id: made.id, secret: secret.into() })
    }

    /// Whether a webhook is switched on, leads to this address and reports the events that are used.
    ///
    /// # Errors
    /// [`Error`]; of kind `Gone` when there is none, `Credentials` when the key may not look.
    pub async fn is_endpoint_well(&self, external_id: &str, url: &str) -> Result<bool, Error> {
        let request = RequestBuilder::new(StripeMethod::Get, format!("/webhook_endpoints/{external_id}"));
        let known: EndpointBody = self.call(request, None).await?;
        let reports = |wanted: &str| known.enabled_events.iter().any(|event| event == wanted || event == "*");
        Ok(known.url == url && known.status != "disabled" && EVENT_TYPES.iter().all(|wanted| reports(wanted)))
    }

    /// Switches a webhook on, for this address and the events that are used. Its secret stays.
    ///
    /// # Errors
    /// As [`create_endpoint`](Self::create_endpoint).
    pub async fn renew_endpoint(&self, external_id: &str, url: &str) -> Result<(), Error> {
        let body = wire::UpdateEndpoint { url, enabled_events: &EVENT_TYPES, disabled: false };
        let request = RequestBuilder::new(StripeMethod::Post, format!("/webhook_endpoints/{external_id}")).form(&body);
        self.call::<EndpointBody>(request, None).await.map(drop)
    }

    /// Removes a webhook; one that is not there any more is removed.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn delete_endpoint(&self, external_id: &str) -> Result<(), Error> {
        let request = RequestBuilder::new(StripeMethod::Delete, format!("/webhook_endpoints/{external_id}"));
        match self.call::<serde_json::Value>(request, None).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind == Kind::Gone => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Every call either changes nothing, carries a key, or ends something that may have ended: doing it twice is doing it once.
    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder, key: Option<String>) -> Result<T, Error> {
        self.circuit.call(self.send(request, key)).await
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder, key: Option<String>) -> Result<T, Error> {
        let method = match request.method {
            StripeMethod::Get => Method::GET,
            StripeMethod::Post => Method::POST,
            StripeMethod::Delete => Method::DELETE,
        };
        let query =
            request.query.filter(|query| !query.is_empty()).map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("{}/v1{}{query}", self.base_url, request.path);
        let lost = |error| Error::of_http(NAME, &error, true);
        let mut call = self
            .http
            .request(method, &url)
            .map_err(lost)?
            .timeout(TIMEOUT)
            .bearer_auth(self.key.expose_secret())
            .header("stripe-version", VERSION);
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        if let Some(body) = request.body {
            call = call.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        }
        let answer = self.http.send(call, MOST_ANSWER).await.map_err(lost)?;
        if !answer.status.is_success() {
            return Err(wire::error_of(&answer));
        }
        serde_json::from_slice(&answer.body).map_err(|_| unreadable())
    }

    async fn session(&self, external_id: &str) -> Result<Session, Error> {
        let request = RetrieveCheckoutSession::new(external_id).expand([WITH_CHARGE.to_owned()]);
        self.call(request.build(), None).await
    }
}

/// Half an answer, or a proxy's page: asking again is harmless.
fn unreadable() -> Error {
    Error::new(NAME, Kind::Unavailable, "the answer cannot be read")
}

/// Stripe's page has no Kazakh (commerce.md "Language": English then).
const fn locale(language: Language) -> CheckoutSessionLocale {
    match language {
        Language::Es => CheckoutSessionLocale::Es,
        Language::Ru => CheckoutSessionLocale::Ru,
        Language::En | Language::Kk => CheckoutSessionLocale::En,
    }
}

/// The request for a page.
fn page(request: &PageRequest) -> Result<CreateCheckoutSession, Error> {
    let total = amount::to_stripe(request.amount).filter(|total| *total > 0).ok_or_else(|| {
        let text =
            format!("{} {} is no sum that Stripe can take", request.amount.to_decimal(), request.amount.currency);
        Error::new(NAME, Kind::Request, text)
    })?;
    let lines = wire::exact_lines(request, total).unwrap_or_else(|| {
        let name = format!("#{} {}", request.order_number, request.description);
        vec![(name.trim().chars().take(250).collect(), total, 1)]
    });
    let code = request.amount.currency.code().to_lowercase();
    let lines = lines.into_iter().map(|(name, unit, quantity)| {
        // Any code is taken here; one that Stripe does not know is refused by Stripe, in its words.
        let Ok(currency) = code.parse();
        CreateCheckoutSessionLineItems {
            adjustable_quantity: None,
            metadata: None,
            price: None,
            price_data: Some(CreateCheckoutSessionLineItemsPriceData {
                currency,
                product: None,
                product_data: Some(ProductData::new(name)),
                recurring: None,
                tax_behavior: None,
                unit_amount: Some(unit),
                unit_amount_decimal: None,
            }),
            quantity: Some(quantity),
            tax_rates: None,
        }
    });
    let metadata = HashMap::from([
        ("payment_id".to_owned(), request.payment_id.to_string()),
        ("order_number".to_owned(), request.order_number.to_string()),
    ]);
    let mut intent = CreateCheckoutSessionPaymentIntentData::new();
    intent.metadata = Some(metadata.clone());
    // Another currency on the page would be another sum than the order's.
    let mut one_currency = CreateCheckoutSessionAdaptivePricing::new();
    one_currency.enabled = Some(false);
    Ok(CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items(lines.collect::<Vec<_>>())
        .success_url(request.success_url.as_str())
        .cancel_url(request.cancel_url.as_str())
        .client_reference_id(request.payment_id.to_string())
        .metadata(metadata)
        .payment_intent_data(intent)
        .locale(locale(request.language))
        .adaptive_pricing(one_currency)
        .expires_at(request.expires_at.as_second()))
}

#[async_trait]
impl PaymentProvider for Stripe {
    fn name(&self) -> &'static str {
        NAME
    }

    fn page_end(&self, now: Timestamp, wanted: Timestamp) -> Timestamp {
        let at = |life| now.checked_add(life).unwrap_or(wanted);
        wanted.max(at(SHORTEST_PAGE)).min(at(LONGEST_PAGE))
    }

    async fn check(&self) -> Result<Account, Error> {
        let live = super::key_mode(self.key.expose_secret()).unwrap_or(false);
        let body: AccountBody = self.call(RequestBuilder::new(StripeMethod::Get, "/account"), None).await?;
        let shown = body.settings.and_then(|settings| settings.dashboard).and_then(|dashboard| dashboard.display_name);
        let profile = body.business_profile.and_then(|profile| profile.name);
        let name = shown.or(profile).or(body.email).filter(|name| !name.trim().is_empty());
        // A test account takes test money before it is verified.
        let takes_money = !live || body.charges_enabled.unwrap_or(true);
        Ok(Account { external_id: body.id, name, live, takes_money })
    }

    async fn create_page(&self, request: &PageRequest) -> Result<PaymentPage, Error> {
        let session: Session = self.call(page(request)?.build(), Some(request.payment_id.to_string())).await?;
        match session.url {
            Some(url) => Ok(PaymentPage { external_id: session.id, url }),
            // Under its key it was made before, and has ended meanwhile.
            None => Err(Error::new(NAME, Kind::Conflict, "the page of this payment has ended")),
        }
    }

    async fn read_page(&self, external_id: &str) -> Result<PageState, Error> {
        Ok(self.session(external_id).await?.state())
    }

    async fn read_again(&self, event: &PaymentEvent) -> Result<Option<PageState>, Error> {
        match &event.subject {
            None => Ok(None),
            Some(Subject::Page(external_id)) => self.read_page(external_id).await.map(Some),
            Some(Subject::Intent(intent)) => {
                let request = ListCheckoutSession::new()
                    .payment_intent(intent.as_str())
                    .limit(1)
                    .expand([format!("data.{WITH_CHARGE}")]);
                let list: List<Session> = self.call(request.build(), None).await?;
                Ok(list.data.first().map(Session::state))
            }
        }
    }

    async fn expire_page(&self, external_id: &str) -> Result<(), Error> {
        match self.call::<Session>(ExpireCheckoutSession::new(external_id).build(), None).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind == Kind::Gone => Ok(()),
            // Only an open page can be ended: paid, ended and ending ones are left as they are.
            Err(error) if error.kind == Kind::Request => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn refund(&self, payment_id: Uuid, external_id: &str) -> Result<Refund, Error> {
        let session = self.session(external_id).await?;
        let intent = session.intent_id().ok_or_else(|| Error::new(NAME, Kind::Request, "the page was not paid"))?;
        let request = CreateRefund::new().payment_intent(intent);
        let key = Some(format!("refund-{payment_id}"));
        let refunded = match self.call::<Refunded>(request.build(), key).await {
            // The key holds a fault of Stripe's own. Without one nothing goes back twice either: no sum is named, so what went back
            // already is refused.
            Err(error) if error.kind == Kind::Conflict => self.call::<Refunded>(request.build(), None).await,
            refunded => refunded,
        };
        match refunded {
            Ok(Refunded { status: Some(status), failure_reason })
                if matches!(status.as_str(), "failed" | "canceled") =>
            {
                let reason = failure_reason.unwrap_or(status);
                Err(Error::new(NAME, Kind::Request, format!("the refund failed: {reason}")))
            }
            Ok(Refunded { status, .. }) if status.as_deref() == Some("succeeded") => Ok(Refund::Done),
            Ok(_) => Ok(Refund::Pending),
            Err(error) if error.code.as_deref() == Some("charge_already_refunded") => Ok(Refund::Done),
            Err(error) => Err(error),
        }
    }

    fn verify(&self, header: Option<&str>, body: &[u8], now: Timestamp) -> Result<PaymentEvent, EventError> {
        let secret = self.webhook_secret.as_ref().ok_or(EventError::Signature)?;
        // The whole text is the key, its prefix too.
        signature::verify(secret.expose_secret().as_bytes(), header, body, now)?;
        PaymentEvent::read(&serde_json::from_slice(body).map_err(|_| EventError::Body)?)
    }
}
