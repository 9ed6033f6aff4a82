//! Several processes on one database: what one commits the others hear; Redis lost, slow or not there yet costs nothing but
//! time (architecture §6.2).

use entity::stored::EventKind;
use foundation::Random;
use foundation::secret::SealingKey;
use service::ctx::Ctx;
use service::event::{Listener, Told};
use service::{cluster, event, identity};
use std::time::{Duration, Instant};
use testkit::{Backend, Kit, Redis};

/// Longer than any wait of ours; a loaded machine needs it.
const PATIENCE: Duration = Duration::from_secs(20);

/// One more process on the kit's database.
fn process(kit: &Kit, url: &str) -> Kit {
    kit.with_engine(|engine| {
        // Each process has chance of its own: equal ids come from equal seeds.
        engine.random = Random::system();
        let signal = cluster::join(url, &engine.key, &engine.random, &engine.bus, &engine.wake).unwrap();
        engine.signal = Some(signal);
    })
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    began.elapsed()
}

async fn until_works(kit: &Kit, wanted: bool) {
    until("the signal's state", async || kit.ctx.engine().signal.as_ref().unwrap().works() == wanted).await;
}

/// Commits an event of an order and returns its id.
async fn commit(ctx: &Ctx, scope: &service::access::CompanyScope) -> uuid::Uuid {
    let mut tx = ctx.db().begin(scope).await.unwrap();
    let id = ctx.new_id();
    event::emit(ctx, &mut tx, scope, EventKind::Order, id).await.unwrap();
    ctx.commit(tx).await.unwrap();
    id
}

/// The subjects heard until this one, and whether a gap was told.
async fn heard_until(listener: &mut Listener, wanted: uuid::Uuid) -> (Vec<uuid::Uuid>, bool) {
    let (mut subjects, mut gap) = (Vec::new(), false);
    let hearing = async {
        while subjects.last() != Some(&wanted) {
            match listener.next().await {
                Some(Told::Event(event)) => subjects.push(event.subject_id),
                Some(Told::Gap) => gap = true,
                None => break,
            }
        }
    };
    tokio::time::timeout(PATIENCE, hearing).await.expect("it is heard");
    (subjects, gap)
}

fn drain(listener: &mut Listener) {
    while listener.try_next().is_some() {}
}

fn on_postgres<F: Future<Output = ()>>(test: fn(Kit) -> F) {
    testkit::run(Backend::Postgres, test);
}

#[test]
fn what_one_process_commits_the_others_hear_once() {
    on_postgres(|kit| async move {
        let redis = Redis::start(&kit.folder.join("redis"));
        let (one, other) = (process(&kit, &redis.url()), process(&kit, &redis.url()));
        // Another installation on the same server.
        let stranger = kit.with_engine(|engine| {
            let key = SealingKey::new([9; 32]);
            let signal = cluster::join(&redis.url(), &key, &Random::system(), &engine.bus, &engine.wake).unwrap();
            engine.signal = Some(signal);
        });
        for kit in [&one, &other, &stranger] {
            until_works(kit, true).await;
        }
        let tenant = kit.tenant().await;
        let listen = |kit: &Kit| kit.ctx.engine().bus.listen();
        let (mut at_one, mut at_other, mut at_stranger) = (listen(&one), listen(&other), listen(&stranger));
        let mut committed = Vec::new();
        for _ in 0..200 {
            committed.push(commit(&one.ctx, &tenant.scope).await);
        }
        let last = *committed.last().unwrap();
        assert_eq!(heard_until(&mut at_other, last).await, (committed.clone(), false), "in order, none twice");
        assert_eq!(heard_until(&mut at_one, last).await, (committed, false), "its own come once");
        let echo = commit(&other.ctx, &tenant.scope).await;
        assert_eq!(heard_until(&mut at_one, echo).await, (vec![echo], false));
        assert_eq!(at_stranger.try_next(), None, "installations do not hear one another");

        let wake = other.ctx.engine().wake.notified();
        tokio::pin!(wake);
        wake.as_mut().enable();
        let mut tx = one.ctx.db().begin(&tenant.scope).await.unwrap();
        let job = service::catalog::PruneCatalogue { company_id: tenant.company.id };
        service::job::enqueue(&one.ctx, &mut tx, &tenant.scope, &job).await.unwrap();
        one.ctx.commit(tx).await.unwrap();
        tokio::time::timeout(PATIENCE, wake).await.expect("an enqueue wakes the other process's workers");
        kit.drain_with(&service::jobs::registry()).await;
    });
}

#[test]
fn a_server_that_comes_goes_and_hangs_costs_nothing_but_time() {
    on_postgres(|kit| async move {
        let folder = kit.folder.join("redis");
        let url = Redis::url_in(&folder);
        let tenant = kit.tenant().await;
        // Not there yet.
        let (one, other) = (process(&kit, &url), process(&kit, &url));
        let mut at_other = other.ctx.engine().bus.listen();
        commit(&one.ctx, &tenant.scope).await;
        until_works(&one, false).await;
        let mut redis = Redis::start(&folder);
        until_works(&one, true).await;
        until_works(&other, true).await;
        until("a gap is told", async || at_other.try_next() == Some(Told::Gap)).await;
        drain(&mut at_other);
        let heard = commit(&one.ctx, &tenant.scope).await;
        assert!(heard_until(&mut at_other, heard).await.0.contains(&heard));

        // Killed, and what it knew is gone.
        redis.kill();
        let began = Instant::now();
        commit(&one.ctx, &tenant.scope).await;
        assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for it: {:?}", began.elapsed());
        until_works(&one, false).await;
        redis.start_again();
        until_works(&one, true).await;
        until_works(&other, true).await;
        let heard = commit(&one.ctx, &tenant.scope).await;
        let (_, gap) = heard_until(&mut at_other, heard).await;
        assert!(gap, "what was missed is not passed over in silence");

        // Held in its tracks: connections stand, nothing answers.
        redis.hold(true);
        let began = Instant::now();
        commit(&one.ctx, &tenant.scope).await;
        assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for it: {:?}", began.elapsed());
        let began = Instant::now();
        let counted = one.ctx.engine().signal.as_ref().unwrap().count("x", Duration::from_secs(60)).await;
        assert_eq!(counted, None);
        assert!(began.elapsed() < Duration::from_secs(1), "a count is given up in time: {:?}", began.elapsed());
        let began = Instant::now();
        for _ in 0..50 {
            assert_eq!(one.ctx.engine().signal.as_ref().unwrap().count("x", Duration::from_secs(60)).await, None);
        }
        assert!(began.elapsed() < Duration::from_secs(1), "not everybody waits anew: {:?}", began.elapsed());
        until_works(&one, false).await;
        redis.hold(false);
        until_works(&one, true).await;
        until_works(&other, true).await;
        let heard = commit(&one.ctx, &tenant.scope).await;
        assert!(heard_until(&mut at_other, heard).await.1, "a gap");
    });
}

#[test]
fn guesses_are_counted_over_all_processes() {
    on_postgres(|kit| async move {
        let redis = Redis::start(&kit.folder.join("redis"));
        let processes = [process(&kit, &redis.url()), process(&kit, &redis.url()), process(&kit, &redis.url())];
        for kit in &processes {
            until_works(kit, true).await;
        }
        let mut looked_at = 0;
        for kit in processes.iter().cycle().take(24) {
            match identity::sign_in(&kit.ctx, "203.0.113.7", "nobody@example.com", "a wrong password").await {
                Err(service::error::Error::RateLimited(_)) => {}
                _ => looked_at += 1,
            }
        }
        assert_eq!(looked_at, 10, "not ten in each process");
        drop(redis);
        // Without Redis each counts for itself.
        let kit = &processes[0];
        let tried = identity::sign_in(&kit.ctx, "203.0.113.8", "nobody@example.com", "a wrong password").await;
        assert!(!matches!(tried, Err(service::error::Error::RateLimited(_))), "{tried:?}");
    });
}

#[test]
fn new_visitors_are_counted_over_all_processes() {
    on_postgres(|kit| async move {
        let redis = Redis::start(&kit.folder.join("redis"));
        let processes = [process(&kit, &redis.url()), process(&kit, &redis.url())];
        for kit in &processes {
            until_works(kit, true).await;
        }
        let from = |last: u8| std::net::IpAddr::from([203, 0, 113, last]);
        let mut let_in = 0;
        for kit in processes.iter().cycle().take(640) {
            match service::access::may_begin_visit(&kit.ctx, from(7)).await {
                Ok(()) => let_in += 1,
                Err(error) => assert!(matches!(error, service::Error::RateLimited(60)), "{error:?}"),
            }
        }
        assert_eq!(let_in, 600, "not so many in each process");
        for kit in &processes {
            assert!(
                service::access::may_begin_visit(&kit.ctx, from(8)).await.is_ok(),
                "another address has limits of its own"
            );
        }
        drop(redis);
        // Without Redis each counts for itself.
        for kit in &processes {
            let mut let_in = 0;
            for _ in 0..620 {
                let_in += usize::from(service::access::may_begin_visit(&kit.ctx, from(9)).await.is_ok());
            }
            assert_eq!(let_in, 600);
        }
    });
}

#[test]
fn a_clock_that_is_far_from_the_databases_is_named() {
    on_postgres(|kit| async move {
        let offset = cluster::clock_offset(&kit.ctx).await.unwrap().unwrap();
        // The kit's clock stands in another year than the server's.
        let fault = cluster::clock_fault(Some(offset)).unwrap();
        assert!(fault.contains(" s behind the database's") && fault.contains("NTP"), "{fault}");
        kit.advance(offset.unsigned_abs());
        let offset = cluster::clock_offset(&kit.ctx).await.unwrap();
        assert_eq!(cluster::clock_fault(offset), None, "{offset:?}");
        kit.advance(Duration::from_secs(6));
        let fault = cluster::clock_fault(cluster::clock_offset(&kit.ctx).await.unwrap()).unwrap();
        assert!(fault.contains(" s ahead of the database's"), "{fault}");
        assert_eq!(cluster::clock_fault(None), None, "SQLite serves one process");
    });
}
