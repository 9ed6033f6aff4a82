//! Places for running jobs: so many in all, so many of a kind.

use service::job::Kind;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// All places of a process. Only the dispatcher takes, so what it saw free is still free when it takes it.
#[derive(Debug)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    kinds: BTreeMap<&'static str, Arc<Semaphore>>,
    freed: Arc<Notify>,
}

/// One place; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _all: OwnedSemaphorePermit,
    _kind: OwnedSemaphorePermit,
    _freed: Rings,
}

/// Rings on drop. A field of its own, last in [`Place`]: fields drop in their order, so the permits are back before it rings.
#[derive(Debug)]
struct Rings(Arc<Notify>);

impl Drop for Rings {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Places {
    pub(crate) fn new<'a>(all: usize, kinds: impl Iterator<Item = &'a Kind>) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all.max(1))),
            kinds: kinds.map(|kind| (kind.name, Arc::new(Semaphore::new(kind.options.concurrency.max(1))))).collect(),
            freed: Arc::default(),
        }
    }

    /// How many jobs of this kind could start now.
    pub(crate) fn free(&self, kind: &str) -> usize {
        let of_kind = self.kinds.get(kind).map_or(0, |places| places.available_permits());
        of_kind.min(self.all.available_permits())
    }

    /// Takes a place.
    pub(crate) fn take(&self, kind: &str) -> Option<Place> {
        Some(Place {
            _all: Arc::clone(&self.all).try_acquire_owned().ok()?,
            _kind: Arc::clone(self.kinds.get(kind)?).try_acquire_owned().ok()?,
            _freed: Rings(Arc::clone(&self.freed)),
        })
    }

    /// Waits until a place was freed since the last wait.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use service::job::{Failure, Job, KindOptions, Registry};
    use std::time::Duration;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct One;
    impl Job for One {
        const KIND: &'static str = "one";
    }
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Two;
    impl Job for Two {
        const KIND: &'static str = "two";
    }

    #[tokio::test]
    async fn places_are_bounded_by_kind_and_in_all_and_ring_when_free() {
        let options = KindOptions { concurrency: 2, timeout: Duration::from_secs(1) };
        let ok = || async { Ok::<(), Failure>(()) };
        let registry = Registry::new()
            .register::<One>(move |_, _| Box::pin(ok()), options)
            .register::<Two>(move |_, _| Box::pin(ok()), options);
        let places = Places::new(3, registry.kinds());
        assert_eq!((places.free("one"), places.free("two"), places.free("three")), (2, 2, 0));
        let taken = [places.take("one").unwrap(), places.take("one").unwrap()];
        assert_eq!((places.free("one"), places.free("two")), (0, 1), "the whole bounds the other kind");
        assert!(places.take("one").is_none());
        drop(taken);
        places.freed().await;
        assert_eq!((places.free("one"), places.free("two")), (2, 2));
    }
}
