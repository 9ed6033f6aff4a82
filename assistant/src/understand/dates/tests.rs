use super::*;
use domain::text::tokens;
use jiff::civil::{Date, Time, date, time};
use jiff::{Timestamp, Zoned};

/// Monday, 2 March 2026, ten in the morning in Madrid.
fn now() -> Zoned {
    let instant: Timestamp = "2026-03-02T09:00:00Z".parse().expect("a timestamp");
    instant.in_tz("Europe/Madrid").expect("a zone")
}

fn days(text: &str) -> Vec<Date> {
    dates(&tokens(text), &now(), None).into_iter().map(|mention| mention.date).collect()
}

fn hours(text: &str, asked: bool) -> Vec<Time> {
    times(&tokens(text), None, asked).into_iter().map(|mention| mention.time).collect()
}

#[test]
fn days_in_four_languages() {
    for (text, expected) in [
        ("today", vec![date(2026, 3, 2)]),
        ("please book one for tomorrow at 11:00", vec![date(2026, 3, 3)]),
        ("the day after tomorrow", vec![date(2026, 3, 4)]),
        ("mañana a las 5", vec![date(2026, 3, 3)]),
        ("manana por la manana", vec![date(2026, 3, 3)]),
        ("pasado mañana", vec![date(2026, 3, 4)]),
        ("завтра в 10", vec![date(2026, 3, 3)]),
        ("послезавтра", vec![date(2026, 3, 4)]),
        ("Ертең сағат 17:00-де", vec![date(2026, 3, 3)]),
        ("бүгін", vec![date(2026, 3, 2)]),
        ("ертен келемін", vec![date(2026, 3, 3)]),
        ("on Friday at 11:00", vec![date(2026, 3, 6)]),
        ("el miércoles a las 16:00", vec![date(2026, 3, 4)]),
        ("в пятницу", vec![date(2026, 3, 6)]),
        ("сәрсенбіде", vec![date(2026, 3, 4)]),
        ("жұма күні", vec![date(2026, 3, 6)]),
        ("this Saturday", vec![date(2026, 3, 7)]),
        ("next Friday", vec![date(2026, 3, 13)]),
        ("el próximo viernes", vec![date(2026, 3, 6)]),
        ("в следующую среду", vec![date(2026, 3, 11)]),
        ("el jueves que viene", vec![date(2026, 3, 5)]),
        ("el sábado 7 a las 6", vec![date(2026, 3, 7)]),
        ("next week on Tuesday", vec![date(2026, 3, 10)]),
        ("на следующей неделе во вторник", vec![date(2026, 3, 10)]),
        ("el 15 por la mañana", vec![date(2026, 3, 15)]),
        ("Monday", vec![date(2026, 3, 9)]),
        ("5 марта в 10:00", vec![date(2026, 3, 5)]),
        ("March 5th", vec![date(2026, 3, 5)]),
        ("Wednesday 4 March at 10 am", vec![date(2026, 3, 4)]),
        ("Wednesday, the 4th of March", vec![date(2026, 3, 4)]),
        ("el 5 de marzo", vec![date(2026, 3, 5)]),
        ("5 наурыз", vec![date(2026, 3, 5)]),
        ("5 наурызда", vec![date(2026, 3, 5)]),
        ("пятого марта", vec![date(2026, 3, 5)]),
        ("05.03", vec![date(2026, 3, 5)]),
        ("05.03.2026", vec![date(2026, 3, 5)]),
        ("5/3", vec![date(2026, 3, 5)]),
        ("2026-03-05", vec![date(2026, 3, 5)]),
        ("5 March 2027", vec![date(2027, 3, 5)]),
        ("in three days", vec![date(2026, 3, 5)]),
        ("через неделю", vec![date(2026, 3, 9)]),
        ("dentro de dos semanas", vec![date(2026, 3, 16)]),
        ("үш күннен кейін", vec![date(2026, 3, 5)]),
        ("через 2 дня", vec![date(2026, 3, 4)]),
        ("10 января", vec![date(2027, 1, 10)]),
        ("20 февраля", vec![date(2026, 2, 20)]),
        ("el día 15", vec![date(2026, 3, 15)]),
        ("15 числа", vec![date(2026, 3, 15)]),
        ("1 числа", vec![date(2026, 4, 1)]),
        ("on the 5th", vec![date(2026, 3, 5)]),
        ("завтра или в пятницу", vec![date(2026, 3, 3), date(2026, 3, 6)]),
    ] {
        assert_eq!(days(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_day() {
    for text in [
        "+34 600 111 213",
        "12-34",
        "+34 (600) 111-215",
        "17.50",
        "5 €",
        "3.10 €",
        "20 roses",
        "may I order",
        "dos ramos de 20 rosas",
        "за 5",
        "1/2 kg",
        "por la mañana",
        "a las 5 de la mañana",
        "sku 101",
        "the second one",
        "семья",
        "de nada",
        "2.50 kg",
        "20-25",
        "600111213",
        "8 марки",
    ] {
        assert_eq!(days(text), [], "{text}");
    }
}

#[test]
fn times_in_four_languages() {
    for (text, expected) in [
        ("17:00", vec![time(17, 0, 0, 0)]),
        ("tomorrow at 11:00", vec![time(11, 0, 0, 0)]),
        ("5 pm", vec![time(17, 0, 0, 0)]),
        ("5pm", vec![time(17, 0, 0, 0)]),
        ("5 p.m.", vec![time(17, 0, 0, 0)]),
        ("10 am", vec![time(10, 0, 0, 0)]),
        ("12 pm", vec![time(12, 0, 0, 0)]),
        ("в пять вечера", vec![time(17, 0, 0, 0)]),
        ("в 5 вечера", vec![time(17, 0, 0, 0)]),
        ("a las 5 de la tarde", vec![time(17, 0, 0, 0)]),
        ("a las cinco y media", vec![time(5, 30, 0, 0)]),
        ("a las 6 menos cuarto de la tarde", vec![time(17, 45, 0, 0)]),
        ("at noon", vec![time(12, 0, 0, 0)]),
        ("half past ten", vec![time(10, 30, 0, 0)]),
        ("quarter to five pm", vec![time(16, 45, 0, 0)]),
        ("сағат бесте", vec![time(5, 0, 0, 0)]),
        ("кешкі бесте", vec![time(17, 0, 0, 0)]),
        ("кешкі сағат 6-да", vec![time(18, 0, 0, 0)]),
        ("таңғы тоғызда", vec![time(9, 0, 0, 0)]),
        ("сағат он бірде", vec![time(11, 0, 0, 0)]),
        ("Ертең сағат 12:00-ге", vec![time(12, 0, 0, 0)]),
        ("сағат 17:00-де Алматыда", vec![time(17, 0, 0, 0)]),
        ("завтра в 10", vec![time(10, 0, 0, 0)]),
        ("mañana a las 10", vec![time(10, 0, 0, 0)]),
        ("a las 16:00, soy Rubén", vec![time(16, 0, 0, 0)]),
        ("a la una", vec![time(1, 0, 0, 0)]),
        ("at 10 please", vec![time(10, 0, 0, 0)]),
        ("в полпятого вечера", vec![time(16, 30, 0, 0)]),
        ("в половине шестого", vec![time(5, 30, 0, 0)]),
        ("в 15.30", vec![time(15, 30, 0, 0)]),
        ("в 10 утра", vec![time(10, 0, 0, 0)]),
        ("в 3 часа дня", vec![time(15, 0, 0, 0)]),
        ("a las 17h", vec![time(17, 0, 0, 0)]),
        ("17h30", vec![time(17, 30, 0, 0)]),
        ("7 o'clock", vec![time(7, 0, 0, 0)]),
        ("at five in the evening", vec![time(17, 0, 0, 0)]),
        ("al mediodía", vec![time(12, 0, 0, 0)]),
        ("в полдень", vec![time(12, 0, 0, 0)]),
        ("10:00 или 12:00", vec![time(10, 0, 0, 0), time(12, 0, 0, 0)]),
        ("в 12 дня", vec![time(12, 0, 0, 0)]),
        ("12 am", vec![time(0, 0, 0, 0)]),
        ("ертең 12-ге жазып қойыңызшы", vec![time(12, 0, 0, 0)]),
        ("жұмада 16-да", vec![time(16, 0, 0, 0)]),
        ("ертең түстен кейін үште", vec![time(15, 0, 0, 0)]),
        ("через три дня в 11 часов", vec![time(11, 0, 0, 0)]),
    ] {
        assert_eq!(hours(text, false), expected, "{text}");
    }
}

#[test]
fn what_is_no_time() {
    for text in [
        "+34 600 111 213",
        "12-34",
        "за 5",
        "за 5 евро",
        "20 roses to Madrid",
        "dos ramos de 20 rosas",
        "17.50",
        "в 2 города",
        "sku 101",
        "5 марта",
        "two hours",
        "три часа",
        "5 evening make-ups",
        "a las dos chicas",
        "у меня 3 дня",
        "at 5 euros",
        "через 2 часа",
        "Ana, +34600111201",
        "11",
        "+7 (700) 000-01-09",
        "букет из 15 тюльпанов",
        "на 5 человек",
        "para 2 personas",
        "el 15 por la mañana",
    ] {
        assert_eq!(hours(text, false), [], "{text}");
    }
}

#[test]
fn a_bare_hour_is_a_time_when_one_was_asked_for() {
    for (text, expected) in [
        ("11", vec![time(11, 0, 0, 0)]),
        ("Ana, 11", vec![time(11, 0, 0, 0)]),
        ("10.30", vec![time(10, 30, 0, 0)]),
        ("12-34", vec![]),
        ("+34600111201", vec![]),
        ("20 roses", vec![]),
        ("five", vec![time(5, 0, 0, 0)]),
    ] {
        assert_eq!(hours(text, true), expected, "{text}");
    }
}

#[test]
fn parts_of_the_day() {
    for (text, expected) in [
        ("tomorrow morning", vec![(6, 12)]),
        ("завтра вечером", vec![(17, 23)]),
        ("mañana por la tarde", vec![(12, 20)]),
        ("ертең кешке", vec![(17, 23)]),
        ("утром", vec![(6, 12)]),
        ("after 5 pm", vec![(17, 23)]),
        ("после пяти", vec![(17, 23)]),
        ("después de las 5", vec![(17, 23)]),
        ("в 5 вечера", vec![]),
        ("good evening", vec![]),
        ("buenas tardes", vec![]),
        ("evening make-up", vec![]),
        ("три дня", vec![]),
        ("кешкі бесте", vec![]),
        ("до обеда", vec![(6, 13)]),
        ("таңертең", vec![(6, 12)]),
        ("сәрсенбі 18:00-ге дейін", vec![(0, 18)]),
        ("17:00-ден кейін", vec![(17, 23)]),
    ] {
        let found: Vec<(i8, i8)> =
            parts_of_day(&tokens(text), None).into_iter().map(|part| (part.from.hour(), part.to.hour())).collect();
        assert_eq!(found, expected, "{text}");
    }
}
