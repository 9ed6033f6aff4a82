//! Connections of a company to platforms.

use super::company::ChannelPayload;
use crate::graphql::error::{ApiError, payload, within};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::types::Channel;
use async_graphql::{Context, ID, InputObject, Object};
use service::access;
use service::channel as channels;
use service::row::channel;

/// Connections of a company to platforms.
#[derive(Default)]
pub(crate) struct ChannelMutation;

/// A Telegram bot to connect.
#[derive(InputObject)]
struct ConnectTelegramInput {
    /// Of which company.
    company_id: ID,
    /// Name for staff, 1 to 200 characters.
    name: String,
    /// The token that BotFather gave. It is stored encrypted and never shown again.
    #[graphql(secret)]
    bot_token: String,
}

/// A new token for a bot that is connected.
#[derive(InputObject)]
struct ReplaceTelegramTokenInput {
    /// Which channel.
    channel_id: ID,
    /// The token that BotFather gave for the same bot.
    #[graphql(secret)]
    bot_token: String,
}

/// Which channel.
#[derive(InputObject)]
struct ChannelInput {
    /// Which.
    id: ID,
}

/// The longest secret that is looked at.
const MAX_SECRET: usize = 500;

/// Connections of a company to platforms.
#[Object]
impl ChannelMutation {
    /// Connects a Telegram bot. The channel comes back as `CONNECTING`; how it goes on is told by events. For people who
    /// manage the company.
    async fn connect_telegram(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The bot.")] input: ConnectTelegramInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            within("botToken", &input.bot_token, MAX_SECRET)?;
            Ok(Channel(channels::connect_telegram(op, &scope, &input.name, &input.bot_token).await?))
        };
        payload(change.await)
    }

    /// Puts a new token in the place of the old one; conversations stay. For people who manage the company.
    async fn replace_telegram_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel, and the token.")] input: ReplaceTelegramTokenInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Channel.read("channelId", &input.channel_id)?;
            let (scope, _) = access::of::<channel::Entity>(op, id, "channel").await?;
            within("botToken", &input.bot_token, MAX_SECRET)?;
            Ok(Channel(channels::replace_telegram_token(op, &scope, id, &input.bot_token).await?))
        };
        payload(change.await)
    }

    /// Tries to connect a channel once more. For people who manage the company.
    async fn reconnect_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel.")] input: ChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Channel.read("id", &input.id)?;
            let (scope, _) = access::of::<channel::Entity>(op, id, "channel").await?;
            Ok(Channel(channels::reconnect(op, &scope, id).await?))
        };
        payload(change.await)
    }

    /// Ends a connection: nothing comes in or goes out by it any more, its secrets are removed, its conversations stay. For
    /// people who manage the company.
    async fn disconnect_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel.")] input: ChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Channel.read("id", &input.id)?;
            let (scope, _) = access::of::<channel::Entity>(op, id, "channel").await?;
            Ok(Channel(channels::disconnect(op, &scope, id).await?))
        };
        payload(change.await)
    }
}
