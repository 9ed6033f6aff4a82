use super::*;

/// Texts of the catalogue that a reply names: a bouquet of 20 roses.
const NAMED: &str = "Ramo de 20 rosas. Букет из 20 роз. Tarjeta regalo de 50 EUR. Incluye una tarjeta gratis.";

fn by_hand(text: &str) -> Vec<String> {
    let licence = plain(NAMED);
    sentences(text).iter().flat_map(|sentence| sums(sentence, &|phrase| licence.contains(phrase))).collect()
}

fn claimed(text: &str, draft: &str) -> Vec<Claim> {
    let licence = plain(NAMED);
    let own = own_sentences(text, draft);
    claims(&own, draft, &|_| false, &|phrase| licence.contains(phrase)).into_iter().collect()
}

#[test]
fn sums_by_hand_are_seen_however_they_are_written() {
    for text in [
        "El ramo cuesta EUR 20",
        "KZT 20",
        "20 тг",
        "20 р.",
        "20 р. за букет",
        "20 тыс. тенге",
        "20 тысяч тенге",
        "20 мың теңге",
        "20-€",
        "20 (€)",
        "(€) 20",
        "€20",
        "20€",
        "20 centimos",
        "20 céntimos",
        "20 dólares",
        "20 dollars",
        "20k",
        "20к",
        "USD: 20",
        "20 euros al mes",
        "20 de euros",
        "20 %",
        "20 por ciento",
        "20 процентов скидки",
        "20 пайыз",
        "descuento de 20",
        "скидка 20",
        "20 off for you",
        "Se lo dejo en 20.",
        "It costs 20 today.",
        "Букет стоит всего 20.",
        "Бағасы 20 тұрады.",
        "El precio: 20",
        "El ramo cuesta 50 EUR",
        "cincuenta por ciento de descuento",
        "двадцать тысяч тенге",
        "жиырма мың теңге",
        "five hundred euros",
        "cinco euros",
        "un euro",
        "один рубль",
        "half off",
        "Букет стоит двадцать тысяч.",
        "It costs twenty each.",
        "a discount of fifty",
        "скидка пятьдесят",
        "жеңілдік елу",
        "dos mil pesos",
        "The еuro price is fine.",
        "20 еuro",
    ] {
        assert!(!by_hand(text).is_empty(), "{text}");
    }
}

#[test]
fn numbers_that_count_things_are_no_sums() {
    for text in [
        "El ramo de 20 rosas cuesta {{price:R20}}.",
        "El precio del ramo de 20 rosas es {{price}}.",
        "El total de tres ramos es {{total}}.",
        "Букет из 20 роз стоит {{price}}, оформить два?",
        "2 × Ramo de 20 rosas: {{total}}",
        "Цена двух букетов – {{total}}.",
        "Tenemos la tarjeta regalo de 50 EUR.",
        "The price is {{price}}. Shall I note two of them?",
        "Dos ramos son {{total}}, ¿los anoto?",
        "Сколько букетов Вам нужно, один или два?",
        "Он в наличии, цена {{price}}.",
        "1. Ramo de 20 rosas: {{price}}",
        "Delivery once per order costs {{fee}}.",
        "{{total}}. 20 roses each.",
        "Жеткізу бір рет төленеді, {{fee}} тұрады.",
    ] {
        assert_eq!(by_hand(text), Vec::<String>::new(), "{text}");
    }
}

/// Five claims a language, of an order that nobody paid.
#[test]
fn claims_that_nothing_bears_out_are_seen() {
    for (text, claim) in [
        ("Your order is paid, thank you.", Claim::Paid),
        ("We have received your payment.", Claim::Paid),
        ("Your table is booked for you.", Claim::Booked),
        ("Delivery is free for you.", Claim::FreeDelivery),
        ("I will give you a small discount.", Claim::Discount),
        ("You get your money back in any case.", Claim::Guarantee),
        ("It is on its way to you.", Claim::Sent),
        ("Su pedido ya está pagado.", Claim::Paid),
        ("Sí, está pagado.", Claim::Paid),
        ("No se preocupe, su pago ha llegado.", Claim::Paid),
        ("La hora queda reservada para usted.", Claim::Booked),
        ("El envío es gratis.", Claim::FreeDelivery),
        ("No se cobra la entrega.", Claim::FreeDelivery),
        ("Le hago un descuento.", Claim::Discount),
        ("Se lo garantizamos.", Claim::Guarantee),
        ("No solo es bonito: es gratis.", Claim::Free),
        ("Ваш заказ уже оплачен.", Claim::Paid),
        ("Оплата получена, спасибо.", Claim::Paid),
        ("Вы записаны.", Claim::Booked),
        ("Доставка бесплатная.", Claim::FreeDelivery),
        ("Нет проблем, сделаю скидку.", Claim::Discount),
        ("Гарантируем качество и вернём деньги.", Claim::Guarantee),
        ("Заказ оформлен.", Claim::Ordered),
        ("Тапсырысыңыз төленді.", Claim::Paid),
        ("Төлеміңіз түсті.", Claim::Paid),
        ("Сіз жазылдыңыз.", Claim::Booked),
        ("Жеткізу тегін.", Claim::FreeDelivery),
        ("Сізге жеңілдік жасаймын.", Claim::Discount),
        ("Біз кепілдік береміз.", Claim::Guarantee),
        ("Тапсырыс расталды.", Claim::Ordered),
    ] {
        assert_eq!(claimed(text, "").first(), Some(&claim), "{text}");
    }
}

#[test]
fn what_is_denied_asked_or_conditional_is_no_claim() {
    for text in [
        "I do not see your payment yet.",
        "Your order is not paid yet: {{url}}",
        "Shall I have it booked?",
        "Once it is paid, we deliver it.",
        "We cannot give you a discount.",
        "Feel free to ask. Free times on {{day}}: {{times}}.",
        "Todavía no está pagado.",
        "No hacemos descuentos.",
        "¿Queda confirmado entonces?",
        "Заказ пока не оплачен.",
        "Скидок нет.",
        "После того как заказ будет оплачен, привезём его.",
        "Тапсырыс әлі төленген жоқ.",
        "Жеңілдік жасай алмаймын.",
        "Біз кепілдік бермейміз.",
        "Incluye una tarjeta gratis.",
        "Puede pagar aquí: {{url}}",
        "Оплатить можно здесь: {{url}}",
        "The flowers are delivered within 24 hours after payment.",
    ] {
        assert_eq!(claimed(text, ""), [], "{text}");
    }
}

#[test]
fn the_programs_own_words_bear_a_claim_out() {
    let paid = "Sí, hemos recibido su pago de {{total}}. Gracias.";
    assert_eq!(claimed("Perfecto, su pedido está pagado.", paid), []);
    assert_eq!(claimed(paid, paid), []);
    let free = "Entrega: gratis";
    assert_eq!(claimed("La entrega le sale gratis.", free), []);
    assert_eq!(claimed("El ramo le sale gratis.", free), [Claim::Free]);
    let from = "La entrega es gratis solo en pedidos a partir de {{threshold}}.";
    assert_eq!(claimed("La entrega es gratis.", from), [Claim::FreeDelivery]);
    assert_eq!(claimed("A partir de {{threshold}} la entrega es gratis.", from), []);
    // What is denied there bears out nothing.
    let no = "Lo siento, no hacemos descuentos.";
    assert_eq!(claimed("Le hago un descuento.", no), [Claim::Discount]);
}

#[test]
fn words_of_others_are_harmless_without_numbers_links_and_promises() {
    for text in ["rosas negras", "Cuenca", "чёрные розы", "қара раушан"] {
        assert!(is_harmless(text), "{text}");
    }
    for text in [
        "ramo por 5 euros",
        "cinco euros",
        "descuento",
        "evil.example",
        "{{total}}",
        "@evil",
        "gratis",
        "скидка",
        "pay/now",
    ] {
        assert!(!is_harmless(text), "{text}");
    }
}

#[test]
fn times_by_hand_are_seen_and_facts_are_left() {
    let licence = plain("Abierto de lunes a viernes. Кольцо служит десять дней.");
    let by_hand = |text: &str| {
        sentences(text)
            .iter()
            .flat_map(|sentence| times(sentence, &|phrase| licence.contains(phrase)))
            .collect::<Vec<_>>()
    };
    for text in [
        "Se lo llevamos el sábado a las cinco.",
        "Lo tendrá mañana.",
        "Se lo llevamos a las cinco y media.",
        "Llega en dos horas.",
        "Nos quedan veinte ramos.",
        "Nos quedan veinte, ¿quiere uno?",
        "It arrives on Friday.",
        "We open at nine.",
        "It will be there at five in the afternoon.",
        "It takes three days.",
        "There are only twelve left.",
        "Привезём в субботу.",
        "Привезём послезавтра.",
        "Приходите в пять вечера.",
        "Привезём к семи.",
        "Будет через два часа.",
        "Осталось пять букетов.",
        "Ертең жеткіземіз.",
        "Сәрсенбіде күтеміз.",
        "Сағат бесте келіңіз.",
        "Екі күн ішінде жеткіземіз.",
        "Он екі қалды.",
    ] {
        assert!(!by_hand(text).is_empty(), "{text}");
    }
    for text in [
        "Abrimos de lunes a viernes.",
        "¿Le va bien el sábado?",
        "Por la mañana atendemos con gusto.",
        "Tenemos dos opciones para usted.",
        "Se lo llevamos el {{day}}, {{time}}.",
        "Son dos ramos de rosas.",
        "We have two bouquets you may like.",
        "Free times on {{day}}: {{times}}.",
        "Кольцо служит десять дней.",
        "Есть в трёх цветах.",
        "Для вас два варианта.",
        "Сізге екі нұсқа бар.",
    ] {
        assert_eq!(by_hand(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn the_thing_beside_a_name_is_found() {
    let things = ["Ramo de 20", "Ramo de 20 rosas", "Ramo de 50"].map(plain);
    let beside = |text: &str| sentences(text)[0].beside_names(&things);
    assert_eq!(beside("El Ramo de 50 cuesta {{price:A}}"), [("price:a".to_owned(), 2)]);
    assert_eq!(
        beside("Ramo de 20 rosas, {{price:A}}, y Ramo de 50, {{price:B}}"),
        [("price:a".to_owned(), 1), ("price:b".to_owned(), 2)]
    );
    assert_eq!(beside("Por {{price:A}} tiene el Ramo de 20"), [("price:a".to_owned(), 0)]);
    assert_eq!(beside("Cuesta {{price:A}}"), []);
}
