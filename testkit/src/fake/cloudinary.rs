//! Cloudinary's upload interface: one product environment with its key; signatures are computed anew, by an own way. Written
//! from the official description and from what Cloudinary's own library signs (outside.md §9).

use super::server::unknown_path;
use super::{Call, Contract, Reply, Server, World};
use foundation::secret::hex;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Name of the product environment.
pub const CLOUD: &str = "flora-test";
/// Name of its key.
pub const API_KEY: &str = "472851639284736";
/// The key's secret; made for tests.
pub const SECRET: &str = "fake-cloudinary-secret-wXyZ";
/// A time so far off is refused.
const TOLERANCE_SECONDS: i64 = 3_600;

/// A file that lies there.
#[derive(Clone, Debug)]
pub struct Asset {
    /// `image`, `video`.
    pub resource_type: String,
    /// Its folder in the console.
    pub folder: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Grows with every upload of the name.
    pub version: i64,
}

#[derive(Debug)]
struct Inside {
    secret: String,
    sha256: bool,
    now: i64,
    assets: BTreeMap<String, Asset>,
    uploads: i64,
    forged: bool,
}

/// The world of one product environment.
#[derive(Clone, Debug)]
pub struct Cloudinary(Arc<Mutex<Inside>>);

impl Default for Cloudinary {
    fn default() -> Self {
        let now = crate::START.parse::<jiff::Timestamp>().expect("a time").as_second();
        Self(Arc::new(Mutex::new(Inside {
            secret: SECRET.to_owned(),
            sha256: false,
            now,
            assets: BTreeMap::new(),
            uploads: 0,
            forged: false,
        })))
    }
}

impl Cloudinary {
    /// Opens its door.
    pub async fn start(&self) -> Server {
        let contract = Contract::load("cloudinary/asset-management.schema.yml", "");
        Server::start(Arc::new(self.clone()), contract).await
    }

    /// The owner makes a new secret: the old one is dead.
    pub fn replace_secret(&self, secret: &str) {
        self.lock().secret = secret.to_owned();
    }

    /// The owner chooses the longer signature.
    pub fn use_sha256(&self) {
        self.lock().sha256 = true;
    }

    /// What its clock says, seconds.
    pub fn set_clock(&self, now: i64) {
        self.lock().now = now;
    }

    /// Somebody else answers in its place, who does not know the secret.
    pub fn forge(&self, forged: bool) {
        self.lock().forged = forged;
    }

    /// What lies there, by name.
    #[must_use]
    pub fn assets(&self) -> BTreeMap<String, Asset> {
        self.lock().assets.clone()
    }

    /// The owner removes a file in the console.
    pub fn lose(&self, public_id: &str) {
        self.lock().assets.remove(public_id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn digest(&self, text: &str) -> String {
        if self.sha256 { foundation::secret::sha256_hex(text.as_bytes()) } else { hex(&Sha1::digest(text.as_bytes())) }
    }

    /// Whether the call is the key owner's, and of now.
    fn refused(&self, fields: &BTreeMap<String, String>) -> Option<Reply> {
        if fields.get("api_key").map(String::as_str) != Some(API_KEY) {
            return Some(bad(401, "Invalid api_key"));
        }
        let to_sign: Vec<String> = fields
            .iter()
            .filter(|(name, value)| {
                !value.is_empty()
                    && !matches!(name.as_str(), "file" | "api_key" | "resource_type" | "cloud_name" | "signature")
            })
            .map(|(name, value)| format!("{name}={}", value.replace('&', "%26")))
            .collect();
        let to_sign = to_sign.join("&");
        let wanted = self.digest(&format!("{to_sign}{}", self.secret));
        let given = fields.get("signature").cloned().unwrap_or_default();
        if given != wanted {
            return Some(bad(401, &format!("Invalid Signature {given}. String to sign - '{to_sign}'.")));
        }
        let at: i64 = fields.get("timestamp").and_then(|at| at.parse().ok()).unwrap_or(0);
        ((at - self.now).abs() > TOLERANCE_SECONDS)
            .then(|| bad(400, &format!("Stale request - reported time is {at} which is more than 1 hour ago")))
    }

    fn upload(&mut self, resource_type: &str, call: &Call) -> Reply {
        let mut fields = BTreeMap::new();
        let mut file = None;
        for part in call.multipart() {
            if part.name == "file" {
                file = Some(part.bytes.to_vec());
            } else {
                fields.insert(part.name, String::from_utf8_lossy(&part.bytes).into_owned());
            }
        }
        if let Some(refused) = self.refused(&fields) {
            return refused;
        }
        let Some(bytes) = file else { return bad(400, "Missing required parameter - file") };
        if bytes.is_empty() {
            return bad(400, "Empty file");
        }
        let public_id = fields.get("public_id").cloned().unwrap_or_default();
        if self.assets.contains_key(&public_id) && fields.get("overwrite").map(String::as_str) != Some("true") {
            return bad(409, "already exists");
        }
        self.uploads += 1;
        let version = self.now + self.uploads;
        let asset = Asset {
            resource_type: resource_type.to_owned(),
            folder: fields.get("asset_folder").cloned().unwrap_or_default(),
            bytes,
            version,
        };
        let size = asset.bytes.len();
        self.assets.insert(public_id.clone(), asset);
        let secret = if self.forged { "somebody" } else { self.secret.as_str() };
        let signature = self.digest(&format!("public_id={public_id}&version={version}{secret}"));
        let name = call.multipart().into_iter().find_map(|part| part.file_name).unwrap_or_default();
        let ending = name.rsplit('.').next().unwrap_or("bin").to_owned();
        Reply::json(
            200,
            &json!({
                "asset_id": format!("{:032x}", self.uploads),
                "public_id": public_id, "version": version, "signature": signature,
                "resource_type": resource_type, "type": "upload", "format": ending,
                "width": 640, "height": 480, "bytes": size, "etag": "9e107d9d372bb6826bd81d3542a419d6",
                "secure_url": format!(
                    "https://res.cloudinary.com/{CLOUD}/{resource_type}/upload/v{version}/{public_id}.{ending}"
                ),
            }),
        )
    }

    fn destroy(&mut self, resource_type: &str, body: &Value) -> Reply {
        let fields: BTreeMap<String, String> = body
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect();
        if let Some(refused) = self.refused(&fields) {
            return refused;
        }
        let public_id = fields.get("public_id").cloned().unwrap_or_default();
        let there = self.assets.get(&public_id).is_some_and(|asset| asset.resource_type == resource_type);
        if there {
            self.assets.remove(&public_id);
        }
        Reply::json(200, &json!({ "result": if there { "ok" } else { "not found" } }))
    }
}

/// A refusal as Cloudinary gives it.
#[must_use]
pub fn bad(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": { "message": message } }))
}

impl World for Cloudinary {
    fn answer(&self, call: &Call) -> Reply {
        let mut inside = self.lock();
        let parts: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
        match parts[..] {
            ["v1_1", cloud, ..] if cloud != CLOUD => bad(401, "Invalid cloud_name"),
            ["v1_1", _, kind @ ("image" | "video"), "upload"] => inside.upload(kind, call),
            ["v1_1", _, kind @ ("image" | "video"), "destroy"] => inside.destroy(kind, &call.json()),
            _ => unknown_path(),
        }
    }
}
