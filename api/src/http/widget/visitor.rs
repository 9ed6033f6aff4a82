//! A visitor's token: the id and its signature for one channel. Nothing of it is stored.

use foundation::secret::{equal_secret, hex, hmac_sha256};
use service::ctx::Ctx;
use uuid::Uuid;

/// A visitor of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visitor {
    pub(super) id: Uuid,
    pub(super) channel_id: Uuid,
}

/// What the key of visitors' tokens is for.
const KEY: &str = "webchat";

impl Visitor {
    /// What the visitor's page keeps.
    pub(super) fn token(self, ctx: &Ctx) -> String {
        format!("{}.{}", self.id.simple(), self.signature(&ctx.engine().key.derive(KEY)))
    }

    fn signature(self, key: &[u8]) -> String {
        let mut signed = self.channel_id.as_bytes().to_vec();
        signed.extend_from_slice(self.id.as_bytes());
        hex(&hmac_sha256(key, &signed))
    }
}

/// Who a token of this channel is; a token of another channel is nobody.
pub(super) fn visitor_of(ctx: &Ctx, channel_id: Uuid, token: &str) -> Option<Visitor> {
    let (id, signature) = token.split_once('.')?;
    let visitor = Visitor { id: Uuid::try_parse(id).ok()?, channel_id };
    let mut keys = ctx.engine().key.derived(KEY);
    keys.any(|key| equal_secret(visitor.signature(&key).as_bytes(), signature.as_bytes())).then_some(visitor)
}
