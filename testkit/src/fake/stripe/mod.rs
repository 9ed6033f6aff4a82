//! Stripe: accounts by key, pages of Checkout, payments, refunds, webhooks and their signed events. Written from Stripe's own
//! description (version 2026-10-28.endive); idempotency keys, ends of pages and refusals are as documented there.

mod form;

use super::server::unknown_path;
use super::{Call, Contract, Reply, Server, World};
use form::{Fields, tree};
use foundation::{Clock, ManualClock};
use gateway::payment::signature;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A key of the account of every test; made for tests.
pub const KEY: &str = "sk_test_fake0123456789abcdefghij";
/// Its account.
pub const ACCOUNT: &str = "acct_test_rosaleda";
/// The version that must be asked for.
const VERSION: &str = "2026-10-28.endive";
/// The least sum that can be charged (0.50 of most currencies).
const LEAST: i64 = 50;

#[derive(Clone, Debug)]
struct Account {
    id: String,
    charges_enabled: bool,
    /// What a restricted key may not touch, by the first word of the path.
    closed: BTreeSet<&'static str>,
}

#[derive(Debug, Default)]
struct Inside {
    keys: BTreeMap<String, Account>,
    /// Whose each object is.
    owners: BTreeMap<String, String>,
    sessions: BTreeMap<String, Value>,
    intents: BTreeMap<String, Value>,
    endpoints: BTreeMap<String, Value>,
    refunds: Vec<Value>,
    /// What was answered under a key, and to what.
    answered: BTreeMap<String, (String, Reply)>,
    violations: BTreeSet<String>,
    /// Paths whose next POST ends in a fault of Stripe's own, kept under its key as any answer is.
    broken: BTreeSet<String>,
    count: u64,
}

/// The world of Stripe's accounts.
#[derive(Clone, Debug)]
pub struct Stripe {
    inside: Arc<Mutex<Inside>>,
    clock: Arc<ManualClock>,
    fields: Fields,
}

impl Stripe {
    /// A world with one account, on the clock of the test.
    #[must_use]
    pub fn new(clock: Arc<ManualClock>) -> Self {
        let stripe = Self { inside: Arc::default(), clock, fields: Fields::load() };
        stripe.add_account(KEY, ACCOUNT);
        stripe
    }

    /// Opens its door.
    pub async fn start(&self) -> Server {
        let contract = Contract::load("stripe/spec3-2023-08-16.min.json", "")
            // An older version than the pinned one; the forms of that are judged by `Fields`.
            .map(Contract::without_forms);
        Server::start(Arc::new(self.clone()), contract).await
    }

    /// One more key, of this account.
    pub fn add_account(&self, key: &str, account: &str) {
        let account = Account { id: account.to_owned(), charges_enabled: true, closed: BTreeSet::new() };
        self.lock().keys.insert(key.to_owned(), account);
    }

    /// The owner rolls the key: the old one is dead.
    pub fn revoke(&self, key: &str) {
        self.lock().keys.remove(key);
    }

    /// The next POST here ends in a fault of Stripe's own, which is kept under its key
    /// (<https://docs.stripe.com/api/idempotent_requests>).
    pub fn break_once(&self, path: &str) {
        self.lock().broken.insert(path.to_owned());
    }

    /// The account may no longer take money.
    pub fn disable_charges(&self, key: &str) {
        self.change(key, |account| account.charges_enabled = false);
    }

    /// The key is a restricted one without a right to what lies there: `account`, `webhook_endpoints`….
    pub fn restrict(&self, key: &str, place: &'static str) {
        self.change(key, |account| _ = account.closed.insert(place));
    }

    /// The owner gives a restricted key all rights that it lacked.
    pub fn give_rights(&self, key: &str) {
        self.change(key, |account| account.closed.clear());
    }

    fn change(&self, key: &str, change: impl FnOnce(&mut Account)) {
        change(self.lock().keys.get_mut(key).expect("a key"));
    }

    /// All pages, as Stripe shows them, in the order they were made.
    #[must_use]
    pub fn sessions(&self) -> Vec<Value> {
        let mut all: Vec<Value> = self.lock().sessions.values().cloned().collect();
        all.sort_by_key(|session| session["made"].as_u64());
        all
    }

    /// One page.
    #[must_use]
    pub fn session(&self, id: &str) -> Value {
        self.lock().sessions[id].clone()
    }

    /// Money that came in and did not go back.
    #[must_use]
    pub fn balance(&self) -> i64 {
        let inside = self.lock();
        let charge = |intent: &Value| {
            let charge = &intent["latest_charge"];
            charge["amount"].as_i64().unwrap_or(0) - charge["amount_refunded"].as_i64().unwrap_or(0)
        };
        inside.intents.values().map(charge).sum()
    }

    /// Money that came in by a page and did not go back.
    #[must_use]
    pub fn held(&self, session: &str) -> i64 {
        let inside = self.lock();
        let intent = inside.sessions[session]["payment_intent"].as_str().unwrap_or_default();
        let charge = inside.intents.get(intent).map(|intent| intent["latest_charge"].clone()).unwrap_or_default();
        charge["amount"].as_i64().unwrap_or(0) - charge["amount_refunded"].as_i64().unwrap_or(0)
    }

    /// How far a page is, in one word: `open`, `expired`, `processing`, `failed`, `paid` or `refunded`.
    #[must_use]
    pub fn standing(&self, session: &Value) -> String {
        let inside = self.lock();
        let intent = inside.intents.get(session["payment_intent"].as_str().unwrap_or_default());
        let word = match intent.map(|intent| (intent["status"].as_str(), &intent["latest_charge"])) {
            Some((_, charge)) if charge["refunded"] == true => "refunded",
            Some((Some("succeeded"), _)) => "paid",
            Some((Some("processing"), _)) => "processing",
            Some(_) => "failed",
            None => session["status"].as_str().unwrap_or_default(),
        };
        word.to_owned()
    }

    /// Refunds that were made.
    #[must_use]
    pub fn refunds(&self) -> usize {
        self.lock().refunds.len()
    }

    /// Webhooks that are set: their addresses.
    #[must_use]
    pub fn endpoints(&self) -> Vec<String> {
        self.lock().endpoints.values().map(|endpoint| endpoint["url"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// A page becomes another sum, as no honest one does.
    pub fn tamper(&self, session: &str, field: &str, value: Value) {
        self.lock().sessions.get_mut(session).expect("a page")[field] = value;
    }

    /// The customer pays: the event.
    pub fn pay(&self, session: &str) -> Value {
        self.complete(session, "paid", "succeeded", "checkout.session.completed")
    }

    /// The customer chooses a bank debit: the page is complete and not paid yet.
    pub fn pay_later(&self, session: &str) -> Value {
        self.complete(session, "unpaid", "processing", "checkout.session.completed")
    }

    /// The debit came, or not.
    pub fn debit(&self, session: &str, came: bool) -> Value {
        if came {
            self.complete(session, "paid", "succeeded", "checkout.session.async_payment_succeeded")
        } else {
            self.complete(session, "unpaid", "requires_payment_method", "checkout.session.async_payment_failed")
        }
    }

    fn complete(&self, id: &str, payment: &str, intent: &str, event: &str) -> Value {
        let mut inside = self.lock();
        let number = inside.next();
        let session = inside.sessions.get_mut(id).expect("a page");
        assert!(session["status"] != "expired", "nobody pays a page that has ended");
        let intent_id = session["payment_intent"].as_str().map_or_else(|| format!("pi_{number}"), str::to_owned);
        session["status"] = json!("complete");
        session["payment_status"] = json!(payment);
        session["payment_intent"] = json!(intent_id);
        session["url"] = json!(null);
        let session = session.clone();
        let charge = (payment == "paid").then(|| {
            json!({ "id": format!("ch_{number}"), "object": "charge", "amount": session["amount_total"], "amount_refunded": 0,
                "refunded": false, "currency": session["currency"], "payment_intent": intent_id, "paid": true })
        });
        let row = json!({ "id": intent_id, "object": "payment_intent", "status": intent, "amount": session["amount_total"],
            "currency": session["currency"], "latest_charge": charge, "metadata": session["metadata"] });
        inside.intents.insert(intent_id, row);
        inside.event(event, &session)
    }

    /// The page's time runs out.
    pub fn run_out(&self, session: &str) -> Value {
        let mut inside = self.lock();
        let row = inside.sessions.get_mut(session).expect("a page");
        row["status"] = json!("expired");
        row["url"] = json!(null);
        let row = row.clone();
        inside.event("checkout.session.expired", &row)
    }

    /// The owner gives so much back in Stripe's dashboard.
    pub fn give_back(&self, session: &str, amount: i64) -> Value {
        let mut inside = self.lock();
        let intent = inside.sessions[session]["payment_intent"].as_str().expect("a payment").to_owned();
        inside.refund(&intent, amount);
        let charge = inside.intents[&intent]["latest_charge"].clone();
        inside.event("charge.refunded", &charge)
    }

    /// The latest refund of a page fails at the customer's bank, days later: the money is in the account again.
    pub fn refund_fails(&self, session: &str) -> Value {
        let mut inside = self.lock();
        let intent = inside.sessions[session]["payment_intent"].as_str().expect("a payment").to_owned();
        let refund = inside.refunds.iter_mut().rfind(|refund| refund["payment_intent"] == intent.as_str());
        let refund = refund.expect("a refund");
        refund["status"] = json!("failed");
        refund["failure_reason"] = json!("expired_or_canceled_card");
        let refund = refund.clone();
        let charge = &mut inside.intents.get_mut(&intent).expect("a payment")["latest_charge"];
        let left = charge["amount_refunded"].as_i64().unwrap_or(0) - refund["amount"].as_i64().unwrap_or(0);
        charge["amount_refunded"] = json!(left);
        charge["refunded"] = json!(false);
        inside.event("refund.failed", &refund)
    }

    /// The owner switches the webhooks off, or they lead elsewhere.
    pub fn change_endpoints(&self, field: &str, value: &Value) {
        for endpoint in self.lock().endpoints.values_mut() {
            endpoint[field] = value.clone();
        }
    }

    /// The owner removes all webhooks.
    pub fn remove_endpoints(&self) {
        self.lock().endpoints.clear();
    }

    /// Webhooks as Stripe shows them.
    #[must_use]
    pub fn endpoint_rows(&self) -> Vec<Value> {
        self.lock().endpoints.values().cloned().collect()
    }

    /// The customer's bank takes the money back.
    pub fn dispute(&self, session: &str) -> Value {
        let mut inside = self.lock();
        let session = inside.sessions[session].clone();
        let dispute = json!({ "id": "du_1", "object": "dispute", "amount": session["amount_total"],
            "currency": session["currency"], "payment_intent": session["payment_intent"], "reason": "fraudulent" });
        inside.event("charge.dispute.created", &dispute)
    }

    /// An event as the webhook of this address delivers it: body and signature header.
    #[must_use]
    pub fn signed(&self, event: &Value, url: &str) -> (String, String) {
        let inside = self.lock();
        let endpoint =
            inside.endpoints.values().find(|endpoint| endpoint["url"] == url).expect("a webhook of this address");
        let body = event.to_string();
        let secret = endpoint["secret"].as_str().unwrap_or_default();
        let header = signature::sign(secret.as_bytes(), self.clock.now().as_second(), body.as_bytes());
        (body, header)
    }

    /// Ends a test: nothing was asked that is not described.
    ///
    /// # Panics
    /// With what was.
    pub fn check(&self) {
        let violations = self.lock().violations.clone();
        assert!(violations.is_empty(), "calls that break Stripe's list of parameters:\n{violations:#?}");
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn event(&mut self, kind: &str, object: &Value) -> Value {
        let id = format!("evt_{}", self.next());
        json!({ "id": id, "object": "event", "api_version": VERSION, "created": 1, "livemode": false, "type": kind,
            "request": { "id": null, "idempotency_key": null }, "data": { "object": object } })
    }

    fn refund(&mut self, intent: &str, amount: i64) -> Value {
        let id = format!("re_{}", self.next());
        let charge = &mut self.intents.get_mut(intent).expect("a payment")["latest_charge"];
        let back = charge["amount_refunded"].as_i64().unwrap_or(0) + amount;
        charge["amount_refunded"] = json!(back);
        charge["refunded"] = json!(charge["amount"].as_i64() == Some(back));
        let refund = json!({ "id": id, "object": "refund", "amount": amount, "currency": charge["currency"],
            "payment_intent": intent, "charge": charge["id"], "status": "succeeded" });
        self.refunds.push(refund.clone());
        refund
    }

    /// The page with what was asked to be expanded.
    fn shown(&self, id: &str, query: &str) -> Value {
        let mut session = self.sessions[id].clone();
        let expand = url::form_urlencoded::parse(query.as_bytes())
            .any(|(name, value)| name.starts_with("expand[") && value.ends_with("payment_intent.latest_charge"));
        if expand && let Some(intent) = session["payment_intent"].as_str() {
            session["payment_intent"] = self.intents[intent].clone();
        }
        session
    }

    fn create(&mut self, owner: &str, now: i64, body: &Value) -> Reply {
        let number = |value: &Value| value.as_str().and_then(|text| text.parse::<i64>().ok());
        let ends = number(&body["expires_at"]).unwrap_or(now + 86_400);
        if !(now + 1800..=now + 86_400).contains(&ends) {
            return refused(
                400,
                "expires_at",
                None,
                "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            );
        }
        let (mut total, mut currency) = (0, String::new());
        for item in body["line_items"].as_object().into_iter().flat_map(serde_json::Map::values) {
            let price = &item["price_data"];
            let (Some(unit), Some(quantity)) = (number(&price["unit_amount"]), number(&item["quantity"])) else {
                return refused(400, "line_items", None, "A line needs a price and a quantity.");
            };
            total += unit * quantity;
            currency = price["currency"].as_str().unwrap_or_default().to_owned();
        }
        if currency != currency.to_lowercase() || currency.len() != 3 {
            return refused(400, "currency", None, "Invalid currency");
        }
        if total < LEAST {
            return refused(
                400,
                "line_items",
                Some("amount_too_small"),
                "The Checkout Session's total amount due must add up to at least 0.50.",
            );
        }
        let made = self.next();
        let id = format!("cs_test_{made}");
        let session = json!({
            "id": id, "object": "checkout.session", "mode": body["mode"], "status": "open", "payment_status": "unpaid",
            "url": format!("https://checkout.stripe.example/c/pay/{id}"), "amount_total": total, "currency": currency,
            "client_reference_id": body["client_reference_id"], "metadata": body["metadata"], "expires_at": ends,
            "locale": body["locale"], "livemode": false, "payment_intent": null, "success_url": body["success_url"],
            // For the tests only.
            "made": made, "asked": body,
        });
        self.owners.insert(id.clone(), owner.to_owned());
        self.sessions.insert(id, session.clone());
        Reply::json(200, &session)
    }

    fn expire(&mut self, id: &str) -> Reply {
        let Some(session) = self.sessions.get_mut(id) else { return missing("checkout.session", id) };
        if session["status"] != "open" {
            return refused(400, "session", None, "Only Checkout Sessions with a status in [\"open\"] can be expired.");
        }
        session["status"] = json!("expired");
        session["url"] = json!(null);
        Reply::json(200, session)
    }
}

fn refused(status: u16, param: &str, code: Option<&str>, message: &str) -> Reply {
    let error = json!({ "type": "invalid_request_error", "code": code, "param": param, "message": message });
    Reply::json(status, &json!({ "error": error }))
}

fn missing(what: &str, id: &str) -> Reply {
    refused(404, "id", Some("resource_missing"), &format!("No such {what}: '{id}'"))
}

/// The secret is told in the answer that makes the webhook, and never again.
fn without_secret(endpoint: &Value) -> Value {
    let mut shown = endpoint.clone();
    if let Some(shown) = shown.as_object_mut() {
        shown.remove("secret");
    }
    shown
}

/// A form's numbered list as the answers show it.
fn listed(numbered: &Value) -> Value {
    numbered.as_object().into_iter().flat_map(serde_json::Map::values).cloned().collect()
}

/// The list of a call's parameters.
fn described(path: &str) -> Option<(&'static str, &'static str)> {
    match path {
        "/v1/checkout/sessions" => Some(("checkout/_session_create_params", "SessionCreateParams")),
        "/v1/refunds" => Some(("_refund_create_params", "RefundCreateParams")),
        "/v1/webhook_endpoints" => Some(("_webhook_endpoint_create_params", "WebhookEndpointCreateParams")),
        _ => path.ends_with("/expire").then_some(("checkout/_session_expire_params", "SessionExpireParams")),
    }
}

impl World for Stripe {
    fn answer(&self, call: &Call) -> Reply {
        let key = call.header("authorization").strip_prefix("Bearer ").unwrap_or_default().to_owned();
        let mut inside = self.lock();
        let Some(account) = inside.keys.get(&key).cloned() else {
            let error = json!({ "type": "invalid_request_error", "message": "Invalid API Key provided: sk_test_****************ghij" });
            return Reply::json(401, &json!({ "error": error }));
        };
        if call.header("stripe-version") != VERSION {
            inside.violations.insert(format!("{} without the pinned version", call.path));
        }
        let body = tree(&call.form());
        if call.method == "POST"
            && let Some((file, class)) = described(&call.path)
        {
            let faults = self.fields.faults(file, class, &body);
            if let Some(fault) = faults.first() {
                let answer = refused(400, fault, Some("parameter_unknown"), fault);
                inside.violations.extend(faults);
                return answer;
            }
        }
        let idempotency = call.header("idempotency-key").to_owned();
        if call.method == "POST" && !idempotency.is_empty() {
            let known = format!("{}:{idempotency}", account.id);
            let asked = format!("{} {}", call.path, body);
            if let Some((before, reply)) = inside.answered.get(&known) {
                if *before == asked {
                    return reply.clone().with_header("idempotent-replayed", "true");
                }
                let error = json!({ "type": "idempotency_error", "message": "Keys for idempotent requests can only be used with the same parameters they were first used with." });
                return Reply::json(400, &json!({ "error": error }));
            }
            let reply = if inside.broken.remove(&call.path) {
                let error = json!({ "type": "api_error", "message": "An unknown error occurred" });
                Reply::json(500, &json!({ "error": error }))
            } else {
                self.act(&mut inside, &account, call, &body)
            };
            // Refusals before anything was done are not kept (https://docs.stripe.com/api/idempotent_requests).
            if reply.status == 200 || reply.status >= 500 {
                inside.answered.insert(known, (asked, reply.clone()));
            }
            return reply;
        }
        self.act(&mut inside, &account, call, &body)
    }
}

impl Stripe {
    fn act(&self, inside: &mut Inside, account: &Account, call: &Call, body: &Value) -> Reply {
        let path: Vec<&str> = call.path.trim_start_matches("/v1/").split('/').collect();
        let mine = |inside: &Inside, id: &str| inside.owners.get(id) == Some(&account.id);
        if path.first().is_some_and(|place| account.closed.contains(place)) {
            let error = json!({ "type": "invalid_request_error", "message": "The provided key does not have the required permissions for this endpoint." });
            return Reply::json(403, &json!({ "error": error }));
        }
        match (call.method.as_str(), path.as_slice()) {
            ("GET", ["account"]) => Reply::json(
                200,
                &json!({ "id": account.id, "object": "account", "charges_enabled": account.charges_enabled,
                    "settings": { "dashboard": { "display_name": "Rosaleda" } }, "business_profile": { "name": null } }),
            ),
            ("POST", ["checkout", "sessions"]) => inside.create(&account.id, self.clock.now().as_second(), body),
            ("GET", ["checkout", "sessions"]) => {
                let wanted = url::form_urlencoded::parse(call.query.as_bytes())
                    .find(|(name, _)| name == "payment_intent")
                    .map(|(_, value)| value.into_owned());
                let ids: Vec<String> = inside
                    .sessions
                    .iter()
                    .filter(|(id, session)| mine(inside, id) && session["payment_intent"].as_str() == wanted.as_deref())
                    .map(|(id, _)| id.clone())
                    .collect();
                let data: Vec<Value> = ids.iter().map(|id| inside.shown(id, &call.query)).collect();
                Reply::json(
                    200,
                    &json!({ "object": "list", "has_more": false, "url": "/v1/checkout/sessions", "data": data }),
                )
            }
            (_, ["checkout", "sessions", id, ..]) if !mine(inside, id) => missing("checkout.session", id),
            ("GET", ["checkout", "sessions", id]) => Reply::json(200, &inside.shown(id, &call.query)),
            ("POST", ["checkout", "sessions", id, "expire"]) => inside.expire(id),
            ("POST", ["refunds"]) => {
                let intent = body["payment_intent"].as_str().unwrap_or_default();
                let Some(row) = inside.intents.get(intent) else { return missing("payment_intent", intent) };
                let charge = row["latest_charge"].clone();
                if charge["refunded"] == true {
                    return refused(
                        400,
                        "charge",
                        Some("charge_already_refunded"),
                        "Charge has already been refunded.",
                    );
                }
                let left = charge["amount"].as_i64().unwrap_or(0) - charge["amount_refunded"].as_i64().unwrap_or(0);
                let refund = inside.refund(intent, left);
                Reply::json(200, &refund)
            }
            ("POST", ["webhook_endpoints"]) => {
                let number = inside.next();
                let id = format!("we_{number}");
                let endpoint = json!({ "id": id, "object": "webhook_endpoint", "url": body["url"], "status": "enabled",
                    "secret": format!("whsec_fake0123456789abcdef{number}"), "enabled_events": listed(&body["enabled_events"]) });
                inside.owners.insert(id.clone(), account.id.clone());
                inside.endpoints.insert(id, endpoint.clone());
                Reply::json(200, &endpoint)
            }
            (_, ["webhook_endpoints", id]) if !mine(inside, id) || !inside.endpoints.contains_key(*id) => {
                missing("webhook_endpoint", id)
            }
            ("GET", ["webhook_endpoints", id]) => Reply::json(200, &without_secret(&inside.endpoints[*id])),
            ("POST", ["webhook_endpoints", id]) => {
                let endpoint = inside.endpoints.get_mut(*id).expect("an endpoint");
                endpoint["url"] = body["url"].clone();
                endpoint["enabled_events"] = listed(&body["enabled_events"]);
                endpoint["status"] = json!(if body["disabled"] == "true" { "disabled" } else { "enabled" });
                Reply::json(200, &without_secret(endpoint))
            }
            ("DELETE", ["webhook_endpoints", id]) => {
                inside.endpoints.remove(*id);
                Reply::json(200, &json!({ "id": id, "object": "webhook_endpoint", "deleted": true }))
            }
            _ => unknown_path(),
        }
    }
}
