//! The rehearsals of the repository themselves: every file is read by the strict reader, says which rule it shows, and
//! names knowledge that is there.

use assistant::rehearsal::{Event, Rehearsal, Step, files, read};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rules of commerce.md, as the first word of a file's name, and what stands beside them.
const RULES: [&str; 16] = [
    "facts", "shown", "free", "packs", "city", "money", "checkout", "phone", "link", "remind", "language", "length",
    "first", "manner", "slots", "takeover",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rehearsals")
}

fn all() -> Vec<Rehearsal> {
    let found = files(&[folder()]).expect("the folder of rehearsals");
    assert!(found.len() >= 150, "{} rehearsals found", found.len());
    found.iter().map(|file| read(file).unwrap_or_else(|error| panic!("{error}"))).collect()
}

fn file_name(rehearsal: &Rehearsal) -> String {
    rehearsal.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[test]
fn every_rehearsal_is_read_and_expects_something() {
    let mut names = BTreeMap::new();
    for rehearsal in all() {
        let file = file_name(&rehearsal);
        assert!(rehearsal.turns.iter().any(|turn| turn.expect.is_some()), "{file} expects nothing");
        if let Some(other) = names.insert(rehearsal.name.clone(), file.clone()) {
            panic!("{file} and {other} have the same name: {}", rehearsal.name);
        }
        let text = std::fs::read_to_string(&rehearsal.file).expect("the file was read a moment ago");
        assert!(text.starts_with("# "), "{file} does not say on its first line which rule it shows");
    }
}

#[test]
fn every_rule_is_rehearsed_in_every_language() {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for rehearsal in all() {
        let file = file_name(&rehearsal);
        let parts: Vec<&str> = file.split('.').collect();
        assert!(parts.len() == 3 && parts[2] == "yaml", "{file} is not named <rule>-<what>.<language>.yaml");
        let rule = parts[0].split('-').next().unwrap_or_default().to_owned();
        assert!(RULES.contains(&rule.as_str()), "{file} names no rule");
        seen.entry(rule).or_default().insert(parts[1].to_owned());
    }
    let four: BTreeSet<String> = ["en", "es", "ru", "kk"].into_iter().map(str::to_owned).collect();
    for rule in RULES.iter().filter(|rule| **rule != "takeover") {
        assert_eq!(seen.get(*rule), Some(&four), "{rule}");
    }
}

#[test]
fn knowledge_is_there() {
    for rehearsal in all() {
        let imported = rehearsal.turns.iter().filter_map(|turn| match &turn.step {
            Step::Event(Event::Import(file)) => Some(file),
            _ => None,
        });
        assert!(!rehearsal.knowledge.is_empty(), "{} has no knowledge", file_name(&rehearsal));
        for file in rehearsal.knowledge.iter().chain(imported) {
            assert!(file.is_file(), "{}: {} is missing", file_name(&rehearsal), file.display());
        }
    }
}
