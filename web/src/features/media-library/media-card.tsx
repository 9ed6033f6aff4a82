import { Film, Images, Link, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { KeepMedia, RetryMedia, SetWelcomeVideo } from "@/entities/media/documents";
import { filmOf, previewOf } from "@/entities/media/media";
import type { CompanyType, ItemKind, MediaPartsFragment } from "@/shared/api/gql/graphql";
import { useAction } from "@/shared/api/use-action";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { Badge, Button, IconButton, Menu, MenuItem, toast } from "@/shared/ui";

type MediaCardProps = {
  media: MediaPartsFragment;
  companyType: CompanyType;
  /** Takes the file instead of managing it. */
  onPick?: (media: MediaPartsFragment) => void;
  onRemove: (media: MediaPartsFragment) => void;
  onChanged: () => void;
};

const KINDS: Record<CompanyType, ItemKind[]> = {
  PRODUCT: ["PRODUCT"],
  SERVICE: ["SERVICE"],
  HYBRID: ["PRODUCT", "SERVICE"],
};

/** One picture or video: what it looks like, how it fares, what can be done with it. */
export function MediaCard({ media, companyType, onPick, onRemove, onChanged }: MediaCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const retry = useAction(RetryMedia);
  const keep = useAction(KeepMedia);
  const welcome = useAction(SetWelcomeVideo);
  const [broken, setBroken] = useState(false);
  const preview = previewOf(media);
  const film = filmOf(media);
  const ready = media.state === "READY";
  const about = [
    media.width && media.height ? `${media.width} × ${media.height}` : undefined,
    format.bytes(media.size),
  ];

  async function act(done: Promise<{ data?: unknown; refusals: { message: string }[] }>, said?: string) {
    const { data, refusals } = await done;
    if (!data) return toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
    if (said) toast(said);
    onChanged();
  }

  const picture = (
    <span className="relative grid aspect-square w-full place-items-center overflow-hidden rounded-lg bg-sunken text-ink-3">
      {preview && !broken ? (
        <img
          src={preview}
          alt=""
          loading="lazy"
          onError={() => setBroken(true)}
          className={cx("size-full object-cover", !ready && "opacity-40")}
        />
      ) : film && !broken ? (
        <video
          src={film}
          preload="metadata"
          muted
          playsInline
          tabIndex={-1}
          aria-hidden
          onError={() => setBroken(true)}
          className={cx("size-full object-cover", !ready && "opacity-40")}
        />
      ) : media.kind === "VIDEO" ? (
        <Film className="size-9" aria-hidden />
      ) : (
        <Images className="size-9" aria-hidden />
      )}
      {media.kind === "VIDEO" && (preview ?? film) && !broken && (
        <Film className="absolute end-2 bottom-2 size-5 text-white drop-shadow" aria-hidden />
      )}
    </span>
  );

  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-xl border bg-surface p-2 shadow-card" data-testid="media-card">
      {onPick ? (
        <button
          type="button"
          disabled={!ready}
          onClick={() => onPick(media)}
          className="rounded-lg text-start disabled:cursor-not-allowed"
          aria-label={t("media.pick", { name: media.name })}
        >
          {picture}
        </button>
      ) : (
        picture
      )}
      <div className="min-w-0 px-1">
        <p className="truncate text-[0.8125rem] font-medium" title={media.name}>
          {media.name}
        </p>
        <p className="num truncate text-xs text-ink-3">{about.filter(Boolean).join(" · ")}</p>
      </div>
      <div className="flex flex-wrap gap-1 px-1 empty:hidden">
        {!ready && <Badge tone={media.state === "FAILED" ? "bad" : "warn"}>{t(`mediaState.${media.state}`)}</Badge>}
        {media.welcome && <Badge tone="accent">{t(`media.welcome.${media.welcome}`)}</Badge>}
      </div>
      {media.errorCode && (
        <p role="status" className="px-1 text-xs text-bad">
          {t(`mediaError.${media.errorCode}`, { defaultValue: t("mediaError.request") })}
          {media.lastError && (
            <span className="block text-ink-3" lang="en">
              {media.lastError}
            </span>
          )}
        </p>
      )}
      {media.state === "REMOVING" && <p className="px-1 text-xs text-ink-2">{t("media.waits")}</p>}
      {!onPick && (
        <div className="mt-auto flex flex-wrap items-center gap-1">
          {media.state === "FAILED" && (
            <Button size="sm" busy={retry.busy} onClick={() => void act(retry.run({ input: { id: media.id } }))}>
              {t("common.retry")}
            </Button>
          )}
          {media.state === "REMOVING" ? (
            <Button size="sm" busy={keep.busy} onClick={() => void act(keep.run({ input: { id: media.id } }))}>
              {t("media.keep")}
            </Button>
          ) : (
            <>
              {media.url && (
                <IconButton
                  size="iconSm"
                  label={t("media.copyLink", { name: media.name })}
                  onClick={async () => {
                    await navigator.clipboard.writeText(media.url ?? "");
                    toast(t("common.copied"));
                  }}
                >
                  <Link aria-hidden />
                </IconButton>
              )}
              {media.kind === "VIDEO" && ready && (
                <Menu
                  trigger={
                    <IconButton size="iconSm" label={t("media.welcomeLabel", { name: media.name })}>
                      <Star aria-hidden className={cx(media.welcome && "fill-current text-accent-text")} />
                    </IconButton>
                  }
                >
                  {KINDS[companyType].map((kind) => (
                    <MenuItem
                      key={kind}
                      onSelect={() =>
                        void act(welcome.run({ input: { mediaId: media.id, kind } }), t(`media.welcomes.${kind}`))
                      }
                    >
                      {t(`media.welcome.${kind}`)}
                    </MenuItem>
                  ))}
                  {media.welcome && (
                    <MenuItem onSelect={() => void act(welcome.run({ input: { mediaId: media.id, kind: null } }))}>
                      {t("media.welcomeNobody")}
                    </MenuItem>
                  )}
                </Menu>
              )}
              <IconButton
                size="iconSm"
                className="ms-auto"
                label={t("media.remove", { name: media.name })}
                onClick={() => onRemove(media)}
              >
                <Trash2 aria-hidden />
              </IconButton>
            </>
          )}
        </div>
      )}
    </li>
  );
}
