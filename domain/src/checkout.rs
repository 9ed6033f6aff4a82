//! What a checkout still needs, and what happens at a confirmation (R93, R105–R110).

use crate::catalog::{Area, Item};
use serde::{Deserialize, Serialize};

/// A field that a checkout may need; the words are those of rehearsals (`asks`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The customer's name.
    Name,
    /// A phone number to reach the customer.
    Phone,
    /// City of delivery or visit.
    City,
    /// Street address.
    Address,
    /// Date of the appointment.
    Date,
    /// Time of the appointment.
    Time,
    /// How many.
    Quantity,
    /// Which item.
    Item,
}

/// Which fields the customer has given so far, in any message (R110).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenFields {
    /// A name.
    pub name: bool,
    /// A valid phone number.
    pub phone: bool,
    /// A city that every line serves.
    pub city: bool,
    /// A street address.
    pub address: bool,
    /// A date of the appointment.
    pub date: bool,
    /// A time of the appointment.
    pub time: bool,
}

/// The fields that are still to be asked for, all in one question, in the order of [`Field`] (R93, R109).
///
/// `required` is the company's own list, `None` the default of commerce.md: name, phone, city. In either case the city is
/// never asked for when every line is online (R107), and an appointment needs a date and a time, because without them it
/// cannot be booked. An empty cart needs an item before anything else.
#[must_use]
pub fn missing(required: Option<&[Field]>, lines: &[(&Item, i64)], given: GivenFields) -> Vec<Field> {
    if lines.is_empty() {
        return vec![Field::Item];
    }
    let mut fields = required.unwrap_or(&[Field::Name, Field::Phone, Field::City]).to_vec();
    if lines.iter().any(|(item, _)| item.has_slots()) {
        fields.extend([Field::Date, Field::Time]);
    }
    if !needs_city(lines) {
        fields.retain(|field| *field != Field::City);
    }
    fields.sort_unstable();
    fields.dedup();
    fields.retain(|field| match field {
        Field::Name => !given.name,
        Field::Phone => !given.phone,
        Field::City => !given.city,
        Field::Address => !given.address,
        Field::Date => !given.date,
        Field::Time => !given.time,
        // The cart answers both: it has lines, and each has a quantity.
        Field::Quantity | Field::Item => false,
    });
    fields
}

/// Whether the order goes to a place: at least one line is not online (R107).
#[must_use]
pub fn needs_city(lines: &[(&Item, i64)]) -> bool {
    lines.iter().any(|(item, _)| item.area != Area::Online)
}

/// The city that is stored with an order of which every line is online (R107).
pub const ONLINE: &str = "online";

/// Says whether two spellings name one city (`crate::city` supplies it): case, accents, script, exonyms.
pub type SameCity<'a> = &'a dyn Fn(&str, &str) -> bool;

/// Whether an item can go to a city. Everywhere and online go with any city (R105).
#[must_use]
pub fn serves(area: &Area, city: &str, same: SameCity<'_>) -> bool {
    match area {
        Area::Everywhere | Area::Online => true,
        Area::Cities(cities) => cities.iter().any(|served| same(served, city)),
    }
}

/// Where all lines of an order can go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Common {
    /// Every line is online: no city is needed.
    Online,
    /// No line names cities: any will do.
    Anywhere,
    /// These, spelled and ordered as the first line that names cities has them; empty when the lines share none.
    These(Vec<String>),
}

/// The cities that all lines have in common (R106).
#[must_use]
pub fn common_cities(lines: &[(&Item, i64)], same: SameCity<'_>) -> Common {
    if !lines.is_empty() && !needs_city(lines) {
        return Common::Online;
    }
    let mut lists = lines.iter().filter_map(|(item, _)| match &item.area {
        Area::Cities(cities) => Some(cities),
        Area::Everywhere | Area::Online => None,
    });
    let Some(first) = lists.next() else {
        return Common::Anywhere;
    };
    let mut common: Vec<String> = Vec::with_capacity(first.len());
    for city in first {
        if !common.iter().any(|kept| same(kept, city)) {
            common.push(city.clone());
        }
    }
    for cities in lists {
        common.retain(|city| cities.iter().any(|other| same(other, city)));
    }
    Common::These(common)
}

/// Whether every line goes to the city that the customer named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CityVerdict {
    /// Every line goes there, or no line needs a city.
    Fine,
    /// Some lines do not.
    NotServed {
        /// Keys of the lines that cannot go there; keeping the others is one of the two offers (R106).
        by: Vec<String>,
        /// Cities where all lines can go, as the catalogue spells them; may be empty.
        common: Vec<String>,
    },
}

/// Checks a city against every line, before quantities (R105, R106).
#[must_use]
pub fn city_verdict(lines: &[(&Item, i64)], city: &str, same: SameCity<'_>) -> CityVerdict {
    let by: Vec<String> =
        lines.iter().filter(|(item, _)| !serves(&item.area, city, same)).map(|(item, _)| item.key.clone()).collect();
    if by.is_empty() {
        return CityVerdict::Fine;
    }
    let common = match common_cities(lines, same) {
        Common::These(cities) => cities,
        Common::Online | Common::Anywhere => Vec::new(),
    };
    CityVerdict::NotServed { by, common }
}

/// The city as the catalogue spells it on the first line that lists it, `online` when no line needs one, else as said (R107).
#[must_use]
pub fn stored_city(lines: &[(&Item, i64)], city: &str, same: SameCity<'_>) -> String {
    if !lines.is_empty() && !needs_city(lines) {
        return ONLINE.to_owned();
    }
    lines
        .iter()
        .filter_map(|(item, _)| match &item.area {
            Area::Cities(cities) => cities.iter().find(|served| same(served, city)),
            Area::Everywhere | Area::Online => None,
        })
        .next()
        .map_or_else(|| city.trim().to_owned(), Clone::clone)
}

/// How a price stands to what was said before (R91).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceChange {
    /// The same, or nothing was said yet.
    Same,
    /// Higher than said: told, and asked once.
    Risen,
    /// Lower than said: told, and used.
    Fallen,
}

/// Compares a sum that was said, in minor units, with what it is now.
#[must_use]
pub fn price_change(said: Option<i64>, now: i64) -> PriceChange {
    match said {
        Some(said) if now > said => PriceChange::Risen,
        Some(said) if now < said => PriceChange::Fallen,
        _ => PriceChange::Same,
    }
}

/// What is known when the customer may be confirming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The customer confirmed, in this message or in an earlier one that left gaps.
    pub confirmed: bool,
    /// What [`missing`] found.
    pub missing: Vec<Field>,
    /// How the total, or any unit price, stands to what was said; risen wins over fallen.
    pub change: PriceChange,
    /// The customer was already asked about a risen price and confirmed after that.
    pub risen_accepted: bool,
}

/// What the turn does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Ask for these, all in one question, without repeating the purchase.
    Ask(Vec<Field>),
    /// Tell that the price has risen and ask once.
    AskRisenPrice,
    /// Everything is known, nothing confirmed: state the total and ask.
    StateTotalAndAsk,
    /// Straight to the link, or to the booking when nothing is due: no second confirmation, no upsell.
    Checkout,
}

/// The step after a message, once the cart and the city stand (R108–R110).
#[must_use]
pub fn at_confirmation(confirmation: Confirmation) -> Decision {
    let Confirmation { confirmed, missing, change, risen_accepted } = confirmation;
    if !missing.is_empty() {
        Decision::Ask(missing)
    } else if !confirmed {
        Decision::StateTotalAndAsk
    } else if change == PriceChange::Risen && !risen_accepted {
        Decision::AskRisenPrice
    } else {
        Decision::Checkout
    }
}

/// More is wanted than can be had. Carries no number, because stock is never told (R78).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not that many can be had")]
pub struct NotEnough;

/// Whether so many units can be bought; `available` of `None` is not limited (R78).
///
/// # Errors
/// [`NotEnough`] when more is wanted than there is.
pub fn cap(available: Option<i64>, wanted: i64) -> Result<(), NotEnough> {
    if available.is_some_and(|available| wanted > available.max(0)) { Err(NotEnough) } else { Ok(()) }
}
