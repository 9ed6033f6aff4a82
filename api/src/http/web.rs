//! The web application: out of the program, or out of a folder. Compressed copies, `ETag`, a policy for scripts.

use super::AppState;
use super::answer::{refuse, wrong_method};
use super::language::asked;
use super::origin::{credential, ctx_of};
use super::page::csp_hash;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use foundation::secret::{hex, sha256_hex};
use rust_embed::RustEmbed;
use serde_json::{Value, json};
use service::identity;
use std::borrow::Cow;
use std::path::PathBuf;

/// What the build found in `web/dist`.
#[derive(RustEmbed)]
#[folder = "$X8_WEB_DIST"]
struct Embedded;

/// Whether the real web application is inside the program.
pub(super) const BUILT: bool = matches!(env!("X8_WEB_STATE").as_bytes(), b"built");

/// A file of the application.
struct File {
    bytes: Cow<'static, [u8]>,
    hash: String,
}

/// Where the application's files are.
pub(super) struct Site {
    folder: Option<PathBuf>,
}

impl Site {
    /// A folder, or what is inside the program.
    pub(super) const fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// A file by its path without a leading slash; none for a path that leaves the folder.
    async fn get(&self, path: &str) -> Option<File> {
        let plain = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if path.len() > 300 || !path.split('/').all(plain) {
            return None;
        }
        match &self.folder {
            Some(folder) => {
                let bytes = tokio::fs::read(folder.join(path)).await.ok()?;
                let hash = sha256_hex(&bytes)[..32].to_owned();
                Some(File { bytes: Cow::Owned(bytes), hash })
            }
            None => {
                let file = Embedded::get(path)?;
                Some(File { hash: hex(&file.metadata.sha256_hash()[..16]), bytes: file.data })
            }
        }
    }

    /// Whether there is an application to show.
    pub(super) const fn is_built(&self) -> bool {
        BUILT || self.folder.is_some()
    }
}

/// Everything that no route takes: the application's files, and its one page for every address of its own.
pub(super) async fn serve(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let method = request.method();
    if method != Method::GET && method != Method::HEAD {
        return wrong_method("GET, HEAD");
    }
    let headers = request.headers();
    let is_page = path.is_empty() || path == "index.html";
    if !is_page {
        let path = if path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        // Compressed copies are no addresses of their own.
        let found =
            if path.ends_with(".br") || path.ends_with(".gz") { None } else { file(&state, &path, headers).await };
        if let Some(response) = found {
            return response;
        }
    }
    let wants_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let foreign = ["assets/", "widget/", "webhooks/", "files/", "api/", "graphql", "playground/", "calendar/"];
    if !is_page && (!wants_page || foreign.iter().any(|start| path.starts_with(start)) || path.contains('.')) {
        return refuse(StatusCode::NOT_FOUND, "NOT_FOUND", None, "There is nothing here.");
    }
    index(&state, headers).await
}

/// A file with its compressed copy, where the browser takes one.
async fn file(state: &AppState, path: &str, headers: &HeaderMap) -> Option<Response> {
    let site = state.site();
    let plain = site.get(path).await?;
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| {
        accepted.split(',').any(|part| {
            let mut pieces = part.split(';');
            pieces.next().is_some_and(|name| name.trim() == coding)
                && !pieces.any(|piece| matches!(piece.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    };
    let policy = path.ends_with(".html").then(|| widget_policy(&String::from_utf8_lossy(&plain.bytes)));
    let mut chosen = (None, plain);
    for (coding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(coding)
            && let Some(copy) = site.get(&format!("{path}.{ending}")).await
        {
            chosen = (Some(coding), copy);
            break;
        }
    }
    let (coding, found) = chosen;
    let etag = format!("\"{}\"", found.hash);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response =
        if known.is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = found.bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
            if let Some(coding) = coding {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            if let Some(policy) = policy.as_deref().and_then(|policy| HeaderValue::from_str(policy).ok()) {
                headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            response
        };
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let cache = if path.starts_with("assets/") || path.starts_with("widget/assets/") {
        "public, max-age=31536000, immutable"
    } else if path == "widget/loader.js" {
        "public, max-age=300"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if path.starts_with("widget/") {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    Some(response)
}

/// The application's page, with what it needs first written into it.
async fn index(state: &AppState, headers: &HeaderMap) -> Response {
    let Some(page) = state.site().get("index.html").await else {
        return refuse(StatusCode::NOT_FOUND, "NOT_FOUND", None, "The web interface is not here.");
    };
    let html = String::from_utf8_lossy(&page.bytes);
    let boot = boot(state, headers).await;
    let policy = format!(
        "default-src 'self'; script-src 'self'{}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; \
         media-src 'self' blob: https:; font-src 'self' data:; connect-src 'self'{}; frame-src 'self'; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        script_hashes(&html),
        socket_source(headers),
    );
    let mut response = fill(&html, &boot).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The own sockets by name: browsers that do not count them as `'self'` need it.
fn socket_source(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let plain = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte));
    host.filter(plain).map_or_else(String::new, |host| format!(" ws://{host} wss://{host}"))
}

async fn boot(state: &AppState, headers: &HeaderMap) -> Value {
    let viewer = match ctx_of(state, &credential(headers)).await {
        Ok(ctx) => identity::viewer(&ctx).await.ok(),
        Err(_) => None,
    };
    json!({
        "locale": asked(headers).map(domain::language::Language::code),
        "version": env!("CARGO_PKG_VERSION"),
        "demo": state.settings().demo,
        "webBuilt": state.site().is_built(),
        "viewer": viewer.map(|viewer| json!({ "id": format!("user:{}", viewer.id), "name": viewer.name, "email": viewer.email })),
    })
}

/// Writes JSON into the `#boot` block; `<` is escaped, so that no text can end the block.
fn fill(html: &str, boot: &Value) -> String {
    let json = boot.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    let Some(start) = html.find("id=\"boot\"").and_then(|at| html[at..].find('>').map(|end| at + end + 1)) else {
        return html.to_owned();
    };
    let Some(end) = html[start..].find("</script>").map(|end| start + end) else { return html.to_owned() };
    format!("{}{json}{}", &html[..start], &html[end..])
}

/// The hashes of inline scripts: those without any attribute.
fn script_hashes(html: &str) -> String {
    let mut hashes = String::new();
    let mut rest = html;
    while let Some(start) = rest.find("<script>") {
        rest = &rest[start + "<script>".len()..];
        let Some(end) = rest.find("</script>") else { break };
        hashes.push_str(&format!(" '{}'", csp_hash(&rest.as_bytes()[..end])));
        rest = &rest[end..];
    }
    hashes
}

/// The policy of the widget's own page, which any site may frame.
fn widget_policy(html: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self'{}; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; \
         media-src 'self' https:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors *",
        script_hashes(html)
    )
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "mp4" => "video/mp4",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_cannot_end_its_block() {
        let html = "<script type=\"application/json\" id=\"boot\"></script><script>run()</script>";
        let filled = fill(html, &json!({ "name": "</script><script>alert(1)" }));
        assert_eq!(filled.matches("</script>").count(), 2);
        assert!(filled.contains("\\u003c/script>\\u003cscript>alert(1)"));
        assert_eq!(fill("<p>no block</p>", &json!({})), "<p>no block</p>");
    }

    #[test]
    fn only_inline_scripts_are_hashed() {
        let html = "<script type=\"module\" src=\"/a.js\"></script><script>alert(1)</script>";
        assert_eq!(script_hashes(html), " 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
    }
}
