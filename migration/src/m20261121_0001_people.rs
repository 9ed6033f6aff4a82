//! People: organization, user_account, session, one_time_code, membership, company, branch, channel, contact, contact_address, conversation, message, turn.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, json_binary, text, text_null, uuid, uuid_null,
};

use crate::indexes::{index, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("organization")
                    .col(uuid("id").primary_key())
                    .col(text("name"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("user_account")
                    .col(uuid("id").primary_key())
                    .col(text_null("email"))
                    .col(text_null("name"))
                    .col(text_null("password_hash"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(uuid("id").primary_key())
                    .col(uuid("user_id"))
                    .col(text("token_hash"))
                    .col(big_integer("created_at"))
                    .col(big_integer("expires_at"))
                    .col(big_integer("last_seen_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("one_time_code")
                    .col(uuid("id").primary_key())
                    .col(text("purpose"))
                    .col(uuid_null("user_id"))
                    .col(text("code_hash"))
                    .col(integer("attempts"))
                    .col(big_integer_null("expires_at"))
                    .col(big_integer_null("used_at"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("membership")
                    .col(uuid("id").primary_key())
                    .col(uuid("user_id"))
                    .col(uuid("organization_id"))
                    .col(text("role"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("company")
                    .col(uuid("id").primary_key())
                    .col(uuid("organization_id"))
                    .col(integer("number"))
                    .col(text("name"))
                    .col(text("company_type"))
                    .col(text("status"))
                    .col(text("shop_type"))
                    .col(text_null("city"))
                    .col(text("currency"))
                    .col(text("language"))
                    .col(json_binary("settings"))
                    .col(integer("next_order_number"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("branch")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(text("name"))
                    .col(text_null("city"))
                    .col(text_null("address"))
                    .col(text("timezone"))
                    .col(json_binary("hours"))
                    .col(boolean("is_default"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("channel")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("branch_id"))
                    .col(text("kind"))
                    .col(text("provider"))
                    .col(text("name"))
                    .col(text("status"))
                    .col(text("public_key"))
                    .col(integer("quiet_period_ms"))
                    .col(json_binary("settings"))
                    .col(text_null("last_error"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("contact")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(text_null("name"))
                    .col(text_null("phone"))
                    .col(text_null("language"))
                    .col(big_integer_null("notice_at"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("contact_address")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("contact_id"))
                    .col(text("kind"))
                    .col(text("value"))
                    .col(boolean("trusted"))
                    .col(text("source"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("conversation")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("channel_id"))
                    .col(uuid("contact_id"))
                    .col(text("status"))
                    .col(text("owner"))
                    .col(uuid_null("owner_user_id"))
                    .col(boolean("needs_attention"))
                    .col(text_null("attention_reason"))
                    .col(text_null("language"))
                    .col(json_binary("dialogue"))
                    .col(big_integer("revision"))
                    .col(integer("unread_count"))
                    .col(text("preview"))
                    .col(uuid_null("current_order_id"))
                    .col(big_integer("last_message_at"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("message")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("channel_id"))
                    .col(uuid("conversation_id"))
                    .col(text("direction"))
                    .col(text("author"))
                    .col(uuid_null("author_user_id"))
                    .col(text("text"))
                    .col(text_null("language"))
                    .col(json_binary("attachments"))
                    .col(text("status"))
                    .col(text_null("error"))
                    .col(text_null("external_id"))
                    .col(uuid_null("turn_id"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("sent_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("turn")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("conversation_id"))
                    .col(text("status"))
                    .col(text_null("intent"))
                    .col(text_null("language"))
                    .col(json_binary("asks"))
                    .col(json_binary("items_offered"))
                    .col(json_binary("reasons"))
                    .col(big_integer("work_us"))
                    .col(text_null("error"))
                    .col(big_integer("started_at"))
                    .col(big_integer_null("finished_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "user_account", &["email"]).await?;
        index(manager, "session", &["user_id"]).await?;
        unique(manager, "session", &["token_hash"]).await?;
        index(manager, "one_time_code", &["user_id"]).await?;
        unique(manager, "one_time_code", &["code_hash"]).await?;
        index(manager, "membership", &["user_id"]).await?;
        index(manager, "membership", &["organization_id"]).await?;
        index(manager, "company", &["organization_id"]).await?;
        unique(manager, "company", &["number"]).await?;
        index(manager, "branch", &["company_id"]).await?;
        index(manager, "channel", &["company_id"]).await?;
        index(manager, "channel", &["branch_id"]).await?;
        unique(manager, "channel", &["public_key"]).await?;
        index(manager, "contact", &["company_id"]).await?;
        unique(manager, "contact_address", &["company_id", "kind", "value"]).await?;
        index(manager, "contact_address", &["contact_id"]).await?;
        unique(manager, "conversation", &["channel_id", "contact_id"]).await?;
        index(manager, "conversation", &["company_id", "last_message_at", "id"]).await?;
        index(manager, "conversation", &["contact_id"]).await?;
        unique(manager, "message", &["channel_id", "external_id"]).await?;
        index(manager, "message", &["conversation_id", "created_at", "id"]).await?;
        index(manager, "message", &["turn_id"]).await?;
        index(manager, "turn", &["conversation_id", "started_at"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "turn",
            "message",
            "conversation",
            "contact_address",
            "contact",
            "channel",
            "branch",
            "company",
            "membership",
            "one_time_code",
            "session",
            "user_account",
            "organization",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
