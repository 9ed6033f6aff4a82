//! The demo's companies: every screen agrees with every other, at the start and after a reset.

use domain::booking::{Interval, fits, quanta};
use domain::money::Currency;
use domain::order::{OrderEvent, OrderState, PaymentStatus as Payment};
use entity::stored::*;
use entity::{
    booking, branch, catalogue_row, channel, company, contact, contact_address, conversation, job, message, order,
    order_line, payment, payment_event, reminder, slot_hold, stock_hold, stock_level, turn,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use service::access::CompanyScope;
use service::demo;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use testkit::{Backend, Kit};
use uuid::Uuid;

/// All rows of a table that belong to a company.
macro_rules! rows {
    ($kit:expr, $scope:expr, $table:ident) => {
        $table::Entity::find()
            .filter($table::Column::CompanyId.eq($scope.id()))
            .all(&$kit.ctx.db().read_across())
            .await
            .unwrap()
    };
}

async fn companies(kit: &Kit) -> Vec<(CompanyScope, company::Model)> {
    let mut found = Vec::new();
    for company in company::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap() {
        found.push((service::access::for_system(&kit.ctx, &company).unwrap(), company));
    }
    found.sort_by_key(|(_, company)| company.number);
    found
}

async fn open(kit: &Kit) -> Vec<(CompanyScope, company::Model)> {
    demo::prepare(&kit.ctx).await.unwrap();
    assert_eq!(demo::state(&kit.ctx).unwrap().progress, 0);
    let began = std::time::Instant::now();
    demo::try_fill(&kit.ctx, false).await.unwrap();
    eprintln!("{:?}: seeded in {:?}", kit.backend, began.elapsed());
    for kind in ["expire_link", "send_reminder", "prune_catalogue"] {
        kit.may_remain(kind);
    }
    companies(kit).await
}

/// What each sum and status of a company rests on.
async fn walk(kit: &Kit, scope: &CompanyScope, company: &company::Model) {
    let now = kit.ctx.time();
    let branch = rows!(kit, scope, branch).remove(0);
    let (zone, hours) = (service::company::zone(&branch), service::company::hours(&branch));
    let orders = rows!(kit, scope, order);
    let lines = rows!(kit, scope, order_line);
    let payments = rows!(kit, scope, payment);
    let bookings = rows!(kit, scope, booking);
    let reminders = rows!(kit, scope, reminder);
    let slots = rows!(kit, scope, slot_hold);
    let stock = rows!(kit, scope, stock_hold);
    let events = payment_event::Entity::find()
        .filter(payment_event::Column::CompanyId.eq(scope.id()))
        .all(&kit.ctx.db().read_across())
        .await
        .unwrap();
    let jobs = kit.jobs().await;
    let items: HashMap<String, domain::catalog::Item> = {
        let (version, _) = service::catalog::published(&kit.ctx, scope).await.unwrap().unwrap();
        rows!(kit, scope, catalogue_row)
            .into_iter()
            .filter(|row| row.version_id == version)
            .map(|row| serde_json::from_value(row.item.expect("a whole row")).unwrap())
            .map(|item: domain::catalog::Item| (item.key.clone(), item))
            .collect()
    };
    let currency = Currency::parse(&company.currency).unwrap();
    let numbers: BTreeSet<i32> = orders.iter().map(|order| order.number).collect();
    assert_eq!(numbers, (1..=i32::try_from(orders.len()).unwrap()).collect::<BTreeSet<_>>());
    assert_eq!(company.next_order_number, i32::try_from(orders.len()).unwrap() + 1);
    for order in &orders {
        let what =
            format!("order {} of {} ({:?} {:?})", order.number, company.name, order.status, order.payment_status);
        // The total is what the domain makes of the rows of the catalogue.
        let mut own: Vec<_> = lines.iter().filter(|line| line.order_id == order.id).collect();
        own.sort_by_key(|line| line.position);
        let pairs: Vec<_> = own.iter().map(|line| (&items[&line.key], line.quantity)).collect();
        let quote = domain::quote::quote(&pairs, currency).unwrap();
        assert_eq!(quote, service::order::quote_of(order).unwrap(), "{what}");
        assert_eq!(quote.total.minor, order.total_minor, "{what}");
        assert_eq!(quote.products.minor, order.products_minor, "{what}");
        assert_eq!(quote.delivery.charged.minor, order.delivery_minor, "{what}");
        assert_eq!(quote.travel.charged.minor, order.travel_minor, "{what}");
        assert_eq!(quote.free_delivery(), order.free_delivery, "{what}");
        assert_eq!(order.total_minor, order.products_minor + order.delivery_minor + order.travel_minor, "{what}");
        assert_eq!(own.iter().map(|line| line.total_minor).sum::<i64>(), order.products_minor, "{what}");
        // Only states that the domain's events lead to.
        let state = OrderState { status: order.status.into(), payment: order.payment_status.into() };
        assert!(reachable(quote.is_free()).contains(&format!("{state:?}")), "{what}");
        assert_eq!(order.link_token.is_some(), !quote.is_free(), "{what}");
        assert_eq!(order.paid_at.is_some(), state.payment == Payment::Paid, "{what}");
        assert!(order.updated_at <= now && order.created_at <= order.updated_at, "{what}");
        // Money: one page paid or given back for each paid order, of its sum; an event of the bank for each.
        let pages: Vec<_> = payments.iter().filter(|page| page.order_id == order.id).collect();
        assert!(
            pages.iter().all(|page| page.amount_minor == order.total_minor && page.currency == order.currency),
            "{what}"
        );
        let settled = |wanted: PaymentState| pages.iter().filter(|page| page.status == wanted).count();
        let (paid, back) = (settled(PaymentState::Paid), settled(PaymentState::Refunded));
        assert_eq!(paid + back, usize::from(state.payment == Payment::Paid), "{what}");
        assert_eq!(back, usize::from(order.status == OrderStatus::Refunded), "{what}");
        assert!(pages.iter().all(|page| page.paid_at.is_none() || page.paid_at == order.paid_at), "{what}");
        if order.payment_status != PaymentStatus::PaymentLinkSent {
            assert_eq!(settled(PaymentState::Open), 0, "{what}");
        }
        for page in pages {
            let of = |kind: &str| {
                events
                    .iter()
                    .filter(|event| {
                        event.kind == kind && event.payload["data"]["object"]["id"] == page.external_id.as_str()
                    })
                    .count()
            };
            assert_eq!(of("paid"), usize::from(page.paid_at.is_some()), "{what}");
            assert_eq!(of("refunded"), usize::from(page.refunded_at.is_some()), "{what}");
        }
        // Bookings: only what is paid or free is booked; only what waits is held.
        let booked: Vec<_> = bookings.iter().filter(|booking| booking.order_id == order.id).collect();
        let wanted = match (order.status, order.appointment_start) {
            (OrderStatus::Booked, _) => Some(BookingStatus::Confirmed),
            (OrderStatus::Open, Some(_)) => Some(BookingStatus::Held),
            (OrderStatus::Open, None) => None,
            (OrderStatus::Refunded, _) | (_, Some(_)) => Some(BookingStatus::Cancelled),
            (_, None) => None,
        };
        assert_eq!(booked.first().map(|booking| booking.status), wanted, "{what}");
        for booking in &booked {
            let held = booking.status == BookingStatus::Held;
            assert_eq!(booking.expires_at, if held { order.link_expires_at } else { booking.expires_at }, "{what}");
            assert!(!held || order.link_expires_at.unwrap() > now, "{what}");
            if booking.kind == BookingKind::Appointment {
                assert_eq!(
                    (Some(booking.start_at), Some(booking.end_at)),
                    (order.appointment_start, order.appointment_end)
                );
                let minutes = (booking.end_at.0 - booking.start_at.0) / 60_000_000;
                assert!(fits(&hours, &zone, booking.start_at.timestamp(), minutes), "{what}: outside the hours");
            } else if booking.status == BookingStatus::Confirmed {
                let from = order.paid_at.unwrap_or(order.created_at).timestamp();
                let promised = domain::booking::delivery_hours(&pairs);
                assert_eq!(
                    booking.start_at.timestamp(),
                    domain::booking::delivery_window(from, promised, &hours, &zone).start,
                    "{what}"
                );
            }
        }
        // Seats and stock are kept exactly while the order may still be delivered.
        let keeps = matches!(order.status, OrderStatus::Open | OrderStatus::Booked);
        let own_stock: BTreeMap<&str, i64> =
            stock.iter().filter(|hold| hold.order_id == order.id).map(|hold| (hold.key.as_str(), hold.units)).collect();
        let limited: BTreeMap<&str, i64> = pairs
            .iter()
            .filter(|(item, _)| keeps && item.available.is_some())
            .map(|(item, quantity)| (item.key.as_str(), *quantity))
            .collect();
        assert_eq!(own_stock, limited, "{what}");
        let block = domain::booking::block(&pairs).unwrap();
        let seats: HashSet<(String, i64)> = slots
            .iter()
            .filter(|hold| hold.order_id == order.id)
            .map(|hold| (hold.resource.clone(), hold.quantum))
            .collect();
        let mut needed = HashSet::new();
        if let (true, Some(start)) = (keeps, order.appointment_start) {
            for part in &block.parts {
                let from = Interval::of_minutes(start.timestamp(), part.offset_minutes).end;
                needed
                    .extend(quanta(Interval::of_minutes(from, part.minutes)).map(|unit| (part.resource.clone(), unit)));
            }
        }
        assert_eq!(seats, needed, "{what}");
        // What waits for its time has its job; what is over has none.
        let waiting = |kind: &str| {
            jobs.iter()
                .filter(|job: &&job::Model| job.subject_id == Some(order.id) && job.kind == kind)
                .collect::<Vec<_>>()
        };
        assert_eq!(waiting("expire_link").len(), usize::from(order.status == OrderStatus::Open), "{what}");
        assert!(waiting("expire_link").iter().all(|job| Some(job.run_at) == order.link_expires_at && job.run_at > now));
        let due: Vec<_> = reminders
            .iter()
            .filter(|one| one.order_id == order.id && one.sent_at.is_none() && one.cancelled_at.is_none())
            .collect();
        assert_eq!(waiting("send_reminder").len(), due.len(), "{what}");
        assert!(due.iter().all(|reminder| reminder.due_at > now), "{what}");
        assert!(order.status != OrderStatus::Open || order.link_expires_at.unwrap() > now, "{what}");
    }
    // Levels are the sums of what is held.
    let mut taken: HashMap<String, i64> = HashMap::new();
    for hold in &stock {
        *taken.entry(hold.key.clone()).or_default() += hold.units;
    }
    for level in rows!(kit, scope, stock_level) {
        assert_eq!(level.taken_units, taken.remove(&level.key).unwrap_or(0), "{}", level.key);
        assert_eq!(Some(level.limit_units), items[&level.key].available, "{}", level.key);
    }
    assert!(taken.is_empty());
    talks(kit, scope, company, &orders).await;
    summary(kit, scope, &orders, &payments, &bookings).await;
}

/// Every pair of states that the domain's events lead to, as text.
fn reachable(free: bool) -> BTreeSet<String> {
    use OrderEvent::*;
    let first = if free { FreeConfirmed } else { LinkSent };
    let rest: &[OrderEvent] =
        if free { &[Booked, Cancelled] } else { &[Paid, LinkExpired, PutAside, Booked, Refunded, Cancelled] };
    let mut found = vec![domain::order::apply(OrderState::NEW, first).unwrap()];
    let mut at = 0;
    while at < found.len() {
        for event in rest {
            if let Ok(next) = domain::order::apply(found[at], *event)
                && !found.contains(&next)
            {
                found.push(next);
            }
        }
        at += 1;
    }
    found.iter().map(|state| format!("{state:?}")).collect()
}

async fn talks(kit: &Kit, scope: &CompanyScope, company: &company::Model, orders: &[order::Model]) {
    let now = kit.ctx.time();
    let conversations = rows!(kit, scope, conversation);
    let mut messages: HashMap<Uuid, Vec<message::Model>> = HashMap::new();
    for row in rows!(kit, scope, message) {
        messages.entry(row.conversation_id).or_default().push(row);
    }
    let turns: HashMap<Uuid, turn::Model> = rows!(kit, scope, turn).into_iter().map(|turn| (turn.id, turn)).collect();
    let contacts: HashMap<Uuid, contact::Model> =
        rows!(kit, scope, contact).into_iter().map(|row| (row.id, row)).collect();
    let channels: HashMap<Uuid, channel::Model> =
        rows!(kit, scope, channel).into_iter().map(|row| (row.id, row)).collect();
    let reachable: HashSet<Uuid> = rows!(kit, scope, contact_address).into_iter().map(|row| row.contact_id).collect();
    assert!(contacts.keys().all(|id| reachable.contains(id)));
    for talk in &conversations {
        let what = format!("conversation {} of {}", talk.id, company.name);
        let said = messages.get_mut(&talk.id).unwrap_or_else(|| panic!("{what}: silent"));
        said.sort_by_key(|row| (row.created_at, row.id));
        let shown: Vec<_> = said.iter().filter(|row| row.direction != MessageDirection::Note).collect();
        let last = shown.last().unwrap();
        assert_eq!(talk.last_message_at, last.created_at, "{what}");
        assert_eq!(talk.preview, last.text.replace('\n', " ").chars().take(120).collect::<String>(), "{what}");
        assert_eq!(talk.created_at, said[0].created_at, "{what}");
        assert!(last.created_at <= now, "{what}: said in the future");
        let contact = &contacts[&talk.contact_id];
        assert_eq!(contact.created_at, talk.created_at, "{what}");
        assert_eq!(
            contact.notice_at.is_some(),
            said.iter().any(|row| row.author == MessageAuthor::Assistant),
            "{what}"
        );
        let inbound = said.iter().filter(|row| row.direction == MessageDirection::Inbound).count();
        assert!(usize::try_from(talk.unread_count).unwrap() <= inbound, "{what}");
        if talk.status == ConversationStatus::Resolved {
            assert!(!talk.needs_attention && talk.unread_count == 0, "{what}");
        }
        assert_eq!(talk.needs_attention, talk.attention_reason.is_some(), "{what}");
        assert_eq!(talk.owner == ConversationOwner::Operator, talk.owner_user_id.is_some(), "{what}");
        let kind = domain::channel::ChannelKind::from(channels[&talk.channel_id].kind);
        for row in said.iter() {
            assert_eq!(row.channel_id, talk.channel_id, "{what}");
            let turn = row.turn_id.map(|id| &turns[&id]);
            assert!(turn.is_none_or(|turn| turn.conversation_id == talk.id), "{what}");
            match row.direction {
                MessageDirection::Inbound => {
                    // Answered, or a person's to answer.
                    assert!(turn.is_some() || talk.owner == ConversationOwner::Operator, "{what}: {}", row.text);
                    assert_eq!(row.status, MessageStatus::Received);
                }
                MessageDirection::Outbound => {
                    assert!(!row.text.is_empty() && row.text.chars().count() <= kind.max_chars(), "{what}");
                    assert_eq!(turn.is_some(), row.author == MessageAuthor::Assistant, "{what}");
                    assert_eq!(row.status == MessageStatus::Failed, row.error.is_some(), "{what}");
                    assert_eq!(row.status == MessageStatus::Failed, row.sent_at.is_none(), "{what}");
                }
                MessageDirection::Note => assert!(row.author_user_id.is_some(), "{what}"),
            }
        }
        if talk.attention_reason.as_deref() == Some("turn_failed") {
            assert!(
                said.iter().any(|row| row.turn_id.is_some_and(|id| turns[&id].status == TurnStatus::Failed)),
                "{what}"
            );
        }
        let own: Vec<_> = orders.iter().filter(|order| order.conversation_id == talk.id).collect();
        let current = own.iter().max_by_key(|order| order.number).map(|order| order.id);
        assert_eq!(talk.current_order_id, current, "{what}");
        for order in own {
            assert_eq!(order.contact_id, talk.contact_id, "{what}");
            // The talk says what the order says: its link, and each change of it.
            let said_of = |needle: &str| said.iter().any(|row| row.text.contains(needle));
            if let Some(token) = &order.link_token {
                assert!(said_of(&format!("/p/{token}")), "{what}: no link of order {}", order.number);
            }
            if order.paid_at.is_some() {
                let receipt = said.iter().find(|row| Some(row.created_at) == order.paid_at);
                assert!(receipt.is_some_and(|row| row.author == MessageAuthor::System), "{what}: no receipt");
            }
        }
        assert!(serde_json::from_value::<assistant::turn::DialogueState>(talk.dialogue.clone()).is_ok(), "{what}");
    }
    assert!(orders.iter().all(|order| conversations.iter().any(|talk| talk.id == order.conversation_id)));
}

/// The numbers of the first page are those of the rows.
async fn summary(
    kit: &Kit,
    scope: &CompanyScope,
    orders: &[order::Model],
    payments: &[payment::Model],
    bookings: &[booking::Model],
) {
    let summary = service::company::summary(&kit.ctx, scope).await.unwrap();
    let branch = rows!(kit, scope, branch).remove(0);
    let zone = service::company::zone(&branch);
    let today = zone.to_datetime(kit.now()).date();
    let is_today = |at: entity::time::Time| zone.to_datetime(at.timestamp()).date() == today;
    let messages = rows!(kit, scope, message);
    let said =
        messages.iter().filter(|row| row.direction != MessageDirection::Note && is_today(row.created_at)).count();
    assert_eq!(summary.messages_today, said as u64);
    let waiting = orders.iter().filter(|order| order.payment_status == PaymentStatus::PaymentLinkSent).count();
    assert_eq!(summary.orders_unpaid, waiting as u64);
    let revenue: i64 = payments
        .iter()
        .filter(|page| page.status == PaymentState::Paid && page.paid_at.is_some_and(is_today))
        .map(|page| page.amount_minor)
        .sum();
    assert_eq!(summary.revenue_today.minor, revenue);
    let booked = bookings.iter().filter(|row| row.status != BookingStatus::Cancelled && is_today(row.start_at)).count();
    assert_eq!(summary.bookings_today, booked as u64);
    assert_eq!(summary.jobs_dead, 0);
}

fn orders_in(orders: &[order::Model], status: OrderStatus) -> usize {
    orders.iter().filter(|order| order.status == status).count()
}

/// Whatever was changed is as it was; whoever is signed in stays so.
async fn reset(kit: &Kit, companies: &[(CompanyScope, company::Model)]) {
    let count = |company: Uuid| {
        let kit = kit.clone();
        async move {
            let mut counts = Vec::new();
            for table in demo::TABLES.iter().filter(|table| **table != "event") {
                let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE company_id = $1");
                let statement = Statement::from_sql_and_values(kit.ctx.db().backend(), sql, [company.into()]);
                let row = kit.ctx.db().read_across().query_one_raw(statement).await.unwrap().unwrap();
                counts.push((*table, row.try_get::<i64>("", "n").unwrap()));
            }
            counts
        }
    };
    let (scope, company) = &companies[1];
    let before = count(company.id).await;
    let owner = entity::user::Entity::find()
        .filter(entity::user::Column::Email.eq(demo::LOGINS[0].email))
        .one(&kit.ctx.db().read_across())
        .await
        .unwrap()
        .unwrap();
    let change = service::company::CompanyChange { name: Some("Other".to_owned()), ..Default::default() };
    service::company::update(&kit.ctx, scope, change).await.unwrap();
    let sorted = |mut rows: Vec<conversation::Model>| {
        rows.sort_by_key(|row| row.id);
        rows
    };
    let talks = sorted(rows!(kit, scope, conversation));
    let talk = talks.iter().find(|talk| talk.owner == ConversationOwner::Assistant).unwrap();
    service::inbox::take_over(&kit.ctx, scope, talk.id).await.unwrap();
    let (_, catalogue) = service::catalog::published(&kit.ctx, scope).await.unwrap().unwrap();
    assert_eq!(catalogue.items().len(), 300);
    demo::try_fill(&kit.ctx, true).await.unwrap();
    let after = self::companies(kit).await;
    assert_eq!(after[1].1.id, company.id);
    assert_eq!(after[1].1.name, "Studio Lumen");
    assert_eq!(count(company.id).await, before);
    // The clock stands in a test, so that even the ids are the same again; links and channels are new.
    let again = sorted(rows!(kit, scope, conversation));
    let told = |rows: &[conversation::Model]| -> Vec<_> {
        rows.iter().map(|talk| (talk.id, talk.owner, talk.last_message_at, talk.current_order_id)).collect()
    };
    assert!(told(&again) == told(&talks), "the conversations are others");
    let again =
        service::identity::sign_in(&kit.ctx, "test", demo::LOGINS[0].email, demo::LOGINS[0].password).await.unwrap();
    assert_eq!(again.user.id, owner.id);
    // A start within the same day finds all of it and makes nothing anew.
    demo::prepare(&kit.ctx).await.unwrap();
    assert_eq!(demo::state(&kit.ctx).unwrap().progress, 100);
}

testkit::both! {
    /// As much as the demo promises, and every number rests on rows.
    async fn all_screens_agree_also_after_a_reset(kit: Kit) {
        let companies = open(&kit).await;
        assert_eq!(companies.iter().map(|(_, company)| company.name.as_str()).collect::<Vec<_>>(), ["Flora Verde", "Studio Lumen"]);
        let (mut contacts, mut talks, mut messages, mut pages, mut unread) = (0, 0, 0, 0, 0);
        let mut all_orders = Vec::new();
        for ((scope, company), rows) in companies.iter().zip([10_000, 300]) {
            walk(&kit, scope, company).await;
            let (_, catalogue) = service::catalog::published(&kit.ctx, scope).await.unwrap().unwrap();
            assert_eq!(catalogue.items().len(), rows, "{}", company.name);
            contacts += rows!(kit, scope, contact).len();
            let conversations = rows!(kit, scope, conversation);
            talks += conversations.len();
            unread += conversations.iter().filter(|talk| talk.unread_count > 0).count();
            messages += rows!(kit, scope, message).len();
            pages += rows!(kit, scope, payment).len();
            let bookings = rows!(kit, scope, booking);
            let day = 86_400_000_000;
            let apart = |days: i64| kit.ctx.time().0 + days * day..kit.ctx.time().0 + (days + 10) * day;
            for days in [-30, -20, -10, 0, 10, 20] {
                let there = bookings.iter().filter(|row| apart(days).contains(&row.start_at.0)).count();
                assert!(there >= 2, "{}: {there} bookings from day {days} on", company.name);
            }
            let failed = rows!(kit, scope, message).iter().filter(|row| row.status == MessageStatus::Failed).count();
            assert!(failed > 10, "{}: {failed} failed sends", company.name);
            all_orders.extend(rows!(kit, scope, order));
        }
        assert_eq!((contacts, talks, unread), (10_000, 2_500, 60));
        assert!((37_000..=43_000).contains(&messages), "{messages} messages");
        assert!((330..=460).contains(&pages), "{pages} payments");
        for status in [
            OrderStatus::Open, OrderStatus::PutAside, OrderStatus::Expired, OrderStatus::Confirmed, OrderStatus::Booked,
            OrderStatus::Refunded, OrderStatus::Cancelled,
        ] {
            assert!(orders_in(&all_orders, status) > 0, "no order is {status:?}");
        }
        reset(&kit, &companies).await;
    }

    /// People whose passwords all know have no place in an installation that is used.
    async fn an_installation_is_no_demo(kit: Kit) {
        service::identity::put_person(&kit.ctx, "owner@example.com", "Owner", "a short sentence").await.unwrap();
        assert!(matches!(demo::prepare(&kit.ctx).await, Err(service::Error::Invalid(_))));
        assert_eq!(demo::state(&kit.ctx), None);
    }

    /// A table whose rows belong to a company is cleared by a reset, or said to be kept.
    async fn no_table_is_forgotten(kit: Kit) {
        let sql = match kit.backend {
            Backend::Sqlite => {
                "SELECT m.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'company_id' WHERE m.type = 'table'"
            }
            Backend::Postgres => {
                "SELECT table_name::text AS name FROM information_schema.columns WHERE column_name = 'company_id' AND table_schema = current_schema()"
            }
        };
        let statement = Statement::from_string(kit.ctx.db().backend(), sql);
        let rows = kit.ctx.db().read_across().query_all_raw(statement).await.unwrap();
        let there: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
        let known: BTreeSet<String> = demo::TABLES.iter().chain(demo::KEPT).map(|table| (*table).to_owned()).collect();
        assert_eq!(there, known);
    }
}
