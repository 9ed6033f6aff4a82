//! Changes of accounts at providers, of the library and of the model.

use super::Agent::MayNot;
use super::Stranger::Denied;
use super::{Case, case};
use serde_json::json;

pub(super) const CASES: &[Case] = &[
    case(
        "connectStripe",
        "mutation($i: ConnectStripeInput!) { connectStripe(input: $i) { integration { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "secretKey": "sk_test_fake0123456789abcdef" }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "connectCloudinary",
        "mutation($i: ConnectCloudinaryInput!) { connectCloudinary(input: $i) { integration { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "cloudName": "demo", "apiKey": "472851639284736", "apiSecret": "fake-secret" }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "retryMedia",
        "mutation($i: MediaInput!) { retryMedia(input: $i) { media { id } userErrors { code } } }",
        |_, t| json!({ "id": t.media }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "keepMedia",
        "mutation($i: MediaInput!) { keepMedia(input: $i) { media { id } userErrors { code } } }",
        |_, t| json!({ "id": t.media }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "putMediaInRow",
        "mutation($i: PutMediaInRowInput!) { putMediaInRow(input: $i) { row { id } userErrors { code } } }",
        |_, t| json!({ "mediaId": t.media, "rowId": t.row }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "putMediaInRow",
        "mutation($i: PutMediaInRowInput!) { putMediaInRow(input: $i) { row { id } userErrors { code } } }",
        |m, t| json!({ "mediaId": m.media, "rowId": t.row }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "setWelcomeVideo",
        "mutation($i: SetWelcomeVideoInput!) { setWelcomeVideo(input: $i) { media { id } userErrors { code } } }",
        |_, t| json!({ "mediaId": t.media, "kind": "PRODUCT" }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "deleteMedia",
        "mutation($i: DeleteMediaInput!) { deleteMedia(input: $i) { media { id } userErrors { code } } }",
        |_, t| json!({ "id": t.media, "emptyCells": true }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "setModel",
        "mutation($i: SetModelInput!) { setModel(input: $i) { model { mode } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "mode": "OFF" }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "testModel",
        "mutation($i: TestModelInput!) { testModel(input: $i) { test { ok } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "connectGoogleCalendar",
        "mutation($i: ConnectGoogleCalendarInput!) { connectGoogleCalendar(input: $i) { url userErrors { code } } }",
        |_, t| json!({ "companyId": t.company }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "checkIntegration",
        "mutation($i: IntegrationInput!) { checkIntegration(input: $i) { integration { id } userErrors { code } } }",
        |_, t| json!({ "id": t.integration }),
        Denied,
        MayNot,
        true,
    ),
    case(
        "disconnectIntegration",
        "mutation($i: IntegrationInput!) { disconnectIntegration(input: $i) { integration { id } userErrors { code } } }",
        |_, t| json!({ "id": t.integration }),
        Denied,
        MayNot,
        true,
    ),
];
