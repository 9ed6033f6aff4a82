//! The web application and the small pages beside it.

use crate::http_support::{Server, session};
use axum::http::{Method, StatusCode};
use entity::mail;
use entity::stored::MailStatus;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use testkit::{Backend, Kit};

fn web_dir(kit: &Kit) -> PathBuf {
    let dir = kit.folder.join("web");
    std::fs::create_dir_all(dir.join("assets")).unwrap();
    std::fs::create_dir_all(dir.join("widget/assets")).unwrap();
    let index = "<html><script type=\"application/json\" id=\"boot\"></script><script>theme()</script></html>";
    for (name, text) in [
        ("index.html", index),
        ("assets/app-1.js", "plain"),
        ("assets/app-1.js.br", "as brotli"),
        ("assets/app-1.js.gz", "as gzip"),
        ("icon.svg", "<svg/>"),
        ("widget/loader.js", "load()"),
        ("widget/index.html", "<script>chat()</script>"),
        (".secret", "hidden"),
    ] {
        std::fs::write(dir.join(name), text).unwrap();
    }
    std::fs::write(kit.folder.join("outside.txt"), "outside").unwrap();
    dir
}

#[test]
fn serves_files_compressed_and_cached() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::with(kit.ctx.clone(), Some(web_dir(&kit))).await;
        let get = |path: &'static str, encoding: &'static str| {
            let server = &server;
            async move { server.get(path, &[("accept-encoding", encoding)]).await }
        };
        let asset = "/assets/app-1.js";
        assert_eq!(get(asset, "gzip, br").await.text(), "as brotli");
        assert_eq!(get(asset, "gzip").await.header("content-encoding"), "gzip");
        assert_eq!(get(asset, "br;q=0, gzip;q=0").await.text(), "plain");
        let plain = get(asset, "identity").await;
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(plain.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(plain.header("vary"), "Accept-Encoding");
        let known = server.get(asset, &[("if-none-match", plain.header("etag"))]).await;
        assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
        let head = server.ask(Method::HEAD, asset, &[], "").await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        for path in [
            "/assets/none.js",
            "/assets/app-1.js.br",
            "/.secret",
            "/../outside.txt",
            "/%2e%2e/outside.txt",
            "/assets/..%2f..%2foutside.txt",
            "/assets//app-1.js",
        ] {
            let answer = server.get(path, &[("accept", "text/html")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text());
        }
    });
}

#[test]
fn writes_the_first_facts_into_the_page() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::with(kit.ctx.clone(), Some(web_dir(&kit))).await;
        let headers = [("accept", "text/html"), ("accept-language", "ru, en;q=0.5")];
        for path in ["/", "/inbox/conversation", "/index.html"] {
            let page = server.get(path, &headers).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(
                page.text().contains("\"locale\":\"ru\"") && page.text().contains("\"viewer\":null"),
                "{}",
                page.text()
            );
            let policy = page.header("content-security-policy");
            assert!(
                policy.contains("script-src 'self' 'sha256-") && policy.contains("frame-ancestors 'none'"),
                "{policy}"
            );
            assert_eq!(page.header("x-frame-options"), "DENY");
        }
        let cookie = format!("x8_session={}", session(&kit.ctx, tenant.owner.id).await);
        let page = server.get("/", &[("accept", "text/html"), ("cookie", &cookie)]).await;
        assert!(page.text().contains("Owner of Lumen"), "{}", page.text());
        // A program that asks for data gets no page, and nothing is posted here.
        assert_eq!(server.get("/inbox", &[("accept", "application/json")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.ask(Method::POST, "/inbox", &headers, "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    });
}

#[test]
fn the_widget_may_stand_on_any_site() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::with(kit.ctx.clone(), Some(web_dir(&kit))).await;
        let loader = server.get("/widget/loader.js", &[]).await;
        assert_eq!((loader.text(), loader.header("access-control-allow-origin")), ("load()", "*"));
        assert_eq!(loader.header("cross-origin-resource-policy"), "cross-origin");
        let frame = server.get("/widget/", &[]).await;
        assert!(frame.header("content-security-policy").contains("frame-ancestors *"));
        assert!(frame.headers.get("x-frame-options").is_none());
        assert_eq!(server.get("/widget/none.js", &[("accept", "text/html")]).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn has_a_page_without_a_built_application() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        let page = server.get("/", &[("accept", "text/html")]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("id=\"boot\""), "{}", page.text());
        let playground = server.get("/playground", &[]).await;
        assert!(
            playground.text().contains("X8 playground") && !playground.text().contains("http"),
            "nothing from elsewhere"
        );
        assert!(playground.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(
            server.get("/playground/page.js", &[]).await.header("content-type"),
            "text/javascript; charset=utf-8"
        );
    });
}

#[test]
fn tells_whether_it_lives_and_works() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        assert_eq!(server.get("/healthz", &[]).await.text(), "ok");
        assert_eq!(server.get("/readyz", &[]).await.status, StatusCode::OK);
        assert_eq!(server.get("/metrics", &[]).await.text(), "x8_up 1\n");
        server.alive.store(false, Ordering::SeqCst);
        let ready = server.get("/readyz", &[]).await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            ready.json(),
            serde_json::json!({ "database": true, "dispatcher": false, "redis": null, "files": true })
        );
    });
}

#[test]
fn the_privacy_notice_names_the_company_in_the_readers_language() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let path = format!("/privacy/{}", tenant.channel.public_key);
        for (language, part) in [
            ("en", "Privacy notice"),
            ("es", "Aviso de privacidad"),
            ("ru", "О персональных данных"),
            ("kk", "Жеке деректер туралы"),
        ] {
            let page = server.get(&path, &[("accept-language", language)]).await;
            assert!(page.text().contains(part) && page.text().contains("Lumen"), "{}", page.text());
            assert!(page.text().contains(&format!("lang=\"{language}\"")));
        }
        assert_eq!(server.get("/privacy/none", &[]).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn says_so_while_the_database_is_away() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let db = service::db::Db::open(&service::db::DbConfig::new(kit.url.as_str())).await.unwrap();
        let clock = std::sync::Arc::clone(&kit.clock);
        let engine = testkit::engine(db.clone(), clock, foundation::Random::seeded(1), &kit.folder);
        let server = Server::with(service::Ctx::new(engine, service::access::Actor::System), None).await;
        assert_eq!(server.get("/readyz", &[]).await.status, StatusCode::OK);
        db.close().await.unwrap();
        let ready = server.get("/readyz", &[]).await;
        assert_eq!((ready.status, ready.json()["database"].as_bool()), (StatusCode::SERVICE_UNAVAILABLE, Some(false)));
        let config = server.get(&format!("/widget/{}/config", tenant.channel.public_key), &[]).await;
        assert!(config.status.is_server_error(), "{config:?}");
        assert!(!config.text().contains("sql") && !config.text().contains("pool"), "{}", config.text());
        let (body, signature) = service::payment::bank(&kit.ctx).event(
            "e",
            service::payment::BankEvent::Paid,
            "sbx_1",
            1,
            "EUR",
            kit.now(),
        );
        let event =
            server.ask(Method::POST, "/webhooks/payment/sandbox", &[("stripe-signature", &signature)], body).await;
        assert!(event.status.is_server_error(), "never 2xx before it is stored: {event:?}");
    });
}

#[test]
fn the_mailbox_shows_a_person_their_letters_only() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let other = kit.another_tenant("Other").await;
        let row = mail::Model {
            id: kit.ctx.new_id(),
            company_id: tenant.company.id,
            user_id: tenant.owner.id,
            subject_id: tenant.channel.id,
            kind: "stopped_channel".to_owned(),
            event: "credentials:1".to_owned(),
            address: "ana@example.com".to_owned(),
            language: "en".to_owned(),
            facts: json!({ "company": "Lumen", "name": "<script>", "code": "credentials", "detail": null, "link": "https://x8.example/c" }),
            status: MailStatus::Kept,
            error_code: None,
            last_error: None,
            due_at: kit.ctx.time(),
            created_at: kit.ctx.time(),
            ended_at: Some(kit.ctx.time()),
        };
        let tx = kit.ctx.db().begin(&tenant.scope).await.unwrap();
        mail::Entity::insert(mail::ActiveModel::from(row.clone()).reset_all())
            .exec_without_returning(&tx)
            .await
            .unwrap();
        kit.ctx.commit(tx).await.unwrap();
        let cookie = |token: String| format!("x8_session={token}");
        let mine = cookie(session(&kit.ctx, tenant.owner.id).await);
        let theirs = cookie(session(&kit.ctx, other.owner.id).await);
        let letter = format!("/mailbox/{}", row.id);

        let server = Server::start(&kit).await;
        let list = server.get("/mailbox", &[("cookie", &mine)]).await;
        assert!(list.text().contains(&letter) && list.text().contains("&lt;script&gt;"), "{}", list.text());
        let page = server.get(&letter, &[("cookie", &mine)]).await;
        assert!(page.text().contains("&lt;script&gt;") && !page.text().contains("<script"), "{}", page.text());
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        assert!(server.get("/mailbox", &[("cookie", &theirs)]).await.text().contains("There is no letter."));
        assert_eq!(server.get(&letter, &[("cookie", &theirs)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.get("/mailbox", &[]).await.status, StatusCode::UNAUTHORIZED);

        let url = "smtp://localhost?tls=none".to_owned().into();
        let smtp = gateway::mail::smtp::Smtp::new(&url, "x8@shop.example", None).unwrap();
        let with_server = kit.with_engine(|engine| engine.outside.mail = Some(Arc::new(smtp)));
        let server = Server::start(&with_server).await;
        assert_eq!(server.get("/mailbox", &[("cookie", &mine)]).await.status, StatusCode::NOT_FOUND);
    });
}
