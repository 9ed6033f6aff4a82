use super::*;
use domain::text::tokens;

/// Whether two words share a concept.
fn meet(a: &str, b: &str) -> bool {
    let lexicon = Lexicon::global();
    let all = |text: &str| -> Vec<ConceptId> {
        lexicon.phrases(&tokens(text)).into_iter().map(|found| found.concept).collect()
    };
    let right = all(b);
    all(a).iter().any(|concept| right.contains(concept))
}

#[test]
fn words_of_four_languages_meet() {
    for (a, b) in [
        ("роз", "rosas"),
        ("roses", "розы"),
        ("orchid", "орхидею"),
        ("orquídeas", "орхидея"),
        ("macetas", "горшок"),
        ("лаванды", "lavender"),
        ("haircut", "шаш қию"),
        ("стрижку", "шаш қию"),
        ("corte de pelo", "стрижка"),
        ("hair dye", "окрашивание волос"),
        ("шаш бояту", "tinte"),
        ("gift card", "tarjeta regalo"),
        ("подарочный сертификат", "gift card"),
        ("тюльпанов", "tulipanes"),
        ("пионы", "peonías"),
        ("marriage? wedding", "свадебная"),
        ("eggs", "яиц"),
        ("помидоры", "tomates"),
        ("гречку", "buckwheat"),
        ("пельмени", "dumplings"),
        ("мёд", "miel"),
        ("сметаны", "sour cream"),
        ("қас түзету", "коррекция бровей"),
        ("маникюрге", "manicure"),
        ("raushan", "roses"),
        ("rozy", "roses"),
        ("buket", "ramo"),
        ("manikyur", "manicura"),
        ("olive oil", "масло оливковое"),
        ("teddy bear", "oso de peluche"),
        ("шары", "globos"),
        ("вазу", "jarrón"),
        ("evening make-up", "вечерний макияж"),
        ("masaje", "массажға"),
        ("20 roses", "Ramo de 20 rosas rojas"),
        ("масло", "olive oil? aceite"),
        ("шашымды қидырғым келеді", "haircut? hair"),
        ("conservas? jabón", "мыло"),
        ("тісті тазалау", "чистка зубов"),
    ] {
        assert!(meet(a, b), "{a} and {b}");
    }
}

#[test]
fn other_things_do_not_meet() {
    for (a, b) in [
        ("роза", "тюльпан"),
        ("haircut", "manicure"),
        ("milk", "bread"),
        ("шашымды", "шашлык"),
        ("por favor", "poros"),
        ("gel", "helium"),
        ("перчатки", "шапка"),
        ("xyzzy", "rose"),
    ] {
        assert!(!meet(a, b), "{a} and {b}");
    }
    assert!(Lexicon::global().concepts("Жанар").is_empty());
    assert!(Lexicon::global().concepts("+34").is_empty());
}

#[test]
fn several_words_are_one_concept() {
    let lexicon = Lexicon::global();
    let said = tokens("a gift card, please");
    let found = lexicon.phrases(&said);
    assert!(
        found
            .iter()
            .any(|phrase| (phrase.start_token, phrase.end_token) == (1, 3)
                && lexicon.name(phrase.concept) == "gift card")
    );
}

#[test]
fn the_lexicon_is_large_and_well_formed() {
    assert!(Lexicon::global().len() >= 2000, "{}", Lexicon::global().len());
    for row in FILES.iter().flat_map(|file| file.lines()).filter(|row| !row.starts_with('#') && !row.trim().is_empty())
    {
        assert_eq!(row.split('|').count(), 4, "{row}");
        assert!(row.split('|').all(|cell| !cell.trim().is_empty()), "{row}");
    }
}
