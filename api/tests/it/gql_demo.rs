//! The demo through the API: who may hold and restore it, and that nobody may where there is none.

use crate::gql_support::{code, run, sign_in, stranger, world};
use api::graphql::schema;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use service::ctx::Ctx;
use testkit::Kit;

const STATE: &str = "{ demo { paused progress logins { role email password } } }";

async fn ask(ctx: &Ctx, document: &str) -> Value {
    run(&schema(), ctx, document, json!({})).await
}

async fn person(kit: &Kit, email: &str) -> Ctx {
    let user = entity::user::Entity::find()
        .filter(entity::user::Column::Email.eq(email))
        .one(&kit.ctx.db().read_across())
        .await
        .unwrap()
        .unwrap();
    sign_in(&kit.ctx, user.id).await
}

testkit::both! {
    async fn a_program_that_is_no_demo_says_so(kit: Kit) {
        let world = world(&kit).await;
        assert_eq!(ask(&stranger(&kit), STATE).await["data"]["demo"], Value::Null);
        for field in ["pauseDemo", "resumeDemo", "resetDemo"] {
            let document = format!("mutation {{ {field} {{ demo {{ paused }} userErrors {{ code }} }} }}");
            let answer = ask(&world.owner, &document).await;
            assert_eq!(answer["data"][field]["userErrors"][0]["code"], "NOT_A_DEMO", "{answer:#}");
        }
    }

    async fn those_who_manage_the_demo_hold_and_restore_it(kit: Kit) {
        let world = world(&kit).await;
        service::demo::prepare(&kit.ctx).await.unwrap();
        let state = ask(&stranger(&kit), STATE).await;
        let logins = state["data"]["demo"]["logins"].as_array().unwrap();
        assert_eq!(logins.iter().map(|login| login["role"].as_str().unwrap()).collect::<Vec<_>>(), ["OWNER", "AGENT"]);
        let owner = person(&kit, logins[0]["email"].as_str().unwrap()).await;
        let agent = person(&kit, logins[1]["email"].as_str().unwrap()).await;
        let pause = "mutation { pauseDemo { demo { paused } userErrors { code } } }";
        assert_eq!(code(&ask(&stranger(&kit), pause).await), "UNAUTHENTICATED");
        assert_eq!(code(&ask(&agent, pause).await), "FORBIDDEN");
        assert_eq!(code(&ask(&world.owner, pause).await), "FORBIDDEN", "an owner of something else");
        assert_eq!(ask(&owner, STATE).await["data"]["demo"]["paused"], false);
        assert_eq!(ask(&owner, pause).await["data"]["pauseDemo"]["demo"]["paused"], true);
        let resume = "mutation { resumeDemo { demo { paused } userErrors { code } } }";
        assert_eq!(ask(&owner, resume).await["data"]["resumeDemo"]["demo"]["paused"], false);
        // Nobody carries it out here: the demo's own task does, which `x8` starts.
        let reset = "mutation { resetDemo { demo { progress } userErrors { code } } }";
        assert_eq!(ask(&owner, reset).await["data"]["resetDemo"]["demo"]["progress"], 0);
    }
}
