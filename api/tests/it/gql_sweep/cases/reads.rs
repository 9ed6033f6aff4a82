//! What is asked and what is listened to.

use super::Agent::{May, MayNot};
use super::Stranger::{Denied, Served};
use super::{Case, case};
use serde_json::json;

pub(super) const CASES: &[Case] = &[
    case("viewer", "{ viewer { id email role companies { id } } }", |_, _| json!({}), Served, May, false),
    case("setup", "{ setup { needsOwner demo version webBuilt } }", |_, _| json!({}), Served, May, false),
    case("demo", "{ demo { paused progress logins { role email password } } }", |_, _| json!({}), Served, May, false),
    case("companies", "{ companies { id name viewerRole } }", |_, _| json!({}), Denied, May, false),
    case(
        "company",
        "query($id: ID!) { company(id: $id) { id name orders { nodes { id } } } }",
        |_, t| json!({ "id": t.company }),
        Denied,
        May,
        true,
    ),
    case(
        "company",
        "query($id: ID!) { company(id: $id) { jobs { nodes { id } } } }",
        |_, t| json!({ "id": t.company }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "company",
        "query($id: ID!) { company(id: $id) { imports { nodes { id } } } }",
        |_, t| json!({ "id": t.company }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "company",
        "query($id: ID!) { company(id: $id) { calendarFeedUrl } }",
        |_, t| json!({ "id": t.company }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "conversation",
        "query($id: ID!) { conversation(id: $id) { id preview cart { total { amount } } } }",
        |_, t| json!({ "id": t.conversation }),
        Denied,
        May,
        true,
    ),
    case(
        "order",
        "query($id: ID!) { order(id: $id) { id number } }",
        |_, t| json!({ "id": t.order }),
        Denied,
        May,
        true,
    ),
    case(
        "contact",
        "query($id: ID!) { contact(id: $id) { id name } }",
        |_, t| json!({ "id": t.contact }),
        Denied,
        May,
        true,
    ),
    case(
        "company",
        "query($id: ID!) { company(id: $id) { media { nodes { id } } } }",
        |_, t| json!({ "id": t.company }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "media",
        "query($id: ID!) { media(id: $id) { id url usedInRows } }",
        |_, t| json!({ "id": t.media }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "eventsSince",
        "query($id: ID!) { eventsSince(companyId: $id, cursor: \"019ca000-0000-7000-8000-000000000000\") { resync } }",
        |_, t| json!({ "id": t.company }),
        Denied,
        May,
        true,
    ),
    case(
        "companyEvents",
        "subscription($id: ID!) { companyEvents(companyId: $id) { cursor kind } }",
        |_, t| json!({ "id": t.company }),
        Denied,
        May,
        true,
    ),
    case(
        "channelCode",
        "subscription($id: ID!) { channelCode(channelId: $id) { session value errorCode } }",
        |_, t| json!({ "id": t.channel }),
        Denied,
        MayNot,
        true,
    ),
];
