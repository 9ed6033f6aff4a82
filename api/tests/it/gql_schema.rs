//! The committed schema is the one that the program prints.

use std::path::Path;

#[test]
fn the_committed_schema_is_the_printed_one() {
    let printed = api::graphql::sdl();
    assert_eq!(printed, api::graphql::sdl(), "printed twice, the same");
    let committed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql"));
    let fresh = std::env::temp_dir().join("x8-schema.graphql");
    let differs = committed.map_or(true, |committed| committed != printed);
    if differs {
        std::fs::write(&fresh, &printed).unwrap();
    }
    assert!(!differs, "schema.graphql is not what `x8 schema` prints; the fresh one is {}", fresh.display());
}

/// Every type, field, argument and member says what it is.
#[test]
fn everything_is_described() {
    let sdl = api::graphql::sdl();
    let mut described = false;
    let mut undescribed = Vec::new();
    let mut in_text = false;
    for line in sdl.lines() {
        let line = line.trim();
        if line.starts_with("\"\"\"") {
            let on_one_line = line.len() > 3 && line.ends_with("\"\"\"");
            in_text = !(on_one_line || in_text);
            described = true;
        } else if in_text || line.is_empty() || line == "}" || line == ")" || line.starts_with("schema") {
            // Texts, and what needs none.
        } else if ["query:", "mutation:", "subscription:"].iter().any(|word| line.starts_with(word)) {
            described = false;
        } else {
            if !described && !line.starts_with("directive") && !line.starts_with(')') {
                undescribed.push(line.to_owned());
            }
            described = false;
        }
    }
    assert!(undescribed.is_empty(), "without a description: {undescribed:#?}");
}
