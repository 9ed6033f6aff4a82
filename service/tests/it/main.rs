//! The use cases on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "all of it is test code; the lint knows only functions marked as tests")]

mod calendar_google;
mod calendar_token;
mod catalog_broken;
mod catalog_edit;
mod catalog_files;
mod catalog_import;
mod catalog_publish;
mod catalog_support;
mod channel_buttons;
mod channel_media;
mod channel_telegram;
mod channel_waha;
mod channel_waha_later;
mod cluster;
mod commerce_death;
mod commerce_move;
mod commerce_pay;
mod commerce_support;
mod commerce_talk;
mod credential;
mod db_death;
mod db_limits;
mod db_schema;
mod db_tx;
mod db_wall;
mod demo;
mod job_claim;
mod job_enqueue;
mod job_settle;
mod jobs;
mod mail;
mod media;
mod media_cloudinary;
mod media_support;
mod model_rehearsals;
mod model_settings;
mod model_turn;
mod payment_late;
mod payment_orders;
mod payment_stripe;
mod payment_suite;
mod payment_support;
mod provider_circuit;
mod storage;
