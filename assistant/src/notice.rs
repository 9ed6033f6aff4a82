//! What the program itself tells a customer: receipts, confirmations, reminders. Whole sentences from Fluent texts.

use crate::compose as calendar;
use crate::texts::Texts;
use domain::language::Language;
use domain::money::Money;
use fluent_bundle::FluentArgs;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::LazyLock;

/// A message of the program itself. `number` is the order's readable number.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The turn failed (R68).
    Fallback,
    /// The money came.
    Paid {
        /// Order.
        number: i32,
        /// What was paid.
        total: Money,
    },
    /// The money came a second time.
    PaidAgain {
        /// Order.
        number: i32,
    },
    /// A delivery stands in the calendar.
    BookedDelivery {
        /// Order.
        number: i32,
        /// Where; `online`: nothing is carried.
        city: Option<String>,
        /// When.
        start: Timestamp,
    },
    /// An appointment stands in the calendar.
    BookedAppointment {
        /// Order.
        number: i32,
        /// Where; `online`: a call.
        city: Option<String>,
        /// When.
        start: Timestamp,
    },
    /// Paid, but the time was lost.
    SlotLost {
        /// Order.
        number: i32,
        /// Free times to choose from.
        starts: Vec<Timestamp>,
    },
    /// The link is unpaid.
    ReminderLink {
        /// Order.
        number: i32,
        /// What is due.
        total: Money,
        /// Where to pay.
        link: String,
    },
    /// The visit is tomorrow.
    ReminderVisit {
        /// Order.
        number: i32,
        /// When.
        start: Timestamp,
    },
    /// The link ran out.
    LinkExpired {
        /// Order.
        number: i32,
    },
    /// The money went back.
    Refunded {
        /// Order.
        number: i32,
        /// How much.
        total: Money,
    },
    /// Staff cancelled the order.
    Cancelled {
        /// Order.
        number: i32,
    },
    /// Staff sent the link again.
    LinkAgain {
        /// Order.
        number: i32,
        /// What is due.
        total: Money,
        /// Where to pay.
        link: String,
    },
    /// Staff moved the booking.
    Moved {
        /// Order.
        number: i32,
        /// The new time.
        start: Timestamp,
        /// Whether it is a delivery; else an appointment.
        delivery: bool,
    },
    /// Staff made an appointment longer or shorter; it begins when it did.
    Lasts {
        /// Order.
        number: i32,
        /// When it begins.
        start: Timestamp,
        /// When it ends now.
        end: Timestamp,
    },
    /// For staff: two contacts were one person.
    OnePerson {
        /// Whether a channel attests it; else somebody of the staff said so.
        attested: bool,
    },
    /// Staff try a connection out on their own phone.
    ChannelTest {
        /// The company's name.
        company: String,
    },
    /// Staff came by a link of a test that was used, or is too old.
    ChannelTestOver,
}

impl Notice {
    /// The text in a language, times in the branch's zone.
    #[must_use]
    pub fn text(&self, language: Language, zone: &TimeZone) -> String {
        let mut args = FluentArgs::new();
        let sum = |money: &Money| domain::money::format_money(*money, language);
        let when = |args: &mut FluentArgs<'_>, start: &Timestamp| {
            let (date, time) = date_and_time(*start, zone, language);
            args.set("date", date);
            args.set("time", time);
        };
        let id = match self {
            Self::Fallback => "fallback",
            Self::Paid { total, .. } => {
                args.set("total", sum(total));
                "paid"
            }
            Self::PaidAgain { .. } => "paid-again",
            Self::BookedDelivery { city, start, .. } => {
                when(&mut args, start);
                place(&mut args, city.as_deref(), ["booked-delivery", "booked-delivery-anywhere", "booked-online"])
            }
            Self::BookedAppointment { city, start, .. } => {
                when(&mut args, start);
                place(
                    &mut args,
                    city.as_deref(),
                    ["booked-appointment", "booked-appointment-anywhere", "booked-appointment-online"],
                )
            }
            Self::SlotLost { starts, .. } => {
                let times: Vec<String> = starts
                    .iter()
                    .map(|start| {
                        let (date, time) = date_and_time(*start, zone, language);
                        format!("{date}, {time}")
                    })
                    .collect();
                args.set("times", times.join("; "));
                if starts.is_empty() { "slot-lost-none" } else { "slot-lost" }
            }
            Self::ReminderLink { total, link, .. } => {
                args.set("total", sum(total));
                args.set("link", link.clone());
                "reminder-link"
            }
            Self::ReminderVisit { start, .. } => {
                when(&mut args, start);
                "reminder-visit"
            }
            Self::LinkExpired { .. } => "link-expired",
            Self::Refunded { total, .. } => {
                args.set("total", sum(total));
                "refunded"
            }
            Self::Cancelled { .. } => "cancelled",
            Self::LinkAgain { total, link, .. } => {
                args.set("total", sum(total));
                args.set("link", link.clone());
                "link-again"
            }
            Self::Moved { start, delivery, .. } => {
                when(&mut args, start);
                if *delivery { "moved-delivery" } else { "moved" }
            }
            Self::Lasts { start, end, .. } => {
                when(&mut args, start);
                args.set("end", date_and_time(*end, zone, language).1);
                "lasts"
            }
            Self::OnePerson { attested } => {
                if *attested {
                    "one-person-attested"
                } else {
                    "one-person-said"
                }
            }
            Self::ChannelTest { company } => {
                args.set("company", company.clone());
                "channel-test"
            }
            Self::ChannelTestOver => "channel-test-over",
        };
        if let Some(number) = self.number() {
            args.set("number", number.to_string());
        }
        TEXTS.fill(language, id, &args)
    }

    const fn number(&self) -> Option<i32> {
        match self {
            Self::Fallback | Self::OnePerson { .. } | Self::ChannelTest { .. } | Self::ChannelTestOver => None,
            Self::Paid { number, .. }
            | Self::PaidAgain { number }
            | Self::BookedDelivery { number, .. }
            | Self::BookedAppointment { number, .. }
            | Self::SlotLost { number, .. }
            | Self::ReminderLink { number, .. }
            | Self::ReminderVisit { number, .. }
            | Self::LinkExpired { number }
            | Self::Refunded { number, .. }
            | Self::Cancelled { number }
            | Self::LinkAgain { number, .. }
            | Self::Moved { number, .. }
            | Self::Lasts { number, .. } => Some(*number),
        }
    }
}

fn place(args: &mut FluentArgs<'_>, city: Option<&str>, [here, anywhere, online]: [&'static str; 3]) -> &'static str {
    match city {
        Some("online") => online,
        Some(city) => {
            args.set("city", city.to_owned());
            here
        }
        None => anywhere,
    }
}

/// What the fee for bringing the goods, or for coming to the customer, is called on a payment page.
#[must_use]
pub fn fee_name(language: Language, travel: bool) -> String {
    TEXTS.fill(language, if travel { "page-travel" } else { "page-delivery" }, &FluentArgs::new())
}

/// A date and a time as people of that language write them.
#[must_use]
pub fn date_and_time(at: Timestamp, zone: &TimeZone, language: Language) -> (String, String) {
    let local = zone.to_datetime(at);
    (calendar::date(local.date(), language), calendar::time_of_day(local.time()))
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::read([
        include_str!("../texts/notices/en.ftl"),
        include_str!("../texts/notices/es.ftl"),
        include_str!("../texts/notices/ru.ftl"),
        include_str!("../texts/notices/kk.ftl"),
    ])
});

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;

    #[test]
    fn every_notice_has_words_and_its_facts_in_every_language() {
        let start: Timestamp = "2026-03-04T06:30:00Z".parse().expect("a time");
        let zone = TimeZone::get("Asia/Almaty").expect("a zone");
        let total = Money::new(12_345, Currency::EUR);
        let link = "https://x8.example/p/abc".to_owned();
        let city = Some("Valencia".to_owned());
        let notices = [
            Notice::Fallback,
            Notice::Paid { number: 77, total },
            Notice::PaidAgain { number: 77 },
            Notice::BookedDelivery { number: 77, city: city.clone(), start },
            Notice::BookedDelivery { number: 77, city: None, start },
            Notice::BookedDelivery { number: 77, city: Some("online".to_owned()), start },
            Notice::BookedAppointment { number: 77, city, start },
            Notice::BookedAppointment { number: 77, city: None, start },
            Notice::BookedAppointment { number: 77, city: Some("online".to_owned()), start },
            Notice::SlotLost { number: 77, starts: vec![start] },
            Notice::SlotLost { number: 77, starts: vec![] },
            Notice::ReminderLink { number: 77, total, link: link.clone() },
            Notice::ReminderVisit { number: 77, start },
            Notice::LinkExpired { number: 77 },
            Notice::Refunded { number: 77, total },
            Notice::Cancelled { number: 77 },
            Notice::LinkAgain { number: 77, total, link },
            Notice::Moved { number: 77, start, delivery: false },
            Notice::Moved { number: 77, start, delivery: true },
            Notice::Lasts { number: 77, start, end: start },
            Notice::OnePerson { attested: true },
            Notice::OnePerson { attested: false },
            Notice::ChannelTest { company: "Flora".to_owned() },
            Notice::ChannelTestOver,
        ];
        for language in Language::ALL {
            let mut seen = std::collections::BTreeSet::new();
            for notice in &notices {
                let text = notice.text(language, &zone);
                assert!(text.chars().count() > 12, "{language:?} {notice:?}: {text}");
                assert!(!text.contains('{'), "{text}");
                if notice.number().is_some() {
                    assert!(text.contains("77"), "{text}");
                }
                assert!(seen.insert(text.clone()), "{language:?}: two notices say {text}");
            }
            assert!(seen.insert(fee_name(language, false)) && seen.insert(fee_name(language, true)));
            let booked = Notice::BookedAppointment { number: 77, city: None, start }.text(language, &zone);
            assert!(booked.contains("11:30"), "the branch's own time: {booked}");
        }
    }
}
