//! A change of the key: what was sealed before opens, is sealed anew, and the old key may go (reliability.md case 121).

use foundation::secret::SealingKey;
use service::credential::{Resealed, reseal, sealed_with_old_keys};
use testkit::fake::telegram::TOKEN;
use testkit::{Kit, both};

fn with_key(kit: &Kit, key: SealingKey) -> Kit {
    kit.with_engine(|engine| engine.key = key)
}

both! {
    async fn secrets_outlive_their_key(kit: Kit) {
        kit.may_remain("connect_channel");
        let tenant = kit.tenant().await;
        service::channel::connect_telegram(&kit.ctx, &tenant.scope, "Bot", TOKEN).await.unwrap();
        let old = kit.ctx.engine().key.clone();
        let new = SealingKey::new([9; 32]);
        assert_eq!(sealed_with_old_keys(&kit.ctx).await.unwrap(), 0);

        // With the new key alone nothing opens, and nothing is spoilt by trying.
        let alone = with_key(&kit, new.clone());
        assert_eq!(reseal(&alone.ctx).await.unwrap(), Resealed { changed: 0, lost: 1 });
        let both = with_key(&kit, new.clone().after(vec![old]));
        assert_eq!(sealed_with_old_keys(&both.ctx).await.unwrap(), 1);
        assert_eq!(reseal(&both.ctx).await.unwrap(), Resealed { changed: 1, lost: 0 });
        assert_eq!(reseal(&both.ctx).await.unwrap(), Resealed::default(), "a second time there is nothing to do");
        assert_eq!(sealed_with_old_keys(&alone.ctx).await.unwrap(), 0);
        assert_eq!(reseal(&alone.ctx).await.unwrap(), Resealed::default(), "the new key is enough");

        let stranger = tenant.as_owner(&kit.ctx);
        assert!(reseal(&stranger).await.is_err(), "no person does this");
    }

    /// What the old key signed is good while it is at hand, and what is signed anew is signed by the new one.
    async fn links_outlive_their_key(kit: Kit) {
        let tenant = kit.tenant().await;
        let url = service::access::feed_url(&kit.ctx, &tenant.scope);
        let signature = url.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
        let (old, new) = (kit.ctx.engine().key.clone(), SealingKey::new([9; 32]));
        let (both, alone) = (with_key(&kit, new.clone().after(vec![old])), with_key(&kit, new));
        let opens = |kit: &Kit, signature: &str| {
            service::access::for_feed(&kit.ctx, tenant.company.id, signature).is_ok()
        };
        assert!(opens(&both, &signature) && !opens(&alone, &signature));
        let again = service::access::feed_url(&both.ctx, &tenant.scope);
        assert_ne!(again, url);
        assert!(opens(&alone, again.rsplit('/').next().unwrap().trim_end_matches(".ics")));
    }
}
