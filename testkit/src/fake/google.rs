//! Google: consent and tokens, and one calendar per account with its events, free/busy and incremental reading. Written from the
//! discovery document (calendar v3, revision 20261030) and outside.md §8, §11.

use super::server::unknown_path;
use super::{Call, Contract, Reply, Server, World};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use foundation::{Clock, ManualClock};
use gateway::calendar::google::challenge;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// The registration of the installation; made for tests.
pub const CLIENT_ID: &str = "1234567890-fake.apps.example";
/// The calendar's zone.
const ZONE: &str = "Europe/Madrid";
/// Its secret.
pub const CLIENT_SECRET: &str = "fake-client-secret";

#[derive(Clone, Debug)]
struct Code {
    challenge: String,
    redirect: String,
    scopes: String,
}

#[derive(Debug, Default)]
struct Inside {
    codes: BTreeMap<String, Code>,
    refresh: BTreeSet<String>,
    /// Ends of access tokens, seconds.
    access: BTreeMap<String, i64>,
    /// Events with the number of their last change.
    events: BTreeMap<String, (u64, Value)>,
    /// Marks before this change are forgotten.
    forgotten: u64,
    change: u64,
    count: u64,
    leave_out: Option<String>,
    /// Channels by their ids: address, token, resource, end in seconds.
    channels: BTreeMap<String, (String, String, String, i64)>,
    refuses_channels: bool,
    /// Name of the calendar, where it is not the first one's.
    name: Option<String>,
    /// Which of the person's accounts it is.
    account: u64,
}

/// A push as Google sends it: where to, and its headers.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// The address.
    pub address: String,
    /// `X-Goog-Channel-ID`
    pub channel: String,
    /// `X-Goog-Channel-Token`
    pub token: String,
    /// `X-Goog-Resource-ID`
    pub resource: String,
}

/// The world of one account.
#[derive(Clone, Debug)]
pub struct Google {
    inside: Arc<Mutex<Inside>>,
    clock: Arc<ManualClock>,
}

/// Its doors: consent and tokens, and the calendar.
#[derive(Debug)]
pub struct Doors {
    /// Tokens.
    pub tokens: Server,
    /// The Calendar API, held to its description.
    pub api: Server,
}

impl Google {
    /// An account with an empty calendar, on the clock of the test.
    #[must_use]
    pub fn new(clock: Arc<ManualClock>) -> Self {
        Self { inside: Arc::default(), clock }
    }

    /// Opens its doors.
    pub async fn start(&self) -> Doors {
        let contract = Contract::load("google/calendar.v3.openapi.json", "/calendar/v3")
            // "Standard query parameters" (https://developers.google.com/workspace/calendar/api/v3/reference).
            .map(|contract| contract.with_common(&["fields"]));
        Doors {
            tokens: Server::start(Arc::new(self.clone()), Some(token_door())).await,
            api: Server::start(Arc::new(self.clone()), contract).await,
        }
    }

    /// The person leaves out one of the boxes at the next consent.
    pub fn leave_out(&self, scope: &str) {
        self.lock().leave_out = Some(scope.to_owned());
    }

    /// The person opens the address of the consent and agrees: the query with which they come back.
    ///
    /// # Panics
    /// When the address is not one of Google's.
    #[must_use]
    pub fn agree(&self, address: &str) -> BTreeMap<String, String> {
        let url = url::Url::parse(address).expect("a URL");
        assert_eq!(url.path(), "/o/oauth2/v2/auth");
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        for (name, value) in [
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("code_challenge_method", "S256"),
            ("access_type", "offline"),
            ("prompt", "consent"),
        ] {
            assert_eq!(asked.get(name).map(String::as_str), Some(value), "{name}");
        }
        let mut inside = self.lock();
        inside.count += 1;
        let code = format!("4/fake-{}", inside.count);
        let mut scopes = asked["scope"].clone();
        if let Some(out) = inside.leave_out.take() {
            scopes = scopes.split(' ').filter(|scope| *scope != out).collect::<Vec<_>>().join(" ");
        }
        let known =
            Code { challenge: asked["code_challenge"].clone(), redirect: asked["redirect_uri"].clone(), scopes };
        inside.codes.insert(code.clone(), known);
        BTreeMap::from([("code".to_owned(), code), ("state".to_owned(), asked["state"].clone())])
    }

    /// The person takes the consent back: every token is dead.
    pub fn revoke(&self) {
        let mut inside = self.lock();
        inside.refresh.clear();
        inside.access.clear();
    }

    /// Access tokens end, as after a change of the password; the consent stays.
    pub fn end_access(&self) {
        self.lock().access.clear();
    }

    /// Consents that stand.
    #[must_use]
    pub fn consents(&self) -> usize {
        self.lock().refresh.len()
    }

    /// The person signs in to another account of theirs: its calendar has this name and is empty, and only what is agreed to
    /// from now on opens it.
    pub fn sign_in_elsewhere(&self, name: &str) {
        let mut inside = self.lock();
        let (count, account) = (inside.count, inside.account + 1);
        *inside = Inside { name: Some(name.to_owned()), count, account, ..Inside::default() };
    }

    /// Somebody enters something.
    pub fn enter(&self, id: &str, start: Timestamp, end: Timestamp) {
        let event = json!({ "id": id, "status": "confirmed", "summary": "Dentist",
            "start": { "dateTime": start.to_string() }, "end": { "dateTime": end.to_string() } });
        self.lock().set(id, event);
    }

    /// Somebody enters whole days, up to but not with `end`.
    pub fn enter_days(&self, id: &str, start: Date, end: Date) {
        let event = json!({ "id": id, "status": "confirmed", "summary": "Holiday",
            "start": { "date": start.to_string() }, "end": { "date": end.to_string() } });
        self.lock().set(id, event);
    }

    /// The person shows an event as "available".
    pub fn show_available(&self, id: &str) {
        self.lock().amend(id, "transparency", json!("transparent"));
    }

    /// An event becomes an invitation that the person declines; another guest comes.
    pub fn decline(&self, id: &str) {
        let guests = json!([{ "email": "guest@example.com", "responseStatus": "accepted" },
            { "email": "owner@example.com", "self": true, "responseStatus": "declined" }]);
        self.lock().amend(id, "attendees", guests);
    }

    /// Somebody moves an event.
    pub fn drag(&self, id: &str, start: Timestamp, end: Timestamp) {
        let mut inside = self.lock();
        let mut event = inside.events[id].1.clone();
        event["start"] = json!({ "dateTime": start.to_string() });
        event["end"] = json!({ "dateTime": end.to_string() });
        inside.set(id, event);
    }

    /// Somebody removes an event.
    pub fn delete(&self, id: &str) {
        let mut inside = self.lock();
        inside.set(id, json!({ "id": id, "status": "cancelled" }));
    }

    /// Marks of before are too old from now on.
    pub fn forget(&self) {
        let mut inside = self.lock();
        inside.forgotten = inside.change + 1;
        inside.change += 1;
    }

    /// Google does not believe the address of any channel.
    pub fn refuse_channels(&self, refuses: bool) {
        self.lock().refuses_channels = refuses;
    }

    /// What is pushed when something changes now: once for each channel that has not ended.
    #[must_use]
    pub fn pushes(&self) -> Vec<Pushed> {
        let now = self.clock.now().as_second();
        let live = |(id, (address, token, resource, until)): (&String, &(String, String, String, i64))| {
            (now < *until).then(|| Pushed {
                address: address.clone(),
                channel: id.clone(),
                token: token.clone(),
                resource: resource.clone(),
            })
        };
        self.lock().channels.iter().filter_map(live).collect()
    }

    /// Events that stand.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        let inside = self.lock();
        inside.events.values().map(|(_, event)| event.clone()).filter(|event| event["status"] != "cancelled").collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(status: u16, reason: &str, message: &str) -> Reply {
    let errors = json!([{ "domain": "global", "reason": reason, "message": message }]);
    Reply::json(status, &json!({ "error": { "code": status, "message": message, "errors": errors } }))
}

fn no_token(error: &str) -> Reply {
    Reply::json(400, &json!({ "error": error, "error_description": "Token has been expired or revoked." }))
}

/// A moment of an event; a day begins at midnight of the calendar's zone.
fn moment(time: &Value) -> Option<Timestamp> {
    let text = |name: &str| time[name].as_str();
    match text("dateTime") {
        Some(moment) => moment.parse().ok(),
        None => Some(text("date")?.parse::<Date>().ok()?.in_tz(ZONE).ok()?.timestamp()),
    }
}

fn declined(event: &Value) -> bool {
    let of = |guest: &Value| guest["self"] == true && guest["responseStatus"] == "declined";
    event["attendees"].as_array().is_some_and(|guests| guests.iter().any(of))
}

impl Inside {
    fn set(&mut self, id: &str, event: Value) {
        self.change += 1;
        self.events.insert(id.to_owned(), (self.change, event));
    }

    fn amend(&mut self, id: &str, field: &str, value: Value) {
        let mut event = self.events[id].1.clone();
        event[field] = value;
        self.set(id, event);
    }

    fn token(&mut self, now: i64, form: &BTreeMap<String, String>) -> Reply {
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if (field("client_id"), field("client_secret")) != (CLIENT_ID, CLIENT_SECRET) {
            return Reply::json(401, &json!({ "error": "invalid_client" }));
        }
        let mut scopes = String::new();
        let mut refresh = None;
        let mut id_token = None;
        match field("grant_type") {
            "authorization_code" => {
                // A code is good once, whatever comes with it.
                let Some(code) = self.codes.remove(field("code")) else { return no_token("invalid_grant") };
                if challenge(field("code_verifier")) != code.challenge || field("redirect_uri") != code.redirect {
                    return no_token("invalid_grant");
                }
                scopes = code.scopes;
                id_token = scopes.split(' ').any(|scope| scope == "openid").then(|| self.id_token(now));
                scopes = scopes.replace(" email ", " https://www.googleapis.com/auth/userinfo.email ");
                self.count += 1;
                let token = format!("1//fake-refresh-{}", self.count);
                self.refresh.insert(token.clone());
                refresh = Some(token);
            }
            "refresh_token" if self.refresh.contains(field("refresh_token")) => {}
            "refresh_token" => return no_token("invalid_grant"),
            _ => return Reply::json(400, &json!({ "error": "unsupported_grant_type" })),
        }
        self.count += 1;
        let access = format!("ya29.fake-access-{}", self.count);
        self.access.insert(access.clone(), now + 3599);
        Reply::json(
            200,
            &json!({ "access_token": access, "expires_in": 3599, "scope": scopes, "token_type": "Bearer",
                "refresh_token": refresh, "id_token": id_token }),
        )
    }

    /// Whose account it is, as Google says it. Nobody looks at the signature.
    fn id_token(&self, now: i64) -> String {
        let email =
            format!("owner{}@example.com", if self.account == 0 { String::new() } else { self.account.to_string() });
        let part = |claims: &Value| URL_SAFE_NO_PAD.encode(claims.to_string());
        let claims = json!({ "iss": "https://accounts.google.com", "aud": CLIENT_ID, "azp": CLIENT_ID,
            "sub": format!("10769150350006150715{}", self.account), "email": email, "email_verified": true,
            "iat": now, "exp": now + 3600 });
        format!("{}.{}.c2lnbmF0dXJl", part(&json!({ "alg": "RS256", "kid": "1", "typ": "JWT" })), part(&claims))
    }

    fn busy(&self, body: &Value) -> Reply {
        let time = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let (Some(from), Some(to)) = (time(&body["timeMin"]), time(&body["timeMax"])) else {
            return refused(400, "required", "Missing time range");
        };
        let mut taken: Vec<(Timestamp, Timestamp)> = self
            .events
            .values()
            .filter(|(_, event)| event["status"] != "cancelled" && event["transparency"] != "transparent")
            .filter(|(_, event)| !declined(event))
            .filter_map(|(_, event)| Some((moment(&event["start"])?, moment(&event["end"])?)))
            .filter(|(start, end)| *start < to && *end > from)
            .collect();
        taken.sort_unstable();
        // Google joins what touches.
        let mut joined: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (start, end) in taken {
            match joined.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => joined.push((start, end)),
            }
        }
        let busy: Vec<Value> = joined
            .into_iter()
            .map(|(start, end)| json!({ "start": start.max(from).to_string(), "end": end.min(to).to_string() }))
            .collect();
        Reply::json(200, &json!({ "kind": "calendar#freeBusy", "calendars": { "primary": { "busy": busy } } }))
    }

    fn list(&self, query: &BTreeMap<String, String>) -> Reply {
        /// Small, so that readings have several pages.
        const PAGE: usize = 2;
        let number = |name: &str| query.get(name).map(|text| text.trim_start_matches(['m', 'p']).parse::<u64>());
        let since = match number("syncToken") {
            None => None,
            Some(Ok(mark)) if mark >= self.forgotten => Some(mark),
            Some(_) => {
                return refused(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.");
            }
        };
        if since.is_some() && ["timeMin", "timeMax", "orderBy", "q"].iter().any(|name| query.contains_key(*name)) {
            return refused(400, "badRequest", "Sync token cannot be used together with other query restrictions.");
        }
        let bound = |name: &str| query.get(name).and_then(|text| text.parse::<Timestamp>().ok());
        let (after, before) = (bound("timeMin"), bound("timeMax"));
        let skip = number("pageToken").and_then(Result::ok).and_then(|skip| usize::try_from(skip).ok()).unwrap_or(0);
        let all: Vec<&Value> = self
            .events
            .values()
            .filter(|(change, event)| match since {
                Some(since) => *change > since,
                None => {
                    let past = after.zip(moment(&event["end"])).is_some_and(|(after, end)| end <= after);
                    let later = before.zip(moment(&event["start"])).is_some_and(|(before, start)| start >= before);
                    event["status"] != "cancelled" && !past && !later
                }
            })
            .map(|(_, event)| event)
            .collect();
        let items: Vec<&Value> = all.iter().copied().skip(skip).take(PAGE).collect();
        let name = self.name.as_deref().unwrap_or("owner@example.com");
        let mut page = json!({ "kind": "calendar#events", "summary": name, "timeZone": ZONE,
            "accessRole": "owner", "items": items });
        if skip + PAGE < all.len() {
            page["nextPageToken"] = json!(format!("p{}", skip + PAGE));
        } else {
            page["nextSyncToken"] = json!(format!("m{}", self.change));
        }
        Reply::json(200, &page)
    }

    fn insert(&mut self, body: &Value) -> Reply {
        let id = body["id"].as_str().unwrap_or_default().to_owned();
        let good = (5..=1024).contains(&id.len()) && id.bytes().all(|b| matches!(b, b'a'..=b'v' | b'0'..=b'9'));
        if !good {
            return refused(400, "invalid", "Invalid resource id value.");
        }
        // A removed event keeps its id.
        if self.events.contains_key(&id) {
            return refused(409, "duplicate", "The requested identifier already exists.");
        }
        self.set(&id, body.clone());
        Reply::json(200, body)
    }

    fn patch(&mut self, id: &str, body: &Value) -> Reply {
        let Some((_, event)) = self.events.get(id) else { return refused(404, "notFound", "Not Found") };
        let mut event = event.clone();
        if let (Some(event), Some(body)) = (event.as_object_mut(), body.as_object()) {
            event.extend(body.clone());
        }
        self.set(id, event.clone());
        Reply::json(200, &event)
    }

    fn watch(&mut self, now: i64, body: &Value) -> Reply {
        /// The longest that Google gives, seconds.
        const LONGEST: i64 = 7 * 86_400;
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        if self.refuses_channels {
            return refused(401, "push.webhookUrlUnauthorized", "Unauthorized WebHook callback channel");
        }
        if !text("address").starts_with("https://") || text("type") != "web_hook" {
            return refused(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS");
        }
        if text("id").is_empty() || self.channels.contains_key(&text("id")) {
            return refused(400, "channelIdNotUnique", "Channel id not unique");
        }
        let ttl = body["params"]["ttl"].as_str().and_then(|ttl| ttl.parse().ok()).unwrap_or(LONGEST);
        let until = now + LONGEST.min(ttl);
        let channel = (text("address"), text("token"), "resource-of-primary".to_owned(), until);
        self.channels.insert(text("id"), channel);
        Reply::json(
            200,
            &json!({ "kind": "api#channel", "id": body["id"], "resourceId": "resource-of-primary",
                "token": body["token"], "expiration": (until * 1000).to_string() }),
        )
    }

    fn stop(&mut self, body: &Value) -> Reply {
        let id = body["id"].as_str().unwrap_or_default();
        match self.channels.get(id) {
            Some((_, _, resource, _)) if body["resourceId"] == **resource => {
                self.channels.remove(id);
                Reply::bytes(204, "")
            }
            _ => refused(404, "channelUnknown", "Channel not found"),
        }
    }

    fn remove(&mut self, id: &str) -> Reply {
        match self.events.get(id) {
            None => refused(404, "notFound", "Not Found"),
            Some((_, event)) if event["status"] == "cancelled" => refused(410, "deleted", "Resource has been deleted"),
            Some(_) => {
                self.set(id, json!({ "id": id, "status": "cancelled" }));
                Reply::bytes(204, "")
            }
        }
    }
}

impl World for Google {
    fn answer(&self, call: &Call) -> Reply {
        let now = self.clock.now().as_second();
        let mut inside = self.lock();
        let form: BTreeMap<String, String> = call.form().into_iter().collect();
        match (call.method.as_str(), call.path.as_str()) {
            ("POST", "/token") => return inside.token(now, &form),
            ("POST", "/revoke") => {
                let known = form.get("token").is_some_and(|token| inside.refresh.remove(token));
                return if known { Reply::json(200, &json!({})) } else { no_token("invalid_token") };
            }
            _ => {}
        }
        let token = call.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        if inside.access.get(token).is_none_or(|end| now >= *end) {
            return refused(401, "authError", "Invalid Credentials");
        }
        let query: BTreeMap<String, String> = url::form_urlencoded::parse(call.query.as_bytes()).into_owned().collect();
        let path: Vec<&str> = call.path.trim_start_matches("/calendar/v3/").split('/').collect();
        match (call.method.as_str(), path.as_slice()) {
            ("POST", ["freeBusy"]) => inside.busy(&call.json()),
            ("GET", ["calendars", "primary", "events"]) => inside.list(&query),
            ("POST", ["calendars", "primary", "events"]) => inside.insert(&call.json()),
            ("POST", ["calendars", "primary", "events", "watch"]) => inside.watch(now, &call.json()),
            ("POST", ["channels", "stop"]) => inside.stop(&call.json()),
            ("PATCH", ["calendars", "primary", "events", id]) => inside.patch(id, &call.json()),
            ("DELETE", ["calendars", "primary", "events", id]) => inside.remove(id),
            _ => unknown_path(),
        }
    }
}

/// The door of tokens, which has no description to be loaded: <https://developers.google.com/identity/protocols/oauth2/web-server>
/// ("Exchange authorization code", "Refreshing an access token", "Revoking a token") and RFC 7636 for `code_verifier`.
fn token_door() -> Contract {
    let text = json!({ "type": "string" });
    let form = |schema: serde_json::Value| {
        json!({ "post": { "requestBody": { "required": true, "content": {
            "application/x-www-form-urlencoded": { "schema": schema } } } } })
    };
    Contract::written(json!({ "paths": {
        "/token": form(json!({
            "required": ["client_id", "client_secret", "grant_type"],
            "properties": { "client_id": text, "client_secret": text, "code": text, "code_verifier": text,
                "redirect_uri": text, "refresh_token": text,
                "grant_type": { "enum": ["authorization_code", "refresh_token"] } },
        })),
        "/revoke": form(json!({ "required": ["token"], "properties": { "token": text } })),
    } }))
}
