//! Who asks and from where: cookie, bearer token, `Origin`.

use super::AppState;
use axum::http::{HeaderMap, HeaderValue, header};
use service::access::Actor;
use service::ctx::Ctx;
use service::error::{Error, Result};
use service::identity;

/// The session cookie.
pub(super) const COOKIE: &str = "x8_session";
/// The header that a page of another site cannot send without being asked first.
pub(super) const CLIENT_HEADER: &str = "x-x8-client";

/// How the caller says who it is.
pub(super) enum Credential {
    /// A browser's cookie.
    Cookie(String),
    /// A program's token.
    Bearer(String),
    /// None.
    Nothing,
}

/// Reads the caller's credential.
pub(super) fn credential(headers: &HeaderMap) -> Credential {
    if let Some(token) = bearer(headers) {
        return Credential::Bearer(token);
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    for pair in cookies.flat_map(|value| value.split(';')) {
        if let Some((COOKIE, value)) = pair.trim().split_once('=')
            && !value.is_empty()
            && value.len() <= 200
        {
            return Credential::Cookie(value.to_owned());
        }
    }
    Credential::Nothing
}

/// The bearer token, where one was sent.
pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && token.len() <= 500).then(|| token.trim().to_owned())
}

/// The request's context.
///
/// # Errors
/// `Unauthenticated` for a bearer token that is none; a cookie that ended is nobody.
pub(super) async fn ctx_of(state: &AppState, credential: &Credential) -> Result<Ctx> {
    let nobody = state.nobody();
    match credential {
        Credential::Nothing => Ok(nobody.clone()),
        Credential::Cookie(token) => Ok(nobody.with_actor(identity::actor_of(nobody, token).await?)),
        Credential::Bearer(token) => match identity::actor_of(nobody, token).await? {
            Actor::Nobody => Err(Error::Unauthenticated),
            actor => Ok(nobody.with_actor(actor)),
        },
    }
}

/// Whether a browser's request comes from one of our own pages. Programs send no `Origin`.
pub(super) fn is_own(state: &AppState, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    };
    let Ok(origin) = origin.to_str() else { return false };
    if origin.eq_ignore_ascii_case(origin_of(state.public_url())) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin_host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    host.is_some() && origin_host == host
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let path = url.find("://").and_then(|at| url[at + 3..].find('/').map(|end| at + 3 + end));
    &url[..path.unwrap_or(url.len())]
}

/// The cookie that begins a session.
pub(super) fn set_cookie(state: &AppState, token: &str) -> Option<HeaderValue> {
    let secure = if state.public_url().starts_with("https://") { "; Secure" } else { "" };
    let age = identity::SESSION_DAYS * 86_400;
    HeaderValue::from_str(&format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")).ok()
}

/// The cookie that ends one.
pub(super) fn end_cookie(state: &AppState) -> Option<HeaderValue> {
    let secure = if state.public_url().starts_with("https://") { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_cookie_among_others() {
        let headers = HeaderMap::from_iter([(header::COOKIE, "a=b; x8_session=abc; c=d".parse().unwrap())]);
        assert!(matches!(credential(&headers), Credential::Cookie(token) if token == "abc"));
        let headers = HeaderMap::from_iter([(header::COOKIE, "x8_session_old=abc".parse().unwrap())]);
        assert!(matches!(credential(&headers), Credential::Nothing));
    }

    #[test]
    fn cuts_an_address_to_its_origin() {
        assert_eq!(origin_of("https://x8.example/base/"), "https://x8.example");
        assert_eq!(origin_of("http://127.0.0.1:8000"), "http://127.0.0.1:8000");
    }
}
