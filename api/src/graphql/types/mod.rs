//! The types of the API: each holds the row it shows and the proof that the caller may see it.

mod catalogue;
mod channel;
mod company;
mod conversation;
mod demo;
mod event;
mod import;
mod integration;
mod media;
mod model;
mod order;
mod slot;
mod viewer;

pub(crate) use catalogue::{Catalogue, CatalogueRow, CatalogueVersion, RowProblem};
pub(crate) use channel::{Channel, ChannelCode, ChannelTestLink};
pub(crate) use company::{Branch, Company, Job};
pub(crate) use conversation::{Contact, Conversation, Message, Turn};
pub(crate) use demo::Demo;
pub(crate) use event::{CompanyEvent, EventConnection};
pub(crate) use import::Import;
pub(crate) use integration::Integration;
pub(crate) use media::Media;
pub(crate) use model::{ModelMode, ModelSettings, ModelTest, ModelUse, micros};
pub(crate) use order::{Booking, Order, Payment};
pub(crate) use viewer::{Setup, Viewer};
