//! The demo shop of the first run: a company with a sample catalogue published, for somebody who looks around.

use crate::access::CompanyScope;
use crate::channel;
use crate::company::{self, CompanySettings, NewCompany};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::file::Purpose;

use bytes::Bytes;
use domain::catalog::ItemKind;
use domain::channel::ChannelKind;
use domain::language::Language;
use entity::company as company_table;
use entity::stored::{CompanyType, ImportStatus};
use futures::stream;
use std::time::Duration;
use uuid::Uuid;

/// How long a catalogue may take to be read.
const IMPORT_PATIENCE: Duration = Duration::from_secs(60);

/// Opens the demo shop of a kind: a company with a sample catalogue published and web chat connected.
///
/// # Errors
/// As [`company::create`]; `Unavailable` when the catalogue is not read in time: no worker runs.
pub async fn open_shop(
    ctx: &Ctx,
    kind: CompanyType,
    language: Language,
) -> Result<(CompanyScope, company_table::Model)> {
    let service = kind == CompanyType::Service;
    let new = NewCompany {
        name: if service { "Studio Lumen".to_owned() } else { "Flora Verde".to_owned() },
        company_type: kind,
        shop_type: if service { "beauty salon".to_owned() } else { "flowers".to_owned() },
        city: if service { "Алматы".to_owned() } else { "Valencia".to_owned() },
        language,
        currency: Some(if service { "KZT" } else { "EUR" }.to_owned()),
        timezone: Some(if service { "Asia/Almaty" } else { "Europe/Madrid" }.to_owned()),
        hours: None,
        settings: CompanySettings { demo: true, ..CompanySettings::default() },
    };
    let (scope, company) = company::create(ctx, None, new).await?;
    let sample = crate::catalog::sample(if service { ItemKind::Service } else { ItemKind::Product });
    let parts = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(sample.bytes))]);
    let file = crate::file::upload(ctx, &scope, sample.name, Purpose::Import, parts).await?;
    let import = crate::catalog::start_import(ctx, &scope, file.id, None, false).await?;
    wait_for_import(ctx, &scope, import.row.id).await?;
    crate::catalog::publish(ctx, &scope, true).await?;
    channel::create(ctx, &scope, ChannelKind::Webchat, channel::WEBCHAT, &company.name).await?;
    Ok((scope, company))
}

async fn wait_for_import(ctx: &Ctx, scope: &CompanyScope, import_id: Uuid) -> Result<()> {
    let reading = async {
        loop {
            match crate::catalog::import(ctx, scope, import_id).await?.row.status {
                ImportStatus::Done => return Ok(()),
                ImportStatus::Failed | ImportStatus::Cancelled => {
                    return Err(Error::internal("the sample was not read"));
                }
                ImportStatus::Queued | ImportStatus::Reading => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    tokio::time::timeout(IMPORT_PATIENCE, reading)
        .await
        .map_err(|_| Error::Unavailable("the sample catalogue was not read in time".to_owned()))?
}
