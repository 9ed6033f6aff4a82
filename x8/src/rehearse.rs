//! `x8 rehearse`: plays files and folders, prints a line each and what differs.

use crate::Failure;
use crate::config::Config;
use assistant::rehearsal::{Outcome, files, read};
use clap::Args;
use service::rehearsal::{Prompter, Theatre};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::sync::Semaphore;

#[derive(Args)]
pub(crate) struct RehearseArguments {
    /// Files and folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Who understands: the built-in offline assistant, or the model of the configuration (X8_MODEL_NAME); the configured one
    /// by default.
    #[arg(long, value_parser = ["offline", "openai"])]
    assistant: Option<String>,
    /// One JSON document instead of lines.
    #[arg(long)]
    json: bool,
    /// How many are played at once.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// A PostgreSQL server to play on, postgres://USER@HOST/NAME, whose user may make databases; SQLite otherwise.
    #[arg(long)]
    database: Option<String>,
    /// Show every dialogue whole.
    #[arg(long)]
    verbose: bool,
}

impl RehearseArguments {
    /// The model that plays, if one does.
    fn prompter(&self, file: Option<&Path>) -> Result<Option<Prompter>, Failure> {
        if self.assistant.as_deref() == Some("offline") {
            return Ok(None);
        }
        let endpoint = Config::load(file)?.model;
        if endpoint.is_none() && self.assistant.is_some() {
            return Err("no model is configured: set X8_MODEL_NAME".into());
        }
        Ok(endpoint.map(|endpoint| Prompter { endpoint, published: None, within: None }))
    }
}

pub(crate) async fn rehearse(arguments: &RehearseArguments, config: Option<&Path>) -> Result<ExitCode, Failure> {
    let prompter = arguments.prompter(config)?;
    let files = files(&arguments.paths)?;
    let mut rehearsals = Vec::new();
    let mut unreadable = Vec::new();
    for file in &files {
        match read(file) {
            Ok(rehearsal) => rehearsals.push(rehearsal),
            Err(error) => unreadable.push(error.to_string()),
        }
    }
    // Never one that was there before: what a killed run left is not ours.
    let folder = tempfile::Builder::new().prefix("x8-rehearse-").tempdir()?;
    let theatre =
        Arc::new(Theatre::open(folder.path(), &std::env::current_exe()?, arguments.database.as_deref()).await?);
    let permits = Arc::new(Semaphore::new(usize::from(arguments.jobs)));
    let mut playing = Vec::new();
    for rehearsal in rehearsals {
        let theatre = Arc::clone(&theatre);
        let permits = Arc::clone(&permits);
        let prompter = prompter.clone();
        playing.push(tokio::spawn(async move {
            let _permit = permits.acquire_owned().await;
            theatre.play(&rehearsal, prompter).await
        }));
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    for played in playing {
        let outcome = played.await?.map_err(|error| error.private())?;
        if !arguments.json {
            println!("{outcome}");
            if arguments.verbose {
                for turn in &outcome.turns {
                    println!("      {}", turn.step);
                    for reply in &turn.replies {
                        println!("      → {}", reply.replace('\n', "\n        "));
                    }
                }
            }
        }
        outcomes.push(outcome);
    }
    if let Some(theatre) = Arc::into_inner(theatre) {
        theatre.close().await.map_err(|error| error.private())?;
    }
    folder.close()?;
    let passed = outcomes.iter().filter(|outcome| outcome.passed).count();
    let failed = outcomes.len() - passed + unreadable.len();
    if arguments.json {
        println!(
            "{}",
            serde_json::json!({ "outcomes": outcomes, "unreadable": unreadable, "passed": passed, "failed": failed })
        );
    } else {
        for error in &unreadable {
            println!("{error}");
        }
        println!("{passed} passed, {failed} failed");
    }
    Ok(if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
