//! Totals, fees and thresholds; the cart they are made from (R103, R113–R115, R118).

use crate::support::{product, service};
use domain::cart::{Cart, MAX_QUANTITY};
use domain::catalog::{Item, ItemKind};
use domain::money::Currency;
use domain::quote::{QuoteError, quote};
use proptest::prelude::*;

fn priced(kind: ItemKind, price: i64, fee: Option<i64>, free_from: Option<i64>) -> Item {
    let item = if kind == ItemKind::Product { product("a") } else { service("b") };
    Item { price_minor: Some(price), fee_minor: fee, free_from_minor: free_from, ..item }
}

fn goods(price: i64, fee: i64, free_from: i64) -> Item {
    priced(ItemKind::Product, price, Some(fee), Some(free_from))
}

fn total(lines: &[(&Item, i64)]) -> (i64, i64, i64, i64) {
    let quote = quote(lines, Currency::EUR).expect("priced");
    (quote.products.minor, quote.delivery.charged.minor, quote.travel.charged.minor, quote.total.minor)
}

#[test]
fn sums_of_the_rehearsals() {
    let orchid = goods(3800, 590, 9000);
    let vase = goods(2400, 400, 6000);
    // The sum is over the vase's threshold, but the highest counts.
    assert_eq!(total(&[(&orchid, 1), (&vase, 1)]), (6200, 590, 0, 6790));
    let roses = goods(7900, 650, 12_000);
    let waived = quote(&[(&roses, 2)], Currency::EUR).expect("priced");
    assert_eq!((waived.total.minor, waived.free_delivery()), (15_800, true));
    let bride = priced(ItemKind::Service, 3_500_000, Some(500_000), Some(6_000_000));
    assert_eq!(total(&[(&bride, 1)]), (3_500_000, 0, 500_000, 4_000_000));
    assert_eq!(total(&[(&bride, 2)]), (7_000_000, 0, 0, 7_000_000));
}

#[test]
fn the_threshold_is_reached_by_equality() {
    assert_eq!(total(&[(&goods(100, 50, 200), 2)]).1, 0);
    assert_eq!(total(&[(&goods(100, 50, 201), 2)]).1, 50);
}

#[test]
fn a_line_without_a_threshold_does_not_hinder() {
    let wreath = priced(ItemKind::Product, 14_000, Some(1200), None);
    let zero = priced(ItemKind::Product, 100, None, Some(0));
    let roses = goods(7900, 650, 12_000);
    assert_eq!(total(&[(&wreath, 1)]).1, 1200);
    assert_eq!(total(&[(&wreath, 1), (&roses, 1), (&zero, 1)]).1, 0);
    assert_eq!(total(&[(&zero, 1)]), (100, 0, 0, 100));
}

#[test]
fn each_kind_pays_its_own_fee_on_its_own_lines() {
    let roses = goods(5000, 600, 8000);
    let visit = priced(ItemKind::Service, 5000, Some(900), Some(8000));
    // Together they are over both thresholds, each alone is under its own.
    assert_eq!(total(&[(&roses, 1), (&visit, 1)]), (10_000, 600, 900, 11_500));
    let quote = quote(&[(&roses, 2), (&visit, 1)], Currency::EUR).expect("priced");
    assert!(quote.delivery.waived && !quote.travel.waived && !quote.free_delivery());
}

#[test]
fn free_means_that_nothing_is_due_fees_included() {
    let card = priced(ItemKind::Product, 0, None, None);
    let box_with_fee = priced(ItemKind::Product, 0, Some(400), Some(6000));
    assert!(quote(&[(&card, 3)], Currency::EUR).expect("priced").is_free());
    let with_fee = quote(&[(&box_with_fee, 1)], Currency::EUR).expect("priced");
    assert!(!with_fee.is_free() && with_fee.total.minor == 400);
    let no_price = Item { price_minor: None, ..product("a") };
    assert!(quote(&[(&no_price, 1)], Currency::EUR).expect("priced").is_free());
}

#[test]
fn bad_carts_are_refused() {
    let item = goods(i64::MAX / 2, 0, 0);
    assert_eq!(quote(&[(&item, 3)], Currency::EUR), Err(QuoteError::Overflow));
    assert_eq!(quote(&[(&item, 2), (&item, 1)], Currency::EUR), Err(QuoteError::Overflow));
    assert_eq!(quote(&[(&item, 0)], Currency::EUR), Err(QuoteError::Quantity));
    assert_eq!(quote(&[(&item, -1)], Currency::EUR), Err(QuoteError::Quantity));
}

fn line() -> impl Strategy<Value = (Item, i64)> {
    let threshold = prop_oneof![Just(None), Just(Some(0)), (1_i64..200_000).prop_map(Some)];
    (any::<bool>(), 0_i64..50_000, proptest::option::of(0_i64..2_000), threshold, 1_i64..20).prop_map(
        |(product, price, fee, free_from, quantity)| {
            let kind = if product { ItemKind::Product } else { ItemKind::Service };
            (priced(kind, price, fee, free_from), quantity)
        },
    )
}

/// The rule once more, in other words: walk over every line of the kind and keep the highest of each.
fn fee_by_the_book(lines: &[(Item, i64)], kind: ItemKind) -> i64 {
    let (mut sum, mut highest_fee, mut highest_threshold) = (0, 0, 0);
    for (item, quantity) in lines {
        if item.kind == kind {
            sum += item.price_minor.unwrap_or(0) * quantity;
            highest_fee = highest_fee.max(item.fee_minor.unwrap_or(0));
            highest_threshold = highest_threshold.max(item.free_from_minor.unwrap_or(0));
        }
    }
    if highest_threshold > 0 && sum >= highest_threshold { 0 } else { highest_fee }
}

proptest! {
    #[test]
    fn totals_are_by_the_book(lines in proptest::collection::vec(line(), 1..8)) {
        let borrowed: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item, *quantity)).collect();
        let quote = quote(&borrowed, Currency::EUR).expect("sums are small");
        let products: i64 = lines.iter().map(|(item, quantity)| item.price_minor.unwrap_or(0) * quantity).sum();
        let delivery = fee_by_the_book(&lines, ItemKind::Product);
        let travel = fee_by_the_book(&lines, ItemKind::Service);
        prop_assert_eq!(quote.products.minor, products);
        prop_assert_eq!(quote.delivery.charged.minor, delivery);
        prop_assert_eq!(quote.travel.charged.minor, travel);
        prop_assert_eq!(quote.total.minor, products + delivery + travel);
        prop_assert_eq!(quote.lines.iter().map(|line| line.total.minor).sum::<i64>(), products);
        prop_assert_eq!(quote.is_free(), products + delivery + travel == 0);
    }

    #[test]
    fn the_order_of_lines_changes_no_sum(lines in proptest::collection::vec(line(), 1..8)) {
        let forward: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item, *quantity)).collect();
        let backward: Vec<(&Item, i64)> = forward.iter().rev().copied().collect();
        prop_assert_eq!(total(&forward), total(&backward));
    }

    #[test]
    fn one_more_line_without_a_threshold_never_brings_the_fee_back(lines in proptest::collection::vec(line(), 1..6), price in 0_i64..9_000) {
        let mut borrowed: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item, *quantity)).collect();
        let before = quote(&borrowed, Currency::EUR).expect("sums are small");
        let extra = priced(ItemKind::Product, price, Some(5_000), None);
        borrowed.push((&extra, 1));
        let after = quote(&borrowed, Currency::EUR).expect("sums are small");
        prop_assert_eq!(after.delivery.free_from, before.delivery.free_from);
        if before.delivery.waived {
            prop_assert!(after.delivery.waived);
        }
    }

    #[test]
    fn never_free_below_the_highest_threshold(lines in proptest::collection::vec(line(), 1..8)) {
        let borrowed: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item, *quantity)).collect();
        let quote = quote(&borrowed, Currency::EUR).expect("sums are small");
        let sum: i64 = quote.lines.iter().filter(|line| line.kind == ItemKind::Product).map(|line| line.total.minor).sum();
        if quote.delivery.free_from.is_none_or(|threshold| sum < threshold.minor) {
            prop_assert_eq!(quote.delivery.charged, quote.delivery.full);
            prop_assert!(!quote.delivery.waived);
        }
    }

    #[test]
    fn a_cart_is_its_last_wishes(steps in proptest::collection::vec((any::<bool>(), 0_usize..4, -5_i64..150_000), 0..40)) {
        let keys = ["a", "b", "c", "d"];
        let mut cart = Cart::default();
        let mut wanted = [0_i64; 4];
        let mut order: Vec<&str> = Vec::new();
        for (adds, key, quantity) in steps {
            let next = if adds { wanted[key] + quantity } else { quantity };
            if adds { cart.add(keys[key], quantity) } else { cart.set(keys[key], quantity) }
            wanted[key] = next.clamp(0, MAX_QUANTITY);
            if wanted[key] == 0 {
                order.retain(|kept| *kept != keys[key]);
            } else if !order.contains(&keys[key]) {
                order.push(keys[key]);
            }
        }
        let lines: Vec<&str> = cart.lines.iter().map(|line| line.key.as_str()).collect();
        prop_assert_eq!(&lines, &order);
        for (key, expected) in keys.iter().zip(wanted) {
            prop_assert_eq!(cart.quantity(key), expected);
        }
        prop_assert!(cart.lines.iter().all(|line| (1..=MAX_QUANTITY).contains(&line.quantity)));
        prop_assert_eq!(cart.is_empty(), order.is_empty());
    }
}
