//! The desk: the tools between understanding and wording. It holds the cart and the fields, and applies the rules of
//! `domain` to them; what it returns is typed, and true at the time of the turn.

mod amount;
mod outcome;
mod slots;

pub(crate) use amount::is_pack_of;
pub use amount::{Resolved, resolve};
pub use outcome::{CartOutcome, CheckoutOutcome, CityOutcome, PriceChanged, RecipientOutcome, SlotOutcome};

use crate::retrieve::{CatalogueIndex, Hit};
use crate::turn::{DialogueState, Effect, Field, FreeSlot, OrderDraft, Shop, ShopError};
use domain::booking::{delivery_hours, reminder_hours};
use domain::cart::MAX_QUANTITY;
use domain::catalog::{Area, Item};
use domain::checkout::{self, CityVerdict, Common, Confirmation, Decision, GivenFields, PriceChange};
use domain::language::Language;
use domain::phone::Phone;
use domain::quote::{Quote, quote};
use jiff::Zoned;
use std::sync::Arc;

/// The state of one turn at work.
pub struct Desk<'a> {
    /// Where facts come from.
    pub shop: &'a dyn Shop,
    /// What is remembered; changed by the tools.
    pub state: DialogueState,
    /// What is to be carried out.
    pub effects: Vec<Effect>,
    /// The clock in the branch's zone.
    pub now: Zoned,
    /// The appointment that was found free in this turn.
    pub appointment: Option<FreeSlot>,
}

impl std::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("state", &self.state).field("effects", &self.effects).finish_non_exhaustive()
    }
}

impl<'a> Desk<'a> {
    /// A desk for one turn.
    #[must_use]
    pub fn new(shop: &'a dyn Shop, state: DialogueState, now: Zoned) -> Self {
        Self { shop, state, effects: Vec::new(), now, appointment: None }
    }

    /// The catalogue of this turn.
    #[must_use]
    pub fn index(&self) -> &'a CatalogueIndex {
        self.shop.catalogue()
    }

    /// Tool: items that the words may mean, best first.
    #[must_use]
    pub fn search_catalogue(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.index().search(query, limit)
    }

    /// Tool: one row of the catalogue.
    #[must_use]
    pub fn show_item(&self, key: &str) -> Option<Arc<Item>> {
        self.index().get(key).cloned()
    }

    /// The rows of the cart; lines whose row is gone are left out.
    #[must_use]
    pub fn lines(&self) -> Vec<(Arc<Item>, i64)> {
        self.state
            .cart
            .lines
            .iter()
            .filter_map(|line| self.show_item(&line.key).map(|item| (item, line.quantity)))
            .collect()
    }

    /// Lines whose row has left the catalogue are taken out of the cart.
    pub fn drop_gone(&mut self) -> Vec<String> {
        let index = self.index();
        let gone: Vec<String> = self
            .state
            .cart
            .lines
            .iter()
            .filter(|line| index.get(&line.key).is_none())
            .map(|line| line.key.clone())
            .collect();
        self.state.cart.lines.retain(|line| !gone.contains(&line.key));
        gone
    }

    /// Tool: how many of an item are wanted; zero removes it. Checked against what can be had, which is never told.
    ///
    /// # Errors
    /// [`ShopError`] when the stock cannot be read.
    pub async fn set_cart(&mut self, key: &str, quantity: i64) -> Result<CartOutcome, ShopError> {
        let Some(item) = self.show_item(key) else { return Ok(CartOutcome::Gone { key: key.to_owned() }) };
        let before = self.state.cart.quantity(key);
        if quantity <= 0 {
            self.state.cart.set(key, 0);
            return Ok(if before > 0 {
                CartOutcome::Removed { key: key.to_owned() }
            } else {
                CartOutcome::NotThere { key: key.to_owned() }
            });
        }
        if quantity > MAX_QUANTITY {
            return Ok(CartOutcome::TooLarge { key: key.to_owned() });
        }
        let available = self.shop.available(&item.key).await?;
        if checkout::cap(available, quantity).is_err() {
            return Ok(if available.is_some_and(|available| available <= 0) {
                CartOutcome::SoldOut { key: key.to_owned() }
            } else {
                CartOutcome::NotEnough { key: key.to_owned() }
            });
        }
        self.state.cart.set(key, quantity);
        if before == quantity {
            Ok(CartOutcome::Same { key: key.to_owned() })
        } else {
            Ok(CartOutcome::Set { key: key.to_owned(), quantity })
        }
    }

    /// Tool: the recipient's name, phone and address.
    pub fn set_recipient(&mut self, field: Field, text: &str) -> RecipientOutcome {
        let given = &mut self.state.given;
        match field {
            Field::Name => given.name = Some(text.trim().to_owned()),
            Field::Address => given.address = Some(text.trim().to_owned()),
            Field::Phone => match Phone::parse(text) {
                Ok(phone) => {
                    given.phone = Some(phone.as_str().to_owned());
                    self.state.phone_attempts = 0;
                }
                Err(_) => {
                    self.state.phone_attempts = self.state.phone_attempts.saturating_add(1);
                    return RecipientOutcome::WrongPhone { attempts: self.state.phone_attempts };
                }
            },
            Field::City | Field::Date | Field::Time | Field::Quantity | Field::Item => {
                return RecipientOutcome::NotHere;
            }
        }
        RecipientOutcome::Noted
    }

    /// Tool: the phone that the channel attests.
    pub fn use_current_phone(&mut self) -> RecipientOutcome {
        let profile = self.shop.profile();
        let attested = profile.attested_phone.as_deref().filter(|_| profile.channel.attests_phone());
        match attested.and_then(|phone| Phone::parse(phone).ok()) {
            Some(phone) => {
                self.state.given.phone = Some(phone.as_str().to_owned());
                RecipientOutcome::Noted
            }
            None => RecipientOutcome::PhoneUnseen,
        }
    }

    /// Whether the city that was said goes with every line; settles its spelling.
    pub fn check_city(&mut self) -> CityOutcome {
        let lines = self.lines();
        let pairs: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item.as_ref(), *quantity)).collect();
        if pairs.is_empty() {
            return CityOutcome::Unknown;
        }
        if !checkout::needs_city(&pairs) {
            self.state.given.city = Some(checkout::ONLINE.to_owned());
            return CityOutcome::Fine;
        }
        if self.state.given.city.as_deref() == Some(checkout::ONLINE) {
            self.state.given.city = None;
        }
        let Some(said) = self.state.given.city_said.clone().or_else(|| self.state.given.city.clone()) else {
            return CityOutcome::Unknown;
        };
        match checkout::city_verdict(&pairs, &said, &domain::city::same) {
            CityVerdict::Fine => {
                self.state.given.city = Some(checkout::stored_city(&pairs, &said, &domain::city::same));
                self.state.given.city_said = Some(said);
                CityOutcome::Fine
            }
            CityVerdict::NotServed { by, common } => {
                self.state.given.city = None;
                let keep = pairs
                    .iter()
                    .filter(|(item, _)| !by.contains(&item.key))
                    .map(|(item, _)| item.key.clone())
                    .collect();
                CityOutcome::NotServed { city: said, by, keep, common }
            }
        }
    }

    /// Cities where the whole cart can go.
    #[must_use]
    pub fn common_cities(&self) -> Vec<String> {
        let lines = self.lines();
        let pairs: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item.as_ref(), *quantity)).collect();
        match checkout::common_cities(&pairs, &domain::city::same) {
            Common::These(cities) => cities,
            Common::Online | Common::Anywhere => Vec::new(),
        }
    }

    /// What the checkout still needs.
    #[must_use]
    pub fn missing(&self) -> Vec<Field> {
        let lines = self.lines();
        let pairs: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item.as_ref(), *quantity)).collect();
        let given = &self.state.given;
        let required: Option<Vec<checkout::Field>> =
            self.shop.profile().required.as_ref().map(|fields| fields.iter().map(|field| to_domain(*field)).collect());
        checkout::missing(
            required.as_deref(),
            &pairs,
            GivenFields {
                name: given.name.is_some(),
                phone: given.phone.is_some(),
                city: given.city.is_some(),
                address: given.address.is_some(),
                date: given.date.is_some(),
                time: given.time.is_some(),
            },
        )
        .into_iter()
        .map(from_domain)
        .collect()
    }

    /// What the cart costs now. `None` when it is empty or cannot be priced.
    #[must_use]
    pub fn price(&self) -> Option<Quote> {
        let lines = self.lines();
        let pairs: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item.as_ref(), *quantity)).collect();
        if pairs.is_empty() { None } else { quote(&pairs, self.shop.profile().currency).ok() }
    }

    /// Unit prices that differ from what was said, and from now on count as said.
    pub fn prices_changed(&mut self, keys: &[String]) -> Vec<PriceChanged> {
        let mut changed = Vec::new();
        for key in keys {
            let Some(item) = self.show_item(key) else { continue };
            let now = item.price_minor.unwrap_or(0);
            let said = self.state.said_prices.get(key).copied();
            let change = checkout::price_change(said, now);
            if change != PriceChange::Same
                && let Some(before) = said
            {
                changed.push(PriceChanged { key: key.clone(), before, now, risen: change == PriceChange::Risen });
                self.state.said_prices.insert(key.clone(), now);
            }
        }
        changed
    }

    /// Whether a slot must be chosen.
    #[must_use]
    pub fn needs_slot(&self) -> bool {
        self.lines().iter().any(|(item, _)| item.has_slots())
    }

    /// Tool: the next step of the order once the cart, the city and the slot stand, by `domain::checkout`.
    pub fn checkout(&mut self, wished: bool, risen: bool, language: Language) -> CheckoutOutcome {
        let Some(quote) = self.price() else { return CheckoutOutcome::Nothing };
        let free = quote.is_free();
        let decision = checkout::at_confirmation(Confirmation {
            // A free order needs no separate confirmation: the wish is enough, and one message confirms the booking.
            confirmed: self.state.confirmed || (free && wished),
            missing: self.missing().into_iter().map(to_domain).collect(),
            change: if risen { PriceChange::Risen } else { PriceChange::Same },
            risen_accepted: false,
        });
        match decision {
            Decision::Ask(fields) => CheckoutOutcome::Ask { fields: fields.into_iter().map(from_domain).collect() },
            Decision::AskRisenPrice => CheckoutOutcome::AskRisenPrice,
            Decision::StateTotalAndAsk => CheckoutOutcome::StateTotal { quote },
            Decision::Checkout => {
                let lines = self.lines();
                let pairs: Vec<(&Item, i64)> =
                    lines.iter().map(|(item, quantity)| (item.as_ref(), *quantity)).collect();
                let products = pairs.iter().any(|(item, _)| item.delivery_time_hours.is_some());
                let given = &self.state.given;
                self.effects.push(Effect::Checkout(Box::new(OrderDraft {
                    quote: quote.clone(),
                    city: given.city.clone(),
                    name: given.name.clone(),
                    phone: given.phone.clone(),
                    address: given.address.clone(),
                    appointment: self.appointment,
                    delivery_time_hours: products.then(|| delivery_hours(&pairs)),
                    payment_reminder_hours: reminder_hours(&pairs),
                    language,
                })));
                CheckoutOutcome::Done { quote, appointment: self.appointment }
            }
        }
    }

    /// Tool: a fresh order; who and where is remembered, what and when is not.
    pub fn new_order(&mut self) {
        self.state.cart.lines.clear();
        self.state.confirmed = false;
        self.state.pending = None;
        self.state.given.date = None;
        self.state.given.time = None;
        self.state.given.city = None;
    }

    /// Tool: the open unpaid order is put aside.
    pub fn put_aside(&mut self) {
        if !self.effects.contains(&Effect::PutOrderAside) {
            self.effects.push(Effect::PutOrderAside);
        }
    }

    /// Tool: no more reminders.
    pub fn stop_reminders(&mut self) {
        if !self.effects.contains(&Effect::StopReminders) {
            self.effects.push(Effect::StopReminders);
        }
    }

    /// Tool: a person is called, once a turn.
    pub fn call_person(&mut self, reason: &str) {
        if !self.effects.iter().any(|effect| matches!(effect, Effect::CallPerson { .. })) {
            self.effects.push(Effect::CallPerson { reason: reason.to_owned() });
        }
    }

    /// Cities of an item, empty for everywhere and online.
    #[must_use]
    pub fn cities_of(item: &Item) -> &[String] {
        match &item.area {
            Area::Cities(cities) => cities,
            Area::Everywhere | Area::Online => &[],
        }
    }
}

fn to_domain(field: Field) -> checkout::Field {
    match field {
        Field::Name => checkout::Field::Name,
        Field::Phone => checkout::Field::Phone,
        Field::City => checkout::Field::City,
        Field::Address => checkout::Field::Address,
        Field::Date => checkout::Field::Date,
        Field::Time => checkout::Field::Time,
        Field::Quantity => checkout::Field::Quantity,
        Field::Item => checkout::Field::Item,
    }
}

fn from_domain(field: checkout::Field) -> Field {
    match field {
        checkout::Field::Name => Field::Name,
        checkout::Field::Phone => Field::Phone,
        checkout::Field::City => Field::City,
        checkout::Field::Address => Field::Address,
        checkout::Field::Date => Field::Date,
        checkout::Field::Time => Field::Time,
        checkout::Field::Quantity => Field::Quantity,
        checkout::Field::Item => Field::Item,
    }
}
