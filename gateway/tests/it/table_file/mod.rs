mod export;
mod hostile;
mod legacy;
mod samples;
mod support;
mod text;
