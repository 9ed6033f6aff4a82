/** A run of words, or an address that can be opened. */
export type TextPart = { text: string; href?: string };

const address = /https?:\/\/[^\s<>"']+/g;

/** Cuts a message into words and http(s) links; a full stop or bracket after a link stays outside. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const href = match[0].replace(/[.,;:!?…)\]»”]+$/u, "");
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: href, href });
    from = match.index + href.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
