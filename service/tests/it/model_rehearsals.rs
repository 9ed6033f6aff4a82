//! Every rehearsal of the repository on the model's path: an obedient model over the wire, the real use cases, a database each.

use assistant::rehearsal::{files, read};
use gateway::language_model::{Endpoint, Price};
use service::rehearsal::{Prompter, Published, Theatre};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use testkit::fake::obedient::{self, Shelf};
use testkit::fake::openai::{KEY, MODEL};
use tokio::sync::Semaphore;

fn program() -> PathBuf {
    let own = std::env::current_exe().expect("the test's own path");
    own.parent().and_then(Path::parent).expect("the folder of programs").join("x8")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rehearsal_passes_with_an_obedient_model() {
    let folder = std::env::temp_dir().join(format!("x8-model-rehearsals-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let theatre = Arc::new(Theatre::open(&folder, &program(), None).await.expect("a theatre"));
    let all = files(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../rehearsals")]).expect("rehearsals");
    assert!(all.len() >= 250, "{} rehearsals found", all.len());
    let permits = Arc::new(Semaphore::new(2));
    let mut playing = Vec::new();
    for file in all {
        let (theatre, permits) = (Arc::clone(&theatre), Arc::clone(&permits));
        playing.push(tokio::spawn(async move {
            let _permit = permits.acquire_owned().await;
            let rehearsal = read(&file).unwrap_or_else(|error| panic!("{error}"));
            let shelf = Shelf::default();
            let world = obedient::model(&shelf);
            let server = world.start().await;
            let prompter = Prompter {
                endpoint: Endpoint {
                    base_url: format!("{}/v1", server.url()),
                    key: Some(KEY.into()),
                    model: MODEL.to_owned(),
                    transcription_model: None,
                    price: Price::default(),
                },
                published: Some(Published::new(move |catalogue| shelf.put(Arc::clone(catalogue)))),
            };
            let outcome = theatre.play(&rehearsal, Some(prompter)).await.expect("a stage");
            server.check();
            // A reply that was refused is answered offline and would pass unseen: the obedient model is never repaired.
            let repaired = world.chats().iter().any(|chat| chat.to_string().contains("Your reply was NOT sent"));
            let refused: Vec<String> = world
                .chats()
                .iter()
                .flat_map(|chat| chat["messages"].as_array().cloned().unwrap_or_default())
                .filter(|message| message["role"] == "tool" || message["role"] == "system")
                .filter_map(|message| message["content"].as_str().map(str::to_owned))
                .filter(|text| text.contains("\"error\"") || text.starts_with("Your reply"))
                .collect();
            (outcome, repaired, refused)
        }));
    }
    let mut faults = Vec::new();
    for played in playing {
        let (outcome, repaired, refused) = played.await.expect("played");
        if !outcome.passed || repaired || !refused.is_empty() {
            faults.push(format!("{outcome}\n{}", refused.join("\n")));
        }
    }
    if let Some(theatre) = Arc::into_inner(theatre) {
        theatre.close().await.expect("closed");
    }
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    assert!(faults.is_empty(), "{} rehearsals\n{}", faults.len(), faults.join("\n"));
}
