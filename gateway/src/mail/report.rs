//! A report that a letter did not arrive (DSN: RFC 3464 in a `multipart/report` of RFC 6522), as mail servers write it. MIME is
//! read by `mail-parser`; what it hands over is taken for foreign text that may be cut or wrong in any way.

use super::NAME;
use super::refusal::is_about_address;
use super::returns::{ReturnAddress, is_token};
use crate::error::{Error, Kind};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _};
use std::panic::AssertUnwindSafe;

/// A report names few recipients; ours have one.
const MOST_RECIPIENTS: usize = 100;

/// A report of delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What may be tokens of our letters: whether they are only the key says.
    pub tokens: Vec<String>,
    recipients: Vec<Recipient>,
}

/// What a report says of one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Recipient {
    /// As it was written to, and as it was in the end.
    addresses: Vec<String>,
    action: String,
    status: String,
    diagnostic: String,
}

/// What a report says of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was not delivered and will not be: `Recipient` when it is about the address, else `Request` or, where the servers gave
    /// up waiting, `Unavailable`.
    Failed(Error),
    /// It is late.
    Delayed,
    /// It arrived, or was handed on.
    Other,
}

impl Report {
    /// Reads a message, or as much of one as is at hand. None: it is no such report. `returns`: where ours go.
    #[must_use]
    pub fn read(message: &[u8], returns: &ReturnAddress) -> Option<Self> {
        // A fault of the parser must not hold up all the letters behind this one.
        std::panic::catch_unwind(AssertUnwindSafe(|| read(message, returns))).ok().flatten()
    }

    /// What it says of a letter to this address. A letter that was passed on names others: it failed when it did for all of them.
    #[must_use]
    pub fn verdict(&self, address: &str) -> Verdict {
        let address = address.to_lowercase();
        let named = |recipient: &&Recipient| recipient.addresses.contains(&address);
        let ours: Vec<&Recipient> = match self.recipients.iter().filter(named).collect::<Vec<_>>() {
            none if none.is_empty() => self.recipients.iter().collect(),
            named => named,
        };
        match ours.first() {
            Some(first) if ours.iter().all(|recipient| recipient.action == "failed") => Verdict::Failed(first.error()),
            _ if ours.iter().any(|recipient| recipient.action == "delayed") => Verdict::Delayed,
            _ => Verdict::Other,
        }
    }
}

impl Recipient {
    fn error(&self) -> Error {
        // `smtp; 550 5.1.1 no such user`, and `550-5.1.1` where the answer had several lines.
        let (kind, words) = self.diagnostic.split_once(';').unwrap_or(("", &self.diagnostic));
        let words = words.trim();
        let code = words.get(..3).filter(|_| kind.trim().eq_ignore_ascii_case("smtp"));
        let code = code.and_then(|code| code.parse::<u16>().ok());
        let after = if code.is_some() { words[3..].trim_start_matches([' ', '-']) } else { words };
        // Servers make 5.0.0 from an answer that had none of its own; the answer itself says more.
        let status = if self.status.starts_with("5.0.") && code.is_some() { "" } else { self.status.as_str() };
        let passes =
            if self.status.is_empty() { code.is_some_and(|code| code < 500) } else { self.status.starts_with('4') };
        let kind = if passes {
            Kind::Unavailable
        } else if is_about_address(code, &format!("{status} {after}")) {
            Kind::Recipient
        } else {
            Kind::Request
        };
        let text = if words.is_empty() { self.status.as_str() } else { words };
        Error::new(NAME, kind, format!("returned: {text}")).with_code(self.status.as_str())
    }
}

fn read(message: &[u8], returns: &ReturnAddress) -> Option<Report> {
    let message = MessageParser::default().parse(message)?;
    if !is(message.root_part(), "multipart", &["report"]) {
        return None;
    }
    let part = |kind, subtypes: &[&str]| message.parts.iter().find(|part| is(part, kind, subtypes));
    let status = part("message", &["delivery-status", "global-delivery-status"])?;
    let recipients = recipients(&String::from_utf8_lossy(status.contents()));
    let mut tokens: Vec<String> = message.headers_raw().flat_map(|(_, value)| returns.tokens_in(value)).collect();
    let headers = |part: &MessagePart<'_>| {
        let headers = MessageParser::default().parse_headers(part.contents())?;
        message_id(&headers)
    };
    let returned = part("message", &["rfc822", "global"]).and_then(|part| match part.message() {
        Some(message) => message_id(message),
        None => headers(part),
    });
    let returned = returned.or_else(|| part("text", &["rfc822-headers"]).and_then(headers));
    tokens.extend(returned.or_else(|| part("message", &["global-headers"]).and_then(headers)));
    tokens.dedup();
    (!recipients.is_empty()).then_some(Report { tokens, recipients })
}

fn is(part: &MessagePart<'_>, kind: &str, subtypes: &[&str]) -> bool {
    part.content_type().is_some_and(|found| {
        let subtype = found.subtype().unwrap_or_default();
        found.ctype().eq_ignore_ascii_case(kind) && subtypes.iter().any(|known| known.eq_ignore_ascii_case(subtype))
    })
}

/// The token in a letter's own Message-ID.
fn message_id(message: &Message<'_>) -> Option<String> {
    let local = message.message_id()?.trim_matches(['<', '>', ' ']).split('@').next()?;
    is_token(local).then(|| local.to_ascii_lowercase())
}

/// The groups of fields behind the first, which is about the whole letter (RFC 3464 §2.1).
fn recipients(text: &str) -> Vec<Recipient> {
    let mut all = Vec::new();
    let mut now = Recipient::default();
    for (name, value) in fields(text) {
        match name.as_str() {
            "" => all.push(std::mem::take(&mut now)),
            "final-recipient" | "original-recipient" => {
                let address = value.split_once(';').map_or(value.as_str(), |(_, address)| address);
                now.addresses.push(address.trim().trim_matches(['<', '>']).to_lowercase());
            }
            "action" => now.action = first_word(&value),
            "status" => now.status = first_word(&value),
            "diagnostic-code" => now.diagnostic = value,
            _ => {}
        }
    }
    all.push(now);
    all.retain(|recipient| !recipient.action.is_empty());
    all.truncate(MOST_RECIPIENTS);
    all
}

/// `failed (permanent)` is failed.
fn first_word(value: &str) -> String {
    value.split([' ', '(', ';']).next().unwrap_or_default().to_lowercase()
}

/// Fields in their order, folded lines joined; an empty name ends a group.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            all.push((String::new(), String::new()));
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = all.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            all.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    all
}

#[cfg(test)]
mod tests;
