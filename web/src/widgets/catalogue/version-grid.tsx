import { Package, Search } from "lucide-react";
import { type RefObject, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { DeleteRow } from "@/entities/catalogue/documents";
import { useCompany } from "@/entities/company/company";
import { mediaKindOf } from "@/entities/media/media";
import { MediaLibrary } from "@/features/media-library/lazy";
import type { RowPartsFragment } from "@/shared/api/gql/graphql";
import { useAction } from "@/shared/api/use-action";
import { announce } from "@/shared/lib/announce";
import { useFormat } from "@/shared/lib/format";
import { useCommands } from "@/shared/lib/hotkeys";
import { useDebounced } from "@/shared/lib/use-debounced";
import { useUrlState } from "@/shared/lib/use-url-state";
import { Button, Dialog, Empty, Field, Input, SkeletonRows, toast } from "@/shared/ui";
import { type Place, type Range, readBlock, sizeOf, spread, writeBlock } from "./block";
import { findRow } from "./find-row";
import { Grid, type GridHandle } from "./grid";
import { type Column, textOf } from "./grid-row";
import { type Done, type Edit, type History, useEdits } from "./use-edits";
import { useRowWindows } from "./use-row-windows";

/** The largest block that is pasted cell by cell; what is larger is a file to import. */
const MOST_ROWS = 500;
/** So many steps can be undone. */
const STEPS = 100;

/** What outlives the table when a draft begins and the table is made anew. */
export type GridMemory = { history: History; place: Place & { focused: boolean } };

/** The rows of one version: edited, pasted into, searched. A change to what is published goes into a new draft. */
export function VersionGrid({
  version,
  draft,
  reload,
  memory,
  onBusy,
  onChanged,
  onMoved,
}: {
  version: { id: string; rowCount: number; columns: Column[] };
  draft: boolean;
  reload: number;
  memory: RefObject<GridMemory>;
  /** Changes are under way: the table must stand until they are through. */
  onBusy: (busy: boolean) => void;
  onChanged: () => void;
  onMoved: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const { params, change } = useUrlState();
  const search = useDebounced(params.get("q")?.trim() ?? "", 250);
  const onlyProblems = params.get("problems") === "1";
  const remove = useAction(DeleteRow);
  const [deleting, setDeleting] = useState<RowPartsFragment | null>(null);
  const [jumping, setJumping] = useState(false);
  const [picking, setPicking] = useState<Place | null>(null);
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const grid = useRef<GridHandle>(null);
  const source = {
    companyId: company.id,
    versionId: `${version.id}.${reload}.${version.rowCount}`,
    draft,
    search,
    onlyProblems,
  };
  const windows = useRowWindows(source);
  const edits = useEdits(windows);
  const { columns } = version;
  const wanted = picking && mediaKindOf(columns[picking.column]?.key ?? "");
  const total = windows.total ?? 0;
  const filtered = Boolean(search) || onlyProblems;

  async function apply(
    cells: readonly (Edit & { rowId?: string })[],
    { showProgress = false, mark = true }: { showProgress?: boolean; mark?: boolean } = {},
  ) {
    onBusy(true);
    try {
      const result = await edits.change(
        cells,
        mark,
        showProgress ? (done, of) => setProgress({ done, total: of }) : undefined,
      );
      if (result.done.length > 0) {
        if (!draft) {
          toast(t("catalogue.movedToDraft"));
          onMoved();
        }
        onChanged();
      }
      return result;
    } finally {
      setProgress(null);
      onBusy(false);
    }
  }

  function remember(done: Done[]) {
    const { history } = memory.current;
    if (done.length === 0) return;
    history.undo = [...history.undo, done].slice(-STEPS);
    history.redo = [];
  }

  async function save(index: number, column: string, value: string): Promise<string | undefined> {
    const { done, reason } = await apply([{ index, column, value }], { mark: false });
    remember(done);
    return reason;
  }

  async function undo() {
    const last = memory.current.history.undo.pop();
    if (!last) return;
    const { done, refused, reason } = await apply(
      last.map((one) => ({ index: one.index, column: one.column, value: one.before, rowId: one.rowId })),
      { showProgress: last.length > 8 },
    );
    memory.current.history.redo.push(last);
    if (refused > 0) toast(reason ?? t("errors.INTERNAL"), { bad: true });
    else toast(t("grid.undone", { count: done.length }));
  }

  async function redo() {
    const last = memory.current.history.redo.pop();
    if (!last) return;
    const { refused, reason } = await apply(last, { showProgress: last.length > 8 });
    memory.current.history.undo.push(last);
    if (refused > 0) toast(reason ?? t("errors.INTERNAL"), { bad: true });
  }

  async function put(places: (Place & { value: string })[], cut: boolean) {
    const rows = places.map((place) => place.row);
    if (places.length === 0) return;
    await windows.ensure(Math.min(...rows), Math.max(...rows));
    const { done, refused } = await apply(
      places.map(({ row, column, value }) => ({ index: row, column: columns[column]?.key ?? "", value })),
      { showProgress: places.length > 8 },
    );
    remember(done);
    if (refused > 0) toast(t("grid.refused", { count: refused }), { bad: true });
    else if (cut) toast(t("grid.cut"), { bad: true });
    if (done.length > 1)
      toast(t("grid.pasted", { count: done.length }), { action: { label: t("grid.undo"), run: () => void undo() } });
  }

  function paste(range: Range, text: string) {
    const block = readBlock(text);
    if (block.length === 0) return;
    if (block.length > MOST_ROWS || sizeOf(range).rows > MOST_ROWS)
      return void toast(t("grid.tooLarge", { rows: format.number(MOST_ROWS) }), { bad: true });
    const { places, cut } = spread(block, range, total, columns.length);
    void put(places, cut);
  }

  function copy(range: Range): string | undefined {
    const block = () => {
      const lines: string[][] = [];
      for (let row = range.top; row <= range.bottom; row++) {
        const cells = (windows.rowAt(row)?.cells ?? {}) as Record<string, unknown>;
        lines.push(columns.slice(range.left, range.right + 1).map((column) => textOf(cells[column.key])));
      }
      announce(t("grid.copied", { count: sizeOf(range).cells }));
      return writeBlock(lines);
    };
    for (let row = range.top; row <= range.bottom; row++)
      if (!windows.rowAt(row)) {
        void windows.ensure(range.top, range.bottom).then(() => navigator.clipboard?.writeText(block()));
        return undefined;
      }
    return block();
  }

  useCommands({
    "grid.undo": () => void undo(),
    "grid.redo": () => void redo(),
    "grid.find": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
    "grid.jump": () => setJumping(true),
  });

  if (windows.total === 0)
    return filtered ? (
      <Empty
        icon={<Search />}
        title={t("catalogue.noMatch")}
        action={<Button onClick={() => change({ q: null, problems: null })}>{t("common.clearFilters")}</Button>}
      />
    ) : (
      <Empty icon={<Package />} title={t("catalogue.noRows")} />
    );
  if (windows.total === null)
    return windows.failed ? (
      <Empty title={t("states.failed")} action={<Button onClick={windows.reload}>{t("common.retry")}</Button>} />
    ) : (
      <SkeletonRows rows={10} className="h-8" />
    );
  return (
    <>
      <Grid
        ref={grid}
        columns={columns}
        total={windows.total}
        rows={windows.rows}
        refused={edits.refused}
        start={memory.current.place}
        onPlace={(place) => {
          memory.current.place = place;
        }}
        onShown={windows.ensure}
        onSave={save}
        onCopy={copy}
        onPaste={paste}
        onClear={(range) => {
          if (sizeOf(range).rows <= MOST_ROWS) void put(spread([[""]], range, total, columns.length).places, false);
          else toast(t("grid.tooLarge", { rows: format.number(MOST_ROWS) }), { bad: true });
        }}
        onDelete={setDeleting}
        onMedia={(row, column) => setPicking({ row, column })}
      />
      {picking && wanted && (
        <Suspense fallback={null}>
          <MediaLibrary
            onClose={() => setPicking(null)}
            pick={{
              kind: wanted,
              onPick: (media) => {
                setPicking(null);
                void put([{ ...picking, value: media.url ?? "" }], false);
              },
            }}
          />
        </Suspense>
      )}
      {progress && (
        <p role="status" className="num shrink-0 border-t bg-accent-soft px-4 py-1.5 text-[0.8125rem] text-accent-text">
          {t("grid.pasting", { done: format.number(progress.done), total: format.number(progress.total) })}
        </p>
      )}
      {jumping && (
        <JumpDialog
          onClose={() => setJumping(false)}
          onJump={async (number) => {
            const index = await findRow(number, total, async (at) => {
              await windows.ensure(at, at);
              return windows.rowAt(at)?.number;
            });
            setJumping(false);
            // After the dialog has given the focus back.
            setTimeout(() => grid.current?.jump(index), 50);
          }}
        />
      )}
      <Dialog
        open={Boolean(deleting)}
        onClose={() => setDeleting(null)}
        title={t("grid.deleteTitle", { row: deleting?.number })}
        description={t("grid.deleteText", {
          name: textOf((deleting?.cells as Record<string, unknown> | undefined)?.[columns[0]?.key ?? ""]),
        })}
        footer={
          <>
            <Button onClick={() => setDeleting(null)}>{t("common.cancel")}</Button>
            <Button
              look="danger"
              busy={remove.busy}
              onClick={async () => {
                if (!deleting) return;
                const { data, refusals } = await remove.run({ input: { id: deleting.id } });
                setDeleting(null);
                if (data) {
                  windows.reload();
                  onChanged();
                } else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
              }}
            >
              {t("common.delete")}
            </Button>
          </>
        }
      />
    </>
  );
}

function JumpDialog({ onClose, onJump }: { onClose: () => void; onJump: (number: number) => Promise<void> }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      open
      focus={field}
      onClose={onClose}
      title={t("grid.jump")}
      footer={
        <Button look="primary" type="submit" form="jump" busy={busy}>
          {t("grid.jump")}
        </Button>
      }
    >
      <form
        id="jump"
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          void onJump(Number(field.current?.value));
        }}
      >
        <Field label={t("grid.jumpTo")} hint={t("grid.jumpHint")}>
          {(props) => <Input {...props} ref={field} type="number" required min={1} inputMode="numeric" />}
        </Field>
      </form>
    </Dialog>
  );
}
