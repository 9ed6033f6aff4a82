import { Images, Search, Upload, X } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCompany } from "@/entities/company/company";
import { ACCEPTED } from "@/entities/media/media";
import type { MediaKind, MediaPartsFragment } from "@/shared/api/gql/graphql";
import { useLive } from "@/shared/api/live";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { useDebounced } from "@/shared/lib/use-debounced";
import { Button, Dialog, Empty, IconButton, Input, Progress, Segments, SkeletonRows } from "@/shared/ui";
import { MediaCard } from "./media-card";
import { RemoveDialog } from "./remove-dialog";
import { useMediaPages } from "./use-media-pages";
import { useUploads } from "./use-uploads";

type MediaLibraryProps = {
  onClose: () => void;
  /** Only files of this kind, to choose one from. */
  pick?: { kind: MediaKind; onPick: (media: MediaPartsFragment) => void };
};

/** The company's pictures and videos: sent in, looked at, chosen, removed. */
export function MediaLibrary({ onClose, pick }: MediaLibraryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const [chosen, setChosen] = useState<"ALL" | MediaKind>("ALL");
  const [words, setWords] = useState("");
  const [over, setOver] = useState(false);
  const [removing, setRemoving] = useState<MediaPartsFragment>();
  const input = useRef<HTMLInputElement>(null);
  const search = useDebounced(words.trim(), 250);
  const kind = pick?.kind ?? (chosen === "ALL" ? undefined : chosen);
  const pages = useMediaPages(company.id, kind, search);
  const uploads = useUploads(company.id, pages.refresh);
  useLive(["MEDIA"], pages.refresh, { waitMs: 400 });

  return (
    <Dialog
      open
      onClose={onClose}
      title={pick ? t("media.pickTitle") : t("media.title")}
      description={t("media.text")}
      className="sm:w-[min(60rem,calc(100vw-2rem))]!"
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same by keyboard */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          uploads.take(event.dataTransfer.files);
        }}
        className={cx(
          "flex min-h-80 flex-col gap-4 rounded-xl",
          over && "bg-accent-soft outline-2 outline-accent outline-dashed",
        )}
      >
        <div className="flex flex-wrap items-center gap-2">
          {!pick && (
            <Segments
              label={t("media.show")}
              value={chosen}
              onChange={setChosen}
              options={[
                { value: "ALL", label: t("media.all") },
                { value: "IMAGE", label: t("media.images") },
                { value: "VIDEO", label: t("media.videos") },
              ]}
            />
          )}
          <label className="relative min-w-full flex-1 sm:min-w-40 sm:max-w-72">
            <span className="sr-only">{t("media.search")}</span>
            <Search
              className="pointer-events-none absolute start-2.5 top-1/2 size-4 -translate-y-1/2 text-ink-3"
              aria-hidden
            />
            <Input
              type="search"
              value={words}
              maxLength={200}
              onChange={(event) => setWords(event.target.value)}
              placeholder={t("media.search")}
              className="ps-8.5"
            />
          </label>
          <input
            ref={input}
            type="file"
            multiple
            accept={ACCEPTED}
            className="sr-only"
            tabIndex={-1}
            aria-label={t("media.choose")}
            data-testid="media-input"
            onChange={(event) => {
              uploads.take(event.target.files ?? []);
              event.target.value = "";
            }}
          />
          <Button look="primary" className="ms-auto" onClick={() => input.current?.click()}>
            <Upload aria-hidden />
            {t("media.choose")}
          </Button>
        </div>
        {uploads.list.length > 0 && (
          <ul className="flex flex-col gap-2" aria-label={t("media.sending")}>
            {uploads.list.map((one) => (
              <li key={one.key} className="flex items-center gap-3 rounded-lg bg-sunken px-3 py-2 text-[0.8125rem]">
                <div className="min-w-0 flex-1">
                  <p className="flex gap-2">
                    <span className="min-w-0 flex-1 truncate font-medium">{one.name}</span>
                    <span className="num text-ink-3">{format.bytes(one.size)}</span>
                  </p>
                  {one.reason ? (
                    <p role="alert" className="text-bad">
                      {t(`mediaRefused.${one.reason}`, { defaultValue: t("errors.INTERNAL") })}
                    </p>
                  ) : (
                    <Progress value={one.done} label={t("media.sendingOne", { name: one.name })} />
                  )}
                </div>
                <IconButton
                  size="iconSm"
                  label={one.reason ? t("common.close") : t("common.cancel")}
                  onClick={() => uploads.dismiss(one)}
                >
                  <X aria-hidden />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        {!pages.all ? (
          pages.failed ? (
            <Empty title={t("states.failed")} action={<Button onClick={pages.refresh}>{t("common.retry")}</Button>} />
          ) : (
            <SkeletonRows rows={3} className="h-24" />
          )
        ) : pages.all.length === 0 ? (
          <Empty icon={<Images />} title={search ? t("media.noMatch") : t("media.none")} />
        ) : (
          <ul
            className="grid grid-cols-2 gap-3 sm:grid-cols-3 md:grid-cols-4 lg:grid-cols-5"
            aria-label={t("media.title")}
          >
            {pages.all.map((media) => (
              <MediaCard
                key={media.id}
                media={media}
                companyType={company.type}
                onPick={pick?.onPick}
                onRemove={setRemoving}
                onChanged={pages.refresh}
              />
            ))}
          </ul>
        )}
        {pages.hasMore && (
          <Button className="self-center" busy={pages.busy} onClick={() => void pages.more()}>
            {t("common.more")}
          </Button>
        )}
      </div>
      {removing && <RemoveDialog media={removing} onClose={() => setRemoving(undefined)} onRemoved={pages.refresh} />}
    </Dialog>
  );
}
