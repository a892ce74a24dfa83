/* Saving a score sheet in between: first in this browser, then on the server; again when the line or the sign-in is
   back. Two versions of one sheet are shown, and the expert says which one stays. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const words = form.dataset;
  const KEY = `lx-draft:sheet:${words.key}`; /* goes with the other drafts when somebody signs out */
  const WAIT = [2000, 4000, 8000, 15000, 30000];
  const status = form.querySelector("[data-status]");
  const two = form.querySelector("[data-two]");
  const revision = form.elements.revision;
  const fields = () => Array.from(form.elements).filter((f) => /^(mark_|comment_|overall)/.test(f.name));
  const values = () => Object.fromEntries(fields().map((f) => [f.name, f.value]));
  const labelOf = (name) => { const label = form.querySelector(`label[for="id_${name}"]`); return label ? label.textContent.trim() : name; };
  const tell = (text, state) => { status.textContent = text; status.dataset.state = state || ""; };
  const put = (kept) => {
    fields().forEach((f) => { f.value = kept[f.name] || ""; });
    form.dispatchEvent(new Event("sheet:changed"));
  };
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)); } catch { return null; } };
  const keep = () => { try { localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), revision: revision.value, kept: values(), values: [] })); } catch { /* no room: the server has the rest */ } };
  const drop = () => { try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ } };
  let typed = 0, sent = 0, busy = null, closed = false, failed = 0, timer;

  /* two versions: what differs, and one press for each */
  const differing = (mine, theirs) => Object.keys(mine).filter((name) => (mine[name] || "").trim() !== (theirs[name] || "").trim());
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-quiet btn-s";
    made.textContent = text;
    made.addEventListener("click", () => { two.hidden = true; closed = false; act(); });
    return made;
  };
  const choose = (text, mine, theirs, number) => {
    closed = true;
    two.querySelector("[data-two-text]").textContent = text;
    two.querySelector("[data-two-list]").replaceChildren(...differing(mine, theirs).map((name) => {
      const line = document.createElement("li");
      const told = { name: labelOf(name), mine: mine[name] || words.textBlank, theirs: theirs[name] || words.textBlank };
      line.textContent = words.textDiffers.replace(/%\((\w+)\)s/g, (_all, key) => told[key]);
      return line;
    }));
    two.querySelector("[data-two-acts]").replaceChildren(
      button(words.textMine, () => { revision.value = number; put(mine); typed += 1; keep(); save(); }),
      button(words.textTheirs, () => { revision.value = number; put(theirs); sent = typed; drop(); tell(""); }),
    );
    form.setAttribute("data-open", "");
    two.hidden = false;
    two.scrollIntoView({ block: "nearest" });
    two.focus({ preventScroll: true });
  };

  /* a new sign-in in another page brings a new token: it is fetched from this very page */
  const renewed = async () => {
    const answer = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("form[data-sheet] input[name=csrfmiddlewaretoken]");
    if (!token) return false;
    form.elements.csrfmiddlewaretoken.value = token.value;
    return true;
  };
  const post = (options) => fetch(words.save, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, ...options });
  const isJson = (response) => (response.headers.get("content-type") || "").includes("json");
  const later = () => { clearTimeout(timer); timer = setTimeout(save, WAIT[Math.min(failed, WAIT.length - 1)]); failed += 1; };

  const taken = (answer, number) => {
    revision.value = answer.revision;
    sent = number;
    failed = 0;
    if (typed === number) drop();
    tell(answer.message);
  };
  const attempt = async (number) => {
    let response = await post();
    if (!isJson(response) && await renewed()) response = await post();
    if (!isJson(response)) { tell(words.textSignin, "offline"); later(); return; }
    const answer = await response.json();
    if (response.ok) taken(answer, number);
    else if (response.status === 409) { tell("", "offline"); choose(answer.message, values(), answer.values, answer.revision); }
    else { closed = true; tell(answer.message, "offline"); }
  };
  const run = async () => {
    while (!closed && typed !== sent) {
      const number = typed;
      tell(words.textSaving);
      try { await attempt(number); } catch { tell(words.textOffline, "offline"); later(); }
      if (sent !== number) return;
    }
  };
  const save = () => {
    if (!busy) busy = run().finally(() => { busy = null; });
    return busy;
  };

  form.addEventListener("input", () => {
    typed += 1;
    keep();
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  window.addEventListener("online", () => { failed = 0; save(); });
  window.addEventListener("pagehide", () => { if (typed !== sent && !closed) post({ keepalive: true }).catch(() => {}); });

  /* nothing is sent away before it is saved: a dropped line leaves the page as it is */
  let saved = false;
  form.addEventListener("submit", async (event) => {
    if (saved) return;
    event.preventDefault();
    const how = event.submitter;
    if (closed && !two.hidden) { two.focus(); return; }
    await save();
    await save();
    if (typed !== sent) return;
    saved = true;
    form.requestSubmit(how);
    saved = false;
  });

  /* what this browser kept */
  const draft = read();
  const stands = values();
  if (draft && draft.kept && differing(draft.kept, stands).length && !document.querySelector("[data-errors]")) {
    if (draft.revision === revision.value) {
      put(draft.kept);
      tell(words.textRestored);
      typed += 1;
      timer = setTimeout(save, 800);
    } else choose(words.textTwo, draft.kept, stands, revision.value);
  } else if (draft) drop();
})();
