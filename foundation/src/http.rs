//! Calls to the outside: one client for addresses of the installation's own configuration, one guarded client for addresses
//! that people type in (webhooks, media, a model's base URL, a self-hosted server).
//!
//! The guard follows reliability.md §11.11: the name is resolved once, every address is judged, the connection goes to an
//! address that was judged, redirects are not followed, answers are cut at a limit. Errors never carry the URL: with some
//! providers it holds a secret.

mod guard;

pub use guard::{Authority, is_public};

use bytes::Bytes;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, StatusCode, Url, redirect};
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a whole call may take, unless the caller says otherwise.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Idle connections kept for one host.
const IDLE_PER_HOST: usize = 8;

/// Where a client may go.
#[derive(Clone, Debug)]
pub enum Reach {
    /// Anywhere: the addresses come from the configuration of the installation.
    Configured,
    /// Public addresses only, and the hosts and ports that the installation allows by name.
    Public(Arc<[Authority]>),
}

/// A client with timeouts, without redirects, cookies or proxies of the environment. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    reach: Reach,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, within the limit.
    pub body: Bytes,
}

impl Answer {
    /// How long the server asks to wait: `Retry-After` in seconds. The form with a date is not used by our providers and
    /// counts as absent.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<u64>().ok()?;
        Some(Duration::from_secs(seconds.min(24 * 3600)))
    }
}

/// Why a call gave no answer. Never holds the URL.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address may not be called; nothing was sent.
    #[error("this address may not be called: {0}")]
    Refused(&'static str),
    /// The other side was not reached; nothing was sent.
    #[error("the server was not reached")]
    Unreachable,
    /// The call may have had its effect, the answer did not come in time.
    #[error("the answer did not come in time")]
    TimedOut,
    /// The answer is larger than is taken.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The connection broke in mid-answer, or what came is no HTTP.
    #[error("the connection broke")]
    Broken,
}

impl HttpError {
    /// Whether the other side may have done what was asked.
    #[must_use]
    pub const fn maybe_done(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Broken | Self::TooLarge(_))
    }
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            Self::Unreachable
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Broken
        }
    }
}

impl Http {
    /// A client that may go where `reach` says.
    ///
    /// # Errors
    /// When the system's certificates can't be read.
    pub fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .no_proxy()
            .user_agent(concat!("x8/", env!("CARGO_PKG_VERSION")));
        if let Reach::Public(allowed) = &reach {
            builder = builder.dns_resolver(Arc::new(guard::Resolver::new(Arc::clone(allowed))));
        }
        Ok(Self { client: builder.build()?, reach })
    }

    /// A request to an address that is checked first.
    ///
    /// # Errors
    /// [`HttpError::Refused`]; nothing was sent.
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, HttpError> {
        Ok(self.client.request(method, self.check(url)?))
    }

    /// Whether an address may be called; a name is judged again when it is resolved.
    ///
    /// # Errors
    /// [`HttpError::Refused`] with the reason in plain words.
    pub fn check(&self, url: &str) -> Result<Url, HttpError> {
        let url = Url::parse(url).map_err(|_| HttpError::Refused("it is not a URL"))?;
        if let Reach::Public(allowed) = &self.reach {
            guard::check(&url, allowed).map_err(HttpError::Refused)?;
        }
        Ok(url)
    }

    /// The client itself, for a library that sends by it. Addresses must have passed [`check`](Self::check).
    #[must_use]
    pub const fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Sends, and reads the answer up to `limit` bytes.
    ///
    /// # Errors
    /// [`HttpError`]; an answer with an error status is an answer.
    pub async fn send(&self, request: RequestBuilder, limit: usize) -> Result<Answer, HttpError> {
        let mut response = request.send().await?;
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(HttpError::TooLarge(limit));
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await? {
            if body.len() + part.len() > limit {
                return Err(HttpError::TooLarge(limit));
            }
            body.extend_from_slice(&part);
        }
        Ok(Answer { status, headers, body: body.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// A server that answers one connection with these bytes.
    async fn server(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut head = [0; 1024];
                    let _ = socket.read(&mut head).await;
                    let _ = socket.write_all(&answer).await;
                });
            }
        });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn reads_an_answer_and_its_retry_after() {
        let url = server(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno".to_vec()).await;
        let http = Http::new(Reach::Configured).unwrap();
        let answer = http.send(http.request(Method::GET, &url).unwrap(), 10).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (429, &b"no"[..]));
        assert_eq!(answer.retry_after(), Some(Duration::from_secs(7)));
    }

    #[tokio::test]
    async fn cuts_an_answer_that_is_too_large_said_or_unsaid() {
        let http = Http::new(Reach::Configured).unwrap();
        let said = server(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n".to_vec()).await;
        let mut unsaid = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
        unsaid.extend(std::iter::repeat_n(b'x', 100_000));
        for url in [said, server(unsaid).await] {
            let error = http.send(http.request(Method::GET, &url).unwrap(), 1000).await.unwrap_err();
            assert!(matches!(error, HttpError::TooLarge(1000)), "{error}");
        }
    }

    #[tokio::test]
    async fn a_closed_door_means_nothing_was_sent_and_no_answer_means_perhaps() {
        let http = Http::new(Reach::Configured).unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let error = http.send(http.request(Method::GET, &format!("http://{closed}/bot-secret")).unwrap(), 10).await;
        let error = error.unwrap_err();
        assert!(matches!(error, HttpError::Unreachable) && !error.maybe_done());
        assert!(!format!("{error} {error:?}").contains("bot-secret"), "no URL in errors");
        let silent = server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec()).await;
        let request = http.request(Method::GET, &silent).unwrap().timeout(Duration::from_millis(300));
        assert!(http.send(request, 10).await.unwrap_err().maybe_done());
    }

    #[tokio::test]
    async fn the_guard_lets_nothing_private_through() {
        let canary = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = canary.local_addr().unwrap().port();
        let http = Http::new(Reach::Public(Arc::from([]))).unwrap();
        for host in ["127.0.0.1", "127.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433"] {
            let url = format!("http://{host}:{port}/");
            assert!(matches!(http.request(Method::GET, &url), Err(HttpError::Refused(_))), "{url}");
        }
        // A name that leads home, on a port that is allowed: judged when it is resolved.
        let request = http.request(Method::GET, "http://localhost:8080/").unwrap();
        assert!(matches!(http.send(request, 10).await, Err(HttpError::Unreachable)));
        let none = tokio::time::timeout(Duration::from_millis(200), canary.accept()).await;
        assert!(none.is_err(), "nobody came to the canary");
    }

    #[tokio::test]
    async fn an_allowed_host_opens_its_own_port_only() {
        let url =
            server(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
        let port = url.rsplit(':').next().unwrap();
        let allowed = Authority::parse(&format!("localhost:{port}")).unwrap();
        let http = Http::new(Reach::Public(Arc::from([allowed]))).unwrap();
        let answer =
            http.send(http.request(Method::GET, &format!("http://localhost:{port}/")).unwrap(), 10).await.unwrap();
        assert_eq!(answer.status.as_u16(), 302, "a redirect is an answer and is not followed");
        assert!(matches!(http.request(Method::GET, "http://localhost:1/"), Err(HttpError::Refused(_))));
    }
}
