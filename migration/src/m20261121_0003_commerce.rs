//! Commerce: sales_order, order_line, payment, payment_event, booking, slot_hold, stock_level, stock_hold, reminder.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, integer_null, json_binary, text, text_null, uuid, uuid_null,
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
                    .table("sales_order")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("branch_id"))
                    .col(integer("number"))
                    .col(uuid("conversation_id"))
                    .col(uuid("contact_id"))
                    .col(text("status"))
                    .col(text("payment_status"))
                    .col(text("currency"))
                    .col(big_integer("products_minor"))
                    .col(big_integer("delivery_minor"))
                    .col(big_integer("travel_minor"))
                    .col(big_integer("total_minor"))
                    .col(boolean("free_delivery"))
                    .col(text_null("city"))
                    .col(text_null("name"))
                    .col(text_null("phone"))
                    .col(text_null("address"))
                    .col(text("language"))
                    .col(json_binary("quote"))
                    .col(big_integer_null("appointment_start"))
                    .col(big_integer_null("appointment_end"))
                    .col(integer_null("delivery_time_hours"))
                    .col(integer_null("payment_reminder_hours"))
                    .col(text_null("link_token"))
                    .col(big_integer_null("link_sent_at"))
                    .col(big_integer_null("link_expires_at"))
                    .col(big_integer_null("paid_at"))
                    .col(big_integer("created_at"))
                    .col(big_integer("updated_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("order_line")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("order_id"))
                    .col(integer("position"))
                    .col(text("key"))
                    .col(text_null("sku"))
                    .col(text("name"))
                    .col(text("kind"))
                    .col(big_integer("quantity"))
                    .col(big_integer("unit_minor"))
                    .col(big_integer("total_minor"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("payment")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("order_id"))
                    .col(text("provider"))
                    .col(text("external_id"))
                    .col(text("status"))
                    .col(big_integer("amount_minor"))
                    .col(text("currency"))
                    .col(text("url"))
                    .col(big_integer("expires_at"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("paid_at"))
                    .col(big_integer_null("refunded_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("payment_event")
                    .col(uuid("id").primary_key())
                    .col(uuid_null("company_id"))
                    .col(text("provider"))
                    .col(text("account"))
                    .col(text("external_id"))
                    .col(text("kind"))
                    .col(json_binary("payload"))
                    .col(text_null("outcome"))
                    .col(big_integer("received_at"))
                    .col(big_integer_null("processed_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("booking")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("branch_id"))
                    .col(uuid("order_id"))
                    .col(text("kind"))
                    .col(text("status"))
                    .col(big_integer("start_at"))
                    .col(big_integer("end_at"))
                    .col(text_null("city"))
                    .col(text("title"))
                    .col(text_null("external_event_id"))
                    .col(big_integer_null("expires_at"))
                    .col(big_integer("created_at"))
                    .col(big_integer("updated_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("slot_hold")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("branch_id"))
                    .col(text("resource"))
                    .col(big_integer("quantum"))
                    .col(integer("seat"))
                    .col(uuid("order_id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("stock_level")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(text("key"))
                    .col(big_integer("limit_units"))
                    .col(big_integer("taken_units"))
                    .check(Expr::col("taken_units").lte(Expr::col("limit_units")))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("stock_hold")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("order_id"))
                    .col(text("key"))
                    .col(big_integer("units"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("reminder")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("conversation_id"))
                    .col(uuid("order_id"))
                    .col(text("kind"))
                    .col(big_integer("due_at"))
                    .col(big_integer_null("sent_at"))
                    .col(big_integer_null("cancelled_at"))
                    .col(text_null("cancel_reason"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "sales_order", &["company_id", "number"]).await?;
        index(manager, "sales_order", &["company_id", "created_at"]).await?;
        index(manager, "sales_order", &["conversation_id"]).await?;
        index(manager, "sales_order", &["contact_id"]).await?;
        unique(manager, "sales_order", &["link_token"]).await?;
        index(manager, "order_line", &["order_id", "position"]).await?;
        unique(manager, "payment", &["provider", "external_id"]).await?;
        index(manager, "payment", &["company_id"]).await?;
        index(manager, "payment", &["order_id"]).await?;
        unique(manager, "payment_event", &["provider", "account", "external_id"]).await?;
        unique(manager, "booking", &["order_id", "kind"]).await?;
        index(manager, "booking", &["company_id", "start_at"]).await?;
        unique(manager, "slot_hold", &["branch_id", "resource", "quantum", "seat"]).await?;
        index(manager, "slot_hold", &["order_id"]).await?;
        unique(manager, "stock_level", &["company_id", "key"]).await?;
        unique(manager, "stock_hold", &["order_id", "key"]).await?;
        index(manager, "reminder", &["order_id"]).await?;
        index(manager, "reminder", &["conversation_id"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "reminder",
            "stock_hold",
            "stock_level",
            "slot_hold",
            "booking",
            "payment_event",
            "payment",
            "order_line",
            "sales_order",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
