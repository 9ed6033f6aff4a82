import { linkify } from "@/shared/lib/linkify";

/** What somebody wrote: links open beside, everything else stays words. */
export function MessageText({ text }: { text: string }) {
  let at = 0;
  return (
    <p className="whitespace-pre-wrap wrap-anywhere" dir="auto">
      {linkify(text).map((part) => {
        const key = at;
        at += part.text.length;
        return part.href ? (
          <a
            key={key}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer"
            className="font-medium underline underline-offset-2"
          >
            {part.text}
          </a>
        ) : (
          <span key={key}>{part.text}</span>
        );
      })}
    </p>
  );
}
