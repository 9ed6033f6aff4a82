import { cva, type VariantProps } from "class-variance-authority";
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";

const badgeStyle = cva(
  "inline-flex h-5.5 shrink-0 items-center gap-1 whitespace-nowrap rounded-md px-1.5 text-xs font-medium [&_svg]:size-3.5",
  {
    variants: {
      tone: {
        plain: "bg-sunken text-ink-2 ring-1 ring-line ring-inset",
        accent: "bg-accent-soft text-accent-text",
        ok: "bg-ok-soft text-ok",
        warn: "bg-warn-soft text-warn",
        bad: "bg-bad-soft text-bad",
      },
    },
    defaultVariants: { tone: "plain" },
  },
);

export type Tone = NonNullable<VariantProps<typeof badgeStyle>["tone"]>;

export function Badge({ tone, className, children }: { tone?: Tone; className?: string; children: ReactNode }) {
  return <span className={cx(badgeStyle({ tone }), className)}>{children}</span>;
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded border border-line-strong bg-sunken px-1 font-sans text-2xs font-medium text-ink-3">
      {children}
    </kbd>
  );
}

export function Card({ className, children, label }: { className?: string; children: ReactNode; label?: string }) {
  return (
    <section aria-label={label} className={cx("rounded-xl border bg-surface shadow-card", className)}>
      {children}
    </section>
  );
}

export function Progress({ value, label }: { value: number | null; label: string }) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 overflow-hidden rounded-full bg-line"
    >
      <div
        className={cx(
          "h-full rounded-full bg-accent transition-[width] duration-300",
          percent === undefined && "w-1/3 animate-pulse",
        )}
        style={percent === undefined ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}

/** A choice of one among few, as adjoining buttons. */
export function Segments<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; icon?: ReactNode; count?: number }[];
  onChange: (value: Value) => void;
  className?: string;
}) {
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={cx("inline-flex gap-0.5 rounded-lg bg-sunken p-0.5 ring-1 ring-line ring-inset", className)}
    >
      {options.map((option, index) => {
        const chosen = option.value === value;
        return (
          <button
            key={option.value}
            type="button"
            role="radio"
            aria-checked={chosen}
            tabIndex={chosen || (index === 0 && !options.some((other) => other.value === value)) ? 0 : -1}
            onClick={() => onChange(option.value)}
            onKeyDown={(event) => {
              const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
              if (!step) return;
              event.preventDefault();
              const next = options[(index + step + options.length) % options.length];
              if (!next) return;
              onChange(next.value);
              const buttons = event.currentTarget.parentElement?.querySelectorAll<HTMLElement>('[role="radio"]');
              buttons?.[options.indexOf(next)]?.focus();
            }}
            className={cx(
              "inline-flex h-8 flex-auto shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md px-2.5 text-[0.8125rem] font-medium transition-colors pointer-coarse:h-10 [&_svg]:size-4 [&_svg]:shrink-0",
              chosen ? "bg-raised text-ink shadow-card ring-1 ring-line" : "text-ink-2 hover:text-ink",
            )}
          >
            {option.icon}
            {option.label}
            {option.count !== undefined && <span className="num text-ink-3">{option.count}</span>}
          </button>
        );
      })}
    </div>
  );
}

const hues = [208, 152, 68, 25, 290, 335, 110, 250];

/** The first letters of a name on a colour that stays with the name. */
export function Avatar({ name, size = "md" }: { name: string; size?: "sm" | "md" | "lg" }) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters =
    words.length > 1
      ? [...(words[0] ?? "")].slice(0, 1).concat([...(words.at(-1) ?? "")].slice(0, 1))
      : [...name.trim()].slice(0, 2);
  return (
    <span
      aria-hidden
      className={cx(
        "grid shrink-0 place-items-center rounded-full before:content-[attr(data-letters)] bg-[oklch(0.92_0.04_var(--hue))] font-semibold text-[oklch(0.36_0.08_var(--hue))] uppercase dark:bg-[oklch(0.36_0.05_var(--hue))] dark:text-[oklch(0.9_0.05_var(--hue))]",
        size === "sm" ? "size-7 text-2xs" : size === "lg" ? "size-12 text-base" : "size-9 text-xs",
      )}
      style={{ "--hue": hues[sum % hues.length] } as React.CSSProperties}
      data-letters={letters.join("") || "?"}
    />
  );
}
