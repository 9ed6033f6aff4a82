//! Files in and out, as streams: nothing of them stays in memory.

use super::AppState;
use super::answer::{failed, refuse};
use super::origin::{CLIENT_HEADER, Credential, credential, ctx_of};
use axum::Json;
use axum::body::Body;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use serde::Deserialize;
use serde_json::json;
use service::access::{self, CompanyScope};
use service::ctx::Ctx;
use service::error::{Error, Result};
use service::file::{self, Download, Purpose};
use service::media;
use std::time::Duration;
use uuid::Uuid;

/// How long a part of a file may be waited for.
const PART_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the whole of it may take.
const FILE_TIMEOUT: Duration = Duration::from_secs(900);
/// Fields of a form that are looked at.
const MOST_FIELDS: usize = 10;
/// What the form adds to the file, bytes.
const FORM_ROOM: u64 = 64 * 1024;

/// Which company the file is for, and what it is for.
#[derive(Deserialize)]
pub(super) struct For {
    #[serde(rename = "companyId")]
    company_id: Option<String>,
    #[serde(default)]
    purpose: Wanted,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    /// A table to be imported.
    #[default]
    Import,
    /// A picture or a video that customers see.
    Media,
}

/// `POST /files?companyId=&purpose=import|media`: one file in the field `file` of a multipart form; answers its id. Without
/// `companyId` the file is for the caller's first company, without `purpose` it is a table to be imported.
pub(super) async fn upload(
    State(state): State<AppState>,
    Query(wanted): Query<For>,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Response {
    let credential = credential(&headers);
    if !matches!(credential, Credential::Bearer(_)) && !headers.contains_key(CLIENT_HEADER) {
        let message = "Send the header X-X8-Client with the name of your program, or a bearer token.";
        return refuse(StatusCode::BAD_REQUEST, "CLIENT_HEADER_MISSING", None, message);
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let ctx = match ctx_of(&state, &credential).await {
        Ok(ctx) => ctx,
        Err(error) => return failed(&error),
    };
    let scope = match scope(&ctx, wanted.company_id.as_deref()).await {
        Ok(scope) => scope,
        Err(error) => return failed(&error),
    };
    if announced.is_some_and(|bytes| bytes > file::MAX_BYTES + FORM_ROOM) {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", Some("file"), "A file has at most 100 MB.");
    }
    let form = match <Multipart as axum::extract::FromRequest<AppState>>::from_request(request, &state).await {
        Ok(form) => form,
        Err(_) => {
            let message = "Send multipart/form-data with the field file.";
            return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "CONTENT_TYPE", Some("file"), message);
        }
    };
    match tokio::time::timeout(FILE_TIMEOUT, take(&ctx, &scope, wanted.purpose, form)).await {
        Ok(response) => response,
        Err(_) => refuse(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", Some("file"), "The file took too long to arrive."),
    }
}

async fn take(ctx: &Ctx, scope: &CompanyScope, wanted: Wanted, mut form: Multipart) -> Response {
    for _ in 0..MOST_FIELDS {
        let field = match tokio::time::timeout(PART_TIMEOUT, form.next_field()).await {
            Ok(Ok(Some(field))) => field,
            Ok(Ok(None)) => break,
            Ok(Err(_)) | Err(_) => {
                return refuse(StatusCode::BAD_REQUEST, "BROKEN_OFF", Some("file"), "The form did not arrive whole.");
            }
        };
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or("file").to_owned();
        let parts = tokio_stream::StreamExt::timeout(field, PART_TIMEOUT).map(|part| match part {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no more bytes came in time".to_owned()),
        });
        let stored = match wanted {
            Wanted::Import => file::upload(ctx, scope, &name, Purpose::Import, parts)
                .await
                .map(|file| (format!("file:{}", file.id), file.name, file.size)),
            Wanted::Media => media::upload(ctx, scope, &name, parts)
                .await
                .map(|media| (format!("media:{}", media.id), media.name, media.size)),
        };
        return match stored {
            Ok((id, name, size)) => Json(json!({ "id": id, "name": name, "size": size })).into_response(),
            Err(error) => failed(&error),
        };
    }
    refuse(StatusCode::BAD_REQUEST, "REQUIRED", Some("file"), "The form has no field file.")
}

/// The company that is named, or the caller's first one.
async fn scope(ctx: &Ctx, wanted: Option<&str>) -> Result<CompanyScope> {
    match wanted {
        Some(id) => {
            let id = id.strip_prefix("company:").unwrap_or(id);
            let id = Uuid::try_parse(id)
                .map_err(|_| Error::invalid("companyId", "INVALID", "This is not the id of a company."))?;
            access::company(ctx, id).await
        }
        None => {
            let mut companies = access::companies(ctx).await?;
            companies.sort_by_key(|(_, company)| company.number);
            companies.into_iter().next().map(|(scope, _)| scope).ok_or(Error::NotFound("company"))
        }
    }
}

/// The right to have an export.
#[derive(Deserialize)]
pub(super) struct Token {
    token: Option<String>,
}

/// `GET /files/{id}`: an export once by its token, or any file of one's own company; a part of it where a player asks for one.
pub(super) async fn download(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(token): Query<Token>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let none = || Error::NotFound("file");
        let id = Uuid::try_parse(id.strip_prefix("file:").unwrap_or(&id)).map_err(|_| none())?;
        if let Some(token) = &token.token {
            if !token.starts_with(&id.simple().to_string()) {
                return Err(none());
            }
            return file::open_once(state.nobody(), token).await.map(|download| (download, None));
        }
        let ctx = ctx_of(&state, &credential(&headers)).await?;
        for (scope, _) in access::companies(&ctx).await? {
            let file = match file::readable(&ctx, &scope, id).await {
                Err(Error::NotFound(_)) => continue,
                found => found?,
            };
            let range = headers.get(header::RANGE).and_then(|value| part(value.to_str().ok()?, file.size));
            let bytes = match &range {
                Some(range) => file::open_part(&ctx, &file, range.clone()).await?,
                None => file::open(&ctx, &file).await?,
            };
            return Ok((Download { file, bytes }, range));
        }
        Err(none())
    };
    match found.await {
        Ok((download, range)) => send(download, range),
        Err(error) => failed(&error),
    }
}

/// The part that is asked for, when it is one part within the file (RFC 9110 §14.2); anything else is answered with the whole.
fn part(range: &str, size: i64) -> Option<std::ops::Range<u64>> {
    let size = u64::try_from(size).ok()?;
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let range = match (first, last) {
        ("", last) => size.saturating_sub(last.parse().ok()?)..size,
        (first, "") => first.parse().ok()?..size,
        (first, last) => first.parse().ok()?..last.parse::<u64>().ok()?.saturating_add(1).min(size),
    };
    (range.start < range.end).then_some(range)
}

/// What customers sent is shown in place when it is a picture, sound or film; anything else is an attachment, never shown by the
/// browser.
fn send(Download { file, bytes }: Download, range: Option<std::ops::Range<u64>>) -> Response {
    let received = file.purpose == Purpose::Received.as_str();
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&file.media_type);
    headers.insert(header::CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.size));
    let shown = received && file::is_shown(&file.media_type);
    if let Ok(disposition) =
        HeaderValue::from_str(&disposition(if shown { "inline" } else { "attachment" }, &file.name))
    {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    let cached = if shown { "private, max-age=600" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cached));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static(if shown { "bytes" } else { "none" }));
    if let Some(range) = range {
        let content = format!("bytes {}-{}/{}", range.start, range.end - 1, file.size);
        if let Ok(content) = HeaderValue::from_str(&content) {
            headers.insert(header::CONTENT_RANGE, content);
        }
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// The name in ASCII for old browsers and in full for the others (RFC 6266, RFC 8187).
pub(super) fn disposition(kind: &str, name: &str) -> String {
    let ascii: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' }).collect();
    let mut full = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            full.push(char::from(byte));
        } else {
            full.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{full}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_within_the_file_is_given() {
        assert_eq!(part("bytes=0-", 10), Some(0..10));
        assert_eq!(part("bytes=2-4", 10), Some(2..5));
        assert_eq!(part("bytes=2-400", 10), Some(2..10));
        assert_eq!(part("bytes=-3", 10), Some(7..10));
        for whole in ["bytes=10-", "bytes=5-2", "bytes=0-1,4-5", "items=0-1", "bytes=x-", "bytes=-"] {
            assert_eq!(part(whole, 10), None, "{whole}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            disposition("attachment", "a\"\r\nx: y"),
            "attachment; filename=\"a___x_ y\"; filename*=UTF-8''a%22%0D%0Ax%3A%20y"
        );
        assert!(disposition("attachment", "Цены.csv").ends_with("%D0%A6%D0%B5%D0%BD%D1%8B.csv"));
    }
}
