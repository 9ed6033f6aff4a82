//! Whose request it is, behind a proxy and without one.

use crate::http_support::Server;
use api::http::Proxies;
use axum::http::{Method, StatusCode};
use testkit::{Backend, Kit};

/// New visitors of one address in a minute.
const MOST: usize = 600;

/// How many of so many new visitors are let in; `from` says what the n-th one's header claims.
async fn let_in(server: &Server, key: &str, count: usize, from: impl Fn(usize) -> String) -> usize {
    let mut welcome = 0;
    for number in 0..count {
        let from = from(number);
        let headers = [("x-forwarded-for", from.as_str())];
        let answer = server.ask(Method::POST, &format!("/widget/{key}/sessions"), &headers, "{}").await;
        match answer.status {
            StatusCode::CREATED => welcome += 1,
            StatusCode::TOO_MANY_REQUESTS => assert_eq!(answer.header("retry-after"), "60"),
            other => panic!("{other}: {answer:?}"),
        }
    }
    welcome
}

#[test]
fn a_forged_address_is_ignored() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let key = tenant.channel.public_key.as_str();
        let server = Server::start(&kit).await;
        let forged = |number: usize| format!("192.0.2.{}, 10.0.0.{}", number % 250, number / 250);
        assert_eq!(let_in(&server, key, MOST + 20, forged).await, MOST, "all are one address");
    });
}

#[test]
fn each_client_of_a_trusted_proxy_has_limits_of_its_own() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let key = tenant.channel.public_key.as_str();
        let server = Server::behind(&kit, Proxies::parse("127.0.0.0/8, 10.0.0.0/8").unwrap()).await;
        // What the client itself wrote stands to the left and does not count.
        let one = |number: usize| format!("198.51.100.{}, 192.0.2.1, 10.0.0.7", number % 250);
        assert_eq!(let_in(&server, key, MOST + 20, one).await, MOST);
        assert_eq!(let_in(&server, key, 20, |_| "192.0.2.2".to_owned()).await, 20, "another client is let in");
    });
}
