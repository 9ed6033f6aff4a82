//! A case for every root field, a file an area.

mod accounts;
mod catalogue;
mod house;
mod reads;
mod talks;

use crate::gql_support::Ids;
use serde_json::Value;

/// What a stranger gets.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Stranger {
    /// `UNAUTHENTICATED`.
    Denied,
    /// An answer: the field is for everybody.
    Served,
}

/// What an agent, who only talks to customers, gets for the company's own things.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Agent {
    /// It is theirs to do.
    May,
    /// `FORBIDDEN`.
    MayNot,
    /// It is theirs to do, and takes a running worker: `gql_work` does it.
    ElseWhere,
}

pub(super) struct Case {
    pub(super) field: &'static str,
    pub(super) document: &'static str,
    /// The first are the caller's ids, the second those of the tenant that is asked about.
    pub(super) variables: fn(&Ids, &Ids) -> Value,
    pub(super) stranger: Stranger,
    pub(super) agent: Agent,
    /// Whether the variables name things: then another tenant's are not found.
    pub(super) named: bool,
}

/// All of them.
pub(super) fn cases() -> impl Iterator<Item = &'static Case> {
    [reads::CASES, house::CASES, accounts::CASES, catalogue::CASES, talks::CASES].into_iter().flatten()
}

const fn case(
    field: &'static str,
    document: &'static str,
    variables: fn(&Ids, &Ids) -> Value,
    stranger: Stranger,
    agent: Agent,
    named: bool,
) -> Case {
    Case { field, document, variables, stranger, agent, named }
}
