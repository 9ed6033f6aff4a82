//! Days and times as people of each language write them.

use domain::booking::OpeningHours;
use domain::language::Language;
use jiff::civil::{Date, Time, Weekday};

const WEEKDAYS: [[&str; 7]; 4] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"],
    ["дүйсенбі", "сейсенбі", "сәрсенбі", "бейсенбі", "жұма", "сенбі", "жексенбі"],
];

const MONTHS: [[&str; 12]; 4] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    [
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ],
];

fn place(language: Language) -> usize {
    Language::ALL.into_iter().position(|one| one == language).unwrap_or(0)
}

fn weekday(day: Weekday, language: Language) -> &'static str {
    usize::try_from(day.to_monday_zero_offset())
        .ok()
        .and_then(|at| WEEKDAYS[place(language)].get(at))
        .copied()
        .unwrap_or("")
}

/// "4 March".
#[must_use]
pub fn date(date: Date, language: Language) -> String {
    let month =
        usize::try_from(date.month() - 1).ok().and_then(|at| MONTHS[place(language)].get(at)).copied().unwrap_or("");
    let number = date.day();
    match language {
        Language::En | Language::Ru | Language::Kk => format!("{number} {month}"),
        Language::Es => format!("{number} de {month}"),
    }
}

/// "Wednesday, 4 March".
#[must_use]
pub fn day(day: Date, language: Language) -> String {
    let (weekday, date) = (weekday(day.weekday(), language), date(day, language));
    match language {
        Language::En | Language::Es | Language::Ru => format!("{weekday}, {date}"),
        Language::Kk => format!("{date}, {weekday}"),
    }
}

/// "17:00".
#[must_use]
pub fn time_of_day(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Opening hours by weekday, equal days in a row joined; days that are closed are left out.
#[must_use]
pub fn hours_of_week(hours: &OpeningHours, language: Language) -> String {
    let text = |intervals: &[(Time, Time)]| {
        intervals
            .iter()
            .map(|(from, to)| {
                // A day that ends at midnight is stored with its last second.
                let end = if to.second() == 59 { "24:00".to_owned() } else { time_of_day(*to) };
                format!("{}–{end}", time_of_day(*from))
            })
            .collect::<Vec<_>>()
            .join(", ")
    };
    let names = &WEEKDAYS[place(language)];
    let mut parts: Vec<String> = Vec::new();
    let mut first = 0;
    while first < 7 {
        let mut last = first;
        while last + 1 < 7 && hours.days[last + 1] == hours.days[first] {
            last += 1;
        }
        if !hours.days[first].is_empty() {
            let days =
                if first == last { names[first].to_owned() } else { format!("{} – {}", names[first], names[last]) };
            parts.push(format!("{days}: {}", text(&hours.days[first])));
        }
        first = last + 1;
    }
    parts.join("; ")
}
