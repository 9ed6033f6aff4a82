//! What can be changed. A resolver decodes ids, calls one use case, and maps; expected refusals are `userErrors`.

mod catalogue;
mod channel;
mod company;
mod conversation;
mod demo;
mod integration;
mod media;
mod model;
mod order;
mod session;

use async_graphql::MergedObject;

/// What can be changed.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(
    session::SessionMutation,
    company::CompanyMutation,
    channel::ChannelMutation,
    integration::IntegrationMutation,
    media::MediaMutation,
    model::ModelMutation,
    catalogue::CatalogueMutation,
    conversation::ConversationMutation,
    order::OrderMutation,
    demo::DemoMutation,
);

/// Payloads: the thing, or why nothing was changed.
macro_rules! payloads {
    ($($(#[$about:meta])* $name:ident { $(#[$field_about:meta])* $field:ident: $type:ty })*) => {$(
        $(#[$about])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $name {
            $(#[$field_about])*
            $field: Option<$type>,
            /// What was refused; empty when the change was made.
            user_errors: Vec<$crate::graphql::error::UserError>,
        }

        impl $crate::graphql::error::Payload for $name {
            type Value = $type;

            fn of(value: Option<$type>, user_errors: Vec<$crate::graphql::error::UserError>) -> Self {
                Self { $field: value, user_errors }
            }
        }
    )*};
}
pub(crate) use payloads;
