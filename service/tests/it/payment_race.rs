//! A payment that is being settled while staff do something to its order: whoever comes second sees what the first one did.

use crate::payment_support::{Bank, Happens, Till};
use entity::order;
use entity::stored::{OrderStatus, PaymentStatus};
use sea_orm::{EntityTrait as _, QuerySelect as _};
use service::Error;
use std::time::Duration;

/// The payment is paid and its event has come; then the order is held by somebody else, the settling waits for it first and
/// `staff` second, and both go on.
async fn meets<T>(till: &Till, order: &order::Model, page: &str, staff: impl Future<Output = T>) -> T {
    let (body, signature) = till.happens(page, Happens::Paid).await;
    till.deliver(&body, Some(&signature)).await.unwrap();
    let ctx = &till.shop.kit.ctx;
    let claimed = service::job::claim(ctx, "settles", &["settle_payment"], 1, Duration::from_secs(60)).await.unwrap();
    let claimed = claimed.into_iter().next().expect("an event to settle");
    let holder = ctx.db().begin(&till.shop.scope).await.unwrap();
    order::Entity::find_by_id(order.id).lock_exclusive().one(&holder).await.unwrap();
    let settling = tokio::spawn(service::jobs::registry().kind("settle_payment").unwrap().run(ctx.clone(), claimed));
    let let_go = async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        holder.rollback().await.unwrap();
    };
    let second = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        staff.await
    };
    let ((), done) = tokio::join!(let_go, second);
    settling.await.unwrap().unwrap();
    till.shop.run().await;
    done
}

testkit::both! {
    async fn staff_cannot_cancel_what_was_just_paid(kit: Kit) {
        let till = Till::open(kit, Bank::Sandbox).await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let cancel = service::order::cancel(&till.shop.kit.ctx, &till.shop.scope, order.id);
        let refused = Box::pin(meets(&till, &order, &page, cancel)).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].code == "PAID"), "{refused:?}");
        let now = till.now(&order).await;
        assert_eq!((now.status, now.payment_status), (OrderStatus::Booked, PaymentStatus::Paid));
        assert_eq!(till.shop.standing().await, 1);
    }

    async fn a_link_that_was_just_paid_is_not_opened_again(kit: Kit) {
        let till = Till::open(kit, Bank::Sandbox).await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        service::order::expire_link_now(&till.shop.kit.ctx, &till.shop.scope, order.id).await.unwrap();
        till.shop.run().await;
        let resend = service::order::resend_link(&till.shop.kit.ctx, &till.shop.scope, order.id);
        let refused = Box::pin(meets(&till, &order, &page, resend)).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].code == "ENDED"), "{refused:?}");
        let now = till.now(&order).await;
        assert_eq!((now.status, now.payment_status), (OrderStatus::Booked, PaymentStatus::Paid));
    }
}
