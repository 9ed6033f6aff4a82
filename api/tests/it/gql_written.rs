//! Lists that are written at once say the same as the library would.

use crate::gql_support::{World, insert, talk, world};
use api::graphql::{request_data, schema};
use async_graphql::{Request, Variables};
use entity::message;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;

const CONVERSATION: &[&str] = &[
    "__typename",
    "id",
    "status",
    "owner",
    "needsAttention",
    "attentionReason",
    "language",
    "unreadCount",
    "lastMessageAt",
    "preview",
    "createdAt",
];
const CONTACT: &[&str] = &["__typename", "id", "name", "phone", "language", "createdAt"];
const CHANNEL: &[&str] = &[
    "id",
    "kind",
    "provider",
    "name",
    "status",
    "quietPeriodMs",
    "maxChars",
    "widgetKey",
    "lastError",
    "errorCode",
    "errorCount",
    "connectedAt",
    "account",
    "server",
    "__typename",
];
const MESSAGE: &[&str] = &[
    "id",
    "conversationId",
    "direction",
    "author",
    "text",
    "language",
    "status",
    "error",
    "createdAt",
    "turnId",
    "__typename",
];

/// A field as a client may write it: plain, under another name, in a fragment, switched on or off.
fn field(type_name: &'static str, name: String) -> impl Strategy<Value = String> {
    (0..7_u8, 0..3_u8).prop_map(move |(form, alias)| match form {
        0 => format!("a{alias}_{}: {name}", name.split([' ', '{']).next().unwrap_or_default().trim_start_matches('_')),
        1 => format!("... on {type_name} {{ {name} }}"),
        2 => format!("... {{ {name} }}"),
        3 => format!("... @include(if: $on) {{ {name} }}"),
        4 if !name.contains('{') => format!("{name} @skip(if: $on)"),
        _ => name.clone(),
    })
}

fn selection(type_name: &'static str, fields: &'static [&'static str]) -> impl Strategy<Value = String> {
    let one = prop::sample::select(fields).prop_flat_map(move |name| field(type_name, name.to_owned()));
    prop::collection::vec(one, 1..8).prop_map(|all| all.join(" "))
}

fn conversation() -> impl Strategy<Value = String> {
    let contact =
        selection("Contact", CONTACT).prop_flat_map(|inner| field("Conversation", format!("contact {{ id {inner} }}")));
    let channel =
        selection("Channel", CHANNEL).prop_flat_map(|inner| field("Conversation", format!("channel {{ id {inner} }}")));
    let fields = selection("Conversation", CONVERSATION);
    (fields, prop::collection::vec(prop_oneof![contact.boxed(), channel.boxed()], 0..4))
        .prop_map(|(fields, edges)| format!("id {fields} {}", edges.join(" ")))
}

/// The list as it is answered, and whether it was written at once.
async fn list(world: &World, document: &str) -> (Value, bool) {
    let variables = json!({ "company": world.ids.company, "conversation": world.ids.conversation, "on": true });
    let request = Request::new(document).variables(Variables::from_json(variables));
    let response = schema().execute(request_data(world.owner.clone()), request).await;
    assert!(response.errors.is_empty(), "{document}: {:?}", response.errors);
    let written = format!("{:?}", response.data).contains("RawValue");
    (serde_json::to_value(&response).unwrap(), written)
}

/// The same twice: once as it is, once in a form that leaves the list to the library.
async fn compare(world: &World, root: &str, path: [&str; 2], asked: &str) {
    let document = |other: &str| {
        let used = "... on Query @include(if: $on) { __typename }";
        format!(
            "query($company: ID!, $conversation: ID!, $on: Boolean!) {{ {used} \
            a: company(id: $company) {{ id }} b: conversation(id: $conversation) {{ id }} \
            {root} {{ list: {} {{ {other} nodes {{ {asked} }} }} }} }}",
            path[1]
        )
    };
    let (at_once, written) = list(world, &document("")).await;
    let (by_library, left) = list(world, &document("... { __typename }")).await;
    assert!(written && !left, "{asked}");
    let nodes = |value: &Value| value["data"][path[0]]["list"]["nodes"].clone();
    assert!(nodes(&at_once).as_array().is_some_and(|nodes| nodes.len() > 2), "{at_once:#}");
    assert_eq!(nodes(&at_once), nodes(&by_library), "{asked}");
}

testkit::both! {
    async fn written_at_once_is_what_the_library_says(kit: Kit) {
        let world = world(&kit).await;
        for name in ["Ana \"la de\\siempre\"", "Ольга\n\u{1}", "   ", "Әсем 🌹 \u{2028}</script>"] {
            talk(&kit.ctx, &world.tenant, name).await;
        }
        let mut runner = TestRunner::deterministic();
        for _ in 0..60 {
            let asked = conversation().new_tree(&mut runner).unwrap().current();
            compare(&world, "company(id: $company)", ["company", "conversations(first: 5)"], &asked).await;
            let asked = selection("Contact", CONTACT).new_tree(&mut runner).unwrap().current();
            compare(&world, "company(id: $company)", ["company", "contacts(first: 5)"], &format!("id {asked}")).await;
        }
        let conversation = world.ids.conversation.trim_start_matches("conversation:").parse::<Uuid>().unwrap();
        let said = message::Entity::find().filter(message::Column::ConversationId.eq(conversation));
        let said = said.one(&kit.ctx.db().read_across()).await.unwrap().unwrap();
        for number in 0..3 {
            let text = format!("line {number}\tand \"more\"");
            let row = message::Model { id: kit.ctx.new_id(), text, ..said.clone() };
            insert::<message::Entity, message::ActiveModel>(&kit.ctx, row.into()).await;
        }
        for _ in 0..20 {
            let asked = selection("Message", MESSAGE).new_tree(&mut runner).unwrap().current();
            let root = "conversation(id: $conversation)";
            compare(&world, root, ["conversation", "messages(first: 5)"], &format!("id {asked}")).await;
        }
    }

    async fn what_cannot_be_written_is_left_to_the_library(kit: Kit) {
        let world = world(&kit).await;
        for asked in ["id messages(first: 1) { nodes { id } }", "id contact { id addresses { kind } }", "id order { id }"] {
            let document = format!(
                "query($company: ID!) {{ company(id: $company) {{ conversations(first: 5) {{ nodes {{ {asked} }} }} }} }}"
            );
            let variables = json!({ "company": world.ids.company });
            let request = Request::new(document).variables(Variables::from_json(variables));
            let response = schema().execute(request_data(world.owner.clone()), request).await;
            assert!(response.errors.is_empty(), "{asked}: {:?}", response.errors);
            let value = serde_json::to_value(&response).unwrap();
            let nodes = value["data"]["company"]["conversations"]["nodes"].as_array().unwrap();
            assert!(!nodes.is_empty() && nodes.iter().all(|node| node["id"].is_string()), "{asked}: {value:#}");
        }
    }
}
