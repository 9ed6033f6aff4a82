//! Failing, dying, reviving, giving back, pruning.

use crate::jobs::{LEASE, Note, claim, claim_one, counts, drain, enqueue, enqueue_in, enqueue_many, finish, row};
use entity::stored::{EventKind, JobStatus};
use service::job::{Enqueued, Failed, Failure, Lease, Retry};
use service::page::PageRequest;
use std::time::Duration;
use testkit::both;

const SECOND: Duration = Duration::from_secs(1);

both! {
    /// reliability.md case 8.
    async fn an_always_failing_job_runs_three_times_then_is_dead_and_can_be_run_again(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let mut events = ctx.engine().bus.listen();
        let id = enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        let mut runs = 0;
        for base in [2, 4] {
            let ran = kit.drain(|_, _| async { Err(Failure::later("the bank is closed")) }).await;
            assert_eq!(ran.len(), 1);
            runs += 1;
            let waiting = row(ctx, id).await;
            let gap = waiting.run_at.0 - ctx.time().0;
            let fifth = base * 200_000;
            assert!((base * 1_000_000 - gap).abs() <= fifth, "run {runs}: {gap} µs after {base} s");
            assert_eq!((waiting.status, waiting.last_error.as_deref()), (JobStatus::Waiting, Some("the bank is closed")));
            kit.advance(Duration::from_micros(u64::try_from(gap).unwrap()));
        }
        let ran = kit.drain(|_, _| async { Err(Failure::later("the bank is closed")) }).await;
        assert!(matches!(ran[0].failed, Some((_, Failed::Dead))), "{ran:?}");
        kit.advance(3600 * SECOND);
        assert_eq!(drain(&kit).await, Vec::<u32>::new(), "a dead job does not run");
        let Some(service::event::Told::Event(event)) = events.try_next() else { panic!("no event") };
        assert_eq!((event.kind, event.subject_id, event.company_id), (EventKind::Job, id, tenant.company.id));

        let page = service::job::list(ctx, &tenant.scope, Some(JobStatus::Dead), &PageRequest::default()).await.unwrap();
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.rows[0].1.last_error.as_deref(), Some("the bank is closed"));
        let revived = service::job::retry(ctx, &tenant.scope, id).await.unwrap();
        assert_eq!((revived.status, revived.attempts), (JobStatus::Waiting, 0));
        assert!(service::job::retry(ctx, &tenant.scope, id).await.is_err(), "it is not dead any more");
        assert_eq!(drain(&kit).await, [1]);
    }

    async fn a_foreign_company_cannot_run_a_dead_job(kit: Kit) {
        let tenant = kit.tenant().await;
        let other = kit.another_tenant("Other").await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        kit.drain(|_, _| async { Err(Failure::never("no")) }).await;
        let refused = service::job::retry(ctx, &other.scope, id).await;
        assert!(matches!(refused, Err(service::Error::NotFound("job"))), "{refused:?}");
        kit.may_remain("note");
    }

    async fn a_dead_job_is_not_revived_beside_a_waiting_one_of_its_key(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::keyed(1, "k")).await;
        kit.drain(|_, _| async { Err(Failure::never("no")) }).await;
        enqueue(ctx, &tenant.scope, &Note::keyed(2, "k")).await;
        let refused = service::job::retry(ctx, &tenant.scope, id).await;
        assert!(matches!(&refused, Err(service::Error::Invalid(errors)) if errors[0].code == "ALREADY_WAITING"), "{refused:?}");
        assert_eq!(drain(&kit).await, [2]);
        kit.may_remain("note");
    }

    async fn the_other_sides_wait_is_kept(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        let claimed = claim_one(ctx).await;
        let wait = Failure { reason: "slow down".to_owned(), retry: Retry::After(30 * SECOND) };
        let failed = service::job::fail(ctx, &claimed, &wait).await.unwrap();
        assert_eq!(failed, Failed::Again(ctx.time().plus_seconds(30)));
        assert_eq!(service::job::next_due(ctx).await.unwrap(), Some(row(ctx, id).await.run_at));
        kit.advance(29 * SECOND);
        assert_eq!(drain(&kit).await, Vec::<u32>::new());
        kit.advance(SECOND);
        assert_eq!(service::job::next_due(ctx).await.unwrap(), None, "due now: not a time to wait for");
        assert_eq!(drain(&kit).await, [1]);
    }

    async fn a_failed_job_yields_to_a_newer_one_of_its_key(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let first = enqueue(ctx, &tenant.scope, &Note::keyed(1, "k")).await;
        let claimed = claim_one(ctx).await;
        enqueue(ctx, &tenant.scope, &Note::keyed(2, "k")).await;
        let failed = service::job::fail(ctx, &claimed, &Failure::later("not now")).await.unwrap();
        assert_eq!(failed, Failed::Merged);
        assert_eq!(row(ctx, first).await.status, JobStatus::Done);
        assert_eq!(drain(&kit).await, [2]);
    }

    /// reliability.md case 9: each claim counts, so a job that kills its worker ends.
    async fn a_job_that_kills_its_worker_is_dead_after_its_attempts(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        for death in 1..=3 {
            assert_eq!(claim_one(ctx).await.row.attempts, death);
            assert_eq!(service::job::release_expired(ctx).await.unwrap(), 0, "the lease still holds");
            kit.advance(13 * SECOND);
            assert_eq!(service::job::release_expired(ctx).await.unwrap(), 1);
        }
        let dead = row(ctx, id).await;
        assert_eq!((dead.status, dead.last_error.as_deref()), (JobStatus::Dead, Some("the worker went silent")));
        kit.may_remain("note");
    }

    async fn a_renewed_lease_holds(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        let claimed = claim_one(ctx).await;
        for _ in 0..5 {
            kit.advance(10 * SECOND);
            assert_eq!(service::job::renew(ctx, &claimed, LEASE).await.unwrap(), Lease::Held);
            assert_eq!(service::job::release_expired(ctx).await.unwrap(), 0);
        }
        finish(ctx, &claimed).await;
        assert_eq!(service::job::renew(ctx, &claimed, LEASE).await.unwrap(), Lease::Finished);
    }

    /// reliability.md case 17: the attempt of a returned job does not count.
    async fn a_job_given_back_is_as_before(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::in_lane(1, "a")).await;
        let before = row(ctx, id).await;
        let claimed = claim_one(ctx).await;
        service::job::give_back(ctx, &claimed).await.unwrap();
        let after = row(ctx, id).await;
        assert_eq!((after.status, after.attempts, after.run_at), (before.status, before.attempts, before.run_at));
        assert_eq!(after.lease_token, 1, "the old claim cannot come back");
        assert_eq!(drain(&kit).await, [1]);
    }

    async fn a_job_given_back_yields_to_a_newer_one_of_its_key(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue(ctx, &tenant.scope, &Note::keyed(1, "k")).await;
        let claimed = claim_one(ctx).await;
        enqueue(ctx, &tenant.scope, &Note::keyed(2, "k")).await;
        service::job::give_back(ctx, &claimed).await.unwrap();
        assert_eq!(drain(&kit).await, [2]);
    }

    async fn a_handler_without_a_transaction_is_finished_for_it_once(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        let claimed = claim_one(ctx).await;
        service::job::finish_if_running(ctx, &claimed).await.unwrap();
        let done = row(ctx, id).await;
        assert_eq!((done.status, done.finished_at), (JobStatus::Done, Some(ctx.time())));
        kit.advance(SECOND);
        service::job::finish_if_running(ctx, &claimed).await.unwrap();
        assert_eq!(row(ctx, id).await, done, "a second time changes nothing");
    }

    /// reliability.md case 21.
    async fn what_is_done_is_kept_a_day(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue_many(ctx, &tenant.scope, (0..2500).map(Note::numbered)).await;
        for _ in 0..25 {
            let claimed = claim(ctx, 100).await;
            let mut tx = ctx.db().begin_across().await.unwrap();
            for job in &claimed {
                service::job::finish(ctx, &mut tx, job).await.unwrap();
            }
            ctx.commit(tx).await.unwrap();
        }
        assert_eq!(counts(&kit).await, [0, 0, 2500, 0]);
        kit.advance(3600 * 23 * SECOND);
        assert_eq!(service::job::prune(ctx).await.unwrap(), 0);
        let dead = enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        kit.drain(|_, _| async { Err(Failure::never("no")) }).await;
        let Enqueued::New(waiting) = enqueue_in(ctx, &tenant.scope, &Note::numbered(2), 3600 * 24 * 9 * SECOND).await else {
            panic!("a new job");
        };
        kit.advance(3600 * 25 * SECOND);
        assert_eq!(service::job::prune(ctx).await.unwrap(), 2500);
        let left: Vec<_> = kit.jobs().await.iter().map(|job| job.id).collect();
        assert_eq!(left, [dead, waiting], "dead and waiting ones stay");
        kit.advance(3600 * 24 * SECOND);
        assert_eq!(service::job::prune(ctx).await.unwrap(), 1, "the event of the dead one, after two days");
        kit.may_remain("note");
    }

    /// docs/operating.md "What is kept": what was not applied stays, and so does what is young.
    async fn events_of_providers_are_kept_for_a_while(kit: Kit) {
        use sea_orm::{ActiveValue::Set, EntityTrait as _};
        let ctx = &kit.ctx;
        let event = |name: &str, outcome: Option<&str>| entity::payment_event::ActiveModel {
            id: Set(ctx.new_id()),
            company_id: Set(None),
            provider: Set("stripe".to_owned()),
            account: Set("acct".to_owned()),
            external_id: Set(name.to_owned()),
            kind: Set("paid".to_owned()),
            payload: Set(serde_json::json!({})),
            outcome: Set(outcome.map(str::to_owned)),
            received_at: Set(ctx.time()),
            processed_at: Set(None),
        };
        let insert = async |rows: Vec<_>| {
            let db = ctx.db().begin_across().await.unwrap();
            entity::payment_event::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
            ctx.commit(db).await.unwrap();
        };
        insert((0..2300).map(|n| event(&format!("old-{n}"), Some("paid"))).chain([event("open", None)]).collect()).await;
        kit.advance(3600 * 24 * 89 * SECOND);
        insert(vec![event("young", Some("unknown_page"))]).await;
        assert_eq!(service::job::prune(ctx).await.unwrap(), 0);
        kit.advance(3600 * 24 * 2 * SECOND);
        assert_eq!(service::job::prune(ctx).await.unwrap(), 2300);
        let left = entity::payment_event::Entity::find().all(&ctx.db().read_across()).await.unwrap();
        let mut names: Vec<_> = left.into_iter().map(|row| row.external_id).collect();
        names.sort();
        assert_eq!(names, ["open", "young"]);
    }

    /// reliability.md cases 19 and 20.
    async fn a_payload_of_another_version_is_dead_and_in_nobodys_way(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue_many(ctx, &tenant.scope, [Note::numbered(1), Note::numbered(2)]).await;
        let old = kit.jobs().await[0].clone();
        set_payload(ctx, old.id, serde_json::json!({ "count": "one" })).await;
        let registry = service::job::Registry::new().register::<Note>(
            |_, claimed| Box::pin(async move { claimed.payload::<Note>().map(|_| ()) }),
            service::job::KindOptions::default(),
        );
        let ran = kit.drain_with(&registry).await;
        assert_eq!(ran.len(), 2);
        let dead = row(ctx, old.id).await;
        assert_eq!(dead.status, JobStatus::Dead);
        assert!(dead.last_error.unwrap().starts_with("the payload does not decode"));
        assert_eq!(counts(&kit).await, [0, 0, 1, 1]);
        kit.may_remain("note");
    }
}

async fn set_payload(ctx: &service::Ctx, id: uuid::Uuid, payload: serde_json::Value) {
    use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
    let row = entity::job::ActiveModel { id: Set(id), payload: Set(payload), ..Default::default() };
    row.update(&ctx.db().read_across()).await.unwrap();
}
