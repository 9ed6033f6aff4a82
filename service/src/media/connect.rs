//! A company's own account at Cloudinary (issue 3.8, R86).

use super::host::{SECRET, cloudinary};
use crate::access::CompanyScope;
use crate::channel::failure;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result, UserError};
use crate::job::{self, Claimed, Failure, Job};
use crate::{credential, integration};
use entity::integration as integration_table;
use entity::stored::{ChannelStatus, IntegrationKind};
use gateway::error::{Error as ProviderError, Kind, Retry};
use gateway::media::MediaHost as _;
use gateway::media::cloudinary::{self, Algorithm, Cloudinary};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Asks the provider whether the key works, and how it signs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectMedia {
    pub(crate) integration_id: Uuid,
}

impl Job for ConnectMedia {
    const KIND: &'static str = "connect_media";

    fn unique_key(&self) -> Option<String> {
        Some(format!("connect:{}", self.integration_id))
    }

    fn lane(&self) -> Option<String> {
        Some(format!("integration:{}", self.integration_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.integration_id)
    }
}

/// Connects a company's account at Cloudinary, or puts another in the place of the one it has. What lies there already stays.
///
/// # Errors
/// `Forbidden`; `Invalid` for `cloudName`, `apiKey` or `apiSecret`.
pub async fn connect_cloudinary(
    ctx: &Ctx,
    scope: &CompanyScope,
    cloud_name: &str,
    api_key: &str,
    api_secret: &str,
) -> Result<integration_table::Model> {
    scope.must_manage()?;
    let (cloud, api_key, secret) = (cloud_name.trim(), api_key.trim(), api_secret.trim());
    let mut errors = Vec::new();
    if !cloudinary::is_cloud_name(cloud) {
        let text = "This is not the name of a product environment: letters, digits, dashes.";
        errors.push(UserError::new("cloudName", "INVALID", text));
    }
    if api_key.is_empty() || !api_key.bytes().all(|byte| byte.is_ascii_digit()) {
        errors.push(UserError::new("apiKey", "INVALID", "An API key of Cloudinary has digits only."));
    }
    if secret.is_empty() || secret.chars().any(char::is_whitespace) {
        errors.push(UserError::new("apiSecret", "INVALID", "This is not the secret of an API key."));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let mut tx = ctx.db().begin(scope).await?;
    let settings = json!({ "cloud": cloud, "api_key": api_key, "signature": Algorithm::default().as_str() });
    let row = integration::begin(ctx, &mut tx, scope, IntegrationKind::Media, cloudinary::NAME, settings).await?;
    credential::remove(&tx, scope, row.id).await?;
    credential::set(ctx, &tx, scope, row.id, SECRET, &SecretString::from(secret)).await?;
    begin_connect(ctx, &mut tx, scope, row.id).await?;
    ctx.commit(tx).await?;
    Ok(row)
}

/// Asks the provider by a job.
pub(crate) async fn begin_connect(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, integration_id: Uuid) -> Result<()> {
    job::enqueue(ctx, tx, scope, &ConnectMedia { integration_id }).await?;
    Ok(())
}

/// Runs [`ConnectMedia`].
///
/// # Errors
/// When it should run again.
pub async fn run_connect(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: ConnectMedia = claimed.payload()?;
    let row = integration::get(ctx, &scope, payload.integration_id).await?;
    if row.status == ChannelStatus::Disconnected {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let Some(account) = cloudinary(ctx, &scope, &row).await? else {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    };
    let checked = check(&account).await;
    let mut tx = ctx.db().begin(&scope).await?;
    match checked {
        Ok(algorithm) => {
            let cloud = row.settings["cloud"].as_str().unwrap_or_default().to_owned();
            let mut settings = row.settings.clone();
            settings["signature"] = json!(algorithm.as_str());
            let mut found = row.clone().into_active_model();
            found.external_id = Set(Some(cloud.clone()));
            found.name = Set(Some(cloud));
            found.settings = Set(settings);
            let found = found.update(&tx).await?;
            integration::works(ctx, &mut tx, &scope, &found).await?;
            // What waits to be removed may lie in this account.
            super::look_again(ctx, &mut tx, &scope).await?;
        }
        Err(error) => {
            integration::failed(ctx, &mut tx, &scope, &row, &error).await?;
            if error.retry != Retry::Never {
                ctx.commit(tx).await?;
                return Err(failure(&error));
            }
            // Visible at the account, where it can be mended; a dead job beside it would say it twice.
        }
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Which signature the account takes: its owner may have chosen the longer one.
async fn check(account: &Cloudinary) -> Result<Algorithm, ProviderError> {
    match account.check().await {
        Ok(()) => Ok(account.algorithm()),
        Err(error) if error.kind == Kind::Credentials => {
            let longer = account.with_algorithm(Algorithm::Sha256);
            // The first refusal is the one to tell.
            longer.check().await.map(|()| longer.algorithm()).map_err(|_| error)
        }
        Err(error) => Err(error),
    }
}
