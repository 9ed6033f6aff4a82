/** Says something to screen readers through one of the two live regions of the page. */
export function announce(text: string, urgency: "polite" | "assertive" = "polite"): void {
  const region = document.getElementById(`live-${urgency}`);
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
