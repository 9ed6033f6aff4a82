//! WAHA: sessions with their states, QR codes that come and go, hidden ids, what was sent, signed deliveries. Written from the
//! official description (2026.7.1) and the documentation of its sessions and webhooks.

use super::server::unknown_path;
use super::{Call, Contract, Reply, Server, World};
use foundation::secret::{hex, hmac_sha512};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// The key that the fake knows.
pub const API_KEY: &str = "waha-test-key-0123456789";
/// The session that the tests use.
pub const SESSION: &str = "default";
/// So many codes come one after the other; then the session fails.
const CODES: u32 = 6;
/// When the fake's time begins, milliseconds: 2026-03-02, as the tests' own.
const START_MS: i64 = 1_772_442_000_000;

/// A delivery as WAHA makes it.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Where to.
    pub url: String,
    /// The signature.
    pub signature: String,
    /// The body.
    pub body: String,
}

#[derive(Clone, Debug, Default)]
struct Session {
    status: &'static str,
    history: Vec<(&'static str, i64)>,
    config: Value,
    me: Option<String>,
    code: u32,
    activity: Option<i64>,
}

#[derive(Debug, Default)]
struct Inside {
    api_key: String,
    sessions: BTreeMap<String, Session>,
    lids: BTreeMap<String, String>,
    strangers: BTreeSet<String>,
    files: BTreeMap<String, Vec<u8>>,
    sent: Vec<Value>,
    posted: Vec<Posted>,
    next: i64,
    restarts_fail: bool,
}

/// The world of one server.
#[derive(Clone, Debug)]
pub struct Waha(Arc<Mutex<Inside>>);

impl Default for Waha {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Inside { api_key: API_KEY.to_owned(), next: 100, ..Inside::default() })))
    }
}

impl Waha {
    /// Opens its door.
    pub async fn start(&self) -> Server {
        let text = json!({ "type": "string" });
        let contract = Contract::load("waha/openapi.json", "").map(|contract| {
            // The description calls texts "object" at these three places and gives texts as their examples.
            contract
                .amended("/components/schemas/WebhookConfig/properties/events/items", text.clone())
                .amended("/components/schemas/VideoRemoteFile/properties/mimetype", text.clone())
                .amended("/components/schemas/VideoRemoteFile/properties/filename", text)
                // Files are served where `WAMedia.url` says.
                .with_path("/api/files/{session}/{name}", json!({ "get": {} }))
        });
        Server::start(Arc::new(self.clone()), contract).await
    }

    /// The server gets another key.
    pub fn replace_key(&self, new: &str) {
        new.clone_into(&mut self.lock().api_key);
    }

    /// A session's state, when there is such a session.
    #[must_use]
    pub fn status(&self, session: &str) -> Option<&'static str> {
        self.lock().sessions.get(session).map(|session| session.status)
    }

    /// The configuration that a session was given.
    #[must_use]
    pub fn config(&self, session: &str) -> Value {
        self.lock().sessions.get(session).map(|session| session.config.clone()).unwrap_or_default()
    }

    /// What was sent, as it was asked for.
    #[must_use]
    pub fn sent(&self) -> Vec<Value> {
        self.lock().sent.clone()
    }

    /// The deliveries since the last look.
    #[must_use]
    pub fn posted(&self) -> Vec<Posted> {
        std::mem::take(&mut self.lock().posted)
    }

    /// The session comes into a state by itself: the phone logs out, the engine breaks.
    pub fn becomes(&self, session: &str, status: &'static str) {
        self.lock().becomes(session, status);
    }

    /// Restarting helps no more: the session fails at once.
    pub fn restarts_fail(&self, fail: bool) {
        self.lock().restarts_fail = fail;
    }

    /// The server was set up anew and knows no sessions.
    pub fn forget_sessions(&self) {
        self.lock().sessions.clear();
    }

    /// The code in the session runs out: the next one comes, or the session fails.
    pub fn next_code(&self, session: &str) {
        let mut inside = self.lock();
        let Some(found) = inside.sessions.get_mut(session) else { return };
        found.code += 1;
        let status = if found.code > CODES { "FAILED" } else { "SCAN_QR_CODE" };
        inside.becomes(session, status);
    }

    /// The owner scans the code with this phone.
    pub fn scan(&self, session: &str, phone: &str) {
        let mut inside = self.lock();
        if let Some(found) = inside.sessions.get_mut(session) {
            found.me = Some(phone.trim_start_matches('+').to_owned());
        }
        inside.becomes(session, "WORKING");
    }

    /// A phone is linked, and there was traffic so many milliseconds after the fake's start, of which nobody was told.
    pub fn silent_traffic(&self, session: &str, after_ms: i64) {
        if let Some(found) = self.lock().sessions.get_mut(session) {
            found.activity = Some(START_MS + after_ms);
        }
    }

    /// WAHA knows whose hidden id this is.
    pub fn know_lid(&self, lid: &str, phone: &str) {
        self.lock().lids.insert(lid.to_owned(), format!("{}@c.us", phone.trim_start_matches('+')));
    }

    /// WhatsApp does not know this number.
    pub fn unknown_number(&self, phone: &str) {
        self.lock().strangers.insert(phone.trim_start_matches('+').to_owned());
    }

    /// A file that can be loaded; its address as WAHA gives it.
    pub fn put_file(&self, name: &str, bytes: &[u8]) -> String {
        self.lock().files.insert(name.to_owned(), bytes.to_vec());
        format!("http://localhost:3000/api/files/{SESSION}/{name}")
    }

    /// A customer writes. `content` holds what the message has beside its frame (`body`, `hasMedia`, `media`, `location`…).
    pub fn write(&self, session: &str, chat: &str, content: &Value) -> Posted {
        let mut inside = self.lock();
        let key = inside.key();
        let mut payload = json!({
            "id": format!("false_{chat}_{key}"), "timestamp": START_MS / 1000, "from": chat, "fromMe": false,
            "to": "34600999888@c.us", "hasMedia": false, "ack": 1, "_data": { "notifyName": "Ana" },
        });
        extend(&mut payload, content);
        inside.post(session, "message.any", &payload)
    }

    /// The owner writes on the phone.
    pub fn write_by_phone(&self, session: &str, chat: &str, text: &str) -> Posted {
        let mut inside = self.lock();
        let id = format!("true_{chat}_{}", inside.key());
        inside.echo(session, &id, chat, text, "app")
    }

    /// The report that a message of ours left by the interface: `message.any` repeats it.
    pub fn echo_of(&self, session: &str, sent: &Value) -> Posted {
        let text = sent["text"].as_str().or(sent["caption"].as_str()).unwrap_or_default();
        let (id, chat) = (sent["id"].as_str().unwrap_or_default(), sent["chatId"].as_str().unwrap_or_default());
        self.lock().echo(session, id, chat, text, "api")
    }

    /// A message of ours comes further.
    pub fn ack(&self, session: &str, sent: &Value, ack: i64) -> Posted {
        let names = ["ERROR", "PENDING", "SERVER", "DEVICE", "READ", "PLAYED"];
        let name = names[usize::try_from(ack + 1).unwrap_or(0)];
        let payload = json!({
            "id": sent["id"], "from": sent["chatId"], "to": sent["chatId"], "participant": "", "fromMe": true, "ack": ack,
            "ackName": name,
        });
        self.lock().post(session, "message.ack", &payload)
    }

    /// Any event, signed.
    pub fn post(&self, session: &str, event: &str, payload: &Value) -> Posted {
        self.lock().post(session, event, payload)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn extend(value: &mut Value, content: &Value) {
    if let (Some(value), Some(content)) = (value.as_object_mut(), content.as_object()) {
        value.extend(content.clone());
    }
}

impl Inside {
    fn key(&mut self) -> String {
        self.next += 1;
        format!("3EB0{:016X}", self.next)
    }

    fn echo(&mut self, session: &str, id: &str, chat: &str, text: &str, source: &str) -> Posted {
        let payload = json!({
            "id": id, "timestamp": START_MS / 1000, "from": "34600999888@c.us", "to": chat, "fromMe": true,
            "source": source, "body": text, "hasMedia": false, "ack": 0,
        });
        self.post(session, "message.any", &payload)
    }

    fn post(&mut self, session: &str, event: &str, payload: &Value) -> Posted {
        self.next += 1;
        let known = self.sessions.get(session);
        let hook = known.map(|known| known.config["webhooks"][0].clone()).unwrap_or_default();
        let body = json!({
            "id": format!("evt_{:026}", self.next), "timestamp": START_MS + self.next, "event": event, "session": session,
            "me": known.and_then(|known| known.me.as_ref()).map(|me| json!({ "id": format!("{me}@c.us"), "pushName": "Shop" })),
            "payload": payload, "engine": "NOWEB", "environment": { "version": "2026.7.1", "engine": "NOWEB", "tier": "PLUS" },
        })
        .to_string();
        let key = hook["hmac"]["key"].as_str().unwrap_or_default();
        let signature = hex(&hmac_sha512(key.as_bytes(), body.as_bytes()));
        Posted { url: hook["url"].as_str().unwrap_or_default().to_owned(), signature, body }
    }

    fn becomes(&mut self, name: &str, status: &'static str) {
        self.next += 1;
        let at = START_MS + self.next;
        let Some(session) = self.sessions.get_mut(name) else { return };
        if status == "SCAN_QR_CODE" && session.code == 0 {
            session.code = 1;
        }
        if status == "WORKING" || status == "STARTING" {
            session.code = 0;
        }
        session.status = status;
        session.history.push((status, at));
        let last: Vec<Value> = session
            .history
            .iter()
            .rev()
            .take(3)
            .rev()
            .map(|(status, at)| json!({ "status": status, "timestamp": at }))
            .collect();
        let payload = json!({ "name": name, "status": status, "statuses": last, "data": null });
        let posted = self.post(name, "session.status", &payload);
        self.posted.push(posted);
    }

    /// A start: a linked phone works at once, else a code is shown.
    fn starts(&mut self, name: &str) -> Reply {
        self.becomes(name, "STARTING");
        let answer = self.session(name, 201);
        let linked = self.sessions.get(name).is_some_and(|session| session.me.is_some());
        let next = match (self.restarts_fail, linked) {
            (true, _) => "FAILED",
            (false, true) => "WORKING",
            (false, false) => "SCAN_QR_CODE",
        };
        self.becomes(name, next);
        answer
    }

    fn session(&self, name: &str, status: u16) -> Reply {
        let Some(session) = self.sessions.get(name) else { return missing() };
        let me = session.me.as_ref().map(|me| json!({ "id": format!("{me}@c.us"), "pushName": "Shop" }));
        Reply::json(
            status,
            &json!({
                "name": name, "status": session.status, "config": session.config, "me": me, "presence": null,
                "timestamps": { "activity": session.activity },
            }),
        )
    }

    fn send(&mut self, body: &Value) -> Reply {
        let name = body["session"].as_str().unwrap_or_default();
        let Some(session) = self.sessions.get(name) else { return missing() };
        if session.status != "WORKING" {
            return not_as_expected(name, session.status, "WORKING");
        }
        if body["file"]["url"].as_str().is_some_and(|url| url.contains("broken")) {
            return Reply::json(400, &json!({ "statusCode": 400, "message": "the file cannot be loaded" }));
        }
        let chat = body["chatId"].as_str().unwrap_or_default();
        let id = format!("true_{chat}_{}", self.key());
        let mut sent = body.clone();
        sent["id"] = json!(id);
        self.sent.push(sent);
        Reply::json(
            201,
            &json!({ "id": id, "timestamp": START_MS / 1000, "from": chat, "fromMe": true, "to": chat, "ack": 0 }),
        )
    }

    fn call(&mut self, call: &Call) -> Reply {
        let body = call.json();
        let path = call.path.replace("%40", "@");
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (call.method.as_str(), parts.as_slice()) {
            ("POST", ["api", "sessions"]) => {
                let name = body["name"].as_str().unwrap_or_default().to_owned();
                if self.sessions.contains_key(&name) {
                    return Reply::json(
                        422,
                        &json!({ "statusCode": 422, "message": format!("Session '{name}' already exists. Use PUT to update it.") }),
                    );
                }
                self.sessions.insert(
                    name.clone(),
                    Session { status: "STOPPED", config: body["config"].clone(), ..Session::default() },
                );
                self.starts(&name)
            }
            ("GET", ["api", "sessions", name]) => self.session(name, 200),
            ("PUT", ["api", "sessions", name]) => {
                let Some(session) = self.sessions.get_mut(*name) else { return missing() };
                session.config = body["config"].clone();
                // One that runs is restarted under the new configuration.
                if matches!(session.status, "STOPPED" | "FAILED") {
                    return self.session(name, 200);
                }
                self.starts(name)
            }
            ("DELETE", ["api", "sessions", name]) => {
                self.sessions.remove(*name);
                Reply::bytes(200, "")
            }
            ("POST", ["api", "sessions", name, "start" | "restart"]) => {
                if !self.sessions.contains_key(*name) {
                    return missing();
                }
                self.starts(name)
            }
            ("POST", ["api", "sessions", name, "logout"]) => {
                let Some(session) = self.sessions.get_mut(*name) else { return missing() };
                session.me = None;
                self.starts(name)
            }
            ("GET", ["api", name, "auth", "qr"]) => {
                let Some(session) = self.sessions.get(*name) else { return missing() };
                if session.status != "SCAN_QR_CODE" {
                    return not_as_expected(name, session.status, "SCAN_QR_CODE");
                }
                Reply::json(200, &json!({ "value": format!("2@code{}/abc,def==", session.code) }))
            }
            ("GET", ["api", name, "auth", "passkey", "confirmation"]) => match self.sessions.get(*name) {
                Some(session) if session.status == "PASSKEY_CONFIRMATION_REQUIRED" => {
                    Reply::json(200, &json!({ "code": "1234" }))
                }
                Some(session) => not_as_expected(name, session.status, "PASSKEY_CONFIRMATION_REQUIRED"),
                None => missing(),
            },
            ("POST", ["api", name, "auth", "passkey", "confirm"]) => {
                let Some(session) = self.sessions.get_mut(*name) else { return missing() };
                if session.status != "PASSKEY_CONFIRMATION_REQUIRED" {
                    return not_as_expected(name, session.status, "PASSKEY_CONFIRMATION_REQUIRED");
                }
                session.me = Some("34600999888".to_owned());
                self.becomes(name, "WORKING");
                Reply::bytes(201, "")
            }
            ("GET", ["api", _, "lids", lid]) => match self.lids.get(*lid) {
                Some(phone) => Reply::json(200, &json!({ "lid": lid, "pn": phone })),
                None => Reply::json(200, &json!({ "lid": lid, "pn": null })),
            },
            ("GET", ["api", "contacts", "check-exists"]) => {
                let phone = call.query.split('&').find_map(|part| part.strip_prefix("phone=")).unwrap_or_default();
                if self.strangers.contains(phone) {
                    Reply::json(200, &json!({ "numberExists": false }))
                } else {
                    Reply::json(200, &json!({ "numberExists": true, "chatId": format!("{phone}@c.us") }))
                }
            }
            ("GET", ["api", "files", _, name]) => match self.files.get(*name) {
                Some(bytes) => Reply::bytes(200, bytes.clone()),
                None => missing(),
            },
            ("GET", ["api", _, "chats", _, "messages", id]) => {
                let name = id.rsplit('_').next().unwrap_or_default();
                let url =
                    self.files.contains_key(name).then(|| format!("http://localhost:3000/api/files/{SESSION}/{name}"));
                Reply::json(
                    200,
                    &json!({ "id": id, "hasMedia": true, "media": { "url": url, "mimetype": "image/jpeg" } }),
                )
            }
            ("POST", ["api", "sendText" | "sendImage" | "sendVideo"]) => self.send(&body),
            _ => unknown_path(),
        }
    }
}

fn not_as_expected(name: &str, status: &str, expected: &str) -> Reply {
    Reply::json(
        422,
        &json!({
            "error": "Session status is not as expected. Try again later or restart the session",
            "session": name, "status": status, "expected": [expected],
        }),
    )
}

fn missing() -> Reply {
    Reply::json(404, &json!({ "statusCode": 404, "message": "Session not found", "error": "Not Found" }))
}

impl World for Waha {
    fn answer(&self, call: &Call) -> Reply {
        let mut inside = self.lock();
        if call.header("x-api-key") != inside.api_key {
            return Reply::json(401, &json!({ "message": "Unauthorized", "statusCode": 401 }));
        }
        inside.call(call)
    }
}
