//! The model of a company: its settings, its key, a try of it, a month's limit, and voice.

use crate::model_turn::{Talk, endpoint};
use bytes::Bytes;
use entity::{credential, model_use, turn};
use foundation::http::Authority;
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryOrder as _};
use serde_json::json;
use service::Error;
use service::model::{ModelChange, ModelMode, Tested};
use testkit::fake::openai::{KEY, MODEL, OpenAi, Turn, no_quota, refused};

fn fields(error: Error) -> Vec<String> {
    match error {
        Error::Invalid(errors) => errors.into_iter().map(|error| error.field.join(".")).collect(),
        other => panic!("{other:?}"),
    }
}

fn own(url: &str) -> ModelChange {
    ModelChange {
        mode: Some(ModelMode::Own),
        base_url: Some(url.to_owned()),
        key: Some(KEY.to_owned()),
        model: Some(MODEL.to_owned()),
        ..ModelChange::default()
    }
}

testkit::both! {
    /// The key is sealed, shown by its last four, and goes to no other address than the one it was given for.
    async fn a_key_stays_where_it_was_given(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("Good day! What would you like?")])).await;
        let (ctx, scope) = (&talk.shop.kit.ctx, &talk.shop.scope);
        let refused = service::model::set(ctx, scope, own("http://127.0.0.1:9/v1")).await.unwrap_err();
        assert_eq!(fields(refused), ["baseUrl"], "private addresses are for the installation to allow");
        assert_eq!(credential::Entity::find().count(&ctx.db().read(scope)).await.unwrap(), 0);
        let shop = talk.shop.kit.with_engine(|engine| {
            let host = talk.server.url().trim_start_matches("http://");
            let allowed = [Authority::parse(host).unwrap()];
            engine.outside = gateway::Outside::new(&allowed).unwrap();
        });
        let ctx = &shop.ctx;
        let url = format!("{}/v1/", talk.server.url());
        let set = service::model::set(ctx, scope, own(&url)).await.unwrap();
        assert_eq!((set.choice.mode, set.key_hint.as_deref()), (ModelMode::Own, Some("0000")));
        assert_eq!(set.choice.base_url.as_deref(), Some(url.trim_end_matches('/')));
        let row = credential::Entity::find().one(&ctx.db().read(scope)).await.unwrap().unwrap();
        assert!(!row.sealed.contains("sk-x8"));
        // A change of something else leaves the key, another address forgets it.
        let change = ModelChange { monthly_tokens: Some(5), ..ModelChange::default() };
        let set = service::model::set(ctx, scope, change).await.unwrap();
        assert_eq!((set.choice.monthly_tokens, set.key_hint.as_deref()), (Some(5), Some("0000")));
        let change = ModelChange { base_url: Some("https://models.example/v1".to_owned()), ..ModelChange::default() };
        assert_eq!(service::model::set(ctx, scope, change).await.unwrap().key_hint, None);
        let bad = ModelChange {
            key: Some("two words".to_owned()),
            model: Some(String::new()),
            monthly_tokens: Some(-1),
            input_micros: Some(-5),
            ..ModelChange::default()
        };
        let errors = fields(service::model::set(ctx, scope, bad).await.unwrap_err());
        assert_eq!(errors, ["inputPriceMicros", "monthlyTokens", "model", "key"]);
    }

    /// A try says in one word what is wrong.
    async fn a_try_tells_what_is_wrong(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::call("ready", &json!({}))])).await;
        let (ctx, scope) = (&talk.shop.kit.ctx, &talk.shop.scope);
        assert!(matches!(service::model::test(ctx, scope).await.unwrap(), Tested::Good { .. }));
        talk.world.becomes(|_| Turn::text("I am ready."));
        assert_eq!(service::model::test(ctx, scope).await.unwrap(), Tested::NoTools);
        for (reply, wanted) in [
            (refused(401, "x", Some("invalid_api_key"), KEY), "CREDENTIALS"),
            (no_quota(), "NO_CREDIT"),
            (refused(404, "x", Some("model_not_found"), "no such model"), "MODEL"),
            (refused(400, "x", Some("unsupported_parameter"), "tools are not supported"), "REFUSED"),
        ] {
            let kit = talk.shop.kit.with_engine(|engine| engine.outside.model = Some(endpoint(&talk.server)));
            talk.world.becomes(move |_| Turn::Raw(reply.clone()));
            kit.advance(std::time::Duration::from_millis(5));
            let Tested::Failed { code, message } = service::model::test(&kit.ctx, scope).await.unwrap() else {
                panic!("{wanted}");
            };
            assert_eq!(code, wanted);
            assert!(!message.contains("sk-"), "{message}");
        }
        assert_eq!(model_use::Entity::find().count(&ctx.db().read(scope)).await.unwrap(), 6, "tries are counted as well");
        talk.server.check();
    }

    /// A month's tokens are used up: the offline assistant answers, and the turn says why.
    async fn a_month_has_an_end(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("Good day! What would you like?")])).await;
        let (ctx, scope) = (&talk.shop.kit.ctx, &talk.shop.scope);
        let change = ModelChange { monthly_tokens: Some(100), ..ModelChange::default() };
        service::model::set(ctx, scope, change).await.unwrap();
        assert!(talk.shop.say("ann", "Hello").await[0].ends_with("What would you like?"));
        let asked = talk.server.calls("/chat").len();
        let said = talk.shop.say("ann", "Hello again").await;
        assert!(!said[0].contains("What would you like?"), "{said:?}");
        assert_eq!(talk.server.calls("/chat").len(), asked);
        let turn = turn::Entity::find().order_by_desc(turn::Column::Id).one(&ctx.db().read(scope)).await.unwrap().unwrap();
        assert!(turn.reasons.to_string().contains("month_used_up"), "{}", turn.reasons);
        // The next month begins with nothing used.
        talk.shop.kit.advance(std::time::Duration::from_secs(40 * 86_400));
        assert!(talk.shop.say("ann", "Hello").await[0].ends_with("What would you like?"));
    }

    /// A company that switched it off is answered offline without a word about it.
    async fn off_is_off(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("never")])).await;
        let change = ModelChange { mode: Some(ModelMode::Off), ..ModelChange::default() };
        service::model::set(&talk.shop.kit.ctx, &talk.shop.scope, change).await.unwrap();
        talk.shop.say("ann", "Hello").await;
        assert!(talk.server.calls("/chat").is_empty());
    }

    /// Bytes and a media type become words, or nothing: then the customer is asked to write.
    async fn voice_becomes_words(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("never")])).await;
        let (ctx, scope) = (&talk.shop.kit.ctx, &talk.shop.scope);
        let audio = Bytes::from_static(b"OggS\0a voice");
        let heard = |audio: Bytes, media: &'static str| service::model::transcribe(ctx, scope, audio, media, None);
        talk.world.hears("One rose bouquet, please");
        let words = heard(audio.clone(), "audio/ogg; codecs=opus").await.unwrap();
        assert_eq!(words.as_deref(), Some("One rose bouquet, please"));
        assert_eq!(heard(audio.clone(), "audio/ogg").await.unwrap(), None, "the server hears nothing in it");
        assert_eq!(heard(audio, "text/html").await.unwrap(), None);
        assert_eq!(talk.server.calls("/transcriptions").len(), 2);
        talk.server.check();
    }
}
