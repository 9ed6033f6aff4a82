//! One simulated customer: says what is wanted, then answers what was asked, as a person would.

use super::super::companies::Place;
use super::super::dice::Dice;
use super::super::words::{self, Words, filled};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::inbox::{self, Address, Incoming, Receipt};
use assistant::turn::{DialogueState, Field, Pending};
use domain::catalog::{Area, Item};
use domain::channel::ChannelKind;
use domain::checkout::ONLINE;
use domain::language::Language;
use entity::stored::{ChannelStatus, ConversationOwner, PaymentStatus, TurnStatus};
use entity::{channel, contact, contact_address, conversation, message, turn};
use gateway::payment::EventKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The most a customer writes before giving up.
const MOST_MESSAGES: usize = 9;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(40);
/// Seconds to read an answer and to write.
const READING: (i64, i64) = (3, 9);

/// Who writes, and what for.
struct Customer<'a> {
    ctx: &'a Ctx,
    scope: &'a CompanyScope,
    dice: &'a Dice,
    words: &'static Words,
    language: Language,
    channel: channel::Model,
    address: Address,
    name: String,
    phone: String,
    item: Arc<Item>,
    city: String,
    /// Where the assistant's times are said.
    zone: jiff::tz::TimeZone,
    /// Only asks.
    curious: bool,
    /// Pays in the end.
    pays: bool,
    wanted: bool,
}

/// Somebody comes, talks, and mostly pays.
pub(super) async fn visit(ctx: &Ctx, scope: &CompanyScope, place: &'static Place, dice: &Dice) -> Result<()> {
    let Some(mut customer) = Customer::new(ctx, scope, place, dice).await? else { return Ok(()) };
    let mut text = Some(customer.opening());
    let mut last = text.clone();
    for _ in 0..MOST_MESSAGES {
        let Some(said) = text.take() else { return Ok(()) };
        let receipt = customer.write(said).await?;
        let Some(turn) = customer.answer(&receipt).await? else { return Ok(()) };
        let conversation = inbox::conversation(ctx, scope, receipt.conversation_id).await?;
        if turn.status != TurnStatus::Answered || conversation.owner == ConversationOwner::Operator {
            return Ok(());
        }
        customer.read().await;
        if let Some(order_id) = conversation.current_order_id {
            customer.settle(order_id).await?;
            if dice.chance(60) {
                customer.read().await;
                customer.write(dice.say(customer.words.thanks).to_owned()).await?;
            }
            return Ok(());
        }
        let next = customer.next(&turn, &conversation)?;
        // Nobody says the same three times: asked for it again, a person asks for a person.
        text = match next {
            Some(next) if last.as_ref() == Some(&next) => Some(dice.say(customer.words.person).to_owned()),
            other => other,
        };
        last.clone_from(&text);
    }
    Ok(())
}

impl<'a> Customer<'a> {
    async fn new(ctx: &'a Ctx, scope: &'a CompanyScope, place: &'static Place, dice: &'a Dice) -> Result<Option<Self>> {
        let channels: Vec<channel::Model> = crate::channel::list(ctx, scope)
            .await?
            .into_iter()
            .filter(|channel| channel.status == ChannelStatus::Connected && channel.provider != crate::channel::TRIAL)
            .collect();
        let Some((_, catalogue)) = crate::catalog::published(ctx, scope).await? else { return Ok(None) };
        if channels.is_empty() || catalogue.items().is_empty() {
            return Ok(None);
        }
        let channel = dice.of(&channels).clone();
        let language = *dice.weighted(place.languages);
        let words = words::of(language);
        let item = Arc::clone(dice.of(catalogue.items()));
        let city = match &item.area {
            Area::Cities(cities) => dice.of(cities).clone(),
            Area::Online => ONLINE.to_owned(),
            Area::Everywhere => place.city.to_owned(),
        };
        let (start, digits) = words.phone;
        let number: String = (0..digits).map(|_| char::from(b'0' + dice.below(10) as u8)).collect();
        let mut customer = Self {
            ctx,
            scope,
            dice,
            words,
            language,
            address: Address {
                kind: format!("{}:{}", channel.provider, channel.id),
                value: ctx.new_id().simple().to_string(),
                trusted: true,
            },
            channel,
            name: format!("{} {}", dice.say(words.first_names), dice.say(words.last_names)),
            phone: format!("{start}{number}"),
            item,
            city,
            zone: crate::company::zone(&crate::company::default_branch(ctx, scope).await?),
            curious: dice.chance(25),
            pays: dice.chance(75),
            wanted: false,
        };
        if dice.chance(35) {
            customer.come_again().await?;
        }
        Ok(Some(customer))
    }

    /// One of those who wrote before writes again, on the channel of that time.
    async fn come_again(&mut self) -> Result<()> {
        let known = conversation::Entity::find()
            .filter(conversation::Column::CompanyId.eq(self.scope.id()))
            .filter(conversation::Column::ChannelId.eq(self.channel.id))
            .filter(conversation::Column::Owner.eq(ConversationOwner::Assistant))
            .filter(conversation::Column::CurrentOrderId.is_null())
            .filter(conversation::Column::NeedsAttention.eq(false))
            .order_by_desc(conversation::Column::LastMessageAt)
            .offset(self.dice.below(200) as u64)
            .limit(1)
            .one(&self.ctx.db().read(self.scope))
            .await?;
        let Some(known) = known else { return Ok(()) };
        let addresses = inbox::contact_addresses(self.ctx, self.scope, known.contact_id).await?;
        let mine = format!("{}:{}", self.channel.provider, self.channel.id);
        let Some(address) = addresses.into_iter().find(|address: &contact_address::Model| address.kind == mine) else {
            return Ok(());
        };
        let contact: contact::Model = inbox::contact(self.ctx, self.scope, known.contact_id).await?;
        if let Some(language) = contact.language.as_deref().and_then(Language::from_code) {
            self.language = language;
            self.words = words::of(language);
        }
        if let Some(name) = contact.name {
            self.name = name;
        }
        self.address.value = address.value;
        Ok(())
    }

    fn opening(&mut self) -> String {
        if self.curious || self.dice.chance(45) {
            return filled(self.dice.say(self.words.price), &[("{item}", &self.item.name)]);
        }
        self.want()
    }

    fn want(&mut self) -> String {
        self.wanted = true;
        filled(self.dice.say(self.words.want), &[("{item}", &self.item.name), ("{n}", "1")])
    }

    /// What a person says to what was asked; none when there is nothing more to say.
    fn next(&mut self, turn: &turn::Model, conversation: &conversation::Model) -> Result<Option<String>> {
        let state: DialogueState = serde_json::from_value(conversation.dialogue.clone())?;
        let asks: Vec<Field> = serde_json::from_value(turn.asks.clone()).unwrap_or_default();
        if self.curious && !self.wanted {
            self.curious = false;
            let sayings = [self.words.discount, self.words.later, self.words.thanks, self.words.person];
            let said = sayings.get(self.dice.below(sayings.len())).map(|texts| self.dice.say(texts).to_owned());
            // Some ask one thing more, the others were only curious.
            return Ok(if self.dice.chance(50) { Some(self.want()) } else { said });
        }
        if !self.wanted {
            return Ok(Some(self.want()));
        }
        if let Some(pending) = &state.pending {
            match pending {
                Pending::Confirm | Pending::ConfirmPrice => {
                    return Ok(Some(self.dice.say(self.words.confirm).to_owned()));
                }
                Pending::ChooseItem { candidates, .. } if candidates.contains(&self.item.key) => {
                    return Ok(Some(self.item.name.clone()));
                }
                Pending::ChooseItem { .. } => return Ok(Some(self.words.first_one.to_owned())),
                Pending::ChooseQuantity { .. } => return Ok(Some(self.words.how_many.to_owned())),
                Pending::ChooseCity { cities } => {
                    return Ok(Some(cities.first().cloned().unwrap_or_else(|| self.city.clone())));
                }
                Pending::ChooseSlot { starts } if !starts.is_empty() && !asks.contains(&Field::Name) => {
                    let start = *self.dice.of(&starts[..starts.len().min(6)]);
                    return Ok(Some(self.when(start)));
                }
                Pending::ChooseSlot { starts } if !starts.is_empty() => {
                    let start = *self.dice.of(&starts[..starts.len().min(6)]);
                    return Ok(Some(format!("{}. {}", self.details(), self.when(start))));
                }
                Pending::ChooseSlot { .. } | Pending::Fields | Pending::More => {}
            }
        }
        if asks.iter().any(|field| matches!(field, Field::Name | Field::Phone | Field::City)) {
            return Ok(Some(self.details()));
        }
        if asks.contains(&Field::Quantity) {
            return Ok(Some(self.words.how_many.to_owned()));
        }
        if asks.contains(&Field::Item) {
            return Ok(Some(self.item.name.clone()));
        }
        Ok((!state.cart.is_empty()).then(|| self.dice.say(self.words.confirm).to_owned()))
    }

    fn details(&self) -> String {
        let values = [("{name}", self.name.as_str()), ("{phone}", self.phone.as_str()), ("{city}", self.city.as_str())];
        filled(self.dice.say(if self.city == ONLINE { self.words.details_online } else { self.words.details }), &values)
    }

    fn when(&self, start: jiff::Timestamp) -> String {
        let start = self.zone.to_datetime(start);
        let day = assistant::compose::day(start.date(), self.language);
        let time = assistant::compose::time_of_day(start.time());
        filled(self.dice.say(self.words.when), &[("{day}", &day), ("{time}", &time)])
    }

    async fn write(&self, text: String) -> Result<Receipt> {
        self.ctx.engine().demo.moving().await;
        let attests = ChannelKind::from(self.channel.kind).attests_phone();
        let incoming = Incoming {
            external_id: self.ctx.new_id().to_string(),
            from: self.address.clone(),
            attested_phone: attests.then(|| self.phone.clone()),
            profile_name: (ChannelKind::from(self.channel.kind) != ChannelKind::Webchat).then(|| self.name.clone()),
            text,
            attachments: Vec::new(),
            id: None,
        };
        inbox::receive(self.ctx, self.scope, &self.channel, incoming).await
    }

    async fn read(&self) {
        let seconds = self.dice.between(READING.0, READING.1);
        tokio::time::sleep(Duration::from_secs(u64::try_from(seconds).unwrap_or(5))).await;
        self.ctx.engine().demo.moving().await;
    }

    /// The turn that answered; none when a person has the conversation or nobody answers.
    async fn answer(&self, receipt: &Receipt) -> Result<Option<turn::Model>> {
        let answered = async {
            loop {
                let row = message::Entity::find_by_id(receipt.message_id)
                    .filter(message::Column::CompanyId.eq(self.scope.id()))
                    .one(&self.ctx.db().read(self.scope))
                    .await?
                    .ok_or(Error::NotFound("message"))?;
                if let Some(turn_id) = row.turn_id {
                    let turn = turn::Entity::find_by_id(turn_id)
                        .filter(turn::Column::CompanyId.eq(self.scope.id()))
                        .one(&self.ctx.db().read(self.scope))
                        .await?;
                    return turn.ok_or(Error::NotFound("turn"));
                }
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
        };
        tokio::time::timeout(PATIENCE, answered).await.ok().transpose()
    }

    /// Opens the link and pays, or leaves it open.
    async fn settle(&self, order_id: Uuid) -> Result<()> {
        let order = crate::order::get(self.ctx, self.scope, order_id).await?;
        if order.payment_status != PaymentStatus::PaymentLinkSent {
            return Ok(());
        }
        let Some(token) = &order.link_token else { return Ok(()) };
        if !matches!(crate::payment::open_link(self.ctx, token).await?, crate::payment::Link::Page { .. }) || !self.pays
        {
            return Ok(());
        }
        self.read().await;
        if let Some(page) = crate::order::order_payments(self.ctx, self.scope, &[order_id]).await?.last() {
            crate::payment::report(self.ctx, &page.external_id, EventKind::Paid).await?;
        }
        Ok(())
    }
}
