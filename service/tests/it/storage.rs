//! The storage of files: what holds for a folder holds for a bucket.

use bytes::Bytes;
use futures::TryStreamExt as _;
use gateway::storage::{self, Place, WriteError, write};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use std::sync::Arc;
use testkit::fake::s3::{self, S3};
use testkit::fake::{Fault, Reply, Server};

fn parts(sizes: &[usize]) -> impl futures::Stream<Item = Result<Bytes, std::io::Error>> + Send + use<> {
    let parts: Vec<_> = sizes.iter().map(|size| Ok(Bytes::from(vec![b'x'; *size]))).collect();
    futures::stream::iter(parts)
}

async fn names(store: &dyn ObjectStore) -> Vec<String> {
    let mut names: Vec<String> =
        store.list(None).map_ok(|about| about.location.to_string()).try_collect().await.unwrap();
    names.sort();
    names
}

/// What every storage does.
async fn behaves(store: Arc<dyn ObjectStore>) {
    storage::check(&*store).await.unwrap();
    assert!(storage::answers(&*store).await);
    let (small, large, none) =
        (Path::from("company/a/small"), Path::from("company/a/large"), Path::from("company/b/none"));
    assert_eq!(write(&*store, &small, parts(&[3, 4])).await.unwrap(), 7);
    let size = write(&*store, &large, parts(&[3_000_000, 3_000_000, 6_000_000, 1])).await.unwrap();
    assert_eq!(size, 12_000_001);
    assert_eq!(write(&*store, &none, parts(&[])).await.unwrap(), 0);
    assert_eq!(names(&*store).await, ["company/a/large", "company/a/small", "company/b/none"]);
    assert_eq!(store.head(&large).await.unwrap().size, 12_000_001);
    assert_eq!(store.get(&large).await.unwrap().bytes().await.unwrap().len(), 12_000_001);
    assert_eq!(store.get_range(&large, 11_999_999..12_000_001).await.unwrap().len(), 2);
    // Again under the same name: the later one counts.
    write(&*store, &small, parts(&[1])).await.unwrap();
    assert_eq!(store.head(&small).await.unwrap().size, 1);
    // A stream that fails leaves nothing, also after whole parts of it went out.
    let broken = [Ok(Bytes::from(vec![0; 11_000_000])), Err("gone")];
    let failed = write(&*store, &Path::from("company/b/half"), futures::stream::iter(broken)).await;
    assert!(matches!(failed, Err(WriteError::Stream("gone"))));
    for path in [&small, &large, &none] {
        store.delete(path).await.unwrap();
    }
    assert!(matches!(store.get(&large).await, Err(object_store::Error::NotFound { .. })));
    assert_eq!(names(&*store).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_behaves() {
    let folder = testkit::folder("storage");
    // It is made by the first file.
    behaves(storage::open(&Place::Folder(folder.path().join("files"))).unwrap()).await;
}

async fn bucket(prefix: &str) -> (S3, Server, Arc<dyn ObjectStore>) {
    let world = S3::default();
    let server = world.start().await;
    let store = storage::open(&S3::place(&server, prefix)).unwrap();
    (world, server, store)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_behaves() {
    for prefix in ["", "shop/x8"] {
        let (world, server, store) = bucket(prefix).await;
        store.put(&Path::from("kept"), "x".into()).await.unwrap();
        let kept = if prefix.is_empty() { "kept".to_owned() } else { format!("{prefix}/kept") };
        assert_eq!(world.names(), [kept]);
        store.delete(&Path::from("kept")).await.unwrap();
        behaves(store).await;
        assert_eq!((world.names().len(), world.begun()), (0, 0), "no begun upload stays");
        let calls = server.calls("/");
        assert!(calls.iter().all(|call| call.header("authorization").contains("/eu-central-1/s3/aws4_request")));
    }
}

/// What passes is tried again by the library, a few times: nobody above notices.
#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_stumbles_is_asked_again() {
    let (world, server, store) = bucket("").await;
    let path = Path::from("company/a/file");
    for fault in [
        Fault::Answer(s3::error(503, "SlowDown", "Please reduce your request rate.")),
        Fault::Answer(s3::error(500, "InternalError", "We encountered an internal error.")),
        Fault::DoneThenSlow(std::time::Duration::from_millis(200)),
    ] {
        server.fail("/company", fault);
        assert_eq!(write(&*store, &path, parts(&[6_000_000])).await.unwrap(), 6_000_000);
        assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap().len(), 6_000_000);
    }
    assert_eq!(world.names(), ["company/a/file"]);
}

/// What stays is told: a closed bucket, a wrong name, half an answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_away_is_told() {
    let (world, server, store) = bucket("").await;
    world.close(true);
    assert!(!storage::answers(&*store).await);
    let told = storage::check(&*store).await.unwrap_err();
    assert!(told.contains("cannot be written") && !told.contains(s3::SECRET_KEY), "{told}");
    world.close(false);
    server.fail("/company", Fault::Answer(Reply::bytes(200, &b"<InitiateMulti"[..])));
    assert!(write(&*store, &Path::from("company/a"), parts(&[1])).await.is_err());
    let Place::Bucket(mut wrong) = S3::place(&server, "") else { panic!("a bucket") };
    wrong.name = "another".to_owned();
    let wrong = storage::open(&Place::Bucket(wrong)).unwrap();
    assert!(!storage::answers(&*wrong).await, "there is no such bucket");
}
