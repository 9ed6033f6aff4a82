import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { DeleteMedia, MediaUsage } from "@/entities/media/documents";
import type { MediaPartsFragment } from "@/shared/api/gql/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Dialog, Skeleton, toast } from "@/shared/ui";

type RemoveDialogProps = { media: MediaPartsFragment; onClose: () => void; onRemoved: () => void };

/** Asks before a file goes, and says in how many rows it stands. */
export function RemoveDialog({ media, onClose, onRemoved }: RemoveDialogProps) {
  const { t } = useTranslation();
  const remove = useAction(DeleteMedia);
  const [refused, setRefused] = useState<string>();
  const [{ data }] = useQuery({
    query: MediaUsage,
    variables: { id: media.id },
    requestPolicy: "network-only",
  });
  const rows = data?.media?.usedInRows;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("media.removeTitle", { name: media.name })}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            look="danger"
            busy={remove.busy}
            disabled={rows === undefined}
            onClick={async () => {
              const { data: done, refusals } = await remove.run({
                input: { id: media.id, emptyCells: (rows ?? 0) > 0 },
              });
              if (!done) return setRefused(refusals[0]?.message ?? t("errors.INTERNAL"));
              if (rows) toast(t("media.emptied", { count: rows }));
              onRemoved();
              onClose();
            }}
          >
            {rows ? t("media.emptyAndRemove") : t("common.delete")}
          </Button>
        </>
      }
    >
      {rows === undefined ? (
        <Skeleton className="h-5 w-3/4" />
      ) : rows > 0 ? (
        <div className="flex flex-col gap-2">
          <p className="font-medium text-warn" data-testid="media-usage">
            {t("media.usedIn", { count: rows })}
          </p>
          <p className="text-ink-2">{t("media.usedText")}</p>
        </div>
      ) : (
        <p className="text-ink-2">{t("media.unused")}</p>
      )}
      {refused && (
        <p role="alert" className="mt-3 text-bad">
          {refused}
        </p>
      )}
    </Dialog>
  );
}
