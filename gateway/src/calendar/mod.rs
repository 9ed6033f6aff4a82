//! Calendars in which bookings stand beside the built-in one.
//!
//! `service` keeps the truth about its own bookings; a calendar outside is asked what else the company does, and shown what was
//! booked.

pub mod google;

use crate::error::Error;
use async_trait::async_trait;
use domain::booking::Interval;
use jiff::Timestamp;

/// A booking as a calendar shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Our id of it, made from the order: putting it twice is putting it once.
    pub id: String,
    /// One line.
    pub title: String,
    /// More, for those who open it.
    pub description: String,
    /// Where.
    pub place: Option<String>,
    /// From.
    pub start: Timestamp,
    /// To.
    pub end: Timestamp,
    /// IANA name of the zone in which people think of it.
    pub zone: String,
}

/// An entry that takes time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The entry's id; every occurrence of one that repeats has its own.
    pub id: String,
    /// From when to when; a whole day by the calendar's zone.
    pub time: Interval,
}

/// What became of one of the calendar's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The entry's id.
    pub id: String,
    /// When it is now; none: it was removed, or lasts whole days.
    pub time: Option<Interval>,
    /// Whether it was removed.
    pub removed: bool,
}

/// What happened in a calendar since a mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The entries, in no order; a full reading names every entry that stands.
    pub entries: Vec<Change>,
    /// Where to go on from.
    pub mark: Option<String>,
}

/// One calendar of a company.
#[async_trait]
pub trait Calendar: std::fmt::Debug + Send + Sync {
    /// Looks whether the calendar may be read and written. Its name, where it has one: people give it, and two may have the same.
    ///
    /// # Errors
    /// [`Error`] when it may not.
    async fn check(&self) -> Result<Option<String>, Error>;

    /// What is taken between two moments, in order; our own entries count too.
    ///
    /// # Errors
    /// [`Error`].
    async fn busy(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Interval>, Error>;

    /// The entries that take time between two moments, in no order: what [`busy`](Self::busy) joins, by its parts.
    ///
    /// # Errors
    /// [`Error`].
    async fn taken(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Taken>, Error>;

    /// Writes an entry, or makes the one of that id as it is here.
    ///
    /// # Errors
    /// [`Error`].
    async fn put(&self, entry: &Entry) -> Result<(), Error>;

    /// Removes an entry; one that is not there any more is removed.
    ///
    /// # Errors
    /// [`Error`].
    async fn remove(&self, id: &str) -> Result<(), Error>;

    /// What happened since a mark; without one, everything that stands and ends after `from`.
    ///
    /// # Errors
    /// [`Error`]; of kind `Gone` when the mark is too old: read everything.
    async fn changes(&self, mark: Option<&str>, from: Timestamp) -> Result<Changes, Error>;
}

/// The built-in calendar: the bookings themselves. There is nothing beside them to ask or to write.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn;

#[async_trait]
impl Calendar for BuiltIn {
    async fn check(&self) -> Result<Option<String>, Error> {
        Ok(None)
    }

    async fn busy(&self, _: Timestamp, _: Timestamp) -> Result<Vec<Interval>, Error> {
        Ok(Vec::new())
    }

    async fn taken(&self, _: Timestamp, _: Timestamp) -> Result<Vec<Taken>, Error> {
        Ok(Vec::new())
    }

    async fn put(&self, _: &Entry) -> Result<(), Error> {
        Ok(())
    }

    async fn remove(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    async fn changes(&self, _: Option<&str>, _: Timestamp) -> Result<Changes, Error> {
        Ok(Changes::default())
    }
}
