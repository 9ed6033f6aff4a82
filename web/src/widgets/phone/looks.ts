import type { ChannelKind } from "@/shared/api/gql/graphql";

/** How each channel looks: enough to feel at home in it. Colours keep 4.5:1 in both themes. */
export type Look = {
  head: string;
  wall: string;
  mine: string;
  theirs: string;
  send: string;
  shape: string;
};

export const LOOKS: Record<ChannelKind, Look> = {
  WHATSAPP: {
    head: "bg-[#075e54] text-white",
    wall: "bg-[#efe7dd] dark:bg-[#0f1a1f]",
    mine: "bg-[#d9fdd3] text-[#111b21] dark:bg-[#045c4c] dark:text-white",
    theirs: "bg-white text-[#111b21] dark:bg-[#202c33] dark:text-[#e9edef]",
    send: "bg-[#00796b] text-white",
    shape: "rounded-lg",
  },
  TELEGRAM: {
    head: "bg-[#2f6ea5] text-white",
    wall: "bg-[#cfdfe8] dark:bg-[#0e1621]",
    mine: "bg-[#e3fdd6] text-black dark:bg-[#2b5278] dark:text-white",
    theirs: "bg-white text-black dark:bg-[#182533] dark:text-[#f5f5f5]",
    send: "bg-[#2f6ea5] text-white",
    shape: "rounded-2xl",
  },
  INSTAGRAM: {
    head: "bg-surface text-ink border-b",
    wall: "bg-surface",
    mine: "bg-[#6a3fd0] text-white",
    theirs: "bg-bubble-in text-ink",
    send: "bg-[#6a3fd0] text-white",
    shape: "rounded-3xl",
  },
  FACEBOOK: {
    head: "bg-surface text-ink border-b",
    wall: "bg-surface",
    mine: "bg-[#0b63d6] text-white",
    theirs: "bg-bubble-in text-ink",
    send: "bg-[#0b63d6] text-white",
    shape: "rounded-3xl",
  },
  EMAIL: {
    head: "bg-surface text-ink border-b",
    wall: "bg-sunken",
    mine: "bg-raised text-ink border",
    theirs: "bg-raised text-ink border border-accent/40",
    send: "bg-accent text-accent-ink",
    shape: "rounded-md",
  },
  WEBCHAT: {
    head: "bg-accent text-accent-ink",
    wall: "bg-surface",
    mine: "bg-accent text-accent-ink",
    theirs: "bg-bubble-in text-ink",
    send: "bg-accent text-accent-ink",
    shape: "rounded-2xl",
  },
};
