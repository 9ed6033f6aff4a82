//! Reads that several ask for at the same time, run once for all of them (request coalescing).
//!
//! A hundred operators whose sockets come back after a restart ask for the same page of the same inbox, and a browser that opens
//! the application asks five times who it is. Who asks for what is running already waits for the next run, and so does
//! everybody else who asks meanwhile: one statement answers them all. A read that was sent before somebody asked never answers
//! them, so that nobody misses what was committed before they asked.
//!
//! Two ways: the same statement, joined only by its own text, values and reach, so that nobody is told what another may see
//! ([`Reads`]); and a row of each asker's own, all looked up with one statement ([`Lookup`]).

use super::reach::Reach;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared, WeakShared};
use sea_orm::{DbErr, Statement, Value};
use std::any::{Any, TypeId};
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Nobody waits longer for the run before theirs: it may be slow, or whoever it is for may have stopped to look. Do not leave such
/// a read unpolled beside something else: all who ask the same would wait so long.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs one after the other. Who comes before one has begun joins it.
struct Turns<J, R: Clone> {
    turn: Arc<Semaphore>,
    next: Arc<Mutex<Option<Next<J, R>>>>,
}

/// A run that was not begun yet.
struct Next<J, R: Clone> {
    run: WeakShared<BoxFuture<'static, R>>,
    /// What those who joined want of it.
    joint: Arc<Mutex<J>>,
}

impl<J, R: Clone> Default for Turns<J, R> {
    fn default() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), next: Arc::default() }
    }
}

impl<J, R> Turns<J, R>
where
    J: Default + Send + 'static,
    R: Clone + Send + Sync + 'static,
{
    /// Joins the next run; `add` says what is wanted of it, or that no more can be. `run` is the run where there is none yet.
    fn join<F>(
        &self,
        add: impl Fn(&mut J) -> bool,
        run: impl FnOnce(Arc<Mutex<J>>) -> F,
    ) -> Shared<BoxFuture<'static, R>>
    where
        F: Future<Output = R> + Send + 'static,
    {
        let mut next = lock(&self.next);
        if let Some(one) = next.as_ref()
            && let Some(run) = one.run.upgrade()
            && add(&mut lock(&one.joint))
        {
            return run;
        }
        let joint = Arc::new(Mutex::new(J::default()));
        add(&mut lock(&joint));
        let (before, place, mine) = (Arc::clone(&self.turn), Arc::clone(&self.next), Arc::clone(&joint));
        let run = run(Arc::clone(&joint));
        let run = async move {
            let _turn = turn(before).await;
            // From here on nobody joins.
            lock(&place).take_if(|next| Arc::ptr_eq(&next.joint, &mine));
            run.await
        };
        let run = run.boxed().shared();
        *next = run.downgrade().map(|run| Next { run, joint });
        run
    }
}

/// A run that ends in any case: of one that panics nobody would wake those who wait.
async fn whole<T>(run: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| Err(DbErr::Custom("a read panicked".to_owned())))
}

/// The turn, or that it did not come.
async fn turn(of: Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    match Arc::clone(&of).try_acquire_owned() {
        Ok(turn) => Some(turn),
        Err(_) => tokio::time::timeout(LONGEST_WAIT, of.acquire_owned()).await.ok()?.ok(),
    }
}

/// Rows of any type.
type Rows = Arc<dyn Any + Send + Sync>;

/// The same statements of one database, as far as somebody waits for them.
#[derive(Default)]
pub(super) struct Reads(Mutex<HashMap<Arc<Asked>, Runs>>);

/// What is asked.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) reach: Reach,
    pub(super) statement: Statement,
    /// What the rows are made into.
    pub(super) item: TypeId,
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        self.reach == other.reach && self.item == other.item && self.statement == other.statement
    }
}

// The values compare numbers by their order: all equal themselves.
impl Eq for Asked {}

impl Hash for Asked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.reach.hash(state);
        self.statement.sql.hash(state);
        let values: &[Value] = self.statement.values.as_ref().map_or(&[], |values| &values.0);
        values.hash(state);
    }
}

/// The runs of one statement.
#[derive(Default)]
struct Runs {
    turns: Turns<(), Result<Rows, DbErr>>,
    /// How many are there, begun or not.
    there: usize,
}

/// A run's place among those of its statement; given up with the run, however it ends.
struct Place {
    reads: Arc<Reads>,
    asked: Arc<Asked>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = lock(&self.reads.0);
        if let Some(runs) = all.get_mut(&self.asked) {
            runs.there -= 1;
            if runs.there == 0 {
                all.remove(&self.asked);
            }
        }
    }
}

impl Reads {
    /// The rows; `run` reads them, unless somebody else's run that is yet to begin answers this too.
    pub(super) async fn read<T>(
        self: &Arc<Self>,
        asked: Asked,
        run: impl Future<Output = Result<Vec<T>, DbErr>> + Send + 'static,
    ) -> Result<Vec<T>, DbErr>
    where
        T: Clone + Send + Sync + 'static,
    {
        let rows = self.join(asked, run).await?;
        match rows.downcast::<Vec<T>>() {
            Ok(rows) => Ok(Arc::unwrap_or_clone(rows)),
            Err(_) => Err(DbErr::Type("rows of another type under the same question".to_owned())),
        }
    }

    fn join<T>(
        self: &Arc<Self>,
        asked: Asked,
        run: impl Future<Output = Result<Vec<T>, DbErr>> + Send + 'static,
    ) -> Shared<BoxFuture<'static, Result<Rows, DbErr>>>
    where
        T: Send + Sync + 'static,
    {
        let mut all = lock(&self.0);
        let asked = Arc::new(asked);
        let Runs { turns, there } = all.entry(Arc::clone(&asked)).or_default();
        turns.join(
            |()| true,
            |_| {
                *there += 1;
                let place = Place { reads: Arc::clone(self), asked };
                async move {
                    let _place = place;
                    Ok(Arc::new(whole(run).await?) as Rows)
                }
            },
        )
    }
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Reads").field(&lock(&self.0).len()).finish()
    }
}

/// So many are looked up with one statement.
const MOST_KEYS: usize = 500;

/// What was found, by its keys; a row that cannot be read is one asker's matter.
pub(crate) type Found<K, V> = HashMap<K, Result<V, DbErr>>;

type Told<K, V> = Result<Arc<Found<K, V>>, DbErr>;

/// Rows that each asker names by a key of their own.
pub(crate) struct Lookup<K: Clone, V: Clone>(Turns<BTreeSet<K>, Told<K, V>>);

impl<K: Clone, V: Clone> Default for Lookup<K, V> {
    fn default() -> Self {
        Self(Turns::default())
    }
}

impl<K, V> Lookup<K, V>
where
    K: Clone + Ord + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The row of this key; `read` finds those of several.
    pub(crate) async fn one<F>(
        &self,
        key: K,
        read: impl FnOnce(BTreeSet<K>) -> F + Send + 'static,
    ) -> Result<Option<V>, DbErr>
    where
        F: Future<Output = Result<Found<K, V>, DbErr>> + Send,
    {
        let add = |keys: &mut BTreeSet<K>| {
            let fits = keys.len() < MOST_KEYS;
            if fits {
                keys.insert(key.clone());
            }
            fits
        };
        let run = |keys: Arc<Mutex<BTreeSet<K>>>| async move {
            let keys = std::mem::take(&mut *lock(&keys));
            whole(read(keys)).await.map(Arc::new)
        };
        let run = self.0.join(add, run);
        run.await?.get(&key).cloned().transpose()
    }
}

impl<K: Clone, V: Clone> std::fmt::Debug for Lookup<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookup")
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, LONGEST_WAIT, Lookup, MOST_KEYS, Reads, lock};
    use crate::db::reach::Reach;
    use futures::future::join_all;
    use futures::poll;
    use sea_orm::{DatabaseBackend, DbErr, Statement};
    use std::any::TypeId;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;
    use tokio::time::sleep;
    use uuid::Uuid;

    fn asked(reach: Reach, of: &str) -> Asked {
        let statement =
            Statement::from_sql_and_values(DatabaseBackend::Sqlite, "SELECT a FROM b WHERE c = ?", [of.into()]);
        Asked { reach, statement, item: TypeId::of::<u64>() }
    }

    /// A counter that a read takes a while to tell, and how often it was read.
    #[derive(Clone, Default)]
    struct Table {
        value: Arc<AtomicU64>,
        reads: Arc<AtomicU64>,
    }

    impl Table {
        async fn read(self) -> Result<Vec<u64>, DbErr> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            let value = self.value.load(Ordering::Relaxed);
            sleep(Duration::from_millis(10)).await;
            Ok(vec![value])
        }
    }

    #[tokio::test]
    async fn what_many_ask_for_is_read_twice() {
        let (reads, table) = (Arc::new(Reads::default()), Table::default());
        let all = join_all((0..100).map(|_| reads.read(asked(Reach::Nobody, "x"), table.clone().read()))).await;
        assert!(all.iter().all(|rows| rows.as_deref() == Ok(&[0])));
        // The first finds nobody; the second run, or the first before it began, answers all others.
        assert!(table.reads.load(Ordering::Relaxed) <= 2);
        assert!(lock(&reads.0).is_empty());
    }

    #[tokio::test]
    async fn other_values_and_another_reach_are_read_by_themselves() {
        let (reads, table) = (Arc::new(Reads::default()), Table::default());
        let (one, other) = (Reach::Company(Uuid::from_u128(1)), Reach::Company(Uuid::from_u128(2)));
        let asked = [asked(one, "x"), asked(other, "x"), asked(one, "y"), asked(Reach::Everybody, "x")];
        let all = asked.map(|asked| reads.read(asked, table.clone().read()));
        join_all(all).await;
        assert_eq!(table.reads.load(Ordering::Relaxed), 4);
    }

    #[tokio::test]
    async fn who_asks_after_a_change_is_told_of_it() {
        let (reads, table) = (Arc::new(Reads::default()), Table::default());
        let asks = (0..50).map(|_| {
            let (reads, table) = (Arc::clone(&reads), table.clone());
            async move {
                for round in 0..40 {
                    sleep(Duration::from_millis(round % 7)).await;
                    let mine = table.value.fetch_add(1, Ordering::Relaxed) + 1;
                    let rows = reads.read(asked(Reach::Nobody, "x"), table.clone().read()).await.unwrap();
                    assert!(rows[0] >= mine, "{rows:?} is older than {mine}");
                }
            }
        });
        join_all(asks).await;
        assert!(table.reads.load(Ordering::Relaxed) < 1_000, "{:?} of 2,000", table.reads);
        assert!(lock(&reads.0).is_empty());
    }

    #[tokio::test]
    async fn who_goes_away_takes_nothing_from_the_others() {
        let (reads, table) = (Arc::new(Reads::default()), Table::default());
        let mut first = Box::pin(reads.read(asked(Reach::Nobody, "x"), table.clone().read()));
        let mut second = Box::pin(reads.read(asked(Reach::Nobody, "x"), table.clone().read()));
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());
        let mut third = Box::pin(reads.read(asked(Reach::Nobody, "x"), table.clone().read()));
        assert!(poll!(&mut third).is_pending());
        drop(first);
        drop(second);
        assert_eq!(third.await, Ok(vec![0]));
        assert!(lock(&reads.0).is_empty());
    }

    #[tokio::test]
    async fn who_stops_to_look_holds_up_nobody_for_long() {
        let (reads, table) = (Arc::new(Reads::default()), Table::default());
        let mut stopped = Box::pin(reads.read(asked(Reach::Nobody, "x"), table.clone().read()));
        assert!(poll!(&mut stopped).is_pending());
        let started = std::time::Instant::now();
        assert_eq!(reads.read(asked(Reach::Nobody, "x"), table.clone().read()).await, Ok(vec![0]));
        assert!(started.elapsed() < 20 * LONGEST_WAIT, "{:?}", started.elapsed());
        drop(stopped);
        assert!(lock(&reads.0).is_empty());
    }

    #[tokio::test]
    async fn a_failure_is_told_to_all_and_not_kept() {
        let (reads, table) = (Arc::new(Reads::default()), Table::default());
        let fails = async || {
            sleep(Duration::from_millis(5)).await;
            Err::<Vec<u64>, _>(DbErr::Custom("away".to_owned()))
        };
        let all = join_all((0..5).map(|_| reads.read(asked(Reach::Nobody, "x"), fails()))).await;
        assert!(all.iter().all(Result::is_err));
        assert_eq!(reads.read(asked(Reach::Nobody, "x"), table.clone().read()).await, Ok(vec![0]));
    }

    #[tokio::test]
    async fn a_panic_is_an_error_for_all() {
        let reads = Arc::new(Reads::default());
        let panics = async || -> Result<Vec<u64>, DbErr> {
            sleep(Duration::from_millis(5)).await;
            panic!("on purpose")
        };
        let all = join_all((0..5).map(|_| {
            let (reads, panics) = (Arc::clone(&reads), panics());
            tokio::spawn(async move { reads.read(asked(Reach::Nobody, "x"), panics).await })
        }));
        let all = tokio::time::timeout(Duration::from_secs(5), all).await.unwrap();
        assert!(all.iter().all(|told| matches!(told, Ok(Err(_)))));
        assert!(lock(&reads.0).is_empty());
    }

    #[tokio::test]
    async fn rows_of_many_are_looked_up_together() {
        let lookup = Lookup::<usize, usize>::default();
        let reads = Arc::new(AtomicU64::new(0));
        let asks = (0..2 * MOST_KEYS).map(|key| {
            let reads = Arc::clone(&reads);
            lookup.one(key, |keys| async move {
                reads.fetch_add(1, Ordering::Relaxed);
                assert!(keys.len() <= MOST_KEYS);
                sleep(Duration::from_millis(2)).await;
                // The odd ones are nowhere.
                let row = |key| if key == 4 { Err(DbErr::Custom("no row".to_owned())) } else { Ok(key * 3) };
                Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, row(key))).collect())
            })
        });
        for (key, found) in join_all(asks).await.into_iter().enumerate() {
            match key {
                4 => assert!(found.is_err()),
                _ => assert_eq!(found, Ok((key % 2 == 0).then_some(key * 3))),
            }
        }
        assert!(reads.load(Ordering::Relaxed) <= 3, "{reads:?}");
    }
}
