import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/shared/lib/cx";

export const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-lg font-medium transition-[background-color,border-color,color,opacity] duration-150 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "bg-accent text-accent-ink shadow-card hover:bg-accent-hover",
        plain: "border border-line-strong bg-surface text-ink shadow-card hover:bg-sunken",
        quiet: "text-ink-2 hover:bg-hover hover:text-ink",
        danger: "border border-bad/40 bg-surface text-bad hover:bg-bad-soft",
        soft: "bg-accent-soft text-accent-text hover:brightness-97 dark:hover:brightness-115",
      },
      size: {
        sm: "h-8 px-2.5 text-[0.8125rem] pointer-coarse:h-10",
        md: "h-9 px-3.5 text-sm pointer-coarse:h-11",
        lg: "h-11 px-5 text-[0.9375rem]",
        icon: "size-9 pointer-coarse:size-11",
        iconSm: "size-8 pointer-coarse:size-10",
      },
    },
    defaultVariants: { look: "plain", size: "md" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof buttonStyle> & { busy?: boolean };

export function Button({ look, size, busy, className, children, disabled, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={cx(buttonStyle({ look, size }), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}

/** A button of one picture: the label is for screen readers and for the hint. */
export function IconButton({
  label,
  look = "quiet",
  size = "icon",
  children,
  ...rest
}: Omit<ButtonProps, "aria-label" | "title"> & { label: string; children: ReactNode }) {
  return (
    <Button look={look} size={size} aria-label={label} title={label} {...rest}>
      {children}
    </Button>
  );
}
