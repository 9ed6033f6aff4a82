use super::*;

fn map(headings: &[&str]) -> Mapping {
    map_headings(&headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>(), None)
}

fn columns(mapping: &Mapping) -> Vec<Column> {
    mapping.columns.iter().map(|mapped| mapped.column.clone()).collect()
}

#[test]
fn no_word_means_two_columns() {
    let mut seen: HashMap<String, &Column> = HashMap::new();
    for (column, _, words) in words::CANONICAL.iter().chain(words::SYNONYMS) {
        for word in words.split(", ") {
            if let Some(before) = seen.insert(normalise(word), column) {
                assert_eq!(before, column, "{word}");
            }
        }
    }
}

#[test]
fn canonical_headings_of_both_kinds_are_recognised_in_any_dress() {
    let product = "product_name,sku,description,unit,website_url,image_url,video_url,price_eur,logistics_price_eur,free_delivery,stock_units,\
        delivery_time_hours,payment_reminder,supplier_contact,supplier_company_services,warehouse_address,cities,category,tags,online,price,logistics_price";
    let service = "service_name,service_category,service_subcategory,sku,unit,duration,format,description,included,not_included,what_guarantee,\
        what_not_guarantee,suitable_for,not_suitable_for,specialist_initials,specialist_area,website_url,image_url,video_url,price_eur,location,\
        slots_available,capacity,payment_reminder,travel_fee_eur,travel_fee,free_travel_threshold,specialist_contact,company,office_address,details";
    for heading in product.split(',').chain(service.split(',')) {
        let heading = heading.trim();
        let column = recognise(heading).unwrap_or_else(|| panic!("{heading}"));
        for dressed in [
            heading.to_uppercase(),
            heading.replace('_', "-"),
            heading.replace('_', " "),
            format!("\u{feff}{heading}"),
            format!("  {heading}: "),
            format!("{heading} *"),
            heading.replace('_', "  "),
        ] {
            assert_eq!(recognise(&dressed), Some(column.clone()), "{dressed:?}");
        }
    }
    assert_eq!(map(&product.split(',').take(17).collect::<Vec<_>>()).kind, ItemKind::Product);
    assert_eq!(map(&service.split(',').map(str::trim).take(20).collect::<Vec<_>>()).kind, ItemKind::Service);
}

#[test]
fn every_column_writes_a_heading_that_is_read_as_itself() {
    for column in Column::all() {
        for kind in [ItemKind::Product, ItemKind::Service] {
            assert_eq!(recognise(column.canonical(kind)), Some(column.clone()), "{column:?}");
        }
    }
}

#[test]
fn headings_in_four_languages_are_recognised() {
    let expected = [
        ("Nombre del producto", Column::Name),
        ("Descripción", Column::Description),
        ("Precio (€)", Column::Price),
        ("PRECIO EN EUROS", Column::Price),
        ("Gastos de envío", Column::Fee),
        ("Envío gratis desde (€)", Column::FreeFrom),
        ("Duración (min)", Column::Duration),
        ("Название товара", Column::Name),
        ("Ед. изм.", Column::Unit),
        ("Цена, тг", Column::Price),
        ("Стоимость, руб.", Column::Price),
        ("Стоимость доставки", Column::Fee),
        ("Бесплатная доставка от", Column::FreeFrom),
        ("Срок доставки (дней)", Column::DeliveryTime),
        ("Населённый пункт", Column::Area),
        ("Напоминание об оплате (ч)", Column::PaymentReminder),
        ("Атауы", Column::Name),
        ("Бағасы (₸)", Column::Price),
        ("Бағасы, теңге", Column::Price),
        ("Сипаттама", Column::Description),
        ("Қала", Column::Area),
        ("Ұзақтығы (мин)", Column::Duration),
        ("Бос орындар", Column::Available),
        ("Мекенжайы", Column::Office),
        ("Price per unit, EUR", Column::Price),
        ("Photo", Column::ImageUrl),
    ];
    for (heading, column) in expected {
        assert_eq!(recognise(heading), Some(column), "{heading}");
    }
    for other in [
        "Цена закупки",
        "Purchase price",
        "internal note",
        "ЦВЕТ ПОЛКИ",
        "Поставка №",
        "Precio de compra",
        "",
        "№",
        "Старая цена",
        "Cost",
    ] {
        assert_eq!(recognise(other), None, "{other}");
    }
}

#[test]
fn the_headings_of_a_russian_salon_are_a_service() {
    let mapping = map(&[
        "Название услуги",
        "Категория",
        "Подкатегория",
        "Артикул",
        "Единица",
        "Длительность",
        "Формат",
        "Описание",
        "Что входит",
        "Что не входит",
        "Что гарантируется",
        "Что не гарантируется",
        "Кому подходит",
        "Кому не подходит",
        "Специалист",
        "О специалисте",
        "Сайт",
        "Изображение",
        "Видео",
        "Цена",
        "Город",
        "Свободные места",
        "Напоминание об оплате (ч)",
        "Контакт специалиста",
        "Компания",
        "Адрес офиса",
        "Рекомендации",
        "Стоимость выезда",
        "Бесплатный выезд от",
    ]);
    assert_eq!(mapping.kind, ItemKind::Service);
    assert!(mapping.columns.iter().all(|mapped| mapped.how == How::Synonym), "{:?}", mapping.columns);
    assert_eq!(mapping.problems(1, Currency::KZT), []);
}

#[test]
fn a_second_heading_for_a_column_stays_as_an_extra_one_with_a_notice() {
    let mapping = map(&["Название", "Описание", "Цена", "Стоимость"]);
    assert_eq!(
        columns(&mapping),
        [Column::Name, Column::Description, Column::Price, Column::Extra("Стоимость".to_owned())]
    );
    let problems = mapping.problems(3, Currency::EUR);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, ProblemCode::HeadingTwice { first: "Цена".to_owned() });
    assert_eq!(
        (problems[0].row, problems[0].column.as_deref(), problems[0].is_error()),
        (Some(3), Some("Стоимость"), false)
    );
}

#[test]
fn a_slip_of_the_pen_is_guessed_and_told_but_never_beats_a_certain_heading() {
    let mapping = map(&["product_nmae", "dezkription", "Prise"]);
    assert_eq!(mapping.columns[0].column, Column::Name);
    assert_eq!(
        columns(&mapping)[1..],
        [Column::Extra("dezkription".to_owned()), Column::Extra("Prise".to_owned())],
        "too far, too short"
    );
    let mapping = map(&["product_name", "descripton", "price"]);
    assert_eq!(mapping.columns[1].how, How::Guess);
    assert_eq!(
        mapping.problems(1, Currency::EUR)[0].code,
        ProblemCode::HeadingGuessed { column: "description".to_owned() }
    );
    let mapping = map(&["descripton", "description", "product_name"]);
    assert_eq!(columns(&mapping), [Column::Extra("descripton".to_owned()), Column::Description, Column::Name]);
}

#[test]
fn missing_required_columns_are_told_once_and_a_missing_price_is_a_notice() {
    let problems = map(&["sku", "unit"]).problems(1, Currency::EUR);
    let told: Vec<_> = problems.iter().map(|problem| (problem.column.as_deref(), problem.is_error())).collect();
    assert_eq!(told, [(Some("product_name"), true), (Some("description"), true), (Some("price"), false)]);
    assert!(problems.iter().take(2).all(|problem| problem.suggestion == Suggestion::AddColumn));
}

#[test]
fn the_owner_can_choose_another_column() {
    let mapping = map(&["Название", "Описание", "Цена", "Наша цена сегодня"]).with_override(3, Column::Price);
    assert_eq!(columns(&mapping), [Column::Name, Column::Description, Column::Extra("Цена".to_owned()), Column::Price]);
    assert_eq!(mapping.columns[3].how, How::Chosen);
    assert_eq!(mapping.clone().with_override(9, Column::Sku), mapping);
}

#[test]
fn the_kind_follows_the_headings_then_the_company() {
    let neutral = ["Название".to_owned(), "Цена".to_owned()];
    assert_eq!(map_headings(&neutral, Some(ItemKind::Service)).kind, ItemKind::Service);
    assert_eq!(map_headings(&neutral, None).kind, ItemKind::Product);
    let service = ["service_name".to_owned(), "price".to_owned()];
    assert_eq!(map_headings(&service, Some(ItemKind::Product)).kind, ItemKind::Service);
}

#[test]
fn units_and_currencies_of_a_heading_are_kept() {
    let mapping = map(&["Срок доставки (дней)", "Duration, h", "price_eur", "Цена, тг", "Precio ($)"]);
    assert_eq!(mapping.columns[0].unit, Some(TimeUnit::Days));
    assert_eq!(mapping.columns[1].unit, Some(TimeUnit::Hours));
    let currencies: Vec<_> = mapping.columns.iter().skip(2).map(|mapped| mapped.currency).collect();
    assert_eq!(currencies, [Some(Currency::EUR), Some(Currency::KZT), Some(Currency::USD)]);
    let problems = map(&["name", "description", "price_eur"]).problems(1, Currency::KZT);
    assert_eq!(problems.iter().map(|problem| problem.code.clone()).collect::<Vec<_>>(), [ProblemCode::OtherCurrency]);
}

#[test]
fn small_words_between_do_not_hide_a_heading() {
    assert_eq!(recognise("Atención proveedor"), Some(Column::SupplierServices));
    assert_eq!(recognise("ciudades de reparto"), Some(Column::Area));
    assert_eq!(recognise("Plazo entrega (horas)"), Some(Column::DeliveryTime));
}
