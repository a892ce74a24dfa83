/* Keys of a page: whatever carries data-keys="j ArrowRight" is followed, pressed, chosen or focused by them.
   data-confirm asks once before a key presses a button; [data-rows] lets j and k walk the links of a list; fieldsets
   with data-rule are answered by p and x.
   Letters never act while somebody types or composes a word, and all of it can be switched off in the list of keys. */
(() => {
  "use strict";
  const OFF = "lx-keys-off";
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const list = document.getElementById("keys");
  const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };

  const typing = (target) => target.matches("textarea, select, [contenteditable]")
    || (target.matches("input") && !["radio", "checkbox"].includes(target.type));
  const named = (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return (event.ctrlKey || event.metaKey ? "Control+" : "") + (event.ctrlKey && event.shiftKey ? "Shift+" : "") + (event.altKey ? "Alt+" : "") + key;
  };

  const act = (found) => {
    if (found.matches("a")) found.click();
    else if (found.matches("button")) { if (!found.dataset.confirm || window.confirm(found.dataset.confirm)) found.click(); }
    else if (found.matches("input[type=radio], input[type=checkbox]")) { found.checked = true; found.focus(); found.dispatchEvent(new Event("input", { bubbles: true })); }
    else (found.matches("fieldset") ? found.querySelector("input:checked") || found.querySelector("input") : found).focus();
  };

  const walk = (by) => {
    const links = all("[data-rows] tbody th a, [data-rows] tbody th[scope=row] a");
    const here = links.indexOf(document.activeElement);
    const next = links[here < 0 ? 0 : Math.min(links.length - 1, Math.max(0, here + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
    return links.length > 0;
  };

  /* rules one after another: r goes to the next without an answer, p and x answer it and go on */
  const open = () => all("fieldset[data-rule]").find((one) => !one.querySelector("input:checked"));
  const answer = (value) => {
    const rule = document.activeElement.closest("fieldset[data-rule]") || open();
    const choice = rule && rule.querySelector(`input[value="${value}"]`);
    if (!choice) return false;
    act(choice);
    const next = open();
    if (next) act(next);
    return true;
  };
  /* what is said of one rule: t opens it, Esc goes back to its answer */
  let noted = null;
  const note = () => {
    const rule = document.activeElement.closest("fieldset[data-rule]") || open() || document.querySelector("fieldset[data-rule]");
    const more = rule && rule.querySelector("details.lx-said");
    if (!more) return false;
    more.open = true;
    noted = rule;
    more.querySelector("input").focus();
    return true;
  };
  /* whatever the system found in order is said to be so, without a new page: what was typed stays */
  const everything = document.querySelector("[data-all]");
  if (everything) everything.addEventListener("click", (event) => {
    event.preventDefault();
    all('fieldset[data-rule][data-automatic="pass"]').forEach((rule) => { const met = rule.querySelector('input[value="pass"]'); if (met) { met.checked = true; met.dispatchEvent(new Event("input", { bubbles: true })); } });
    const said = document.querySelector("[data-all-said]");
    const left = all("fieldset[data-rule]").filter((one) => !one.querySelector("input:checked"));
    if (said) { said.hidden = false; said.textContent = left.length ? everything.dataset.left.replace("#", left.length) : everything.dataset.none; }
    if (left.length) { left[0].querySelector("input").focus(); left[0].scrollIntoView({ block: "center" }); }
  });
  const onRules = (key) => {
    if (key === "t") return note();
    if (key === "r") { const next = open(); if (next) act(next); return Boolean(next); }
    return key === "p" ? answer("pass") : key === "x" && answer("fail");
  };

  document.addEventListener("keydown", (event) => {
    const key = named(event);
    const combined = key.startsWith("Control+") || key.startsWith("Alt+");
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || (list && list.open)) return;
    if (key === "Escape" && typing(event.target)) {
      event.target.blur();
      if (noted && noted.contains(event.target)) act(noted);
      return;
    }
    if (!combined && (off() ? key !== "?" : typing(event.target))) return;
    if (!combined && typing(event.target)) return;
    if (key.startsWith("Arrow") && event.target.matches("input, summary")) return;
    if (key === "?" && list) { event.preventDefault(); list.showModal(); return; }
    const found = all("[data-keys]").find((one) => one.dataset.keys.split(" ").includes(key));
    if (found) { event.preventDefault(); act(found); return; }
    if (onRules(key)) { event.preventDefault(); return; }
    if ((key === "j" || key === "k") && walk(key === "j" ? 1 : -1)) event.preventDefault();
  });

  const box = document.getElementById("keys-off");
  if (box) {
    box.checked = off();
    box.addEventListener("change", () => { try { if (box.checked) localStorage.setItem(OFF, "1"); else localStorage.removeItem(OFF); } catch { /* no storage: the keys stay on */ } });
  }
})();
