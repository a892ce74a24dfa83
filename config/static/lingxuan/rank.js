/* The order of nominees: buttons, Alt+arrow keys, dragging. The page works without it: numbers are typed. */
(() => {
  "use strict";
  const list = document.querySelector("ol[data-rank]");
  if (!list) return;
  const rows = () => Array.from(list.children);
  const said = document.querySelector("[data-rank-said]");
  const name = (row) => row.dataset.name;
  const inputOf = (row) => row.querySelector("input");

  const number = () => rows().forEach((row, i) => {
    const input = inputOf(row);
    if (input.value !== String(i + 1)) {
      input.value = i + 1;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    row.querySelector("[data-move=up]").setAttribute("aria-disabled", String(i === 0));
    row.querySelector("[data-move=down]").setAttribute("aria-disabled", String(i === list.children.length - 1));
  });
  const say = (row) => {
    said.textContent = list.dataset.textMoved.replace("%(name)s", name(row)).replace("%(rank)s", rows().indexOf(row) + 1);
  };
  const move = (row, by) => {
    const place = rows().indexOf(row);
    const other = rows()[place + by];
    if (!other) return;
    if (by < 0) other.before(row); else other.after(row);
    number();
    say(row);
  };

  rows().forEach((row) => {
    row.querySelectorAll("[data-move]").forEach((button) => button.addEventListener("click", () => {
      move(row, button.dataset.move === "up" ? -1 : 1);
      button.focus();
    }));
    row.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const held = document.activeElement;
      move(row, event.key === "ArrowUp" ? -1 : 1);
      held.focus();
    });
    /* a number typed puts the row there, once the field is left */
    inputOf(row).addEventListener("change", () => {
      const wanted = Number(inputOf(row).value);
      if (!Number.isInteger(wanted) || wanted < 1 || wanted > list.children.length) return;
      const others = rows().filter((other) => other !== row);
      const next = others[wanted - 1];
      if (next) next.before(row); else list.append(row);
      number();
      say(row);
    });
    /* dragged by its handle only: text in the row can still be marked */
    const handle = row.querySelector("[data-handle]");
    handle.addEventListener("pointerdown", () => { row.draggable = true; });
    handle.addEventListener("pointerup", () => { row.draggable = false; });
    row.addEventListener("dragstart", (event) => {
      row.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", name(row));
    });
    row.addEventListener("dragend", () => {
      row.draggable = false;
      row.classList.remove("dragged");
      number();
      say(row);
    });
  });
  list.addEventListener("dragover", (event) => {
    const row = list.querySelector(".dragged");
    if (!row) return;
    event.preventDefault();
    const below = rows().find((other) => other !== row && event.clientY < other.getBoundingClientRect().top + other.offsetHeight / 2);
    if (below) below.before(row); else list.append(row);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  number();
})();
