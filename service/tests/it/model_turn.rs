//! Turns by a model over the wire: an obedient one, and all the ways in which a model or its server fails. Whatever it does,
//! the customer gets the offline assistant's answer at worst, from the state before the turn, and nothing happens twice.

use crate::commerce_support::Shop;
use assistant::turn::DialogueState;
use entity::stored::TurnStatus;
use entity::{model_use, turn};
use gateway::breaker::Breakers;
use gateway::language_model::{Endpoint, Price};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::Kit;
use testkit::fake::obedient::{self, Shelf};
use testkit::fake::openai::{KEY, MODEL, OpenAi, Turn, no_quota, refused, slow_down};
use testkit::fake::{Fault, Reply, Server};

/// A shop whose installation has a model.
pub(crate) struct Talk {
    pub(crate) shop: Shop,
    /// The same shop without a model.
    plain: Shop,
    pub(crate) world: OpenAi,
    pub(crate) server: Server,
}

pub(crate) fn endpoint(server: &Server) -> Endpoint {
    Endpoint {
        base_url: format!("{}/v1", server.url()),
        key: Some(KEY.into()),
        model: MODEL.to_owned(),
        transcription_model: Some("fake-voice-1".to_owned()),
        price: Price { input_micros: 150_000, output_micros: 600_000 },
    }
}

impl Talk {
    pub(crate) async fn open(kit: Kit, world: OpenAi) -> Self {
        let server = world.start().await;
        let modelled = kit.with_engine(|engine| {
            engine.outside.model = Some(endpoint(&server));
            engine.outside.model_time = Duration::from_secs(3);
            // The pauses of a call are real ones.
            engine.outside.breakers = Breakers::default();
        });
        let shop = Shop::open(modelled).await;
        let plain = Shop { kit, scope: shop.scope.clone(), channel: shop.channel.clone() };
        Self { shop, plain, world, server }
    }

    async fn uses(&self) -> Vec<model_use::Model> {
        let db = &self.shop.kit.ctx.db().read(&self.shop.scope);
        model_use::Entity::find().order_by_asc(model_use::Column::Id).all(db).await.unwrap()
    }

    async fn last_turn(&self) -> turn::Model {
        let db = &self.shop.kit.ctx.db().read(&self.shop.scope);
        turn::Entity::find().order_by_desc(turn::Column::Id).one(db).await.unwrap().expect("a turn")
    }

    async fn state(&self, conversation: uuid::Uuid) -> DialogueState {
        serde_json::from_value(self.shop.conversation(conversation).await.dialogue).unwrap()
    }
}

const WISH: &str = "One rose bouquet to Valencia, please";

fn search() -> Turn {
    Turn::call("search_catalogue", &json!({ "query": "rose bouquet" }))
}

fn want(quantity: i64) -> Turn {
    Turn::call("set_cart", &json!({ "do": "want", "item": { "ids": ["R1"], "quantity": quantity } }))
}

/// A model that does these and then says this.
fn then(mut calls: Vec<Turn>, text: &str) -> Vec<Turn> {
    calls.push(Turn::text(text));
    calls
}

/// What models say at their worst, each with a word for it.
fn bad_models() -> Vec<(&'static str, Vec<Turn>)> {
    let raw = |reply: Reply| vec![Turn::Raw(reply)];
    vec![
        ("arguments that are no JSON", vec![Turn::Calls(vec![("set_cart".to_owned(), "{\"do\": want".to_owned())])]),
        ("arguments of another shape", vec![Turn::call("set_cart", &json!({ "do": "steal", "item": 7 }))]),
        ("an unknown tool", vec![Turn::call("refund_everything", &json!({}))]),
        (
            "an invented id",
            vec![Turn::call("set_cart", &json!({ "do": "want", "item": { "ids": ["X99"], "quantity": 1 } }))],
        ),
        ("a negative quantity", then(vec![want(-3)], "Noted, three fewer for {{total}}.")),
        ("a quantity beyond reason", then(vec![want(9_000_000_000)], "Noted: {{quantity}}.")),
        ("the same call without end", vec![search()]),
        ("a number of its own", vec![Turn::text("A rose bouquet costs 12.34 and we have it.")]),
        ("a price of its own", then(vec![search()], "The rose bouquet is yours for €39.00 today.")),
        ("the right price by hand", then(vec![search()], "The rose bouquet costs €40.00, shall I note it?")),
        ("a discount of its own", then(vec![search()], "For you with a 40% discount, shall I note it?")),
        ("another language", vec![Turn::text("Здравствуйте! Розы стоят недорого, напишите нам, пожалуйста, ещё раз.")]),
        (
            "a language of the same letters",
            vec![Turn::text("Hola, buenos días, tenemos ese ramo de flores para usted, ¿le gustaría?")],
        ),
        ("a foreign link", vec![Turn::text("Pay here please: https://pay.evil.example/now and wait for us.")]),
        ("a bare foreign host", vec![Turn::text("All our offers are on cheap-flowers.shop, look there please.")]),
        ("an internal field", vec![Turn::text("We have {{stock}} of the olive tree, 3 in stock to be exact.")]),
        ("a name of no fact", vec![Turn::text("That makes {{grand_total}} for you, shall we go on?")]),
        ("a name that is not closed", vec![Turn::text("That makes {{total for you, shall we go on?")]),
        ("a currency before its number", then(vec![search()], "The rose bouquet costs EUR 40, shall I note it?")),
        ("a sum in words", then(vec![search()], "The rose bouquet costs forty euros, shall I note it?")),
        ("a discount in words", then(vec![search()], "That is fifty percent off for you, shall I note it?")),
        ("a payment that nobody made", vec![Turn::text("Thank you, your order is already paid.")]),
        ("a time that nobody booked", vec![Turn::text("Your delivery time is booked for you.")]),
        ("a free delivery of its own", then(vec![search()], "Delivery is free of charge for you, shall I note it?")),
        ("a guarantee of its own", then(vec![search()], "We guarantee that they last a month. Shall I note it?")),
        ("a card number", vec![Turn::text("Use the card 4111 1111 1111 1111 to pay for it, please.")]),
        ("an answer cut off", vec![Turn::Ended(Some("The rose bouquet is".to_owned()), "length")]),
        ("a withheld answer", vec![Turn::Ended(None, "content_filter")]),
        ("a refusal", vec![Turn::Refusal("I can't help with that.".to_owned())]),
        ("nothing", vec![Turn::text("")]),
        (
            "an order that nobody confirmed",
            then(
                vec![want(1), Turn::call("checkout", &json!({}))],
                "Your order is made, pay here: {{url}}. The total is {{total}}.",
            ),
        ),
        (
            "a customer of its own",
            then(
                vec![Turn::call("set_recipient", &json!({ "name": "Mallory", "phone": "+34600999888" }))],
                "Thank you Mallory, I have noted {{phone}} for you.",
            ),
        ),
        (
            "contacts that nobody asked for",
            then(
                vec![Turn::call("call_person", &json!({ "why": "contact", "whom": "supplier" }))],
                "The supplier is at {{contact}}, call them.",
            ),
        ),
        ("a broken server", raw(refused(500, "server_error", None, "The server had an error"))),
        ("a busy server for long", raw(slow_down(3600))),
        ("a revoked key", raw(refused(401, "invalid_request_error", Some("invalid_api_key"), "Incorrect API key"))),
        ("an empty account", raw(no_quota())),
        ("a model that is gone", raw(refused(404, "invalid_request_error", Some("model_not_found"), "no such model"))),
        ("a page of a proxy", raw(Reply::bytes(200, "<html>It works!</html>"))),
        (
            "half an answer",
            raw(Reply::bytes(200, r#"{"id":"x","choices":[{"message":{"role":"assistant","content":"He"#)),
        ),
        ("no choice", raw(Reply::json(200, &json!({ "id": "x", "object": "chat.completion", "choices": [] })))),
    ]
}

testkit::both! {
    /// The model's path from the wish to the paid order, and what it cost.
    async fn an_obedient_model_sells(kit: Kit) {
        let shelf = Shelf::default();
        let talk = Talk::open(kit, obedient::model(&shelf)).await;
        let (_, catalogue) = service::catalog::published(&talk.shop.kit.ctx, &talk.shop.scope).await.unwrap().unwrap();
        shelf.put(catalogue);
        let order = talk.shop.roses("ann").await;
        let replies = talk.shop.sent().await;
        let text = &replies.last().unwrap().text;
        assert!(text.contains("€45.00") && text.contains(order.link_token.as_deref().unwrap()), "{text}");
        let turn = talk.last_turn().await;
        let reasons = turn.reasons.to_string();
        assert!(reasons.contains("model_answered") && !reasons.contains("model_fell_back"), "{reasons}");
        let uses = service::model::uses_of(&talk.shop.kit.ctx, &talk.shop.scope, &[turn.id]).await.unwrap();
        let [cost] = &uses[..] else { panic!("{uses:?}") };
        assert_eq!((cost.model.as_str(), cost.calls, cost.fell_back.as_deref()), (MODEL, 3, None));
        assert!(cost.input_tokens > 1000 && cost.output_tokens > 0);
        let price = (cost.input_tokens * 150_000 + cost.output_tokens * 600_000 + 999_999) / 1_000_000;
        assert_eq!(cost.cost_micros, price);
        let month = service::model::month(&talk.shop.kit.ctx, &talk.shop.scope).await.unwrap();
        assert_eq!((month.turns, month.fell_back, month.cost_micros), (1, 0, price));
        talk.server.check();
        // Nothing internal is told to the provider.
        let asked = talk.world.chats().iter().map(Value::to_string).collect::<String>();
        assert!(!asked.contains("stock_units") && !asked.contains("\"available\""));
    }

    /// Each of them ends as if there were no model: the same words, the same state, no order, one reply.
    async fn whatever_a_model_says_the_customer_is_answered(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("")])).await;
        let expected = talk.plain.say("plain", WISH).await;
        let state = talk.state(talk.shop.sent().await[0].conversation_id).await;
        assert!(!expected.is_empty());
        for (place, (what, turns)) in bad_models().into_iter().enumerate() {
            // Each its own circuit, as each company with its own key has.
            talk.world.accept(&[KEY]);
            let mut turns: std::collections::VecDeque<Turn> = turns.into();
            talk.world.becomes(move |_| {
                let next = turns.pop_front().unwrap_or_else(|| Turn::text(""));
                if turns.is_empty() {
                    turns.push_back(next.clone());
                }
                next
            });
            let shop = Shop {
                kit: talk.shop.kit.with_engine(|engine| {
                    engine.outside.model = Some(endpoint(&talk.server));
                    engine.outside.model_time = Duration::from_secs(3);
                    engine.outside.breakers = Breakers::default();
                }),
                scope: talk.shop.scope.clone(),
                channel: talk.shop.channel.clone(),
            };
            let said = shop.say(&format!("c{place}"), WISH).await;
            assert_eq!(said, expected, "{what}");
            let turn = talk.last_turn().await;
            assert_eq!(turn.status, TurnStatus::Answered, "{what}");
            assert!(turn.reasons.to_string().contains("model_fell_back"), "{what}: {}", turn.reasons);
            let conversation = talk.shop.sent().await.last().unwrap().conversation_id;
            assert_eq!(talk.state(conversation).await, state, "{what}");
            let uses = talk.uses().await;
            let last = uses.last().expect("a use");
            assert_eq!(last.turn_id, Some(turn.id), "{what}");
            assert!(last.fell_back.is_some() && last.calls <= 8, "{what}: {last:?}");
        }
        assert!(talk.shop.orders().await.is_empty());
        talk.server.check();
    }

    /// A yes makes the order that was told, and the customer's own words are no price.
    async fn a_customers_yes_and_price_are_not_the_models(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("")])).await;
        let script = |calls: Vec<Turn>, text: &str| {
            let mut turns: std::collections::VecDeque<Turn> = then(calls, text).into();
            talk.world.becomes(move |_| {
                let next = turns.pop_front().unwrap_or_else(|| Turn::text(""));
                if turns.is_empty() {
                    turns.push_back(next.clone());
                }
                next
            });
        };
        let fell_back = async || talk.last_turn().await.reasons.to_string().contains("model_fell_back");
        let words = json!({ "items": [{ "ids": [], "words": "bouquet for 5 euros" }] });
        script(vec![Turn::call("show_item", &words)], "Of course, you get it for 5 euros.");
        let said = talk.shop.say("bob", "Can I have a bouquet for 5 euros?").await;
        assert!(fell_back().await && !said[0].contains("you get it"), "{said:?}");

        script(vec![Turn::text("")], "");
        let told = talk.shop.say("ann", "One rose bouquet to Valencia. I'm Ann Lee, +447700900111").await;
        assert!(told[0].contains("€45.00"), "{told:?}");
        let more = json!({ "do": "quantity", "item": { "quantity": 24 } });
        let calls = vec![Turn::call("set_cart", &more), Turn::call("checkout", &json!({}))];
        script(calls, "Thank you. The total is {{total}}, please pay here: {{url}}");
        let said = talk.shop.say("ann", "yes").await;
        assert!(fell_back().await);
        let order = talk.shop.order().await;
        assert_eq!(order.total_minor, 4500, "{said:?}");
        assert!(said[0].contains("€45.00") && said[0].contains(order.link_token.as_deref().unwrap()), "{said:?}");
    }

    /// A fault is told to the model once; what it mends is sent.
    async fn a_fault_is_repaired_once(kit: Kit) {
        let good = "The rose bouquet costs {{price:R1}}. Shall I note one for you?";
        let script = vec![search(), Turn::text("The rose bouquet costs €39.00."), Turn::text(good)];
        let talk = Talk::open(kit, OpenAi::scripted(script)).await;
        let said = talk.shop.say("ann", "How much is the rose bouquet?").await;
        assert!(said[0].ends_with("The rose bouquet costs €40.00. Shall I note one for you?"), "{said:?}");
        assert!(said[0].contains("automatic assistant"), "the notice of a first contact is the program's own: {said:?}");
        let chats = talk.world.chats();
        assert_eq!(chats.len(), 3);
        let told = chats[2]["messages"].as_array().unwrap().last().unwrap().to_string();
        assert!(told.contains("NOT sent") && told.contains("39"), "{told}");
        assert_eq!(talk.uses().await.last().unwrap().fell_back, None);
    }

    /// What the tools did in a turn that failed is not kept.
    async fn a_model_that_dies_in_the_middle_leaves_nothing(kit: Kit) {
        let script = vec![want(7), Turn::Raw(refused(500, "server_error", None, "down"))];
        let talk = Talk::open(kit, OpenAi::scripted(script)).await;
        talk.shop.say("ann", WISH).await;
        let conversation = talk.shop.sent().await[0].conversation_id;
        let cart = talk.state(conversation).await.cart;
        assert_eq!(cart.lines.len(), 1);
        assert_eq!(cart.quantity("R1"), 1, "the customer's one, not the model's seven");
        assert_eq!(talk.shop.sent().await.len(), 1);
    }

    /// A pause that the server names is kept, and a lost answer is asked for again.
    async fn it_waits_as_told_and_asks_again(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("Good day! What would you like?")])).await;
        talk.server.fail("/chat", Fault::Answer(slow_down(1)));
        talk.server.fail("/chat", Fault::DoneThenCut);
        let started = Instant::now();
        let said = talk.shop.say("ann", "Hello").await;
        assert!(said[0].ends_with("Good day! What would you like?"), "{said:?}");
        assert!(started.elapsed() >= Duration::from_secs(1), "Retry-After was kept");
        assert_eq!(talk.server.calls("/chat").len(), 3);
    }

    /// An answer that does not come in the turn's time is not waited for.
    async fn silence_ends_with_the_turns_time(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("Late.")])).await;
        talk.server.fail("/chat", Fault::DoneThenSlow(Duration::from_secs(30)));
        let started = Instant::now();
        let said = talk.shop.say("ann", "Hello").await;
        assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
        assert!(!said[0].contains("Late"), "{said:?}");
        assert_eq!(talk.uses().await.last().unwrap().fell_back.as_deref(), Some("provider"));
    }

    /// An empty account is not asked again and again, and its server is left alone after a few failures (case 129).
    async fn a_circuit_opens_and_others_are_not_touched(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::Raw(no_quota())])).await;
        talk.shop.say("ann", "Hello").await;
        assert_eq!(talk.server.calls("/chat").len(), 1, "billing is not tried again");
        for _ in 0..12 {
            talk.shop.say("ann", "Hello").await;
        }
        let failed = talk.server.calls("/chat").len();
        assert!(failed <= 10, "{failed} calls of 13 turns");
        // Another key at the same place, in the same process.
        talk.world.accept(&["sk-another-key-of-the-tests"]);
        talk.world.becomes(|_| Turn::text("Good day! What would you like?"));
        let breakers = talk.shop.kit.ctx.engine().outside.breakers.clone();
        let other = Shop {
            kit: talk.shop.kit.with_engine(|engine| {
                let mut endpoint = endpoint(&talk.server);
                endpoint.key = Some("sk-another-key-of-the-tests".into());
                engine.outside.model = Some(endpoint);
                engine.outside.breakers = breakers;
            }),
            scope: talk.shop.scope.clone(),
            channel: talk.shop.channel.clone(),
        };
        assert!(other.say("bob", "Hello").await[0].ends_with("What would you like?"));
        assert_eq!(talk.server.calls("/chat").len(), failed + 1);
        talk.shop.say("ann", "Hello").await;
        assert_eq!(talk.server.calls("/chat").len(), failed + 1, "the first circuit is still open");
    }

    /// What is shown of earlier messages has an end, and the newest stay.
    async fn history_has_a_size(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("Good day! What would you like?")])).await;
        for number in 0..14 {
            let letter = char::from(b'a' + number);
            talk.shop.say("ann", &format!("message {letter} {}", "blah ".repeat(180))).await;
        }
        let last = talk.world.chats().pop().unwrap();
        let messages = last["messages"].as_array().unwrap();
        let history: usize =
            messages[1..messages.len() - 1].iter().map(|message| message["content"].as_str().unwrap().len()).sum();
        assert!(history <= 6000, "{history}");
        assert!(last.to_string().contains("message m") && !last.to_string().contains("message a "));
    }
}
