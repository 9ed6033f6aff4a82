//! Pictures and videos in by the upload door, and out to everybody who knows their address (reliability.md cases 92, 93).

use crate::http_support::{Answered, Server, session};
use axum::http::{Method, StatusCode};
use entity::media;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use testkit::{Backend, Kit};

const FORM: &str = "multipart/form-data; boundary=cut";
const GIF: &[u8] = b"GIF89a\x40\x01\xf0\x00\x80\0\0\0\0\0\xff\xff\xff<script>alert(1)</script>\x3b";

async fn upload(server: &Server, cookie: &str, query: &str, name: &str, bytes: &[u8]) -> Answered {
    let head = format!(
        "--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: image/png\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat();
    let headers = [("content-type", FORM), ("x-x8-client", "test"), ("cookie", cookie)];
    server.ask(Method::POST, &format!("/files?purpose=media{query}"), &headers, body).await
}

async fn stored(kit: &Kit) -> Vec<media::Model> {
    media::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap()
}

/// A picture that is a page as well is shown as a picture and nothing else; parts of it go out as asked.
#[test]
fn serves_what_it_took_and_nothing_else() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let cookie = format!("x8_session={}", session(&kit.ctx, tenant.owner.id).await);
        let sent = upload(&server, &cookie, "", "../../page\".html", GIF).await;
        assert_eq!(sent.status, StatusCode::OK, "{sent:?}");
        assert!(sent.json()["id"].as_str().unwrap().starts_with("media:"));
        let row = stored(&kit).await.remove(0);
        let path = row.url.unwrap().trim_start_matches("https://x8.example").to_owned();
        assert!(path.starts_with("/media/") && path.ends_with(".gif"), "{path}");
        let shown = server.get(&path, &[]).await;
        assert_eq!((shown.status, &shown.body[..]), (StatusCode::OK, GIF));
        assert_eq!(shown.header("content-type"), "image/gif");
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
        assert_eq!(shown.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(shown.header("cross-origin-resource-policy"), "cross-origin");
        assert!(shown.header("content-disposition").starts_with("inline; filename="), "{shown:?}");
        assert!(!shown.header("content-disposition").contains(".."));
        assert!(shown.header("cache-control").contains("max-age="));
        let part = server.get(&path, &[("range", "bytes=0-5")]).await;
        assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &b"GIF89a"[..]));
        assert_eq!(part.header("content-range"), format!("bytes 0-5/{}", GIF.len()));
        assert_eq!(server.get(&path, &[("range", "bytes=999-")]).await.status, StatusCode::RANGE_NOT_SATISFIABLE);
        let etag = shown.header("etag").to_owned();
        assert_eq!(server.get(&path, &[("if-none-match", &etag)]).await.status, StatusCode::NOT_MODIFIED);
        for wrong in ["/media/", "/media/x", "/media/..%2f..%2fx8.db", "/media/%00.gif", "/media/'--.gif"] {
            let answer = server.get(wrong, &[]).await;
            assert!(answer.status != StatusCode::INTERNAL_SERVER_ERROR && !answer.body.starts_with(b"GIF"), "{wrong}");
        }
    });
}

#[test]
fn refuses_what_customers_must_not_meet() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let foreign = kit.another_tenant("Foreign").await;
        let server = Server::start(&kit).await;
        let cookie = format!("x8_session={}", session(&kit.ctx, tenant.owner.id).await);
        let mut large = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x40\0\0\0\xf0\x08\x06\0\0\0".to_vec();
        large.resize(10_000_001, 0);
        let cases: [(&str, &[u8], &str); 6] = [
            ("a.jpg", b"", "EMPTY"),
            ("a.jpg", b"PK\x03\x04zip", "UNSUPPORTED_TYPE"),
            ("a.svg", b"<svg onload=alert(1)>", "UNSUPPORTED_TYPE"),
            ("a.html", b"<!doctype html>", "UNSUPPORTED_TYPE"),
            ("a.jpg", b"\xff\xd8\xff", "BROKEN"),
            ("a.png", &large, "TOO_LARGE"),
        ];
        for (name, bytes, code) in cases {
            let refused = upload(&server, &cookie, "", name, bytes).await;
            assert_eq!(
                (refused.status.is_client_error(), refused.field(), refused.code()),
                (true, "file".to_owned(), code.to_owned()),
                "{name}"
            );
        }
        assert_eq!(upload(&server, "", "", "a.gif", GIF).await.status, StatusCode::UNAUTHORIZED);
        let theirs = format!("&companyId=company:{}", foreign.company.id);
        assert_eq!(upload(&server, &cookie, &theirs, "a.gif", GIF).await.status, StatusCode::NOT_FOUND);
        let headers = [("content-type", FORM), ("x-x8-client", "test"), ("cookie", cookie.as_str())];
        let unknown = server.ask(Method::POST, "/files?purpose=avatar", &headers, "").await;
        assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
        assert_eq!(media::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
    });
}
