//! Who is in the demo: two people who sign in, two companies, their channels.

use super::control::LOGINS;
use crate::access::{self, CompanyScope};
use crate::company::{self, CompanySettings, NewCompany, SeedMark};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::identity;
use domain::language::Language;
use entity::stored::{ChannelKind, ChannelStatus, CompanyType};
use entity::{branch, channel, company as company_table};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

/// Rows older than this are made anew at the start: "today" would be empty otherwise.
const FRESH_HOURS: i64 = 20;

/// A company of the demo.
#[derive(Debug)]
pub(super) struct Place {
    /// Names it across starts.
    pub(super) key: &'static str,
    /// Seed of its chance.
    pub(super) seed: u64,
    pub(super) name: &'static str,
    pub(super) kind: CompanyType,
    shop_type: &'static str,
    pub(super) city: &'static str,
    address: &'static str,
    language: Language,
    currency: &'static str,
    timezone: &'static str,
    /// How its customers write.
    pub(super) languages: &'static [(u32, Language)],
    pub(super) contacts: usize,
    pub(super) conversations: usize,
    pub(super) messages: usize,
    pub(super) orders: usize,
    pub(super) unread: usize,
}

pub(super) const PLACES: [Place; 2] = [
    Place {
        key: "flora-verde",
        seed: 11,
        name: "Flora Verde",
        kind: CompanyType::Product,
        shop_type: "flores y plantas",
        city: "Valencia",
        address: "Calle Imaginaria 12, Valencia",
        language: Language::Es,
        currency: "EUR",
        timezone: "Europe/Madrid",
        languages: &[(55, Language::Es), (25, Language::En), (14, Language::Ru), (6, Language::Kk)],
        contacts: 6_500,
        conversations: 1_600,
        messages: 26_000,
        orders: 210,
        unread: 36,
    },
    Place {
        key: "studio-lumen",
        seed: 12,
        name: "Studio Lumen",
        kind: CompanyType::Service,
        shop_type: "салон красоты",
        city: "Алматы",
        address: "Алматы, улица Вымышленная, 7",
        language: Language::Ru,
        currency: "KZT",
        timezone: "Asia/Almaty",
        languages: &[(48, Language::Ru), (34, Language::Kk), (13, Language::En), (5, Language::Es)],
        contacts: 3_500,
        conversations: 900,
        messages: 14_000,
        orders: 230,
        unread: 24,
    },
];

/// A company of the demo as it stands in the database.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) place: &'static Place,
    pub(super) scope: CompanyScope,
    pub(super) company: company_table::Model,
    /// Whether all its rows are there and fit the present.
    pub(super) whole: bool,
}

async fn find(ctx: &Ctx, place: &Place) -> Result<Option<company_table::Model>> {
    let companies =
        company_table::Entity::find().order_by_asc(company_table::Column::Number).all(&ctx.db().read_across()).await?;
    let of_place =
        |company: &company_table::Model| CompanySettings::of(company).seed.is_some_and(|mark| mark.key == place.key);
    Ok(companies.into_iter().find(of_place))
}

/// Whether the demo was opened in this database before.
pub(super) async fn are_there(ctx: &Ctx) -> Result<bool> {
    Ok(find(ctx, &PLACES[0]).await?.is_some())
}

/// The people and the companies, made where they are missing, brought back where they were changed.
pub(super) async fn restore(ctx: &Ctx) -> Result<(Vec<Uuid>, Vec<Standing>)> {
    let mut people = Vec::new();
    for login in &LOGINS {
        people.push((identity::put_person(ctx, login.email, login.name, login.password).await?.id, login.role));
    }
    let mut standing = Vec::new();
    for place in &PLACES {
        let (scope, company) = match find(ctx, place).await? {
            Some(company) => (access::for_system(ctx, &company)?, company),
            None => company::create(ctx, None, new(place)?).await?,
        };
        for (user_id, role) in &people {
            identity::add_member(ctx, *user_id, company.organization_id, *role).await?;
        }
        let mark = CompanySettings::of(&company).seed;
        let oldest = ctx.now().as_second() - FRESH_HOURS * 3600;
        let whole = mark.and_then(|mark| mark.whole_at).is_some_and(|at| at > oldest);
        standing.push(Standing { place, scope, company, whole });
    }
    Ok((people.into_iter().map(|(id, _)| id).collect(), standing))
}

fn new(place: &Place) -> Result<NewCompany> {
    Ok(NewCompany {
        name: place.name.to_owned(),
        company_type: place.kind,
        shop_type: place.shop_type.to_owned(),
        city: place.city.to_owned(),
        language: place.language,
        currency: Some(place.currency.to_owned()),
        timezone: Some(place.timezone.to_owned()),
        hours: Some(hours(place)?),
        settings: settings(place, None),
    })
}

fn settings(place: &Place, whole_at: Option<i64>) -> CompanySettings {
    CompanySettings {
        demo: true,
        seed: Some(SeedMark { key: place.key.to_owned(), whole_at }),
        ..CompanySettings::default()
    }
}

fn hours(place: &Place) -> Result<domain::booking::OpeningHours> {
    let days: &[(&str, &str)] = match place.kind {
        CompanyType::Service => &[("mon-sat", "09:00-21:00"), ("sun", "10:00-18:00")],
        CompanyType::Product | CompanyType::Hybrid => &[("mon-fri", "09:00-20:00"), ("sat-sun", "10:00-15:00")],
    };
    domain::booking::OpeningHours::parse(days.iter().copied()).map_err(|error| Error::internal(error.to_string()))
}

/// The company, its branch and its channels as they are at the start; whatever was changed is taken back.
pub(super) async fn reopen(
    ctx: &Ctx,
    standing: &Standing,
) -> Result<(company_table::Model, branch::Model, Vec<channel::Model>)> {
    let place = standing.place;
    let tx = ctx.db().begin(&standing.scope).await?;
    let mut row = standing.company.clone().into_active_model();
    row.name = Set(place.name.to_owned());
    row.company_type = Set(place.kind);
    row.shop_type = Set(place.shop_type.to_owned());
    row.city = Set(Some(place.city.to_owned()));
    row.currency = Set(place.currency.to_owned());
    row.language = Set(place.language.code().to_owned());
    row.settings = Set(serde_json::to_value(settings(place, None))?);
    row.next_order_number = Set(1);
    let company = row.update(&tx).await?;
    let branch = branch::Entity::find()
        .filter(branch::Column::CompanyId.eq(standing.scope.id()))
        .filter(branch::Column::IsDefault.eq(true))
        .one(&tx)
        .await?
        .ok_or(Error::NotFound("branch"))?;
    let mut row = branch.into_active_model();
    row.name = Set(place.name.to_owned());
    row.city = Set(Some(place.city.to_owned()));
    row.address = Set(Some(place.address.to_owned()));
    row.timezone = Set(place.timezone.to_owned());
    row.hours = Set(serde_json::to_value(hours(place)?)?);
    let branch = row.update(&tx).await?;
    let channels = channels(ctx, place, &branch);
    for channel in &channels {
        let row = channel.clone().into_active_model().reset_all();
        channel::Entity::insert(row).exec_without_returning(&tx).await?;
    }
    ctx.commit(tx).await?;
    Ok((company, branch, channels))
}

/// Three that work, one that broke, one that waits, one that is off.
fn channels(ctx: &Ctx, place: &Place, branch: &branch::Model) -> Vec<channel::Model> {
    let refused = "Instagram no longer accepts the sign-in of this account. Connect it again.";
    [
        (ChannelKind::Whatsapp, ChannelStatus::Connected, None),
        (ChannelKind::Telegram, ChannelStatus::Connected, None),
        (ChannelKind::Webchat, ChannelStatus::Connected, None),
        (ChannelKind::Instagram, ChannelStatus::Error, Some(refused)),
        (ChannelKind::Facebook, ChannelStatus::Connecting, None),
        (ChannelKind::Email, ChannelStatus::Disconnected, None),
    ]
    .into_iter()
    .map(|(kind, status, error)| channel::Model {
        id: ctx.new_id(),
        company_id: branch.company_id,
        branch_id: branch.id,
        kind,
        provider: if kind == ChannelKind::Webchat { crate::channel::WEBCHAT } else { crate::channel::DEMO }.to_owned(),
        name: match kind {
            ChannelKind::Whatsapp => format!("{} WhatsApp", place.name),
            ChannelKind::Telegram => format!("@{}_bot", place.key.replace('-', "_")),
            ChannelKind::Webchat => format!("{}.example", place.key),
            ChannelKind::Instagram => format!("@{}", place.key.replace('-', ".")),
            ChannelKind::Facebook => place.name.to_owned(),
            ChannelKind::Email => format!("hello@{}.example", place.key),
        },
        status,
        public_key: ctx.engine().random.token(24),
        quiet_period_ms: crate::channel::DEFAULT_QUIET_PERIOD_MS,
        settings: json!({}),
        last_error: error.map(str::to_owned),
        created_at: ctx.time().plus_seconds(-120 * 86_400),
        external_id: None,
        error_code: error.map(|_| "credentials".to_owned()),
        error_count: i32::from(error.is_some()),
        connected_at: (status == ChannelStatus::Connected).then(|| ctx.time().plus_seconds(-119 * 86_400)),
        paused_until: None,
    })
    .collect()
}

/// Notes that all rows of a company are there: a start that finds no such note makes them anew.
pub(super) async fn mark_whole(ctx: &Ctx, standing: &Standing) -> Result<()> {
    let settings = serde_json::to_value(settings(standing.place, Some(ctx.now().as_second())))?;
    let tx = ctx.db().begin(&standing.scope).await?;
    company_table::Entity::update_many()
        .col_expr(company_table::Column::Settings, Expr::value(settings))
        .filter(company_table::Column::Id.eq(standing.scope.id()))
        .exec(&tx)
        .await?;
    ctx.commit(tx).await
}
