//! Ids of the API: `kind:uuid`. A wrong kind or a broken id is refused by the name of its field.

use async_graphql::ID;
use service::{Error, Result};
use uuid::Uuid;

/// What an id can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Company,
    Branch,
    Channel,
    Conversation,
    Message,
    Turn,
    Contact,
    Order,
    Payment,
    Booking,
    Reminder,
    Catalogue,
    Version,
    Row,
    Import,
    File,
    Job,
    Integration,
    Media,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Company => "company",
            Self::Branch => "branch",
            Self::Channel => "channel",
            Self::Conversation => "conversation",
            Self::Message => "message",
            Self::Turn => "turn",
            Self::Contact => "contact",
            Self::Order => "order",
            Self::Payment => "payment",
            Self::Booking => "booking",
            Self::Reminder => "reminder",
            Self::Catalogue => "catalogue",
            Self::Version => "version",
            Self::Row => "row",
            Self::Import => "import",
            Self::File => "file",
            Self::Job => "job",
            Self::Integration => "integration",
            Self::Media => "media",
        }
    }

    /// The id of a thing of this kind.
    pub(crate) fn id(self, id: Uuid) -> ID {
        ID(format!("{}:{id}", self.word()))
    }

    /// Reads an id of this kind; `field` names it in the refusal.
    pub(crate) fn read(self, field: &str, id: &ID) -> Result<Uuid> {
        id.split_once(':')
            .filter(|(word, _)| *word == self.word())
            .and_then(|(_, id)| Uuid::try_parse(id).ok())
            // One spelling only: the same thing has one id in every cache.
            .filter(|uuid| self.id(*uuid) == *id)
            .ok_or_else(|| Error::invalid(field, "NOT_FOUND", format!("{field} is not the id of a {}.", self.word())))
    }

    /// Reads an id that may be absent.
    pub(crate) fn read_if(self, field: &str, id: Option<&ID>) -> Result<Option<Uuid>> {
        id.map(|id| self.read(field, id)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use async_graphql::ID;
    use service::Error;
    use uuid::Uuid;

    #[test]
    fn only_the_one_spelling_of_the_right_kind_is_read() {
        let uuid = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_00aa);
        let id = Kind::Order.id(uuid);
        assert_eq!(id.0, "order:01920000-0000-7000-8000-0000000000aa");
        assert_eq!(Kind::Order.read("id", &id).unwrap(), uuid);
        for wrong in [
            "",
            "order",
            "order:",
            "order:1",
            "Order:01920000-0000-7000-8000-0000000000aa",
            "order:01920000-0000-7000-8000-0000000000AA",
            "order:01920000000070008000000000000aa",
            "order:{01920000-0000-7000-8000-0000000000aa}",
            "contact:01920000-0000-7000-8000-0000000000aa",
            "order:01920000-0000-7000-8000-0000000000aa ",
            "01920000-0000-7000-8000-0000000000aa",
        ] {
            match Kind::Order.read("orderId", &ID(wrong.to_owned())) {
                Err(Error::Invalid(errors)) => assert_eq!(errors[0].field, ["orderId"], "{wrong}"),
                other => panic!("{wrong}: {other:?}"),
            }
        }
    }
}
