//! Parses tables in a child process for the tests of this crate; the program has its own (`x8 parse-table`).

fn main() -> std::process::ExitCode {
    gateway::table_file::child::main(std::env::args_os().skip(1))
}
