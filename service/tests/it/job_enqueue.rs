//! Enqueuing: part of the causing transaction; one waiting job a key.

use crate::jobs::{Note, claim_one, counts, drain, enqueue, enqueue_in, finish, row};
use entity::stored::JobStatus;
use service::job::Enqueued;
use std::time::Duration;
use testkit::both;

const SECOND: Duration = Duration::from_secs(1);

both! {
    /// reliability.md case 1.
    async fn a_thousand_random_rollbacks_leave_only_what_was_committed(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let mut committed = Vec::new();
        for number in 0..1000 {
            let mut tx = ctx.db().begin_across().await.unwrap();
            service::job::enqueue(ctx, &mut tx, &tenant.scope, &Note::numbered(number)).await.unwrap();
            match ctx.engine().random.below(10) {
                0 => {
                    ctx.commit(tx).await.unwrap();
                    committed.push(number);
                }
                1..=4 => tx.rollback().await.unwrap(),
                _ => drop(tx),
            }
        }
        assert!(committed.len() > 50, "chance committed some: {}", committed.len());
        assert_eq!(drain(&kit).await, committed, "what was committed runs, in its order, and nothing else");
        assert_eq!(kit.jobs().await.len(), committed.len());
    }

    async fn a_key_joins_while_the_job_waits_and_moves_it(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let id = enqueue(ctx, &tenant.scope, &Note::keyed(1, "turn:1")).await;
        assert_eq!(enqueue_in(ctx, &tenant.scope, &Note::keyed(2, "turn:1"), 3 * SECOND).await, Enqueued::Joined);
        assert_eq!(drain(&kit).await, Vec::<u32>::new(), "it was moved to the new time");
        kit.advance(3 * SECOND);
        assert_eq!(drain(&kit).await, [1], "one job for both");
        assert_eq!(row(ctx, id).await.status, JobStatus::Done);
        enqueue(ctx, &tenant.scope, &Note::keyed(3, "turn:1")).await;
        assert_eq!(drain(&kit).await, [3], "the key is free again");
    }

    async fn a_running_job_does_not_swallow_the_next_of_its_key(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue(ctx, &tenant.scope, &Note::keyed(1, "turn:1")).await;
        let running = claim_one(ctx).await;
        enqueue(ctx, &tenant.scope, &Note::keyed(2, "turn:1")).await;
        finish(ctx, &running).await;
        assert_eq!(drain(&kit).await, [2]);
    }

    /// reliability.md case 12.
    async fn a_hundred_at_once_make_one_job(kit: Kit) {
        let tenant = kit.tenant().await;
        let pushes = (0..100).map(|number| {
            let (ctx, scope) = (kit.ctx.clone(), tenant.scope.clone());
            tokio::spawn(async move { enqueue_in(&ctx, &scope, &Note::keyed(number, "once"), Duration::ZERO).await })
        });
        let mut new = 0;
        for push in pushes.collect::<Vec<_>>() {
            new += usize::from(matches!(push.await.unwrap(), Enqueued::New(_)));
        }
        assert_eq!(new, 1, "one caller is told that the job is new, the others that they joined");
        assert_eq!(counts(&kit).await, [1, 0, 0, 0]);
        assert_eq!(drain(&kit).await.len(), 1);
    }

    /// What a joining transaction wrote must be seen by a run: the job cannot be claimed between the joining and the commit.
    async fn a_join_that_is_not_committed_yet_holds_the_job_back(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        enqueue(ctx, &tenant.scope, &Note::keyed(1, "turn:1")).await;
        let mut joining = ctx.db().begin_across().await.unwrap();
        let joined = service::job::enqueue(ctx, &mut joining, &tenant.scope, &Note::keyed(2, "turn:1")).await.unwrap();
        assert_eq!(joined, Enqueued::Joined);
        let claiming = {
            let ctx = ctx.clone();
            tokio::spawn(async move { crate::jobs::claim(&ctx, 1).await })
        };
        // PostgreSQL passes the locked row by; SQLite's claim waits for the writer's turn.
        if kit.backend == testkit::Backend::Postgres {
            assert_eq!(claiming.await.unwrap(), []);
            ctx.commit(joining).await.unwrap();
            assert_eq!(drain(&kit).await, [1]);
        } else {
            ctx.commit(joining).await.unwrap();
            let claimed = claiming.await.unwrap();
            assert_eq!(claimed.len(), 1);
            finish(ctx, &claimed[0]).await;
        }
    }

    /// Two transactions enqueue the same key, neither sees the other's: the second must not end joined to a job that runs before
    /// it commits.
    async fn two_first_enqueues_of_a_key_at_once_lose_nothing(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let mut first = ctx.db().begin_across().await.unwrap();
        service::job::enqueue(ctx, &mut first, &tenant.scope, &Note::keyed(1, "turn:1")).await.unwrap();
        let second = {
            let (ctx, scope) = (ctx.clone(), tenant.scope.clone());
            tokio::spawn(async move {
                let mut tx = ctx.db().begin_across().await.unwrap();
                let enqueued = service::job::enqueue(&ctx, &mut tx, &scope, &Note::keyed(2, "turn:1")).await.unwrap();
                (tx, enqueued)
            })
        };
        tokio::task::yield_now().await;
        ctx.commit(first).await.unwrap();
        let (second, enqueued) = second.await.unwrap();
        assert_eq!(enqueued, Enqueued::Joined);
        if kit.backend == testkit::Backend::Postgres {
            assert_eq!(crate::jobs::claim(ctx, 1).await, [], "held back until the second commits");
        }
        ctx.commit(second).await.unwrap();
        assert_eq!(drain(&kit).await, [1]);
    }

    async fn a_cancelled_job_never_runs_and_only_its_company_can_cancel(kit: Kit) {
        let tenant = kit.tenant().await;
        let other = kit.another_tenant("Other").await;
        let ctx = &kit.ctx;
        enqueue(ctx, &tenant.scope, &Note::keyed(1, "reminder:1")).await;
        for (scope, cancelled) in [(&other.scope, 0), (&tenant.scope, 1), (&tenant.scope, 0)] {
            let mut tx = ctx.db().begin_across().await.unwrap();
            assert_eq!(service::job::cancel(ctx, &mut tx, scope, "reminder:1").await.unwrap(), cancelled);
            ctx.commit(tx).await.unwrap();
        }
        assert_eq!(drain(&kit).await, Vec::<u32>::new());
    }

    async fn a_commit_wakes_and_a_rollback_does_not(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let wake = ctx.engine().wake.notified();
        tokio::pin!(wake);
        wake.as_mut().enable();
        let mut tx = ctx.db().begin_across().await.unwrap();
        service::job::enqueue(ctx, &mut tx, &tenant.scope, &Note::numbered(1)).await.unwrap();
        tx.rollback().await.unwrap();
        assert!(futures::poll!(wake.as_mut()).is_pending(), "nobody is woken by a rollback");
        enqueue(ctx, &tenant.scope, &Note::numbered(2)).await;
        assert!(futures::poll!(wake.as_mut()).is_ready(), "a commit wakes");
        assert_eq!(drain(&kit).await, [2]);
    }
}
