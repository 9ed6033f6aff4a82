//! A stage in memory: the offline assistant over a catalogue, with orders, links, reminders and bookings applied by the
//! domain's rules. No database, no network.

use assistant::offline::answer;
use assistant::rehearsal::{
    CompanyType, Event, Line, Observed, ObservedBooking, ObservedOrder, Scene, Stage, StageError,
};
use assistant::retrieve::CatalogueIndex;
use assistant::turn::{
    DialogueState, Effect, FreeSlot, Inbound, OrderDraft, OrderView, Shop, ShopError, ShopProfile, TurnInput,
};
use async_trait::async_trait;
use domain::booking::{
    Interval, SlotRequest, block, delivery_hours, delivery_window, link_open_until, reminder_at, slots,
};
use domain::cart::{Cart, CartLine};
use domain::catalog::{Item, ItemKind};
use domain::language::Language;
use domain::order::PaymentStatus;
use domain::reply::{DraftReply, Policy, check};
use jiff::{SignedDuration, Timestamp, civil};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::knowledge::items;

struct Order {
    draft: OrderDraft,
    view: OrderView,
    made_at: Timestamp,
    reminded: bool,
    open: bool,
    booking: Option<ObservedBooking>,
}

struct World {
    profile: ShopProfile,
    catalogue: Arc<CatalogueIndex>,
    hint: Option<ItemKind>,
    now: Timestamp,
    state: DialogueState,
    first: bool,
    order: Option<Order>,
    holds: Vec<(String, FreeSlot)>,
    events: u32,
    links: u32,
    handed_over: bool,
    taken: bool,
    image_links: HashMap<String, u32>,
}

/// What the assistant sees of the world.
struct Window<'a> {
    world: &'a World,
    url: String,
    busy: Mutex<()>,
}

impl World {
    fn cart_lines<'a>(&'a self, cart: &Cart) -> Vec<(&'a Item, i64)> {
        cart.lines
            .iter()
            .filter_map(|line| self.catalogue.get(&line.key).map(|item| (item.as_ref(), line.quantity)))
            .collect()
    }

    /// What the open order of this conversation holds does not stand in its own way.
    fn holds_itself(&self, key: &str) -> bool {
        self.order.as_ref().is_some_and(|order| order.open && order.view.cart.quantity(key) > 0)
    }

    fn free(&self, cart: &Cart, from: civil::Date, to: civil::Date, limit: usize) -> Vec<FreeSlot> {
        let lines = self.cart_lines(cart);
        let Ok(block) = block(&lines) else { return Vec::new() };
        if block.parts.is_empty() {
            return Vec::new();
        }
        let busy: Vec<Interval> = self
            .holds
            .iter()
            .filter(|(key, _)| {
                block.parts.iter().any(|part| part.capacity <= 1 && &part.key == key) && !self.holds_itself(key)
            })
            .map(|(_, slot)| Interval { start: slot.start, end: slot.end })
            .collect();
        slots(
            &self.profile.hours,
            &self.profile.timezone,
            &SlotRequest {
                from_date: from,
                to_date: to,
                duration_minutes: block.minutes,
                step_minutes: 15,
                busy: &busy,
                now: self.now,
                limit,
            },
        )
        .into_iter()
        .map(|slot| FreeSlot { start: slot.start, end: slot.end })
        .collect()
    }
}

#[async_trait]
impl Shop for Window<'_> {
    fn profile(&self) -> &ShopProfile {
        &self.world.profile
    }
    fn catalogue(&self) -> &Arc<CatalogueIndex> {
        &self.world.catalogue
    }
    fn order(&self) -> Option<&OrderView> {
        self.world.order.as_ref().filter(|order| order.open || order.view.booked).map(|order| &order.view)
    }
    fn payment_url(&self) -> &str {
        &self.url
    }
    async fn free_slots(
        &self,
        cart: &Cart,
        from: civil::Date,
        to: civil::Date,
        limit: usize,
    ) -> Result<Vec<FreeSlot>, ShopError> {
        let _turn = self.busy.lock().map_err(|error| ShopError(error.to_string().into()))?;
        Ok(self.world.free(cart, from, to, limit))
    }
    async fn available(&self, key: &str) -> Result<Option<i64>, ShopError> {
        Ok(self.world.catalogue.get(key).and_then(|item| item.available))
    }
}

#[derive(Default)]
pub(crate) struct Memory {
    world: Option<World>,
    /// Faults that the domain's last gate found in replies; empty in a good run.
    pub(crate) violations: Vec<String>,
    /// Why the assistant said what it said, by turn.
    pub(crate) traces: Vec<String>,
}

impl World {
    fn observed(&self) -> Observed {
        let currency = self.profile.currency;
        let sku =
            |key: &str| self.catalogue.get(key).and_then(|item| item.sku.clone()).unwrap_or_else(|| key.to_owned());
        let lines = |cart: &[CartLine]| {
            cart.iter().map(|line| Line { sku: sku(&line.key), quantity: line.quantity }).collect::<Vec<_>>()
        };
        let order = self.order.as_ref().map(|order| {
            let quote = &order.draft.quote;
            ObservedOrder {
                products: quote.products.to_decimal(),
                delivery: domain::money::Money::new(
                    quote.delivery.charged.minor + quote.travel.charged.minor,
                    currency,
                )
                .to_decimal(),
                total: quote.total.to_decimal(),
                free_delivery: quote.free_delivery(),
                city: order.draft.city.clone(),
                phone: order.draft.phone.clone(),
                name: order.draft.name.clone(),
                lines: lines(
                    &quote
                        .lines
                        .iter()
                        .map(|line| CartLine { key: line.key.clone(), quantity: line.quantity })
                        .collect::<Vec<_>>(),
                ),
            }
        });
        Observed {
            cart: lines(&self.state.cart.lines),
            city: self
                .state
                .given
                .city
                .clone()
                .or_else(|| self.order.as_ref().and_then(|order| order.draft.city.clone())),
            payment_status: self.order.as_ref().map(|order| order.view.payment_status),
            order,
            booking: self.order.as_ref().and_then(|order| order.booking.clone()),
            calendar_events: self.events,
            handed_over: self.handed_over,
            remind: self.order.as_ref().is_some_and(|order| {
                order.open
                    && order.view.reminders_on
                    && order.view.payment_status == PaymentStatus::PaymentLinkSent
                    && order.draft.payment_reminder_hours.is_some()
            }),
            ..Observed::default()
        }
    }

    fn book(&mut self) {
        let now = self.now;
        let Some(order) = &self.order else { return };
        if order.booking.is_some() {
            return;
        }
        let cart = order.view.cart.clone();
        let lines = self.cart_lines(&cart);
        let delivery = lines.iter().any(|(item, _)| item.kind == ItemKind::Product);
        let (kind, start) = match order.draft.appointment {
            Some(slot) => ("appointment", slot.start),
            None if delivery => {
                let ShopProfile { hours, timezone, .. } = &self.profile;
                ("delivery", delivery_window(now, delivery_hours(&lines), hours, timezone).start)
            }
            None => ("appointment", now),
        };
        let booking = ObservedBooking { kind: kind.to_owned(), city: order.draft.city.clone(), start };
        self.events += 1;
        let Some(order) = &mut self.order else { return };
        order.booking = Some(booking);
        order.view.booked = true;
    }

    fn put_aside(&mut self) -> bool {
        let Some(order) = &mut self.order else { return false };
        if !order.open {
            return false;
        }
        order.open = false;
        order.view.payment_status = PaymentStatus::NoPaymentLink;
        order.view.reminders_on = false;
        let keys: Vec<String> = order.view.cart.lines.iter().map(|line| line.key.clone()).collect();
        let slot = order.draft.appointment;
        self.holds.retain(|(key, held)| !(keys.contains(key) && Some(*held) == slot));
        true
    }

    fn place(&mut self, draft: OrderDraft, url: &str) {
        let free = draft.quote.is_free();
        let cart = Cart {
            lines: draft
                .quote
                .lines
                .iter()
                .map(|line| CartLine { key: line.key.clone(), quantity: line.quantity })
                .collect(),
        };
        if let Some(slot) = draft.appointment {
            for line in &cart.lines {
                self.holds.push((line.key.clone(), slot));
            }
        }
        let view = OrderView {
            payment_status: if free { PaymentStatus::NoPaymentLink } else { PaymentStatus::PaymentLinkSent },
            booked: false,
            free,
            total: draft.quote.total,
            cart,
            city: draft.city.clone(),
            appointment: draft.appointment.map(|slot| slot.start),
            payment_url: (!free).then(|| url.to_owned()),
            reminders_on: !free,
        };
        self.order = Some(Order { draft, view, made_at: self.now, reminded: false, open: !free, booking: None });
        if free {
            self.book();
        }
    }

    /// Sends what falls due up to the present moment.
    fn due(&mut self, observed: &mut Observed) {
        let now = self.now;
        let mut expired = false;
        if let Some(order) = &mut self.order
            && order.open
            && order.view.payment_status == PaymentStatus::PaymentLinkSent
        {
            let hours = order.draft.payment_reminder_hours;
            if !order.reminded
                && order.view.reminders_on
                && reminder_at(order.made_at, hours).is_some_and(|at| at <= now)
                && !self.taken
            {
                order.reminded = true;
                observed.reminders += 1;
                observed.texts.push("(reminder)".to_owned());
            }
            expired = link_open_until(order.made_at, hours, None) <= now;
        }
        if expired {
            self.expire(observed);
        }
    }

    fn expire(&mut self, observed: &mut Observed) {
        if self.put_aside() {
            observed.texts.push("(the link has expired: shall I renew it?)".to_owned());
        }
    }
}

impl Memory {
    fn world(&mut self) -> Result<&mut World, StageError> {
        self.world.as_mut().ok_or_else(|| StageError("not started".to_owned()))
    }
}

#[async_trait]
impl Stage for Memory {
    async fn start(&mut self, scene: Scene<'_>) -> Result<(), StageError> {
        let hint = match scene.company.kind {
            CompanyType::Product => Some(ItemKind::Product),
            CompanyType::Service => Some(ItemKind::Service),
            CompanyType::Hybrid => None,
        };
        let all: Vec<Item> =
            scene.knowledge.iter().flat_map(|file| items(file, scene.company.currency, hint)).collect();
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        self.world = Some(World {
            profile: ShopProfile {
                company_name: "Probe & Co".to_owned(),
                shop_type: scene.company.shop_type.clone(),
                currency: scene.company.currency,
                timezone: scene.company.timezone.clone(),
                hours: scene.company.hours.clone(),
                required: scene.company.required.clone(),
                channel: scene.channel,
                attested_phone: given(&scene.customer.phone),
                profile_name: given(&scene.customer.name),
                privacy_url: None,
                welcome_video: None,
                default_language: Language::En,
            },
            catalogue: Arc::new(CatalogueIndex::build(all)),
            hint,
            now: scene.now,
            state: DialogueState::default(),
            first: true,
            order: None,
            holds: Vec::new(),
            events: 0,
            links: 0,
            handed_over: false,
            taken: false,
            image_links: HashMap::new(),
        });
        Ok(())
    }

    async fn say(&mut self, texts: &[String]) -> Result<Observed, StageError> {
        let world = self.world()?;
        if world.taken {
            return Ok(world.observed());
        }
        world.links += 1;
        let url = format!("https://pay.example.com/l/{}", world.links);
        let input = TurnInput {
            messages: texts.iter().map(|text| Inbound { text: text.clone(), ..Inbound::default() }).collect(),
            now: world.now,
            state: serde_json::from_str(&serde_json::to_string(&world.state).expect("state")).expect("state"),
            first_contact: std::mem::replace(&mut world.first, false),
        };
        let window = Window { world, url: url.clone(), busy: Mutex::new(()) };
        let output = answer(&window, input).await.map_err(|error| StageError(error.to_string()))?;
        let world = self.world()?;
        world.state = output.state;
        let mut order_changed = false;
        let mut payment_link = false;
        for effect in output.effects {
            match effect {
                Effect::Checkout(draft) => {
                    payment_link |= !draft.quote.is_free();
                    world.put_aside();
                    world.place(*draft, &url);
                }
                Effect::PutOrderAside => order_changed |= world.put_aside(),
                Effect::StopReminders => {
                    if let Some(order) = &mut world.order {
                        order.view.reminders_on = false;
                    }
                }
                Effect::CallPerson { .. } => world.handed_over = true,
            }
        }
        let mut observed = world.observed();
        observed.order_changed = order_changed;
        observed.payment_link = payment_link;
        observed.language = Some(output.language);
        observed.asks = output.asks;
        observed.intent = Some(output.intent);
        observed.items_offered = output
            .items_offered
            .iter()
            .map(|key| world.catalogue.get(key).and_then(|item| item.sku.clone()).unwrap_or_else(|| key.clone()))
            .collect();
        let internal: Vec<Arc<Item>> =
            output.items_offered.iter().filter_map(|key| world.catalogue.get(key).cloned()).collect();
        let internal: Vec<&Item> = internal.iter().map(AsRef::as_ref).collect();
        let max_chars = world.profile.channel.max_chars();
        let hosts = vec!["pay.example.com".to_owned()];
        let contacts_allowed = matches!(observed.intent.as_deref(), Some("refund" | "contact"));
        for image in output.replies.iter().filter_map(|reply| reply.image.clone()) {
            *world.image_links.entry(image).or_default() += 1;
        }
        let mut violations = Vec::new();
        for reply in &output.replies {
            let draft = DraftReply { text: &reply.text, image: reply.image.as_deref(), video: reply.video.as_deref() };
            let policy = Policy {
                max_chars,
                language: output.language,
                own_hosts: &hosts,
                internal: &internal,
                contacts_allowed,
            };
            if let Err(found) = check(&draft, &output.facts, &policy) {
                violations.push(format!("{texts:?} -> {:?}: {found:?}", reply.text));
            }
        }
        for reply in output.replies {
            if !reply.text.is_empty() {
                observed.texts.push(reply.text);
            }
            observed.images.extend(reply.image);
            observed.videos.extend(reply.video);
        }
        self.violations.extend(violations);
        self.traces.push(
            output
                .reasons
                .into_iter()
                .map(|reason| format!("{}: {}", reason.step, reason.detail))
                .collect::<Vec<_>>()
                .join(" | "),
        );
        Ok(observed)
    }

    async fn advance(&mut self, duration: SignedDuration) -> Result<Observed, StageError> {
        let world = self.world()?;
        world.now = world.now.checked_add(duration).map_err(|error| StageError(error.to_string()))?;
        let mut sent = Observed::default();
        world.due(&mut sent);
        let observed = world.observed();
        Ok(Observed { texts: sent.texts, reminders: sent.reminders, ..observed })
    }

    async fn event(&mut self, event: &Event) -> Result<Observed, StageError> {
        let world = self.world()?;
        let mut sent = Observed::default();
        match event {
            Event::Paid => {
                let first = world.order.as_mut().is_some_and(|order| {
                    order.open = false;
                    std::mem::replace(&mut order.view.payment_status, PaymentStatus::Paid) != PaymentStatus::Paid
                });
                if first {
                    world.book();
                    sent.texts.push("(payment received)".to_owned());
                }
            }
            Event::PaymentFailed => {}
            Event::LinkExpired => world.expire(&mut sent),
            Event::OperatorTakes => {
                world.taken = true;
                world.handed_over = true;
            }
            Event::OperatorReturns => {
                world.taken = false;
                world.handed_over = false;
            }
            Event::Import(file) => {
                let all = items(file, world.profile.currency, world.hint);
                world.catalogue = Arc::new(CatalogueIndex::build(all));
            }
        }
        let observed = world.observed();
        Ok(Observed { texts: sent.texts, ..observed })
    }
}
