//! A company and what belongs to it as a whole: branches, channels, work in the background.

use super::slot::{self, Slot};
use super::{
    Booking, Catalogue, Channel, Contact, Conversation, Import, Integration, Media, ModelSettings, Order, Payment,
};
use crate::graphql::error::{ApiError, at_most, within, within_if};
use crate::graphql::id::Kind;
use crate::graphql::page::{Connection, cost, request};
use crate::graphql::request::anybody;
use crate::graphql::scalar::{
    ChannelKind, CompanyStatus, CompanyType, ConversationOwner, ConversationStatus, Date, DateTime, JobStatus,
    Language, MediaKind, Money, OrderStatus, PaymentStatus, Role, count,
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::booking::END_OF_DAY;
use service::access::{self, CompanyScope};
use service::ctx::Ctx;
use service::row::{branch, company, job};
use service::{
    catalog, channel as channels, company as companies, event, inbox, integration as integrations, job as jobs, media,
    model as models, order, turn,
};

/// A company: a brand with its customers, catalogue and orders.
pub(crate) struct Company {
    scope: CompanyScope,
    row: company::Model,
}

impl Company {
    pub(crate) const fn new(scope: CompanyScope, row: company::Model) -> Self {
        Self { scope, row }
    }

    /// All companies that the caller may open, by their code.
    pub(crate) async fn all(ctx: &Ctx) -> service::Result<Vec<Self>> {
        let mut found = access::companies(ctx).await?;
        found.sort_by_key(|(_, company)| company.number);
        Ok(found.into_iter().map(|(scope, row)| Self::new(scope, row)).collect())
    }
}

/// Which conversations.
#[derive(Clone, Debug, Default, InputObject)]
struct ConversationFilter {
    /// Open or resolved ones.
    status: Option<ConversationStatus>,
    /// Those of the assistant, or of people.
    owner: Option<ConversationOwner>,
    /// Those on this platform.
    channel_kind: Option<ChannelKind>,
    /// Those with the mark for staff, or without.
    needs_attention: Option<bool>,
    /// Part of the customer's name or phone, or of the last message; up to 200 characters.
    search: Option<String>,
}

/// Which orders.
#[derive(Clone, Debug, Default, InputObject)]
struct OrderFilter {
    /// How far the payment is.
    payment_status: Option<PaymentStatus>,
    /// Alive, or how it ended.
    status: Option<OrderStatus>,
    /// Part of the name, phone or city, or the number; up to 200 characters.
    search: Option<String>,
}

/// A company: a brand with its customers, catalogue and orders.
#[Object]
impl Company {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Company.id(self.row.id)
    }

    /// Readable code, `COMP001`.
    async fn code(&self) -> String {
        companies::code(&self.row)
    }

    /// Brand.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What it sells.
    #[graphql(name = "type")]
    async fn company_type(&self) -> CompanyType {
        self.row.company_type.into()
    }

    /// Whether it answers its customers.
    async fn status(&self) -> CompanyStatus {
        self.row.status.into()
    }

    /// Line of business in the owner's words.
    async fn shop_type(&self) -> &str {
        &self.row.shop_type
    }

    /// ISO 4217 code of all its prices.
    async fn currency(&self) -> &str {
        &self.row.currency
    }

    /// IANA name of its default branch's zone.
    async fn timezone(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(companies::default_branch(anybody(ctx)?, &self.scope).await?.timezone)
    }

    /// Language of last resort.
    async fn language(&self) -> Language {
        companies::language(&self.row).into()
    }

    /// Where it is.
    async fn city(&self) -> Option<&str> {
        self.row.city.as_deref()
    }

    /// What the caller may do here; null for the program itself.
    async fn viewer_role(&self) -> Option<Role> {
        self.scope.role().map(Into::into)
    }

    /// Its places, the default one first.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn branches(&self, ctx: &Context<'_>) -> Result<Vec<Branch>, ApiError> {
        let rows = companies::branches(anybody(ctx)?, &self.scope).await?;
        Ok(rows.into_iter().map(Branch).collect())
    }

    /// Its connections to platforms, the oldest first; those of the phone frame too.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<Channel>, ApiError> {
        let rows = channels::list(anybody(ctx)?, &self.scope).await?;
        Ok(rows.into_iter().map(Channel).collect())
    }

    /// Its accounts at providers that are no channels: who takes its money, who keeps its calendar.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn integrations(&self, ctx: &Context<'_>) -> Result<Vec<Integration>, ApiError> {
        let rows = integrations::list(anybody(ctx)?, &self.scope).await?;
        Ok(rows.into_iter().map(Integration).collect())
    }

    /// The language model that answers its customers; null for those who may not manage it.
    #[graphql(complexity = "child_complexity + 5")]
    async fn model(&self, ctx: &Context<'_>) -> Result<Option<ModelSettings>, ApiError> {
        let op = anybody(ctx)?;
        match models::settings(op, &self.scope).await {
            Ok(settings) => Ok(Some(ModelSettings::new(settings, models::month(op, &self.scope).await?))),
            Err(service::Error::Forbidden) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether this installation is registered at Google, so that its calendar can be connected.
    async fn google_available(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(service::calendar::is_available(anybody(ctx)?))
    }

    /// Whether the built-in test bank stands in while no provider of payments is connected.
    async fn test_bank(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(anybody(ctx)?.engine().outside.test_bank)
    }

    /// Its knowledge base.
    async fn catalogue(&self, ctx: &Context<'_>) -> Result<Catalogue, ApiError> {
        let row = catalog::catalogue(anybody(ctx)?, &self.scope).await?;
        Ok(Catalogue::new(self.scope.clone(), row))
    }

    /// How far the set-up is.
    #[graphql(complexity = "5 * child_complexity + 5")]
    async fn checklist(&self, ctx: &Context<'_>) -> Result<Vec<ChecklistStep>, ApiError> {
        let done = companies::checklist(anybody(ctx)?, &self.scope).await?;
        let step = |key: &str, done| ChecklistStep { key: key.to_owned(), done };
        Ok(vec![
            step("catalogue_imported", done.catalogue_imported),
            step("catalogue_published", done.catalogue_published),
            step("assistant_tried", done.assistant_tried),
            step("order_paid", done.order_paid),
            step("channel_added", done.channel_added),
        ])
    }

    /// Its numbers as of now.
    #[graphql(complexity = "child_complexity + 10")]
    async fn summary(&self, ctx: &Context<'_>) -> Result<CompanySummary, ApiError> {
        let summary = companies::summary(anybody(ctx)?, &self.scope).await?;
        Ok(CompanySummary {
            conversations_open: count(summary.conversations_open),
            conversations_need_attention: count(summary.conversations_need_attention),
            messages_today: count(summary.messages_today),
            orders_unpaid: count(summary.orders_unpaid),
            orders_paid_today: count(summary.orders_paid_today),
            revenue_today: summary.revenue_today.into(),
            bookings_today: count(summary.bookings_today),
            jobs_dead: count(summary.jobs_dead),
            channels_broken: count(summary.channels_broken),
        })
    }

    /// Conversations, the latest message first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<ConversationFilter>,
    ) -> Result<Connection<Conversation>, ApiError> {
        let filter = filter.unwrap_or_default();
        within_if("filter.search", filter.search.as_ref(), 200)?;
        let wanted = inbox::ConversationFilter {
            status: filter.status.map(Into::into),
            owner: filter.owner.map(Into::into),
            channel_kind: filter.channel_kind.map(Into::into),
            needs_attention: filter.needs_attention,
            search: filter.search,
        };
        let page = request(ctx, first, after, last, before);
        let page = inbox::conversations(anybody(ctx)?, &self.scope, &wanted, &page).await?;
        Ok(Connection::of(page, |row| Conversation::new(self.scope.clone(), row)))
    }

    /// Customers, the newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
        #[graphql(desc = "Part of the name or phone; up to 200 characters.")] search: Option<String>,
    ) -> Result<Connection<Contact>, ApiError> {
        within_if("search", search.as_ref(), 200)?;
        let page = request(ctx, first, after, last, before);
        let page = inbox::contacts(anybody(ctx)?, &self.scope, search.as_deref(), &page).await?;
        Ok(Connection::of(page, |row| Contact::new(self.scope.clone(), row)))
    }

    /// Orders, the newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<OrderFilter>,
    ) -> Result<Connection<Order>, ApiError> {
        let filter = filter.unwrap_or_default();
        within_if("filter.search", filter.search.as_ref(), 200)?;
        let wanted = order::OrderFilter {
            payment_status: filter.payment_status.map(Into::into),
            status: filter.status.map(Into::into),
            search: filter.search,
            ..order::OrderFilter::default()
        };
        let page = request(ctx, first, after, last, before);
        let page = order::list(anybody(ctx)?, &self.scope, &wanted, &page).await?;
        Ok(Connection::of(page, |row| Order::new(self.scope.clone(), row)))
    }

    /// Payment pages, the newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn payments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
    ) -> Result<Connection<Payment>, ApiError> {
        let page = request(ctx, first, after, last, before);
        let page = order::payments(anybody(ctx)?, &self.scope, &page).await?;
        Ok(Connection::of(page, |row| Payment::new(self.scope.clone(), row)))
    }

    /// Bookings that touch a stretch of time of up to 400 days, the latest first; those called off are left out.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four arguments of a connection beside the field's own")]
    async fn bookings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the stretch.")] from: DateTime,
        #[graphql(desc = "End of the stretch, not included.")] to: DateTime,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
    ) -> Result<Connection<Booking>, ApiError> {
        let page = request(ctx, first, after, last, before);
        let page = order::bookings(anybody(ctx)?, &self.scope, from.0.into(), to.0.into(), &page).await?;
        Ok(Connection::of(page, |row| Booking::new(self.scope.clone(), row)))
    }

    /// Free starts for items of the published catalogue taken together, soonest first.
    #[graphql(complexity = "50 * child_complexity + 10")]
    async fn slots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Keys of the items: 1 to 20.")] item_keys: Vec<String>,
        #[graphql(desc = "First day, in the zone of the default branch.")] from: Date,
        #[graphql(desc = "Last day, included; at most 60 days after the first.")] to: Date,
        #[graphql(desc = "At most so many: 1 to 100, 50 when absent.")] limit: Option<i32>,
    ) -> Result<Vec<Slot>, ApiError> {
        at_most("itemKeys", &item_keys, 20)?;
        for key in &item_keys {
            within("itemKeys", key, 300)?;
        }
        let limit = slot::bounds(from, to, limit.unwrap_or(50))?;
        if item_keys.is_empty() {
            return Err(service::Error::invalid("itemKeys", "OUT_OF_RANGE", "Name at least one item.").into());
        }
        Ok(Slot::all(turn::slots_for(anybody(ctx)?, &self.scope, &item_keys, from.0, to.0, limit).await?))
    }

    /// Imports, the newest first. For people who manage the company.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
    ) -> Result<Connection<Import>, ApiError> {
        self.scope.must_manage()?;
        let page = request(ctx, first, after, last, before);
        let page = catalog::imports(anybody(ctx)?, &self.scope, &page).await?;
        Ok(Connection::of(page, |view| Import::new(self.scope.clone(), view)))
    }

    /// Pictures and videos that customers see, the newest first. For people who manage the company.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list in the schema")]
    async fn media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
        #[graphql(desc = "Only pictures, or only videos.")] kind: Option<MediaKind>,
        #[graphql(desc = "Part of the name; up to 200 characters.")] search: Option<String>,
    ) -> Result<Connection<Media>, ApiError> {
        self.scope.must_manage()?;
        within_if("search", search.as_ref(), 200)?;
        let page = request(ctx, first, after, last, before);
        let wanted = media::MediaRequest { page, kind: kind.map(Into::into), search };
        let page = media::list(anybody(ctx)?, &self.scope, &wanted).await?;
        Ok(Connection::of(page, |row| Media::new(self.scope.clone(), row)))
    }

    /// Work in the background, the newest first. For people who manage the company.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
        #[graphql(desc = "Only those that are so far.")] status: Option<JobStatus>,
    ) -> Result<Connection<Job>, ApiError> {
        self.scope.must_manage()?;
        let page = request(ctx, first, after, last, before);
        let page = jobs::list(anybody(ctx)?, &self.scope, status.map(Into::into), &page).await?;
        Ok(Connection::of(page, Job))
    }

    /// Address of its bookings as an iCalendar feed; whoever has it may read it. For people who manage the company.
    async fn calendar_feed_url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        self.scope.must_manage()?;
        Ok(access::feed_url(anybody(ctx)?, &self.scope))
    }

    /// A cursor of now, for `eventsSince`: ask for it before the first subscription.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(event::cursor(anybody(ctx)?).to_string())
    }
}

/// A step of the set-up.
#[derive(Clone, Debug, SimpleObject)]
struct ChecklistStep {
    /// `catalogue_imported`, `catalogue_published`, `assistant_tried`, `order_paid`, `channel_added`.
    key: String,
    /// Whether it is done.
    done: bool,
}

/// Numbers of a company; "today" is the day in the zone of its default branch.
#[derive(Clone, Debug, SimpleObject)]
struct CompanySummary {
    /// Conversations that are not settled.
    conversations_open: i32,
    /// Those with the mark for staff.
    conversations_need_attention: i32,
    /// Messages of today, in and out.
    messages_today: i32,
    /// Orders that wait for their payment.
    orders_unpaid: i32,
    /// Orders paid today.
    orders_paid_today: i32,
    /// Money that came today and was not given back.
    revenue_today: Money,
    /// Bookings that begin today.
    bookings_today: i32,
    /// Jobs that have failed for good.
    jobs_dead: i32,
    /// Channels by which nothing comes in or goes out.
    channels_broken: i32,
}

/// A place of a company.
pub(crate) struct Branch(pub(crate) branch::Model);

/// A place of a company.
#[Object]
impl Branch {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Branch.id(self.0.id)
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// City.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Street address.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// IANA name of its zone.
    async fn timezone(&self) -> &str {
        &self.0.timezone
    }

    /// When it is open; days that are not named are closed.
    #[graphql(complexity = "14 * child_complexity + 1")]
    async fn opening_hours(&self) -> Vec<OpeningInterval> {
        let hours = companies::hours(&self.0);
        let clock = |time: jiff::civil::Time| {
            if time == END_OF_DAY { "24:00".to_owned() } else { time.strftime("%H:%M").to_string() }
        };
        (1..)
            .zip(&hours.days)
            .flat_map(|(weekday, day)| day.iter().map(move |(opens, closes)| (weekday, *opens, *closes)))
            .map(|(weekday, opens, closes)| OpeningInterval { weekday, opens: clock(opens), closes: clock(closes) })
            .collect()
    }
}

/// A stretch of a weekday in which a branch is open.
#[derive(Clone, Debug, SimpleObject)]
struct OpeningInterval {
    /// 1 is Monday, 7 is Sunday.
    weekday: i32,
    /// Local time, `09:00`.
    opens: String,
    /// Local time, `21:00`; midnight is `24:00`.
    closes: String,
}

/// A piece of work in the background.
pub(crate) struct Job(pub(crate) job::Model);

/// A piece of work in the background.
#[Object]
impl Job {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Job.id(self.0.id)
    }

    /// What is done, `answer_turn`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// How far it is.
    async fn status(&self) -> JobStatus {
        self.0.status.into()
    }

    /// How often it was begun.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// After so many it is dead.
    async fn max_attempts(&self) -> i32 {
        self.0.max_attempts
    }

    /// Not before.
    async fn run_at(&self) -> DateTime {
        self.0.run_at.into()
    }

    /// Why it failed last.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was done or given up.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(Into::into)
    }
}
