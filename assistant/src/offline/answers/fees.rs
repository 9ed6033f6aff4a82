//! "Is delivery free?"

use crate::compose::Value;
use crate::offline::Talk;
use domain::money::Money;

impl Talk<'_> {
    pub(super) fn free_delivery(&mut self) {
        self.meant("free_delivery");
        let currency = self.shop.profile().currency;
        if let Some(quote) = self.desk.price().filter(|_| !self.desk.state.cart.is_empty()) {
            let fee = if quote.delivery.full.is_zero() { &quote.travel } else { &quote.delivery };
            let (full, free_from) = (fee.full, fee.free_from);
            match (full.is_zero(), fee.waived, free_from) {
                (true, _, _) => self.say.say("free-delivery-none", &[]),
                (_, true, Some(from)) => self.say.say("free-delivery-reached", &[("threshold", Value::Money(from))]),
                (_, _, Some(from)) => self
                    .say
                    .say("free-delivery-from", &[("threshold", Value::Money(from)), ("fee", Value::Money(full))]),
                _ => self.say.say("free-delivery-no", &[("fee", Value::Money(full))]),
            }
            return;
        }
        match self.desk.state.focus.first().and_then(|key| self.item(key)) {
            Some(item) => {
                match (item.fee_minor.filter(|fee| *fee > 0), item.free_from_minor.filter(|minor| *minor > 0)) {
                    (None, _) => self.fee(&item),
                    (Some(fee), Some(from)) => self.say.say(
                        "free-delivery-from",
                        &[
                            ("threshold", Value::Money(Money::new(from, currency))),
                            ("fee", Value::Money(Money::new(fee, currency))),
                        ],
                    ),
                    (Some(fee), None) => {
                        self.say.say("free-delivery-no", &[("fee", Value::Money(Money::new(fee, currency)))]);
                    }
                }
            }
            None => self.say.say("free-delivery-depends", &[]),
        }
    }
}
