//! The talk: understand what was said, run the tools, word the reply.
//!
//! The model (or the offline rules) proposes, the engine disposes: [`understand`] only says what the customer meant
//! ([`understand::Act`]s), [`desk`] holds the cart and applies the rules of `domain` to it, [`compose`] words the
//! outcome from Fluent texts. With a language model ([`model`]) the acts are what it says by its tools, and it words the outcome;
//! the rules in between are the same.
//!
//! Nothing here touches a database: [`turn::Shop`] gives the facts, [`turn::TurnOutput`] says what is to be stored.

pub mod buttons;
pub mod compose;
pub mod desk;
mod guard;
pub mod letter;
pub mod lexicon;
pub mod model;
pub mod notice;
pub mod offline;
pub mod rehearsal;
pub mod retrieve;
pub mod stem;
mod texts;
pub mod turn;
pub mod understand;
