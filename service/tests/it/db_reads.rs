//! Reads of several at the same moment, and pages far back in a list.

use entity::stored::{ConversationOwner, ConversationStatus};
use entity::time::Time;
use entity::{contact, conversation};
use futures::future::join_all;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, DatabaseBackend, EntityTrait as _, Statement,
};
use service::access;
use service::ctx::Ctx;
use service::error::Error;
use service::inbox::{ConversationFilter, conversations};
use service::page::PageRequest;
use std::sync::{Arc, Mutex};
use testkit::{Kit, Tenant, both};
use uuid::Uuid;

type Statements = Arc<Mutex<Vec<Statement>>>;

/// A context whose statements are kept.
fn heard(kit: &Kit) -> (Ctx, Statements) {
    let statements = Statements::default();
    let kept = Arc::clone(&statements);
    let db = kit.ctx.db().clone().watched(move |statement| kept.lock().unwrap().push(statement.clone()));
    (kit.live_on(db), statements)
}

async fn talks(kit: &Kit, tenant: &Tenant, number: i64) -> Vec<Uuid> {
    let ctx = &kit.ctx;
    let tx = ctx.db().begin(&tenant.scope).await.unwrap();
    let mut ids = Vec::new();
    for at in 0..number {
        let contact = contact::ActiveModel {
            id: Set(ctx.new_id()),
            company_id: Set(tenant.company.id),
            created_at: Set(ctx.time()),
            ..Default::default()
        };
        let contact = contact::Entity::insert(contact).exec_with_returning(&tx).await.unwrap();
        let talk = conversation::ActiveModel {
            id: Set(ctx.new_id()),
            company_id: Set(tenant.company.id),
            channel_id: Set(tenant.channel.id),
            contact_id: Set(contact.id),
            status: Set(ConversationStatus::Open),
            owner: Set(ConversationOwner::Assistant),
            needs_attention: Set(false),
            dialogue: Set(serde_json::json!({})),
            revision: Set(0),
            unread_count: Set(0),
            preview: Set(String::new()),
            last_message_at: Set(Time(at)),
            created_at: Set(Time(at)),
            ..Default::default()
        };
        ids.push(talk.insert(&tx).await.unwrap().id);
    }
    ctx.commit(tx).await.unwrap();
    ids
}

both! {
    /// Twenty people of one company and one of another ask for the inbox at once: each sees what is theirs, the same is read once or
    /// twice, and so is who they are.
    async fn the_same_is_read_once_for_all(kit: Kit) {
        let (one, other) = (kit.tenant().await, kit.another_tenant("Other").await);
        let mine = talks(&kit, &one, 3).await;
        let theirs = talks(&kit, &other, 2).await;
        let (ctx, statements) = heard(&kit);
        let mut people = Vec::new();
        for _ in 0..20 {
            people.push((testkit::tenant::owner_of(&ctx, &one.scope).await, one.company.id));
        }
        people.push((testkit::tenant::owner_of(&ctx, &other.scope).await, other.company.id));
        // And one who asks for what is not theirs.
        people.push((other.as_owner(&ctx), one.company.id));
        statements.lock().unwrap().clear();
        let asked = people.iter().map(async |(person, company)| {
            let scope = access::company(person, *company).await?;
            let page = conversations(person, &scope, &ConversationFilter::default(), &PageRequest::default()).await?;
            Ok::<Vec<Uuid>, Error>(page.rows.into_iter().map(|(_, row)| row.id).collect())
        });
        let told = join_all(asked).await;
        for ids in &told[..20] {
            let mut ids = ids.as_ref().unwrap().clone();
            ids.reverse();
            assert_eq!(ids, mine);
        }
        assert_eq!(told[20].as_ref().unwrap().len(), theirs.len());
        assert!(matches!(told[21], Err(Error::NotFound("company"))), "{:?}", told[21]);
        let taken = statements.lock().unwrap().len();
        // Two each without sharing; with it, how many depends on who meets whom (7 to 26 were seen).
        assert!((3..=33).contains(&taken), "{taken} statements for 22 people");
    }

    /// Whoever has written something finds it, whatever others are reading.
    async fn who_wrote_finds_it(kit: Kit) {
        let tenant = kit.tenant().await;
        let ids = talks(&kit, &tenant, 8).await;
        let ctx = &kit.ctx;
        let asked = ids.iter().map(async |id| {
            for round in 1..=10 {
                let tx = ctx.db().begin(&tenant.scope).await.unwrap();
                let talk = conversation::ActiveModel { id: Set(*id), unread_count: Set(round), ..Default::default() };
                talk.update(&tx).await.unwrap();
                ctx.commit(tx).await.unwrap();
                let (all, page) = (ConversationFilter::default(), PageRequest::default());
                let page = conversations(ctx, &tenant.scope, &all, &page).await.unwrap();
                let found = page.rows.iter().find(|(_, row)| row.id == *id).unwrap();
                assert_eq!(found.1.unread_count, round);
            }
        });
        join_all(asked).await;
    }

    /// An index leads to a page far back: the rows before it are not read.
    async fn pages_far_back_are_found_by_the_index(kit: Kit) {
        let tenant = kit.tenant().await;
        talks(&kit, &tenant, 30).await;
        let (ctx, statements) = heard(&kit);
        let page = |after: Option<String>| PageRequest { first: Some(10), after, ..PageRequest::default() };
        let first = conversations(&ctx, &tenant.scope, &ConversationFilter::default(), &page(None)).await.unwrap();
        let cursor = first.rows.last().unwrap().0.clone();
        statements.lock().unwrap().clear();
        let second = conversations(&ctx, &tenant.scope, &ConversationFilter::default(), &page(Some(cursor))).await.unwrap();
        assert_eq!(second.rows.len(), 10);
        assert!(first.rows.last().unwrap().1.last_message_at > second.rows[0].1.last_message_at);
        let statement = statements.lock().unwrap()[0].clone();
        let sqlite = kit.ctx.db().backend() == DatabaseBackend::Sqlite;
        let (explain, wanted) = if sqlite {
            ("EXPLAIN QUERY PLAN", "(company_id=? AND (last_message_at,id)<(?,?))")
        } else {
            ("EXPLAIN", "(ROW(last_message_at, id) < ROW(")
        };
        let tx = kit.ctx.db().begin_across().await.unwrap();
        if !sqlite {
            // So few rows are read in a row, if they may be.
            tx.execute_unprepared("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off").await.unwrap();
        }
        let statement = Statement { sql: format!("{explain} {}", statement.sql), ..statement };
        let mut plan = String::new();
        for row in tx.query_all_raw(statement).await.unwrap() {
            let line: String = if sqlite { row.try_get("", "detail") } else { row.try_get_by_index(0) }.unwrap();
            plan.push_str(&line);
            plan.push('\n');
        }
        tx.rollback().await.unwrap();
        let condition = plan.lines().find(|line| line.contains(wanted));
        assert!(condition.is_some_and(|line| sqlite || line.contains("Index Cond")), "{plan}");
    }
}
