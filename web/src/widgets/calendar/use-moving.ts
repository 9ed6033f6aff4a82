import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BookingPartsFragment } from "@/shared/api/gql/graphql";
import { announce } from "@/shared/lib/announce";
import { useFormat } from "@/shared/lib/format";
import { isKeyOf } from "@/shared/lib/hotkeys";
import { type Day, parseDay, wallAt } from "@/shared/lib/zoned";
import { type Ghost, hasLength, type Moving } from "./looks";
import { byDays, byMinutes, dropped, longerBy, STEP, sameSpan, snap, stretched } from "./shift";

/** Pixels that the pointer travels before a press is a drag. */
const THRESHOLD = 5;
/** How near to an edge the pointer makes the calendar scroll, and how far at once, in pixels. */
const EDGE = 36;
const SCROLL = 14;

/** The day, and in a column with hours the minute, under a point of the screen. */
function placeAt(x: number, y: number): { day: Day; minutes?: number } | null {
  const cell = document
    .elementsFromPoint(x, y)
    .map((element) => element.closest<HTMLElement>("[data-day]"))
    .find(Boolean);
  const day = parseDay(cell?.dataset.day ?? null);
  if (!cell || !day) return null;
  if (!cell.dataset.timed) return { day };
  const box = cell.getBoundingClientRect();
  return { day, minutes: ((y - box.top) / box.height) * 24 * 60 };
}

/**
 * Moving by pointer and by key. A drag shows where the booking would go and moves it on release, Esc leaves it. By key,
 * Shift with arrows shows the new place, Enter moves it there, Esc and leaving leave it.
 */
export function useMoving({
  zone,
  onMove,
  onFollow,
}: {
  zone: string;
  onMove: (ghost: Ghost) => void;
  /** The new place may lie outside of what is shown. */
  onFollow: (start: Date) => void;
}): Moving {
  const { t } = useTranslation();
  const format = useFormat();
  const [ghost, setGhost] = useState<Ghost | null>(null);
  const [byKey, setByKey] = useState(false);
  const latest = useRef({ ghost, onMove, onFollow });
  latest.current = { ghost, onMove, onFollow };

  function end(move: boolean) {
    const { ghost: last } = latest.current;
    setGhost(null);
    setByKey(false);
    if (!last) return;
    if (move && !sameSpan(last, spanOf(last.booking))) latest.current.onMove(last);
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-booking="${CSS.escape(last.booking.id)}"]`)?.focus(),
    );
  }

  function step(
    event: Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "code">,
    from: Ghost,
  ): boolean {
    const to = isKeyOf(event, "booking.earlier")
      ? byMinutes(from, -STEP)
      : isKeyOf(event, "booking.later")
        ? byMinutes(from, STEP)
        : isKeyOf(event, "booking.dayBefore")
          ? byDays(from, -1, zone)
          : isKeyOf(event, "booking.dayAfter")
            ? byDays(from, 1, zone)
            : hasLength(from.booking) && isKeyOf(event, "booking.longer")
              ? longerBy(from, STEP)
              : hasLength(from.booking) && isKeyOf(event, "booking.shorter")
                ? longerBy(from, -STEP)
                : null;
    if (!to) return false;
    setGhost({ booking: from.booking, ...to });
    setByKey(true);
    latest.current.onFollow(to.start);
    announce(
      t("calendar.pending", {
        title: from.booking.order.name ?? from.booking.title,
        when: format.dateTime(to.start, zone),
        until: format.time(to.end, zone),
      }),
      "assertive",
    );
    return true;
  }

  // While a place is being chosen by key, the keys are those of the move wherever the focus went.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `step` and `end` read what is current
  useEffect(() => {
    if (!byKey) return;
    const listen = (event: KeyboardEvent) => {
      const { ghost: now } = latest.current;
      if (!now) return;
      if (isKeyOf(event, "booking.confirm")) end(true);
      else if (isKeyOf(event, "booking.undo") || event.key === "Tab") end(false);
      else if (!step(event, now)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const leave = () => end(false);
    addEventListener("keydown", listen, true);
    addEventListener("pointerdown", leave, true);
    return () => {
      removeEventListener("keydown", listen, true);
      removeEventListener("pointerdown", leave, true);
    };
  }, [byKey]);

  function onPointerDown(event: React.PointerEvent, booking: BookingPartsFragment, part: "all" | "end") {
    // A finger scrolls; with it, a booking is moved in its sheet.
    if (event.button !== 0 || event.pointerType === "touch" || booking.status === "CANCELLED") return;
    const span = spanOf(booking);
    const wall = wallAt(span.start, zone);
    const origin = { x: event.clientX, y: event.clientY };
    const under = placeAt(origin.x, origin.y);
    // The booking hangs where it was taken.
    const grab = part === "all" && under?.minutes !== undefined ? under.minutes - (wall.hour * 60 + wall.minute) : 0;
    const scroller = event.currentTarget.closest<HTMLElement>("[data-scroller]");
    let pointer = origin;
    let dragging = false;
    let timer = 0;

    const show = () => {
      const place = placeAt(pointer.x, pointer.y);
      if (!place) return;
      const to =
        part === "end"
          ? place.minutes === undefined
            ? span
            : stretched(span, place.day, place.minutes, zone)
          : dropped(span, place.day, place.minutes === undefined ? undefined : snap(place.minutes - grab), zone);
      const next = { booking, ...to };
      latest.current.ghost = next;
      setGhost(next);
    };
    const scroll = () => {
      const box = scroller?.getBoundingClientRect();
      if (!scroller || !box) return;
      const down = pointer.y > box.bottom - EDGE ? SCROLL : pointer.y < box.top + 2 * EDGE ? -SCROLL : 0;
      if (!down) return;
      scroller.scrollTop += down;
      show();
    };
    const moved = (now: PointerEvent) => {
      pointer = { x: now.clientX, y: now.clientY };
      if (!dragging) {
        if (Math.hypot(pointer.x - origin.x, pointer.y - origin.y) < THRESHOLD) return;
        dragging = true;
        timer = window.setInterval(scroll, 40);
      }
      now.preventDefault();
      show();
    };
    const stop = (move: boolean) => {
      clearInterval(timer);
      removeEventListener("pointermove", moved);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", cancel);
      removeEventListener("keydown", key, true);
      if (!dragging) return;
      // The release of a drag is no click.
      const swallow = (click: MouseEvent) => click.stopPropagation();
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, true));
      end(move);
    };
    const up = () => stop(true);
    const cancel = () => stop(false);
    const key = (pressed: KeyboardEvent) => {
      if (!isKeyOf(pressed, "booking.undo") || !dragging) return;
      pressed.preventDefault();
      pressed.stopPropagation();
      stop(false);
    };
    addEventListener("pointermove", moved);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", cancel);
    addEventListener("keydown", key, true);
  }

  function onKeyDown(event: React.KeyboardEvent, booking: BookingPartsFragment) {
    if (byKey || booking.status === "CANCELLED") return;
    if (!step(event.nativeEvent, { booking, ...spanOf(booking) })) return;
    event.preventDefault();
    event.stopPropagation();
  }

  return { ghost, onPointerDown, onKeyDown };
}

function spanOf(booking: BookingPartsFragment): { start: Date; end: Date } {
  return { start: new Date(booking.start), end: new Date(booking.end) };
}
