//! Where files lie: a folder of this machine, or a bucket with S3's interface that several machines share.

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt as _, RetryConfig, WriteMultipart};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of one part on its way to the storage; S3 takes none that is smaller, the last one apart
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).
const PART_BYTES: usize = 5 * 1024 * 1024;
/// Parts of one file on their way at once.
const PARTS_AT_ONCE: usize = 2;
/// How long a connection to a bucket may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a bucket may be silent in the middle of a call. A whole file takes as long as whoever reads it.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a call that failed is tried again, three times at most.
const RETRY_FOR: Duration = Duration::from_secs(20);
/// Another process (`x8 import`) may be writing a file; none writes one for so long.
const HALF_FOR: Duration = Duration::from_secs(2 * 3_600);
/// What a look at the storage writes, reads and removes.
const PROBE: &str = "x8-probe";

/// A bucket with S3's interface.
#[derive(Clone, Debug, Default)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What stands before every key; may be empty.
    pub prefix: String,
    /// Where the server is; none: Amazon's, by the region.
    pub endpoint: Option<String>,
    /// Its region; none: what `AWS_REGION` says, else `us-east-1`.
    pub region: Option<String>,
    /// The key's name; none: what the standard variables or the machine's role say.
    pub access_key: Option<String>,
    /// The key.
    pub secret_key: Option<SecretString>,
}

/// Where files lie.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// In a bucket.
    Bucket(Bucket),
}

impl Place {
    /// Reads `file:///folder` or `s3://bucket/prefix`.
    ///
    /// # Errors
    /// What is wrong with the address, in plain words.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        if let Some(folder) = url.strip_prefix("file://") {
            let folder = PathBuf::from(folder);
            return if folder.is_absolute() {
                Ok(Self::Folder(folder))
            } else {
                Err("a folder is written file:///with/its/whole/path")
            };
        }
        let Some(bucket) = url.strip_prefix("s3://") else {
            return Err("it must begin with file:// or s3://");
        };
        let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        let named = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
        if !named {
            return Err(
                "a bucket is written s3://NAME or s3://NAME/PREFIX, the name in small letters, digits, dots and dashes",
            );
        }
        let prefix = prefix.trim_matches('/').to_owned();
        Ok(Self::Bucket(Bucket { name: name.to_owned(), prefix, ..Bucket::default() }))
    }

    /// For people: no key of it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Bucket(bucket) => format!("bucket {}", bucket.name),
        }
    }
}

/// Opens the storage. A bucket is not asked yet: the program starts while it is away.
///
/// # Errors
/// What is wrong, in plain words.
pub fn open(place: &Place) -> Result<Arc<dyn ObjectStore>, String> {
    match place {
        Place::Folder(folder) => open_folder(folder)
            .map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
            .map_err(|error| format!("the folder {} cannot be used: {error}", folder.display())),
        Place::Bucket(bucket) => open_bucket(bucket),
    }
}

/// What a killed process had not put in its place yet lies beside it under the name of the file, `#` and a number
/// (object_store's `local`); no list of the storage shows it.
fn open_folder(folder: &Path) -> Result<LocalFileSystem, Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    forget_halves(folder)?;
    Ok(LocalFileSystem::new_with_prefix(folder)?)
}

fn forget_halves(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_dir() {
            forget_halves(&entry.path())?;
        } else if entry.file_name().to_string_lossy().contains('#')
            && about.modified()?.elapsed().is_ok_and(|age| age > HALF_FOR)
        {
            // Another start may be quicker.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(())
}

fn open_bucket(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>, String> {
    let options = ClientOptions::new()
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_timeout_disabled()
        .with_read_timeout(READ_TIMEOUT)
        .with_allow_http(bucket.endpoint.as_ref().is_some_and(|url| url.starts_with("http://")));
    let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: 3, retry_timeout: RETRY_FOR };
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&bucket.name)
        .with_client_options(options)
        // Files go one by one; not every server knows how to remove many at once.
        .with_disable_bulk_delete(true)
        .with_retry(retry);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(region) = &bucket.region {
        builder = builder.with_region(region);
    }
    if let (Some(name), Some(key)) = (&bucket.access_key, &bucket.secret_key) {
        builder = builder.with_access_key_id(name).with_secret_access_key(key.expose_secret());
    }
    let store = builder.build().map_err(|error| format!("the bucket {} cannot be used: {error}", bucket.name))?;
    Ok(if bucket.prefix.is_empty() {
        Arc::new(store)
    } else {
        Arc::new(PrefixStore::new(store, bucket.prefix.as_str()))
    })
}

/// Writes, reads and removes a file: whether the storage can be worked with.
///
/// # Errors
/// What is wrong, in plain words.
pub async fn check(store: &dyn ObjectStore) -> Result<(), String> {
    let key = Key::from(PROBE);
    let written = Bytes::from_static(b"x8");
    let worked = async {
        store.put(&key, written.clone().into()).await.map_err(|error| ("written", error))?;
        let read = store.get(&key).await.map_err(|error| ("read", error))?;
        let read = read.bytes().await.map_err(|error| ("read", error))?;
        store.delete(&key).await.map_err(|error| ("removed", error))?;
        Ok(read == written)
    };
    match worked.await {
        Ok(true) => Ok(()),
        Ok(false) => Err("it gives back something else than was written".to_owned()),
        Err((what, error)) => Err(format!("a file cannot be {what}: {error}")),
    }
}

/// Whether the storage answers: a file that is not there is an answer, a bucket that is not there is none.
pub async fn answers(store: &dyn ObjectStore) -> bool {
    match store.get(&Key::from(format!("{PROBE}-nothing"))).await {
        Ok(_) => true,
        Err(object_store::Error::NotFound { source, .. }) => {
            let mut cause: Option<&dyn std::error::Error> = Some(&*source);
            while let Some(error) = cause {
                if error.to_string().contains("NoSuchBucket") {
                    return false;
                }
                cause = error.source();
            }
            true
        }
        Err(_) => false,
    }
}

/// Why a stream was not stored; nothing of it is kept.
#[derive(Debug)]
pub enum WriteError<E> {
    /// The stream itself failed.
    Stream(E),
    /// The storage failed.
    Storage(object_store::Error),
}

/// Writes a stream under a key: a few parts of it are in memory at once. Returns how many bytes there were.
///
/// # Errors
/// [`WriteError`].
pub async fn write<E>(
    store: &dyn ObjectStore,
    key: &Key,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<u64, WriteError<E>> {
    let upload = store.put_multipart(key).await.map_err(WriteError::Storage)?;
    let mut writer = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
    let mut bytes = pin!(bytes);
    let mut size = 0;
    let failed = loop {
        match bytes.next().await {
            None => break None,
            Some(Err(error)) => break Some(WriteError::Stream(error)),
            Some(Ok(part)) => {
                size += part.len() as u64;
                if let Err(error) = writer.wait_for_capacity(PARTS_AT_ONCE).await {
                    break Some(WriteError::Storage(error));
                }
                writer.put(part);
            }
        }
    };
    match failed {
        None => writer.finish().await.map(|_| size).map_err(WriteError::Storage),
        Some(error) => {
            // Why it failed is what the caller must know; a bucket forgets begun uploads by its own rule.
            if let Err(left) = writer.abort().await {
                tracing::warn!(error = %left, "a begun upload stays in the storage");
            }
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::time::SystemTime;

    #[test]
    fn reads_where_files_lie() {
        assert!(
            matches!(Place::parse("file:///srv/files"), Ok(Place::Folder(folder)) if folder == Path::new("/srv/files"))
        );
        let Ok(Place::Bucket(bucket)) = Place::parse("s3://shop-files/x8/") else { panic!("a bucket") };
        assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("shop-files", "x8"));
        for wrong in ["", "/srv/files", "file://srv/files", "s3://", "s3:///x8", "s3://Shop", "s3://a b", "https://x"] {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_old_halves_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("company/a/import");
        fs::create_dir_all(&deep).expect("a folder");
        for (name, hours) in [("whole", 48), ("half#1", 48), ("arriving#1", 0)] {
            let file = File::create(deep.join(name)).expect("a file");
            file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3_600)).expect("its age");
        }
        forget_halves(folder.path()).expect("tidied");
        let mut left: Vec<_> =
            fs::read_dir(&deep).expect("the folder").flatten().map(|file| file.file_name()).collect();
        left.sort();
        assert_eq!(left, ["arriving#1", "whole"]);
    }
}
