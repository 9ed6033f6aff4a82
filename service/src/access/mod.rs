//! Who may do what. Every resolver passes here first, and a [`CompanyScope`] comes from nowhere else: no function of
//! this crate takes a bare company id (architecture §6.1).

mod limit;

pub(crate) use limit::may_try_to_sign_in;
pub use limit::{Limits, may_begin_visit, may_write};

use crate::ctx::Ctx;
use crate::db::{Db, Found, Lookup, Many};
use crate::error::{Error, Result};
use entity::stored::Role;
use entity::{channel, company, integration, job, membership, order, session};
use foundation::secret::{equal_secret, hex, hmac_sha256};
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, DbErr, EntityTrait, FromQueryResult as _, IdenStatic as _, Iterable as _,
    JoinType, QueryFilter, QueryResult, QuerySelect as _,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;
use uuid::Uuid;

/// People who are asked about with one statement.
const ASKED_AT_ONCE: usize = 1_000;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// Nobody is signed in.
    Nobody,
    /// A signed-in person.
    User {
        /// Who.
        user_id: Uuid,
        /// By which session.
        session_id: Uuid,
    },
    /// The program itself: jobs, webhooks, the command line.
    System,
}

/// Proof that the caller may see a company; the key to all its rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CompanyScope {
    company_id: Uuid,
    role: Option<Role>,
}

impl CompanyScope {
    /// The tenant.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.company_id
    }

    /// The caller's role; none for the program itself.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        self.role
    }

    /// Demands the right to change the company's settings, catalogue and money.
    ///
    /// # Errors
    /// `Forbidden` for a role that only talks to customers.
    pub fn must_manage(&self) -> Result<()> {
        match self.role {
            None | Some(Role::Owner | Role::Admin) => Ok(()),
            Some(Role::Agent) => Err(Error::Forbidden),
        }
    }
}

/// The signed-in person.
///
/// # Errors
/// `Unauthenticated` when nobody is.
pub fn user(ctx: &Ctx) -> Result<Uuid> {
    match ctx.actor() {
        Actor::User { user_id, .. } => Ok(*user_id),
        Actor::Nobody | Actor::System => Err(Error::Unauthenticated),
    }
}

/// The scope of a company for the signed-in person.
///
/// # Errors
/// `Unauthenticated`; `NotFound` when there is no such company or it is another tenant's.
pub async fn company(ctx: &Ctx, company_id: Uuid) -> Result<CompanyScope> {
    company_row(ctx, company_id).await.map(|(scope, _)| scope)
}

/// The same with the company itself.
///
/// # Errors
/// As [`company()`].
pub async fn company_row(ctx: &Ctx, company_id: Uuid) -> Result<(CompanyScope, company::Model)> {
    let key = (company_id, user(ctx)?);
    let db = ctx.db().clone();
    let found = ctx.db().lookups().members.one(key, async move |keys| members(&db, keys).await).await?;
    let (company, role) = found.ok_or(Error::NotFound("company"))?;
    Ok((CompanyScope { company_id, role: Some(role) }, company))
}

/// What every request asks, of all who ask at the same moment.
#[derive(Debug, Default)]
pub(crate) struct Lookups {
    /// Sessions by the hashes of their tokens.
    pub(crate) sessions: Lookup<String, session::Model>,
    /// Companies with the role of a person, by both ids.
    members: Lookup<(Uuid, Uuid), (company::Model, Role)>,
}

/// The companies and roles of these people: (company, user).
async fn members(db: &Db, keys: BTreeSet<(Uuid, Uuid)>) -> Result<Found<(Uuid, Uuid), (company::Model, Role)>, DbErr> {
    static THEN: LazyLock<String> = LazyLock::new(|| {
        let columns: Vec<String> =
            company::Column::iter().map(|column| format!("company.{}", column.as_str())).collect();
        format!(
            "SELECT {}, v.company_id AS asked_company, v.user_id AS asked_user, membership.role AS member_role FROM v \
             JOIN company ON company.id = v.company_id \
             JOIN membership ON membership.organization_id = company.organization_id \
                 AND membership.user_id = v.user_id",
            columns.join(", ")
        )
    });
    let db = db.read_across();
    // A single one is found with less.
    if let (1, Some(&key)) = (keys.len(), keys.first()) {
        let (company_id, user_id) = key;
        let theirs = company::Entity::belongs_to(membership::Entity)
            .from(company::Column::OrganizationId)
            .to(membership::Column::OrganizationId);
        let found = company::Entity::find_by_id(company_id)
            .join(JoinType::InnerJoin, theirs.into())
            .select_also(membership::Entity)
            .filter(membership::Column::UserId.eq(user_id))
            .one(&db)
            .await?;
        return Ok(found.into_iter().filter_map(|(company, of)| Some((key, Ok((company, of?.role))))).collect());
    }
    let mut asked = Many::new(db.get_database_backend(), &[("company_id", "uuid"), ("user_id", "uuid")]);
    for (company_id, user_id) in keys {
        asked.push([company_id.into(), user_id.into()]);
    }
    let rows = db.query_all_raw(asked.statement(&THEN)).await?;
    let member = |row: &QueryResult| Ok((company::Model::from_query_result(row, "")?, row.try_get("", "member_role")?));
    let found = rows.iter().map(|row| {
        let key = (row.try_get("", "asked_company")?, row.try_get("", "asked_user")?);
        Ok((key, member(row)))
    });
    found.collect()
}

/// The sessions of these tokens' hashes, ended ones too.
pub(crate) async fn sessions(db: &Db, hashes: BTreeSet<String>) -> Result<Found<String, session::Model>, DbErr> {
    static THEN: LazyLock<String> = LazyLock::new(|| {
        let columns: Vec<String> =
            session::Column::iter().map(|column| format!("session.{}", column.as_str())).collect();
        format!(
            "SELECT {}, v.token_hash AS asked FROM v JOIN session ON session.token_hash = v.token_hash",
            columns.join(", ")
        )
    });
    let db = db.read_platform();
    // A single one is found with less.
    if let (1, Some(hash)) = (hashes.len(), hashes.first()) {
        let found = session::Entity::find().filter(session::Column::TokenHash.eq(hash.as_str())).one(&db).await?;
        return Ok(found.into_iter().map(|session| (hash.clone(), Ok(session))).collect());
    }
    let mut asked = Many::new(db.get_database_backend(), &[("token_hash", "text")]);
    for hash in hashes {
        asked.push([hash.into()]);
    }
    let rows = db.query_all_raw(asked.statement(&THEN)).await?;
    let found = rows.iter().map(|row| Ok((row.try_get("", "asked")?, session::Model::from_query_result(row, ""))));
    found.collect()
}

/// How people stand towards a company, looked up for many at once: what [`company()`] and [`crate::identity::stands`] say of
/// each.
#[derive(Clone, Debug)]
pub struct Standing {
    company_id: Uuid,
    sessions: HashSet<Uuid>,
    roles: HashMap<Uuid, Role>,
}

impl Standing {
    /// The scope of one of those who were asked about.
    ///
    /// # Errors
    /// `Unauthenticated` without a session that stands, `NotFound` for another tenant's people.
    pub fn scope(&self, actor: &Actor) -> Result<CompanyScope> {
        let Actor::User { user_id, session_id } = actor else { return Err(Error::Unauthenticated) };
        if !self.sessions.contains(session_id) {
            return Err(Error::Unauthenticated);
        }
        let role = *self.roles.get(user_id).ok_or(Error::NotFound("company"))?;
        Ok(CompanyScope { company_id: self.company_id, role: Some(role) })
    }
}

/// Which of these sessions still stand: a statement for each thousand.
///
/// # Errors
/// When the database does not answer.
pub async fn standing_sessions(ctx: &Ctx, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    system(ctx)?;
    let mut standing = HashSet::new();
    for part in ids.chunks(ASKED_AT_ONCE) {
        let found = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(session::Column::Id.is_in(part.iter().copied()))
            .filter(session::Column::ExpiresAt.gt(ctx.time()))
            .into_tuple::<Uuid>()
            .all(&ctx.db().read_platform())
            .await?;
        standing.extend(found);
    }
    Ok(standing)
}

/// How these people stand towards a company now: three statements for a thousand of them.
///
/// # Errors
/// `Forbidden` unless the program itself asks. When the database does not answer.
pub async fn standing(ctx: &Ctx, company_id: Uuid, actors: &[Actor]) -> Result<Standing> {
    system(ctx)?;
    let mut standing = Standing { company_id, sessions: HashSet::new(), roles: HashMap::new() };
    // Nobody has a role in a company that is not there; whose session stands is told all the same, so that it looks like a
    // foreign one.
    let company = company::Entity::find_by_id(company_id).one(&ctx.db().read_across()).await?;
    for part in actors.chunks(ASKED_AT_ONCE) {
        let asked = part.iter().filter_map(|actor| match actor {
            Actor::User { user_id, session_id } => Some((*user_id, *session_id)),
            Actor::Nobody | Actor::System => None,
        });
        let (users, sessions): (HashSet<Uuid>, Vec<Uuid>) = asked.unzip();
        standing.sessions.extend(standing_sessions(ctx, &sessions).await?);
        let Some(company) = &company else { continue };
        let roles = membership::Entity::find()
            .filter(membership::Column::OrganizationId.eq(company.organization_id))
            .filter(membership::Column::UserId.is_in(users))
            .all(&ctx.db().read_across())
            .await?;
        standing.roles.extend(roles.into_iter().map(|row| (row.user_id, row.role)));
    }
    Ok(standing)
}

/// The strongest role that the signed-in person has anywhere; none before the first company.
///
/// # Errors
/// `Unauthenticated`.
pub async fn strongest_role(ctx: &Ctx) -> Result<Option<Role>> {
    let user_id = user(ctx)?;
    let roles: Vec<Role> = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user_id))
        .all(&ctx.db().read_across())
        .await?
        .into_iter()
        .map(|membership| membership.role)
        .collect();
    Ok([Role::Owner, Role::Admin, Role::Agent].into_iter().find(|role| roles.contains(role)))
}

/// The scopes of all companies that the signed-in person may see.
///
/// # Errors
/// `Unauthenticated`.
pub async fn companies(ctx: &Ctx) -> Result<Vec<(CompanyScope, company::Model)>> {
    let user_id = user(ctx)?;
    let memberships =
        membership::Entity::find().filter(membership::Column::UserId.eq(user_id)).all(&ctx.db().read_across()).await?;
    let organizations: Vec<Uuid> = memberships.iter().map(|m| m.organization_id).collect();
    let companies = company::Entity::find()
        .filter(company::Column::OrganizationId.is_in(organizations))
        .all(&ctx.db().read_across())
        .await?;
    Ok(companies
        .into_iter()
        .filter_map(|company| {
            let role = memberships.iter().find(|m| m.organization_id == company.organization_id)?.role;
            Some((CompanyScope { company_id: company.id, role: Some(role) }, company))
        })
        .collect())
}

/// The scope of a thing that is named by its own id: looks up whose it is, then checks the caller. The id of a thing that became
/// part of another finds the other: its row says which id it has.
///
/// # Errors
/// `NotFound` as if it did not exist when it is another tenant's.
pub async fn of<E>(ctx: &Ctx, id: Uuid, what: &'static str) -> Result<(CompanyScope, E::Model)>
where
    E: TenantEntity,
    <E::PrimaryKey as sea_orm::PrimaryKeyTrait>::ValueType: From<Uuid>,
{
    let db = ctx.db().read_across();
    let mut row = E::find_by_id(id).one(&db).await?;
    if row.is_none()
        && let Some(merged) = entity::merged::Entity::find_by_id(id).one(&db).await?
    {
        row = E::find_by_id(merged.into_id).one(&db).await?;
    }
    user(ctx)?;
    let row = row.ok_or(Error::NotFound(what))?;
    match company(ctx, E::company_id(&row)).await {
        Ok(scope) => Ok((scope, row)),
        Err(Error::NotFound(_)) => Err(Error::NotFound(what)),
        Err(other) => Err(other),
    }
}

/// A job of a company, looked up like [`of`]; the installation's own jobs are nobody's.
///
/// # Errors
/// `NotFound`.
pub async fn of_job(ctx: &Ctx, id: Uuid) -> Result<(CompanyScope, job::Model)> {
    user(ctx)?;
    let row = job::Entity::find_by_id(id).one(&ctx.db().read_across()).await?.ok_or(Error::NotFound("job"))?;
    let company_id = row.company_id.ok_or(Error::NotFound("job"))?;
    match company(ctx, company_id).await {
        Ok(scope) => Ok((scope, row)),
        Err(Error::NotFound(_)) => Err(Error::NotFound("job")),
        Err(other) => Err(other),
    }
}

/// Rows of a company by their ids, in no order; ids of other tenants find nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn many<E: TenantEntity>(ctx: &Ctx, scope: &CompanyScope, ids: &[Uuid]) -> Result<Vec<E::Model>> {
    // In one order, so that the same question has the same words.
    let ids: BTreeSet<Uuid> = ids.iter().copied().collect();
    let find = E::find().filter(E::company_column().eq(scope.id())).filter(E::id_column().is_in(ids));
    Ok(ctx.db().read(scope).all(find.into_model::<E::Model>()).await?)
}

/// A row of a table.
pub type RowOf<E> = <E as EntityTrait>::Model;

/// A table whose rows belong to a company.
pub trait TenantEntity: EntityTrait<Model: Clone + Sync> {
    /// Whose row it is.
    fn company_id(row: &Self::Model) -> Uuid;
    /// Its id.
    fn id(row: &Self::Model) -> Uuid;
    /// The column that says whose row it is.
    fn company_column() -> Self::Column;
    /// The column of the id.
    fn id_column() -> Self::Column;
}

impl TenantEntity for company::Entity {
    fn company_id(row: &Self::Model) -> Uuid {
        row.id
    }

    fn id(row: &Self::Model) -> Uuid {
        row.id
    }

    fn company_column() -> Self::Column {
        company::Column::Id
    }

    fn id_column() -> Self::Column {
        company::Column::Id
    }
}

macro_rules! tenant {
    ($($table:ident),* $(,)?) => {$(
        impl TenantEntity for entity::$table::Entity {
            fn company_id(row: &Self::Model) -> Uuid {
                row.company_id
            }

            fn id(row: &Self::Model) -> Uuid {
                row.id
            }

            fn company_column() -> Self::Column {
                entity::$table::Column::CompanyId
            }

            fn id_column() -> Self::Column {
                entity::$table::Column::Id
            }
        }
    )*};
}
tenant!(
    branch,
    channel,
    contact,
    conversation,
    message,
    turn,
    catalogue,
    catalogue_version,
    catalogue_row,
    import,
    file,
    order,
    payment,
    booking,
    reminder,
    integration,
    media,
);

/// The scope of a job's company: the ledger wrote it in the transaction that caused the job.
#[must_use]
pub fn for_job(job: &job::Model) -> Option<CompanyScope> {
    job.company_id.map(|company_id| CompanyScope { company_id, role: None })
}

/// The scope of a channel that is named by its public key: how customers' messages come in.
///
/// # Errors
/// `NotFound` for an unknown key.
pub async fn for_channel(ctx: &Ctx, public_key: &str) -> Result<(CompanyScope, channel::Model)> {
    let channel = channel::Entity::find()
        .filter(channel::Column::PublicKey.eq(public_key))
        .one(&ctx.db().read_across())
        .await?
        .ok_or(Error::NotFound("channel"))?;
    Ok((CompanyScope { company_id: channel.company_id, role: None }, channel))
}

/// The scope of an order that is named by its short link: the token itself is the right to pay it.
///
/// # Errors
/// `NotFound` for an unknown link.
pub async fn for_link(ctx: &Ctx, token: &str) -> Result<(CompanyScope, order::Model)> {
    let order = order::Entity::find()
        .filter(order::Column::LinkToken.eq(token))
        .one(&ctx.db().read_across())
        .await?
        .ok_or(Error::NotFound("order"))?;
    Ok((CompanyScope { company_id: order.company_id, role: None }, order))
}

/// The scope of an integration that is named by its public key: how a provider's events come in.
///
/// # Errors
/// `NotFound` for an unknown key.
pub(crate) async fn for_integration(ctx: &Ctx, public_key: &str) -> Result<(CompanyScope, integration::Model)> {
    let row = integration::Entity::find()
        .filter(integration::Column::PublicKey.eq(public_key))
        .one(&ctx.db().read_across())
        .await?
        .ok_or(Error::NotFound("integration"))?;
    Ok((CompanyScope { company_id: row.company_id, role: None }, row))
}

/// The scope of a payment that a verified event names.
#[must_use]
pub(crate) fn for_payment(payment: &entity::payment::Model) -> CompanyScope {
    CompanyScope { company_id: payment.company_id, role: None }
}

/// The scope of a channel whose row was read by the program's own upkeep.
#[must_use]
pub(crate) fn for_channel_row(channel: &channel::Model) -> CompanyScope {
    CompanyScope { company_id: channel.company_id, role: None }
}

/// The scope of a letter whose row a report has named by the installation's own signature.
#[must_use]
pub(crate) fn for_letter(letter: &entity::mail::Model) -> CompanyScope {
    CompanyScope { company_id: letter.company_id, role: None }
}

/// The scope of a file whose row was made or found under a scope.
#[must_use]
pub(crate) fn for_file(file: &entity::file::Model) -> CompanyScope {
    CompanyScope { company_id: file.company_id, role: None }
}

/// The scope of a picture or video whose row was made or found under a scope, or by its public address.
#[must_use]
pub(crate) fn for_media(media: &entity::media::Model) -> CompanyScope {
    CompanyScope { company_id: media.company_id, role: None }
}

/// The scope of a company that the program itself has just made or serves (first start, demo, rehearsals).
///
/// # Errors
/// `Forbidden` unless the caller is the program itself.
pub fn for_system(ctx: &Ctx, company: &company::Model) -> Result<CompanyScope> {
    system(ctx)?;
    Ok(CompanyScope { company_id: company.id, role: None })
}

/// Demands that the program itself asks.
///
/// # Errors
/// `Forbidden`.
pub(crate) fn system(ctx: &Ctx) -> Result<()> {
    match ctx.actor() {
        Actor::System => Ok(()),
        Actor::Nobody | Actor::User { .. } => Err(Error::Forbidden),
    }
}

/// Proof that the caller may hold and restore the demo; nobody may where this is none.
#[derive(Debug)]
pub struct DemoScope(());

/// The right to hold and restore the demo: for people who manage one of its two companies.
///
/// # Errors
/// `Unauthenticated`; `Forbidden`; `Invalid` when this program is no demo.
pub async fn demo(ctx: &Ctx) -> Result<DemoScope> {
    if strongest_role(ctx).await? == Some(Role::Agent) {
        return Err(Error::Forbidden);
    }
    if !ctx.engine().demo.is_open() {
        return Err(Error::invalid("demo", "NOT_A_DEMO", "This program was not started as a demo."));
    }
    let manages = |(scope, company): &(CompanyScope, company::Model)| {
        scope.must_manage().is_ok() && crate::company::CompanySettings::of(company).seed.is_some()
    };
    if companies(ctx).await?.iter().any(manages) { Ok(DemoScope(())) } else { Err(Error::Forbidden) }
}

/// The scope of a calendar feed that is named by its signed address.
///
/// # Errors
/// `NotFound` when the signature is not ours.
pub fn for_feed(ctx: &Ctx, company_id: Uuid, signature: &str) -> Result<CompanyScope> {
    let mut keys = ctx.engine().key.derived(FEED);
    if keys.any(|key| equal_secret(signed_feed(&key, company_id).as_bytes(), signature.as_bytes())) {
        Ok(CompanyScope { company_id, role: None })
    } else {
        Err(Error::NotFound("calendar"))
    }
}

/// The address of a company's calendar feed: whoever has it may read it.
#[must_use]
pub fn feed_url(ctx: &Ctx, scope: &CompanyScope) -> String {
    format!("{}/calendar/{}/{}.ics", ctx.engine().public_url, scope.id(), feed_signature(ctx, scope.id()))
}

/// Signs the address of a company's calendar feed.
#[must_use]
pub(crate) fn feed_signature(ctx: &Ctx, company_id: Uuid) -> String {
    signed_feed(&ctx.engine().key.derive(FEED), company_id)
}

/// What the key of feeds is for.
const FEED: &str = "calendar-feed";

fn signed_feed(key: &[u8], company_id: Uuid) -> String {
    hex(&hmac_sha256(key, company_id.as_bytes())[..16])
}
