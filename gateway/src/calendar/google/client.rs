//! Calls of the Calendar API.

use super::{CALENDAR, NAME};
use crate::breaker::Circuit;
use crate::calendar::{Calendar, Change, Changes, Entry, Taken};
use crate::error::{Error, Kind};
use async_trait::async_trait;
use domain::booking::Interval;
use foundation::http::{Answer, Http};
use google_calendar3::api::{
    Channel, Event, EventAttendee, EventDateTime, EventExtendedProperties, Events, FreeBusyRequest,
    FreeBusyRequestItem, FreeBusyResponse,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// The largest answer that is read, bytes: a page of events.
const MOST_ANSWER: usize = 8 * 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(10);
/// A customer waits for what is free (issue 3.4).
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Events of one page, the API's most.
const PAGE: &str = "2500";
/// More pages than this are no calendar of a company.
const MOST_PAGES: usize = 100;
/// How long a channel is asked for, seconds; Google gives a week at most (K).
const WATCH_SECONDS: &str = "604800";
/// What of an event is read: nothing of what people write in it.
const FIELDS: &str = "items(id,status,start,end),nextPageToken,nextSyncToken";
/// The same, of events by their time.
const TAKEN_FIELDS: &str =
    "items(id,status,transparency,start,end,attendees(self,responseStatus)),timeZone,nextPageToken";

/// One calendar, by an access token.
#[derive(Clone)]
pub struct Google {
    http: Http,
    api_url: String,
    access: SecretString,
    circuit: Circuit,
}

impl std::fmt::Debug for Google {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Google({})", self.api_url)
    }
}

/// A channel by which Google tells that the calendar has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Google's name of what is watched; every push carries it.
    pub resource: String,
    /// When it ends; it does not renew itself.
    pub until: Timestamp,
}

#[derive(Deserialize)]
struct Opened {
    #[serde(rename = "resourceId")]
    resource_id: Option<String>,
    /// Milliseconds, as text.
    expiration: Option<String>,
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    error: ErrorDetail,
}

#[derive(Default, Deserialize)]
struct ErrorDetail {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Reason>,
}

#[derive(Default, Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

/// What an answer with an error status means (<https://developers.google.com/workspace/calendar/api/guides/errors>): a 403 may
/// be a limit.
fn error_of(answer: &Answer) -> Error {
    let ErrorBody { error } = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = if error.message.is_empty() { "the answer cannot be read" } else { error.message.as_str() };
    let reason = error.errors.first().map(|reason| reason.reason.as_str()).unwrap_or_default();
    let limited = matches!(reason, "rateLimitExceeded" | "userRateLimitExceeded" | "quotaExceeded");
    let made = if limited {
        let error = Error::new(NAME, Kind::RateLimited, text);
        match answer.retry_after() {
            Some(pause) => error.after(pause),
            None => error,
        }
    } else if reason == "forbiddenForNonOrganizer" {
        // One event that was given to somebody else: the account is well.
        Error::new(NAME, Kind::Request, text)
    } else if answer.status == 403 && !matches!(reason, "forbidden" | "insufficientPermissions" | "authError") {
        // The project's own fault (its API is off, its quota is used up) or a proxy's: the consent of companies is well.
        Error::new(NAME, Kind::Unavailable, text)
    } else {
        Error::of_status(NAME, answer, text)
    };
    if reason.is_empty() { made } else { made.with_code(reason) }
}

impl Google {
    /// The account's main calendar. `api_url` without a slash at its end.
    #[must_use]
    pub fn new(http: Http, api_url: &str, access: SecretString, circuit: Circuit) -> Self {
        Self { http, api_url: api_url.to_owned(), access, circuit }
    }

    /// Every call changes nothing, carries our own id, or removes: doing it twice is doing it once.
    async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
        timeout: Duration,
    ) -> Result<Answer, Error> {
        self.circuit.call(self.send(method, path, query, body, timeout)).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
        timeout: Duration,
    ) -> Result<Answer, Error> {
        let lost = |error| Error::of_http(NAME, &error, true);
        let url = Url::parse_with_params(&format!("{}/calendar/v3/{path}", self.api_url), query)
            .map_err(|_| Error::new(NAME, Kind::Request, "the address of the API is not a URL"))?;
        let url = url.as_str().trim_end_matches('?');
        let mut request =
            self.http.request(method, url).map_err(lost)?.timeout(timeout).bearer_auth(self.access.expose_secret());
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self.http.send(request, MOST_ANSWER).await.map_err(lost)?;
        if answer.status.is_success() { Ok(answer) } else { Err(error_of(&answer)) }
    }

    /// Has Google call `address` whenever an event changes, with `token` in a header. `id` is ours and good once.
    ///
    /// # Errors
    /// [`Error`]; never by itself when Google does not take the address: it must be HTTPS with a certificate that is believed.
    pub async fn watch(&self, id: &str, token: &str, address: &str) -> Result<Watch, Error> {
        let body = request::<Channel>(json!({
            "id": id,
            "type": "web_hook",
            "address": address,
            "token": token,
            "params": { "ttl": WATCH_SECONDS },
        }))?;
        let path = format!("calendars/{CALENDAR}/events/watch");
        let opened: Opened = read(&self.call(Method::POST, &path, &[], Some(&without_nulls(body)), TIMEOUT).await?)?;
        let until = opened.expiration.and_then(|text| text.parse().ok());
        match (opened.resource_id, until.and_then(|millis| Timestamp::from_millisecond(millis).ok())) {
            (Some(resource), Some(until)) => Ok(Watch { resource, until }),
            _ => Err(Error::new(NAME, Kind::Unavailable, "the answer cannot be read")),
        }
    }

    /// Ends a channel; one that is not there any more has ended.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn stop(&self, id: &str, resource: &str) -> Result<(), Error> {
        let body = request::<Channel>(json!({ "id": id, "resourceId": resource }))?;
        match self.call(Method::POST, "channels/stop", &[], Some(&without_nulls(body)), TIMEOUT).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind == Kind::Gone => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn list(&self, query: &[(&str, &str)], timeout: Duration) -> Result<Events, Error> {
        let path = format!("calendars/{CALENDAR}/events");
        read(&self.call(Method::GET, &path, query, None, timeout).await?)
    }

    /// Every page of a reading.
    async fn pages(
        &self,
        query: &[(&str, &str)],
        timeout: Duration,
        mut each: impl FnMut(Events) + Send,
    ) -> Result<(), Error> {
        let mut page: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = [&[("maxResults", PAGE)], query].concat();
            if let Some(page) = &page {
                query.push(("pageToken", page));
            }
            let mut events = self.list(&query, timeout).await?;
            page = events.next_page_token.take();
            each(events);
            if page.is_none() {
                return Ok(());
            }
        }
        Err(Error::new(NAME, Kind::Request, "the calendar has more events than are read"))
    }
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|_| Error::new(NAME, Kind::Unavailable, "the answer cannot be read"))
}

/// Half an answer, or a proxy's page, is no proof that it stands there.
fn written(answer: &Answer, entry: &Entry) -> Result<(), Error> {
    match read::<Event>(answer)?.id {
        Some(id) if id == entry.id => Ok(()),
        _ => Err(Error::new(NAME, Kind::Unavailable, "the answer is about another event")),
    }
}

/// The request's types hold times of another library: they are written by their text.
fn request<T: serde::Serialize + DeserializeOwned>(value: Value) -> Result<Value, Error> {
    let typed: T = serde_json::from_value(value).map_err(|error| Error::new(NAME, Kind::Request, error.to_string()))?;
    serde_json::to_value(&typed).map_err(|error| Error::new(NAME, Kind::Request, error.to_string()))
}

fn event(entry: &Entry) -> Result<Value, Error> {
    let mut body = request::<Event>(json!({
        "id": entry.id,
        "status": "confirmed",
        "summary": entry.title,
        "description": entry.description,
        "location": entry.place,
        "start": { "dateTime": entry.start, "timeZone": entry.zone },
        "end": { "dateTime": entry.end, "timeZone": entry.zone },
    }))?;
    // Marks it as ours for everybody who reads the calendar by program.
    let ours = EventExtendedProperties {
        private: Some(HashMap::from([("x8".to_owned(), "1".to_owned())])),
        ..EventExtendedProperties::default()
    };
    body["extendedProperties"] = serde_json::to_value(ours).unwrap_or_default();
    Ok(without_nulls(body))
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        other => other,
    }
}

fn change(event: Event) -> Option<Change> {
    let removed = event.status.as_deref() == Some("cancelled");
    let time = match (moment(event.start.as_ref()), moment(event.end.as_ref())) {
        (Some(start), Some(end)) if !removed => Some(Interval { start, end }),
        _ => None,
    };
    Some(Change { id: event.id?, time, removed })
}

fn moment(time: Option<&EventDateTime>) -> Option<Timestamp> {
    Timestamp::from_second(time?.date_time?.timestamp()).ok()
}

/// Whether an event takes the time of the calendar's owner: a shown "available" does not, nor does an invitation that was declined.
fn takes_time(event: &Event) -> bool {
    let declined =
        |guest: &EventAttendee| guest.self_ == Some(true) && guest.response_status.as_deref() == Some("declined");
    event.status.as_deref() != Some("cancelled")
        && event.transparency.as_deref() != Some("transparent")
        && !event.attendees.iter().flatten().any(declined)
}

/// The time of an event; whole days begin and end at midnight of the calendar's zone, the last one not included.
fn taken(event: &Event, zone: &TimeZone) -> Option<Taken> {
    let at = |time: Option<&EventDateTime>| {
        moment(time).or_else(|| {
            let day: jiff::civil::Date = time?.date?.to_string().parse().ok()?;
            Some(day.to_zoned(zone.clone()).ok()?.timestamp())
        })
    };
    let time = Interval { start: at(event.start.as_ref())?, end: at(event.end.as_ref())? };
    (time.start < time.end).then_some(Taken { id: event.id.clone()?, time })
}

#[async_trait]
impl Calendar for Google {
    async fn check(&self) -> Result<Option<String>, Error> {
        // The events' list is what the consent covers; it names the calendar too.
        let events: Events =
            self.list(&[("maxResults", "1"), ("fields", "summary,timeZone,accessRole")], TIMEOUT).await?;
        match events.access_role.as_deref() {
            Some("reader" | "freeBusyReader" | "none") => {
                Err(Error::new(NAME, Kind::Credentials, "this calendar may only be read"))
            }
            _ => Ok(events.summary),
        }
    }

    async fn busy(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Interval>, Error> {
        let mut body = request::<FreeBusyRequest>(json!({ "timeMin": from, "timeMax": to }))?;
        let item = FreeBusyRequestItem { id: Some(CALENDAR.to_owned()) };
        body["items"] = json!([serde_json::to_value(item).unwrap_or_default()]);
        let answer = self.call(Method::POST, "freeBusy", &[], Some(&without_nulls(body)), BUSY_TIMEOUT).await?;
        let answer: FreeBusyResponse = read(&answer)?;
        let calendar = answer.calendars.and_then(|mut calendars| calendars.remove(CALENDAR)).unwrap_or_default();
        if let Some(error) = calendar.errors.unwrap_or_default().first() {
            let reason = error.reason.clone().unwrap_or_default();
            let kind = if reason == "notFound" { Kind::Gone } else { Kind::Unavailable };
            return Err(Error::new(NAME, kind, "the calendar does not say what is taken").with_code(reason));
        }
        let mut busy: Vec<Interval> = calendar
            .busy
            .unwrap_or_default()
            .into_iter()
            .filter_map(|period| {
                let start = Timestamp::from_second(period.start?.timestamp()).ok()?;
                let end = Timestamp::from_second(period.end?.timestamp()).ok()?;
                (start < end).then_some(Interval { start, end })
            })
            .collect();
        busy.sort_by_key(|interval| interval.start);
        Ok(busy)
    }

    async fn taken(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Taken>, Error> {
        let (from, to) = (from.to_string(), to.to_string());
        let query =
            [("fields", TAKEN_FIELDS), ("singleEvents", "true"), ("timeMin", from.as_str()), ("timeMax", to.as_str())];
        let mut all = Vec::new();
        self.pages(&query, BUSY_TIMEOUT, |events| {
            let zone = events.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
            let items = events.items.unwrap_or_default();
            all.extend(items.iter().filter(|event| takes_time(event)).filter_map(|event| taken(event, &zone)));
        })
        .await?;
        Ok(all)
    }

    async fn put(&self, entry: &Entry) -> Result<(), Error> {
        let body = event(entry)?;
        let events = format!("calendars/{CALENDAR}/events");
        match self.call(Method::POST, &events, &[], Some(&body), TIMEOUT).await {
            Ok(answer) => return written(&answer, entry),
            // It is there: by an earlier try whose answer was lost, or before it was moved.
            Err(error) if error.kind == Kind::Conflict => {}
            Err(error) => return Err(error),
        }
        let one = format!("{events}/{}", entry.id);
        written(&self.call(Method::PATCH, &one, &[], Some(&body), TIMEOUT).await?, entry)
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        let path = format!("calendars/{CALENDAR}/events/{id}");
        match self.call(Method::DELETE, &path, &[], None, TIMEOUT).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind == Kind::Gone => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn changes(&self, mark: Option<&str>, from: Timestamp) -> Result<Changes, Error> {
        let mut changes = Changes::default();
        // Google takes a bound of time with the first reading only (<https://developers.google.com/workspace/calendar/api/guides/sync>).
        // What repeats stays one entry: ours do not, and others are not looked at.
        let from = from.to_string();
        let since = mark.map_or(("timeMin", from.as_str()), |mark| ("syncToken", mark));
        self.pages(&[("fields", FIELDS), since], TIMEOUT, |events| {
            changes.entries.extend(events.items.unwrap_or_default().into_iter().filter_map(change));
            changes.mark = events.next_sync_token;
        })
        .await?;
        Ok(changes)
    }
}
