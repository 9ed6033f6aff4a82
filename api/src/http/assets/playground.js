"use strict";
const by = (id) => document.getElementById(id);
const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };
by("query").value = stored("x8.playground.query") || "{\n  viewer { id name }\n}\n";
by("variables").value = stored("x8.playground.variables") || "{}";

async function run() {
  const state = by("state");
  let variables;
  try {
    variables = JSON.parse(by("variables").value || "{}");
  } catch (error) {
    state.textContent = "The variables are not JSON: " + error.message;
    by("variables").focus();
    return;
  }
  keep("x8.playground.query", by("query").value);
  keep("x8.playground.variables", by("variables").value);
  state.textContent = "Running…";
  const started = performance.now();
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-X8-Client": "playground" },
      body: JSON.stringify({ query: by("query").value, variables }),
    });
    const text = await response.text();
    state.textContent = response.status + " in " + Math.round(performance.now() - started) + " ms";
    try {
      by("answer").textContent = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      by("answer").textContent = text;
    }
  } catch (error) {
    state.textContent = "The server does not answer: " + error.message;
  }
}

by("form").addEventListener("submit", (event) => { event.preventDefault(); run(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
});

let definitions = [];
const show = () => {
  const wanted = by("find").value.trim().toLowerCase();
  by("schema").textContent = definitions.filter((part) => part.toLowerCase().includes(wanted)).join("\n\n");
};
by("find").addEventListener("input", show);
fetch("/schema.graphql").then((response) => response.text()).then((text) => {
  definitions = text.split(/\n\n+/).filter((part) => part.trim());
  show();
});
