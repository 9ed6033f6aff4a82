//! Who keeps a company's media: the one place that knows which providers there are.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::{credential, integration};
use entity::integration as integration_table;
use entity::stored::{ChannelStatus, IntegrationKind};
use gateway::media::cloudinary::{Account, Algorithm, Cloudinary};
use gateway::media::object::ObjectMedia;
use std::sync::Arc;

/// Name of the credential that holds the secret of the key.
pub(super) const SECRET: &str = "cloudinary_secret";

/// Our own storage.
pub(super) fn own(ctx: &Ctx) -> ObjectMedia {
    ObjectMedia::new(Arc::clone(&ctx.engine().files), ctx.engine().public_url.clone())
}

/// The company's account at Cloudinary, where it is connected and its secret is here.
pub(super) async fn account(ctx: &Ctx, scope: &CompanyScope) -> Result<Option<(integration_table::Model, Cloudinary)>> {
    let row = integration::of_kind(ctx, scope, IntegrationKind::Media).await?;
    let Some(row) = row.filter(|row| row.status != ChannelStatus::Disconnected) else { return Ok(None) };
    Ok(cloudinary(ctx, scope, &row).await?.map(|account| (row, account)))
}

/// The name of the account that a row of an integration stands for.
pub(super) fn cloud_of(row: &integration_table::Model) -> &str {
    row.settings["cloud"].as_str().unwrap_or_default()
}

/// The account of a row; none when its secret was removed, as by who disconnects it in this very moment.
pub(super) async fn cloudinary(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
) -> Result<Option<Cloudinary>> {
    let Some(secret) = credential::open(ctx, &ctx.db().read(scope), scope, row.id, SECRET).await? else {
        return Ok(None);
    };
    let text = |name: &str| row.settings[name].as_str().unwrap_or_default().to_owned();
    let account = Account {
        cloud: cloud_of(row).to_owned(),
        api_key: text("api_key"),
        secret,
        algorithm: Algorithm::parse(&text("signature")),
    };
    let outside = &ctx.engine().outside;
    Ok(Some(Cloudinary::new(outside.http.clone(), &outside.cloudinary_url, account, ctx.now())))
}
