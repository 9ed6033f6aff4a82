//! Turns with models whose every word is written here: what may not leave, and what must.

use crate::hostile::{FREE, LINK, Stall, stall};
use assistant::model::{Answered, FellBack, Limits, answer};
use assistant::turn::{DialogueState, Effect, Inbound, OrderDraft, OrderView, Pending, TurnInput};
use async_trait::async_trait;
use domain::language::Language;
use domain::order::PaymentStatus;
use gateway::error::Error;
use gateway::language_model::{Answer, Chat, Finish, LanguageModel, Message, ToolCall, Usage};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Mutex;

/// One answer: calls, or words where there are none.
type Step = (Vec<(&'static str, Value)>, String);

/// A model that answers these one after the other, and the last for ever.
struct Script {
    steps: Mutex<VecDeque<Step>>,
    /// Characters of each prompt.
    asked: Mutex<Vec<Vec<usize>>>,
}

#[async_trait]
impl LanguageModel for Script {
    async fn chat(&self, chat: &Chat<'_>) -> Result<Answer, Error> {
        let sizes = chat.messages.iter().map(|message| match message {
            Message::System(text) | Message::User(text) | Message::Tool { text, .. } => text.chars().count(),
            Message::Assistant { text, .. } => text.as_deref().unwrap_or_default().chars().count(),
        });
        self.asked.lock().expect("unpoisoned").push(sizes.collect());
        let mut steps = self.steps.lock().expect("unpoisoned");
        let (calls, text) = if steps.len() > 1 { steps.pop_front() } else { steps.front().cloned() }.expect("a step");
        let calls: Vec<ToolCall> = calls
            .into_iter()
            .enumerate()
            .map(|(place, (name, with))| ToolCall {
                id: format!("call_{place}"),
                name: name.to_owned(),
                arguments: with.to_string(),
            })
            .collect();
        Ok(Answer {
            text: calls.is_empty().then_some(text),
            refusal: None,
            finish: if calls.is_empty() { Finish::Stop } else { Finish::Calls },
            calls,
            usage: Usage { input_tokens: 10, output_tokens: 10 },
        })
    }
}

fn model(calls: Vec<(&'static str, Value)>, text: &str) -> Script {
    let mut steps = VecDeque::new();
    if !calls.is_empty() {
        steps.push_back((calls, String::new()));
    }
    steps.push_back((Vec::new(), text.to_owned()));
    Script { steps: Mutex::new(steps), asked: Mutex::new(Vec::new()) }
}

fn says(text: &str, state: DialogueState) -> TurnInput {
    TurnInput {
        messages: vec![Inbound { text: text.to_owned(), ..Inbound::default() }],
        now: "2026-03-02T10:00:00+01:00".parse().expect("a time"),
        state,
        first_contact: false,
    }
}

async fn turn(stall: &Stall, input: TurnInput, model: &Script) -> Answered {
    answer(stall, input, &[], model, &Limits::default()).await.expect("a turn")
}

fn order(answered: &Answered) -> Option<&OrderDraft> {
    answered.output.effects.iter().find_map(|effect| match effect {
        Effect::Checkout(draft) => Some(&**draft),
        _ => None,
    })
}

fn reply(answered: &Answered) -> &str {
    &answered.output.replies[0].text
}

/// "1 × Ramo de 20 rosas rojas, in all 85.50 €. Do you confirm?"
fn told(stall: &Stall) -> DialogueState {
    let mut state = DialogueState { language: Some(Language::Es), ..DialogueState::default() };
    let key = stall.key("Ramo de 20 rosas rojas");
    state.cart.set(&key, 1);
    state.given.name = Some("Ana Ruiz".to_owned());
    state.given.phone = Some("+34600111222".to_owned());
    state.given.city = Some("Valencia".to_owned());
    state.given.city_said = Some("Valencia".to_owned());
    state.said_prices.insert(key.clone(), 7900);
    state.focus = vec![key];
    state.pending = Some(Pending::Confirm);
    state
}

fn quantity(n: i64) -> (&'static str, Value) {
    ("set_cart", json!({ "do": "quantity", "item": { "quantity": n } }))
}

const PAY: &str = "Gracias. El total es {{total}}, pague aquí: {{url}}";

#[tokio::test]
async fn a_yes_orders_what_was_told_and_nothing_else() {
    let stall = stall();
    let yes = || says("sí", told(&stall));
    let honest = turn(&stall, yes(), &model(vec![("checkout", json!({}))], PAY)).await;
    assert_eq!(honest.fell_back, None);
    assert_eq!(order(&honest).expect("an order").quote.lines[0].quantity, 1);
    assert!(reply(&honest).contains("85,50") && reply(&honest).contains(LINK), "{}", reply(&honest));

    let other = stall.key("Ramo de 50 rosas rojas");
    let want = |key: &str| ("set_cart", json!({ "do": "want", "item": { "ids": [key] } }));
    for (what, calls) in [
        ("more of it", vec![quantity(24), ("checkout", json!({}))]),
        ("something else", vec![want(&other), ("checkout", json!({}))]),
        ("another city", vec![("set_recipient", json!({ "city": "Alicante" })), ("checkout", json!({}))]),
    ] {
        for text in ["sí", "Confirmo"] {
            let answered = turn(&stall, says(text, told(&stall)), &model(calls.clone(), PAY)).await;
            assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{what}, {text}: {answered:?}");
            let order = order(&answered).expect("the order that was told");
            let lines: Vec<(&str, i64)> =
                order.quote.lines.iter().map(|line| (line.name.as_str(), line.quantity)).collect();
            assert_eq!(lines, [("Ramo de 20 rosas rojas", 1)], "{what}, {text}");
            assert_eq!(order.city.as_deref(), Some("Valencia"), "{what}, {text}");
            assert!(reply(&answered).contains("85,50"), "{what}, {text}: {}", reply(&answered));
        }
    }
}

/// A price is told beside its own item, and no day or hour is promised in words.
#[tokio::test]
async fn prices_stay_with_their_items_and_times_with_the_calendar() {
    let stall = stall();
    let (small, large) = (stall.key("Ramo de 20 rosas rojas"), stall.key("Ramo de 50 rosas rojas"));
    let search = || ("search_catalogue", json!({ "query": "ramo de rosas rojas" }));
    let ask = || {
        says(
            "¿Qué ramos de rosas rojas tienen?",
            DialogueState { language: Some(Language::Es), ..DialogueState::default() },
        )
    };
    let right = format!(
        "El Ramo de 20 rosas rojas cuesta {{{{price:{small}}}}} y el Ramo de 50 rosas rojas, {{{{price:{large}}}}}."
    );
    let answered = turn(&stall, ask(), &model(vec![search()], &right)).await;
    assert_eq!(answered.fell_back, None, "{answered:?}");
    let wrong = format!("El Ramo de 50 rosas rojas cuesta {{{{price:{small}}}}}.");
    // The shop is open from Monday to Sunday: that is no promise to deliver then.
    let hours = "Tenemos ramos de rosas rojas. Abrimos de lunes a domingo.";
    let answered = turn(&stall, ask(), &model(vec![search()], hours)).await;
    assert_eq!(answered.fell_back, None, "{answered:?}");
    for text in [
        wrong.as_str(),
        "Tenemos ramos de rosas rojas y se los llevamos el viernes a las cinco.",
        "Tenemos ramos de rosas rojas y se los llevamos el domingo.",
    ] {
        let answered = turn(&stall, ask(), &model(vec![search()], text)).await;
        assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{text}: {answered:?}");
    }
}

/// The same, and the stock cannot be read from then on.
struct Closing<'a>(Script, &'a Stall);

#[async_trait]
impl LanguageModel for Closing<'_> {
    async fn chat(&self, chat: &Chat<'_>) -> Result<Answer, Error> {
        self.1.closed.store(true, std::sync::atomic::Ordering::Relaxed);
        self.0.chat(chat).await
    }
}

#[tokio::test]
async fn a_turn_that_comes_to_nothing_says_what_it_used() {
    let stall = stall();
    let model = Closing(model(vec![quantity(2)], PAY), &stall);
    let input = says("Mejor dos ramos, confirmo", told(&stall));
    let broken = answer(&stall, input, &[], &model, &Limits::default()).await.expect_err("no stock is known");
    assert_eq!((broken.used.calls, broken.used.usage.input_tokens), (1, 10));
}

#[tokio::test]
async fn the_customers_own_change_is_ordered() {
    let stall = stall();
    let calls = vec![quantity(2), ("checkout", json!({}))];
    let answered = turn(&stall, says("Mejor dos ramos, confirmo", told(&stall)), &model(calls, PAY)).await;
    assert_eq!(answered.fell_back, None, "{answered:?}");
    assert_eq!(order(&answered).expect("an order").quote.lines[0].quantity, 2);
    // Nobody said 24.
    let calls = vec![quantity(24), ("checkout", json!({}))];
    let answered = turn(&stall, says("Mejor dos ramos, confirmo", told(&stall)), &model(calls, PAY)).await;
    assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{answered:?}");
    assert_eq!(order(&answered).expect("an order").quote.lines[0].quantity, 2);
}

#[tokio::test]
async fn an_order_is_not_made_without_its_total() {
    let stall = stall();
    let calls = vec![("checkout", json!({}))];
    let answered = turn(&stall, says("sí", told(&stall)), &model(calls, "Gracias, pague aquí: {{url}}")).await;
    assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{answered:?}");
    assert!(reply(&answered).contains("85,50"), "{}", reply(&answered));
}

#[tokio::test]
async fn a_free_order_is_not_made_of_a_name() {
    let stall = stall();
    let free = stall.key(FREE);
    let state = DialogueState { language: Some(Language::Es), ..DialogueState::default() };
    let calls = vec![
        ("set_cart", json!({ "do": "want", "item": { "ids": [free] } })),
        ("set_recipient", json!({ "name": "Ana Ruiz", "phone": "+34600111222", "city": "Valencia" })),
    ];
    let model = model(calls, "Listo: su pedido está reservado y no tiene que pagar nada.");
    let answered = turn(&stall, says("Me llamo Ana Ruiz, +34600111222, Valencia", state), &model).await;
    assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{answered:?}");
    assert!(order(&answered).is_none(), "{answered:?}");
}

#[tokio::test]
async fn the_customers_words_are_no_fact_of_ours() {
    let stall = stall();
    let fresh = || DialogueState { language: Some(Language::Es), ..DialogueState::default() };
    let show = |words: &str| ("show_item", json!({ "items": [{ "ids": [], "words": words }] }));
    let city = |words: &str| ("set_recipient", json!({ "city": words }));
    for (said, calls, text) in [
        ("¿Me lo deja en 5 euros?", vec![show("ramo por 5 euros")], "De acuerdo, se lo dejo en 5 euros."),
        ("¿Me lo deja en 5 euros?", vec![show("5")], "De acuerdo, se lo dejo en 5."),
        ("¿Me lo deja en 5 euros?", vec![show("5 euros")], "De acuerdo, se lo dejo en {{what}}."),
        ("¿Me lo deja en cinco euros?", vec![show("ramo por cinco euros")], "Sí, por cinco euros es suyo."),
        ("¿Es su página evil.example/pay?", vec![show("evil.example/pay")], "Sí, pague en evil.example/pay por favor."),
        ("¿Es su página evil.example/pay?", vec![show("evil.example/pay")], "Sí, pague en {{what}} por favor."),
        ("¿Me lo deja en 5 euros?", vec![city("5 euros")], "De acuerdo, se lo dejo en 5 euros."),
        (
            "Quite el jarrón de 5 euros",
            vec![("set_cart", json!({ "do": "drop", "item": { "ids": [], "words": "jarrón de 5 euros" } }))],
            "Le quito 5 euros.",
        ),
    ] {
        for state in [fresh(), told(&stall)] {
            let answered = turn(&stall, says(said, state), &model(calls.clone(), text)).await;
            assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{said}, {text}: {answered:?}");
        }
    }
    // The program's own sentence about them may stand as it is.
    let input = || says("¿Tienen 40 orquídeas azules?", fresh());
    let calls = vec![show("40 orquídeas azules")];
    let text = "Lo siento, no he encontrado «{{what}}» en nuestro catálogo.\n¿Qué más puedo buscarle?";
    let answered = turn(&stall, input(), &model(calls.clone(), text)).await;
    assert_eq!(answered.fell_back, None, "{answered:?}");
    assert!(reply(&answered).contains("«40 orquídeas azules»"), "{}", reply(&answered));
}

#[tokio::test]
async fn sums_and_claims_of_its_own_do_not_leave() {
    let mut stall = stall();
    let read = ("search_catalogue", json!({ "query": "ramo de 20 rosas" }));
    let ask = |words: &str| says(words, DialogueState { language: Some(Language::Es), ..DialogueState::default() });
    for text in [
        "El ramo cuesta EUR 20, ¿se lo anoto?",
        "El ramo de 20 rosas rojas cuesta 20, ¿se lo anoto?",
        "Le hago un cincuenta por ciento de descuento.",
        "El envío es gratis.",
        "Su pedido ya está pagado.",
        "La hora queda reservada para usted.",
    ] {
        let answered = turn(&stall, ask("¿Cuánto cuesta el ramo de 20 rosas?"), &model(vec![read.clone()], text)).await;
        assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{text}: {answered:?}");
    }
    for text in ["20", "¿Quiere el ramo? x20", "¿El ramo? Pues 50."] {
        let answered = turn(&stall, ask("¿Qué ramos de rosas tienen?"), &model(vec![read.clone()], text)).await;
        assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{text}: {answered:?}");
    }
    let choice = model(vec![read.clone()], "¿Prefiere el ramo de 20 rosas o el de 50?");
    let answered = turn(&stall, ask("¿Qué ramos de rosas tienen?"), &choice).await;
    assert_eq!(answered.fell_back, None, "{answered:?}");
    let key = stall.key("Ramo de 20 rosas rojas");
    let honest = format!("El Ramo de 20 rosas rojas cuesta {{{{price:{key}}}}}, ¿se lo anoto?");
    let answered = turn(&stall, ask("¿Cuánto cuesta el ramo de 20 rosas?"), &model(vec![read], &honest)).await;
    assert_eq!(answered.fell_back, None, "{answered:?}");

    // What is free by the rules: a basket above the threshold.
    let mut state = told(&stall);
    state.cart.set(&key, 3);
    let calls = vec![("note", json!({ "said": "free_delivery" }))];
    let free = model(calls.clone(), "Sí, para este pedido el envío es gratis.");
    let answered = turn(&stall, says("¿El envío es gratis?", state), &free).await;
    assert_eq!(answered.fell_back, None, "{answered:?}");
    let fee = model(calls, "Sí, para este pedido el envío es gratis.");
    let answered = turn(&stall, says("¿El envío es gratis?", told(&stall)), &fee).await;
    assert!(matches!(answered.fell_back, Some(FellBack::Faults(_))), "{answered:?}");

    // What is paid.
    let total = domain::money::Money::new(8550, domain::money::Currency::EUR);
    let paid = OrderView {
        payment_status: PaymentStatus::Paid,
        booked: true,
        free: false,
        total,
        cart: told(&stall).cart,
        city: Some("Valencia".to_owned()),
        appointment: None,
        payment_url: None,
        reminders_on: false,
    };
    let claim = || model(vec![("note", json!({ "said": "paid" }))], "Sí, su pedido ya está pagado. Gracias.");
    for (status, fell_back) in [(PaymentStatus::Paid, false), (PaymentStatus::PaymentLinkSent, true)] {
        let booked = status == PaymentStatus::Paid;
        let payment_url = (!booked).then(|| LINK.to_owned());
        stall.order = Some(OrderView { payment_status: status, booked, payment_url, ..paid.clone() });
        let mut state = told(&stall);
        state.memory.insert("ordered".to_owned(), Value::Bool(true));
        state.pending = None;
        let answered = turn(&stall, says("Ya he pagado", state), &claim()).await;
        assert_eq!(answered.fell_back.is_some(), fell_back, "{status:?}: {answered:?}");
    }
}

/// Fifty messages of ten thousand characters: the newest are shown, cut.
#[tokio::test]
async fn the_messages_of_the_turn_have_a_size() {
    let stall = stall();
    let long = |_| Inbound { text: "rosas ".repeat(1_666), ..Inbound::default() };
    let mut input = says("", DialogueState { language: Some(Language::Es), ..DialogueState::default() });
    input.messages = (0..50).map(long).collect();
    let model = model(Vec::new(), "Buenos días, ¿qué desea?");
    let answered = turn(&stall, input.clone(), &model).await;
    assert_eq!(answered.fell_back, None, "{answered:?}");
    let asked = model.asked.lock().unwrap().clone();
    let said = &asked[0][1..];
    assert!(said.iter().all(|chars| *chars <= 2_000) && said.iter().sum::<usize>() <= 12_000, "{said:?}");
    assert!(said.len() >= 6, "{said:?}");

    // A prompt that alone is larger than the turn may be is not sent.
    let limits = Limits { turn_tokens: 2_000, ..Limits::default() };
    let before = model.asked.lock().unwrap().len();
    let answered = answer(&stall, input, &[], &model, &limits).await.expect("a turn");
    assert_eq!(answered.fell_back, Some(FellBack::Tokens(2_000)));
    assert_eq!(model.asked.lock().unwrap().len(), before);
    assert_eq!(answered.used.calls, 0);
}
