//! The last gate before a reply leaves.

use crate::support::{cities, product, service};
use domain::catalog::{Contacts, Details, Item};
use domain::language::Language;
use domain::money::{Currency, Money, format_money};
use domain::reply::{DraftReply, Facts, Policy, Violation, check};
use proptest::prelude::*;

fn draft(text: &str) -> DraftReply<'_> {
    DraftReply { text, image: None, video: None }
}

fn policy<'a>(language: Language, internal: &'a [&'a Item]) -> Policy<'a> {
    Policy { max_chars: 3800, language, own_hosts: &[], internal, contacts_allowed: false }
}

fn violations(text: &str, facts: &Facts) -> Vec<Violation> {
    check(&draft(text), facts, &policy(Language::En, &[])).err().unwrap_or_default()
}

fn facts(numbers: &[&str], texts: &[&str]) -> Facts {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Facts { money: Vec::new(), numbers: owned(numbers), texts: owned(texts), links: Vec::new() }
}

fn unbound(fragment: &str) -> Vec<Violation> {
    vec![Violation::UnboundNumber { fragment: fragment.to_owned() }]
}

fn orchid() -> Item {
    Item {
        name: "White orchid in a ceramic pot".to_owned(),
        available: Some(223),
        area: cities(&["Valencia", "Barcelona"]),
        image_url: Some("https://media.example.com/flowers/113.jpg".to_owned()),
        contacts: Contacts {
            supplier: Some("Tom Ashdown, tom@dutchstem.example, +31600222020".to_owned()),
            supplier_services: Some("Dutch Stem Trading: returns@dutchstem.example, +31600222021".to_owned()),
            warehouse: Some("Bloemenlaan 0, Aalsmeer, Valencia".to_owned()),
            ..Contacts::default()
        },
        ..product("113")
    }
}

#[test]
fn length_is_counted_in_characters() {
    let text = "д".repeat(800);
    let policy = Policy { max_chars: 800, ..policy(Language::Ru, &[]) };
    assert_eq!(check(&draft(&text), &Facts::default(), &policy), Ok(()));
    let text = "д".repeat(801);
    let violations = check(&draft(&text), &Facts::default(), &policy);
    assert_eq!(violations, Err(vec![Violation::TooLong { chars: 801, max_chars: 800 }]));
    assert_eq!(check(&draft("  "), &Facts::default(), &policy), Err(vec![Violation::Empty]));
}

#[test]
fn sums_are_bound_in_every_form() {
    let facts =
        Facts { money: vec![Money::new(114_900, Currency::EUR), Money::new(7950, Currency::EUR)], ..Facts::default() };
    for text in [
        "\u{20ac}1,149.00",
        "1.149,00 \u{20ac}",
        "1 149 EUR",
        "1\u{a0}149,00\u{a0}\u{20ac}",
        "1149.00",
        "\u{20ac}1149",
        "1'149",
        "79.5",
        "79,50 euro",
    ] {
        assert_eq!(violations(text, &facts), [], "{text}");
    }
    for (text, fragment) in [
        ("\u{20ac}79", "79"),
        ("79,05", "79,05"),
        ("1.148", "1.148"),
        ("11.49", "11.49"),
        ("149", "149"),
        ("1\u{a0}149,01", "1\u{a0}149,01"),
    ] {
        assert_eq!(violations(text, &facts), unbound(fragment), "{text}");
    }
}

#[test]
fn two_facts_do_not_make_a_price() {
    let facts = facts(&["79", "50", "1", "149"], &[]);
    assert_eq!(violations("\u{20ac}79.50", &facts), unbound("79.50"));
    assert_eq!(violations("\u{20ac}1\u{a0}149", &facts), unbound("1\u{a0}149"));
    assert_eq!(violations("at 1:50", &facts), unbound("1:50"));
    assert_eq!(violations("79 and 50", &facts), []);
    assert_eq!(violations("pots of 79 149 each", &facts), []);
}

#[test]
fn numbers_of_texts_may_be_repeated() {
    let facts =
        facts(&["2"], &["Ramo de 20 rosas rojas", "Phalaenopsis, about 55 cm tall, \u{ff13} stems", "code A4/7"]);
    assert_eq!(violations("2 x Ramo de 20 rosas rojas, 55 cm, 3 stems, A4/7", &facts), []);
    assert_eq!(violations("21 roses", &facts), unbound("21"));
    assert_eq!(violations("\u{ff12}\u{ff11} roses", &facts), unbound("21"));
    assert_eq!(violations("2\u{200b}1 roses", &facts), unbound("21"));
    assert_eq!(violations("\u{bd} a bouquet", &facts), unbound("\u{bd}"));
    assert_eq!(violations("\u{0665} roses", &facts), unbound("\u{0665}"));
    assert_eq!(violations("B5", &facts), unbound("5"));
    // A number that stands only in the address of a page is not a number of the text.
    let facts = self::facts(&[], &["see https://flores.example.com/p/101"]);
    assert_eq!(violations("101 roses", &facts), unbound("101"));
}

#[test]
fn dates_and_times_are_told_as_people_do() {
    let facts = facts(&["2026-03-04", "17:00", "09:30"], &[]);
    for text in ["on 4 March 2026 at 17:00", "04.03.2026", "4/3", "2026-03-04", "5 pm", "at 9:30", "5:00 pm"] {
        assert_eq!(violations(text, &facts), [], "{text}");
    }
    assert_eq!(violations("at 17:30", &facts), unbound("17:30"));
    assert_eq!(violations("at 9", &facts), unbound("9"));
    assert_eq!(violations("05.03.2026", &facts), unbound("05.03.2026"));
    let moment = self::facts(&["2026-03-04T17:00:00+05:00"], &[]);
    assert_eq!(violations("4 March, 17:00", &moment), []);
    assert_eq!(violations("10:00 10:30 11:00 11:30", &self::facts(&["10:00", "10:30", "11:00", "11:30"], &[])), []);
}

#[test]
fn phones_are_bound_whatever_their_groups() {
    for facts in [facts(&["+34600111208"], &[]), facts(&[], &["call +34 600 111 208, please"])] {
        for text in ["+34600111208", "+34 600 111 208", "+34 600 11 12 08", "+34 (600) 111-208"] {
            assert_eq!(violations(text, &facts), [], "{text}");
        }
        assert_eq!(violations("+34600111209", &facts), unbound("34600111209"));
    }
}

#[test]
fn lists_may_be_numbered_from_one() {
    let facts = Facts::default();
    assert_eq!(violations("We have:\n1. Roses\n2) Tulips\n 3. *Peonies*", &facts), []);
    assert_eq!(violations("1\u{fe0f}\u{20e3} Roses\n2\u{fe0f}\u{20e3} Tulips", &facts), []);
    assert_eq!(violations("79. Roses", &facts), unbound("79"));
    assert_eq!(violations("1. Roses\n3. Tulips", &facts), unbound("3"));
    assert_eq!(violations("Take 1. Then go", &facts), unbound("1"));
    assert_eq!(violations("1.Roses", &facts), unbound("1"));
}

#[test]
fn nothing_costs_zero() {
    let facts = facts(&["0"], &[]);
    for text in ["It is \u{20ac}0", "It is 0 \u{20ac}", "0.00 EUR", "0,00\u{a0}\u{20ac}", "costs 0 euros", "\u{20b8}0"]
    {
        assert!(matches!(violations(text, &facts)[..], [Violation::ZeroPrice { .. }]), "{text}");
    }
    assert_eq!(violations("0 sugar", &facts), []);
}

#[test]
fn links_are_ours_or_the_catalogues() {
    let mut facts = facts(&[], &["Our page is www.flores.example.com/p/113, write to info@flores.example.com"]);
    facts.links = vec!["https://pay.example.org/o/Ab12".to_owned()];
    for text in [
        "Pay here: https://pay.example.org/o/Ab12",
        "Pay here: (https://pay.example.org/o/Ab12).",
        "[pay](HTTPS://Pay.Example.org/o/Ab12)",
        "*pay.example.org/o/Ab12*",
        "https://flores.example.com/p/113/",
        "info@flores.example.com",
        "Thank you.Come again. We sell e.g. roses, a.m. and p.m., No.1/2".trim_end_matches("1/2"),
    ] {
        assert_eq!(violations(text, &facts), [], "{text}");
    }
    for (text, fragment) in [
        ("https://pay.example.org/o/Ab13", "https://pay.example.org/o/Ab13"),
        ("https://pay.example.org/o/ab12", "https://pay.example.org/o/ab12"),
        ("https://pay.example.org/o/Ab123", "https://pay.example.org/o/Ab123"),
        ("https://pay.example.org/o/Ab12?to=evil", "https://pay.example.org/o/Ab12?to=evil"),
        ("pay at:https://evil.example/o/Ab12!", "https://evil.example/o/Ab12"),
        ("[https://pay.example.org/o/Ab12](http://evil.example)", "http://evil.example"),
        ("evil.com", "evil.com"),
        ("site:evil.com", "evil.com"),
        ("Evil.Example/pay", "Evil.Example/pay"),
        ("www.evil.zone", "www.evil.zone"),
        ("https://pay.example.org", "https://pay.example.org"),
        ("javascript:alert", "javascript:alert"),
        ("https://pay.example.org.evil.com/o/Ab12", "https://pay.example.org.evil.com/o/Ab12"),
        ("https://pay.example.org@evil.com/o/Ab12", "https://pay.example.org@evil.com/o/Ab12"),
        ("ev\u{200b}il.com", "evil.com"),
        ("someone@evil.com", "someone@evil.com"),
        ("write to @evil_seller", "@evil_seller"),
        ("магазин.рф", "магазин.рф"),
    ] {
        assert_eq!(
            check(&draft(text), &facts, &policy(Language::En, &[]))
                .expect_err(text)
                .into_iter()
                .filter(|violation| !matches!(violation, Violation::Language { .. }))
                .collect::<Vec<_>>(),
            [Violation::UnboundLink { fragment: fragment.to_owned() }],
            "{text}"
        );
    }
}

#[test]
fn our_bare_host_may_be_named_but_not_a_page_on_it() {
    let hosts = ["shop.example.com".to_owned()];
    let policy = Policy { own_hosts: &hosts, ..policy(Language::En, &[]) };
    assert_eq!(check(&draft("See https://Shop.example.com/ please"), &Facts::default(), &policy), Ok(()));
    assert!(check(&draft("See https://shop.example.com/pay"), &Facts::default(), &policy).is_err());
}

#[test]
fn pictures_are_attached_and_come_from_the_catalogue() {
    let orchid = orchid();
    let internal = [&orchid];
    let policy = policy(Language::En, &internal);
    let url = "https://media.example.com/flowers/113.jpg";
    let attached = DraftReply { text: "Here it is", image: Some(url), video: None };
    assert_eq!(check(&attached, &Facts::default(), &policy), Ok(()));
    let foreign = DraftReply { text: "Here it is", image: None, video: Some("https://media.example.com/other.mp4") };
    assert!(matches!(check(&foreign, &Facts::default(), &policy).unwrap_err()[..], [Violation::UnboundLink { .. }]));
    let facts = Facts { links: vec![url.to_owned()], ..Facts::default() };
    let written = DraftReply { text: "Here: https://media.example.com/flowers/113.jpg", image: Some(url), video: None };
    assert_eq!(check(&written, &facts, &policy), Err(vec![Violation::MediaInText { fragment: url.to_owned() }]));
}

#[test]
fn contacts_are_told_only_when_asked_for() {
    let orchid = orchid();
    let internal = [&orchid];
    let mut facts = facts(&["+31600222020"], &["tom@dutchstem.example returns@dutchstem.example", "0"]);
    for (text, fragment) in [
        ("Write to TOM@dutchstem.example", "tom@dutchstem.example"),
        ("Our supplier is tom  ashdown", "Tom Ashdown"),
        ("It comes from Aalsmeer", "Aalsmeer"),
        ("Call 31 600 222 020", "+31600222020"),
        ("Call 600222020", "+31600222020"),
    ] {
        let found = check(&draft(text), &facts, &policy(Language::En, &internal)).expect_err(text);
        assert!(found.contains(&Violation::InternalContact { fragment: fragment.to_owned() }), "{text}: {found:?}");
    }
    // Valencia stands in the address, but the item is delivered there.
    assert_eq!(check(&draft("We deliver to Valencia"), &facts, &policy(Language::En, &internal)), Ok(()));
    let labelled = Item {
        contacts: Contacts { specialist: Some("WhatsApp: +77000000301".to_owned()), ..Contacts::default() },
        ..service("1")
    };
    assert_eq!(check(&draft("Write on WhatsApp"), &facts, &policy(Language::En, &[&labelled])), Ok(()));
    // The customer's own words may be repeated, a bare name at least.
    facts.texts.push("Is Tom Ashdown there?".to_owned());
    assert_eq!(check(&draft("I do not know Tom Ashdown"), &facts, &policy(Language::En, &internal)), Ok(()));
    assert!(check(&draft("tom@dutchstem.example"), &facts, &policy(Language::En, &internal)).is_err());
    let asked = Policy { contacts_allowed: true, ..policy(Language::En, &internal) };
    assert_eq!(check(&draft("Write to returns@dutchstem.example, +31600222020"), &facts, &asked), Ok(()));
}

#[test]
fn a_specialist_in_public_is_no_contact() {
    let item = Item {
        details: Details { specialist: Some("Динара".to_owned()), ..Details::default() },
        contacts: Contacts {
            specialist: Some("Динара, dinara@aisulu.example, +77000000301".to_owned()),
            office: Some("Алматы, Ойдан шығарылған көше, 5".to_owned()),
            ..Contacts::default()
        },
        area: cities(&["Алматы"]),
        ..service("801")
    };
    let internal = [&item];
    let policy = policy(Language::Ru, &internal);
    assert_eq!(check(&draft("Мастер Динара принимает в Алматы"), &Facts::default(), &policy), Ok(()));
    let found = check(&draft("Адрес: Ойдан шығарылған көше"), &Facts::default(), &policy).unwrap_err();
    assert!(found.contains(&Violation::InternalContact { fragment: "Ойдан шығарылған көше".to_owned() }));
}

#[test]
fn stock_is_never_told() {
    let orchid = orchid();
    let internal = [&orchid];
    // The number itself may be bound by chance: the words around it give it away.
    let facts = facts(&["223"], &[]);
    for (language, text) in [
        (Language::En, "There are 223 left"),
        (Language::En, "We have 223 pots in stock"),
        (Language::Es, "Nos quedan 223 orqu\u{ed}deas"),
        (Language::Es, "Hay 223 disponibles"),
        (Language::Ru, "Осталось 223 штуки"),
        (Language::Ru, "В наличии 223"),
        (Language::Ru, "На складе ровно 223"),
        (Language::Kk, "Қоймада 223 дана бар"),
        (Language::Kk, "223 дана қалды"),
    ] {
        let found = check(&draft(text), &facts, &policy(language, &internal)).expect_err(text);
        assert!(matches!(found[..], [Violation::Stock { .. }]), "{text}: {found:?}");
    }
    assert_eq!(check(&draft("It costs 223. It is available."), &facts, &policy(Language::En, &internal)), Ok(()));
    let few = Item { available: Some(4), ..product("128") };
    let internal_few = [&few];
    for (language, text) in [
        (Language::En, "Available on March 4"),
        (Language::Es, "Horas disponibles el 4 de marzo"),
        (Language::Ru, "Свободно 4 марта"),
        (Language::Kk, "4 наурызда бос уақыт қалды"),
    ] {
        let found = check(&draft(text), &self::facts(&["2026-03-04"], &[]), &policy(language, &internal_few));
        assert_eq!(found, Ok(()), "{text}");
    }
    assert!(check(&draft("4 left"), &self::facts(&["4"], &[]), &policy(Language::En, &internal_few)).is_err());
    let many: Vec<Violation> =
        check(&draft("There are 224 left"), &facts, &policy(Language::En, &internal)).unwrap_err();
    assert_eq!(many, unbound("224"));
}

#[test]
fn card_numbers_are_refused_even_when_the_customer_wrote_one() {
    let written = "4242 4242 4242 4242";
    let facts = facts(&[written], &["my card is 4242424242424242"]);
    for text in [written, "4242424242424242", "4242-4242-4242-4242", "3782 822463 10005"] {
        assert!(matches!(violations(text, &facts)[..], [Violation::CardNumber { .. }]), "{text}");
        assert!(!format!("{:?}", violations(text, &facts)).contains("4242 4242"), "the card is not repeated");
    }
    assert_eq!(violations("+34600111208", &self::facts(&["+34600111208"], &[])), []);
}

#[test]
fn the_letters_are_those_of_the_language() {
    let known = facts(&[], &["Ramo de rosas rojas", "Flores Levante"]);
    let ok = |language, text: &str| check(&draft(text), &known, &policy(language, &[])) == Ok(());
    assert!(ok(Language::Ru, "Ramo de rosas rojas, Flores Levante: да, есть"));
    assert!(!ok(Language::Ru, "We have it, of course"));
    assert!(!ok(Language::Kk, "Of course we have it"));
    assert!(!ok(Language::En, "Да, конечно, есть"));
    assert!(!ok(Language::Es, "Сәлеметсіз бе"));
    assert!(ok(Language::Es, "Sí, claro"));
    assert!(ok(Language::En, "OK \u{1f338}"));
    assert!(ok(Language::Kk, "Иә, бізде бұл гүл шоғы бар, жеткізу ертең болады, рахмет сізге"));
    assert!(!ok(Language::Kk, "Да, у нас есть такой букет, доставка будет завтра утром"));
    assert!(!ok(Language::Ru, "Иә, бізде бұл гүл шоғы бар, ертең жеткіземіз"));
}

/// Replies as the assistant words them, with the facts of their turns: none of them is held back.
#[test]
fn honest_replies_pass() {
    let orchid = orchid();
    let few = Item { available: Some(3), ..product("128") };
    let internal = [&orchid, &few];
    let mut shop = facts(
        &["2", "3", "2026-03-04", "17:00", "10:00", "18:00", "+34600111222"],
        &[
            "Ramo de 20 rosas rojas",
            "White orchid in a ceramic pot",
            "Классический маникюр",
            "Алматы",
            "Valencia",
            "Calma Mar",
        ],
    );
    shop.money = [7900, 15_800, 650, 16_450].map(|minor| Money::new(minor, Currency::EUR)).to_vec();
    shop.money.push(Money::new(450_000, Currency::KZT));
    shop.links = vec!["https://shop.example.com/p/Ab12Cd".to_owned(), "https://shop.example.com/privacy".to_owned()];
    for (language, text) in [
        (
            Language::En,
            "Hello! You are talking to the automatic assistant of Calma Mar. Privacy: https://shop.example.com/privacy\n\n\
             1. Ramo de 20 rosas rojas \u{2014} \u{20ac}79.00\n2. White orchid in a ceramic pot\n\nWhich one would you like?",
        ),
        (
            Language::Es,
            "2 \u{d7} Ramo de 20 rosas rojas: 158,00\u{a0}\u{20ac}. Entrega en Valencia: 6,50\u{a0}\u{20ac}. Total: 164,50\u{a0}\u{20ac}.\n\
             Puede pagar aqu\u{ed}: https://shop.example.com/p/Ab12Cd",
        ),
        (
            Language::Ru,
            "\u{ab}Классический маникюр\u{bb}, 4\u{a0}500\u{a0}\u{20b8}. Свободно 4 марта в 10:00 и в 17:00, мы открыты с 10:00 до 18:00. Какое время вам удобно?",
        ),
        (
            Language::Kk,
            "Жазылу: 04.03.2026, 17:00, Алматы. Бағасы 4\u{a0}500\u{a0}\u{20b8}. Телефон: +34 600 111 222. Растайсыз ба?",
        ),
        (Language::Es, "Este servicio es gratuito y no hay nada que pagar. \u{bf}Le reservo 3?"),
        (Language::En, "We cannot offer so many of White orchid in a ceramic pot. How many would you like instead?"),
    ] {
        assert_eq!(check(&draft(text), &shop, &policy(language, &internal)), Ok(()), "{text}");
    }
}

proptest! {
    #[test]
    fn a_number_that_no_fact_has_is_caught(
        known in proptest::collection::btree_set(0_i64..100_000, 0..6),
        told in 0_i64..100_000,
        shape in 0_usize..4,
    ) {
        prop_assume!(!known.contains(&told));
        let facts = Facts {
            money: known.iter().take(2).map(|number| Money::new(number * 100, Currency::EUR)).collect(),
            numbers: known.iter().skip(2).take(2).map(ToString::to_string).collect(),
            texts: known.iter().skip(4).map(|number| format!("a pot of {number} flowers")).collect(),
            links: Vec::new(),
        };
        let text = match shape {
            0 => format!("It has {told} of them"),
            1 => format!("It costs {}", format_money(Money::new(told * 100 + 37, Currency::EUR), Language::Es)),
            2 => format!("Take {told}."),
            _ => format!("x{told}y"),
        };
        let caught = violations(&text, &facts)
            .iter()
            .any(|violation| matches!(violation, Violation::UnboundNumber { .. }));
        prop_assert!(caught, "{}", text);
    }

    #[test]
    fn every_fact_may_be_told(
        minor in 1_i64..1_000_000_000,
        number in 0_u64..1_000_000,
        currency in proptest::sample::select(vec![Currency::EUR, Currency::KZT, Currency::USD]),
    ) {
        let facts = Facts {
            money: vec![Money::new(minor, currency)],
            numbers: vec![number.to_string()],
            texts: vec!["Да и жоқ, иә".to_owned()],
            links: Vec::new(),
        };
        for language in Language::ALL {
            let shown = format_money(Money::new(minor, currency), language);
            prop_assert_eq!(check(&draft(&format!("{shown} / {number}")), &facts, &policy(language, &[])), Ok(()));
        }
    }

    #[test]
    fn a_link_that_no_fact_has_is_caught(host in "[a-z]{3,8}\\.(com|es|ru|kz|example)", path in "/[a-z]{2,6}") {
        let facts = Facts { links: vec!["https://pay.example.org/o/a".to_owned()], ..Facts::default() };
        for text in [format!("see https://{host}{path}"), format!("see {host}{path} please"), format!("({host})")] {
            prop_assert!(!violations(&text, &facts).is_empty(), "{}", text);
        }
    }

    #[test]
    fn any_text_is_checked_without_panic(text in any::<String>(), fact in any::<String>()) {
        let facts = Facts { texts: vec![fact.clone()], numbers: vec![fact], ..Facts::default() };
        let orchid = orchid();
        let _ = check(&draft(&text), &facts, &policy(Language::Kk, &[&orchid]));
    }

    #[test]
    fn any_numeric_text_is_checked_without_panic(text in "[0-9.,:/'@ +()\u{a0}\u{20ac}\n-]{0,60}") {
        let facts = Facts { texts: vec![text.clone()], numbers: vec![text.clone()], ..Facts::default() };
        let _ = check(&draft(&text), &facts, &policy(Language::En, &[]));
    }
}
