//! Rehearsals on the real thing: a fresh company in a throw-away database, the same use cases that serve customers,
//! the clock under control (rehearsal.md).

mod database;

pub use database::{Prompter, Published, Theatre};

use crate::access::{self, Actor, CompanyScope};
use crate::company::{CompanySettings, NewCompany};
use crate::ctx::{Ctx, Engine};
use crate::error::Error;
use crate::inbox::{Address, Incoming};
use crate::job::{self, Failure, Registry};
use crate::jobs;
use assistant::rehearsal::{
    CompanyType, Event, Line, Observed, ObservedBooking, ObservedOrder, Scene, Stage as StageTrait, StageError,
};
use async_trait::async_trait;
use domain::language::Language;
use entity::stored::{ConversationOwner, MessageAuthor, MessageDirection, MessageStatus, OrderStatus};
use entity::{booking, channel, conversation, message, order, reminder, turn};
use foundation::{Clock as _, ManualClock};
use jiff::SignedDuration;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// More runs of jobs than any step needs: a loop is a fault.
const MAX_RUNS: usize = 2000;

/// A stage over the whole program.
#[derive(Debug)]
pub struct Stage {
    ctx: Ctx,
    clock: Arc<ManualClock>,
    registry: Registry,
    scene: Option<Playing>,
    seen: HashSet<Uuid>,
    messages_said: u32,
    prompter: Option<Prompter>,
}

#[derive(Debug)]
struct Playing {
    scope: CompanyScope,
    channel: channel::Model,
    address: Address,
    attested_phone: Option<String>,
    profile_name: Option<String>,
    conversation_id: Option<Uuid>,
}

impl From<Error> for StageError {
    fn from(error: Error) -> Self {
        Self(error.private())
    }
}

fn failed(error: &sea_orm::DbErr) -> StageError {
    StageError(error.to_string())
}

impl Stage {
    /// A stage over an engine whose clock is this one.
    #[must_use]
    pub fn new(engine: Arc<Engine>, clock: Arc<ManualClock>, prompter: Option<Prompter>) -> Self {
        let ctx = Ctx::new(engine, Actor::System);
        Self { ctx, clock, registry: jobs::registry(), scene: None, seen: HashSet::new(), messages_said: 0, prompter }
    }

    fn playing(&self) -> Result<&Playing, StageError> {
        self.scene.as_ref().ok_or_else(|| StageError("the stage was not set".to_owned()))
    }

    /// A moment passes, so that what comes after is after.
    fn tick(&self) {
        self.clock.advance(SignedDuration::from_millis(1));
    }

    /// Runs everything that is due now.
    async fn drain(&self) -> Result<(), StageError> {
        let names: Vec<&str> = self.registry.kinds().map(|kind| kind.name).collect();
        for _ in 0..MAX_RUNS {
            let claimed = job::claim(&self.ctx, "rehearsal", &names, 1, Duration::from_secs(60)).await?;
            let Some(claimed) = claimed.into_iter().next() else { return Ok(()) };
            let kind = self
                .registry
                .kind(&claimed.row.kind)
                .ok_or_else(|| StageError(format!("no handler for {}", claimed.row.kind)))?;
            self.tick();
            if let Err(failure) = kind.run(self.ctx.clone(), claimed.clone()).await {
                job::fail(&self.ctx, &claimed, &Failure::never(failure.reason.clone())).await?;
                return Err(StageError(format!("{}: {}", kind.name, failure.reason)));
            }
        }
        Err(StageError("jobs make jobs without end".to_owned()))
    }

    async fn import(&self, scope: &CompanyScope, files: &[impl AsRef<Path>]) -> Result<(), StageError> {
        use crate::file::Purpose;
        for (position, file) in files.iter().enumerate() {
            let file = file.as_ref();
            let told = |error: &dyn std::fmt::Display| StageError(format!("{}: {error}", file.display()));
            let bytes = std::fs::read(file).map_err(|error| told(&error))?;
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let parts = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(bytes))]);
            let stored = crate::file::upload(&self.ctx, scope, &name, Purpose::Import, parts).await?;
            let append = position > 0;
            let import = crate::catalog::start_import(&self.ctx, scope, stored.id, None, append).await?;
            self.drain().await?;
            let import = crate::catalog::import(&self.ctx, scope, import.row.id).await?;
            if import.row.status != entity::stored::ImportStatus::Done {
                return Err(told(&format!("not imported: {:?}", import.file_problem())));
            }
        }
        if !files.is_empty() {
            crate::catalog::publish(&self.ctx, scope, true).await?;
            if let Some(published) = self.prompter.as_ref().and_then(|prompter| prompter.published.as_ref())
                && let Some((_, catalogue)) = crate::catalog::published(&self.ctx, scope).await?
            {
                published.call(&catalogue);
            }
        }
        self.drain().await
    }

    async fn receive(&mut self, text: &str) -> Result<(), StageError> {
        self.tick();
        self.messages_said += 1;
        let playing = self.playing()?;
        let incoming = Incoming {
            external_id: format!("rehearsal-{}", self.messages_said),
            from: playing.address.clone(),
            attested_phone: playing.attested_phone.clone(),
            profile_name: playing.profile_name.clone(),
            text: text.to_owned(),
            attachments: Vec::new(),
            id: None,
        };
        let receipt = crate::inbox::receive(&self.ctx, &playing.scope, &playing.channel, incoming).await?;
        if let Some(playing) = &mut self.scene {
            playing.conversation_id = Some(receipt.conversation_id);
        }
        Ok(())
    }

    /// The latest order that ever had a link.
    async fn linked_order(&self) -> Result<order::Model, StageError> {
        let playing = self.playing()?;
        order::Entity::find()
            .filter(order::Column::CompanyId.eq(playing.scope.id()))
            .filter(order::Column::LinkToken.is_not_null())
            .order_by_desc(order::Column::Number)
            .one(&self.ctx.db().read(&playing.scope))
            .await
            .map_err(|error| failed(&error))?
            .ok_or_else(|| StageError("there is no payment link".to_owned()))
    }

    /// The page of the latest link: opened now, or the one that was open when the link ran out.
    async fn page_of(&self, order: &order::Model) -> Result<String, StageError> {
        if let Some(token) = &order.link_token
            && let crate::payment::Link::Page { .. } = crate::payment::open_link(&self.ctx, token).await?
        {
            self.tick();
        }
        let playing = self.playing()?;
        let pages = crate::order::order_payments(&self.ctx, &playing.scope, &[order.id]).await?;
        pages
            .last()
            .map(|page| page.external_id.clone())
            .ok_or_else(|| StageError("the link was never opened".to_owned()))
    }

    async fn pay(&self, kind: gateway::payment::EventKind) -> Result<(), StageError> {
        let order = self.linked_order().await?;
        let page = self.page_of(&order).await?;
        crate::payment::report(&self.ctx, &page, kind).await?;
        self.drain().await
    }

    async fn observe(&mut self) -> Result<Observed, StageError> {
        let playing = self.playing()?;
        let Some(conversation_id) = playing.conversation_id else { return Ok(Observed::default()) };
        let db = &self.ctx.db().read(&playing.scope);
        let mut observed = Observed::default();
        let conversation = conversation::Entity::find_by_id(conversation_id)
            .one(db)
            .await
            .map_err(|error| failed(&error))?
            .ok_or_else(|| StageError("the conversation is gone".to_owned()))?;
        let mut seen_now = Vec::new();

        let messages = message::Entity::find()
            .filter(message::Column::ConversationId.eq(conversation_id))
            .filter(message::Column::Direction.eq(MessageDirection::Outbound))
            .order_by_asc(message::Column::CreatedAt)
            .order_by_asc(message::Column::Id)
            .all(db)
            .await
            .map_err(|error| failed(&error))?;
        let link_prefix = crate::order::link_url(&self.ctx, "");
        for message in messages.iter().filter(|message| !self.seen.contains(&message.id)) {
            seen_now.push(message.id);
            if message.status != MessageStatus::Sent || message.author == MessageAuthor::Operator {
                continue;
            }
            if !message.text.is_empty() {
                observed.texts.push(message.text.clone());
            }
            if let Some(language) = message.language.as_deref().and_then(Language::from_code) {
                observed.language = Some(language);
            }
            observed.payment_link |= message.author == MessageAuthor::Assistant && message.text.contains(&link_prefix);
            for attachment in crate::inbox::attachments(message) {
                match attachment.kind.as_str() {
                    "image" => observed.images.push(attachment.url),
                    "video" => observed.videos.push(attachment.url),
                    _ => {}
                }
            }
        }

        let turns = turn::Entity::find()
            .filter(turn::Column::ConversationId.eq(conversation_id))
            .order_by_asc(turn::Column::StartedAt)
            .order_by_asc(turn::Column::Id)
            .all(db)
            .await
            .map_err(|error| failed(&error))?;
        let catalogue = crate::catalog::published(&self.ctx, &playing.scope).await?;
        let sku_of = |key: &str| {
            catalogue
                .as_ref()
                .and_then(|(_, catalogue)| catalogue.items().iter().find(|item| item.key == key))
                .and_then(|item| item.sku.clone())
                .unwrap_or_else(|| key.to_owned())
        };
        for turn in turns.iter().filter(|turn| !self.seen.contains(&turn.id)) {
            seen_now.push(turn.id);
            observed.intent.clone_from(&turn.intent);
            observed.asks = serde_json::from_value(turn.asks.clone()).unwrap_or_default();
            let keys: Vec<String> = serde_json::from_value(turn.items_offered.clone()).unwrap_or_default();
            observed.items_offered = keys.iter().map(|key| sku_of(key)).collect();
            if let Some(error) = &turn.error {
                return Err(StageError(format!("the turn failed: {error}")));
            }
        }

        let state: assistant::turn::DialogueState =
            serde_json::from_value(conversation.dialogue.clone()).unwrap_or_default();
        observed.cart =
            state.cart.lines.iter().map(|line| Line { sku: sku_of(&line.key), quantity: line.quantity }).collect();
        observed.city = state.given.city.clone();
        observed.handed_over = conversation.owner == ConversationOwner::Operator || conversation.needs_attention;

        let reminders = reminder::Entity::find()
            .filter(reminder::Column::ConversationId.eq(conversation_id))
            .all(db)
            .await
            .map_err(|error| failed(&error))?;
        for reminder in
            reminders.iter().filter(|reminder| reminder.sent_at.is_some() && !self.seen.contains(&reminder.id))
        {
            seen_now.push(reminder.id);
            observed.reminders += 1;
        }

        let orders = order::Entity::find()
            .filter(order::Column::ConversationId.eq(conversation_id))
            .order_by_asc(order::Column::Number)
            .all(db)
            .await
            .map_err(|error| failed(&error))?;
        for order in
            orders.iter().filter(|order| order.status == OrderStatus::PutAside && !self.seen.contains(&order.id))
        {
            seen_now.push(order.id);
            observed.order_changed = true;
        }
        if let Some(order) = orders.last() {
            observed.payment_status = Some(order.payment_status.into());
            observed.order = Some(self.order_view(order, &sku_of)?);
            if observed.city.is_none() {
                observed.city.clone_from(&order.city);
            }
            observed.remind = reminders.iter().any(|reminder| {
                reminder.order_id == order.id && reminder.sent_at.is_none() && reminder.cancelled_at.is_none()
            });
            let bookings = crate::order::order_bookings(&self.ctx, &playing.scope, &[order.id]).await?;
            observed.booking = bookings
                .iter()
                .find(|booking| booking.status == entity::stored::BookingStatus::Confirmed)
                .map(|booking: &booking::Model| ObservedBooking {
                    kind: match booking.kind {
                        entity::stored::BookingKind::Delivery => "delivery".to_owned(),
                        entity::stored::BookingKind::Appointment => "appointment".to_owned(),
                    },
                    city: booking.city.clone(),
                    start: booking.start_at.timestamp(),
                });
        }
        let events = crate::order::standing(&self.ctx, &playing.scope).await?;
        observed.calendar_events = u32::try_from(events).unwrap_or(u32::MAX);
        self.seen.extend(seen_now);
        Ok(observed)
    }

    fn order_view(&self, order: &order::Model, sku_of: &impl Fn(&str) -> String) -> Result<ObservedOrder, StageError> {
        let quote = crate::order::quote_of(order)?;
        let sum = |minor| crate::order::money(order, minor).to_decimal();
        Ok(ObservedOrder {
            products: sum(order.products_minor),
            delivery: sum(order.delivery_minor + order.travel_minor),
            total: sum(order.total_minor),
            free_delivery: order.free_delivery,
            city: order.city.clone(),
            phone: order.phone.clone(),
            name: order.name.clone(),
            lines: quote
                .lines
                .iter()
                .map(|line| Line {
                    sku: line.sku.clone().unwrap_or_else(|| sku_of(&line.key)),
                    quantity: line.quantity,
                })
                .collect(),
        })
    }
}

#[async_trait]
impl StageTrait for Stage {
    async fn start(&mut self, scene: Scene<'_>) -> Result<(), StageError> {
        self.clock.set(scene.now);
        let new = NewCompany {
            name: "Rehearsal".to_owned(),
            company_type: match scene.company.kind {
                CompanyType::Product => entity::stored::CompanyType::Product,
                CompanyType::Service => entity::stored::CompanyType::Service,
                CompanyType::Hybrid => entity::stored::CompanyType::Hybrid,
            },
            shop_type: if scene.company.shop_type.is_empty() {
                "shop".to_owned()
            } else {
                scene.company.shop_type.clone()
            },
            city: "Rehearsal".to_owned(),
            language: Language::En,
            currency: Some(scene.company.currency.code().to_owned()),
            timezone: Some(scene.company.timezone_name.clone()),
            hours: Some(scene.company.hours.clone()),
            settings: CompanySettings { required: scene.company.required.clone(), ..CompanySettings::default() },
        };
        let (scope, company) = crate::company::create(&self.ctx, None, new).await?;
        let scope_again = access::for_system(&self.ctx, &company)?;
        let channel =
            crate::channel::create(&self.ctx, &scope, scene.channel, crate::channel::TRIAL, "Rehearsal").await?;
        // A burst comes whole before anything is drained: no quiet period is needed, and the clock stands.
        let mut row = channel.into_active_model();
        row.quiet_period_ms = Set(0);
        let tx = self.ctx.db().begin(&scope).await?;
        let channel = row.update(&tx).await.map_err(|error| failed(&error))?;
        self.ctx.commit(tx).await?;
        self.import(&scope, scene.knowledge).await?;
        let filled = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        self.scene = Some(Playing {
            scope: scope_again,
            address: Address { kind: format!("trial:{}", channel.id), value: "customer".to_owned(), trusted: true },
            channel,
            attested_phone: filled(&scene.customer.phone),
            profile_name: filled(&scene.customer.name),
            conversation_id: None,
        });
        self.drain().await
    }

    async fn say(&mut self, texts: &[String]) -> Result<Observed, StageError> {
        for text in texts {
            self.receive(text).await?;
        }
        self.drain().await?;
        self.observe().await
    }

    async fn advance(&mut self, duration: SignedDuration) -> Result<Observed, StageError> {
        let target = self
            .clock
            .now()
            .checked_add(duration)
            .map_err(|error| StageError(format!("the clock cannot go there: {error}")))?;
        for _ in 0..MAX_RUNS {
            match job::next_due(&self.ctx).await? {
                Some(due) if due.timestamp() <= target => {
                    if due.timestamp() > self.clock.now() {
                        self.clock.set(due.timestamp());
                    }
                    self.drain().await?;
                }
                _ => break,
            }
        }
        if self.clock.now() < target {
            self.clock.set(target);
        }
        self.drain().await?;
        self.observe().await
    }

    async fn event(&mut self, event: &Event) -> Result<Observed, StageError> {
        use gateway::payment::EventKind;
        self.tick();
        match event {
            Event::Paid => self.pay(EventKind::Paid).await?,
            Event::PaymentFailed => self.pay(EventKind::Failed).await?,
            Event::LinkExpired => {
                let order = self.linked_order().await?;
                self.page_of(&order).await?;
                crate::order::expire_link_now(&self.ctx, &self.playing()?.scope, order.id).await?;
                self.drain().await?;
            }
            Event::OperatorTakes | Event::OperatorReturns => {
                let playing = self.playing()?;
                let id =
                    playing.conversation_id.ok_or_else(|| StageError("there is no conversation yet".to_owned()))?;
                if matches!(event, Event::OperatorTakes) {
                    crate::inbox::take_over(&self.ctx, &playing.scope, id).await?;
                } else {
                    crate::inbox::hand_back(&self.ctx, &playing.scope, id).await?;
                }
                self.drain().await?;
            }
            Event::Import(file) => {
                let scope = self.playing()?.scope.clone();
                self.import(&scope, std::slice::from_ref(file)).await?;
                self.drain().await?;
            }
        }
        self.observe().await
    }
}
