//! Web-chat visitors who buy, pay and never give up: whatever is not answered is sent again, with the same id.

use crate::http::{self, Answer};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// Between two questions of one visitor: the widget's own pace, so that many who wait are no flood.
const PAUSE: Duration = Duration::from_millis(250);

/// Where the program is now; it moves with each start.
#[derive(Clone)]
pub(crate) struct Place(pub(crate) watch::Receiver<SocketAddr>);

impl Place {
    /// Asks until there is a whole answer that is no fault of the server and no "later".
    async fn insist(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        loop {
            let at = *self.0.borrow();
            match http::ask(at, method, path, headers, body).await {
                Some(answer) if answer.status < 500 && answer.status != 429 => return answer,
                _ => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

/// What somebody wants, message by message; the messages of one step are sent at once.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) key: String,
    pub(crate) steps: Vec<Vec<String>>,
    /// Whether it ends with a link whatever others do; a time may be taken by somebody else.
    sells: bool,
}

impl Script {
    /// Flowers, in Spanish.
    pub(crate) fn flowers(key: &str, number: usize) -> Self {
        let item = ["ramo de 10 rosas rojas", "ramo de 20 rosas rojas", "ramo de 15 tulipanes"][number % 3];
        let says = |text: String| vec![text];
        let phone = format!("+346001{:05}", number % 100_000);
        let steps = if number.is_multiple_of(2) {
            vec![
                says(format!("Hola, ¿cuánto cuesta el {item}?")),
                says("Quiero uno para entregar en Valencia".to_owned()),
                says(format!("Soy Ana Torres, {phone}. Confirmo el pedido")),
            ]
        } else {
            // A burst, and the rest in one go.
            vec![
                vec!["Hola".to_owned(), format!("Quiero un {item} a Madrid")],
                says(format!("Soy Luis Prado, {phone}. Confirmo el pedido")),
            ]
        };
        Self { key: key.to_owned(), steps, sells: true }
    }

    /// A manicure, in Russian, at one of many times.
    pub(crate) fn manicure(key: &str, number: usize) -> Self {
        // Never within a day: the reminder of a visit falls due 24 hours before it, and is no part of what is counted.
        let day = ["послезавтра", "через 3 дня"][number % 2];
        let hour = 9 + number / 2 % 11;
        let phone = format!("+77000{:06}", number % 1_000_000);
        let steps = vec![
            vec![format!("Здравствуйте! Хочу классический маникюр в Алматы {day} в {hour}:00")],
            vec![format!("Жанар, {phone}, подтверждаю")],
        ];
        Self { key: key.to_owned(), steps, sells: false }
    }
}

/// What a visitor has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Ids of messages that were answered with 202.
    pub(crate) accepted: Vec<Uuid>,
    /// The token of the short link that was paid.
    pub(crate) paid: Option<String>,
}

struct Visitor<'a> {
    place: &'a Place,
    path: String,
    authorization: String,
}

/// Lives through a script: each step waits for an answer to the one before; a link is opened and paid, and receipt and
/// confirmation are waited for.
pub(crate) async fn live(place: &Place, script: &Script) -> Seen {
    let path = format!("/widget/{}/sessions", script.key);
    let session = place.insist("POST", &path, &[("content-type", "application/json")], "{}").await;
    assert_eq!(session.status, 201, "{session:?}");
    let session = session.json();
    let token = session["token"].as_str().expect("a token");
    let path = format!("/widget/{}/messages", script.key);
    let visitor = Visitor { place, path, authorization: format!("Bearer {token}") };
    let mut seen = Seen::default();
    for step in &script.steps {
        let answers = visitor.answers().await.len();
        for text in step {
            seen.accepted.push(visitor.write(text).await);
        }
        visitor.until_answers(answers + 1).await;
    }
    // A burst may get one answer or two: the link may come after the answer that was waited for.
    let (answers, token) = loop {
        let answers = visitor.answers().await;
        let token = answers.iter().rev().find_map(|text| link_in(text));
        if token.is_some() || !script.sells {
            break (answers.len(), token);
        }
        tokio::time::sleep(PAUSE).await;
    };
    if let Some(token) = token {
        visitor.pay(&token).await;
        // The receipt and the confirmation.
        visitor.until_answers(answers + 2).await;
        seen.paid = Some(token);
    }
    let messages = visitor.messages().await;
    for id in &seen.accepted {
        let id = id.to_string();
        let shown = messages.iter().filter(|message| message["id"] == id.as_str()).count();
        assert_eq!(shown, 1, "the visitor sees message {id} {shown} times");
    }
    seen
}

/// The token of our short link in a text.
fn link_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("/p/")?;
    let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!token.is_empty()).then_some(token)
}

impl Visitor<'_> {
    async fn write(&self, text: &str) -> Uuid {
        // A version 4 id, as a browser makes it.
        let id = uuid::Builder::from_random_bytes(foundation::Random::system().bytes()).into_uuid();
        let headers = [("content-type", "application/json"), ("authorization", self.authorization.as_str())];
        let body = json!({ "id": id, "text": text }).to_string();
        let answer = self.place.insist("POST", &self.path, &headers, &body).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        id
    }

    async fn messages(&self) -> Vec<Value> {
        let headers = [("authorization", self.authorization.as_str())];
        let answer = self.place.insist("GET", &format!("{}?limit=100", self.path), &headers, "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["messages"].as_array().cloned().unwrap_or_default()
    }

    /// What was said to the visitor.
    async fn answers(&self) -> Vec<String> {
        let said = |message: &Value| message["author"] != "customer";
        let text = |message: &Value| message["text"].as_str().unwrap_or_default().to_owned();
        self.messages().await.iter().filter(|message| said(message)).map(text).collect()
    }

    async fn until_answers(&self, wanted: usize) {
        while self.answers().await.len() < wanted {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Opens the short link and presses "pay" on the sandbox bank's page, as often as it takes.
    async fn pay(&self, token: &str) {
        let link = self.place.insist("GET", &format!("/p/{token}"), &[], "").await;
        assert_eq!(link.status, 303, "{link:?}");
        // The page's address is of the start that made it; its path is good at every start.
        let location = link.header("location").to_owned();
        let (_, page) = location.split_once("/test-bank/").unwrap_or_else(|| panic!("not the bank's page: {location}"));
        let page = format!("/test-bank/{page}");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let pressed = self.place.insist("POST", &page, &form, "action=pay").await;
        assert_eq!(pressed.status, 303, "{pressed:?}");
    }
}
