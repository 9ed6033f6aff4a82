//! Words that are stored: enums as text, so that a look into the database is readable.

use sea_orm::entity::prelude::*;

/// Stored words of `Role`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Role {
    /// `owner`
    #[sea_orm(string_value = "owner")]
    Owner,
    /// `admin`
    #[sea_orm(string_value = "admin")]
    Admin,
    /// `agent`
    #[sea_orm(string_value = "agent")]
    Agent,
}

/// Stored words of `CompanyType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum CompanyType {
    /// `product`
    #[sea_orm(string_value = "product")]
    Product,
    /// `service`
    #[sea_orm(string_value = "service")]
    Service,
    /// `hybrid`
    #[sea_orm(string_value = "hybrid")]
    Hybrid,
}

/// Stored words of `CompanyStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum CompanyStatus {
    /// `active`
    #[sea_orm(string_value = "active")]
    Active,
    /// `inactive`
    #[sea_orm(string_value = "inactive")]
    Inactive,
    /// `suspended`
    #[sea_orm(string_value = "suspended")]
    Suspended,
}

/// Stored words of `ChannelKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ChannelKind {
    /// `whatsapp`
    #[sea_orm(string_value = "whatsapp")]
    Whatsapp,
    /// `telegram`
    #[sea_orm(string_value = "telegram")]
    Telegram,
    /// `instagram`
    #[sea_orm(string_value = "instagram")]
    Instagram,
    /// `facebook`
    #[sea_orm(string_value = "facebook")]
    Facebook,
    /// `email`
    #[sea_orm(string_value = "email")]
    Email,
    /// `webchat`
    #[sea_orm(string_value = "webchat")]
    Webchat,
}

/// Stored words of `ChannelStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ChannelStatus {
    /// `disconnected`
    #[sea_orm(string_value = "disconnected")]
    Disconnected,
    /// `connecting`
    #[sea_orm(string_value = "connecting")]
    Connecting,
    /// `connected`
    #[sea_orm(string_value = "connected")]
    Connected,
    /// `error`
    #[sea_orm(string_value = "error")]
    Error,
}

/// Stored words of `MailStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MailStatus {
    /// To be sent.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// Being handed over; found so later, its fate is unknown.
    #[sea_orm(string_value = "sending")]
    Sending,
    /// The server has taken it.
    #[sea_orm(string_value = "sent")]
    Sent,
    /// Kept in the mailbox page: no server is set.
    #[sea_orm(string_value = "kept")]
    Kept,
    /// There is no such address.
    #[sea_orm(string_value = "refused")]
    Refused,
    /// It may have arrived; it is not sent again.
    #[sea_orm(string_value = "unknown")]
    Unknown,
    /// It could not be sent.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// It was no longer true when it was due.
    #[sea_orm(string_value = "dropped")]
    Dropped,
}

/// Stored words of `IntegrationKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum IntegrationKind {
    /// `payment`
    #[sea_orm(string_value = "payment")]
    Payment,
    /// `calendar`
    #[sea_orm(string_value = "calendar")]
    Calendar,
    /// `media`
    #[sea_orm(string_value = "media")]
    Media,
}

/// Stored words of `MediaKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MediaKind {
    /// `image`
    #[sea_orm(string_value = "image")]
    Image,
    /// `video`
    #[sea_orm(string_value = "video")]
    Video,
}

/// Stored words of `MediaState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MediaState {
    /// Its bytes are not all here yet.
    #[sea_orm(string_value = "arriving")]
    Arriving,
    /// Its bytes are here, and on their way to the provider.
    #[sea_orm(string_value = "uploading")]
    Uploading,
    /// Everybody can look at it.
    #[sea_orm(string_value = "ready")]
    Ready,
    /// Its bytes are here; the provider did not take them.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// It goes as soon as no catalogue in use names it.
    #[sea_orm(string_value = "removing")]
    Removing,
}

/// Stored words of `ChannelLogKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ChannelLogKind {
    /// `connecting`
    #[sea_orm(string_value = "connecting")]
    Connecting,
    /// `connected`
    #[sea_orm(string_value = "connected")]
    Connected,
    /// `failed`
    #[sea_orm(string_value = "failed")]
    Failed,
    /// `replaced`
    #[sea_orm(string_value = "replaced")]
    Replaced,
    /// `restarted`
    #[sea_orm(string_value = "restarted")]
    Restarted,
    /// `alarm`
    #[sea_orm(string_value = "alarm")]
    Alarm,
    /// `tested`
    #[sea_orm(string_value = "tested")]
    Tested,
    /// `disconnected`
    #[sea_orm(string_value = "disconnected")]
    Disconnected,
}

/// Stored words of `ConversationStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ConversationStatus {
    /// `open`
    #[sea_orm(string_value = "open")]
    Open,
    /// `resolved`
    #[sea_orm(string_value = "resolved")]
    Resolved,
}

/// Stored words of `ConversationOwner`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ConversationOwner {
    /// `assistant`
    #[sea_orm(string_value = "assistant")]
    Assistant,
    /// `operator`
    #[sea_orm(string_value = "operator")]
    Operator,
}

/// Stored words of `MessageDirection`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MessageDirection {
    /// `inbound`
    #[sea_orm(string_value = "inbound")]
    Inbound,
    /// `outbound`
    #[sea_orm(string_value = "outbound")]
    Outbound,
    /// `note`
    #[sea_orm(string_value = "note")]
    Note,
}

/// Stored words of `MessageAuthor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MessageAuthor {
    /// `customer`
    #[sea_orm(string_value = "customer")]
    Customer,
    /// `assistant`
    #[sea_orm(string_value = "assistant")]
    Assistant,
    /// `operator`
    #[sea_orm(string_value = "operator")]
    Operator,
    /// `system`
    #[sea_orm(string_value = "system")]
    System,
}

/// Stored words of `MessageStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MessageStatus {
    /// `received`
    #[sea_orm(string_value = "received")]
    Received,
    /// `queued`
    #[sea_orm(string_value = "queued")]
    Queued,
    /// `sending`
    #[sea_orm(string_value = "sending")]
    Sending,
    /// `sent`
    #[sea_orm(string_value = "sent")]
    Sent,
    /// `delivered`
    #[sea_orm(string_value = "delivered")]
    Delivered,
    /// `read`
    #[sea_orm(string_value = "read")]
    Read,
    /// `failed`
    #[sea_orm(string_value = "failed")]
    Failed,
    /// `unknown`
    #[sea_orm(string_value = "unknown")]
    Unknown,
}

/// Stored words of `TurnStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum TurnStatus {
    /// `answered`
    #[sea_orm(string_value = "answered")]
    Answered,
    /// `handed_over`
    #[sea_orm(string_value = "handed_over")]
    HandedOver,
    /// `silent`
    #[sea_orm(string_value = "silent")]
    Silent,
    /// `failed`
    #[sea_orm(string_value = "failed")]
    Failed,
}

/// Stored words of `VersionStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum VersionStatus {
    /// `draft`
    #[sea_orm(string_value = "draft")]
    Draft,
    /// `published`
    #[sea_orm(string_value = "published")]
    Published,
    /// `superseded`
    #[sea_orm(string_value = "superseded")]
    Superseded,
}

/// Stored words of `ImportStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ImportStatus {
    /// `queued`
    #[sea_orm(string_value = "queued")]
    Queued,
    /// `reading`
    #[sea_orm(string_value = "reading")]
    Reading,
    /// `done`
    #[sea_orm(string_value = "done")]
    Done,
    /// `failed`
    #[sea_orm(string_value = "failed")]
    Failed,
    /// `cancelled`
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

/// Stored words of `OrderStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum OrderStatus {
    /// `open`
    #[sea_orm(string_value = "open")]
    Open,
    /// `put_aside`
    #[sea_orm(string_value = "put_aside")]
    PutAside,
    /// `expired`
    #[sea_orm(string_value = "expired")]
    Expired,
    /// `confirmed`
    #[sea_orm(string_value = "confirmed")]
    Confirmed,
    /// `booked`
    #[sea_orm(string_value = "booked")]
    Booked,
    /// `refunded`
    #[sea_orm(string_value = "refunded")]
    Refunded,
    /// `cancelled`
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

/// Stored words of `PaymentStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum PaymentStatus {
    /// `no_payment_link`
    #[sea_orm(string_value = "no_payment_link")]
    NoPaymentLink,
    /// `payment_link_sent`
    #[sea_orm(string_value = "payment_link_sent")]
    PaymentLinkSent,
    /// `paid`
    #[sea_orm(string_value = "paid")]
    Paid,
}

/// Stored words of `PaymentState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum PaymentState {
    /// `open`
    #[sea_orm(string_value = "open")]
    Open,
    /// `processing`
    #[sea_orm(string_value = "processing")]
    Processing,
    /// `paid`
    #[sea_orm(string_value = "paid")]
    Paid,
    /// `failed`
    #[sea_orm(string_value = "failed")]
    Failed,
    /// `expired`
    #[sea_orm(string_value = "expired")]
    Expired,
    /// `refunded`
    #[sea_orm(string_value = "refunded")]
    Refunded,
}

/// Stored words of `BookingKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum BookingKind {
    /// `delivery`
    #[sea_orm(string_value = "delivery")]
    Delivery,
    /// `appointment`
    #[sea_orm(string_value = "appointment")]
    Appointment,
}

/// Stored words of `BookingStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum BookingStatus {
    /// `held`
    #[sea_orm(string_value = "held")]
    Held,
    /// `confirmed`
    #[sea_orm(string_value = "confirmed")]
    Confirmed,
    /// `cancelled`
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

/// Stored words of `ReminderKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ReminderKind {
    /// `unpaid_link`
    #[sea_orm(string_value = "unpaid_link")]
    UnpaidLink,
    /// `visit`
    #[sea_orm(string_value = "visit")]
    Visit,
}

/// Stored words of `JobStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum JobStatus {
    /// `waiting`
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// `running`
    #[sea_orm(string_value = "running")]
    Running,
    /// `done`
    #[sea_orm(string_value = "done")]
    Done,
    /// `dead`
    #[sea_orm(string_value = "dead")]
    Dead,
}

/// Stored words of `EventKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum EventKind {
    /// `message`
    #[sea_orm(string_value = "message")]
    Message,
    /// `conversation`
    #[sea_orm(string_value = "conversation")]
    Conversation,
    /// `order`
    #[sea_orm(string_value = "order")]
    Order,
    /// `booking`
    #[sea_orm(string_value = "booking")]
    Booking,
    /// `import`
    #[sea_orm(string_value = "import")]
    Import,
    /// `catalogue`
    #[sea_orm(string_value = "catalogue")]
    Catalogue,
    /// `job`
    #[sea_orm(string_value = "job")]
    Job,
    /// `channel`
    #[sea_orm(string_value = "channel")]
    Channel,
    /// `integration`
    #[sea_orm(string_value = "integration")]
    Integration,
    /// `media`
    #[sea_orm(string_value = "media")]
    Media,
}

impl From<domain::channel::ChannelKind> for ChannelKind {
    fn from(value: domain::channel::ChannelKind) -> Self {
        match value {
            domain::channel::ChannelKind::Whatsapp => Self::Whatsapp,
            domain::channel::ChannelKind::Telegram => Self::Telegram,
            domain::channel::ChannelKind::Instagram => Self::Instagram,
            domain::channel::ChannelKind::Facebook => Self::Facebook,
            domain::channel::ChannelKind::Email => Self::Email,
            domain::channel::ChannelKind::Webchat => Self::Webchat,
        }
    }
}

impl From<ChannelKind> for domain::channel::ChannelKind {
    fn from(value: ChannelKind) -> Self {
        match value {
            ChannelKind::Whatsapp => Self::Whatsapp,
            ChannelKind::Telegram => Self::Telegram,
            ChannelKind::Instagram => Self::Instagram,
            ChannelKind::Facebook => Self::Facebook,
            ChannelKind::Email => Self::Email,
            ChannelKind::Webchat => Self::Webchat,
        }
    }
}

impl From<domain::order::PaymentStatus> for PaymentStatus {
    fn from(value: domain::order::PaymentStatus) -> Self {
        match value {
            domain::order::PaymentStatus::NoPaymentLink => Self::NoPaymentLink,
            domain::order::PaymentStatus::PaymentLinkSent => Self::PaymentLinkSent,
            domain::order::PaymentStatus::Paid => Self::Paid,
        }
    }
}

impl From<PaymentStatus> for domain::order::PaymentStatus {
    fn from(value: PaymentStatus) -> Self {
        match value {
            PaymentStatus::NoPaymentLink => Self::NoPaymentLink,
            PaymentStatus::PaymentLinkSent => Self::PaymentLinkSent,
            PaymentStatus::Paid => Self::Paid,
        }
    }
}

impl From<domain::order::OrderStatus> for OrderStatus {
    fn from(value: domain::order::OrderStatus) -> Self {
        match value {
            domain::order::OrderStatus::Open => Self::Open,
            domain::order::OrderStatus::PutAside => Self::PutAside,
            domain::order::OrderStatus::Expired => Self::Expired,
            domain::order::OrderStatus::Confirmed => Self::Confirmed,
            domain::order::OrderStatus::Booked => Self::Booked,
            domain::order::OrderStatus::Refunded => Self::Refunded,
            domain::order::OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<OrderStatus> for domain::order::OrderStatus {
    fn from(value: OrderStatus) -> Self {
        match value {
            OrderStatus::Open => Self::Open,
            OrderStatus::PutAside => Self::PutAside,
            OrderStatus::Expired => Self::Expired,
            OrderStatus::Confirmed => Self::Confirmed,
            OrderStatus::Booked => Self::Booked,
            OrderStatus::Refunded => Self::Refunded,
            OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}
