import { useMemo } from "react";
import { encode } from "uqr";

/** Dark on light in every theme, with its quiet border: phones read nothing else for sure. */
export function Qr({ value, label }: { value: string; label: string }) {
  const { size, path } = useMemo(() => {
    const { data, size } = encode(value, { ecc: "L", border: 4 });
    const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
    return { size, path };
  }, [value]);
  return (
    <svg viewBox={`0 0 ${size} ${size}`} className="size-64 rounded-lg bg-white" role="img" aria-label={label}>
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
