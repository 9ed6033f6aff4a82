//! Access tokens of Google that are refused: one that ended is renewed, whoever meets it first; a refusal that lasts is one.

use crate::calendar_google::Diary;
use domain::booking::Interval;
use entity::stored::{ChannelStatus, OrderStatus};
use serde_json::{Value, json};
use service::job::Claimed;
use std::time::Duration;
use testkit::Kit;
use testkit::fake::{Fault, Reply};

fn refusal(reason: &str) -> Fault {
    let body: Value = json!({ "error": { "code": 403, "message": "Not allowed", "errors": [{ "reason": reason }] } });
    Fault::Answer(Reply::json(403, &body))
}

/// Runs a job that was claimed, as a worker does.
async fn run(kit: &Kit, claimed: Claimed) {
    let registry = service::jobs::registry();
    let kind = registry.kind(&claimed.row.kind).expect("a handler");
    match kind.run(kit.ctx.clone(), claimed.clone()).await {
        Ok(()) => service::job::finish_if_running(&kit.ctx, &claimed).await.unwrap(),
        Err(failure) => {
            service::job::fail(&kit.ctx, &claimed, &failure).await.unwrap();
        }
    }
}

testkit::both! {
    /// Two jobs meet the same refusal at once: the consent is good, and both come through with the next token.
    async fn one_refused_token_met_by_two_jobs_is_renewed(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let orders = [diary.massage("ann", 10).await, diary.massage("bob", 12).await];
        for order in &orders {
            diary.doors.api.fail("/events", Fault::Answer(Reply::json(500, &json!({}))));
            diary.pay(order).await;
        }
        diary.world.end_access();
        for _ in 0..2 {
            diary.doors.api.fail("/events", Fault::DoneThenSlow(Duration::from_millis(400)));
        }
        let kit = &diary.shop.kit;
        kit.advance(Duration::from_secs(10));
        let lease = Duration::from_secs(60);
        let claimed = service::job::claim(&kit.ctx, "test", &["write_booking"], 2, lease).await.unwrap();
        assert_eq!(claimed.len(), 2);
        futures::future::join_all(claimed.into_iter().map(|claimed| run(kit, claimed))).await;
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        diary.pass(60).await;
        assert_eq!(diary.world.events().len(), 2);
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
    }

    /// A refusal that a new token does not mend (the account is barred) is said after two calls, and mended by
    /// checking again.
    async fn a_refusal_that_lasts_is_said(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        diary.pass(301).await;
        let before = diary.doors.api.calls("/events").len();
        for _ in 0..5 {
            diary.doors.api.fail("/events", refusal("forbidden"));
        }
        diary.pass(301).await;
        for _ in 0..10 {
            diary.pass(1).await;
        }
        let account = diary.account().await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Error, Some("credentials")));
        let calls = diary.doors.api.calls("/events").len() - before;
        assert!(calls <= 3, "{calls} calls");
        diary.doors.api.heal();
        service::integration::check(&diary.owner, &diary.scope, account).await.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        let id = diary.booking(&order).await.external_event_id.unwrap();
        diary.world.drag(&id, diary.tomorrow(16), diary.tomorrow(17));
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16), "it is read again");
        diary.check();
    }

    /// The installation's registration is wrong, its API is off, or one event was given to somebody else: no consent is dead for that,
    /// and all goes on by itself.
    async fn a_refusal_of_something_else_ends_no_consent(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        let (ctx, scope, booked) = (&diary.shop.kit.ctx, &diary.shop.scope, diary.booking(&order).await);
        diary.doors.api.fail("/events/", refusal("forbiddenForNonOrganizer"));
        service::order::move_booking(ctx, scope, booked.id, diary.tomorrow(15), None).await.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.attention(&order).await.as_deref(), Some("calendar_not_written"));
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        for _ in 0..3 {
            diary.doors.api.fail("/events", refusal("accessNotConfigured"));
        }
        for _ in 0..3 {
            diary.pass(301).await;
            assert_ne!(diary.account().await.error_code.as_deref(), Some("credentials"));
        }
        diary.pass(900).await;
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        diary.world.end_access();
        for _ in 0..4 {
            diary.doors.tokens.fail("/token", Fault::Answer(Reply::json(401, &json!({ "error": "invalid_client" }))));
        }
        for _ in 0..5 {
            diary.pass(301).await;
        }
        let account = diary.account().await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Error, Some("request")));
        for _ in 0..2 {
            diary.pass(301).await;
        }
        assert_eq!((diary.account().await.status, diary.account().await.error_code), (ChannelStatus::Connected, None));
        diary.shop.kit.may_remain("send_mail");
        diary.check();
    }

    /// Reading that was ended by a dead consent begins again with the check, even one that finds Google away.
    async fn a_check_that_fails_does_not_leave_the_calendar_unread(kit: Kit) {
        let diary = Diary::connected(kit).await;
        diary.shop.kit.may_remain("send_mail");
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        diary.pass(301).await;
        for _ in 0..2 {
            diary.doors.api.fail("/events", refusal("forbidden"));
        }
        diary.pass(301).await;
        diary.pass(1).await;
        assert_eq!(diary.account().await.status, ChannelStatus::Error);
        for _ in 0..40 {
            diary.doors.api.fail("/events", Fault::Answer(Reply::json(400, &json!({ "error": { "code": 400 } }))));
        }
        service::integration::check(&diary.owner, &diary.scope, diary.account().await).await.unwrap();
        for _ in 0..4 {
            diary.pass(301).await;
        }
        diary.doors.api.heal();
        let id = diary.booking(&order).await.external_event_id.unwrap();
        diary.world.drag(&id, diary.tomorrow(16), diary.tomorrow(17));
        for _ in 0..3 {
            diary.pass(301).await;
        }
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16));
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
    }

    /// Whoever asks what is taken with a token that ended asks again with a new one: nothing is booked over a foreign event.
    async fn an_ended_token_does_not_free_what_is_taken(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 12).await;
        diary.pay(&order).await;
        diary.world.enter("dentist01", diary.tomorrow(10), diary.tomorrow(11));
        diary.world.end_access();
        let (ctx, booked, day) = (&diary.shop.kit.ctx, diary.booking(&order).await, jiff::civil::date(2026, 3, 3));
        let free = service::order::free_times(ctx, &diary.shop.scope, &booked, day, day, 500).await.unwrap();
        let taken = Interval { start: diary.tomorrow(10), end: diary.tomorrow(11) };
        assert!(!free.is_empty());
        assert!(free.iter().all(|slot| !taken.overlaps(&Interval { start: slot.start, end: slot.end })), "{free:?}");
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        // And the booking of money that comes with an ended token finds the foreign event.
        diary.pass(120).await;
        let late = diary.massage("bob", 16).await;
        diary.world.enter("dentist02", diary.tomorrow(16), diary.tomorrow(17));
        diary.world.end_access();
        diary.pay(&late).await;
        assert_eq!(diary.shop.order().await.status, OrderStatus::Confirmed);
        assert_eq!(diary.attention(&late).await.as_deref(), Some("paid_slot_lost"));
        diary.check();
    }
}
