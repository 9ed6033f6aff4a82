import { AtSign, Camera, Globe, MessageCircle, Send, ThumbsUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ChannelKind } from "@/shared/api/gql/graphql";
import { cx } from "@/shared/lib/cx";

const icons = {
  WHATSAPP: MessageCircle,
  TELEGRAM: Send,
  INSTAGRAM: Camera,
  FACEBOOK: ThumbsUp,
  EMAIL: AtSign,
  WEBCHAT: Globe,
} satisfies Record<ChannelKind, unknown>;

/** The names of channels are names: the same in every language, but for the two that are words. */
export function useChannelName(): (kind: ChannelKind) => string {
  const { t } = useTranslation();
  return (kind) => t(`channel.${kind}`);
}

export function ChannelIcon({ kind, className }: { kind: ChannelKind; className?: string }) {
  const Icon = icons[kind];
  const name = useChannelName()(kind);
  return <Icon className={cx("size-4 shrink-0", className)} role="img" aria-label={name} />;
}

export const CHANNEL_KINDS: ChannelKind[] = ["WHATSAPP", "TELEGRAM", "INSTAGRAM", "FACEBOOK", "EMAIL", "WEBCHAT"];

/** The most characters one reply may have there, when the company has no such channel yet. */
export const CHANNEL_LIMITS: Record<ChannelKind, number> = {
  WHATSAPP: 3800,
  TELEGRAM: 3800,
  INSTAGRAM: 800,
  FACEBOOK: 1950,
  EMAIL: 7000,
  WEBCHAT: 1950,
};
