//! Storing messages that came at the same moment: a statement for all of them where there was one for each. One message is the
//! case of a list of one.

use super::attached::{Attachment, FetchMedia};
use super::receive::{self, Incoming, MAX_QUIET_PERIODS, Receipt, Stored};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::{Many, Tx, insert_all};
use crate::error::Error;
use crate::job;
use crate::turn::AnswerTurn;
use entity::stored::{ConversationOwner, EventKind, MessageAuthor, MessageDirection, MessageStatus};
use entity::time::Time;
use entity::{channel, contact, contact_address, conversation, message};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ConnectionTrait as _, FromQueryResult as _,
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A message and where it came in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) scope: &'a CompanyScope,
    pub(super) channel: &'a channel::Model,
    pub(super) incoming: &'a Incoming,
}

/// Stores them, with contacts and conversations where they are new, and the jobs that will answer them. A message that came
/// before, also within the list, is stored once.
pub(super) async fn store(ctx: &Ctx, tx: &mut Tx, entries: &[Entry<'_>]) -> Result<Vec<Receipt>, Stored> {
    let mut receipts = known(tx, entries).await?;
    let mut first = HashMap::new();
    let mut new = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        if receipts[at].is_some() {
            continue;
        }
        match first.entry((entry.channel.id, entry.incoming.external_id.as_str())) {
            std::collections::hash_map::Entry::Occupied(_) => {}
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(at);
                new.push(at);
            }
        }
    }
    let fresh: Vec<Entry<'_>> = new.iter().map(|&at| entries[at]).collect();
    let contacts = contacts(ctx, tx, &fresh).await?;
    let conversations = conversations(ctx, tx, &fresh, &contacts).await?;
    let stored = messages(ctx, tx, &fresh, &conversations).await?;
    for (&at, receipt) in new.iter().zip(&stored) {
        receipts[at] = Some(*receipt);
    }
    let twin = |at: usize| {
        let entry = &entries[at];
        let first = first.get(&(entry.channel.id, entry.incoming.external_id.as_str()))?;
        receipts[*first].map(|receipt| Receipt { duplicate: true, ..receipt })
    };
    (0..entries.len())
        .map(|at| {
            receipts[at].or_else(|| twin(at)).ok_or_else(|| Error::internal("a message without a receipt").into())
        })
        .collect()
}

/// Receipts of those that came before.
async fn known(tx: &Tx, entries: &[Entry<'_>]) -> Result<Vec<Option<Receipt>>, Stored> {
    let mut asked =
        Many::new(tx.get_database_backend(), &[("at", "bigint"), ("channel_id", "uuid"), ("external_id", "text")]);
    for (at, entry) in entries.iter().enumerate() {
        asked.push([number(at), entry.channel.id.into(), entry.incoming.external_id.as_str().into()]);
    }
    let rows = tx
        .query_all_raw(asked.statement(
            "SELECT v.at, message.id, message.conversation_id FROM v JOIN message \
             ON message.channel_id = v.channel_id AND message.external_id = v.external_id",
        ))
        .await?;
    let mut receipts = vec![None; entries.len()];
    for row in rows {
        let (message_id, conversation_id) = (row.try_get("", "id")?, row.try_get("", "conversation_id")?);
        receipts[place(&row)?] = Some(Receipt { message_id, conversation_id, duplicate: true });
    }
    Ok(receipts)
}

/// Who wrote each.
async fn contacts(ctx: &Ctx, tx: &mut Tx, entries: &[Entry<'_>]) -> Result<Vec<Uuid>, Stored> {
    let mut asked = Many::new(
        tx.get_database_backend(),
        &[("at", "bigint"), ("company_id", "uuid"), ("kind", "text"), ("value", "text")],
    );
    // A phone that a channel attests may join or change contacts: such a one is looked at by itself.
    for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.incoming.attested_phone.is_none()) {
        let from = &entry.incoming.from;
        asked.push([number(at), entry.scope.id().into(), from.kind.as_str().into(), from.value.as_str().into()]);
    }
    let mut found: Vec<Option<Uuid>> = vec![None; entries.len()];
    if !asked.is_empty() {
        let rows = tx
            .query_all_raw(asked.statement(
                "SELECT v.at, contact_address.contact_id FROM v JOIN contact_address \
                 ON contact_address.company_id = v.company_id AND contact_address.kind = v.kind \
                   AND contact_address.value = v.value",
            ))
            .await?;
        for row in rows {
            found[place(&row)?] = Some(row.try_get("", "contact_id")?);
        }
    }
    let (mut people, mut addresses) = (Vec::new(), Vec::new());
    let mut made: HashMap<(Uuid, &str, &str), Uuid> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let Incoming { from, attested_phone, profile_name, .. } = entry.incoming;
        if found[at].is_some() {
            continue;
        }
        if attested_phone.is_some() {
            found[at] = Some(receive::contact_of(ctx, tx, entry.scope, entry.channel, entry.incoming).await?);
            continue;
        }
        let person = made.entry((entry.scope.id(), &from.kind, &from.value)).or_insert_with(|| {
            let contact_id = ctx.new_id();
            let name = profile_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
            people.push(contact::ActiveModel {
                id: Set(contact_id),
                company_id: Set(entry.scope.id()),
                name: Set(name.map(str::to_owned)),
                phone: Set(None),
                language: Set(None),
                notice_at: Set(None),
                created_at: Set(ctx.time()),
            });
            addresses.push(contact_address::ActiveModel {
                id: Set(ctx.new_id()),
                company_id: Set(entry.scope.id()),
                contact_id: Set(contact_id),
                kind: Set(from.kind.clone()),
                value: Set(from.value.clone()),
                trusted: Set(from.trusted),
                source: Set(entry.channel.provider.clone()),
                created_at: Set(ctx.time()),
            });
            contact_id
        });
        found[at] = Some(*person);
    }
    if !people.is_empty() {
        insert_all(tx, people, "").await?;
        insert_all(tx, addresses, "").await?;
    }
    found.into_iter().map(|contact| contact.ok_or_else(|| Error::internal("a message of nobody").into())).collect()
}

/// Where each belongs.
async fn conversations(
    ctx: &Ctx,
    tx: &mut Tx,
    entries: &[Entry<'_>],
    contacts: &[Uuid],
) -> Result<Vec<conversation::Model>, Stored> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked =
        Many::new(tx.get_database_backend(), &[("at", "bigint"), ("channel_id", "uuid"), ("contact_id", "uuid")]);
    for (at, (entry, contact)) in entries.iter().zip(contacts).enumerate() {
        asked.push([number(at), entry.channel.id.into(), (*contact).into()]);
    }
    let rows = tx
        .query_all_raw(asked.statement(
            "SELECT v.at, conversation.* FROM v JOIN conversation \
             ON conversation.channel_id = v.channel_id AND conversation.contact_id = v.contact_id",
        ))
        .await?;
    let mut found: Vec<Option<conversation::Model>> = vec![None; entries.len()];
    for row in rows {
        found[place(&row)?] = Some(conversation::Model::from_query_result(&row, "")?);
    }
    let mut made: HashMap<(Uuid, Uuid), conversation::Model> = HashMap::new();
    for (at, (entry, contact)) in entries.iter().zip(contacts).enumerate() {
        if found[at].is_none() {
            let made = made
                .entry((entry.channel.id, *contact))
                .or_insert_with(|| receive::new_conversation(ctx, entry.scope, entry.channel, *contact));
            found[at] = Some(made.clone());
        }
    }
    if !made.is_empty() {
        let rows = made.into_values().map(|row| sea_orm::IntoActiveModel::into_active_model(row).reset_all());
        insert_all(tx, rows.collect(), "").await?;
    }
    found.into_iter().map(|row| row.ok_or_else(|| Error::internal("a message without a conversation").into())).collect()
}

/// What a conversation gets from the list.
struct News<'a> {
    entry: Entry<'a>,
    row: &'a conversation::Model,
    count: i64,
    last: Time,
}

async fn messages(
    ctx: &Ctx,
    tx: &mut Tx,
    entries: &[Entry<'_>],
    conversations: &[conversation::Model],
) -> Result<Vec<Receipt>, Stored> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let (mut rows, mut receipts, mut events, mut fetches) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut news: BTreeMap<Uuid, News<'_>> = BTreeMap::new();
    let mut before = Time(i64::MIN);
    for (entry, conversation) in entries.iter().zip(conversations) {
        let Incoming { text, attachments, external_id, id, .. } = entry.incoming;
        // Messages that came one after the other stay in their order.
        let now = ctx.time().max(Time(before.0.saturating_add(1)));
        before = now;
        let message_id = id.unwrap_or_else(|| ctx.new_id());
        rows.push(message::ActiveModel {
            id: Set(message_id),
            company_id: Set(entry.scope.id()),
            channel_id: Set(entry.channel.id),
            conversation_id: Set(conversation.id),
            direction: Set(MessageDirection::Inbound),
            author: Set(MessageAuthor::Customer),
            author_user_id: Set(None),
            text: Set(text.clone()),
            language: Set(None),
            attachments: Set(serde_json::to_value(attachments).map_err(Error::from)?),
            buttons: Set(None),
            status: Set(MessageStatus::Received),
            error: Set(None),
            external_id: Set(Some(external_id.clone())),
            turn_id: Set(None),
            created_at: Set(now),
            sent_at: Set(None),
            parts: NotSet,
        });
        if attachments.iter().any(Attachment::is_waiting) {
            let job = FetchMedia { message_id };
            fetches.push(job::Wanted { scope: entry.scope, job, run_at: ctx.time(), most_wait_ms: None });
        }
        receipts.push(Receipt { message_id, conversation_id: conversation.id, duplicate: false });
        events.push((entry.scope, EventKind::Message, message_id));
        let fresh = News { entry: *entry, row: conversation, count: 0, last: now };
        let news = news.entry(conversation.id).or_insert(fresh);
        (news.entry, news.count, news.last) = (*entry, news.count + 1, now);
    }
    insert_all(tx, rows, "").await?;
    let mut changed = Many::new(
        tx.get_database_backend(),
        &[("id", "uuid"), ("preview", "text"), ("last_message_at", "bigint"), ("unread", "integer")],
    );
    let mut turns = Vec::new();
    for (id, news) in &news {
        let count = i32::try_from(news.count).unwrap_or(i32::MAX);
        let preview = receive::preview(&news.entry.incoming.text);
        changed.push([(*id).into(), preview.into(), news.last.0.into(), count.into()]);
        events.push((news.entry.scope, EventKind::Conversation, *id));
        if news.row.owner == ConversationOwner::Assistant {
            let quiet = i64::from(news.entry.channel.quiet_period_ms);
            turns.push(job::Wanted {
                scope: news.entry.scope,
                job: AnswerTurn { conversation_id: *id },
                run_at: ctx.time().plus_millis(quiet),
                // However fast a customer writes, the answer waits at most so long from the first message.
                most_wait_ms: Some(quiet * MAX_QUIET_PERIODS),
            });
        }
    }
    tx.execute_raw(changed.statement(
        "UPDATE conversation SET preview = v.preview, last_message_at = v.last_message_at, status = 'open', \
         unread_count = unread_count + v.unread FROM v WHERE conversation.id = v.id",
    ))
    .await?;
    job::enqueue_all(ctx, tx, &turns).await?;
    job::enqueue_all(ctx, tx, &fetches).await?;
    crate::event::emit_all(ctx, tx, &events).await?;
    Ok(receipts)
}

fn number(at: usize) -> sea_orm::Value {
    i64::try_from(at).unwrap_or(i64::MAX).into()
}

fn place(row: &sea_orm::QueryResult) -> Result<usize, Stored> {
    let at: i64 = row.try_get("", "at")?;
    usize::try_from(at).map_err(|_| Error::internal("a place in a list").into())
}
