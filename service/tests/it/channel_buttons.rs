//! Buttons of Telegram: a small closed choice of the engine stands under its text, and pressing one is writing what it says.

use crate::channel_telegram::{ANA, Bot};
use entity::stored::{MessageDirection, PaymentStatus};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::fake::{Fault, Reply};

impl Bot {
    async fn answers(&self, text: &str) -> Vec<Value> {
        let before = self.world.sent().len();
        self.shop.kit.advance(Duration::from_millis(5));
        self.says(text).await;
        self.work().await;
        self.world.sent().split_off(before)
    }

    async fn press(&self, sent: &Value, label: &str, old: bool) -> Vec<Value> {
        let before = self.world.sent().len();
        self.shop.kit.advance(Duration::from_millis(5));
        let update = self.world.press_under(ANA, sent, label, old);
        let answer = self.deliver(&update).await.unwrap().unwrap();
        assert_eq!(answer["method"], "answerCallbackQuery", "it stops spinning");
        // Telegram repeats what it thinks was not taken.
        self.deliver(&update).await.unwrap();
        self.work().await;
        self.world.sent().split_off(before)
    }

    async fn inbound(&self) -> Vec<String> {
        self.messages(MessageDirection::Inbound).await.into_iter().map(|message| message.text).collect()
    }
}

fn labels(sent: &Value) -> Vec<String> {
    let rows = sent["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row[0]["text"].as_str().unwrap_or_default().to_owned()).collect()
}

fn text(sent: &Value) -> &str {
    sent["text"].as_str().or(sent["caption"].as_str()).unwrap_or_default()
}

const ROSES: &str = "One rose bouquet to Valencia. I'm Ann Lee, +447700900111. What is the total?";

testkit::both! {
    /// From the total to the page by two presses; the text says the same for who types.
    async fn an_order_is_confirmed_and_paid_by_buttons(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        let total = bot.answers(ROSES).await.pop().unwrap();
        assert_eq!(labels(&total), ["Yes, I confirm"], "{total}");
        assert!(text(&total).contains("confirm"), "{total}");
        let link = bot.press(&total, "Yes, I confirm", false).await.pop().unwrap();
        assert_eq!(labels(&link), ["Pay"]);
        let order = bot.shop.order().await;
        assert_eq!(order.payment_status, PaymentStatus::PaymentLinkSent);
        let url = link["reply_markup"]["inline_keyboard"][0][0]["url"].as_str().unwrap();
        assert!(url.starts_with("https://x8.example/p/") && text(&link).contains(url), "{link}");
        assert_eq!(bot.inbound().await, [ROSES, "Yes, I confirm"], "once, as if it had been written");
        // Pressed again, long after, of a message of which Telegram tells no more: still what it says, and no second order.
        kit.advance(Duration::from_secs(3600));
        bot.press(&total, "Yes, I confirm", true).await;
        assert_eq!(bot.inbound().await.pop().unwrap(), "Yes, I confirm");
        assert_eq!(bot.shop.orders().await.len(), 1);
        bot.server.check();
    }

    /// Free times of a day and rows of one kind are chosen by a press.
    async fn times_are_chosen_by_buttons(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        let mut asked = bot.answers("I would like a back massage").await.pop().unwrap();
        if labels(&asked).is_empty() {
            asked = bot.answers("When are you free?").await.pop().unwrap();
        }
        let times = labels(&asked);
        assert!((1..=8).contains(&times.len()), "{asked}");
        bot.press(&asked, &times[0], false).await;
        let state: assistant::turn::DialogueState = serde_json::from_value(bot.conversation().await.dialogue).unwrap();
        let (date, time) = (state.given.date.unwrap(), state.given.time.unwrap());
        assert_eq!(times[0], format!("{}, {}", assistant::compose::day(date, domain::language::Language::En), assistant::compose::time_of_day(time)));
    }

    /// Buttons that Telegram does not take cost the text nothing.
    async fn a_text_goes_without_its_buttons(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        let refused = json!({ "ok": false, "error_code": 400, "description": "Bad Request: BUTTON_URL_INVALID" });
        bot.server.fail("/sendMessage", Fault::Answer(Reply::json(400, &refused)));
        let total = bot.answers(ROSES).await.pop().unwrap();
        assert!(labels(&total).is_empty() && text(&total).contains("45"), "{total}");
        let replies = bot.messages(MessageDirection::Outbound).await;
        assert!(replies.iter().all(|reply| reply.status == entity::stored::MessageStatus::Sent));
    }

    /// A press that names what is not there, or is of another channel, says nothing of it.
    async fn a_forged_press_says_nothing(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        let total = bot.answers(ROSES).await.pop().unwrap();
        let data = total["reply_markup"]["inline_keyboard"][0][0]["callback_data"].as_str().unwrap().to_owned();
        let known = bot.inbound().await.len();
        for forged in [format!("b:{}:0", kit.ctx.new_id().simple()), data.replace(":0", ":7")] {
            bot.deliver(&bot.world.press(ANA, &forged)).await.unwrap();
        }
        bot.work().await;
        assert_eq!(bot.inbound().await.len(), known);
    }
}
