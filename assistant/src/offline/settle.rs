//! The next step of the order: city, stock, time, missing fields, total, link.

use super::{ORDERED, OrderNow, Talk, line, trace};
use crate::compose::Value;
use crate::desk::{CheckoutOutcome, CityOutcome, SlotOutcome};
use crate::turn::{Field, FreeSlot, Pending, ShopError};
use crate::understand::Act;
use domain::checkout::{ONLINE, cap};
use domain::quote::Quote;

impl Talk<'_> {
    pub(super) async fn settle(&mut self) -> Result<(), ShopError> {
        if self.order_now == OrderNow::Open || self.order_now == OrderNow::Settled || !self.progress {
            return Ok(());
        }
        if self.halted {
            // The city is told wrong before any other question (R105).
            return Ok(());
        }
        if self.desk.state.cart.is_empty() {
            if self.has(|act| matches!(act, Act::Drop { .. })) {
                self.say.say("cart-empty", &[]);
            } else if self.has(|act| matches!(act, Act::Confirm)) && self.intent == "confirm" {
                self.say.say("status-none", &[]);
                self.ask(Field::Item);
            }
            return Ok(());
        }
        if !self.stock_holds().await? {
            return Ok(());
        }
        if !self.city_holds() {
            return Ok(());
        }
        let slots = self.desk.hold_slot(self.part).await?;
        if matches!(slots, SlotOutcome::TooMany { .. }) {
            self.tell_slots(&slots);
            return Ok(());
        }
        let keys: Vec<String> = self.desk.state.cart.lines.iter().map(|line| line.key.clone()).collect();
        let changes = self.desk.prices_changed(&keys);
        let risen = changes.iter().any(|change| change.risen);
        for change in &changes {
            if let Some(item) = self.item(&change.key) {
                self.tell_change(&item, change.before, change.now);
            }
        }
        let language = self.say.language();
        let outcome = self.desk.checkout(true, risen, language);
        // What was said of prices so far is explained also before the total is.
        if matches!(outcome, CheckoutOutcome::Ask { .. })
            && let Some(quote) = self.desk.price()
        {
            self.trace_lines(&quote);
        }
        let (decision, line) = (trace::outcome(&outcome), line::outcome(&outcome));
        match outcome {
            CheckoutOutcome::Nothing => {}
            CheckoutOutcome::Ask { fields } => self.ask_fields(fields, &slots),
            CheckoutOutcome::AskRisenPrice => {
                self.desk.state.confirmed = false;
                if let Some(quote) = self.desk.price() {
                    self.tell_total(&quote);
                }
                self.say.say("price-confirm", &[]);
                self.desk.state.pending = Some(Pending::ConfirmPrice);
            }
            CheckoutOutcome::StateTotal { quote } => {
                self.tell_total(&quote);
                self.say.say(if quote.is_free() { "confirm-ask-free" } else { "confirm-ask" }, &[]);
                self.desk.state.pending = Some(Pending::Confirm);
            }
            CheckoutOutcome::Done { quote, appointment } => self.done(&quote, appointment),
        }
        self.reason("decided", decision, vec![line], Vec::new());
        Ok(())
    }

    /// What has been sold meanwhile; `false` when a question about it was asked.
    async fn stock_holds(&mut self) -> Result<bool, ShopError> {
        for (item, quantity) in self.desk.lines() {
            let available = self.shop.available(&item.key).await?;
            if cap(available, quantity).is_err() {
                self.say.say("not-enough", &[("name", Value::Text(&item.name))]);
                if available.is_some_and(|available| available <= 0) {
                    self.desk.state.cart.set(&item.key, 0);
                    continue;
                }
                self.say.say("not-enough-ask", &[]);
                self.ask(Field::Quantity);
                self.desk.state.pending = Some(Pending::ChooseQuantity { key: item.key.clone() });
                return Ok(false);
            }
        }
        Ok(!self.desk.state.cart.is_empty())
    }

    fn city_holds(&mut self) -> bool {
        match self.desk.check_city() {
            CityOutcome::Fine | CityOutcome::Unknown => true,
            CityOutcome::NotServed { city, by, keep, common } => {
                // A city of an earlier order is no wish for this one.
                if !self.city_said_now
                    && !matches!(self.desk.state.pending, Some(Pending::ChooseCity { .. }))
                    && self.fresh.len() == self.desk.state.cart.lines.len()
                {
                    self.desk.state.given.city_said = None;
                    return true;
                }
                let keeps_what_can = self.has(|act| matches!(act, Act::Keep { mention: None }))
                    || (matches!(self.desk.state.pending, Some(Pending::ChooseCity { .. }))
                        && self.has(|act| matches!(act, Act::Yes))
                        && common.is_empty());
                if keeps_what_can && !keep.is_empty() {
                    self.desk.state.cart.lines.retain(|line| keep.contains(&line.key));
                    return self.city_holds();
                }
                let names = |keys: &[String]| -> Vec<String> {
                    keys.iter().filter_map(|key| self.item(key)).map(|item| item.name.clone()).collect()
                };
                let (refused, kept) = (names(&by), names(&keep));
                for key in &by {
                    self.offer(key);
                }
                self.say.say("city-not-served", &[("names", Value::List(refused)), ("city", Value::Theirs(&city))]);
                let single = keep.is_empty() && self.desk.state.cart.lines.len() == 1;
                if single {
                    self.say.say("city-served", &[("cities", Value::List(common.clone()))]);
                } else {
                    match (&common[..], kept.is_empty()) {
                        ([], true) => self.say.say("city-no-common", &[]),
                        ([], false) => self
                            .say
                            .say("city-keep-only", &[("names", Value::List(kept)), ("city", Value::Theirs(&city))]),
                        (_, empty) => {
                            let id = if common.len() == 1 { "city-one-common" } else { "city-common" };
                            self.say.say(id, &[("cities", Value::List(common.clone()))]);
                            if !empty {
                                self.say
                                    .say("city-keep", &[("names", Value::List(kept)), ("city", Value::Theirs(&city))]);
                            }
                        }
                    }
                }
                self.ask(Field::City);
                self.meant("city");
                self.desk.state.pending = Some(Pending::ChooseCity { cities: common });
                false
            }
        }
    }

    fn ask_fields(&mut self, fields: Vec<Field>, slots: &SlotOutcome) {
        let mut fields = fields;
        let taken = matches!(slots, SlotOutcome::Taken { .. } | SlotOutcome::Past { .. });
        self.note_fresh(false);
        if self.total_wanted
            && let Some(quote) = self.desk.price()
        {
            self.tell_total(&quote);
        }
        if taken {
            self.refuse_slot(slots, &mut fields);
        }
        self.tell_slots(slots);
        for field in &fields {
            self.ask(*field);
        }
        self.say_ask(&fields);
        self.meant("details");
        self.desk.state.pending = match slots {
            SlotOutcome::Fine => Some(Pending::Fields),
            _ => Some(Pending::ChooseSlot { starts: starts(slots) }),
        };
    }

    /// The chosen time cannot be had: it is forgotten and asked for again.
    fn refuse_slot(&mut self, slots: &SlotOutcome, fields: &mut Vec<Field>) {
        let same_day = matches!(slots, SlotOutcome::Taken { same_day: true, .. });
        if same_day {
            fields.push(Field::Time);
        } else {
            fields.extend([Field::Date, Field::Time]);
        }
        fields.sort_unstable();
        fields.dedup();
    }

    fn say_ask(&mut self, fields: &[Field]) {
        if fields.is_empty() {
            return;
        }
        let words: Vec<String> = fields.iter().map(|field| self.say.word(field_id(*field), &[])).collect();
        let joined = self.say.join(&words);
        self.say.say("ask-fields", &[("fields", Value::Word(joined))]);
    }

    /// What was just put in the cart, once and only while nothing is confirmed (R110).
    fn note_fresh(&mut self, always: bool) {
        if self.fresh.is_empty() || (self.desk.state.confirmed && !always) {
            return;
        }
        let currency = self.shop.profile().currency;
        let mut lines = Vec::new();
        for key in self.fresh.clone() {
            let (Some(item), quantity) = (self.item(&key), self.desk.state.cart.quantity(&key)) else { continue };
            if quantity == 0 {
                continue;
            }
            self.desk.state.said_prices.insert(key.clone(), item.price_minor.unwrap_or(0));
            let total = domain::money::Money::new(item.price_minor.unwrap_or(0).saturating_mul(quantity), currency);
            let text = if item.is_free() {
                self.say
                    .word("cart-line-free", &[("quantity", Value::Count(quantity)), ("name", Value::Text(&item.name))])
            } else {
                self.say.word(
                    "cart-line",
                    &[
                        ("quantity", Value::Count(quantity)),
                        ("name", Value::Text(&item.name)),
                        ("price", Value::Money(total)),
                    ],
                )
            };
            self.offer(&key);
            lines.push(text);
        }
        if !lines.is_empty() {
            self.say.say("cart-noted", &[("lines", Value::List(lines))]);
        }
    }

    /// The lines of a quote with their sums.
    pub(super) fn tell_lines(&mut self, quote: &Quote) {
        for line in &quote.lines {
            self.offer(&line.key);
            self.desk.state.said_prices.insert(line.key.clone(), line.unit_price.minor);
            let (quantity, name) = (("quantity", Value::Count(line.quantity)), ("name", Value::Text(&line.name)));
            if line.total.is_zero() {
                self.say.say("total-line-free", &[quantity, name]);
            } else {
                self.say.say("total-line", &[quantity, name, ("total", Value::Money(line.total))]);
            }
        }
    }

    /// The fees of a quote.
    pub(super) fn tell_fees(&mut self, quote: &Quote) {
        for (fee, charged, waived) in [
            (&quote.delivery, "total-delivery", "total-delivery-free"),
            (&quote.travel, "total-travel", "total-travel-free"),
        ] {
            if !fee.charged.is_zero() {
                self.say.say(charged, &[("fee", Value::Money(fee.charged))]);
            } else if fee.waived {
                self.say.say(waived, &[]);
            }
        }
    }

    fn tell_total(&mut self, quote: &Quote) {
        self.say.say("total-intro", &[]);
        self.tell_lines(quote);
        self.tell_fees(quote);
        if let Some(city) = self.desk.state.given.city.clone().filter(|city| city != ONLINE) {
            self.say.say("total-city", &[("city", Value::Theirs(&city))]);
        }
        if let Some(slot) = self.desk.appointment {
            let local = self.local(slot);
            self.say.say("total-slot", &[("day", Value::Day(local.date())), ("time", Value::Time(local.time()))]);
        }
        if quote.is_free() {
            self.say.say("total-sum-free", &[]);
        } else {
            self.say.say("total-sum", &[("total", Value::Money(quote.total))]);
        }
        self.trace_quote(quote);
    }

    fn done(&mut self, quote: &Quote, appointment: Option<FreeSlot>) {
        self.meant("checkout");
        self.trace_quote(quote);
        for line in &quote.lines {
            self.desk.state.said_prices.insert(line.key.clone(), line.unit_price.minor);
        }
        if quote.is_free() {
            match appointment {
                Some(slot) => {
                    let local = self.local(slot);
                    self.say.say(
                        "free-booked-slot",
                        &[("day", Value::Day(local.date())), ("time", Value::Time(local.time()))],
                    );
                }
                None => self.say.say("free-booked", &[]),
            }
        } else {
            let url = self.shop.payment_url().to_owned();
            self.say.say("link-ready", &[("total", Value::Money(quote.total)), ("url", Value::Link(&url))]);
        }
        self.set_flag(ORDERED, true);
        self.desk.state.confirmed = false;
        self.desk.state.pending = None;
        self.order_now = OrderNow::Open;
    }

    /// Free times, worded.
    pub(super) fn tell_slots(&mut self, outcome: &SlotOutcome) {
        let values =
            |chosen: &jiff::civil::DateTime| [("day", Value::Day(chosen.date())), ("time", Value::Time(chosen.time()))];
        match outcome {
            SlotOutcome::Fine => {}
            SlotOutcome::Nearest { slots } => self.nearest(slots),
            SlotOutcome::OfDay { slots } => {
                self.times_of_day(slots);
            }
            SlotOutcome::DayFull { slots } => self.nearest(slots),
            SlotOutcome::Taken { chosen, same_day, slots } => {
                self.say.say("slot-taken", &values(chosen));
                if *same_day { self.times_of_day(slots) } else { self.nearest(slots) }
            }
            SlotOutcome::Past { chosen, slots } => {
                self.say.say("slot-past", &values(chosen));
                self.nearest(slots);
            }
            SlotOutcome::TooMany { key } => {
                self.say.say("slot-too-many", &[]);
                self.ask(Field::Quantity);
                self.desk.state.pending = Some(Pending::ChooseQuantity { key: key.clone() });
            }
        }
    }

    /// The nearest times, a sentence a day.
    fn nearest(&mut self, slots: &[FreeSlot]) {
        if slots.is_empty() {
            self.say.say("slot-none", &[]);
            return;
        }
        let days: Vec<&[FreeSlot]> =
            slots.chunk_by(|one, next| self.local(*one).date() == self.local(*next).date()).collect();
        for day in days {
            self.times_of_day(day);
        }
    }

    fn times_of_day(&mut self, slots: &[FreeSlot]) {
        let Some(first) = slots.first() else { return };
        let day = self.local(*first).date();
        let texts: Vec<String> =
            slots.iter().map(|slot| crate::compose::time_of_day(self.local(*slot).time())).collect();
        self.say.say("slot-times", &[("day", Value::Day(day)), ("times", Value::List(texts))]);
    }
}

fn starts(slots: &SlotOutcome) -> Vec<jiff::Timestamp> {
    match slots {
        SlotOutcome::Nearest { slots }
        | SlotOutcome::OfDay { slots }
        | SlotOutcome::DayFull { slots }
        | SlotOutcome::Taken { slots, .. }
        | SlotOutcome::Past { slots, .. } => slots.iter().map(|slot| slot.start).collect(),
        SlotOutcome::Fine | SlotOutcome::TooMany { .. } => Vec::new(),
    }
}

fn field_id(field: Field) -> &'static str {
    match field {
        Field::Name => "field-name",
        Field::Phone => "field-phone",
        Field::City => "field-city",
        Field::Address => "field-address",
        Field::Date => "field-date",
        Field::Time => "field-time",
        Field::Quantity => "field-quantity",
        Field::Item => "field-item",
    }
}
