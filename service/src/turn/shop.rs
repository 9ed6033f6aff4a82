//! The facts of a turn: the company's profile, its published catalogue, the current order, free times and stock.

use crate::access::CompanyScope;
use crate::company::{self, CompanySettings};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::order;
use assistant::retrieve::CatalogueIndex;
use assistant::turn::{FreeSlot, OrderView, Shop as Facts, ShopError, ShopProfile};
use async_trait::async_trait;
use domain::booking::{Block, Interval, SlotRequest};
use domain::cart::{Cart, CartLine};
use domain::catalog::Item;
use domain::channel::ChannelKind;
use domain::quote::Quote;
use entity::stored::OrderStatus;
use entity::{branch, channel, company as company_table, contact, conversation, order as order_table, reminder};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::sync::Arc;
use uuid::Uuid;

/// Minutes between two starts on offer.
const STEP_MINUTES: i64 = 15;
/// The most starts looked at in one search.
const MAX_STARTS: usize = 2000;

pub(crate) struct Shop<'a> {
    ctx: &'a Ctx,
    scope: &'a CompanyScope,
    company: company_table::Model,
    branch: branch::Model,
    profile: ShopProfile,
    catalogue: Arc<CatalogueIndex>,
    order: Option<(order_table::Model, OrderView)>,
    link_token: String,
    link_url: String,
}

impl<'a> Shop<'a> {
    pub(crate) async fn load(
        ctx: &'a Ctx,
        scope: &'a CompanyScope,
        conversation: &conversation::Model,
        contact: &contact::Model,
    ) -> Result<Self> {
        let company = company::get(ctx, scope).await?;
        let channel = crate::channel::get(ctx, scope, conversation.channel_id).await?;
        let branch = company::branch(ctx, scope, channel.branch_id).await?;
        let catalogue = match crate::catalog::published(ctx, scope).await? {
            Some((_, published)) => published,
            None => Arc::new(CatalogueIndex::build(Vec::new())),
        };
        let order = match conversation.current_order_id {
            Some(id) => Some(view(ctx, scope, order::get(ctx, scope, id).await?).await?),
            None => None,
        };
        let attested = attested_phone(ctx, scope, &channel, contact).await?;
        let mut profile = profile(ctx, &company, &branch, &channel, contact, attested);
        // What was chosen in the library goes before what the settings name.
        if let Some(video) = crate::media::welcome_url(ctx, scope, company.company_type).await? {
            profile.welcome_video = Some(video);
        }
        let link_token = ctx.engine().random.token(16);
        let link_url = order::link_url(ctx, &link_token);
        Ok(Self { ctx, scope, company, branch, profile, catalogue, order, link_token, link_url })
    }

    pub(crate) const fn company(&self) -> &company_table::Model {
        &self.company
    }

    pub(crate) const fn branch(&self) -> &branch::Model {
        &self.branch
    }

    pub(crate) fn link_token(&self) -> &str {
        &self.link_token
    }

    /// Host of our own links.
    pub(crate) fn own_host(&self) -> &str {
        let url = &self.ctx.engine().public_url;
        url.split_once("://").map_or(url.as_str(), |(_, rest)| rest)
    }

    pub(crate) fn order_id(&self) -> Option<Uuid> {
        self.order.as_ref().map(|(order, _)| order.id)
    }

    /// The current order while it waits for its payment.
    pub(crate) fn open_order_id(&self) -> Option<Uuid> {
        self.order
            .as_ref()
            .filter(|(order, _)| matches!(order.status, OrderStatus::Open | OrderStatus::Expired))
            .map(|(order, _)| order.id)
    }

    /// The rows of a quote, as this turn read them.
    pub(crate) fn items_of(&self, quote: &Quote) -> Vec<(Arc<Item>, i64)> {
        quote
            .lines
            .iter()
            .filter_map(|line| {
                let item = self.catalogue.items().iter().find(|item| item.key == line.key)?;
                Some((Arc::clone(item), line.quantity))
            })
            .collect()
    }
}

fn profile(
    ctx: &Ctx,
    company: &company_table::Model,
    branch: &branch::Model,
    channel: &channel::Model,
    contact: &contact::Model,
    attested_phone: Option<String>,
) -> ShopProfile {
    let settings = CompanySettings::of(company);
    ShopProfile {
        company_name: company.name.clone(),
        shop_type: company.shop_type.clone(),
        currency: company::currency(company),
        timezone: company::zone(branch),
        hours: company::hours(branch),
        required: settings.required,
        channel: ChannelKind::from(channel.kind),
        attested_phone,
        profile_name: contact.name.clone(),
        privacy_url: Some(
            settings
                .privacy_url
                .unwrap_or_else(|| format!("{}/privacy/{}", ctx.engine().public_url, channel.public_key)),
        ),
        welcome_video: settings.welcome_video,
        default_language: company::language(company),
    }
}

async fn attested_phone(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact: &contact::Model,
) -> Result<Option<String>> {
    if !ChannelKind::from(channel.kind).attests_phone() {
        return Ok(None);
    }
    Ok(crate::inbox::contact_addresses(ctx, scope, contact.id)
        .await?
        .into_iter()
        .find(|address| address.trusted && address.kind.starts_with("phone"))
        .map(|address| address.value))
}

async fn view(ctx: &Ctx, scope: &CompanyScope, order: order_table::Model) -> Result<(order_table::Model, OrderView)> {
    let quote = order::quote_of(&order)?;
    let reminders_on = reminder::Entity::find()
        .filter(reminder::Column::CompanyId.eq(scope.id()))
        .filter(reminder::Column::OrderId.eq(order.id))
        .filter(reminder::Column::SentAt.is_null())
        .filter(reminder::Column::CancelledAt.is_null())
        .one(&ctx.db().read(scope))
        .await?
        .is_some();
    let open = order::link_is_open(ctx, &order);
    let view = OrderView {
        payment_status: order.payment_status.into(),
        booked: order.status == OrderStatus::Booked,
        free: order.total_minor == 0,
        total: order::money(&order, order.total_minor),
        cart: Cart {
            lines: quote.lines.iter().map(|line| CartLine { key: line.key.clone(), quantity: line.quantity }).collect(),
        },
        city: order.city.clone(),
        appointment: order.appointment_start.map(entity::time::Time::timestamp),
        payment_url: order.link_token.as_deref().filter(|_| open).map(|token| order::link_url(ctx, token)),
        reminders_on,
    };
    Ok((order, view))
}

/// Free starts for a block, soonest first: within the hours, with all its seats free; the holds of one order may be left
/// out of account. `foreign`: what the company's calendar outside says is taken; none: it is asked, which must not be done within a
/// transaction.
#[expect(clippy::too_many_arguments, reason = "a question with all its bounds")]
pub(crate) async fn free_slots(
    ctx: &Ctx,
    scope: &CompanyScope,
    branch: &branch::Model,
    block: &Block,
    from: Date,
    to: Date,
    limit: usize,
    except: Option<Uuid>,
    foreign: Option<&[Interval]>,
) -> Result<Vec<FreeSlot>> {
    if block.minutes < 1 {
        return Ok(Vec::new());
    }
    let zone = company::zone(branch);
    let candidates = domain::booking::slots(
        &company::hours(branch),
        &zone,
        &SlotRequest {
            from_date: from,
            to_date: to,
            duration_minutes: block.minutes,
            step_minutes: STEP_MINUTES,
            busy: &[],
            now: ctx.now(),
            limit: MAX_STARTS,
        },
    );
    let (Some(first), Some(last)) = (candidates.first(), candidates.last()) else { return Ok(Vec::new()) };
    let resources: Vec<String> = block.parts.iter().map(|part| part.resource.clone()).collect();
    let busy = order::busy_between(ctx, scope, branch.id, &resources, first.start, last.end, except).await?;
    let asked = match foreign {
        Some(foreign) => foreign.to_vec(),
        None => crate::calendar::foreign_busy(ctx, scope, first.start, last.end).await?,
    };
    Ok(candidates
        .into_iter()
        .filter(|slot| busy.leaves_room(block, slot.start) && !asked.iter().any(|taken| taken.overlaps(slot)))
        .take(limit)
        .map(|slot| FreeSlot { start: slot.start, end: slot.end })
        .collect())
}

/// Free starts for items of the published catalogue, for staff.
///
/// # Errors
/// `Invalid` for unknown items or a stretch that is none.
pub async fn slots_for(
    ctx: &Ctx,
    scope: &CompanyScope,
    keys: &[String],
    from: Date,
    to: Date,
    limit: usize,
) -> Result<Vec<FreeSlot>> {
    let branch = company::default_branch(ctx, scope).await?;
    let Some((_, catalogue)) = crate::catalog::published(ctx, scope).await? else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for key in keys {
        let item = catalogue
            .items()
            .iter()
            .find(|item| &item.key == key)
            .ok_or_else(|| Error::invalid("itemKeys", "NOT_FOUND", format!("There is no item {key}.")))?;
        lines.push((&**item, 1));
    }
    let block =
        domain::booking::block(&lines).map_err(|error| Error::invalid("itemKeys", "INVALID", error.to_string()))?;
    free_slots(ctx, scope, &branch, &block, from, to, limit.min(200), None, None).await
}

#[async_trait]
impl Facts for Shop<'_> {
    fn profile(&self) -> &ShopProfile {
        &self.profile
    }

    fn catalogue(&self) -> &Arc<CatalogueIndex> {
        &self.catalogue
    }

    fn order(&self) -> Option<&OrderView> {
        self.order.as_ref().map(|(_, view)| view)
    }

    fn payment_url(&self) -> &str {
        &self.link_url
    }

    async fn free_slots(&self, cart: &Cart, from: Date, to: Date, limit: usize) -> Result<Vec<FreeSlot>, ShopError> {
        let items: Vec<(&Item, i64)> = cart
            .lines
            .iter()
            .filter_map(|line| {
                let item = self.catalogue.items().iter().find(|item| item.key == line.key)?;
                Some((&**item, line.quantity))
            })
            .collect();
        let block =
            domain::booking::block(&items).map_err(|error| ShopError(Box::new(Error::internal(error.to_string()))))?;
        // What this conversation's own open order holds is free for its correction.
        free_slots(self.ctx, self.scope, &self.branch, &block, from, to, limit, self.open_order_id(), None)
            .await
            .map_err(|error| ShopError(Box::new(error)))
    }

    async fn available(&self, key: &str) -> Result<Option<i64>, ShopError> {
        let Some(item) = self.catalogue.items().iter().find(|item| item.key == key) else { return Ok(Some(0)) };
        let Some(limit) = item.available else { return Ok(None) };
        let taken =
            order::taken_units(self.ctx, self.scope, key, limit).await.map_err(|error| ShopError(Box::new(error)))?;
        // What this conversation's own open order holds counts as free for its correction.
        let own = match &self.order {
            Some((order, view)) if order.status == OrderStatus::Open => view.cart.quantity(key),
            _ => 0,
        };
        Ok(Some((limit - taken + own).max(0)))
    }
}
