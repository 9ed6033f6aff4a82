//! Two contacts that are one person become one: nothing is lost, nothing twice, the old ids lead on.

use crate::channel_waha::Phone;
use crate::commerce_support::Shop;
use domain::channel::ChannelKind;
use entity::stored::{ConversationOwner, JobStatus, MessageAuthor, MessageDirection, MessageStatus};
use entity::{channel, contact, contact_address, conversation, merged, message};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Statement,
};
use serde_json::json;
use service::inbox::{Address, Incoming};
use service::{Error, access};
use std::collections::{BTreeMap, BTreeSet};
use testkit::fake::waha::SESSION;
use testkit::{Backend, Kit};
use uuid::Uuid;

const ROSES: &str = "One rose bouquet to Valencia. I'm Ann Lee, +447700900111. I confirm the order";
const LID: &str = "999@lid";

testkit::both! {
    /// Somebody who is known by the phone orders, then writes under a hidden address; WAHA learns later whose it is.
    async fn a_hidden_address_joins_the_contact_of_its_phone(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        kit.may_remain("identify_contact");
        kit.may_remain("gather_merged");
        kit.may_remain("expire_link");
        kit.may_remain("send_reminder");
        phone.says(ROSES).await;
        phone.work().await;
        let known = phone.contacts().await.remove(0);
        phone.deliver(&phone.world.write(SESSION, LID, &json!({ "body": "hello" }))).await.unwrap();
        phone.work().await;
        let hidden = phone.contacts().await.into_iter().find(|contact| contact.id != known.id).unwrap();
        let (of_known, of_hidden) = (talk_of(&phone.shop, known.id).await, talk_of(&phone.shop, hidden.id).await);
        let said = phone.messages(MessageDirection::Inbound).await.len();
        let replies = phone.messages(MessageDirection::Outbound).await.len();
        phone.world.know_lid(LID, "+34600111222");
        phone.later(601).await;
        // One contact, one conversation, with everything of both.
        let contacts = phone.contacts().await;
        assert_eq!(contacts.iter().map(|contact| contact.id).collect::<Vec<_>>(), [known.id]);
        let one = phone.conversation().await;
        assert_eq!((one.id, one.contact_id), (of_known.id, known.id));
        assert_eq!(one.current_order_id, Some(phone.shop.order().await.id), "the talk goes on at the order");
        for direction in [MessageDirection::Inbound, MessageDirection::Outbound, MessageDirection::Note] {
            assert!(phone.messages(direction).await.iter().all(|message| message.conversation_id == one.id));
        }
        assert_eq!(phone.messages(MessageDirection::Inbound).await.len(), said);
        assert_eq!(phone.messages(MessageDirection::Outbound).await.len(), replies, "nothing is answered twice");
        let notes = phone.messages(MessageDirection::Note).await;
        assert_eq!((notes.len(), notes[0].author), (1, MessageAuthor::System));
        assert!(notes[0].text.contains("the same person"), "{}", notes[0].text);
        // Links that people kept lead on.
        let ctx = &phone.shop.kit.ctx;
        let owner = testkit::tenant::owner_of(ctx, &phone.shop.scope).await;
        let (_, row) = access::of::<conversation::Entity>(&owner, of_hidden.id, "conversation").await.unwrap();
        assert_eq!(row.id, one.id);
        let (_, row) = access::of::<contact::Entity>(&owner, hidden.id, "contact").await.unwrap();
        assert_eq!(row.id, known.id);
        // Whoever writes under either address is the same from then on.
        phone.deliver(&phone.world.write(SESSION, LID, &json!({ "body": "are you there?" }))).await.unwrap();
        phone.says("hello again").await;
        phone.work().await;
        assert_eq!((phone.contacts().await.len(), talks(&phone.shop).await.len()), (1, 1));
        let asked = phone.server.calls("/lids/").len();
        phone.later(100_000).await;
        assert_eq!(phone.server.calls("/lids/").len(), asked, "it is known");
        phone.server.check();
    }

    /// A number that a customer only typed is no word for who that is.
    async fn a_typed_phone_joins_nobody(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        for kind in ["identify_contact", "expire_link", "send_reminder"] {
            kit.may_remain(kind);
        }
        phone.says("hello").await;
        phone.work().await;
        let typed = "One rose bouquet to Valencia. I'm Ann Lee, +34600111222. I confirm the order";
        phone.deliver(&phone.world.write(SESSION, LID, &json!({ "body": typed }))).await.unwrap();
        phone.work().await;
        phone.deliver(&phone.world.write(SESSION, LID, &json!({ "body": "thanks" }))).await.unwrap();
        phone.later(601).await;
        let contacts = phone.contacts().await;
        assert_eq!(contacts.len(), 2);
        assert!(contacts.iter().all(|contact| contact.phone.as_deref() == Some("+34600111222")), "{contacts:?}");
        // It is asked for still, and what WAHA says then counts.
        phone.world.know_lid(LID, "+34600777666");
        phone.later(3601).await;
        assert_eq!(phone.contacts().await.len(), 2, "they are two people");
        let attested = contact_address::Entity::find()
            .filter(contact_address::Column::Value.eq("+34600777666"))
            .one(&kit.ctx.db().read_across())
            .await
            .unwrap();
        assert!(attested.is_some_and(|address| address.trusted));
    }

    /// The phone comes with the message itself.
    async fn a_message_that_attests_the_phone_joins_first(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        kit.may_remain("identify_contact");
        kit.may_remain("gather_merged");
        phone.deliver(&phone.world.write(SESSION, LID, &json!({ "body": "hello" }))).await.unwrap();
        phone.says("good morning").await;
        phone.work().await;
        assert_eq!(phone.contacts().await.len(), 2);
        let shop = &phone.shop;
        let hidden = hidden_contact(&kit).await;
        assert_eq!(talk_of(shop, hidden).await.channel_id, phone.channel.id);
        let alternative = json!({ "body": "me again", "_data": { "key": { "remoteJidAlt": "34600111222@s.whatsapp.net" } } });
        phone.deliver(&phone.world.write(SESSION, LID, &alternative)).await.unwrap();
        phone.world.know_lid(LID, "+34600111222");
        phone.work().await;
        phone.later(601).await;
        assert_eq!((phone.contacts().await.len(), talks(shop).await.len()), (1, 1));
        assert_eq!(phone.messages(MessageDirection::Inbound).await.len(), 3);
        let unanswered = phone.messages(MessageDirection::Inbound).await;
        assert!(unanswered.iter().all(|message| message.turn_id.is_some()), "{unanswered:?}");
    }

    /// Whatever two contacts have, all of it is the one's afterwards, and nothing names the other.
    async fn all_that_two_have_is_one(kit: Kit) {
        let shop = Shop::open(kit.clone()).await;
        let owner = testkit::tenant::owner_of(&kit.ctx, &shop.scope).await;
        let elsewhere = service::channel::trial(&kit.ctx, &shop.scope, ChannelKind::Whatsapp).await.unwrap();
        let elsewhere = service::channel::update(&kit.ctx, &shop.scope, elsewhere.id, None, Some(0)).await.unwrap();
        for kind in ["gather_merged", "answer_turn", "send_message", "book_order"] {
            kit.may_remain(kind);
        }
        let deed = prop_oneof![
            4 => Just(Deed::Say("hello")),
            3 => Just(Deed::Say(ROSES)),
            2 => Just(Deed::Say("2 olive trees")),
            1 => Just(Deed::Say("Stop the reminders, please")),
            1 => Just(Deed::TakeOver),
            2 => Just(Deed::Elsewhere("hello")),
            2 => Just(Deed::Unanswered),
        ];
        let plans = (prop::collection::vec(deed.clone(), 1..5), prop::collection::vec(deed, 1..5));
        let mut runner = TestRunner::deterministic();
        for round in 0..6 {
            let plan = plans.new_tree(&mut runner).unwrap().current();
            let (keep, gone) = (format!("keep{round}"), format!("gone{round}"));
            for (customer, deeds) in [(&keep, &plan.0), (&gone, &plan.1)] {
                for deed in deeds {
                    carry_out(&shop, &elsewhere, customer, deed).await;
                }
            }
            let (keep_id, gone_id) = (contact_of(&shop, &keep).await, contact_of(&shop, &gone).await);
            let gone_talks: Vec<Uuid> = talks_of(&shop, gone_id).await.iter().map(|talk| talk.id).collect();
            let before = counts(&kit).await;
            let held = held(&shop, keep_id).await || held(&shop, gone_id).await;
            let kept = service::inbox::join_contacts(&owner, &shop.scope, keep_id, gone_id).await.unwrap();
            assert_eq!(kept.id, keep_id);
            assert_eq!(counts(&kit).await, before, "{plan:?}");
            let after = talks_of(&shop, keep_id).await;
            let no_more = gone_talks.iter().filter(|id| !after.iter().any(|talk| talk.id == **id));
            for id in no_more.chain([&gone_id]) {
                let traces = traces(&kit, *id).await;
                // Where it leads, what was told of it, and jobs: those that are over, and the one that looks once more.
                let known = ["merged.id", "event.subject_id", "job.subject_id"];
                assert!(traces.iter().all(|trace| known.contains(&trace.as_str())), "{plan:?}: {traces:?}");
                assert!(traces.iter().any(|trace| trace == "merged.id"), "{traces:?}");
                let waits = kit.jobs().await.into_iter().filter(|job| job.status == JobStatus::Waiting);
                let waits: Vec<_> = waits.filter(|job| job.subject_id == Some(*id)).map(|job| job.kind).collect();
                assert!(waits.iter().all(|kind| kind == "gather_merged"), "{plan:?}: {waits:?}");
            }
            let channels: BTreeSet<Uuid> = after.iter().map(|talk| talk.channel_id).collect();
            assert_eq!(channels.len(), after.len(), "one conversation a channel");
            let is_held = after.iter().any(|talk| talk.owner == ConversationOwner::Operator);
            assert_eq!(is_held, held, "who held either holds it: {plan:?}");
            // Twice is once.
            service::inbox::join_contacts(&owner, &shop.scope, keep_id, gone_id).await.unwrap();
            assert_eq!(counts(&kit).await, before);
            shop.run().await;
            for talk in &after {
                if talk.owner == ConversationOwner::Assistant {
                    let open = message::Entity::find()
                        .filter(message::Column::ConversationId.eq(talk.id))
                        .filter(message::Column::Direction.eq(MessageDirection::Inbound))
                        .filter(message::Column::TurnId.is_null())
                        .count(&kit.ctx.db().read_across())
                        .await
                        .unwrap();
                    assert_eq!(open, 0, "everything is answered: {plan:?}");
                }
            }
            let receipt = shop.write(&gone, "hello").await;
            assert!(after.iter().any(|talk| talk.id == receipt.conversation_id));
            shop.run().await;
        }
        assert!(shop.orders().await.len() > 3, "there was something to lose");
    }

    /// What began before and ends after is gathered: a message and its turn under the ids that are no more.
    async fn what_was_on_its_way_is_gathered(kit: Kit) {
        let shop = Shop::open(kit.clone()).await;
        let owner = testkit::tenant::owner_of(&kit.ctx, &shop.scope).await;
        shop.say("keep", "hello").await;
        shop.say("gone", "hello").await;
        let (keep, gone) = (contact_of(&shop, "keep").await, contact_of(&shop, "gone").await);
        let old = talk_of(&shop, gone).await;
        service::inbox::join_contacts(&owner, &shop.scope, keep, gone).await.unwrap();
        // As a transaction leaves them that had read the contact before.
        let first = late_message(&shop, old.id).await;
        let other = service::channel::trial(&kit.ctx, &shop.scope, ChannelKind::Whatsapp).await.unwrap();
        let made = conversation::Model { id: kit.ctx.new_id(), channel_id: other.id, ..old.clone() };
        let second = late_message(&shop, made.id).await;
        // The same where the other has a conversation: that one takes it in.
        let twin = conversation::Model { id: kit.ctx.new_id(), ..old.clone() };
        let third = late_message(&shop, twin.id).await;
        let tx = kit.ctx.db().begin(&shop.scope).await.unwrap();
        let rows = [&made, &twin].map(|row| row.clone().into_active_model().reset_all());
        conversation::Entity::insert_many(rows).exec_without_returning(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        kit.advance(std::time::Duration::from_secs(20));
        shop.run().await;
        let talks = talks_of(&shop, keep).await;
        assert_eq!((talks.len(), talks_of(&shop, gone).await.len()), (2, 0));
        let here = talk_on(&talks, shop.channel.id);
        for (id, at) in [(first, here), (second, talk_on(&talks, other.id)), (third, here)] {
            let message = message::Entity::find_by_id(id).one(&kit.ctx.db().read_across()).await.unwrap().unwrap();
            assert_eq!(message.conversation_id, at);
        }
        let first = message::Entity::find_by_id(first).one(&kit.ctx.db().read_across()).await.unwrap().unwrap();
        assert!(first.turn_id.is_some(), "it is answered where it is now");
        // Why it leads there is what joined the two, however late it came.
        let led = merged::Entity::find_by_id(twin.id).one(&kit.ctx.db().read_across()).await.unwrap().unwrap();
        assert_eq!((led.kind.as_str(), led.into_id, led.reason.as_str()), ("conversation", here, "staff"));
        assert_eq!(led.user_id, Some(access::user(&owner).unwrap()));
        kit.advance(std::time::Duration::from_secs(200));
        shop.run().await;
        assert!(kit.jobs().await.iter().all(|job| job.status == JobStatus::Done || job.kind != "gather_merged"));
    }

    /// Both write at the moment at which they become one: every message is there, in the one conversation, and answered.
    async fn nothing_is_lost_while_both_write(kit: Kit) {
        let shop = Shop::open(kit.clone()).await;
        let owner = testkit::tenant::owner_of(&kit.ctx, &shop.scope).await;
        shop.say("keep", "hello").await;
        shop.say("gone", "hello").await;
        let (keep, gone) = (contact_of(&shop, "keep").await, contact_of(&shop, "gone").await);
        let write = |customer: &'static str, n: usize| {
            let incoming = shop.incoming(customer, &format!("{customer}-{n}"), "And the price?");
            let (ctx, scope, channel) = (kit.ctx.clone(), shop.scope.clone(), shop.channel.clone());
            tokio::spawn(async move { service::inbox::receive(&ctx, &scope, &channel, incoming).await.unwrap() })
        };
        let mut writing: Vec<_> = (0..6).map(|n| write("gone", n)).collect();
        let joined = {
            let (owner, scope) = (owner.clone(), shop.scope.clone());
            tokio::spawn(async move { service::inbox::join_contacts(&owner, &scope, keep, gone).await.unwrap() })
        };
        writing.extend((6..12).flat_map(|n| [write("gone", n), write("keep", n)]));
        for written in writing {
            written.await.unwrap();
        }
        joined.await.unwrap();
        for pause in [1, 20, 200] {
            kit.advance(std::time::Duration::from_secs(pause));
            shop.run().await;
        }
        let talks = talks(&shop).await;
        assert_eq!(talks.len(), 1, "{talks:?}");
        assert_eq!(contact::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 1);
        let said = message::Entity::find()
            .filter(message::Column::Direction.eq(MessageDirection::Inbound))
            .all(&kit.ctx.db().read_across())
            .await
            .unwrap();
        assert_eq!(said.len(), 2 + 18);
        assert!(said.iter().all(|message| message.conversation_id == talks[0].id && message.turn_id.is_some()));
    }

    /// Only people who manage the company; never somebody else's; never with itself; a chain leads to its end.
    async fn staff_join_with_care(kit: Kit) {
        let shop = Shop::open(kit.clone()).await;
        kit.may_remain("gather_merged");
        let owner = testkit::tenant::owner_of(&kit.ctx, &shop.scope).await;
        for customer in ["a", "b", "c"] {
            shop.say(customer, "hello").await;
        }
        let [a, b, c] = [contact_of(&shop, "a").await, contact_of(&shop, "b").await, contact_of(&shop, "c").await];
        let same = service::inbox::join_contacts(&owner, &shop.scope, a, a).await.unwrap_err();
        assert!(matches!(same, Error::Invalid(_)), "{same:?}");
        let nobody = service::inbox::join_contacts(&owner, &shop.scope, a, kit.ctx.new_id()).await.unwrap_err();
        assert!(matches!(nobody, Error::NotFound("contact")), "{nobody:?}");
        service::inbox::join_contacts(&owner, &shop.scope, b, c).await.unwrap();
        service::inbox::join_contacts(&owner, &shop.scope, a, b).await.unwrap();
        let led = merged::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap();
        let a_talk = talk_of(&shop, a).await.id;
        assert_eq!(led.len(), 4);
        for row in led {
            assert_eq!(row.into_id, if row.kind == "contact" { a } else { a_talk });
            assert_eq!((row.reason.as_str(), row.user_id.is_some()), ("staff", true));
        }
    }
}

#[derive(Clone, Debug)]
enum Deed {
    Say(&'static str),
    Elsewhere(&'static str),
    Unanswered,
    TakeOver,
}

async fn carry_out(shop: &Shop, elsewhere: &channel::Model, customer: &str, deed: &Deed) {
    let ctx = &shop.kit.ctx;
    match deed {
        Deed::Say(text) => {
            shop.say(customer, text).await;
        }
        Deed::Unanswered => {
            shop.write(customer, "And what does an olive tree cost?").await;
        }
        Deed::Elsewhere(text) => {
            // The same contact on another channel: the address is of the first.
            shop.write(customer, "hello").await;
            let incoming = Incoming {
                external_id: format!("{customer}-{}", ctx.new_id()),
                from: Address { kind: format!("trial:{}", shop.channel.id), value: customer.to_owned(), trusted: true },
                attested_phone: None,
                // PostgreSQL takes no NUL.
                profile_name: Some("Ann\0".to_owned()),
                text: (*text).to_owned(),
                attachments: Vec::new(),
                id: None,
            };
            service::inbox::receive(ctx, &shop.scope, elsewhere, incoming).await.unwrap();
            shop.run().await;
        }
        Deed::TakeOver => {
            let receipt = shop.write(customer, "hello").await;
            service::inbox::take_over(ctx, &shop.scope, receipt.conversation_id).await.unwrap();
            shop.run().await;
        }
    }
}

async fn contact_of(shop: &Shop, customer: &str) -> Uuid {
    contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(shop.scope.id()))
        .filter(contact_address::Column::Value.eq(customer))
        .one(&shop.kit.ctx.db().read_across())
        .await
        .unwrap()
        .unwrap()
        .contact_id
}

async fn hidden_contact(kit: &Kit) -> Uuid {
    contact_address::Entity::find()
        .filter(contact_address::Column::Value.eq(LID))
        .one(&kit.ctx.db().read_across())
        .await
        .unwrap()
        .unwrap()
        .contact_id
}

async fn talks(shop: &Shop) -> Vec<conversation::Model> {
    conversation::Entity::find().all(&shop.kit.ctx.db().read_across()).await.unwrap()
}

async fn talks_of(shop: &Shop, contact_id: Uuid) -> Vec<conversation::Model> {
    conversation::Entity::find()
        .filter(conversation::Column::ContactId.eq(contact_id))
        .order_by_asc(conversation::Column::Id)
        .all(&shop.kit.ctx.db().read_across())
        .await
        .unwrap()
}

async fn talk_of(shop: &Shop, contact_id: Uuid) -> conversation::Model {
    let talks = talks_of(shop, contact_id).await;
    talks.into_iter().next().unwrap()
}

fn talk_on(talks: &[conversation::Model], channel_id: Uuid) -> Uuid {
    talks.iter().find(|talk| talk.channel_id == channel_id).unwrap().id
}

async fn held(shop: &Shop, contact_id: Uuid) -> bool {
    talks_of(shop, contact_id).await.iter().any(|talk| talk.owner == ConversationOwner::Operator)
}

/// A customer's message under this id of a conversation, as a transaction leaves it that read the id before.
async fn late_message(shop: &Shop, conversation_id: Uuid) -> Uuid {
    let ctx = &shop.kit.ctx;
    let id = ctx.new_id();
    let row = message::Model {
        id,
        company_id: shop.scope.id(),
        channel_id: shop.channel.id,
        conversation_id,
        direction: MessageDirection::Inbound,
        author: MessageAuthor::Customer,
        author_user_id: None,
        text: "And the price?".to_owned(),
        language: None,
        attachments: json!([]),
        buttons: None,
        status: MessageStatus::Received,
        error: None,
        external_id: Some(id.to_string()),
        turn_id: None,
        created_at: ctx.time(),
        sent_at: None,
        parts: None,
    };
    let tx = ctx.db().begin(&shop.scope).await.unwrap();
    message::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
    ctx.commit(tx).await.unwrap();
    id
}

/// How many rows of each kind there are that a customer has a part in; what staff are told of it is not counted.
async fn counts(kit: &Kit) -> BTreeMap<&'static str, i64> {
    let mut counts = BTreeMap::new();
    for table in [
        "contact_address",
        "message WHERE direction <> 'note'",
        "turn",
        "sales_order",
        "order_line",
        "reminder",
        "reminder WHERE cancelled_at IS NOT NULL",
        "booking",
        "slot_hold",
        "stock_hold",
        "payment",
    ] {
        let sql = format!("SELECT count(*) AS n FROM {table}");
        let row = kit.ctx.db().read_across().query_one_raw(Statement::from_string(kit.ctx.db().backend(), sql)).await;
        counts.insert(table, row.unwrap().unwrap().try_get("", "n").unwrap());
    }
    counts
}

/// Every column of every table in which this id stands.
async fn traces(kit: &Kit, id: Uuid) -> Vec<String> {
    let db = kit.ctx.db();
    let columns = match kit.backend {
        Backend::Sqlite => {
            "SELECT t.name AS t, c.name AS c FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'seaql%' AND (c.name = 'id' OR c.name LIKE '%\\_id' ESCAPE '\\')"
        }
        Backend::Postgres => {
            "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns \
             WHERE table_schema = 'public' AND data_type = 'uuid'"
        }
    };
    let rows = db.read_across().query_all_raw(Statement::from_string(db.backend(), columns)).await.unwrap();
    assert!(rows.len() > 60, "{}", rows.len());
    let mut found = Vec::new();
    for row in rows {
        let (table, column): (String, String) = (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        let sql = format!("SELECT count(*) AS n FROM {table} WHERE {column} = $1");
        let row = db.read_across().query_one_raw(Statement::from_sql_and_values(db.backend(), sql, [id.into()])).await;
        let n: i64 = row.unwrap().unwrap().try_get("", "n").unwrap();
        if n > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}
