//! A server with S3's interface: one bucket, addressed by path, with begun uploads, ranges and lists. Written from Amazon's
//! reference (<https://docs.aws.amazon.com/AmazonS3/latest/API/>). Calls must be signed with the known key, and their bodies
//! must be those that were signed; the signature itself is not computed anew.

use super::{Call, Reply, Server, World};
use foundation::secret::sha256_hex;
use gateway::storage::{Bucket, Place};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The bucket's name.
pub const BUCKET: &str = "shop-files";
/// The key's name.
pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
/// The key; the example of Amazon's documentation.
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

type Parts = BTreeMap<u32, Vec<u8>>;

#[derive(Debug, Default)]
struct Inside {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, (String, Parts)>,
    next: u32,
    closed: bool,
}

/// The world of one bucket.
#[derive(Clone, Debug, Default)]
pub struct S3(Arc<Mutex<Inside>>);

impl S3 {
    /// Opens its door.
    pub async fn start(&self) -> Server {
        Server::start(Arc::new(self.clone()), None).await
    }

    /// How the program finds it.
    #[must_use]
    pub fn place(server: &Server, prefix: &str) -> Place {
        Place::Bucket(Bucket {
            name: BUCKET.to_owned(),
            prefix: prefix.to_owned(),
            endpoint: Some(server.url().to_owned()),
            region: Some("eu-central-1".to_owned()),
            access_key: Some(ACCESS_KEY.to_owned()),
            secret_key: Some(SECRET_KEY.into()),
        })
    }

    /// Names of what lies there.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.lock().objects.keys().cloned().collect()
    }

    /// Uploads that were begun and neither completed nor given up.
    #[must_use]
    pub fn begun(&self) -> usize {
        self.lock().uploads.len()
    }

    /// The owner takes the key away (or gives it back).
    pub fn close(&self, closed: bool) {
        self.lock().closed = closed;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World for S3 {
    fn answer(&self, call: &Call) -> Reply {
        let mut inside = self.lock();
        let signed = call.header("authorization").starts_with(&format!("AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/"))
            && call.header("authorization").contains("Signature=");
        if !signed || inside.closed {
            return error(403, "AccessDenied", "Access Denied");
        }
        let hash = call.header("x-amz-content-sha256");
        if hash != "UNSIGNED-PAYLOAD" && hash != sha256_hex(&call.body) {
            return error(400, "XAmzContentSHA256Mismatch", "The provided header does not match what was computed.");
        }
        let path = percent(call.path.trim_start_matches('/'));
        let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
        if bucket != BUCKET {
            return error(404, "NoSuchBucket", "The specified bucket does not exist");
        }
        let query = call.parameters();
        match (call.method.as_str(), key) {
            ("GET", "") => inside.list(&query),
            ("POST", _) if query.contains_key("uploads") => inside.begin(key),
            ("PUT", _) if query.contains_key("uploadId") => inside.part(&query, call),
            ("POST", _) if query.contains_key("uploadId") => inside.complete(&query),
            ("DELETE", _) if query.contains_key("uploadId") => {
                inside.uploads.remove(&query["uploadId"]);
                Reply::bytes(204, "")
            }
            ("PUT", _) => {
                inside.objects.insert(key.to_owned(), call.body.to_vec());
                Reply::bytes(200, "").with_header("etag", etag(&call.body))
            }
            ("GET" | "HEAD", _) => inside.get(key, call.header("range")),
            ("DELETE", _) => {
                inside.objects.remove(key);
                Reply::bytes(204, "")
            }
            _ => error(501, "NotImplemented", "not in this fake"),
        }
    }
}

impl Inside {
    fn begin(&mut self, key: &str) -> Reply {
        self.next += 1;
        let id = format!("upload-{}", self.next);
        self.uploads.insert(id.clone(), (key.to_owned(), Parts::new()));
        xml(
            200,
            &format!(
                "<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{key}</Key><UploadId>{id}</UploadId>\
                 </InitiateMultipartUploadResult>"
            ),
        )
    }

    fn part(&mut self, query: &BTreeMap<String, String>, call: &Call) -> Reply {
        let number = query.get("partNumber").and_then(|number| number.parse().ok()).unwrap_or(0);
        match self.uploads.get_mut(&query["uploadId"]) {
            Some((_, parts)) => {
                parts.insert(number, call.body.to_vec());
                Reply::bytes(200, "").with_header("etag", etag(&call.body))
            }
            None => error(404, "NoSuchUpload", "The specified upload does not exist."),
        }
    }

    fn complete(&mut self, query: &BTreeMap<String, String>) -> Reply {
        const SMALLEST_PART: usize = 5 * 1024 * 1024;
        let Some((key, parts)) = self.uploads.remove(&query["uploadId"]) else {
            return error(404, "NoSuchUpload", "The specified upload does not exist.");
        };
        let last = parts.len().saturating_sub(1);
        if parts.values().take(last).any(|part| part.len() < SMALLEST_PART) {
            return error(
                400,
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed object size.",
            );
        }
        let bytes = parts.into_values().flatten().collect::<Vec<u8>>();
        let tag = etag(&bytes);
        self.objects.insert(key.clone(), bytes);
        xml(
            200,
            &format!(
                "<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{key}</Key><ETag>{tag}</ETag>\
                 </CompleteMultipartUploadResult>"
            ),
        )
    }

    fn get(&self, key: &str, range: &str) -> Reply {
        let Some(bytes) = self.objects.get(key) else {
            return error(404, "NoSuchKey", "The specified key does not exist.");
        };
        let about = |reply: Reply| {
            reply
                .with_header("etag", etag(bytes))
                .with_header("last-modified", "Mon, 02 Mar 2026 09:00:00 GMT")
                .with_header("accept-ranges", "bytes")
        };
        let Some(wanted) = range.strip_prefix("bytes=") else {
            return about(Reply::bytes(200, bytes.clone()));
        };
        let size = bytes.len();
        let number = |text: &str| text.parse::<usize>().ok();
        let found = wanted.split_once('-').and_then(|(from, to)| match (number(from), number(to)) {
            (Some(from), to) if from < size => Some(from..Ord::min(to.map_or(size, |to| to + 1), size)),
            (None, Some(last)) if from.is_empty() && last > 0 => Some(size.saturating_sub(last)..size),
            _ => None,
        });
        match found {
            Some(part) => {
                let said = format!("bytes {}-{}/{size}", part.start, part.end - 1);
                about(Reply::bytes(206, bytes[part].to_vec())).with_header("content-range", said)
            }
            None => error(416, "InvalidRange", "The requested range is not satisfiable"),
        }
    }

    fn list(&self, query: &BTreeMap<String, String>) -> Reply {
        let prefix = query.get("prefix").cloned().unwrap_or_default();
        let found = self.objects.iter().filter(|(key, _)| key.starts_with(&prefix));
        let contents: String = found
            .map(|(key, bytes)| {
                format!(
                    "<Contents><Key>{key}</Key><LastModified>2026-03-02T09:00:00.000Z</LastModified>\
                     <ETag>{}</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
                    etag(bytes),
                    bytes.len()
                )
            })
            .collect();
        let answer = format!(
            "<ListBucketResult><Name>{BUCKET}</Name><Prefix>{prefix}</Prefix><IsTruncated>false</IsTruncated>{contents}\
             </ListBucketResult>"
        );
        xml(200, &answer)
    }
}

/// The path as it was meant.
fn percent(path: &str) -> String {
    let name = format!("x={}", path.replace('+', "%2B"));
    url::form_urlencoded::parse(name.as_bytes()).next().map(|(_, path)| path.into_owned()).unwrap_or_default()
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", &sha256_hex(bytes)[..32])
}

fn xml(status: u16, body: &str) -> Reply {
    Reply::bytes(status, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{body}"))
        .with_header("content-type", "application/xml")
}

/// An error as S3 gives it.
#[must_use]
pub fn error(status: u16, code: &str, message: &str) -> Reply {
    xml(status, &format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
}
