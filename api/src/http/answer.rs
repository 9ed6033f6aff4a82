//! Answers that are no pages: JSON with a field and a reason, never the text of a fault.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use serde_json::json;
use service::Error;
use std::time::Duration;

/// How long a body may take to arrive (reliability.md case 52).
pub(super) const BODY_TIMEOUT: Duration = Duration::from_secs(12);

/// When it is worth asking again for what was busy or down.
pub(super) const RETRY_AFTER_SECONDS: u64 = 2;

/// A refusal as JSON: `{"errors":[{"message", "extensions": {"code", "field"}}]}`, and `message` once more at the top for
/// clients that read no GraphQL.
pub(super) fn refuse(status: StatusCode, code: &str, field: Option<&str>, message: &str) -> Response {
    let body = json!({
        "message": message,
        "errors": [{ "message": message, "extensions": { "code": code, "field": field } }],
    });
    (status, Json(body)).into_response()
}

/// Only these methods are taken here.
pub(super) fn wrong_method(allowed: &'static str) -> Response {
    let mut response =
        refuse(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", None, "This method is not taken here.");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// What a use case refused. The text of a fault goes to the log, under the request's id.
pub(super) fn failed(error: &Error) -> Response {
    let plain = |status, code| refuse(status, code, None, &error.to_string());
    match error {
        Error::NotFound(_) => plain(StatusCode::NOT_FOUND, "NOT_FOUND"),
        Error::Unauthenticated => plain(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        Error::Forbidden => plain(StatusCode::FORBIDDEN, "FORBIDDEN"),
        Error::Invalid(errors) => {
            let all: Vec<_> = errors
                .iter()
                .map(|error| {
                    json!({
                        "message": error.message,
                        "extensions": { "code": error.code, "field": error.field.join(".") },
                    })
                })
                .collect();
            let message = errors.first().map_or("The input was refused.", |error| error.message.as_str());
            let too_large = errors.iter().any(|error| error.code == "TOO_LARGE");
            let status = if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
            (status, Json(json!({ "message": message, "errors": all }))).into_response()
        }
        Error::RateLimited(seconds) => with_retry(plain(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"), *seconds),
        Error::Unavailable(context) | Error::Away(context) | Error::NoCredential(context) => {
            tracing::warn!(%context, "not available");
            with_retry(plain(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"), RETRY_AFTER_SECONDS)
        }
        Error::Internal(context) => {
            tracing::error!(%context, "a request failed");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL")
        }
    }
}

/// Says when to come again.
pub(super) fn with_retry(mut response: Response, seconds: u64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// What is sent beyond a limit is read so far, and so long, before the answer: a connection that is closed with something unread
/// is reset, and the sender learns of a broken pipe instead of the reason.
const THROWN_AWAY: (usize, Duration) = (2 * 1024 * 1024, Duration::from_secs(1));

async fn throw_away(stream: &mut axum::body::BodyDataStream) {
    let (most, time) = THROWN_AWAY;
    let reading = async {
        let mut bytes = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            bytes += chunk.len();
            if bytes > most {
                break;
            }
        }
    };
    // However it ends, the answer is the same.
    let _ = tokio::time::timeout(time, reading).await;
}

/// Reads a body up to `most` bytes, in time.
///
/// # Errors
/// The answer to give: 413 or 408, or 400 when the connection broke off.
pub(super) async fn read_body(body: Body, most: usize) -> Result<Bytes, Response> {
    let too_large = || {
        let mut response = refuse(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", None, "The request is too large.");
        // What is left of the body is not read: the connection cannot be used again.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    };
    let announced = axum::body::HttpBody::size_hint(&body).lower() > most as u64;
    let mut stream = body.into_data_stream();
    if announced {
        throw_away(&mut stream).await;
        return Err(too_large());
    }
    let read = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk =
                chunk.map_err(|_| refuse(StatusCode::BAD_REQUEST, "BROKEN_OFF", None, "The request broke off."))?;
            if bytes.len() + chunk.len() > most {
                throw_away(&mut stream).await;
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(bytes))
    };
    match tokio::time::timeout(BODY_TIMEOUT, read).await {
        Ok(read) => read,
        Err(_) => {
            let mut response =
                refuse(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", None, "The request took too long to arrive.");
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            Err(response)
        }
    }
}

/// Whether the body is announced as this media type.
pub(super) fn is_media_type(headers: &axum::http::HeaderMap, wanted: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(wanted))
}
