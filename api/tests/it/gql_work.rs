//! The work of a day through the API: signing in, setting a shop up, trying the assistant, orders.

use crate::gql_support::{code, data, request, run, sign_in, stranger, world};
use api::graphql::{SetSession, request_data, schema};
use serde_json::{Value, json};
use service::access::Actor;
use service::ctx::Ctx;
use std::collections::BTreeSet;

/// Runs a mutation whose input is `$i`; its payload and what happens to the cookie.
async fn signing(ctx: &Ctx, document: &str, input: Value) -> (Value, Option<SetSession>) {
    let carried = request_data(ctx.clone()).from("192.0.2.7");
    let sink = carried.sink();
    let response = schema().execute(carried, request(document, json!({ "i": input }))).await;
    let response = serde_json::to_value(response).unwrap();
    assert!(response.get("errors").is_none(), "{response:#}");
    let payload = response["data"].as_object().unwrap().values().next().unwrap().clone();
    (payload, sink.take())
}

async fn actor(ctx: &Ctx, change: Option<SetSession>) -> Ctx {
    let Some(SetSession::Begin(token)) = change else { panic!("no session: {change:?}") };
    ctx.with_actor(service::identity::actor_of(ctx, &token).await.unwrap())
}

const WITH_CODE: &str = "mutation($i: SignInWithCodeInput!) { signInWithCode(input: $i) { \
    viewer { id name role companies { id } } needsPassword userErrors { field code } } }";
const SET: &str = "mutation($i: SetPasswordInput!) { setPassword(input: $i) { viewer { email name } needsPassword userErrors { field code } } }";
const SIGN_IN: &str = "mutation($i: SignInInput!) { signIn(input: $i) { viewer { email } needsPassword userErrors { field code message } } }";
const CREATE: &str = "mutation($i: CreateCompanyInput!) { createCompany(input: $i) { company { id code name type currency timezone \
    language city status viewerRole branches { name openingHours { weekday opens closes } } checklist { key done } } \
    userErrors { field code } } }";
const TRY: &str = "mutation($i: TryMessageInput!) { tryMessage(input: $i) { conversation { id contact { id phone addresses { kind trusted } } \
    channel { kind provider maxChars } messages { nodes { id direction text } totalCount } } userErrors { field code } } }";

testkit::both! {
    async fn the_first_owner_signs_in_and_makes_a_company(kit: Kit) {
        let nobody = stranger(&kit);
        let setup = "{ setup { needsOwner } viewer { id } }";
        assert_eq!(data(&nobody, setup, json!({})).await, json!({ "setup": { "needsOwner": true }, "viewer": null }));
        let one_time = service::identity::first_start_code(&kit.ctx).await.unwrap().unwrap();
        let (refused, session) = signing(&nobody, WITH_CODE, json!({ "code": "000000000000" })).await;
        assert_eq!((&refused["userErrors"][0]["code"], session), (&json!("WRONG_CODE"), None), "{refused:#}");
        let (welcome, session) = signing(&nobody, WITH_CODE, json!({ "code": one_time })).await;
        assert_eq!((&welcome["needsPassword"], &welcome["viewer"]["role"]), (&json!(true), &json!("OWNER")), "{welcome:#}");
        let owner = actor(&nobody, session).await;

        let (short, _) = signing(&owner, SET, json!({ "password": "short" })).await;
        let fields: Vec<&Value> = short["userErrors"].as_array().unwrap().iter().map(|error| &error["field"][0]).collect();
        assert_eq!(fields, ["password", "email"], "{short:#}");
        let (set, _) = signing(&owner, SET, json!({ "name": "Ana", "email": "Ana@example.com", "password": "a long enough one" })).await;
        assert_eq!(set["viewer"], json!({ "email": "ana@example.com", "name": "Ana" }));

        let input = json!({ "id": format!("company:{}", kit.ctx.new_id()), "name": "Flora", "type": "PRODUCT", "shopType": "flowers",
            "city": "Алматы", "language": "RU" });
        let made = data(&owner, CREATE, json!({ "i": input })).await;
        let company = &made["createCompany"]["company"];
        assert_eq!((&company["currency"], &company["timezone"]), (&json!("KZT"), &json!("Asia/Almaty")), "{made:#}");
        assert_eq!(company["branches"][0]["openingHours"].as_array().unwrap().len(), 7);
        assert!(company["checklist"].as_array().unwrap().iter().all(|step| step["done"] == false), "{company:#}");
        let again = data(&owner, CREATE, json!({ "i": input })).await;
        assert_eq!(again["createCompany"]["company"]["id"], company["id"], "sent twice, made once");
        let companies = data(&owner, "{ companies { id } viewer { companies { code } } }", json!({})).await;
        assert_eq!(companies["companies"].as_array().unwrap().len(), 1);

        let (wrong, none) = signing(&nobody, SIGN_IN, json!({ "email": "ana@example.com", "password": "wrong" })).await;
        let (unknown, _) = signing(&nobody, SIGN_IN, json!({ "email": "bob@example.com", "password": "wrong" })).await;
        assert_eq!((&wrong, none), (&unknown, None), "a wrong password and an unknown address are the same");
        let (right, session) = signing(&nobody, SIGN_IN, json!({ "email": "ANA@example.com", "password": "a long enough one" })).await;
        assert_eq!(right["userErrors"], json!([]));
        let second = actor(&nobody, session).await;
        let out = "mutation($i: Boolean!) { signOut @include(if: $i) { userErrors { code } } }";
        let (out, session) = signing(&second, out, json!(true)).await;
        assert_eq!((out["userErrors"].clone(), session), (json!([]), Some(SetSession::End)));
        assert!(!service::identity::stands(&second).await.unwrap());
    }

    /// Case 50: aliases are no way round the limit on guessing.
    async fn guesses_by_alias_count_each(kit: Kit) {
        let guesses: String = (0..12)
            .map(|n| format!("g{n}: signIn(input: {{ email: \"ana@example.com\", password: \"wrong{n}\" }}) {{ userErrors {{ code }} }} "))
            .collect();
        let response = run(&schema(), &stranger(&kit), &format!("mutation {{ {guesses} }}"), json!({})).await;
        assert_eq!(code(&response), "RATE_LIMITED", "{response:#}");
        assert_eq!(response["errors"][0]["extensions"]["retryAfter"], 6);
    }

    async fn a_company_and_its_parts_are_changed(kit: Kit) {
        let world = world(&kit).await;
        let branch = "mutation($i: UpdateBranchInput!) { updateBranch(input: $i) { branch { name openingHours { weekday opens closes } } \
            userErrors { field code } } }";
        let hours = json!([{ "weekday": 1, "opens": "09:00", "closes": "24:00" }, { "weekday": 7, "opens": "10:00", "closes": "12:00" }]);
        let changed = data(&world.owner, branch, json!({ "i": { "id": world.ids.branch, "openingHours": hours } })).await;
        assert_eq!(changed["updateBranch"]["branch"]["openingHours"], hours);
        for (hours, field) in [
            (json!([{ "weekday": 8, "opens": "09:00", "closes": "10:00" }]), json!(["openingHours", "0", "weekday"])),
            (json!([{ "weekday": 1, "opens": "9", "closes": "10:00" }]), json!(["openingHours", "0", "opens"])),
            (json!([{ "weekday": 1, "opens": "09:00", "closes": "12:00" }, { "weekday": 1, "opens": "11:00", "closes": "13:00" }]), json!(["openingHours"])),
        ] {
            let refused = data(&world.owner, branch, json!({ "i": { "id": world.ids.branch, "openingHours": hours } })).await;
            assert_eq!(refused["updateBranch"]["userErrors"][0]["field"], field, "{refused:#}");
        }
        let company = "mutation($i: UpdateCompanyInput!) { updateCompany(input: $i) { company { name timezone } userErrors { field code } } }";
        let changed = data(&world.owner, company, json!({ "i": { "id": world.ids.company, "name": "New", "timezone": "Europe/Madrid" } })).await;
        assert_eq!(changed["updateCompany"]["company"], json!({ "name": "New", "timezone": "Europe/Madrid" }));
        let channel = "mutation($i: UpdateChannelInput!) { updateChannel(input: $i) { channel { quietPeriodMs widgetKey } userErrors { field code } } }";
        let refused = data(&world.owner, channel, json!({ "i": { "id": world.ids.channel, "quietPeriodMs": 60001 } })).await;
        assert_eq!(refused["updateChannel"]["userErrors"], json!([{ "field": ["quietPeriodMs"], "code": "OUT_OF_RANGE" }]));
        let home = "query($id: ID!) { company(id: $id) { summary { conversationsOpen conversationsNeedAttention messagesToday ordersUnpaid \
            ordersPaidToday revenueToday { amount currency } bookingsToday jobsDead } calendarFeedUrl } }";
        let home = data(&world.owner, home, json!({ "id": world.ids.company })).await;
        assert_eq!(home["company"]["summary"], json!({ "conversationsOpen": 1, "conversationsNeedAttention": 1, "messagesToday": 1,
            "ordersUnpaid": 1, "ordersPaidToday": 0, "revenueToday": { "amount": "0.00", "currency": "KZT" }, "bookingsToday": 1, "jobsDead": 1 }));
        assert!(home["company"]["calendarFeedUrl"].as_str().unwrap().starts_with("https://x8.example/calendar/"));
    }

    /// The whole of an order as staff see it.
    async fn an_order_shows_its_money_and_its_place(kit: Kit) {
        let world = world(&kit).await;
        let document = "query($id: ID!) { order(id: $id) { number status paymentStatus products { minor amount currency } delivery { amount } \
            total { amount } lines { key name kind quantity unitPrice { amount } total { amount } } payments { provider status amount { amount } } \
            bookings { kind status start end expiresAt branch { id } } reminders { kind dueAt } paymentUrl contact { id } conversation { id } language } }";
        let order = data(&world.owner, document, json!({ "id": world.ids.order })).await["order"].clone();
        assert_eq!(order["products"], json!({ "minor": "300000", "amount": "3000.00", "currency": "KZT" }));
        assert_eq!((&order["delivery"]["amount"], &order["total"]["amount"]), (&json!("500.00"), &json!("3500.00")));
        assert_eq!(order["lines"], json!([{ "key": "R-1", "name": "Red roses", "kind": "PRODUCT", "quantity": 2,
            "unitPrice": { "amount": "1500.00" }, "total": { "amount": "3000.00" } }]));
        assert_eq!(order["bookings"][0]["start"], "2026-03-02T10:00:00Z");
        assert_eq!(order["bookings"][0]["branch"]["id"], world.ids.branch.as_str());
        assert_eq!(order["reminders"], json!([{ "kind": "unpaid_link", "dueAt": "2026-03-02T12:00:00Z" }]));
        assert!(order["paymentUrl"].as_str().unwrap().starts_with("https://x8.example/p/token-"));
        // The booking is a delivery: it goes anywhere, at its length, and there are no seats to look for.
        let times = "query($id: ID!, $to: Date!) { order(id: $id) { bookings { freeTimes(from: \"2026-03-02\", to: $to) { start } } } }";
        let free = data(&world.owner, times, json!({ "id": world.ids.order, "to": "2026-03-03" })).await;
        assert_eq!(free["order"]["bookings"], json!([{ "freeTimes": [] }]));
        let shift = "mutation($i: MoveBookingInput!) { moveBooking(input: $i) { booking { start end } userErrors { field code } } }";
        let moved = |start: &str, end: Option<&str>| json!({ "i": { "id": world.ids.booking, "start": start, "end": end } });
        let refused = data(&world.owner, shift, moved("2026-03-03T10:00:00Z", Some("2026-03-03T12:00:00Z"))).await;
        assert_eq!(refused["moveBooking"], json!({ "booking": null, "userErrors": [{ "field": ["end"], "code": "DELIVERY_LENGTH" }] }));
        let refused = data(&world.owner, shift, moved("2020-03-03T10:00:00Z", None)).await;
        assert_eq!(refused["moveBooking"]["userErrors"], json!([{ "field": ["start"], "code": "PAST" }]));
        let there = data(&world.owner, shift, moved("2026-03-03T10:00:00Z", None)).await;
        assert_eq!(there["moveBooking"]["booking"]["start"], "2026-03-03T10:00:00Z");
        let cancel = "mutation($i: BookingInput!) { cancelBooking(input: $i) { booking { status order { status paymentUrl } } userErrors { code } } }";
        let cancelled = data(&world.owner, cancel, json!({ "i": { "id": world.ids.booking } })).await;
        assert_eq!(cancelled["cancelBooking"]["booking"], json!({ "status": "CANCELLED", "order": { "status": "CANCELLED", "paymentUrl": null } }));
        let refund = "mutation($i: OrderInput!) { refundOrder(input: $i) { order { id } userErrors { field code } } }";
        let refused = data(&world.owner, refund, json!({ "i": { "id": world.ids.order } })).await;
        assert_eq!(refused["refundOrder"], json!({ "order": null, "userErrors": [{ "field": ["id"], "code": "NOT_PAID" }] }));
    }

    async fn a_cart_is_priced_from_what_is_published(kit: Kit) {
        let world = world(&kit).await;
        let document = "query($id: ID!) { conversation(id: $id) { cart { city lines { key name quantity unitPrice { amount } total { amount } } total { amount currency } } \
            turns { nodes { workMs reasons { step detail items lines { code values } } } } messages { nodes { conversationId attachments { kind url } } } order { id } } }";
        let talk = data(&world.owner, document, json!({ "id": world.ids.conversation })).await["conversation"].clone();
        assert_eq!(talk["cart"], json!({ "city": "Almaty", "total": { "amount": "3000.00", "currency": "KZT" }, "lines": [
            { "key": "R-1", "name": "Red roses", "quantity": 2, "unitPrice": { "amount": "1500.00" }, "total": { "amount": "3000.00" } }] }));
        assert_eq!(talk["turns"]["nodes"][0]["reasons"], json!([{ "step": "quoted", "detail": "R-1 × 2", "items": ["R-1"],
            "lines": [{ "code": "line_free", "values": { "quantity": 2, "name": "Red roses" } }] }]));
        assert_eq!(talk["messages"]["nodes"][0]["conversationId"], world.ids.conversation.as_str());
    }

    async fn rows_are_mended_and_published(kit: Kit) {
        let world = world(&kit).await;
        let add = "mutation($i: AddRowInput!) { addRow(input: $i) { row { id key cells leftOut problems { row column code severity \
            message(language: RU) suggestion } item { price { amount } free } } userErrors { field code } } }";
        let bad = json!({ "companyId": world.ids.company, "kind": "PRODUCT", "cells": { "name": "Tulips", "sku": "T-1", "description": "Red.", "price": "18,O0" } });
        let row = data(&world.owner, add, json!({ "i": bad })).await["addRow"]["row"].clone();
        assert_eq!((&row["problems"][0]["code"], &row["problems"][0]["severity"]), (&json!("not_an_amount"), &json!("error")), "{row:#}");
        assert!(row["problems"][0]["message"].as_str().unwrap().chars().any(|c| ('а'..='я').contains(&c)), "{row:#}");
        assert!(row["item"].is_null());
        let publish = "mutation($i: PublishCatalogueInput!) { publishCatalogue(input: $i) { catalogue { published { number rowCount } draft { id } } userErrors { code } } }";
        let refused = data(&world.owner, publish, json!({ "i": { "companyId": world.ids.company } })).await;
        assert_eq!(refused["publishCatalogue"]["userErrors"][0]["code"], "HAS_PROBLEMS", "{refused:#}");
        let update = "mutation($i: UpdateRowInput!) { updateRow(input: $i) { row { problems { code } item { price { amount currency } } } userErrors { field code } } }";
        let mended = data(&world.owner, update, json!({ "i": { "id": row["id"], "cells": { "price": "18" } } })).await;
        assert_eq!(mended["updateRow"]["row"]["item"]["price"], json!({ "amount": "18.00", "currency": "KZT" }), "{mended:#}");
        let diff = "query($id: ID!) { company(id: $id) { catalogue { draft { problemCount columns { key required } diff { added changed removed unchanged sample { key change } } \
            rows(search: \"tulip\") { totalCount nodes { key } } } } } }";
        let draft = data(&world.owner, diff, json!({ "id": world.ids.company })).await["company"]["catalogue"]["draft"].clone();
        assert_eq!((&draft["diff"]["added"], &draft["diff"]["unchanged"], &draft["rows"]["totalCount"]), (&json!(1), &json!(2), &json!(1)), "{draft:#}");
        let live = data(&world.owner, publish, json!({ "i": { "companyId": world.ids.company } })).await;
        assert_eq!(live["publishCatalogue"]["catalogue"], json!({ "published": { "number": 2, "rowCount": 3 }, "draft": null }));
        let back = "mutation($i: RollBackCatalogueInput!) { rollBackCatalogue(input: $i) { catalogue { published { number } } userErrors { code } } }";
        let back = data(&world.owner, back, json!({ "i": { "versionId": world.ids.version } })).await;
        assert_eq!(back["rollBackCatalogue"]["catalogue"]["published"]["number"], 1);
        let export = "mutation($i: ExportCatalogueInput!) { exportCatalogue(input: $i) { url userErrors { code } } }";
        let made = data(&world.owner, export, json!({ "i": { "companyId": world.ids.company, "format": "CSV" } })).await;
        assert!(made["exportCatalogue"]["url"].as_str().unwrap().contains("?token="), "{made:#}");
        let unknown = data(&world.owner, update, json!({ "i": { "id": world.ids.row, "cells": { "no such column at all": "1" } } })).await;
        assert_eq!(unknown["updateRow"]["userErrors"][0]["code"], "UNKNOWN_COLUMN", "{unknown:#}");
    }

    /// The phone frame: through the same door as customers, answered by the same assistant.
    async fn the_assistant_is_tried_on_any_platform(kit: Kit) {
        let world = world(&kit).await;
        let id = format!("message:{}", kit.ctx.new_id());
        let mut input = json!({ "id": id, "companyId": world.ids.company, "kind": "WHATSAPP", "text": "Hello!", "phone": "+34 600 111 333" });
        let first = data(&world.owner, TRY, json!({ "i": input })).await["tryMessage"]["conversation"].clone();
        assert_eq!(first["messages"]["nodes"], json!([{ "id": id, "direction": "INBOUND", "text": "Hello!" }]));
        assert_eq!(first["contact"]["phone"], "+34600111333", "{first:#}");
        assert_eq!(first["channel"], json!({ "kind": "WHATSAPP", "provider": "trial", "maxChars": 3800 }));
        let kinds: BTreeSet<&str> = first["contact"]["addresses"].as_array().unwrap().iter().filter_map(|a| a["kind"].as_str()).collect();
        assert_eq!(kinds, BTreeSet::from(["phone", "trial"]));
        let twice = data(&world.owner, TRY, json!({ "i": input })).await["tryMessage"]["conversation"].clone();
        assert_eq!((&twice["id"], &twice["messages"]["totalCount"]), (&first["id"], &json!(1)), "sent twice, taken once");
        let waits = kit.jobs().await.into_iter().filter(|job| job.kind == "answer_turn").count();
        assert_eq!(waits, 1, "the assistant is to answer, once");

        input["id"] = json!(null);
        let same = data(&world.owner, TRY, json!({ "i": input })).await["tryMessage"]["conversation"].clone();
        assert_eq!(same["id"], first["id"], "the same number is the same customer");
        input["startAnew"] = json!(true);
        let anew = data(&world.owner, TRY, json!({ "i": input })).await["tryMessage"]["conversation"].clone();
        assert_ne!(anew["id"], first["id"]);
        assert_eq!(anew["contact"]["phone"], "+34600111333");
        input["startAnew"] = json!(false);
        let goes_on = data(&world.owner, TRY, json!({ "i": input })).await["tryMessage"]["conversation"].clone();
        assert_eq!(goes_on["id"], anew["id"], "the latest customer writes on");
        for (change, field) in [(json!({ "text": " " }), "text"), (json!({ "text": "x".repeat(10_001) }), "text"), (json!({ "phone": "12" }), "phone")] {
            let mut wrong = input.clone();
            for (key, value) in change.as_object().unwrap() {
                wrong[key] = value.clone();
            }
            let refused = data(&world.owner, TRY, json!({ "i": wrong })).await;
            assert_eq!(refused["tryMessage"]["userErrors"][0]["field"][0], field, "{refused:#}");
        }
        let jump = "mutation($i: AdvanceClockInput!) { advanceClock(input: $i) { now jobsRun userErrors { field code } } }";
        let jumped = data(&world.owner, jump, json!({ "i": { "companyId": world.ids.company, "minutes": 180 } })).await;
        assert_eq!(jumped["advanceClock"]["jobsRun"], 2, "both customers' answers are due now: {jumped:#}");
        let far = data(&world.owner, jump, json!({ "i": { "companyId": world.ids.company, "minutes": 0 } })).await;
        assert_eq!(far["advanceClock"]["userErrors"], json!([{ "field": ["minutes"], "code": "OUT_OF_RANGE" }]));
    }

    /// Another person's message id tells nothing, and takes nothing over.
    async fn a_foreign_message_id_is_only_a_number(kit: Kit) {
        let world = world(&kit).await;
        let input = |company: &str, id: &str| json!({ "i": { "id": id, "companyId": company, "kind": "TELEGRAM", "text": "Hi" } });
        let id = format!("message:{}", kit.ctx.new_id());
        data(&world.owner, TRY, input(&world.ids.company, &id)).await;
        let other = kit.another_tenant("Other").await;
        let other_owner = sign_in(&kit.ctx, other.owner.id).await;
        let theirs = data(&other_owner, TRY, input(&format!("company:{}", other.company.id), &id)).await;
        let theirs = &theirs["tryMessage"];
        assert_eq!(theirs["userErrors"], json!([]), "{theirs:#}");
        assert_ne!(theirs["conversation"]["messages"]["nodes"][0]["id"], id.as_str());
    }

    async fn a_demo_shop_opens_with_its_catalogue(kit: Kit) {
        let world = world(&kit).await;
        // The sample is read in a process of its own, which the tests of `service` and of the whole program have.
        let document = "mutation($i: OpenDemoShopInput!) { openDemoShop(input: $i) { company { name } userErrors { code } } }";
        let answer = run(&schema(), &stranger(&kit), document, json!({ "i": { "kind": "PRODUCT", "language": "ES" } })).await;
        assert_eq!(code(&answer), "UNAUTHENTICATED");
        assert!(matches!(world.agent.actor(), Actor::User { .. }));
        let out = "mutation { signOut { userErrors { code } } }";
        assert_eq!(data(&world.agent, out, json!({})).await["signOut"]["userErrors"], json!([]));
        assert!(!service::identity::stands(&world.agent).await.unwrap());
    }
}
