/* Attachments: each file goes by itself, with its progress and its answer. Without this the form sends them together. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.FormData || !window.XMLHttpRequest) return;
  const words = form.dataset;
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector("[data-uploads]");
  const status = form.querySelector("[data-upload-status]");
  const button = form.querySelector("button.btn-primary");
  const waiting = [];
  let busy = false;

  const line = (file) => {
    const item = document.createElement("li");
    const text = document.createElement("div");
    const name = document.createElement("div");
    const note = document.createElement("div");
    const bar = document.createElement("progress");
    text.className = "grow";
    name.className = "fw-medium";
    note.className = "t-note";
    name.textContent = file.name;
    note.textContent = words.textWaiting;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    text.append(name, note, bar);
    item.append(text);
    list.append(item);
    list.hidden = false;
    return { item, note, bar, again: null };
  };
  const say = (shown, text, good) => {
    shown.note.textContent = text;
    shown.note.className = good ? "t-note t-ok" : "t-note t-bad";
    shown.bar.hidden = true;
    status.textContent = `${shown.bar.getAttribute("aria-label")}：${text}`;
  };
  const retry = (job) => {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-quiet btn-s";
    again.textContent = words.textRetry;
    again.addEventListener("click", () => {
      again.remove();
      job.shown.bar.hidden = false;
      job.shown.note.className = "t-note";
      job.shown.note.textContent = words.textWaiting;
      waiting.push(job);
      next();
    });
    job.shown.item.append(again);
  };
  const answered = (job, request) => {
    const type = request.getResponseHeader("content-type") || "";
    if (type.includes("json")) {
      const answer = JSON.parse(request.responseText).results[0];
      say(job.shown, answer.message, answer.ok);
      return;
    }
    const signedOut = request.responseURL && new URL(request.responseURL).pathname !== location.pathname;
    say(job.shown, request.status === 413 ? words.textLarge : signedOut ? words.textSignin : words.textFailed, false);
    if (request.status !== 413) retry(job);
  };

  /* the list below, as the server now has it; what was refused stays above with its reason */
  const refresh = async () => {
    try {
      const page = await (await fetch(location.pathname, { headers: { Accept: "text/html" } })).text();
      const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("files");
      if (fresh) document.getElementById("files").replaceWith(fresh);
    } catch { /* the list is read again with the next page */ }
  };
  const done = (job) => {
    busy = false;
    if (waiting.length) next();
    else {
      button.removeAttribute("aria-disabled");
      refresh();
    }
    return job;
  };
  const next = () => {
    if (busy || !waiting.length) return;
    const job = waiting.shift();
    const request = new XMLHttpRequest();
    const data = new FormData();
    busy = true;
    button.setAttribute("aria-disabled", "true");
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("kind", job.kind);
    data.append("files", job.file);
    job.shown.note.textContent = words.textSending;
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) job.shown.bar.value = event.loaded / event.total; });
    request.upload.addEventListener("load", () => { job.shown.note.textContent = words.textChecking; });
    request.addEventListener("load", () => { answered(job, request); done(job); });
    request.addEventListener("error", () => { say(job.shown, words.textOffline, false); retry(job); done(job); });
    request.open("POST", location.pathname);
    request.setRequestHeader("Accept", "application/json");
    request.send(data);
  };
  const add = (files) => {
    const kind = form.elements.kind.value;
    Array.from(files).forEach((file) => waiting.push({ file, kind, shown: line(file) }));
    next();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input.files.length) {
      status.textContent = words.textNone;
      input.focus();
      return;
    }
    add(input.files);
    input.value = "";
  });
  window.addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });

  /* files may be dropped on the form */
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.toggleAttribute("data-over", true); });
  form.addEventListener("dragleave", () => form.toggleAttribute("data-over", false));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.toggleAttribute("data-over", false);
    add(event.dataTransfer.files);
  });
})();
