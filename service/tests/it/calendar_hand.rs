//! What was done by hand in a calendar outside, told from what we did there ourselves; and reading that goes on whatever happens.

use crate::calendar_google::Diary;
use service::Error;
use service::order::move_booking;

testkit::both! {
    /// Staff cannot move an appointment onto what the company does elsewhere; whoever does so in the calendar itself can.
    async fn a_move_respects_what_is_taken_outside(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        diary.pass(301).await;
        let (ctx, scope, booked) = (&diary.shop.kit.ctx, &diary.shop.scope, diary.booking(&order).await);
        diary.world.enter("dentist01", diary.tomorrow(15), diary.tomorrow(16));
        for (start, end) in [(15, None), (14, Some(16)), (10, Some(17))] {
            let refused = move_booking(ctx, scope, booked.id, diary.tomorrow(start), end.map(|hour| diary.tomorrow(hour))).await;
            let Err(Error::Invalid(refused)) = &refused else { panic!("{start}: {refused:?}") };
            assert_eq!((refused[0].field.as_slice(), refused[0].code.as_str()), (["start".to_owned()].as_slice(), "TAKEN_OUTSIDE"));
        }
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(10));
        move_booking(ctx, scope, booked.id, diary.tomorrow(11), None).await.unwrap();
        // Its own old and new places are no reason to refuse.
        move_booking(ctx, scope, booked.id, diary.tomorrow(11), Some(diary.tomorrow(13))).await.unwrap();
        diary.shop.run().await;
        diary.world.drag(&booked.external_event_id.clone().unwrap(), diary.tomorrow(15), diary.tomorrow(16));
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(15), "they see what they do");
        diary.check();
    }
}
