//! Two contacts become one while their talk goes on: all who change the same rows hold them in one order (ARCHITECTURE.md §4),
//! so that they wait for each other and PostgreSQL never throws one of them out. SQLite has one writer.

use crate::channel_telegram::{ANA, Bot};
use crate::commerce_support::Shop;
use entity::stored::MessageStatus;
use entity::{contact_address, conversation, message};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::json;
use service::{Ctx, inbox, job};
use std::time::Duration;
use testkit::{Backend, Kit};
use tokio::task::JoinSet;
use uuid::Uuid;

const ROSES: &str = "One rose bouquet to Valencia. I'm Ann Lee, +447700900111. I confirm the order";
const ROUNDS: i64 = 24;
const KINDS: [&str; 3] = ["answer_turn", "send_message", "gather_merged"];

/// Messages that cannot be sent, with the mark at their talk; turns that place, put aside and remember; staff who write, join
/// and change; customers who write; gathering: all at once, again and again.
#[test]
fn a_join_and_all_that_a_talk_does_wait_for_each_other() {
    testkit::run(Backend::Postgres, |kit: Kit| async move {
        let bot = Bot::connected(&kit).await;
        for kind in ["gather_merged", "expire_link", "send_reminder"] {
            kit.may_remain(kind);
        }
        let owner = testkit::tenant::owner_of(&bot.shop.kit.ctx, &bot.shop.scope).await;
        for round in 0..ROUNDS {
            let people = [ANA + 10 * round, ANA + 10 * round + 1];
            for (person, text) in people.into_iter().zip(["hello", ROSES]) {
                bot.deliver(&bot.world.write(person, &json!({ "text": text }))).await.unwrap();
            }
            bot.work().await;
            // The one that is older stays, or goes.
            let mut contacts = [contact_of(&bot.shop, people[0]).await, contact_of(&bot.shop, people[1]).await];
            contacts.rotate_left(usize::try_from(round % 2).unwrap());
            let [keep, gone] = contacts;
            // Whoever blocked the bot is not reached: each message ends with a mark at its talk.
            for person in people {
                bot.world.block(person, round % 4 != 3);
            }
            let write = async |texts: &[&str]| {
                for (person, text) in
                    people.into_iter().flat_map(|person| texts.iter().map(move |text| (person, *text)))
                {
                    bot.deliver(&bot.world.write(person, &json!({ "text": text }))).await.unwrap();
                }
            };
            // Replies that wait to be sent, and then more to answer.
            for text in ["Stop the reminders, please", "2 olive trees", "What do you sell?", "And the price?"] {
                write(&[text]).await;
                work(bot.shop.kit.ctx.clone(), "one", &["answer_turn"]).await;
            }
            write(&["hello", ROSES]).await;
            let talk = talk_of(&bot.shop, keep).await;
            let (scope, engine) = (&bot.shop.scope, &bot.shop.kit.ctx);
            let mut tasks = JoinSet::new();
            for worker in ["one", "two", "three"] {
                tasks.spawn(work(engine.clone(), worker, &KINDS));
            }
            let staff = |task: usize| {
                let (ctx, scope) = (owner.clone(), scope.clone());
                async move {
                    tokio::time::sleep(Duration::from_millis(9 * (round.unsigned_abs() % 8))).await;
                    match task {
                        0 => inbox::join_contacts(&ctx, &scope, keep, gone).await.map(|_| ()),
                        1 => inbox::send_as_operator(&ctx, &scope, talk, None, "one moment", true).await.map(|_| ()),
                        2 => inbox::mark_read(&ctx, &scope, talk).await.map(|_| ()),
                        _ => inbox::update_contact(&ctx, &scope, keep, Some("Ann".to_owned()), None).await.map(|_| ()),
                    }
                    .unwrap_or_else(|error| panic!("{task}: {}", error.private()));
                }
            };
            for task in 0..4 {
                tasks.spawn(staff(task));
            }
            tasks.join_all().await;
            kit.advance(Duration::from_secs(20));
            tokio::join!(work(engine.clone(), "one", &KINDS), work(engine.clone(), "two", &KINDS));
            let db = engine.db().read_across();
            assert_eq!(conversation::Entity::find().count(&db).await.unwrap(), u64::try_from(round).unwrap() + 1);
        }
        for _ in 0..4 {
            kit.advance(Duration::from_secs(900));
            work(bot.shop.kit.ctx.clone(), "one", &KINDS).await;
        }
        let jobs = kit.jobs().await;
        let thrown: Vec<_> =
            jobs.iter().filter_map(|job| job.last_error.as_deref()).filter(|why| why.contains("deadlock")).collect();
        assert!(thrown.is_empty(), "{thrown:?}");
        let marked = message::Entity::find().filter(message::Column::Status.eq(MessageStatus::Failed));
        assert!(marked.count(&kit.ctx.db().read_across()).await.unwrap() > 10, "there was something to mark");
    });
}

/// A worker that runs what is due of these kinds until nothing is, several jobs at once.
async fn work(ctx: Ctx, worker: &'static str, kinds: &'static [&'static str]) {
    let registry = service::jobs::registry();
    let mut idle = 0;
    while idle < 3 {
        let claimed = job::claim(&ctx, worker, kinds, 4, Duration::from_secs(60)).await.unwrap();
        if claimed.is_empty() {
            idle += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        }
        idle = 0;
        let mut runs = JoinSet::new();
        for claimed in claimed {
            let (ctx, run) = (ctx.clone(), registry.kind(&claimed.row.kind).unwrap().run(ctx.clone(), claimed.clone()));
            runs.spawn(async move {
                if let Err(failure) = run.await {
                    assert!(!failure.reason.contains("deadlock"), "{}: {}", claimed.row.kind, failure.reason);
                    job::fail(&ctx, &claimed, &failure).await.unwrap();
                }
            });
        }
        runs.join_all().await;
    }
}

async fn contact_of(shop: &Shop, person: i64) -> Uuid {
    let found = contact_address::Entity::find()
        .filter(contact_address::Column::Value.eq(person.to_string()))
        .one(&shop.kit.ctx.db().read_across())
        .await;
    found.unwrap().unwrap().contact_id
}

async fn talk_of(shop: &Shop, contact_id: Uuid) -> Uuid {
    let found = conversation::Entity::find()
        .filter(conversation::Column::ContactId.eq(contact_id))
        .one(&shop.kit.ctx.db().read_across())
        .await;
    found.unwrap().unwrap().id
}
