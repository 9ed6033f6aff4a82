//! What the turn means for the order that was made: a correction, a new topic, a cancellation, a question.

use super::{ORDERED, OrderNow, Talk, line};
use crate::compose::Value;
use crate::turn::{FreeSlot, Pending};
use crate::understand::{Act, Mention};
use domain::order::PaymentStatus;

impl Talk<'_> {
    /// Settles what becomes of the order before anything of this turn is applied.
    pub(super) fn turn_of_the_order(&mut self) {
        let cancels = self.has(|act| matches!(act, Act::Cancel));
        let anew = self.has(|act| matches!(act, Act::NewOrder));
        let wants = self.has(|act| matches!(act, Act::Want { .. } | Act::Swap { .. }));
        match self.order_now {
            OrderNow::Open => self.open_order(cancels, anew),
            OrderNow::Settled => {
                if cancels && !wants && !anew {
                    self.desk.call_person("cancellation");
                    self.say.say("cancelled-paid", &[]);
                    self.meant("cancel");
                } else if self.has(|act| matches!(act, Act::Repeat)) && !wants {
                    // The city of the order is wished again; prices and stock are looked at anew.
                    let again = self.order.as_ref().map(|order| (order.cart.clone(), order.city.clone()));
                    self.start_anew();
                    if let Some((cart, city)) = again {
                        self.desk.state.given.city_said = city.filter(|city| city != domain::checkout::ONLINE);
                        self.repeated = cart.lines.into_iter().map(|line| (line.key, line.quantity)).collect();
                    }
                } else if wants || anew || self.points_at_focus() {
                    self.start_anew();
                    if anew && !wants {
                        self.say.say("new-order", &[]);
                        self.meant("new_order");
                    }
                }
            }
            OrderNow::Expired => {
                let renews = self.has(|act| matches!(act, Act::Confirm | Act::Yes | Act::LinkAgain | Act::Repeat))
                    && !cancels
                    && !anew;
                let other = self.wanted_mentions().any(|mention| !self.is_ordered(mention));
                if other || anew || cancels {
                    self.start_anew();
                    if cancels && !wants {
                        self.say.say("cancelled-cart", &[]);
                        self.meant("cancel");
                    }
                } else if renews || wants {
                    self.set_flag(ORDERED, false);
                    self.desk.state.confirmed = true;
                    self.progress = true;
                    self.meant("renew");
                }
            }
            OrderNow::None => {
                let drops = self.has(|act| matches!(act, Act::Drop { .. } | Act::Keep { .. } | Act::Swap { .. }));
                let asks = self.has(|act| matches!(act, Act::Ask { .. }));
                if anew || (cancels && !drops) {
                    let had = !self.desk.state.cart.is_empty();
                    self.desk.new_order();
                    if !wants && !asks {
                        let id = if anew {
                            "new-order"
                        } else if had {
                            "cancelled-cart"
                        } else {
                            "cancelled-none"
                        };
                        self.say.say(id, &[]);
                        self.meant(if anew { "new_order" } else { "cancel" });
                    }
                }
            }
        }
    }

    fn wanted_mentions(&self) -> impl Iterator<Item = &Mention> {
        self.acts.iter().filter_map(|act| match act {
            Act::Want { mention, .. } | Act::Swap { to: mention, .. } => Some(mention),
            _ => None,
        })
    }

    /// A wish that names nothing: about the item in focus.
    fn points_at_focus(&self) -> bool {
        self.has(|act| matches!(act, Act::Quantity { .. } | Act::Choose { .. }))
            && self.desk.state.focus.first().is_some_and(|key| self.desk.state.cart.quantity(key) == 0)
    }

    fn is_ordered(&self, mention: &Mention) -> bool {
        mention.candidates.iter().any(|key| self.desk.state.cart.quantity(key) > 0)
    }

    fn start_anew(&mut self) {
        self.desk.new_order();
        self.set_flag(ORDERED, false);
        self.order_now = OrderNow::None;
    }

    fn open_order(&mut self, cancels: bool, anew: bool) {
        let elsewhere =
            self.wanted_mentions().any(|mention| !mention.candidates.is_empty() && !self.is_ordered(mention));
        let adds = self.has(|act| matches!(act, Act::Want { add: true, .. }))
            || self.has(|act| matches!(act, Act::Swap { .. }));
        let asks_elsewhere = self.acts.iter().any(|act| match act {
            Act::Ask { about, .. } => !about.is_empty() && about.iter().all(|mention| !self.is_ordered(mention)),
            _ => false,
        });
        let new_topic = anew || (elsewhere && !adds) || asks_elsewhere || (self.points_at_focus() && !self.corrects());
        if new_topic || cancels {
            self.desk.put_aside();
            if cancels {
                self.desk.stop_reminders();
            }
            self.start_anew();
            // A new topic puts the order aside silently; only a bare cancellation is answered.
            if cancels && !new_topic && !elsewhere {
                self.say.say("cancelled", &[]);
                self.meant("cancel");
            } else if anew && !elsewhere {
                self.say.say("new-order", &[]);
                self.meant("new_order");
            }
            let detail = "a new topic: the open order is put aside".to_owned();
            self.reason("decided", detail, vec![line::bare("put_aside")], Vec::new());
        } else if self.corrects() || (elsewhere && adds) {
            self.desk.put_aside();
            self.set_flag(ORDERED, false);
            self.desk.state.confirmed = true;
            self.order_now = OrderNow::None;
            self.progress = true;
            self.correcting = true;
            let detail = "a correction: the open order is put aside and made anew".to_owned();
            self.reason("decided", detail, vec![line::bare("made_anew")], Vec::new());
        }
    }

    /// Whether the turn changes something about the order that is open.
    fn corrects(&self) -> bool {
        let given = &self.desk.state.given;
        let cart = &self.desk.state.cart;
        self.acts.iter().any(|act| match act {
            Act::Drop { mention: Some(mention) } | Act::Keep { mention: Some(mention) } => self.is_ordered(mention),
            Act::Swap { .. } => true,
            Act::Want { mention, add } => *add || (self.is_ordered(mention) && !mention.amounts.is_empty()),
            Act::Quantity { amounts } => {
                !amounts.is_empty()
                    && (cart.lines.len() == 1
                        || self.desk.state.focus.first().is_some_and(|key| cart.quantity(key) > 0))
            }
            Act::City { said, .. } => given
                .city
                .as_deref()
                .is_some_and(|city| city != domain::checkout::ONLINE && !domain::city::same(city, said)),
            Act::Name { name } => given.name.as_deref().is_some_and(|known| known != name),
            Act::Phone { raw } => domain::phone::Phone::parse(raw)
                .is_ok_and(|phone| given.phone.as_deref().is_some_and(|known| known != phone.as_str())),
            Act::Date { date } => self.desk.needs_slot() && given.date.is_some_and(|known| known != *date),
            Act::Time { time, .. } => self.desk.needs_slot() && given.time.is_some_and(|known| known != *time),
            Act::Address { text } => given.address.as_deref().is_some_and(|known| known != text),
            _ => false,
        })
    }

    /// "I have paid": believed only with the status `paid` (R120).
    pub(super) fn claims_paid(&mut self) {
        self.meant("paid_claim");
        match self.order.clone() {
            Some(order) if order.payment_status == PaymentStatus::Paid => {
                self.say.say("paid-yes", &[("total", Value::Money(order.total))]);
            }
            Some(order) if self.order_now == OrderNow::Settled && order.free => self.say.say("paid-free", &[]),
            Some(order) if self.order_now == OrderNow::Open => match &order.payment_url {
                Some(url) => self.say.say("paid-not", &[("url", Value::Link(url))]),
                None => self.say.say("paid-no-order", &[]),
            },
            _ => {
                let free = self.desk.price().is_some_and(|quote| quote.is_free());
                let focus = self.desk.state.focus.first().and_then(|key| self.item(key)).filter(|item| item.is_free());
                match focus {
                    Some(item) if self.desk.state.cart.is_empty() || free => {
                        self.say.say("paid-free-item", &[("name", Value::Text(&item.name))]);
                    }
                    _ if free => self.say.say("paid-free", &[]),
                    _ => self.say.say("paid-no-order", &[]),
                }
            }
        }
    }

    /// "What about my order?"
    pub(super) fn order_status(&mut self) {
        self.meant("order_status");
        let Some(order) = self.order.clone() else {
            self.say.say("status-none", &[]);
            return;
        };
        let slot = order.appointment.map(|start| self.shop.profile().timezone.to_datetime(start));
        match (self.order_now, slot) {
            (OrderNow::Settled, Some(slot)) if order.free => self
                .say
                .say("status-free-slot", &[("day", Value::Day(slot.date())), ("time", Value::Time(slot.time()))]),
            (OrderNow::Settled, None) if order.free => self.say.say("status-free", &[]),
            (OrderNow::Settled, Some(slot)) => self.say.say(
                "status-paid-slot",
                &[
                    ("total", Value::Money(order.total)),
                    ("day", Value::Day(slot.date())),
                    ("time", Value::Time(slot.time())),
                ],
            ),
            (OrderNow::Settled, None) => self.say.say("status-paid", &[("total", Value::Money(order.total))]),
            (OrderNow::Open, _) => match &order.payment_url {
                Some(url) => {
                    self.say.say("status-open", &[("total", Value::Money(order.total)), ("url", Value::Link(url))]);
                }
                None => self.say.say("status-none", &[]),
            },
            (OrderNow::None | OrderNow::Expired, _) => self.say.say("status-none", &[]),
        }
    }

    /// "Send me the link again."
    pub(super) fn link_again(&mut self) {
        if self.progress {
            return;
        }
        self.meant("link");
        match (self.order_now, self.order.clone()) {
            (OrderNow::Open, Some(order)) => {
                if let Some(url) = &order.payment_url {
                    self.say.say("link-open", &[("total", Value::Money(order.total)), ("url", Value::Link(url))]);
                }
            }
            (OrderNow::Settled, _) => self.order_status(),
            _ if !self.desk.state.cart.is_empty() => self.progress = true,
            _ => self.say.say("link-none", &[]),
        }
    }

    /// A complaint ends the reminders; an order in trouble gets a person.
    pub(super) fn complains(&mut self) {
        self.meant("complaint");
        if self.order_now == OrderNow::Open {
            self.desk.stop_reminders();
            self.say.say("complaint", &[]);
        } else if self.desk.state.cart.is_empty() || self.order_now == OrderNow::Settled {
            self.desk.call_person("complaint");
            self.say.say("complaint-person", &[]);
        } else {
            self.say.say("complaint-sorry", &[]);
        }
    }

    /// The chosen slot as a day and a time of the branch.
    pub(super) fn local(&self, slot: FreeSlot) -> jiff::civil::DateTime {
        self.shop.profile().timezone.to_datetime(slot.start)
    }

    /// What a plain yes or no means to the open question.
    pub(super) fn yes_or_no(&mut self) {
        let yes = self.has(|act| matches!(act, Act::Yes));
        let no = self.has(|act| matches!(act, Act::No));
        if yes {
            match self.desk.state.pending.clone() {
                Some(Pending::Confirm | Pending::ConfirmPrice) => {
                    self.desk.state.confirmed = true;
                    self.progress = true;
                }
                Some(Pending::ChooseCity { cities }) if !self.city_said_now => {
                    if let [only] = &cities[..] {
                        self.desk.state.given.city_said = Some(only.clone());
                        self.city_said_now = true;
                        self.progress = true;
                    }
                }
                Some(Pending::ChooseSlot { starts }) => {
                    if let [only] = starts[..] {
                        let local = self.shop.profile().timezone.to_datetime(only);
                        self.desk.state.given.date = Some(local.date());
                        self.desk.state.given.time = Some(local.time());
                    }
                    self.progress = true;
                }
                Some(Pending::Fields) => {}
                _ => {}
            }
        } else if no
            && matches!(self.desk.state.pending, Some(Pending::Confirm | Pending::ConfirmPrice))
            && !self.progress
        {
            self.desk.state.confirmed = false;
            self.desk.state.pending = None;
            self.say.say("continue", &[]);
            self.meant("declined");
        }
    }
}
