//! A company's own account at Cloudinary (outside.md §9; official description:
//! <https://github.com/cloudinary/cloudinary-openapi>).
//!
//! Relied on without proof (marked (K) there): which parameters are not signed, that a time more than an hour off is refused, the
//! words of that refusal, that a video is made into MP4 and a picture of it by the ending of its address.

use super::{Body, Format, MediaHost, MediaKind, Placed, Upload};
use crate::error::{Error, Kind};
use async_trait::async_trait;
use foundation::http::{Answer, Http};
use foundation::secret::{equal_secret, hex};
use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::DATE;
use reqwest::multipart::{Form, Part};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha1::{Digest as _, Sha1};
use std::time::Duration;

/// Its name in tables.
pub const NAME: &str = "cloudinary";
/// Where its API is.
pub const BASE_URL: &str = "https://api.cloudinary.com";

/// The largest answer that is read, bytes.
const MOST_ANSWER: usize = 256 * 1024;
/// How long a call without a file may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long an upload may take: a hundred megabytes over a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);
/// The longest pause that is believed.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3_600);
/// What is removed to see whether the account works: there is never a file of this name.
const NOTHING: &str = "x8/check/nothing";
/// Side of a small picture, pixels.
const THUMBNAIL_SIDE: u32 = 400;

/// How the account signs; its owner may have chosen the longer one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// What accounts begin with.
    #[default]
    Sha1,
    /// By choice.
    Sha256,
}

impl Algorithm {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }

    /// From the stored word; an unknown one is what accounts begin with.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        if word == Self::Sha256.as_str() { Self::Sha256 } else { Self::Sha1 }
    }

    fn digest(self, text: &str) -> String {
        match self {
            Self::Sha1 => hex(&Sha1::digest(text.as_bytes())),
            Self::Sha256 => foundation::secret::sha256_hex(text.as_bytes()),
        }
    }
}

/// One account.
#[derive(Clone)]
pub struct Cloudinary {
    http: Http,
    base_url: String,
    cloud: String,
    api_key: String,
    secret: SecretString,
    algorithm: Algorithm,
    now: Timestamp,
}

impl std::fmt::Debug for Cloudinary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cloudinary({} at {})", self.cloud, self.base_url)
    }
}

/// What names an account and proves that it is ours.
#[derive(Clone, Debug)]
pub struct Account {
    /// Name of the product environment.
    pub cloud: String,
    /// Name of the key.
    pub api_key: String,
    /// The key's secret.
    pub secret: SecretString,
    /// How it signs.
    pub algorithm: Algorithm,
}

#[derive(Debug, Deserialize)]
struct Uploaded {
    public_id: String,
    version: i64,
    secure_url: String,
    signature: String,
    #[serde(default)]
    bytes: u64,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Destroyed {
    result: String,
}

#[derive(Debug, Deserialize)]
struct Refused {
    error: Words,
}

#[derive(Debug, Deserialize)]
struct Words {
    message: String,
}

/// Whether this may be the name of a product environment.
#[must_use]
pub fn is_cloud_name(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The signature of a call: parameters that have a value, by name, then the secret.
#[must_use]
pub fn sign(algorithm: Algorithm, parameters: &[(&str, String)], secret: &SecretString) -> String {
    let mut pairs: Vec<String> = parameters
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", value.replace('&', "%26")))
        .collect();
    pairs.sort();
    algorithm.digest(&format!("{}{}", pairs.join("&"), secret.expose_secret()))
}

/// The signature of an answer.
fn answer_signature(algorithm: Algorithm, public_id: &str, version: i64, secret: &SecretString) -> String {
    algorithm.digest(&format!("public_id={public_id}&version={version}{}", secret.expose_secret()))
}

impl Cloudinary {
    /// An account. `base_url` without a slash at its end; calls are signed with the time `now`.
    #[must_use]
    pub fn new(http: Http, base_url: &str, account: Account, now: Timestamp) -> Self {
        let Account { cloud, api_key, secret, algorithm } = account;
        Self { http, base_url: base_url.to_owned(), cloud, api_key, secret, algorithm, now }
    }

    /// How it signs.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The same account, signing another way.
    #[must_use]
    pub fn with_algorithm(&self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self.clone() }
    }

    fn url(&self, kind: MediaKind, action: &str) -> String {
        let kind = match kind {
            MediaKind::Image => "image",
            MediaKind::Video => "video",
        };
        format!("{}/v1_1/{}/{kind}/{action}", self.base_url, self.cloud)
    }

    fn signed(&self, mut parameters: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
        parameters.push(("timestamp", self.now.as_second().to_string()));
        let signature = sign(self.algorithm, &parameters, &self.secret);
        parameters.push(("api_key", self.api_key.clone()));
        parameters.push(("signature", signature));
        parameters
    }

    /// Every call puts or removes what has a fixed name: doing it twice is doing it once.
    async fn send<T: serde::de::DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, Error> {
        let answer = self.http.send(request, MOST_ANSWER).await.map_err(|error| Error::of_http(NAME, &error, true))?;
        if !answer.status.is_success() {
            return Err(error_of(&answer, self.now));
        }
        serde_json::from_slice(&answer.body).map_err(|_| unreadable())
    }

    async fn destroy(&self, kind: MediaKind, external_id: &str) -> Result<(), Error> {
        let parameters = self.signed(vec![("public_id", external_id.to_owned()), ("invalidate", "true".to_owned())]);
        let body: serde_json::Map<String, serde_json::Value> = parameters
            .into_iter()
            .map(|(name, value)| {
                let value = match name {
                    "invalidate" => serde_json::Value::Bool(true),
                    "timestamp" => self.now.as_second().into(),
                    _ => value.into(),
                };
                (name.to_owned(), value)
            })
            .collect();
        let request = self
            .http
            .request(Method::POST, &self.url(kind, "destroy"))
            .map_err(|error| Error::of_http(NAME, &error, true))?
            .timeout(TIMEOUT)
            .json(&body);
        let done: Result<Destroyed, Error> = self.send(request).await;
        match done {
            Ok(done) if matches!(done.result.as_str(), "ok" | "not found") => Ok(()),
            Ok(done) => Err(Error::new(NAME, Kind::Request, done.result)),
            Err(error) if error.kind == Kind::Gone => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Half an answer, or a proxy's page: asking again is harmless.
fn unreadable() -> Error {
    Error::new(NAME, Kind::Unavailable, "the answer cannot be read")
}

fn error_of(answer: &Answer, now: Timestamp) -> Error {
    let words = serde_json::from_slice::<Refused>(&answer.body).map(|refused| refused.error.message);
    // What was signed stands in the words about a wrong signature; nobody needs it.
    let words = words.unwrap_or_else(|_| "no reason was given".to_owned());
    let text = words.split(". String to sign").next().unwrap_or_default();
    let trace = answer.headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info!(status = answer.status.as_u16(), request = trace, "Cloudinary refused");
    if text.contains("Stale request") {
        // The next try bears the next time.
        let date = answer.headers.get(DATE).and_then(|date| date.to_str().ok()).unwrap_or("unknown");
        let text = format!("the clock of this machine is not that of Cloudinary ({date})");
        return Error::new(NAME, Kind::Unavailable, text).with_code("clock");
    }
    if answer.status.as_u16() == 420 || answer.status.as_u16() == 429 {
        let error = Error::new(NAME, Kind::RateLimited, text).with_code(answer.status.as_u16().to_string());
        return match answer.retry_after().or_else(|| until_reset(answer, now)) {
            Some(pause) => error.after(Ord::min(pause, LONGEST_PAUSE)),
            None => error,
        };
    }
    Error::of_status(NAME, answer, text)
}

/// How long until calls are counted anew: a date of HTTP.
fn until_reset(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let date = answer.headers.get("x-featureratelimit-reset")?.to_str().ok()?;
    let at = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::from_secs(1)))
}

/// The address of the whole file with another ending, and with what is to be done to it.
fn derived(secure_url: &str, change: &str, ending: &str) -> Option<String> {
    let (before, after) = secure_url.split_once("/upload/")?;
    let change = if change.is_empty() { String::new() } else { format!("{change}/") };
    let (name, _) = after.rsplit_once('.')?;
    Some(format!("{before}/upload/{change}{name}.{ending}"))
}

/// Where everybody looks at it, and a small picture of it. Videos go out as MP4, whatever came in: a phone plays nothing else.
fn addresses(format: Format, secure_url: &str) -> (String, Option<String>) {
    let small = format!("c_limit,w_{THUMBNAIL_SIDE},h_{THUMBNAIL_SIDE}");
    match format.kind() {
        MediaKind::Image => (secure_url.to_owned(), derived(secure_url, &small, format.extension())),
        MediaKind::Video => {
            let url = derived(secure_url, "", "mp4").unwrap_or_else(|| secure_url.to_owned());
            (url, derived(secure_url, &format!("so_0,{small}"), "jpg"))
        }
    }
}

#[async_trait]
impl MediaHost for Cloudinary {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn check(&self) -> Result<(), Error> {
        self.destroy(MediaKind::Image, NOTHING).await
    }

    async fn upload(&self, upload: &Upload, body: Body) -> Result<Placed, Error> {
        let external_id = upload.external_id();
        let kind = upload.format.kind();
        let mut form = Form::new();
        let parameters = self.signed(vec![
            ("public_id", external_id.clone()),
            ("asset_folder", upload.folder()),
            ("overwrite", "true".to_owned()),
            ("invalidate", "true".to_owned()),
        ]);
        for (name, value) in parameters {
            form = form.text(name, value);
        }
        let body = reqwest::Body::wrap_stream(body);
        let part = match upload.bytes {
            Some(bytes) => Part::stream_with_length(body, bytes),
            None => Part::stream(body),
        };
        let part = part
            .file_name(format!("file.{}", upload.format.extension()))
            .mime_str(upload.format.media_type())
            .map_err(|_| Error::new(NAME, Kind::Request, "the media type is none"))?;
        let request = self
            .http
            .request(Method::POST, &self.url(kind, "upload"))
            .map_err(|error| Error::of_http(NAME, &error, true))?
            .timeout(UPLOAD_TIMEOUT)
            .multipart(form.part("file", part));
        let done: Uploaded = match self.send(request).await {
            // An account that is not there.
            Err(error) if error.kind == Kind::Gone => return Err(Error { kind: Kind::Credentials, ..error }),
            done => done?,
        };
        let signature = answer_signature(self.algorithm, &done.public_id, done.version, &self.secret);
        if done.public_id != external_id || !equal_secret(signature.as_bytes(), done.signature.as_bytes()) {
            return Err(Error::new(NAME, Kind::Unavailable, "the answer is not signed by Cloudinary"));
        }
        if !done.secure_url.starts_with("https://") {
            return Err(unreadable());
        }
        let (url, thumbnail_url) = addresses(upload.format, &done.secure_url);
        Ok(Placed { external_id, url, thumbnail_url, dimensions: done.width.zip(done.height), bytes: done.bytes })
    }

    async fn remove(&self, kind: MediaKind, external_id: &str) -> Result<(), Error> {
        self.destroy(kind, external_id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_known_answer_says() {
        let parameters = [
            ("timestamp", "1315060510".to_owned()),
            ("public_id", "sample_image".to_owned()),
            ("eager", "w_400,h_300,c_pad|w_260,h_200,c_crop".to_owned()),
            ("context", String::new()),
        ];
        let signature = sign(Algorithm::Sha1, &parameters, &"abcd".into());
        assert_eq!(signature, "bfd09f95f331f558cbd1320e67aa8d488770583e");
        let smuggled = sign(Algorithm::Sha1, &[("public_id", "a&timestamp=1".to_owned())], &"abcd".into());
        let plain = [("public_id", "a".to_owned()), ("timestamp", "1".to_owned())];
        assert_ne!(smuggled, sign(Algorithm::Sha1, &plain, &"abcd".into()), "a value is no second parameter");
        assert_eq!(sign(Algorithm::Sha256, &parameters, &"abcd".into()).len(), 64);
    }

    #[test]
    fn videos_go_out_as_mp4_with_a_picture() {
        let at = "https://res.cloudinary.com/demo/video/upload/v7/x8/0a/videos/k.mov";
        let (url, picture) = addresses(Format::Mov, at);
        assert_eq!(url, "https://res.cloudinary.com/demo/video/upload/v7/x8/0a/videos/k.mp4");
        let picture = picture.unwrap();
        assert_eq!(
            picture,
            "https://res.cloudinary.com/demo/video/upload/so_0,c_limit,w_400,h_400/v7/x8/0a/videos/k.jpg"
        );
        let (url, small) = addresses(Format::Png, "https://res.cloudinary.com/demo/image/upload/v7/x8/k.png");
        assert_eq!(url, "https://res.cloudinary.com/demo/image/upload/v7/x8/k.png");
        assert!(small.unwrap().contains("/upload/c_limit,w_400,h_400/v7/"));
    }

    #[test]
    fn names_of_clouds() {
        assert!(is_cloud_name("demo-1_x") && !is_cloud_name("") && !is_cloud_name("a/../b") && !is_cloud_name("a b"));
    }
}
