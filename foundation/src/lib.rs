//! What every layer stands on: time, randomness, ids, secrets, calls to the outside. Injected, so that tests move time and repeat chance.

pub mod clock;
pub mod error;
pub mod html;
pub mod http;
pub mod id;
pub mod process;
pub mod random;
pub mod secret;
pub mod task;

pub use clock::{Clock, ManualClock, SystemClock};
pub use random::Random;
