//! Every link of a reply is ours or the catalogue's.

use super::{DraftReply, Facts, Policy, Violation, plain};
use std::collections::BTreeSet;
use std::ops::Range;

/// A link, an e-mail address or a handle in a text.
#[derive(Debug)]
pub(super) struct Link {
    range: Range<usize>,
    normalised: String,
}

/// Links that no fact has, and pictures or videos written as text.
pub(super) fn check(reply: &DraftReply<'_>, links: &[Link], facts: &Facts, policy: &Policy<'_>) -> Vec<Violation> {
    let text = plain(reply.text);
    let mut allowed: BTreeSet<String> = facts.links.iter().map(|link| normalised(link)).collect();
    for fact in &facts.texts {
        allowed.extend(find(&plain(fact)).into_iter().map(|link| link.normalised));
    }
    let media: BTreeSet<String> = policy
        .internal
        .iter()
        .flat_map(|item| [&item.image_url, &item.video_url])
        .filter_map(|url| url.as_deref().map(normalised))
        .collect();
    let attached: Vec<&str> = [reply.image, reply.video].into_iter().flatten().collect();
    let mut violations = Vec::new();
    for link in links {
        let fragment = || text[link.range.clone()].to_owned();
        let own = policy.own_hosts.iter().any(|host| host.to_lowercase() == link.normalised);
        let is_media =
            media.contains(&link.normalised) || attached.iter().any(|url| normalised(url) == link.normalised);
        if is_media {
            violations.push(Violation::MediaInText { fragment: fragment() });
        } else if !own && !allowed.contains(&link.normalised) {
            violations.push(Violation::UnboundLink { fragment: fragment() });
        }
    }
    for url in attached {
        let key = normalised(url);
        if !media.contains(&key) && !allowed.contains(&key) {
            violations.push(Violation::UnboundLink { fragment: url.to_owned() });
        }
    }
    violations
}

/// The text with as many bytes of nothing where its links stood.
pub(super) fn blanked(text: &str, links: &[Link]) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut at = 0;
    for link in links {
        blanked.push_str(&text[at..link.range.start]);
        // Neither a space, which could join the numbers on both sides, nor a line end, which could begin a list.
        blanked.extend(std::iter::repeat_n('\u{1}', link.range.len()));
        at = link.range.end;
    }
    blanked.push_str(&text[at..]);
    blanked
}

/// Every link of a text, in order.
pub(super) fn find(text: &str) -> Vec<Link> {
    let breaks = |c: char| {
        c.is_whitespace()
            || matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | '{' | '}' | '|' | '`' | '"' | '\u{ab}' | '\u{bb}')
            || matches!(c, '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}')
    };
    let mut links = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = rest.find(breaks).unwrap_or(rest.len());
        let chunk = &rest[..length];
        if let Some(range) = link_in(chunk) {
            let range = at + range.start..at + range.end;
            links.push(Link { normalised: normalised(&text[range.clone()]), range });
        }
        at += length + rest[length..].chars().next().map_or(0, char::len_utf8);
    }
    links
}

fn link_in(chunk: &str) -> Option<Range<usize>> {
    let trimmed_end = chunk.trim_end_matches(is_edge);
    let start = trimmed_end.len() - trimmed_end.trim_start_matches(|c| is_edge(c) && c != '@').len();
    let inner = &trimmed_end[start..];
    if let Some(scheme) = inner.find("://") {
        let name = inner[..scheme].rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '.' | '-'));
        let from = start + name.map_or(0, |at| at + inner[at..].chars().next().map_or(1, char::len_utf8));
        return Some(from..trimmed_end.len());
    }
    if ["mailto:", "javascript:"].iter().any(|scheme| inner.to_lowercase().starts_with(scheme)) {
        return Some(start..trimmed_end.len());
    }
    // A word before a comma or a colon is not part of the address behind it: "web:example.com".
    let address =
        inner.rfind([',', ';', ':', '=']).filter(|at| !inner[..*at].contains(['.', '@'])).map_or(0, |at| at + 1);
    let from = start + address;
    let inner = &inner[address..];
    let lower = inner.to_lowercase();
    let host = lower.split(['/', '?', '#', ':']).next().unwrap_or("");
    let is_link = match lower.split_once('@') {
        Some(("", handle)) => handle.chars().filter(|c| c.is_alphabetic()).count() >= 3,
        Some((_, host)) => host.contains('.') && !host.starts_with('.'),
        None => {
            let pathed = lower[host.len()..].starts_with(['/', '?', ':']) && lower.len() > host.len() + 1;
            lower.starts_with("www.") || (is_host(host) && (pathed || has_known_ending(host)))
        }
    };
    is_link.then_some(from..trimmed_end.len())
}

/// Punctuation of the sentence around a link.
fn is_edge(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '\''
            | '*'
            | '_'
            | '~'
            | '\u{2026}'
            | '\u{a1}'
            | '\u{bf}'
            | '-'
            | '\u{2014}'
            | '\u{2013}'
            | '@'
    )
}

/// Dotted labels of which the last is letters only.
fn is_host(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let label = |label: &&str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
    };
    labels.len() >= 2
        && labels.iter().all(label)
        && labels.last().is_some_and(|last| last.chars().count() >= 2 && last.chars().all(char::is_alphabetic))
}

/// Endings that chat programs make a link of by themselves. Without this list, "Gracias.Hasta" would be a link.
fn has_known_ending(host: &str) -> bool {
    const ENDINGS: [&str; 66] = [
        "com", "net", "org", "info", "biz", "io", "app", "dev", "shop", "store", "online", "site", "website", "web",
        "page", "link", "click", "live", "pro", "top", "xyz", "club", "vip", "win", "icu", "tech", "cloud", "digital",
        "agency", "team", "world", "space", "fun", "gov", "edu", "es", "ru", "kz", "uk", "eu", "de", "fr", "it", "pt",
        "nl", "pl", "ua", "by", "uz", "kg", "cn", "us", "ca", "mx", "ar", "co", "me", "ly", "gl", "cc", "tv", "ai",
        "gg", "example", "рф", "қаз",
    ];
    host.rsplit('.').next().is_some_and(|last| ENDINGS.contains(&last))
}

/// One spelling for a link: no scheme of the web, no `www.`, host in lower case, no slash or punctuation at the end.
fn normalised(link: &str) -> String {
    let plain = plain(link);
    let link = plain.trim().trim_end_matches(|c| is_edge(c) || c == '/');
    let lower = link.to_lowercase();
    let scheme = ["https://", "http://", "mailto:"].iter().find(|scheme| lower.starts_with(**scheme));
    let rest = &link[scheme.map_or(0, |scheme| scheme.len())..];
    let rest = if rest.to_lowercase().starts_with("www.") { &rest[4..] } else { rest };
    if rest.contains('@') && !rest.contains('/') {
        return rest.to_lowercase();
    }
    let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    format!("{}{}", rest[..host].to_lowercase(), &rest[host..])
}
