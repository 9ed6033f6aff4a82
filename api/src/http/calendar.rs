//! The bookings of a company as an iCalendar feed, under a signed address.

use super::AppState;
use super::answer::failed;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use icalendar::{Calendar, Component as _, Event, EventLike as _};
use service::access;
use service::ctx::Ctx;
use service::error::{Error, Result};
use service::order;
use service::page::PageRequest;
use service::stored::BookingStatus;
use uuid::Uuid;

/// How far back a feed goes, seconds.
const PAST_SECONDS: i64 = 30 * 86_400;
/// How far ahead.
const AHEAD_SECONDS: i64 = 365 * 86_400;
/// Bookings of one feed.
const MOST: usize = 5_000;

/// `GET /calendar/{company}/{signature}.ics`.
pub(super) async fn feed(State(state): State<AppState>, Path((company, file)): Path<(String, String)>) -> Response {
    match calendar(state.nobody(), &company, &file).await {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CACHE_CONTROL, "private, max-age=60"),
            ];
            (headers, text).into_response()
        }
        Err(error) => failed(&error),
    }
}

async fn calendar(ctx: &Ctx, company: &str, file: &str) -> Result<String> {
    let none = || Error::NotFound("calendar");
    let signature = file.strip_suffix(".ics").ok_or_else(none)?;
    let company = Uuid::try_parse(company).map_err(|_| none())?;
    let scope = access::for_feed(ctx, company, signature)?;
    let name = service::company::get(ctx, &scope).await?.name;
    let (from, to) = (ctx.time().plus_seconds(-PAST_SECONDS), ctx.time().plus_seconds(AHEAD_SECONDS));
    let mut calendar = Calendar::new();
    calendar.name(&name);
    let mut page = PageRequest { first: Some(100), ..PageRequest::default() };
    let mut count = 0;
    loop {
        let found = order::bookings(ctx, &scope, from, to, &page).await?;
        for (_, booking) in &found.rows {
            let mut event = Event::new();
            event
                .uid(&format!("{}@x8", booking.id))
                .add_property("DTSTAMP", stamp(booking.updated_at.timestamp()))
                .add_property("DTSTART", stamp(booking.start_at.timestamp()))
                .add_property("DTEND", stamp(booking.end_at.timestamp()))
                .add_property("STATUS", if booking.status == BookingStatus::Held { "TENTATIVE" } else { "CONFIRMED" })
                .summary(&booking.title);
            if let Some(city) = &booking.city {
                event.location(city);
            }
            calendar.push(event.done());
        }
        count += found.rows.len();
        if !found.has_next || count >= MOST {
            return Ok(calendar.to_string());
        }
        page.after = found.rows.last().map(|(cursor, _)| cursor.clone());
    }
}

fn stamp(at: jiff::Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
