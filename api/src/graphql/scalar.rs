//! Scalars and enums of the API.

use super::written::{Json, Write, write_member};
use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use jiff::civil;
use service::stored;

/// A moment in UTC as RFC 3339, such as `2026-03-02T09:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DateTime(pub(crate) jiff::Timestamp);

/// A moment in UTC as RFC 3339, such as `2026-03-02T09:00:00Z`.
#[Scalar(name = "DateTime")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() <= 64 => {
                text.parse().map(Self).map_err(|_| InputValueError::custom("not a time such as 2026-03-02T09:00:00Z"))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        // Milliseconds are what a browser's clock has.
        Value::String(self.0.round(jiff::Unit::Millisecond).unwrap_or(self.0).to_string())
    }
}

impl Write for DateTime {
    fn write(&self, json: &mut Json) {
        if let Value::String(text) = self.to_value() {
            text.write(json);
        }
    }
}

impl From<service::row::time::Time> for DateTime {
    fn from(time: service::row::time::Time) -> Self {
        Self(time.timestamp())
    }
}

/// A day of the calendar, such as `2026-03-02`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) civil::Date);

/// A day of the calendar, such as `2026-03-02`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() == 10 => {
                text.parse().map(Self).map_err(|_| InputValueError::custom("not a day such as 2026-03-02"))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A whole number of up to 64 bits, written as a string so that no client rounds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Int64String(pub(crate) i64);

/// A whole number of up to 64 bits, written as a string so that no client rounds it.
#[Scalar(name = "Int64String")]
impl ScalarType for Int64String {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() <= 20 => {
                text.parse().map(Self).map_err(|_| InputValueError::custom("not a whole number"))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A sum of money.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub(crate) struct Money {
    /// Minor units (cents, tiyn); 1250 of EUR is 12.50.
    minor: Int64String,
    /// The same as a decimal number with a point, `12.50`.
    amount: String,
    /// ISO 4217 code, `EUR`.
    currency: String,
}

impl From<domain::money::Money> for Money {
    fn from(money: domain::money::Money) -> Self {
        Self { minor: Int64String(money.minor), amount: money.to_decimal(), currency: money.currency.code().to_owned() }
    }
}

/// So many minor units of a currency that is stored by its code.
pub(crate) fn money(minor: i64, currency: &str) -> Money {
    let currency = domain::money::Currency::parse(currency).unwrap_or(domain::money::Currency::EUR);
    domain::money::Money::new(minor, currency).into()
}

/// A count as the API has it.
pub(crate) fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

macro_rules! mirror {
    ($(#[$about:meta])* $name:ident = $other:path { $($(#[$member_about:meta])* $member:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        pub(crate) enum $name {
            $($(#[$member_about])* $member,)*
        }

        impl Write for $name {
            fn write(&self, json: &mut Json) {
                write_member(*self, json);
            }
        }

        impl From<$other> for $name {
            fn from(value: $other) -> Self {
                match value {
                    $(<$other>::$member => Self::$member,)*
                }
            }
        }

        impl From<$name> for $other {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$member => Self::$member,)*
                }
            }
        }
    };
}

mirror! {
    /// A language that the program speaks.
    Language = domain::language::Language {
        /// English.
        En,
        /// Spanish.
        Es,
        /// Russian.
        Ru,
        /// Kazakh.
        Kk,
    }
}

/// The language of a stored code; none for a code that is not spoken here.
pub(crate) fn language(code: Option<&str>) -> Option<Language> {
    code.and_then(domain::language::Language::from_code).map(Into::into)
}

mirror! {
    /// What a person may do in a company.
    Role = stored::Role {
        /// Everything.
        Owner,
        /// Everything but the ownership.
        Admin,
        /// Talks to customers.
        Agent,
    }
}

mirror! {
    /// What a company sells.
    CompanyType = stored::CompanyType {
        /// Goods that are delivered.
        Product,
        /// Services that are attended.
        Service,
        /// Both.
        Hybrid,
    }
}

mirror! {
    /// Whether a company answers its customers.
    CompanyStatus = stored::CompanyStatus {
        /// It does.
        Active,
        /// It was switched off.
        Inactive,
        /// It was stopped.
        Suspended,
    }
}

mirror! {
    /// The platform of a conversation.
    ChannelKind = domain::channel::ChannelKind {
        /// WhatsApp.
        Whatsapp,
        /// Telegram.
        Telegram,
        /// Instagram direct messages.
        Instagram,
        /// Facebook Messenger.
        Facebook,
        /// E-mail.
        Email,
        /// The widget on the company's own site.
        Webchat,
    }
}

mirror! {
    /// Whether a channel works.
    ChannelStatus = stored::ChannelStatus {
        /// Not connected yet.
        Disconnected,
        /// Being connected.
        Connecting,
        /// Works.
        Connected,
        /// Has failed; the channel says why.
        Error,
    }
}

mirror! {
    /// What an account at a provider is for.
    IntegrationKind = stored::IntegrationKind {
        /// It takes the company's money.
        Payment,
        /// It keeps the company's calendar.
        Calendar,
        /// It keeps the company's pictures and videos.
        Media,
    }
}

mirror! {
    /// Picture or video.
    MediaKind = stored::MediaKind {
        /// JPG, PNG, GIF or WebP.
        Image,
        /// MP4, AVI or MOV.
        Video,
    }
}

mirror! {
    /// How far a picture or a video is.
    MediaState = stored::MediaState {
        /// Its bytes are not all here yet.
        Arriving,
        /// Its bytes are here, and on their way to the provider.
        Uploading,
        /// Everybody can look at it.
        Ready,
        /// Its bytes are here; the provider did not take them. It can be tried again.
        Failed,
        /// It goes as soon as no catalogue in use names it.
        Removing,
    }
}

mirror! {
    /// Whether a matter is settled.
    ConversationStatus = stored::ConversationStatus {
        /// It is not.
        Open,
        /// It is.
        Resolved,
    }
}

mirror! {
    /// Who answers in a conversation.
    ConversationOwner = stored::ConversationOwner {
        /// The assistant.
        Assistant,
        /// A person.
        Operator,
    }
}

mirror! {
    /// Which way a message went.
    MessageDirection = stored::MessageDirection {
        /// From the customer.
        Inbound,
        /// To the customer.
        Outbound,
        /// Between staff; the customer never sees it.
        Note,
    }
}

mirror! {
    /// Who wrote a message.
    MessageAuthor = stored::MessageAuthor {
        /// The customer.
        Customer,
        /// The assistant.
        Assistant,
        /// A person of the company.
        Operator,
        /// The program itself: receipts, reminders.
        System,
    }
}

mirror! {
    /// How far a message is.
    MessageStatus = stored::MessageStatus {
        /// Came in.
        Received,
        /// Waits to be sent.
        Queued,
        /// Is being sent.
        Sending,
        /// The channel took it.
        Sent,
        /// It reached the customer.
        Delivered,
        /// The customer saw it.
        Read,
        /// It was not sent; the message says why.
        Failed,
        /// Nobody knows whether it was sent.
        Unknown,
    }
}

mirror! {
    /// How a turn of the assistant ended.
    TurnStatus = stored::TurnStatus {
        /// With an answer.
        Answered,
        /// With a person being called.
        HandedOver,
        /// Without an answer: a person had the conversation.
        Silent,
        /// With a fault; the customer got an apology.
        Failed,
    }
}

mirror! {
    /// Goods or a service.
    ItemKind = domain::catalog::ItemKind {
        /// Goods: paid, then delivered.
        Product,
        /// A service: paid, then attended.
        Service,
    }
}

mirror! {
    /// State of a version of the catalogue.
    CatalogueVersionStatus = stored::VersionStatus {
        /// Being worked on.
        Draft,
        /// What customers are served.
        Published,
        /// Was published before.
        Superseded,
    }
}

mirror! {
    /// How far an import is.
    ImportStatus = stored::ImportStatus {
        /// Waits for its turn.
        Queued,
        /// The file is being read.
        Reading,
        /// The draft is filled.
        Done,
        /// The file could not be read; the import says why.
        Failed,
        /// A person stopped it.
        Cancelled,
    }
}

mirror! {
    /// Whether an order is alive, or how it ended.
    OrderStatus = stored::OrderStatus {
        /// Waits for its payment.
        Open,
        /// Put aside for another one.
        PutAside,
        /// Its link ran out.
        Expired,
        /// Paid, or free; being booked.
        Confirmed,
        /// Stands in the calendar.
        Booked,
        /// The money went back.
        Refunded,
        /// Called off.
        Cancelled,
    }
}

mirror! {
    /// How far the payment of an order is.
    PaymentStatus = stored::PaymentStatus {
        /// There is no link: the order is free, or not confirmed.
        NoPaymentLink,
        /// The customer has the link.
        PaymentLinkSent,
        /// The money came.
        Paid,
    }
}

mirror! {
    /// What stands in the calendar.
    BookingKind = stored::BookingKind {
        /// Goods are brought.
        Delivery,
        /// The customer comes, or is called upon.
        Appointment,
    }
}

mirror! {
    /// Whether a booking stands.
    BookingStatus = stored::BookingStatus {
        /// Held for an order that is not paid yet.
        Held,
        /// Stands.
        Confirmed,
        /// Called off.
        Cancelled,
    }
}

mirror! {
    /// How far a job is.
    JobStatus = stored::JobStatus {
        /// Waits for its time.
        Waiting,
        /// Runs now.
        Running,
        /// Is done.
        Done,
        /// Has failed for good; it can be run again.
        Dead,
    }
}
