//! The way back from a provider at which somebody agreed (reliability.md cases 108, 109), in a browser.

use crate::http_support::{Server, session};
use axum::http::StatusCode;
use entity::credential;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use std::sync::Arc;
use testkit::fake::google::{CLIENT_ID, CLIENT_SECRET, Google};
use testkit::{Backend, Kit};

#[test]
fn only_the_session_that_began_comes_back() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let world = Google::new(Arc::clone(&kit.clock));
        let doors = world.start().await;
        let kit = kit.with_engine(|engine| {
            engine.outside.google_api_url = doors.api.url().to_owned();
            engine.outside.google_token_url = doors.tokens.url().to_owned();
            engine.outside.google =
                Some(gateway::GoogleClient { client_id: CLIENT_ID.to_owned(), client_secret: CLIENT_SECRET.into() });
        });
        kit.may_remain("sync_calendar");
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let (my_token, other_token) =
            (session(&kit.ctx, tenant.owner.id).await, session(&kit.ctx, tenant.owner.id).await);
        let (mine, other) = (format!("x8_session={my_token}"), format!("x8_session={other_token}"));
        let nobody = kit.ctx.with_actor(service::access::Actor::Nobody);
        let me = nobody.with_actor(service::identity::actor_of(&nobody, &my_token).await.unwrap());
        let begin = async || {
            let scope = service::access::company(&me, tenant.company.id).await.unwrap();
            world.agree(&service::calendar::begin_google(&me, &scope).await.unwrap())
        };
        let back = begin().await;
        let query = format!("state={}&code={}", back["state"], back["code"].replace('/', "%2F"));
        let come = async |query: &str, cookie: &str| {
            server.get(&format!("/oauth/google/callback?{query}"), &[("cookie", cookie)]).await
        };
        // A person is before the browser: whatever is wrong, they are led back and read it there.
        let stale = async |query: &str, cookie: &str| {
            let back = come(query, cookie).await;
            let place = back.header("location").to_owned();
            assert_eq!(
                (back.status, place.as_str()),
                (StatusCode::SEE_OTHER, "/c/-/settings?calendar=stale"),
                "{query}"
            );
        };
        stale(&query, "").await;
        for (query, cookie) in [
            (query.as_str(), other.as_str()),
            ("", mine.as_str()),
            ("state=x&code=y", mine.as_str()),
            (&*format!("state={}x&code=y", back["state"]), mine.as_str()),
            (&*format!("state=company:{}&code=y", tenant.company.id), mine.as_str()),
        ] {
            stale(query, cookie).await;
        }
        let done = come(&query, &mine).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/c/-/settings?calendar=connected"));
        stale(&query, &mine).await;
        assert_eq!(credential::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 2);
        let no = begin().await;
        let said = come(&format!("state={}&error=access_denied", no["state"]), &mine).await;
        assert_eq!(said.header("location"), "/c/-/settings?calendar=refused");
        let made_up = begin().await;
        let odd = come(&format!("state={}&code=4%2Fmade-up", made_up["state"]), &mine).await;
        assert_eq!(odd.header("location"), "/c/-/settings?calendar=failed");
        // A push of Google comes in by the headers that were agreed on, and by nothing less.
        kit.drain_with(&service::jobs::registry()).await;
        let pushed = world.pushes().remove(0);
        let path = pushed.address.trim_start_matches("https://x8.example").to_owned();
        let push = async |path: &str, token: &str| {
            let headers = [
                ("x-goog-channel-id", pushed.channel.as_str()),
                ("x-goog-channel-token", token),
                ("x-goog-resource-id", pushed.resource.as_str()),
                ("x-goog-resource-state", "exists"),
            ];
            server.post_json(path, &headers, &serde_json::json!({})).await.status
        };
        assert_eq!(push(&path, &pushed.token).await, StatusCode::OK);
        assert_eq!(push(&path, "another").await, StatusCode::UNAUTHORIZED);
        assert_eq!(push("/webhooks/calendar/nobody", &pushed.token).await, StatusCode::NOT_FOUND);
    });
}
