//! Processes that are killed, paused, or kill themselves.

use crate::support::{
    Effect, Poison, Running, Slow, at_once, effects_had, enqueue, have_effect, make_effects, no_poll, until, until_dry,
};
use entity::stored::JobStatus;
use service::job::{Job as _, Registry};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use testkit::{Kit, both};

/// A worker in a process of its own.
struct Process(Child);

impl Process {
    fn start(kit: &Kit) -> Self {
        let own = std::env::current_exe().unwrap();
        let program = own.parent().and_then(Path::parent).unwrap().join("examples/ledger_child");
        assert!(program.exists(), "build the child first: cargo build -p worker --example ledger_child");
        let mut command = Command::new(program);
        command.arg(&kit.url).arg(&kit.folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    /// SIGKILL: nothing is tidied up.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").arg(signal).arg(self.0.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

both! {
    /// reliability.md cases 3, 4 and 6: none lost, none twice.
    async fn workers_killed_at_random_moments_lose_nothing_and_repeat_nothing(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        enqueue(&ctx, &tenant.scope, (0..1500).map(|number| Effect { number })).await;
        let mut processes = [Process::start(&kit), Process::start(&kit)];
        let mut kills = 0;
        for round in 0_usize.. {
            let had = effects_had(&ctx).await.len();
            let next = had + 20 + usize::try_from(kit.ctx.engine().random.below(100)).unwrap();
            if next >= 1500 {
                break;
            }
            until("the survivors go on", || async { effects_had(&ctx).await.len() >= next }).await;
            let victim = &mut processes[round % 2];
            victim.kill();
            *victim = Process::start(&kit);
            kills += 1;
        }
        until_dry(&kit).await;
        assert!(kills >= 5, "{kills} kills");
        assert_eq!(effects_had(&ctx).await, (0..1500).collect::<Vec<_>>(), "lost or repeated after {kills} kills");
        let again = kit.jobs().await.iter().filter(|job| job.attempts > 1).count();
        assert!(again > 0, "some were killed while they ran");
    }

    /// reliability.md case 5.
    async fn a_worker_paused_past_its_lease_is_refused(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        enqueue(&ctx, &tenant.scope, [Slow { number: 1 }]).await;
        let zombie = Process::start(&kit);
        until("it started", || async { kit.folder.join("started").exists() }).await;
        // On SQLite a process that is stopped inside a transaction keeps everybody out, which is not what is tried here.
        loop {
            zombie.signal("-STOP");
            match tokio::time::timeout(Duration::from_millis(300), ctx.db().begin_across()).await {
                Ok(free) => break free.unwrap().rollback().await.unwrap(),
                Err(_) => zombie.signal("-CONT"),
            }
        }
        let registry = Registry::new().register::<Slow>(
            |ctx, claimed| Box::pin(async move { have_effect(&ctx, &claimed).await }),
            at_once(1),
        );
        let running = Running::start(&ctx, registry, no_poll());
        until_dry(&kit).await;
        running.stop().await;
        assert_eq!(effects_had(&ctx).await, [1]);
        std::fs::write(kit.folder.join("go"), "").unwrap();
        zombie.signal("-CONT");
        until("it was refused", || async { kit.folder.join("refused").exists() }).await;
        assert_eq!(effects_had(&ctx).await, [1], "its effect was taken back");
        assert_eq!(kit.jobs().await[0].attempts, 2);
    }

    /// reliability.md case 9.
    async fn a_job_that_kills_its_process_ends_dead_and_the_others_go_on(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        enqueue(&ctx, &tenant.scope, [Poison {}]).await;
        enqueue(&ctx, &tenant.scope, (0..50).map(|number| Effect { number })).await;
        let mut deaths = 0;
        let mut process = Process::start(&kit);
        let mut look = tokio::time::interval(Duration::from_millis(20));
        while !kit.jobs().await.iter().all(|job| matches!(job.status, JobStatus::Done | JobStatus::Dead)) {
            if process.has_ended() {
                deaths += 1;
                process = Process::start(&kit);
            }
            look.tick().await;
        }
        assert_eq!(deaths, 3, "as many as it has attempts");
        assert_eq!(effects_had(&ctx).await, (0..50).collect::<Vec<_>>());
        assert_eq!(kit.jobs().await[0].status, JobStatus::Dead);
        kit.may_remain(Poison::KIND);
    }
}
