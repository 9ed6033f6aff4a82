//! The outside world, a folder a capability: the trait or wire form in `mod.rs`, each provider or format a file.
//!
//! - [`calendar`] what else a company does, and what was booked: the built-in calendar and Google's.
//! - [`channel`] platforms on which customers write.
//! - [`language_model`] models that chat and call tools, and speech to text: any server with OpenAI's interface.
//! - [`mail`] letters to the people who work with the program, by SMTP.
//! - [`media`] pictures and videos that customers see: served by this program, or by Cloudinary.
//! - [`payment`] taking money: the sandbox bank and Stripe behind one trait.
//! - [`signal`] how several processes of one installation ring and tell one another.
//! - [`storage`] where files lie: a folder, or a bucket with S3's interface.
//! - [`table_file`] catalogue files: CSV, XLSX, ODS and XLS, read in a child process with limits; CSV and XLSX written.

pub mod breaker;
pub mod calendar;
pub mod channel;
pub mod error;
pub mod language_model;
pub mod mail;
pub mod media;
mod outside;
pub mod payment;
pub mod signal;
pub mod storage;
pub mod table_file;

pub use outside::{GoogleClient, MODEL_TIME, Outside};
