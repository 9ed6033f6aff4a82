//! The engine from a configuration: database, files, key, clock.

use crate::Failure;
use crate::config::Config;
use foundation::{Random, SystemClock};
use secrecy::ExposeSecret as _;
use service::access::{Actor, Limits};
use service::ctx::{Ctx, Engine};
use service::db::{Db, DbConfig};
use service::event::Bus;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens everything that the program stands on and brings the schema up.
pub(crate) async fn open(config: &Config) -> Result<Ctx, Failure> {
    let data = absolute(&config.data_dir)?;
    for folder in ["", "work"] {
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
    outside.cloudinary_url.clone_from(&config.cloudinary_url);
    outside.test_bank = config.test_bank;
    outside.google.clone_from(&config.google);
    outside.google_api_url.clone_from(&config.google_api_url);
    outside.google_token_url.clone_from(&config.google_token_url);
    outside.google_consent_url.clone_from(&config.google_consent_url);
    outside.mail.clone_from(&config.mail);
    outside.returns.clone_from(&config.returns);
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
    outside.model_monthly_tokens = config.model_monthly_tokens;
    let engine = Engine {
        db,
        clock: Arc::new(SystemClock),
        random,
        ids: foundation::id::Ids::default(),
        key,
        public_url: config.public_url.clone(),
        files: gateway::storage::open(&config.files)?,
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

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    Ok(std::path::absolute(path)?)
}
