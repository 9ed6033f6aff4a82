use super::*;
use domain::text::tokens;

fn values(text: &str) -> Vec<i64> {
    numbers(&tokens(text)).into_iter().map(|number| number.value).collect()
}

#[test]
fn cardinals_in_digits_and_words() {
    for (text, expected) in [
        ("20 roses", vec![20]),
        ("dos macetas de lavanda", vec![2]),
        ("семьдесят роз", vec![70]),
        ("двадцать пять тюльпанов и три вазы", vec![25, 3]),
        ("twenty-five tulips", vec![25]),
        ("two hundred and thirty five", vec![235]),
        ("veintiuno", vec![21]),
        ("treinta y dos huevos", vec![32]),
        ("жиырма бес раушан", vec![25]),
        ("екі жүз елу", vec![250]),
        ("он бес гүл", vec![15]),
        ("он сказал", vec![]),
        ("тысяча двести тенге", vec![1200]),
        ("5 тысяч", vec![5000]),
        ("20 000 тг", vec![20000]),
        ("a dozen eggs", vec![12]),
        ("two dozen", vec![24]),
        ("media docena de huevos", vec![6]),
        ("half a dozen", vec![6]),
        ("дюжина роз", vec![12]),
        ("два десятка яиц", vec![20]),
        ("десяток яиц", vec![10]),
        ("пару букетов", vec![2]),
        ("un par de ramos", vec![2]),
        ("a couple of vases", vec![2]),
        ("для двоих", vec![2]),
        ("mil doscientas", vec![1200]),
        ("ciento veinte", vec![120]),
        ("сто одна роза", vec![101]),
        ("триста", vec![300]),
        ("девятьсот девяносто девять тысяч девятьсот девяносто девять", vec![999_999]),
        ("una orquídea y un ramo", vec![1, 1]),
        ("в 17:00 три букета", vec![3]),
        ("Ana, +34600111201, dos", vec![2]),
        ("600111201", vec![]),
        ("Peter, 07700 900105, 3 eggs", vec![3]),
        ("8 999 000 01 02", vec![]),
        ("екі дана", vec![2]),
        ("ноль", vec![0]),
        ("торт", vec![]),
        ("20роз", vec![20]),
        ("x3", vec![3]),
        ("1.149,00", vec![1149]),
        ("1,149.50", vec![1149]),
        ("", vec![]),
        ("Двух букетов хватит, трём людям", vec![2, 3]),
        ("veinte y treinta", vec![20, 30]),
    ] {
        assert_eq!(values(text), expected, "{text}");
    }
}

#[test]
fn ordinals_and_both() {
    for (text, value, kind) in [
        ("the second one", 2, NumberKind::Ordinal),
        ("второй", 2, NumberKind::Ordinal),
        ("вторую пожалуйста", 2, NumberKind::Ordinal),
        ("el segundo", 2, NumberKind::Ordinal),
        ("la tercera", 3, NumberKind::Ordinal),
        ("екіншісі", 2, NumberKind::Ordinal),
        ("біріншісін", 1, NumberKind::Ordinal),
        ("2-й вариант", 2, NumberKind::Ordinal),
        ("the 3rd", 3, NumberKind::Ordinal),
        ("2º", 2, NumberKind::Ordinal),
        ("последний", -1, NumberKind::Ordinal),
        ("both", 2, NumberKind::Both),
        ("los dos", 2, NumberKind::Both),
        ("las dos", 2, NumberKind::Both),
        ("оба", 2, NumberKind::Both),
        ("екеуі де", 2, NumberKind::Both),
        ("a las dos", 2, NumberKind::Cardinal),
        ("dos", 2, NumberKind::Cardinal),
    ] {
        let found = numbers(&tokens(text));
        let first = found.first().unwrap_or_else(|| panic!("{text}: nothing"));
        assert_eq!((first.value, first.kind), (value, kind), "{text}");
    }
}

#[test]
fn fractions() {
    for (text, hundredths) in [
        ("1,5 кг", 150),
        ("0.5 l", 50),
        ("полтора часа", 150),
        ("two and a half", 250),
        ("dos y medio", 250),
        ("два с половиной", 250),
        ("бір жарым", 150),
        ("½ kg", 50),
        ("1/2 kg", 50),
    ] {
        let found = numbers(&tokens(text));
        assert_eq!(found.first().map(|number| number.hundredths), Some(hundredths), "{text}");
        assert_eq!(found.len(), 1, "{text}");
    }
}

#[test]
fn lengths_of_time() {
    for (text, expected) in [
        ("two hours of personal training", vec![120]),
        ("полтора часа", vec![90]),
        ("hora y media", vec![90]),
        ("una hora y media de masaje", vec![90]),
        ("90 мин", vec![90]),
        ("екі сағат массаж", vec![120]),
        ("media hora", vec![30]),
        ("полчаса", vec![30]),
        ("half an hour", vec![30]),
        ("an hour and a half", vec![90]),
        ("1h30", vec![90]),
        ("1 h 30 min", vec![90]),
        ("2-hour massage", vec![120]),
        ("30 минут", vec![30]),
        ("бір жарым сағат", vec![90]),
        ("в 5 часов", vec![]),
        ("a las 5 horas", vec![]),
        ("через два часа", vec![]),
        ("in 2 hours", vec![]),
        ("на час", vec![60]),
        ("три часа", vec![180]),
    ] {
        let found: Vec<i64> = durations(&tokens(text)).into_iter().map(|duration| duration.minutes).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn weights_volumes_and_lengths() {
    use Dimension::{Length, Mass, Volume};
    for (text, amount, dimension) in [
        ("2 kg de tomates", 2000, Mass),
        ("2кг", 2000, Mass),
        ("килограмм домашних пельменей", 1000, Mass),
        ("полкило сыра", 500, Mass),
        ("пол-литра сметаны", 500, Volume),
        ("medio kilo", 500, Mass),
        ("half a kilo", 500, Mass),
        ("kilo y medio", 1500, Mass),
        ("500 г творога", 500, Mass),
        ("1,5 л", 1500, Volume),
        ("un litro de leche", 1000, Volume),
        ("5 litros", 5000, Volume),
        ("25 cm", 250, Length),
        ("екі келі алма", 2000, Mass),
        ("полтора кило", 1500, Mass),
    ] {
        let found = measures(&tokens(text));
        assert_eq!(
            found.first().map(|measure| (measure.amount, measure.dimension)),
            Some((amount, dimension)),
            "{text}"
        );
    }
    assert_eq!(measures(&tokens("г. Алматы, дом 5")), []);
}

#[test]
fn spans_cover_the_words() {
    let tokens = tokens("нужно двадцать пять роз");
    let found = numbers(&tokens);
    assert_eq!(found.first().map(|number| (number.start_token, number.end_token)), Some((1, 3)));
}
