//! What a messaging channel can carry (R43, R67, R112).

use serde::{Deserialize, Serialize};

/// The platform a conversation runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// WhatsApp, whichever provider connects it
    Whatsapp,
    /// Telegram bot
    Telegram,
    /// Instagram direct messages
    Instagram,
    /// Facebook Messenger
    Facebook,
    /// E-mail
    Email,
    /// The widget on the company's site
    Webchat,
}

impl ChannelKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Whatsapp, Self::Telegram, Self::Instagram, Self::Facebook, Self::Email, Self::Webchat];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Telegram => "telegram",
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
            Self::Email => "email",
            Self::Webchat => "webchat",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The most characters (Unicode scalar values) one reply may have (R67).
    #[must_use]
    pub const fn max_chars(self) -> usize {
        match self {
            Self::Instagram => 800,
            Self::Whatsapp | Self::Telegram => 3800,
            Self::Email => 7000,
            Self::Facebook | Self::Webchat => 1950,
        }
    }

    /// The length a reply is planned for: 12 % under the limit (R67 asks for 10–15 %).
    #[must_use]
    pub const fn planned_chars(self) -> usize {
        self.max_chars() * 88 / 100
    }

    /// Whether the channel itself attests the customer's phone, so that "my current number" has a meaning (R112).
    #[must_use]
    pub const fn attests_phone(self) -> bool {
        matches!(self, Self::Whatsapp)
    }
}
