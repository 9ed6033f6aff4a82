//! Reads one table file and writes its rows as JSON lines: the child process of `gateway::table_file`.

fn main() -> std::process::ExitCode {
    gateway::table_file::child::main(std::env::args_os().skip(1))
}
