//! The offline turn over a catalogue of 1,000 rows: work of one turn, beside one bare search of the same words.
//!
//! `cargo run --release -p bench --bin turn [turns] [rows]`

use assistant::offline::answer;
use assistant::retrieve::CatalogueIndex;
use assistant::turn::{DialogueState, FreeSlot, Inbound, OrderView, Shop, ShopError, ShopProfile, TurnInput};
use async_trait::async_trait;
use domain::booking::OpeningHours;
use domain::cart::Cart;
use domain::catalog::{Area, Item, ItemKind};
use domain::channel::ChannelKind;
use domain::language::Language;
use domain::money::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most work of one turn at the 99th percentile (issue, "Speed and size").
const WANTED: Duration = Duration::from_millis(30);

const KINDS: [&str; 20] = [
    "rose bouquet",
    "tulip bouquet",
    "white orchid",
    "olive tree",
    "glass vase",
    "chocolate box",
    "birthday cake",
    "coffee beans",
    "leather bag",
    "running shoes",
    "wooden chair",
    "desk lamp",
    "yoga mat",
    "tennis racket",
    "teddy bear",
    "photo frame",
    "scented candle",
    "face cream",
    "shampoo",
    "green tea",
];
const COLOURS: [&str; 10] = ["red", "white", "blue", "green", "black", "pink", "yellow", "grey", "brown", "golden"];
const SIZES: [&str; 5] = ["small", "medium", "large", "10 pcs", "20 pcs"];

const DIALOGUE: [&str; 8] = [
    "Hello, what do you have?",
    "How much is the red rose bouquet 20 pcs?",
    "Хочу две большие белые орхидеи в Валенсию",
    "¿Y una lámpara de escritorio negra?",
    "Маған көк йога төсеніші керек",
    "no, three orchids, and without the lamp",
    "I'm Ann Lee, +447700900111",
    "Confirmed, send the link please",
];

struct Bench {
    profile: ShopProfile,
    catalogue: Arc<CatalogueIndex>,
}

#[async_trait]
impl Shop for Bench {
    fn profile(&self) -> &ShopProfile {
        &self.profile
    }

    fn catalogue(&self) -> &Arc<CatalogueIndex> {
        &self.catalogue
    }

    fn order(&self) -> Option<&OrderView> {
        None
    }

    fn payment_url(&self) -> &'static str {
        "https://x8.example/p/bench"
    }

    async fn free_slots(&self, _: &Cart, _: Date, _: Date, _: usize) -> Result<Vec<FreeSlot>, ShopError> {
        Ok(Vec::new())
    }

    async fn available(&self, _: &str) -> Result<Option<i64>, ShopError> {
        Ok(None)
    }
}

fn item(number: usize) -> Item {
    let kind = KINDS[number % KINDS.len()];
    let colour = COLOURS[number / KINDS.len() % COLOURS.len()];
    let size = SIZES[number / (KINDS.len() * COLOURS.len()) % SIZES.len()];
    Item {
        key: format!("{number}"),
        kind: ItemKind::Product,
        name: format!("{colour} {kind} {size}"),
        sku: Some(format!("{number}")),
        description: format!("A {colour} {kind}, {size}, chosen with care and packed well for the way."),
        unit: Some("piece".to_owned()),
        category: Some(kind.to_owned()),
        subcategory: None,
        tags: Vec::new(),
        price_minor: Some(1000 + i64::try_from(number).unwrap_or(0)),
        fee_minor: Some(500),
        free_from_minor: None,
        available: None,
        area: Area::Cities(vec!["Valencia".to_owned(), "Madrid".to_owned()]),
        delivery_time_hours: Some(24),
        payment_reminder_hours: Some(2),
        duration_minutes: None,
        capacity: None,
        format: None,
        website_url: None,
        image_url: None,
        video_url: None,
        details: domain::catalog::Details::default(),
        contacts: domain::catalog::Contacts::default(),
        extra: std::collections::BTreeMap::new(),
    }
}

fn at(sorted: &[Duration], share: f64) -> Duration {
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len() - 1);
    sorted[index]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|word| word.parse::<usize>().expect("a number"));
    let turns = arguments.next().unwrap_or(800);
    let rows = arguments.next().unwrap_or(1000);
    let started = Instant::now();
    let catalogue = Arc::new(CatalogueIndex::build((0..rows).map(item).collect()));
    println!("index of {rows} rows: {:.0} ms", started.elapsed().as_secs_f64() * 1000.0);
    let shop = Bench {
        profile: ShopProfile {
            company_name: "Bench".to_owned(),
            shop_type: "everything".to_owned(),
            currency: Currency::EUR,
            timezone: TimeZone::UTC,
            hours: OpeningHours::usual(),
            required: None,
            channel: ChannelKind::Webchat,
            attested_phone: None,
            profile_name: None,
            privacy_url: None,
            welcome_video: None,
            default_language: Language::En,
        },
        catalogue,
    };
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().expect("a time");
    let (mut work, mut bare) = (Vec::with_capacity(turns), Vec::with_capacity(turns));
    let mut state = DialogueState::default();
    for turn in 0..turns + DIALOGUE.len() {
        let text = DIALOGUE[turn % DIALOGUE.len()];
        if turn % DIALOGUE.len() == 0 {
            state = DialogueState::default();
        }
        let input = TurnInput {
            messages: vec![Inbound { text: text.to_owned(), ..Inbound::default() }],
            now,
            state: state.clone(),
            first_contact: turn % DIALOGUE.len() == 0,
        };
        let started = Instant::now();
        let output = answer(&shop, input).await.expect("an answer");
        let took = started.elapsed();
        let started = Instant::now();
        let hits = shop.catalogue.search(text, 10);
        let searched = started.elapsed();
        assert!(!output.replies.is_empty() && hits.len() <= 10);
        state = output.state;
        // The first dialogue warms the lexicon.
        if turn >= DIALOGUE.len() {
            work.push(took);
            bare.push(searched);
        }
    }
    work.sort();
    bare.sort();
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    println!(
        "offline turn over {rows} rows, {turns} turns: p50 {:.2} ms, p99 {:.2} ms",
        ms(at(&work, 0.5)),
        ms(at(&work, 0.99))
    );
    println!(
        "limit: one bare search of the same words: p50 {:.2} ms, p99 {:.2} ms",
        ms(at(&bare, 0.5)),
        ms(at(&bare, 0.99))
    );
    println!("p99 is {:.0} % of the wanted {} ms", ms(at(&work, 0.99)) * 100.0 / ms(WANTED), WANTED.as_millis());
}
