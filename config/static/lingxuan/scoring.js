/* The score sheet: subtotal, bands, keys, saving in between. The page works without it. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const words = form.dataset;
  const items = Array.from(form.querySelectorAll("fieldset[data-weight]"), (box) => ({
    box, input: box.querySelector("input"), weight: Number(box.dataset.weight), band: box.querySelector(".band"),
    bands: Array.from(box.querySelectorAll(".lx-bands span")), comment: box.querySelector("textarea"),
    more: box.querySelector("details"),
  }));
  const names = words.bands.split(",");
  const plain = (text) => text.normalize("NFKC").replace(/。/g, ".").trim();
  const markOf = (item) => {
    const text = plain(item.input.value);
    if (!/^([0-9]{1,3}(\.[0-9]*)?|\.[0-9]+)$/.test(text)) return null;
    const mark = Number(text);
    return mark >= 0 && mark <= 100 && (mark * 2) % 1 === 0 ? mark : null;
  };
  const write = (name, text) => form.querySelectorAll(`span[data-${name}], b[data-${name}]`).forEach((found) => { found.textContent = text; });
  const submit = form.querySelector("[data-submit]");

  /* hundredths are summed as whole numbers: half points times weights of two decimals */
  const show = () => {
    const marked = items.map((item) => [item, markOf(item)]).filter(([, mark]) => mark !== null);
    const points = marked.reduce((sum, [item, mark]) => sum + Math.round(mark * 2) * Math.round(item.weight * 100), 0);
    write("points", (Math.floor(points / 200 + 0.5) / 100).toFixed(2));
    write("weight", String(marked.reduce((sum, [item]) => sum + Math.round(item.weight * 100), 0) / 100));
    write("marked", String(marked.length));
    items.forEach((item) => {
      const mark = markOf(item);
      const at = mark === null ? -1 : mark >= 90 ? 3 : mark >= 75 ? 2 : mark >= 60 ? 1 : 0;
      item.band.textContent = at < 0 ? "" : names[at];
      item.bands.forEach((part, i) => part.classList.toggle("at", i === at));
      const wrong = item.input.value.trim() !== "" && mark === null;
      item.input.setAttribute("aria-invalid", String(wrong));
      item.input.title = wrong ? words.textWrong : "";
    });
    const left = items.length - marked.length;
    submit.textContent = left ? words.textLeft.replace("%(n)s", left) : words.textSubmit;
    submit.setAttribute("aria-disabled", String(left > 0));
  };

  /* keys: two digits move on, except 10, which waits for 100; a point typed after the jump returns */
  let jumped = -1;
  const focusOn = (place) => {
    const item = items[place];
    if (item) { item.input.focus(); item.input.select(); } else submit.focus();
  };
  items.forEach((item, place) => {
    item.more.querySelector("summary").tabIndex = -1; /* Tab goes from mark to mark; Alt+M opens the comment */
    item.input.addEventListener("focus", () => items.forEach((other) => other.box.classList.toggle("on", other === item)));
    item.input.addEventListener("input", (event) => {
      if (event.isComposing) return;
      const text = plain(item.input.value);
      if (jumped === place - 1 && text.startsWith(".") && place > 0) {
        const before = items[place - 1].input;
        item.input.value = "";
        before.value = plain(before.value) + text;
        before.focus();
        jumped = -1;
        return;
      }
      jumped = -1;
      if (event.inputType === "insertText" && /^[0-9]{2}$/.test(text) && text !== "10" || text === "100") {
        jumped = place;
        focusOn(place + 1);
      }
    });
  });
  const go = (name) => { const link = document.querySelector(`[data-${name}]`); if (link) link.click(); };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); submit.click(); return; }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (/^[1-9]$/.test(event.key)) {
      const section = document.getElementById(`s${event.key}`);
      if (section) { event.preventDefault(); section.scrollIntoView(); section.focus({ preventScroll: true }); }
    } else if (event.key.toLowerCase() === "m") {
      const item = items.find((one) => one.box.classList.contains("on")) || items[0];
      event.preventDefault();
      item.more.open = true;
      item.comment.focus();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      go(event.key === "ArrowLeft" ? "previous" : "following");
    }
  });
  submit.addEventListener("click", (event) => {
    if (submit.getAttribute("aria-disabled") !== "true") return;
    event.preventDefault();
    focusOn(items.findIndex((item) => markOf(item) === null));
  });

  /* the sheet of small screens */
  const peek = form.querySelector(".lx-peek");
  peek.addEventListener("click", () => {
    const open = form.toggleAttribute("data-open");
    peek.setAttribute("aria-expanded", String(open));
    peek.querySelector(".go").textContent = open ? words.textClose : words.textOpen;
  });
  if (document.querySelector("[data-errors]")) peek.click();

  /* saving: first in this browser, then on the server; again if something was typed meanwhile, again when the line returns */
  const KEY = `lx-sheet:${words.key}`;
  const status = form.querySelector("[data-status]");
  const revision = form.elements.revision;
  const fields = () => Array.from(form.elements).filter((f) => /^(mark_|comment_|overall)/.test(f.name));
  const values = () => Object.fromEntries(fields().map((f) => [f.name, f.value]));
  const tell = (text, state) => { status.textContent = text; status.dataset.state = state || ""; };
  let typed = 0, sent = 0, busy = false, closed = false, timer;
  const keep = () => localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), revision: revision.value, values: values() }));
  const answered = async (response, number) => {
    const type = response.headers.get("content-type") || "";
    if (!type.includes("json")) { tell(words.textSignin, "offline"); return; }
    const answer = await response.json();
    if (response.ok) {
      revision.value = answer.revision;
      sent = number;
      if (typed === number) localStorage.removeItem(KEY);
    } else if (response.status === 423 || response.status === 409) closed = true;
    tell(answer.message, response.ok ? "" : "offline");
  };
  const save = async () => {
    if (busy || closed || typed === sent) return;
    const number = typed;
    busy = true;
    tell(words.textSaving);
    try {
      await answered(await fetch(words.save, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }), number);
    } catch { tell(words.textOffline, "offline"); }
    busy = false;
    if (typed !== sent && status.dataset.state !== "offline") save();
  };
  form.addEventListener("input", () => {
    typed += 1;
    keep();
    show();
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  window.addEventListener("online", save);
  form.addEventListener("submit", () => { closed = true; clearTimeout(timer); localStorage.removeItem(KEY); });

  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(KEY)); } catch { kept = null; }
  if (kept && kept.revision === revision.value && !document.querySelector("[data-errors]")) {
    fields().forEach((f) => { if (f.name in kept.values) f.value = kept.values[f.name]; });
    tell(words.textRestored);
    typed += 1;
    timer = setTimeout(save, 800);
  } else localStorage.removeItem(KEY);
  show();
})();
