/* The record of an activity: its photos go up with a bar; without a network what was typed stays in this browser. */
(() => {
  const form = document.querySelector("form[data-activity]");
  if (!form || !window.XMLHttpRequest) return;
  const status = form.querySelector("[data-activity-status]");
  const bar = form.querySelector("[data-activity-progress]");
  const buttons = form.querySelectorAll("button");
  const busy = (on) => { buttons.forEach((b) => { b.disabled = on; }); bar.hidden = !on; };

  /* the server's own answer to what it does not take: the whole form again, with its errors */
  const plainly = (pressed) => {
    const chosen = document.createElement("input");
    chosen.type = "hidden";
    chosen.name = pressed;
    chosen.value = "1";
    form.append(chosen);
    busy(false);
    form.submit();
  };

  form.addEventListener("submit", (event) => {
    const pressed = event.submitter && event.submitter.name ? event.submitter.name : "draft";
    const body = new FormData(form);
    event.preventDefault();
    body.append(pressed, "1");
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action") || window.location.href);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; });
    request.addEventListener("load", () => {
      let next = "";
      if (request.status === 200) { try { next = JSON.parse(request.responseText).next; } catch { next = ""; } }
      if (next) window.location.assign(next);
      else plainly(pressed);
    });
    request.addEventListener("error", () => {
      sessionStorage.removeItem("lx-sent"); /* it was not sent: the draft stays */
      busy(false);
      status.textContent = form.dataset.textOffline;
    });
    busy(true);
    status.textContent = form.dataset.textSending;
    request.send(body);
  });
})();
