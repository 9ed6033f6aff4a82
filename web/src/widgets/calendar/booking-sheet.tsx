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
import type { useMoves } from "./use-moves";

const CancelBooking = graphql(`
  mutation CancelBooking($input: BookingInput!) {
    cancelBooking(input: $input) { booking { ...BookingParts } userErrors { field code message } }
  }
`);
const FreeTimes = graphql(`
  query FreeTimes($order: ID!, $from: Date!, $to: Date!) {
    order(id: $order) { id bookings { id freeTimes(from: $from, to: $to, limit: 12) { start end } } }
  }
`);

type Moves = Pick<ReturnType<typeof useMoves>, "move" | "busy" | "errorOf">;

/** One delivery or appointment: when, where, for whom, whether it is paid; moved and cancelled here. */
export function BookingSheet({
  booking,
  moves,
  onClose,
  onStep,
  onChanged,
}: {
  booking: BookingPartsFragment | undefined;
  moves: Moves;
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
              {booking.expiresAt
                ? t("calendar.heldUntil", { when: format.dateTime(booking.expiresAt, zone) })
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
            <MoveForm key={booking.id} booking={booking} zone={zone} moves={moves} onMoved={() => setMoving(false)} />
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

function hourOf(instant: Date, zone: string): string {
  const wall = wallAt(instant, zone);
  return `${String(wall.hour).padStart(2, "0")}:${String(wall.minute).padStart(2, "0")}`;
}

function MoveForm({
  booking,
  zone,
  moves,
  onMoved,
}: {
  booking: BookingPartsFragment;
  zone: string;
  moves: Moves;
  onMoved: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const span = { start: new Date(booking.start), end: new Date(booking.end) };
  const [date, setDate] = useState(dayKey(wallAt(span.start, zone)));
  const [time, setTime] = useState(hourOf(span.start, zone));
  const [ends, setEnds] = useState<string | null>(null);
  const day = parseDay(date);
  const appointment = booking.kind === "APPOINTMENT";
  const [{ data, fetching }] = useQuery({
    query: FreeTimes,
    variables: { order: booking.order.id, from: date, to: day ? dayKey(addDays(day, 1)) : date },
    pause: !day || !appointment,
    requestPolicy: "network-only",
  });
  const free = data?.order?.bookings.find((one) => one.id === booking.id)?.freeTimes ?? [];
  const at = (text: string): Date | null => {
    const [hour, minute] = text.split(":").map(Number);
    return day && hour !== undefined && minute !== undefined ? instantOf({ ...day, hour, minute }, zone) : null;
  };
  const start = at(time);
  const usual = start && new Date(start.getTime() + span.end.getTime() - span.start.getTime());

  async function to(start: Date, end: Date) {
    if (await moves.move(booking, { start, end }, { quiet: true })) onMoved();
  }

  return (
    <form
      className="rounded-xl border bg-canvas p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!start || !usual) return;
        let end = ends === null ? usual : (at(ends) ?? usual);
        // An end before the start is one after midnight.
        if (end <= start && day) end = instantOf({ ...wallAt(end, zone), ...addDays(day, 1) }, zone);
        void to(start, end);
      }}
    >
      <div className={appointment ? "grid grid-cols-2 gap-3 sm:grid-cols-3" : "grid grid-cols-2 gap-3"}>
        <Field
          label={t("calendar.date")}
          error={moves.errorOf("start") ?? moves.errorOf()}
          className={appointment ? "max-sm:col-span-2" : undefined}
        >
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
        {appointment && (
          <Field label={t("calendar.ends")} error={moves.errorOf("end")}>
            {(props) => (
              <Input
                {...props}
                type="time"
                value={ends ?? (usual ? hourOf(usual, zone) : "")}
                step={300}
                onChange={(event) => setEnds(event.target.value)}
                required
              />
            )}
          </Field>
        )}
      </div>
      {appointment && day && data && !fetching && (
        <div className="mt-3">
          <p className="mb-1.5 text-[0.8125rem] font-medium text-ink-2">
            {free.length > 0 ? t("calendar.freeTimes") : t("calendar.noFree")}
          </p>
          <div className="flex flex-wrap gap-1.5">
            {free.map((slot) => (
              <Button
                key={slot.start}
                size="sm"
                className="num"
                onClick={() => void to(new Date(slot.start), new Date(slot.end))}
                disabled={moves.busy}
              >
                {format.dateTime(slot.start, zone)}
              </Button>
            ))}
          </div>
        </div>
      )}
      <Button type="submit" look="primary" busy={moves.busy} className="mt-3">
        {t("calendar.moveHere")}
      </Button>
    </form>
  );
}
