//! Pictures and videos, to everybody who knows their address: messengers fetch them from here, browsers show them.

use super::AppState;
use super::answer::failed;
use super::files::disposition;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use service::Error;
use service::media::{self, Part, Show};

/// How long others may keep a copy. A file never changes under its name; one that was removed must go from caches some time.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// `GET /media/{key}.{ending}`: the file, or the one part of it that the header `Range` asks for.
pub(super) async fn show(State(state): State<AppState>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let key = name.split('.').next().unwrap_or_default();
    let etag = format!("\"{key}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::CACHE_CONTROL, CACHE)]).into_response();
    }
    let part = headers.get(header::RANGE).and_then(|range| part(range.to_str().ok()?));
    match media::show(state.nobody(), key, part).await {
        Ok(show) => send(show, part.is_some(), &etag),
        Err(Error::Invalid(_)) => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
        Err(error) => failed(&error),
    }
}

fn send(Show { media, size, range, bytes }: Show, is_part: bool, etag: &str) -> Response {
    let mut response = Body::from_stream(bytes).into_response();
    if is_part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    // Told by its bytes when it came; none of the kinds that are taken runs scripts.
    set(header::CONTENT_TYPE, &media.media_type);
    set(header::CONTENT_LENGTH, &(range.end - range.start).to_string());
    set(header::ACCEPT_RANGES, "bytes");
    set(header::ETAG, etag);
    set(header::CONTENT_DISPOSITION, &disposition("inline", &media.name));
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    if is_part {
        set(header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1)));
    }
    headers.insert(header::CACHE_CONTROL, CACHE);
    response
}

/// One part in bytes (RFC 9110 §14.1.2). Several at once, or what is no range, is as if nothing was asked: all of it goes out.
fn part(range: &str) -> Option<Part> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", count) => number(count).map(Part::Last),
        (first, "") => number(first).map(Part::From),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Part::Between(first, last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges() {
        assert_eq!(part("bytes=0-3"), Some(Part::Between(0, 3)));
        assert_eq!(part("bytes=5-"), Some(Part::From(5)));
        assert_eq!(part("bytes=-5"), Some(Part::Last(5)));
        for none in ["bytes=-", "bytes=3-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", ""] {
            assert_eq!(part(none), None, "{none}");
        }
    }
}
