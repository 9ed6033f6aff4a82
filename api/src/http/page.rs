//! The frame of the small pages that customers see: no script, own style, a phone first.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use domain::language::Language;
pub(super) use foundation::html::escape;
use foundation::secret::{sha256_hex, unhex};
use std::sync::LazyLock;

const STYLE: &str = include_str!("assets/page.css");

static CSP: LazyLock<String> = LazyLock::new(|| {
    strict_csp(&format!("style-src '{}'; img-src 'self' data:; form-action 'self'", csp_hash(STYLE.as_bytes())))
});

/// A policy that allows nothing but what is named.
pub(super) fn strict_csp(allowed: &str) -> String {
    let form = if allowed.contains("form-action") { "" } else { "; form-action 'none'" };
    format!("default-src 'none'; base-uri 'none'; frame-ancestors 'none'; {allowed}{form}")
}

/// The hash by which a policy allows one inline text.
pub(super) fn csp_hash(text: &[u8]) -> String {
    let digest = unhex(&sha256_hex(text)).unwrap_or_default();
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(digest))
}

/// A page: `title` is plain text, `body` is finished HTML, `again` reloads after so many seconds.
pub(super) fn page(status: StatusCode, language: Language, title: &str, body: &str, again: Option<u32>) -> Response {
    let title = escape(title);
    let lang = language.code();
    let refresh =
        again.map_or_else(String::new, |seconds| format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">"));
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">{refresh}\
         <title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, CSP.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, html).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_be_markup() {
        assert_eq!(escape("<a href='x' title=\"&\">"), "&lt;a href=&#39;x&#39; title=&quot;&amp;&quot;&gt;");
    }

    #[test]
    fn hashes_as_browsers_do() {
        assert_eq!(csp_hash(b"alert(1)"), "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
    }
}
