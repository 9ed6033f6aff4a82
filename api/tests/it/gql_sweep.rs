//! Every root field of the schema, called by a stranger, by another tenant's owner with this tenant's ids, and by the lowest
//! role. A field without a case fails the test (style.md habit 6, reliability.md cases 68 and 75).

mod cases;

use crate::gql_support::{Ids, World, code, everything, fill, one_by_one, request, run, stranger, world};
use api::graphql::{request_data, schema, sdl};
use cases::{Agent, Case, Stranger, cases};
use futures::StreamExt as _;
use serde_json::{Value, json};
use service::ctx::Ctx;
use std::collections::BTreeSet;
use testkit::Kit;

impl Case {
    async fn call(&self, ctx: &Ctx, mine: &Ids, target: &Ids) -> Value {
        let mut variables = (self.variables)(mine, target);
        if self.document.starts_with("mutation($i") {
            variables = json!({ "i": variables });
        }
        let schema = schema();
        if self.document.starts_with("subscription") {
            let data = request_data(ctx.clone());
            let mut events = one_by_one(schema.stream(data, request(self.document, variables)));
            // A stream that was let in says nothing while nothing moves.
            let first = tokio::time::timeout(std::time::Duration::from_millis(300), events.next()).await;
            return match first {
                Ok(Some(delivery)) => serde_json::from_str(&delivery.json()).unwrap(),
                Ok(None) => json!({ "ended": true }),
                Err(_) => json!({ "data": { "listening": true } }),
            };
        }
        run(&schema, ctx, self.document, variables).await
    }
}

fn root_fields() -> BTreeSet<String> {
    let sdl = sdl();
    let mut fields = BTreeSet::new();
    let mut within = false;
    let mut in_text = false;
    for line in sdl.lines() {
        if line.trim().starts_with("\"\"\"") {
            let on_one_line = line.trim().len() > 3 && line.trim().ends_with("\"\"\"");
            in_text = !(on_one_line || in_text);
        } else if ["type Query {", "type Mutation {", "type Subscription {"].contains(&line) {
            within = true;
        } else if line == "}" {
            within = false;
        } else if within && !in_text && line.starts_with('\t') && !line.starts_with("\t\t") {
            let name: String = line.trim().chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            if !name.is_empty() {
                fields.insert(name);
            }
        }
    }
    fields
}

#[test]
fn every_root_field_has_a_case() {
    let fields = root_fields();
    assert!(fields.len() > 40, "{fields:?}");
    let known: BTreeSet<String> = cases().map(|case| case.field.to_owned()).collect();
    assert_eq!(fields, known, "a new root field needs a case, an old case goes with its field");
}

async fn two(kit: &Kit) -> (World, World) {
    let mine = world(kit).await;
    let other = kit.another_tenant("Other").await;
    let other = fill(kit, other).await;
    (mine, other)
}

testkit::both! {
    async fn strangers_get_nothing(kit: Kit) {
        let world = world(&kit).await;
        let before = everything(&kit.ctx).await;
        for case in cases() {
            let response = case.call(&stranger(&kit), &world.ids, &world.ids).await;
            match case.stranger {
                Stranger::Denied => assert_eq!(code(&response), "UNAUTHENTICATED", "{}: {response:#}", case.field),
                Stranger::Served => assert!(response.get("errors").is_none(), "{}: {response:#}", case.field),
            }
            assert!(!response.to_string().contains(&world.tenant.company.id.to_string()), "{}: {response:#}", case.field);
        }
        assert_eq!(before, everything(&kit.ctx).await, "a stranger changed something");
    }

    async fn another_tenants_things_are_as_if_they_did_not_exist(kit: Kit) {
        let (mine, other) = two(&kit).await;
        let nothing = Ids::random(&kit.ctx);
        let before = everything(&kit.ctx).await;
        for case in cases().filter(|case| case.named) {
            let theirs = case.call(&mine.owner, &mine.ids, &other.ids).await;
            let random = case.call(&mine.owner, &mine.ids, &nothing).await;
            assert_eq!(code(&theirs), "NOT_FOUND", "{}: {theirs:#}", case.field);
            assert_eq!(theirs, random, "{}", case.field);
        }
        for case in cases().filter(|case| !case.named && case.document.starts_with('{')) {
            let response = case.call(&mine.owner, &mine.ids, &mine.ids).await.to_string();
            assert!(!response.contains(&other.tenant.company.id.to_string()), "{}: {response}", case.field);
        }
        assert_eq!(before, everything(&kit.ctx).await, "another tenant's rows were changed");
    }

    async fn agents_do_what_the_matrix_says(kit: Kit) {
        let world = world(&kit).await;
        for case in cases().filter(|case| case.agent == Agent::MayNot) {
            let before = everything(&kit.ctx).await;
            let response = case.call(&world.agent, &world.ids, &world.ids).await;
            assert_eq!(code(&response), "FORBIDDEN", "{}: {response:#}", case.field);
            assert_eq!(before, everything(&kit.ctx).await, "{} changed something", case.field);
        }
        for case in cases().filter(|case| case.agent == Agent::May) {
            let response = case.call(&world.agent, &world.ids, &world.ids).await;
            assert!(response.get("errors").is_none(), "{}: {response:#}", case.field);
        }
    }

    /// What an agent may not do, the owner may: the matrix refuses for the role and for nothing else.
    async fn owners_do_all_of_it(kit: Kit) {
        let world = world(&kit).await;
        for case in cases().filter(|case| case.agent != Agent::ElseWhere) {
            let response = case.call(&world.owner, &world.ids, &world.ids).await;
            assert!(response.get("errors").is_none(), "{}: {response:#}", case.field);
        }
    }
}
