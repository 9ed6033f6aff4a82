//! The door for money: signed events, the short link, the test pay page.

use crate::http_support::{Answered, Server};
use axum::http::{Method, StatusCode};
use domain::quote::{Fee, Quote, QuoteLine};
use entity::stored::{OrderStatus, PaymentState, PaymentStatus};
use entity::{contact, conversation, order, payment, payment_event};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use serde_json::json;
use service::payment::bank;
use testkit::{Backend, Kit, Tenant};

/// An order in Russian with an open link, as a confirmed checkout leaves it.
async fn order(kit: &Kit, tenant: &Tenant) -> order::Model {
    let ctx = &kit.ctx;
    let money = |minor| domain::money::Money::new(minor, domain::money::Currency::KZT);
    let none = Fee { charged: money(0), full: money(0), free_from: None, waived: false };
    let quote = Quote {
        lines: vec![QuoteLine {
            key: "roses".to_owned(),
            sku: None,
            name: "Розы <20>".to_owned(),
            kind: domain::catalog::ItemKind::Product,
            quantity: 2,
            unit_price: money(450_000),
            total: money(900_000),
        }],
        products: money(900_000),
        delivery: Fee { charged: money(100_000), ..none },
        travel: none,
        total: money(1_000_000),
    };
    let now = ctx.time();
    let contact = contact::Model {
        id: ctx.new_id(),
        company_id: tenant.company.id,
        name: None,
        phone: None,
        language: None,
        notice_at: None,
        created_at: now,
    };
    let talk = conversation::Model {
        id: ctx.new_id(),
        company_id: tenant.company.id,
        channel_id: tenant.channel.id,
        contact_id: contact.id,
        status: entity::stored::ConversationStatus::Open,
        owner: entity::stored::ConversationOwner::Assistant,
        owner_user_id: None,
        needs_attention: false,
        attention_reason: None,
        language: None,
        dialogue: json!({}),
        revision: 0,
        unread_count: 0,
        preview: String::new(),
        current_order_id: None,
        last_message_at: now,
        created_at: now,
    };
    let order = order::Model {
        id: ctx.new_id(),
        company_id: tenant.company.id,
        branch_id: tenant.branch.id,
        number: 41,
        conversation_id: talk.id,
        contact_id: contact.id,
        status: OrderStatus::Open,
        payment_status: PaymentStatus::PaymentLinkSent,
        currency: "KZT".to_owned(),
        products_minor: 900_000,
        delivery_minor: 100_000,
        travel_minor: 0,
        total_minor: 1_000_000,
        free_delivery: false,
        city: Some("Алматы".to_owned()),
        name: Some("Айгуль".to_owned()),
        phone: Some("+77000000001".to_owned()),
        address: None,
        language: "ru".to_owned(),
        quote: serde_json::to_value(&quote).unwrap(),
        appointment_start: None,
        appointment_end: None,
        delivery_time_hours: Some(24),
        payment_reminder_hours: None,
        link_token: Some("linktoken".to_owned()),
        link_sent_at: Some(now),
        link_expires_at: Some(now.plus_seconds(3_600)),
        paid_at: None,
        created_at: now,
        updated_at: now,
    };
    let tx = ctx.db().begin_across().await.unwrap();
    contact::Entity::insert(contact.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
    conversation::Entity::insert(talk.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
    order::Entity::insert(order.clone().into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
    ctx.commit(tx).await.unwrap();
    order
}

/// Opens the short link: the path of the bank's page.
async fn open(server: &Server) -> String {
    let answer = server.get("/p/linktoken", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    answer.header("location").strip_prefix("https://x8.example").expect("our own page").to_owned()
}

async fn press(server: &Server, path: &str, action: &str, origin: &str) -> Answered {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin)];
    server.ask(Method::POST, path, &headers, format!("action={action}")).await
}

async fn events(kit: &Kit) -> u64 {
    payment_event::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap()
}

const OWN: &str = "https://x8.example";

#[test]
fn the_page_shows_the_order_and_takes_the_press_once() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        kit.may_remain("settle_payment");
        let tenant = kit.tenant().await;
        order(&kit, &tenant).await;
        let server = Server::start(&kit).await;
        let path = open(&server).await;
        assert_eq!(open(&server).await, path, "an open page is used again");
        let page = server.get(&path, &[]).await;
        let text = page.text();
        for part in [
            "ТЕСТ",
            "Заказ № 41",
            "Lumen",
            "Розы &lt;20&gt; × 2",
            "Доставка",
            "10\u{a0}000\u{a0}₸",
            "lang=\"ru\"",
            "value=\"pay\"",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'")
                && policy.contains("frame-ancestors 'none'")
                && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(!text.contains("<script"), "works without a script");
        // Another site's form is refused and changes nothing.
        for origin in ["https://evil.example", "null"] {
            assert_eq!(press(&server, &path, "pay", origin).await.status, StatusCode::FORBIDDEN);
        }
        let wrong = press(&server, &path, "steal", OWN).await;
        assert_eq!((wrong.status, wrong.field()), (StatusCode::BAD_REQUEST, "action".to_owned()));
        assert_eq!(events(&kit).await, 0);
        let declined = press(&server, &path, "decline", OWN).await;
        assert_eq!(declined.status, StatusCode::SEE_OTHER);
        let page = server.get(declined.header("location"), &[]).await;
        assert!(page.text().contains("Платёж не прошёл") && page.text().contains("value=\"pay\""), "can try again");
        let paid = press(&server, &path, "pay", OWN).await;
        assert_eq!(
            (paid.status, paid.header("location")),
            (StatusCode::SEE_OTHER, format!("{path}?done=pay").as_str())
        );
        assert_eq!(events(&kit).await, 2);
        let waiting = server.get(paid.header("location"), &[]).await;
        assert!(
            waiting.text().contains("http-equiv=\"refresh\"") && !waiting.text().contains("value=\"pay\""),
            "{}",
            waiting.text()
        );
    });
}

#[test]
fn says_what_is_paid_and_what_is_closed() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let order = order(&kit, &tenant).await;
        let server = Server::start(&kit).await;
        let path = open(&server).await;
        let unknown = server.get("/p/none", &[("accept-language", "kk")]).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        assert!(unknown.text().contains("Мұндай бет жоқ"));
        assert_eq!(server.get("/test-bank/sbx_none", &[]).await.status, StatusCode::NOT_FOUND);
        // Back from a provider's page: without paying, and before we have heard of the money.
        let left = server.get("/p/linktoken?left=1", &[]).await;
        assert!(left.text().contains("href=\"/p/linktoken\"") && left.text().contains("№ 41"), "{}", left.text());
        let waits = server.get("/p/linktoken?done=1", &[]).await;
        assert_eq!(waits.header("refresh"), "3; url=/p/linktoken?done=2");
        assert_eq!(server.get("/p/linktoken?done=21", &[]).await.status, StatusCode::SEE_OTHER, "not for ever");
        assert_eq!(server.get("/p/none?left=1", &[]).await.status, StatusCode::NOT_FOUND);
        kit.advance(std::time::Duration::from_secs(3_601));
        let closed = server.get("/p/linktoken", &[]).await;
        assert_eq!(closed.status, StatusCode::GONE);
        assert!(closed.text().contains("№ 41"));
        let page = server.get(&path, &[]).await;
        assert!(page.text().contains("больше не действует") && !page.text().contains("<form"), "{}", page.text());
        assert_eq!(press(&server, &path, "pay", OWN).await.status, StatusCode::SEE_OTHER);
        assert_eq!(events(&kit).await, 0, "a page that ended takes nothing");
        let row = payment::Entity::find().one(&kit.ctx.db().read_across()).await.unwrap().unwrap();
        let tx = kit.ctx.db().begin_across().await.unwrap();
        let mut row = row.into_active_model();
        row.status = Set(PaymentState::Paid);
        row.update(&tx).await.unwrap();
        let mut row = order.into_active_model();
        row.payment_status = Set(PaymentStatus::Paid);
        row.update(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        let back = server.get("/p/linktoken?done=1", &[]).await;
        assert!(back.text().contains("Заказ № 41 оплачен"), "{}", back.text());
        for path in ["/p/linktoken", path.as_str()] {
            let paid = server.get(path, &[]).await;
            assert_eq!(paid.status, StatusCode::OK);
            assert!(paid.text().contains("Заказ № 41 оплачен"), "{}", paid.text());
        }
    });
}

#[test]
fn webhooks_are_verified_over_the_raw_bytes() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        kit.may_remain("settle_payment");
        let tenant = kit.tenant().await;
        order(&kit, &tenant).await;
        let server = Server::start(&kit).await;
        let page = open(&server).await.rsplit('/').next().unwrap().to_owned();
        let paid = service::payment::BankEvent::Paid;
        let (body, signature) = bank(&kit.ctx).event("evt_1", paid, &page, 1_000_000, "KZT", kit.now());
        let send = |provider: &'static str, signature: String, body: String| {
            let server = &server;
            async move {
                let headers = [("content-type", "application/json"), ("stripe-signature", signature.as_str())];
                server.ask(Method::POST, &format!("/webhooks/payment/{provider}"), &headers, body).await.status
            }
        };
        assert_eq!(send("sandbox", "t=1,v1=00".to_owned(), body.clone()).await, StatusCode::UNAUTHORIZED);
        assert_eq!(send("sandbox", signature.clone(), format!("{body} ")).await, StatusCode::UNAUTHORIZED);
        assert_eq!(send("stripe", signature.clone(), body.clone()).await, StatusCode::NOT_FOUND);
        let late = bank(&kit.ctx).sign(kit.now().as_second() - 301, body.as_bytes());
        assert_eq!(send("sandbox", late, body.clone()).await, StatusCode::BAD_REQUEST);
        let empty = bank(&kit.ctx).sign(kit.now().as_second(), b"{}");
        assert_eq!(send("sandbox", empty, "{}".to_owned()).await, StatusCode::BAD_REQUEST);
        let large = "x".repeat(1024 * 1024 + 1);
        assert_eq!(send("sandbox", signature.clone(), large).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(events(&kit).await, 0);
        for _ in 0..2 {
            assert_eq!(send("sandbox", signature.clone(), body.clone()).await, StatusCode::OK);
        }
        assert_eq!(events(&kit).await, 1, "the same event twice is one");
        assert_eq!(server.get("/webhooks/payment/sandbox", &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
    });
}
