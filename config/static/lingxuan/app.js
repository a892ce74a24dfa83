/* 领选: what the pages do better with a script. Nothing here is needed: every page works without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  const body = document.body;
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const on = (type, selector, act) => document.addEventListener(type, (event) => {
    const found = event.target.closest && event.target.closest(selector);
    if (found) act(found, event);
  });
  root.classList.add("js");

  /* large text: a cookie, so that the server writes the next page in it at once */
  const YEAR = 31536000;
  const showLarge = () => all("[data-large]").forEach((b) => b.setAttribute("aria-pressed", root.classList.contains("large")));
  on("click", "[data-large]", () => {
    const large = root.classList.toggle("large");
    document.cookie = `lx_large=${large ? 1 : 0}; path=/; max-age=${YEAR}; samesite=lax`;
    showLarge();
  });
  showLarge();

  /* small things */
  on("click", "[data-print]", () => window.print());
  on("click", "[data-dismiss]", (button) => button.parentElement.remove());
  on("click", "[data-copy]", (button) => navigator.clipboard.writeText(button.dataset.copy).then(() => { button.textContent = body.dataset.textCopied; }));
  on("click", "[data-dialog]", (button) => document.getElementById(button.dataset.dialog).showModal());
  on("click", "[data-close]", (button) => button.closest("dialog").close());
  on("click", "[data-reveal]", (button) => {
    const input = document.getElementById(button.dataset.reveal);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
  on("change", "[data-check-all]", (box) => all(box.dataset.checkAll).forEach((other) => { other.checked = box.checked; }));
  if (window.matchMedia("(max-width: 39.99rem)").matches) all("details.lx-fold").forEach((fold) => { fold.open = false; });

  /* long work: the part of the page that changes is asked for every two seconds until it is finished (286) */
  const ask = (part) => setTimeout(async () => {
    const answer = await fetch(part.dataset.poll, { credentials: "same-origin", redirect: "error" }).catch(() => null);
    if (answer && answer.ok) {
      part.innerHTML = await answer.text();
      if (answer.status === 286) return;
    }
    ask(part);
  }, 2000);
  all("[data-poll]").forEach(ask);

  /* search while typing: the list alone is asked for, the address follows; Enter works as ever */
  all("input[data-live]").forEach((input) => {
    let wait;
    const show = async () => {
      const wanted = new URLSearchParams(new FormData(input.form));
      history.replaceState(null, "", `?${wanted}`);
      wanted.set("part", "rows");
      const sent = input.value;
      const answer = await fetch(`${location.pathname}?${wanted}`, { credentials: "same-origin", redirect: "error" }).catch(() => null);
      if (answer && answer.ok && input.value === sent) document.querySelector(input.dataset.live).innerHTML = await answer.text();
    };
    input.addEventListener("input", (event) => { clearTimeout(wait); if (!event.isComposing) wait = setTimeout(show, 250); });
    input.addEventListener("compositionend", () => { clearTimeout(wait); wait = setTimeout(show, 250); });
  });

  /* menus are <details>: Escape and a click elsewhere close them, focus returns */
  const closeMenus = (except) => all("details.lx-menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.lx-menu")));
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.lx-menu[open]");
    if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
    const typing = event.target.matches("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); }
  });

  /* counters under long texts */
  all("textarea[data-count]").forEach((area) => {
    const line = document.createElement("p");
    line.className = "t-note lx-count";
    const show = () => { line.textContent = `${area.value.length} / ${area.dataset.count} ${body.dataset.textCharacters}`; };
    area.after(line);
    area.addEventListener("input", show);
    show();
  });

  /* drafts: what is typed into <form data-draft="key"> stays in this browser until the server has taken it */
  const PREFIX = "lx-draft:";
  const SENT = "lx-sent";
  const KEEP = 30 * 86400000;
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const clock = (at) => new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const kept = (form) => all("input, select, textarea", form).filter((f) => f.name && f.name !== "csrfmiddlewaretoken" && !["hidden", "password", "file", "submit", "button"].includes(f.type));

  const values = (form) => kept(form).map((f) => {
    if (f.type === "checkbox" || f.type === "radio") return [f.name, f.checked, f.value];
    return [f.name, f.multiple ? Array.from(f.selectedOptions, (o) => o.value) : f.value];
  });
  const fill = (form, stored) => kept(form).forEach((f, i) => {
    const [name, value] = stored[i] || [];
    if (name !== f.name) return;
    if (f.type === "checkbox" || f.type === "radio") f.checked = value;
    else if (f.multiple) Array.from(f.options).forEach((o) => { o.selected = value.includes(o.value); });
    else f.value = value;
    f.dispatchEvent(new Event("input"));
  });
  const lineOf = (form) => {
    const line = document.createElement("p");
    line.className = "lx-save";
    line.setAttribute("role", "status");
    (form.querySelector(".lx-formfoot") || form).append(line);
    return line;
  };
  const offer = (form, key, draft, line) => {
    const before = values(form);
    fill(form, draft.values);
    line.textContent = `${body.dataset.textRestored} ${clock(draft.at)} `;
    const back = document.createElement("button");
    back.type = "button";
    back.className = "btn btn-text btn-s";
    back.textContent = body.dataset.textDiscard;
    back.addEventListener("click", () => { fill(form, before); localStorage.removeItem(key); line.textContent = ""; });
    line.append(back);
  };
  const follow = (form) => {
    const key = PREFIX + form.dataset.draft;
    const line = lineOf(form);
    const draft = read(key);
    if (draft && !form.querySelector("[data-errors]") && JSON.stringify(draft.values) !== JSON.stringify(values(form))) offer(form, key, draft, line);
    let timer;
    form.addEventListener("input", (event) => {
      if (!event.isTrusted) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: values(form) }));
        line.textContent = `${body.dataset.textSaved} ${clock(Date.now())}`;
      }, 400);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: values(form) }));
      sessionStorage.setItem(SENT, key);
    });
  };

  /* a draft goes when a page other than an error page follows its sending, or the form comes back without errors */
  const sent = sessionStorage.getItem(SENT);
  if (sent && !("holdDrafts" in body.dataset)) {
    if (!document.querySelector("form[data-draft] [data-errors], .lx-toast.bad")) localStorage.removeItem(sent);
    sessionStorage.removeItem(SENT);
  }
  keys().forEach((key) => { const draft = read(key); if (!draft || Date.now() - draft.at > KEEP) localStorage.removeItem(key); });
  all("form[data-draft]").forEach(follow);
  on("submit", "form[data-clear-drafts]", () => keys().forEach((key) => localStorage.removeItem(key)));

  /* a form without drafts may ask before it is left */
  all("form[data-guard]").forEach((form) => {
    let dirty = false;
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  });
})();
