//! What moves, live and caught up on (reliability.md cases 63–65, 67).

use crate::gql_support::{code, data, fill, one_by_one, request, sign_in, world};
use api::graphql::{Delivery, request_data, schema};
use entity::{membership, session};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use service::access::Actor;
use service::ctx::Ctx;
use service::event::NewEvent;
use service::stored::EventKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testkit::fake::allow;
use testkit::fake::waha::{API_KEY, SESSION, Waha};

const LISTEN: &str = "subscription($id: ID!) { companyEvents(companyId: $id) { \
    cursor kind message { id text } conversation { id owner } order { id status } booking { id } job { id status } } }";
const TAKE_OVER: &str =
    "mutation($i: ConversationInput!) { takeOver(input: $i) { conversation { owner } userErrors { code } } }";

fn listen(ctx: &Ctx, company: &str) -> BoxStream<'static, Delivery> {
    one_by_one(schema().stream(request_data(ctx.clone()), request(LISTEN, json!({ "id": company }))))
}

/// The next event; none when nothing comes for a while.
async fn next(events: &mut BoxStream<'static, Delivery>) -> Option<Value> {
    let delivery = tokio::time::timeout(Duration::from_secs(2), events.next()).await.ok()??;
    Some(serde_json::from_str(&delivery.json()).unwrap())
}

/// The same for one of many, without a wait for what must not come.
async fn begin_soon(events: &mut BoxStream<'static, Delivery>) {
    let early = tokio::time::timeout(Duration::from_millis(30), events.next()).await;
    assert!(early.is_err(), "nothing has moved yet: {early:?}");
}

/// Lets the stream begin to listen: it does with its first poll.
async fn begin(events: &mut BoxStream<'static, Delivery>) {
    let early = tokio::time::timeout(Duration::from_millis(300), events.next()).await;
    assert!(early.is_err(), "nothing has moved yet: {early:?}");
}

testkit::both! {
    async fn each_tenant_hears_its_own(kit: Kit) {
        let mine = world(&kit).await;
        let other = kit.another_tenant("Other").await;
        let other = fill(&kit, other).await;
        let mut heard = listen(&mine.owner, &mine.ids.company);
        begin(&mut heard).await;
        data(&other.owner, TAKE_OVER, json!({ "i": { "id": other.ids.conversation } })).await;
        data(&mine.owner, TAKE_OVER, json!({ "i": { "id": mine.ids.conversation } })).await;
        let event = next(&mut heard).await.unwrap();
        let event = &event["data"]["companyEvents"];
        assert_eq!(event["kind"], "CONVERSATION", "{event:#}");
        assert_eq!(event["conversation"], json!({ "id": mine.ids.conversation, "owner": "OPERATOR" }));
        assert!(event["message"].is_null() && event["order"].is_null() && event["job"].is_null(), "{event:#}");

        let send = "mutation($i: SendMessageInput!) { sendMessage(input: $i) { message { id } userErrors { code } } }";
        let sent = data(&mine.owner, send, json!({ "i": { "conversationId": mine.ids.conversation, "text": "Hello" } })).await;
        let event = next(&mut heard).await.unwrap()["data"]["companyEvents"].clone();
        assert_eq!(event["kind"], "MESSAGE", "{event:#}");
        assert_eq!(event["message"]["id"], sent["sendMessage"]["message"]["id"]);
        assert_eq!(event["conversation"]["id"], mine.ids.conversation.as_str(), "a message tells where it belongs");

        let retry = "mutation($i: JobInput!) { retryJob(input: $i) { job { status } userErrors { code } } }";
        data(&mine.owner, retry, json!({ "i": { "id": mine.ids.job } })).await;
        let mut job = next(&mut heard).await.unwrap()["data"]["companyEvents"].clone();
        if job["kind"] == "CONVERSATION" {
            job = next(&mut heard).await.unwrap()["data"]["companyEvents"].clone();
        }
        assert_eq!(job["job"], json!({ "id": mine.ids.job, "status": "WAITING" }), "{job:#}");
    }

    /// Case 63: without a session nothing more is heard.
    async fn a_stream_ends_with_its_session(kit: Kit) {
        let mine = world(&kit).await;
        let mut heard = listen(&mine.owner, &mine.ids.company);
        begin(&mut heard).await;
        let Actor::User { session_id, .. } = mine.owner.actor().clone() else { panic!("signed in") };
        let tx = kit.ctx.db().begin_across().await.unwrap();
        session::Entity::delete_many().filter(session::Column::Id.eq(session_id)).exec(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        let again = sign_in(&kit.ctx, mine.tenant.owner.id).await;
        data(&again, TAKE_OVER, json!({ "i": { "id": mine.ids.conversation } })).await;
        let end = next(&mut heard).await.unwrap();
        assert_eq!(code(&end), "UNAUTHENTICATED", "{end:#}");
        assert!(next(&mut heard).await.is_none(), "nothing follows");
    }

    /// Case 63: who is no longer of the company hears nothing more of it.
    async fn a_stream_ends_with_its_right(kit: Kit) {
        let mine = world(&kit).await;
        let mut heard = listen(&mine.agent, &mine.ids.company);
        begin(&mut heard).await;
        let Actor::User { user_id, .. } = mine.agent.actor().clone() else { panic!("signed in") };
        let tx = kit.ctx.db().begin_across().await.unwrap();
        membership::Entity::delete_many().filter(membership::Column::UserId.eq(user_id)).exec(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        data(&mine.owner, TAKE_OVER, json!({ "i": { "id": mine.ids.conversation } })).await;
        let end = next(&mut heard).await.unwrap();
        assert_eq!(code(&end), "NOT_FOUND", "{end:#}");
        assert!(!end.to_string().contains(&mine.ids.conversation), "{end:#}");
        assert!(next(&mut heard).await.is_none(), "nothing follows");
    }

    /// Case 64, with many events of two tenants mixed: each hears exactly its own.
    async fn each_hears_exactly_its_own(kit: Kit) {
        let mine = world(&kit).await;
        let other = kit.another_tenant("Other").await;
        let other = fill(&kit, other).await;
        let (mut ours, mut theirs) = (listen(&mine.owner, &mine.ids.company), listen(&other.owner, &other.ids.company));
        begin(&mut ours).await;
        begin(&mut theirs).await;
        for round in 0..100 {
            let mut told = [String::new(), String::new()];
            for at in [round % 2, 1 - round % 2] {
                let world = [&mine, &other][at];
                let id = kit.ctx.new_id();
                told[at] = id.to_string();
                let (company_id, kind) = (world.tenant.company.id, EventKind::Order);
                kit.ctx.engine().bus.publish(NewEvent { id, company_id, kind, subject_id: kit.ctx.new_id() });
            }
            for (stream, told) in [&mut ours, &mut theirs].into_iter().zip(&told) {
                let event = next(stream).await.unwrap();
                assert_eq!(event["data"]["companyEvents"]["cursor"], told.as_str(), "{event:#}");
            }
        }
    }

    /// The code that links a phone: each new one, each state, to its end; not for those who only talk to customers.
    async fn a_code_is_shown_live(kit: Kit) {
        let waha = Waha::default();
        let server = waha.start().await;
        let kit = kit.with_engine(|engine| allow(engine, &server));
        kit.may_remain("watch_channel");
        let mine = world(&kit).await;
        let connect = "mutation($i: ConnectWahaInput!) { connectWaha(input: $i) { channel { id session } userErrors { code } } }";
        let input = json!({ "companyId": mine.ids.company, "name": "Phone", "url": server.url(), "apiKey": API_KEY, "session": SESSION });
        let made = data(&mine.owner, connect, json!({ "i": input })).await;
        let id = made["connectWaha"]["channel"]["id"].as_str().unwrap().to_owned();
        let document = "subscription($id: ID!) { channelCode(channelId: $id) { session value number of errorCode } }";
        let watch = |ctx: &Ctx| one_by_one(schema().stream(request_data(ctx.clone()), request(document, json!({ "id": id }))));
        let refused = next(&mut watch(&mine.agent)).await.unwrap();
        assert_eq!(code(&refused), "FORBIDDEN");
        let mut shown = watch(&mine.owner);
        let shown_next = async |shown: &mut BoxStream<'static, Delivery>| {
            // Longer than the tick between two looks.
            let response = tokio::time::timeout(Duration::from_secs(10), shown.next()).await.unwrap();
            serde_json::from_str::<Value>(&response.unwrap().json()).unwrap()["data"]["channelCode"].clone()
        };
        assert_eq!(shown_next(&mut shown).await["session"], "STARTING", "before there is a session");
        kit.drain_with(&service::jobs::registry()).await;
        assert_eq!(shown_next(&mut shown).await["value"], "2@code1/abc,def==");
        waha.next_code(SESSION);
        assert_eq!(shown_next(&mut shown).await["value"], "2@code2/abc,def==");
        for _ in 0..5 {
            waha.next_code(SESSION);
        }
        assert_eq!(shown_next(&mut shown).await["session"], "FAILED");
        waha.scan(SESSION, "+34600999888");
        let linked = shown_next(&mut shown).await;
        assert_eq!((&linked["session"], &linked["value"]), (&json!("WORKING"), &Value::Null));
        assert!(shown.next().await.is_none(), "it ends");
    }

    /// Case 67: what was missed is said.
    async fn a_slow_listener_is_told_to_read_anew(kit: Kit) {
        let mine = world(&kit).await;
        let schema = schema();
        let open = || one_by_one(schema.stream(request_data(mine.owner.clone()), request(LISTEN, json!({ "id": mine.ids.company }))));
        let (mut slow, mut quick) = (open(), open());
        begin(&mut slow).await;
        begin(&mut quick).await;
        let publish = || {
            let (id, subject_id) = (kit.ctx.new_id(), kit.ctx.new_id());
            let event = NewEvent { id, company_id: mine.tenant.company.id, kind: EventKind::Order, subject_id };
            kit.ctx.engine().bus.publish(event);
        };
        // One reads each, the other none.
        for _ in 0..50 {
            publish();
            let event = next(&mut quick).await.unwrap()["data"]["companyEvents"].clone();
            assert!(event["kind"] == "ORDER" && event["order"].is_null(), "gone things are null: {event:#}");
        }
        let mut kinds = Vec::new();
        while let Some(event) = next(&mut slow).await {
            kinds.push(event["data"]["companyEvents"]["kind"].clone());
        }
        assert!(kinds.len() < 50 && kinds.iter().rev().skip(1).all(|kind| *kind == "ORDER"), "{kinds:?}");
        assert_eq!(kinds.last(), Some(&json!("RESYNC")), "{kinds:?}");
        // More than anybody can be told of.
        for _ in 0..5_000 {
            publish();
        }
        while next(&mut quick).await.expect("a word that something was missed")["data"]["companyEvents"]["kind"] != "RESYNC" {}
        // What comes after it is heard again.
        while next(&mut slow).await.is_some() {}
        data(&mine.owner, TAKE_OVER, json!({ "i": { "id": mine.ids.conversation } })).await;
        let after = next(&mut slow).await.unwrap()["data"]["companyEvents"].clone();
        assert_eq!(after["conversation"]["owner"], "OPERATOR", "{after:#}");
    }

    /// An answer is made once for all who listen alike: under the right of those it goes to, in their role, in their language.
    async fn who_listens_alike_is_told_the_same(kit: Kit) {
        let mine = world(&kit).await;
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        let kit = kit.with_engine(move |engine| {
            engine.db = engine.db.clone().watched(move |_| {
                counter.fetch_add(1, Ordering::Relaxed);
            });
        });
        let (owner, agent) = (kit.ctx.with_actor(mine.owner.actor().clone()), kit.ctx.with_actor(mine.agent.actor().clone()));
        let schema = schema();
        let document = request(LISTEN, json!({ "id": mine.ids.company })).query;
        let open = |ctx: &Ctx| {
            let request = request(&document, json!({ "id": mine.ids.company }));
            one_by_one(schema.stream(request_data(ctx.clone()), request))
        };
        let mut owners: Vec<_> = (0..20).map(|_| open(&owner)).collect();
        let mut agents: Vec<_> = (0..20).map(|_| open(&agent)).collect();
        for heard in owners.iter_mut().chain(&mut agents) {
            begin_soon(heard).await;
        }
        let told = |kind, subject_id| {
            let event = NewEvent { id: kit.ctx.new_id(), company_id: mine.tenant.company.id, kind, subject_id };
            kit.ctx.engine().bus.publish(event);
        };
        let job = entity::job::Entity::find()
            .filter(entity::job::Column::CompanyId.eq(mine.tenant.company.id))
            .one(&kit.ctx.db().read_across()).await.unwrap().unwrap();
        statements.store(0, Ordering::Relaxed);
        told(EventKind::Job, job.id);
        for heard in &mut owners {
            let event = next(heard).await.unwrap()["data"]["companyEvents"].clone();
            assert!(event["job"]["id"].is_string(), "{event:#}");
        }
        for heard in &mut agents {
            let event = next(heard).await.unwrap()["data"]["companyEvents"].clone();
            assert!(event["kind"] == "JOB" && event["job"].is_null(), "agents do not see jobs: {event:#}");
        }
        let taken = statements.load(Ordering::Relaxed);
        assert!(taken <= 12, "{taken} statements for forty listeners");
    }

    /// Case 65: between a cursor and now nothing is lost.
    async fn what_was_missed_is_caught_up_on(kit: Kit) {
        let mine = world(&kit).await;
        let cursor = data(&mine.owner, "query($id: ID!) { company(id: $id) { eventCursor } }", json!({ "id": mine.ids.company })).await;
        let cursor = cursor["company"]["eventCursor"].as_str().unwrap().to_owned();
        kit.advance(Duration::from_secs(30));
        data(&mine.owner, TAKE_OVER, json!({ "i": { "id": mine.ids.conversation } })).await;
        let since = "query($id: ID!, $c: String!, $n: Int) { eventsSince(companyId: $id, cursor: $c, first: $n) { \
            resync hasNextPage endCursor events { cursor kind conversation { id owner } } } }";
        let missed = data(&mine.owner, since, json!({ "id": mine.ids.company, "c": cursor, "n": 200 })).await;
        let missed = &missed["eventsSince"];
        assert_eq!(missed["resync"], false);
        let last = missed["events"].as_array().unwrap().last().unwrap();
        assert_eq!(last["conversation"], json!({ "id": mine.ids.conversation, "owner": "OPERATOR" }), "{missed:#}");
        assert_eq!(last["cursor"], missed["endCursor"]);
        for (cursor, first, field) in [("x", 1, "cursor"), (cursor.as_str(), 0, "first"), (cursor.as_str(), 501, "first")] {
            let variables = json!({ "id": mine.ids.company, "c": cursor, "n": first });
            let response = crate::gql_support::run(&schema(), &mine.owner, since, variables).await;
            assert_eq!(response["errors"][0]["extensions"]["field"], field, "{response:#}");
        }
        kit.advance(Duration::from_secs(50 * 3600));
        let late = sign_in(&kit.ctx, mine.tenant.owner.id).await;
        let old = data(&late, since, json!({ "id": mine.ids.company, "c": cursor })).await;
        assert_eq!(old["eventsSince"]["resync"], true, "a cursor of two days ago");
    }
}
