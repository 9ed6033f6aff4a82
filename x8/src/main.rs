//! The program: configuration, wiring, command line.

mod config;
mod engine;
mod operate;
mod rehearse;
mod serve;

use clap::{Parser, Subcommand};
use config::Config;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sell and book in conversation.
#[derive(Parser)]
#[command(name = "x8", version, about)]
struct Arguments {
    /// Settings file; x8.toml in the working folder when not given.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything in one process (the default).
    Serve(serve::ServeArguments),
    /// Run with the demo companies in a data folder of its own.
    Demo(serve::ServeArguments),
    /// Bring the database's schema to this program's version, or back.
    Migrate {
        /// Take every change back instead. All data is lost.
        #[arg(long)]
        down: bool,
    },
    /// Make data folder, key and database, and print the one-time code.
    Init,
    /// Seal every stored secret with X8_SECRET_KEY; those before it stand in X8_OLD_SECRET_KEYS.
    RotateKey,
    /// Print the GraphQL schema.
    Schema,
    /// Play rehearsals and print what differs.
    Rehearse(rehearse::RehearseArguments),
    /// Read a table of items into a company's draft.
    Import {
        /// Company code, such as COMP001.
        company: String,
        /// CSV, XLSX or ODS.
        file: PathBuf,
        /// Publish it at once, rows with problems left out.
        #[arg(long)]
        publish: bool,
    },
    /// Explain every setting and show where its value comes from.
    Config,
    /// Check data folder, database, key and address.
    Doctor,
    /// Parse a table; the program calls itself with it, under limits.
    #[command(hide = true, trailing_var_arg = true)]
    ParseTable {
        #[arg(allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    // The child that parses tables reads no configuration: its limits come from its parent.
    let mut raw = std::env::args_os().skip(1);
    if raw.next().is_some_and(|word| word == "parse-table") {
        return gateway::table_file::child::main(raw);
    }
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let file = arguments.config.as_deref();
    match arguments.command.unwrap_or(Command::Serve(serve::ServeArguments::default())) {
        Command::Schema => {
            print!("{}", api::graphql::sdl());
            Ok(ExitCode::SUCCESS)
        }
        Command::Config => {
            operate::explain(file);
            Ok(ExitCode::SUCCESS)
        }
        Command::ParseTable { .. } => Ok(ExitCode::FAILURE),
        Command::Rehearse(arguments) => runtime()?.block_on(rehearse::rehearse(&arguments, file)),
        Command::Serve(arguments) => runtime()?.block_on(serve::serve(Config::load(file)?, arguments)),
        Command::Demo(arguments) => runtime()?.block_on(serve::demo(Config::load(file)?, arguments)),
        Command::Migrate { down } => runtime()?.block_on(operate::migrate(Config::load(file)?, down)),
        Command::RotateKey => runtime()?.block_on(operate::rotate_key(Config::load(file)?)),
        Command::Init => runtime()?.block_on(operate::init(Config::load(file)?)),
        Command::Import { company, file: table, publish } => {
            runtime()?.block_on(operate::import(Config::load(file)?, &company, &table, publish))
        }
        Command::Doctor => runtime()?.block_on(operate::doctor(Config::load(file)?)),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
