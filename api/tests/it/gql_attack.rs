//! What attack tools try, replayed: injection into every text of the API and of the web chat (sqlmap's kinds of payloads,
//! reliability.md case 81), and the checks of graphql-cop (case 58).

use crate::gql_support::{Ids, code, everything, fill, run, world};
use crate::http_support::{Server, session};
use api::graphql::{Installation, schema};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{Backend, Kit};
use uuid::Uuid;

/// One of each kind: quotes and escapes, always true, stacked, union, error-based, time-based on both databases, placeholders,
/// comments, wide characters that some encodings fold into a quote, templates.
const PAYLOADS: [&str; 30] = [
    "'",
    "''",
    "\"",
    "`",
    "\\",
    "\\'",
    "');--",
    "' OR '1'='1",
    "' OR 1=1--",
    "\") OR (\"1\"=\"1",
    "1' AND '1'='2",
    "x' AND 1=(SELECT COUNT(*) FROM session)--",
    "'; DROP TABLE company;--",
    "'; UPDATE user_account SET email='evil@example.com';--",
    "' UNION SELECT NULL,NULL,NULL--",
    "' UNION SELECT token_hash FROM session--",
    "' AND CAST((SELECT token_hash FROM session LIMIT 1) AS INT)=1--",
    "'||pg_sleep(10)||'",
    "1; SELECT pg_sleep(10)--",
    "' AND 1=(SELECT 1 FROM pg_sleep(10))--",
    "' AND 1=LIKE('ABCDEFG',UPPER(HEX(RANDOMBLOB(1000000000/2))))--",
    "' WAITFOR DELAY '0:0:10'--",
    "$1",
    "?1",
    ":name",
    "/**/",
    "#",
    "\u{02bc} OR 1=1--",
    "\u{ff07} OR 1=1--",
    "{{7*7}}${7*7}<%= 7*7 %>",
];
/// What a time-based payload would take is ten seconds.
const SOON: Duration = Duration::from_secs(5);

struct Target {
    document: &'static str,
    variables: fn(&Ids, &str) -> Value,
    /// Whether the text is a search: what no row has finds no row.
    finds: bool,
}

const fn text(document: &'static str, variables: fn(&Ids, &str) -> Value) -> Target {
    Target { document, variables, finds: false }
}

const fn search(document: &'static str, variables: fn(&Ids, &str) -> Value) -> Target {
    Target { document, variables, finds: true }
}

/// Every text and id that the API takes.
const TARGETS: &[Target] = &[
    search(
        "query($id: ID!, $s: String) { company(id: $id) { contacts(search: $s) { nodes { id } } } }",
        |ids, s| json!({ "id": ids.company, "s": format!("Ana{s}") }),
    ),
    search(
        "query($id: ID!, $s: String) { company(id: $id) { media(search: $s) { nodes { id } } } }",
        |ids, s| json!({ "id": ids.company, "s": format!("rose{s}") }),
    ),
    text("query($s: ID!) { media(id: $s) { id } }", |ids, s| json!({ "s": format!("{}{s}", ids.media) })),
    text(
        "mutation($i: ConnectCloudinaryInput!) { connectCloudinary(input: $i) { integration { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "cloudName": s, "apiKey": s, "apiSecret": " " } }),
    ),
    text(
        "mutation($i: DeleteMediaInput!) { deleteMedia(input: $i) { media { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "id": format!("{}{s}", ids.media) } }),
    ),
    search(
        "query($id: ID!, $s: ConversationFilter) { company(id: $id) { conversations(filter: $s) { nodes { id } } } }",
        |ids, s| json!({ "id": ids.company, "s": { "search": format!("Ana{s}") } }),
    ),
    search(
        "query($id: ID!, $s: OrderFilter) { company(id: $id) { orders(filter: $s) { nodes { id } } } }",
        |ids, s| json!({ "id": ids.company, "s": { "search": format!("1{s}") } }),
    ),
    text(
        "query($id: ID!, $s: String) { company(id: $id) { catalogue { published { rows(search: $s) { nodes { id } } } } } }",
        |ids, s| json!({ "id": ids.company, "s": s }),
    ),
    text(
        "query($id: ID!, $s: String) { company(id: $id) { orders(first: 5, after: $s) { nodes { id } } } }",
        |ids, s| json!({ "id": ids.company, "s": s }),
    ),
    text(
        "query($id: ID!, $s: String) { conversation(id: $id) { messages(last: 5, before: $s) { nodes { id } } } }",
        |ids, s| json!({ "id": ids.conversation, "s": s }),
    ),
    text(
        "query($id: ID!, $s: String!) { eventsSince(companyId: $id, cursor: $s) { resync } }",
        |ids, s| json!({ "id": ids.company, "s": s }),
    ),
    text("query($id: ID!) { company(id: $id) { name } }", |ids, s| json!({ "id": format!("{}{s}", ids.company) })),
    text("query($id: ID!) { conversation(id: $id) { id } }", |_, s| json!({ "id": s })),
    text("query($id: ID!) { order(id: $id) { id } }", |ids, s| json!({ "id": format!("{}{s}", ids.order) })),
    text("query($id: ID!) { contact(id: $id) { id } }", |_, s| json!({ "id": format!("contact:{s}") })),
    text(
        "mutation($i: SignInInput!) { signIn(input: $i) { userErrors { code } } }",
        |_, s| json!({ "i": { "email": format!("lumen1@example.com{s}"), "password": s } }),
    ),
    text(
        "mutation($i: SignInWithCodeInput!) { signInWithCode(input: $i) { userErrors { code } } }",
        |_, s| json!({ "i": { "code": s } }),
    ),
    text(
        "mutation($i: SetPasswordInput!) { setPassword(input: $i) { userErrors { code } } }",
        |_, s| json!({ "i": { "password": "short", "email": format!("a{s}@example.com"), "name": s } }),
    ),
    text(
        "mutation($i: CreateCompanyInput!) { createCompany(input: $i) { company { name } userErrors { code } } }",
        |_, s| json!({ "i": { "name": s, "type": "PRODUCT", "shopType": s, "city": s, "language": "EN", "currency": s } }),
    ),
    text(
        "mutation($i: UpdateCompanyInput!) { updateCompany(input: $i) { company { name } userErrors { code } } }",
        |ids, s| json!({ "i": { "id": ids.company, "name": s, "city": s } }),
    ),
    text(
        "mutation($i: UpdateBranchInput!) { updateBranch(input: $i) { branch { name } userErrors { code } } }",
        |ids, s| json!({ "i": { "id": ids.branch, "name": s, "city": s, "address": s } }),
    ),
    text(
        "mutation($i: CreateChannelInput!) { createChannel(input: $i) { channel { name } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "kind": "WEBCHAT", "name": s } }),
    ),
    text(
        "mutation($i: UpdateChannelInput!) { updateChannel(input: $i) { channel { name } userErrors { code } } }",
        |ids, s| json!({ "i": { "id": ids.channel, "name": s } }),
    ),
    text(
        "mutation($i: ConnectTelegramInput!) { connectTelegram(input: $i) { channel { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "name": s, "botToken": s } }),
    ),
    text(
        "mutation($i: ConnectWahaInput!) { connectWaha(input: $i) { channel { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "name": s, "url": s, "apiKey": s, "session": s } }),
    ),
    text(
        "mutation($i: ConnectWahaInput!) { connectWaha(input: $i) { channel { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "name": "Phone", "url": format!("https://x.example/{s}"), "apiKey": "0123456789abcdef", "session": s } }),
    ),
    text(
        "mutation($i: ReplaceWahaKeyInput!) { replaceWahaKey(input: $i) { channel { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "channelId": ids.channel, "apiKey": s, "url": s } }),
    ),
    text(
        "mutation($i: TestChannelInput!) { testChannel(input: $i) { channel { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "channelId": ids.channel, "to": s } }),
    ),
    text(
        "mutation($i: ChannelInput!) { startChannelTest(input: $i) { test { url } userErrors { code } } }",
        |_, s| json!({ "i": { "id": s } }),
    ),
    text(
        "mutation($i: StartImportInput!) { startImport(input: $i) { import { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "fileId": ids.file, "sheet": s } }),
    ),
    text(
        "mutation($i: StartImportInput!) { startImport(input: $i) { import { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "fileId": format!("file:{s}") } }),
    ),
    text(
        "mutation($i: RemapImportInput!) { remapImport(input: $i) { import { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "importId": ids.import, "mapping": [{ "index": 0, "column": s }] } }),
    ),
    text(
        "mutation($i: AddRowInput!) { addRow(input: $i) { row { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "kind": "PRODUCT", "cells": { "name": s, "sku": s, "description": s } } }),
    ),
    text(
        "mutation($i: AddRowInput!) { addRow(input: $i) { row { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "kind": "PRODUCT", "cells": { (s): "x" } } }),
    ),
    text(
        "mutation($i: UpdateRowInput!) { updateRow(input: $i) { row { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "id": ids.row, "cells": { "name": s, "price": s, "cities": s } } }),
    ),
    text(
        "mutation($i: TryMessageInput!) { tryMessage(input: $i) { conversation { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "companyId": ids.company, "kind": "TELEGRAM", "text": s, "phone": s } }),
    ),
    text(
        "mutation($i: SendMessageInput!) { sendMessage(input: $i) { message { text } userErrors { code } } }",
        |ids, s| json!({ "i": { "conversationId": ids.conversation, "text": s } }),
    ),
    text(
        "mutation($i: RetryMessageInput!) { fetchAttachment(input: $i) { message { id } userErrors { code } } }",
        |_, s| json!({ "i": { "id": s } }),
    ),
    text(
        "mutation($i: RetryMessageInput!) { fetchAttachment(input: $i) { message { id } userErrors { code } } }",
        |_, s| json!({ "i": { "id": format!("message:{s}") } }),
    ),
    text(
        "mutation($i: UpdateContactInput!) { updateContact(input: $i) { contact { name } userErrors { code } } }",
        |ids, s| json!({ "i": { "id": ids.contact, "name": s, "phone": s } }),
    ),
    text(
        "mutation($i: MoveBookingInput!) { moveBooking(input: $i) { booking { id } userErrors { code } } }",
        |ids, s| json!({ "i": { "id": ids.booking, "start": s } }),
    ),
];

testkit::both! {
    async fn no_text_is_ever_read_as_a_statement(kit: Kit) {
        let mine = world(&kit).await;
        let other = kit.another_tenant("Other").await;
        let other = fill(&kit, other).await;
        let schema = schema();
        // What the attacker's own documents change is theirs; the neighbour's rows are as they were.
        let neighbours = |all: String| -> Vec<String> {
            let id = other.tenant.company.id.to_string();
            all.lines().filter(|line| line.contains(&id)).map(str::to_owned).collect()
        };
        let before = neighbours(everything(&kit.ctx).await);
        for payload in PAYLOADS {
            for target in TARGETS {
                let asked = Instant::now();
                let response = run(&schema, &mine.owner, target.document, (target.variables)(&mine.ids, payload)).await;
                assert!(asked.elapsed() < SOON, "{payload:?} took {:?}: {}", asked.elapsed(), target.document);
                assert!(!["INTERNAL", "UNAVAILABLE"].contains(&code(&response)), "{payload:?}: {}\n{response:#}", target.document);
                let said = response.to_string();
                for private in ["syntax error", "unrecognized token", "near \\\"", "sqlx", "SQLSTATE", "token_hash FROM session LIMIT 1) AS"] {
                    assert!(!said.contains(private) || payload.contains(private), "{payload:?}: {said}");
                }
                if target.finds && !response["data"]["company"].is_null() {
                    let lists = response["data"]["company"].as_object().unwrap();
                    let found: usize = lists.values().map(|list| list["nodes"].as_array().map_or(0, Vec::len)).sum();
                    assert_eq!(found, 0, "{payload:?}: {}\n{response:#}", target.document);
                }
            }
        }
        assert_eq!(before, neighbours(everything(&kit.ctx).await));
        // Stored as it was written.
        let document = "mutation($i: UpdateContactInput!) { updateContact(input: $i) { contact { name } userErrors { code } } }";
        for payload in PAYLOADS {
            let stored = run(&schema, &mine.owner, document, json!({ "i": { "id": mine.ids.contact, "name": payload } })).await;
            assert_eq!(stored["data"]["updateContact"]["contact"]["name"], payload);
        }
    }

    async fn nor_what_comes_over_plain_http(kit: Kit) {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let key = tenant.channel.public_key.as_str();
        let server = Server::start(&kit).await;
        let begun = server.post_json(&format!("/widget/{key}/sessions"), &[], &json!({})).await;
        let token = begun.json()["token"].as_str().unwrap().to_owned();
        let mut number = 0;
        for payload in PAYLOADS {
            let within: String = payload.bytes().map(|byte| format!("%{byte:02X}")).collect();
            for path in [
                format!("/widget/{within}/config"),
                format!("/widget/{key}{within}/config"),
                format!("/widget/{key}/messages?after={within}"),
                format!("/widget/{key}/stream?token={within}"),
                format!("/p/{within}"),
                format!("/test-bank/{within}"),
                format!("/files/{within}?token={within}"),
                format!("/calendar/{within}/{within}.ics"),
                format!("/privacy/{within}"),
            ] {
                let bearer = format!("Bearer {token}");
                let asked = Instant::now();
                let answer = server.get(&path, &[("authorization", &bearer)]).await;
                assert!(answer.status.is_client_error(), "{path}: {answer:?}");
                assert!(asked.elapsed() < SOON, "{path}");
            }
            number += 1;
            if number % 25 == 0 {
                kit.advance(Duration::from_secs(60));
            }
            let begun = server.post_json(&format!("/widget/{key}/sessions"), &[], &json!({})).await;
            let bearer = format!("Bearer {}", begun.json()["token"].as_str().unwrap());
            let body = json!({ "id": Uuid::from_u128(number), "text": payload });
            let path = format!("/widget/{key}/messages");
            let sent = server.post_json(&path, &[("authorization", &bearer)], &body).await;
            assert_eq!(sent.status, StatusCode::ACCEPTED, "{payload:?}: {sent:?}");
            let read = server.get(&path, &[("authorization", &bearer)]).await;
            assert_eq!(read.json()["messages"][0]["text"], payload);
            for id in [payload.to_owned(), format!("{}{payload}", Uuid::from_u128(number))] {
                let sent = server.post_json(&path, &[("authorization", &bearer)], &json!({ "id": id, "text": "x" })).await;
                assert_eq!((sent.status, sent.field().as_str()), (StatusCode::BAD_REQUEST, "id"));
            }
            for (cookie, authorization) in [(format!("x8_session={payload}"), String::new()), (String::new(), format!("Bearer {payload}"))] {
                if !payload.is_ascii() {
                    continue;
                }
                let headers = [("x-x8-client", "test"), ("cookie", cookie.as_str()), ("authorization", authorization.as_str())];
                let answer = server.post_json("/graphql", &headers, &json!({ "query": "{ viewer }" })).await;
                assert!(!answer.status.is_server_error(), "{payload:?}: {answer:?}");
                assert!(answer.json()["data"]["viewer"].is_null());
            }
        }
    }
}

/// The real schema behind the server, as graphql-cop 1.x checks it from outside: alias, batch, directive and field overloading,
/// circular introspection, GET, POST as a form, introspection, suggestions, a graphical tool, tracing, unhandled errors.
#[test]
fn the_checks_of_graphql_cop_find_nothing() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let about = Installation { demo: false, web_built: false, playground: false };
        let server = Server::of(&kit, Arc::new(api::Api::new(about)), false).await;
        let query = |text: &str| json!({ "query": text });
        let ask = |body: Value| {
            let server = &server;
            async move { server.graphql(body.to_string()).await }
        };
        let aliases: String = (0..101).map(|at| format!("a{at}: __typename ")).collect();
        let circular = "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }";
        for (body, what) in [
            (query(&format!("{{ {aliases} }}")), "alias overloading"),
            (Value::Array(vec![query("{ __typename }"); 10]), "array-based batching"),
            (query(&format!("{{ __typename {} }}", "@aa".repeat(60))), "directive overloading"),
            (query(&format!("{{ {} }}", "__typename ".repeat(500))), "field duplication"),
            (query(circular), "introspection-based circular query"),
            (query("{ __schema { types { name } } }"), "introspection"),
            (query("{ setpu { demo } }"), "field suggestions"),
            (query("{ "), "unhandled errors"),
        ] {
            let answer = ask(body).await;
            let said = answer.text().to_lowercase();
            let refused = answer.status == StatusCode::BAD_REQUEST || answer.json()["data"]["__schema"].is_null();
            assert!(refused, "{what}: {answer:?}");
            for telling in ["did you mean", "tracing", "stacktrace", "exception", ".rs:", "panicked"] {
                assert!(!said.contains(telling), "{what}: {said}");
            }
        }
        // Tracing that is asked for is not given.
        let headers = [("x-x8-client", "test"), ("x-apollo-tracing", "1"), ("apollo-federation-include-trace", "ftv1")];
        let traced = server.post_json("/graphql", &headers, &query("{ __typename }")).await;
        assert_eq!(traced.json(), json!({ "data": { "__typename": "Query" } }));
        for path in ["/graphql?query={__typename}", "/graphql?query=mutation{signOut{userErrors{code}}}"] {
            assert_eq!(server.get(path, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
        for path in ["/playground", "/graphiql", "/console", "/altair", "/v1/graphql"] {
            let answer = server.get(path, &[]).await;
            assert!(!answer.text().to_lowercase().contains("graphiql"), "{path}: {answer:?}");
        }
        let token = session(&kit.ctx, tenant.owner.id).await;
        let form = [("content-type", "application/x-www-form-urlencoded"), ("cookie", &*format!("x8_session={token}"))];
        let answer = server.ask(axum::http::Method::POST, "/graphql", &form, "query=%7B__typename%7D").await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    });
}
