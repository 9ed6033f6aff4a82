//! What a document may ask for, what it costs, and that nothing private leaves (reliability.md cases 54–57).

use crate::gql_support::{code, data, run, stranger, talk, world};
use api::graphql::{Installation, request_data, schema, sdl};
use async_graphql::Request;
use serde_json::{Value, json};
use service::ctx::Ctx;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use testkit::Kit;

/// Where each list of the schema hangs: `$page` stands for its arguments, `$id` and `$talk` for what it belongs to.
const LISTS: &[(&str, &str)] = &[
    ("company", "conversations(PAGE)"),
    ("company", "contacts(PAGE)"),
    ("company", "orders(PAGE)"),
    ("company", "payments(PAGE)"),
    ("company", "bookings(from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\", PAGE)"),
    ("company", "imports(PAGE)"),
    ("company", "media(PAGE)"),
    ("company", "jobs(PAGE)"),
    ("company", "catalogue { versions(PAGE)"),
    ("company", "catalogue { published { rows(PAGE)"),
    ("conversation", "messages(PAGE)"),
    ("conversation", "turns(PAGE)"),
    ("contact", "orders(PAGE)"),
];

fn list(root: &str, field: &str, page: &str) -> String {
    let field = field.replace("PAGE", page);
    let close = "}".repeat(field.matches('{').count());
    format!(
        "query($id: ID!) {{ {root}(id: $id) {{ {field} {{ nodes {{ id }} pageInfo {{ hasNextPage }} totalCount }} {close} }} }}"
    )
}

/// An engine on a pool of its own, whose readings are counted and kept.
async fn counted(kit: &Kit, who: &Ctx) -> (Ctx, Arc<AtomicUsize>, Arc<Mutex<Vec<String>>>) {
    let (count, texts) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (counter, kept) = (Arc::clone(&count), Arc::clone(&texts));
    let db = kit.reopen().await.watched(move |statement| {
        counter.fetch_add(1, Ordering::Relaxed);
        kept.lock().unwrap().push(statement.sql.clone());
    });
    let clock = Arc::clone(&kit.clock) as _;
    let engine = testkit::engine(db, clock, foundation::Random::seeded(9), &kit.folder);
    (Ctx::new(engine, who.actor().clone()), count, texts)
}

/// Runs on one thread: how many batches the loaders make then depends on the document alone and not on what else the machine
/// does. A connection belongs to the runtime it was opened in and dies with it, so what runs here opens its own.
fn alone<F: Future>(future: F) -> F::Output {
    tokio::task::block_in_place(|| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    })
}

testkit::both! {
    async fn pages_outside_of_their_bounds_are_refused_by_name(kit: Kit) {
        let world = world(&kit).await;
        let schema = schema();
        let id = |root: &str| match root {
            "company" => world.ids.company.clone(),
            "conversation" => world.ids.conversation.clone(),
            _ => world.ids.contact.clone(),
        };
        for (root, field) in LISTS {
            for argument in ["first", "last"] {
                for wrong in ["0", "-1", "101", "1000000"] {
                    let document = list(root, field, &format!("{argument}: {wrong}"));
                    let response = run(&schema, &world.owner, &document, json!({ "id": id(root) })).await;
                    assert_eq!(code(&response), "INVALID", "{document}: {response:#}");
                    let extensions = &response["errors"][0]["extensions"];
                    assert_eq!(extensions["field"], argument, "{document}: {response:#}");
                    assert_eq!(extensions["reason"], "OUT_OF_RANGE", "{document}: {response:#}");
                }
                let document = list(root, field, &format!("{argument}: 9223372036854775808"));
                let response = run(&schema, &world.owner, &document, json!({ "id": id(root) })).await;
                assert!(response["data"].is_null() && !response["errors"].is_null(), "{document}: {response:#}");
            }
            let both = run(&schema, &world.owner, &list(root, field, "first: 1, last: 1"), json!({ "id": id(root) })).await;
            assert_eq!(both["errors"][0]["extensions"]["field"], "last", "{both:#}");
            let cursor = run(&schema, &world.owner, &list(root, field, "first: 1, after: \"x\""), json!({ "id": id(root) })).await;
            assert_eq!(cursor["errors"][0]["extensions"]["field"], "after", "{cursor:#}");
            let good = run(&schema, &world.owner, &list(root, field, "first: 100"), json!({ "id": id(root) })).await;
            assert!(good.get("errors").is_none(), "{good:#}");
        }
    }

    /// Case 56.
    async fn a_hundred_conversations_take_six_statements(kit: Kit) {
        let world = world(&kit).await;
        for number in 0..99 {
            talk(&kit.ctx, &world.tenant, &format!("Customer {number}")).await;
        }
        alone(async {
            let (ctx, count, texts) = counted(&kit, &world.owner).await;
            let document = "query($id: ID!) { company(id: $id) { conversations(first: 100) { nodes { \
                id preview lastMessageAt unreadCount contact { name phone } channel { kind name } \
            } pageInfo { hasNextPage } } } }";
            let response = data(&ctx, document, json!({ "id": world.ids.company })).await;
            let nodes = response["company"]["conversations"]["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), 100);
            let whole = |node: &Value| node["channel"]["kind"] == "WEBCHAT" && node["contact"]["phone"] == "+34600111222";
            assert!(nodes.iter().all(whole));
            let taken = count.load(Ordering::Relaxed);
            assert!(taken <= 6, "{taken} statements: {:#?}", texts.lock().unwrap());

            count.store(0, Ordering::Relaxed);
            let document = "query($id: ID!) { company(id: $id) { orders(first: 100) { nodes { \
                lines { name } payments { status } bookings { start branch { name } } reminders { kind } \
                contact { name addresses { kind } } conversation { cart { total { amount } } } \
            } } } }";
            data(&ctx, document, json!({ "id": world.ids.company })).await;
            let taken = count.load(Ordering::Relaxed);
            assert!(taken <= 16, "{taken} statements: {:#?}", texts.lock().unwrap());
        });
    }

    /// Case 55.
    async fn what_costs_too_much_is_refused_before_a_statement(kit: Kit) {
        let world = world(&kit).await;
        let (ctx, count, _) = counted(&kit, &world.owner).await;
        let wide = "query($id: ID!, $n: Int) { company(id: $id) { conversations(first: $n) { nodes { \
            messages(first: $n) { nodes { id text } } } } } }";
        for n in [100, 1_000_000, -5] {
            let response = run(&schema(), &ctx, wide, json!({ "id": world.ids.company, "n": n })).await;
            assert_eq!(code(&response), "TOO_COMPLEX", "{n}: {response:#}");
        }
        let deep = "query($id: ID!) { conversation(id: $id) { order { conversation { order { conversation { order { conversation \
            { order { conversation { order { conversation { order { id } } } } } } } } } } } } }";
        let response = run(&schema(), &ctx, deep, json!({ "id": world.ids.conversation })).await;
        assert_eq!(code(&response), "TOO_COMPLEX", "{response:#}");
        assert_eq!(count.load(Ordering::Relaxed), 0, "nothing was read");
    }

    /// Case 57: what broke inside is in the log, not in the answer.
    async fn faults_are_told_by_an_id_only(kit: Kit) {
        let world = world(&kit).await;
        kit.ctx.db().change_schema("ALTER TABLE order_line RENAME TO gone").await.unwrap();
        let document = "query($id: ID!) { order(id: $id) { number lines { name } } }";
        let response = run(&schema(), &world.owner, document, json!({ "id": world.ids.order })).await;
        assert_eq!(code(&response), "INTERNAL", "{response:#}");
        assert!(response["errors"][0]["extensions"]["requestId"].as_str().is_some_and(|id| id.len() == 36), "{response:#}");
        let text = response.to_string();
        for private in ["order_line", "SELECT", "sqlx", "relation", "no such"] {
            assert!(!text.contains(private), "{private}: {text}");
        }
        kit.ctx.db().change_schema("ALTER TABLE gone RENAME TO order_line").await.unwrap();
        let response = run(&schema(), &world.owner, document, json!({ "id": world.ids.order })).await;
        assert_eq!(response["data"]["order"]["lines"][0]["name"], "Red roses", "{response:#}");
    }

    async fn the_schema_is_told_to_those_signed_in(kit: Kit) {
        let world = world(&kit).await;
        let document = "{ __schema { queryType { name } } }";
        let asked = |ctx: Ctx, playground: bool| async move {
            let about = Installation { playground, ..Installation::default() };
            let data = request_data(ctx).installation(about);
            serde_json::to_value(schema().execute(data, Request::new(document)).await).unwrap()
        };
        let told = |response: &Value| response["data"]["__schema"]["queryType"]["name"] == "Query";
        assert!(!told(&asked(stranger(&kit), false).await));
        assert!(told(&asked(stranger(&kit), true).await));
        assert!(told(&asked(world.owner.clone(), false).await));
        // No "did you mean" for a name that is nearly right.
        let response = run(&schema(), &stranger(&kit), "{ setpu { demo } }", json!({})).await;
        assert_eq!(code(&response), "INVALID_DOCUMENT", "{response:#}");
        assert!(!response.to_string().to_lowercase().contains("did you mean") && !response.to_string().contains("\"setup\""));
    }

    async fn wrong_ids_and_long_texts_name_their_field(kit: Kit) {
        let world = world(&kit).await;
        let document = "mutation($i: OrderInput!) { cancelOrder(input: $i) { order { id } userErrors { field code } } }";
        for wrong in [world.ids.contact.as_str(), "", "order:1", "order:", "x", "order:00000000-0000-0000-0000-00000000000G"] {
            let response = data(&world.owner, document, json!({ "i": { "id": wrong } })).await;
            assert_eq!(response["cancelOrder"]["userErrors"], json!([{ "field": ["id"], "code": "NOT_FOUND" }]), "{wrong}");
        }
        let long = "x".repeat(201);
        let search = "query($id: ID!, $s: String) { company(id: $id) { contacts(search: $s) { nodes { id } } } }";
        let response = run(&schema(), &world.owner, search, json!({ "id": world.ids.company, "s": long })).await;
        assert_eq!(response["errors"][0]["extensions"]["field"], "search", "{response:#}");
        let create = "mutation($i: CreateCompanyInput!) { createCompany(input: $i) { company { id } userErrors { field code } } }";
        let input = json!({ "name": long, "type": "PRODUCT", "shopType": "", "city": "x", "language": "EN", "currency": "EURO" });
        let response = data(&world.owner, create, json!({ "i": input })).await;
        let errors = response["createCompany"]["userErrors"].as_array().unwrap();
        let fields: Vec<&str> = errors.iter().filter_map(|error| error["field"][0].as_str()).collect();
        assert_eq!(fields, ["name", "shopType", "currency"], "{response:#}");
        // A NUL is no text (PostgreSQL cannot store it).
        let nul = run(&schema(), &world.owner, search, json!({ "id": world.ids.company, "s": "a\0b" })).await;
        assert_eq!(code(&nul), "INVALID", "{nul:#}");
        for empty in [json!(null), json!(""), json!([]), json!({})] {
            let response = run(&schema(), &world.owner, "query($id: ID!) { company(id: $id) { name } }", json!({ "id": empty })).await;
            assert!(response.get("errors").is_some() && response["data"]["company"].is_null(), "{empty}: {response:#}");
        }
    }
}

/// Every list of the schema is in the table of lists.
#[test]
fn every_list_is_tried() {
    let sdl = sdl();
    let fields =
        sdl.lines().filter(|line| line.contains("Connection!") && line.trim().starts_with(char::is_lowercase)).count();
    let multi = sdl.lines().filter(|line| line.trim_start().starts_with("): ") && line.contains("Connection!")).count();
    // `problems` of an import is tried with the import, `eventsSince` has its own bound.
    assert!(fields + multi <= LISTS.len() + 2, "a new list needs its page tried: {fields} + {multi}");
}
