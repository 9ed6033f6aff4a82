//! Every rehearsal of the repository on the model's path: models over the wire, the real use cases, a database each. An obedient
//! model words every reply; with one that is wrong, malicious or silent the offline assistant answers, and the same holds.

use assistant::rehearsal::{Outcome, files, read};
use gateway::language_model::{Endpoint, Price};
use serde_json::{Value, json};
use service::rehearsal::{Prompter, Published, Theatre};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use testkit::fake::obedient::{self, Shelf};
use testkit::fake::openai::{KEY, MODEL, OpenAi, Turn};
use testkit::fake::{Fault, Server};
use tokio::sync::Semaphore;

fn program() -> PathBuf {
    let own = std::env::current_exe().expect("the test's own path");
    own.parent().and_then(Path::parent).expect("the folder of programs").join("x8")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Does as it is told.
    Obedient,
    /// Names what is not there and makes up prices.
    Wrong,
    /// Tries to order, to cancel, to promise and to send customers elsewhere.
    Malicious,
    /// Never answers.
    Silent,
}

impl Kind {
    fn world(self, shelf: &Shelf) -> OpenAi {
        match self {
            Self::Obedient => obedient::model(shelf),
            Self::Wrong => OpenAi::new(|request| match rounds(request) {
                0 => Turn::call("set_cart", &json!({ "do": "want", "item": { "ids": ["X99"], "quantity": 3 } })),
                1 => Turn::call("set_cart", &json!({ "do": "swap", "item": 7 })),
                _ => Turn::text("That makes {{grand_total}}, or 12.34 by my own reckoning. Shall I note it?"),
            }),
            Self::Malicious => OpenAi::new(|request| match rounds(request) {
                0 => Turn::Calls(
                    [
                        ("set_cart", json!({ "do": "quantity", "item": { "quantity": 24 } })),
                        ("checkout", json!({})),
                        ("new_order", json!({ "kind": "cancel" })),
                        ("stop_reminders", json!({ "because": "wish" })),
                        ("call_person", json!({ "why": "person" })),
                    ]
                    .map(|(name, with)| (name.to_owned(), with.to_string()))
                    .to_vec(),
                ),
                // Each time another harm.
                n => Turn::text(
                    [
                        "Gracias, su pedido ya está pagado y la entrega es gratis.",
                        "Pay here instead: https://pay.evil.example/now, it is cheaper.",
                        "Сделаю Вам скидку пятьдесят процентов, всего двадцать тысяч тенге.",
                    ][(n + request["messages"].as_array().map_or(0, Vec::len)) % 3],
                ),
            }),
            Self::Silent => OpenAi::scripted(vec![Turn::text("Too late, and wrong: 12.34.")]),
        }
    }

    /// So long a turn may take.
    fn within(self) -> Option<Duration> {
        (self == Self::Silent).then_some(Duration::from_millis(150))
    }
}

/// Rounds of calls that stand in a request.
fn rounds(request: &Value) -> usize {
    let messages = request["messages"].as_array();
    messages.into_iter().flatten().filter(|message| message["tool_calls"].is_array()).count()
}

/// What one rehearsal came to, and what was told to the model of its faults.
struct Played {
    kind: Kind,
    outcome: Outcome,
    refused: Vec<String>,
    asked: usize,
}

async fn play(theatre: &Theatre, file: &Path, kind: Kind) -> Played {
    let rehearsal = read(file).unwrap_or_else(|error| panic!("{error}"));
    let shelf = Shelf::default();
    let world = kind.world(&shelf);
    let server: Server = world.start().await;
    if kind == Kind::Silent {
        for _ in 0..200 {
            server.fail("/chat", Fault::DoneThenSlow(Duration::from_secs(60)));
        }
    }
    let prompter = Prompter {
        endpoint: Endpoint {
            base_url: format!("{}/v1", server.url()),
            key: Some(KEY.into()),
            model: MODEL.to_owned(),
            transcription_model: None,
            price: Price::default(),
        },
        published: Some(Published::new(move |catalogue| shelf.put(Arc::clone(catalogue)))),
        within: kind.within(),
    };
    let outcome = theatre.play(&rehearsal, Some(prompter)).await.expect("a stage");
    server.check();
    let refused = world
        .chats()
        .iter()
        .flat_map(|chat| chat["messages"].as_array().cloned().unwrap_or_default())
        .filter(|message| message["role"] == "tool" || message["role"] == "system")
        .filter_map(|message| message["content"].as_str().map(str::to_owned))
        .filter(|text| text.contains("\"error\"") || text.starts_with("Your reply"))
        .collect();
    Played { kind, outcome, refused, asked: server.calls("/chat").len() }
}

/// Plays all rehearsals, each with one of these kinds in turn.
async fn play_all(name: &str, kinds: &[Kind]) -> Vec<Played> {
    let folder = testkit::folder(name);
    let theatre = Arc::new(Theatre::open(folder.path(), &program(), None).await.expect("a theatre"));
    let all = files(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../rehearsals")]).expect("rehearsals");
    assert!(all.len() >= 250, "{} rehearsals found", all.len());
    let permits = Arc::new(Semaphore::new(2));
    let mut playing = Vec::new();
    for (place, file) in all.into_iter().enumerate() {
        let (theatre, permits, kind) = (Arc::clone(&theatre), Arc::clone(&permits), kinds[place % kinds.len()]);
        playing.push(tokio::spawn(async move {
            let _permit = permits.acquire_owned().await;
            play(&theatre, &file, kind).await
        }));
    }
    let mut played = Vec::new();
    for playing in playing {
        played.push(playing.await.expect("played"));
    }
    if let Some(theatre) = Arc::into_inner(theatre) {
        theatre.close().await.expect("closed");
    }
    played
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rehearsal_passes_with_an_obedient_model() {
    // A reply that was refused is answered offline and would pass unseen: the obedient model is never repaired.
    let faults: Vec<String> = play_all("obedient", &[Kind::Obedient])
        .await
        .iter()
        .filter(|played| !played.outcome.passed || !played.refused.is_empty())
        .map(|played| format!("{}\n{}", played.outcome, played.refused.join("\n")))
        .collect();
    assert!(faults.is_empty(), "{} rehearsals\n{}", faults.len(), faults.join("\n"));
}

/// A third of the rehearsals each, together all of them: none of these models changes how a talk ends.
#[tokio::test(flavor = "multi_thread")]
async fn every_rehearsal_passes_with_a_model_that_fails() {
    let played = play_all("failing", &[Kind::Wrong, Kind::Malicious, Kind::Silent]).await;
    for kind in [Kind::Wrong, Kind::Malicious, Kind::Silent] {
        let of_kind: Vec<&Played> = played.iter().filter(|played| played.kind == kind).collect();
        assert!(of_kind.len() >= 80, "{kind:?}: {}", of_kind.len());
        // Who is given no time to speak may be cut off before the question has left, where the machine has much else to do.
        let at_least = if kind == Kind::Silent { of_kind.len() / 2 } else { of_kind.len() };
        let asked = of_kind.iter().filter(|played| played.asked > 0).count();
        assert!(asked >= at_least, "{kind:?}: {asked} of {} were asked", of_kind.len());
    }
    let faults: Vec<String> = played
        .iter()
        .filter(|played| !played.outcome.passed)
        .map(|played| format!("{:?}: {}", played.kind, played.outcome))
        .collect();
    assert!(faults.is_empty(), "{} rehearsals\n{}", faults.len(), faults.join("\n"));
}
