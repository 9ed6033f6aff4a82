//! What the tests of the API stand on: two tenants with one of everything, their people signed in, documents run.

use api::graphql::{Delivery, Outcome, X8Schema, request_data, schema};
use async_graphql::{Request, Variables};
use domain::catalog::ItemKind;
use entity::stored::*;
use entity::{
    booking, catalogue, catalogue_row, catalogue_version, channel, channel_event, channel_log, channel_session,
    company, contact, contact_address, conversation, credential, event, file, import, integration, job, media,
    membership, merged, message, model_month, model_use, order, order_line, payment, reminder, session, turn, user,
};
use futures::StreamExt as _;
use futures::stream::{BoxStream, iter};
use sea_orm::{ActiveModelTrait, ColumnTrait as _, EntityTrait, QueryFilter as _};
use serde_json::{Value, json};
use service::access::{Actor, CompanyScope};
use service::ctx::Ctx;
use std::collections::BTreeMap;
use testkit::{Kit, Tenant};
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

/// What an operation brings, one thing at a time.
pub(crate) fn one_by_one(outcomes: BoxStream<'static, Outcome>) -> BoxStream<'static, Delivery> {
    let all = outcomes.flat_map(|outcome| match outcome {
        Outcome::Answer(response) => iter([Delivery::Own(response)]).boxed(),
        Outcome::Told(told) => ReceiverStream::new(told).flat_map(|told| iter(told.to_vec())).boxed(),
    });
    all.boxed()
}

/// One of everything of a company, as the API names it.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    pub(crate) company: String,
    pub(crate) branch: String,
    pub(crate) channel: String,
    pub(crate) conversation: String,
    pub(crate) message: String,
    pub(crate) contact: String,
    pub(crate) order: String,
    pub(crate) booking: String,
    pub(crate) version: String,
    pub(crate) row: String,
    pub(crate) import: String,
    pub(crate) file: String,
    pub(crate) job: String,
    pub(crate) integration: String,
    pub(crate) media: String,
}

impl Ids {
    /// Ids of nothing.
    pub(crate) fn random(ctx: &Ctx) -> Self {
        let id = |kind: &str| format!("{kind}:{}", ctx.new_id());
        Self {
            company: id("company"),
            branch: id("branch"),
            channel: id("channel"),
            conversation: id("conversation"),
            message: id("message"),
            contact: id("contact"),
            order: id("order"),
            booking: id("booking"),
            version: id("version"),
            row: id("row"),
            import: id("import"),
            file: id("file"),
            job: id("job"),
            integration: id("integration"),
            media: id("media"),
        }
    }
}

/// A tenant with one of everything, and its people.
pub(crate) struct World {
    pub(crate) tenant: Tenant,
    pub(crate) ids: Ids,
    pub(crate) owner: Ctx,
    pub(crate) agent: Ctx,
}

pub(crate) async fn insert<E, A>(ctx: &Ctx, row: A)
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
{
    let tx = ctx.db().begin_across().await.unwrap();
    E::insert(row.reset_all()).exec_without_returning(&tx).await.unwrap();
    ctx.commit(tx).await.unwrap();
}

macro_rules! put {
    ($ctx:expr, $table:ident, $row:expr) => {
        insert::<$table::Entity, $table::ActiveModel>($ctx, $row.into()).await
    };
}

/// A session of somebody.
pub(crate) async fn sign_in(ctx: &Ctx, user_id: Uuid) -> Ctx {
    let row = session::Model {
        id: ctx.new_id(),
        user_id,
        token_hash: ctx.new_id().to_string(),
        created_at: ctx.time(),
        expires_at: ctx.time().plus_seconds(86_400),
        last_seen_at: ctx.time(),
    };
    let session_id = row.id;
    put!(ctx, session, row);
    ctx.with_actor(Actor::User { user_id, session_id })
}

async fn agent(ctx: &Ctx, tenant: &Tenant) -> Ctx {
    let now = ctx.time();
    let user_id = ctx.new_id();
    put!(
        ctx,
        user,
        user::Model {
            id: user_id,
            email: None,
            name: Some("Agent".to_owned()),
            password_hash: None,
            email_set_at: None,
            created_at: now
        }
    );
    put!(
        ctx,
        membership,
        membership::Model {
            id: ctx.new_id(),
            user_id,
            organization_id: tenant.organization.id,
            role: Role::Agent,
            created_at: now,
        }
    );
    sign_in(ctx, user_id).await
}

/// A conversation of a new customer, with one message.
pub(crate) async fn talk(ctx: &Ctx, tenant: &Tenant, name: &str) -> (Uuid, Uuid) {
    let now = ctx.time();
    let (contact_id, conversation_id) = (ctx.new_id(), ctx.new_id());
    put!(
        ctx,
        contact,
        contact::Model {
            id: contact_id,
            company_id: tenant.company.id,
            name: Some(name.to_owned()),
            phone: Some("+34600111222".to_owned()),
            language: Some("es".to_owned()),
            notice_at: None,
            created_at: now,
        }
    );
    put!(
        ctx,
        contact_address,
        contact_address::Model {
            id: ctx.new_id(),
            company_id: tenant.company.id,
            contact_id,
            kind: format!("webchat:{}", tenant.channel.id),
            value: contact_id.to_string(),
            trusted: false,
            source: "webchat".to_owned(),
            created_at: now,
        }
    );
    put!(
        ctx,
        conversation,
        conversation::Model {
            id: conversation_id,
            company_id: tenant.company.id,
            channel_id: tenant.channel.id,
            contact_id,
            status: ConversationStatus::Open,
            owner: ConversationOwner::Assistant,
            owner_user_id: None,
            needs_attention: true,
            attention_reason: Some("wish".to_owned()),
            language: Some("es".to_owned()),
            dialogue: json!({ "cart": { "lines": [{ "key": "R-1", "quantity": 2 }] }, "given": { "city": "Almaty" } }),
            revision: 0,
            unread_count: 1,
            preview: "Hola".to_owned(),
            current_order_id: None,
            last_message_at: now,
            created_at: now,
        }
    );
    put!(
        ctx,
        message,
        message::Model {
            id: ctx.new_id(),
            company_id: tenant.company.id,
            channel_id: tenant.channel.id,
            conversation_id,
            direction: MessageDirection::Inbound,
            author: MessageAuthor::Customer,
            author_user_id: None,
            text: "Hola".to_owned(),
            language: None,
            attachments: json!([{ "kind": "image", "url": "https://media.example.com/1.jpg" }]),
            buttons: None,
            status: MessageStatus::Received,
            error: None,
            external_id: None,
            turn_id: None,
            created_at: now,
            sent_at: None,
            parts: None,
        }
    );
    (contact_id, conversation_id)
}

/// A catalogue of two rows, published.
pub(crate) async fn catalogue_of(ctx: &Ctx, scope: &CompanyScope) -> (Uuid, Uuid) {
    for (sku, name, price) in [("R-1", "Red roses", "1500"), ("R-2", "White lilies", "2500")] {
        let cells: BTreeMap<String, String> =
            [("name", name), ("sku", sku), ("description", "A bouquet."), ("price", price)]
                .into_iter()
                .map(|(key, text)| (key.to_owned(), text.to_owned()))
                .collect();
        service::catalog::add_row(ctx, scope, ItemKind::Product, &cells).await.unwrap();
    }
    let published = service::catalog::publish(ctx, scope, false).await.unwrap().published_version_id.unwrap();
    let rows = service::catalog::rows(ctx, scope, published, &service::catalog::RowsRequest::default()).await.unwrap();
    (published, rows.page.rows[0].1.id)
}

async fn order_of(ctx: &Ctx, tenant: &Tenant, contact_id: Uuid, conversation_id: Uuid) -> (Uuid, Uuid) {
    let now = ctx.time();
    let money = |minor: i64| json!({ "minor": minor, "currency": "KZT" });
    let fee = json!({ "charged": money(0), "full": money(0), "free_from": null, "waived": false });
    let (order_id, booking_id) = (ctx.new_id(), ctx.new_id());
    put!(
        ctx,
        order,
        order::Model {
            id: order_id,
            company_id: tenant.company.id,
            branch_id: tenant.branch.id,
            number: 1,
            conversation_id,
            contact_id,
            status: OrderStatus::Open,
            payment_status: PaymentStatus::PaymentLinkSent,
            currency: "KZT".to_owned(),
            products_minor: 300_000,
            delivery_minor: 50_000,
            travel_minor: 0,
            total_minor: 350_000,
            free_delivery: false,
            city: Some("Almaty".to_owned()),
            name: Some("Ana".to_owned()),
            phone: Some("+34600111222".to_owned()),
            address: None,
            language: "es".to_owned(),
            quote: json!({ "lines": [], "products": money(300_000), "delivery": fee, "travel": fee, "total": money(350_000) }),
            appointment_start: None,
            appointment_end: None,
            delivery_time_hours: Some(24),
            payment_reminder_hours: Some(3),
            link_token: Some(format!("token-{order_id}")),
            link_sent_at: Some(now),
            link_expires_at: Some(now.plus_seconds(86_400)),
            paid_at: None,
            created_at: now,
            updated_at: now,
        }
    );
    put!(
        ctx,
        order_line,
        order_line::Model {
            id: ctx.new_id(),
            company_id: tenant.company.id,
            order_id,
            position: 0,
            key: "R-1".to_owned(),
            sku: Some("R-1".to_owned()),
            name: "Red roses".to_owned(),
            kind: "product".to_owned(),
            quantity: 2,
            unit_minor: 150_000,
            total_minor: 300_000,
        }
    );
    put!(
        ctx,
        payment,
        payment::Model {
            id: ctx.new_id(),
            company_id: tenant.company.id,
            order_id,
            provider: "sandbox".to_owned(),
            external_id: format!("page-{order_id}"),
            status: PaymentState::Open,
            amount_minor: 350_000,
            currency: "KZT".to_owned(),
            url: "https://x8.example/test-bank/1".to_owned(),
            expires_at: now.plus_seconds(86_400),
            created_at: now,
            paid_at: None,
            refunded_at: None,
        }
    );
    put!(
        ctx,
        reminder,
        reminder::Model {
            id: ctx.new_id(),
            company_id: tenant.company.id,
            conversation_id,
            order_id,
            kind: ReminderKind::UnpaidLink,
            due_at: now.plus_seconds(10_800),
            sent_at: None,
            cancelled_at: None,
            cancel_reason: None,
            created_at: now,
        }
    );
    put!(
        ctx,
        booking,
        booking::Model {
            id: booking_id,
            company_id: tenant.company.id,
            branch_id: tenant.branch.id,
            order_id,
            kind: BookingKind::Delivery,
            status: BookingStatus::Held,
            start_at: now.plus_seconds(3_600),
            end_at: now.plus_seconds(7_200),
            city: Some("Almaty".to_owned()),
            title: "#1 Ana".to_owned(),
            external_event_id: None,
            external_start_at: None,
            external_end_at: None,
            expires_at: Some(now.plus_seconds(86_400)),
            created_at: now,
            updated_at: now,
        }
    );
    (order_id, booking_id)
}

/// Fills a tenant with one of everything.
pub(crate) async fn fill(kit: &Kit, tenant: Tenant) -> World {
    let ctx = &kit.ctx;
    let now = ctx.time();
    let company_id = tenant.company.id;
    let (contact_id, conversation_id) = talk(ctx, &tenant, "Ana").await;
    let (order_id, booking_id) = order_of(ctx, &tenant, contact_id, conversation_id).await;
    put!(
        ctx,
        turn,
        turn::Model {
            id: ctx.new_id(),
            company_id,
            conversation_id,
            status: TurnStatus::Answered,
            intent: Some("greeting".to_owned()),
            language: Some("es".to_owned()),
            asks: json!([]),
            items_offered: json!([]),
            reasons: json!([{ "step": "quoted", "detail": "R-1 × 2", "items": ["R-1"],
                "lines": [{ "code": "line_free", "values": { "quantity": 2, "name": "Red roses" } }] }]),
            work_us: 2_500,
            error: None,
            started_at: now,
            finished_at: Some(now),
        }
    );
    let (version_id, row_id) = catalogue_of(ctx, &tenant.scope).await;
    let (file_id, import_id, job_id) = (ctx.new_id(), ctx.new_id(), ctx.new_id());
    put!(
        ctx,
        file,
        file::Model {
            id: file_id,
            company_id,
            name: "roses.csv".to_owned(),
            size: 10,
            media_type: "text/csv".to_owned(),
            storage_key: format!("company/{}/import/{}", company_id.simple(), file_id.simple()),
            purpose: "import".to_owned(),
            created_at: now,
        }
    );
    put!(
        ctx,
        import,
        import::Model {
            id: import_id,
            company_id,
            file_id,
            file_name: "roses.csv".to_owned(),
            status: ImportStatus::Done,
            rows_read: 2,
            rows_total: Some(2),
            bytes_read: 10,
            bytes_total: 10,
            sheet: None,
            mapping: json!({}),
            problem_count: 0,
            file_problem: None,
            version_id: None,
            created_at: now,
            finished_at: Some(now),
        }
    );
    put!(
        ctx,
        job,
        job::Model {
            id: job_id,
            company_id: Some(company_id),
            subject_id: None,
            kind: "a_dead_one".to_owned(),
            payload: json!({}),
            unique_key: None,
            lane: None,
            status: JobStatus::Dead,
            run_at: now,
            attempts: 8,
            max_attempts: 8,
            lease_until: None,
            lease_token: 8,
            worker: None,
            last_error: Some("it failed".to_owned()),
            created_at: now,
            finished_at: Some(now),
        }
    );
    let integration_id = ctx.new_id();
    put!(
        ctx,
        integration,
        integration::Model {
            id: integration_id,
            company_id,
            kind: IntegrationKind::Payment,
            provider: "stripe".to_owned(),
            public_key: format!("key-{integration_id}"),
            status: ChannelStatus::Connected,
            external_id: Some("acct_1".to_owned()),
            name: Some("Lumen".to_owned()),
            settings: json!({ "live": false, "webhook": true }),
            last_error: None,
            error_code: None,
            error_count: 0,
            connected_at: Some(now),
            created_at: now,
        }
    );
    let media_id = ctx.new_id();
    put!(
        ctx,
        media,
        media::Model {
            id: media_id,
            company_id,
            kind: MediaKind::Video,
            state: MediaState::Ready,
            public_key: media_id.simple().to_string(),
            name: "rose.mp4".to_owned(),
            media_type: "video/mp4".to_owned(),
            size: 7,
            width: None,
            height: None,
            host: Some("object".to_owned()),
            host_account: None,
            stored: true,
            url: Some(format!("https://x8.example/media/{}.mp4", media_id.simple())),
            thumbnail_url: None,
            welcome: None,
            error_code: None,
            last_error: None,
            created_at: now,
            changed_at: now,
        }
    );
    let owner = sign_in(ctx, tenant.owner.id).await;
    let agent = agent(ctx, &tenant).await;
    let message = message::Entity::find()
        .filter(message::Column::ConversationId.eq(conversation_id))
        .one(&ctx.db().read_across())
        .await
        .unwrap()
        .unwrap();
    let ids = Ids {
        company: format!("company:{company_id}"),
        branch: format!("branch:{}", tenant.branch.id),
        channel: format!("channel:{}", tenant.channel.id),
        conversation: format!("conversation:{conversation_id}"),
        message: format!("message:{}", message.id),
        contact: format!("contact:{contact_id}"),
        order: format!("order:{order_id}"),
        booking: format!("booking:{booking_id}"),
        version: format!("version:{version_id}"),
        row: format!("row:{row_id}"),
        import: format!("import:{import_id}"),
        file: format!("file:{file_id}"),
        job: format!("job:{job_id}"),
        integration: format!("integration:{integration_id}"),
        media: format!("media:{media_id}"),
    };
    for kind in [
        "a_dead_one",
        "import_table",
        "prune_catalogue",
        "send_message",
        "answer_turn",
        "remove_file",
        "connect_channel",
        "connect_payment",
        "connect_media",
        "remove_media",
        "disconnect_payment",
        "watch_channel",
    ] {
        kit.may_remain(kind);
    }
    World { tenant, ids, owner, agent }
}

/// A tenant with one of everything.
pub(crate) async fn world(kit: &Kit) -> World {
    let tenant = kit.tenant().await;
    fill(kit, tenant).await
}

/// Nobody.
pub(crate) fn stranger(kit: &Kit) -> Ctx {
    kit.ctx.with_actor(Actor::Nobody)
}

pub(crate) fn request(document: &str, variables: Value) -> Request {
    Request::new(document).variables(Variables::from_json(variables))
}

/// Runs a document; the response as the client sees it.
pub(crate) async fn run(schema: &X8Schema, ctx: &Ctx, document: &str, variables: Value) -> Value {
    let data = request_data(ctx.clone()).from("192.0.2.1");
    serde_json::to_value(schema.execute(data, request(document, variables)).await).unwrap()
}

/// Runs a document that must do without errors; its data.
pub(crate) async fn data(ctx: &Ctx, document: &str, variables: Value) -> Value {
    let response = run(&schema(), ctx, document, variables).await;
    assert!(response.get("errors").is_none(), "{document}\n{response:#}");
    response["data"].clone()
}

/// The code of the first error; empty without one.
pub(crate) fn code(response: &Value) -> &str {
    response["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// All rows of all tables that a caller could change, as text.
pub(crate) async fn everything(ctx: &Ctx) -> String {
    let mut text = String::new();
    macro_rules! dump {
        ($($table:ident)*) => {$(
            let mut rows: Vec<String> = $table::Entity::find()
                .all(&ctx.db().read_across())
                .await
                .unwrap()
                .into_iter()
                .map(|row| format!("{row:?}\n"))
                .collect();
            rows.sort();
            text.extend(rows);
        )*};
    }
    dump! {
        booking catalogue catalogue_row catalogue_version channel channel_event channel_log channel_session company contact
        contact_address conversation credential event file import integration
        job media membership merged message model_month model_use order order_line payment reminder turn user
    }
    text
}
