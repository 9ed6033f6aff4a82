//! Google Calendar (issue 3.4): one calendar of the person who connects it, by OAuth with PKCE.
//!
//! Bodies are the types of google-calendar3; they are carried by our own outbound client (decision 0008).
//!
//! Relied on without proof (K): a removed event keeps its id, so that inserting it again is a conflict, and a change to
//! `status: confirmed` brings it back.

mod client;
mod oauth;

pub use client::{Google, Watch};
pub use oauth::{Account, Consent, OAuth, Tokens, challenge};

/// The provider's name.
pub const NAME: &str = "google";
/// Where the Calendar API is.
pub const API_URL: &str = "https://www.googleapis.com";
/// Where codes and refresh tokens become access tokens.
pub const TOKEN_URL: &str = "https://oauth2.googleapis.com";
/// Where people agree.
pub const CONSENT_URL: &str = "https://accounts.google.com";
/// What is asked for: events of the calendar, and when it is taken.
pub const SCOPES: [&str; 2] =
    ["https://www.googleapis.com/auth/calendar.events", "https://www.googleapis.com/auth/calendar.freebusy"];
/// Whose account it is: its id and its e-mail address. People agree to this with the account itself, there is no box for it.
pub(super) const WHOSE: &str = "openid email";
/// The calendar that is used: the account's main one.
pub(super) const CALENDAR: &str = "primary";
