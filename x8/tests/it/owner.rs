//! The first owner, through the API: signs in with the one-time code and opens demo shops.

use crate::http::{self, Answer};
use crate::program::Ready;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A signed-in owner.
pub(crate) struct Owner {
    at: SocketAddr,
    cookie: String,
}

impl Owner {
    /// Signs in with the code that the first start printed.
    pub(crate) async fn sign_in(ready: &Ready) -> Self {
        let mut owner = Self { at: ready.at, cookie: String::new() };
        let code = ready.code.as_deref().expect("the first start prints a code");
        let query =
            "mutation($code: String!) { signInWithCode(input: { code: $code }) { userErrors { code message } } }";
        let answer = owner.send(query, &json!({ "code": code })).await;
        let refused = &answer.json()["data"]["signInWithCode"]["userErrors"];
        assert_eq!(*refused, json!([]), "{answer:?}");
        owner.cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        assert!(owner.cookie.starts_with("x8_session="), "{answer:?}");
        owner
    }

    /// Signs in with a password.
    pub(crate) async fn sign_in_as(at: SocketAddr, email: &str, password: &str) -> Self {
        let mut owner = Self { at, cookie: String::new() };
        let query = "mutation($email: String!, $password: String!) { signIn(input: { email: $email, password: $password }) \
                     { userErrors { code message } } }";
        let answer = owner.send(query, &json!({ "email": email, "password": password })).await;
        assert_eq!(answer.json()["data"]["signIn"]["userErrors"], json!([]), "{answer:?}");
        owner.cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        owner
    }

    pub(crate) async fn send(&self, query: &str, variables: &Value) -> Answer {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let headers = [("content-type", "application/json"), ("x-x8-client", "test"), ("cookie", self.cookie.as_str())];
        http::ask(self.at, "POST", "/graphql", &headers, &body).await.expect("an answer of the API")
    }

    /// Opens a demo shop whose web chat answers each message at once; returns the widget's key.
    pub(crate) async fn open_shop(&self, kind: &str, language: &str) -> String {
        let query = "mutation($kind: CompanyType!, $language: Language!) { openDemoShop(input: { kind: $kind, language: $language }) \
                     { company { channels { id widgetKey } } userErrors { code message } } }";
        let answer = self.send(query, &json!({ "kind": kind, "language": language })).await.json();
        let channels = answer["data"]["openDemoShop"]["company"]["channels"].as_array().cloned().unwrap_or_default();
        let channel = channels.iter().find(|channel| channel["widgetKey"].is_string());
        let channel = channel.unwrap_or_else(|| panic!("no web chat: {answer}"));
        let query = "mutation($id: ID!) { updateChannel(input: { id: $id, quietPeriodMs: 0 }) \
                     { channel { quietPeriodMs } userErrors { code message } } }";
        let changed = self.send(query, &json!({ "id": channel["id"] })).await.json();
        assert_eq!(changed["data"]["updateChannel"]["channel"]["quietPeriodMs"], 0, "{changed}");
        channel["widgetKey"].as_str().expect("a key").to_owned()
    }
}
