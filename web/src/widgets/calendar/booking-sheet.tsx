import { CalendarX, ChevronLeft, ChevronRight, Move, WalletCards } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQuery } from "urql";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { PaymentBadge } from "@/entities/order/order";
import type { BookingPartsFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { useFormat, zoneLabel } from "@/shared/lib/format";
import { addDays, dayKey, instantOf, parseDay, wallAt } from "@/shared/lib/zoned";
import { Badge, Button, buttonStyle, Dialog, Field, IconButton, Input, toast } from "@/shared/ui";

const MoveBooking = graphql(`
  mutation MoveBooking($input: MoveBookingInput!) {
    moveBooking(input: $input) { booking { ...BookingParts } userErrors { field code message } }
  }
`);
const CancelBooking = graphql(`
  mutation CancelBooking($input: BookingInput!) {
    cancelBooking(input: $input) { booking { ...BookingParts } userErrors { field code message } }
  }
`);
const FreeSlots = graphql(`
  query FreeSlots($id: ID!, $itemKeys: [String!]!, $from: Date!, $to: Date!) {
    company(id: $id) { id slots(itemKeys: $itemKeys, from: $from, to: $to, limit: 12) { start end } }
  }
`);

/** One delivery or appointment: when, where, for whom, whether it is paid; moved and cancelled here. */
export function BookingSheet({
  booking,
  onClose,
  onStep,
  onChanged,
}: {
  booking: BookingPartsFragment | undefined;
  onClose: () => void;
  onStep: (step: 1 | -1) => void;
  onChanged: () => void;
}) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const path = useCompanyPath();
  const cancel = useAction(CancelBooking);
  const [moving, setMoving] = useState(false);
  const [asking, setAsking] = useState(false);
  const zone = booking?.branch.timezone ?? company.timezone;
  return (
    <Dialog
      open={Boolean(booking)}
      onClose={() => {
        setMoving(false);
        onClose();
      }}
      shape="sheet"
      title={booking?.title ?? ""}
      description={
        booking && (
          <span className="flex flex-wrap items-center gap-1.5">
            <Badge>{t(`bookingKind.${booking.kind}`)}</Badge>
            <Badge
              tone={booking.status === "CONFIRMED" ? "ok" : booking.status === "HELD" ? "warn" : "bad"}
              className={booking.status === "HELD" ? "hatched" : undefined}
            >
              {t(`bookingStatus.${booking.status}`)}
            </Badge>
            <PaymentBadge status={booking.order.paymentStatus} />
          </span>
        )
      }
      footer={
        <>
          <IconButton label={t("calendar.previousBooking")} look="plain" onClick={() => onStep(-1)}>
            <ChevronLeft aria-hidden />
          </IconButton>
          <IconButton label={t("calendar.nextBooking")} look="plain" onClick={() => onStep(1)}>
            <ChevronRight aria-hidden />
          </IconButton>
        </>
      }
    >
      {booking && (
        <div className="flex flex-col gap-5">
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-2">
            <dt className="text-ink-3">{t("calendar.when")}</dt>
            <dd className="num">
              {format.day(wallAt(new Date(booking.start), zone))}
              <br />
              {format.time(booking.start, zone)}–{format.time(booking.end, zone)}
              <span className="block text-[0.8125rem] text-ink-3">
                {zoneLabel(zone, i18n.language, new Date(booking.start))}
              </span>
            </dd>
            <dt className="text-ink-3">{t("order.city")}</dt>
            <dd dir="auto">{booking.city === "online" ? t("order.online") : booking.city || booking.branch.name}</dd>
            <dt className="text-ink-3">{t("orders.customer")}</dt>
            <dd dir="auto">
              {booking.order.name ?? t("inbox.visitor")}
              {booking.order.phone && <span className="num block text-ink-2">{booking.order.phone}</span>}
            </dd>
            <dt className="text-ink-3">{t("order.lines")}</dt>
            <dd dir="auto">
              {booking.order.lines.map((line) => `${format.number(line.quantity)} × ${line.name}`).join(", ")}
            </dd>
          </dl>
          {booking.status === "HELD" && (
            <p className="hatched rounded-lg bg-warn-soft px-3 py-2.5 text-[0.8125rem] text-warn">
              {booking.order.linkExpiresAt
                ? t("calendar.heldUntil", { when: format.dateTime(booking.order.linkExpiresAt, zone) })
                : t("calendar.held")}
            </p>
          )}
          <div className="flex flex-wrap gap-2">
            <Link
              to={path(`orders?order=${encodeURIComponent(booking.order.id)}`)}
              className={buttonStyle({ size: "sm" })}
            >
              <WalletCards aria-hidden />
              {t("order.number", { number: booking.order.number })}
            </Link>
            {booking.status !== "CANCELLED" && (
              <>
                <Button size="sm" onClick={() => setMoving(!moving)} aria-expanded={moving}>
                  <Move aria-hidden />
                  {t("calendar.move")}
                </Button>
                <Button size="sm" look="danger" onClick={() => setAsking(true)}>
                  <CalendarX aria-hidden />
                  {t("calendar.cancel")}
                </Button>
              </>
            )}
          </div>
          {moving && (
            <MoveForm
              key={booking.id}
              booking={booking}
              zone={zone}
              onMoved={() => {
                setMoving(false);
                onChanged();
              }}
            />
          )}
          <Dialog
            open={asking}
            onClose={() => setAsking(false)}
            title={t("calendar.cancelTitle")}
            description={t("calendar.cancelText", { title: booking.title, when: format.dateTime(booking.start, zone) })}
            footer={
              <>
                <Button onClick={() => setAsking(false)}>{t("common.back")}</Button>
                <Button
                  look="danger"
                  busy={cancel.busy}
                  onClick={async () => {
                    const { data, refusals } = await cancel.run({ input: { id: booking.id } });
                    setAsking(false);
                    if (data) {
                      toast(t("calendar.cancelled"));
                      onChanged();
                      onClose();
                    } else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
                  }}
                >
                  {t("calendar.cancel")}
                </Button>
              </>
            }
          />
        </div>
      )}
    </Dialog>
  );
}

function MoveForm({ booking, zone, onMoved }: { booking: BookingPartsFragment; zone: string; onMoved: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const move = useAction(MoveBooking);
  const wall = wallAt(new Date(booking.start), zone);
  const [date, setDate] = useState(dayKey(wall));
  const [time, setTime] = useState(`${String(wall.hour).padStart(2, "0")}:${String(wall.minute).padStart(2, "0")}`);
  const day = parseDay(date);
  const [{ data }] = useQuery({
    query: FreeSlots,
    variables: {
      id: company.id,
      itemKeys: booking.order.lines.map((line) => line.key),
      from: date,
      to: day ? dayKey(addDays(day, 1)) : date,
    },
    pause: !day || booking.kind !== "APPOINTMENT",
  });
  const slots = data?.company?.slots ?? [];

  async function to(start: Date) {
    const { data: moved } = await move.run({ input: { id: booking.id, start: start.toISOString() } });
    if (!moved) return;
    toast(t("calendar.moved", { when: format.dateTime(start, zone) }));
    onMoved();
  }

  return (
    <form
      className="rounded-xl border bg-canvas p-4"
      onSubmit={(event) => {
        event.preventDefault();
        const [hour = 0, minute = 0] = time.split(":").map(Number);
        if (day) void to(instantOf({ ...day, hour, minute }, zone));
      }}
    >
      <div className="grid grid-cols-2 gap-3">
        <Field label={t("calendar.date")} error={move.errorOf("start") ?? move.errorOf()}>
          {(props) => (
            <Input {...props} type="date" value={date} onChange={(event) => setDate(event.target.value)} required />
          )}
        </Field>
        <Field label={t("calendar.time")}>
          {(props) => (
            <Input
              {...props}
              type="time"
              value={time}
              step={300}
              onChange={(event) => setTime(event.target.value)}
              required
            />
          )}
        </Field>
      </div>
      {slots.length > 0 && (
        <div className="mt-3">
          <p className="mb-1.5 text-[0.8125rem] font-medium text-ink-2">{t("calendar.freeTimes")}</p>
          <div className="flex flex-wrap gap-1.5">
            {slots.map((slot) => (
              <Button
                key={slot.start}
                size="sm"
                className="num"
                onClick={() => void to(new Date(slot.start))}
                disabled={move.busy}
              >
                {format.dateTime(slot.start, zone)}
              </Button>
            ))}
          </div>
        </div>
      )}
      <Button type="submit" look="primary" busy={move.busy} className="mt-3">
        {t("calendar.moveHere")}
      </Button>
    </form>
  );
}
