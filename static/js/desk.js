/* The pages work without any of this. What does what: templates/ui/README.md. */

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, listener, options) => document.addEventListener(type, listener, options);
const byId = (id) => document.getElementById(id);
const NOWHERE = document.createElement("i");
const part = (name) => $(`#script-parts [data-part="${name}"]`).content.firstElementChild.cloneNode(true);
const showSoon = (element) => requestAnimationFrame(() => element.scrollIntoView({ block: "nearest" }));
const isTextField = (element) => !!element?.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");
const isShown = (element) => !!element && element.getClientRects().length > 0;
const FOCUSABLE = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select, textarea, summary";

/* --- saying things */

function announce(text) {
  const place = topDialog() ?? document.body;
  const note = $(":scope > .announcer", place) ?? place.appendChild(Object.assign(document.createElement("p"), { className: "announcer visually-hidden" }));
  note.setAttribute("role", "status");
  note.textContent = "";
  setTimeout(() => { note.textContent = text; }, 50);
}

const errorSlot = () => $(".dialog-error", topDialog() ?? NOWHERE) ?? $("#error");

/* --- requests: token, repeat, retry */

const tokenMeta = $('meta[name="csrf-token"]');
const RETRY_AFTER = [1000, 3000, 10000];
const waitingForLogIn = new Map();
let askedToLogIn = 0;
const waitingForNetwork = new Map();

function renewToken(token) {
  tokenMeta.content = token;
  for (const field of $$('input[name="csrf_token"]')) field.value = token;
}

const isWrite = (ctx) => ctx.request.method !== "GET";

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const isQuiet = (ctx) => "quiet" in ctx.sourceElement.dataset;

/* A changed form is a new act. */
function freshKey(form, body) {
  const content = JSON.stringify([...body].filter(([name]) => name !== "request_key" && name !== "csrf_token"));
  if (form._sent && form._sent.key === body.get("request_key") && form._sent.content !== content) {
    body.set("request_key", newKey());
    const field = $('input[name="request_key"]', form);
    if (field) field.value = body.get("request_key");
  }
  form._sent = { key: body.get("request_key"), content };
}

on("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const { request, sourceElement } = ctx;
  /* Enter asked for what was typed before it. */
  if (sourceElement.matches?.("[data-check]") && !isWorthChecking(sourceElement)
    || sourceElement.matches?.("[role=combobox]") && isTooShort(sourceElement)
    || ctx.sourceEvent?.timeStamp < sourceElement._takenAt) {
    event.preventDefault();
    return;
  }
  if (ctx.entries) {
    for (const name of [...request.body.keys()]) request.body.delete(name);
    for (const [name, value] of ctx.entries) request.body.append(name, value);
  } else if (isWrite(ctx) && request.body.has("request_key")) {
    freshKey(sourceElement.closest("form") ?? sourceElement, request.body);
  }
  if (isWrite(ctx) && !ctx.entries && sourceElement.closest?.("[data-saves]")) {
    request.body.set("act_key", newKey());
    const version = $("#here-version")?.value;
    if (version && !request.body.has("version")) request.body.set("version", version);
  }
  if (isWrite(ctx)) ctx.entries = [...request.body];
  request.headers["X-CSRFToken"] = tokenMeta.content;
  if (request.body?.has?.("csrf_token")) request.body.set("csrf_token", tokenMeta.content);
  if (!ctx.attempt) takeTyped(ctx);
});

function repeat(ctx, more = {}) {
  const { sourceElement, wanted: { target, swap, select } } = ctx;
  if (!sourceElement.isConnected) return;
  return htmx.ajax(ctx.request.method, ctx.request.action, {
    source: sourceElement, event: ctx.sourceEvent, swap, select,
    target: target?.id ? `#${CSS.escape(target.id)}` : target,
    entries: ctx.entries, typed: ctx.typed, attempt: ctx.attempt ?? 1, ...more,
  });
}
const repeatSoon = (ctx, more) => setTimeout(() => repeat(ctx, more));

on("htmx:before:request", ({ detail: { ctx } }) => {
  saveState(ctx, "saving");
  ctx.wanted = { target: ctx.target, swap: ctx.swap, select: ctx.select };
  if (isQuiet(ctx)) return;
  ctx.slow = setTimeout(() => {
    const note = part("still-working");
    $("[data-cancel]", note).addEventListener("click", () => { htmx.trigger(ctx.sourceElement, "htmx:abort"); note.remove(); });
    errorSlot()?.append(note);
    ctx.slowNote = note;
  }, 8000);
});

on("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const { status, headers } = ctx.response;
  const token = headers.get("X-CSRF-Token");
  if (token) renewToken(token);
  if (status === 401 && !ctx.sourceElement.closest("#login-dialog")) {
    event.preventDefault();
    if (isQuiet(ctx)) return;
    waitingForLogIn.set(ctx.sourceElement, ctx);
    if ($("#login-dialog dialog") || Date.now() - askedToLogIn < 5000) return;
    askedToLogIn = Date.now();
    htmx.ajax("GET", "/login?dialog=1", { target: "#login-dialog", swap: "innerHTML" });
  } else if (status === 419 && token && !ctx.tokenTried) {
    event.preventDefault();
    repeatSoon(ctx, { tokenTried: true });
  } else if (status >= 500 && !ctx.hx.retarget && willRetry(ctx)) {
    event.preventDefault();
  }
});

/* An error page goes to the slot in sight, not into the region. */
on("htmx:after:request", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status < 400) {
    if (isWrite(ctx)) wrote(ctx);
    return;
  }
  if (isQuiet(ctx)) {
    ctx.swap = "none";
    return;
  }
  const isClash = status === 409 && ctx.hx.retarget === "#dialog" && !ctx.sourceElement.closest("dialog");
  if (isClash) clash = ctx.sourceElement;
  if (status >= 500 || isClash) gaveUp(ctx);
  else saveState(ctx, "refused");
  giveBackTyped(ctx);
  if (status >= 500 && ctx.sourceElement.dataset.failed) {
    ctx.swap = "none";
    loadFailed(ctx);
  } else if (!ctx.hx.retarget && /^\s*<div id="error"/.test(ctx.text)) {
    ctx.target = errorSlot();
    ctx.swap = "innerHTML strip:true";
    ctx.select = null;
    showSoon(ctx.target);
  } else if (status >= 500 && !ctx.hx.retarget) {
    ctx.swap = "none";
  }
});

on("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx?.request || isQuiet(ctx) || ctx.response?.status < 500 && ctx.text !== undefined) return;
  if (willRetry(ctx)) return;
  giveBackTyped(ctx);
  if (isWrite(ctx)) gaveUp(ctx);
  loadFailed(ctx);
});

on("htmx:finally:request", ({ detail: { ctx } }) => {
  clearTimeout(ctx.slow);
  ctx.slowNote?.remove();
  if (ctx.response?.status < 400) ctx.sourceElement.closest("[data-closes]")?.closest("dialog")?.close();
});

function willRetry(ctx) {
  const hasKey = ctx.entries?.some(([name]) => name === "request_key" || name === "act_key");
  if (!isWrite(ctx) || !hasKey) return false;
  if (!navigator.onLine) {
    waitingForNetwork.set(ctx.typed ? ctx.entries : ctx.sourceElement, ctx);
    saveState(ctx, "offline");
    markUnsaved(ctx);
    return true;
  }
  const tries = ctx.tries ?? 0;
  if (tries >= RETRY_AFTER.length) return false;
  saveState(ctx, "retrying");
  if (ctx.sourceElement.closest("dialog")) errorSlot()?.replaceChildren(Object.assign(document.createElement("p"), { className: "still-working", textContent: "Not saved — retrying" }));
  setTimeout(() => repeat(ctx, { tries: tries + 1 }), RETRY_AFTER[tries]);
  return true;
}

function loadFailed(ctx) {
  const note = part("load-failed");
  const place = ctx.sourceEvent?.type === "load" ? ctx.target : errorSlot();
  const code = /\bE-[0-9A-Z]{4}\b/.exec(ctx.text ?? "");
  if (isWrite(ctx)) $("p", note).textContent = (ctx.sourceElement.dataset.failed ?? "The change was not saved.") + (code ? ` Code ${code[0]}` : "");
  $("[data-try-again]", note).addEventListener("click", () => { note.remove(); repeat(ctx, { tries: 0 }); });
  place?.replaceChildren(note);
  showSoon(note);
}

/* The answer says what time it was saved. */
function wrote(ctx) {
  if (isQuiet(ctx)) return;
  saveState(ctx, "saved");
  clearUnsaved(ctx.sourceElement);
  waitingForNetwork.delete(ctx.sourceElement);
  if (ctx.sourceElement.matches("[data-clears]")) ctx.sourceElement.reset();
  if (ctx.sourceElement.closest("[data-closes]")) settleClash();
  dropToast(ctx.sourceElement.closest(".toast"));
  for (const field of $$("textarea", ctx.sourceElement)) field.defaultValue = new Map(ctx.entries).get(field.name) ?? field.defaultValue;
  errorSlot()?.replaceChildren();
  const stepper = $(".stepper-input", ctx.sourceElement.closest("form") ?? NOWHERE);
  if (stepper && ctx.entries.some(([name, value]) => name === stepper.name && value === stepper.value)) typedIn.delete(stepper);
}

function gaveUp(ctx) {
  if (!isWrite(ctx)) return;
  saveState(ctx, "failed");
  markUnsaved(ctx, () => repeat(ctx, { tries: 0, entries: undefined }));
}

/* What clashes stays typed and marked until one of both is chosen. */
let clash;
function settleClash() {
  typedIn = new WeakSet();
  if (!clash) return;
  for (const field of $$("textarea", clash)) field.defaultValue = field.value;
  clearUnsaved(clash);
  clash = null;
}

/* Swaps drop the marks, so they are drawn again. */
const unsaved = new Map();
function markUnsaved(ctx, again) {
  clearUnsaved(ctx.sourceElement);
  for (const field of changedFields(ctx)) {
    if (field.matches("[role=combobox]") || field.closest("dialog")) continue;
    unsaved.set(field, again);
    drawUnsaved(field);
  }
}
function drawUnsaved(field) {
  const place = field.closest(".stepper, .field") ?? field;
  (field.closest(".stepper") ?? field).classList.add("is-unsaved");
  if (place.nextElementSibling?.matches(".not-saved")) return;
  const note = part("not-saved");
  $("[data-value]", note).textContent = field.type === "checkbox" ? field.checked ? "on" : "off" : field.value;
  const button = $("[data-try-again]", note);
  if (unsaved.get(field)) button.addEventListener("click", unsaved.get(field));
  else button.remove();
  place.after(note);
}
on("htmx:after:swap", () => {
  for (const field of unsaved.keys()) field.isConnected ? drawUnsaved(field) : unsaved.delete(field);
});

function changedFields({ sourceElement, sourceEvent }) {
  const kinds = "input:not([type=hidden]), select, textarea";
  const fields = [sourceEvent?.target, sourceElement, ...$$(kinds, sourceElement)].filter((field) => field?.matches?.(kinds));
  const texts = fields.filter((field) => field.matches("textarea") && field.value !== field.defaultValue);
  return texts.length ? texts : fields.slice(0, 1);
}

function clearUnsaved(source) {
  const root = source.closest("form") ?? source.parentElement;
  $$(".not-saved", root).forEach((note) => note.remove());
  $$(".is-unsaved", root).forEach((field) => field.classList.remove("is-unsaved"));
  for (const field of unsaved.keys()) if (root.contains(field)) unsaved.delete(field);
}

addEventListener("online", async () => {
  toggleOffline();
  const waiting = [...waitingForNetwork.values()];
  waitingForNetwork.clear();
  for (const ctx of waiting) await repeat(ctx, { tries: 0 });
});
addEventListener("offline", toggleOffline);
function toggleOffline() {
  const banner = $("#offline");
  if (banner) banner.hidden = navigator.onLine;
}
addEventListener("beforeunload", (event) => { if (waitingForNetwork.size || unsaved.size || $(".toast [name=restores]")) event.preventDefault(); });

on("signed-in", () => {
  $("#login-dialog dialog")?.close();
  const waiting = [...waitingForLogIn.values()];
  waitingForLogIn.clear();
  for (const ctx of waiting) repeatSoon(ctx);
});

/* --- save status */

let savingTimer;
let beforeSaving = "";
function saveState(ctx, state) {
  const status = $("[data-save-status]");
  if (!status || !isWrite(ctx) || !ctx.sourceElement.closest?.("[data-saves]")) return;
  clearTimeout(savingTimer);
  if (state === "saving") {
    if (status.dataset.state === "retrying" || status.dataset.state === "failed") return;
    savingTimer = setTimeout(() => {
      beforeSaving = status.dataset.state === "saving" ? beforeSaving : status.textContent;
      showSave(status, "saving", "Saving…");
    }, 400);
  } else if (state === "refused") {
    if (status.dataset.state === "saving") showSave(status, "saved", beforeSaving);
  } else if (state === "failed") {
    showSave(status, "failed", "Not saved. ");
    const again = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: "Try now" });
    again.addEventListener("click", () => repeat(ctx, { tries: 0 }));
    status.append(again);
  } else if (state !== "saved") {
    showSave(status, "retrying", state === "offline" ? "Not saved — waiting for the network" : "Not saved — retrying");
  }
}
function showSave(status, state, text) {
  status.dataset.state = state;
  status.textContent = text;
}

/* --- dialogs */

const dialogSlot = $("#dialog");
const loginSlot = $("#login-dialog");
const dialogPaths = new Map();
let opening = {};
let leaving = false;

const topDialog = () => $$("dialog[open]").at(-1);

on("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.target === dialogSlot && !topDialog() && !opening.isAgain) opening = { opener: ctx.sourceElement };
});
on("htmx:before:history:update", ({ detail }) => {
  if (opening.opener === detail.sourceElement && detail.history.type === "push") {
    opening.path = detail.history.path;
    dialogPaths.set(detail.history.path, detail.sourceElement);
  }
});

function openDialog(dialog) {
  const isLogIn = loginSlot?.contains(dialog);
  const opener = isLogIn ? document.activeElement : opening.opener ?? document.activeElement;
  dialog._entry = { opener, key: opener?.closest?.("[data-focus-key]")?.dataset.focusKey, path: isLogIn ? null : opening.path };
  if (!isLogIn) opening = {};
  showDialog(dialog);
}

function showDialog(dialog) {
  dialog.addEventListener("close", () => closed(dialog), { once: true });
  dialog.showModal();
  focusInDialog(dialog);
}

function focusInDialog(dialog) {
  const wanted = dialog.dataset.focus && $(dialog.dataset.focus, dialog);
  ($("[data-error-summary]", dialog) ?? wanted ?? $(".dialog-title", dialog))?.focus();
}

function closed(dialog) {
  if (!dialog._entry) return;
  const { opener, key, path } = dialog._entry;
  dialog._entry = null;
  dialog.remove();
  titleErrors();
  const goBack = path && location.pathname + location.search === path;
  if (goBack) {
    leaving = true;
    history.back();
  }
  const place = () => focusAgain(opener, key);
  place();
  if (goBack) setTimeout(place, 120);
}

const successorOf = (id, key) => (id && byId(id)) || (key && $(`[data-focus-key="${CSS.escape(key)}"]`));
function focusAgain(element, key) {
  (element?.isConnected && isShown(element) ? element : successorOf(element?.id, key) || $("main h1") || $("main"))?.focus();
}

on("htmx:before:history:restore", (event) => {
  const { path } = event.detail;
  const dialog = topDialog();
  if (leaving) {
    leaving = false;
    event.preventDefault();
  } else if (dialog?._entry?.path) {
    event.preventDefault();
    dialog._entry.path = null;
    dialog.close();
  } else if (dialogPaths.has(path)) {
    event.preventDefault();
    opening = { opener: dialogPaths.get(path), path, isAgain: true };
    htmx.ajax("GET", path, { target: "#dialog", swap: "innerHTML" });
  }
});

/* A dialog in place of another keeps its opener; one swapped away is closed. */
function watchSlot(slot) {
  new MutationObserver((changes) => {
    const gone = changes.flatMap((change) => [...change.removedNodes]).find((node) => node._entry);
    const fresh = $("dialog:not([open])", slot);
    if (fresh && gone) {
      fresh._entry = gone._entry;
      gone._entry = null;
      showDialog(fresh);
    } else if (fresh) {
      openDialog(fresh);
    } else if (gone) {
      closed(gone);
    }
  }).observe(slot, { childList: true });
}
for (const slot of [dialogSlot, loginSlot]) if (slot) watchSlot(slot);
on("click", (event) => {
  const button = event.target.closest("[data-close]");
  const dialog = button?.closest("dialog[open]");
  if (!dialog) return;
  event.preventDefault();
  dialog.close();
});

/* Morphing shuts no dialog or sheet, and undoes nothing that is being typed. */
let typedIn = new WeakSet();
const isDirty = (form) => $$("input, textarea", form).some((field) => unsaved.has(field) || typedIn.has(field) || field.matches("textarea") && field.value !== field.defaultValue);
htmx.registerExtension("desk", {
  htmx_before_morph_node(element) {
    return !unsaved.has(element) && !(unsaved.size && element.id === "save-status");
  },
  htmx_before_morph_attr(element, detail) {
    if (detail.attrName === "open" && detail.newValue === null && element.matches("dialog, details")) return false;
    if (detail.attrName === "data-open" || detail.attrName === "aria-expanded") return false;
    if (detail.attrName === "value" && (typedIn.has(element) || element.name === "version" && element.form && isDirty(element.form))) return false;
    return true;
  },
});

/* --- focus after swaps */

let lastFocus = null;
const stopsOf = (cell) => $$(FOCUSABLE, cell).filter(isShown);
on("focusin", ({ target }) => {
  const cell = target.closest("td, th");
  lastFocus = {
    target, id: target.id, key: target.closest("[data-focus-key]")?.dataset.focusKey,
    row: cell && $$("tr", cell.closest("tbody, thead")).filter(isShown).indexOf(cell.parentElement), column: cell?.cellIndex, nth: cell && stopsOf(cell).indexOf(target), region: cell?.closest("table")?.closest("[id]")?.id,
  };
});

on("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  const summary = $("[data-error-summary]", topDialog() ?? document);
  if (summary && ctx.response?.status === 422 && ctx.sourceElement.matches("form")) {
    summary.focus();
  } else if (document.activeElement === document.body && lastFocus && !lastFocus.target.isConnected) {
    neighbour()?.focus();
  }
});

function neighbour() {
  const { id, key, row, column, nth, region } = lastFocus;
  const same = successorOf(id, key);
  if (same) return same;
  const rows = region ? $$("tbody tr", byId(region) ?? NOWHERE).filter(isShown) : [];
  const cell = rows[Math.min(row, rows.length - 1)]?.cells[column];
  const stops = cell ? stopsOf(cell) : [];
  return stops[nth] ?? stops[0] ?? (topDialog() && $(".dialog-title", topDialog())) ?? $("[data-scanner]") ?? $("main h1");
}

function titleErrors() {
  document.title = ($("[data-error-summary]") ? "Error: " : "") + document.title.replace(/^Error: /, "");
}
on("htmx:after:swap", titleErrors);

on("focus", ({ detail }) => {
  const selector = detail?.to ?? detail?.value;
  const wanted = selector && $(selector);
  if (wanted) focusInSight(wanted);
});

/* The sheet gives way to what is outside it, and stands for what it hides. */
function focusInSight(wanted) {
  const open = $(".summary[data-open]");
  if (open && !open.contains(wanted)) toggleSheet($("[data-sheet]", open));
  (isShown(wanted) ? wanted : $("[data-sheet]", wanted.closest(".summary") ?? NOWHERE) ?? wanted).focus();
}

/* The part an address names gets the cursor, also in the sheet. */
function goToPart(hash) {
  const wanted = byId(hash.slice(1));
  const button = wanted?.closest(".summary:not([data-open])") && $("[data-sheet]");
  if (isShown(button)) toggleSheet(button);
  if (wanted) (wanted.matches(FOCUSABLE) ? wanted : stopsOf(wanted)[0])?.focus();
}
on("click", ({ target }) => {
  const link = target.closest("a[href*='#']");
  if (link?.pathname === location.pathname) setTimeout(goToPart, 0, link.hash);
});

/* A field follows another one also with the focus. */
on("htmx:after:swap", ({ detail: { ctx } }) => {
  const field = document.activeElement;
  if (field?.matches("[data-linked]") && ctx.sourceElement !== field && field.form?.contains(ctx.sourceElement)) field.value = field.defaultValue;
});

function closePanel(inside) {
  const closer = $("[data-close-panel]", inside.closest(".line-panel"));
  const opener = $(closer.dataset.closePanel);
  closer.closest(".line-panel").remove();
  opener?.focus();
}
on("click", (event) => {
  if (!event.target.closest("[data-close-panel]") || !event.target.closest("[id^=panel-]")) return;
  event.preventDefault();
  closePanel(event.target);
});
on("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest?.("[id^=panel-] .line-panel")) return;
  event.preventDefault();
  closePanel(event.target);
});
on("paste", (event) => {
  const field = event.target.closest?.("[data-scanner]");
  const text = event.clipboardData?.getData("text") ?? "";
  const link = $("#paste-list");
  if (!field || !link || !/\S\s*[\r\n]+\s*\S/.test(text)) return;
  event.preventDefault();
  htmx.ajax("POST", link.href, { source: link, target: "#panel-new", swap: "innerHTML", values: { text } });
});

/* --- looking at one field */

/* A note between press and click would move the button away. */
let pressing = null;
on("pointerdown", ({ target }) => { pressing = target.closest?.("button, [type=submit]")?.form ?? null; }, true);
on("pointerup", () => setTimeout(() => { pressing = null; }), true);

const checkOf = (field) => byId(`${field.id}-check`);
function isWorthChecking(field) {
  if (!field.value.trim()) {
    checkOf(field)?.replaceChildren();
    showChecked(field);
    return false;
  }
  return pressing !== field.form;
}
function showChecked(field) {
  const isWrong = !!$(".field-error", checkOf(field) ?? NOWHERE);
  byId(`${field.id}-error`)?.remove();
  field.closest(".field").classList.toggle("has-error", isWrong);
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}
on("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches?.("[data-check]") && ctx.response?.status === 200 && ctx.sourceElement.isConnected) showChecked(ctx.sourceElement);
});
on("click", ({ target }) => {
  const offer = target.closest("[data-fill-in]");
  const field = offer && byId(offer.dataset.fillIn);
  if (!field) return;
  field.value = offer.dataset.value;
  checkOf(field).replaceChildren();
  field.focus();
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

/* --- combobox */

const listOf = (input) => byId(input.getAttribute("aria-controls"));
const inputOf = (list) => $(`[role=combobox][aria-controls="${CSS.escape(list.id)}"]`);
const optionsOf = (input) => $$("[role=option]:not(.option-empty)", listOf(input) ?? NOWHERE);
const choiceOf = (input) => $("[data-choice]", input.closest("[data-combobox]"));
const activeOption = (input) => byId(input.getAttribute("aria-activedescendant") || "none");

function isTooShort(input) {
  const text = input.value.replace(/^\s*\d+\s*[*x]\s*/i, "").trim();
  return text.length < (/^\d/.test(text) ? 1 : Number(input.dataset.minChars || 1));
}

function showList(input, expanded) {
  input.setAttribute("aria-expanded", String(expanded && !!listOf(input)?.childElementCount));
  if (!expanded) setActive(input, null);
}
function emptyList(input) {
  listOf(input)?.replaceChildren();
  showList(input, false);
}
function setActive(input, option) {
  for (const other of optionsOf(input)) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}
function move(input, by) {
  const options = optionsOf(input);
  if (!options.length) return;
  showList(input, true);
  const at = options.indexOf(activeOption(input));
  setActive(input, options[at < 0 ? (by > 0 ? 0 : options.length - 1) : (at + by + options.length) % options.length]);
}
function choose(input, option) {
  if (option.getAttribute("aria-disabled") === "true") return;
  if (option.dataset.href) { location.assign(option.dataset.href); return; }
  if (option.dataset.panel) {
    showList(input, false);
    htmx.ajax("GET", option.dataset.panel, { source: input, target: "#panel-new", swap: "innerHTML" });
    return;
  }
  const choice = choiceOf(input);
  choice.value = option.dataset.value;
  if ("fill" in input.dataset) {
    input.value = option.dataset.text;
    emptyList(input);
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    input.form.requestSubmit();
  }
}

/* Emptied at once, so that the next scan can start. */
function takeTyped(ctx) {
  const input = isWrite(ctx) && ctx.sourceElement.matches("form") && $("[role=combobox]:not([data-fill])", ctx.sourceElement);
  if (!input || !document.contains(input)) return;
  ctx.typed = { input, text: input.value };
  input.form._isScan = input.value === scanned;
  scanned = "";
  htmx.trigger(input, "htmx:abort");
  input._takenAt = ctx.sourceEvent?.timeStamp;
  input.value = "";
  choiceOf(input).value = "";
  emptyList(input);
}
function giveBackTyped(ctx) {
  if (ctx.typed && !ctx.typed.input.value) ctx.typed.input.value = ctx.typed.text;
}

on("htmx:after:settle", ({ detail: { task } }) => {
  const lists = $$("[role=listbox]").filter((list) => task.newContent?.includes?.(list) || task.target === list || task.target?.contains?.(list));
  for (const list of lists) {
    const input = inputOf(list);
    if (!input) continue;
    setActive(input, null);
    showList(input, document.activeElement === input && !!input.value);
    const status = $("[data-count-status]", input.closest("[data-combobox]"));
    if (status) status.textContent = list.dataset.status ?? "";
  }
});

on("keydown", (event) => {
  const input = event.target.closest?.("[role=combobox]");
  if (!input || event.isComposing) return;
  const isOpen = input.getAttribute("aria-expanded") === "true";
  const option = activeOption(input);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(input, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    const isPrimary = event.ctrlKey || event.metaKey;
    if (isPrimary && input.value.trim()) input.form._then = "primary";
    const isTyped = !!input.value.trim();
    if (isOpen && (option || "fill" in input.dataset) || isPrimary === isTyped) event.preventDefault();
    if (isOpen && option) choose(input, option);
    else if (!(isOpen && "fill" in input.dataset) && isPrimary && isTyped) input.form.requestSubmit();
    if (isPrimary && input.form._then) event.stopPropagation();
  } else if (event.key === "Escape") {
    if (!isOpen && !input.value) return;
    event.preventDefault();
    event.stopPropagation();
    if (isOpen) showList(input, false);
    else input.value = "";
  } else if (event.key === "Tab") {
    showList(input, false);
  }
}, true);

on("input", ({ target }) => {
  if (!target.matches("[role=combobox]")) return;
  choiceOf(target).value = "";
  setActive(target, null);
  if (isTooShort(target)) emptyList(target);
});
on("focusout", ({ target }) => { if (target.matches?.("[role=combobox]")) showList(target, false); });
on("focusin", ({ target }) => { if (target.matches?.("[role=combobox]") && target.value && optionsOf(target).length) showList(target, true); });
on("pointerdown", (event) => { if (event.target.closest("[role=option]") && !event.target.closest("a")) event.preventDefault(); });
on("click", (event) => {
  const option = event.target.closest("[role=option]");
  const input = option && !event.target.closest("a") && inputOf(option.closest("[role=listbox]"));
  if (input) choose(input, option);
});
on("htmx:finally:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (!form._then || !ctx.response) return;
  delete form._then;
  if (ctx.response.status < 300) pressPrimary();
});

/* --- steppers */

const stepTimers = new WeakMap();

function sendSoon(input, delay = 400) {
  typedIn.add(input);
  clearTimeout(stepTimers.get(input));
  stepTimers.set(input, setTimeout(() => sendStep(input), delay));
}
function sendStep(input) {
  clearTimeout(stepTimers.get(input));
  stepTimers.delete(input);
  if (!input.value.trim()) { input.value = input.defaultValue; return; }
  if (input.form?.matches(".stepper-form")) input.form.requestSubmit();
  else input.dispatchEvent(new Event("change", { bubbles: true }));
}
function step(input, by) {
  const unit = Number(input.dataset.unit || 1);
  const least = Number(input.dataset.min || 0);
  const most = input.dataset.max ? Number(input.dataset.max) : Infinity;
  const now = Number.parseInt(input.value, 10) || 0;
  const next = Math.max(least, Math.min(Math.max(most, now), now + by * unit));
  if (next === now) return;
  input.value = String(next);
  sendSoon(input);
}
on("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) step($(".stepper-input", button.parentElement), Number(button.dataset.step) * (event.shiftKey ? 10 : 1));
});
on("keydown", (event) => {
  if (!event.target.matches?.(".stepper-input") || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  step(event.target, (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1));
});
on("input", ({ target }) => { if (target.matches(".stepper-input")) { if (target.value.trim()) sendSoon(target); else typedIn.add(target); } });
on("focusout", ({ target }) => { if (target.matches?.(".stepper-input") && (stepTimers.has(target) || !target.value.trim())) sendStep(target); });
on("submit", ({ target }) => {
  for (const input of $$(".stepper-input", target)) { clearTimeout(stepTimers.get(input)); stepTimers.delete(input); }
}, true);

on("toggle", ({ target }) => {
  const kept = target.matches?.("details") && $(":scope > [data-keeps-open]", target.parentElement);
  if (kept) kept.value = target.open ? "open" : "";
  if (target.matches?.("[data-menu][open]")) showSoon($(".menu-panel", target));
}, true);
on("change", ({ target }) => {
  if (target.dataset.shows) $(target.dataset.shows, target.form).type = target.checked ? "text" : "password";
});

/* --- clipboard and sharing */

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
on("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = $(button.dataset.copy);
  const text = source?.value ?? source?.textContent ?? "";
  if (!await copyText(text)) {
    source?.select?.();
    if (!document.execCommand("copy")) return;
    button.focus();
  }
  button.classList.add("is-copied");
  announce("Copied. Paste it anywhere.");
  setTimeout(() => button.classList.remove("is-copied"), 2000);
});

/* Safari takes only a promise made inside the key press. */
on("submit", (event) => {
  const form = event.target;
  const selector = form.dataset.copyOnCreate;
  if (!selector || form._copy) return;
  let fill, fail;
  const text = new Promise((resolve, reject) => { fill = resolve; fail = reject; });
  const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
  blob.catch(() => {});
  let written;
  try {
    written = navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  } catch (refused) {
    written = Promise.reject(refused);
  }
  written.catch(() => {});
  form._copy = { selector, fill, fail, written };
}, true);
on("htmx:finally:request", async ({ detail: { ctx } }) => {
  const form = ctx.copyForm ?? ctx.sourceElement;
  const copy = form._copy;
  if (!copy || !ctx.response) return;
  delete form._copy;
  const source = ctx.response.status < 300 && $(copy.selector);
  if (!source) { copy.fail(new Error("not created")); return; }
  const text = source.value ?? source.textContent;
  copy.fill(text);
  const isCopied = await copy.written.then(() => true, () => copyText(text));
  const heading = $("[data-copied-title]");
  if (isCopied && heading) {
    heading.textContent = heading.dataset.copiedTitle;
    heading.dispatchEvent(new CustomEvent("copied", { bubbles: true }));
    heading.focus();
  } else {
    $("[data-copy]", topDialog() ?? document)?.focus();
  }
});
on("htmx:before:request", ({ detail: { ctx } }) => { if (ctx.sourceElement._copy) ctx.copyForm = ctx.sourceElement; });

function showShare() {
  if (navigator.share) for (const button of $$("[data-share]")) button.hidden = false;
}
on("click", (event) => {
  const button = event.target.closest("[data-share]");
  if (button) navigator.share({ url: button.dataset.shareUrl, title: button.dataset.shareTitle, text: button.dataset.shareText }).catch(() => {});
});
on("htmx:after:swap", showShare);
on("focusin", ({ target }) => { if (target.matches?.("[data-select-all]")) target.select(); });

/* --- toasts */

const toasts = $("#toasts");
let beforeToasts = null;

function watchToast(toast) {
  const seconds = Number(toast.dataset.toast);
  if (!seconds) return;
  let left = seconds * 1000, since = Date.now(), timer = setTimeout(() => dropToast(toast), left);
  const pause = () => { clearTimeout(timer); left -= Date.now() - since; };
  const resume = () => { since = Date.now(); clearTimeout(timer); timer = setTimeout(() => dropToast(toast), Math.max(left, 1500)); };
  for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, pause);
  for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, resume);
}
function dropToast(toast) {
  if (!toast) return;
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (hadFocus) focusAgain(beforeToasts);
  if (!$(".toast", toasts) && toasts.matches(":popover-open")) toasts.hidePopover();
}
function raiseToasts() {
  if (!toasts.showPopover) return;
  toasts.popover = "manual";
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  if ($(".toast", toasts)) toasts.showPopover();
}
if (toasts) {
  $$(".toast", toasts).forEach(watchToast);
  raiseToasts();
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".toast"));
    if (!added.length) return;
    added.forEach(watchToast);
    for (const old of $$(".toast:not([data-toast=stay])", toasts).slice(0, -3)) old.remove();
    raiseToasts();
  }).observe(toasts, { childList: true });
}
on("click", ({ target }) => dropToast(target.closest("[data-toast-close]")?.closest(".toast")));

/* --- keyboard */

const areLettersOn = () => document.body.dataset.shortcuts !== "off";

function pressPrimary() {
  const scope = topDialog() ?? $("main");
  const button = $$("[data-primary]", scope).find(isShown);
  button?.focus();
  button?.click();
}
function press(element) {
  if (isTextField(element)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}
function comboOf(event) {
  const key = /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() : event.altKey && event.code.startsWith("Key") ? event.code.slice(3) : event.key;
  return [(event.ctrlKey || event.metaKey) && "Mod", event.altKey && "Alt", event.shiftKey && key.length > 0 && /^[A-Z]$/.test(key) && "Shift", key].filter(Boolean).join("+");
}
function moveRow(by) {
  const list = $("[data-row-list]");
  if (!list) return;
  const links = $$(".row-main", list).filter(isShown);
  const at = links.findIndex((link) => link.closest("tr") === document.activeElement?.closest?.("tr"));
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
}

let letterTimer;
on("keydown", (event) => {
  clearTimeout(letterTimer);
  if (event.defaultPrevented || event.isComposing) return;
  const combo = comboOf(event);
  const scope = topDialog() ?? document;
  if (combo === "Mod+Enter" || (combo === "Enter" && topDialog() && event.target.matches("h2[tabindex], dialog"))) {
    event.preventDefault();
    pressPrimary();
  } else if (combo === "Mod+S" && $("[data-save-status]")) {
    event.preventDefault();
    const status = $("[data-save-status]");
    if (event.target.matches("textarea") && isDirty(event.target.form)) event.target.dispatchEvent(new Event("change", { bubbles: true }));
    else if (!status.dataset.state || status.dataset.state === "saved") { showSave(status, "saved", "Everything is saved"); }
  } else if (event.key === "F8" && $(".toast", toasts)) {
    event.preventDefault();
    beforeToasts = document.activeElement;
    ($(FOCUSABLE, toasts.lastElementChild) ?? toasts).focus();
  } else if (event.key === "Escape" && closeOpenThing()) {
    event.preventDefault();
  } else if (combo.includes("+")) {
    if (isTextField(event.target) && /^Mod\+(Shift\+)?Z$/.test(combo)) return;
    const found = $$(`[data-hotkey="${CSS.escape(combo)}"]`, scope).find(isShown);
    if (found) { event.preventDefault(); press(found); }
  } else if (!isTextField(event.target) && areLettersOn() && event.key.length === 1) {
    if (combo === "/") event.preventDefault();
    letterTimer = setTimeout(() => letter(combo, scope), 40);
  }
});
function letter(combo, scope) {
  const field = combo === "/" && $$("[data-shortcut='/']", scope).find(isShown);
  const row = document.activeElement?.closest?.("[data-row-list] tr");
  const found = field || $$(`[data-row-key="${CSS.escape(combo)}"]`, row ?? NOWHERE).find(isShown) || $$(`[data-hotkey="${CSS.escape(combo)}"], [data-copy-key="${CSS.escape(combo)}"]`, scope).find(isShown);
  if (found) press(found);
  else if (combo === "?") showKeys();
  else if (combo === "J" || combo === "K") moveRow(combo === "J" ? 1 : -1);
}
function showKeys() {
  if (!topDialog() && dialogSlot) dialogSlot.replaceChildren(part("keys"));
}
on("click", (event) => { if (event.target.closest("[data-show-keys]")) { event.target.closest("details")?.removeAttribute("open"); showKeys(); } });

/* A barcode scanner types fast and ends with Enter. */
let scan = "", scanned = "", lastKeyAt = 0;
on("keydown", (event) => {
  const at = event.timeStamp;
  if (at - lastKeyAt > 35) scan = "";
  lastKeyAt = at;
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) { scan += event.key; return; }
  const input = $("[data-scanner]");
  if (event.key !== "Enter" || scan.length < 4 || !input || topDialog()) return;
  if (event.target === input && input.value === scan) scanned = scan;
  if (isTextField(event.target)) return;
  event.preventDefault();
  clearTimeout(letterTimer);
  input.value = scanned = scan;
  scan = "";
  input.focus();
  input.form.requestSubmit();
}, true);

/* Whoever scans looks at the goods and not at the page. */
let audio = null;
on("unknown-code", ({ target }) => {
  if (!target._isScan || document.body.dataset.sounds !== "on") return;
  audio ??= new AudioContext();
  const tone = audio.createOscillator(), volume = audio.createGain();
  tone.frequency.value = 220;
  volume.gain.value = 0.2;
  tone.connect(volume);
  volume.connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.25);
});

/* --- the end of the session */

const sessionNote = $("#session-ends");
let sessionTimers = [];
function watchSession(seconds) {
  sessionTimers.forEach(clearTimeout);
  sessionNote.hidden = true;
  sessionTimers = [setTimeout(() => { sessionNote.hidden = false; }, Math.max(0, seconds - 120) * 1000), setTimeout(() => { sessionNote.hidden = true; }, seconds * 1000)];
}
if (sessionNote) watchSession(Number(sessionNote.dataset.seconds));
on("session-extended", ({ detail }) => watchSession(Number(detail.seconds)));

/* --- menus, sheet, counts, theme, live state */

function closeOpenThing() {
  const menu = $("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    $("summary", menu).focus();
    return true;
  }
  const sheet = $(".summary[data-open]");
  if (sheet) toggleSheet($("[data-sheet]", sheet));
  return !!sheet;
}
on("click", (event) => {
  for (const menu of $$("details[data-menu][open]")) {
    if (!menu.contains(event.target) || event.target.closest(".menu-item")) setTimeout(() => { menu.open = false; });
  }
});
on("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  const items = $$(".menu-item", menu);
  const at = items.indexOf(document.activeElement);
  items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length]?.focus();
});
function toggleSheet(button) {
  const sheet = byId(button.dataset.sheet);
  const isOpen = sheet.toggleAttribute("data-open");
  button.setAttribute("aria-expanded", String(isOpen));
}
on("click", (event) => {
  const button = event.target.closest("[data-sheet]");
  if (button) toggleSheet(button);
  const promise = event.target.closest(".promise");
  if (promise) $(".promise-more", promise)?.setAttribute("aria-expanded", String(promise.toggleAttribute("data-open")));
});
on("input", ({ target }) => {
  if (!target.dataset.countFrom) return;
  const note = $("[data-count]", target.parentElement);
  note.textContent = target.value.length >= Number(target.dataset.countFrom) ? `${target.maxLength - target.value.length} characters left` : "";
});
on("submit", ({ target, submitter }) => {
  if (!target.matches("[data-theme-form]") || !submitter) return;
  document.documentElement.dataset.theme = submitter.value;
  for (const button of $$(".theme-option", target)) button.setAttribute("aria-pressed", String(button === submitter));
});
setInterval(() => { if (document.visibilityState === "visible" && navigator.onLine) htmx.trigger(document.body, "poll"); }, 20000);

toggleOffline();
showShare();
if (/Mac|iPhone|iPad/.test(navigator.platform)) for (const key of $$(".kbd")) if (key.textContent === "Ctrl") key.textContent = "⌘";
$("[data-error-summary]")?.focus();
// The browser goes there itself, and drops the focus.
if (location.hash) addEventListener("load", () => requestAnimationFrame(() => setTimeout(goToPart, 0, location.hash)));

/* By itself htmx would start after the first key press. */
htmx.initialize();
