//! stub
use crate::turn::{Shop, ShopError, TurnInput, TurnOutput};
/// stub
/// # Errors
/// stub
pub async fn answer(_shop: &dyn Shop, _input: TurnInput) -> Result<TurnOutput, ShopError> { Err(ShopError(String::new())) }
