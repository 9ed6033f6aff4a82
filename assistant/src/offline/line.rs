//! The reasons of a turn as codes and values: programs word them in the reader's language.

use crate::desk::CheckoutOutcome;
use crate::turn::ReasonLine;
use crate::understand::Act;
use domain::money::Money;
use domain::quote::{Fee, QuoteLine};
use serde_json::{Map, Value, json};

/// Words of a customer are shown up to this length.
const LONGEST: usize = 300;

/// A code with its values; what is no object counts as none.
pub(super) fn line(code: &str, values: Value) -> ReasonLine {
    let values = match values {
        Value::Object(values) => values,
        _ => Map::new(),
    };
    ReasonLine { code: code.to_owned(), values }
}

/// A code without values.
pub(super) fn bare(code: &str) -> ReasonLine {
    line(code, Value::Null)
}

fn sum(money: Money) -> Value {
    json!({ "amount": money.to_decimal(), "currency": money.currency.code() })
}

/// An act under its own name, with what was said; of the rows that fit it says how many, and the one that does.
pub(super) fn act(act: &Act) -> ReasonLine {
    let mut value = serde_json::to_value(act).unwrap_or_default();
    let code = value.as_object_mut().and_then(|act| act.remove("act"));
    value.as_object_mut().and_then(|act| act.remove("words"));
    trim(&mut value);
    line(code.as_ref().and_then(Value::as_str).unwrap_or("unknown"), value)
}

fn trim(value: &mut Value) {
    match value {
        Value::Object(values) => {
            if let Some(Value::Array(rows)) = values.remove("candidates") {
                values.remove("exact");
                values.remove("partial");
                if let [row] = rows.as_slice() {
                    values.insert("row".to_owned(), row.clone());
                }
                values.insert("rows".to_owned(), json!(rows.len()));
            }
            values.values_mut().for_each(trim);
        }
        Value::Array(values) => values.iter_mut().for_each(trim),
        Value::String(text) if text.chars().count() > LONGEST => *text = crate::compose::shorten(text, LONGEST),
        _ => {}
    }
}

/// The price of one ordered row.
pub(super) fn priced(priced: &QuoteLine) -> ReasonLine {
    let mut values = json!({ "quantity": priced.quantity, "name": priced.name });
    if priced.total.is_zero() {
        return line("line_free", values);
    }
    values["unit"] = sum(priced.unit_price);
    values["total"] = sum(priced.total);
    line("line", values)
}

/// A fee, or why there is none; nothing of a fee that no row has.
pub(super) fn fee(kind: &str, fee: &Fee) -> Option<ReasonLine> {
    if fee.waived {
        let from = fee.free_from?;
        return Some(line(&format!("{kind}_waived"), json!({ "full": sum(fee.full), "from": sum(from) })));
    }
    if fee.charged.is_zero() {
        return None;
    }
    Some(match fee.free_from {
        Some(from) => line(&format!("{kind}_until"), json!({ "charged": sum(fee.charged), "from": sum(from) })),
        None => line(kind, json!({ "charged": sum(fee.charged) })),
    })
}

/// The parts and what they come to.
pub(super) fn total(parts: &[Money], total: Money) -> ReasonLine {
    let parts: Vec<Value> = parts.iter().copied().map(sum).collect();
    line("total", json!({ "parts": parts, "total": sum(total) }))
}

/// What the checkout came to.
pub(super) fn outcome(outcome: &CheckoutOutcome) -> ReasonLine {
    match outcome {
        CheckoutOutcome::Nothing => bare("nothing"),
        CheckoutOutcome::Ask { fields } => line("ask", json!({ "fields": fields })),
        CheckoutOutcome::AskRisenPrice => bare("price_risen"),
        CheckoutOutcome::StateTotal { quote } => line("state_total", json!({ "total": sum(quote.total) })),
        CheckoutOutcome::Done { quote, .. } if quote.is_free() => bare("book_free"),
        CheckoutOutcome::Done { quote, .. } => line("send_link", json!({ "total": sum(quote.total) })),
    }
}

#[cfg(test)]
mod tests {
    use super::{act, bare};
    use crate::understand::{Act, Amounts, Count, Cue, Mention};
    use serde_json::json;

    fn mention(candidates: &[&str]) -> Mention {
        Mention {
            words: "red roses".to_owned(),
            amounts: Amounts { counts: vec![Count { value: 2, of_packs: true }], ..Amounts::default() },
            candidates: candidates.iter().map(|key| (*key).to_owned()).collect(),
            exact: true,
            partial: false,
        }
    }

    #[test]
    fn a_wish_names_the_row_that_fits() {
        let wanted = act(&Act::Want { mention: mention(&["R20"]), add: false });
        assert_eq!(wanted.code, "want");
        assert_eq!(wanted.values["mention"]["row"], "R20");
        assert_eq!(wanted.values["mention"]["rows"], 1);
        assert_eq!(wanted.values["mention"]["amounts"]["counts"][0]["value"], 2);
        assert!(wanted.values["mention"].get("candidates").is_none());
    }

    #[test]
    fn a_question_tells_its_topics_and_how_many_rows_fit() {
        let asked =
            Act::Ask { topics: vec![Cue::NotIncluded], about: vec![mention(&["A", "B"])], words: vec!["w".to_owned()] };
        let asked = act(&asked);
        assert_eq!(asked.code, "ask");
        assert_eq!(asked.values["topics"], json!(["not_included"]));
        assert_eq!(asked.values["about"][0]["rows"], 2);
        assert!(asked.values["about"][0].get("row").is_none());
        assert!(!asked.values.contains_key("words"));
    }

    #[test]
    fn what_carries_nothing_is_its_code_alone() {
        assert_eq!(act(&Act::Greet), bare("greet"));
    }

    #[test]
    fn long_texts_are_cut() {
        let said = act(&Act::Unknown { text: "long ".repeat(400), question: true });
        assert!(said.values["text"].as_str().is_some_and(|text| text.chars().count() <= super::LONGEST));
    }
}
