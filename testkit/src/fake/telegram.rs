//! Telegram's Bot API: bots by token, private chats, what was sent to them, updates by webhook or poll. Written from the
//! official description (Bot API 10.1); what it answers to refused calls are the texts of the real server as the field knows
//! them.

use super::server::unknown_path;
use super::{Call, Contract, Reply, Server, World};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A token that the fake knows; made for tests, no bot of that number exists.
pub const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8";

#[derive(Debug, Default)]
struct Inside {
    tokens: BTreeSet<String>,
    webhook: Option<(String, String)>,
    blocked: BTreeSet<i64>,
    sent: Vec<Value>,
    pending: Vec<Value>,
    answered_buttons: Vec<String>,
    files: BTreeMap<String, Vec<u8>>,
    next_message: i64,
    next_update: i64,
}

/// The world of one bot.
#[derive(Clone, Debug)]
pub struct Telegram(Arc<Mutex<Inside>>);

impl Default for Telegram {
    fn default() -> Self {
        let inside =
            Inside { tokens: [TOKEN.to_owned()].into(), next_message: 100, next_update: 1, ..Inside::default() };
        Self(Arc::new(Mutex::new(inside)))
    }
}

impl Telegram {
    /// Opens its door.
    pub async fn start(&self) -> Server {
        // Files are described in words (https://core.telegram.org/bots/api#getfile).
        let contract = Contract::load("telegram/openapi.converted.json", "")
            .map(|contract| contract.with_path("/file/bot{token}/{folder}/{name}", json!({ "get": {} })));
        Server::start(Arc::new(self.clone()), contract).await
    }

    /// A person presses "block" (or "unblock").
    pub fn block(&self, chat_id: i64, blocked: bool) {
        let mut inside = self.lock();
        if blocked {
            inside.blocked.insert(chat_id);
        } else {
            inside.blocked.remove(&chat_id);
        }
    }

    /// The owner asks BotFather for a new token: the old one is dead.
    pub fn replace_token(&self, new: &str) {
        self.lock().tokens = [new.to_owned()].into();
    }

    /// A file that can be loaded.
    pub fn put_file(&self, file_id: &str, bytes: &[u8]) {
        self.lock().files.insert(file_id.to_owned(), bytes.to_vec());
    }

    /// The webhook's address and secret, when one is set.
    #[must_use]
    pub fn webhook(&self) -> Option<(String, String)> {
        self.lock().webhook.clone()
    }

    /// What was sent, as the Bot API gives it back.
    #[must_use]
    pub fn sent(&self) -> Vec<Value> {
        self.lock().sent.clone()
    }

    /// What was sent until now is not looked at any more.
    pub fn forget_sent(&self) {
        self.lock().sent.clear();
    }

    /// Buttons whose spinning was stopped.
    #[must_use]
    pub fn answered_buttons(&self) -> Vec<String> {
        self.lock().answered_buttons.clone()
    }

    /// A person writes: the update as it is delivered; a bot without webhook finds it when it polls. `content` holds what the
    /// message has beside its frame (`text`, `photo`, `voice`, `contact`…).
    pub fn write(&self, user_id: i64, content: &Value) -> Value {
        let mut inside = self.lock();
        inside.next_message += 1;
        let mut message = json!({
            "message_id": inside.next_message,
            "from": { "id": user_id, "is_bot": false, "first_name": "Ana", "last_name": "Ruiz", "language_code": "es" },
            "chat": { "id": user_id, "type": "private", "first_name": "Ana" },
            "date": 1_772_442_000,
        });
        if let (Some(message), Some(content)) = (message.as_object_mut(), content.as_object()) {
            message.extend(content.clone());
        }
        inside.deliver("message", message)
    }

    /// A person presses a button.
    pub fn press(&self, user_id: i64, data: &str) -> Value {
        let mut inside = self.lock();
        let id = format!("9{}", inside.next_update);
        let query = json!({
            "id": id,
            "from": { "id": user_id, "is_bot": false, "first_name": "Ana" },
            "chat_instance": "1", "data": data,
        });
        inside.deliver("callback_query", query)
    }

    /// A person presses the button of this label under a message that was [`sent`](Self::sent). Of an old message Telegram tells
    /// no more than its frame.
    ///
    /// # Panics
    /// When there is no such button.
    pub fn press_under(&self, user_id: i64, sent: &Value, label: &str, old: bool) -> Value {
        let rows = sent["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
        let button = rows.iter().filter_map(Value::as_array).flatten().find(|button| button["text"] == label);
        let data = button.and_then(|button| button["callback_data"].as_str()).expect("a button of this label");
        let mut inside = self.lock();
        let id = format!("9{}", inside.next_update);
        let mut message = sent.clone();
        if old {
            message = json!({ "chat": sent["chat"], "message_id": sent["message_id"], "date": 0 });
        }
        let query = json!({
            "id": id,
            "from": { "id": user_id, "is_bot": false, "first_name": "Ana" },
            "message": message, "chat_instance": "1", "data": data,
        });
        inside.deliver("callback_query", query)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn deliver(&mut self, kind: &str, content: Value) -> Value {
        let update = json!({ "update_id": self.next_update, kind: content });
        self.next_update += 1;
        self.pending.push(update.clone());
        update
    }

    fn call(&mut self, method: &str, body: &Value) -> Reply {
        match method {
            "getMe" => good(&json!({
                "id": 110_201_543, "is_bot": true, "first_name": "Flora", "username": "flora_test_bot",
                "can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false,
            })),
            "setWebhook" => {
                let (url, secret) = (body["url"].as_str().unwrap_or_default(), body["secret_token"].as_str());
                if !url.starts_with("https://") {
                    return bad(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
                }
                self.webhook = Some((url.to_owned(), secret.unwrap_or_default().to_owned()));
                good(&json!(true))
            }
            "deleteWebhook" => {
                self.webhook = None;
                good(&json!(true))
            }
            "getWebhookInfo" => {
                let url = self.webhook.as_ref().map_or("", |(url, _)| url.as_str());
                good(&json!({ "url": url, "has_custom_certificate": false, "pending_update_count": 0 }))
            }
            "getUpdates" if self.webhook.is_some() => bad(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ),
            "getUpdates" => {
                let offset = body["offset"].as_i64().unwrap_or(0);
                self.pending.retain(|update| update["update_id"].as_i64() >= Some(offset));
                good(&Value::Array(self.pending.clone()))
            }
            "answerCallbackQuery" => {
                self.answered_buttons.push(body["callback_query_id"].as_str().unwrap_or_default().to_owned());
                good(&json!(true))
            }
            "sendMessage" => self.send(body, body["text"].as_str().unwrap_or_default(), 4096),
            "sendPhoto" | "sendVideo" => {
                let file = body["photo"].as_str().or(body["video"].as_str()).unwrap_or_default();
                if file.contains("broken") {
                    return bad(400, "Bad Request: wrong type of the web page content");
                }
                self.send(body, body["caption"].as_str().unwrap_or_default(), 1024)
            }
            "getFile" => {
                let id = body["file_id"].as_str().unwrap_or_default();
                match self.files.get(id) {
                    Some(bytes) => good(&json!({
                        "file_id": id, "file_unique_id": id, "file_size": bytes.len(), "file_path": format!("voice/{id}.oga"),
                    })),
                    None => bad(400, "Bad Request: invalid file_id"),
                }
            }
            _ => unknown_path(),
        }
    }

    fn send(&mut self, body: &Value, text: &str, most: usize) -> Reply {
        let Some(chat_id) = body["chat_id"].as_i64() else { return bad(400, "Bad Request: chat_id is empty") };
        if self.blocked.contains(&chat_id) {
            return bad(403, "Forbidden: bot was blocked by the user");
        }
        if chat_id < 1 {
            return bad(400, "Bad Request: chat not found");
        }
        if text.chars().count() > most {
            return bad(400, "Bad Request: message is too long");
        }
        for button in body["reply_markup"]["inline_keyboard"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
        {
            let data = button["callback_data"].as_str();
            if data.is_some_and(|data| !(1..=64).contains(&data.len())) {
                return bad(400, "Bad Request: BUTTON_DATA_INVALID");
            }
            let url = button["url"].as_str();
            if url.is_some_and(|url| !url.starts_with("https://") || url.contains("refused.example")) {
                return bad(400, "Bad Request: BUTTON_URL_INVALID");
            }
            if data.is_none() == url.is_none() {
                return bad(
                    400,
                    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
                );
            }
        }
        self.next_message += 1;
        let mut message = json!({
            "message_id": self.next_message, "date": 1_772_442_001,
            "from": { "id": 110_201_543, "is_bot": true, "first_name": "Flora" },
            "chat": { "id": chat_id, "type": "private", "first_name": "Ana" },
        });
        for field in ["text", "caption", "photo", "video", "reply_markup"] {
            if !body[field].is_null() {
                message[field] = body[field].clone();
            }
        }
        self.sent.push(message.clone());
        // What comes back names files by sizes, not by the address that was given.
        for field in ["photo", "video"] {
            if let Some(message) = message.as_object_mut() {
                message.remove(field);
            }
        }
        good(&message)
    }
}

fn good(result: &Value) -> Reply {
    Reply::json(200, &json!({ "ok": true, "result": result }))
}

fn bad(code: u16, description: &str) -> Reply {
    Reply::json(code, &json!({ "ok": false, "error_code": code, "description": description }))
}

impl World for Telegram {
    fn answer(&self, call: &Call) -> Reply {
        let mut inside = self.lock();
        if let Some(path) = call.path.strip_prefix("/file/bot") {
            let Some((token, path)) = path.split_once('/') else { return unknown_path() };
            let id = path.trim_start_matches("voice/").trim_end_matches(".oga");
            return match inside.files.get(id).filter(|_| inside.tokens.contains(token)) {
                Some(bytes) => Reply::bytes(200, bytes.clone()),
                None => bad(404, "Not Found"),
            };
        }
        let Some((token, method)) = call.path.strip_prefix("/bot").and_then(|path| path.split_once('/')) else {
            return unknown_path();
        };
        if !inside.tokens.contains(token) {
            return bad(401, "Unauthorized");
        }
        inside.call(method, &call.json())
    }
}
