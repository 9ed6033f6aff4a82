//! Secrets of companies at providers: sealed at rest, write-only through the API (R26, architecture §6.8).

use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use entity::credential;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter, QueryOrder,
    QuerySelect as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

/// Characters of a secret that stay readable.
const HINT_CHARACTERS: usize = 4;
/// A secret shorter than this shows nothing of itself.
const SHORT: usize = 12;

/// A secret as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Which secret.
    pub name: String,
    /// Its last characters, perhaps none.
    pub last: String,
    /// When it was set.
    pub updated_at: entity::time::Time,
}

/// What a sealed value is bound to: moved to another tenant, subject or name it does not open.
fn place(scope: &CompanyScope, subject_id: Uuid, name: &str) -> String {
    place_of(scope.id(), subject_id, name)
}

fn place_of(company_id: Uuid, subject_id: Uuid, name: &str) -> String {
    format!("credential:{company_id}:{subject_id}:{name}")
}

/// Sets a secret, in the place of the one of that name.
pub(crate) async fn set(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    subject_id: Uuid,
    name: &str,
    secret: &SecretString,
) -> Result<()> {
    let plain = secret.expose_secret();
    let engine = ctx.engine();
    let sealed = engine.key.seal(&engine.random, &place(scope, subject_id, name), plain.as_bytes());
    let characters = plain.chars().count();
    let hint =
        if characters < SHORT { String::new() } else { plain.chars().skip(characters - HINT_CHARACTERS).collect() };
    credential::Entity::insert(credential::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        subject_id: Set(subject_id),
        name: Set(name.to_owned()),
        sealed: Set(sealed),
        hint: Set(hint),
        updated_at: Set(ctx.time()),
    })
    .on_conflict(
        OnConflict::columns([credential::Column::SubjectId, credential::Column::Name])
            .update_columns([credential::Column::Sealed, credential::Column::Hint, credential::Column::UpdatedAt])
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// A secret, open; none when it was never set or was removed.
pub(crate) async fn open(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    scope: &CompanyScope,
    subject_id: Uuid,
    name: &str,
) -> Result<Option<SecretString>> {
    let row = credential::Entity::find()
        .filter(credential::Column::CompanyId.eq(scope.id()))
        .filter(credential::Column::SubjectId.eq(subject_id))
        .filter(credential::Column::Name.eq(name))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let plain = ctx
        .engine()
        .key
        .open(&place(scope, subject_id, name), &row.sealed)
        .map_err(|error| Error::internal(format!("credential {}: {error}", row.id)))?;
    let plain = String::from_utf8(plain).map_err(|_| Error::internal(format!("credential {} is no text", row.id)))?;
    Ok(Some(plain.into()))
}

/// Removes one secret of a subject; false when there was none (any more).
pub(crate) async fn forget(tx: &Tx, scope: &CompanyScope, subject_id: Uuid, name: &str) -> Result<bool> {
    let removed = credential::Entity::delete_many()
        .filter(credential::Column::CompanyId.eq(scope.id()))
        .filter(credential::Column::SubjectId.eq(subject_id))
        .filter(credential::Column::Name.eq(name))
        .exec(tx)
        .await?;
    Ok(removed.rows_affected > 0)
}

/// A secret, open, and removed: of two who take it at once one gets it.
pub(crate) async fn take(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    subject_id: Uuid,
    name: &str,
) -> Result<Option<SecretString>> {
    let secret = open(ctx, tx, scope, subject_id, name).await?;
    let removed = forget(tx, scope, subject_id, name).await?;
    Ok(secret.filter(|_| removed))
}

/// Removes all secrets of a subject.
pub(crate) async fn remove(tx: &Tx, scope: &CompanyScope, subject_id: Uuid) -> Result<()> {
    credential::Entity::delete_many()
        .filter(credential::Column::CompanyId.eq(scope.id()))
        .filter(credential::Column::SubjectId.eq(subject_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The secrets of a subject as they are shown: never more than their last characters.
///
/// # Errors
/// `Forbidden` for those who may not manage the company.
pub async fn hints(ctx: &Ctx, scope: &CompanyScope, subject_id: Uuid) -> Result<Vec<Hint>> {
    scope.must_manage()?;
    let rows = credential::Entity::find()
        .filter(credential::Column::CompanyId.eq(scope.id()))
        .filter(credential::Column::SubjectId.eq(subject_id))
        .order_by_asc(credential::Column::Name)
        .all(&ctx.db().read(scope))
        .await?;
    Ok(rows.into_iter().map(|row| Hint { name: row.name, last: row.hint, updated_at: row.updated_at }).collect())
}

/// What a change of the key found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Sealed anew.
    pub changed: u64,
    /// Sealed with a key that is not at hand, or damaged: these must be entered again.
    pub lost: u64,
}

/// Secrets of one look.
const LOOK: u64 = 200;

/// How many secrets are sealed with a key before the present one.
///
/// # Errors
/// When the database does not answer.
pub async fn sealed_with_old_keys(ctx: &Ctx) -> Result<u64> {
    let current = format!("{}.%", ctx.engine().key.id());
    let find = credential::Entity::find().filter(credential::Column::Sealed.not_like(current));
    Ok(find.count(&ctx.db().read_across()).await?)
}

/// Seals every secret of the installation with the present key; may be stopped and begun again at any time, also while the
/// program serves.
///
/// # Errors
/// `Forbidden` unless the program itself asks; when the database does not answer: what was done until then stands.
pub async fn reseal(ctx: &Ctx) -> Result<Resealed> {
    access::system(ctx)?;
    let (key, random) = (&ctx.engine().key, &ctx.engine().random);
    let mut done = Resealed::default();
    let mut after = Uuid::nil();
    loop {
        let rows = credential::Entity::find()
            .filter(credential::Column::Id.gt(after))
            .order_by_asc(credential::Column::Id)
            .limit(LOOK)
            .all(&ctx.db().read_across())
            .await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = last.id;
        let tx = ctx.db().begin_across().await?;
        for row in rows.iter().filter(|row| !key.sealed(&row.sealed)) {
            let place = place_of(row.company_id, row.subject_id, &row.name);
            let Ok(plain) = key.open(&place, &row.sealed) else {
                done.lost += 1;
                continue;
            };
            // A secret that was replaced meanwhile is sealed with the present key already.
            let changed = credential::Entity::update_many()
                .col_expr(credential::Column::Sealed, key.seal(random, &place, &plain).into())
                .filter(credential::Column::Id.eq(row.id))
                .filter(credential::Column::Sealed.eq(row.sealed.as_str()))
                .exec(&tx)
                .await?;
            done.changed += changed.rows_affected;
        }
        ctx.commit(tx).await?;
    }
}
