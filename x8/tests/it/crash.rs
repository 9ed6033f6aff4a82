//! kill -9 at fifty random moments while customers write, order and pay: every message is answered once, every paid order is
//! booked once, nothing is orphaned (the promise of architecture §6.2).

use crate::audit;
use crate::owner::Owner;
use crate::program::{self, Ground, Program, Ready};
use crate::visitor::{self, Place, Script, Seen};
use foundation::Random;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use testkit::{Backend, Kit};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often the program dies.
const KILLS: usize = 50;
/// A new visitor comes so often, however long the ones before have to wait: each death meets turns under way.
const ARRIVAL: Duration = Duration::from_millis(300);
/// Everything together; a job whose worker died is taken over after its lease of 12 s, so the end takes some of them.
const PATIENCE: Duration = Duration::from_secs(240);
/// A load that pays for less than this in all that time is none.
const FEWEST_PAID: usize = 20;

#[test]
fn sqlite() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let ground = program::on_sqlite(&kit.folder);
        survive(&kit, ground, 1).await;
    });
}

#[test]
fn postgres() {
    testkit::run(Backend::Postgres, |kit: Kit| async move {
        // Links of orders that nobody paid yet, and the reminder of a visit tomorrow.
        kit.may_remain("expire_link");
        kit.may_remain("send_reminder");
        let ground = program::on_postgres(&kit.folder, &kit.url);
        survive(&kit, ground, 2).await;
    });
}

async fn survive(kit: &Kit, ground: Ground, seed: u64) {
    let mut program = Program::start(&ground);
    let ready = program.ready(&ground).await;
    let owner = Owner::sign_in(&ready).await;
    let keys = [owner.open_shop("PRODUCT", "ES").await, owner.open_shop("SERVICE", "RU").await];

    let (moved, place) = watch::channel(ready.at);
    let over = CancellationToken::new();
    let load = tokio::spawn(load(Place(place), keys, over.clone()));

    let started = Instant::now();
    let random = Random::seeded(seed);
    let (program, last) = kill_again_and_again(program, &ground, &random, &moved).await;
    let killed = started.elapsed();
    over.cancel();
    let finished = async {
        let seen = load.await.expect("the visitors' lives");
        audit::drained(kit, &ground).await;
        seen
    };
    let Ok(seen) = tokio::time::timeout(PATIENCE.saturating_sub(killed), finished).await else {
        let left = audit::left_over(kit, &ground).await;
        panic!("not everybody was served; {left}\n{}", ground.last_words());
    };
    let served = started.elapsed();
    // Nobody has died since the last kill, and the last start still answers.
    program::until_status(last.at, "/readyz", 200).await;
    let (status, _) = program.terminate().await;
    assert!(status.success(), "the last start ends as asked:\n{}", ground.last_words());

    println!("{KILLS} kills in {killed:.1?}, all served after {served:.1?}");
    let taken_over = who_was_served(kit, &ground, &seen).await;
    assert!(taken_over > 0, "no death met a job under way");
}

/// Looks at what visitors saw and at all that is stored. Returns how many jobs began more than once.
pub(crate) async fn who_was_served(kit: &Kit, ground: &Ground, seen: &[Seen]) -> usize {
    let accepted: BTreeSet<String> = seen.iter().flat_map(|seen| &seen.accepted).map(ToString::to_string).collect();
    let paid: BTreeSet<String> = seen.iter().filter_map(|seen| seen.paid.clone()).collect();
    let taken_over = audit::taken_over(kit, ground).await;
    println!(
        "{} visitors, {} messages, {} orders paid, {taken_over} jobs taken over",
        seen.len(),
        accepted.len(),
        paid.len(),
    );
    assert!(paid.len() >= FEWEST_PAID, "the load was none: {} orders paid", paid.len());
    let faults = audit::faults(kit, ground, &accepted, &paid).await;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    taken_over
}

/// Lets visitors come until it is over, and stays with them until the last one is served.
pub(crate) async fn load(place: Place, keys: [String; 2], over: CancellationToken) -> Vec<Seen> {
    let mut visitors = tokio::task::JoinSet::new();
    for number in 0.. {
        let place = place.clone();
        let script = match number % 3 {
            0 => Script::manicure(&keys[1], number / 3),
            _ => Script::flowers(&keys[0], number),
        };
        visitors.spawn(async move { visitor::live(&place, &script).await });
        tokio::select! {
            () = over.cancelled() => break,
            () = tokio::time::sleep(ARRIVAL) => {}
        }
    }
    visitors.join_all().await
}

/// Kills the program at random moments: mostly under load, every fifth time while it starts. Returns the last start.
async fn kill_again_and_again(
    first: Program,
    ground: &Ground,
    random: &Random,
    moved: &watch::Sender<std::net::SocketAddr>,
) -> (Program, Ready) {
    let mut program = first;
    for kill in 0..KILLS {
        let moment = if kill % 5 == 4 {
            // Anywhere in its start: the migrations, the first claims.
            20 + random.below(400)
        } else {
            if kill > 0 {
                let ready = program.ready(ground).await;
                moved.send_replace(ready.at);
            }
            50 + random.below(850)
        };
        tokio::time::sleep(Duration::from_millis(moment)).await;
        program.kill_9().await;
        program = Program::start(ground);
    }
    let ready = program.ready(ground).await;
    moved.send_replace(ready.at);
    (program, ready)
}
