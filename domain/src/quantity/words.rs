//! The words beside a number that say what it counts, in the four languages.

use super::inner::Measure;

pub(super) fn is_times(word: &str) -> bool {
    matches!(word, "x" | "х")
}

pub(super) fn is_half(word: &str) -> bool {
    matches!(word, "half" | "media")
}

/// Words that stand for a number of pieces.
pub(super) fn dozen(word: &str) -> Option<i64> {
    match word {
        "dozen" | "docena" | "docenas" | "дюжина" | "дюжины" | "дюжину" => Some(12),
        "полдюжины" => Some(6),
        "десяток" | "десятка" | "десятков" | "decena" | "ондық" => Some(10),
        _ => None,
    }
}

/// Weight and volume: the measure, and how many of it the unit is.
pub(super) fn amount_unit(word: &str) -> Option<(Measure, i64)> {
    Some(match word {
        "g" | "gr" | "grs" | "gram" | "grams" | "gramo" | "gramos" | "г" | "гр" | "грамм" | "грамма" | "граммов" => {
            (Measure::Gram, 1)
        }
        "kg"
        | "kgs"
        | "kilo"
        | "kilos"
        | "kilogram"
        | "kilograms"
        | "kilogramo"
        | "kilogramos"
        | "кг"
        | "кило"
        | "килограмм"
        | "килограмма"
        | "килограммов"
        | "келі" => (Measure::Kilogram, 1),
        "ml"
        | "мл"
        | "millilitre"
        | "millilitres"
        | "milliliter"
        | "milliliters"
        | "mililitro"
        | "mililitros"
        | "миллилитр"
        | "миллилитра"
        | "миллилитров" => (Measure::Millilitre, 1),
        "cl" | "сл" => (Measure::Millilitre, 10),
        "dl" | "дл" => (Measure::Millilitre, 100),
        "l" | "lt" | "lts" | "litre" | "litres" | "liter" | "liters" | "litro" | "litros" | "л" | "литр" | "литра"
        | "литров" => (Measure::Litre, 1),
        _ => return None,
    })
}

pub(super) fn is_piece_unit(word: &str) -> bool {
    matches!(
        word,
        "pc" | "pcs"
            | "pce"
            | "piece"
            | "pieces"
            | "unit"
            | "units"
            | "ct"
            | "count"
            | "stem"
            | "stems"
            | "ud"
            | "uds"
            | "und"
            | "unds"
            | "unid"
            | "unidad"
            | "unidades"
            | "pza"
            | "pzas"
            | "pz"
            | "pieza"
            | "piezas"
            | "tallo"
            | "tallos"
            | "шт"
            | "штук"
            | "штука"
            | "штуки"
            | "дана"
            | "данадан"
    )
}

/// What holds several things, so that the number beside it counts them.
pub(super) fn is_container(word: &str) -> bool {
    has(CONTAINERS, word) || starts(CONTAINER_STEMS, word)
}

/// Sizes, times, people, money, parts: a number before them does not count inner things.
pub(super) fn is_other_measure(word: &str) -> bool {
    has(OTHER_MEASURES, word) || starts(OTHER_MEASURE_STEMS, word)
}

fn has(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|listed| listed == word)
}

fn starts(stems: &str, word: &str) -> bool {
    stems.split_ascii_whitespace().any(|stem| word.starts_with(stem))
}

/// Containers, whole words.
const CONTAINERS: &str = "\
    ramo ramos caja cajas set sets pack packs box boxes basket cesta kit lote bolsa bag tray bunch bundle \
    paquete bono bandeja ramillete carton";

/// Beginnings of containers whose endings change.
const CONTAINER_STEMS: &str = "\
    букет набор короб упаков лоток ящик корзин пачк пакет комплект ассорти шоқ шоғ жинақ жинағ қорап қорабы \
    себет bouquet estuche bandeja surtido";

/// Whole words: a short one begins many others ("pata", "patata").
const OTHER_MEASURES: &str = "\
    cm mm m km dm in inch inches ft feet см мм м км дм oz lb lbs w kw v mah gb tb mb mp kcal вт квт гб тб ккал \
    min mins minute minutes minuto minutos мин час часа часов h hr hrs hour hours hora horas ч сағат day days día días dia dias \
    день дня дней күн week weeks semana semanas апта month months mes meses ай year years año años лет жыл жас \
    руб рубль рубля рублей eur euro euros евро usd kzt тенге теңге тг en pax people адам адамға guests adultos kids night nights noche \
    noches ночь ночи ночей түн queso quesos cheese cheeses сыра сыров pata patas piso pisos plaza plazas puerta \
    puertas cajón cajones rueda ruedas nivel niveles capa capas leg legs tier tiers layer layers seat seats door \
    doors drawer drawers wheel wheels speed speeds мест места ящика ящиков ящиками слоя слоёв слоев слой двери \
    дверей дверями колеса колёс колес";

/// Beginnings of words whose endings change.
const OTHER_MEASURE_STEMS: &str = "\
    минут недел месяц год человек персон гост процент person звезд estrella уровн этаж комнат dormitorio \
    bedroom niñ ребен ребён детей raci порци velocidad ярус скорост";

/// Numbers spelled out as names spell them, in the case that follows "of".
pub(super) fn spelled_number(word: &str) -> Option<i64> {
    Some(match word {
        "two" | "dos" | "двух" => 2,
        "three" | "tres" | "трёх" | "трех" => 3,
        "four" | "cuatro" | "четырёх" | "четырех" => 4,
        "five" | "cinco" | "пяти" => 5,
        "six" | "seis" | "шести" => 6,
        "seven" | "siete" | "семи" => 7,
        "eight" | "ocho" | "восьми" => 8,
        "nine" | "nueve" | "девяти" => 9,
        "ten" | "diez" | "десяти" => 10,
        "eleven" | "once" | "одиннадцати" => 11,
        "twelve" | "doce" | "двенадцати" => 12,
        "fifteen" | "quince" | "пятнадцати" => 15,
        "twenty" | "veinte" | "двадцати" => 20,
        "thirty" | "treinta" | "тридцати" => 30,
        "forty" | "cuarenta" | "сорока" => 40,
        "fifty" | "cincuenta" | "пятидесяти" => 50,
        "hundred" | "cien" | "ста" => 100,
        _ => return None,
    })
}
