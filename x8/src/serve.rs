//! stub
use crate::Failure;
use crate::config::Config;
use clap::Args;
use std::process::ExitCode;
#[derive(Args, Default)]
pub(crate) struct ServeArguments {}
pub(crate) async fn serve(_c: Config, _a: ServeArguments) -> Result<ExitCode, Failure> { Ok(ExitCode::FAILURE) }
pub(crate) async fn demo(_c: Config, _a: ServeArguments) -> Result<ExitCode, Failure> { Ok(ExitCode::FAILURE) }
