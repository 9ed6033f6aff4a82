//! Files in and out, and the calendar feed.

use crate::http_support::{Answered, Server, session};
use axum::http::{Method, StatusCode};
use entity::{booking, file, membership, user};
use object_store::ObjectStoreExt as _;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use testkit::{Backend, Kit};

const FORM: &str = "multipart/form-data; boundary=cut";

fn form(field: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--cut\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\nx\r\n--cut\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat()
}

async fn upload(server: &Server, query: &str, cookie: &str, body: Vec<u8>) -> Answered {
    let headers = [("content-type", FORM), ("x-x8-client", "test"), ("cookie", cookie)];
    server.ask(Method::POST, &format!("/files{query}"), &headers, body).await
}

#[test]
fn takes_a_table_and_gives_it_back_to_its_company_only() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let foreign = kit.another_tenant("Foreign").await;
        let server = Server::start(&kit).await;
        let cookie = format!("x8_session={}", session(&kit.ctx, tenant.owner.id).await);
        let other = format!("x8_session={}", session(&kit.ctx, foreign.owner.id).await);
        let table = "name;price\nРозы;12\n".as_bytes();
        let stored = upload(&server, "", &cookie, form("file", "../../Цены.csv", table)).await;
        assert_eq!(stored.status, StatusCode::OK, "{stored:?}");
        let id = stored.json()["id"].as_str().unwrap().to_owned();
        assert!(id.starts_with("file:"), "{id}");
        let back = server.get(&format!("/files/{id}"), &[("cookie", &cookie)]).await;
        assert_eq!((back.status, &back.body[..]), (StatusCode::OK, table));
        assert!(back.header("content-disposition").starts_with("attachment"), "{back:?}");
        assert!(!back.header("content-disposition").contains(".."), "{back:?}");
        assert_eq!(back.header("x-content-type-options"), "nosniff");
        for (cookie, status) in [(other.as_str(), StatusCode::NOT_FOUND), ("", StatusCode::UNAUTHORIZED)] {
            assert_eq!(server.get(&format!("/files/{id}"), &[("cookie", cookie)]).await.status, status);
        }
        let token = format!("?token={}.00", id.trim_start_matches("file:").replace('-', ""));
        assert_eq!(server.get(&format!("/files/{id}{token}"), &[]).await.status, StatusCode::NOT_FOUND);
        let mine = format!("?companyId=company:{}", tenant.company.id);
        assert_eq!(upload(&server, &mine, &cookie, form("file", "a.csv", table)).await.status, StatusCode::OK);
        assert_eq!(upload(&server, &mine, &other, form("file", "a.csv", table)).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn refuses_what_is_no_table_or_comes_from_elsewhere() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let cookie = format!("x8_session={}", session(&kit.ctx, tenant.owner.id).await);
        let good = form("file", "a.csv", b"name;price\na;1\n");
        assert_eq!(upload(&server, "", "", good.clone()).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(upload(&server, "?companyId=x", &cookie, good.clone()).await.field(), "companyId");
        let without = [("content-type", FORM), ("cookie", cookie.as_str())];
        assert_eq!(server.ask(Method::POST, "/files", &without, good).await.code(), "CLIENT_HEADER_MISSING");
        let json = [("content-type", "application/json"), ("x-x8-client", "t"), ("cookie", cookie.as_str())];
        let claimed = server.ask(Method::POST, "/files", &json, r#"{"file":"/etc/passwd"}"#).await;
        assert_eq!(claimed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let image = upload(&server, "", &cookie, form("file", "a.csv", b"\x89PNG\r\n\x1a\n")).await;
        assert_eq!((image.status, image.code()), (StatusCode::BAD_REQUEST, "UNSUPPORTED_TYPE".to_owned()));
        let missing = upload(&server, "", &cookie, form("other", "a.csv", b"a")).await;
        assert_eq!((missing.status, missing.field()), (StatusCode::BAD_REQUEST, "file".to_owned()));
        let cut = form("file", "a.csv", b"name;price\n");
        let cut = upload(&server, "", &cookie, cut[..cut.len() - 12].to_vec()).await;
        assert_eq!((cut.status, cut.code()), (StatusCode::BAD_REQUEST, "BROKEN_OFF".to_owned()));
        assert_eq!(file::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
    });
}

#[test]
fn the_calendar_feed_needs_its_signature() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let foreign = kit.another_tenant("Foreign").await;
        let server = Server::start(&kit).await;
        let now = kit.ctx.time();
        let visit = booking::Model {
            id: kit.ctx.new_id(),
            company_id: tenant.company.id,
            branch_id: tenant.branch.id,
            order_id: kit.ctx.new_id(),
            kind: entity::stored::BookingKind::Appointment,
            status: entity::stored::BookingStatus::Confirmed,
            start_at: now.plus_seconds(86_400),
            end_at: now.plus_seconds(90_000),
            city: Some("Almaty".to_owned()),
            title: "Massage, 60 min; order 1\nEND:VEVENT".to_owned(),
            external_event_id: None,
            external_start_at: None,
            external_end_at: None,
            expires_at: None,
            created_at: now,
            updated_at: now,
        };
        let tx = kit.ctx.db().begin_across().await.unwrap();
        booking::Entity::insert(visit.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        let path = |url: String| url.strip_prefix("https://x8.example").unwrap().to_owned();
        let own = path(service::access::feed_url(&kit.ctx, &tenant.scope));
        let feed = server.get(&own, &[]).await;
        assert_eq!((feed.status, feed.header("content-type")), (StatusCode::OK, "text/calendar; charset=utf-8"));
        assert_eq!(feed.text().matches("BEGIN:VEVENT").count(), 1);
        assert_eq!(feed.text().lines().filter(|line| *line == "END:VEVENT").count(), 1, "{}", feed.text());
        assert!(feed.text().contains("DTSTART:20260303T090000Z"), "{}", feed.text());
        let foreign_feed = path(service::access::feed_url(&kit.ctx, &foreign.scope));
        assert!(!server.get(&foreign_feed, &[]).await.text().contains("VEVENT"));
        let signature = foreign_feed.rsplit('/').next().unwrap();
        let forged = format!("/calendar/{}/{signature}", tenant.company.id);
        assert_eq!(server.get(&forged, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.get(own.trim_end_matches(".ics"), &[]).await.status, StatusCode::NOT_FOUND);
    });
}

/// What a customer sent: for the company's people, also those who only talk to customers; shown where it runs nothing, in parts
/// where a player asks for them, saved otherwise.
#[test]
fn what_customers_sent_is_for_those_who_talk_to_them() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let foreign = kit.another_tenant("Foreign").await;
        let server = Server::start(&kit).await;
        let owner = format!("x8_session={}", session(&kit.ctx, tenant.owner.id).await);
        let other = format!("x8_session={}", session(&kit.ctx, foreign.owner.id).await);
        let talks = kit.ctx.new_id();
        let tx = kit.ctx.db().begin_across().await.unwrap();
        let now = kit.ctx.time();
        let person = user::Model {
            id: talks,
            email: None,
            name: None,
            password_hash: None,
            email_set_at: None,
            created_at: now,
        };
        user::Entity::insert(person.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
        let member = membership::Model {
            id: kit.ctx.new_id(),
            user_id: talks,
            organization_id: tenant.organization.id,
            role: entity::stored::Role::Agent,
            created_at: now,
        };
        membership::Entity::insert(member.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
        let mut ids = Vec::new();
        for (media_type, purpose) in [("image/png", "received"), ("text/html", "received"), ("text/csv", "import")] {
            let id = kit.ctx.new_id();
            let key = format!("test/{id}");
            kit.ctx.engine().files.put(&key.as_str().into(), "0123456789".into()).await.unwrap();
            let row = file::Model {
                id,
                company_id: tenant.company.id,
                name: "Роза.png".to_owned(),
                size: 10,
                media_type: media_type.to_owned(),
                storage_key: key,
                purpose: purpose.to_owned(),
                created_at: now,
            };
            file::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
            ids.push(format!("/files/{id}"));
        }
        kit.ctx.commit(tx).await.unwrap();
        let agent = format!("x8_session={}", session(&kit.ctx, talks).await);
        for cookie in [&owner, &agent] {
            let picture = server.get(&ids[0], &[("cookie", cookie)]).await;
            assert_eq!((picture.status, picture.text()), (StatusCode::OK, "0123456789"), "{picture:?}");
            assert_eq!(
                (picture.header("content-type"), picture.header("x-content-type-options")),
                ("image/png", "nosniff")
            );
            assert!(picture.header("content-disposition").starts_with("inline; "), "{picture:?}");
            assert!(picture.header("content-security-policy").contains("sandbox"), "{picture:?}");
            let page = server.get(&ids[1], &[("cookie", cookie)]).await;
            assert!(
                page.header("content-disposition").starts_with("attachment; "),
                "what runs is never shown: {page:?}"
            );
        }
        assert_eq!(
            server.get(&ids[2], &[("cookie", &agent)]).await.status,
            StatusCode::FORBIDDEN,
            "tables are not theirs"
        );
        for (cookie, status) in [(other.as_str(), StatusCode::NOT_FOUND), ("", StatusCode::UNAUTHORIZED)] {
            assert_eq!(server.get(&ids[0], &[("cookie", cookie)]).await.status, status);
        }
        let part = server.get(&ids[0], &[("cookie", &agent), ("range", "bytes=2-4")]).await;
        assert_eq!((part.status, part.text()), (StatusCode::PARTIAL_CONTENT, "234"));
        assert_eq!((part.header("content-range"), part.header("content-length")), ("bytes 2-4/10", "3"));
        let beyond = server.get(&ids[0], &[("cookie", &agent), ("range", "bytes=20-")]).await;
        assert_eq!((beyond.status, beyond.text()), (StatusCode::OK, "0123456789"));
    });
}
