//! Every rehearsal of the repository, played on the stage in memory.

use assistant::rehearsal::{files, play, read};
use std::path::{Path, PathBuf};

use crate::stage::Memory;

/// Plays all files of a folder; what differs, by file.
async fn differences(folder: PathBuf) -> (usize, Vec<String>) {
    let mut faults = Vec::new();
    let found = files(&[folder]).expect("rehearsals");
    for file in &found {
        let rehearsal = read(file).unwrap_or_else(|error| panic!("{error}"));
        let mut stage = Memory::default();
        let outcome = play(&rehearsal, &mut stage).await;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(error) = &outcome.error {
            faults.push(format!("{name}: {error}"));
        }
        for (turn, trace) in outcome
            .turns
            .iter()
            .filter(|turn| !turn.step.starts_with("after") && !turn.step.starts_with("event"))
            .zip(&stage.traces)
        {
            if !turn.differences.is_empty() {
                let list: Vec<String> = turn.differences.iter().map(ToString::to_string).collect();
                faults.push(format!(
                    "{name}:{} {}\n    {}\n    reply: {}\n    trace: {trace}",
                    turn.line,
                    turn.step,
                    list.join("\n    "),
                    turn.replies.join(" // ").replace('\n', " ⏎ "),
                ));
            }
        }
        for turn in outcome.turns.iter().filter(|turn| turn.step.starts_with("after") || turn.step.starts_with("event"))
        {
            for difference in &turn.differences {
                faults.push(format!("{name}:{} {} {difference}", turn.line, turn.step));
            }
        }
        faults.extend(stage.violations.iter().map(|violation| format!("{name}: gate: {violation}")));
    }
    (found.len(), faults)
}

#[tokio::test]
async fn every_rehearsal_of_the_repository_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rehearsals");
    let (count, faults) = differences(folder).await;
    assert!(count >= 150, "{count} rehearsals found");
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
