//! Claiming: who gets which job.

use crate::jobs::{
    LEASE, Note, claim, claim_one, counts, drain, enqueue, enqueue_in, enqueue_many, finish, number, row,
};
use entity::stored::JobStatus;
use service::job::Failure;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testkit::both;

both! {
    async fn a_claim_takes_what_is_due_counts_the_attempt_and_leases(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        enqueue_in(ctx, &tenant.scope, &Note::numbered(2), Duration::from_secs(60)).await;
        assert_eq!(service::job::claim(ctx, "w", &["other"], 9, LEASE).await.unwrap(), [], "only the kinds asked for");
        let claimed = service::job::claim(ctx, "worker-7", &["other", "note"], 9, LEASE).await.unwrap();
        assert_eq!(claimed.iter().map(|job| job.row.id).collect::<Vec<_>>(), [id], "only what is due");
        let now = row(ctx, id).await;
        assert_eq!((now.status, now.attempts, now.lease_token), (JobStatus::Running, 1, 1));
        assert_eq!(now.lease_until, Some(ctx.time().plus_seconds(12)));
        assert_eq!(now.worker.as_deref(), Some("worker-7"));
        assert_eq!(now, claimed[0].row, "the claim returns the row as it is");
        assert_eq!(claimed[0].scope().unwrap().id(), tenant.company.id);
        finish(ctx, &claimed[0]).await;
        kit.advance(Duration::from_secs(60));
        assert_eq!(drain(&kit).await, [2]);
    }

    async fn fifty_claimers_never_get_the_same_job(kit: Kit) {
        let tenant = kit.tenant().await;
        enqueue_many(&kit.ctx, &tenant.scope, (0..500).map(Note::numbered)).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let claimers = (0..50).map(|_| {
            let (ctx, seen) = (kit.ctx.clone(), Arc::clone(&seen));
            tokio::spawn(async move {
                loop {
                    let claimed = claim(&ctx, 7).await;
                    if claimed.is_empty() {
                        return;
                    }
                    for job in &claimed {
                        finish(&ctx, job).await;
                    }
                    seen.lock().unwrap().extend(claimed.iter().map(number));
                }
            })
        });
        for claimer in claimers.collect::<Vec<_>>() {
            claimer.await.unwrap();
        }
        let seen = seen.lock().unwrap().clone();
        assert_eq!(seen.len(), 500, "none twice");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), (0..500).collect(), "none lost");
    }

    async fn a_lane_runs_one_at_a_time_and_in_order(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue_many(ctx, &tenant.scope, [Note::in_lane(1, "a"), Note::in_lane(2, "a"), Note::in_lane(3, "b")]).await;
        let first = claim(ctx, 10).await;
        assert_eq!(first.iter().map(number).collect::<Vec<_>>(), [1, 3], "the first of each lane");
        assert_eq!(claim(ctx, 10).await, [], "the lanes are busy");
        finish(ctx, &first[0]).await;
        let second = claim_one(ctx).await;
        assert_eq!(number(&second), 2);
        finish(ctx, &second).await;
        finish(ctx, &first[1]).await;
    }

    /// Otherwise a message would overtake one that is being retried.
    async fn a_failed_job_keeps_its_place_in_its_lane(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue_many(ctx, &tenant.scope, (1..=3).map(|number| Note::in_lane(number, "a"))).await;
        let first = claim_one(ctx).await;
        service::job::fail(ctx, &first, &Failure::later("not now")).await.unwrap();
        assert_eq!(claim(ctx, 10).await, [], "the others wait behind it");
        kit.advance(Duration::from_secs(3));
        assert_eq!(drain(&kit).await, [1, 2, 3]);
    }

    async fn a_dead_job_frees_its_lane(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue_many(ctx, &tenant.scope, (1..=2).map(|number| Note::in_lane(number, "a"))).await;
        let first = claim_one(ctx).await;
        service::job::fail(ctx, &first, &Failure::never("no such number")).await.unwrap();
        assert_eq!(drain(&kit).await, [2]);
        kit.may_remain("note");
    }

    /// A started job that waits for its next run and a fresh one that is due earlier must not wait for each other.
    async fn a_lane_never_blocks_itself(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue(ctx, &tenant.scope, &Note::in_lane(1, "a")).await;
        let first = claim_one(ctx).await;
        service::job::fail(ctx, &first, &Failure::later("not now")).await.unwrap();
        enqueue_in(ctx, &tenant.scope, &Note::in_lane(2, "a"), Duration::from_secs(1)).await;
        kit.advance(Duration::from_secs(1));
        assert_eq!(claim(ctx, 10).await, [], "the started one comes first");
        kit.advance(Duration::from_secs(2));
        assert_eq!(drain(&kit).await, [1, 2]);
    }

    async fn busy_claimers_never_run_a_lane_twice_at_once(kit: Kit) {
        let tenant = kit.tenant().await;
        let lanes = ["a", "b", "c"];
        let jobs = (0..150).map(|number| Note::in_lane(number, lanes[number as usize % 3]));
        enqueue_many(&kit.ctx, &tenant.scope, jobs).await;
        let running: Arc<Mutex<BTreeMap<String, u32>>> = Arc::default();
        let order: Arc<Mutex<BTreeMap<String, Vec<u32>>>> = Arc::default();
        let claimers = (0..12).map(|_| {
            let (ctx, running, order) = (kit.ctx.clone(), Arc::clone(&running), Arc::clone(&order));
            tokio::spawn(async move {
                while counts_waiting(&ctx).await > 0 {
                    for job in claim(&ctx, 2).await {
                        let lane = job.row.lane.clone().unwrap();
                        let others = running.lock().unwrap().insert(lane.clone(), number(&job));
                        assert_eq!(others, None, "lane {lane} runs twice at once");
                        order.lock().unwrap().entry(lane.clone()).or_default().push(number(&job));
                        tokio::task::yield_now().await;
                        running.lock().unwrap().remove(&lane);
                        finish(&ctx, &job).await;
                    }
                }
            })
        });
        for claimer in claimers.collect::<Vec<_>>() {
            claimer.await.unwrap();
        }
        assert_eq!(counts(&kit).await, [0, 0, 150, 0]);
        for (lane, numbers) in order.lock().unwrap().iter() {
            assert!(numbers.is_sorted(), "lane {lane} kept its order: {numbers:?}");
        }
    }

    /// reliability.md case 22.
    async fn a_single_job_is_not_kept_waiting_by_another_companys_ten_thousand(kit: Kit) {
        let big = kit.tenant().await;
        let small = kit.another_tenant("Small").await;
        let ctx = &kit.ctx;
        enqueue_many(ctx, &big.scope, (0..10_000).map(Note::numbered)).await;
        let running = claim(ctx, 8).await;
        assert_eq!(running.len(), 8);
        kit.advance(Duration::from_secs(1));
        let single = enqueue(ctx, &small.scope, &Note::numbered(1)).await;
        let start = Instant::now();
        let next = claim(ctx, 1).await;
        assert_eq!(next[0].row.id, single, "the next place goes to the company that has nothing running");
        assert!(start.elapsed() < Duration::from_secs(2), "in {:?}", start.elapsed());
        let shared = claim(ctx, 4).await;
        assert_eq!(shared.len(), 4, "the rest goes to the one that has work");
        kit.may_remain("note");
    }

    /// Two zombies: the first must not undo what the second did (reliability.md case 5).
    async fn a_zombies_effect_is_taken_back(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::numbered(1)).await;
        let zombie = claim_one(ctx).await;
        kit.advance(Duration::from_secs(13));
        assert_eq!(service::job::release_expired(ctx).await.unwrap(), 1);
        let second = claim_one(ctx).await;
        assert_eq!((second.row.attempts, second.row.lease_token), (2, 2));

        let mut tx = ctx.db().begin_across().await.unwrap();
        service::event::emit(ctx, &mut tx, &tenant.scope, entity::stored::EventKind::Order, id).await.unwrap();
        let refused = service::job::finish(ctx, &mut tx, &zombie).await;
        assert!(matches!(refused, Err(service::Error::Unavailable(_))), "{refused:?}");
        tx.rollback().await.unwrap();
        let failed = service::job::fail(ctx, &zombie, &Failure::never("mine")).await.unwrap();
        assert_eq!(failed, service::job::Failed::Lost);
        service::job::give_back(ctx, &zombie).await.unwrap();
        assert_eq!(service::job::renew(ctx, &zombie, LEASE).await.unwrap(), service::job::Lease::Lost);
        service::job::finish_if_running(ctx, &zombie).await.unwrap();
        assert_eq!(row(ctx, id).await, second.row, "nothing of the zombie reached the job");
        let page = service::event::since(ctx, &tenant.scope, &ctx.new_id().to_string(), 10).await.unwrap();
        assert_eq!(page.events, [], "its effect was rolled back");
        finish(ctx, &second).await;
    }
}

async fn counts_waiting(ctx: &service::Ctx) -> u64 {
    service::job::backlog(ctx).await.unwrap().iter().map(|(_, count)| count).sum()
}
