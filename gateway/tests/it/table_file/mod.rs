mod export;
mod hostile;
mod samples;
mod support;
mod text;
