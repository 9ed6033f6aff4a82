//! Amounts in cells and sums for people.

use domain::language::Language;
use domain::money::{AmountError, Currency, MAX_AMOUNT, Money, amount_from_number, format_money, parse_amount};
use proptest::prelude::*;

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("three letters")
}

#[test]
fn amounts_as_people_write_them() {
    for (text, minor) in [
        ("9,50", 950),
        ("9.5", 950),
        ("1 149,00", 114_900),
        ("1\u{a0}149,00", 114_900),
        ("1\u{2009}149", 114_900),
        ("1\u{202f}149.5", 114_950),
        ("1.149,00", 114_900),
        ("1,149.00", 114_900),
        ("1'149.00", 114_900),
        ("1.149.000", 114_900_000),
        ("1,149,000.25", 114_900_025),
        ("\u{20ac} 12", 1200),
        ("\u{20ac}12.50", 1250),
        ("12,50\u{a0}\u{20ac}", 1250),
        ("EUR 12", 1200),
        ("12 eur", 1200),
        ("12 евро", 1200),
        ("4500", 450_000),
        ("0", 0),
        ("0,00", 0),
        ("0,05", 5),
        (" 79.00 ", 7900),
        ("\u{ff11}\u{ff12}", 1200),
    ] {
        assert_eq!(parse_amount(text, Currency::EUR), Ok(minor), "{text}");
    }
    for text in
        ["4500", "4 500 \u{20b8}", "4500 тг", "4500тг.", "\u{20b8}4 500", "4500 теңге", "KZT 4500", "4 500,00 KZT"]
    {
        assert_eq!(parse_amount(text, Currency::KZT), Ok(450_000), "{text}");
    }
    assert_eq!(parse_amount("$12.50", Currency::USD), Ok(1250));
    assert_eq!(parse_amount("12.50 PLN", currency("PLN")), Ok(1250));
    // Yen has no decimals, so a point can only group.
    assert_eq!(parse_amount("1.149", currency("JPY")), Ok(1149));
    assert_eq!(parse_amount("1,5", currency("KWD")), Ok(1500));
}

#[test]
fn junk_is_an_error_with_its_text() {
    for text in [
        "18,O0",
        "12-13",
        "abc",
        "",
        "\u{20ac}",
        "12,",
        ",50",
        "1 2 3",
        "12 50",
        "1,14,900",
        "1.149,00,0",
        "12.50.10",
        "1.149 000",
        "5 EUR EUR",
        "12x",
        "1/2",
        "12e3",
        "\u{bd}",
        "1 149 00",
        "0 123",
        "12.5.",
        "от 100",
        "-",
        "-abc",
    ] {
        assert_eq!(parse_amount(text, Currency::EUR), Err(AmountError::NotAnAmount(text.to_owned())), "{text}");
    }
    assert_eq!(parse_amount("-5", Currency::EUR), Err(AmountError::Negative("-5".to_owned())));
    assert_eq!(
        parse_amount("\u{2212}5,00 \u{20ac}", Currency::EUR),
        Err(AmountError::Negative("\u{2212}5,00 \u{20ac}".to_owned()))
    );
    assert_eq!(parse_amount("-\u{20ac}5", Currency::EUR), Err(AmountError::Negative("-\u{20ac}5".to_owned())));
    assert_eq!(parse_amount("1.149", Currency::EUR), Err(AmountError::Ambiguous("1.149".to_owned())));
    assert_eq!(parse_amount("4,500", Currency::KZT), Err(AmountError::Ambiguous("4,500".to_owned())));
    assert_eq!(parse_amount("0.125", Currency::EUR), Err(AmountError::Decimals("0.125".to_owned())));
    assert_eq!(
        parse_amount("9.8000000000001", Currency::EUR),
        Err(AmountError::Decimals("9.8000000000001".to_owned()))
    );
    assert_eq!(parse_amount("12,5", currency("JPY")), Err(AmountError::Decimals("12,5".to_owned())));
    assert_eq!(parse_amount("$12", Currency::EUR), Err(AmountError::OtherCurrency("$12".to_owned())));
    assert_eq!(parse_amount("12 KZT", Currency::EUR), Err(AmountError::OtherCurrency("12 KZT".to_owned())));
    assert_eq!(parse_amount("10000000000000", Currency::EUR), Ok(MAX_AMOUNT));
    for text in ["10000000000000,01", "99999999999999999999999"] {
        assert_eq!(parse_amount(text, Currency::EUR), Err(AmountError::TooLarge(text.to_owned())));
    }
}

#[test]
fn numeric_cells_lose_their_noise() {
    assert_eq!(amount_from_number(9.7 + 0.1, Currency::EUR), Ok(980));
    assert_eq!(amount_from_number(0.1 + 0.2, Currency::EUR), Ok(30));
    assert_eq!(amount_from_number(4500.0, Currency::KZT), Ok(450_000));
    assert_eq!(amount_from_number(0.0, Currency::EUR), Ok(0));
    assert_eq!(amount_from_number(9.805, Currency::EUR), Err(AmountError::Decimals("9.805".to_owned())));
    assert!(matches!(amount_from_number(-1.0, Currency::EUR), Err(AmountError::Negative(_))));
    assert!(matches!(amount_from_number(f64::NAN, Currency::EUR), Err(AmountError::NotAnAmount(_))));
    assert!(matches!(amount_from_number(1e300, Currency::EUR), Err(AmountError::TooLarge(_))));
}

#[test]
fn sums_for_people() {
    let euro = Money::new(1250, Currency::EUR);
    assert_eq!(format_money(euro, Language::En), "\u{20ac}12.50");
    for language in [Language::Es, Language::Ru, Language::Kk] {
        assert_eq!(format_money(euro, language), "12,50\u{a0}\u{20ac}");
        assert_eq!(format_money(Money::new(450_000, Currency::KZT), language), "4\u{a0}500\u{a0}\u{20b8}");
        assert_eq!(format_money(Money::new(114_900, Currency::EUR), language), "1\u{a0}149,00\u{a0}\u{20ac}");
    }
    assert_eq!(format_money(Money::new(450_000, Currency::KZT), Language::En), "\u{20b8}4,500");
    assert_eq!(format_money(Money::new(450_050, Currency::KZT), Language::En), "\u{20b8}4,500.50");
    assert_eq!(format_money(Money::new(123_456_789, Currency::USD), Language::En), "$1,234,567.89");
    assert_eq!(format_money(Money::new(1250, currency("XYZ")), Language::En), "12.50\u{a0}XYZ");
    assert_eq!(format_money(Money::new(1250, currency("XYZ")), Language::Es), "12,50\u{a0}XYZ");
    assert_eq!(format_money(Money::new(-1250, Currency::EUR), Language::En), "-\u{20ac}12.50");
    assert_eq!(format_money(Money::new(-5, Currency::EUR), Language::Ru), "-0,05\u{a0}\u{20ac}");
    assert_eq!(format_money(Money::new(1500, currency("JPY")), Language::En), "1,500\u{a0}JPY");
}

proptest! {
    #[test]
    fn what_is_formatted_is_read_back(
        minor in 0..=MAX_AMOUNT,
        code in proptest::sample::select(vec!["EUR", "KZT", "USD", "PLN", "GBP"]),
        language in proptest::sample::select(Language::ALL.to_vec()),
    ) {
        let money = Money::new(minor, currency(code));
        let shown = format_money(money, language);
        match parse_amount(&shown, money.currency) {
            // Whole tenge in English: "₸4,500" can be read in two ways and is refused, never misread.
            Err(AmountError::Ambiguous(_)) => prop_assert!(code == "KZT" && language == Language::En),
            read => prop_assert_eq!(read, Ok(minor), "{}", shown),
        }
        prop_assert_eq!(parse_amount(&money.to_decimal(), money.currency), Ok(minor));
    }

    #[test]
    fn whatever_is_read_is_in_range_and_has_those_digits(text in "[0-9.,' \u{20ac}-]{0,14}") {
        if let Ok(minor) = parse_amount(&text, Currency::EUR) {
            prop_assert!((0..=MAX_AMOUNT).contains(&minor));
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let written = digits.trim_start_matches('0').trim_end_matches('0').to_owned();
            let read = minor.to_string();
            prop_assert_eq!(read.trim_matches('0'), written);
        }
    }
}
