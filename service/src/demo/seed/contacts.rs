//! Customers and where they can be reached.

use super::{DAYS, Part, World};
use crate::demo::words;
use crate::error::Result;
use domain::channel::ChannelKind;
use domain::language::Language;
use entity::time::Time;
use entity::{contact, contact_address};
use std::collections::HashSet;
use uuid::Uuid;

/// A customer before it is written.
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) language: Language,
    /// Place among the company's channels.
    pub(super) channel: usize,
    /// Whether the name is known to the company.
    pub(super) named: bool,
    /// Whether the phone is.
    pub(super) phoned: bool,
    pub(super) created_at: Time,
    pub(super) notice_at: Option<Time>,
}

/// Channels that customers write on, by the kind's share.
const SHARES: [(u32, ChannelKind); 4] = [
    (45, ChannelKind::Whatsapp),
    (25, ChannelKind::Telegram),
    (20, ChannelKind::Webchat),
    (10, ChannelKind::Instagram),
];

/// Who there is; those with a conversation get their dates from it.
pub(super) fn plan(world: &mut World<'_>) {
    let dice = &world.dice;
    let mut people = Vec::with_capacity(world.place.contacts);
    let mut taken = HashSet::new();
    for _ in 0..world.place.contacts {
        let language = *dice.weighted(world.place.languages);
        let words = words::of(language);
        let name = format!("{} {}", dice.say(words.first_names), dice.say(words.last_names));
        let (start, digits) = words.phone;
        let phone = || {
            let number: String = (0..digits).map(|_| char::from(b'0' + dice.below(10) as u8)).collect();
            format!("{start}{number}")
        };
        let mut number = phone();
        // The reserved numbers of a country may run out: a number may be shared then, as families do.
        for _ in 0..20 {
            if taken.insert(number.clone()) {
                break;
            }
            number = phone();
        }
        let kind = *dice.weighted(&SHARES);
        let channel = world.channels.iter().position(|channel| ChannelKind::from(channel.kind) == kind).unwrap_or(0);
        let attests = kind.attests_phone();
        let created_at = Time(Time::from(world.now).0 - dice.between(3_600, DAYS * 86_400 * 4) * 1_000_000);
        people.push(Person {
            id: dice.id(created_at),
            named: kind != ChannelKind::Webchat || dice.chance(60),
            phoned: attests || dice.chance(30),
            name,
            phone: number,
            language,
            channel,
            created_at,
            notice_at: None,
        });
    }
    world.people = people;
}

/// Writes them.
pub(super) async fn write(world: &mut World<'_>, told: Part<'_>) -> Result<()> {
    let company_id = world.scope.id();
    let mut contacts = Vec::with_capacity(world.people.len());
    let mut addresses = Vec::with_capacity(world.people.len() * 2);
    let mut phones = HashSet::new();
    for person in &world.people {
        let channel = &world.channels[person.channel];
        let kind = ChannelKind::from(channel.kind);
        contacts.push(contact::Model {
            id: person.id,
            company_id,
            name: person.named.then(|| person.name.clone()),
            phone: person.phoned.then(|| person.phone.clone()),
            language: Some(person.language.code().to_owned()),
            notice_at: person.notice_at,
            created_at: person.created_at,
        });
        let mut address = |kind: String, value: String, trusted: bool| {
            addresses.push(contact_address::Model {
                id: world.dice.id(person.created_at),
                company_id,
                contact_id: person.id,
                kind,
                value,
                trusted,
                source: channel.provider.clone(),
                created_at: person.created_at,
            });
        };
        address(format!("{}:{}", channel.provider, channel.id), person.id.simple().to_string(), true);
        if kind.attests_phone() && phones.insert((person.channel, person.phone.clone())) {
            address(format!("phone:{}", channel.id), person.phone.clone(), true);
        }
    }
    world.write::<contact::Entity>(contacts, Some(told.between(0, 60))).await?;
    world.write::<contact_address::Entity>(addresses, Some(told.between(60, 100))).await
}
