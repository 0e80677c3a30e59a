/* The customer's pages work without this; it adds steppers, sharing, a busy Pay button and the mark "a person was here". */

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, listener, options) => document.addEventListener(type, listener, options);

/* ------------------------------------------------------------------ a person was here */

/* Mail scanners open links too: only a page seen for two seconds and touched counts. */
const openedUrl = document.body.dataset.openedUrl;
if (openedUrl) {
  const signs = ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"];
  let seenFor = 0, isTouched = false, isSent = false;
  const send = () => {
    if (isSent || !isTouched || seenFor < 2) return;
    isSent = true;
    clearInterval(timer);
    fetch(openedUrl, { method: "POST", keepalive: true, credentials: "same-origin" }).catch(() => {});
  };
  const timer = setInterval(() => { if (document.visibilityState === "visible") { seenFor += 0.25; send(); } }, 250);
  const touched = (event) => {
    // Chromium reports a move that moved nothing when a page appears under a resting mouse: that is nobody's.
    if (event.type === "pointermove" && !event.movementX && !event.movementY) return;
    isTouched = true;
    for (const sign of signs) removeEventListener(sign, touched, true);
    send();
  };
  for (const sign of signs) addEventListener(sign, touched, { capture: true, passive: true });
}

/* ------------------------------------------------------------------ copy and share */

on("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  const share = event.target.closest("[data-share]");
  if (copy) {
    const source = $(copy.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      copy.classList.add("is-copied");
      say(document.body.dataset.copied);
      setTimeout(() => copy.classList.remove("is-copied"), 2000);
    } catch {
      source.select?.();
    }
  } else if (share) {
    navigator.share({ url: share.dataset.shareUrl, title: share.dataset.shareTitle, text: share.dataset.shareText }).catch(() => {});
  }
});
on("focusin", ({ target }) => { if (target.matches("[data-select-all]")) target.select(); });
if (navigator.share) for (const button of $$("[data-share]")) button.hidden = false;

function say(text) {
  const note = $(".announcer") ?? document.body.appendChild(Object.assign(document.createElement("p"), { className: "announcer visually-hidden" }));
  note.setAttribute("role", "status");
  setTimeout(() => { note.textContent = text; }, 50);
}

/* ------------------------------------------------------------------ forms */

/* Once sent, a form stays sent: a second press, or Enter, does nothing until the page is shown again. */
on("submit", (event) => {
  const form = event.target;
  if (form._isSent) { event.preventDefault(); return; }
  const button = event.submitter ?? $("[data-primary]", form);
  if (!navigator.onLine && button?.matches("[data-primary]")) {
    event.preventDefault();
    waitingNote(button, document.body.dataset.offline);
    return;
  }
  form._isSent = true;
  if (!button?.matches(".has-busy, [data-busy]")) return;
  button.setAttribute("aria-busy", "true");
  const words = button.dataset.busy ?? $(".button-busy", button)?.textContent;
  if (words) say(words);
  if (form.dataset.waiting) setTimeout(() => waitingNote(button, form.dataset.waiting), 20000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form._isSent;
  for (const button of $$("[aria-busy=true]")) button.removeAttribute("aria-busy");
});
function waitingNote(button, text) {
  const note = $(".button-waiting", button.parentElement) ?? document.createElement("p");
  note.className = "button-waiting";
  note.setAttribute("role", "status");
  button.after(note);
  note.textContent = text;
}
addEventListener("online", () => { for (const note of $$(".button-waiting")) note.remove(); });

/* data-auto-submit sends the form on change; with ids it swaps only those parts of the answered page. */
const timers = new WeakMap();
function autoSubmit(form, delay) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => (form.dataset.autoSubmit ? refresh(form) : form.requestSubmit()), delay));
}
let newest = 0;
async function refresh(form) {
  const turn = ++newest;
  const ids = form.dataset.autoSubmit.split(" ");
  for (const id of ids) document.getElementById(id)?.setAttribute("aria-busy", "true");
  try {
    const isGet = form.method === "get";
    const values = new URLSearchParams(new FormData(form));
    const url = new URL(form.dataset.autoUrl || form.getAttribute("action"), location.href);
    if (isGet) url.search = values;
    const answer = await fetch(url, isGet ? {} : { method: "POST", body: values });
    if (turn !== newest) return;
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    swap(ids, new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    if (turn === newest) form.submit();
  }
}
function swap(ids, page) {
  for (const id of ids) {
    const old = document.getElementById(id), fresh = page.getElementById(id);
    if (!old || !fresh) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(document.adoptNode(fresh));
    if (focused) document.getElementById(focused)?.focus();
  }
}
on("change", ({ target }) => {
  const form = target.form;
  if (form?.hasAttribute("data-auto-submit") && !target.closest("[data-no-auto]")) autoSubmit(form, 0);
});

/* Enter in a field presses the button it names, not the first of a form that has many. */
on("keydown", (event) => {
  const button = event.key === "Enter" && !event.isComposing && document.getElementById(event.target.dataset?.enter);
  if (!button) return;
  event.preventDefault();
  button.click();
});

/* Pages that wait for a bank go on by themselves; without script their button does. */
for (const form of $$("form[data-submit-after]")) setTimeout(() => { if (!form._isSent) form.requestSubmit(); }, Number(form.dataset.submitAfter));

/* ------------------------------------------------------------------ steppers */

on("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = $(".stepper-input", button.parentElement);
  step(input, Number(button.dataset.step));
});
on("keydown", (event) => {
  if (!event.target.matches?.(".stepper-input") || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  step(event.target, event.key === "ArrowUp" ? 1 : -1);
});
function step(input, by) {
  const unit = Number(input.dataset.unit || 1), now = Number.parseInt(input.value, 10) || 0;
  const most = input.dataset.max ? Number(input.dataset.max) : Infinity;
  const next = Math.max(Number(input.dataset.min || 0), Math.min(most, now + by * unit));
  if (next === now) return;
  input.value = String(next);
  if (input.form?.matches("[data-auto-submit]")) autoSubmit(input.form, 400);
  else if (input.form?.matches(".stepper-form")) {
    clearTimeout(timers.get(input));
    timers.set(input, setTimeout(() => input.form.requestSubmit(), 400));
  }
}
on("change", ({ target }) => { if (target.matches(".stepper-input") && target.form?.matches(".stepper-form")) target.form.requestSubmit(); });

/* ------------------------------------------------------------------ errors */

/* In a form with data-check-url a field is looked at once it was left with something in it; the server says what is wrong. */
on("focusout", async ({ target }) => {
  const form = target.form, typed = target.value, url = form?.dataset?.checkUrl;
  const old = target.closest?.(".field");
  if (!url || !old || !typed || (typed === target.defaultValue && !old.matches(".has-error"))) return;
  try {
    const answer = await fetch(`${url}&field=${encodeURIComponent(target.name)}`, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(target.id)?.closest(".field");
    const isSame = !fresh || !(old.matches(".has-error") || fresh.matches(".has-error"));
    if (isSame || !answer.ok || !old.isConnected || target.value !== typed || document.activeElement === target) return;
    old.replaceWith(document.adoptNode(fresh));
  } catch { /* It is looked at again when the form is sent. */ }
});

const summary = $("[data-error-summary]");
if (summary) summary.focus();
on("input", ({ target }) => {
  const field = target.closest?.(".has-error");
  if (field && target.value && target.checkValidity()) target.removeAttribute("aria-invalid");
});

/* ------------------------------------------------------------------ held for you */

/* More time is offered near the end, and no longer after it. Without script it is offered all the while. */
for (const hold of $$("[data-hold]")) {
  const more = $("[data-hold-ask]", hold);
  if (!more) continue;
  more.hidden = true;
  setTimeout(() => { more.hidden = false; say(more.textContent.trim().replace(/\s+/g, " ")); }, Number(more.dataset.holdAsk) * 1000);
  setTimeout(() => { more.hidden = true; }, Number(hold.dataset.hold) * 1000);
}
