//! Packs and sessions (R104).

use domain::quantity::{InnerCount, MAX_WANTED, Measure, fewest_packs, inner_count, sessions};
use proptest::prelude::*;

fn counted(name: &str, unit: &str) -> Option<(i64, Measure)> {
    inner_count(name, (!unit.is_empty()).then_some(unit)).map(|InnerCount { count, measure }| (count, measure))
}

#[test]
fn names_state_pieces() {
    for (name, unit, count) in [
        ("Ramo de 20 rosas rojas", "ramo", 20),
        ("Ramo de 12 peonías", "ramo", 12),
        ("Set of 5 birthday balloons", "set", 5),
        ("Bouquet of 7 sunflowers", "", 7),
        ("Bouquet of 7", "", 7),
        ("Яйца фермерские 30 шт", "упаковка", 30),
        ("Яйца фермерские, 30шт.", "упаковка", 30),
        ("Букет из 15 тюльпанов", "", 15),
        ("Букет 25 роз", "шт", 25),
        ("Букет из 5-ти шаров", "", 5),
        ("101 роза в коробке", "", 101),
        ("20 red roses", "bouquet", 20),
        ("Раушан шоғы 21 дана", "", 21),
        ("Шоқ 11 раушан", "", 11),
        ("Rosas rojas 20 tallos", "", 20),
        ("Huevos camperos (12)", "", 12),
        ("Huevos x12", "", 12),
        ("Яйца х30", "", 30),
        ("Croissants, 6-pack", "", 6),
        ("Cerveza 6 x 330 ml", "", 6),
        ("Вода 12х0,5 л", "", 12),
        ("Caja de 12 bombones 200 g", "caja", 12),
        ("Пазл из 100 частей", "", 100),
        ("Набор из 3 рубашек", "", 3),
        ("Basket with 6 muffins", "basket", 6),
        ("Cesta con 8 manzanas", "", 8),
        ("Corona de 24 rosas", "", 24),
        ("Docena de huevos", "", 12),
        ("Half a dozen eggs", "", 6),
        ("Media docena de huevos", "", 6),
        ("2 dozen roses", "", 24),
        ("Десяток яиц", "", 10),
        ("Ramo de doce rosas", "", 12),
        ("Bouquet of twelve roses", "", 12),
        ("Букет из двадцати роз", "", 20),
        ("Розы красные", "упаковка 10 шт", 10),
        ("Huevos", "docena", 12),
    ] {
        assert_eq!(counted(name, unit), Some((count, Measure::Piece)), "{name} [{unit}]");
    }
}

#[test]
fn names_state_weight_and_volume() {
    for (name, unit, count, measure) in [
        ("Помидоры розовые, ящик 5 кг", "ящик", 5, Measure::Kilogram),
        ("Масло оливковое 1 л", "бутылка", 1, Measure::Litre),
        ("Творог 5 % 500 г", "пачка", 500, Measure::Gram),
        ("Гречка 900г", "", 900, Measure::Gram),
        ("Мёд 0,5 кг", "", 500, Measure::Gram),
        ("Agua 1.5 l", "", 1500, Measure::Millilitre),
        ("Vino tinto 75 cl", "", 750, Measure::Millilitre),
        ("Caja de bombones artesanos 200 g", "caja", 200, Measure::Gram),
        ("Помидоры", "кг", 1, Measure::Kilogram),
        ("Чай", "100 г", 100, Measure::Gram),
        ("Ет, 2 келі", "", 2, Measure::Kilogram),
    ] {
        assert_eq!(counted(name, unit), Some((count, measure)), "{name} [{unit}]");
    }
    let kilo = InnerCount { count: 1, measure: Measure::Kilogram };
    let grams = InnerCount { count: 1000, measure: Measure::Gram };
    assert_eq!(kilo.base(), grams.base());
}

#[test]
fn what_is_no_count_is_not_counted() {
    for (name, unit) in [
        ("Glass vase, clear, 25 cm", "piece"),
        ("Oso de peluche 40 cm", "unidad"),
        ("Hortensia en maceta de 14 cm", "unidad"),
        ("Poster 20 x 30 cm", ""),
        ("Poster 20x30 cm", ""),
        ("Молоко 12 %", ""),
        ("Chocolate 70% cacao", ""),
        ("Rioja reserva 2019", "botella"),
        ("Вино 2019 г.", "бутылка"),
        ("Bonsái de 12 años", ""),
        ("Masaje de 60 minutos", "sesión"),
        ("3-hour tour", ""),
        ("Аренда зала 2 часа", ""),
        ("Сертификат из 5000 рублей", ""),
        ("Mesa para 4 personas", ""),
        ("Торт на 8 персон", ""),
        ("Pizza 4 quesos", "unidad"),
        ("Champú 3 en 1", ""),
        ("Шампунь 2 в 1", ""),
        ("Cuaderno A4", ""),
        ("Película 3D", ""),
        ("Vale de 50 euros", ""),
        ("Gift card €50", ""),
        ("Поставка 12/26", ""),
        ("Розы 20-25", "букет"),
        ("White orchid in a ceramic pot", "piece"),
        ("Perfume N.º 5", ""),
        ("Chanel No 5 eau", ""),
        ("Лавка №7 подарков", ""),
        ("Коробка за 5 минут", ""),
        ("Букет из 0 роз", ""),
        ("Seven Seas tea", ""),
        ("Sof\u{e1} con 2 cojines", "unidad"),
        ("Mesa de 4 patas", "unidad"),
        ("Pizza de 4 quesos", "unidad"),
        ("Tarta de 3 pisos", ""),
        ("Стол с 4 ящиками", "шт"),
        ("2 nights in a double room", ""),
        ("", ""),
    ] {
        assert_eq!(counted(name, unit), None, "{name} [{unit}]");
    }
}

#[test]
fn packs_of_the_rehearsals() {
    assert_eq!(fewest_packs(70, &[10, 20, 50]), Some(vec![(2, 1), (1, 1)]));
    assert_eq!(fewest_packs(20, &[10, 20, 50]), Some(vec![(1, 1)]));
    assert_eq!(fewest_packs(25, &[10, 20, 50]), None);
    assert_eq!(fewest_packs(30, &[10, 20, 50]), Some(vec![(1, 1), (0, 1)]));
    // Greedy would take 4 + 1 + 1.
    assert_eq!(fewest_packs(6, &[1, 3, 4]), Some(vec![(1, 2)]));
    // Equally few: more of the larger.
    assert_eq!(fewest_packs(10, &[3, 4, 6, 7]), Some(vec![(3, 1), (0, 1)]));
    assert_eq!(fewest_packs(20, &[20, 20]), Some(vec![(0, 1)]));
    assert_eq!(fewest_packs(0, &[1]), None);
    assert_eq!(fewest_packs(5, &[]), None);
    assert_eq!(fewest_packs(5, &[0, -5]), None);
    assert_eq!(fewest_packs(MAX_WANTED + 1, &[1]), None);
    assert_eq!(fewest_packs(MAX_WANTED, &[1, 100]), Some(vec![(1, 1000)]));
}

#[test]
fn sessions_come_out_even_or_not_at_all() {
    assert_eq!(sessions(120, 60), Some(2));
    assert_eq!(sessions(90, 60), None);
    assert_eq!(sessions(30, 60), None);
    assert_eq!(sessions(0, 60), None);
    assert_eq!(sessions(60, 0), None);
    assert_eq!(sessions(-60, -60), None);
}

/// Every combination: the fewest packs that make the sum, and of those the one with most of the largest sizes.
fn by_trying_all(wanted: i64, sizes: &[i64]) -> Option<Vec<i64>> {
    fn try_from(wanted: i64, sizes: &[i64]) -> Vec<Vec<i64>> {
        let Some((first, rest)) = sizes.split_first() else {
            return if wanted == 0 { vec![Vec::new()] } else { Vec::new() };
        };
        (0..=wanted / first)
            .flat_map(|count| {
                try_from(wanted - count * first, rest).into_iter().map(move |mut tail| {
                    tail.insert(0, count);
                    tail
                })
            })
            .collect()
    }
    let mut all = try_from(wanted, sizes);
    all.sort_by(|a, b| a.iter().sum::<i64>().cmp(&b.iter().sum()).then_with(|| b.cmp(a)));
    all.into_iter().next()
}

proptest! {
    #[test]
    fn fewest_packs_agrees_with_trying_all(
        wanted in 1_i64..60,
        sizes in proptest::collection::btree_set(1_i64..40, 1..5),
    ) {
        let descending: Vec<i64> = sizes.iter().rev().copied().collect();
        let expected = by_trying_all(wanted, &descending);
        let found = fewest_packs(wanted, &descending).map(|combination| {
            let mut counts = vec![0; descending.len()];
            for (index, count) in combination {
                counts[index] += count;
            }
            counts
        });
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_combination_makes_the_sum_exactly(
        wanted in 1_i64..5_000,
        packs in proptest::collection::vec(-3_i64..900, 0..8),
    ) {
        if let Some(combination) = fewest_packs(wanted, &packs) {
            prop_assert_eq!(combination.iter().map(|(index, count)| packs[*index] * count).sum::<i64>(), wanted);
            prop_assert!(combination.iter().all(|(_, count)| *count > 0));
            let sizes: Vec<i64> = combination.iter().map(|(index, _)| packs[*index]).collect();
            prop_assert!(sizes.windows(2).all(|pair| pair[0] > pair[1]));
        } else {
            prop_assert!(!packs.contains(&wanted) && !packs.contains(&1));
        }
    }

    #[test]
    fn sessions_multiply_back(count in 1_i64..500, minutes in 1_i64..600) {
        prop_assert_eq!(sessions(count * minutes, minutes), Some(count));
    }

    #[test]
    fn a_pack_of_any_number_states_it(count in 1_i64..1_500) {
        let expected = Some((count, Measure::Piece));
        prop_assert_eq!(counted(&format!("Ramo de {count} rosas"), "ramo"), expected);
        prop_assert_eq!(counted(&format!("Set of {count} balloons"), ""), expected);
        prop_assert_eq!(counted(&format!("Яйца {count} шт"), ""), expected);
    }

    #[test]
    fn any_name_is_read_without_panic(name in any::<String>(), unit in proptest::option::of(any::<String>())) {
        if let Some(inner) = inner_count(&name, unit.as_deref()) {
            prop_assert!((1..=MAX_WANTED).contains(&inner.count));
        }
    }
}
