//! Missing fields, cities, and the step after a confirmation.

use crate::support::{cities, product, service};
use domain::catalog::{Area, Item};
use domain::checkout::{
    CityVerdict, Common, Confirmation, Decision, Field, GivenFields, NotEnough, PriceChange, at_confirmation, cap,
    city_verdict, common_cities, missing, price_change, serves, stored_city,
};
use proptest::prelude::*;

fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

fn online(item: Item) -> Item {
    Item { area: Area::Online, ..item }
}

const NOTHING: GivenFields =
    GivenFields { name: false, phone: false, city: false, address: false, date: false, time: false };

#[test]
fn defaults_of_commerce() {
    use Field::{City, Date, Item, Name, Phone, Time};
    let roses = product("101");
    assert_eq!(missing(None, &[(&roses, 1)], NOTHING), [Name, Phone, City]);
    let yoga = service("204");
    assert_eq!(missing(None, &[(&yoga, 1)], NOTHING), [Name, Phone, City, Date, Time]);
    let lesson = online(service("810"));
    assert_eq!(missing(None, &[(&lesson, 1)], NOTHING), [Name, Phone, Date, Time]);
    // A service without slots, such as a certificate, has no appointment.
    let certificate = domain::catalog::Item { available: None, ..online(service("812")) };
    assert_eq!(missing(None, &[(&certificate, 1)], NOTHING), [Name, Phone]);
    // One line that is delivered is enough for a city, also when it goes everywhere.
    assert_eq!(missing(None, &[(&certificate, 1), (&roses, 1)], NOTHING), [Name, Phone, City]);
    assert_eq!(missing(None, &[], NOTHING), [Item]);
    let given = GivenFields { name: true, city: true, time: true, ..NOTHING };
    assert_eq!(missing(None, &[(&yoga, 1)], given), [Phone, Date]);
}

#[test]
fn the_companys_own_list() {
    use Field::{Address, City, Date, Name, Phone, Quantity, Time};
    let roses = product("101");
    assert_eq!(missing(Some(&[Address, Phone, Phone]), &[(&roses, 1)], NOTHING), [Phone, Address]);
    assert_eq!(missing(Some(&[]), &[(&roses, 1)], NOTHING), []);
    assert_eq!(missing(Some(&[City, Name, Quantity]), &[(&online(product("125")), 1)], NOTHING), [Name]);
    // Without a time an appointment cannot be booked, whatever the list says.
    assert_eq!(missing(Some(&[Name]), &[(&service("204"), 1)], NOTHING), [Name, Date, Time]);
}

#[test]
fn cities_of_the_rehearsal() {
    let orchid = Item { area: cities(&["Valencia", "Barcelona", "Zaragoza"]), ..product("113") };
    let bouquet = Item { area: cities(&["Alicante", "valencia"]), ..product("116") };
    let everywhere = product("120");
    let voucher = online(product("125"));
    let lines = [(&orchid, 1), (&bouquet, 1), (&everywhere, 1), (&voucher, 1)];
    assert_eq!(
        city_verdict(&lines, "alicante", &same),
        CityVerdict::NotServed { by: vec!["113".to_owned()], common: vec!["Valencia".to_owned()] }
    );
    assert_eq!(city_verdict(&lines, "VALENCIA", &same), CityVerdict::Fine);
    assert_eq!(stored_city(&lines, "VALENCIA", &same), "Valencia");
    assert_eq!(stored_city(&lines[1..], "VALENCIA", &same), "valencia");
    assert_eq!(stored_city(&lines[2..], " Toledo ", &same), "Toledo");
    assert_eq!(stored_city(&lines[3..], "Toledo", &same), "online");
    assert_eq!(common_cities(&lines[2..], &same), Common::Anywhere);
    assert_eq!(common_cities(&lines[3..], &same), Common::Online);
    assert_eq!(common_cities(&[], &same), Common::Anywhere);
    let madrid = Item { area: cities(&["Madrid"]), ..product("119") };
    assert_eq!(common_cities(&[(&orchid, 1), (&madrid, 1)], &same), Common::These(Vec::new()));
}

#[test]
fn a_confirmation_goes_one_step() {
    let base = Confirmation { confirmed: true, missing: Vec::new(), change: PriceChange::Same, risen_accepted: false };
    assert_eq!(at_confirmation(base.clone()), Decision::Checkout);
    assert_eq!(at_confirmation(Confirmation { change: PriceChange::Fallen, ..base.clone() }), Decision::Checkout);
    let risen = Confirmation { change: PriceChange::Risen, ..base.clone() };
    assert_eq!(at_confirmation(risen.clone()), Decision::AskRisenPrice);
    assert_eq!(at_confirmation(Confirmation { risen_accepted: true, ..risen.clone() }), Decision::Checkout);
    assert_eq!(at_confirmation(Confirmation { confirmed: false, ..risen }), Decision::StateTotalAndAsk);
    let gaps = Confirmation { missing: vec![Field::Phone], ..base };
    assert_eq!(at_confirmation(gaps.clone()), Decision::Ask(vec![Field::Phone]));
    assert_eq!(at_confirmation(Confirmation { confirmed: false, ..gaps }), Decision::Ask(vec![Field::Phone]));
}

#[test]
fn price_changes() {
    assert_eq!(price_change(None, 100), PriceChange::Same);
    assert_eq!(price_change(Some(100), 100), PriceChange::Same);
    assert_eq!(price_change(Some(99), 100), PriceChange::Risen);
    assert_eq!(price_change(Some(101), 100), PriceChange::Fallen);
}

#[test]
fn the_cap_is_kept_and_not_told() {
    assert_eq!(cap(None, 100_000), Ok(()));
    assert_eq!(cap(Some(3), 3), Ok(()));
    assert_eq!(cap(Some(3), 4), Err(NotEnough));
    assert_eq!(cap(Some(0), 1), Err(NotEnough));
    assert_eq!(cap(Some(-2), 1), Err(NotEnough));
    assert!(!NotEnough.to_string().contains(|c: char| c.is_ascii_digit()));
}

/// An area over five cities: everywhere, online, or the cities of a non-empty set of bits.
fn area(code: u32) -> Area {
    match code {
        0 => Area::Everywhere,
        32 => Area::Online,
        set => Area::Cities((0..5).filter(|city| set & (1 << city) != 0).map(|city| format!("City{city}")).collect()),
    }
}

/// The set of cities that an area serves, as bits.
fn served(code: u32) -> u32 {
    if code == 0 || code == 32 { 31 } else { code }
}

proptest! {
    #[test]
    fn common_cities_are_the_intersection(codes in proptest::collection::vec(0_u32..=32, 1..6), city in 0_u32..5) {
        let items: Vec<Item> = codes.iter().map(|code| Item { area: area(*code), ..product(&code.to_string()) }).collect();
        let lines: Vec<(&Item, i64)> = items.iter().map(|item| (item, 1)).collect();
        let together = codes.iter().fold(31, |set, code| set & served(*code));
        match common_cities(&lines, &same) {
            Common::Online => prop_assert!(codes.iter().all(|code| *code == 32)),
            Common::Anywhere => {
                prop_assert!(codes.iter().all(|code| matches!(code, 0 | 32)) && codes.contains(&0));
            }
            Common::These(mut names) => {
                names.sort();
                let expected: Vec<String> =
                    (0..5).filter(|city| together & (1 << city) != 0).map(|city| format!("City{city}")).collect();
                prop_assert_eq!(names, expected);
            }
        }
        // The customer's spelling does not matter, and each line that cannot go there is named.
        let said = format!("cITY{city}");
        let cannot: Vec<String> =
            codes.iter().filter(|code| served(**code) & (1 << city) == 0).map(ToString::to_string).collect();
        match city_verdict(&lines, &said, &same) {
            CityVerdict::Fine => prop_assert!(cannot.is_empty() && together & (1 << city) != 0),
            CityVerdict::NotServed { by, common } => {
                prop_assert!(!by.is_empty());
                prop_assert_eq!(by, cannot);
                // Every city on offer is one where all lines can go.
                for offered in common {
                    prop_assert!(items.iter().all(|item| serves(&item.area, &offered, &same)));
                }
            }
        }
    }

    #[test]
    fn what_is_given_is_not_asked_and_what_is_asked_is_required(bits in 0_u32..64, services in any::<bool>(), code in 0_u32..=32) {
        let bit = |at: u32| bits & (1 << at) != 0;
        let given = GivenFields { name: bit(0), phone: bit(1), city: bit(2), address: bit(3), date: bit(4), time: bit(5) };
        let item = Item { area: area(code), ..if services { service("a") } else { product("a") } };
        let asked = missing(None, &[(&item, 1)], given);
        prop_assert_eq!(asked.contains(&Field::Name), !given.name);
        prop_assert_eq!(asked.contains(&Field::Phone), !given.phone);
        prop_assert_eq!(asked.contains(&Field::City), !given.city && code != 32);
        prop_assert_eq!(asked.contains(&Field::Date), !given.date && services);
        prop_assert_eq!(asked.contains(&Field::Time), !given.time && services);
        prop_assert!(!asked.contains(&Field::Address));
    }
}
