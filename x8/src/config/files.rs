//! Where files lie, by the settings.

use super::base_url;
use gateway::storage::{Bucket, Place};
use std::path::Path;

/// Where files lie; `given` holds what the settings say beside the address.
pub(super) fn place(url: Option<&str>, given: Bucket, data_dir: &Path, problems: &mut Vec<String>) -> Place {
    let place = match url.map(Place::parse) {
        None => Place::Folder(data_dir.join("files")),
        Some(Ok(place)) => place,
        Some(Err(problem)) => {
            problems.push(format!("X8_FILES_URL: {problem}"));
            Place::Folder(data_dir.join("files"))
        }
    };
    if given.access_key.is_some() != given.secret_key.is_some() {
        problems.push("X8_FILES_ACCESS_KEY and X8_FILES_SECRET_KEY go together".to_owned());
    }
    match place {
        Place::Bucket(Bucket { name, prefix, .. }) => {
            let endpoint = given.endpoint.map(|url| base_url("X8_FILES_ENDPOINT", &url, problems));
            Place::Bucket(Bucket { name, prefix, endpoint, ..given })
        }
        folder => {
            if given.endpoint.is_some() || given.region.is_some() || given.access_key.is_some() {
                problems.push("X8_FILES_ENDPOINT, _REGION and _ACCESS_KEY need X8_FILES_URL=s3://BUCKET".to_owned());
            }
            folder
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Raw};
    use gateway::storage::Place;

    #[test]
    fn a_bucket_is_read_whole_and_its_key_is_never_shown() {
        let raw = || Raw {
            files_url: Some("s3://shop-files/x8".to_owned()),
            files_endpoint: Some("http://127.0.0.1:9000/".to_owned()),
            files_access_key: Some("AKIAIOSFODNN7EXAMPLE".to_owned()),
            files_secret_key: Some("hidden".into()),
            ..Raw::default()
        };
        let config = Config::check(raw()).expect("a bucket");
        assert!(!format!("{config:?}").contains("hidden"));
        let Place::Bucket(bucket) = config.files else { panic!("a bucket") };
        assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("shop-files", "x8"));
        assert_eq!(bucket.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        let half = Raw { files_secret_key: None, ..raw() };
        assert_eq!(Config::check(half).expect_err("half a key").0.len(), 1);
        let folder = Raw { files_url: Some("file:///srv/files".to_owned()), ..raw() };
        assert_eq!(Config::check(folder).expect_err("a folder has no key").0.len(), 1);
        let wrong = Raw { files_url: Some("ftp://files".to_owned()), ..Raw::default() };
        assert_eq!(Config::check(wrong).expect_err("no such storage").0.len(), 1);
    }
}
