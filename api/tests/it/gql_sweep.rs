//! Every root field of the schema, called by a stranger, by another tenant's owner with this tenant's ids, and by the lowest
//! role. A field without a case fails the test (style.md habit 6, reliability.md cases 68 and 75).

use crate::gql_support::{Ids, World, code, everything, fill, request, run, stranger, world};
use api::graphql::{request_data, schema, sdl};
use futures::StreamExt as _;
use serde_json::{Value, json};
use service::ctx::Ctx;
use std::collections::BTreeSet;
use testkit::Kit;

/// What a stranger gets.
#[derive(Clone, Copy, PartialEq)]
enum Stranger {
    /// `UNAUTHENTICATED`.
    Denied,
    /// An answer: the field is for everybody.
    Served,
}
use Stranger::{Denied, Served};

/// What an agent, who only talks to customers, gets for the company's own things.
#[derive(Clone, Copy, PartialEq)]
enum Agent {
    /// It is theirs to do.
    May,
    /// `FORBIDDEN`.
    MayNot,
    /// It is theirs to do, and takes a running worker: `gql_work` does it.
    ElseWhere,
}
use Agent::{ElseWhere, May, MayNot};

struct Case {
    field: &'static str,
    document: &'static str,
    variables: fn(&Ids, &Ids) -> Value,
    stranger: Stranger,
    agent: Agent,
    /// Whether the variables name things: then another tenant's are not found.
    named: bool,
}

/// `mine` are the caller's ids, `target` those of the tenant that is asked about.
const CASES: &[Case] = &[
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
    change(
        "signInWithCode",
        "mutation($i: SignInWithCodeInput!) { signInWithCode(input: $i) { userErrors { code } } }",
        |_, _| json!({ "code": "wrong" }),
        Served,
        May,
        false,
    ),
    change(
        "setPassword",
        "mutation($i: SetPasswordInput!) { setPassword(input: $i) { userErrors { code } } }",
        |_, _| json!({ "password": "short" }),
        Denied,
        May,
        false,
    ),
    change(
        "signIn",
        "mutation($i: SignInInput!) { signIn(input: $i) { userErrors { code } } }",
        |_, _| json!({ "email": "nobody@example.com", "password": "wrong" }),
        Served,
        May,
        false,
    ),
    case("signOut", "mutation { signOut { userErrors { code } } }", |_, _| json!({}), Served, ElseWhere, false),
    change(
        "createCompany",
        "mutation($i: CreateCompanyInput!) { createCompany(input: $i) { company { id } userErrors { code } } }",
        |_, _| json!({ "name": "", "type": "PRODUCT", "shopType": "x", "city": "x", "language": "EN" }),
        Denied,
        May,
        false,
    ),
    change(
        "updateCompany",
        "mutation($i: UpdateCompanyInput!) { updateCompany(input: $i) { company { id } userErrors { code } } }",
        |_, t| json!({ "id": t.company, "name": "Taken" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "openDemoShop",
        "mutation($i: OpenDemoShopInput!) { openDemoShop(input: $i) { userErrors { code } } }",
        |_, _| json!({ "kind": "PRODUCT", "language": "EN" }),
        Denied,
        ElseWhere,
        false,
    ),
    change(
        "updateBranch",
        "mutation($i: UpdateBranchInput!) { updateBranch(input: $i) { branch { id } userErrors { code } } }",
        |_, t| json!({ "id": t.branch, "name": "Taken" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "createChannel",
        "mutation($i: CreateChannelInput!) { createChannel(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "kind": "WEBCHAT", "name": "New" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "updateChannel",
        "mutation($i: UpdateChannelInput!) { updateChannel(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "id": t.channel, "name": "Taken" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "connectTelegram",
        "mutation($i: ConnectTelegramInput!) { connectTelegram(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "name": "Bot", "botToken": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "replaceTelegramToken",
        "mutation($i: ReplaceTelegramTokenInput!) { replaceTelegramToken(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "channelId": t.channel, "botToken": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "connectWaha",
        "mutation($i: ConnectWahaInput!) { connectWaha(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "name": "Phone", "url": "https://waha.example.com", "apiKey": "0123456789abcdef" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "replaceWahaKey",
        "mutation($i: ReplaceWahaKeyInput!) { replaceWahaKey(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "channelId": t.channel, "apiKey": "0123456789abcdef" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "testChannel",
        "mutation($i: TestChannelInput!) { testChannel(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "channelId": t.channel, "to": "+34600111222" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "reconnectChannel",
        "mutation($i: ChannelInput!) { reconnectChannel(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "id": t.channel }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "confirmPasskey",
        "mutation($i: ChannelInput!) { confirmPasskey(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "id": t.channel }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "disconnectChannel",
        "mutation($i: ChannelInput!) { disconnectChannel(input: $i) { channel { id } userErrors { code } } }",
        |_, t| json!({ "id": t.channel }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "connectStripe",
        "mutation($i: ConnectStripeInput!) { connectStripe(input: $i) { integration { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "secretKey": "sk_test_fake0123456789abcdef" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "connectCloudinary",
        "mutation($i: ConnectCloudinaryInput!) { connectCloudinary(input: $i) { integration { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "cloudName": "demo", "apiKey": "472851639284736", "apiSecret": "fake-secret" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "retryMedia",
        "mutation($i: MediaInput!) { retryMedia(input: $i) { media { id } userErrors { code } } }",
        |_, t| json!({ "id": t.media }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "keepMedia",
        "mutation($i: MediaInput!) { keepMedia(input: $i) { media { id } userErrors { code } } }",
        |_, t| json!({ "id": t.media }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "putMediaInRow",
        "mutation($i: PutMediaInRowInput!) { putMediaInRow(input: $i) { row { id } userErrors { code } } }",
        |_, t| json!({ "mediaId": t.media, "rowId": t.row }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "putMediaInRow",
        "mutation($i: PutMediaInRowInput!) { putMediaInRow(input: $i) { row { id } userErrors { code } } }",
        |m, t| json!({ "mediaId": m.media, "rowId": t.row }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "setWelcomeVideo",
        "mutation($i: SetWelcomeVideoInput!) { setWelcomeVideo(input: $i) { media { id } userErrors { code } } }",
        |_, t| json!({ "mediaId": t.media, "kind": "PRODUCT" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "deleteMedia",
        "mutation($i: DeleteMediaInput!) { deleteMedia(input: $i) { media { id } userErrors { code } } }",
        |_, t| json!({ "id": t.media, "emptyCells": true }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "setModel",
        "mutation($i: SetModelInput!) { setModel(input: $i) { model { mode } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "mode": "OFF" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "testModel",
        "mutation($i: TestModelInput!) { testModel(input: $i) { test { ok } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "connectGoogleCalendar",
        "mutation($i: ConnectGoogleCalendarInput!) { connectGoogleCalendar(input: $i) { url userErrors { code } } }",
        |_, t| json!({ "companyId": t.company }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "checkIntegration",
        "mutation($i: IntegrationInput!) { checkIntegration(input: $i) { integration { id } userErrors { code } } }",
        |_, t| json!({ "id": t.integration }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "disconnectIntegration",
        "mutation($i: IntegrationInput!) { disconnectIntegration(input: $i) { integration { id } userErrors { code } } }",
        |_, t| json!({ "id": t.integration }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "startImport",
        "mutation($i: StartImportInput!) { startImport(input: $i) { import { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "fileId": t.file }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "startImport",
        "mutation($i: StartImportInput!) { startImport(input: $i) { import { id } userErrors { code } } }",
        |m, t| json!({ "companyId": m.company, "fileId": t.file }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "remapImport",
        "mutation($i: RemapImportInput!) { remapImport(input: $i) { import { id } userErrors { code } } }",
        |_, t| json!({ "importId": t.import, "mapping": [] }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "cancelImport",
        "mutation($i: ImportInput!) { cancelImport(input: $i) { import { id } userErrors { code } } }",
        |_, t| json!({ "id": t.import }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "addRow",
        "mutation($i: AddRowInput!) { addRow(input: $i) { row { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "kind": "PRODUCT", "cells": { "name": "New" } }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "updateRow",
        "mutation($i: UpdateRowInput!) { updateRow(input: $i) { row { id } userErrors { code } } }",
        |_, t| json!({ "id": t.row, "cells": { "name": "Taken" } }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "deleteRow",
        "mutation($i: DeleteRowInput!) { deleteRow(input: $i) { row { id } userErrors { code } } }",
        |_, t| json!({ "id": t.row }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "publishCatalogue",
        "mutation($i: PublishCatalogueInput!) { publishCatalogue(input: $i) { catalogue { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "rollBackCatalogue",
        "mutation($i: RollBackCatalogueInput!) { rollBackCatalogue(input: $i) { catalogue { id } userErrors { code } } }",
        |_, t| json!({ "versionId": t.version }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "discardDraft",
        "mutation($i: DiscardDraftInput!) { discardDraft(input: $i) { catalogue { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "exportCatalogue",
        "mutation($i: ExportCatalogueInput!) { exportCatalogue(input: $i) { url userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "format": "CSV" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "exportCatalogue",
        "mutation($i: ExportCatalogueInput!) { exportCatalogue(input: $i) { url userErrors { code } } }",
        |m, t| json!({ "companyId": m.company, "versionId": t.version, "format": "CSV" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "tryMessage",
        "mutation($i: TryMessageInput!) { tryMessage(input: $i) { conversation { id } userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "kind": "TELEGRAM", "text": "Hi" }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "sendMessage",
        "mutation($i: SendMessageInput!) { sendMessage(input: $i) { message { id } userErrors { code } } }",
        |_, t| json!({ "conversationId": t.conversation, "text": "Hi" }),
        Denied,
        May,
        true,
    ),
    change(
        "fetchAttachment",
        "mutation($i: RetryMessageInput!) { fetchAttachment(input: $i) { message { id } userErrors { code } } }",
        |_, t| json!({ "id": t.message }),
        Denied,
        May,
        true,
    ),
    change(
        "retryMessage",
        "mutation($i: RetryMessageInput!) { retryMessage(input: $i) { message { id } userErrors { code } } }",
        |_, t| json!({ "id": t.message }),
        Denied,
        May,
        true,
    ),
    change(
        "takeOver",
        "mutation($i: ConversationInput!) { takeOver(input: $i) { conversation { id } userErrors { code } } }",
        |_, t| json!({ "id": t.conversation }),
        Denied,
        May,
        true,
    ),
    change(
        "handBack",
        "mutation($i: ConversationInput!) { handBack(input: $i) { conversation { id } userErrors { code } } }",
        |_, t| json!({ "id": t.conversation }),
        Denied,
        May,
        true,
    ),
    change(
        "resolveConversation",
        "mutation($i: ConversationInput!) { resolveConversation(input: $i) { conversation { id } userErrors { code } } }",
        |_, t| json!({ "id": t.conversation }),
        Denied,
        May,
        true,
    ),
    change(
        "reopenConversation",
        "mutation($i: ConversationInput!) { reopenConversation(input: $i) { conversation { id } userErrors { code } } }",
        |_, t| json!({ "id": t.conversation }),
        Denied,
        May,
        true,
    ),
    change(
        "markRead",
        "mutation($i: ConversationInput!) { markRead(input: $i) { conversation { id } userErrors { code } } }",
        |_, t| json!({ "id": t.conversation }),
        Denied,
        May,
        true,
    ),
    change(
        "updateContact",
        "mutation($i: UpdateContactInput!) { updateContact(input: $i) { contact { id } userErrors { code } } }",
        |_, t| json!({ "id": t.contact, "name": "Taken" }),
        Denied,
        May,
        true,
    ),
    change(
        "cancelOrder",
        "mutation($i: OrderInput!) { cancelOrder(input: $i) { order { id } userErrors { code } } }",
        |_, t| json!({ "id": t.order }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "resendPaymentLink",
        "mutation($i: OrderInput!) { resendPaymentLink(input: $i) { order { id } userErrors { code } } }",
        |_, t| json!({ "id": t.order }),
        Denied,
        May,
        true,
    ),
    change(
        "refundOrder",
        "mutation($i: OrderInput!) { refundOrder(input: $i) { order { id } userErrors { code } } }",
        |_, t| json!({ "id": t.order }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "moveBooking",
        "mutation($i: MoveBookingInput!) { moveBooking(input: $i) { booking { id } userErrors { code } } }",
        |_, t| json!({ "id": t.booking, "start": "2026-03-03T09:00:00Z" }),
        Denied,
        May,
        true,
    ),
    change(
        "cancelBooking",
        "mutation($i: BookingInput!) { cancelBooking(input: $i) { booking { id } userErrors { code } } }",
        |_, t| json!({ "id": t.booking }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "retryJob",
        "mutation($i: JobInput!) { retryJob(input: $i) { job { id } userErrors { code } } }",
        |_, t| json!({ "id": t.job }),
        Denied,
        MayNot,
        true,
    ),
    change(
        "advanceClock",
        "mutation($i: AdvanceClockInput!) { advanceClock(input: $i) { jobsRun userErrors { code } } }",
        |_, t| json!({ "companyId": t.company, "minutes": 60 }),
        Denied,
        MayNot,
        true,
    ),
    // The owner of a program that is no demo is told so; `gql_demo` does it in one.
    case("pauseDemo", "mutation { pauseDemo { userErrors { code } } }", |_, _| json!({}), Denied, MayNot, false),
    case("resumeDemo", "mutation { resumeDemo { userErrors { code } } }", |_, _| json!({}), Denied, MayNot, false),
    case("resetDemo", "mutation { resetDemo { userErrors { code } } }", |_, _| json!({}), Denied, MayNot, false),
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

/// A mutation whose input is in `$i`.
const fn change(
    field: &'static str,
    document: &'static str,
    variables: fn(&Ids, &Ids) -> Value,
    stranger: Stranger,
    agent: Agent,
    named: bool,
) -> Case {
    case(field, document, variables, stranger, agent, named)
}

impl Case {
    async fn call(&self, ctx: &Ctx, mine: &Ids, target: &Ids) -> Value {
        let mut variables = (self.variables)(mine, target);
        if self.document.starts_with("mutation($i") {
            variables = json!({ "i": variables });
        }
        let schema = schema();
        if self.document.starts_with("subscription") {
            let data = request_data(ctx.clone());
            let mut events = schema.stream(data, request(self.document, variables));
            // A stream that was let in says nothing while nothing moves.
            let first = tokio::time::timeout(std::time::Duration::from_millis(300), events.next()).await;
            return match first {
                Ok(Some(delivery)) => serde_json::from_str(&delivery.json()).unwrap(),
                Ok(None) => json!({ "ended": true }),
                Err(_) => json!({ "data": { "listening": true } }),
            };
        }
        run(&schema, ctx, self.document, variables).await
    }
}

fn root_fields() -> BTreeSet<String> {
    let sdl = sdl();
    let mut fields = BTreeSet::new();
    let mut within = false;
    let mut in_text = false;
    for line in sdl.lines() {
        if line.trim().starts_with("\"\"\"") {
            let on_one_line = line.trim().len() > 3 && line.trim().ends_with("\"\"\"");
            in_text = !(on_one_line || in_text);
        } else if ["type Query {", "type Mutation {", "type Subscription {"].contains(&line) {
            within = true;
        } else if line == "}" {
            within = false;
        } else if within && !in_text && line.starts_with('\t') && !line.starts_with("\t\t") {
            let name: String = line.trim().chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            if !name.is_empty() {
                fields.insert(name);
            }
        }
    }
    fields
}

#[test]
fn every_root_field_has_a_case() {
    let fields = root_fields();
    assert!(fields.len() > 40, "{fields:?}");
    let cases: BTreeSet<String> = CASES.iter().map(|case| case.field.to_owned()).collect();
    assert_eq!(fields, cases, "a new root field needs a case, an old case goes with its field");
}

async fn two(kit: &Kit) -> (World, World) {
    let mine = world(kit).await;
    let other = kit.another_tenant("Other").await;
    let other = fill(kit, other).await;
    (mine, other)
}

testkit::both! {
    async fn strangers_get_nothing(kit: Kit) {
        let world = world(&kit).await;
        let before = everything(&kit.ctx).await;
        for case in CASES {
            let response = case.call(&stranger(&kit), &world.ids, &world.ids).await;
            match case.stranger {
                Denied => assert_eq!(code(&response), "UNAUTHENTICATED", "{}: {response:#}", case.field),
                Served => assert!(response.get("errors").is_none(), "{}: {response:#}", case.field),
            }
            assert!(!response.to_string().contains(&world.tenant.company.id.to_string()), "{}: {response:#}", case.field);
        }
        assert_eq!(before, everything(&kit.ctx).await, "a stranger changed something");
    }

    async fn another_tenants_things_are_as_if_they_did_not_exist(kit: Kit) {
        let (mine, other) = two(&kit).await;
        let nothing = Ids::random(&kit.ctx);
        let before = everything(&kit.ctx).await;
        for case in CASES.iter().filter(|case| case.named) {
            let theirs = case.call(&mine.owner, &mine.ids, &other.ids).await;
            let random = case.call(&mine.owner, &mine.ids, &nothing).await;
            assert_eq!(code(&theirs), "NOT_FOUND", "{}: {theirs:#}", case.field);
            assert_eq!(theirs, random, "{}", case.field);
        }
        for case in CASES.iter().filter(|case| !case.named && case.document.starts_with('{')) {
            let response = case.call(&mine.owner, &mine.ids, &mine.ids).await.to_string();
            assert!(!response.contains(&other.tenant.company.id.to_string()), "{}: {response}", case.field);
        }
        assert_eq!(before, everything(&kit.ctx).await, "another tenant's rows were changed");
    }

    async fn agents_do_what_the_matrix_says(kit: Kit) {
        let world = world(&kit).await;
        for case in CASES.iter().filter(|case| case.agent == MayNot) {
            let before = everything(&kit.ctx).await;
            let response = case.call(&world.agent, &world.ids, &world.ids).await;
            assert_eq!(code(&response), "FORBIDDEN", "{}: {response:#}", case.field);
            assert_eq!(before, everything(&kit.ctx).await, "{} changed something", case.field);
        }
        for case in CASES.iter().filter(|case| case.agent == May) {
            let response = case.call(&world.agent, &world.ids, &world.ids).await;
            assert!(response.get("errors").is_none(), "{}: {response:#}", case.field);
        }
    }

    /// What an agent may not do, the owner may: the matrix refuses for the role and for nothing else.
    async fn owners_do_all_of_it(kit: Kit) {
        let world = world(&kit).await;
        for case in CASES.iter().filter(|case| case.agent != ElseWhere) {
            let response = case.call(&world.owner, &world.ids, &world.ids).await;
            assert!(response.get("errors").is_none(), "{}: {response:#}", case.field);
        }
    }
}
