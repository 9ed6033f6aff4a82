//! Fields of the checkout as they are given, in any message.

use super::{OrderNow, Talk};
use crate::compose::Value;
use crate::desk::RecipientOutcome;
use crate::turn::Field;
use crate::understand::Act;

impl Talk<'_> {
    pub(super) fn change_of_fields(&mut self) {
        let acts = self.acts.clone();
        let has_cart = !self.desk.state.cart.is_empty();
        let movable = self.order_now != OrderNow::Open
            && self.order_now != OrderNow::Settled
            && self.order_now != OrderNow::Expired;
        let mut touched = false;
        for act in &acts {
            match act {
                Act::Name { name } => {
                    self.desk.set_recipient(Field::Name, name);
                    touched = true;
                }
                Act::Address { text } => {
                    self.desk.set_recipient(Field::Address, text);
                    touched = true;
                }
                Act::Phone { raw } => {
                    if let RecipientOutcome::WrongPhone { attempts } = self.desk.set_recipient(Field::Phone, raw) {
                        self.wrong_phone(attempts);
                    }
                    touched = true;
                }
                Act::CurrentPhone => {
                    if self.desk.use_current_phone() == RecipientOutcome::PhoneUnseen
                        && self.desk.state.given.phone.is_none()
                    {
                        self.say.say("phone-unseen", &[]);
                        self.meant("details");
                    }
                    touched = true;
                }
                Act::SameAsBefore => touched = true,
                Act::City { said, spelled } => {
                    touched |= self.city(said, spelled.as_deref());
                }
                Act::Date { date } => {
                    self.desk.state.given.date = Some(*date);
                    touched = true;
                }
                Act::Time { time, .. } => {
                    self.desk.state.given.time = Some(*time);
                    touched = true;
                }
                Act::PartOfDay { from, to } => {
                    self.part = Some((*from, *to));
                    touched = true;
                }
                Act::Confirm if movable => {
                    self.desk.state.confirmed = true;
                    touched = true;
                }
                _ => {}
            }
        }
        if touched && movable && has_cart {
            self.progress = true;
            self.meant("details");
        }
        if self.has(|act| matches!(act, Act::Confirm)) && movable {
            self.progress = true;
            self.meant("confirm");
        }
        if movable {
            self.yes_or_no();
        }
    }

    /// A city is remembered as it was said; its spelling is settled against the lines.
    fn city(&mut self, said: &str, spelled: Option<&str>) -> bool {
        // A question about a place is no choice of it, unless it is served.
        let only_asked = self.has(|act| matches!(act, Act::Ask { .. }))
            && !self.has(|act| matches!(act, Act::Want { .. } | Act::Confirm | Act::Quantity { .. }));
        // "What would it be with delivery to Dos Hermanas?" chooses it for the total.
        let for_the_total = !self.desk.state.cart.is_empty()
            && self.acts.iter().any(|act| matches!(act, Act::Ask { topics, about, .. } if about.is_empty() && topics.contains(&crate::understand::Cue::Total)));
        if only_asked && spelled.is_none() && !for_the_total {
            return false;
        }
        self.desk.state.given.city_said = Some(spelled.unwrap_or(said).to_owned());
        self.desk.state.given.city = spelled.map(str::to_owned);
        self.city_said_now = true;
        !only_asked
    }

    fn wrong_phone(&mut self, attempts: u8) {
        self.meant("details");
        if attempts >= 2 {
            self.desk.call_person("phone");
            self.say.say("phone-person", &[]);
            self.halted = true;
        } else {
            let least = i64::try_from(domain::phone::MIN_CHARS).unwrap_or(7);
            let most = i64::try_from(domain::phone::MAX_CHARS).unwrap_or(20);
            self.say.say("phone-invalid", &[("least", Value::Count(least)), ("most", Value::Count(most))]);
            if self.desk.state.cart.is_empty() {
                self.ask(Field::Phone);
            }
        }
    }
}
