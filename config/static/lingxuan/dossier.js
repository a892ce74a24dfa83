/* A section of a dossier: lines added in place; every change kept in this browser first, then on the server. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const words = form.dataset, KEY = `lx-draft:${words.key}`, OWN = ["csrfmiddlewaretoken", "seen", "writer", "seq", "back"];
  const { seen, seq, csrfmiddlewaretoken: token } = form.elements;
  const status = form.querySelector("[data-status]"), box = form.querySelector("[data-conflict]");
  const inputsIn = (place) => Array.from(place.querySelectorAll("input, select, textarea")).filter((f) => f.name && !OWN.includes(f.name));
  const held = (f) => (f.type === "checkbox" ? f.checked : f.value);
  const hold = (f, value) => { if (f.type === "checkbox") f.checked = value; else f.value = value; f.dispatchEvent(new Event("input")); };
  const values = () => Object.fromEntries(inputsIn(form).map((f) => [f.name, held(f)]));
  const tell = (text, state = "") => { status.textContent = text; status.dataset.state = state; };

  /* lines: a removed one is emptied and hidden, the server drops what is empty */
  const grow = (part) => {
    const count = form.elements[`${part}-rows`], n = Number(count.value), place = form.querySelector(`[data-part="${part}"]`);
    place.querySelector("[data-lines]").insertAdjacentHTML("beforeend", place.querySelector("template").innerHTML.replaceAll("__n__", n).replaceAll("__no__", n + 1));
    count.value = n + 1;
    return place.querySelector("[data-lines]").lastElementChild;
  };
  const put = (stored) => {
    Object.keys(stored).filter((name) => name.endsWith("-rows")).forEach((name) => { while (Number(form.elements[name].value) < Number(stored[name])) grow(name.slice(0, -5)); });
    inputsIn(form).filter((f) => !f.name.endsWith("-rows")).forEach((f) => {
      if (f.name in stored) hold(f, stored[f.name]);
      else if (`${f.name.split("-")[0]}-rows` in stored) hold(f, f.type === "checkbox" ? false : "");
    });
  };
  const swap = (one, other) => inputsIn(one).forEach((f, i) => { const g = inputsIn(other)[i], value = held(f); hold(f, held(g)); hold(g, value); });
  const visible = (line) => { let before = line.previousElementSibling; while (before && before.hidden) before = before.previousElementSibling; return before; };
  const acts = {
    add_row: (line, part) => inputsIn(grow(part))[0].focus(),
    remove_row: (line, part) => { inputsIn(line).forEach((f) => hold(f, f.type === "checkbox" ? false : "")); line.hidden = true; form.querySelector(`[data-part="${part}"] [name=add_row]`).focus(); },
    up_row: (line) => { const before = visible(line); if (before) { swap(line, before); before.querySelector("[name=up_row]").focus(); } },
  };

  /* saving: again if something was typed meanwhile, again when the line or the reader returns */
  let typed = Number(seq.value), sent = typed, busy = false, closed = false, timer;
  const fresh = () => { const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/); if (found) token.value = found[1]; }; /* a sign-in in another tab changes it */
  const keep = () => localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), seen: seen.value, values: values() }));
  const changed = () => { typed += 1; seq.value = typed; keep(); clearTimeout(timer); timer = setTimeout(save, 800); };
  const element = (name, text, parent, className = "") => { const made = document.createElement(name); made.textContent = text; made.className = className; parent.append(made); return made; };
  const button = (text, act) => { const made = element("button", text, box, "btn btn-quiet btn-s"); made.type = "button"; made.addEventListener("click", () => act(made)); };
  const choose = (answer) => {
    box.replaceChildren();
    element("h2", answer.message, box, "mb-2");
    answer.fields.forEach((field) => {
      element("h3", field.label, box);
      element("p", `${words.textTheirs}${field.theirs}`, box, "pre");
      element("p", `${words.textMine}${field.mine}`, box, "pre");
      button(words.textTake.replace("%(label)s", field.label), (made) => { put(field.values); made.disabled = true; });
    });
    button(words.textChosen, () => { box.hidden = true; closed = false; seen.value = answer.seen; changed(); });
    box.hidden = false;
    box.focus();
  };
  const answered = (status_, answer, number) => {
    tell(answer.message, status_ === 200 ? "" : "offline");
    closed = status_ === 409 || status_ === 423;
    if (status_ === 409) choose(answer);
    if (status_ !== 200) return;
    [seen.value, sent] = [answer.seen, number];
    if (typed === number) localStorage.removeItem(KEY); else keep();
  };
  const save = async () => {
    if (busy || closed || typed === sent) return;
    const number = typed;
    busy = true;
    fresh();
    tell(words.textSaving);
    try {
      const response = await fetch(words.autosave, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      answered(response.status, await response.json(), number);
    } catch { tell(words.textOffline, "offline"); }
    busy = false;
    if (typed !== sent && status.dataset.state !== "offline") save();
  };
  form.addEventListener("input", changed);
  form.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[name$=_row]");
    if (!pressed) return;
    event.preventDefault();
    acts[pressed.name](pressed.closest("[data-line]"), pressed.value.split(":")[0]);
    changed();
  });
  form.addEventListener("submit", () => { closed = true; clearTimeout(timer); fresh(); keep(); sessionStorage.setItem("lx-sent", KEY); });
  window.addEventListener("online", save);
  window.addEventListener("focus", save);
  setInterval(save, 10000);

  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(KEY)); } catch { kept = null; }
  if (kept && !form.querySelector("[data-errors]") && JSON.stringify(kept.values) !== JSON.stringify(values())) {
    put(kept.values);
    if (kept.seen) seen.value = kept.seen;
    tell(words.textRestored);
    changed();
  }
})();
