//! The engine from a configuration: database, files, key, clock.

use crate::Failure;
use crate::config::Config;
use foundation::{Random, SystemClock};
use object_store::local::LocalFileSystem;
use service::access::{Actor, Limits};
use service::ctx::{Ctx, Engine};
use service::db::{Db, DbConfig};
use service::event::Bus;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens everything that the program stands on and brings the schema up.
pub(crate) async fn open(config: &Config) -> Result<Ctx, Failure> {
    let data = absolute(&config.data_dir)?;
    for folder in ["", "files", "work"] {
        std::fs::create_dir_all(data.join(folder))
            .map_err(|error| format!("the data folder {} cannot be used: {error}", data.display()))?;
    }
    let key = config.key()?;
    let db = Db::open(&DbConfig::new(config.database_url.as_str()))
        .await
        .map_err(|error| format!("the database cannot be opened: {}", error.private()))?;
    db.migrate().await.map_err(|error| format!("the schema cannot be brought up: {}", error.private()))?;
    let engine = Engine {
        db,
        clock: Arc::new(SystemClock),
        random: Random::system(),
        ids: foundation::id::Ids::default(),
        key,
        public_url: config.public_url.clone(),
        files: Arc::new(LocalFileSystem::new_with_prefix(data.join("files"))?),
        work_dir: data.join("work"),
        parser: std::env::current_exe()?,
        bus: Bus::default(),
        wake: Arc::default(),
        catalogues: service::catalog::Cache::default(),
        limits: Limits::default(),
        demo: service::demo::Control::default(),
    };
    Ok(Ctx::new(Arc::new(engine), Actor::System))
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    Ok(std::path::absolute(path)?)
}
