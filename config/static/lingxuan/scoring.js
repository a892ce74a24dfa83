/* The score sheet: subtotal, bands, comments asked for, keys, the sheet of small screens. The page works without it. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const words = form.dataset;
  const items = Array.from(form.querySelectorAll("fieldset[data-weight]"), (box) => ({
    box, input: box.querySelector("input"), weight: Number(box.dataset.weight), band: box.querySelector(".band"),
    bands: Array.from(box.querySelectorAll(".lx-bands span")), comment: box.querySelector("textarea"),
    more: box.querySelector("details"), must: box.querySelector(".lx-must"), wrong: box.querySelector(".lx-wrong"),
  }));
  const names = words.bands.split(",");
  const limits = words.limits.split(",").map(Number);
  const submit = form.querySelector("[data-submit]");
  const small = window.matchMedia("(max-width: 61.99rem)");
  const plain = (text) => text.normalize("NFKC").replace(/。/g, ".").trim();
  const markOf = (item) => {
    const text = plain(item.input.value);
    if (!/^([0-9]{1,3}(\.[0-9]*)?|\.[0-9]+)$/.test(text)) return null;
    const mark = Number(text);
    return mark >= 0 && mark <= 100 && (mark * 2) % 1 === 0 ? mark : null;
  };
  const asksComment = (mark) => mark !== null && (mark >= Number(words.commentFrom) || mark < Number(words.commentBelow));
  const lacksComment = (item) => asksComment(markOf(item)) && item.comment.value.trim() === "";
  const write = (name, text) => form.querySelectorAll(`span[data-${name}], b[data-${name}]`).forEach((found) => { found.textContent = text; });

  const showItem = (item) => {
    const mark = markOf(item);
    const at = mark === null ? -1 : limits.filter((limit) => mark >= limit).length;
    item.band.textContent = at < 0 ? "" : names[at];
    item.bands.forEach((part, i) => part.classList.toggle("at", i === at));
    const wrong = item.input.value.trim() !== "" && mark === null;
    item.input.setAttribute("aria-invalid", String(wrong));
    item.wrong.hidden = !wrong;
    item.must.hidden = !asksComment(mark);
    item.box.classList.toggle("lacks", lacksComment(item));
  };
  /* hundredths are summed as whole numbers: half points times weights of two decimals */
  const show = () => {
    const marked = items.map((item) => [item, markOf(item)]).filter(([, mark]) => mark !== null);
    const points = marked.reduce((sum, [item, mark]) => sum + Math.round(mark * 2) * Math.round(item.weight * 100), 0);
    write("points", (Math.floor(points / 200 + 0.5) / 100).toFixed(2));
    write("weight", String(marked.reduce((sum, [item]) => sum + Math.round(item.weight * 100), 0) / 100));
    write("marked", String(marked.length));
    items.forEach(showItem);
    const left = items.length - marked.length;
    const comments = items.filter(lacksComment).length;
    const why = left ? words.textLeft.replace("%(n)s", left) : comments ? words.textComment.replace("%(n)s", comments) : "";
    submit.textContent = why || words.textSubmit;
    submit.setAttribute("aria-disabled", String(Boolean(why)));
  };

  /* keys: two digits move on, except 10, which waits for 100; a point typed after the jump returns */
  const OFF = "lx-jump-off";
  const jump = form.querySelector("[data-jump]");
  try { jump.checked = localStorage.getItem(OFF) !== "1"; } catch { /* no storage: it jumps */ }
  jump.addEventListener("change", () => { try { if (jump.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* not remembered */ } });
  let jumped = -1;
  const focusOn = (place) => {
    const item = items[place];
    if (item) { item.input.focus(); item.input.select(); } else submit.focus();
  };
  const goBack = (place, text) => {
    const before = items[place].input;
    before.value = plain(before.value) + text;
    before.focus();
    before.setSelectionRange(before.value.length, before.value.length);
    jumped = -1;
    before.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const typedInto = (item, place, event) => {
    const text = plain(item.input.value);
    if (jumped === place - 1 && text.startsWith(".") && place > 0) {
      item.input.value = "";
      goBack(place - 1, text);
      return;
    }
    jumped = -1;
    const typed = event.inputType === "insertText" || event.type === "compositionend";
    if (jump.checked && typed && (/^[0-9]{2}$/.test(text) && text !== "10" || text === "100")) {
      jumped = place;
      focusOn(place + 1);
    }
  };
  items.forEach((item, place) => {
    item.more.querySelector("summary").tabIndex = -1; /* Tab goes from mark to mark; Alt+M opens the comment */
    item.box.addEventListener("focusin", () => items.forEach((other) => other.box.classList.toggle("on", other === item)));
    item.input.addEventListener("input", (event) => { if (!event.isComposing) typedInto(item, place, event); });
    item.input.addEventListener("compositionend", (event) => typedInto(item, place, event));
    item.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
      event.preventDefault(); /* no button is pressed by chance */
      focusOn(place + 1);
    });
  });

  /* the sheet of small screens */
  const peek = form.querySelector(".lx-peek");
  const openSheet = (open) => {
    form.toggleAttribute("data-open", open);
    peek.setAttribute("aria-expanded", String(open));
    peek.querySelector(".go").textContent = open ? words.textClose : words.textOpen;
  };
  peek.addEventListener("click", () => openSheet(!form.hasAttribute("data-open")));
  const toSheet = () => {
    openSheet(true);
    const blank = items.findIndex((item) => markOf(item) === null);
    focusOn(blank < 0 ? 0 : blank);
  };

  const go = (name) => { const link = document.querySelector(`[data-${name}]`); if (link) link.click(); };
  const toSection = (number) => {
    const section = document.getElementById(`s${number}`);
    if (!section) return;
    openSheet(false);
    section.scrollIntoView();
    section.focus({ preventScroll: true });
  };
  const toComment = () => {
    const item = items.find((one) => one.box.classList.contains("on")) || items[0];
    item.more.open = true;
    item.comment.focus();
  };
  const onAlt = (event) => {
    if (event.key === "0") toSheet();
    else if (/^[1-9]$/.test(event.key)) toSection(event.key);
    else if (event.key.toLowerCase() === "m") toComment();
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") go(event.key === "ArrowLeft" ? "previous" : "following");
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); submit.click(); return; }
    if (event.altKey && !event.ctrlKey && !event.metaKey) { onAlt(event); return; }
    if (plain(event.key) === "." && document.activeElement === submit && jumped === items.length - 1) {
      event.preventDefault();
      goBack(items.length - 1, ".");
    }
  });
  const toFault = () => {
    openSheet(true);
    const blank = items.findIndex((item) => markOf(item) === null);
    if (blank >= 0) { focusOn(blank); return; }
    const bare = items.find(lacksComment);
    bare.more.open = true;
    bare.comment.focus();
  };
  submit.addEventListener("click", (event) => {
    if (submit.getAttribute("aria-disabled") !== "true") return;
    event.preventDefault();
    toFault();
  });

  /* where one reads: the section in view is marked in the list of contents */
  const links = new Map(Array.from(document.querySelectorAll(".lx-toc a"), (link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (!entry.isIntersecting) return;
    links.forEach((link, id) => { if (id === entry.target.id) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
  }), { rootMargin: "-10% 0px -70% 0px" });
  links.forEach((_link, id) => { const section = document.getElementById(id); if (section) seen.observe(section); });

  form.addEventListener("input", show);
  form.addEventListener("sheet:changed", show);
  show();
  const faulty = document.querySelector("[data-errors]");
  if (faulty) openSheet(true);
  else if (!small.matches && !window.location.hash && items.some((item) => markOf(item) === null)) {
    items.find((item) => markOf(item) === null).input.focus({ preventScroll: true });
  }
})();
