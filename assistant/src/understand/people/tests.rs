use super::*;

#[test]
fn names_that_are_introduced() {
    for (text, name) in [
        ("soy Ana", Some("Ana")),
        ("Soy Ana Torres, +34600111201. Confirmo el pedido", Some("Ana Torres")),
        ("Hola, soy Carmen. ¿La lavanda aguanta en un balcón con sol?", Some("Carmen")),
        ("me llamo José Luis Pérez", Some("José Luis Pérez")),
        ("My name is Jane Pool", Some("Jane Pool")),
        ("my name is jane smith", Some("jane smith")),
        ("I'm Adam Reed, +447700900117. Confirmed, send the link", Some("Adam Reed")),
        ("меня зовут Олег, телефон +34600111212", Some("Олег")),
        ("Здравствуйте, меня зовут Вера. Ящик розовых помидоров", Some("Вера")),
        ("Атым Айгерім, +77000000109", Some("Айгерім")),
        ("Менің атым Дана", Some("Дана")),
        ("Атым Дана, +77000000116. Растаймын", Some("Дана")),
        ("это Светлана", Some("Светлана")),
        ("name: Kate Miller", Some("Kate Miller")),
        ("a nombre de María de la Cruz", Some("María de la Cruz")),
        ("soy Rubén, +34600111222, confirmo", Some("Rubén")),
        ("my name is Conor O'Brien", Some("Conor O'Brien")),
        ("Меня зовут Анна-Мария", Some("Анна-Мария")),
        ("soy Ana y quiero dos ramos", Some("Ana")),
        ("soy paula", Some("paula")),
        ("I'm fine", None),
        ("I'm interested in the surf lesson", None),
        ("I'm from Madrid", None),
        ("I am ready", None),
        ("Soy de Valencia", None),
        ("soy alérgica a las rosas", None),
        ("soy nueva cliente", None),
        ("это подарок", None),
        ("это Мадрид", None),
        ("I'm Spanish", None),
        ("я хочу розы", None),
        ("мен келемін", None),
        ("this is great", None),
        ("Hello", None),
        ("Quiero dos ramos de rosas para Valencia", None),
        ("Добрый день! Хочу свадебную причёску", None),
    ] {
        assert_eq!(name_in(text, false).as_deref(), name, "{text}");
    }
}

#[test]
fn names_beside_a_phone() {
    for (text, name) in [
        ("Marta Gil, +34 600 111 208, confirmo", Some("Marta Gil")),
        ("Igor, +79990000106", Some("Igor")),
        ("Игорь, +79990000106. Оформляйте", Some("Игорь")),
        ("Жанар, +77000000123, растаймын", Some("Жанар")),
        ("Tom Baker, +447700900107, Wednesday 4 March at 10 am. Please send me the payment link", Some("Tom Baker")),
        ("Fine. Lucy Hart, +447700900110. I confirm the order", Some("Lucy Hart")),
        ("Букет из 15 тюльпанов в Мадрид, Анна, +79990000118, подтверждаю заказ", Some("Анна")),
        ("Светлана, +77000000111, подтверждаю", Some("Светлана")),
        ("Kate Miller, +44 7700 900105", Some("Kate Miller")),
        ("+34600111201 Ana Torres", Some("Ana Torres")),
        ("Анна телефон +79990000118", Some("Анна")),
        ("Valencia, Ana, +34600111201", Some("Ana")),
        ("Sí, confirmo. +34600111201", None),
        ("Мой телефон +79990000118", None),
        ("Madrid, +34600111201", None),
        ("ok +34600111201", None),
        ("igor, +79990000106", Some("igor")),
    ] {
        assert_eq!(name_in(text, false).as_deref(), name, "{text}");
    }
}

#[test]
fn a_bare_name_counts_when_asked_for() {
    for (text, name) in [
        ("Жанар", Some("Жанар")),
        ("Ana Torres", Some("Ana Torres")),
        ("Вера", Some("Вера")),
        ("jane", Some("jane")),
        ("Rosa", Some("Rosa")),
        ("Sofia", Some("Sofia")),
        ("Madrid", None),
        ("ok", None),
        ("Confirmo", None),
        ("yes", None),
        ("Завтра", None),
        ("+34600111201", None),
        ("Use my current number", None),
        ("12-34", None),
        ("да, подтверждаю", None),
        ("сколько стоит?", None),
    ] {
        assert_eq!(name_in(text, true).as_deref(), name, "{text}");
    }
    assert_eq!(name_in("Жанар", false), None);
}

#[test]
fn runs_that_look_like_phones() {
    for (text, asked, raw) in [
        ("+34 600 111 213", false, vec!["+34 600 111 213"]),
        ("+34 (600) 111-215", false, vec!["+34 (600) 111-215"]),
        ("Ana, +34600111201. Confirmo", false, vec!["+34600111201"]),
        ("600111208", false, vec!["600111208"]),
        ("8 700 000 01 09", false, vec!["8 700 000 01 09"]),
        ("12-34", true, vec!["12-34"]),
        ("12345", true, vec!["12345"]),
        ("12-34", false, vec![]),
        ("телефон 12-34", false, vec!["12-34"]),
        ("2026-03-05", true, vec![]),
        ("05.03.2026", true, vec![]),
        ("17:00", true, vec![]),
        ("quiero 150 rosas", true, vec![]),
        ("20 roses, +34600111201", true, vec!["+34600111201"]),
        ("+34600111201 17:00", false, vec!["+34600111201"]),
        ("+34 600 111 201 5 марта", false, vec!["+34 600 111 201"]),
        ("+77000000109. Ертең сағат 12:00-ге", false, vec!["+77000000109"]),
        ("1500 тенге", true, vec![]),
        ("", true, vec![]),
        ("+34600111201, +79990000106", false, vec!["+34600111201", "+79990000106"]),
        ("+12", true, vec!["+12"]),
        ("+", true, vec![]),
        ("(+ and + (", true, vec![]),
    ] {
        let found: Vec<String> = phones(text, asked).into_iter().map(|phone| phone.raw).collect();
        assert_eq!(found, raw, "{text}");
    }
}

#[test]
fn phones_know_their_place() {
    let text = "Ёж, +34 600 111 213!";
    for phone in phones(text, false) {
        assert_eq!(&text[phone.start..phone.end], phone.raw);
    }
}

#[test]
fn the_number_one_writes_from() {
    for text in [
        "Use my current number. Confirmed",
        "Возьмите мой текущий номер",
        "este mismo número",
        "осы нөмірім",
        "this number",
        "use this number please",
        "mi número actual",
        "этот же номер",
        "на этот номер",
        "the number I'm writing from",
        "el número desde el que escribo",
        "номер, с которого пишу",
        "осы нөмір",
        "usa mi número",
        "use my whatsapp number",
    ] {
        assert!(wants_current_phone(text), "{text}");
    }
    for text in [
        "this is my number: +34600111201",
        "same name and phone",
        "what is your phone number?",
        "мой номер +79990000106",
        "I want roses",
        "номер заказа",
        "el mismo teléfono y nombre de antes",
        "номер",
    ] {
        assert!(!wants_current_phone(text), "{text}");
    }
}

#[test]
fn what_was_given_before() {
    for text in [
        "Same name and phone. I confirm",
        "the same details",
        "los mismos datos",
        "mismo nombre y teléfono",
        "имя и телефон те же",
        "данные те же",
        "как в прошлый раз",
        "сол аты, сол телефон",
        "as before",
    ] {
        assert!(same_as_before(text), "{text}");
    }
    for text in ["use my current number", "same flowers", "el mismo ramo", "тот же букет", "my name is Ana"] {
        assert!(!same_as_before(text), "{text}");
    }
}

#[test]
fn cut_off_messages_break_nothing() {
    let now: jiff::Timestamp = "2026-12-31T23:30:00Z".parse().expect("a timestamp");
    let now = now.in_tz("Asia/Almaty").expect("a zone");
    for text in [
        "a las 12 y 31 de febrero, soy -Ana' O'Brien. +34 (600) 111-213 🌹👩‍👩‍👧 2º ½ 1/2 05.13.2026 99:99 24:00",
        "в 25 часов без пяти 12 31.02 (((+ 8 марта после пяти, меня зовут І. Ёлкин-Әлі — №5",
        "half past quarter to 12 p.m. next Friday 32 March, I'm 5 the 31st of June in 999999999999 days",
        "сағат он екіден кейін 5-і наурыздың 10 жүз мың бір жарым екеуі",
    ] {
        for (end, _) in text.char_indices().step_by(5) {
            for cut in [&text[..end], &text[end..]] {
                let said = tokens(cut);
                for token in &said {
                    assert_eq!(&cut[token.start..token.end], token.text);
                }
                for number in crate::understand::numbers::numbers(&said) {
                    assert!(number.start_token < number.end_token && number.end_token <= said.len(), "{cut}");
                }
                for date in crate::understand::dates::dates(&said, &now, None) {
                    assert!(date.end_token <= said.len(), "{cut}");
                }
                for time in crate::understand::dates::times(&said, None, true) {
                    assert!(time.end_token <= said.len(), "{cut}");
                }
                let _ = crate::understand::dates::parts_of_day(&said, None);
                let _ = crate::understand::numbers::durations(&said);
                let _ = crate::understand::numbers::measures(&said);
                let name = names(cut, &said, true);
                assert!(name.is_none_or(|name| cut.contains(&name)), "{cut}");
                for phone in phones(cut, true) {
                    assert_eq!(&cut[phone.start..phone.end], phone.raw);
                }
                for city in domain::city::mentions(cut, &["Ana".to_owned()]) {
                    assert_eq!(&cut[city.start..city.end], city.said);
                }
                let _ = domain::language::detect(cut);
            }
        }
    }
}
