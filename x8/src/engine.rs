//! The engine from a configuration: database, files, key, clock.

use crate::Failure;
use crate::config::Config;
use foundation::{Random, SystemClock};
use object_store::local::LocalFileSystem;
use secrecy::ExposeSecret as _;
use service::access::{Actor, Limits};
use service::ctx::{Ctx, Engine};
use service::db::{Db, DbConfig};
use service::event::Bus;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Another process (`x8 import`) may be writing a file; none writes one for so long.
const HALF_FOR: Duration = Duration::from_secs(2 * 3_600);

/// Opens everything that the program stands on and brings the schema up.
pub(crate) async fn open(config: &Config) -> Result<Ctx, Failure> {
    let data = absolute(&config.data_dir)?;
    for folder in ["", "files", "work"] {
        std::fs::create_dir_all(data.join(folder))
            .map_err(|error| format!("the data folder {} cannot be used: {error}", data.display()))?;
    }
    let key = config.key()?;
    let connections = config.database_connections;
    let db = Db::open(&DbConfig { connections, ..DbConfig::new(config.database_url.as_str()) })
        .await
        .map_err(|error| format!("the database cannot be opened: {}", error.private()))?;
    db.migrate().await.map_err(|error| format!("the schema cannot be brought up: {}", error.private()))?;
    let mut outside = gateway::Outside::new(&config.allowed_hosts)?;
    outside.telegram_url.clone_from(&config.telegram_url);
    outside.stripe_url.clone_from(&config.stripe_url);
    outside.test_bank = config.test_bank;
    outside.google.clone_from(&config.google);
    outside.google_api_url.clone_from(&config.google_api_url);
    outside.google_token_url.clone_from(&config.google_token_url);
    outside.google_consent_url.clone_from(&config.google_consent_url);
    outside.mail.clone_from(&config.mail);
    let (random, bus, wake) = (Random::system(), Bus::default(), Arc::default());
    let signal = match &config.redis_url {
        Some(url) => Some(
            service::cluster::join(url.expose_secret(), &key, &random, &bus, &wake)
                .map_err(|error| format!("X8_REDIS_URL: {}", error.private()))?,
        ),
        None => None,
    };
    outside.model.clone_from(&config.model);
    outside.model_time = config.model_time;
    let engine = Engine {
        db,
        clock: Arc::new(SystemClock),
        random,
        ids: foundation::id::Ids::default(),
        key,
        public_url: config.public_url.clone(),
        files: Arc::new(local_files(&data.join("files"))?),
        work_dir: data.join("work"),
        parser: std::env::current_exe()?,
        outside,
        bus,
        wake,
        signal,
        catalogues: service::catalog::Cache::default(),
        limits: Limits::default(),
        demo: service::demo::Control::default(),
    };
    Ok(Ctx::new(Arc::new(engine), Actor::System))
}

/// The storage in a folder. What a killed process had not put in its place yet lies beside it under the name of the file, `#`
/// and a number (object_store's `local`); no list of the storage shows it.
fn local_files(folder: &Path) -> Result<LocalFileSystem, Failure> {
    forget_halves(folder).map_err(|error| format!("the folder {} cannot be tidied: {error}", folder.display()))?;
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

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    Ok(std::path::absolute(path)?)
}

#[cfg(test)]
mod tests {
    use super::forget_halves;
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    #[test]
    fn only_old_halves_go() {
        let folder = std::env::temp_dir().join(format!("x8-halves-{}", std::process::id()));
        let deep = folder.join("company/a/import");
        fs::create_dir_all(&deep).expect("a folder");
        for (name, hours) in [("whole", 48), ("half#1", 48), ("arriving#1", 0)] {
            let file = File::create(deep.join(name)).expect("a file");
            file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3_600)).expect("its age");
        }
        forget_halves(&folder).expect("tidied");
        let mut left: Vec<_> =
            fs::read_dir(&deep).expect("the folder").flatten().map(|file| file.file_name()).collect();
        left.sort();
        assert_eq!(left, ["arriving#1", "whole"]);
        fs::remove_dir_all(folder).expect("the folder goes");
    }
}
