//! Connections of a company to platforms.

use super::company::ChannelPayload;
use super::payloads;
use crate::graphql::error::{ApiError, payload, within, within_if};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::types::{Channel, ChannelTestLink};
use async_graphql::{Context, ID, InputObject, Object};
use service::access;
use service::channel as channels;
use service::row::channel;

/// Connections of a company to platforms.
#[derive(Default)]
pub(crate) struct ChannelMutation;

payloads! {
    /// A link by which a bot is tried out, or why there is none.
    ChannelTestPayload {
        /// The link.
        test: ChannelTestLink
    }
}

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

/// A phone to link by the company's own WAHA server.
#[derive(InputObject)]
struct ConnectWahaInput {
    /// Of which company.
    company_id: ID,
    /// Name for staff, 1 to 200 characters.
    name: String,
    /// The server's address, such as `https://waha.example.com`. Private addresses must be allowed by who runs the program.
    url: String,
    /// The server's key. It is stored encrypted and never shown again.
    #[graphql(secret)]
    api_key: String,
    /// Name of the session at the server: letters, digits, `_` and `-`, at most 54. Absent: one of its own. The free edition of
    /// WAHA knows `default` only.
    session: Option<String>,
}

/// A new key for a server, or a server that has moved.
#[derive(InputObject)]
struct ReplaceWahaKeyInput {
    /// Which channel.
    channel_id: ID,
    /// The server's key.
    #[graphql(secret)]
    api_key: String,
    /// Its new address; absent: as before.
    url: Option<String>,
}

/// A connection to try out.
#[derive(InputObject)]
struct TestChannelInput {
    /// Which channel.
    channel_id: ID,
    /// A phone that gets a message, where the platform lets one write first; absent: the provider is only asked.
    to: Option<String>,
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

    /// Links a phone by the company's own WAHA server. The channel comes back as `CONNECTING`; `channelCode` gives the code to
    /// scan. For people who manage the company.
    async fn connect_waha(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The server.")] input: ConnectWahaInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            within("apiKey", &input.api_key, MAX_SECRET)?;
            within("url", &input.url, MAX_SECRET)?;
            within_if("session", input.session.as_ref(), MAX_SECRET)?;
            let server =
                channels::WahaServer { url: &input.url, api_key: &input.api_key, session: input.session.as_deref() };
            Ok(Channel(channels::connect_waha(op, &scope, &input.name, &server).await?))
        };
        payload(change.await)
    }

    /// Puts a new key of a WAHA server in the place of the old one; conversations stay. For people who manage the company.
    async fn replace_waha_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel, and the key.")] input: ReplaceWahaKeyInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Channel.read("channelId", &input.channel_id)?;
            let (scope, _) = access::of::<channel::Entity>(op, id, "channel").await?;
            within("apiKey", &input.api_key, MAX_SECRET)?;
            within_if("url", input.url.as_ref(), MAX_SECRET)?;
            let changed = channels::replace_waha_key(op, &scope, id, input.url.as_deref(), &input.api_key).await?;
            Ok(Channel(changed))
        };
        payload(change.await)
    }

    /// Tries a connection out: the provider is asked, and a message goes to a phone, where one is named. How it went stands in
    /// the channel's log. For people who manage the company.
    async fn test_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel.")] input: TestChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Channel.read("channelId", &input.channel_id)?;
            let (scope, _) = access::of::<channel::Entity>(op, id, "channel").await?;
            within_if("to", input.to.as_ref(), 50)?;
            Ok(Channel(channels::test(op, &scope, id, input.to.as_deref()).await?))
        };
        payload(change.await)
    }

    /// Asks a Telegram bot how it stands and gives a link: whoever opens it and presses Start is answered with a test message, and
    /// becomes no customer by that. How it went stands in the channel's log. For people who manage the company.
    async fn start_channel_test(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel.")] input: ChannelInput,
    ) -> Result<ChannelTestPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Channel.read("id", &input.id)?;
            let (scope, _) = access::of::<channel::Entity>(op, id, "channel").await?;
            Ok(ChannelTestLink::from(channels::start_test(op, &scope, id).await?))
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

    /// Says that the digits of `channelCode` are those that the phone shows: the link is finished. For people who manage the
    /// company.
    async fn confirm_passkey(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which channel.")] input: ChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Channel.read("id", &input.id)?;
            let (scope, _) = access::of::<channel::Entity>(op, id, "channel").await?;
            Ok(Channel(channels::confirm_passkey(op, &scope, id).await?))
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
