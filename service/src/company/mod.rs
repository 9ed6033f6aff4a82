//! Companies and their branches.

mod home;

pub use home::{Checklist, Summary, checklist, summary};

use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::error::{Error, Result, UserError};
use assistant::turn::Field;
use domain::booking::OpeningHours;
use domain::language::Language;
use domain::money::Currency;
use entity::stored::{CompanyStatus, CompanyType, Role};
use entity::{branch, catalogue, company, membership, organization};
use jiff::tz::TimeZone;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest name of anything a person names, characters.
pub const MAX_NAME: usize = 200;

/// What an owner may set beyond the columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompanySettings {
    /// Fields a checkout needs; absent: the default of commerce.md.
    pub required: Option<Vec<Field>>,
    /// Hours a payment link stays open at least.
    pub link_minimum_hours: Option<i64>,
    /// Where the privacy notice stands; absent: our own page.
    pub privacy_url: Option<String>,
    /// Greeting video.
    pub welcome_video: Option<String>,
    /// Whether it was made as a demo.
    pub demo: bool,
    /// Which of the two companies of `x8 demo` it is.
    pub seed: Option<SeedMark>,
    /// Which language model answers.
    pub model: crate::model::ModelChoice,
}

/// A company whose rows are made by `x8 demo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeedMark {
    /// Names it across starts.
    pub key: String,
    /// When its rows were all made, seconds since the epoch; none while they are not.
    pub whole_at: Option<i64>,
}

impl CompanySettings {
    /// Reads the stored settings; what an older program did not know has its default.
    #[must_use]
    pub fn of(company: &company::Model) -> Self {
        serde_json::from_value(company.settings.clone()).unwrap_or_default()
    }
}

/// What a new company needs.
#[derive(Clone, Debug)]
pub struct NewCompany {
    /// Brand.
    pub name: String,
    /// Preset.
    pub company_type: CompanyType,
    /// What it sells, in the owner's words.
    pub shop_type: String,
    /// Where it is.
    pub city: String,
    /// Language of last resort.
    pub language: Language,
    /// ISO 4217; guessed from the language when absent.
    pub currency: Option<String>,
    /// IANA name; guessed from the language when absent.
    pub timezone: Option<String>,
    /// Opening hours; every day 9 to 21 when absent.
    pub hours: Option<OpeningHours>,
    /// Settings.
    pub settings: CompanySettings,
}

/// Currency and zone of a company that names neither.
#[must_use]
pub fn guess(language: Language, city: &str) -> (Currency, &'static str) {
    const KNOWN: &[(&[&str], Currency, &str)] = &[
        (&["алматы", "almaty", "астана", "astana", "шымкент", "shymkent"], Currency::KZT, "Asia/Almaty"),
        (
            &["arrecife", "lanzarote", "tenerife", "las palmas", "playa blanca", "costa teguise"],
            Currency::EUR,
            "Atlantic/Canary",
        ),
        (&["london", "лондон", "londres"], Currency::USD, "Europe/London"),
    ];
    let city = city.to_lowercase();
    if let Some((_, currency, zone)) = KNOWN.iter().find(|(names, ..)| names.iter().any(|name| city.contains(name))) {
        return (*currency, zone);
    }
    match language {
        Language::Kk => (Currency::KZT, "Asia/Almaty"),
        Language::En | Language::Es | Language::Ru => (Currency::EUR, "Europe/Madrid"),
    }
}

/// Checks a text that a person gave: not empty, not too long, no control characters.
pub(crate) fn check_text(errors: &mut Vec<UserError>, field: &str, text: &str, max: usize) -> String {
    let text = text.trim();
    let length = text.chars().count();
    if text.is_empty() {
        errors.push(UserError::new(field, "REQUIRED", format!("{field} is required.")));
    } else if length > max {
        errors.push(UserError::new(field, "TOO_LONG", format!("{field} has {length} characters; the limit is {max}.")));
    } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        errors.push(UserError::new(field, "INVALID", format!("{field} contains characters that cannot be shown.")));
    }
    text.to_owned()
}

fn check_currency(errors: &mut Vec<UserError>, code: &str) -> Currency {
    Currency::parse(code).unwrap_or_else(|| {
        errors.push(UserError::new("currency", "INVALID", "currency must be three letters such as EUR."));
        Currency::EUR
    })
}

fn check_zone(errors: &mut Vec<UserError>, name: &str) {
    if TimeZone::get(name).is_err() {
        errors.push(UserError::new("timezone", "INVALID", "timezone must be a name such as Europe/Madrid."));
    }
}

/// Makes a company with its branch and its empty catalogue; the signed-in person owns it. The person's first company
/// brings the organization with it.
///
/// # Errors
/// `Unauthenticated`; `Invalid` with the refused fields.
pub async fn create(ctx: &Ctx, id: Option<Uuid>, new: NewCompany) -> Result<(CompanyScope, company::Model)> {
    let owner = match ctx.actor() {
        access::Actor::System => None,
        _ => Some(access::user(ctx)?),
    };
    let mut errors = Vec::new();
    let name = check_text(&mut errors, "name", &new.name, MAX_NAME);
    let shop_type = check_text(&mut errors, "shopType", &new.shop_type, MAX_NAME);
    let city = check_text(&mut errors, "city", &new.city, MAX_NAME);
    let guessed = guess(new.language, &city);
    let currency = new.currency.as_deref().map_or(guessed.0, |code| check_currency(&mut errors, code));
    let timezone = new.timezone.as_deref().unwrap_or(guessed.1).to_owned();
    check_zone(&mut errors, &timezone);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let now = ctx.time();
    let tx = ctx.db().begin_across().await?;
    if let Some(id) = id
        && company::Entity::find_by_id(id).one(&tx).await?.is_some()
    {
        return Err(Error::invalid("id", "TAKEN", "This id is used already."));
    }
    let membership = match owner {
        Some(user_id) => {
            membership::Entity::find()
                .filter(membership::Column::UserId.eq(user_id))
                .filter(membership::Column::Role.eq(Role::Owner))
                .one(&tx)
                .await?
        }
        None => None,
    };
    let organization_id = match membership {
        Some(membership) => membership.organization_id,
        None => {
            let organization =
                organization::ActiveModel { id: Set(ctx.new_id()), name: Set(name.clone()), created_at: Set(now) }
                    .insert(&tx)
                    .await?;
            if let Some(user_id) = owner {
                membership::ActiveModel {
                    id: Set(ctx.new_id()),
                    user_id: Set(user_id),
                    organization_id: Set(organization.id),
                    role: Set(Role::Owner),
                    created_at: Set(now),
                }
                .insert(&tx)
                .await?;
            }
            organization.id
        }
    };
    let number = company::Entity::find()
        .select_only()
        .column_as(company::Column::Number.max(), "number")
        .into_tuple::<Option<i32>>()
        .one(&tx)
        .await?
        .flatten()
        .unwrap_or(0)
        + 1;
    let company = company::ActiveModel {
        id: Set(id.unwrap_or_else(|| ctx.new_id())),
        organization_id: Set(organization_id),
        number: Set(number),
        name: Set(name),
        company_type: Set(new.company_type),
        status: Set(CompanyStatus::Active),
        shop_type: Set(shop_type),
        city: Set(Some(city.clone())),
        currency: Set(currency.code().to_owned()),
        language: Set(new.language.code().to_owned()),
        settings: Set(serde_json::to_value(&new.settings)?),
        next_order_number: Set(1),
        created_at: Set(now),
    }
    .insert(&tx)
    .await?;
    branch::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(company.id),
        name: Set(company.name.clone()),
        city: Set(Some(city)),
        address: Set(None),
        timezone: Set(timezone),
        hours: Set(serde_json::to_value(new.hours.unwrap_or_else(OpeningHours::usual))?),
        is_default: Set(true),
        created_at: Set(now),
    }
    .insert(&tx)
    .await?;
    catalogue::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(company.id),
        published_version_id: Set(None),
        draft_version_id: Set(None),
        next_version_number: Set(1),
        created_at: Set(now),
    }
    .insert(&tx)
    .await?;
    ctx.commit(tx).await?;
    let scope = match owner {
        Some(_) => access::company(ctx, company.id).await?,
        None => access::for_system(ctx, &company)?,
    };
    Ok((scope, company))
}

/// What may be changed of a company; `None`: as it is.
#[derive(Clone, Debug, Default)]
pub struct CompanyChange {
    /// Brand.
    pub name: Option<String>,
    /// What it sells.
    pub shop_type: Option<String>,
    /// Where it is.
    pub city: Option<String>,
    /// Language of last resort.
    pub language: Option<Language>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// IANA name, for the default branch.
    pub timezone: Option<String>,
}

/// Changes a company.
///
/// # Errors
/// `Forbidden`; `Invalid` with the refused fields.
pub async fn update(ctx: &Ctx, scope: &CompanyScope, change: CompanyChange) -> Result<company::Model> {
    scope.must_manage()?;
    let mut errors = Vec::new();
    let mut row = get(ctx, scope).await?.into_active_model();
    if let Some(name) = change.name {
        row.name = Set(check_text(&mut errors, "name", &name, MAX_NAME));
    }
    if let Some(shop_type) = change.shop_type {
        row.shop_type = Set(check_text(&mut errors, "shopType", &shop_type, MAX_NAME));
    }
    if let Some(city) = change.city {
        row.city = Set(Some(check_text(&mut errors, "city", &city, MAX_NAME)));
    }
    if let Some(language) = change.language {
        row.language = Set(language.code().to_owned());
    }
    if let Some(currency) = change.currency {
        row.currency = Set(check_currency(&mut errors, &currency).code().to_owned());
    }
    if let Some(timezone) = &change.timezone {
        check_zone(&mut errors, timezone);
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let tx = ctx.db().begin(scope).await?;
    let company = if row.is_changed() { row.update(&tx).await? } else { get(ctx, scope).await? };
    if let Some(timezone) = change.timezone {
        branch::Entity::update_many()
            .col_expr(branch::Column::Timezone, timezone.into())
            .filter(branch::Column::CompanyId.eq(scope.id()))
            .filter(branch::Column::IsDefault.eq(true))
            .exec(&tx)
            .await?;
    }
    ctx.commit(tx).await?;
    Ok(company)
}

/// The company of a scope.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn get(ctx: &Ctx, scope: &CompanyScope) -> Result<company::Model> {
    company::Entity::find_by_id(scope.id()).one(&ctx.db().read(scope)).await?.ok_or(Error::NotFound("company"))
}

/// A company by its readable code, for the program itself.
///
/// # Errors
/// `NotFound`; `Forbidden` unless the program itself asks.
pub async fn by_code(ctx: &Ctx, wanted: &str) -> Result<CompanyScope> {
    let number = wanted.trim().to_uppercase().strip_prefix("COMP").and_then(|digits| digits.parse::<i32>().ok());
    let company = company::Entity::find()
        .filter(company::Column::Number.eq(number.ok_or(Error::NotFound("company"))?))
        .one(&ctx.db().read_across())
        .await?
        .ok_or(Error::NotFound("company"))?;
    access::for_system(ctx, &company)
}

/// Its branches, the default one first.
///
/// # Errors
/// When the database does not answer.
pub async fn branches(ctx: &Ctx, scope: &CompanyScope) -> Result<Vec<branch::Model>> {
    Ok(branch::Entity::find()
        .filter(branch::Column::CompanyId.eq(scope.id()))
        .order_by_desc(branch::Column::IsDefault)
        .order_by_asc(branch::Column::CreatedAt)
        .limit(crate::page::MAX_SIZE)
        .all(&ctx.db().read(scope))
        .await?)
}

/// One branch.
///
/// # Errors
/// `NotFound`.
pub async fn branch(ctx: &Ctx, scope: &CompanyScope, branch_id: Uuid) -> Result<branch::Model> {
    branch::Entity::find_by_id(branch_id)
        .filter(branch::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("branch"))
}

/// The branch every company has.
///
/// # Errors
/// `NotFound` when the company is gone.
pub async fn default_branch(ctx: &Ctx, scope: &CompanyScope) -> Result<branch::Model> {
    branches(ctx, scope).await?.into_iter().next().ok_or(Error::NotFound("branch"))
}

/// Opening hours of a branch.
#[must_use]
pub fn hours(branch: &branch::Model) -> OpeningHours {
    serde_json::from_value(branch.hours.clone()).unwrap_or_else(|_| OpeningHours::usual())
}

/// The zone of a branch; UTC when its name is unknown to this program.
#[must_use]
pub fn zone(branch: &branch::Model) -> TimeZone {
    TimeZone::get(&branch.timezone).unwrap_or(TimeZone::UTC)
}

/// Changes a branch; `None`: as it is.
#[derive(Clone, Debug, Default)]
pub struct BranchChange {
    /// Name.
    pub name: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Street address.
    pub address: Option<String>,
    /// Opening hours.
    pub hours: Option<OpeningHours>,
}

/// Changes a branch.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid`.
pub async fn update_branch(
    ctx: &Ctx,
    scope: &CompanyScope,
    branch_id: Uuid,
    change: BranchChange,
) -> Result<branch::Model> {
    scope.must_manage()?;
    let mut errors = Vec::new();
    let mut row = branch(ctx, scope, branch_id).await?.into_active_model();
    if let Some(name) = change.name {
        row.name = Set(check_text(&mut errors, "name", &name, MAX_NAME));
    }
    if let Some(city) = change.city {
        row.city = Set(Some(check_text(&mut errors, "city", &city, MAX_NAME)));
    }
    if let Some(address) = change.address {
        row.address = Set(Some(check_text(&mut errors, "address", &address, 500)));
    }
    if let Some(hours) = change.hours {
        row.hours = Set(serde_json::to_value(hours)?);
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if !row.is_changed() {
        return branch(ctx, scope, branch_id).await;
    }
    let tx = ctx.db().begin(scope).await?;
    let branch = row.update(&tx).await?;
    ctx.commit(tx).await?;
    Ok(branch)
}

/// The readable code of a company, COMP001 (R2).
#[must_use]
pub fn code(company: &company::Model) -> String {
    format!("COMP{:03}", company.number)
}

/// The company's currency.
#[must_use]
pub fn currency(company: &company::Model) -> Currency {
    Currency::parse(&company.currency).unwrap_or(Currency::EUR)
}

/// The company's language of last resort.
#[must_use]
pub fn language(company: &company::Model) -> Language {
    Language::from_code(&company.language).unwrap_or(Language::En)
}
