//! The salon's table: seventy-five services by four masters or lengths. Names are Russian with some Kazakh and English
//! ones, as such price lists are.

use super::Table;
use crate::demo::dice::Dice;

const HEADINGS: &[&str] = &[
    "service_name",
    "service_category",
    "service_subcategory",
    "sku",
    "unit",
    "duration",
    "format",
    "description",
    "included",
    "suitable_for",
    "specialist_initials",
    "specialist_area",
    "price",
    "location",
    "slots_available",
    "capacity",
    "payment_reminder",
    "travel_fee",
    "free_travel_threshold",
    "company",
    "office_address",
    "details",
];

struct Group {
    category: &'static str,
    subcategory: &'static str,
    area: &'static str,
    masters: &'static [&'static str],
    variants: [(&'static str, i64, i64); 4],
    /// Name, minutes, tenge.
    services: &'static [(&'static str, i64, i64)],
}

const LENGTHS: [(&str, i64, i64); 4] = [
    ("короткие волосы", 0, 100),
    ("средние волосы", 15, 125),
    ("длинные волосы", 30, 155),
    ("очень длинные волосы", 45, 185),
];
const LEVELS: [(&str, i64, i64); 4] =
    [("мастер", 0, 100), ("топ-мастер", 0, 130), ("арт-мастер", 15, 170), ("стажёр", 15, 60)];
const VISITS: [(&str, i64, i64); 4] =
    [("разовый визит", 0, 100), ("с уходом", 15, 135), ("курс из пяти визитов", 0, 90), ("экспресс", -15, 75)];
const PLACES: [(&str, i64, i64); 4] =
    [("в салоне", 0, 100), ("с выездом", 30, 150), ("в четыре руки", 0, 180), ("утренняя запись", 0, 85)];

const GROUPS: &[Group] = &[
    Group {
        category: "Волосы",
        subcategory: "Стрижки",
        area: "Парикмахер-стилист",
        masters: &["Динара Оспанова", "Анна Лебедева", "Марат Жунусов"],
        variants: LENGTHS,
        services: &[
            ("Женская стрижка", 60, 9000),
            ("Стрижка каре", 60, 10500),
            ("Стрижка горячими ножницами", 75, 12000),
            ("Стрижка чёлки", 30, 3500),
            ("Ерлердің шаш қиюы", 45, 6000),
            ("Балалар шаш қиюы", 30, 4500),
            ("Стрижка и укладка", 90, 14000),
        ],
    },
    Group {
        category: "Волосы",
        subcategory: "Окрашивание",
        area: "Колорист",
        masters: &["Анна Лебедева", "Сауле Ахметова"],
        variants: LENGTHS,
        services: &[
            ("Окрашивание в один тон", 90, 18000),
            ("Окрашивание корней", 60, 12000),
            ("Airtouch", 180, 52000),
            ("Балаяж", 180, 45000),
            ("Мелирование", 150, 32000),
            ("Тонирование", 60, 11000),
            ("Шашты бояу", 90, 17000),
            ("Выход из чёрного", 210, 60000),
        ],
    },
    Group {
        category: "Волосы",
        subcategory: "Уход и укладка",
        area: "Парикмахер-стилист",
        masters: &["Динара Оспанова", "Сауле Ахметова"],
        variants: LENGTHS,
        services: &[
            ("Укладка феном", 45, 7000),
            ("Локоны", 60, 9500),
            ("Кератиновое выпрямление", 150, 30000),
            ("Ботокс для волос", 120, 25000),
            ("Маска и массаж головы", 45, 8000),
            ("Свадебная причёска", 90, 26000),
            ("Вечерняя причёска", 75, 18000),
        ],
    },
    Group {
        category: "Ногти",
        subcategory: "Маникюр",
        area: "Мастер маникюра",
        masters: &["Жанна Ким", "Айгуль Сериккызы", "Мария Павлова", "Гульмира Нурлан"],
        variants: LEVELS,
        services: &[
            ("Классический маникюр", 60, 6000),
            ("Маникюр с гель-лаком", 90, 9500),
            ("Аппаратный маникюр", 75, 8000),
            ("Наращивание ногтей", 120, 17000),
            ("Коррекция наращивания", 90, 12000),
            ("Японский маникюр", 60, 9000),
            ("Дизайн ногтей", 30, 3000),
            ("Ерлер маникюрі", 45, 5500),
            ("Снятие гель-лака", 30, 2500),
        ],
    },
    Group {
        category: "Ногти",
        subcategory: "Педикюр",
        area: "Мастер педикюра",
        masters: &["Жанна Ким", "Гульмира Нурлан"],
        variants: LEVELS,
        services: &[
            ("Классический педикюр", 75, 9000),
            ("Педикюр с гель-лаком", 105, 13000),
            ("Аппаратный педикюр", 90, 12000),
            ("SPA-педикюр", 105, 15000),
            ("Медициналық педикюр", 90, 16000),
        ],
    },
    Group {
        category: "Лицо",
        subcategory: "Косметология",
        area: "Косметолог",
        masters: &["Ольга Цой", "Мадина Ержан"],
        variants: VISITS,
        services: &[
            ("Ультразвуковая чистка лица", 75, 15000),
            ("Комбинированная чистка лица", 90, 18000),
            ("Массаж лица", 45, 10000),
            ("Buccal facial massage", 60, 14000),
            ("Пилинг миндальный", 45, 12000),
            ("Алғашқы кеңес", 30, 5000),
            ("Карбокситерапия", 60, 13000),
            ("Альгинатная маска", 45, 8000),
            ("Бет күтімі «Жібек»", 75, 16000),
        ],
    },
    Group {
        category: "Брови и ресницы",
        subcategory: "Оформление",
        area: "Бровист, лешмейкер",
        masters: &["Камила Сатпаева", "Елена Гринько"],
        variants: LEVELS,
        services: &[
            ("Коррекция бровей", 30, 4000),
            ("Окрашивание бровей хной", 45, 5500),
            ("Ламинирование бровей", 60, 9000),
            ("Ламинирование ресниц", 75, 11000),
            ("Наращивание ресниц 2D", 120, 15000),
            ("Кірпік өсіру, классика", 105, 12000),
            ("Снятие ресниц", 30, 3000),
        ],
    },
    Group {
        category: "Тело",
        subcategory: "Массаж",
        area: "Массажист",
        masters: &["Тимур Абишев", "Виктория Пак"],
        variants: VISITS,
        services: &[
            ("Классический массаж спины", 45, 10000),
            ("Общий массаж тела", 75, 17000),
            ("Антицеллюлитный массаж", 60, 15000),
            ("Лимфодренажный массаж", 60, 14000),
            ("Hot stone massage", 90, 22000),
            ("Шаршауды басатын массаж", 60, 13000),
        ],
    },
    Group {
        category: "Тело",
        subcategory: "Депиляция",
        area: "Мастер депиляции",
        masters: &["Мадина Ержан", "Елена Гринько"],
        variants: VISITS,
        services: &[
            ("Шугаринг ног", 60, 9000),
            ("Шугаринг рук", 45, 6000),
            ("Шугаринг подмышек", 30, 4000),
            ("Шугаринг бикини", 45, 8000),
            ("Восковая депиляция лица", 30, 3500),
        ],
    },
    Group {
        category: "Макияж",
        subcategory: "Визаж",
        area: "Визажист",
        masters: &["Аружан Тлеу", "Камила Сатпаева"],
        variants: PLACES,
        services: &[
            ("Дневной макияж", 60, 12000),
            ("Вечерний макияж", 75, 16000),
            ("Свадебный макияж", 90, 24000),
            ("Той макияжы", 75, 18000),
            ("Lash and glow make-up", 60, 14000),
        ],
    },
    Group {
        category: "Обучение",
        subcategory: "Онлайн",
        area: "Преподаватель",
        masters: &["Аружан Тлеу", "Ольга Цой"],
        variants: [
            ("одно занятие", 0, 100),
            ("с разбором косметички", 30, 140),
            ("для двоих", 15, 165),
            ("повторное занятие", -15, 70),
        ],
        services: &[
            ("Онлайн-урок макияжа для себя", 75, 12000),
            ("Онлайн-урок укладки", 60, 9000),
            ("Онлайн макияж сабағы", 75, 11000),
            ("Online skincare consultation", 45, 8000),
            ("Групповой мастер-класс по уходу", 90, 6000),
            ("Шаш өру сабағы", 60, 7000),
            ("Пробный урок", 30, 0),
        ],
    },
];

/// Three hundred rows; `share` is what prices are multiplied with, percent.
pub(super) fn table(dice: &Dice, share: i64) -> Table {
    let mut rows = Vec::with_capacity(300);
    for group in GROUPS {
        for (name, minutes, tenge) in group.services {
            for (place, (variant, more, factor)) in group.variants.iter().enumerate() {
                let number = rows.len() + 1;
                let online = group.subcategory == "Онлайн";
                let class = name.contains("мастер-класс");
                let travels = *variant == "с выездом";
                let price = tenge * factor / 100 * share / 100 / 500 * 500;
                let minutes = (minutes + more).max(15);
                let master = group.masters[(place + number / 4) % group.masters.len()];
                let text = |text: &str| text.to_owned();
                rows.push(vec![
                    format!("{name}, {variant}"),
                    text(group.category),
                    text(group.subcategory),
                    format!("SL{number:03}"),
                    text(if class { "место" } else { "сеанс" }),
                    format!("{minutes} min"),
                    text(if online { "видеозвонок" } else { "в салоне" }),
                    describe(name, variant, minutes),
                    text(if online {
                        "Запись занятия на месяц"
                    } else {
                        "Консультация и расходные материалы"
                    }),
                    text(if online {
                        "Тем, кто учится для себя"
                    } else {
                        "Всем, у кого нет противопоказаний"
                    }),
                    text(master),
                    text(group.area),
                    if price == 0 { String::new() } else { price.to_string() },
                    text(if online { "Online" } else { "Алматы" }),
                    dice.between(120, 400).to_string(),
                    text(if class { "8" } else { "" }),
                    text(dice.say(&["2", "3", "4"])),
                    text(if travels { "4000" } else { "" }),
                    text(if travels { "50000" } else { "" }),
                    text("Studio Lumen"),
                    text("Алматы, улица Вымышленная, 7"),
                    text("Пожалуйста, приходите за пять минут до начала."),
                ]);
            }
        }
    }
    Table { headings: HEADINGS, rows }
}

fn describe(name: &str, variant: &str, minutes: i64) -> String {
    if name.chars().any(|letter| "әғқңөұүһі".contains(letter)) {
        format!("{name}: {minutes} минут, маманның кеңесі қоса беріледі. Нұсқасы: {variant}.")
    } else if name.is_ascii() {
        format!("{name}: {minutes} minutes with a short consultation. Option: {variant}.")
    } else {
        format!("{name}: {minutes} минут, с консультацией мастера. Вариант: {variant}.")
    }
}
