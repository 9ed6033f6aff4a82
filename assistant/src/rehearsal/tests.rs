use super::*;
use std::collections::VecDeque;

/// A stage that says what it was told to say and notes what was done to it.
#[derive(Default)]
struct Scripted {
    answers: VecDeque<Result<Observed, StageError>>,
    done: Vec<String>,
}

#[async_trait]
impl Stage for Scripted {
    async fn start(&mut self, scene: Scene<'_>) -> Result<(), StageError> {
        self.done.push(format!("start {} {}", scene.channel.as_str(), scene.now));
        Ok(())
    }

    async fn say(&mut self, texts: &[String]) -> Result<Observed, StageError> {
        self.done.push(format!("say {texts:?}"));
        self.answers.pop_front().expect("an answer")
    }

    async fn advance(&mut self, duration: SignedDuration) -> Result<Observed, StageError> {
        self.done.push(format!("advance {}", duration.as_mins()));
        self.answers.pop_front().expect("an answer")
    }

    async fn event(&mut self, event: &Event) -> Result<Observed, StageError> {
        self.done.push(format!("event {event:?}"));
        self.answers.pop_front().expect("an answer")
    }
}

fn rehearsal(turns: &str) -> Rehearsal {
    parse(&format!("name: test\nturns:\n{turns}"), Path::new("dir/test.yaml")).expect("a rehearsal")
}

fn fault(text: &str) -> String {
    parse(text, Path::new("dir/test.yaml")).expect_err("a fault").to_string()
}

fn expect(keys: &str) -> Expect {
    let turns = format!("  - says: x\n    expect:\n      {}\n", keys.replace('\n', "\n      "));
    rehearsal(&turns).turns.remove(0).expect.expect("an expectation")
}

fn keys(expected: &str, observed: &Observed) -> Vec<String> {
    check(&expect(expected), observed).into_iter().map(|difference| difference.key).collect()
}

fn says(text: &str, language: Language) -> Observed {
    Observed { texts: vec![text.to_owned()], language: Some(language), ..Observed::default() }
}

#[test]
fn reads_the_whole_document() {
    let text = r#"
name: threshold reached, free delivery
company:
  type: hybrid
  currency: KZT
  timezone: Asia/Almaty
  shop_type: flowers
  required: [name, phone, city, address]
  hours: { mon-thu: "09:00-13:00, 14:00-18:00", sat: "10:00-24:00" }
knowledge: [samples/flowers.csv, "more.csv"]
channel: instagram
customer: { name: "Ana", phone: "+34600111222" }
now: 2026-03-02T10:00:00+01:00
turns:
  - says: ["Hola", "dos"]
  - after: 1d2h30m
  - event: import
    file: new.csv
  - event: payment_failed
"#;
    let read = parse(text, Path::new("dir/test.yaml")).expect("a rehearsal");
    assert_eq!(read.company.kind, CompanyType::Hybrid);
    assert_eq!(read.company.currency, domain::money::Currency::KZT);
    assert_eq!(read.company.timezone_name, "Asia/Almaty");
    assert_eq!(read.company.required, Some(vec![Field::Name, Field::Phone, Field::City, Field::Address]));
    let hours = &read.company.hours.days;
    assert_eq!(hours[0].len(), 2);
    assert_eq!(hours[3][1].1, jiff::civil::time(18, 0, 0, 0));
    assert!(hours[4].is_empty() && hours[6].is_empty());
    assert_eq!(hours[5][0].1, jiff::civil::time(23, 59, 59, 0));
    assert_eq!(read.knowledge, [PathBuf::from("dir/samples/flowers.csv"), PathBuf::from("dir/more.csv")]);
    assert_eq!(read.channel, ChannelKind::Instagram);
    assert_eq!(read.customer.phone, "+34600111222");
    assert_eq!(read.now, "2026-03-02T09:00:00Z".parse().expect("a moment"));
    let steps: Vec<_> = read.turns.iter().map(|turn| (turn.line, turn.step.clone())).collect();
    assert_eq!(
        steps,
        [
            (15, Step::Says(vec!["Hola".to_owned(), "dos".to_owned()])),
            (16, Step::After(SignedDuration::from_mins(26 * 60 + 30))),
            (17, Step::Event(Event::Import(PathBuf::from("dir/new.csv")))),
            (19, Step::Event(Event::PaymentFailed)),
        ]
    );
}

#[test]
fn only_name_and_turns_are_required() {
    let read = rehearsal("  - says: hello\n");
    assert_eq!(read.company.kind, CompanyType::Product);
    assert_eq!(read.channel, ChannelKind::Webchat);
    assert_eq!(read.company.required, None);
    assert_eq!(read.now, "2026-03-02T10:00:00Z".parse().expect("a moment"));
    let open: Vec<usize> = read.company.hours.days.iter().map(Vec::len).collect();
    assert_eq!(open, [1, 1, 1, 1, 1, 0, 0], "hours default to Monday to Friday");
}

#[test]
fn a_plain_scalar_is_what_the_customer_wrote() {
    let read = rehearsal(
        "  - says: no\n  - says: 2\n  - says: +34 600 111 222\n  - says: +34600111222 # phone\n  - says: 1.50\n  - says: [yes, 007]\n",
    );
    let said: Vec<String> = read.turns.iter().map(|turn| describe(&turn.step)).collect();
    assert_eq!(said, ["no", "2", "+34 600 111 222", "+34600111222", "1.50", "yes / 007"]);
}

#[test]
fn a_fault_names_file_and_line() {
    let cases = [
        ("name: a\nturns:\n  - says: x\n    expect:\n      carts: []\n", 5, "carts"),
        ("name: a\ncolour: red\nturns:\n  - says: x\n", 2, "colour"),
        ("name: a\nname: b\nturns:\n  - says: x\n", 2, "name"),
        ("name: a\nturns:\n  - says: x\n    expect:\n      city: A\n      city: B\n", 6, "city"),
        ("name: a\nturns:\n  - says: x\n    expect:\n      reply: { contain: [] }\n", 5, "contain"),
        ("name: a\nturns:\n  - says: x\n    expect:\n      order:\n        sum: \"1.00\"\n", 6, "sum"),
        ("name: a\nturns:\n  - says: x\n    expect:\n      booking:\n        time: x\n", 6, "time"),
        ("name: a\nturns:\n  - says: x\n    expect:\n      booking: maybe\n", 5, "maybe"),
        ("name: a\nturns:\n  - says: x\n  - says: y\n    after: 3h\n", 4, "exactly one"),
        ("name: a\nturns:\n  - says: x\n  - expect: { messages: 1 }\n", 4, "exactly one"),
        ("name: a\nturns:\n  - says: x\n  - event: import\n", 4, "file"),
        ("name: a\nturns:\n  - event: paid\n    file: a.csv\n", 3, "import"),
        ("name: a\nturns:\n  - says: x\n  - after: 3w\n", 4, "3w"),
        ("name: a\nturns:\n  - says: x\n  - event: payed\n", 4, "payed"),
        ("name: a\nturns:\n  - says: x\n    expect:\n      asks: [name, colour]\n", 5, "colour"),
        ("name: a\nturns:\n  - says: x\n    expect:\n      reply: { matches: [\"(\"] }\n", 5, "regular expression"),
        ("name: a\nturns:\n  - says: x\n    expect:\n      order: { total: \"1,5\" }\n", 5, "decimal"),
        ("name: a\ncompany: { timezone: Mars/Base }\nturns:\n  - says: x\n", 2, "Mars/Base"),
        ("name: a\ncompany:\n  hours: { someday: \"10:00-18:00\" }\nturns:\n  - says: x\n", 3, "someday"),
        ("name: a\ncompany:\n  hours: { mon: \"10:00-14:00, 12:00-16:00\" }\nturns:\n  - says: x\n", 3, "overlap"),
        ("name: a\nnow: yesterday\nturns:\n  - says: x\n", 2, "yesterday"),
        ("name: a\nchannel: pigeon\nturns:\n  - says: x\n", 2, "pigeon"),
    ];
    for (text, line, word) in cases {
        let message = fault(text);
        assert!(message.starts_with(&format!("dir/test.yaml:{line}: ")), "{message}\nfor\n{text}");
        assert!(message.contains(word), "{message}\ndoes not name {word}");
        assert!(!message.contains('\n'), "{message}");
    }
    assert!(fault("turns:\n  - says: x\n").contains("name"));
    assert!(fault("name: a\n").contains("turns"));
    assert!(fault("name: a\nturns: []\n").contains("empty"));
    assert!(fault("name: a\nturns:\n  - says: []\n").starts_with("dir/test.yaml:3: says is empty"));
}

#[test]
fn what_is_not_named_is_not_checked() {
    let observed =
        Observed { payment_link: true, cart: vec![Line { sku: "1".into(), quantity: 1 }], ..says("x", Language::En) };
    assert_eq!(check(&Expect::default(), &observed), []);
}

#[test]
fn reply_is_tried_against_all_texts() {
    let observed = Observed {
        texts: vec!["Bienvenido a la Floristería".to_owned(), "El total es 84,50 €".to_owned()],
        language: Some(Language::Es),
        ..Observed::default()
    };
    assert_eq!(
        keys("language: es\nreply: { contains: [\"FLORISTERÍA\", \"84,50\"], matches: [\"84[.,]50\"] }", &observed),
        [""; 0]
    );
    assert_eq!(
        keys("reply: { excludes: [TOTAL], excludes_matches: [\"\\\\d{2}\"] }", &observed),
        ["reply.excludes", "reply.excludes_matches"]
    );
    assert_eq!(keys("reply: { matches: [\"TOTAL\"] }", &observed), ["reply.matches"], "patterns heed the case");
    assert_eq!(keys("reply: { max_chars: 47 }", &observed), [""; 0]);
    assert_eq!(keys("reply: { max_chars: 46 }", &observed), ["reply.max_chars"]);
    assert_eq!(keys("reply: { contains: total }", &observed), [""; 0], "one text needs no list");
    assert_eq!(keys("messages: 2\nsilent: false", &observed), [""; 0]);
    assert_eq!(keys("messages: 0\nsilent: true", &observed), ["silent", "messages"]);
}

#[test]
fn the_language_is_the_engines_word_and_the_script_must_fit() {
    assert_eq!(keys("language: en", &says("Hello", Language::Es)), ["language"]);
    assert_eq!(keys("language: en", &Observed::default()), ["language"], "silence has no language");
    assert_eq!(keys("language: ru", &says("Total: 5", Language::Ru)), ["language"]);
    assert_eq!(keys("language: en", &says("Творог 5 %", Language::En)), ["language"]);
    assert_eq!(keys("language: en", &says("Творог costs 5", Language::En)), [""; 0]);
    assert_eq!(keys("language: ru", &says("5", Language::Ru)), [""; 0]);
    let russian = "Здравствуйте, напишите пожалуйста город доставки и номер телефона получателя";
    assert_eq!(keys("language: kk", &says(russian, Language::Kk)), ["language"]);
    assert_eq!(
        keys(
            "language: kk",
            &says("Сәлеметсіз бе, қалаңызды және телефон нөміріңізді жазыңызшы, рақмет сізге", Language::Kk)
        ),
        [""; 0]
    );
}

#[test]
fn lines_are_exact_in_any_order_and_skus_are_strings() {
    let observed = Observed {
        cart: vec![Line { sku: "0102".into(), quantity: 1 }, Line { sku: "101".into(), quantity: 2 }],
        ..Observed::default()
    };
    assert_eq!(keys("cart: [{ sku: 101, quantity: 2 }, { sku: 0102 }]", &observed), [""; 0]);
    assert_eq!(keys("cart: [{ sku: \"101\", quantity: 2 }]", &observed), ["cart"]);
    assert_eq!(keys("cart: [{ sku: 101, quantity: 2 }, { sku: 102 }]", &observed), ["cart"]);
    assert_eq!(keys("cart: []", &observed), ["cart"]);
    assert_eq!(keys("cart: []", &Observed::default()), [""; 0]);
}

#[test]
fn asks_is_an_exact_set() {
    let observed = Observed { asks: vec![Field::Phone, Field::Name], ..Observed::default() };
    assert_eq!(keys("asks: [name, phone]", &observed), [""; 0]);
    assert_eq!(keys("asks: [phone]", &observed), ["asks"]);
    assert_eq!(keys("asks: []", &observed), ["asks"]);
    assert_eq!(keys("asks: []", &Observed::default()), [""; 0]);
}

#[test]
fn an_order_is_compared_part_by_part() {
    let observed = Observed {
        payment_link: true,
        payment_status: Some(PaymentStatus::PaymentLinkSent),
        order: Some(ObservedOrder {
            products: "158.00".into(),
            delivery: "0.00".into(),
            total: "158.00".into(),
            free_delivery: true,
            city: Some("Valencia".into()),
            phone: Some("+34600111222".into()),
            name: Some("Ana".into()),
            lines: vec![Line { sku: "101".into(), quantity: 2 }],
        }),
        ..Observed::default()
    };
    let met = "payment_link: true\npayment_status: payment_link_sent\norder: { products: 158.00, delivery: \"0.00\", total: \"158.00\", free_delivery: true, city: Valencia, phone: \"+34 (600) 111-222\", name: Ana, lines: [{ sku: 101, quantity: 2 }] }";
    assert_eq!(keys(met, &observed), [""; 0]);
    let missed = "payment_link: false\npayment_status: paid\norder: { products: \"158.0\", delivery: \"5.00\", total: \"158\", free_delivery: false, city: Madrid, phone: \"+34600111223\", name: Eva, lines: [] }";
    assert_eq!(
        keys(missed, &observed),
        [
            "payment_link",
            "payment_status",
            "order.products",
            "order.delivery",
            "order.total",
            "order.free_delivery",
            "order.city",
            "order.phone",
            "order.name",
            "order.lines"
        ]
    );
    assert_eq!(keys("order: { total: \"1.00\" }", &Observed::default()), ["order"]);
    assert_eq!(keys("payment_status: no_payment_link", &Observed::default()), [""; 0]);
}

#[test]
fn a_booking_has_a_kind_a_city_and_a_start() {
    let observed = Observed {
        booking: Some(ObservedBooking {
            kind: "appointment".into(),
            city: Some("online".into()),
            start: "2026-03-03T11:00:00Z".parse().expect("a moment"),
        }),
        calendar_events: 1,
        ..Observed::default()
    };
    let met = "booking: { kind: appointment, city: online, at: 2026-03-03T12:00:00+01:00, before: 2026-03-03T11:00:00Z }\ncalendar_events: 1";
    assert_eq!(keys(met, &observed), [""; 0]);
    let missed = "booking: { kind: delivery, city: Madrid, at: 2026-03-03T12:00:00Z, before: 2026-03-03T10:59:00Z }\ncalendar_events: 0";
    assert_eq!(
        keys(missed, &observed),
        ["booking.kind", "booking.city", "booking.at", "booking.before", "calendar_events"]
    );
    assert_eq!(keys("booking: none", &observed), ["booking"]);
    assert_eq!(keys("booking: none", &Observed::default()), [""; 0]);
    assert_eq!(keys("booking: { kind: delivery }", &Observed::default()), ["booking"]);
}

#[test]
fn attachments_flags_and_counts() {
    let observed = Observed {
        images: vec!["https://media.example.com/1.jpg".into()],
        reminders: 1,
        handed_over: true,
        remind: true,
        order_changed: true,
        intent: Some("order".into()),
        items_offered: vec!["2".into(), "1".into()],
        ..Observed::default()
    };
    let met = "image: https://media.example.com/1.jpg\nvideo: \"\"\nreminders: 1\nhanded_over: true\nremind: true\norder_changed: true\nintent: order\nitems_offered: [1, 2]\nsilent: false";
    assert_eq!(keys(met, &observed), [""; 0]);
    let missed = "image: \"\"\nvideo: https://v.example.com\nreminders: 0\nhanded_over: false\nremind: false\norder_changed: false\nintent: ask\nitems_offered: [1]\nsilent: true";
    assert_eq!(
        keys(missed, &observed),
        ["image", "video", "reminders", "handed_over", "silent", "remind", "order_changed", "intent", "items_offered"]
    );
}

#[tokio::test]
async fn plays_every_turn_and_gathers_the_differences() {
    let script = rehearsal(
        "  - says: [hi, there]\n    expect: { messages: 1 }\n  - after: 3h\n    expect: { reminders: 1 }\n  - event: paid\n",
    );
    let mut stage = Scripted::default();
    stage.answers.push_back(Ok(says("Hello", Language::En)));
    stage.answers.push_back(Ok(Observed::default()));
    stage.answers.push_back(Ok(Observed::default()));
    let outcome = play(&script, &mut stage).await;
    assert_eq!(
        stage.done,
        ["start webchat 2026-03-02T10:00:00Z", "say [\"hi\", \"there\"]", "advance 180", "event Paid"]
    );
    assert!(!outcome.passed);
    assert_eq!(outcome.error, None);
    assert_eq!(outcome.turns.len(), 3, "a difference does not end the rehearsal");
    assert_eq!(outcome.turns[0].replies, ["Hello"]);
    assert_eq!(outcome.turns[0].differences, []);
    assert_eq!(outcome.turns[1].line, 5);
    assert_eq!(outcome.turns[1].differences[0].to_string(), "reminders: expected 1, got 0");
    assert_eq!(
        outcome.to_string(),
        "FAILED dir/test.yaml: test\n  dir/test.yaml:5 after 3h\n    reminders: expected 1, got 0"
    );
}

#[tokio::test]
async fn passes_when_nothing_differs_and_fails_when_the_stage_does() {
    let script = rehearsal("  - says: hi\n    expect: { messages: 1 }\n");
    let mut stage = Scripted::default();
    stage.answers.push_back(Ok(says("Hello", Language::En)));
    let outcome = play(&script, &mut stage).await;
    assert!(outcome.passed);
    assert_eq!(outcome.to_string(), "ok dir/test.yaml: test");

    let mut broken = Scripted::default();
    broken.answers.push_back(Err(StageError("the catalogue cannot be read".to_owned())));
    let outcome = play(&script, &mut broken).await;
    assert!(!outcome.passed);
    assert_eq!(outcome.error.as_deref(), Some("dir/test.yaml:3: the catalogue cannot be read"));
}

/// `x8 rehearse --jobs` plays several at once on a runtime with threads.
#[test]
fn a_play_can_move_between_threads() {
    fn moves<T: Send>(_: &T) {}
    let script = rehearsal("  - says: hi\n");
    let mut stage = Scripted::default();
    moves(&play(&script, &mut stage));
}

#[test]
fn finds_files_in_folders() {
    let own = tempfile::tempdir().expect("a folder");
    let folder = own.path().to_owned();
    std::fs::create_dir_all(folder.join("inner")).expect("a folder");
    for name in ["b.yaml", "a.yml", "inner/c.yaml", "inner/d.csv"] {
        std::fs::write(folder.join(name), "").expect("a file");
    }
    let found = files(&[folder.clone(), folder.join("b.yaml")]).expect("files");
    let names: Vec<_> = found.iter().filter_map(|path| path.strip_prefix(&folder).ok()).collect();
    assert_eq!(names, [Path::new("a.yml"), Path::new("b.yaml"), Path::new("inner/c.yaml")]);
    own.close().expect("removed");
    assert!(files(&[folder]).is_err());
}
